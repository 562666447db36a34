"""Proportions and crude rates."""

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.any_table import on_any_table
from fairpractice.statistics.intervals import wilson, with_count_limits
from fairpractice.statistics.tables import (
    any_missing,
    at_levels,
    finished,
    grouped,
    judged,
    keyed,
    number,
    out_of_range,
    real,
    require,
    root,
    sheltered,
    some,
    total,
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
    frequency: str | None = None,
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
    frequency
        The column that says how many events each of the people in ``events`` had, for events that
        are not independent, such as admissions. The population then repeats in each row of a
        group, and groups have to be named in ``by``.

    Returns
    -------
    The kind of table given, as for :func:`proportion` but with ``events`` and ``population``;
    ``method`` is ``exact Poisson`` or ``Byar``, and says where events are not independent. Zero
    events are no error: the lower limit is 0.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, a level outside 0 to 1, or a ``frequency``
        without ``by``.

    Notes
    -----
    Byar: Breslow and Day 1987. Exact: Garwood 1936, by the chi-square distribution. Where events
    are not independent, O of them, the limits are O + √(Σ f² people/O) · (limit − O), over n
    (Dobson and others 1991, of one stratum; Office for Health Improvement and Disparities,
    technical guide to confidence intervals), never under 0. Of no events, whose dependence nothing
    tells, they are those of independent ones.
    """
    measures = {"events": events, "population": population}
    if frequency is None:
        sums, keys = grouped(data, by, measures, RESULT)
        sums = sums.mutate(spread=1.0)
    else:
        sums, keys = _of_people(data, measures, frequency, by)
    rows = with_count_limits(at_levels(sums, levels), "events", levels)
    x, n = rows.events, rows.population
    per = multiplier / real(n).nullif(0)
    method = rows.method if frequency is None else rows.method + ", events not independent"
    lower = real(x) + rows.spread * (rows.count_lower - real(x))
    rows = rows.mutate(
        value=real(x) * per,
        lower=(lower < 0).ifelse(0.0, lower) * per,
        upper=(real(x) + rows.spread * (rows.count_upper - real(x))) * per,
        multiplier=ibis.literal(float(multiplier)),
        method=method,
    )
    repeats = "the rows of a group do not repeat one population"
    rows = judged(
        rows,
        [
            *([(rows.unequal, "invalid_input", repeats)] if frequency is not None else []),
            (any_missing(x, n), "missing_input", "the events or the population are missing"),
            (out_of_range(x, n), "invalid_input", "a number is infinite or too large"),
            ((x < 0) | (n < 0), "invalid_input", "a number is negative"),
            (n == 0, "zero_denominator", "the population is zero"),
        ],
        counts=tuple(measures),
    )
    return finished(rows, keys, [*measures, *RESULT])


def _of_people(
    data: ir.Table, measures: dict[str, str], frequency: str, by: Sequence[str] | None
) -> tuple[ir.Table, dict[str, str]]:
    """Return one row a group of people by how many events each had, and its group columns."""
    if by is None:
        raise FairpracticeError(
            "Events that are not independent are added up within a group",
            fix="Name the group columns by=, or () for the whole table.",
        )
    require(data, (*measures.values(), frequency))
    require(data, by, (*RESULT, *measures))
    keys = sheltered(by)
    people, times = number(data[measures["events"]]), number(data[frequency])
    rows = data.select(
        **keyed(data, keys),
        events=people * times,
        squares=real(people) * real(times) * real(times),
        population=number(data[measures["population"]]),
    )
    n = rows.population
    sums = (rows.group_by(list(keys)) if keys else rows).aggregate(
        events=total(rows.events),
        squares=total(rows.squares),
        population=n.max(),
        unequal=some(n.isnull()) | ibis.coalesce(n.min() != n.max(), False),
    )
    x = real(sums.events)
    spread = root(sums.squares / (x > 0).ifelse(x, None))
    return sums.mutate(spread=ibis.coalesce(spread, 1.0)), keys
