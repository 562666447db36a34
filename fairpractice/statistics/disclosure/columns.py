"""What the columns of a table mean where nobody says: the names that the statistics here use."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.disclosure.linked import Linked, Row, Table
from fairpractice.statistics.tables import as_arrow, require


PARTS = {
    "numerator": "denominator",
    "events": "population",
    "most_deprived_numerator": "most_deprived_denominator",
    "least_deprived_numerator": "least_deprived_denominator",
}
COUNTS = (*itertools.chain(*PARTS.items()), "people", "count", "smallest_cell")
DERIVED = (
    "value",
    "lower",
    "upper",
    "standard_deviation",
    "most_deprived_value",
    "least_deprived_value",
)
FACTS = ("confidence", "multiplier", "groups", "most_deprived_rank", "least_deprived_rank")
STATUS = {"status": "ok", "reason": None}


@dataclass(frozen=True)
class Read:
    """A table that has been read.

    Attributes
    ----------
    meant
        The table.
    arrow
        As Arrow.
    rows
        Its rows, with ``status`` and ``reason``.
    counts, derived
        The columns of counts, and those worked out from them.
    pairs
        Each a part and its whole.
    published
        Whether it is as it was let out, so that a row without its counts is a hidden one.
    """

    meant: Table
    arrow: pa.Table
    rows: list[Row]
    counts: tuple[str, ...]
    derived: tuple[str, ...]
    pairs: list[tuple[str, str]]
    published: bool

    def there(self, row: Row) -> list[str]:
        """Return the counts of a row that are numbers, or hidden ones."""
        secret = self.published and self.hidden(row)
        return [name for name in self.counts if secret or row[name] is not None]

    def hidden(self, row: Row) -> bool:
        """Tell whether a published row is hidden."""
        if "status" in self.arrow.column_names:
            return bool(row["status"] == "hidden")
        return any(row[name] is None for name in self.counts)


def read(table: Table, *, published: bool = False) -> Read:
    """Return a table read, its columns checked.

    Raises
    ------
    FairpracticeError
        For a column that is not there, or a column of numbers that nobody vouches for.
    """
    arrow = as_arrow(table.rows)
    shell = ibis.memtable(arrow.slice(0, 0))
    names = arrow.column_names
    counts = tuple(c for c in COUNTS if c in names) if table.counts is None else (*table.counts,)
    derived = tuple(c for c in DERIVED if c in names) if table.derived is None else table.derived
    by = [*table.by, *table.across, *(table.breakdown or ())]
    require(shell, [*by, *counts, *derived])
    known = {*by, *counts, *derived, *FACTS}
    for name, kind in shell.schema().items():
        if kind.is_numeric() and name not in known and not published:
            raise FairpracticeError(
                f"The column {name!r} of the release is neither a count nor derived from counts",
                fix="Name it in counts=, derived= or by=, or leave it out of the release.",
            )
    rows = [{**STATUS, **row} for row in arrow.to_pylist()]
    return Read(table, arrow, rows, counts, (*derived,), _pairs(counts, table.parts), published)


def link(tables: Sequence[Read]) -> Linked:
    """Return the cells of all tables, and the sums that tie them."""
    linked = Linked([table.meant for table in tables])
    for number, table in enumerate(tables):
        for place, row in enumerate(table.rows):
            if columns := table.there(row):
                linked.add(number, place, row, columns, table.pairs)
    linked.tie()
    return linked


def _pairs(counts: Sequence[str], parts: Mapping[str, str] | None) -> list[tuple[str, str]]:
    if parts is not None:
        return list(parts.items())
    if all(name in COUNTS for name in counts):
        return [(part, whole) for part, whole in PARTS.items() if {part, whole} <= {*counts}]
    return list(itertools.combinations(counts, 2))
