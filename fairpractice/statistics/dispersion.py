"""How far groups without an order lie apart: variance, disparity, differences from one of them."""

from collections.abc import Sequence
from typing import Any

from fairpractice.statistics.arrays import quietly
from fairpractice.statistics.differences import (
    DEVIATION,
    DISPARITY,
    FROM_BEST,
    FROM_MEAN,
    FROM_REFERENCE,
    VARIANCE,
    VARIATION,
    Better,
    Made,
    Weighting,
    of_groups,
)
from fairpractice.statistics.tables import one_of


@quietly()
def between_group_variance(
    data: Any,
    /,
    value: str,
    population: str,
    *,
    standard_error: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    limits: Made = "delta",
    lowest: float = 0,
    highest: float | None = None,
    draws: int = 10_000,
    seed: int = 1,
) -> Any:
    """Return the variance between groups without an order, weighted by population.

    Parameters
    ----------
    data
        A row for each group: an Ibis, pandas, polars or pyarrow table.
    value
        The column of each group's value.
    population
        The column of people in each group.
    standard_error
        The column of each value's standard error; needed for limits.
    by
        Columns that say which rows are compared; none of them takes the whole table together.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        Of the result.
    limits
        ``delta``: in closed form, from each value's standard error, with all differences keeping
        their sign. ``simulation``: quantiles of the statistic of values drawn from a normal
        distribution cut off at ``lowest`` and ``highest``, as healthequal makes them. Draws lie
        further apart than the truth, so where groups hardly differ both say too much.
    lowest, highest
        What values cannot go below or above, for the simulation.
    draws, seed
        Of the simulation. The same seed gives the same limits, on every engine.

    Returns
    -------
    The kind of table given, a row for each group and level: the columns of ``by``, ``groups``,
    ``population``, ``compared_with`` (the value that differences are from), ``value``,
    ``standard_error`` (of the closed form), ``confidence``, ``lower``, ``upper``, ``definition``
    (``population`` or ``equal`` weighting), ``scale``, ``direction``, ``multiplier``, ``method``,
    ``status``, ``reason``. Statuses: ``missing_input``, ``invalid_input``, ``zero_denominator``,
    ``incomplete_groups``, ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or limits asked for without uncertainty.

    Notes
    -----
    Σ p (y − μ)², where μ = Σ p y and p are shares of the population (Schlotheuber and Hosseinpoor
    2022, International Journal of Environmental Research and Public Health 19:3697). Variance
    4 Σ p²(y − μ)² se² + 2(Σ p² se⁴ − 2 Σ p³ se⁴ + (Σ p² se²)²), as World Health Organization
    2024, annex 11.
    """
    return of_groups(**locals(), measure=VARIANCE, definition="population")


@quietly()
def between_group_standard_deviation(
    data: Any,
    /,
    value: str,
    population: str,
    *,
    standard_error: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    limits: Made = "delta",
    lowest: float = 0,
    highest: float | None = None,
    draws: int = 10_000,
    seed: int = 1,
) -> Any:
    """Return the standard deviation between groups without an order, weighted by population.

    The root of :func:`between_group_variance`, of which see the parameters, columns and errors.

    Parameters
    ----------
    data, value, population, standard_error, by, levels, multiplier
        As there.
    limits, lowest, highest, draws, seed
        As there.

    Returns
    -------
    As there.

    Raises
    ------
    FairpracticeError
        As there.
    """
    return of_groups(**locals(), measure=DEVIATION, definition="population")


@quietly()
def coefficient_of_variation(
    data: Any,
    /,
    value: str,
    population: str,
    *,
    standard_error: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    limits: Made = "delta",
    lowest: float = 0,
    highest: float | None = None,
    draws: int = 10_000,
    seed: int = 1,
) -> Any:
    """Return the standard deviation between groups as a share of their mean.

    :func:`between_group_standard_deviation` over Σ p y; see there.

    Parameters
    ----------
    data, value, population, standard_error, by, levels
        As there.
    multiplier
        100 for a percentage.
    limits, lowest, highest, draws, seed
        As there.

    Returns
    -------
    As there.

    Raises
    ------
    FairpracticeError
        As there.
    """
    return of_groups(**locals(), measure=VARIATION, definition="population")


@quietly()
def index_of_disparity(
    data: Any,
    /,
    value: str,
    population: str | None = None,
    *,
    definition: Weighting,
    mean: str | None = None,
    standard_error: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    limits: Made = "delta",
    lowest: float = 0,
    highest: float | None = None,
    draws: int = 10_000,
    seed: int = 1,
) -> Any:
    """Return the mean difference of groups from the mean, as a share of it.

    Parameters
    ----------
    data, value, standard_error, by, levels
        As for :func:`between_group_variance`.
    population
        The column of people in each group.
    definition
        What a difference counts for: ``population`` by the people in the group (the weighted
        index), ``equal`` each as much.
    mean
        Instead of a population: the column of the mean of everyone, taken as known.
    multiplier
        100 for a percentage.
    limits, lowest, highest, draws, seed
        As there.

    Returns
    -------
    As there.

    Raises
    ------
    FairpracticeError
        As there, and where there is neither a population nor a mean.

    Notes
    -----
    Σ q |y − μ|/μ, with q = p or 1/n (Pearcy and Keppel 2002, Public Health Reports 117:273).
    """
    return of_groups(**locals(), measure=DISPARITY)


@quietly()
def mean_difference_from_mean(
    data: Any,
    /,
    value: str,
    population: str | None = None,
    *,
    definition: Weighting,
    mean: str | None = None,
    standard_error: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    limits: Made = "delta",
    lowest: float = 0,
    highest: float | None = None,
    draws: int = 10_000,
    seed: int = 1,
) -> Any:
    """Return the mean difference of groups from the mean of everyone: Σ q |y − μ|.

    As :func:`index_of_disparity`, of which see the parameters and columns, in the value's unit.

    Parameters
    ----------
    data, value, population, definition, mean, standard_error, by, levels, multiplier
        As there.
    limits, lowest, highest, draws, seed
        As there.

    Returns
    -------
    As there.

    Raises
    ------
    FairpracticeError
        As there.
    """
    return of_groups(**locals(), measure=FROM_MEAN)


@quietly()
def mean_difference_from_best(
    data: Any,
    /,
    value: str,
    population: str | None = None,
    *,
    definition: Weighting,
    better: Better,
    standard_error: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    limits: Made = "delta",
    lowest: float = 0,
    highest: float | None = None,
    draws: int = 10_000,
    seed: int = 1,
) -> Any:
    """Return the mean difference of groups from the best of them: Σ q |y − best|.

    As :func:`index_of_disparity`, of which see the other parameters and columns.

    Parameters
    ----------
    data, value, population, definition, standard_error, by, levels, multiplier
        As there.
    better
        Whether ``higher`` or ``lower`` values are.
    limits, lowest, highest, draws, seed
        As there. In each draw the best is the best drawn.

    Returns
    -------
    As there.

    Raises
    ------
    FairpracticeError
        As there.
    """
    one_of("better", better, ("higher", "lower"))
    return of_groups(**locals(), measure=FROM_BEST)


@quietly()
def mean_difference_from_reference(
    data: Any,
    /,
    value: str,
    population: str | None = None,
    *,
    definition: Weighting,
    reference: str,
    standard_error: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    limits: Made = "delta",
    lowest: float = 0,
    highest: float | None = None,
    draws: int = 10_000,
    seed: int = 1,
) -> Any:
    """Return the mean difference of groups from one of them: Σ q |y − reference|.

    As :func:`index_of_disparity`, of which see the other parameters and columns.

    Parameters
    ----------
    data, value, population, definition, standard_error, by, levels, multiplier
        As there.
    reference
        The column that is true, or 1, for the group that others are compared with.
    limits, lowest, highest, draws, seed
        As there.

    Returns
    -------
    As there; ``incomplete_groups`` where not exactly one group is the reference.

    Raises
    ------
    FairpracticeError
        As there.
    """
    return of_groups(**locals(), measure=FROM_REFERENCE)
