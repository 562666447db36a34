"""Any table in, a long table out: what every statistic shares.

A statistic is a function of an Ibis table. :func:`on_any_table` lets it take pandas and Arrow
tables too. Inside, :func:`grouped` gives one row a group, :func:`at_levels` one row a confidence
level, and :func:`judged` says of every row whether its value can be relied on, so that data never
raise and one bad group never stops the rest.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Concatenate, ParamSpec

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.quantiles import normal_quantile


STATUSES = {
    "ok": "the value and its limits stand",
    "no_limits": "the value stands, but limits cannot be worked out",
    "missing_input": "something needed is missing",
    "invalid_input": "something cannot be as it is, such as a negative count",
    "zero_denominator": "there is nothing to divide by",
    "too_few_events": "too few events for the method",
    "outside_scale": "a value that the chosen scale cannot hold",
    "incomplete_groups": "a group that is to be compared is not there",
    "incomplete_bands": "the age bands do not cover the reference population's, each once",
    "hidden": "a count is small enough to point at people",
    "withheld_total": "a total that would give a hidden count away",
}
"""What ``status`` can say. A value stands beside ``ok`` and ``no_limits`` alone."""

LARGEST = 1e60
"""Larger numbers are refused as input: their fourth powers would not fit a double."""

ROW = "fairpractice_row"

P = ParamSpec("P")
Check = tuple[ir.BooleanValue, str, str]


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
    table: ir.Table = engine.table(as_arrow(data))
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


def on_any_table(
    statistic: Callable[Concatenate[ir.Table, P], ir.Table],
) -> Callable[Concatenate[Any, P], Any]:
    """Let a function from Ibis table to Ibis table take and return other kinds of table.

    Ibis in, Ibis out, not yet run; pandas in, pandas out; any other Arrow data in, pyarrow out.
    A statistic that treats each row as a group returns its rows in the order they came.
    """

    @functools.wraps(statistic)
    def adapted(data: Any, /, *args: P.args, **kwargs: P.kwargs) -> Any:
        if isinstance(data, ir.Table):
            return statistic(data, *args, **kwargs)
        from fairpractice.engines.duckdb import connect

        engine = connect()
        rows = as_arrow(data)
        rows = rows.append_column(ROW, pa.array(range(rows.num_rows), pa.int64()))
        result = statistic(engine.table(rows), *args, **kwargs)
        if ROW in result.columns:
            result = result.order_by(ROW, "confidence").drop(ROW)
        arrow = engine.to_arrow(result)
        return arrow.to_pandas() if isinstance(data, pd.DataFrame) else arrow

    return adapted


def require(table: ir.Table, columns: Sequence[str], results: Sequence[str] = ()) -> None:
    """Refuse a call that names columns the table does not have, or that results would replace.

    Raises
    ------
    FairpracticeError
        Naming the column, and the columns there are.
    """
    for column in columns:
        if column not in table.columns:
            there = ", ".join(name for name in table.columns if name != ROW)
            raise FairpracticeError(f"There is no column {column!r}", fix=f"Choose among: {there}.")
    for column in results:
        if column in columns:
            raise FairpracticeError(
                f"The grouping column {column!r} has the name of a column of the result",
                fix="Rename it first.",
            )


def number(column: ir.Value) -> ir.Value:
    """Return a column as int64 or float64, with NaN as null.

    Raises
    ------
    FairpracticeError
        When the column is not of numbers, or of true and false.
    """
    kind = column.type()
    if kind.is_boolean() or (kind.is_integer() and not kind.is_uint64()):
        return column.cast("int64")
    if not kind.is_numeric():
        raise FairpracticeError(
            f"The column {column.get_name()!r} holds {kind}, not numbers", fix="Convert it first."
        )
    wide = column.cast("float64")
    return wide.isnan().ifelse(ibis.null("float64"), wide)


def real(column: ir.Value) -> ir.Value:
    """Return a number as a double, so that no engine divides or overflows as integers do."""
    return column.cast("float64")


def root(value: ir.Value) -> ir.Value:
    """Return the square root; null, not an error, of a negative number."""
    return (value < 0).ifelse(ibis.null("float64"), value).sqrt()


def log(value: ir.Value) -> ir.Value:
    """Return the natural logarithm; null, not an error, of zero or less."""
    return (value <= 0).ifelse(ibis.null("float64"), value).ln()


def total(column: ir.Value) -> ir.Value:
    """Return the sum of a column: null if anything in it is missing, or there is nothing."""
    missing = column.isnull().cast("int64").sum()
    summed = real(column).sum()
    if column.type().is_integer():
        # Beyond what a double counts one by one, an integer sum would overflow with an error.
        missing = missing + (summed.abs() > 9e15).cast("int64")
    return (missing > 0).ifelse(ibis.null("float64"), summed).cast(column.type())


def sheltered(by: Sequence[str]) -> dict[str, str]:
    """Return a working name for each group column, which no working column has."""
    return {f"by {n}": name for n, name in enumerate(by)}


def keyed(table: ir.Table, keys: Mapping[str, str]) -> dict[str, ir.Value]:
    """Return the group columns under their working names."""
    return {working: table[name] for working, name in keys.items()}


def grouped(
    table: ir.Table, by: Sequence[str] | None, measures: Mapping[str, str], results: Sequence[str]
) -> tuple[ir.Table, dict[str, str]]:
    """Return one row a group, with the sum of each measure, and its group columns.

    Parameters
    ----------
    table
        The rows.
    by
        The columns that make a group; none of them (``()``) makes the whole table one group, and
        ``None`` makes each row a group, which keeps its other columns.
    measures
        New name to the column summed. One missing number makes that group's sum missing.
    results
        Names that the statistic will add, which no group column may have.
    """
    require(table, tuple(measures.values()))
    names = [c for c in table.columns if c not in measures.values()] if by is None else list(by)
    require(table, names, (*results, *measures))
    keys = sheltered(names)
    rows = table.select(
        **keyed(table, keys), **{new: number(table[old]) for new, old in measures.items()}
    )
    if by is None:
        return rows, keys
    sums = {new: total(rows[new]) for new in measures}
    return (rows.group_by(list(keys)) if keys else rows).aggregate(**sums), keys


def counted(flag: ir.BooleanValue) -> ir.Value:
    """Return in how many rows something is so; 0, not null, where there are none."""
    return ibis.coalesce(flag.cast("int64").sum(), 0)


def one_of(name: str, given: str, known: Sequence[str]) -> None:
    """Refuse an argument that is not among those known.

    Raises
    ------
    FairpracticeError
        Naming those there are.
    """
    if given not in known:
        raise FairpracticeError(
            f"{name}={given!r} is not known", fix=f"Choose among {', '.join(dict.fromkeys(known))}."
        )


def checked_levels(levels: Sequence[float]) -> tuple[float, ...]:
    """Return the confidence levels.

    Raises
    ------
    FairpracticeError
        When one is not between 0 and 1, such as 95.
    """
    for level in levels:
        if not 0 < level < 1:
            raise FairpracticeError(
                f"{level} is not a confidence level", fix="Give it between 0 and 1, as 0.95."
            )
    return tuple(dict.fromkeys(float(level) for level in levels))


def at_levels(table: ir.Table, levels: Sequence[float]) -> ir.Table:
    """Return each row once for each level, with ``confidence`` and its normal quantile ``z``.

    Without levels each row comes once, and both are null.
    """
    wanted = checked_levels(levels)
    if not wanted:
        return table.mutate(confidence=ibis.null("float64"), z=ibis.null("float64"))
    quantiles = {"confidence": wanted, "z": [normal_quantile(level) for level in wanted]}
    return table.cross_join(ibis.memtable(pa.table(quantiles)))


def out_of_range(*columns: ir.Value) -> ir.BooleanValue:
    """Return whether any of some numbers is infinite or too large to calculate with."""
    return functools.reduce(lambda a, b: a | b, [real(c).abs() > LARGEST for c in columns])


def any_missing(*columns: ir.Value) -> ir.BooleanValue:
    """Return whether any of some numbers is missing."""
    return functools.reduce(lambda a, b: a | b, [c.isnull() for c in columns])


def judged(
    table: ir.Table,
    checks: Sequence[Check],
    *,
    counts: Sequence[str] = (),
    suppressed: Sequence[str] = (),
) -> ir.Table:
    """Return the rows with ``status`` and ``reason``, and nothing beside them that does not stand.

    Parameters
    ----------
    table
        Rows with ``value``, ``confidence``, ``lower`` and ``upper``.
    checks
        Condition, status, reason; the first condition that holds decides, ``no_limits`` after all
        that leave no value. What none of them foresaw (a result that is not a finite number) is
        caught too.
    counts
        Columns that repeat the input, emptied only where they are infinite.
    suppressed
        Other columns that are worked out from the input, emptied with the value.
    """

    def unusable(name: str) -> ir.BooleanValue:
        value = table[name]
        return value.isnull() | value.isnan() | (value.abs() > 1e300)

    rules = [
        *[check for check in checks if check[1] != "no_limits"],
        (unusable("value"), "invalid_input", "the numbers are too extreme to calculate with"),
        *[check for check in checks if check[1] == "no_limits"],
        (
            table.confidence.notnull() & (unusable("lower") | unusable("upper")),
            "no_limits",
            "the limits are not finite numbers",
        ),
    ]
    rows = table.mutate(
        status=ibis.cases(*[(c, s) for c, s, _ in rules], else_="ok"),
        reason=ibis.cases(*[(c, r) for c, _, r in rules], else_=ibis.null("string")),
    )
    stands = rows.status.isin(["ok", "no_limits"])
    limited = (rows.status == "ok") & rows.confidence.notnull()
    nothing = ibis.null("float64")
    return rows.mutate(
        lower=limited.ifelse(rows.lower, nothing),
        upper=limited.ifelse(rows.upper, nothing),
        **{name: stands.ifelse(rows[name], nothing) for name in ("value", *suppressed)},
        **{
            name: out_of_range(rows[name]).ifelse(ibis.null(rows[name].type()), rows[name])
            for name in counts
        },
    )


def finished(table: ir.Table, keys: Mapping[str, str], columns: Sequence[str]) -> ir.Table:
    """Return the group columns and then the columns named, in the order of the groups."""
    rows = table.select(
        **{name: table[working] for working, name in keys.items()}
        | {name: table[name] for name in columns}
    )
    return rows if ROW in rows.columns else rows.order_by(*keys.values(), "confidence")
