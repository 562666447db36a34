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

FIFTHS = ("imd_quintile", "local_quintile")
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
        The same columns. A group of several is named ``mixed|other``. In an order that means
        something, such as age, neighbours are put together. Otherwise the smallest groups are,
        but never the largest of all: where the others together are still too small, there is no
        such breakdown. Of deprivation, the row of people whose area is not known is left out where
        it is small. Where a fifth itself is too small, there are no other breakdowns: their sum
        would be the total that is withheld for it.
    """
    breakdowns: dict[tuple[Any, ...], dict[str, list[Row]]] = {}
    for row in counts.to_pylist():
        breakdown = breakdowns.setdefault((row["definition"], row["on"]), {})
        breakdown.setdefault(row["grouping"], []).append(row)
    rows = [
        row
        for (definition, _), groupings in breakdowns.items()
        for row in _released(groupings, kind_of(definitions[definition]))
    ]
    return pa.Table.from_pylist(rows, counts.schema)


def label(name: str, group: str) -> str:
    """Return the words for a group of a grouping, or for several put together."""
    labels = [grouping(name).label(part) for part in group.split(AND)]
    if grouping(name).ordered and NOT_RECORDED not in group.split(AND) and labels[1:]:
        return f"{labels[0]} to {labels[-1]}"
    return "; ".join(labels)


def in_order(name: str, groups: Iterable[str]) -> list[str]:
    """Return groups in the order of their grouping, those not recorded last."""
    order = {group: place for place, group in enumerate(grouping(name).labels)}
    return sorted(groups, key=lambda group: (order.get(group.split(AND)[0], len(order)), group))


def _released(groupings: Mapping[str, list[Row]], kind: str) -> list[Row]:
    fifths = [row for name in FIFTHS for row in groupings.get(name, []) if row["group"]]
    alone = any(is_small(row, kind) for row in fifths)
    released = []
    for name, rows in groupings.items():
        if name in FIFTHS:
            released += [row for row in rows if row["group"] or not is_small(row, kind)]
        elif name == "all":
            released += rows
        elif not alone:
            released += _together(rows, name, kind)
    return released


def _together(rows: list[Row], name: str, kind: str) -> list[Row]:
    by_group = {row["group"]: row for row in rows if row["people"]}
    there = [by_group[group] for group in in_order(name, by_group)]
    ordered = grouping(name).ordered
    alone = None if ordered else max(there, key=lambda row: row["people"], default=None)
    while any(is_small(row, kind) for row in there):
        pair = _pair(there, kind, alone, ordered)
        if pair is None:
            return []
        first, second = pair
        there[first] = _sum(there[first], there.pop(second))
    return there


def _pair(rows: list[Row], kind: str, alone: Row | None, ordered: bool) -> tuple[int, int] | None:
    """Return the places of the two rows to put together next, the earlier first, if any."""
    small = min(
        (place for place, row in enumerate(rows) if is_small(row, kind)),
        key=lambda place: rows[place]["people"],
    )
    others = [p for p, row in enumerate(rows) if p != small and row is not alone]
    known = [place for place in others if rows[place]["group"] != NOT_RECORDED]
    if ordered and rows[small]["group"] != NOT_RECORDED and known:
        others = [place for place in known if abs(place - small) == 1]
    if not others or rows[small] is alone:
        return None
    # One that is small itself needs company too.
    other = min(others, key=lambda place: (not is_small(rows[place], kind), rows[place]["people"]))
    return min(small, other), max(small, other)


def is_small(row: Row, kind: str) -> bool:
    """Tell whether a row of counts would be hidden; ``kind`` as ``results.kind_of`` says."""
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
