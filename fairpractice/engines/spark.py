"""Apache Spark, for those whose records live on a cluster. The expressions are the same.

Spark is the extra ``fairpractice[spark]`` and needs Java 17 or later. It answers more slowly than
DuckDB on one machine; its reason to be is data that are already there.
"""

import importlib.util
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import sqlglot.expressions
from ibis.backends.sql.compilers.pyspark import PySparkCompiler

from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

JAVA = 17
QUIET = Path(__file__).with_name("log4j2.properties")


class Compiler(PySparkCompiler):  # type: ignore[misc] # Ibis has no types here
    """What Ibis leaves out for Spark, or translates to something else."""

    SIMPLE_OPS: ClassVar[dict[type, str]] = {
        ops.BitAnd: "bit_and",
        ops.BitOr: "bit_or",
        ops.BitXor: "bit_xor",
    }

    def visit_BitwiseLeftShift(  # noqa: N802 - Ibis finds it by this name
        self, op: ops.BitwiseLeftShift, *, left: Any, right: Any
    ) -> sqlglot.expressions.Expression:
        """Move bits up in as many bits as Ibis promises: Spark's own ``1`` has only 32."""
        return sqlglot.expressions.BitwiseLeftShift(
            this=self.cast(left, op.dtype), expression=right
        )


class Spark:
    """One Spark session behind the face of :class:`fairpractice.engines.Engine`."""

    name = "spark"

    def __init__(self, session: "SparkSession") -> None:
        self.session = session
        self._names = (f"kept_{n}" for n in itertools.count())
        self._ibis = ibis.pyspark.connect(session)
        self._ibis.compiler = Compiler()
        self._ibis._register_in_memory_table = self._give
        self._kept: dict[str, DataFrame] = {}

    def read_parquet(self, files: Sequence[str | Path]) -> ir.Table:
        """Return the rows of some Parquet files of one layout, as one lazy table."""
        return self._view(self.session.read.parquet(*[str(file) for file in files]))

    def table(self, data: pa.Table) -> ir.Table:
        """Give a small Arrow table to the engine, to be joined with others."""
        return self._view(self.session.createDataFrame(data))

    def cache(self, expression: ir.Table) -> ir.Table:
        """Run an expression once and keep its rows until they are released."""
        place = self.place(expression)
        self.fill(place, expression)
        return place

    def place(self, expression: ir.Table) -> ir.Table:
        """Return a table of an expression's layout that is not there yet."""
        return ops.DatabaseTable(
            name=next(self._names),
            schema=expression.schema(),
            source=self._ibis,
            namespace=ops.Namespace(),
        ).to_expr()

    def fill(self, place: ir.Table, expression: ir.Table) -> None:
        """Run an expression and keep its rows in a place, instead of those that were there."""
        name = place.op().name
        rows = self._run(expression).persist()
        rows.count()
        rows.createOrReplaceTempView(name)
        if name in self._kept:
            self._kept[name].unpersist()
        self._kept[name] = rows

    def show(self, place: ir.Table, expression: ir.Table) -> None:
        """Let a place stand for an expression, instead of what it stood for before."""
        self._run(expression).createOrReplaceTempView(place.op().name)

    def release(self, place: ir.Table) -> None:
        """Give back what was kept, or what a place stood for."""
        name = place.op().name
        self.session.catalog.dropTempView(name)
        if name in self._kept:
            self._kept.pop(name).unpersist()

    def to_arrow(self, expression: ir.Table) -> pa.Table:
        """Run an expression and return its rows.

        Ibis would go through pandas, where a column with a null in it is of floats, and a
        pseudonym of 60 bits loses its last digits.
        """
        return self._run(expression).toArrow().cast(expression.schema().to_pyarrow())

    def close(self) -> None:
        """Stop the session, and the Java process behind it."""
        self.session.stop()

    def _give(self, table: ops.InMemoryTable) -> None:
        """Hand over a table that an expression carries, as Arrow; Ibis would go through pandas."""
        rows = table.data.to_pyarrow(table.schema)
        self.session.createDataFrame(rows).createOrReplaceTempView(table.name)

    def _run(self, expression: ir.Table) -> "DataFrame":
        self._ibis._run_pre_execute_hooks(expression)
        return self.session.sql(self._ibis.compile(expression))

    def _view(self, rows: "DataFrame") -> ir.Table:
        name = next(self._names)
        rows.createOrReplaceTempView(name)
        return self._ibis.table(name)


def connect(
    master: str = "local[2]",
    *,
    memory: str = "2g",
    settings: Mapping[str, str] | None = None,
) -> Spark:
    """Open Spark, or join the session that this process has already.

    Parameters
    ----------
    master
        Where Spark runs: ``local[2]`` is two threads of this machine.
    memory
        The memory of the driver, when this starts it.
    settings
        Further Spark settings, which win over ours.

    Raises
    ------
    FairpracticeError
        When PySpark or Java is missing, saying how to get it.
    """
    if problem := obstacle():
        raise problem
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable  # workers take the system's Python otherwise
    chosen: dict[str, Any] = {
        "spark.driver.extraJavaOptions": shlex.quote(f"-Dlog4j2.configurationFile={QUIET}"),
        "spark.driver.memory": memory,
        "spark.sql.ansi.enabled": "true",  # overflow and bad casts fail, as in DuckDB
        "spark.sql.warehouse.dir": str(Path(tempfile.gettempdir(), "fairpractice-spark")),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
    }
    if master.startswith("local"):
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        chosen |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "4",
        }
    builder = SparkSession.builder.master(master).appName("fairpractice")
    for name, value in {**chosen, **(settings or {})}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return Spark(session)


def obstacle() -> FairpracticeError | None:
    """Return why Spark cannot run here, and what to install; None when it can."""
    if importlib.util.find_spec("pyspark") is None:
        return FairpracticeError(
            "PySpark is not installed", fix="Install it: pip install 'fairpractice[spark]'"
        )
    if _java_version() < JAVA:
        return FairpracticeError(
            f"Spark needs Java {JAVA} or later",
            fix=f"Install it: sudo apt-get install openjdk-{JAVA}-jre-headless",
        )
    return None


def _java_version() -> int:
    """Return the version of the Java that Spark would start; 0 when there is none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home, "bin", "java")) if home else shutil.which("java")
    try:
        said = subprocess.run([java or "java", "-version"], capture_output=True, check=False).stderr
    except OSError:
        return 0
    found = re.search(rb'version "(\d+)', said)
    return int(found[1]) if found else 0
