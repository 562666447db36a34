"""How many people no list knows, from how far the lists know the same people.

Two lists: if what one knows says nothing of what the other knows, the share of the one's people
that the other knows too is the share of all people that it knows. Three lists: dependence between
each pair can be modelled as well; only dependence of all three at once must be assumed away.

Where lists know the same people more than chance (somebody in trouble is known everywhere), the
estimates are too low: *at least*. Where they avoid each other, too high. People whom no list could
ever know are in none of them.

Chapman 1951 and Seber 1982, The Estimation of Animal Abundance, section 3.1; log-normal limits for
the unseen after Burnham and others 1987 and Chao 1989, Biometrics 45:427. Log-linear models for
incomplete tables: Fienberg 1972, Biometrika 59:591; profile likelihood limits: Cormack 1992,
Biometrics 48:567; Hook and Regal 1995, Epidemiologic Reviews 17:243, for choosing among models;
sensitivity to what cannot be tested: Gerritse and others 2015, Journal of Official Statistics
31:357.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import gammaln
from scipy.stats import chi2

from fairpractice.statistics.quantiles import normal_quantile


Numbers = npt.NDArray[np.float64]

FEWEST_BOTH = 7
"""Fewer people known to both lists and an estimate is refused: below it Chapman's is biased and
its limits do not hold (Seber 1982, Robson and Regier 1964)."""
LARGEST = 1e9
ALLOWANCE = 2.0
"""How many times more two lists may know the same people among those whom the third misses."""


@dataclass(frozen=True)
class Estimate:
    """How many people there are, known or not.

    Attributes
    ----------
    known
        On at least one list.
    total, lower, upper
        The estimate of all, with limits; empty where it is refused. The limits are of chance, and
        of which pairs of lists know the same people; they suppose that nothing ties all lists.
    method
        Which model.
    together
        The odds that somebody on one list is on another, relative to somebody who is not, with
        limits, by pair of lists; among three lists, where it can be told from those on the third.
        Above 1: they know the same people.
    status, reason
        ``ok``, or ``too_few_events`` and why there is no estimate.
    upper_if_tied
        The upper limit with an allowance for what ties all three lists, which counts cannot tell.
    """

    known: int
    total: float | None
    lower: float | None
    upper: float | None
    method: str
    together: Mapping[tuple[str, str], tuple[float, float, float]]
    status: str = "ok"
    reason: str = ""
    upper_if_tied: float | None = None

    @property
    def hidden(self) -> tuple[float, float, float] | None:
        """How many are on no list, with limits."""
        if self.total is None or self.lower is None or self.upper is None:
            return None
        return self.total - self.known, self.lower - self.known, self.upper - self.known

    @property
    def hidden_if_tied(self) -> float | None:
        """How many are on no list at the most, with the allowance."""
        return None if self.upper_if_tied is None else self.upper_if_tied - self.known


def chapman(only_one: int, only_other: int, both: int, *, confidence: float = 0.95) -> Estimate:
    """Estimate how many people there are from two lists, by Chapman's estimator.

    Parameters
    ----------
    only_one, only_other, both
        How many are on the first list alone, on the second alone, and on both.
    confidence
        Of the limits.

    Notes
    -----
    N = (a + 1)(b + 1) / (m + 1) - 1 for lists of a and b people, m on both; variance
    (a + 1)(b + 1)(a - m)(b - m) / ((m + 1)² (m + 2)). With f the estimate of those on neither and
    C = exp(z √ln(1 + variance / f²)), limits are known + f / C and known + f C.
    """
    known = only_one + only_other + both
    if both < FEWEST_BOTH:
        return _refused(known, "Chapman", f"{both} people are on both lists: too few to tell")
    one, other = only_one + both, only_other + both
    total = (one + 1) * (other + 1) / (both + 1) - 1
    variance = (one + 1) * (other + 1) * only_one * only_other / ((both + 1) ** 2 * (both + 2))
    unseen = total - known
    if unseen <= 0:
        return Estimate(known, float(known), float(known), float(known), "Chapman", {})
    wider = np.exp(normal_quantile(confidence) * np.sqrt(np.log1p(variance / unseen**2)))
    return Estimate(
        known,
        total,
        known + unseen / wider,
        known + unseen * wider,
        "Chapman",
        {},
    )


def three_lists(
    patterns: Mapping[tuple[bool, bool, bool], int],
    names: Sequence[str] = ("first", "second", "third"),
    *,
    confidence: float = 0.95,
    allowance: float = ALLOWANCE,
) -> Estimate:
    """Estimate how many people there are from three lists, by log-linear models.

    Every model of dependence between pairs is fitted, from none to all three; the one with the
    lowest AIC is reported. The limits hold those of every model that the counts do not rule out,
    the one with dependence of all three pairs among them: which model is true is not known, and
    limits of the chosen one alone would be far too narrow.

    Parameters
    ----------
    patterns
        How many people are on just these lists, by which of them; nobody is on none.
    names
        The lists, for the names of models.
    confidence
        Of the limits.
    allowance
        How many times more two lists may know the same people among those whom the third misses
        than among those it knows (a ratio of odds ratios), for ``upper_if_tied``. It is 1 where
        nothing ties all three lists, and cannot be told from the counts; above 1 where the same
        people are hard to reach by any list, as is usual.

    Notes
    -----
    In the fullest model n0 = n111 n100 n010 n001 / (n110 n101 n011) (Fienberg 1972), times that
    ratio: so the most on no list is the upper limit of n0 times the allowance.

    With n0 people on no list the eight cells are a full table. The deviance of a model as a
    function of n0 is least at the estimate; the limits are where it exceeds that by the quantile
    of χ² with one degree of freedom. A model is ruled out where its deviance exceeds that of the
    fullest by the 95 % quantile of χ² with a degree of freedom for each pair left out.
    """
    cells = np.array([patterns.get(_pattern(n), 0) for n in range(1, 8)], float)
    known = int(cells.sum())
    together = _together(cells, names)
    pairs = list(combinations(range(3), 2))
    for one, other in pairs:
        both = sum(c for n, c in enumerate(cells, 1) if n >> one & 1 and n >> other & 1)
        if both < FEWEST_BOTH:
            why = f"{both:g} people are on both of {names[one]} and {names[other]}: too few to tell"
            return _refused(known, "log-linear", why, together)
    models = [chosen for size in range(4) for chosen in combinations(pairs, size)]
    fits = [(_Profile(cells, chosen), chosen) for chosen in models]
    fits = [(profile, chosen) for profile, chosen in fits if profile.settled]
    if not fits:
        return _refused(known, "log-linear", "no model can be fitted", together)
    profile, chosen = min(fits, key=lambda fit: fit[0].deviance + 2 * len(fit[1]))
    fullest = min(each.deviance for each, _ in fits)
    limits = [
        each.limits(confidence)
        for each, pairs_in in fits
        if each.deviance - fullest <= chi2.ppf(0.95, max(3 - len(pairs_in), 1))
    ]
    told = ", ".join(f"{names[one]} with {names[other]}" for one, other in chosen)
    return Estimate(
        known,
        known + profile.unseen,
        known + min(lower for lower, _ in limits),
        known + max(upper for _, upper in limits),
        f"log-linear, {told or 'independent'}",
        together,
        upper_if_tied=known + allowance * max(upper for _, upper in limits),
    )


def _pattern(number: int) -> tuple[bool, bool, bool]:
    return bool(number & 1), bool(number & 2), bool(number & 4)


def _refused(
    known: int,
    method: str,
    why: str,
    together: Mapping[tuple[str, str], tuple[float, float, float]] | None = None,
) -> Estimate:
    return Estimate(known, None, None, None, method, together or {}, "too_few_events", why)


def _together(
    cells: Numbers, names: Sequence[str]
) -> dict[tuple[str, str], tuple[float, float, float]]:
    """Return the odds ratio of each pair among those on the third list, with 95 % limits.

    A half is added to each count (Haldane and Anscombe), so that nought can be told too.
    """
    found = {}
    for one, other in combinations(range(3), 2):
        third = 3 - one - other
        on = [cells[(a << one | b << other | 1 << third) - 1] + 0.5 for a, b in
              ((1, 1), (0, 0), (1, 0), (0, 1))]  # fmt: skip
        middle = np.log(on[0] * on[1] / on[2] / on[3])
        half = normal_quantile(0.95) * np.sqrt(sum(1 / n for n in on))
        found[names[one], names[other]] = (
            float(np.exp(middle)),
            float(np.exp(middle - half)),
            float(np.exp(middle + half)),
        )
    return found


class _Profile:
    """A log-linear model of three lists, as a function of how many people are on none."""

    def __init__(self, cells: Numbers, pairs: Sequence[tuple[int, int]]) -> None:
        self.cells = cells
        on = np.array([[n >> place & 1 for place in range(3)] for n in range(8)], float)
        columns = [np.ones(8), *on.T, *(on[:, one] * on[:, other] for one, other in pairs)]
        self.design = np.column_stack(columns)
        fitted = _fit(cells, self.design[1:])
        self.settled = fitted is not None
        if fitted is not None:
            self.unseen = float(np.exp(fitted[0]))
            self.settled = self.unseen < LARGEST
            self.deviance = -2 * _likelihood(cells, np.exp(self.design[1:] @ fitted))

    def _at(self, unseen: float) -> float:
        """Return the deviance with so many on no list."""
        cells = np.concatenate([[unseen], self.cells])
        fitted = _fit(cells, self.design)
        if fitted is None:
            return np.inf
        return -2 * _likelihood(cells, np.exp(self.design @ fitted))

    def limits(self, confidence: float) -> tuple[float, float]:
        """Return the limits of how many are on no list."""
        top = self._at(self.unseen) + float(chi2.ppf(confidence, 1))

        def beyond(logarithm: float) -> float:
            return self._at(float(np.exp(logarithm))) - top

        middle = np.log(max(self.unseen, 1e-6))
        lowest, highest = np.log(1e-6), np.log(LARGEST)
        lower = 0.0 if beyond(lowest) < 0 else np.exp(brentq(beyond, lowest, middle))
        upper = np.inf if beyond(highest) < 0 else np.exp(brentq(beyond, middle, highest))
        return float(lower), float(upper)


def _likelihood(cells: Numbers, means: Numbers) -> float:
    """Return the log likelihood of Poisson counts, which need not be whole."""
    return float(np.sum(cells * np.log(means) - means - gammaln(cells + 1)))


def _fit(cells: Numbers, design: Numbers) -> Numbers | None:
    """Fit a Poisson regression by Newton's method; nothing where it does not settle."""
    start = np.log(cells + 0.5)
    beta = np.asarray(np.linalg.lstsq(design, start, rcond=None)[0], np.float64)
    best = -np.inf
    for _ in range(100):
        with np.errstate(over="ignore"):
            means = np.exp(design @ beta)
        if not np.isfinite(means).all():
            return None
        likelihood = _likelihood(cells, np.maximum(means, 1e-300))
        if abs(likelihood - best) < 1e-10 * (1 + abs(best)):
            return beta
        best = likelihood
        information = design.T @ (means[:, None] * design)
        try:
            step = np.linalg.solve(information, design.T @ (cells - means))
        except np.linalg.LinAlgError:
            return None
        beta = beta + np.clip(step, -3, 3)
    return None
