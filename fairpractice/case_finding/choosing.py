"""Who is listed when there are fewer places than people: in order of points, within limits.

The list is filled from the top: each next person by points, then by the tie rule, is taken unless
that would leave a limit that can be kept no longer able to be kept. So the list is the first
possible one in that order, whatever order the people come in, and somebody on it who is given
more points stays on it.

People who are alike in what the limits ask (practice, and which minima they count towards) are
interchangeable to the limits. So whether the rest can still be kept is a small problem in counts
of such kinds of people, solved exactly (SciPy's ``milp``), and only where no simple exchange
shows it.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp


Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Minimum:
    """At least so many places go to the people who count towards it."""

    name: str
    places: int


@dataclass(frozen=True)
class Unmet:
    """What could not be kept: its name, how many were wanted, how many there are, and why."""

    name: str
    wanted: int
    listed: int
    why: str


@dataclass(frozen=True)
class Candidates:
    """People who could be listed, in blocks of people with the same reasons who count alike.

    Attributes
    ----------
    person
        Pseudonyms, block after block; within a block in the order of the tie rule. Of a block
        larger than the capacity the first so many are enough.
    tie
        The place of each in the order of the tie rule: all different, the lowest first.
    start
        Where each block begins, and at the end where the last one ends; shape (blocks + 1,).
    reasons
        Which reasons the people of a block have; shape (blocks, reasons).
    practice
        The position of their practice; shape (blocks,).
    counts_to
        Which minima they count towards; shape (blocks, minima).
    people
        How many people each block stands for; shape (blocks,).
    """

    person: Ints
    tie: Ints
    start: Ints
    reasons: Flags
    practice: Ints
    counts_to: Flags
    people: Ints

    @cached_property
    def kinds(self) -> tuple[Ints, Ints]:
        """Practice and minima of each kind of people alike to the limits, and each block's kind."""
        alike = np.column_stack([self.practice, self.counts_to])
        kinds, kind = np.unique(alike, axis=0, return_inverse=True)
        return kinds.astype(np.int64), kind.reshape(-1)


@dataclass(frozen=True)
class Chosen:
    """Rows of the candidates, in the order of the list, and what could not be kept."""

    rows: Ints
    points: Numbers
    unmet: tuple[Unmet, ...]


def choose(
    candidates: Candidates,
    weights: Sequence[float],
    capacity: int,
    *,
    least: float = 1.0,
    minima: Sequence[Minimum] = (),
    by_practice: bool = False,
    moved_on: Sequence[int] = (),
) -> Chosen:
    """Fill the places of a list.

    Parameters
    ----------
    candidates
        Who could be listed.
    weights
        The points of each reason.
    capacity
        How many places there are.
    least
        The fewest points that somebody is listed with.
    minima
        Those that ``counts_to`` is about, the most important first. What cannot be kept is lowered
        as little as possible, the later ones first, and named in ``unmet``.
    by_practice
        Whether no practice gets more places than its share of the people who could be listed
        (largest remainders; a practice with fewer people leaves its places to the others).
    moved_on
        Rows that are listed first, whatever their points.
    """
    points = candidates.reasons @ np.asarray(weights, float)
    listable = points >= least
    kinds, kind = candidates.kinds
    practice, counts_to = kinds[:, 0], kinds[:, 1:].astype(bool)
    rows = np.array(moved_on, np.int64)
    blocks = np.searchsorted(candidates.start, rows, side="right") - 1
    held = np.bincount(kind[blocks], minlength=len(kinds))
    people = np.where(listable, candidates.people, 0)
    people = people - np.where(listable, np.bincount(blocks, minlength=len(people)), 0)
    left = np.bincount(kind, people, len(kinds)).astype(np.int64)
    places = max(min(capacity - len(rows), int(left.sum())), 0)
    needed = np.array([m.places for m in minima], np.int64) - held @ counts_to
    room = Room(
        left, practice, counts_to, places, _most(left, held, practice, places, by_practice),
        np.maximum(needed, 0),
    )  # fmt: skip
    unmet = []
    if len(rows) + places < capacity:
        why = "no more people could be listed"
        unmet.append(Unmet("places", capacity, len(rows) + places, why))
    short = dict(room.lowered())
    order = [*rows, *_filled(candidates, points, listable, kind, room, {*moved_on})]
    taken = np.array(order, np.int64)
    blocks = np.searchsorted(candidates.start, taken, side="right") - 1
    listed = candidates.counts_to[blocks].sum(axis=0)
    unmet += [
        Unmet(minima[m].name, minima[m].places, int(listed[m]), why) for m, why in short.items()
    ]
    return Chosen(taken, points[blocks], tuple(unmet))


def _most(left: Ints, held: Ints, practice: Ints, places: int, by_practice: bool) -> Ints:
    """Return how many more places each practice may get."""
    practices = int(practice.max(initial=-1)) + 1
    if not by_practice:
        return np.full(practices, places, np.int64)
    here, there = (np.bincount(practice, n, practices).astype(np.int64) for n in (left, held))
    share = np.maximum(shares(here + there, places + int(there.sum())) - there, 0)
    most: Ints = np.minimum(share, here)
    most += shares(here - most, places - int(most.sum()))
    return most


def shares(people: Ints, places: int) -> Ints:
    """Share places in proportion to people by largest remainders, none getting more than people.

    Hare's quota; equal remainders go to the earlier position. Places that a practice has no people
    for are shared among the others in the same way.
    """
    given = np.zeros(len(people), np.int64)
    while (rest := min(places, int(people.sum())) - int(given.sum())) > 0:
        open_to = np.where(given < people, people, 0)
        exact = rest * open_to / open_to.sum()
        more = np.floor(exact).astype(np.int64)
        by_remainder = np.argsort(-(exact - more), kind="stable")
        by_remainder = by_remainder[open_to[by_remainder] > 0]
        more[by_remainder[: rest - int(more.sum())]] += 1
        given = np.minimum(given + more, people)
    return given


def _filled(
    candidates: Candidates,
    points: Numbers,
    listable: Flags,
    kind: Ints,
    room: "Room",
    moved: set[int],
) -> list[int]:
    """Go down the order and take everybody whom the limits leave room for."""

    blocks = np.flatnonzero(listable)
    first = candidates.start[blocks]
    heads = iter(blocks[np.lexsort((candidates.tie[first], -points[blocks]))].tolist())
    ahead: list[tuple[float, int, int, int]] = []

    def push(block: int | None, row: int) -> None:
        if block is not None and row < candidates.start[block + 1]:
            heapq.heappush(ahead, (-points[block], int(candidates.tie[row]), row, block))

    def push_head() -> None:
        block = next(heads, None)
        push(block, -1 if block is None else int(candidates.start[block]))

    # Heads come in order, so that one of them waiting beside the blocks begun is enough.
    taken: list[int] = []
    push_head()
    while ahead and room.places > 0:
        _, _, row, block = heapq.heappop(ahead)
        if row == candidates.start[block]:
            push_head()
        # Where there is no room for one of a kind, there is none for any later one.
        if row in moved or room.take(int(kind[block])):
            push(block, row + 1)
            taken += [row] * (row not in moved)
    return taken


@dataclass
class Room:
    """What is left to be given, in kinds of people who count alike.

    ``left``, ``practice`` and ``counts_to`` are of each kind; ``places`` all that are to be given;
    ``most`` of them to each practice; ``needed`` for each minimum. ``plan`` is one way of keeping
    all of it: how many people of each kind.
    """

    left: Ints
    practice: Ints
    counts_to: Flags
    places: int
    most: Ints
    needed: Ints
    plan: Ints | None = None

    def lowered(self) -> list[tuple[int, str]]:
        """Lower the minima that cannot be kept, and return which and why."""
        self.plan = self._solved()
        if self.plan is not None:
            return []
        short = []
        wanted, self.needed = self.needed, np.zeros_like(self.needed)
        for m in range(len(wanted)):
            can = self._most_of(m)
            if can < wanted[m]:
                short.append((m, self._why(m, int(wanted[m]))))
            self.needed[m] = min(can, wanted[m])
        self.plan = self._solved()
        return short

    def _why(self, m: int, wanted: int) -> str:
        there = int(self.left[self.counts_to[:, m]].sum())
        if there < wanted:
            return f"only {there} such people could be listed"
        if self.places < wanted:
            return f"there are only {self.places} places"
        by_practice = np.bincount(
            self.practice, np.where(self.counts_to[:, m], self.left, 0), len(self.most)
        )
        if np.minimum(by_practice, self.most).sum() < wanted:
            return "the practices' shares leave no room for more"
        return "the minima before it leave no room for more"

    def take(self, kind: int) -> bool:
        """Take one person of a kind, if all that is left can then still be kept."""
        if self.most[self.practice[kind]] == 0 or self.left[kind] == 0:
            return False
        if self.needed.any() and not self._planned(kind):
            self.left[kind] = 0
            return False
        self.left[kind] -= 1
        self.places -= 1
        self.most[self.practice[kind]] -= 1
        self.needed = np.maximum(self.needed - self.counts_to[kind], 0)
        return True

    def _planned(self, kind: int) -> bool:
        """Make the plan one with a person of the kind in it, and take that person out of it."""
        plan = self.plan
        if plan is None:
            return False
        spare = plan @ self.counts_to - self.needed
        gives = (self.counts_to.astype(np.int64) - self.counts_to[kind] <= spare).all(axis=1)
        here = self.practice == self.practice[kind]
        if plan[here].sum() == self.most[self.practice[kind]]:
            gives &= here
        gives = (gives & (plan > 0)) | ((plan > 0) & (np.arange(len(plan)) == kind))
        if gives.any():
            plan[kind if plan[kind] else int(np.flatnonzero(gives)[0])] -= 1
            return True
        found = self._solved(kind)
        if found is None:
            return False
        found[kind] -= 1
        self.plan = found
        return True

    def _most_of(self, m: int) -> int:
        found = self._solved(worth=self.counts_to[:, m].astype(float))
        return 0 if found is None else int(found @ self.counts_to[:, m])

    def _solved(self, kind: int | None = None, worth: Numbers | None = None) -> Ints | None:
        """Return a plan that keeps everything, with somebody of a kind, or worth the most."""
        plan = np.zeros_like(self.left)
        # Of a nation's practices most have no place left, and so none of their people matter.
        open_to = np.flatnonzero((self.left > 0) & (self.most[self.practice] > 0))
        if not len(open_to):
            return None if self.places or self.needed.any() or kind is not None else plan
        lower = (open_to == kind).astype(float)
        practices, wanted = np.unique(self.practice[open_to]), np.flatnonzero(self.needed)
        rows = np.vstack(
            [
                np.ones((1, len(open_to))),
                self.practice[open_to] == practices[:, None],
                self.counts_to[open_to][:, wanted].T,
            ]
        )
        least = np.concatenate([[self.places], np.zeros(len(practices)), self.needed[wanted]])
        most = np.concatenate([[self.places], self.most[practices], np.full(len(wanted), np.inf)])
        solved = milp(
            np.zeros(len(open_to)) if worth is None else -worth[open_to],
            integrality=np.ones(len(open_to), np.int64),
            bounds=Bounds(lower, self.left[open_to]),
            constraints=LinearConstraint(rows, least, most),
        )
        if solved.x is None:
            return None
        plan[open_to] = np.round(solved.x).astype(np.int64)
        return plan
