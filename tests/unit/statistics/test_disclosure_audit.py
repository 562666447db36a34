"""An outsider's attempt: it finds what was left open, nothing in ours, and is never wrong."""

import dataclasses
import itertools
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import proportion
from fairpractice.statistics.disclosure import (
    Rule,
    Table,
    audit,
    protect,
    protect_together,
    refuse,
)


EXACT = Rule(rounded_to=1)
KINDS = {"met": "told", "told": "people"}


def counted(rows: list[dict[str, Any]], *by: str, **named: Any) -> Table:
    """Return a table of counts whose other columns are counts, the first part of the second."""
    counts = [name for name in rows[0] if name not in by]
    parts = {counts[0]: counts[1]} if len(counts) > 1 else {}
    return Table(pa.Table.from_pylist(rows), by=by, counts=counts, parts=parts, **named)


def worst(found: pa.Table) -> list[tuple[str, float | None, float | None]]:
    return [
        (row["cell"], row["least"], row["most"])
        for row in found.to_pylist()
        if row["finding"] == "worked_out"
    ]


def primary_alone(table: Table, rule: Rule) -> Table:
    """Return a table in which only small numbers are hidden, and nothing is rounded."""
    rows = table.rows.to_pylist()
    for row in rows:
        counts = [row[name] for name in table.counts or ()]
        counts += [row[whole] - row[part] for part, whole in (table.parts or {}).items()]
        if any(rule.small(number) for number in counts):
            row |= dict.fromkeys(table.counts or ())
    return dataclasses.replace(table, rows=pa.Table.from_pylist(rows, table.rows.schema))


def test_a_number_hidden_alone_beside_its_total_is_found() -> None:
    table = counted([{"q": "a", "x": 31}, {"q": "b", "x": 4}, {"q": "all", "x": 35}], "q")
    found = audit(primary_alone(table, EXACT))
    assert worst(found) == [("x, q b", 4, 4)]
    with pytest.raises(FairpracticeError, match=r"x, q b is 4") as said:
        refuse(found)
    assert "gives away 1 number" in str(said.value)
    refuse(audit(dataclasses.replace(table, rows=protect(table.rows, by=["q"], counts=["x"]))))


def test_what_is_left_of_a_whole_is_found_in_another_table() -> None:
    met = counted([{"q": "a", "met": None}, {"q": "b", "met": 30}, {"q": "all", "met": 68}], "q")
    people = counted(
        [{"q": "a", "told": 40}, {"q": "b", "told": 50}, {"q": "all", "told": 90}], "q"
    )
    alone = audit([met, people])
    assert worst(alone) == [], "38 is no small number"
    tied = counted([{"met": 68, "told": 90}])
    both = counted([{"q": "a", "met": None, "told": None}], "q")
    assert ("told less met, q a", 2, 2) in worst(audit([met, people, tied, both]))


def test_two_breakdowns_without_a_total_are_put_together() -> None:
    by_practice = counted([{"practice": "A", "x": 20}, {"practice": "B", "x": None}], "practice")
    by_fifth = counted([{"fifth": "1", "x": 14}, {"fifth": "2", "x": 9}], "fifth")
    assert worst(audit([by_practice, by_fifth])) == [("x, practice B", 3, 3)]


def test_a_difference_between_two_releases_is_found() -> None:
    now = counted([{"age": "0-17", "x": 61}, {"age": "18+", "x": 139}], "age")
    before = counted([{"age": "0-15", "x": 58}, {"age": "16+", "x": 142}], "age")
    bands = {"0-17": ["0-15", "16-17"], "16+": ["16-17", "18+"]}
    assert worst(audit(now)) == []
    found = audit(dataclasses.replace(now, contains={"age": bands}), earlier=[before])
    assert worst(found) == [("x, age 16-17", 3, 3)]
    rounded = [
        dataclasses.replace(each, rows=protect(each.rows, by=["age"], counts=["x"]))
        for each in (dataclasses.replace(now, contains={"age": bands}), before)
    ]
    assert worst(audit(rounded[0], earlier=rounded[1:])) == []


def test_what_was_shown_before_is_known_now() -> None:
    rows = [{"q": "a", "x": 30}, {"q": "b", "x": 22}, {"q": "c", "x": 4}, {"q": "all", "x": 56}]
    table = counted(rows, "q")
    (alone,) = protect_together([table], rule=EXACT)
    assert alone["x"].to_pylist() == [30, None, None, 56]
    before = counted([{"q": "b", "x": 22}], "q")
    found = audit(dataclasses.replace(table, rows=alone), earlier=[before], rule=EXACT)
    assert worst(found) == [("x, q c", 4, 4)]
    (after,) = protect_together([table], rule=EXACT, earlier=[before])
    assert after["x"].to_pylist() != alone["x"].to_pylist()
    assert worst(audit(dataclasses.replace(table, rows=after), earlier=[before], rule=EXACT)) == []
    everything = counted([row for row in rows if row["q"] != "c"], "q")
    with pytest.raises(FairpracticeError, match="earlier release") as said:
        protect_together([table], rule=EXACT, earlier=[everything])
    assert said.value.where == "x, q c"


def test_a_record_that_has_changed_since_is_said() -> None:
    now = counted([{"q": "a", "x": 60}], "q")
    found = audit(now, earlier=[counted([{"q": "a", "x": 80}], "q")]).to_pylist()
    assert [row["finding"] for row in found] == ["changed"]


def test_a_rate_beside_a_hidden_count_and_a_small_number_are_found() -> None:
    rows = proportion(pa.table({"q": ["a", "b"], "x": [4, 2], "n": [40, 30]}), "x", "n").to_pylist()
    rows[0]["numerator"] = None
    rows[0]["status"] = "hidden"
    found = audit(Table(pa.Table.from_pylist(rows), by=["q"])).to_pylist()
    assert ("numerator, q a", "beside") in [(row["cell"], row["finding"]) for row in found]
    assert ("numerator, q b", "small") in [(row["cell"], row["finding"]) for row in found]


def test_what_is_left_of_a_whole_may_be_counted_itself() -> None:
    people = counted([{"q": "a", "people": 747}], "q")
    excepted = counted([{"q": "a", "excepted": 3, "everybody": 750}], "q", rest="people")
    shown = protect_together(
        [people, excepted], earlier=[counted([{"q": "a", "people": 745}], "q")]
    )
    assert [table.to_pylist()[0]["status"] for table in shown] == ["ok", "hidden"]


def test_two_numbers_for_one_thing_are_refused() -> None:
    tables = [counted([{"q": "all", "x": 60}], "q"), counted([{"p": "all", "x": 61}], "p")]
    with pytest.raises(FairpracticeError, match="60 and 61"):
        protect_together(tables)


@st.composite
def releases(draw: st.DrawFn) -> list[Table]:
    """Draw three tables of one population: two ways, one way, and of whom it can be told."""
    practices, fifths, sexes = "AB"[: draw(st.integers(1, 2))] + "C", "123", "fm"
    number = st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 60))
    people = {}
    for place in itertools.product(practices, fifths, sexes):
        first, second, third = sorted(draw(number) for _ in range(3))
        people[place] = {"met": first, "told": second, "people": third}

    def total(name: str, *wanted: str) -> int:
        return sum(
            counts[name]
            for place, counts in people.items()
            if all(w in ("all", p) for w, p in zip(wanted, place, strict=True))
        )

    def rows(names: tuple[str, str], by: dict[str, str]) -> list[dict[str, Any]]:
        places = itertools.product(
            *[by.get(c, "") or ["all"] for c in ("practice", "fifth", "sex")]
        )
        return [
            dict(zip(("practice", "fifth", "sex"), place, strict=True))
            | {name: total(name, *place) for name in names}
            for place in places
        ]

    columns = ("practice", "fifth", "sex")
    two_way = {"practice": [*practices, "all"], "fifth": [*fifths, "all"]}
    return [
        counted(rows(("met", "told"), two_way), *columns),
        counted(rows(("met", "told"), {"sex": sexes}), *columns),
        counted(rows(("told", "people"), {"practice": [*practices, "all"]}), *columns),
    ]


@settings(max_examples=12)
@given(releases(), st.sampled_from([Rule(), EXACT, Rule(hidden_up_to=4, rounded_to=3)]))
def test_nothing_can_be_worked_out_of_ours(release: list[Table], rule: Rule) -> None:
    shown = protect_together(release, rule=rule)
    ours = [dataclasses.replace(t, rows=rows) for t, rows in zip(release, shown, strict=True)]
    refuse(audit(ours, rule=rule))
    again = protect_together(release, rule=rule, earlier=ours)
    assert [rows.to_pylist() for rows in again] == [rows.to_pylist() for rows in shown]
    for table, rows in zip(release, shown, strict=True):
        for exact, row in zip(table.rows.to_pylist(), rows.to_pylist(), strict=True):
            counts = [exact[name] for name in table.counts or ()]
            if any(rule.small(n) for n in (*counts, counts[1] - counts[0])):
                assert row["status"] == "hidden"


# Every two by three table of numbers up to 12, row by row.
EVERY = np.stack(np.meshgrid(*[np.arange(13)] * 6), -1).reshape(-1, 6).astype(np.int16)


@settings(max_examples=15)
@given(
    st.lists(st.integers(0, 12), min_size=6, max_size=6),
    st.lists(st.booleans(), min_size=11, max_size=11),
    st.sampled_from([1, 5]),
)
def test_the_least_and_the_most_are_those_of_all_tables_that_look_like_it(
    counts: list[int], hidden: list[bool], base: int
) -> None:
    rule = Rule(hidden_up_to=2, rounded_to=base)
    places = [*itertools.product("AB", "123"), *itertools.product("AB", ["all"])]
    places += itertools.product(["all"], "123")
    sums = [
        [
            number
            for number, cell in enumerate(itertools.product("AB", "123"))
            if all(w in ("all", c) for w, c in zip(place, cell, strict=True))
        ]
        for place in places
    ]
    truth = [sum(counts[n] for n in parts) for parts in sums]
    shown = [
        None if hide or rule.small(n) else rule.rounded(n)
        for hide, n in zip(hidden, truth, strict=True)
    ]
    alike = np.ones(len(EVERY), bool)
    values = [EVERY[:, parts].sum(axis=1) for parts in sums]
    for value, number in zip(values, shown, strict=True):
        if number is not None:
            alike &= base * ((2 * value + base) // (2 * base)) == number
            alike &= (value == 0) | (value > rule.hidden_up_to)
    rows = [{"p": p, "q": q, "x": number} for (p, q), number in zip(places, shown, strict=True)]
    schema = pa.schema([("p", pa.string()), ("q", pa.string()), ("x", pa.int64())])
    table = Table(pa.Table.from_pylist(rows, schema), by=["p", "q"], counts=["x"])
    found = {row["cell"]: row for row in audit(table, rule=rule).to_pylist()}
    asked = []
    for (p, q), value, number in zip(places, values, shown, strict=True):
        where = ", ".join(f"{n} {g}" for n, g in (("p", p), ("q", q)) if g != "all")
        if number is None:
            asked.append((found[f"x, {where}"], value[alike]))
    for row, possible in asked:
        assert row["least"] <= possible.min()
        assert row["most"] is None or row["most"] >= possible.max()
    if all(row["most"] is not None and row["most"] <= 12 for row, _ in asked):
        for row, possible in asked:
            assert (row["least"], row["most"]) == (possible.min(), possible.max())
