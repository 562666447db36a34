"""The social gradient: groups laid out by rank over their population, and a line through them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from fairpractice.statistics.cells import Cells, Floats
from fairpractice.statistics.intervals import wilson
from fairpractice.statistics.quantiles import normal_quantile
from fairpractice.statistics.scales import array_link
from fairpractice.statistics.survey import covariance
from fairpractice.statistics.tables import (
    checked_levels,
    keyed,
    number,
    on_any_table,
    real,
    require,
    sheltered,
    total,
)


ITERATIONS = 50
HALVINGS = 20
SETTLED = 1e-12


@on_any_table
def by_rank(
    data: Any,
    /,
    by: Sequence[str],
    rank: str,
    population: str,
    events: str | None,
    value: str | None,
    errors: Sequence[str | None],
    results: Sequence[str],
) -> ir.Table:
    """Return one row a group and rank: n, x, y and the errors, added up from counts.

    From counts, ``low`` and ``high`` are Wilson's 95 % limits where no errors are given.
    """
    columns = {
        "n": population,
        "x": events,
        "y": value,
        **dict(zip(("se", "low", "high"), errors, strict=True)),
    }
    named = {new: old for new, old in columns.items() if old is not None}
    require(data, [*by, rank, *named.values()])
    require(data, tuple(by), results)
    keys = sheltered(by)
    rows = data.select(
        **keyed(data, keys),
        place=real(number(data[rank])),
        **{new: real(number(data[old])) for new, old in named.items()},
    )
    cell = [*keys, "place"]
    rows = rows.group_by(cell).aggregate(
        **{new: total(rows[new]) for new in named}, rows=rows.count()
    )
    if events is not None:
        rows = rows.mutate(y=rows.x / rows.n.nullif(0))
        if set(named) == {"n", "x"}:
            low, high = wilson(rows.x, rows.n, ibis.literal(normal_quantile(0.95)))
            rows = rows.mutate(low=low, high=high)
    return rows.order_by(cell)


def standard_errors(
    found: Cells, errors_on: str, *, on_value: bool, wilsons: bool, limits_level: float
) -> Floats:
    """Return the standard error of each value on the error scale; NaN where it is not known."""
    scale = array_link(errors_on)
    if "se" in found.columns:
        given = np.where(found["se"] >= 0, found["se"], np.nan)
        return given * scale.slope(found["y"]) if on_value else given
    if {"low", "high"} <= set(found.columns):
        z = normal_quantile(0.95 if wilsons else checked_levels([limits_level])[0])
        width: Floats = scale.to(found["high"]) - scale.to(found["low"])
        return np.where(width >= 0, width / (2 * z), np.nan)
    return np.full(len(found.group), np.nan)


@dataclass(frozen=True)
class Ranks:
    """Where each cell stands: ``at`` the middle of its rank's share of people, of which it is
    part, from ``low`` to ``high``; 0 is the lowest rank, 1 the highest.
    """

    place: Any
    """The number of the rank, all groups' counted on."""
    group: Any
    """The group of each rank."""
    at: Floats
    low: Floats
    high: Floats
    people: Floats
    """Of the whole group."""


def ranked(found: Cells, weights: Floats) -> Ranks:
    """Return where cells stand that are sorted by ``place``; ties share the middle."""
    new = np.ones(len(found.group), bool)
    new[1:] = (np.diff(found["place"]) != 0) | (np.diff(found.group) != 0)
    place = np.cumsum(new) - 1
    group = found.group[new]
    weight = np.bincount(place, weights, minlength=len(group)).astype(float)
    whole = found.total(weights)
    high = Cells(found.keys, group, found.size, {}).within(weight) / whole[group]
    share = weight / whole[group]
    low = high - share
    return Ranks(place, group, (high - share / 2)[place], low[place], high[place], whole)


@dataclass(frozen=True)
class Line:
    """A straight line on some scale, and what its uncertainty needs."""

    coefficients: Floats
    """Groups × 2: at rank 0, and by how much it is more at rank 1."""
    bread: Floats
    """Groups × 2 × 2: the inverse of the weighted squares of (1, rank)."""
    fitted: Floats
    """The value of the line at each cell, on the scale of the values."""


def line(found: Cells, at: Floats, weights: Floats, sums: Floats, scale: str) -> Line:
    """Fit a line by weighted least squares or, on the logit scale, by logistic regression.

    Parameters
    ----------
    at
        The rank of each cell.
    weights, sums
        Σw and Σwy of each cell.
    scale
        ``value`` or ``logit``. The latter by iteratively reweighted least squares: as many steps
        as the slowest group needs (McCullagh and Nelder 1989, Generalized Linear Models, 2.5).
    """
    design = np.stack([np.ones_like(at), at], axis=1)

    def squares(weight: Floats) -> Floats:
        s0, s1, s2 = (found.total(weight * at**n) for n in (0, 1, 2))
        # About the mean rank, which keeps every figure where all stand close together.
        mean = s1 / s0
        spread = s2 - mean * s1
        spread = np.where(spread > 1e-13 * s2, spread, np.nan)
        inverse = np.array([[1 / s0 + mean**2 / spread, -mean / spread],
                            [-mean / spread, 1 / spread]])  # fmt: skip
        return np.moveaxis(inverse, -1, 0)

    def scores(residual: Floats) -> Floats:
        return np.stack([found.total(residual), found.total(residual * at)], axis=1)

    if scale == "value":
        bread = squares(weights)
        beta = np.einsum("gkm,gm->gk", bread, scores(sums))
        return Line(beta, bread, np.einsum("nk,nk->n", design, beta[found.group]))
    link = array_link("logit")
    share = found.total(sums) / found.total(weights)
    beta = np.stack([link.to(share), np.zeros_like(share)], axis=1)

    def along(coefficients: Floats) -> Floats:
        eta: Floats = np.einsum("nk,nk->n", design, coefficients[found.group])
        return eta

    def likelihood(coefficients: Floats) -> Floats:
        eta = along(coefficients)
        return found.total(sums * eta - weights * np.logaddexp(0, eta))

    reached = likelihood(beta)
    for _ in range(ITERATIONS):
        fitted = link.back(along(beta))
        bread = squares(weights * fitted * (1 - fitted))
        step = np.einsum("gkm,gm->gk", bread, scores(sums - weights * fitted))
        for _ in range(HALVINGS):
            # A step too far, from a start far away, is taken by half.
            nearer = likelihood(beta + step)
            worse = nearer < reached - 1e-12 * np.abs(reached)
            if not np.any(worse):
                break
            step = np.where(worse[:, None], step / 2, step)
        beta, reached = beta + step, nearer
        if not np.any(np.abs(step) > SETTLED * (1 + np.abs(beta))):
            break
    settled = np.all(np.abs(step) <= 1e-8 * (1 + np.abs(beta)), axis=1)
    beta = np.where(settled[:, None], beta, np.nan)
    fitted = link.back(along(beta))
    return Line(beta, squares(weights * fitted * (1 - fitted)), fitted)


def sandwich(found: Cells, at: Floats, fit: Line) -> Floats:
    """Return the covariance of the line's coefficients by linearisation, groups × 2 × 2.

    A row adds w(y − fitted)(1, rank) to the two equations that the line solves (Binder 1983); of
    cells by :func:`fairpractice.statistics.cells.moments`.
    """
    design = np.stack([np.ones_like(at), at], axis=1)
    influence = np.stack([-fit.fitted[:, None] * design, design], axis=1)
    meat = covariance(found, influence)
    spread: Floats = np.einsum("gkm,gmn,gno->gko", fit.bread, meat, fit.bread)
    return spread
