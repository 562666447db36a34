"""What somebody can work out: the least and the most that a number can be, given all others.

Everything shown is a range that holds the true number, and sums tie the numbers. Each question,
how small or how large this one could be, is then a linear programme over whole numbers.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp


Numbers = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]

TOGETHER = 20_000
"""How many variables are put into one programme, at most."""

SECONDS = 10.0
"""How long the solver may take over one programme."""

TURNS = 4
"""How many pairs of solutions show which ranges are long enough before each is asked about."""

SOLVED, INFEASIBLE = 0, 2  # as SciPy's milp says them

WRONG = 1e-6
"""How far a sum may be out, of the largest number in it."""

ANYTHING = 1e5
"""Further than this from what is shown, a number could be anything."""


class ContradictionError(Exception):
    """No numbers at all could be behind what is shown."""


class UnsolvedError(Exception):
    """The solver did not come to an end."""


def matrix(sums: list[tuple[int, tuple[int, ...]]], cells: int) -> Any:
    """Return sums as a sparse matrix whose product with the cells is zero."""
    across = [whole for whole, _ in sums]
    down = list(range(len(sums)))
    values = [-1.0] * len(sums)
    for number, (_, parts) in enumerate(sums):
        across += parts
        down += [number] * len(parts)
        values += [1.0] * len(parts)
    return sparse.csr_matrix((values, (down, across)), shape=(len(sums), cells))


def components(ties: Any) -> list[Places]:
    """Return the cells in groups that no sum ties to each other."""
    count, labels = sparse.csgraph.connected_components(abs(ties).T @ abs(ties), directed=False)
    order = np.argsort(labels, kind="stable")
    return list(np.split(order, np.cumsum(np.bincount(labels, minlength=count))[:-1]))


def ranges(
    ties: Any, low: Numbers, high: Numbers, targets: Places, *, whole: bool = True
) -> tuple[Numbers, Numbers]:
    """Return the least and the most that each target can be.

    Parameters
    ----------
    ties
        Sums, see :func:`matrix`.
    low, high
        What is known of each cell; ``inf`` where there is no most.
    targets
        The cells asked about.
    whole
        Whether all cells are whole numbers.

    Raises
    ------
    ContradictionError
        When nothing could be behind what is known.
    """
    least, most = np.empty(len(targets)), np.empty(len(targets))
    size = max(1, TOGETHER // (2 * max(1, ties.shape[1])))
    for start in range(0, len(targets), size):
        some = targets[start : start + size]
        goals = np.zeros((2 * len(some), ties.shape[1]))
        goals[np.arange(len(some)), some] = 1
        goals[np.arange(len(some), 2 * len(some)), some] = -1
        found = solve(ties, low, high, goals)
        ends = found[np.arange(2 * len(some)), np.tile(some, 2)]
        if whole:
            for number in np.flatnonzero(_fractional(found)):
                again = solve(ties, low, high, goals[[number]], whole=True)
                ends[number] = again[0, some[number % len(some)]]
        least[start : start + size], most[start : start + size] = np.split(ends, 2)
    far = most >= _furthest(low, high) / 2
    return least, np.where(far, np.inf, most)


def narrow(
    ties: Any,
    low: Numbers,
    high: Numbers,
    targets: Places,
    need: Numbers,
    *,
    whole: bool = True,
) -> Places:
    """Return which of the targets (their places) have a range that is shorter than they need.

    A few solutions show for most of them that it is not, before each is asked about alone.
    """
    least, most = np.full(len(targets), np.inf), np.full(len(targets), -np.inf)
    left = np.arange(len(targets))
    for turn in range(TURNS if len(targets) > 1 else 0):
        signs = np.where((np.arange(len(left)) >> turn) % 2, -1.0, 1.0) if turn else 1.0
        goals = np.zeros((2, ties.shape[1]))
        goals[0, targets[left]] = signs
        goals[1] = -goals[0]
        found = solve(ties, low, high, goals)
        for solution in found[~_fractional(found)] if whole else found:
            least, most = np.minimum(least, solution[targets]), np.maximum(most, solution[targets])
        left = np.flatnonzero(~(most - least >= need - 1e-6))
        if not len(left):
            break
    if len(left):
        least, most = ranges(ties, low, high, targets[left], whole=whole)
        left = left[most - least < need[left] - 1e-6]
    return left


def solve(
    ties: Any, low: Numbers, high: Numbers, goals: Numbers, *, whole: bool = False
) -> Numbers:
    """Return, for each goal (a row of weights), numbers that make its weighted sum least.

    Raises
    ------
    ContradictionError
        When there are no such numbers.
    UnsolvedError
        When none are found in time.
    """
    times, cells = goals.shape
    high = np.where(np.isinf(high), _furthest(low, high), high)
    # Numbers are asked for as distances from where they begin, which keeps large ones exact.
    start = np.where(np.isinf(low), 0.0, low)
    result = milp(
        goals.ravel(),
        integrality=np.ones(times * cells) if whole else None,
        bounds=Bounds(np.tile(low - start, times), np.tile(high - start, times)),
        constraints=LinearConstraint(
            sparse.kron(sparse.identity(times), ties, format="csr"),
            *[np.tile(-(ties @ start), times)] * 2,
        )
        if ties.shape[0]
        else None,
        options={"time_limit": SECONDS},
    )
    if result.status == INFEASIBLE:
        raise ContradictionError
    if result.status != SOLVED or result.x is None:
        raise UnsolvedError
    found: Numbers = np.round(result.x.reshape(times, cells), 6) + start
    # HiGHS has called numbers a solution that were none (SciPy's issue 24141).
    if abs(ties @ found.T).max(initial=0) > WRONG * (1 + abs(found).max(initial=0)):
        raise UnsolvedError
    return found


def _furthest(low: Numbers, high: Numbers) -> float:
    return float(ANYTHING + 4 * np.abs(np.concatenate([low, high[np.isfinite(high)]])).sum())


def _fractional(found: Numbers) -> npt.NDArray[np.bool_]:
    return np.asarray((np.abs(found - np.round(found)) > 1e-4).any(axis=1))
