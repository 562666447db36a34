"""Taylor linearisation: how much a total would vary between samples of the same design.

A statistic that is smooth in its totals varies as the total of its influence values does (Binder
1983, International Statistical Review 51:279; Deville 1999, Survey Methodology 25:193). The
variance of that total is by clusters within strata, as if clusters were drawn with replacement.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from fairpractice.statistics.cells import Cells, Floats, Ints


def covariance(found: Cells, coefficients: Floats) -> Floats:
    """Return the covariance of totals of influence values, for each group.

    Σ over strata of n/(n − 1) Σ (u − ū)(u − ū)′, where u are the totals of the n clusters of a
    stratum (Cochran 1977, Sampling Techniques, equation 11.30 with replacement); without clusters
    each row is one. NaN where a stratum has one cluster only.

    Parameters
    ----------
    found
        From :func:`fairpractice.statistics.cells.moments`.
    coefficients
        Cells × functions of the basis × totals: the influence value of a row of weight w is
        w Σ coefficient · φ(y).

    Returns
    -------
    Groups × totals × totals.
    """
    basis = coefficients.shape[1]
    sums = np.stack([found[f"s{k}"] for k in range(basis)], axis=1)
    first = np.einsum("nb,nbk->nk", sums, coefficients)
    if "cluster" in found.columns:
        return by_cluster(found, first)
    squares = np.empty((len(first), basis, basis))
    for k in range(basis):
        for m in range(k, basis):
            squares[:, k, m] = squares[:, m, k] = found[f"t{k}{m}"]
    second = np.einsum("nbk,nbc,ncm->nkm", coefficients, squares, coefficients, optimize=True)
    return _within(found, *_strata(found), first, second, found["rows"])


def by_cluster(found: Cells, first: Floats) -> Floats:
    """Return the same from the influence values of rows or cells, with clusters or without."""
    stratum, of = _strata(found)
    if "cluster" in found.columns:
        cluster, stratum = _numbered(stratum, found["cluster"])
        first = summed(cluster, first, len(stratum))
    second = first[:, :, None] * first[:, None, :]
    return _within(found, stratum, of, first, second, np.ones(len(first)))


def _strata(found: Cells) -> tuple[Ints, Ints]:
    """Return the stratum of each cell, all groups' counted on, and the group of each stratum."""
    if "stratum" not in found.columns:
        return found.group, np.arange(found.size)
    return _numbered(found.group, found["stratum"])


def _numbered(whole: Ints, part: Floats) -> tuple[Ints, Ints]:
    """Return a number for each part of a whole that occurs, and the whole of each number."""
    names, part_of = np.unique(part, return_inverse=True)
    pairs, at = np.unique(whole * max(1, len(names)) + part_of, return_inverse=True)
    return at.astype(np.int64), pairs // max(1, len(names))


def _within(
    found: Cells, stratum: Ints, of: Ints, first: Floats, second: Floats, units: Floats
) -> Floats:
    count = np.bincount(stratum, units, minlength=len(of))
    totals = summed(stratum, first, len(of))
    spread = summed(stratum, second, len(of)) - (
        totals[:, :, None] * totals[:, None, :] / count[:, None, None]
    )
    several = np.where(count > 1, count / (count - 1), np.nan)
    return summed(of, spread * several[:, None, None], found.size)


def summed(at: Ints, numbers: Floats, size: int) -> Floats:
    """Return the sums of rows of an array that have the same number."""
    result = np.zeros((size, *numbers.shape[1:]))
    wide = int(np.prod(numbers.shape[1:]))
    flat, into = numbers.reshape(len(numbers), wide), result.reshape(size, wide)
    for column in range(wide):
        into[:, column] = np.bincount(at, flat[:, column], minlength=size)
    return result


def quadratic(gradient: Floats, matrix: Floats) -> Any:
    """Return g′ V g for each group."""
    return np.einsum("gk,gkm,gm->g", gradient, matrix, gradient)


def root(variance: npt.ArrayLike) -> Floats:
    """Return the square root; zero, not NaN, of what rounding has left just below zero."""
    variance = np.asarray(variance, float)
    return np.sqrt(np.where(variance < 0, 0.0, variance))
