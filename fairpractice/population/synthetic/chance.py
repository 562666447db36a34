"""Draws: generators that depend on the seed, the chunk and the subject alone, and common forms."""

import zlib
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, ndtri


Numbers = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.signedinteger[Any]]
Days = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

NEVER = np.int32(2**30)  # a day that does not come
YEAR = 365.25


def generator(seed: int, chunk: int, subject: str) -> np.random.Generator:
    """Return the generator of one subject in one chunk of people.

    No draw in one moves the draws of another, so that chunks may be made in any order and a new
    subject leaves the rest of the population as it was.
    """
    entropy = np.random.SeedSequence([seed, chunk, zlib.crc32(subject.encode())])
    return np.random.Generator(np.random.SFC64(entropy))


def draw(
    random: np.random.Generator, running: Numbers, rows: Ints | None = None, n: int = 0
) -> Ints:
    """Draw positions from running sums of chances: one distribution, or one for each row.

    Parameters
    ----------
    random
        The generator.
    running
        Running sums that end at 1: of shape (choices,), or (groups, choices) with ``rows``.
    rows
        Which group each draw is from.
    n
        How many, when ``rows`` is left out.
    """
    if rows is None:
        found = np.searchsorted(running, random.random(n), side="right")
        return np.minimum(found, len(running) - 1)
    # Distribution g is laid between g and g + 1, so that one search serves all groups.
    laid = (np.minimum(running, 1.0) + np.arange(len(running))[:, None]).ravel()
    found = np.searchsorted(laid, random.random(len(rows)) + rows, side="right")
    width = running.shape[1]
    return np.asarray(np.minimum(found - rows * width, width - 1))


def intercept(slopes: Numbers, target: float, weight: Numbers | None = None) -> float:
    """Return the log odds to add so that the mean chance of a sample is a target.

    Parameters
    ----------
    slopes
        The sample's log odds but for the constant.
    target
        The mean chance wanted, weighted.
    weight
        How much each counts; what cannot happen has weight 0 in the numerator only when its slope
        is minus infinity.
    """
    weight = np.ones_like(slopes) if weight is None else weight
    low, high = -25.0, 25.0
    for _ in range(60):
        middle = (low + high) / 2
        if np.average(expit(slopes + middle), weights=weight) < target:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def weighted(slopes: tuple[tuple[str, float], ...], **traits: Numbers | Ints | Flags) -> Numbers:
    """Return the sum of traits, each times its slope.

    Raises
    ------
    KeyError
        When the slopes are not just those of the traits.
    """
    by_name = dict(slopes)
    if by_name.keys() != traits.keys():
        raise KeyError(f"slopes of {sorted(by_name)} for {sorted(traits)}")
    return np.asarray(sum(slope * traits[name] for name, slope in by_name.items()), float)


def at_age(points: tuple[tuple[float, float], ...], age: Numbers) -> Numbers:
    """Return a rate at each age, straight between the points given."""
    ages, rates = zip(*points, strict=True)
    return np.asarray(np.interp(age, ages, rates))


def spread(random: np.random.Generator, counts: Ints) -> Ints:
    """Return the position of each event's person: person n appears ``counts[n]`` times."""
    return np.repeat(np.arange(len(counts)), counts)


__all__ = [
    "NEVER",
    "YEAR",
    "Days",
    "Flags",
    "Ints",
    "Numbers",
    "at_age",
    "draw",
    "expit",
    "generator",
    "intercept",
    "logit",
    "ndtri",
    "spread",
    "weighted",
]
