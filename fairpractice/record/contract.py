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


def unwritten(table: Table) -> list[str]:
    """Return the columns that a staged file of a table has: all but source and batch."""
    return [c.name for c in (*table.columns, *PROVENANCE) if c.name not in ("source", "batch")]


def breaks_sql(table: Table, relation: str) -> str:
    """Return DuckDB SQL for what in some typed rows breaks the contract.

    Parameters
    ----------
    table
        The contract.
    relation
        SQL naming the rows: a table, or ``'file.parquet'`` in quotes.

    Returns
    -------
    str
        A query with a row for each break: ``source_file``, ``source_row``, ``field``, ``value``
        and ``reason``. A row that breaks it twice is there twice. Rows that share a key and say
        different things are all there; rows that are wholly alike are not (they are duplicates).
    """
    faults = [(c.name, f"{c.name} IS NULL", "is missing") for c in table.columns if c.required] + [
        (c.name, f"{c.name} NOT IN {_listed(c.allowed)}", f"is not one of {', '.join(c.allowed)}")
        for c in table.columns
        if c.allowed
    ]
    found = ", ".join(
        f"CASE WHEN {fault} THEN "
        f"{{'field': '{name}', 'value': {name}::VARCHAR, 'reason': '{reason}'}} END"
        for name, fault, reason in faults
    )
    either = " OR ".join(f"({fault})" for _, fault, _ in faults)
    wrong = (
        f"SELECT source_file, source_row, unnest(list_filter([{found}], lambda x: x IS NOT NULL), "
        f"recursive := true) FROM {relation} WHERE {either}"
    )
    others = [c.name for c in table.columns if c.name not in table.key]
    if not others:
        return wrong
    key = ", ".join(table.key)
    return (
        f"{wrong} UNION ALL SELECT source_file, source_row, '{table.key[-1]}', "
        f"{table.key[-1]}::VARCHAR, 'another row with the same {key} says something else' "
        f"FROM (SELECT *, count(*) OVER (PARTITION BY {key}) AS alike, "
        f"count(*) OVER (PARTITION BY {key}, {', '.join(others)}) AS same FROM {relation} "
        f"WHERE ({key}) IN (SELECT ({key}) FROM {relation} GROUP BY {key} HAVING count(*) > 1)) "
        f"WHERE alike > same"
    )


def _listed(values: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{value}'" for value in values) + ")"
