"""What every statistic is made of: from rows to groups, from groups to rows that say what stands.

Inside a statistic, :func:`grouped` gives one row a group, :func:`at_levels` one row a confidence
level, and :func:`judged` says of every row whether its value can be relied on, so that data never
raise and one bad group never stops the rest.
"""

import functools
from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.any_table import ROW as ROW
from fairpractice.statistics.any_table import as_arrow as as_arrow
from fairpractice.statistics.any_table import as_table as as_table
from fairpractice.statistics.any_table import on_any_table as on_any_table
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
    "too_few_people": "too few people for the method",
    "too_few_values": "fewer values than groups to make of them",
    "too_uncertain": "an interval so wide that the value is of no use",
    "hidden": "a count is small enough to point at people, or would give such a count away",
}
"""What ``status`` can say. A value stands beside ``ok`` and ``no_limits`` alone."""

LARGEST = 1e60
"""Larger numbers are refused as input: their fourth powers would not fit a double."""

Check = tuple[ir.BooleanValue, str, str]


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
    unsound = column.isnull().any()
    summed = real(column).sum()
    if column.type().is_integer():
        # Beyond what a double counts one by one, an integer sum would overflow with an error.
        unsound |= summed.abs() > 9e15
    return unsound.ifelse(ibis.null("float64"), summed).cast(column.type())


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


def some(flag: ir.BooleanValue) -> ir.BooleanValue:
    """Return whether something is so in any row; false, not null, where there are none."""
    return ibis.coalesce(flag.any(), False)


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

    def usable(*names: str) -> ir.BooleanValue:
        # No comparison with a missing number holds, nor is any engine's NaN under a number.
        within = [table[name].abs() <= 1e300 for name in names]
        return ibis.coalesce(functools.reduce(lambda a, b: a & b, within), False)

    rules = [
        *[check for check in checks if check[1] != "no_limits"],
        (~usable("value"), "invalid_input", "the numbers are too extreme to calculate with"),
        *[check for check in checks if check[1] == "no_limits"],
        (
            table.confidence.notnull() & ~usable("lower", "upper"),
            "no_limits",
            "the limits are not finite numbers",
        ),
    ]
    # One pass over the conditions finds both the status and the reason.
    found = table.mutate(
        found=ibis.cases(*[(rule[0], n) for n, rule in enumerate(rules)], else_=len(rules))
    )
    stands = [n for n, (_, status, _) in enumerate(rules) if status == "no_limits"]
    stands.append(len(rules))
    limited = (found.found == len(rules)) & found.confidence.notnull()
    nothing = ibis.null("float64")
    standing = found.found.isin(stands)
    return found.mutate(
        status=_named(found.found, [status for _, status, _ in rules], "ok"),
        reason=_named(found.found, [reason for _, _, reason in rules], None),
        lower=limited.ifelse(found.lower, nothing),
        upper=limited.ifelse(found.upper, nothing),
        **{name: standing.ifelse(found[name], nothing) for name in ("value", *suppressed)},
        **{
            name: (real(found[name]).abs() <= LARGEST).ifelse(
                found[name], ibis.null(found[name].type())
            )
            for name in counts
        },
    )


def _named(number: ir.Value, names: Sequence[str], otherwise: str | None) -> ir.Value:
    return number.cases(*enumerate(names), else_=ibis.literal(otherwise, "string"))


def finished(table: ir.Table, keys: Mapping[str, str], columns: Sequence[str]) -> ir.Table:
    """Return the group columns and then the columns named, in the order of the groups."""
    rows = table.select(
        **{name: table[working] for working, name in keys.items()}
        | {name: table[name] for name in columns}
    )
    return rows if ROW in rows.columns else rows.order_by(*keys.values(), "confidence")
