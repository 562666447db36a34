"""The same statistics written plainly, a group at a time, in NumPy and SciPy."""

from collections.abc import Sequence

import numpy as np
from scipy import optimize, stats


Limits = tuple[float, float]
Bands = Sequence[tuple[int, int | None]]
Shares = Sequence[float]


def z(level: float) -> float:
    return float(stats.norm.ppf(0.5 + level / 2))


def wilson(x: float, n: float, level: float) -> Limits:
    """Return the proportions that a score test at this level would not reject, found by search."""

    def score(p: float) -> float:
        return (x / n - p) ** 2 - z(level) ** 2 * p * (1 - p) / n

    share, near = x / n, 1e-9
    lower = 0.0 if x == 0 else optimize.brentq(score, 0, share * (1 - near), xtol=1e-15)
    upper = 1.0 if x == n else optimize.brentq(score, share + near * (1 - share), 1, xtol=1e-15)
    return float(lower), float(upper)


def exact_poisson(x: int, level: float) -> Limits:
    """Return the means for which as few, or as many, events would be just too unlikely."""
    tail = (1 - level) / 2
    lower = 0.0 if x == 0 else optimize.brentq(lambda m: stats.poisson.sf(x - 1, m) - tail, 0, x)
    upper = optimize.brentq(lambda m: stats.poisson.cdf(x, m) - tail, x, 10 * x + 50)
    return float(lower), float(upper)


def byar(x: float, level: float) -> Limits:
    q = z(level)
    lower = x * (1 - 1 / (9 * x) - q / (3 * x**0.5)) ** 3
    upper = (x + 1) * (1 - 1 / (9 * (x + 1)) + q / (3 * (x + 1) ** 0.5)) ** 3
    return lower, upper


def line(rank: np.ndarray, people: np.ndarray, y: np.ndarray) -> tuple[float, float]:
    """Return intercept and slope by NumPy's weighted least squares."""
    order = np.argsort(rank)
    people, y = people[order], y[order]
    at = (np.cumsum(people) - people / 2) / people.sum()
    slope, intercept = np.polyfit(at, y, 1, w=np.sqrt(people))
    return float(intercept), float(slope)


def dobson(x: np.ndarray, n: np.ndarray, w: np.ndarray, level: float) -> tuple[float, Limits]:
    events, weights = x.sum(), w / w.sum()
    rate = float(np.sum(weights * x / n))
    per_event = float(np.sqrt(np.sum((weights / n) ** 2 * x) / events))
    low, high = byar(events, level)
    return rate, (rate + per_event * (low - events), rate + per_event * (high - events))


def jackknifed_ratio(y: np.ndarray, x: np.ndarray) -> tuple[float, float]:
    """Return a ratio and its standard error by leaving out one person at a time."""
    n = len(y)
    left = (y.sum() - y) / (x.sum() - x)
    return float(y.sum() / x.sum()), float(np.sqrt((n - 1) / n * np.sum((left - left.mean()) ** 2)))


def healthy_years(dying: Sequence[float], last_rate: float, bands: Bands, share: Shares) -> float:
    """Return the healthy years from the first band on, a band at a time."""
    alive, lived = 1.0, 0.0
    for (first, last), q, healthy in zip(bands, dying, share, strict=True):
        if last is None:
            return lived + healthy * alive / last_rate
        width, a = last + 1 - first, 0.1 if (first, last) == (0, 0) else 0.5
        lived += healthy * width * (alive * (1 - q) + a * alive * q)
        alive *= 1 - q
    raise AssertionError("there is no last band")


def life_table(
    deaths: Sequence[float],
    people: Sequence[float],
    bands: Bands,
    share: Shares,
    share_variance: Shares,
) -> tuple[float, float]:
    """Return the healthy years to come at the first age and their standard error.

    The error by the delta method, each derivative by a small step: of each band's probability of
    dying, of the last one's rate, and of each share.
    """
    dying, variances = [], []
    for (first, last), d, n in zip(bands, deaths, people, strict=True):
        rate = d / n
        width, a = 0 if last is None else last + 1 - first, 0.1 if (first, last) == (0, 0) else 0.5
        q = 1.0 if last is None else width * rate / (1 + width * (1 - a) * rate)
        dying.append(q)
        variances.append(rate**2 / d if last is None else q * q * (1 - q) / d if d else 0.0)
    inputs = [*dying[:-1], deaths[-1] / people[-1], *share]

    def years(at: Sequence[float]) -> float:
        k = len(bands)
        return healthy_years([*at[: k - 1], 1.0], at[k - 1], bands, at[k:])

    variance = 0.0
    for place, spread in enumerate([*variances, *share_variance]):
        step = 1e-6 * max(inputs[place], 1e-3)
        moved = [
            years([x + way * step * (i == place) for i, x in enumerate(inputs)]) for way in (1, -1)
        ]
        variance += ((moved[0] - moved[1]) / (2 * step)) ** 2 * spread
    return years(inputs), variance**0.5
