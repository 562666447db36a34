"""The social gradient: groups laid out by rank over their population, and a line through them."""

from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.intervals import wilson
from fairpractice.statistics.quantiles import normal_quantile
from fairpractice.statistics.scales import link
from fairpractice.statistics.tables import (
    any_missing,
    checked_levels,
    counted,
    keyed,
    number,
    out_of_range,
    real,
    require,
    total,
)
from fairpractice.statistics.uncertainty import ratio_cumulants, sum_cumulants, with_cumulants


def by_rank(
    data: ir.Table,
    rank: str,
    population: str,
    events: str | None,
    value: str | None,
    errors: tuple[str | None, str | None, str | None],
    keys: Mapping[str, str],
) -> ir.Table:
    """Return one row a group and rank: n, y where given, events where given, and the errors."""
    if (events is None) == (value is None):
        raise FairpracticeError(
            "An index of inequality is made from counts or from values",
            fix="Name events= or value=, one of them.",
        )
    columns = {
        "n": population,
        "x": events,
        "y": value,
        **dict(zip(("se", "low", "high"), errors, strict=True)),
    }
    named = {new: old for new, old in columns.items() if old is not None}
    require(data, [rank, *named.values()])
    rows = data.select(
        **keyed(data, keys),
        place=number(data[rank]),
        **{new: real(number(data[old])) for new, old in named.items()},
    )
    rows = rows.group_by([*keys, "place"]).aggregate(
        **{new: total(rows[new]) for new in named}, times=rows.count()
    )
    summable = set(named) <= {"n", "x"}
    rows = rows.mutate(repeated=ibis.literal(0) if summable else (rows.times > 1).cast("int64"))
    if events is None:
        return rows.mutate(x=ibis.null("float64"))
    return rows.mutate(y=rows.x / rows.n.nullif(0))


def with_error(
    rows: ir.Table, errors_on: str, from_counts: bool, on_value: bool, limits_level: float
) -> ir.Table:
    """Return rows with ``se``, the standard error of y on the error scale."""
    scale = link(errors_on)
    if "se" in rows.columns:
        return rows.mutate(se=rows.se * scale.slope(rows.y)) if on_value else rows
    if "low" in rows.columns and "high" in rows.columns:
        low, high, z = rows.low, rows.high, normal_quantile(checked_levels([limits_level])[0])
    elif from_counts:
        z = normal_quantile(0.95)
        low, high = wilson(rows.x, rows.n, ibis.literal(z))
    else:
        return rows.mutate(se=ibis.null("float64"))
    return rows.mutate(se=(scale.to(high) - scale.to(low)) / (2 * z))


def placed(rows: ir.Table, keys: list[str], *, descending: bool, to: Any) -> ir.Table:
    """Return rows with their share of people, slope coefficient, and value on the line's scale."""
    order = ibis.desc("place") if descending else ibis.asc("place")
    everyone = ibis.window(group_by=keys)
    so_far = ibis.cumulative_window(group_by=keys, order_by=order)
    rows = rows.mutate(people=rows.n.sum().over(everyone), reached=rows.n.sum().over(so_far))
    of = rows.people.nullif(0)
    rows = rows.mutate(share=rows.n / of, at=(rows.reached - rows.n / 2) / of - 0.5)
    rows = rows.mutate(spread=(rows.share * rows["at"] * rows["at"]).sum().over(everyone))
    return rows.mutate(
        pull=rows.share * rows["at"] / rows.spread.nullif(0),
        line=(rows.n > 0).ifelse(to(rows.y), ibis.null("float64")),
    )


def fitted(
    rows: ir.Table, keys: list[str], scale: str, errors_on: str, relative: bool, forward: bool
) -> ir.Table:
    """Return the line of each group, what its limits need, and what is wrong with its rows."""
    if scale == "value":
        normal = errors_on == "value"
        rows = with_cumulants(rows, [*keys, "place"], link(errors_on), normal)
    peopled = rows.n > 0
    aggregates = {
        "groups": counted(peopled),
        "population": total(rows.n),
        "slope": (rows.pull * rows.line).sum(),
        "middle": (rows.share * rows.line).sum(),
        "missing": counted(any_missing(rows.place, rows.n) | (peopled & rows.y.isnull())),
        "invalid": counted(
            out_of_range(rows.n, rows.y) | (rows.n < 0) | (rows.x < 0) | (rows.x > rows.n)
        ),
        "repeated": ibis.coalesce(rows.repeated.sum(), 0),
        "outside": counted(peopled & ~link(scale).holds(rows.y)),
        # What disclosure control asks: a row that rests on a small count is hidden with it.
        "smallest_cell": ibis.least(_smallest(rows.x), _smallest(rows.n - rows.x)),
        "without_error": counted(peopled & (rows.se.isnull() | (rows.se < 0))),
    }
    if scale != "value":
        error = rows.pull * rows.se
        aggregates["slope_variance"] = (error * error).sum()
    elif relative:
        ends = (rows.share + rows.pull / 2, rows.share - rows.pull / 2)
        aggregates |= ratio_cumulants(*(ends if forward else ends[::-1]), rows, normal)
    else:
        aggregates |= sum_cumulants(rows.pull if forward else -rows.pull, rows)
    return (rows.group_by(keys) if keys else rows).aggregate(**aggregates)


def _smallest(count: ir.Value) -> ir.Value:
    """Return the smallest count above zero."""
    return (count > 0).ifelse(count, ibis.null("float64")).min()
