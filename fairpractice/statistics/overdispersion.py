"""How much units differ beyond chance: z scores drawn in or left out, phi and tau squared."""

import numpy as np

from fairpractice.statistics.arrays import Array, quietly


ADJUSTMENTS = ("winsorised", "truncated")


def winsorised(z: Array, of: Array, groups: int, trim: float) -> tuple[Array, Array]:
    """Return z scores with the most extreme drawn in to the quantiles at either end, and which.

    Quantiles are interpolated between the two nearest (type 7 of Hyndman and Fan 1996).
    """
    with quietly():
        low, high = (_quantile(z, of, groups, at)[of] for at in (trim, 1 - trim))
        return np.clip(z, low, high), (z < low) | (z > high)


def truncated(z: Array, of: Array, groups: int, trim: float) -> tuple[Array, Array]:
    """Return z scores without the most extreme at either end (NaN), and which were left out."""
    rank, count = _ranks(z, of, groups)
    with quietly():
        share = rank / (count[of] + 1)
    cut = (share < trim - 1e-12) | (share >= 1 - trim - 1e-12)
    return np.where(cut, np.nan, z), cut & np.isfinite(z)


def between(
    z: Array, error: Array, of: Array, groups: int, method: str, trim: float
) -> tuple[Array, Array, Array, Array]:
    """Return adjusted z scores, which were adjusted, and phi and tau² of each group.

    φ = Σz²/m over the m scores kept; τ² = (mφ − (m − 1)) / (Σw − Σw²/Σw) with w = 1/error²
    (DerSimonian and Laird 1986; Spiegelhalter and others 2012), 0 where φ is under (m − 1)/m.
    """
    adjust = winsorised if method == "winsorised" else truncated
    adjusted, moved = adjust(z, of, groups, trim)
    kept = np.isfinite(adjusted)

    def total(values: Array) -> Array:
        return np.bincount(of[kept], values[kept], minlength=groups)

    with quietly():
        weight = 1 / (error * error)
        m, weights = total(np.ones(len(z))), total(weight)
        phi = total(adjusted * adjusted) / m
        tau2 = (m * phi - (m - 1)) / (weights - total(weight * weight) / weights)
    return adjusted, moved, phi, np.where(m > 1, np.maximum(tau2, 0), np.nan)


def _sorted(z: Array, of: Array, groups: int) -> tuple[Array, Array, Array]:
    rows = np.flatnonzero(np.isfinite(z))
    rows = rows[np.lexsort((z[rows], of[rows]))]
    count = np.bincount(of[rows], minlength=groups)
    return rows, count, np.cumsum(count) - count


def _quantile(z: Array, of: Array, groups: int, share: float) -> Array:
    rows, count, first = _sorted(z, of, groups)
    if not len(rows):
        return np.full(groups, np.nan)
    at = np.maximum(count - 1, 0) * share
    low = np.floor(at).astype(int)
    last = len(rows) - 1
    values = z[rows]
    below = values[np.minimum(first + low, last)]
    above = values[np.minimum(first + np.minimum(low + 1, np.maximum(count - 1, 0)), last)]
    return np.where(count > 0, below + (at - low) * (above - below), np.nan)


def _ranks(z: Array, of: Array, groups: int) -> tuple[Array, Array]:
    """Return the rank of each z score in its group, from 1, ties at their middle."""
    rows, count, first = _sorted(z, of, groups)
    rank = np.full(len(z), np.nan)
    place = np.arange(len(rows)) - first[of[rows]] + 1.0
    new = np.diff(z[rows], prepend=np.nan) != 0
    new |= np.diff(of[rows], prepend=-1) != 0
    tie = np.cumsum(new) - 1
    middle = np.bincount(tie, place) / np.bincount(tie) if len(rows) else place
    rank[rows] = middle[tie]
    return rank, count
