from collections import defaultdict
from fractions import Fraction
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.engines import Engine
from fairpractice.errors import FairpracticeError
from fairpractice.population.editions import FICTIONAL2025
from fairpractice.population.fifths import (
    core20,
    local_quintile,
    national_quintile,
    practice_quintile,
    within_network,
)


Row = dict[str, Any]
VINTAGE = FICTIONAL2025.vintage
AREA = pa.schema(
    [
        ("area_vintage", pa.string()),
        ("area_code", pa.string()),
        ("network_code", pa.string()),
        ("rank", pa.int32()),
        ("patients", pa.int64()),
    ]
)
EDITION = pa.table(
    {
        "area_vintage": [VINTAGE] * 3,
        "area_code": ["A1", "A2", "A3"],
        "quintile": pa.array([1, 5, None], pa.int32()),
    }
)


def rows(engine: Engine, expression: Any) -> list[Row]:
    found: list[Row] = engine.to_arrow(expression).to_pylist()
    return found


def areas(engine: Engine, table: list[tuple[str, str, int | None, int | None]]) -> Any:
    names = ("network_code", "area_code", "rank", "patients")
    return engine.table(
        pa.Table.from_pylist(
            [dict(zip(names, row, strict=True)) | {"area_vintage": VINTAGE} for row in table], AREA
        )
    )


def fifths(engine: Engine, expression: Any) -> dict[str, int | None]:
    return {row["area_code"]: row["quintile"] for row in rows(engine, expression)}


def test_a_national_fifth_is_that_of_the_area_in_its_own_vintage(engine: Engine) -> None:
    people = engine.table(
        pa.table(
            {
                "person": [1, 2, 3, 4, 5, 6],
                "area_code": ["A1", "A2", "A3", "A1", "A9", None],
                "area_vintage": [VINTAGE, VINTAGE, VINTAGE, "lsoa_2011", VINTAGE, None],
            }
        )
    )
    found = rows(engine, national_quintile(people, engine.table(EDITION), FICTIONAL2025))
    assert {row["person"]: row["quintile"] for row in found} == {
        1: 1, 2: 5, 3: None, 4: None, 5: None, 6: None
    }  # fmt: skip
    assert {row["direction"] for row in found} == {"1 = most deprived"}
    assert {row["unit"] for row in found} == {
        "fifths of areas (LSOA 2021 in a fictional place, fictional2025)"
    }


def test_a_national_fifth_can_be_given_to_an_unfinished_join(engine: Engine) -> None:
    people = engine.table(pa.table({"person": [1], "area_code": ["A1"]}))
    names = engine.table(pa.table({"person": [1], "sort": ["x"]}))
    joined = people.left_join(names, "person").select(
        "person", "area_code", "sort", area_vintage=ibis.literal(VINTAGE)
    )
    found = rows(engine, national_quintile(joined, engine.table(EDITION), FICTIONAL2025))
    assert [row["quintile"] for row in found] == [1]


def test_a_code_without_its_vintage_is_refused(engine: Engine) -> None:
    people = engine.table(pa.table({"area_code": ["A1"]}))
    with pytest.raises(FairpracticeError, match="never joined alone"):
        national_quintile(people, engine.table(EDITION), FICTIONAL2025)


def test_local_fifths_are_of_patients_not_of_areas(engine: Engine) -> None:
    table = areas(
        engine,
        [("N", "A1", 9, 60), ("N", "A2", 2, 10), ("N", "A3", 30, 10), ("N", "A4", 1, 20)],
    )
    found = local_quintile(table)
    assert fifths(engine, found) == {"A4": 1, "A2": 2, "A1": 4, "A3": 5}
    assert {(row["unit"], row["direction"]) for row in rows(engine, found)} == {
        ("fifths of patients of the place given", "1 = most deprived")
    }


def test_fifths_within_a_network_know_nothing_of_the_others(engine: Engine) -> None:
    deprived = [("N1", f"A{n}", n, 10) for n in range(1, 6)]
    better_off = [("N2", f"B{n}", 100 + n, 10) for n in range(1, 6)]
    table = areas(engine, [*deprived, *better_off])
    assert fifths(engine, within_network(table)) == {
        f"{letter}{n}": n for letter in "AB" for n in range(1, 6)
    }
    whole = fifths(engine, local_quintile(table))
    assert {whole[f"A{n}"] for n in range(1, 6)} == {1, 2, 3}
    units = {row["unit"] for row in rows(engine, within_network(table))}
    assert units == {"fifths of patients within each network_code"}


def test_the_highest_score_comes_first(engine: Engine) -> None:
    table = areas(engine, [("N", f"A{n}", n, 10) for n in range(1, 6)])
    scored = table.mutate(score=table["rank"].cast("float64"))
    found = fifths(engine, local_quintile(scored, order="score"))
    assert found == {f"A{n}": 6 - n for n in range(1, 6)}
    with pytest.raises(FairpracticeError, match="no column decile"):
        local_quintile(table, order="decile")
    with pytest.raises(FairpracticeError, match="in order by 'patients'"):
        local_quintile(table, order="patients")


def test_ties_go_by_code_and_the_unknown_has_no_fifth(engine: Engine) -> None:
    table = areas(
        engine,
        [("N", f"A{n}", 7, 10) for n in range(5, 0, -1)]
        + [("N", "unranked", None, 50), ("N", "empty", 7, None)],
    )
    found = fifths(engine, local_quintile(table))
    assert {code: fifth for code, fifth in found.items() if code.startswith("A")} == {
        f"A{n}": n for n in range(1, 6)
    }
    assert found["unranked"] is None
    assert found["empty"] is not None


def test_a_place_without_patients_has_no_fifths(engine: Engine) -> None:
    assert fifths(engine, local_quintile(areas(engine, [("N", "A1", 1, 0)]))) == {"A1": None}


def by_hand(table: list[tuple[str, str, int | None, int | None]]) -> dict[str, int | None]:
    """Local fifths within each network, in exact arithmetic."""
    found: dict[str, int | None] = {}
    networks = defaultdict(list)
    for network, code, rank, patients in table:
        if rank is None:
            found[code] = None
        else:
            networks[network].append((rank, code, patients or 0))
    for members in networks.values():
        total = sum(patients for *_, patients in members)
        before = 0
        for _, code, patients in sorted(members):
            middle = Fraction(2 * before + patients, 2)
            found[code] = min(int(5 * middle / total) + 1, 5) if total else None
            before += patients
    return found


@settings(max_examples=30)  # each is a query
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["N1", "N2"]),
            st.integers(1, 10**6).map(lambda n: f"A{n}"),
            st.one_of(st.none(), st.integers(1, 8)),
            st.one_of(st.none(), st.integers(0, 30)),
        ),
        min_size=1,
        max_size=15,
        unique_by=lambda row: row[1],
    )
)
def test_local_fifths_agree_with_those_by_hand(
    engine: Engine, table: list[tuple[str, str, int | None, int | None]]
) -> None:
    assert fifths(engine, within_network(areas(engine, table))) == by_hand(table)


@settings(max_examples=30)  # each is a query
@given(st.lists(st.one_of(st.none(), st.integers(0, 5)), min_size=1, max_size=23))
def test_fifths_of_practices_are_of_equal_numbers(engine: Engine, scores: list[int | None]) -> None:
    practices = [f"P{n:02}" for n in range(len(scores))]
    table = pa.table({"practice_code": practices, "score": pa.array(scores, pa.float64())})
    found = rows(engine, practice_quintile(engine.table(table)))
    known = sorted((-s, p) for s, p in zip(scores, practices, strict=True) if s is not None)
    expected = {p: 5 * place // len(known) + 1 for place, (_, p) in enumerate(known)}
    assert {row["practice_code"]: row["quintile"] for row in found} == {
        p: expected.get(p) for p in practices
    }
    assert {row["unit"] for row in found} == {"fifths of practices"}


def test_core20_is_a_share_of_those_whose_area_is_known(engine: Engine) -> None:
    table = pa.table(
        {
            "board": ["X", "X", "X", "Y"],
            "people": [30, 70, 11, 5],
            "quintile": pa.array([1, 4, None, None], pa.int32()),
        }
    )
    found = rows(engine, core20(engine.table(table), by=["board"]))
    by_board = {row["board"]: row for row in found}
    assert by_board["X"]["share"] == pytest.approx(0.3)
    assert by_board["X"]["people_without_area"] == 11
    assert by_board["Y"]["share"] is None
    whole = rows(engine, core20(engine.table(table)))
    assert [(row["people"], row["people_core20"]) for row in whole] == [(116, 30)]
    assert whole[0]["direction"] == "1 = most deprived"
