"""Means, and ratios of two sums over people."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.quantiles import with_student_t
from fairpractice.statistics.scales import Scale, link
from fairpractice.statistics.tables import (
    LARGEST,
    any_missing,
    at_levels,
    checked_levels,
    finished,
    grouped,
    judged,
    keyed,
    number,
    on_any_table,
    out_of_range,
    real,
    require,
    root,
    sheltered,
    total,
)


RESULT = (
    "standard_deviation",
    "value",
    "confidence",
    "lower",
    "upper",
    "method",
    "status",
    "reason",
)
RATIO_RESULT = (
    "value",
    "confidence",
    "lower",
    "upper",
    "scale",
    "multiplier",
    "method",
    "status",
    "reason",
)


@on_any_table
def mean(
    data: Any,
    /,
    total: str | None = None,
    total_squares: str | None = None,
    count: str | None = None,
    *,
    value: str | None = None,
    by: Sequence[str] | None = None,
    levels: Sequence[float] = (0.95,),
) -> ir.Table:
    """Return means with Student's t limits, from single values or from their sums.

    Parameters
    ----------
    data
        Rows: an Ibis, pandas, polars or pyarrow table.
    total, total_squares, count
        From sums: the columns of Σx, Σx² and how many. Sums of squares lose the spread of values
        whose mean is millions of times it; give such values themselves.
    value
        From single values: the column of x.
    by
        Group columns. ``()``: the whole table is one group. ``None``: the same for single values;
        for sums, each row is a group and keeps its other columns.
    levels
        Confidence levels between 0 and 1; empty for values without limits.

    Returns
    -------
    The kind of table given, a row for each group and level: the group columns, ``count``,
    ``standard_deviation`` (of a sample), ``value``, ``confidence``, ``lower``, ``upper``,
    ``method``, ``status``, ``reason``. Statuses: ``missing_input`` (leave out people without a
    value first, and say so), ``invalid_input``, ``zero_denominator``, ``no_limits`` (of one value).

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or neither way of giving the input.

    Notes
    -----
    mean ± t(n − 1) s/√n (Armitage, Berry and Matthews 2002).
    """
    if value is not None:
        keys = sheltered(tuple(by or ()))
        sums = _from_values(data, value, keys)
    elif total is not None and total_squares is not None and count is not None:
        measures = {"total": total, "total_squares": total_squares, "count": count}
        sums, keys = grouped(data, by, measures, RESULT)
        n, spread = real(sums["count"]), real(sums.total_squares)
        squares = spread - real(sums.total) * real(sums.total) / n.nullif(0)
        squares = (squares < 0).ifelse(0.0, squares)
        sums = sums.mutate(standard_deviation=root(squares / (n > 1).ifelse(n - 1, None)))
    else:
        raise FairpracticeError(
            "mean() needs single values or their sums",
            fix="Name the column value=, or the columns total=, total_squares= and count=.",
        )
    rows = at_levels(sums, levels)
    rows = rows.mutate(degrees=real(rows["count"]) - 1)
    rows = with_student_t(rows, "degrees", checked_levels(levels))
    n = real(rows["count"])
    middle = real(rows.total) / n.nullif(0)
    half = rows.t * rows.standard_deviation / root(n)
    rows = rows.mutate(
        value=middle,
        lower=middle - half,
        upper=middle + half,
        method=ibis.literal("Student's t"),
    )
    rows = judged(
        rows,
        [
            (rows["count"] == 0, "zero_denominator", "there are no values"),
            (any_missing(rows.total, rows["count"]), "missing_input", "a value is missing"),
            (out_of_range(rows.total, n), "invalid_input", "a value is infinite or too large"),
            (n < 0, "invalid_input", "the count is negative"),
            (n <= 1, "no_limits", "one value has no spread"),
            (
                (n > 1) & rows.standard_deviation.isnull(),
                "missing_input",
                "the sum of squares is missing",
            ),
        ],
        counts=("count",),
        suppressed=("standard_deviation",),
    )
    return finished(rows, keys, ["count", *RESULT])


def _from_values(data: ir.Table, value: str, keys: Mapping[str, str]) -> ir.Table:
    require(data, tuple(keys.values()), ("count", *RESULT))
    require(data, (value,))
    x = number(data[value])
    safe = (real(x).abs() > LARGEST).ifelse(ibis.null("float64"), real(x))
    rows = data.select(**keyed(data, keys), x=x, safe=safe)
    return (rows.group_by(list(keys)) if keys else rows).aggregate(
        total=(rows.count() == 0).ifelse(ibis.null("float64"), total(real(rows.x))),
        count=rows.count(),
        standard_deviation=rows.safe.var(how="sample").sqrt(),
    )


@on_any_table
def ratio_of_sums(
    data: Any,
    /,
    numerator: str,
    denominator: str,
    numerator_squared: str | None = None,
    denominator_squared: str | None = None,
    product: str | None = None,
    people: str | None = None,
    *,
    person: str | None = None,
    by: Sequence[str] | None = None,
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    scale: Scale = "value",
) -> ir.Table:
    """Return Σy/Σx over people, with limits that allow for one person counting many times.

    For example, missed appointments over appointments, where some people have many of both. The
    people are taken as the sample: what one person does is not independent.

    Parameters
    ----------
    data
        Rows: an Ibis, pandas, polars or pyarrow table.
    numerator, denominator
        The columns of y and x.
    numerator_squared, denominator_squared, product, people
        From sums: the columns of Σy², Σx², Σxy, each summed over people after adding up within a
        person, and the number of people. Left out, the rows are people, or parts of them.
    person
        From rows: the column that says whose row it is; each row a person when left out.
    by
        Group columns. ``()``: the whole table is one group. ``None``: the same for rows; for sums,
        each row is a group and keeps its other columns.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        100 for percentages.
    scale
        On which scale the limits are symmetrical: ``value``; ``log``, which keeps them above 0;
        ``logit``, which keeps them between 0 and 1, for a ratio that is a proportion.

    Returns
    -------
    The kind of table given, a row for each group and level: the group columns, ``numerator``,
    ``denominator``, ``people``, ``value``, ``confidence``, ``lower``, ``upper``, ``scale``,
    ``multiplier``, ``method``, ``status``, ``reason``. Statuses: ``missing_input``,
    ``invalid_input``, ``zero_denominator``, ``no_limits`` (one person, or nobody differs).

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or only some of the sums.

    Notes
    -----
    The ratio estimator R = Σy/Σx with Taylor-linearised variance
    n/(n − 1) · (Σy² − 2RΣxy + R²Σx²)/(Σx)² (Cochran 1977, Sampling Techniques, 3rd edition,
    chapter 6, without the finite population correction), limits by Student's t with n − 1
    degrees of freedom.
    """
    given = (numerator_squared, denominator_squared, product, people)
    names = {
        "numerator": numerator,
        "denominator": denominator,
        "numerator_squared": numerator_squared,
        "denominator_squared": denominator_squared,
        "product": product,
        "people": people,
    }
    if all(given):
        sums, keys = grouped(data, by, {k: v for k, v in names.items() if v}, RATIO_RESULT)
    elif any(given):
        raise FairpracticeError(
            "ratio_of_sums() has only some of the sums it needs",
            fix="Name numerator_squared, denominator_squared, product and people, or none of them.",
        )
    else:
        keys = sheltered(tuple(by or ()))
        sums = _over_people(data, numerator, denominator, person, keys)
    to = link(scale)
    rows = at_levels(sums, levels)
    rows = rows.mutate(**{name: real(rows[name]) for name in names})
    rows = rows.mutate(degrees=rows.people - 1, ratio=rows.numerator / rows.denominator.nullif(0))
    rows = with_student_t(rows, "degrees", checked_levels(levels))
    n, ratio = rows.people, rows.ratio
    first = rows.numerator_squared + ratio * ratio * rows.denominator_squared
    spread = first - 2 * ratio * rows["product"]
    # What is left of the squares after rounding is no spread.
    spread = (spread > first * 1e-13).ifelse(spread, 0.0)
    error = root(spread * n / (n > 1).ifelse(n - 1, None)) / rows.denominator.abs()
    half = rows.t * error * to.slope(ratio)
    rows = rows.mutate(
        value=ratio * multiplier,
        lower=to.back(to.to(ratio) - half) * multiplier,
        upper=to.back(to.to(ratio) + half) * multiplier,
        scale=ibis.literal(scale),
        multiplier=ibis.literal(float(multiplier)),
        method=ibis.literal("Taylor linearised, clustered by person, Student's t"),
        spread=spread,
    )
    x, y = rows.denominator, rows.numerator
    squares = (rows.numerator_squared, rows.denominator_squared)
    rows = judged(
        rows,
        [
            (
                any_missing(x, y, *squares, rows["product"], n),
                "missing_input",
                "a sum or the number of people is missing",
            ),
            (
                out_of_range(x, y, *squares, rows["product"], n),
                "invalid_input",
                "a number is infinite or too large",
            ),
            (
                (squares[0] < 0) | (squares[1] < 0) | (n < 0),
                "invalid_input",
                "a square or the number of people is negative",
            ),
            (x == 0, "zero_denominator", "the denominator is zero"),
            (n <= 1, "no_limits", "one person has no spread"),
            (
                rows.spread == 0,
                "no_limits",
                "everyone has the same ratio, so their spread says nothing of the uncertainty",
            ),
            (~to.holds(ratio), "no_limits", f"the {scale} scale holds {to.bounds}"),
        ],
        counts=("numerator", "denominator", "people"),
    )
    counts = {name: rows[name].cast(sums[name].type()) for name in ("numerator", "denominator")}
    rows = rows.mutate(**counts, people=rows.people.cast(sums.people.type()))
    return finished(rows, keys, ["numerator", "denominator", "people", *RATIO_RESULT])


def _over_people(
    data: ir.Table, numerator: str, denominator: str, person: str | None, keys: Mapping[str, str]
) -> ir.Table:
    names = tuple(keys.values())
    require(data, names, ("numerator", "denominator", "people", *RATIO_RESULT))
    require(data, [numerator, denominator, *([person] if person else [])])
    rows = data.select(
        **keyed(data, keys),
        y=number(data[numerator]),
        x=number(data[denominator]),
        **({"person": data[person]} if person else {}),
    )
    if person is not None:
        rows = rows.group_by([*keys, "person"]).aggregate(y=total(rows.y), x=total(rows.x))
    y, x = real(rows.y), real(rows.x)
    return (rows.group_by(list(keys)) if keys else rows).aggregate(
        numerator=total(rows.y),
        denominator=total(rows.x),
        numerator_squared=total(y * y),
        denominator_squared=total(x * x),
        product=total(x * y),
        people=rows.count(),
    )
