"""Proportions, rates, gaps, ratios and means made again from the counts that are shown."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from fairpractice.statistics.disclosure.rule import Rule
from fairpractice.statistics.gaps import COUNTS, absolute_gap, relative_gap
from fairpractice.statistics.rates import proportion, rate


Row = dict[str, Any]


def work_out_again(
    shown: list[tuple[Row, Row]], counts: tuple[str, ...], derived: tuple[str, ...], rule: Rule
) -> None:
    """Replace what was worked out from exact counts, in place.

    Parameters
    ----------
    shown
        Rows that are shown: as they were, and with their counts as they are shown.
    counts, derived
        The columns of counts, and of what was worked out from them.
    rule
        What the counts were rounded to.
    """
    alike: dict[tuple[Any, ...], list[tuple[Row, Row]]] = {}
    for exact, row in shown:
        if row.get("value") is not None and row.get("method") in _AGAIN:
            again = _AGAIN[row["method"]]
            key = (again, row["confidence"], row.get("multiplier", 1.0), row.get("direction"))
            alike.setdefault(key, []).append((exact, row))
    for (again, level, multiplier, direction), rows in alike.items():
        settings: dict[str, Any] = {
            "levels": () if level is None else (level,),
            "multiplier": multiplier,
        }
        if direction is not None:
            settings["direction"] = direction
        exact_rows, kept = [exact for exact, _ in rows], [row for _, row in rows]
        results = again(kept, exact_rows, counts, settings, rule)
        for row, result in zip(kept, results, strict=True):
            changed = (*derived, "method", "status", "reason")
            row |= {name: result[name] for name in changed if name in result}


def _two(names: tuple[str, str], counts: tuple[str, ...]) -> tuple[str, str]:
    """Return the part and the whole: by their names here, else the first two counts."""
    return names if {*names} <= {*counts} else (counts[0], counts[1])


def _two_counts(statistic: Callable[..., Any], names: tuple[str, str]) -> Callable[..., list[Row]]:
    def again(
        rows: list[Row], _: Any, counts: tuple[str, ...], settings: Mapping[str, Any], rule: Rule
    ) -> list[Row]:
        part, whole = _two(names, counts)
        data = pa.table({name: [row[name] for row in rows] for name in (part, whole)})
        result: list[Row] = statistic(data, part, whole, **settings).to_pylist()
        return result

    return again


def _of_expected(
    rows: list[Row], exact: list[Row], counts: tuple[str, ...], settings: Mapping[str, Any], _: Rule
) -> list[Row]:
    """Return ratios of the observed to the expected, or that many times a reference's rate."""
    data = pa.table(
        {
            "observed": [row["observed"] for row in rows],
            "expected": [row["expected"] for row in exact],
        }
    )
    per = [row.get("reference_rate", settings["multiplier"]) for row in exact]
    found = rate(data, "observed", "expected", levels=settings["levels"], multiplier=1).to_pylist()
    return [
        {**row, **{n: row[n] and row[n] * times for n in ("value", "lower", "upper")}}
        for row, times in zip(found, per, strict=True)
    ]


def _count_or_rate(
    rows: list[Row],
    exact: list[Row],
    counts: tuple[str, ...],
    settings: Mapping[str, Any],
    rule: Rule,
) -> list[Row]:
    again = _of_expected if {"observed", "expected"} <= {*exact[0]} else _RATE
    return again(rows, exact, counts, settings, rule)


def _two_groups(statistic: Callable[..., Any]) -> Callable[..., list[Row]]:
    def again(
        rows: list[Row], _: Any, counts: tuple[str, ...], settings: Mapping[str, Any], rule: Rule
    ) -> list[Row]:
        data = pa.table(
            {
                "row": [n for n in range(len(rows)) for _ in (1, 2)],
                "rank": [rank for _ in rows for rank in (1, 2)],
                "x": [row[name] for row in rows for name in (COUNTS[0], COUNTS[2])],
                "n": [row[name] for row in rows for name in (COUNTS[1], COUNTS[3])],
            }
        )
        result: list[Row] = statistic(data, "rank", "x", "n", by=["row"], **settings).to_pylist()
        return result

    return again


def _ratio(
    rows: list[Row],
    exact: list[Row],
    counts: tuple[str, ...],
    settings: Mapping[str, Any],
    rule: Rule,
) -> list[Row]:
    part, whole = _two(("numerator", "denominator"), counts)
    results = []
    for row, true in zip(rows, exact, strict=True):
        value = row[part] / row[whole] * settings["multiplier"]
        unit = rule.rounded_to / row[whole] * settings["multiplier"]
        wider = value / true["value"] if true["value"] else 1.0
        ends = {
            name: None if true.get(name) is None else true[name] * wider
            for name in ("lower", "upper")
        }
        found = _apart(value, ends, unit, rule)
        if (highest := true.get("upper")) is not None and highest <= settings["multiplier"]:
            found["upper"] = min(found["upper"], settings["multiplier"])  # a share is at most all
        results.append({"value": value, **found})
    return results


def _mean(
    rows: list[Row],
    exact: list[Row],
    counts: tuple[str, ...],
    settings: Mapping[str, Any],
    rule: Rule,
) -> list[Row]:
    """Return means of which the sum is rounded: an exact mean gives its exact count away."""
    whole = next(name for name in ("count", "denominator", counts[0]) if name in counts)
    results = []
    for row, true in zip(rows, exact, strict=True):
        unit = rule.rounded_to / row[whole] if rule.rounded_to > 1 else 0.0
        value = _nearest(true["value"], unit)
        moved = value - true["value"]
        ends = {
            name: None if true.get(name) is None else true[name] + moved
            for name in ("lower", "upper")
        }
        spread = true.get("standard_deviation")
        results.append(
            {
                "value": value,
                "standard_deviation": None if spread is None else _nearest(spread, unit),
                **_apart(value, ends, unit, rule),
            }
        )
    return results


def _nearest(number: float, unit: float) -> float:
    return unit * math.floor(number / unit + 0.5) if unit else number


def _apart(value: float, ends: Mapping[str, float | None], unit: float, rule: Rule) -> Row:
    """Return limits a whole number of units from the value, further rather than nearer."""
    if rule.rounded_to == 1:
        return dict(ends)
    found = {
        name: None
        if end is None
        else value + math.copysign(unit * math.ceil(abs(end - value) / unit - 1e-9), end - value)
        for name, end in ends.items()
    }
    if found["lower"] is not None and (ends["lower"] or 0) >= 0:
        found["lower"] = max(found["lower"], 0.0)
    return found


_RATE = _two_counts(rate, ("events", "population"))
_AGAIN: dict[str, Callable[..., list[Row]]] = {
    "Wilson": _two_counts(proportion, ("numerator", "denominator")),
    "Byar": _count_or_rate,
    "exact Poisson": _count_or_rate,
    "Newcombe method 10": _two_groups(absolute_gap),
    "Katz logarithmic": _two_groups(relative_gap),
    "Taylor linearised, clustered by person, Student's t": _ratio,
    "Student's t": _mean,
}
