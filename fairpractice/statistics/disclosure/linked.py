"""Tables that are published together, as one set of numbers and the sums that tie them.

A *cell* is a number of something somewhere: so many people with a review, of practice A, in the
first fifth. Whatever tables it stands in, it is one cell. Tables are tied where they count the same
thing: a total is the sum of each of its breakdowns, in this table or another; a whole is its part
and the rest.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


Row = dict[str, Any]
Place = frozenset[tuple[str, Any]]
Key = tuple[str, tuple[Any, ...], Place]
"""What is counted, of what (such as a date), and where: the columns that are not a total."""

REST = "others"
"""Where those are of whom a total counts more than its breakdown does."""


@dataclass(frozen=True)
class Table:
    """One table of a release, and what its columns mean.

    Attributes
    ----------
    rows
        An Ibis, pandas, polars or pyarrow table.
    by
        The columns that say what a row is about.
    counts
        The columns that count people or what happened to them. Left out, those that the
        statistics of this package return. A mapping gives what each counts: numbers that are the
        same thing have one name in all tables of a release. A name may quote other columns:
        ``{"numerator": "{definition}: met"}``. Without a mapping it is the column's name.
    derived
        The columns worked out from the counts; left out, likewise.
    parts
        Which count is part of which, such as ``{"numerator": "denominator"}``. Left out, the
        pairs of this package's statistics; with other names among the counts, every pair.
    rest
        What the whole without its part is called; it may quote ``{part}`` and ``{whole}``.
    across
        Those of ``by`` over which nothing is added up, such as a date or a measure.
    breakdown
        Two columns, where tables by several groupings stand below each other: the one that names
        the grouping, and the one that names the group. A total has ``total`` in both.
    contains
        Groups that are made of other groups, by column: ``{"age": {"0-17": ["0-15", "16-17"]}}``.
        Column names here are those of ``by``, or the groupings of ``breakdown``.
    total
        What a total has in the column it adds up over.
    worth
        How much its rows are worth beside those of other tables, where some have to be hidden.
    worth_of_total
        How many times as much its rows of no group are worth: by itself a total, which is asked
        for most, is hidden sooner than two of its parts.
    let_out
        Whether it is published. If not, its rows only say how the others hang together.
    """

    rows: Any
    by: Sequence[str] = ()
    counts: Mapping[str, str] | Sequence[str] | None = None
    derived: Sequence[str] | None = None
    parts: Mapping[str, str] | None = None
    rest: str = "{whole} less {part}"
    across: Sequence[str] = ()
    breakdown: tuple[str, str] | None = None
    contains: Mapping[str, Mapping[Any, Sequence[Any]]] = field(default_factory=dict)
    total: str = "all"
    worth: float = 1.0
    worth_of_total: float = 1.0
    let_out: bool = True

    def place(self, row: Row) -> Place:
        """Return where a row is: its columns that are no total."""
        columns = [c for c in self.by if c not in self.across]
        found = {(name, row[name]) for name in columns if row[name] != self.total}
        if self.breakdown and row[self.breakdown[0]] != self.total:
            grouping, group = self.breakdown
            found.add((row[grouping], row[group]))
        return frozenset(found)


@dataclass(frozen=True)
class Line:
    """A row of a table: which, its cells by column, ``rests`` by part and whole, its worth."""

    table: int
    row: int
    cells: Mapping[str, int]
    rests: Mapping[tuple[str, str], int]
    worth: float = 1.0

    @property
    def everything(self) -> list[int]:
        """All cells that somebody who sees the row knows of."""
        return [*self.cells.values(), *self.rests.values()]


class Linked:
    """The cells of a set of tables, numbered, with the rows they stand in and their sums.

    Attributes
    ----------
    keys
        The cells, in the order of their numbers.
    lines
        The rows that hold cells.
    sums
        Each a whole and its parts.
    """

    def __init__(self, tables: Sequence[Table]) -> None:
        self.tables = tables
        self.keys: dict[Key, int] = {}
        self.lines: list[Line] = []
        self.sums: list[tuple[int, tuple[int, ...]]] = []
        self.contains: dict[str, dict[Any, Sequence[Any]]] = defaultdict(dict)
        for table in tables:
            for name, groups in table.contains.items():
                self.contains[name] |= groups

    def cell(self, key: Key) -> int:
        """Return the number of a cell, which is new where it has not been named before."""
        return self.keys.setdefault(key, len(self.keys))

    def add(
        self, table: int, number: int, row: Row, columns: Iterable[str], pairs: Iterable[Any]
    ) -> Line:
        """Add the cells of a row, as its columns and its pairs of part and whole name them."""
        asked = self.tables[table]
        about = tuple(row[name] for name in asked.across)
        place = asked.place(row)
        names = asked.counts if isinstance(asked.counts, Mapping) else {}
        said = {column: names.get(column, column).format_map(row) for column in columns}
        cells = {column: self.cell((said[column], about, place)) for column in columns}
        rests = {}
        for part, whole in pairs:
            if part in cells and whole in cells and said[part] != said[whole]:
                label = asked.rest.format_map({**row, "part": said[part], "whole": said[whole]})
                rest = rests[part, whole] = self.cell((label, about, place))
                self.sums.append((cells[whole], (cells[part], rest)))
        worth = asked.worth * (1.0 if place else asked.worth_of_total)
        self.lines.append(Line(table, number, cells, rests, worth))
        return self.lines[-1]

    def tie(self) -> None:
        """Find every sum among the cells, once all rows are there."""
        self._split()
        keys = list(self.keys)
        # What is left of a whole adds up where both do: only what is counted itself is added up.
        counted = {keys[cell][:2] for line in self.lines for cell in line.cells.values()}
        places: dict[tuple[str, tuple[Any, ...]], set[Place]] = defaultdict(set)
        for label, about, place in keys:
            if (label, about) in counted:
                places[label, about].add(place)
        for (label, about), found in places.items():
            for whole, parts in self._breakdowns(found):
                cells = tuple(self.cell((label, about, part)) for part in sorted(parts, key=str))
                self.sums.append((self.cell((label, about, whole)), cells))
        self.sums = list(dict.fromkeys(self.sums))

    def _split(self) -> None:
        """Tie groups that are made of other groups to them."""
        todo = list(self.keys)
        for label, about, place in todo:
            for name, group in place:
                if parts := self.contains.get(name, {}).get(group):
                    others = place - {(name, group)}
                    keys = [(label, about, others | {(name, part)}) for part in parts]
                    todo += [key for key in keys if key not in self.keys]
                    cells = tuple(self.cell(key) for key in keys)
                    self.sums.append((self.keys[label, about, place], cells))

    def _breakdowns(self, places: set[Place]) -> Iterable[tuple[Place, list[Place]]]:
        """Return wholes and their parts among the places of one count.

        A whole that is in no table is still what two breakdowns of it have in common.
        """
        places = {
            place
            for place in places
            if not any(group in self.contains.get(name, {}) for name, group in place)
        } | {place for place in places if len(place) < 2}
        levels = sorted({len(place) for place in places}, reverse=True)
        for size in range(max(levels, default=0), 0, -1):
            below: dict[Place, dict[frozenset[str], list[Place]]] = defaultdict(dict)
            for place in [each for each in places if len(each) == size]:
                for item in place:
                    if item[1] not in self.contains.get(item[0], {}):
                        by = below[place - {item}]
                        by.setdefault(frozenset({item[0]}), []).append(place)
            for whole, by in below.items():
                if whole in places or len(by) > 1:
                    places.add(whole)
                    yield from ((whole, parts) for parts in by.values())
        yield from self._interiors(places)

    def _interiors(self, places: set[Place]) -> Iterable[tuple[Place, list[Place]]]:
        """Return wholes whose parts differ from them in several columns at once."""
        found: dict[Place, dict[frozenset[str], list[Place]]] = defaultdict(dict)
        for place in places:
            for size in range(1, len(place) + 1):
                for items in itertools.combinations(sorted(place, key=str), size):
                    if (whole := place - set(items)) in places:
                        by = frozenset(name for name, _ in items)
                        found[whole].setdefault(by, []).append(place)
        for whole, breakdowns in found.items():
            for by, parts in breakdowns.items():
                if len(by) > 1 and not any(other < by for other in breakdowns):
                    yield whole, parts

    def key(self, cell: int) -> Key:
        """Return the key of a cell."""
        return next(itertools.islice(self.keys, cell, None))

    def named(self, cell: int) -> str:
        """Return the name of a cell in words."""
        label, about, place = self.key(cell)
        where = [f"{name} {group!s}" for name, group in sorted(place, key=str)]
        return ", ".join([label, *map(str, about), *(where or ["total"])])
