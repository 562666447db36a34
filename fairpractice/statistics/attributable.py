"""What there would be less of, or more, if every group did as well as the best of them."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Check, quietly
from fairpractice.statistics.cells import Cells, Floats, answer, each_row, seen, smallest_cell
from fairpractice.statistics.survey import root
from fairpractice.statistics.tables import checked_levels, one_of


Better = Literal["higher", "lower"]
End = Literal["most_deprived", "least_deprived"]
Direction = Literal["reference_minus_mean", "mean_minus_reference"]
Made = Literal["groups", "two_by_two"]

RESULT = (
    "groups",
    "population",
    "smallest_cell",
    "reference_value",
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
def population_attributable_risk(
    data: Any,
    /,
    population: str,
    *,
    value: str | None = None,
    events: str | None = None,
    standard_error: str | None = None,
    definition: Literal["best_group", "least_deprived_group"],
    better: Better,
    rank: str | None = None,
    lowest_rank: End = "most_deprived",
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    whole: float = 1,
    direction: Direction = "reference_minus_mean",
    opposite: Literal["keep", "zero"] = "keep",
    limits: Made = "groups",
) -> Any:
    """Return by how much the mean would change if every group had the value of the best.

    Parameters
    ----------
    data
        A row for each group: an Ibis, pandas, polars or pyarrow table.
    population
        The column of people in each group.
    value
        From estimates: the column of each group's value.
    events
        From counts: the column of people, among the population, with the property.
    standard_error
        The column of each value's standard error. Without it, that of a binomial proportion.
    definition
        Which group is the reference: the one with the ``best_group`` value, or the
        ``least_deprived_group`` by ``rank``. Of the best it is known only afterwards which it is,
        so chance makes the difference larger: prefer the other where there is an order.
    better
        Whether ``higher`` or ``lower`` values are.
    rank, lowest_rank
        The column of numbers that order the groups, and which end the lowest is.
    by
        Columns that say which rows belong together; none of them takes the whole table together.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        100 for percentage points made from proportions.
    whole
        What value everybody having it would give: 100 where values are percentages. For limits
        without ``standard_error``.
    direction
        ``mean_minus_reference`` turns the sign.
    opposite
        What to return where the others do better than the reference: the difference as it is
        (``keep``), or ``zero``, as the World Health Organization does.
    limits
        ``groups``: from each group's standard error. ``two_by_two``: as healthequal makes them,
        from the reference group against all others, with the mean taken as known.

    Returns
    -------
    The kind of table given, a row for each table and level: the columns of ``by``, ``groups``,
    ``population``, ``smallest_cell`` (from counts, for disclosure control), ``reference_value``,
    ``mean``, ``value``, ``standard_error``, ``confidence``, ``lower``, ``upper``,
    ``definition``, ``scale``, ``direction``, ``multiplier``, ``method``, ``status``, ``reason``.
    Statuses: ``missing_input``, ``invalid_input``, ``zero_denominator``, ``incomplete_groups``,
    ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or neither counts nor values.

    Notes
    -----
    y₀ − μ, with μ = Σ p y and y₀ of the reference (Schlotheuber and Hosseinpoor 2022,
    International Journal of Environmental Research and Public Health 19:3697). Variance
    (1 − p₀)² se₀² + Σ p² se² over the other groups.
    """
    return _attributable(**locals(), relative=False)


@quietly()
def population_attributable_fraction(
    data: Any,
    /,
    population: str,
    *,
    value: str | None = None,
    events: str | None = None,
    standard_error: str | None = None,
    definition: Literal["best_group", "least_deprived_group"],
    better: Better,
    rank: str | None = None,
    lowest_rank: End = "most_deprived",
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    whole: float = 1,
    direction: Direction = "reference_minus_mean",
    opposite: Literal["keep", "zero"] = "keep",
    limits: Made = "groups",
) -> Any:
    """Return that change as a share of the mean.

    :func:`population_attributable_risk` over the mean, of which see the parameters and columns.
    With ``direction="mean_minus_reference"`` and the least deprived as the reference it is the
    population attributable risk of the Scottish Public Health Observatory.

    Parameters
    ----------
    data, population, value, events, standard_error, definition, better, rank, lowest_rank, by
        As there.
    levels, whole, direction, opposite, limits
        As there.
    multiplier
        100 for a percentage.

    Returns
    -------
    As there.

    Raises
    ------
    FairpracticeError
        As there.

    Notes
    -----
    (y₀ − μ)/μ, by the delta method: derivatives 1/μ − p₀y₀/μ² by y₀, −p y₀/μ² by others.
    ``two_by_two``: with a, b people in other groups with and without the property, c, d in the
    reference and N in all, variance cN(ad(N − c) + bc²)/((a + c)³(c + d)³).
    """
    return _attributable(**locals(), relative=True)


def _attributable(
    data: Any,
    population: str,
    *,
    value: str | None,
    events: str | None,
    standard_error: str | None,
    definition: str,
    better: str,
    rank: str | None,
    lowest_rank: str,
    by: Sequence[str],
    levels: Sequence[float],
    multiplier: float,
    whole: float,
    direction: str,
    opposite: str,
    limits: str,
    relative: bool,
) -> Any:
    one_of("definition", definition, ("best_group", "least_deprived_group"))
    one_of("better", better, ("higher", "lower"))
    one_of("lowest_rank", lowest_rank, ("most_deprived", "least_deprived"))
    one_of("direction", direction, ("reference_minus_mean", "mean_minus_reference"))
    one_of("opposite", opposite, ("keep", "zero"))
    one_of("limits", limits, ("groups", "two_by_two"))
    if (value is None) == (events is None):
        raise FairpracticeError(
            "It is made from counts or from values", fix="Name events= or value=, one of them."
        )
    if (definition == "least_deprived_group") != (rank is not None):
        raise FairpracticeError(
            "The least deprived group is found by rank, the best without",
            fix="Name rank= with definition='least_deprived_group', and only then.",
        )
    if not multiplier > 0:
        raise FairpracticeError(
            f"The multiplier {multiplier} is not above zero", fix="Turn the sign with direction=."
        )
    columns = {
        "place": rank, "n": population, "y": value, "x": events, "se": standard_error
    }  # fmt: skip
    found = each_row(data, by, columns, RESULT)
    n = found["n"]
    peopled = ~(n <= 0)
    y = np.where(peopled, found["y"] if value else found["x"] / n, 0.0)
    of_all = 1.0 if events else whole
    people = found.total(n)
    p = n / people[found.group]
    mean = found.total(np.where(peopled, p * y, 0.0))
    chosen = _reference(found, y, peopled, better, lowest_rank)
    share = found.total(p * chosen)
    reference = found.total(p * chosen * y) / share
    difference = reference - mean
    wrong = (difference < 0) if better == "higher" else (difference > 0)
    kept = np.where(wrong & (opposite == "zero"), 0.0, difference)
    sign = multiplier * (1 if direction == "reference_minus_mean" else -1)
    result = sign * (kept / np.where(mean > 0, mean, np.nan) if relative else kept)
    binomial = np.sqrt(y / of_all * (1 - y / of_all) / n) * of_all
    errors = found["se"] if standard_error else np.where(peopled, binomial, 0.0)
    if limits == "two_by_two":
        of_fraction = _two_by_two(found, y / of_all, n, chosen)
        se = of_fraction * (1 if relative else mean)
    else:
        # By each group's value: its part of the reference, less its part of the mean.
        own = p * chosen / share[found.group]
        pull = own - p
        if relative:
            ratio = (reference / mean)[found.group]
            pull = (own - ratio * p) / mean[found.group]
        se = root(found.total(np.where(peopled, pull * errors, 0.0) ** 2))
    se = multiplier * se
    return answer(
        data,
        by,
        found,
        levels,
        {
            "groups": found.total(peopled).astype(int),
            "population": people,
            "smallest_cell": smallest_cell(found),
            "reference_value": reference,
            "mean": mean,
            "value": result,
            "standard_error": se,
            "definition": definition,
            "scale": "value",
            "direction": direction,
            "multiplier": float(multiplier),
            "method": "normal, two-by-two table"
            if limits == "two_by_two"
            else f"normal, {'given' if standard_error else 'binomial'} errors of the groups",
        },
        limits=lambda z, _: (result - z * se, result + z * se),
        checks=_checks(
            found, y, errors, peopled, mean,
            relative=relative,
            proportions=of_all if limits == "two_by_two" or not standard_error else None,
            wanted=bool(checked_levels(levels)),
        ),
        order=RESULT,
    )  # fmt: skip


def _reference(found: Cells, y: Floats, peopled: Any, better: str, lowest_rank: str) -> Any:
    """Return which rows are the reference: several where they tie."""
    by = found["place"] if "place" in found.columns else y
    last = lowest_rank == "most_deprived" if "place" in found.columns else better == "higher"
    best = found.extreme(np.where(peopled, by, np.nan), largest=last)
    return peopled & (by == best[found.group])


def _two_by_two(found: Cells, y: Floats, n: Floats, chosen: Any) -> Floats:
    c, in_reference = found.total(chosen * y * n), found.total(chosen * n)
    a, others = found.total(~chosen * y * n), found.total(~chosen * n)
    d, b, everyone = in_reference - c, others - a, in_reference + others
    above = c * everyone * (a * d * (everyone - c) + b * c**2)
    return root(above / ((a + c) ** 3 * in_reference**3))


def _checks(
    found: Cells,
    y: Floats,
    errors: Floats,
    peopled: Any,
    mean: Floats,
    *,
    relative: bool,
    proportions: float | None,
    wanted: bool,
) -> list[Check]:
    n = found["n"]
    x = found.columns.get("x", np.zeros_like(n))
    place = found.columns.get("place", np.zeros_like(n))
    missing = np.isnan(n) | np.isnan(place) | np.isnan(x) | (peopled & np.isnan(y))
    invalid = ~(np.isnan(n) | seen(n)) | ~(np.isnan(y) | seen(y)) | (n < 0) | (x < 0) | (x > n)
    unknown = found.total(peopled & (np.isnan(errors) | (errors < 0))) > 0
    checks: list[Check] = [
        (found.total(missing) > 0, "missing_input", "a rank, a population or a value is missing"),
        (found.total(invalid) > 0, "invalid_input", "a number is negative, infinite or too large, "
         "or more than its population"),
        (found.total(n) == 0, "zero_denominator", "there is nobody in any group"),
        (found.total(peopled) < 2, "incomplete_groups", "there are fewer than two groups"),
    ]  # fmt: skip
    if relative:
        checks.append((~(mean > 0), "zero_denominator", "the mean is not above zero"))
    if proportions is not None and wanted:
        beyond = found.total(peopled & ((y < 0) | (y > proportions))) > 0
        checks.append((beyond, "no_limits", f"a value is not between 0 and {proportions:g}"))
    return [*checks, (unknown, "no_limits", "a standard error is missing or not possible")]
