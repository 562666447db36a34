"""Theil's index and the mean log deviation: inequality as what information theory makes of it."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Check, quietly
from fairpractice.statistics.cells import Cells, Floats, answer, each_row, moments, seen
from fairpractice.statistics.survey import covariance, root


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
def theil_index(
    data: Any,
    /,
    value: str,
    *,
    weight: str | None = None,
    standard_error: str | None = None,
    stratum: str | None = None,
    cluster: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    zeros_as: float | None = None,
) -> Any:
    """Return Theil's index: 0 where all have as much, and how much those who have more have.

    Parameters
    ----------
    data
        A row for each person, or for each group: an Ibis, pandas, polars or pyarrow table.
    value
        The column that is shared out: a person's, or the group's mean.
    weight
        The column of people in each group, or of a person's sampling weight. Each row counts once
        when left out.
    standard_error
        From groups: the column of each value's standard error. Without it rows are people, and
        limits are of a sample of them.
    stratum, cluster
        The columns of a survey's strata and clusters.
    by
        Group columns, an index for each; none of them makes the whole table one.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        1,000 as the World Health Organization writes it.
    zeros_as
        From groups: what a value of zero is taken as, such as 0.000001.

    Returns
    -------
    The kind of table given, a row for each group and level: the group columns, ``rows``,
    ``population`` (the sum of weights), ``mean``, ``value``, ``standard_error``, ``confidence``,
    ``lower``, ``upper``, ``definition``, ``scale``, ``direction``, ``multiplier``, ``method``,
    ``status``, ``reason``. Statuses: ``missing_input``, ``invalid_input``, ``zero_denominator``,
    ``outside_scale``, ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric.

    Notes
    -----
    Σ p (y/μ) ln(y/μ) (Theil 1967, Economics and Information Theory); a zero adds nothing to it.
    From groups the delta method: derivative p/μ (ln(y/μ) − T). From people Taylor linearisation.
    """
    return _index(**locals(), definition="theil")


@quietly()
def mean_log_deviation(
    data: Any,
    /,
    value: str,
    *,
    weight: str | None = None,
    standard_error: str | None = None,
    stratum: str | None = None,
    cluster: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    zeros_as: float | None = None,
) -> Any:
    """Return the mean log deviation: 0 where all have as much, and how little others have.

    As :func:`theil_index`, of which see the parameters and columns; it gives more weight to those
    who have little, and is without bounds as soon as one has nothing (``outside_scale``).

    Parameters
    ----------
    data, value, weight, standard_error, stratum, cluster, by, levels, multiplier, zeros_as
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
    Σ p ln(μ/y). From groups the delta method: derivative p/μ − p/y.
    """
    return _index(**locals(), definition="mean_log_deviation")


def _index(
    data: Any,
    value: str,
    *,
    weight: str | None,
    standard_error: str | None,
    stratum: str | None,
    cluster: str | None,
    by: Sequence[str],
    levels: Sequence[float],
    multiplier: float,
    zeros_as: float | None,
    definition: str,
) -> Any:
    if not multiplier > 0:
        raise FairpracticeError(f"The multiplier {multiplier} is not above zero", fix="Give 1.")
    grouped = standard_error is not None or zeros_as is not None
    if grouped and (stratum or cluster):
        raise FairpracticeError(
            "Rows are either groups with an error of their own or people in a survey",
            fix="Leave standard_error and zeros_as out, or stratum and cluster.",
        )
    if grouped:
        columns = {"y": value, "w": weight, "se": standard_error}
        found = each_row(data, by, columns, RESULT)
        result = _of_groups(found, definition, zeros_as)
    else:
        found = moments(
            data, by, value, weight=weight, stratum=stratum, cluster=cluster,
            basis=("1", "y", "y log y" if definition == "theil" else "log y"), results=RESULT,
        )  # fmt: skip
        result = _of_people(found, definition)
    index, se, checks, columns_of = result
    index, se = multiplier * index, multiplier * se
    return answer(
        data,
        by,
        found,
        levels,
        {
            **columns_of,
            "value": index,
            "standard_error": se,
            "definition": definition,
            "scale": "value",
            "direction": "higher_is_more_unequal",
            "multiplier": float(multiplier),
            "method": "normal, delta method" if grouped else "normal, Taylor linearised",
        },
        limits=lambda z, _: (index - z * se, index + z * se),
        checks=checks,
        order=RESULT,
    )


Result = tuple[Floats, Floats, list[Check], dict[str, Any]]


def _of_people(found: Cells, definition: str) -> Result:
    weight, total, third = (found.total(found[f"s{k}"]) for k in (0, 1, 2))
    mean = total / weight
    one = np.ones_like(mean)
    if definition == "theil":
        inner = third / total
        index = inner - np.log(mean)
        parts = [one / weight, -(inner + 1) / total, one / total]
    else:
        inner = third / weight
        index = np.log(mean) - inner
        parts = [(inner - 1) / weight, one / total, -one / weight]
    influence = np.stack(parts, axis=1)[found.group][:, :, None]
    se = root(covariance(found, influence)[:, 0, 0])
    least = found.extreme(found["least"], largest=False)
    rows = found.total(found["rows"])
    checks = _checks(
        found.total(found["missing"]), found.total(found["invalid"]), rows, least, mean, definition
    )
    same = least == found.extreme(found["most"], largest=True)
    checks += [
        (same, "no_limits", "nothing varies, so that limits cannot be worked out"),
        (np.isnan(se), "no_limits", "too few rows, or a stratum of one cluster"),
    ]
    return index, se, checks, {"rows": rows.astype(int), "population": weight, "mean": mean}


def _of_groups(found: Cells, definition: str, zeros_as: float | None) -> Result:
    count = len(found.group)
    w = found.columns.get("w", np.ones(count))
    se = found.columns.get("se", np.full(count, np.nan))
    peopled = w != 0
    y = np.where((found["y"] == 0) & (zeros_as is not None), zeros_as or np.nan, found["y"])
    weight = found.total(w)
    mean = found.total(np.where(peopled, w * y, 0.0)) / weight
    p, ratio = w / weight[found.group], y / mean[found.group]
    logarithm = np.where(ratio > 0, np.log(ratio), np.where(ratio == 0, 0.0, np.nan))
    if definition == "theil":
        index = found.total(np.where(peopled, p * ratio * logarithm, 0.0))
        # Next to zero the index falls without bounds in steepness.
        slope = p / mean[found.group] * (np.where(ratio == 0, np.nan, logarithm)
                                         - index[found.group])  # fmt: skip
    else:
        index = -found.total(np.where(peopled, p * logarithm, 0.0))
        slope = p / mean[found.group] - p / y
    spread = root(found.total(np.where(peopled, slope * se, 0.0) ** 2))
    missing = np.isnan(y) | np.isnan(w)
    invalid = ~(np.isnan(y) | seen(y)) | ~(np.isnan(w) | seen(w)) | (w < 0)
    least, most = (found.extreme(np.where(peopled, y, np.nan), side) for side in (False, True))
    rows = found.total(1.0)
    checks = _checks(
        found.total(missing), found.total(invalid), found.total(peopled), least, mean, definition
    )
    unknown = found.total(peopled & (np.isnan(se) | (se < 0))) > 0
    checks += [
        (unknown, "no_limits", "a standard error is missing"),
        (least == most, "no_limits", "where all are equal the delta method finds no limits"),
    ]
    return index, spread, checks, {"rows": rows.astype(int), "population": weight, "mean": mean}


def _checks(
    missing: Floats, invalid: Floats, rows: Floats, least: Floats, mean: Floats, definition: str
) -> list[Check]:
    beyond = (least < 0) if definition == "theil" else (least <= 0)
    bounds = "not below zero" if definition == "theil" else "above zero"
    return [
        (missing > 0, "missing_input", "a value or a weight is missing"),
        (invalid > 0, "invalid_input", "a number is infinite, too large, or a weight below zero"),
        (rows == 0, "zero_denominator", "there is nobody"),
        ((least >= 0) & ~(mean > 0), "zero_denominator", "the mean is zero"),
        (beyond, "outside_scale", f"every value has to be {bounds}"),
    ]
