"""Statistics of how far some groups' values lie from a centre, with limits of two kinds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import ndtr, ndtri

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Check
from fairpractice.statistics.cells import Cells, Floats, answer, each_row, seen
from fairpractice.statistics.survey import root
from fairpractice.statistics.tables import checked_levels, one_of


Weighting = Literal["population", "equal"]
Better = Literal["higher", "lower"]
Made = Literal["delta", "simulation"]

RESULT = (
    "groups",
    "population",
    "compared_with",
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
AT_ONCE = 4_000_000
"""How many simulated numbers are held at a time."""


@dataclass(frozen=True)
class Groups:
    """The groups that are compared: their values, weights, and how to add up over each table."""

    cells: Cells
    share: Floats
    """Of the population."""
    part: Floats
    """What each counts for in the mean of differences."""
    reference: Floats
    given_mean: Floats
    best_is: str

    def sum(self, numbers: Floats) -> Floats:
        """Return sums over groups, of an array whose last axis is the cells'."""
        if not numbers.shape[-1]:
            return np.zeros((*numbers.shape[:-1], self.cells.size))
        result: Floats = np.add.reduceat(numbers, self.cells.first, axis=-1)
        return result

    def spread(self, totals: Floats) -> Floats:
        """Return the number of its group for each cell."""
        wide: Floats = totals[..., self.cells.group]
        return wide

    def mean(self, y: Floats) -> Floats:
        """Return the mean: the one given, or the population's."""
        return np.where(np.isnan(self.given_mean), self.sum(self.share * y), self.given_mean)

    def best(self, y: Floats) -> Floats:
        """Return the best value."""
        if not y.shape[-1]:
            return np.zeros((*y.shape[:-1], self.cells.size))
        find = np.maximum if self.best_is == "higher" else np.minimum
        result: Floats = find.reduceat(y, self.cells.first, axis=-1)
        return result

    def of_reference(self, y: Floats) -> Floats:
        """Return the value of the group that others are compared with."""
        return self.sum(np.where(self.reference > 0, y, 0.0))


Statistic = Callable[[Groups, Floats], Floats]
Gradient = Callable[[Groups, Floats], Floats]


@dataclass(frozen=True)
class Measure:
    """A statistic of some groups' values, and its derivative by each of them."""

    of: Statistic
    by: Gradient
    centre: Statistic
    """What values are compared with."""
    over_mean: bool = False
    """Whether it is divided by the mean."""


def _variance(groups: Groups, y: Floats) -> Floats:
    away = y - groups.spread(groups.mean(y))
    return groups.sum(groups.share * away**2)


def _by_variance(groups: Groups, y: Floats) -> Floats:
    return 2 * groups.share * (y - groups.spread(groups.mean(y)))


def _deviation(groups: Groups, y: Floats) -> Floats:
    deviation: Floats = np.sqrt(_variance(groups, y))
    return deviation


def _by_deviation(groups: Groups, y: Floats) -> Floats:
    return _by_variance(groups, y) / groups.spread(2 * np.sqrt(_variance(groups, y)))


def _of_mean(of: Statistic, by: Gradient) -> tuple[Statistic, Gradient]:
    """Return a statistic divided by the mean."""

    def divided(groups: Groups, y: Floats) -> Floats:
        return of(groups, y) / _above_zero(groups.mean(y))

    def by_divided(groups: Groups, y: Floats) -> Floats:
        mean = _above_zero(groups.mean(y))
        fixed = groups.spread(~np.isnan(groups.given_mean))
        own = np.where(fixed, 0.0, groups.share)
        return (by(groups, y) - own * groups.spread(of(groups, y) / mean)) / groups.spread(mean)

    return divided, by_divided


def _above_zero(mean: Floats) -> Floats:
    return np.where(mean > 0, mean, np.nan)


def _apart(centre: Statistic, by_centre: Gradient) -> tuple[Statistic, Gradient]:
    """Return the mean difference from a centre."""

    def apart(groups: Groups, y: Floats) -> Floats:
        return groups.sum(groups.part * np.abs(y - groups.spread(centre(groups, y))))

    def by_apart(groups: Groups, y: Floats) -> Floats:
        pull = groups.part * np.sign(y - groups.spread(centre(groups, y)))
        return pull - groups.spread(groups.sum(pull)) * by_centre(groups, y)

    return apart, by_apart


def _by_mean(groups: Groups, y: Floats) -> Floats:
    return np.where(groups.spread(~np.isnan(groups.given_mean)), 0.0, groups.share)


def _by_best(groups: Groups, y: Floats) -> Floats:
    best = (y == groups.spread(groups.best(y))).astype(float)
    part: Floats = best / groups.spread(groups.sum(best))
    return part


VARIANCE = Measure(_variance, _by_variance, Groups.mean)
DEVIATION = Measure(_deviation, _by_deviation, Groups.mean)
VARIATION = Measure(*_of_mean(_deviation, _by_deviation), Groups.mean, True)
FROM_MEAN = Measure(*_apart(Groups.mean, _by_mean), Groups.mean)
DISPARITY = Measure(*_of_mean(FROM_MEAN.of, FROM_MEAN.by), Groups.mean, True)
FROM_BEST = Measure(*_apart(Groups.best, _by_best), Groups.best)
FROM_REFERENCE = Measure(
    *_apart(Groups.of_reference, lambda g, y: (g.reference > 0).astype(float)), Groups.of_reference
)


def of_groups(
    data: Any,
    value: str,
    population: str | None,
    *,
    measure: Measure,
    definition: str,
    standard_error: str | None,
    by: Sequence[str],
    levels: Sequence[float],
    multiplier: float,
    limits: str,
    lowest: float,
    highest: float | None,
    draws: int,
    seed: int,
    mean: str | None = None,
    reference: str | None = None,
    better: str = "higher",
) -> Any:
    """Return a measure of how far groups lie apart, as :mod:`fairpractice.statistics.dispersion`.

    Raises
    ------
    FairpracticeError
        When it needs something that is not named.
    """
    one_of("definition", definition, ("population", "equal"))
    one_of("limits", limits, ("delta", "simulation"))
    if population is None and (
        definition == "population" or (mean is None and measure.centre is Groups.mean)
    ):
        raise FairpracticeError(
            "The people in each group are needed",
            fix="Name population=, or ask for definition='equal' with mean=.",
        )
    if checked_levels(levels) and standard_error is None:
        raise FairpracticeError(
            "Limits need the uncertainty of each group's value",
            fix="Name standard_error=, or ask for no levels.",
        )
    if not multiplier > 0:
        raise FairpracticeError(f"The multiplier {multiplier} is not above zero", fix="Give 1.")
    columns = {
        "y": value, "n": population, "se": standard_error, "mean": mean, "reference": reference
    }  # fmt: skip
    cells = each_row(data, by, columns, RESULT)
    groups, nobody = _groups(cells, definition, better)
    y = cells["y"]
    found = multiplier * measure.of(groups, y)
    se = cells.columns.get("se", np.full(len(y), np.nan))
    if measure is VARIANCE:
        spread = root(_variance_of_variance(groups, y, se))
    else:
        spread = root(groups.sum((measure.by(groups, y) * se) ** 2))
    bounds = lowest, np.inf if highest is None else highest

    def closed(z: float, _: float) -> tuple[Floats, Floats]:
        return found - z * multiplier * spread, found + z * multiplier * spread

    def simulated(_: float, level: float) -> tuple[Floats, Floats]:
        drawn = _drawn(groups, measure, y, se, bounds, draws, seed)
        low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2], axis=0)
        return multiplier * low, multiplier * high

    count = cells.total(1.0)
    return answer(
        data,
        by,
        cells,
        levels,
        {
            "groups": count.astype(int),
            "population": groups.sum(cells.columns.get("n", np.full(len(y), np.nan))),
            "compared_with": measure.centre(groups, y),
            "value": found,
            "standard_error": multiplier * spread,
            "definition": definition,
            "scale": "value",
            "direction": "higher_is_further_apart",
            "multiplier": float(multiplier),
            "method": "normal, delta method"
            if limits == "delta"
            else f"{draws} simulated values, seed {seed}",
        },
        limits=closed if limits == "delta" else simulated,
        checks=_checks(measure, groups, se, nobody, reference is not None),
        order=RESULT,
    )


def _groups(cells: Cells, definition: str, better: str) -> tuple[Groups, Floats]:
    nothing = np.full(len(cells.group), np.nan)
    people = cells.columns.get("n", np.ones(len(cells.group)))
    whole = cells.total(people)
    share = people / whole[cells.group]
    given = cells.columns.get("mean", nothing)
    # The mean is one for all of them: where the column differs, there is none.
    least, most = cells.extreme(given, False), cells.extreme(given, True)
    groups = Groups(
        cells=cells,
        share=share,
        part=share if definition == "population" else 1 / cells.total(1.0)[cells.group],
        reference=cells.columns.get("reference", nothing),
        given_mean=np.where(least == most, least, np.nan),
        best_is=better,
    )
    return groups, whole


def _variance_of_variance(groups: Groups, y: Floats, se: Floats) -> Floats:
    p = groups.share
    away = y - groups.spread(groups.mean(y))
    return 4 * groups.sum((p * away * se) ** 2) + 2 * (
        groups.sum(p**2 * se**4) - 2 * groups.sum(p**3 * se**4) + groups.sum((p * se) ** 2) ** 2
    )


def _drawn(
    groups: Groups,
    measure: Measure,
    y: Floats,
    se: Floats,
    bounds: tuple[float, float],
    draws: int,
    seed: int,
) -> Floats:
    """Return draws × groups of a measure of values drawn within bounds."""
    cells = groups.cells
    place = np.arange(len(y)) - cells.first[cells.group]
    random = np.random.Generator(np.random.Philox(seed))
    spread = np.where(se > 0, se, 1.0)
    below, above = (ndtr((bound - y) / spread) for bound in bounds)
    result = np.empty((draws, cells.size))
    step = max(1, AT_ONCE // max(1, len(y)))
    for begin in range(0, draws, step):
        some = slice(begin, min(draws, begin + step))
        # Every table takes the same numbers for its first group, and so on.
        even = random.random((some.stop - begin, int(place.max(initial=0)) + 1))[:, place]
        values = y + spread * ndtri(below + even * (above - below))
        result[some] = measure.of(groups, np.where(se > 0, values, y))
    return result


def _checks(
    measure: Measure, groups: Groups, se: Floats, nobody: Floats, referred: bool
) -> list[Check]:
    cells, y = groups.cells, groups.cells["y"]
    n = cells.columns.get("n", np.ones(len(y)))
    mean = groups.mean(y)
    given = cells.columns.get("mean")
    missing = np.isnan(y) | np.isnan(n)
    invalid = ~(np.isnan(y) | seen(y)) | ~(np.isnan(n) | seen(n)) | (n < 0)
    several = cells.total(groups.reference > 0) != 1
    checks: list[Check] = [
        (cells.total(missing) > 0, "missing_input", "a value or a population is missing"),
        (cells.total(invalid) > 0, "invalid_input", "a number is infinite or too large, "
         "or a population below zero"),
        (cells.total(1.0) < 2, "incomplete_groups", "there are fewer than two groups"),
        (nobody == 0, "zero_denominator", "there is nobody in any group"),
    ]  # fmt: skip
    if given is not None:
        checks.append(
            (np.isnan(groups.given_mean), "invalid_input", "the mean is not the same in every row")
        )
    if referred:
        checks.append((several, "incomplete_groups", "not exactly one group is the reference"))
    return [
        *checks,
        (measure.over_mean & ~(mean > 0), "zero_denominator", "the mean is not above zero"),
        (cells.total(np.isnan(se) | (se < 0)) > 0, "no_limits", "a standard error is missing"),
    ]  # fmt: skip
