"""The gap between the most and the least deprived group: a difference, or a ratio."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.inequality import Difference, End, Ratio
from fairpractice.statistics.intervals import wilson
from fairpractice.statistics.tables import (
    any_missing,
    at_levels,
    checked_levels,
    counted,
    finished,
    judged,
    keyed,
    log,
    number,
    on_any_table,
    one_of,
    out_of_range,
    real,
    require,
    root,
    sheltered,
    total,
)


ENDS = ("most_deprived", "least_deprived")
RESULT = (
    "most_deprived_value",
    "least_deprived_value",
    "value",
    "confidence",
    "lower",
    "upper",
    "scale",
    "direction",
    "multiplier",
    "method",
    "status",
    "reason",
)
RANKS = ("most_deprived_rank", "least_deprived_rank")
COUNTS = tuple(f"{end}_{part}" for end in ENDS for part in ("numerator", "denominator"))

Limits = tuple[ir.Value, ir.Value]


@on_any_table
def absolute_gap(
    data: Any,
    /,
    rank: str,
    numerator: str | None = None,
    denominator: str | None = None,
    *,
    value: str | None = None,
    standard_error: str | None = None,
    most: float | None = None,
    least: float | None = None,
    ends_of: Literal["table", "group"] = "table",
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    direction: Difference = "least_minus_most",
    lowest_rank: End = "most_deprived",
) -> ir.Table:
    """Return the difference between the most and the least deprived group.

    It looks at two groups alone; the slope index looks at all.

    Parameters
    ----------
    data
        A row for each deprivation group: an Ibis, pandas, polars or pyarrow table.
    rank
        The column of numbers that order the groups, such as the quintile.
    numerator, denominator
        From counts: their columns. Rows of one group and rank are added up first.
    value, standard_error
        From estimates of any kind: their columns.
    most, least
        The ranks of the most and the least deprived group. Left out, see ``ends_of``.
    ends_of
        Which two ranks are the ends: those of the whole ``table``, so that a group that lacks one
        is ``incomplete_groups`` and never compares others without saying so, or of each ``group``.
    by
        Group columns, a gap for each; none of them makes the whole table one.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        100 for percentage points made from proportions.
    direction
        ``least_minus_most`` is above zero where the value is higher in the least deprived.
    lowest_rank
        Which end the lowest rank is. 1 is the most deprived in the English indices.

    Returns
    -------
    The kind of table given, a row for each group and level: the group columns,
    ``most_deprived_rank``, ``least_deprived_rank``, from counts also ``most_deprived_numerator``,
    ``most_deprived_denominator`` and the same of the least, ``most_deprived_value``,
    ``least_deprived_value``, ``value``, ``confidence``, ``lower``, ``upper``, ``scale``,
    ``direction``, ``multiplier``, ``method``, ``status``, ``reason``. Statuses: ``missing_input``,
    ``invalid_input``, ``zero_denominator``, ``incomplete_groups``, ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or neither counts nor estimates.

    Notes
    -----
    From counts: Newcombe's method 10, from the two Wilson intervals (Newcombe 1998, Statistics in
    Medicine 17:873). From estimates: difference ± z √(se₁² + se₂²).
    """
    counts = value is None

    def limits(rows: ir.Table, first: str, second: str) -> Limits:
        a, b = rows[f"{first}_plain"], rows[f"{second}_plain"]
        if not counts:
            half = rows.z * root(_squared(rows, first) + _squared(rows, second))
            return (a - b) - half, (a - b) + half
        (low_a, high_a), (low_b, high_b) = (
            wilson(rows[f"{end}_numerator"], rows[f"{end}_denominator"], rows.z)
            for end in (first, second)
        )
        below = root((a - low_a) * (a - low_a) + (high_b - b) * (high_b - b))
        above = root((high_a - a) * (high_a - a) + (b - low_b) * (b - low_b))
        return (a - b) - below, (a - b) + above

    one_of("direction", direction, ("least_minus_most", "most_minus_least"))
    rows = _ends(
        data, rank, numerator, denominator, value, standard_error, most, least, ends_of, by,
        levels, lowest_rank,
    )  # fmt: skip
    first, second = ENDS if direction == "most_minus_least" else ENDS[::-1]
    lower, upper = limits(rows, first, second)
    rows = rows.mutate(
        value=(rows[f"{first}_plain"] - rows[f"{second}_plain"]) * multiplier,
        lower=lower * multiplier,
        upper=upper * multiplier,
        scale=ibis.literal("value"),
        method=ibis.literal("Newcombe method 10" if counts else "normal difference"),
    )
    return _gap(rows, by, direction, multiplier, counts, [])


@on_any_table
def relative_gap(
    data: Any,
    /,
    rank: str,
    numerator: str | None = None,
    denominator: str | None = None,
    *,
    value: str | None = None,
    standard_error: str | None = None,
    most: float | None = None,
    least: float | None = None,
    ends_of: Literal["table", "group"] = "table",
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    direction: Ratio = "least_over_most",
    lowest_rank: End = "most_deprived",
) -> ir.Table:
    """Return the ratio of the most and the least deprived group.

    As :func:`absolute_gap`, of which see the parameters and columns, but a ratio.

    Parameters
    ----------
    data, rank, numerator, denominator, value, standard_error, most, least, ends_of, by
        As there.
    levels, lowest_rank
        As there.
    multiplier
        Of the values of the two groups; the ratio does not depend on it.
    direction
        ``least_over_most`` is above 1 where the value is higher in the least deprived.

    Returns
    -------
    As there. ``zero_denominator`` also where the value divided by is zero; ``no_limits`` where
    the other is zero, or all of both groups are counted, of which a logarithm says nothing;
    ``outside_scale`` where a value is below zero.

    Raises
    ------
    FairpracticeError
        As there.

    Notes
    -----
    From counts: Katz's logarithmic limits, se² = 1/x₁ − 1/n₁ + 1/x₂ − 1/n₂ (Katz, Baptista, Azen
    and Pike 1978, Biometrics 34:469). From estimates: se² = (se₁/y₁)² + (se₂/y₂)², the delta
    method on the logarithm.
    """
    counts = value is None

    def squared(rows: ir.Table, end: str) -> ir.Value:
        if counts:
            x, n = real(rows[f"{end}_numerator"]), real(rows[f"{end}_denominator"])
            return 1 / x.nullif(0) - 1 / n.nullif(0)
        plain = rows[f"{end}_plain"].nullif(0)
        return _squared(rows, end) / (plain * plain)

    one_of("direction", direction, ("least_over_most", "most_over_least"))
    rows = _ends(
        data, rank, numerator, denominator, value, standard_error, most, least, ends_of, by,
        levels, lowest_rank,
    )  # fmt: skip
    first, second = ENDS if direction == "most_over_least" else ENDS[::-1]
    ratio = rows[f"{first}_plain"] / rows[f"{second}_plain"].nullif(0)
    error = root(squared(rows, first) + squared(rows, second))
    rows = rows.mutate(
        value=ratio,
        lower=(log(ratio) - rows.z * error).exp(),
        upper=(log(ratio) + rows.z * error).exp(),
        error=error,
        scale=ibis.literal("log"),
        method=ibis.literal("Katz logarithmic" if counts else "normal logarithm of the ratio"),
    )
    a, b = rows[f"{first}_plain"], rows[f"{second}_plain"]
    checks = [
        ((a < 0) | (b < 0), "outside_scale", "a ratio needs values that are not below zero"),
        (b == 0, "zero_denominator", "the value divided by is zero"),
        (a == 0, "no_limits", "the logarithm of zero has no limits"),
    ]
    if counts:
        checks.append((rows.error == 0, "no_limits", "everyone in both groups is counted"))
    return _gap(rows, by, direction, multiplier, counts, checks)


def _squared(rows: ir.Table, end: str) -> ir.Value:
    return rows[f"{end}_error"] * rows[f"{end}_error"]


def _ends(
    data: ir.Table,
    rank: str,
    numerator: str | None,
    denominator: str | None,
    value: str | None,
    standard_error: str | None,
    most: float | None,
    least: float | None,
    ends_of: str,
    by: Sequence[str],
    levels: Sequence[float],
    lowest_rank: str,
) -> ir.Table:
    """Return one row a group and level, with what each of the two ends has."""
    one_of("lowest_rank", lowest_rank, ENDS)
    one_of("ends_of", ends_of, ("table", "group"))
    if value is not None and numerator is None and denominator is None:
        columns = {"plain": value, "error": standard_error}
        if checked_levels(levels) and standard_error is None:
            raise FairpracticeError(
                "Limits need the uncertainty of each value",
                fix="Name standard_error=, or ask for no levels.",
            )
    elif value is None and numerator is not None and denominator is not None:
        columns = {"numerator": numerator, "denominator": denominator}
    else:
        raise FairpracticeError(
            "A gap is made from counts or from values",
            fix="Name numerator and denominator, or value= and standard_error=.",
        )
    named = {new: old for new, old in columns.items() if old is not None}
    require(data, tuple(by), (*RANKS, *COUNTS, *RESULT))
    require(data, [rank, *named.values()])
    keys = sheltered(by)
    rows = data.select(
        **keyed(data, keys),
        place=number(data[rank]),
        **{new: number(data[old]) for new, old in named.items()},
    )
    within = ibis.window(group_by=list(keys) if ends_of == "group" else [])
    low, high = (most, least) if lowest_rank == "most_deprived" else (least, most)
    rows = rows.mutate(
        lowest=rows.place.min().over(within) if low is None else ibis.literal(low),
        highest=rows.place.max().over(within) if high is None else ibis.literal(high),
    )
    sides = dict(
        zip(
            ENDS if lowest_rank == "most_deprived" else ENDS[::-1],
            ("lowest", "highest"),
            strict=True,
        )
    )
    aggregates: dict[str, ir.Value] = {"unranked": counted(rows.place.isnull())}
    for end, side in sides.items():
        there = rows.place == rows[side]
        aggregates[f"{end}_rank"] = rows[side].max()
        aggregates[f"{end}_rows"] = counted(there)
        for name in named:
            aggregates[f"{end}_{name}"] = _sum_where(rows[name], there)
    sums = (rows.group_by(list(keys)) if keys else rows).aggregate(**aggregates)
    if "numerator" in named:
        sums = sums.mutate(
            **{
                f"{end}_plain": real(sums[f"{end}_numerator"])
                / real(sums[f"{end}_denominator"]).nullif(0)
                for end in ENDS
            }
        )
    elif "error" not in named:
        sums = sums.mutate(**{f"{end}_error": ibis.null("float64") for end in ENDS})
    return at_levels(sums, levels)


def _sum_where(column: ir.Value, where: ir.BooleanValue) -> ir.Value:
    """Return the sum where something holds; null where any of those is missing, or none is."""
    usable = counted(where) * (counted(where & column.isnull()) == 0).cast("int64")
    kept = total(ibis.coalesce(where, False).ifelse(column.coalesce(0), 0).cast(column.type()))
    return (usable > 0).ifelse(kept, ibis.null(column.type()))


def _gap(
    rows: ir.Table,
    by: Sequence[str],
    direction: str,
    multiplier: float,
    counts: bool,
    more: Sequence[tuple[ir.BooleanValue, str, str]],
) -> ir.Table:
    plain = [rows[f"{end}_plain"] for end in ENDS]
    rows = rows.mutate(
        most_deprived_value=plain[0] * multiplier,
        least_deprived_value=plain[1] * multiplier,
        direction=ibis.literal(direction),
        multiplier=ibis.literal(float(multiplier)),
    )
    absent = (rows.most_deprived_rows == 0) | (rows.least_deprived_rows == 0)
    same = rows.most_deprived_rank == rows.least_deprived_rank
    checks: list[tuple[Callable[..., Any] | Any, str, str]] = [
        (rows.unranked > 0, "missing_input", "a rank is missing"),
        (
            ibis.coalesce(absent | same, True),
            "incomplete_groups",
            "a group to be compared is not there",
        ),
    ]
    if counts:
        x = [rows[f"{end}_numerator"] for end in ENDS]
        n = [rows[f"{end}_denominator"] for end in ENDS]
        checks += [
            (any_missing(*x, *n), "missing_input", "a count is missing"),
            (out_of_range(*x, *n), "invalid_input", "a count is infinite or too large"),
            (
                (x[0] < 0) | (x[1] < 0) | (n[0] < 0) | (n[1] < 0),
                "invalid_input",
                "a count is negative",
            ),
            ((n[0] == 0) | (n[1] == 0), "zero_denominator", "a group has nobody in it"),
            (
                (x[0] > n[0]) | (x[1] > n[1]),
                "invalid_input",
                "a numerator is larger than its denominator",
            ),
        ]
    else:
        errors = [rows[f"{end}_error"] for end in ENDS]
        several = (rows.most_deprived_rows > 1) | (rows.least_deprived_rows > 1)
        unknown = any_missing(*errors) | (errors[0] < 0) | (errors[1] < 0) | out_of_range(*errors)
        checks += [
            (several, "invalid_input", "a group comes more than once"),
            (any_missing(*plain), "missing_input", "a value is missing"),
            (out_of_range(*plain), "invalid_input", "a value is infinite or too large"),
        ]
        more = [
            *more,
            (
                rows.confidence.notnull() & unknown,
                "no_limits",
                "a standard error is missing or not possible",
            ),
        ]
    shown = COUNTS if counts else ()
    rows = judged(
        rows,
        [*checks, *more],
        counts=shown,
        suppressed=("most_deprived_value", "least_deprived_value"),
    )
    return finished(rows, sheltered(by), [*RANKS, *shown, *RESULT])
