"""The written contract of a table: its columns, types, allowed values and key.

One declaration checks files on the way in, makes test data and writes the reference page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fairpractice.identifiers import SHAPES


if TYPE_CHECKING:
    import pyarrow as pa


Kind = Literal["int64", "int32", "float64", "string", "date"]
DUCKDB_TYPES: dict[Kind, str] = {
    "int64": "BIGINT",
    "int32": "INTEGER",
    "float64": "DOUBLE",
    "string": "VARCHAR",
    "date": "DATE",
}


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
    ``date`` is the column that a *full* import's period is about, if the table has one. ``origin``
    are columns of provenance that this table has and others have not: they are no part of what a
    row states, so that two rows that differ in nothing else are the same row.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    sorted_by: tuple[str, ...]
    date: str = ""
    practice: str = ""
    origin: tuple[Column, ...] = ()

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

    @property
    def column_names(self) -> list[str]:
        """Return the names of its own columns, without those of provenance."""
        return [column.name for column in self.columns]

    def schema(self) -> "pa.Schema":
        """Return the Arrow schema of the stored table: its columns, origin, then provenance."""
        import pyarrow as pa

        types = {
            "int64": pa.int64(),
            "int32": pa.int32(),
            "float64": pa.float64(),
            "string": pa.string(),
            "date": pa.date32(),
        }
        return pa.schema([pa.field(c.name, types[c.kind]) for c in _stored(self)])


PROVENANCE = (
    Column("source", "string", "who sent the row: the name given at import", required=True),
    Column("batch", "int32", "the import that brought it, numbered in the manifest", required=True),
    Column("source_file", "string", "the file it was read from"),
    Column("source_row", "int64", "its line in that file, counted from 1 with the heading"),
)


def _stored(table: Table) -> tuple[Column, ...]:
    return (*table.columns, *table.origin, *PROVENANCE)


def unwritten(table: Table) -> list[str]:
    """Return the columns that a staged file of a table has: all but source and batch."""
    return [c.name for c in _stored(table) if c.name not in ("source", "batch")]


def shape_problem(table: Table, types: Mapping[str, str]) -> str:
    """Return what is wrong with the columns of a staged file, or nothing.

    Parameters
    ----------
    table
        The contract.
    types
        The file's columns with their DuckDB types.
    """
    wanted = {c.name: c for c in _stored(table) if c.name in unwritten(table)}
    for name, column in wanted.items():
        if name not in types:
            return f"the column {name} is missing from {table.name}"
        if types[name] != DUCKDB_TYPES[column.kind]:
            return (
                f"{table.name}.{name} is of type {types[name]} and should be "
                f"{DUCKDB_TYPES[column.kind]}"
            )
    extra = sorted(set(types) - set(wanted))
    return f"{table.name} has no column {extra[0]}" if extra else ""


def breaks_sql(table: Table, relation: str, *, keys: bool = True) -> str:
    """Return DuckDB SQL for what in some typed rows breaks the contract.

    Parameters
    ----------
    table
        The contract.
    relation
        SQL naming the rows: a table, or ``'file.parquet'`` in quotes.
    keys
        Whether to look for rows that share a key and say different things.

    Returns
    -------
    str
        A query with a row for each break: ``source_file``, ``source_row``, ``field``, ``value``
        and ``reason``. A row that breaks it twice is there twice. Of rows that share a key and
        say different things all are there; rows that are wholly alike are not (they are
        duplicates).
    """
    faults = [
        (column.name, fault, reason)
        for column in table.columns
        for fault, reason in _faults(column)
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
    others = [name for name in table.column_names if name not in table.key]
    if not keys or not others:
        return wrong
    key = ", ".join(table.key)
    return (
        f"{wrong} UNION ALL SELECT source_file, source_row, '{table.key[-1]}', "
        f"{table.key[-1]}::VARCHAR, 'is in another row with the same {key} that says otherwise' "
        f"FROM {relation} WINDOW alike AS (PARTITION BY {key}) "
        f"QUALIFY min(row({', '.join(others)})) OVER alike "
        f"IS DISTINCT FROM max(row({', '.join(others)})) OVER alike"
    )


def _faults(column: Column) -> Iterator[tuple[str, str]]:
    """Yield SQL that is true where a column breaks its contract, with the reason."""
    if column.required:
        yield f"{column.name} IS NULL", "is missing"
    if column.allowed:
        listed = ", ".join(f"'{value}'" for value in column.allowed)
        yield f"{column.name} NOT IN ({listed})", f"is not one of {', '.join(column.allowed)}"
    if column.shape:
        shape = SHAPES[column.shape]
        yield f"NOT {shape.sql(column.name)}", f"is not {shape.meaning}"
