"""The slope and the relative index of inequality."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from fairpractice.statistics.arrays import quietly
from fairpractice.statistics.cells import answer
from fairpractice.statistics.ends import Definition, Method, Question, checked, straight
from fairpractice.statistics.predictions import predicted
from fairpractice.statistics.scales import Scale


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


@quietly()
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
    stratum: str | None = None,
    cluster: str | None = None,
    limits: Method | None = None,
    whole: float = 1,
    draws: int = 100_000,
    seed: int = 1,
) -> Any:
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
        The column of people in each group, or of a person's sampling weight. Rows with nobody in
        them count for nothing.
    definition
        Which definition, since several are in use under this name.

        ``ohid``: Low and Low 2004, as the Office for Health Improvement and Disparities publishes
        it: a line through the groups, limits from the uncertainty of each group's value.
        ``scotpho``: the same line, as the Scottish Public Health Observatory publishes it, limits
        from how far the groups lie off it.
        ``linear``: the same line as the World Health Organization draws it; its rows may also be
        people, with survey weights.
        ``who_logit``: predictions of a logistic regression at both ends, for values that are
        shares of ``whole``.
        ``healthequal_logit``: as healthequal 1.0.1 calculates it, whose weights come to the
        square of the population; only to compare with what was published so.
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
    stratum, cluster
        Of a survey whose rows are people (``linear`` and ``who_logit``): the columns of strata
        and of clusters.
    limits
        How limits are made. ``ohid``: ``closed_form``, or ``simulation`` of the groups' values.
        ``scotpho``: ``residuals``. ``linear`` and ``who_logit``: ``robust`` (HC1, over rows),
        ``survey`` (Taylor linearisation, as soon as there are strata or clusters), and from
        counts ``binomial``.
    whole
        What value everybody having it would give: 100 where values are percentages. For the
        logistic definitions.
    draws, seed
        Of the simulation. The same seed gives the same limits, on every engine.

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
    ``ohid``: Low and Low 2004, Journal of Public Health 26:388. With weights w (shares of
    population) and r the cumulative share to the group's middle less a half, slope = Σ M y,
    M = w r/Σ w r². Limits on the line's own scale: slope ± z √Σ(M se)², then taken back with the
    line's middle held. Elsewhere from the cumulants of the values
    (:mod:`fairpractice.statistics.uncertainty`). ``scotpho``: slope ± t √(s²/Σ w r²), n − 2
    degrees of freedom. ``linear``, ``who_logit``: World Health Organization 2024, Health
    inequality monitoring, annex 11; ŷ(1) − ŷ(0) with ŷ(r) = α + βr, or its inverse log-odds, and
    limits by the delta method from the sandwich covariance of α and β (White 1980; Binder 1983).
    """
    return _index(**locals(), relative=False, directions=("least_minus_most", "most_minus_least"))


@quietly()
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
    stratum: str | None = None,
    cluster: str | None = None,
    limits: Method | None = None,
    whole: float = 1,
    draws: int = 100_000,
    seed: int = 1,
) -> Any:
    """Return the ratio of the two ends of the social gradient.

    As :func:`slope_index_of_inequality`, of which see the parameters and columns, but one end of
    the line over the other: (intercept + slope)/intercept. The ``scotpho`` definition divides
    the slope by the mean instead: 0, not 1, is no inequality, and ``direction`` says which sign.

    Parameters
    ----------
    data, rank, population, definition, events, value, standard_error, lower, upper, limits_level
        As there.
    by, levels, lowest_rank, scale, error_scale, standard_error_scale, groups
        As there.
    stratum, cluster, limits, whole, draws, seed
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
    gives no bounded interval. On the log and logit scales as for the slope index. ``linear`` and
    ``who_logit``: normal on the logarithm of the ratio.
    """
    return _index(**locals(), relative=True, directions=("least_over_most", "most_over_least"))


def _index(data: Any, **given: Any) -> Any:
    asked = Question(**given)
    checked(asked)
    how = straight if asked.definition in ("ohid", "scotpho") else predicted
    found = how(asked, data, RESULT)
    scale = 1.0 if asked.relative else float(asked.multiplier)

    def limits(z: float, level: float) -> Any:
        below, above = found.limits(z, level)
        return below * scale, above * scale

    # Logistic regression has one scale; the others that of the line.
    logistic = asked.definition.endswith("logit")
    columns = {
        "groups": np.where(np.isnan(found.groups), 0, found.groups).astype(int),
        "population": found.population,
        "smallest_cell": found.smallest_cell,
        "most_deprived_value": found.most * asked.multiplier,
        "least_deprived_value": found.least * asked.multiplier,
        "value": found.value * scale,
        "definition": asked.definition,
        "scale": "logit" if logistic else asked.scale,
        "direction": asked.direction,
        "multiplier": float(asked.multiplier),
        "method": found.method,
    }
    checks = list(found.checks)
    if asked.relative and asked.definition != "scotpho":
        divisor = found.most if asked.forward else found.least
        checks.append((divisor <= 0, "outside_scale", "the end divided by is not above zero"))
    return answer(
        data,
        asked.by,
        found.found,
        asked.levels,
        columns,
        limits=limits,
        checks=checks,
        order=RESULT,
    )
