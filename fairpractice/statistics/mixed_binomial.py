"""A binomial model with main effects and a random effect of each stratum, without sampling.

Of stratum s, y of n have the property; η = xβ + u is its log-odds, β ~ N(0, sd²), u ~ N(0, σ²).
Given σ, expectation propagation (Minka 2001; Rasmussen and Williams 2006, chapter 3.6) puts a
Gaussian in place of each stratum's likelihood, which makes everything else linear algebra of the
size of β. σ itself is integrated out along a line of values, as in Rue, Martino and Chopin 2009.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special
from scipy.stats import norm, qmc

from fairpractice.statistics.arrays import Array


NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(21)
LOG_WEIGHTS = np.log(WEIGHTS) + NODES**2 / 2
SWEEPS = 60
CLOSE = 1e-7  # of a standard deviation
PLACES = 15
DEEP = 7.0  # a log density so far below its highest counts for nothing
SMALLEST, LARGEST = np.log(1e-3), np.log(20.0)
POINTS = 11  # as a power of 2

MOST = 1e6
"""People of a stratum beyond these are taken for so many with the same share. It moves nothing that
anybody could see, and a likelihood that is any narrower is lost among the last digits."""

SPREAD_OF_SIGMA = 1.0
"""Half-normal prior of σ on the log-odds: 1 lets the odds of strata differ seven-fold and more."""


@dataclass(frozen=True)
class Given:
    """The model for one value of σ."""

    sigma: float
    evidence: float
    site_precision: Array
    site_shift: Array
    line: Array
    """Mean of xβ."""
    line_variance: Array
    mean: Array
    """Mean of η."""
    variance: Array
    covariance: Array
    """Of xβ and η."""


@dataclass(frozen=True)
class Fitted:
    """The model with σ integrated out: some values of it, and how likely each is."""

    given: tuple[Given, ...]
    weight: Array

    @property
    def sigma(self) -> Array:
        """The values of σ."""
        return np.array([one.sigma for one in self.given])

    def drawn(self) -> tuple[Array, Array]:
        """Return xβ and η at 4,096 evenly spread points of their joint distribution, a row each.

        The points are those of a Sobol sequence and their mirror images, the same every time.
        Limits from them are within 2 % of their width of those from a quarter of a million.
        """
        even = qmc.Sobol(3, scramble=False).random_base2(POINTS) + 0.5 / 2**POINTS
        which = np.minimum(
            np.searchsorted(np.cumsum(self.weight), even[:, 0]), len(self.weight) - 1
        )
        one, two = norm.ppf(even[:, 1])[:, None], norm.ppf(even[:, 2])[:, None]
        line, eta = [], []
        for k, given in enumerate(self.given):
            here = which == k
            root = np.sqrt(np.maximum(given.line_variance, 1e-300))
            slope = given.covariance / np.maximum(given.line_variance, 1e-300)
            left = np.sqrt(np.maximum(given.variance - slope * given.covariance, 0))
            for way in (1, -1):
                line.append(given.line + way * root * one[here])
                eta.append(given.mean + way * (slope * root * one[here] + left * two[here]))
        return np.concatenate(line), np.concatenate(eta)

    def quantile(self, of: Callable[[Array], Array], share: float) -> float:
        """Return a quantile of an increasing function of σ."""
        cumulative = np.cumsum(self.weight) - self.weight / 2
        return float(np.interp(share, cumulative, of(self.sigma)))

    def mean(self, of: Callable[[Array], Array]) -> float:
        """Return the mean of a function of σ."""
        return float(np.sum(self.weight * of(self.sigma)))


def fit(y: Array, n: Array, x: Array, sd: Array) -> Fitted:
    """Fit the model.

    Parameters
    ----------
    y, n
        How many of how many, a stratum each.
    x
        A row for each stratum, a column for each main effect.
    sd
        The standard deviation of the prior of each main effect.
    """
    much = np.maximum(n / MOST, 1)
    y, n = y / much, n / much
    known: dict[float, Given] = {}
    last: list[Given] = []

    def at(log_sigma: float) -> Given:
        key = round(log_sigma, 6)
        if key not in known:
            known[key] = propagated(y, n, x, sd, float(np.exp(key)), last[-1] if last else None)
            last.append(known[key])
        return known[key]

    def height(log_sigma: float) -> float:
        one = at(log_sigma)
        # The last term is for log σ being what varies.
        return one.evidence - 0.5 * (one.sigma / SPREAD_OF_SIGMA) ** 2 + log_sigma

    best = optimize.minimize_scalar(
        lambda t: -height(t), bounds=(SMALLEST, LARGEST), method="bounded", options={"xatol": 1e-3}
    )
    top, highest = float(best.x), height(float(best.x))
    ends: list[float] = []
    for way in (-1, 1):
        step, end = 0.1, top
        while SMALLEST < end < LARGEST and height(end) > highest - DEEP:
            end, step = end + way * step, step * 1.3
        ends.append(float(np.clip(end, SMALLEST, LARGEST)))
    places = np.linspace(ends[0], ends[1], PLACES)
    heights = np.array([height(place) for place in places])
    weight = np.exp(heights - heights.max())
    return Fitted(tuple(at(place) for place in places), weight / weight.sum())


def propagated(
    y: Array, n: Array, x: Array, sd: Array, sigma: float, start: Given | None = None
) -> Given:
    """Fit the model for one value of σ, by expectation propagation in parallel."""
    s2 = sigma * sigma
    tau = np.zeros(len(y)) if start is None else start.site_precision
    nu = np.zeros(len(y)) if start is None else start.site_shift
    if start is None:
        # Begin at the likelihood of each stratum with half of one added to both sides.
        p = (y + 0.5) / (n + 1)
        tau = n * p * (1 - p)
        nu = tau * special.logit(p)
    mean = np.zeros(len(y))
    for _ in range(SWEEPS):
        before = mean
        line, line_variance, mean, variance, covariance, rest = _linear(tau, nu, x, sd, s2)
        hollow = 1 / variance - tau
        middle = (mean / variance - nu) / hollow
        log_z, tilted, tilted_variance = _tilted(y, n, middle, 1 / hollow)
        new_tau = np.maximum(1 / tilted_variance - hollow, 0)
        new_nu = tilted / tilted_variance - hollow * middle
        done = np.max(np.abs(mean - before) / np.sqrt(variance)) < CLOSE
        if done:
            break
        tau, nu = tau + 0.9 * (new_tau - tau), nu + 0.9 * (new_nu - nu)
    evidence = rest + float(np.sum(log_z - _integral(middle, 1 / hollow, tau, nu)))
    return Given(sigma, evidence, tau, nu, line, line_variance, mean, variance, covariance)


def _linear(
    tau: Array, nu: Array, x: Array, sd: Array, s2: float
) -> tuple[Array, Array, Array, Array, Array, float]:
    """Return means and variances of xβ and η, and the evidence, with Gaussians for likelihoods."""
    shrunk = 1 / (1 + s2 * tau)
    precision = np.diag(sd**-2.0) + x.T @ (x * (tau * shrunk)[:, None])
    root = np.linalg.cholesky(precision)
    right = x.T @ (nu * shrunk)
    half = np.linalg.solve(root, right)
    beta = np.linalg.solve(root.T, half)
    spread = np.linalg.solve(root, x.T)
    line, line_variance = x @ beta, np.sum(spread * spread, axis=0)
    mean = (line + s2 * nu) * shrunk
    variance = s2 * shrunk + line_variance * shrunk * shrunk
    rest = (
        -np.sum(np.log(sd))
        - np.sum(np.log(np.diag(root)))
        + 0.5 * float(half @ half)
        + 0.5 * float(np.sum(np.log(shrunk) + s2 * nu * nu * shrunk))
    )
    return line, line_variance, mean, variance, line_variance * shrunk, float(rest)


def _integral(m: Array, v: Array, tau: Array, nu: Array) -> Array:
    """Return log ∫ N(η; m, v) exp(νη − τη²/2) dη."""
    spread = 1 + tau * v
    result: Array = 0.5 * ((2 * m * nu + v * nu * nu - tau * m * m) / spread - np.log(spread))
    return result


def _tilted(y: Array, n: Array, m: Array, v: Array) -> tuple[Array, Array, Array]:
    """Return log mass, mean and variance of N(η; m, v) times a binomial likelihood."""
    eta = m.copy()
    for _ in range(50):
        p = special.expit(eta)
        step = (y - n * p - (eta - m) / v) / (n * p * (1 - p) + 1 / v)
        eta = eta + np.clip(step, -2, 2)
        if np.max(np.abs(step), initial=0) < 1e-6:
            break
    p = special.expit(eta)
    width = np.sqrt(1 / (n * p * (1 - p) + 1 / v))
    at = eta[:, None] + width[:, None] * NODES
    log = _log_likelihood(y[:, None], n[:, None], at) - (at - m[:, None]) ** 2 / (2 * v[:, None])
    log = log + LOG_WEIGHTS
    top = log.max(axis=1, keepdims=True)
    mass = np.exp(log - top)
    total = mass.sum(axis=1)
    mean = (mass * at).sum(axis=1) / total
    variance = (mass * (at - mean[:, None]) ** 2).sum(axis=1) / total
    # Where all mass is on one node (while sites are far from settled), its curvature says how wide.
    variance = np.maximum(variance, 1e-6 * width * width)
    log_z = top[:, 0] + np.log(total) + np.log(width) - 0.5 * np.log(2 * np.pi * v)
    return log_z, mean, variance


def _log_likelihood(y: Array, n: Array, eta: Array) -> Array:
    result: Array = y * eta - n * np.logaddexp(0, eta)
    return result
