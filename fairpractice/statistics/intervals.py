"""Closed forms of intervals, as expressions for any engine."""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from fairpractice.statistics.quantiles import EXACT_UNDER, poisson_limits
from fairpractice.statistics.tables import checked_levels, real, root


def wilson(events: ir.Value, of: ir.Value, z: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Return the lower and upper limit of a proportion.

    Wilson's score method without continuity correction (Wilson 1927; Newcombe and Altman 2000,
    in Statistics with Confidence, 2nd edition, p. 46).
    """
    x, n = real(events), real(of)
    middle = 2 * x + z * z
    half = z * root(z * z + 4 * x * (1 - x / n.nullif(0)))
    upper = (middle + half) / (2 * (n + z * z))
    # The product of the two roots, not their difference: it keeps every figure of small ones.
    lower = x * x / (n.nullif(0) * (n + z * z) * upper.nullif(0))
    return lower.coalesce(0.0), (x >= n).ifelse(1.0, upper)


def byar(events: ir.Value, z: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Return the lower and upper limit of a Poisson count.

    Byar's approximation (Breslow and Day 1987, Statistical Methods in Cancer Research volume 2,
    p. 69), good from 10 events on.
    """
    x = real(events)
    some = x.nullif(0)
    below = 1 - 1 / (9 * some) - z / (3 * root(some))
    more = x + 1
    above = 1 - 1 / (9 * more) + z / (3 * root(more))
    return (below > 0).ifelse(x * below**3, 0.0), more * above**3


def with_count_limits(rows: ir.Table, count: str, levels: Sequence[float]) -> ir.Table:
    """Return rows of some levels with the limits of a count of events.

    Exact Poisson limits of whole numbers under 10 (joined from a table, so that no engine needs to
    know the chi-square distribution), Byar's of others.

    Parameters
    ----------
    rows
        With ``confidence`` and ``z``.
    count
        The column of the count.
    levels
        The levels that occur.

    Returns
    -------
    The rows with ``count_lower``, ``count_upper`` and ``method``.
    """
    rows = rows.mutate(exact_key=real(rows[count]))
    exact = ibis.memtable(poisson_limits(checked_levels(levels)))
    rows = rows.left_join(
        exact,
        [rows.exact_key == exact.exact_events, rows.confidence == exact.exact_confidence],
    )
    x = rows.exact_key
    lower, upper = byar(x, rows.z)
    few = (x < EXACT_UNDER) & (x == x.floor())
    return rows.mutate(
        count_lower=ibis.coalesce(rows.exact_lower, lower),
        count_upper=ibis.coalesce(rows.exact_upper, upper),
        method=few.ifelse("exact Poisson", "Byar"),
    ).drop("exact_key", "exact_events", "exact_confidence", "exact_lower", "exact_upper")
