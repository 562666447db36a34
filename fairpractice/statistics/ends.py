"""What is asked of the social gradient, and the two ends of a line through its groups."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import stats

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Check
from fairpractice.statistics.cells import Cells, Floats, Limits, cells, seen, smallest_cell
from fairpractice.statistics.gradient import by_rank, line, ranked, standard_errors
from fairpractice.statistics.scales import array_link
from fairpractice.statistics.survey import root
from fairpractice.statistics.tables import checked_levels, one_of
from fairpractice.statistics.uncertainty import Estimates


Definition = Literal["ohid", "scotpho", "linear", "who_logit", "healthequal_logit"]
Method = Literal["closed_form", "simulation", "residuals", "robust", "survey", "binomial"]

LIMITS: dict[str, tuple[Method, ...]] = {
    "ohid": ("closed_form", "simulation"),
    "scotpho": ("residuals",),
    "linear": ("robust", "survey"),
    "who_logit": ("robust", "survey", "binomial"),
    "healthequal_logit": ("robust",),
}
"""How limits can be made, by definition; the first when it is not said."""

Compared = Callable[[Floats, Floats], Floats]


@dataclass(frozen=True)
class Question:
    """What is asked of the gradient, as :mod:`fairpractice.statistics.inequality` takes it."""

    rank: str
    population: str
    definition: str
    events: str | None
    value: str | None
    standard_error: str | None
    lower: str | None
    upper: str | None
    limits_level: float
    by: Sequence[str]
    levels: Sequence[float]
    multiplier: float
    direction: str
    lowest_rank: str
    scale: str
    error_scale: str | None
    standard_error_scale: str
    groups: int | None
    stratum: str | None
    cluster: str | None
    limits: str | None
    whole: float
    draws: int
    seed: int
    relative: bool
    directions: tuple[str, str]

    @property
    def forward(self) -> bool:
        """Whether it is the least deprived compared with the most."""
        return self.direction == self.directions[0]

    @property
    def made(self) -> str:
        """How the limits are made."""
        survey = self.stratum is not None or self.cluster is not None
        return self.limits or ("survey" if survey else LIMITS[self.definition][0])

    @property
    def errors_on(self) -> str:
        """The scale on which each value is taken as normal."""
        return self.error_scale or self.scale


@dataclass(frozen=True)
class Ends:
    """The line's two ends in each group, on the scale of the values."""

    found: Cells
    most: Floats
    least: Floats
    value: Floats
    limits: Limits
    groups: Floats
    population: Floats
    smallest_cell: Floats
    checks: Sequence[Check]
    method: str


def checked(asked: Question) -> None:
    """Refuse what no data could put right.

    Raises
    ------
    FairpracticeError
        For a definition, direction or scale there is not, or that do not go together.
    """
    one_of("definition", asked.definition, tuple(LIMITS))
    one_of("direction", asked.direction, asked.directions)
    one_of("lowest_rank", asked.lowest_rank, ("most_deprived", "least_deprived"))
    array_link(asked.scale)
    if (asked.events is None) == (asked.value is None):
        raise FairpracticeError(
            "An index of inequality is made from counts or from values",
            fix="Name events= or value=, one of them.",
        )
    if asked.definition in ("ohid", "scotpho") and (asked.stratum or asked.cluster):
        raise FairpracticeError(
            f"definition={asked.definition!r} is of groups, not of people in a survey",
            fix="Ask for definition='linear' or 'who_logit'.",
        )
    one_of(f"limits for definition={asked.definition!r}:", asked.made, LIMITS[asked.definition])
    if not asked.multiplier > 0:
        raise FairpracticeError(
            f"The multiplier {asked.multiplier} is not above zero",
            fix=f"Turn the index round with direction={asked.directions[1]!r}.",
        )
    if asked.scale != "value" and asked.errors_on != asked.scale:
        raise FairpracticeError(
            f"A line on the {asked.scale} scale takes its errors on that scale, "
            f"not {asked.errors_on}",
            fix="Leave error_scale out.",
        )
    if asked.definition != "ohid" and (asked.scale != "value" or asked.error_scale):
        raise FairpracticeError(
            f"definition={asked.definition!r} has a scale of its own",
            fix="Leave scale and error_scale out, or ask for definition='ohid'.",
        )
    if asked.made == "binomial" and asked.events is None:
        raise FairpracticeError("limits='binomial' needs counts", fix="Name events=.")
    one_of("standard_error_scale", asked.standard_error_scale, ("value", asked.errors_on))
    uncertain = asked.standard_error or (asked.lower and asked.upper) or asked.events
    if asked.definition == "ohid" and checked_levels(asked.levels) and not uncertain:
        raise FairpracticeError(
            "Limits need the uncertainty of each group's value",
            fix="Name standard_error=, or lower= and upper=, or ask for no levels.",
        )


def straight(asked: Question, data: Any, results: Sequence[str]) -> Ends:
    """Return the ends of a line through groups: the ``ohid`` and ``scotpho`` definitions."""
    found = grouped(asked, data, results)
    return _ohid(asked, found) if asked.definition == "ohid" else _scotpho(asked, found)


def compared(asked: Question) -> Compared:
    """Return how the least and the most deprived end are compared."""

    def compare(least: Floats, most: Floats) -> Floats:
        first, second = (least, most) if asked.forward else (most, least)
        if asked.relative:
            return first / np.where(second > 0, second, np.nan)
        return first - second

    return compare


def grouped(asked: Question, data: Any, results: Sequence[str]) -> Cells:
    """Return one cell for each rank, from counts or values of groups."""
    errors = (asked.standard_error, asked.lower, asked.upper)
    ohid = asked.definition == "ohid"
    return cells(
        by_rank(
            data, tuple(asked.by), asked.rank, asked.population, asked.events, asked.value,
            errors if ohid else (None, None, None), tuple(results),
        )
    )  # fmt: skip


def along(asked: Question, found: Cells, weights: Floats) -> Floats:
    """Return where each cell stands between the most (0) and the least deprived (1)."""
    at = ranked(found, weights).at
    return at if asked.lowest_rank == "most_deprived" else 1 - at


def checks_of_groups(asked: Question, found: Cells, bounds: str, outside: Any) -> list[Check]:
    """Return what can be wrong with groups; ``outside`` where a value is beyond ``bounds``."""
    n, y, peopled = found["n"], found["y"], found["n"] > 0
    x = found.columns.get("x", np.zeros_like(n))
    missing = np.isnan(n) | np.isnan(found["place"]) | (peopled & np.isnan(y))
    invalid = ~(np.isnan(n) | seen(n)) | ~(np.isnan(y) | seen(y)) | (n < 0) | (x < 0) | (x > n)
    repeated = (found["rows"] > 1) & (asked.events is None or asked.standard_error is not None)
    groups = found.total(peopled)
    wanted = groups < 2 if asked.groups is None else groups != asked.groups
    return [
        (found.total(missing) > 0, "missing_input", MISSING),
        (found.total(invalid) > 0, "invalid_input", INVALID),
        (found.total(repeated) > 0, "invalid_input", "a rank comes more than once"),
        (found.total(n) == 0, "zero_denominator", "there is nobody in any group"),
        (wanted, "incomplete_groups", FEW_GROUPS),
        (found.total(peopled & outside) > 0, "outside_scale", bounds),
    ]


MISSING = "a rank, a population or a value is missing"
INVALID = "a number is negative, infinite or too large, or more than its population"
FEW_GROUPS = "there are not as many groups with people as needed"


def _ohid(asked: Question, found: Cells) -> Ends:
    on, scale = array_link(asked.errors_on), array_link(asked.scale)
    peopled = found["n"] > 0
    se = standard_errors(
        found,
        asked.errors_on,
        on_value=asked.standard_error_scale == "value",
        wilsons=not (asked.lower and asked.upper),
        limits_level=asked.limits_level,
    )
    people = found.total(found["n"])
    share = found["n"] / people[found.group]
    r = along(asked, found, found["n"]) - 0.5
    pull = share * r / found.total(share * r * r)[found.group]
    y = np.where(peopled, found["y"], 0.5)
    to_line = np.where(peopled, scale.to(y), 0.0)
    middle, slope = found.total(share * to_line), found.total(pull * to_line)
    compare = compared(asked)
    errors = np.where(peopled, se, 0.0)
    normal = asked.errors_on == "value"
    values = Estimates(found, y, errors, on, normal)
    plus, minus = share + pull / 2, share - pull / 2
    first, second = (plus, minus) if asked.forward else (minus, plus)

    def of_slopes(below: Floats, above: Floats) -> tuple[Floats, Floats]:
        both = [
            compare(scale.back(middle + b / 2), scale.back(middle - b / 2)) for b in (below, above)
        ]
        return (both[0], both[1]) if asked.forward else (both[1], both[0])

    def closed(z: float, _: float) -> tuple[Floats, Floats]:
        if asked.scale != "value":
            half = z * root(found.total((pull * errors) ** 2))
            return of_slopes(slope - half, slope + half)
        if asked.relative:
            return values.ratio_limits(first, second, z)
        return values.sum_limits(first - second, z)

    def simulated(_: float, level: float) -> tuple[Floats, Floats]:
        tails = [(1 - level) / 2, (1 + level) / 2]
        limits = np.full((2, found.size), np.nan)
        drawn, weights = values, [first, second]
        if asked.scale != "value":
            drawn, weights = Estimates(found, to_line, errors, array_link("value"), True), [pull]
        for some, sums in drawn.simulated(*weights, draws=asked.draws, seed=asked.seed):
            if asked.scale != "value":
                of = sums[0]
            else:
                of = sums[0] / sums[1] if asked.relative else sums[0] - sums[1]
            limits[:, some] = np.quantile(of, tails, axis=1)
        return of_slopes(*limits) if asked.scale != "value" else (limits[0], limits[1])

    most, least = scale.back(middle - slope / 2), scale.back(middle + slope / 2)
    unknown = found.total(peopled & np.isnan(se)) > 0
    return Ends(
        found,
        most,
        least,
        compare(least, most),
        simulated if asked.made == "simulation" else closed,
        found.total(peopled),
        people,
        smallest_cell(found),
        [
            *checks_of_groups(
                asked, found, f"the {asked.scale} scale holds {scale.bounds}", ~scale.holds(y)
            ),
            (unknown, "no_limits", UNKNOWN_ERROR),
        ],
        _method(asked),
    )


UNKNOWN_ERROR = "the uncertainty of a group's value is missing or not on its scale"


def _method(asked: Question) -> str:
    if asked.made == "simulation":
        return (
            f"weighted least squares, {asked.draws} simulated values on the {asked.errors_on} "
            f"scale, seed {asked.seed}"
        )
    if asked.scale != "value":
        return f"weighted least squares, normal slope on the {asked.scale} scale"
    bent = f", Cornish-Fisher for errors on the {asked.errors_on} scale"
    how = "Fieller" if asked.relative else "normal slope"
    return f"weighted least squares, {how}{'' if asked.errors_on == 'value' else bent}"


def _scotpho(asked: Question, found: Cells) -> Ends:
    peopled = found["n"] > 0
    n, y = np.where(peopled, found["n"], 0.0), np.where(peopled, found["y"], 0.0)
    at, groups = along(asked, found, found["n"]), found.total(peopled)
    fit = line(found, at, n, n * y, "value")
    variance = found.total(n * (y - fit.fitted) ** 2) / (groups - 2) * fit.bread[:, 1, 1]
    intercept, slope = fit.coefficients.T
    mean = found.total(n * y) / found.total(n)
    sign = 1 if asked.forward else -1
    of = np.where(mean > 0, mean, np.nan) if asked.relative else 1.0

    def limits(_: float, level: float) -> tuple[Floats, Floats]:
        half = stats.t.ppf((1 + level) / 2, np.where(groups > 2, groups - 2, np.nan))
        half = half * root(variance)
        return (sign * slope - half) / of, (sign * slope + half) / of

    outside = (mean <= 0) & asked.relative
    return Ends(
        found,
        intercept,
        intercept + slope,
        sign * slope / of,
        limits,
        groups,
        found.total(found["n"]),
        smallest_cell(found),
        [
            *checks_of_groups(asked, found, "", np.zeros(len(n), bool)),
            (outside, "outside_scale", "the mean that is divided by is not above zero"),
            (groups < 3, "no_limits", "two groups leave no residuals"),
            (
                root(variance) <= 1e-7 * np.abs(mean),
                "no_limits",
                "every value lies on the line, which leaves no residuals",
            ),
        ],
        "weighted least squares, Student's t from the residuals",
    )
