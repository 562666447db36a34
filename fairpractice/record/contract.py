"""The written contract of a table: its columns, types, allowed values and key.

One declaration checks files on the way in, makes test data and writes the reference page.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal


if TYPE_CHECKING:
    import pyarrow as pa


Kind = Literal["int64", "int32", "float64", "string", "date"]


@dataclass(frozen=True)
class Column:
    """One column: what it means, what it may hold, and how a source names it.

    ``shape`` names an identifier in :mod:`fairpractice.identifiers` that every value must fit.
    ``also_called`` are headings that extracts give it; ``import csv --guess`` looks for them.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    shape: str = ""
    also_called: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """One table: what a row is, its columns, the key that finds a row and the order on disk.

    ``key`` are the columns that, within one source, say that two rows are the same statement;
    ``date`` is the column that a *full* import's period is about, if the table has one.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sorted_by: tuple[str, ...]
    date: str = ""
    practice: str = ""

    def column(self, name: str) -> Column:
        """Return a column by name.

        Raises
        ------
        KeyError
            When the table has no such column.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"table {self.name} has no column {name!r}")

    def schema(self) -> "pa.Schema":
        """Return the Arrow schema of the stored table: its columns, then its provenance."""
        import pyarrow as pa

        types = {
            "int64": pa.int64(),
            "int32": pa.int32(),
            "float64": pa.float64(),
            "string": pa.string(),
            "date": pa.date32(),
        }
        return pa.schema([pa.field(c.name, types[c.kind]) for c in (*self.columns, *PROVENANCE)])


PROVENANCE = (
    Column("source", "string", "who sent the row: the name given at import", required=True),
    Column("batch", "int32", "the import that brought it, numbered in the manifest", required=True),
    Column("source_file", "string", "the file it was read from"),
    Column("source_row", "int64", "its line in that file, counted from 1 with the heading"),
)
