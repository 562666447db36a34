"""Standard errors of concentration indices: by linearisation, and as others make them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from fairpractice.statistics.cells import Cells, Floats
from fairpractice.statistics.gradient import Line, Ranks, line, sandwich
from fairpractice.statistics.survey import covariance, quadratic, root


@dataclass(frozen=True)
class Fitted:
    """An index f(μ) D, where D = Σ share · kernel · y, and what its parts are."""

    found: Cells
    ranks: Ranks
    weight: Floats
    mean: Floats
    share: Floats
    kernel: Floats
    """The mean of h over the ranks of each cell."""
    h: tuple[Floats, Floats]
    """h at the upper and at the lower end of each cell's rank."""
    area: Floats
    factor: Floats
    slope: Floats

    @property
    def value(self) -> Floats:
        """The index."""
        return self.factor * self.area


@dataclass(frozen=True)
class Error:
    """How a standard error is made, and what it is called."""

    error: Callable[[Fitted, Floats | float], Floats]
    method: str
    any_definition: bool = False
    """Whether it is for the extended and symmetric indices too."""


def area_influence(fit: Fitted) -> Floats:
    """Return the influence of a row on D, as coefficients of 1 and y for each cell.

    With p and q the upper and lower end of a rank, ȳ its mean, and W all weight, a row of weight
    w and value y at rank r adds w/W times: (y − ȳ) K/share + Σ over ranks from r of ȳ h(p)
    − Σ over ranks above r of ȳ h(q) − Σ ȳ (h(p) p − h(q) q).
    """
    found, ranks, size = fit.found, fit.ranks, len(fit.ranks.group)
    weight = np.bincount(ranks.place, found["s0"], minlength=size)
    mean = np.bincount(ranks.place, found["s1"], minlength=size) / weight
    first = np.searchsorted(ranks.place, np.arange(size))
    high, low = ranks.high[first], ranks.low[first]
    up, down = (mean * h[first] for h in fit.h)
    each = Cells(found.keys, ranks.group, found.size, {})
    # Sums over the ranks from this one on, and over those above it.
    from_here = each.total(up)[ranks.group] - each.within(up) + up
    above = each.total(down)[ranks.group] - each.within(down)
    constant = each.total(up * high - down * low)[ranks.group]
    shift = from_here - above - constant - mean * fit.kernel[first]
    of = fit.weight[found.group]
    return np.stack([shift[ranks.place] / of, fit.kernel / of], axis=1)


def mean_influence(fit: Fitted) -> Floats:
    """Return the influence of a row on the mean, as coefficients of 1 and y for each cell."""
    of = fit.found.group
    return np.stack([-fit.mean[of], np.ones(len(of))], axis=1) / fit.weight[of][:, None]


def linearised(fit: Fitted, correction: Floats | float) -> Floats:
    """Return the standard error with rank, mean and value all estimated from the sample."""
    of = fit.found.group
    influence = fit.factor[of][:, None] * area_influence(fit) + (fit.slope * fit.area)[of][
        :, None
    ] * mean_influence(fit)
    return root(covariance(fit.found, influence[:, :, None])[:, 0, 0]) * correction


def _from_groups(fit: Fitted, correction: Floats | float) -> Floats:
    """Return the standard error where each group's value has one, and people do not vary."""
    of = fit.found.group
    pull = fit.factor[of] * fit.share * fit.kernel + (fit.slope * fit.area)[of] * fit.share
    return root(fit.found.total((pull * fit.found["se"]) ** 2)) * correction


def _regressed(fit: Fitted) -> tuple[Line, Floats, Floats, Floats]:
    """Return the line of the value on rank, the ranks' variance, and the factor of the index."""
    found = fit.found
    on = line(found, fit.ranks.at, found["s0"], found["s1"], "value")
    spread = found.total(fit.share * (fit.ranks.at - 0.5) ** 2)
    return on, spread, found.total(found["rows"]), fit.factor * 2 * spread


def _residual(fit: Fitted, on: Line, rows: Floats) -> Floats:
    """Return the covariance of the line's coefficients from the variance of its residuals."""
    found = fit.found
    squares = found["wyy"] - 2 * on.fitted * found["s1"] + on.fitted**2 * found["s0"]
    variance = np.maximum(found.total(squares), 0) / np.where(rows > 2, rows - 2, np.nan)
    return on.bread * variance[:, None, None]


def _sandwiched(fit: Fitted, on: Line, rows: Floats) -> Floats:
    few = np.where(rows > 2, (rows - 1) / (rows - 2), np.nan)
    return sandwich(fit.found, fit.ranks.at, on) * few[:, None, None]


def _surveyed(fit: Fitted, on: Line, _: Floats) -> Floats:
    return sandwich(fit.found, fit.ranks.at, on)


def _regression(
    spread: Callable[[Fitted, Line, Floats], Floats],
) -> Callable[[Fitted, Floats | float], Floats]:
    """Return the error of the slope of 2 var(rank) f y on rank."""

    def error(fit: Fitted, correction: Floats | float) -> Floats:
        on, _, rows, factor = _regressed(fit)
        of_sample = correction * rows / (rows - 1) if np.ndim(correction) else 1.0
        return np.abs(factor) * root(spread(fit, on, rows)[:, 1, 1]) * of_sample

    return error


def _delta(
    spread: Callable[[Fitted, Line, Floats], Floats],
) -> Callable[[Fitted, Floats | float], Floats]:
    """Return the error of that slope over the mean that the same line has at the middle."""

    def error(fit: Fitted, correction: Floats | float) -> Floats:
        on, _, rows, factor = _regressed(fit)
        slope, mean = on.coefficients[:, 1], fit.mean
        gradient = np.stack([-slope / mean, 1 - slope / (2 * mean)], axis=1)
        of_sample = correction * rows / (rows - 1) if np.ndim(correction) else 1.0
        return np.abs(factor) * root(quadratic(gradient, spread(fit, on, rows))) * of_sample

    return error


def _kakwani(fit: Fitted, _: Floats | float) -> Floats:
    """Return the error of Kakwani, Wagstaff and van Doorslaer 1997, equation 14, of single rows."""
    found, of = fit.found, fit.found.group
    index = (fit.area / fit.mean)[of]
    y = found["s1"] / found["s0"]
    reached = found.within(found["s1"]) / (fit.mean * fit.weight)[of]
    before = reached - fit.share * y / fit.mean[of]
    a = y / fit.mean[of] * (2 * fit.ranks.at - 1 - index) + 2 - before - reached
    rows = found.total(found["rows"])
    single = found.total(found["rows"] > 1) == 0
    variance = (found.total(fit.share * a * a) - (1 + fit.area / fit.mean) ** 2) / rows
    return np.where(single, np.abs(fit.factor * fit.mean) * root(variance), np.nan)


ERRORS: dict[str, Error] = {
    "linearised": Error(linearised, "Taylor linearised, rank and mean estimated", True),
    "group_errors": Error(_from_groups, "errors of the groups' values, rank as known", True),
    "regression": Error(_regression(_residual), "convenient regression"),
    "robust": Error(_regression(_sandwiched), "convenient regression, HC1 errors"),
    "clustered": Error(_regression(_sandwiched), "convenient regression, clustered errors"),
    "survey_regression": Error(
        _regression(_surveyed), "convenient regression, Taylor linearised errors"
    ),
    "delta": Error(_delta(_residual), "regression, delta method"),
    "robust_delta": Error(_delta(_sandwiched), "regression, delta method, HC1 errors"),
    "kakwani": Error(_kakwani, "Kakwani, Wagstaff and van Doorslaer 1997"),
}
