"""Horizontal inequity: are people in equal need reached alike, whether poor or rich?

The index is the need-standardised concentration index. People are ranked from the most to the
least deprived; the concentration index C says how unequally something is spread along that order
(0 evenly, below 0 more among the deprived). Some of it is right: need is spread unequally too. So
the index of what would be expected from need alone is taken off:

    HI = C(reached) - C(expected from need) = 2 cov(reached - expected, rank) / mean(reached)

where *expected* is the share reached among all people with as much need (indirect
standardisation), and *rank* the cumulative share to the middle of each group. Below 0, people who
live in deprived areas are reached more than others in equal need; above 0, less.

Wagstaff and van Doorslaer 2000, Journal of Health Economics 19:553; O'Donnell, van Doorslaer,
Wagstaff and Lindelow 2008, Analyzing Health Equity Using Household Survey Data, World Bank,
chapters 8 and 15. Limits by the delta method over the counts, people taken as a sample.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from fairpractice.statistics.quantiles import normal_quantile


FEWEST_REACHED = 10


@dataclass(frozen=True)
class Inequity:
    """A horizontal inequity index with its limits.

    ``status`` is ``ok``, or ``too_few_events`` or ``incomplete_groups``, with the ``reason``; then
    there is no value.
    """

    value: float | None
    lower: float | None
    upper: float | None
    people: int
    reached: int
    status: str = "ok"
    reason: str = ""


def horizontal_inequity(
    rank: npt.ArrayLike,
    need: npt.ArrayLike,
    reached: npt.ArrayLike,
    alike: npt.ArrayLike = 1,
    *,
    confidence: float = 0.95,
) -> Inequity:
    """Return the need-standardised concentration index of who is reached.

    Parameters
    ----------
    rank
        Of each person, a number that is lowest for the most deprived; equal ranks are one group.
    need
        Of each person, how much need there is: a few whole numbers, each a class of its own.
    reached
        Whether each person is.
    alike
        How many people each row stands for.
    confidence
        Of the limits.
    """
    _, ranks = np.unique(np.asarray(rank), return_inverse=True)
    _, needs = np.unique(np.asarray(need), return_inverse=True)
    yes = np.asarray(reached, bool)
    shape = (int(ranks.max(initial=-1)) + 1, int(needs.max(initial=-1)) + 1, 2)
    cells = np.zeros(shape)
    np.add.at(cells, (ranks.reshape(-1), needs.reshape(-1), yes.astype(int)), alike)
    people, total = int(cells.sum()), int(cells[:, :, 1].sum())
    if shape[0] < 2:
        return Inequity(
            None, None, None, people, total, "incomplete_groups", "there is one rank alone"
        )
    if total < FEWEST_REACHED:
        why = f"fewer than {FEWEST_REACHED} people are reached"
        return Inequity(None, None, None, people, total, "too_few_events", why)
    value = float(index(cells))
    variance = 0.0
    for cell in zip(*np.nonzero(cells), strict=True):
        # A step in the imaginary direction gives the exact slope (Squire and Trapp 1998).
        moved = cells.astype(complex)
        moved[cell] += 1e-30j
        variance += cells[cell] * (index(moved).imag / 1e-30) ** 2
    half = normal_quantile(confidence) * float(np.sqrt(variance))
    return Inequity(value, value - half, value + half, people, total)


def index(cells: npt.NDArray[Any]) -> Any:
    """Return the index from counts of people: shape (ranks, classes of need, not or reached)."""
    at_rank = cells.sum(axis=(1, 2))
    people = at_rank.sum()
    rank = (np.cumsum(at_rank) - at_rank / 2) / people
    in_class = cells.sum(axis=(0, 2))
    share = cells[:, :, 1].sum(axis=0) / np.where(in_class == 0, 1, in_class)
    beyond = cells[:, :, 1].sum(axis=1) - cells.sum(axis=2) @ share
    mean = cells[:, :, 1].sum() / people
    # The residuals add up to nought, so that no mean of the rank need be taken off.
    return 2 * (beyond @ rank) / people / mean
