"""Disclosure control: the last stage over a whole release, after which it may leave the team.

Counts of 1 to 7 are hidden, others rounded to the nearest 5, and rates and limits are worked out
again from the rounded counts, because a rate with its limits gives its counts back. The rule is
NHS England's for hospital statistics below national level. Both numbers are set here alone.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.gaps import COUNTS, absolute_gap, relative_gap
from fairpractice.statistics.rates import proportion, rate
from fairpractice.statistics.tables import as_arrow, require


HIDDEN_UP_TO = 7
ROUNDED_TO = 5

PARTS = {
    "numerator": "denominator",
    "events": "population",
    "most_deprived_numerator": "most_deprived_denominator",
    "least_deprived_numerator": "least_deprived_denominator",
}
KNOWN_COUNTS = (*itertools.chain(*PARTS.items()), "people", "count", "smallest_cell")
DERIVED = (
    "value",
    "lower",
    "upper",
    "standard_deviation",
    "most_deprived_value",
    "least_deprived_value",
)
FACTS = ("confidence", "multiplier", "groups", "most_deprived_rank", "least_deprived_rank")

Row = dict[str, Any]


def protect(
    release: Any,
    *,
    by: Sequence[str],
    counts: Sequence[str] | None = None,
    derived: Sequence[str] | None = None,
    parts: Mapping[str, str] | None = None,
    total: str = "all",
) -> Any:
    """Return a release without what would point at few people.

    A row is ``hidden``, its counts and everything derived from them emptied, where a count is from
    1 to 7 or where what is left of a whole without its part is. Zeros are shown. A total is
    ``withheld_total`` where any row that it adds up is hidden. Of the rows left, counts are
    rounded to the nearest 5, and proportions, rates and gaps with their limits are made again from
    the rounded counts. A ratio of sums keeps the relative width of its limits. Means, standardised
    rates and indices of inequality stay as they are.

    Parameters
    ----------
    release
        The whole table, an Ibis, pandas, polars or pyarrow table, as a statistic returns it. All
        that is published together goes in together.
    by
        The columns that say what a row is about.
    counts
        The columns that count people or what happened to them; when left out, those that the
        statistics of this package return.
    derived
        The columns worked out from the counts; when left out, likewise.
    parts
        Which count is part of which, such as ``{"numerator": "denominator"}``. Left out, the pairs
        of this package's statistics; with other names among the counts, every pair.
    total
        What a total row has in the column it adds up over.

    Returns
    -------
    The kind of table given (pyarrow for other Arrow data), with the same rows and columns and, if
    they were not there, ``status`` and ``reason``.

    Raises
    ------
    FairpracticeError
        For a column that is not there, or a column of numbers that is none of these: it might give
        a hidden count away.
    """
    table = as_arrow(release)
    shell = ibis.memtable(table)
    counts = tuple(c for c in KNOWN_COUNTS if c in table.column_names) if counts is None else counts
    derived = tuple(c for c in DERIVED if c in table.column_names) if derived is None else derived
    require(shell, [*by, *counts, *derived])
    _refuse_other_numbers(shell, {*by, *counts, *derived, *FACTS})
    pairs = _pairs(counts, parts)
    rows: list[Row] = table.to_pylist()
    for row in rows:
        row.setdefault("status", "ok")
        row.setdefault("reason", None)
    hidden = [_is_small(row, counts, pairs) for row in rows]
    covered = {
        key
        for row, small in zip(rows, hidden, strict=True)
        if small
        for key in _totals_over(row, by, total)
    }
    shown = []
    for row, small in zip(rows, hidden, strict=True):
        key = tuple(row[name] for name in by)
        if small:
            _empty(row, (*counts, *derived), "hidden", HIDDEN)
        elif total in key and key in covered:
            _empty(row, (*counts, *derived), "withheld_total", WITHHELD)
        else:
            exact = dict(row)
            row |= {name: _rounded(row[name]) for name in counts}
            shown.append((exact, row))
    _work_out_again(shown, tuple(counts), tuple(derived))
    schema = _schema(table.schema, counts)
    result = pa.table({name: [row[name] for row in rows] for name in schema.names}, schema=schema)
    if isinstance(release, pd.DataFrame):
        return result.to_pandas()
    return ibis.memtable(result) if isinstance(release, ir.Table) else result


HIDDEN = f"a count, or what is left of one, is from 1 to {HIDDEN_UP_TO}"
WITHHELD = "a row that this total adds up is hidden"


def _refuse_other_numbers(shell: ir.Table, known: set[str]) -> None:
    for name, kind in shell.schema().items():
        if kind.is_numeric() and name not in known:
            raise FairpracticeError(
                f"The column {name!r} of the release is neither a count nor derived from counts",
                fix="Name it in counts=, derived= or by=, or leave it out of the release.",
            )


def _pairs(counts: Sequence[str], parts: Mapping[str, str] | None) -> list[tuple[str, str]]:
    if parts is not None:
        return list(parts.items())
    if all(name in KNOWN_COUNTS for name in counts):
        return [(part, whole) for part, whole in PARTS.items() if {part, whole} <= {*counts}]
    return list(itertools.combinations(counts, 2))


def _is_small(row: Row, counts: Sequence[str], pairs: Sequence[tuple[str, str]]) -> bool:
    numbers = [row[name] for name in counts]
    numbers += [
        row[whole] - row[part]
        for part, whole in pairs
        if row[whole] is not None and row[part] is not None
    ]
    return any(n is not None and 0 < abs(n) <= HIDDEN_UP_TO for n in numbers)


def _rounded(count: float | None) -> int | None:
    return None if count is None else ROUNDED_TO * int(count / ROUNDED_TO + 0.5)


def _totals_over(row: Row, by: Sequence[str], total: str) -> list[tuple[Any, ...]]:
    """Return the keys of every total that a row is added up in."""
    return list(itertools.product(*[(row[name], total) for name in by]))


def _empty(row: Row, columns: Sequence[str], status: str, reason: str) -> None:
    # The method too: exact limits are for counts under 10.
    row |= dict.fromkeys((*columns, "method")) if "method" in row else dict.fromkeys(columns)
    row |= {"status": status, "reason": reason}


def _schema(schema: pa.Schema, counts: Sequence[str]) -> pa.Schema:
    kinds = {field.name: field.type for field in schema}
    kinds |= dict.fromkeys(counts, pa.int64())
    # A column without a single value in it has no type of its own.
    kinds = {name: pa.float64() if pa.types.is_null(t) else t for name, t in kinds.items()}
    kinds |= dict.fromkeys(("status", "reason"), pa.string())
    return pa.schema(kinds.items())


def _work_out_again(
    shown: list[tuple[Row, Row]], counts: tuple[str, ...], derived: tuple[str, ...]
) -> None:
    """Replace what was worked out from exact counts, in place."""
    alike: dict[tuple[Any, ...], list[tuple[Row, Row]]] = {}
    for exact, row in shown:
        if row.get("value") is not None and row.get("method") in _AGAIN:
            again = _AGAIN[row["method"]]
            key = (again, row["confidence"], row.get("multiplier", 1.0), row.get("direction"))
            alike.setdefault(key, []).append((exact, row))
    for (again, level, multiplier, direction), rows in alike.items():
        settings = {"levels": () if level is None else (level,), "multiplier": multiplier}
        if direction is not None:
            settings["direction"] = direction
        results = again([row for _, row in rows], [exact for exact, _ in rows], counts, settings)
        for (_, row), result in zip(rows, results, strict=True):
            changed = (*derived, "method", "status", "reason")
            row |= {name: result[name] for name in changed if name in result}


def _two(names: tuple[str, str], counts: tuple[str, ...]) -> tuple[str, str]:
    """Return the part and the whole: by their names here, else the first two counts."""
    return names if {*names} <= {*counts} else (counts[0], counts[1])


def _two_counts(statistic: Callable[..., Any], names: tuple[str, str]) -> Callable[..., list[Row]]:
    def again(
        rows: list[Row], _: list[Row], counts: tuple[str, ...], settings: Mapping[str, Any]
    ) -> list[Row]:
        part, whole = _two(names, counts)
        data = pa.table({name: [row[name] for row in rows] for name in (part, whole)})
        result: list[Row] = statistic(data, part, whole, **settings).to_pylist()
        return result

    return again


def _two_groups(statistic: Callable[..., Any]) -> Callable[..., list[Row]]:
    def again(
        rows: list[Row], _: list[Row], counts: tuple[str, ...], settings: Mapping[str, Any]
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
    rows: list[Row], exact: list[Row], counts: tuple[str, ...], settings: Mapping[str, Any]
) -> list[Row]:
    part, whole = _two(("numerator", "denominator"), counts)
    results = []
    for row, true in zip(rows, exact, strict=True):
        value = row[part] / row[whole] * settings["multiplier"]
        scaled = {"value": value}
        for name in ("lower", "upper"):
            limit = true.get(name)
            scaled[name] = None if limit is None else limit * value / true["value"]
        results.append(scaled)
    return results


_RATE = _two_counts(rate, ("events", "population"))
_AGAIN: dict[str, Callable[..., list[Row]]] = {
    "Wilson": _two_counts(proportion, ("numerator", "denominator")),
    "Byar": _RATE,
    "exact Poisson": _RATE,
    "Newcombe method 10": _two_groups(absolute_gap),
    "Katz logarithmic": _two_groups(relative_gap),
    "Taylor linearised, clustered by person, Student's t": _ratio,
}
