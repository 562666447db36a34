"""DuckDB, the embedded engine."""

import contextlib
import itertools
import os
import re
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa

from fairpractice.errors import FairpracticeError


ROW_GROUP_SIZE = 122_880  # DuckDB's own
LONG, FEW_WORDS = 1_000_000, 20_000
MOST_TRANSLATED = 500
"""How many expressions' SQL is kept: translating takes longer than running on a few people."""
DAMAGED = (
    "Failed to read file", "Invalid string encoding found in Parquet", "Parquet file is likely",
    "TProtocolException", "Out of buffer", "don't know what type",
)  # fmt: skip
DISK_FULL = ("No space left", "File too large", "quota exceeded", "max_temp_directory_size")


@dataclass(frozen=True)
class Prepared:
    """A query made once, to be run on any tables of the layout it was made for."""

    sql: str
    schema: pa.Schema
    beside: Mapping[str, pa.Table]
    """The small tables that the expression brought with it."""


class DuckDB:
    """One in-memory DuckDB connection behind the face of :class:`fairpractice.engines.Engine`."""

    name = "duckdb"

    def __init__(self, *, memory_limit: str | None = None, threads: int | None = None) -> None:
        self._names = (f"kept_{n}" for n in itertools.count())
        spill = tempfile.mkdtemp(prefix="fairpractice-")
        weakref.finalize(self, shutil.rmtree, spill, ignore_errors=True)
        settings: dict[str, Any] = {
            "temp_directory": spill,
            "preserve_insertion_order": False,
            "threads": threads or len(os.sched_getaffinity(0)),
        }
        if memory_limit:
            settings["memory_limit"] = memory_limit
        self.connection: duckdb.DuckDBPyConnection = duckdb.connect(config=settings)
        self._ibis = ibis.duckdb.from_connection(self.connection)
        self._translated: dict[ops.Node, str] = {}

    def read_parquet(self, files: Sequence[str | Path]) -> ir.Table:
        """Return the rows of some Parquet files of one layout, as one lazy table."""
        return self._ibis.read_parquet([str(file) for file in files], table_name=next(self._names))

    def table(self, data: pa.Table) -> ir.Table:
        """Give a small Arrow table to the engine, to be joined with others."""
        name = next(self._names)
        self.connection.register(f"{name}_given", data)
        self.connection.execute(f"CREATE TEMP TABLE {name} AS FROM {name}_given")
        self.connection.unregister(f"{name}_given")
        return self._named(name, ibis.Schema.from_pyarrow(data.schema))

    def cache(self, expression: ir.Table) -> ir.Table:
        """Run an expression once and keep its rows for as long as the engine lives."""
        place = self.place(expression)
        self.fill(place, expression)
        return place

    def place(self, expression: ir.Table) -> ir.Table:
        """Return a table of an expression's layout that is not there yet."""
        return self._named(next(self._names), expression.schema())

    def fill(self, place: ir.Table, expression: ir.Table) -> None:
        """Run an expression and keep its rows in a place, instead of those that were there."""
        self._run(f"CREATE OR REPLACE TEMP TABLE {place.op().name} AS", expression)

    def show(self, place: ir.Table, expression: ir.Table) -> None:
        """Let a place stand for an expression, instead of what it stood for before."""
        self._run(f"CREATE OR REPLACE TEMP VIEW {place.op().name} AS", expression)

    def release(self, place: ir.Table) -> None:
        """Give back what was kept, or what a place stood for."""
        name = place.op().name
        [(kind,)] = self.connection.execute(
            "SELECT table_type FROM information_schema.tables WHERE table_name = ?", [name]
        ).fetchall()
        self.connection.execute(f"DROP {'VIEW' if kind == 'VIEW' else 'TABLE'} {name}")

    def to_arrow(self, expression: ir.Table) -> pa.Table:
        """Run an expression and return its rows."""
        rows = self._run("", expression).to_arrow_table()
        return rows.cast(expression.schema().to_pyarrow())

    def _named(self, name: str, schema: ibis.Schema) -> ir.Table:
        # Ibis would ask the database for a layout that is known already: half of planning.
        space = ops.Namespace(catalog="temp", database="main")
        return ops.DatabaseTable(
            name=name, schema=schema, source=self._ibis, namespace=space
        ).to_expr()

    def _run(self, verb: str, expression: ir.Table) -> duckdb.DuckDBPyConnection:
        node = expression.op()
        sql = self._translated.get(node)
        if sql is None:
            with _unfused():
                sql = str(self._ibis.compile(expression))
            if node.find(ops.InMemoryTable):
                self._ibis._run_pre_execute_hooks(expression)
            else:
                if len(self._translated) == MOST_TRANSLATED:
                    self._translated.clear()
                self._translated[node] = sql
        return self.connection.execute(f"{verb} {sql}")

    def prepare(self, expression: ir.Table) -> Prepared:
        """Return the query of an expression over tables that are named but not there yet.

        Building and translating an expression takes longer than running it on a table of ordinary
        size, so what is asked again of other rows is worth preparing.
        """
        with _unfused():
            sql = self._ibis.compile(expression)
        memory = expression.op().find(ops.InMemoryTable)
        return Prepared(
            sql=str(sql),
            schema=expression.schema().to_pyarrow(),
            beside={table.name: table.data.to_pyarrow(table.schema) for table in memory},
        )

    def run(self, prepared: Prepared, tables: Mapping[str, pa.Table]) -> pa.Table:
        """Run a prepared query on tables by name; any number of threads may at once."""
        with self.connection.cursor() as cursor:
            for name, table in {**prepared.beside, **tables}.items():
                cursor.register(name, table)
            return cursor.execute(prepared.sql).to_arrow_table().cast(prepared.schema)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows: for importing, which is DuckDB's alone.

        Raises
        ------
        FairpracticeError
            When the disk is full, or a file that is read is damaged.
        """
        with _plainly(tempfile.gettempdir()):
            return self.connection.execute(sql, list(parameters) or None).fetchall()

    def worded(self, sql: str) -> str:
        """Return SQL for the same rows in which repeated words are numbers of a list (ENUM).

        Parquet holds them as text like any other; long tables sort and write in two thirds of the
        time.
        """
        texts = [name for name, kind, *_ in self.execute(f"DESCRIBE {sql}") if kind == "VARCHAR"]
        [(rows,)] = self.execute(f"SELECT count(*) FROM ({sql})")
        if rows < LONG or not texts:
            return sql
        counted = ", ".join(f'approx_count_distinct("{name}")' for name in texts)
        [words] = self.execute(f"SELECT {counted} FROM (SELECT * FROM ({sql}) LIMIT {LONG})")
        numbered = {}
        for name, count in zip(texts, words, strict=True):
            if 0 < count < FEW_WORDS:
                numbered[name] = next(self._names)
                self.execute(
                    f"CREATE TYPE {numbered[name]} AS ENUM "
                    f'(SELECT DISTINCT "{name}" FROM ({sql}) WHERE "{name}" IS NOT NULL)'
                )
        changed = ", ".join(f'"{name}"::{words} AS "{name}"' for name, words in numbered.items())
        return f"SELECT * REPLACE ({changed}) FROM ({sql})" if changed else sql

    def copy_to_parquet(
        self,
        sql: str,
        path: str | Path,
        *,
        row_group_size: int = ROW_GROUP_SIZE,
        passing: bool = False,
    ) -> None:
        """Write the rows of a query, in its order, to a Parquet file and bring it to the disk.

        What is ``passing`` is read once: it is written to be quick rather than small.

        Raises
        ------
        FairpracticeError
            When the disk is full, or a file that is read is damaged. The unfinished file goes.
        """
        path = Path(path)
        target = str(path).replace("'", "''")
        how = f"COMPRESSION {'lz4_raw' if passing else 'zstd'}, ROW_GROUP_SIZE {row_group_size}"
        try:
            with _plainly(path):
                self.connection.execute(f"COPY ({sql}) TO '{target}' (FORMAT parquet, {how})")
                with path.open("rb") as file:
                    os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise


@contextlib.contextmanager
def _unfused() -> Iterator[None]:
    """Do not fuse nested selections: it is for people to read, takes long, and DuckDB does it."""
    before = ibis.options.sql.fuse_selects
    ibis.options.sql.fuse_selects = False
    try:
        yield
    finally:
        ibis.options.sql.fuse_selects = before


@contextlib.contextmanager
def _plainly(path: str | Path) -> Iterator[None]:
    try:
        yield
    except (duckdb.Error, OSError) as error:
        if any(sign in str(error) for sign in DAMAGED):
            named = re.search(r'[Ff]ile "([^"]+)"', str(error))
            raise FairpracticeError(
                "A Parquet file is damaged",
                where=named[1] if named else "one of those being read",
                fix="Copy it again, or ask for it again.",
            ) from None  # the engine's own message quotes the data
        if not any(sign in str(error) for sign in DISK_FULL):
            raise
        free = shutil.disk_usage(Path(path).parent).free
        raise FairpracticeError(
            f"the disk is full: {free:,} bytes are left",
            where=str(path),
            fix="Make room and do it again; what was there before is untouched.",
        ) from error


def shared(rows: int = 0) -> DuckDB:
    """Return the engine that this process keeps for questions of so many rows: it holds none.

    DuckDB takes Arrow rows a million at a time, so that a table under that has one thread work on
    it whatever is set; others that wait for it only cost.
    """
    return _of_process(os.getpid(), threads=1 if rows < LONG else None)


@cache
def _of_process(process: int, *, threads: int | None) -> DuckDB:
    # A connection does not outlive a fork, so the child opens its own.
    return connect(threads=threads)


def connect(*, memory_limit: str | None = None, threads: int | None = None) -> DuckDB:
    """Open the embedded engine.

    Parameters
    ----------
    memory_limit
        The most memory DuckDB may take before it spills to disk, such as ``"1GB"``;
        DuckDB's own default (80 % of the machine) when left out.
    threads
        How many threads it may use; all that this process may run on when left out.
    """
    return DuckDB(memory_limit=memory_limit, threads=threads)
