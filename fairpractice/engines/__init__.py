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

    def release(self, cached: "ir.Table") -> None:
        """Give back what :meth:`cache` kept."""
        ...

    def to_arrow(self, expression: "ir.Table") -> "pa.Table":
        """Run an expression and return its rows."""
        ...
