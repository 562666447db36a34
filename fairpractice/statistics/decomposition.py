"""What a concentration index is made of: the contributions of some factors."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from fairpractice.statistics.arrays import quietly
from fairpractice.statistics.cells import Floats, answer
from fairpractice.statistics.contributions import (
    METHOD,
    TOTAL,
    UNEXPLAINED,
    Definition,
    End,
    Towards,
    parts_of,
)


PARTS = (
    "factor",
    "coefficient",
    "factor_mean",
    "elasticity",
    "factor_index",
    "share",
    "rows",
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
def decomposed_concentration_index(
    data: Any,
    /,
    value: str,
    rank: str,
    factors: Sequence[str],
    *,
    definition: Definition,
    weight: str | None = None,
    stratum: str | None = None,
    cluster: str | None = None,
    lowest: float | None = None,
    highest: float | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    direction: Towards = "towards_least_deprived",
    lowest_rank: End = "most_deprived",
) -> Any:
    """Return what each of some factors contributes to a concentration index.

    A factor contributes as far as it goes with the value (in a linear regression on all factors)
    and is itself unequally spread along the ranking. It is a description, not a cause.

    Parameters
    ----------
    data
        A row for each person: an Ibis, pandas, polars or pyarrow table.
    value, rank, weight, stratum, cluster
        The columns of what is shared out, of numbers that order the rows, of sampling weights,
        and of the survey's strata and clusters.
    factors
        Columns of numbers, or of true and false; of a factor with several categories all but one.
    definition
        Which index: ``relative`` or ``absolute`` (the standard ones), ``wagstaff`` or
        ``erreygers``, which need ``lowest`` and ``highest``.
    lowest, highest
        The bounds of the value.
    by
        Group columns, a decomposition for each; none of them makes the whole table one.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        Of the contributions.
    direction, lowest_rank
        As for :func:`fairpractice.statistics.concentration.relative_concentration_index`.

    Returns
    -------
    The kind of table given, for each group and level a row for each ``factor``, one for what is
    ``unexplained`` and one for the ``total``, which is their sum: the group columns, ``factor``,
    ``coefficient``, ``factor_mean``, ``elasticity``, ``factor_index`` (the factor's own relative
    concentration index), ``share`` (of the total), ``rows``, ``value`` (the contribution),
    ``standard_error``, ``confidence``, ``lower``, ``upper``, ``definition``, ``scale``,
    ``direction``, ``multiplier``, ``method``, ``status``, ``reason``. Statuses:
    ``missing_input``, ``invalid_input`` (also where factors determine one another),
    ``zero_denominator``, ``incomplete_groups``, ``outside_scale``, ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, no factors, or bounds that are needed.

    Notes
    -----
    With y = α + Σ β x + ε: C = Σ (β x̄/μ) C(x) + GC(ε)/μ (Wagstaff, van Doorslaer and Watanabe
    2003, Journal of Econometrics 112:207, equation 3), and likewise with another factor in place
    of 1/μ. Standard errors by Taylor linearisation of all that is estimated: coefficients, ranks
    and means. The rows are brought together in memory, eight bytes for each number.
    """
    parts = parts_of(
        data, value, rank, factors, definition, weight, stratum, cluster, lowest, highest, by,
        multiplier, direction, lowest_rank, PARTS,
    )  # fmt: skip
    deep = len(factors) + 2
    found = parts.found
    result, se = parts.contribution.ravel(), parts.error.ravel()
    nothing = np.full((found.size, 2), np.nan)

    def of_factors(numbers: Floats) -> Floats:
        return np.concatenate([numbers, nothing], axis=1).ravel()

    total = np.repeat(parts.contribution[:, -1], deep)
    return answer(
        data,
        by,
        found.repeated(deep),
        levels,
        {
            "factor": np.tile([*factors, UNEXPLAINED, TOTAL], found.size),
            "coefficient": of_factors(parts.beta),
            "factor_mean": of_factors(parts.means),
            "elasticity": of_factors(parts.beta * parts.means / parts.mean[:, None]),
            "factor_index": parts.sign * of_factors(parts.areas / parts.means),
            "share": result / total,
            "rows": np.repeat(found.total(1.0), deep).astype(int),
            "value": multiplier * parts.sign * result,
            "standard_error": multiplier * se,
            "definition": definition,
            "scale": "value",
            "direction": direction,
            "multiplier": float(multiplier),
            "method": METHOD,
        },
        limits=lambda z, _: (
            multiplier * (parts.sign * result - z * se),
            multiplier * (parts.sign * result + z * se),
        ),
        checks=[(np.repeat(c, deep), status, why) for c, status, why in parts.checks]
        + [(np.isnan(se), "no_limits", "too few rows, or a stratum of one cluster")],
        order=PARTS,
    )
