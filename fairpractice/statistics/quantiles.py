"""Quantiles of distributions: constants and small tables, made by SciPy when a plan is built.

From ``scipy.special``, since ``scipy.stats`` takes longer to import than most questions to answer.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from scipy import special


EXACT_UNDER = 10
TABLED_DEGREES = 1000


def normal_quantile(level: float) -> float:
    """Return z such that a standard normal lies within ±z with probability ``level``."""
    return float(special.ndtri((1 + level) / 2))


def poisson_limits(levels: Sequence[float]) -> pa.Table:
    """Return the exact limits of a Poisson mean for each count under 10 and each level.

    Lower = χ²(α/2; 2x)/2, upper = χ²(1 − α/2; 2x + 2)/2 (Garwood 1936; Armitage, Berry and
    Matthews 2002). Columns: ``exact_events``, ``exact_confidence``, ``exact_lower``,
    ``exact_upper``.
    """
    events = np.tile(np.arange(EXACT_UNDER, dtype=float), len(levels))
    level = np.repeat(np.array(levels, dtype=float), EXACT_UNDER)
    lower = special.gammaincinv(np.maximum(events, 0.5), (1 - level) / 2)
    return pa.table(
        {
            "exact_events": events,
            "exact_confidence": level,
            "exact_lower": np.where(events == 0, 0.0, lower),
            "exact_upper": special.gammaincinv(events + 1, (1 + level) / 2),
        }
    )


def with_student_t(table: ir.Table, degrees: str, levels: Sequence[float]) -> ir.Table:
    """Return rows of some levels with ``t``, the two-sided quantile of Student's t.

    Up to 1,000 degrees of freedom it is joined from a table; beyond, it is the asymptotic
    expansion in 1/degrees (Abramowitz and Stegun 1964, 26.7.5), there exact to 14 figures. So no
    rows need be read to know which degrees of freedom occur.

    Parameters
    ----------
    table
        Rows with ``confidence`` and ``z``.
    degrees
        The column of degrees of freedom; ``t`` is null where they are under 1.
    levels
        The levels that occur.
    """
    df = np.tile(np.arange(1.0, TABLED_DEGREES + 1), len(levels))
    level = np.repeat(np.array(levels, dtype=float), TABLED_DEGREES)
    quantiles = ibis.memtable(
        pa.table(
            {
                "t_degrees": df,
                "t_confidence": level,
                "t_tabled": special.stdtrit(df, (1 + level) / 2),
            }
        )
    )
    rows = table.left_join(
        quantiles,
        [table[degrees] == quantiles.t_degrees, table.confidence == quantiles.t_confidence],
    )
    z, v = rows.z, (rows[degrees] > TABLED_DEGREES).ifelse(rows[degrees], ibis.null("float64"))
    z2 = z * z
    expansion = z * (
        1
        + (z2 + 1) / (4 * v)
        + ((5 * z2 + 16) * z2 + 3) / (96 * v * v)
        + (((3 * z2 + 19) * z2 + 17) * z2 - 15) / (384 * v * v * v)
        + ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / (92160 * v * v * v * v)
    )
    return rows.mutate(t=ibis.coalesce(rows.t_tabled, expansion)).drop(
        "t_degrees", "t_confidence", "t_tabled"
    )
