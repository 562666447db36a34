"""Limits of sums and ratios of independent estimates that are not normal on their own scale.

Each estimate brings its first four cumulants. Those of a weighted sum add up, and a Cornish-Fisher
expansion turns them into quantiles (Cornish and Fisher 1938; Hill and Davis 1968): what a
simulation tends to, without the simulation.
"""

from functools import reduce
from math import comb
from operator import mul

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from fairpractice.statistics.scales import Link
from fairpractice.statistics.tables import root


NODES = 15
STEPS = 3


def with_cumulants(rows: ir.Table, key: list[str], error_link: Link, normal: bool) -> ir.Table:
    """Return rows with ``k1`` to ``k4``, the cumulants of each value.

    Parameters
    ----------
    rows
        Rows with ``y``, a value, and ``se``, its standard error on the scale of ``error_link``,
        on which it is taken as normal.
    key
        The columns that tell the rows apart.
    error_link
        The scale.
    normal
        Whether that is the scale of the value itself, which needs no integration.
    """
    if normal:
        return rows.mutate(k1=rows.y, k2=rows.se * rows.se, k3=rows.y * 0, k4=rows.y * 0)
    points, weights = np.polynomial.hermite_e.hermegauss(NODES)
    nodes = ibis.memtable(pa.table({"point": points, "weight": weights / weights.sum()}))
    wide = rows.select(*key, "y", "se").cross_join(nodes)
    away = error_link.back(error_link.to(wide.y) + wide.se * wide.point) - wide.y
    wide = wide.mutate(away=away)
    moments = wide.group_by(key).aggregate(
        **{f"m{n}": (wide.weight * _power(wide.away, n)).sum() for n in (1, 2, 3, 4)}
    )
    m1, m2, m3, m4 = (moments[f"m{n}"] for n in (1, 2, 3, 4))
    moments = moments.select(
        **{f"moment_{name}": moments[name] for name in key},
        m1=m1,
        k2=m2 - m1 * m1,
        k3=m3 - 3 * m2 * m1 + 2 * _power(m1, 3),
        k4=m4 - 4 * m3 * m1 - 3 * m2 * m2 + 12 * m2 * m1 * m1 - 6 * _power(m1, 4),
    )
    joined = rows.left_join(
        moments, [rows[name].identical_to(moments[f"moment_{name}"]) for name in key]
    )
    return joined.mutate(k1=joined.y + joined.m1).drop("m1", *[f"moment_{name}" for name in key])


def cornish_fisher(z: ir.Value, second: ir.Value, third: ir.Value, fourth: ir.Value) -> ir.Value:
    """Return the standardised quantile of a variable with these cumulants where a normal's is z."""
    skew = third / (second * root(second)).nullif(0)
    excess = fourth / (second * second).nullif(0)
    return ibis.coalesce(
        z
        + (z * z - 1) * skew / 6
        + (z * z - 3) * z * excess / 24
        - (2 * z * z - 5) * z * skew * skew / 36,
        z,
    )


def sum_cumulants(coefficient: ir.Value, rows: ir.Table) -> dict[str, ir.Value]:
    """Return the cumulants of Σ coefficient · y, as aggregates ``s1`` to ``s4``."""
    return {f"s{n}": (_power(coefficient, n) * rows[f"k{n}"]).sum() for n in (1, 2, 3, 4)}


def sum_limits(sums: ir.Table) -> tuple[ir.Value, ir.Value]:
    """Return the limits of a sum at level z, from its cumulants ``s1`` to ``s4``."""
    spread = root(sums.s2)
    below, above = (cornish_fisher(z, sums.s2, sums.s3, sums.s4) for z in (-sums.z, sums.z))
    return sums.s1 + spread * below, sums.s1 + spread * above


def ratio_cumulants(
    top: ir.Value, bottom: ir.Value, rows: ir.Table, normal: bool
) -> dict[str, ir.Value]:
    """Return what :func:`with_ratio_limits` needs of Σ top · y / Σ bottom · y, as aggregates."""
    mixed = {
        f"c{n}{i}": (_power(top, n - i) * _power(bottom, i) * rows[f"k{n}"]).sum()
        for n in ((2,) if normal else (2, 3, 4))
        for i in range(n + 1)
    }
    return {"top": (top * rows.k1).sum(), "bottom": (bottom * rows.k1).sum(), **mixed}


def with_ratio_limits(sums: ir.Table, normal: bool) -> ir.Table:
    """Return rows with the ``lower`` and ``upper`` limit of a ratio of two correlated sums.

    Fieller's theorem (Fieller 1954): r is a limit where Σ(top − r·bottom)y has the quantile 0.
    Where the values are not normal, its normal quantile is then bent by Cornish-Fisher for the
    cumulants of that sum at r, and r found again, a fixed number of times. Null where the limits
    are not bounded.
    """
    quantiles = {"lower": -sums.z, "upper": sums.z}
    sums = sums.mutate(**{name: _fieller(sums, u) for name, u in quantiles.items()})
    for _ in range(0 if normal else STEPS):
        sums = sums.mutate(
            **{
                f"u_{name}": cornish_fisher(u, *(_at(sums, n, sums[name]) for n in (2, 3, 4)))
                for name, u in (("lower", -sums.z), ("upper", sums.z))
            }
        )
        sums = sums.mutate(**{name: _fieller(sums, sums[f"u_{name}"]) for name in quantiles})
    return sums


def _fieller(sums: ir.Table, u: ir.Value) -> ir.Value:
    n, d = sums.top, sums.bottom
    vn, cov, vd = sums.c20, sums.c21, sums.c22
    u2 = u * u
    below = d * d - u2 * vd
    inside = n * n * vd + d * d * vn - 2 * n * d * cov - u2 * (vn * vd - cov * cov)
    # Rounding can leave a trifle below zero where there is no spread.
    inside = (inside < 0).ifelse((inside > -1e-12 * n * n * d * d).ifelse(0.0, inside), inside)
    bounded = (below > 0).ifelse(below, ibis.null("float64"))
    return (n * d - u2 * cov + u * root(inside)) / bounded


def _at(sums: ir.Table, n: int, ratio: ir.Value) -> ir.Value:
    """Return the n-th cumulant of Σ(top − ratio · bottom) y."""
    # By Horner's rule, so that the expression stays short.
    result = sums[f"c{n}{n}"] * (-1) ** n
    for i in reversed(range(n)):
        result = result * ratio + sums[f"c{n}{i}"] * (comb(n, i) * (-1) ** i)
    return result


def _power(value: ir.Value, n: int) -> ir.Value:
    """Return a whole power by multiplication, which is the same on every engine."""
    return reduce(mul, [value] * n) if n else ibis.literal(1.0)
