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
    "deaths": "population",
    "most_deprived_numerator": "most_deprived_denominator",
    "least_deprived_numerator": "least_deprived_denominator",
}
COUNTS = (
    *dict.fromkeys(itertools.chain(*PARTS.items())),
    "people", "count", "observed", "rows", "smallest_cell",
)  # fmt: skip
DERIVED = (
    "value", "lower", "upper", "standard_deviation", "standard_error", "mean",
    "most_deprived_value", "least_deprived_value", "first_value", "second_value",
    "compared_with", "reference_value", "expected", "reference_rate", "life_expectancy",
    "coefficient", "elasticity", "factor_index", "factor_mean", "share", "earlier", "later",
    "p_value", "all_equal_p_value",
)  # fmt: skip
FACTS = (
    "confidence", "multiplier", "groups", "quantile", "quantiles", "most_deprived_rank",
    "least_deprived_rank",
)  # fmt: skip
OF_PROTECTED = (
    "size", "baseline", "z", "adjusted_z", "phi", "tau2", "at", "side", "centre", "points", "part",
    "crude", "additive", "difference", "strata", "variance",
)  # fmt: skip
"""Charts' numbers and models: what one row shows is made of all rows, the hidden ones too."""
LIFE = ("Chiang", "Sullivan")
APART = 10
"""Fewer years than this between two ages of a life table are about few deaths."""
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
            again = "Protect the counts, and ask the statistic of what is left of them."
            named = "Name it in counts=, derived= or by=, or leave it out of the release."
            raise FairpracticeError(
                f"The column {name!r} of the release is neither a count nor derived from counts",
                fix=again if name in OF_PROTECTED else named,
            )
    if table.counts is None and not counts and {*derived} & {*names} and not published:
        raise FairpracticeError(
            "Nothing in the release says of how many people its numbers are",
            where=f"columns {', '.join(names)}",
            fix="Add the counts they rest on, or say with counts=() that they are of none.",
        )
    rows = [{**STATUS, **row} for row in arrow.to_pylist()]
    if not published:
        _check_ages(rows, [name for name in by if name != "age"])
    return Read(table, arrow, rows, counts, (*derived,), _pairs(counts, table.parts), published)


def _check_ages(rows: Sequence[Row], by: Sequence[str]) -> None:
    """Refuse a whole life table: two ages next to each other give the deaths between them away."""
    ages: dict[tuple[object, ...], set[int]] = {}
    for row in rows:
        if str(row.get("method")).startswith(LIFE) and isinstance(row.get("age"), int):
            ages.setdefault(tuple(row[name] for name in by), set()).add(row["age"])
    for found in ages.values():
        for younger, older in itertools.pairwise(sorted(found)):
            if older - younger < APART:
                raise FairpracticeError(
                    "Life expectancies at ages close to each other give away the deaths between",
                    where=f"ages {younger} and {older}",
                    fix="Publish few ages that are far apart: ask for ages=[0, 65].",
                )


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
