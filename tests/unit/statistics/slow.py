"""The same statistics written plainly, a group at a time, in NumPy and SciPy."""

import numpy as np
from scipy import optimize, stats


Limits = tuple[float, float]


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
