"""Groups of equal size by a value, such as deprivation tenths."""

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.any_table import ROW, on_any_table
from fairpractice.statistics.tables import number, real, require, sheltered


RESULT = ("quantile", "quantiles", "highest_first", "status", "reason")


@on_any_table
def quantile_groups(
    data: Any,
    /,
    value: str,
    *,
    quantiles: int = 10,
    highest_first: bool | str = True,
    by: Sequence[str] = (),
) -> ir.Table:
    """Return rows put into groups of equal size by a value, such as fifths or tenths.

    Parameters
    ----------
    data
        A row for each area: an Ibis, pandas, polars or pyarrow table.
    value
        The column of the value. Equal values go into one group; rows without a value into none.
    quantiles
        How many groups, from 2 on.
    highest_first
        Whether group 1 has the highest values, as the most deprived tenth has the highest score of
        the English indices; or the column of true and false that says so for each row.
    by
        Group columns within which to do so; none of them takes the whole table.

    Returns
    -------
    The kind of table given, its rows and columns and ``quantile``, ``quantiles``,
    ``highest_first``, ``status``, ``reason``. Statuses: ``missing_input``, ``invalid_input``
    (infinite, or both ends first within a group), ``too_few_values`` (fewer than groups).

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or fewer than 2 groups.

    Notes
    -----
    Of N values the one with r − 1 before it goes into group q + 1 − ⌈(N + 1 − r) q/N⌉ (Public
    Health England, Technical Guide: Assigning Deprivation Categories). In whole numbers, so that
    no rounding moves an area across a boundary.
    """
    kept = list(data.columns)
    require(data, (value, *by))
    require(data, kept, RESULT)
    if quantiles < 2:
        raise FairpracticeError(f"{quantiles} groups tell nothing apart", fix="Ask for 2 or more.")
    x = real(number(data[value]))
    named = isinstance(highest_first, str)
    if isinstance(highest_first, str):
        require(data, (highest_first,))
        first = data[highest_first]
        if not first.type().is_boolean():
            raise FairpracticeError(
                f"The column {highest_first!r} does not hold true and false",
                fix="Convert it first.",
            )
    else:
        first = ibis.literal(highest_first)
    infinite = x.abs() == float("inf")
    names = sheltered(kept)
    columns = {working: data[name] for working, name in names.items()}
    rows = data.select(
        **columns,
        at=(infinite | first.isnull()).ifelse(ibis.null("float64"), first.ifelse(-x, x)),
        first=first,
        infinite=infinite,
    )
    groups = [working for working, name in names.items() if name in by]
    whole = ibis.window(group_by=groups)
    within = ibis.window(group_by=[*groups, rows["at"].isnull()], order_by="at")
    end = rows["first"].cast("int64")
    rows = rows.mutate(
        values=rows["at"].count().over(whole),
        before=ibis.rank().over(within),
        ends=(end.max().over(whole) - end.min().over(whole)) if named else ibis.literal(0),
    )
    # Ibis counts ranks from 0: this many values come at or after one.
    left = rows["values"] - rows.before
    found = quantiles + 1 - (left * quantiles + rows["values"] - 1) // rows["values"].nullif(0)
    rules = [
        (rows.infinite, "invalid_input", "the value is infinite"),
        (rows["at"].isnull(), "missing_input", "the value, or which end is first, is missing"),
        (rows.ends > 0, "invalid_input", "which end is first differs within the group"),
        (rows["values"] < quantiles, "too_few_values", "there are fewer values than groups"),
    ]
    rows = rows.mutate(
        found=found.cast("int64"),
        status=ibis.cases(*[(rule, status) for rule, status, _ in rules], else_="ok"),
        reason=ibis.cases(*[(rule, why) for rule, _, why in rules], else_=ibis.null("string")),
    )
    result = rows.select(
        **{name: rows[working] for working, name in names.items()},
        quantile=(rows.status == "ok").ifelse(rows.found, ibis.null("int64")),
        quantiles=ibis.literal(quantiles, "int64"),
        highest_first=rows["first"],
        status=rows.status,
        reason=rows.reason,
    )
    return result if ROW in kept else result.order_by(kept)
