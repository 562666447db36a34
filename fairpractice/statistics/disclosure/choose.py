"""Which rows to hide, so that nothing hidden can be worked out from what is shown.

Rows with a small number are hidden first. Then everything shown is attacked as an outsider would
(:mod:`fairpractice.statistics.disclosure.attack`). For each number that can be worked out too
closely, an integer programme looks for two other sets of numbers that would be shown in the same
way and in which it differs by enough, hiding the least that makes room for them (Fischetti and
Salazar 2000, *Models and algorithms for optimizing cell suppression in tabular data*, with a
sliding range). What is then hidden is attacked again. Where the programme finds nothing in time,
what is beside the number and worth least is hidden, then twice as much: more than need be, never
less.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from fairpractice.statistics.disclosure import attack
from fairpractice.statistics.disclosure.attack import Numbers, Places
from fairpractice.statistics.disclosure.rule import Rule


Mask = npt.NDArray[np.bool_]

AT_ONCE, NEAR = 800, 2_000
"""Among how many cells in all a programme looks for other numbers, and among how many for one."""

FAR = 6.0
"""How many times as far as it has to be a number may be moved in a programme."""

CELLS = ("truth", "small", "low", "high", "floor", "ceiling", "need")

NODES = 500
"""How many nodes the solver may visit: by time alone, a slow machine would hide other rows."""

GAP = 0.3
"""How much more than need be a programme may hide when it stops: the first it finds hide all."""

SECONDS, TURNS = 10.0, 6


@dataclass(frozen=True)
class Cells:
    """The true numbers of a release and what would be known of them.

    Attributes
    ----------
    ties
        The sums, see :func:`fairpractice.statistics.disclosure.attack.matrix`.
    truth
        The numbers.
    small
        Which of them must not be worked out.
    low, high
        What is known of each when it is shown.
    floor, ceiling
        What is known of each in any case.
    rows
        The cells of each row. A row is hidden, or shown, whole.
    worth
        What each row is worth.
    secret
        The range that somebody who has been told which cells are small knows those to be in.
    need
        How long the range must stay in which a cell that is not shown could be.
    """

    ties: Any
    truth: Numbers
    small: Mask
    low: Numbers
    high: Numbers
    floor: Numbers
    ceiling: Numbers
    rows: Sequence[Places]
    worth: Numbers
    secret: tuple[Numbers, Numbers]
    need: Numbers

    @cached_property
    def whole(self) -> bool:
        """Whether all numbers are whole."""
        return bool(np.all(self.truth == np.round(self.truth)))

    @property
    def known_before(self) -> bool:
        """Whether something is known of them in any case."""
        return bool((self.floor > 0).any() or np.isfinite(self.ceiling).any())

    def shown(self, hidden: Mask) -> Mask:
        """Return which cells stand in a row that is not hidden."""
        found = np.zeros(len(self.truth), bool)
        for row, is_hidden in zip(self.rows, hidden, strict=True):
            if not is_hidden:
                found[row] = True
        return found

    def known(self, hidden: Mask, *, told: bool) -> tuple[Numbers, Numbers]:
        """Return the range that each cell is known to be in.

        ``told`` is somebody who has been told, of each cell that is not shown, whether it is small.
        """
        shown = self.shown(hidden)
        low = np.where(shown, np.maximum(self.low, self.floor), self.floor)
        high = np.where(shown, np.minimum(self.high, self.ceiling), self.ceiling)
        if told:
            secret = self.small & ~shown
            low = np.where(secret, np.maximum(low, self.secret[0]), low)
            high = np.where(secret, np.minimum(high, self.secret[1]), high)
        return low, high

    def parts(self) -> Iterator[tuple[Places, "Cells"]]:
        """Return the cells in parts that know nothing of each other, each with its rows."""
        together = attack.components(sparse.vstack([self.ties, self._as_rows()], format="csr"))
        part = np.empty(len(self.truth), int)
        inside = np.empty(len(self.truth), int)
        for number, cells in enumerate(together):
            part[cells], inside[cells] = number, np.arange(len(cells))
        rows: dict[int, list[int]] = {}
        for number, row in enumerate(self.rows):
            rows.setdefault(int(part[row[0]]), []).append(number)
        columns = self.ties.tocsc()
        for number, cells in enumerate(together):
            held = np.array(rows.get(number, []), int)
            if self.small[cells].any():
                local = [inside[self.rows[row]] for row in held.tolist()]
                yield held, self.cut(cells, local, held, columns)

    def cut(self, cells: Places, rows: Sequence[Places], held: Any, columns: Any = None) -> "Cells":
        """Return some cells alone: rows are given by their new places, ``held`` by their old."""
        ties = (self.ties.tocsc() if columns is None else columns)[:, cells].tocsr()
        return replace(
            self,
            ties=ties[np.flatnonzero(np.diff(ties.indptr))],
            rows=rows,
            worth=self.worth[held],
            secret=(self.secret[0][cells], self.secret[1][cells]),
            **{name: getattr(self, name)[cells] for name in CELLS},
        )

    def _as_rows(self) -> Any:
        down = np.repeat(np.arange(len(self.rows)), [len(row) for row in self.rows])
        cells = np.concatenate(self.rows) if len(self.rows) else np.array([], int)
        return sparse.csr_matrix(
            (np.ones(len(cells)), (down, cells)), shape=(len(self.rows), len(self.truth))
        )


def choose(cells: Cells, rule: Rule) -> Mask:
    """Return which rows to hide."""
    hidden = np.array([cells.small[row].any() for row in cells.rows], bool)
    for held, part in cells.parts():
        if part.known_before or not hidden[held].all():
            hidden[held] = _hide(part, hidden[held], rule)
    return hidden


def leaks(cells: Cells, hidden: Mask, rule: Rule) -> Places:
    """Return the cells that can be worked out too closely when some rows are hidden.

    Of two people: one who has been told which cells are small, and asks for one of those; and one
    who knows only what is shown, and asks for any that is not.
    """
    shown = cells.shown(hidden)
    if not shown.any() and not cells.known_before:
        return np.array([], int)
    try:
        secret = np.flatnonzero(cells.small & ~shown)
        told = cells.known(hidden, told=True)
        close = attack.narrow(cells.ties, *told, secret, cells.need[secret], whole=cells.whole)
        if len(close):
            need = _need(cells, secret[close])
            close = close[attack.narrow(cells.ties, *told, secret[close], need, whole=cells.whole)]
        others = np.flatnonzero(~shown)
        untold = cells.known(hidden, told=False)
        need = cells.need[others]
        near = others[attack.narrow(cells.ties, *untold, others, need, whole=cells.whole)]
        if len(near):
            least, most = attack.ranges(cells.ties, *untold, near, whole=cells.whole)
            near = near[~harmless(least, most, rule)]
    except attack.UnsolvedError:
        return np.flatnonzero(cells.small & ~shown)
    return np.union1d(secret[close], near)


def harmless(least: Numbers, most: Numbers, rule: Rule) -> Mask:
    """Tell which close ranges give nobody away: it is not small, or it is nobody."""
    nobody = (most == 0) & (rule.zeros == "shown")
    return np.asarray((least > rule.hidden_up_to) | nobody)


def _hide(cells: Cells, hidden: Mask, rule: Rule) -> Mask:
    for turn in itertools.count():
        close = leaks(cells, hidden, rule)
        if not len(close) or hidden.all():
            return hidden
        step = max(2, AT_ONCE // len(cells.truth))
        for start in range(0, len(close), step):
            some = close[start : start + step]
            more = _nearby(cells, hidden, some) if turn < TURNS else None
            if more is None or not (more & ~hidden).any():
                more = _beside(cells, hidden, some, 2**turn)
            hidden = hidden | more
    raise AssertionError  # each turn hides something, until all is hidden


def _need(cells: Cells, targets: Places) -> Numbers:
    """Return how long the range of each must be: what it would be if all were hidden, at most."""
    low = np.where(cells.small, cells.secret[0], np.minimum(cells.floor, 0.0))
    high = np.where(cells.small, cells.secret[1], np.inf)
    least, most = attack.ranges(cells.ties, low, high, targets, whole=cells.whole)
    return np.minimum(cells.need[targets], most - least)


def _beside(cells: Cells, hidden: Mask, close: Places, many: int) -> Mask:
    """Return, for each cell, the rows that show some cells beside it: those that are worth least.

    The nearest come first. ``many`` is how many cells are hidden for each.
    """
    more = np.zeros(len(hidden), bool)
    steps = abs(cells.ties).T @ abs(cells.ties)
    left = cells.shown(hidden)
    cost = np.zeros(len(cells.truth))
    for row, worth, is_hidden in zip(cells.rows, cells.worth, hidden, strict=True):
        cost[row] += 0.0 if is_hidden else worth
    for cell in close:
        reached = np.arange(len(cells.truth)) == cell
        while not (found := np.flatnonzero(reached & left)).size:
            further = steps @ reached.astype(float) > 0
            for row in cells.rows:
                if reached[row].any():
                    further[row] = True
            if (further == reached).all():
                return ~hidden  # nothing is nearer than another
            reached = further
        chosen = found[np.argsort(cost[found], kind="stable")][:many]
        for number, row in enumerate(cells.rows):
            more[number] |= bool(np.isin(row, chosen).any())
    return more & ~hidden


def _nearby(cells: Cells, hidden: Mask, asked: Places) -> Mask | None:
    """Return the rows to hide besides, as :func:`_programme`, asked of what is near the targets."""
    near = np.zeros(len(cells.truth), bool)
    near[asked] = True
    steps = abs(cells.ties).T @ abs(cells.ties)
    for distance in range(4):
        wider = steps @ near.astype(float) > 0
        if distance and wider.sum() > NEAR:
            break
        near = wider | near
    rows = [number for number, row in enumerate(cells.rows) if near[row].any()]
    place = np.cumsum(near) - 1
    local = [place[row[near[row]]] for row in (cells.rows[number] for number in rows)]
    # What is further away stays as it is, which leaves no less to hide.
    inside = cells.cut(np.flatnonzero(near), local, rows)
    found = _programme(inside, hidden[rows], place[asked], _need(cells, asked))
    if found is None:
        return None
    more = np.zeros(len(hidden), bool)
    more[rows] = found
    return more


def _programme(cells: Cells, hidden: Mask, targets: Places, need: Numbers) -> Mask | None:
    """Return the rows to hide besides, or nothing where no way was found.

    Its variables are whether each row, and so each cell, is hidden; and for each target two other
    sets of numbers, as distances from the true ones.
    """
    size, copies = len(cells.truth), 2 * len(targets)
    shown = cells.shown(hidden)
    choice = np.flatnonzero(~hidden)
    cover = np.flatnonzero(shown)
    far = FAR * max(need.max(), cells.need[targets].max())
    low, high = cells.known(hidden, told=True)
    below, above = low - cells.truth, np.minimum(high - cells.truth, far)
    # Once hidden, a cell that is shown now may be anything.
    nothing = cells.floor - cells.truth
    first = len(choice)
    before = first + len(cover)

    limits = []
    pairs = [
        (number, np.searchsorted(cover, cell))
        for number, row in enumerate(choice.tolist())
        for cell in cells.rows[row]
    ]
    down = np.repeat(np.arange(len(pairs)), 2)
    across = np.array([[number, first + place] for number, place in pairs], int).ravel()
    implied = sparse.csr_matrix(
        (np.tile([1.0, -1.0], len(pairs)), (down, across)),
        shape=(len(pairs), before + copies * size),
    )
    limits.append(LinearConstraint(implied, 0, np.inf))
    every = sparse.identity(copies)
    added = sparse.kron(every, cells.ties)
    limits.append(
        LinearConstraint(
            sparse.hstack([sparse.csr_matrix((added.shape[0], before)), added], format="csr"), 0, 0
        )
    )
    pick = sparse.identity(size, format="csr")[cover]
    loose = sparse.vstack([sparse.identity(len(cover))] * copies)
    room = sparse.csr_matrix((copies * len(cover), first))
    moved = sparse.kron(every, pick)
    for sign, end in ((-far, above), (far, below)):
        block = sparse.hstack([room, sign * loose, moved], format="csr")
        bound = np.tile(end[cover], copies)
        limits.append(
            LinearConstraint(block, -np.inf, bound) if sign < 0 else LinearConstraint(block, bound)
        )
    spread = sparse.lil_matrix((len(targets), before + copies * size))
    for number, target in enumerate(targets):
        spread[number, before + 2 * number * size + target] = 1
        spread[number, before + (2 * number + 1) * size + target] = -1
    limits.append(LinearConstraint(spread.tocsr(), need))

    lower = np.where(shown, np.maximum(nothing, -far), np.maximum(below, -far))
    upper = np.where(shown, np.minimum(cells.ceiling - cells.truth, far), above)
    result = milp(
        np.concatenate([cells.worth[choice], np.zeros(len(cover) + copies * size)]),
        # Whole numbers where they can be: with others beside, HiGHS 1.12 writes to the terminal.
        integrality=np.repeat([1, int(cells.whole)], [first, len(cover) + copies * size]),
        bounds=Bounds(
            np.concatenate([np.zeros(before), np.tile(lower, copies)]),
            np.concatenate([np.ones(before), np.tile(upper, copies)]),
        ),
        constraints=limits,
        options={"node_limit": NODES, "time_limit": SECONDS, "mip_rel_gap": 0.01},
    )
    if result.x is None or result.mip_gap > GAP:
        return None
    more = np.zeros(len(hidden), bool)
    more[choice] = result.x[:first] > 0.5
    return more
