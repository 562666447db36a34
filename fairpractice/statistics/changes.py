"""What a change between two dates is made of: of a concentration index, and of a mean."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Check, quietly
from fairpractice.statistics.cells import Cells, answer, each_row, numbered, seen, smallest_cell
from fairpractice.statistics.contributions import (
    METHOD,
    TOTAL,
    UNEXPLAINED,
    End,
    Towards,
    parts_of,
)
from fairpractice.statistics.survey import quadratic, root
from fairpractice.statistics.tables import checked_levels


CHANGES = (
    "factor",
    "effect",
    "earlier",
    "later",
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
def decomposed_change_in_concentration_index(
    data: Any,
    /,
    value: str,
    rank: str,
    factors: Sequence[str],
    *,
    date: str,
    weight: str | None = None,
    stratum: str | None = None,
    cluster: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    direction: Towards = "towards_least_deprived",
    lowest_rank: End = "most_deprived",
) -> Any:
    """Return why a relative concentration index is not what it was.

    A factor can be spread differently along the ranking (``inequality``), or matter more or less
    to the value, or be more or less common (``elasticity``).

    Parameters
    ----------
    data, value, rank, factors, weight, stratum, cluster, by, levels, multiplier
        As for :func:`decomposed_concentration_index`.
    date
        The column of the two dates, which may be any values that sort.
    direction, lowest_rank
        As there.

    Returns
    -------
    The kind of table given, for each group and level two rows for each ``factor`` (``effect``
    ``inequality`` and ``elasticity``), one for what is ``unexplained`` and one for the ``total``,
    which is their sum: the group columns, ``factor``, ``effect``, ``earlier`` and ``later``
    (elasticity times index at each date; the index itself in the total), ``value`` (the change),
    ``standard_error``, ``confidence``, ``lower``, ``upper``, ``definition``, ``scale``,
    ``direction``, ``multiplier``, ``method``, ``status``, ``reason``. Statuses as there;
    ``incomplete_groups`` also where there are not two dates.

    Raises
    ------
    FairpracticeError
        As there.

    Notes
    -----
    Σ η₂(C₂ − C₁) + Σ C₁(η₂ − η₁) + Δ(GC(ε)/μ), an Oaxaca-Blinder decomposition (Wagstaff, van
    Doorslaer and Watanabe 2003, equation 8), η the elasticity β x̄/μ. The people of both dates are
    taken as independent samples; where they are the same people, limits are too wide.
    """
    both = (*by, date)
    parts = parts_of(
        data, value, rank, factors, "relative", weight, stratum, cluster, None, None, both,
        1.0, direction, lowest_rank, CHANGES,
    )  # fmt: skip
    keys, pairs, two = _pairs(parts.found, len(by))
    count, kinds = len(factors), 2 * len(factors) + 2
    eta, index = parts.elasticities, parts.areas / parts.means * parts.sign
    early, late = pairs
    residual, whole = (parts.contribution[:, k] * parts.sign for k in (-2, -1))
    changes = np.concatenate(
        [
            eta[late] * (index[late] - index[early]),
            index[early] * (eta[late] - eta[early]),
            (residual[late] - residual[early])[:, None],
            (whole[late] - whole[early])[:, None],
        ],
        axis=1,
    )
    # By each date's elasticities, indices, residual and total.
    variance = np.zeros_like(changes)
    for at, sign in ((late, 1.0), (early, -1.0)):
        gradient = np.zeros((len(at), kinds, kinds))
        for k in range(count):
            gradient[:, k, count + k] = sign * eta[late][:, k]
            gradient[:, count + k, k] = sign * index[early][:, k]
            if sign > 0:
                gradient[:, k, k] = index[late][:, k] - index[early][:, k]
            else:
                gradient[:, count + k, count + k] = eta[late][:, k] - eta[early][:, k]
        gradient[:, -2, -2] = gradient[:, -1, -1] = sign
        spread = parts.spread[at]
        for k in range(kinds):
            variance[:, k] += quadratic(gradient[:, k], spread)
    order = [place for k in range(count) for place in (k, count + k)] + [kinds - 2, kinds - 1]
    result, se = changes[:, order].ravel(), root(variance[:, order].ravel())
    found = Cells(keys, np.zeros(0, np.int64), len(early), {})
    names = [name for factor in factors for name in (factor, factor)]
    effects = ["inequality", "elasticity"] * count
    of_each = np.concatenate([np.repeat(eta * index, 2, axis=1), np.stack([residual, whole], 1)], 1)
    checks: list[Check] = [
        (np.repeat(~two, kinds), "incomplete_groups", "there are not two dates to compare"),
        *[(np.repeat(c[early] | c[late], kinds), status, why) for c, status, why in parts.checks],
        (np.isnan(se), "no_limits", "too few rows, or a stratum of one cluster"),
    ]
    return answer(
        data,
        by,
        found.repeated(kinds),
        levels,
        {
            "factor": np.tile([*names, UNEXPLAINED, TOTAL], found.size),
            "effect": np.tile([*effects, UNEXPLAINED, TOTAL], found.size),
            "earlier": multiplier * of_each[early].ravel(),
            "later": multiplier * of_each[late].ravel(),
            "value": multiplier * result,
            "standard_error": multiplier * se,
            "definition": "relative",
            "scale": "value",
            "direction": direction,
            "multiplier": float(multiplier),
            "method": METHOD,
        },
        limits=lambda z, _: (multiplier * (result - z * se), multiplier * (result + z * se)),
        checks=checks,
        order=CHANGES,
    )


def _pairs(found: Cells, by: int) -> tuple[pa.Table, tuple[Any, Any], Any]:
    """Return the keys without the date, the earlier and later group of each, and whether both."""
    names = found.keys.column_names[:by]
    of, size = numbered([found.keys[name] for name in names], found.size)
    early = np.searchsorted(of, np.arange(size))
    late = np.searchsorted(of, np.arange(size), side="right") - 1
    keys = found.keys.select(names)
    keys = keys.take(pa.array(early)) if names and found.size else keys
    if not found.size:
        return keys, (np.zeros(0, int), np.zeros(0, int)), np.zeros(0, bool)
    return keys, (early, late), late == early + 1


COMPONENTS = (
    "effect",
    "groups",
    "smallest_cell",
    "earlier",
    "later",
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
EFFECTS = ("composition", "rates", "total")


@quietly()
def decomposed_change_in_mean(
    data: Any,
    /,
    group: str,
    population: str,
    *,
    date: str,
    events: str | None = None,
    value: str | None = None,
    standard_error: str | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
) -> Any:
    """Return whether a mean changed because groups did, or because who is in them did.

    Parameters
    ----------
    data
        A row for each group and date: an Ibis, pandas, polars or pyarrow table.
    group
        The column that says which group: an age band, a fifth, a practice.
    population
        The column of people in each group.
    date
        The column of the two dates, which may be any values that sort.
    events
        From counts: the column of people, among the population, with the property. Rows of one
        group and date are added up first.
    value, standard_error
        From estimates of any kind: their columns.
    by
        Columns that say which rows belong together; none of them takes the whole table together.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        100 for percentage points made from proportions.

    Returns
    -------
    The kind of table given, for each of ``by`` and level three rows: the columns of ``by``,
    ``effect`` (``composition``, how the population moved between groups; ``rates``, how the
    groups' values changed; ``total``, their sum), ``groups``, ``smallest_cell`` (from counts, for
    disclosure control), ``earlier`` and ``later`` (the mean at each date), ``value``,
    ``standard_error``, ``confidence``, ``lower``, ``upper``, ``definition``, ``scale``,
    ``direction``, ``multiplier``, ``method``, ``status``, ``reason``.
    Statuses: ``missing_input``, ``invalid_input``, ``zero_denominator``, ``incomplete_groups``
    (not two dates, or a group with nobody at one of them), ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or neither counts nor values.

    Notes
    -----
    With shares c and values y: Σ (c₂ − c₁)(y₁ + y₂)/2 + Σ (y₂ − y₁)(c₁ + c₂)/2 (Kitagawa 1955,
    Journal of the American Statistical Association 50:1168). Variances from those of the values,
    of proportions binomial, with people counted as known and both dates independent.
    """
    if (events is None) == (value is None):
        raise FairpracticeError(
            "It is made from counts or from values", fix="Name events= or value=, one of them."
        )
    if not multiplier > 0:
        raise FairpracticeError(f"The multiplier {multiplier} is not above zero", fix="Give 1.")
    if value is not None and standard_error is None and checked_levels(levels):
        raise FairpracticeError(
            "Limits need the uncertainty of each group's value",
            fix="Name standard_error=, or ask for no levels.",
        )
    columns = {"n": population, "x": events, "y": value, "se": standard_error}
    found = each_row(data, (*by, date, group), columns, COMPONENTS)
    keys, two, n, y, se, smallest, checks = _at_both_dates(found, len(by), events is not None)
    cells = Cells(keys, two[0], len(two[1]), {})
    whole = np.stack([cells.total(of) for of in n])
    c = n / whole[:, cells.group]
    moved, changed = c[1] - c[0], y[1] - y[0]
    middle, between = c.mean(axis=0), y.mean(axis=0)
    parts = [moved * between, changed * middle, c[1] * y[1] - c[0] * y[0]]
    spread = se[0] ** 2 + se[1] ** 2
    variances = [
        (moved / 2) ** 2 * spread, middle**2 * spread, (c[0] * se[0]) ** 2 + (c[1] * se[1]) ** 2
    ]  # fmt: skip
    result = multiplier * np.stack([cells.total(part) for part in parts], axis=1).ravel()
    error = multiplier * root(np.stack([cells.total(v) for v in variances], axis=1).ravel())
    means = multiplier * np.stack([cells.total(c[k] * y[k]) for k in (0, 1)])
    deep = len(EFFECTS)
    return answer(
        data,
        by,
        cells.repeated(deep),
        levels,
        {
            "effect": np.tile(EFFECTS, cells.size),
            "groups": np.repeat(cells.total(1.0), deep).astype(int),
            "smallest_cell": np.repeat(smallest, deep),
            "earlier": np.repeat(means[0], deep),
            "later": np.repeat(means[1], deep),
            "value": result,
            "standard_error": error,
            "definition": "kitagawa",
            "scale": "value",
            "direction": "later_minus_earlier",
            "multiplier": float(multiplier),
            "method": f"normal, {'binomial' if events else 'given'} errors of the groups",
        },
        limits=lambda z, _: (result - z * error, result + z * error),
        checks=[(np.repeat(condition, deep), status, why) for condition, status, why in checks]
        + [(np.isnan(error), "no_limits", "a standard error is missing")],
        order=COMPONENTS,
    )


def _at_both_dates(found: Cells, by: int, counts: bool) -> Any:
    """Return keys, which rows are of which group, and n, y, se at the earlier and later date.

    ``found`` has a group for each of ``by``, date and group of people.
    """
    names = found.keys.column_names
    of, size = numbered([found.keys[name] for name in names[:by]], found.size)
    dated, _ = numbered([found.keys[name] for name in names[: by + 1]], found.size)
    first = np.searchsorted(of, np.arange(size))
    dates = dated - dated[first][of] if found.size else dated
    label = found.keys[names[-1]].combine_chunks().dictionary_encode(null_encoding="encode")
    code = label.indices.to_numpy().astype(np.int64)
    pairs, slot = np.unique(of * (code.max(initial=0) + 1) + code, return_inverse=True)
    group = (pairs // (code.max(initial=0) + 1)).astype(np.int64)
    rows = found.total(1.0)
    people = found.total(found["n"])
    x = found.columns.get("x", np.zeros(len(found.group)))
    value = found.total(x) / people if counts else found.total(found["y"])
    errors = found.columns.get("se", np.full(len(found.group), np.nan))
    se = np.sqrt(value * (1 - value) / people) if counts else found.total(errors)
    both = np.clip(dates, 0, 1)
    n, y, spread = (np.full((2, len(pairs)), fill) for fill in (0.0, np.nan, np.nan))
    n[both, slot], y[both, slot], spread[both, slot] = people, value, se
    there = np.zeros((2, len(pairs)), bool)
    there[both, slot] = True
    cells = Cells(found.keys.select(names[:by]), group, size, {})
    every = [found["n"], x if counts else found["y"]]
    missing = found.total(np.isnan(every).any(axis=0)) > 0
    wrong = [~(np.isnan(part) | seen(part)) for part in every]
    wrong += [found["n"] < 0, x < 0, x > found["n"]]
    invalid = (found.total(np.any(wrong, axis=0)) > 0) | ((rows > 1) & (not counts))
    where = Cells(found.keys, of, size, {})
    checks = [
        (where.total(missing) > 0, "missing_input", "a population or a value is missing"),
        (
            where.total(invalid) > 0,
            "invalid_input",
            "a number is negative, infinite, too large or more than its population, or a group "
            "comes twice",
        ),
        (where.extreme(dates.astype(float), True) != 1, "incomplete_groups",
         "there are not two dates to compare"),
        (where.total(people) == 0, "zero_denominator", "there is nobody in any group"),
        (cells.total(~there.all(axis=0) | (n == 0).any(axis=0)) > 0, "incomplete_groups",
         "a group has nobody in it at one of the dates"),
        (cells.total((spread < 0).any(axis=0)) > 0, "no_limits", "a standard error is below zero"),
    ]  # fmt: skip
    keys = found.keys.select(names[:by])
    keys = keys.take(pa.array(first)) if by and found.size else keys
    summed = {"n": people, **({"x": found.total(x)} if counts else {})}
    smallest = smallest_cell(Cells(keys, of, size, summed))
    return keys, (group, np.arange(size)), n, y, spread, smallest, checks
