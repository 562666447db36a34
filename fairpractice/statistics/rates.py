"""Proportions and crude rates."""

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from fairpractice.statistics.intervals import byar, wilson
from fairpractice.statistics.quantiles import EXACT_UNDER, poisson_limits
from fairpractice.statistics.tables import (
    any_missing,
    at_levels,
    checked_levels,
    finished,
    grouped,
    judged,
    on_any_table,
    out_of_range,
    real,
)


RESULT = ("value", "confidence", "lower", "upper", "multiplier", "method", "status", "reason")


@on_any_table
def proportion(
    data: Any,
    /,
    numerator: str,
    denominator: str,
    *,
    by: Sequence[str] | None = None,
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
) -> ir.Table:
    """Return proportions with Wilson limits.

    Parameters
    ----------
    data
        Rows of counts: an Ibis, pandas, polars or pyarrow table.
    numerator, denominator
        The columns that count those with the property, and all of them.
    by
        Group columns, within which counts are added up. ``None``: each row is a group and keeps
        its other columns; ``()``: the whole table is one group.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        100 for percentages.

    Returns
    -------
    The kind of table given, a row for each group and level: the group columns, ``numerator``,
    ``denominator``, ``value``, ``confidence``, ``lower``, ``upper``, ``multiplier``, ``method``,
    ``status``, ``reason``. Statuses: ``missing_input``, ``invalid_input`` (a negative count, a
    numerator over its denominator), ``zero_denominator``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or a level outside 0 to 1.

    Notes
    -----
    Wilson 1927; Newcombe and Altman 2000 (see :func:`fairpractice.statistics.intervals.wilson`).
    """
    measures = {"numerator": numerator, "denominator": denominator}
    sums, keys = grouped(data, by, measures, RESULT)
    rows = at_levels(sums, levels)
    x, n = rows.numerator, rows.denominator
    lower, upper = wilson(x, n, rows.z)
    rows = rows.mutate(
        value=real(x) / real(n).nullif(0) * multiplier,
        lower=lower * multiplier,
        upper=upper * multiplier,
        multiplier=ibis.literal(float(multiplier)),
        method=ibis.literal("Wilson"),
    )
    rows = judged(
        rows,
        [
            (any_missing(x, n), "missing_input", "the numerator or the denominator is missing"),
            (out_of_range(x, n), "invalid_input", "a count is infinite or too large"),
            ((x < 0) | (n < 0), "invalid_input", "a count is negative"),
            (n == 0, "zero_denominator", "the denominator is zero"),
            (x > n, "invalid_input", "the numerator is larger than the denominator"),
        ],
        counts=tuple(measures),
    )
    return finished(rows, keys, [*measures, *RESULT])


@on_any_table
def rate(
    data: Any,
    /,
    events: str,
    population: str,
    *,
    by: Sequence[str] | None = None,
    levels: Sequence[float] = (0.95,),
    multiplier: float = 100_000,
) -> ir.Table:
    """Return crude rates with Byar's limits, exact Poisson limits under 10 events.

    Parameters
    ----------
    data
        Rows of counts: an Ibis, pandas, polars or pyarrow table.
    events
        The column that counts events (whole numbers; Byar's limits are used for any other).
    population
        The column of people, or person-years, in which they happened.
    by, levels
        As for :func:`proportion`.
    multiplier
        The rate is per so many.

    Returns
    -------
    The kind of table given, as for :func:`proportion` but with ``events`` and ``population``;
    ``method`` is ``exact Poisson`` or ``Byar``. Zero events are no error: the lower limit is 0.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or a level outside 0 to 1.

    Notes
    -----
    Byar: Breslow and Day 1987. Exact: Garwood 1936, by the chi-square distribution.
    """
    measures = {"events": events, "population": population}
    sums, keys = grouped(data, by, measures, RESULT)
    rows = at_levels(sums, levels)
    rows = rows.mutate(exact_key=real(rows.events))
    exact = ibis.memtable(poisson_limits(checked_levels(levels)))
    rows = rows.left_join(
        exact,
        [rows.exact_key == exact.exact_events, rows.confidence == exact.exact_confidence],
    )
    x, n = rows.events, rows.population
    lower, upper = byar(x, rows.z)
    per = multiplier / real(n).nullif(0)
    few = (real(x) < EXACT_UNDER) & (real(x) == real(x).floor())
    rows = rows.mutate(
        value=real(x) * per,
        lower=ibis.coalesce(rows.exact_lower, lower) * per,
        upper=ibis.coalesce(rows.exact_upper, upper) * per,
        multiplier=ibis.literal(float(multiplier)),
        method=few.ifelse("exact Poisson", "Byar"),
    )
    rows = judged(
        rows,
        [
            (any_missing(x, n), "missing_input", "the events or the population are missing"),
            (out_of_range(x, n), "invalid_input", "a number is infinite or too large"),
            ((x < 0) | (n < 0), "invalid_input", "a number is negative"),
            (n == 0, "zero_denominator", "the population is zero"),
        ],
        counts=tuple(measures),
    )
    return finished(rows, keys, [*measures, *RESULT])
