"""Where expressions run: the only room that connects, executes, reads or writes tables.

An engine is one object with the few verbs of :class:`Engine`. Everything else in the library
builds lazy Ibis expressions and hands them to an engine.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol


if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


class Engine(Protocol):
    """What every engine can do. DuckDB is the default, Spark for those who outgrow one machine."""

    name: str

    def read_parquet(self, files: Sequence[str | Path]) -> "ir.Table":
        """Return the rows of some Parquet files of one layout, as one lazy table."""
        ...

    def table(self, data: "pa.Table") -> "ir.Table":
        """Give a small Arrow table to the engine, to be joined with others."""
        ...

    def cache(self, expression: "ir.Table") -> "ir.Table":
        """Run an expression once and keep its rows for as long as the engine lives."""
        ...

    def place(self, expression: "ir.Table") -> "ir.Table":
        """Return a table of an expression's layout that is not there yet.

        What will run on it, several times over, is planned on it once; :meth:`fill` or
        :meth:`show` give it its rows.
        """
        ...

    def fill(self, place: "ir.Table", expression: "ir.Table") -> None:
        """Run an expression and keep its rows in a place, instead of those that were there."""
        ...

    def show(self, place: "ir.Table", expression: "ir.Table") -> None:
        """Let a place stand for an expression, instead of what it stood for before."""
        ...

    def release(self, place: "ir.Table") -> None:
        """Give back what :meth:`cache` or :meth:`fill` kept, or what a place stood for."""
        ...

    def to_arrow(self, expression: "ir.Table") -> "pa.Table":
        """Run an expression and return its rows."""
        ...
