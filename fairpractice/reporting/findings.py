"""What a network's figures say of one definition, or of all: rows and sentences to be shown."""

import hashlib
from pathlib import Path
from typing import Any

import pyarrow as pa

from fairpractice.criteria.definition import Definition
from fairpractice.measures.results import rows
from fairpractice.population.groups import grouping as grouping_of
from fairpractice.reporting import sentences
from fairpractice.reporting.network import FIFTHS, Network


Row = dict[str, Any]

STANDING_OUT = 5
EVERYBODY = "all"
BY_ITSELF = {
    ("ethnicity-recorded", "ethnic_group"),
    ("recorded-ethnic-group", "ethnic_group"),
    ("recorded-area", FIFTHS),
}
"""Breakdowns of what is recorded by whether it is."""


def one(table: pa.Table, **where: Any) -> Row | None:
    """Return the one row of a table whose columns have given values, or nothing."""
    found = rows(table, **where) if table.num_rows else []
    return found[0] if found else None


def total(network: Network, name: str) -> Row | None:
    """Return the figure of everybody."""
    return one(network.figures, definition=name, grouping="all")


def told(network: Network, name: str) -> Row | None:
    """Return for how many of those it is about it can be told."""
    return one(network.told, definition=name, grouping="all")


def gap(network: Network, name: str) -> Row | None:
    """Return the gap on the day."""
    return one(network.gaps, definition=name)


def groups(network: Network, name: str, grouping: str) -> list[tuple[str, Row]]:
    """Return the groups with people in them, each with its label, in the order of the grouping.

    None where what is asked is whether the group itself is recorded.
    """
    if (name, grouping) in BY_ITSELF:
        return []
    there = {
        row["group"]: row
        for row in rows(network.figures, definition=name, grouping=grouping)
        if row["status"] != "zero_denominator"
    }
    asked = grouping_of(grouping)
    order = {group: place for place, group in enumerate(asked.labels)}
    groups = sorted(there, key=lambda group: (order.get(group, len(order)), group))
    return [(asked.label(group), there[group]) for group in groups]


def fifths(network: Network, name: str) -> list[Row]:
    """Return the figures by deprivation."""
    return [row for _, row in groups(network, name, FIFTHS)]


def ends(network: Network, name: str) -> tuple[Row | None, Row | None]:
    """Return the figures of the most and the least deprived fifth."""
    most, least = (
        one(network.figures, definition=name, grouping=FIFTHS, group=group) for group in "15"
    )
    return most, least


def unequal(network: Network, name: str) -> str:
    """Say how the ends of deprivation compare by a measure, or by what is recorded."""
    measure = {**network.measures, **network.completeness}[name]
    return sentences.gap(measure, *ends(network, name), gap(network, name), told(network, name))


def missing(network: Network, name: str) -> str:
    """Say whom a rule finds."""
    return sentences.found(
        total(network, name), fifths(network, name), gap(network, name), told(network, name)
    )


def largest_gaps(network: Network) -> list[str]:
    """Return measures whose gap the data can tell from none, at most five, the widest first.

    Those in percentage points come first, since other units cannot be put in one order with them.
    """
    found = [
        row
        for row in network.gaps.to_pylist()
        if row["definition"] in network.measures and sentences.told_from_none(row)
    ]
    found.sort(
        key=lambda row: (
            network.measures[row["definition"]].unit != "%",
            -abs(row["value"]),
            row["definition"],
        )
    )
    return [row["definition"] for row in found[:STANDING_OUT]]


def seen(network: Network, name: str) -> int:
    """Return how many people a rule is seen to find: all, or those in the fifths shown."""
    return sentences.at_least(total(network, name), fifths(network, name))


def most_found(network: Network) -> list[str]:
    """Return the rules by how many people they are seen to find, most first."""
    return sorted(network.rules, key=lambda name: (-seen(network, name), name))


def trend_ends(network: Network, name: str) -> tuple[Row | None, Row | None]:
    """Return the first and the last gap of the trend."""
    found = rows(network.trend_gaps, definition=name) if network.trend_gaps.num_rows else []
    found.sort(key=lambda row: row["on"])
    return (found[0], found[-1]) if len(found) > 1 else (None, None)


def topics(network: Network) -> list[str]:
    """Return the completeness measures that are about social topics."""
    others = ("ethnic-group", "main-language", "area", "contact")
    return [name for name in network.completeness if name not in {f"recorded-{o}" for o in others}]


def widest_spread(network: Network, name: str, grouping: str) -> list[tuple[str, Row]]:
    """Return the groups, with labels, in which a value is lowest and highest; none if the same."""
    shown = [item for item in groups(network, name, grouping) if item[1]["value"] is not None]
    if not shown:
        return []
    low, high = (pick(shown, key=lambda item: item[1]["value"]) for pick in (min, max))
    return [low, high] if low[1]["value"] < high[1]["value"] else []


def fingerprint(asked: Definition) -> str:
    """Return the start of the SHA-256 of the file that a definition was read from."""
    if not asked.file:
        return ""
    return hashlib.sha256(Path(asked.file).read_bytes()).hexdigest()[:12]
