"""Statistics that look along the rows of a group: in NumPy, for all groups at once.

The numbers of a chart (a funnel, a control chart) and of a model depend on which row comes before
which, or on all rows of a group together. They are few: thousands of rows, not millions. In an
engine they would take longer to plan than to calculate, and one engine would count differently
from another. So the engine runs what leads to them, :func:`on_arrays` takes the rows from it, and
what comes back is again a table of the kind given.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.any_table import as_arrow
from fairpractice.statistics.tables import LARGEST


P = ParamSpec("P")
Array = npt.NDArray[Any]
Check = tuple[Array, str, str]

SAME = 1e-12
"""Two numbers of a group nearer than this, as a share of its largest, are one: a mean of equal
numbers may differ from them in the last digit."""


def on_arrays(
    statistic: Callable[Concatenate[pa.Table, P], pa.Table],
) -> Callable[Concatenate[Any, P], Any]:
    """Let a function from Arrow table to Arrow table take and return other kinds of table.

    Ibis in, Ibis out: the table given is run, and the result is a table in memory that any engine
    can join. pandas in, pandas out; any other Arrow data in, pyarrow out.
    """

    @functools.wraps(statistic)
    def adapted(data: Any, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        result = statistic(as_arrow(data), *args, **kwargs)
        if isinstance(data, ir.Table):
            return ibis.memtable(result)
        return result.to_pandas() if isinstance(data, pd.DataFrame) else result

    return adapted


@dataclass(frozen=True)
class Groups:
    """The rows of a table, those of a group together and in order."""

    table: pa.Table
    """The rows, sorted."""
    of: Array
    """The group of each row, counted from 0."""
    place: Array
    """The place of each row in the order: rows with the same one are ties."""
    starts: Array
    """The first row of each group."""
    rows: Array
    """Where each row was before."""

    def __len__(self) -> int:
        return len(self.starts)

    def numbers(self, name: str) -> Array:
        """Return a column as doubles, what is missing as NaN.

        Raises
        ------
        FairpracticeError
            When the column is not of numbers, or of true and false.
        """
        column = self.table[name]
        kind = column.type
        if not (
            pa.types.is_boolean(kind)
            or pa.types.is_integer(kind)
            or pa.types.is_floating(kind)
            or pa.types.is_decimal(kind)
            or pa.types.is_null(kind)
        ):
            raise FairpracticeError(
                f"The column {name!r} holds {kind}, not numbers", fix="Convert it first."
            )
        if pa.types.is_boolean(kind):
            column = column.cast(pa.int8())
        wide: Array = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
        return np.array(wide, dtype=float)

    def sum(self, values: Array) -> Array:
        """Return the sum of each group; of what is missing too, so NaN where anything is."""
        return np.bincount(self.of, values, minlength=len(self))

    def keys(self, by: Sequence[str], rows: Array | None = None) -> dict[str, Any]:
        """Return the group columns, for some rows; for each group's first when left out."""
        first = pa.array(self.starts if rows is None else rows)
        return {name: self.table[name].take(first) for name in by}


def group(
    table: pa.Table,
    by: Sequence[str],
    order: Sequence[str] = (),
    *,
    columns: Sequence[str | None] = (),
    results: Sequence[str] = (),
) -> Groups:
    """Return the rows of a table by group and in order, missing keys last.

    Parameters
    ----------
    table
        The rows.
    by
        The columns that make a group; ``()`` makes the whole table one.
    order
        The columns to order the rows of a group by; rows that tie keep the order they came in.
    columns
        Further columns that have to be there.
    results
        Names that the statistic will add, which no group or order column may have.

    Raises
    ------
    FairpracticeError
        When a column is not there, or has the name of a result.
    """
    for name in (*by, *order, *columns):
        if name is not None and name not in table.column_names:
            there = ", ".join(table.column_names)
            raise FairpracticeError(f"There is no column {name!r}", fix=f"Choose among: {there}.")
    for name in (*by, *order):
        if name in results:
            raise FairpracticeError(
                f"The grouping column {name!r} has the name of a column of the result",
                fix="Rename it first.",
            )
    group_of, place = ranks(table, by), ranks(table, order)
    rows = np.lexsort((place, group_of))
    group_of, place = group_of[rows], place[rows]
    starts = np.flatnonzero(np.diff(group_of, prepend=-1))
    return Groups(table.take(pa.array(rows)), group_of, place, starts, rows)


def ranks(table: pa.Table, names: Sequence[str]) -> Array:
    """Return for each row the rank of its values among all, equal values the same, from 0."""
    ranks = np.zeros(table.num_rows, dtype=np.int64)
    for place, name in enumerate(names):
        ranked = pc.rank(_ranked(table[name]), sort_keys="ascending", tiebreaker="dense")
        each = ranked.to_numpy(zero_copy_only=False).astype(np.int64) - 1
        ranks = ranks * (each.max(initial=0) + 1) + each
        if place:  # ranks are dense again after each column, so that their product never overflows
            _, ranks = np.unique(ranks, return_inverse=True)
    return ranks


def _ranked(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return a column as a type that Arrow can rank."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _ranked(column.cast(kind.value_type))
    if pa.types.is_boolean(kind) or pa.types.is_null(kind):
        return column.cast(pa.int8())
    return column.cast(pa.large_string()) if kind == pa.string_view() else column


def judged(
    columns: Mapping[str, Any],
    checks: Sequence[Check],
    *,
    limits: Sequence[str],
    suppressed: Sequence[str] = (),
) -> dict[str, Any]:
    """Return columns with ``status`` and ``reason``, and nothing beside them that does not stand.

    Parameters
    ----------
    columns
        The columns of the result, ``value`` among them.
    checks
        Condition, status, reason; the first condition that holds decides, ``no_limits`` after all
        that leave no value. A result that is not a finite number is caught too.
    limits
        Columns that stand beside ``ok`` alone.
    suppressed
        Further columns that are emptied with the value.
    """
    value = np.asarray(columns["value"], dtype=float)
    unlimited = np.zeros(len(value), dtype=bool)
    for name in limits:
        unlimited |= ~np.isfinite(np.asarray(columns[name], dtype=float))
    rules = [
        *[check for check in checks if check[1] != "no_limits"],
        (~np.isfinite(value), "invalid_input", "the numbers are too extreme to calculate with"),
        *[check for check in checks if check[1] == "no_limits"],
        (unlimited, "no_limits", "the limits are not finite numbers"),
    ]
    decided = np.select([condition for condition, _, _ in rules], range(len(rules)), len(rules))
    statuses = pa.array([*[status for _, status, _ in rules], "ok"])
    reasons = pa.array([*[reason for _, _, reason in rules], None], pa.string())
    fine = decided == len(rules)
    stands = fine | np.isin(decided, [n for n, rule in enumerate(rules) if rule[1] == "no_limits"])
    result = dict(columns)
    for name in ("value", *suppressed):
        result[name] = emptied(columns[name], stands)
    for name in limits:
        result[name] = emptied(columns[name], fine)
    return result | {"status": statuses.take(decided), "reason": reasons.take(decided)}


def emptied(column: Any, kept: Array) -> Any:
    """Return a column with nothing where it is not kept, nor where it is not a finite number."""
    if isinstance(column, (pa.Array, pa.ChunkedArray)):
        return pc.if_else(pa.array(kept), column, pa.scalar(None, column.type))
    column = np.asarray(column)
    if np.issubdtype(column.dtype, np.floating):
        kept = kept & np.isfinite(column)
    return pa.array(column, mask=~np.broadcast_to(kept, column.shape))


def tabled(columns: Mapping[str, Any], rows: int) -> pa.Table:
    """Return columns as a table; a single value is repeated, and NaN is nothing."""
    made = {}
    for name, column in columns.items():
        if isinstance(column, (pa.Array, pa.ChunkedArray)):
            made[name] = column
        elif isinstance(column, np.ndarray):
            kept = np.ones(len(column), dtype=bool)
            made[name] = emptied(column, kept)
        else:
            kind = pa.float64() if column is None else None
            made[name] = pa.repeat(pa.scalar(column, kind), rows)
    return pa.table(made)


def unusable(*columns: Array) -> tuple[Array, Array]:
    """Return where any of some numbers is missing, and where any is too large."""
    missing = functools.reduce(np.logical_or, [np.isnan(column) for column in columns])
    large = functools.reduce(np.logical_or, [np.abs(column) > LARGEST for column in columns])
    return missing, large


def quietly() -> np.errstate:
    """Calculate without warnings: what comes to nothing is judged afterwards."""
    return np.errstate(divide="ignore", invalid="ignore", over="ignore", under="ignore")
