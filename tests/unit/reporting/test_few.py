"""Small groups are put together until they may be shown, and nobody is lost or added."""

import datetime as dt
from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.measures.calculate import COUNTS, SUMS
from fairpractice.measures.completeness import completeness
from fairpractice.measures.results import publishable, values
from fairpractice.population.groups import GROUPINGS
from fairpractice.reporting.few import AND, in_order, label, put_together


ON = dt.date(2026, 10, 31)
RECORDED = {"recorded-area": completeness()["recorded-area"]}


def counts(grouping: str, groups: dict[str, tuple[int, int, int]]) -> pa.Table:
    """Return counts from people, met and unknown by group."""
    rows: list[dict[str, Any]] = [
        {
            "definition": "recorded-area",
            "on": ON,
            "grouping": grouping,
            "group": group,
            **dict.fromkeys(COUNTS, 0),
            **dict.fromkeys(SUMS, 0.0),
            "people": people,
            "met": met,
            "unknown": unknown,
        }
        for group, (people, met, unknown) in groups.items()
    ]
    return pa.Table.from_pylist(rows)


def together(grouping: str, groups: dict[str, tuple[int, int, int]]) -> dict[str, int]:
    table = put_together(counts(grouping, groups), RECORDED)
    return {row["group"]: row["people"] for row in table.to_pylist()}


def test_the_smallest_are_put_together_and_the_largest_stands_alone() -> None:
    groups = {"asian": (40, 20, 0), "black": (30, 3, 0), "other": (20, 5, 0), "white": (90, 50, 0)}
    assert together("ethnic_group", groups) == {"asian": 40, "black|other": 50, "white": 90}


def test_where_the_others_together_are_too_small_there_is_no_breakdown() -> None:
    assert together("ethnic_group", {"asian": (4, 2, 0), "white": (90, 50, 0)}) == {}
    assert together("sex", {"female": (50, 20, 0), "male": (50, 3, 0)}) == {}


def test_ages_are_put_together_with_their_neighbours() -> None:
    groups = {"0-9": (90, 40, 0), "70-79": (50, 20, 0), "80-89": (30, 12, 0), "90+": (3, 1, 0)}
    assert together("age_band", groups) == {"0-9": 90, "70-79": 50, "80-89|90+": 33}
    assert label("age_band", "80-89|90+") == "80-89 to 90+"


def test_fifths_are_never_put_together() -> None:
    fifths = {str(n): (100, 40, 0) for n in range(1, 6)} | {"": (3, 1, 0)}
    assert together("imd_quintile", fifths) == {str(n): 100 for n in range(1, 6)}
    assert len(together("imd_quintile", fifths | {"2": (100, 4, 0)})) == 5


def test_nothing_adds_up_to_a_total_that_is_withheld() -> None:
    table = pa.concat_tables(
        [
            counts("all", {"all": (300, 100, 0)}),
            counts("imd_quintile", {"1": (200, 97, 0), "5": (100, 3, 0)}),
            counts("sex", {"female": (150, 50, 0), "male": (150, 50, 0)}),
        ]
    )
    left = {row["grouping"] for row in put_together(table, RECORDED).to_pylist()}
    assert left == {"all", "imd_quintile"}


def test_labels_and_order() -> None:
    assert (
        label("ethnic_group", "mixed|other")
        == "Mixed or multiple ethnic groups; Other ethnic group"
    )
    assert label("sex", "female|") == "Female; Not recorded"
    assert in_order("age_band", ["90+", "", "0-9|10-19", "20-29"]) == [
        "0-9|10-19",
        "20-29",
        "90+",
        "",
    ]


@st.composite
def breakdowns(draw: st.DrawFn) -> tuple[str, dict[str, tuple[int, int, int]]]:
    grouping = draw(st.sampled_from(["ethnic_group", "sex", "age_band"]))
    groups = {}
    for group in (*GROUPINGS[grouping].labels, ""):
        unknown, met, rest = (draw(st.integers(0, 30)) for _ in range(3))
        groups[group] = (unknown + met + rest, met, unknown)
    return grouping, groups


@given(breakdowns())
def test_nothing_is_hidden_and_nobody_lost(
    case: tuple[str, dict[str, tuple[int, int, int]]],
) -> None:
    grouping, groups = case
    table = put_together(counts(grouping, groups), RECORDED)
    left = table.to_pylist()
    if left:
        assert sum(row["people"] for row in left) == sum(people for people, _, _ in groups.values())
        assert sum(row["met"] for row in left) == sum(met for _, met, _ in groups.values())
    parts = Counter(part for row in left for part in row["group"].split(AND))
    assert all(times == 1 for times in parts.values())
    for row in left:
        told = row["people"] - row["unknown"]
        for count in (told, row["met"], told - row["met"]):
            assert not 0 < count < 8


def test_disclosure_control_has_nothing_left_to_hide() -> None:
    groups = {"asian": (40, 20, 0), "black": (30, 3, 0), "other": (20, 5, 0), "white": (90, 50, 0)}
    total = counts("all", {"all": (180, 78, 0)})
    table = pa.concat_tables([total, counts("ethnic_group", groups)])
    before = publishable(values(table, RECORDED))["status"].to_pylist()
    after = publishable(values(put_together(table, RECORDED), RECORDED))["status"].to_pylist()
    assert sorted(set(before)) == ["hidden", "ok", "withheld_total"]
    assert after == ["ok"] * 4


@pytest.mark.parametrize("grouping", ["ethnic_group", "sex", "age_band"])
def test_one_person_alone_is_hidden(grouping: str) -> None:
    first = next(iter(GROUPINGS[grouping].labels))
    table = put_together(counts(grouping, {first: (1, 1, 0)}), RECORDED)
    assert set(publishable(values(table, RECORDED))["status"].to_pylist()) <= {"hidden"}
