"""The slope and the relative index of inequality."""

from collections.abc import Sequence
from typing import Any, Literal

import ibis
import ibis.expr.types as ir

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.gradient import by_rank, fitted, placed, with_error
from fairpractice.statistics.scales import Scale, link
from fairpractice.statistics.tables import (
    at_levels,
    checked_levels,
    finished,
    judged,
    on_any_table,
    one_of,
    require,
    root,
    sheltered,
)
from fairpractice.statistics.uncertainty import sum_limits, with_ratio_limits


Definition = Literal["ohid"]
Difference = Literal["least_minus_most", "most_minus_least"]
Ratio = Literal["least_over_most", "most_over_least"]
End = Literal["most_deprived", "least_deprived"]

RESULT = (
    "groups",
    "population",
    "smallest_cell",
    "most_deprived_value",
    "least_deprived_value",
    "value",
    "confidence",
    "lower",
    "upper",
    "definition",
    "scale",
    "direction",
    "multiplier",
    "method",
    "status",
    "reason",
)


@on_any_table
def slope_index_of_inequality(
    data: Any,
    /,
    rank: str,
    population: str,
    *,
    definition: Definition,
    events: str | None = None,
    value: str | None = None,
    standard_error: str | None = None,
    lower: str | None = None,
    upper: str | None = None,
    limits_level: float = 0.95,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    direction: Difference = "least_minus_most",
    lowest_rank: End = "most_deprived",
    scale: Scale = "value",
    error_scale: Scale | None = None,
    standard_error_scale: Scale = "value",
    groups: int | None = None,
) -> ir.Table:
    """Return the difference between the two ends of the social gradient.

    The whole population is laid out from the most to the least deprived; each group stands at the
    middle of its share; a line is fitted by least squares weighted by population; the index is
    the difference between the line's two ends.

    Parameters
    ----------
    data
        A row for each deprivation group: an Ibis, pandas, polars or pyarrow table.
    rank
        The column of numbers that order the groups, such as the quintile.
    population
        The column of people in each group. Groups with nobody in them count for nothing.
    definition
        Which definition, since several are in use under this name. ``ohid``: Low and Low 2004, as
        the Office for Health Improvement and Disparities publishes it.
    events
        From counts: the column of people, among the population, with the property. Rows of one
        group and rank are added up first.
    value
        From estimates: the column of each group's value (a proportion as a proportion: 0.2).
    standard_error
        Of each value.
    lower, upper, limits_level
        Instead of a standard error: the columns of each value's limits, and their level. With
        counts and neither, Wilson's limits are used.
    by
        Group columns, an index for each; none of them makes the whole table one.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        100 for percentages made from proportions. Above zero; for the sign see ``direction``.
    direction
        ``least_minus_most`` is above zero where the value is higher in the least deprived.
    lowest_rank
        Which end the lowest rank is. 1 is the most deprived in the English indices.
    scale
        On which scale the line is straight: ``value``, ``log`` or ``logit``.
    error_scale
        On which scale each value is taken as normal: that of the line when left out. For a
        straight line through rates say ``log``, through proportions ``logit``.
    standard_error_scale
        On which scale ``standard_error`` is: ``value``, from which it is converted by the delta
        method, or the error scale.
    groups
        How many groups with people in them there should be; any number from two when left out.

    Returns
    -------
    The kind of table given, a row for each group and level: the group columns, ``groups`` and
    ``population`` (taken in), ``smallest_cell`` (from counts, the smallest above zero of those
    with and those without the property, for disclosure control), ``most_deprived_value`` and
    ``least_deprived_value`` (the ends of the line), ``value``, ``confidence``, ``lower``,
    ``upper``, ``definition``, ``scale``, ``direction``, ``multiplier``, ``method``, ``status``,
    ``reason``. Statuses: ``missing_input``, ``invalid_input``, ``zero_denominator``,
    ``incomplete_groups``, ``outside_scale``, ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, a definition, scale or direction there is
        not, or limits asked for without uncertainty given.

    Notes
    -----
    Low and Low 2004, Journal of Public Health 26:388. With weights w (shares of population) and
    r the cumulative share to the group's middle less a half, slope = Σ M y, M = w r/Σ w r².
    Limits on the line's own scale: slope ± z √Σ(M se)², then taken back with the line's middle
    held. Elsewhere from the cumulants of the values (:mod:`fairpractice.statistics.uncertainty`).
    """
    return _index(**locals(), relative=False)


@on_any_table
def relative_index_of_inequality(
    data: Any,
    /,
    rank: str,
    population: str,
    *,
    definition: Definition,
    events: str | None = None,
    value: str | None = None,
    standard_error: str | None = None,
    lower: str | None = None,
    upper: str | None = None,
    limits_level: float = 0.95,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    direction: Ratio = "least_over_most",
    lowest_rank: End = "most_deprived",
    scale: Scale = "value",
    error_scale: Scale | None = None,
    standard_error_scale: Scale = "value",
    groups: int | None = None,
) -> ir.Table:
    """Return the ratio of the two ends of the social gradient.

    As :func:`slope_index_of_inequality`, of which see the parameters and columns, but one end of
    the line over the other: (intercept + slope)/intercept.

    Parameters
    ----------
    data, rank, population, definition, events, value, standard_error, lower, upper, limits_level
        As there.
    by, levels, lowest_rank, scale, error_scale, standard_error_scale, groups
        As there.
    multiplier
        Of the values at the ends; the ratio does not depend on it.
    direction
        ``least_over_most`` is above 1 where the value is higher in the least deprived.

    Returns
    -------
    As there. ``outside_scale`` where the end divided by is not above zero. A ratio below zero says
    that a straight line does not fit: take the log or logit scale.

    Raises
    ------
    FairpracticeError
        As there.

    Notes
    -----
    Limits for a straight line through the values: Fieller's theorem for the ratio of the two ends
    (Fieller 1954), which is what simulating the groups' values tends to; ``no_limits`` where it
    gives no bounded interval. On the log and logit scales as for the slope index.
    """
    return _index(**locals(), relative=True)


def _index(
    *,
    data: ir.Table,
    rank: str,
    population: str,
    definition: str,
    events: str | None,
    value: str | None,
    standard_error: str | None,
    lower: str | None,
    upper: str | None,
    limits_level: float,
    by: Sequence[str],
    levels: Sequence[float],
    multiplier: float,
    direction: str,
    lowest_rank: str,
    scale: str,
    error_scale: str | None,
    standard_error_scale: str,
    groups: int | None,
    relative: bool,
) -> ir.Table:
    named = sheltered(by)
    keys = list(named)
    directions = (
        ("least_over_most", "most_over_least")
        if relative
        else (
            "least_minus_most",
            "most_minus_least",
        )
    )
    one_of("definition", definition, ("ohid",))
    one_of("direction", direction, directions)
    one_of("lowest_rank", lowest_rank, ("most_deprived", "least_deprived"))
    if not multiplier > 0:
        raise FairpracticeError(
            f"The multiplier {multiplier} is not above zero",
            fix=f"Turn the index round with direction={directions[1]!r}.",
        )
    errors_on = error_scale or scale
    if scale != "value" and errors_on != scale:
        raise FairpracticeError(
            f"A line on the {scale} scale takes its errors on that scale, not {errors_on}",
            fix="Leave error_scale out.",
        )
    one_of("standard_error_scale", standard_error_scale, ("value", errors_on))
    require(data, tuple(by), RESULT)
    rows = by_rank(data, rank, population, events, value, (standard_error, lower, upper), named)
    uncertain = standard_error or (lower and upper) or events
    if checked_levels(levels) and not uncertain:
        raise FairpracticeError(
            "Limits need the uncertainty of each group's value",
            fix="Name standard_error=, or lower= and upper=, or ask for no levels.",
        )
    on_value = standard_error_scale == "value"
    rows = with_error(rows, errors_on, bool(events and not standard_error), on_value, limits_level)
    rows = placed(rows, keys, descending=lowest_rank == "least_deprived", to=link(scale).to)
    forward = direction == directions[0]
    sums = fitted(rows, keys, scale, errors_on, relative, forward)
    back = link(scale).back
    sums = sums.mutate(
        most_deprived_value=back(sums.middle - sums.slope / 2),
        least_deprived_value=back(sums.middle + sums.slope / 2),
    )

    def compared(least: ir.Value, most: ir.Value) -> ir.Value:
        first, second = (least, most) if forward else (most, least)
        if relative:
            return first / (second > 0).ifelse(second, ibis.null("float64"))
        return (first - second) * multiplier

    sums = sums.mutate(value=compared(sums.least_deprived_value, sums.most_deprived_value))
    rows = at_levels(sums, levels)
    if scale == "value" and relative:
        rows = with_ratio_limits(rows, errors_on == "value")
    elif scale == "value":
        below, above = sum_limits(rows)
        rows = rows.mutate(lower=below * multiplier, upper=above * multiplier)
    else:
        half = rows.z * root(rows.slope_variance)
        ends = [
            compared(back(rows.middle + slope / 2), back(rows.middle - slope / 2))
            for slope in (rows.slope - half, rows.slope + half)
        ]
        rows = rows.mutate(
            **dict(zip(("lower", "upper") if forward else ("upper", "lower"), ends, strict=True))
        )
    rows = rows.mutate(
        most_deprived_value=rows.most_deprived_value * multiplier,
        least_deprived_value=rows.least_deprived_value * multiplier,
        definition=ibis.literal(definition),
        scale=ibis.literal(scale),
        direction=ibis.literal(direction),
        multiplier=ibis.literal(float(multiplier)),
        method=ibis.literal(_method(scale, errors_on, relative)),
    )
    wanted = rows.groups < 2 if groups is None else rows.groups != groups
    below = rows.most_deprived_value if forward else rows.least_deprived_value
    rows = judged(
        rows,
        [
            (rows.missing > 0, "missing_input", "a rank, a population or a value is missing"),
            (
                rows.invalid > 0,
                "invalid_input",
                "a number is negative, infinite or too large, or more than its population",
            ),
            (rows.repeated > 0, "invalid_input", "a rank comes more than once"),
            (rows.population == 0, "zero_denominator", "there is nobody in any group"),
            (wanted, "incomplete_groups", "there are not as many groups with people as needed"),
            (rows.outside > 0, "outside_scale", f"the {scale} scale holds {link(scale).bounds}"),
            *(
                [(below <= 0, "outside_scale", "the end divided by is not above zero")]
                if relative
                else []
            ),
            (
                rows.confidence.notnull() & (rows.without_error > 0),
                "no_limits",
                "the uncertainty of a group's value is missing or not on its scale",
            ),
        ],
        counts=("population",),
        suppressed=("most_deprived_value", "least_deprived_value"),
    )
    return finished(rows, named, RESULT)


def _method(scale: str, errors_on: str, relative: bool) -> str:
    if scale != "value":
        return f"weighted least squares, normal slope on the {scale} scale"
    how = "Fieller" if relative else "normal slope"
    bent = "" if errors_on == "value" else f", Cornish-Fisher for errors on the {errors_on} scale"
    return f"weighted least squares, {how}{bent}"
