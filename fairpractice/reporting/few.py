"""Groups of few people put together, so that less has to be hidden.

A hidden cell takes its total with it (see :mod:`fairpractice.statistics.disclosure`). One person
of 92 would hide how many people a whole network misses. So before anything is hidden, groups that
are too small to be shown are put together with others until they can be. Fifths of deprivation
are never put together: a gap is between the two ends.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from fairpractice.criteria.definition import Definition
from fairpractice.measures.results import kind_of
from fairpractice.population.groups import NOT_RECORDED, grouping
from fairpractice.statistics.disclosure import HIDDEN_UP_TO


AND = "|"
"""What stands between the groups in the name of those put together."""

KEYS = ("definition", "on", "grouping", "group")

Row = dict[str, Any]


def put_together(counts: pa.Table, definitions: Mapping[str, Definition]) -> pa.Table:
    """Return counts in which groups are put together until each may be shown, where that helps.

    Parameters
    ----------
    counts
        As :func:`fairpractice.measures.calculate.count` returns them.
    definitions
        By id.

    Returns
    -------
    pa.Table
        The same columns. A group of several is named ``white|other``. In an order that means
        something, such as age, neighbours are put together; else the smallest groups. Of
        deprivation, the row of people whose area is not known is left out where it is small.
    """
    breakdowns: dict[tuple[Any, ...], list[Row]] = {}
    for row in counts.to_pylist():
        breakdowns.setdefault((row["definition"], row["on"], row["grouping"]), []).append(row)
    rows = [
        row
        for (definition, _, name), groups in breakdowns.items()
        for row in _together(groups, name, kind_of(definitions[definition]))
    ]
    return pa.Table.from_pylist(rows, counts.schema)


def label(name: str, group: str) -> str:
    """Return the words for a group of a grouping, or for several put together."""
    return " and ".join(
        words if number == 0 else words[0].lower() + words[1:]
        for number, words in enumerate(grouping(name).label(part) for part in group.split(AND))
    )


def in_order(name: str, groups: Iterable[str]) -> list[str]:
    """Return groups in the order of their grouping, those not recorded last."""
    order = {group: place for place, group in enumerate(grouping(name).labels)}
    return sorted(groups, key=lambda group: (order.get(group.split(AND)[0], len(order)), group))


def _together(rows: list[Row], name: str, kind: str) -> list[Row]:
    if name == "all":
        return rows
    if "quintile" in name:
        return [row for row in rows if row["group"] != NOT_RECORDED or not _small(row, kind)]
    there = [row for row in rows if row["people"]]
    by_group = {row["group"]: row for row in there}
    there = [by_group[group] for group in in_order(name, by_group)]
    while len(there) > 1 and any(_small(row, kind) for row in there):
        first, second = _pair(there, kind, grouping(name).ordered)
        there[first] = _sum(there[first], there.pop(second))
    return there


def _pair(rows: list[Row], kind: str, ordered: bool) -> tuple[int, int]:
    """Return the places of the two rows to put together next, the earlier first."""
    small = min(
        (place for place, row in enumerate(rows) if _small(row, kind)),
        key=lambda place: rows[place]["people"],
    )
    others = [place for place in range(len(rows)) if place != small]
    known = [place for place in others if rows[place]["group"] != NOT_RECORDED]
    if ordered and rows[small]["group"] != NOT_RECORDED and known:
        others = [place for place in known if abs(place - small) == 1]
    # One that is small itself needs company too.
    other = min(others, key=lambda place: (not _small(rows[place], kind), rows[place]["people"]))
    return min(small, other), max(small, other)


def _small(row: Row, kind: str) -> bool:
    """Tell whether a row would be hidden."""
    counts = [row["met"]]
    if kind == "proportion":
        told = row["people"] - row["unknown"]
        counts += [told, told - row["met"]]
    elif kind == "ratio":
        part, whole = row["numerator"], row["denominator"]
        counts += [part, whole, whole - part]
    return any(0 < abs(count) <= HIDDEN_UP_TO for count in counts)


def _sum(first: Row, second: Row) -> Row:
    return {
        name: f"{first[name]}{AND}{second[name]}"
        if name == "group"
        else first[name]
        if name in KEYS
        else first[name] + second[name]
        for name in first
    }
