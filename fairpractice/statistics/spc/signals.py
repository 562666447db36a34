"""What chance hardly does: points beyond limits, runs, trends, too few crossings."""

import functools

import numpy as np
from scipy import stats

from fairpractice.statistics.arrays import SAME, Array, quietly
from fairpractice.statistics.spc.series import Parts


def side(values: Array, line: Array, scale: Array) -> Array:
    """Return 1 above a line, −1 below it, 0 on it or where there is no value or line.

    ``scale`` is the size of what is compared, below whose last digits nothing differs.
    """
    with quietly():
        away = values - line
        beyond = np.abs(away) > SAME * scale
    return np.where(beyond & np.isfinite(away), np.sign(away), 0).astype(int)


def scale(values: Array, parts: Parts) -> Array:
    """Return for each row the largest size of a value in its part."""
    sizes = np.where(np.isfinite(values), np.abs(values), 0.0)
    if not len(sizes):
        return sizes
    largest: Array = np.maximum.reduceat(sizes, parts.starts)[parts.of]
    return largest


def lengths(signs: Array, of: Array) -> Array:
    """Return for each row how many rows on end of its part have its sign."""
    if not len(signs):
        return np.zeros(0, dtype=int)
    changed = (np.diff(signs, prepend=signs[0]) != 0) | (np.diff(of, prepend=of[0]) != 0)
    run = np.cumsum(changed)
    count: Array = np.bincount(run)[run]
    return count


def shift(sides: Array, parts: Parts, points: int) -> Array:
    """Return ±1 for each row of a run of so many points on one side of the centre."""
    return np.where(lengths(sides, parts.of) >= points, sides, 0)


def trend(values: Array, parts: Parts, points: int) -> Array:
    """Return ±1 for each row of so many points on end of which each is above, or below, the last.

    Where one trend turns into another, the point between them belongs to the first.
    """
    same = np.diff(parts.of, prepend=-1) == 0
    with quietly():
        step = np.where(same, np.diff(values, prepend=np.nan), 0.0)
    # A missing value compares as neither, so that a trend does not reach over a gap.
    steps = np.where(step > 0, 1, np.where(step < 0, -1, 0))
    steady = np.where(lengths(steps, parts.of) >= points - 1, steps, 0)
    following = np.where(np.append(same[1:], False), np.append(steady[1:], 0), 0)
    return np.where(steady != 0, steady, following)


def two_in_three(sides: Array, near: Array, parts: Parts) -> Array:
    """Return ±1 for the points near a limit, of three on end on one side with two such or more."""
    count = len(sides)
    found = np.zeros(count, dtype=bool)
    for first in range(-2, 1):  # a row can be the last, the middle or the first of three
        rows = np.arange(count) + first
        there = (rows >= 0) & (rows + 2 < count)
        at = [np.clip(rows + n, 0, max(count - 1, 0)) for n in range(3)]
        if not count:
            break
        together = there & (parts.of[at[0]] == parts.of[at[2]])
        one_side = functools.reduce(np.logical_and, [sides[i] == sides for i in at])
        enough = sum(near[i].astype(int) for i in at) >= 2
        found |= together & one_side & enough
    return np.where(found & near, sides, 0)


def crossings(sides: Array, parts: Parts) -> dict[str, Array]:
    """Return for each part its longest run and how often it crosses the centre.

    Points on the centre, and missing ones, are passed over. With n left, a run longer than
    round(log2 n) + 3 or fewer crossings than the 5 % point of a binomial distribution of n − 1
    and ½ is a signal (Anhøj and Olesen, PLoS ONE 2014;9(11):e113825; Anhøj and Wentzel-Larsen,
    BMC Medical Research Methodology 2018;18:134).
    """
    rows = np.flatnonzero(parts.included & (sides != 0))
    of, signs = parts.of[rows], sides[rows]
    useful = np.bincount(of, minlength=len(parts))
    longest = np.zeros(len(parts), dtype=int)
    np.maximum.at(longest, of, lengths(signs, of))
    crossed = np.concatenate([[False], (np.diff(signs) != 0) & (np.diff(of) == 0)])[: len(of)]
    crossing = np.bincount(of[crossed], minlength=len(parts))
    some = np.maximum(useful, 1)
    longest_max = np.where(useful > 0, np.round(np.log2(some)) + 3, 0).astype(int)
    fewest = np.asarray(stats.binom.ppf(0.05, np.maximum(useful - 1, 0), 0.5))
    crossings_min = np.maximum(fewest.astype(int), 0)
    return {
        "useful": useful,
        "longest_run": longest,
        "longest_run_max": longest_max,
        "crossings": crossing,
        "crossings_min": crossings_min,
        "runs_signal": (useful > 0) & ((longest > longest_max) | (crossing < crossings_min)),
    }
