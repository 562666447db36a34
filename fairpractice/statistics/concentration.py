"""Concentration indices: how far something lies with those at one end of a ranking."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Check, quietly
from fairpractice.statistics.cells import Cells, Floats, answer, moments
from fairpractice.statistics.concentration_definitions import (
    ABSOLUTE,
    RELATIVE,
    Normalised,
    bounds_of,
    fitted,
)
from fairpractice.statistics.concentration_errors import ERRORS, Fitted
from fairpractice.statistics.tables import one_of


RelativeDefinition = Literal[
    "standard", "modified", "wagstaff", "extended", "symmetric", "conindex_modified"
]
AbsoluteDefinition = Literal["standard", "erreygers", "extended", "symmetric"]
Errors = Literal[
    "linearised", "group_errors", "regression", "robust", "clustered", "survey_regression",
    "delta", "robust_delta", "kakwani",
]  # fmt: skip
Towards = Literal["towards_least_deprived", "towards_most_deprived"]
End = Literal["most_deprived", "least_deprived"]

RESULT = (
    "rows",
    "population",
    "mean",
    "value",
    "standard_error",
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
def relative_concentration_index(
    data: Any,
    /,
    value: str,
    rank: str,
    *,
    definition: RelativeDefinition,
    weight: str | None = None,
    standard_error: str | None = None,
    stratum: str | None = None,
    cluster: str | None = None,
    lowest: float | None = None,
    highest: float | None = None,
    aversion: float = 2,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    direction: Towards = "towards_least_deprived",
    lowest_rank: End = "most_deprived",
    errors: Errors | None = None,
    covariance: Literal["population", "sample"] = "population",
) -> Any:
    """Return how unequally something is shared along a ranking, as a share of all there is.

    Everyone is laid out from the most to the least deprived; the index is twice the covariance of
    the value with that rank (0 to 1), divided by the mean. It is 0 where the value does not
    depend on rank, and 1 where the least deprived have everything.

    Parameters
    ----------
    data
        A row for each person, or for each group of equal rank: an Ibis, pandas, polars or pyarrow
        table.
    value
        The column that is shared out: a person's, or the group's mean.
    rank
        The column of numbers that order the rows. Equal numbers share the middle of their ranks.
    definition
        Which index. ``standard``: the concentration index of Kakwani, Wagstaff and van Doorslaer
        (1997), for what cannot be negative. ``modified``: of what lies above ``lowest``. For
        values that cannot exceed ``highest``: ``wagstaff`` (2005), whose range does not depend on
        the mean. ``extended`` (Yitzhaki 1983; Wagstaff 2002) and ``symmetric`` (Erreygers, Clarke
        and Van Ourti 2012) look more at one end, or at both, the higher ``aversion`` is above 2.
        ``conindex_modified``: ``modified`` as conindex 1.7.0 returns it, multiplied by
        mean/(mean − lowest) a second time; only to compare with what was published so.
    weight
        The column of people in each group, or of a person's sampling weight. Each row counts once
        when left out.
    standard_error
        From groups: the column of the standard error of each group's value.
    stratum, cluster
        The columns of a survey's strata and clusters.
    lowest, highest
        The bounds of the value, for the definitions that need them.
    aversion
        To inequality: ν of the extended, β of the symmetric index; at 2 both are ``standard``.
    by
        Group columns, an index for each; none of them makes the whole table one.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        Of the index.
    direction
        ``towards_least_deprived`` is above zero where the least deprived have more.
    lowest_rank
        Which end the lowest rank is. 1 is the most deprived in the English indices.
    errors
        How the standard error is made. ``linearised``, unless ``standard_error`` is given: Taylor
        linearisation, in which rank and mean are estimated too. ``group_errors``: from
        ``standard_error``. Others are of the regression that gives the standard index, whose rank
        and mean are taken as known, for comparison with what was published so: ``regression``,
        ``robust`` (HC1), ``clustered``, ``survey_regression``, ``delta`` and ``robust_delta``
        (with the mean from the same regression), ``kakwani`` (Kakwani, Wagstaff and van Doorslaer
        1997, equation 14).
    covariance
        ``sample`` multiplies as rineq does, by an unbiased weighted covariance times (n − 1)/n.

    Returns
    -------
    The kind of table given, a row for each group and level: the group columns, ``rows``,
    ``population`` (the sum of weights), ``mean``, ``value``, ``standard_error``, ``confidence``,
    ``lower``, ``upper``, ``definition``, ``scale``, ``direction``, ``multiplier``, ``method``,
    ``status``, ``reason``. Statuses: ``missing_input``, ``invalid_input``, ``zero_denominator``,
    ``incomplete_groups`` (fewer than two ranks), ``outside_scale``, ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, a definition or errors there are not, or
        bounds, clusters or standard errors that they need.

    Notes
    -----
    D = Σ y K, where K is the integral of h over the row's share of the ranks p from 0 to 1, and
    the index is f(μ) D. h(p) = 2p − 1 and f = 1/μ (O'Donnell, O'Neill, Van Ourti and Walsh 2016,
    Stata Journal 16:112, whose table of indices gives all of them). ``modified`` f = 1/(μ − a);
    ``wagstaff`` f = (b − a)/((b − μ)(μ − a)); ``extended`` h = 1 − ν(1 − p)^(ν − 1);
    ``symmetric`` h = β 2^(β − 2) |p − ½|^(β − 2) (p − ½). Limits: index ± z se.
    """
    return _index(**locals(), indices=RELATIVE)


@quietly()
def absolute_concentration_index(
    data: Any,
    /,
    value: str,
    rank: str,
    *,
    definition: AbsoluteDefinition,
    weight: str | None = None,
    standard_error: str | None = None,
    stratum: str | None = None,
    cluster: str | None = None,
    lowest: float | None = None,
    highest: float | None = None,
    aversion: float = 2,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    direction: Towards = "towards_least_deprived",
    lowest_rank: End = "most_deprived",
    errors: Errors | None = None,
    covariance: Literal["population", "sample"] = "population",
) -> Any:
    """Return how unequally something is shared along a ranking, in the unit of the value.

    As :func:`relative_concentration_index`, of which see the parameters and columns, but not
    divided by the mean: it stays the same when everyone is given as much more.

    Parameters
    ----------
    data, value, rank, weight, standard_error, stratum, cluster, aversion
        As there.
    definition
        Which index. ``standard``: the absolute concentration index of the World Health
        Organization, also known as the generalised concentration index; with both bounds, of the
        value's share of the way between them. ``erreygers`` (2009): four times that, for values
        that have both bounds. ``extended`` and ``symmetric``: the generalised forms.
    lowest, highest
        The bounds of the value.
    by, levels, multiplier, direction, lowest_rank, errors, covariance
        As there.

    Returns
    -------
    As there.

    Raises
    ------
    FairpracticeError
        As there.

    Notes
    -----
    As there with f = 1, or 1/(b − a) with both bounds; ``erreygers`` f = 4/(b − a);
    ``extended`` f = ν^(ν/(ν − 1))/(ν − 1), ``symmetric`` f = 4 (Erreygers, Clarke and Van Ourti
    2012, Journal of Health Economics 31:257).
    """
    return _index(**locals(), indices=ABSOLUTE)


@quietly()
def gini_coefficient(
    data: Any,
    /,
    value: str,
    *,
    weight: str | None = None,
    stratum: str | None = None,
    cluster: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    errors: Errors | None = None,
) -> Any:
    """Return how unequally something is shared, whoever has it.

    The relative concentration index along a ranking by the value itself: 0 where everyone has as
    much, towards 1 where one has everything.

    Parameters
    ----------
    data, value, weight, stratum, cluster, by, levels, multiplier, errors
        As for :func:`relative_concentration_index`.

    Returns
    -------
    As there.

    Raises
    ------
    FairpracticeError
        As there.

    Notes
    -----
    Of a weighted sample, with ties and the middle of each rank: 2 cov(y, rank)/μ (Lerman and
    Yitzhaki 1984, Economics Letters 15:363).
    """
    return _index(
        data,
        value,
        value,
        indices={"gini": RELATIVE["standard"]},
        definition="gini",
        weight=weight,
        standard_error=None,
        stratum=stratum,
        cluster=cluster,
        lowest=None,
        highest=None,
        aversion=2,
        by=by,
        levels=levels,
        multiplier=multiplier,
        direction="towards_those_with_more",
        lowest_rank="most_deprived",
        errors=errors,
        covariance="population",
    )


def _index(
    data: Any,
    value: str,
    rank: str,
    *,
    indices: Mapping[str, Normalised],
    definition: str,
    weight: str | None,
    standard_error: str | None,
    stratum: str | None,
    cluster: str | None,
    lowest: float | None,
    highest: float | None,
    aversion: float,
    by: Sequence[str],
    levels: Sequence[float],
    multiplier: float,
    direction: str,
    lowest_rank: str,
    errors: str | None,
    covariance: str,
) -> Any:
    one_of("definition", definition, tuple(indices))
    one_of("lowest_rank", lowest_rank, ("most_deprived", "least_deprived"))
    if definition != "gini":
        one_of("direction", direction, ("towards_least_deprived", "towards_most_deprived"))
    one_of("covariance", covariance, ("population", "sample"))
    made = errors or ("group_errors" if standard_error else "linearised")
    one_of("errors", made, tuple(ERRORS))
    index = indices[definition]
    a, b = bounds_of(definition, index.bounds, lowest, highest)
    _refuse(made, definition, aversion, standard_error, cluster)
    found = moments(
        data, by, value, rank=rank, weight=weight, stratum=stratum, cluster=cluster,
        error=standard_error, results=RESULT,
    )  # fmt: skip
    fit = fitted(found, index, definition, aversion, (a, b), indices is ABSOLUTE)
    correction = _sample(found) if covariance == "sample" else 1.0
    # The middle of the ranks is a half, so that turning them round turns the sign.
    turned = (lowest_rank == "least_deprived") != (direction == "towards_most_deprived")
    sign = multiplier * (-1 if turned else 1)
    result = sign * fit.value * correction
    se = abs(multiplier) * ERRORS[made].error(fit, correction)
    return answer(
        data,
        by,
        found,
        levels,
        {
            "rows": found.total(found["rows"]).astype(int),
            "population": fit.weight,
            "mean": fit.mean,
            "value": result,
            "standard_error": se,
            "definition": definition,
            "scale": "value",
            "direction": direction,
            "multiplier": float(multiplier),
            "method": ERRORS[made].method,
        },
        limits=lambda z, _: (result - z * se, result + z * se),
        checks=_checks(found, fit, (a, b), definition, se),
        order=RESULT,
    )


def _refuse(
    made: str, definition: str, aversion: float, standard_error: str | None, cluster: str | None
) -> None:
    if not aversion > 1:
        raise FairpracticeError(
            f"aversion={aversion} is not above 1", fix="2 is the standard index; more looks closer."
        )
    if definition in ("extended", "symmetric") and not ERRORS[made].any_definition:
        raise FairpracticeError(
            f"errors={made!r} are not for definition={definition!r}",
            fix="Leave errors out.",
        )
    if made == "group_errors" and standard_error is None:
        raise FairpracticeError(
            "errors='group_errors' needs each group's", fix="Name standard_error=."
        )
    if made == "clustered" and cluster is None:
        raise FairpracticeError("errors='clustered' needs clusters", fix="Name cluster=.")


def _sample(found: Cells) -> Floats:
    """Return what an unbiased weighted covariance times (n − 1)/n is larger by."""
    rows, weight = found.total(found["rows"]), found.total(found["s0"])
    return (rows - 1) / rows / (1 - found.total(found["t00"]) / weight**2)


def _checks(
    found: Cells, fit: Fitted, bounds: tuple[float, float], definition: str, se: Floats
) -> list[Check]:
    least, most = found.extreme(found["least"], False), found.extreme(found["most"], True)
    ranks = np.bincount(fit.ranks.group, minlength=found.size)
    bounded = np.isfinite(bounds).any()
    checks = [
        (found.total(found["missing"]) > 0, "missing_input", "a rank, value or weight is missing"),
        (found.total(found["invalid"]) > 0, "invalid_input", "a number is infinite, too large, "
         "or a weight below zero"),
        (found.total(found["rows"]) == 0, "zero_denominator", "there are no rows"),
        ((least < bounds[0]) | (most > bounds[1]), "outside_scale", "a value is beyond its bounds"),
        (fit.weight == 0, "zero_denominator", "there is nobody"),
    ]  # fmt: skip
    if definition != "gini":
        checks.append((ranks < 2, "incomplete_groups", "there are fewer than two ranks"))
    if not np.all(fit.slope == 0) and not bounded:
        checks += [
            (least < 0, "outside_scale", "a relative index needs values that are not below zero"),
            (fit.mean <= 0, "zero_denominator", "the mean is zero"),
        ]
    # A variance made from sums keeps sixteen figures, its root eight.
    nothing = se <= 1e-7 * np.abs(fit.factor * fit.mean)
    return [
        *checks,
        (~np.isfinite(fit.factor), "zero_denominator", "every value is at a bound"),
        (found.total(found["unknown"]) > 0, "no_limits", "a standard error is missing"),
        (nothing, "no_limits", "nothing varies, so that limits cannot be worked out"),
        (np.isnan(se), "no_limits", "too few rows, or a stratum of one cluster"),
    ]
