"""The range between groups: of the highest and the lowest, or of one of them and the worst."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Check, quietly
from fairpractice.statistics.cells import Cells, Floats, answer, each_row, seen
from fairpractice.statistics.survey import root
from fairpractice.statistics.tables import checked_levels, one_of


Better = Literal["higher", "lower"]

RESULT = (
    "groups",
    "first_value",
    "second_value",
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
def absolute_range(
    data: Any,
    /,
    value: str,
    *,
    definition: Literal["extremes", "reference"],
    standard_error: str | None = None,
    reference: str | None = None,
    better: Better | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
) -> Any:
    """Return the difference between two of some groups that have no order.

    Where groups have an order, see :func:`fairpractice.statistics.gaps.absolute_gap`.

    Parameters
    ----------
    data
        A row for each group: an Ibis, pandas, polars or pyarrow table.
    value
        The column of each group's value.
    definition
        ``extremes``: the highest less the lowest. ``reference``: between one group that is named
        beforehand and the worst of the others, above zero where the reference does better. Which
        group is an extreme depends on chance, so that extremes lie further apart than the truth,
        the more so the more groups there are, and their limits do not allow for it.
    standard_error
        The column of each value's standard error; needed for limits.
    reference
        The column that is true, or 1, for the reference.
    better
        Whether ``higher`` or ``lower`` values are; for a reference.
    by
        Columns that say which rows belong together; none of them takes the whole table together.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        Of the difference.

    Returns
    -------
    The kind of table given, a row for each table and level: the columns of ``by``, ``groups``,
    ``first_value``, ``second_value``, ``value``, ``standard_error``, ``confidence``, ``lower``,
    ``upper``, ``definition``, ``scale``, ``direction``, ``multiplier``, ``method``, ``status``,
    ``reason``. Statuses: ``missing_input``, ``invalid_input``, ``incomplete_groups``,
    ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or arguments that do not go together.

    Notes
    -----
    y₁ − y₂ ± z √(se₁² + se₂²). Groups that tie as an extreme are told apart by the smaller
    standard error.
    """
    return _range(**locals(), relative=False)


@quietly()
def relative_range(
    data: Any,
    /,
    value: str,
    *,
    definition: Literal["extremes", "reference"],
    standard_error: str | None = None,
    reference: str | None = None,
    better: Better | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
) -> Any:
    """Return the ratio of two of some groups that have no order.

    As :func:`absolute_range`, of which see the parameters and columns, but a ratio.

    Parameters
    ----------
    data, value, definition, standard_error, reference, better, by, levels, multiplier
        As there.

    Returns
    -------
    As there, and ``outside_scale`` or ``zero_denominator`` where values are not above zero.

    Raises
    ------
    FairpracticeError
        As there.

    Notes
    -----
    y₁/y₂ exp(± z √((se₁/y₁)² + (se₂/y₂)²)); ``standard_error`` is that of the logarithm.
    """
    return _range(**locals(), relative=True)


def _range(
    data: Any,
    value: str,
    *,
    definition: str,
    standard_error: str | None,
    reference: str | None,
    better: str | None,
    by: Sequence[str],
    levels: Sequence[float],
    multiplier: float,
    relative: bool,
) -> Any:
    one_of("definition", definition, ("extremes", "reference"))
    referred = definition == "reference"
    if referred != (reference is not None) or (referred and better is None):
        raise FairpracticeError(
            "A reference and what is better go with definition='reference'",
            fix="Name reference= and better=, or ask for definition='extremes'.",
        )
    if better is not None:
        one_of("better", better, ("higher", "lower"))
    if checked_levels(levels) and standard_error is None:
        raise FairpracticeError(
            "Limits need the uncertainty of each group's value",
            fix="Name standard_error=, or ask for no levels.",
        )
    if not multiplier > 0:
        raise FairpracticeError(f"The multiplier {multiplier} is not above zero", fix="Give 1.")
    columns = {"y": value, "se": standard_error, "reference": reference}
    found = each_row(data, by, columns, RESULT)
    y = found["y"]
    se = found.columns.get("se", np.full(len(y), np.nan))
    everyone = np.ones(len(y), bool)
    named = found.columns["reference"] > 0 if referred else everyone
    # The worst of the others is the lowest where higher is better.
    one = _at(found, y, named, largest=True)
    two = _at(found, y, ~named if referred else everyone, largest=better == "lower")
    turned = better == "lower"
    values, errors = (
        [np.where(at >= 0, of[at] if len(of) else np.nan, np.nan) for at in (one, two)]
        for of in (y, se)
    )
    if turned:
        values, errors = values[::-1], errors[::-1]
    first, second = values
    if relative:
        result = first / np.where(second > 0, second, np.nan) * multiplier
        spread = root((errors[0] / first) ** 2 + (errors[1] / second) ** 2)
    else:
        result = (first - second) * multiplier
        spread = root(errors[0] ** 2 + errors[1] ** 2) * multiplier

    def limits(z: float, _: float) -> tuple[Floats, Floats]:
        if relative:
            return result * np.exp(-z * spread), result * np.exp(z * spread)
        return result - z * spread, result + z * spread

    words = ("reference", "worst_of_others") if referred else ("highest", "lowest")
    words = words[::-1] if turned else words
    return answer(
        data,
        by,
        found,
        levels,
        {
            "groups": found.total(1.0).astype(int),
            "first_value": first * multiplier if not relative else first,
            "second_value": second * multiplier if not relative else second,
            "value": result,
            "standard_error": spread,
            "definition": definition,
            "scale": "log" if relative else "value",
            "direction": f"{'_over_' if relative else '_minus_'}".join(words),
            "multiplier": float(multiplier),
            "method": "normal logarithm of the ratio" if relative else "normal difference",
        },
        limits=limits,
        checks=_checks(found, first, second, spread, named if referred else None, relative),
        order=RESULT,
    )


def _at(found: Cells, y: Floats, among: Any, largest: bool) -> Any:
    """Return the first row of each group, among some, with the largest or smallest value."""
    extreme = found.extreme(np.where(among, y, np.nan), largest=largest)
    rows = np.flatnonzero(among & (y == extreme[found.group]))
    result = np.full(found.size, -1)
    # Rows are sorted by value and error, and the first that is written last stays.
    result[found.group[rows[::-1]]] = rows[::-1]
    return result


def _checks(
    found: Cells,
    first: Floats,
    second: Floats,
    spread: Floats,
    named: Any,
    relative: bool,
) -> list[Check]:
    y = found["y"]
    invalid = ~(np.isnan(y) | seen(y))
    checks: list[Check] = [
        (found.total(np.isnan(y)) > 0, "missing_input", "a value is missing"),
        (found.total(invalid) > 0, "invalid_input", "a value is infinite or too large"),
        (found.total(1.0) < 2, "incomplete_groups", "there are fewer than two groups"),
    ]
    if named is not None:
        several = found.total(named) != 1
        checks.append((several, "incomplete_groups", "not exactly one group is the reference"))
    if relative:
        checks += [
            ((first < 0) | (second < 0), "outside_scale", "a ratio needs values above zero"),
            (second == 0, "zero_denominator", "the value divided by is zero"),
            (first == 0, "no_limits", "the logarithm of zero has no limits"),
        ]
    se = found.columns.get("se", np.zeros(len(y)))
    wrong = found.total(se < 0) > 0
    return [*checks, (np.isnan(spread) | wrong, "no_limits", "a standard error is missing")]
