"""Any kind of table in, one kind out; and a query that is asked again is made once."""

import datetime as dt
import functools
from collections.abc import Callable, Hashable, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.common.exceptions import IbisError

from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    from fairpractice.engines.duckdb import Prepared

ROW = "fairpractice_row"
DATA = "fairpractice_data"
PREPARED = 64
"""How many queries of a statistic are kept."""
LONGEST_ARGUMENT = 1000
"""A longer table among the arguments is not compared with those of earlier calls."""

P = ParamSpec("P")


def as_table(data: Any, engine: Any = None) -> ir.Table:
    """Return data as an Ibis table.

    Parameters
    ----------
    data
        An Ibis table (returned as it is), a pandas data frame, a pyarrow table, or anything that
        offers the Arrow stream interface, as polars data frames do.
    engine
        The engine to give the rows to; a new DuckDB in memory when left out.

    Raises
    ------
    FairpracticeError
        When the data are none of these.
    """
    if isinstance(data, ir.Table):
        return data
    if engine is None:
        from fairpractice.engines.duckdb import connect

        engine = connect()
    table: ir.Table = engine.table(_typed(as_arrow(data)))
    return table


def as_arrow(data: Any) -> pa.Table:
    """Return data as an Arrow table, running it where it is an Ibis table."""
    if isinstance(data, ir.Table):
        return data.to_pyarrow()
    if isinstance(data, pa.Table):
        return data
    if isinstance(data, pd.DataFrame):
        return pa.Table.from_pandas(data, preserve_index=False)
    if hasattr(data, "__arrow_c_stream__"):
        return pa.table(data)
    raise FairpracticeError(
        f"A statistic cannot read a {type(data).__name__}",
        fix="Give an Ibis, pandas, polars or pyarrow table.",
    )


def _typed(table: pa.Table) -> pa.Table:
    """Return a table in which a column of nothing, which has no type, is one of numbers."""
    for place, field in enumerate(table.schema):
        if pa.types.is_null(field.type):
            table = table.set_column(place, field.name, pa.nulls(len(table), pa.float64()))
    return table


def on_any_table(
    statistic: Callable[Concatenate[ir.Table, P], ir.Table],
) -> Callable[Concatenate[Any, P], Any]:
    """Let a function from Ibis table to Ibis table take and return other kinds of table.

    Ibis in, Ibis out, not yet run; pandas in, pandas out; any other Arrow data in, pyarrow out.
    A statistic that treats each row as a group returns its rows in the order they came.

    For what is not an Ibis table the query is made once for each layout of columns and arguments,
    and then run on the rows of every call. A function that reads the rows before it returns is
    called anew each time.
    """

    @functools.lru_cache(maxsize=PREPARED)
    def prepared(schema: pa.Schema, question: "_Question") -> "Prepared | None":
        from fairpractice.engines.duckdb import shared

        unbound = ibis.table(ibis.Schema.from_pyarrow(schema), name=DATA)
        try:
            result = statistic(unbound, *question.args, **question.kwargs)
        except IbisError:  # it wants to see the rows
            return None
        return shared().prepare(_in_order(result))

    @functools.wraps(statistic)
    def adapted(data: Any, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        if isinstance(data, ir.Table):
            return statistic(data, *args, **kwargs)
        from fairpractice.engines.duckdb import connect, shared

        rows = _typed(as_arrow(data)).replace_schema_metadata()
        rows = rows.append_column(ROW, pa.array(np.arange(rows.num_rows)))
        question = _Question(args, kwargs)
        planned = prepared if question.known is not None else prepared.__wrapped__
        query = planned(rows.schema, question)
        if query is None:
            engine = connect()
            arrow = engine.to_arrow(_in_order(statistic(engine.table(rows), *args, **kwargs)))
        else:
            arrow = shared(rows.num_rows).run(query, {DATA: rows})
        return as_given(data, arrow)

    return adapted


def as_given(data: Any, result: pa.Table) -> Any:
    """Return a result as the kind of table that the data were."""
    if isinstance(data, ir.Table):
        return ibis.memtable(result)
    return result.to_pandas() if isinstance(data, pd.DataFrame) else result


def _in_order(result: ir.Table) -> ir.Table:
    if ROW not in result.columns:
        return result
    order = [name for name in (ROW, "confidence") if name in result.columns]
    return result.order_by(order).drop(ROW)


class _Question:
    """What a statistic is asked beside its rows; equal where the same is asked.

    ``known`` is what it comes to, or None where it cannot be told whether two are the same.
    """

    def __init__(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.args, self.kwargs = args, kwargs
        try:
            self.known: Hashable = _told(args), _told(kwargs)
        except _UntoldError:
            self.known = None

    def __hash__(self) -> int:
        return hash(self.known)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Question) and self.known == other.known


class _UntoldError(Exception):
    """Whether two such arguments are the same cannot be told."""


def _told(given: Any) -> Hashable:
    if given is None or isinstance(given, str | int | float | dt.date):
        return type(given), given
    if isinstance(given, Mapping):
        return "mapping", tuple((name, _told(value)) for name, value in given.items())
    if isinstance(given, list | tuple):
        return "sequence", tuple(map(_told, given))
    try:
        table = as_arrow(given)
    except FairpracticeError:
        raise _UntoldError from None
    if len(table) > LONGEST_ARGUMENT:
        raise _UntoldError
    return "table", table.schema, _told(list(table.to_pydict().values()))
