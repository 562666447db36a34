"""Limits of sums and ratios of independent estimates that are not normal on their own scale.

Each estimate brings its first four cumulants. Those of a weighted sum add up, and a Cornish-Fisher
expansion turns them into quantiles (Cornish and Fisher 1938; Hill and Davis 1968): what a
simulation tends to, without the simulation.
"""

from dataclasses import dataclass
from functools import cached_property
from math import comb

import numpy as np

from fairpractice.statistics.cells import Cells, Floats
from fairpractice.statistics.scales import Link


NODES = 15
STEPS = 3
AT_ONCE = 8_000_000
"""How many simulated numbers are held at a time."""


@dataclass(frozen=True)
class Estimates:
    """An estimate in each cell, normal on some scale, where ``se`` is its standard error."""

    cells: Cells
    y: Floats
    se: Floats
    scale: Link
    normal: bool
    """Whether that is the scale of the value itself."""

    @cached_property
    def cumulants(self) -> list[Floats]:
        """The first four cumulants of each estimate, by Gauss-Hermite quadrature."""
        nothing = np.zeros_like(self.y)
        if self.normal:
            return [self.y, self.se**2, nothing, nothing]
        points, weights = np.polynomial.hermite_e.hermegauss(NODES)
        on_scale = self.scale.to(self.y)[:, None] + self.se[:, None] * points
        away = self.scale.back(on_scale) - self.y[:, None]
        m1, m2, m3, m4 = (away**n @ (weights / weights.sum()) for n in (1, 2, 3, 4))
        return [
            self.y + m1,
            m2 - m1**2,
            m3 - 3 * m2 * m1 + 2 * m1**3,
            m4 - 4 * m3 * m1 - 3 * m2**2 + 12 * m2 * m1**2 - 6 * m1**4,
        ]

    def sum_limits(self, coefficient: Floats, z: float) -> tuple[Floats, Floats]:
        """Return the limits of Σ coefficient · y."""
        mean, second, third, fourth = (
            self.cells.total(coefficient ** (n + 1) * k) for n, k in enumerate(self.cumulants)
        )
        below, above = (
            mean + np.sqrt(second) * cornish_fisher(u, second, third, fourth) for u in (-z, z)
        )
        return below, above

    def ratio_limits(self, top: Floats, bottom: Floats, z: float) -> tuple[Floats, Floats]:
        """Return the limits of Σ top · y / Σ bottom · y.

        Fieller's theorem (Fieller 1954): r is a limit where Σ(top − r·bottom)y has the quantile
        0. Where the values are not normal, its normal quantile is then bent by Cornish-Fisher for
        the cumulants of that sum at r, and r found again, a fixed number of times. NaN where the
        limits are not bounded.
        """
        mean, *higher = self.cumulants
        n, d = self.cells.total(top * mean), self.cells.total(bottom * mean)
        mixed = [
            [self.cells.total(top ** (k - i) * bottom**i * c) for i in range(k + 1)]
            for k, c in enumerate(higher, start=2)
        ]
        limits = []
        for u in (-z, z):
            ratio = _fieller(n, d, mixed[0], u)
            for _ in range(0 if self.normal else STEPS):
                ratio = _fieller(n, d, mixed[0], cornish_fisher(u, *(_at(m, ratio) for m in mixed)))
            limits.append(ratio)
        return limits[0], limits[1]

    def simulated(
        self, *coefficients: Floats, draws: int, seed: int
    ) -> "list[tuple[slice, list[Floats]]]":
        """Return draws of some weighted sums, as groups × draws, some groups at a time.

        The n-th cell of every group takes the same normal numbers, so that a group's limits do
        not depend on which others are in the table.
        """
        found = self.cells
        middle, se = found.padded(self.scale.to(self.y)), found.padded(self.se)
        weights = [found.padded(c) for c in coefficients]
        drawn = np.random.Generator(np.random.Philox(seed)).standard_normal((se.shape[1], draws))
        step = max(1, AT_ONCE // max(1, drawn.size))
        result = []
        for begin in range(0, found.size, step):
            some = slice(begin, begin + step)
            values = self.scale.back(middle[some, :, None] + se[some, :, None] * drawn)
            result.append((some, [np.einsum("gk,gkd->gd", w[some], values) for w in weights]))
        return result


def cornish_fisher(z: float | Floats, second: Floats, third: Floats, fourth: Floats) -> Floats:
    """Return the standardised quantile of a variable with these cumulants where a normal's is z."""
    there = second > 0
    of = np.where(there, second, 1.0)
    skew, excess = third / of**1.5, fourth / of**2
    bent = (
        z
        + (z * z - 1) * skew / 6
        + (z * z - 3) * z * excess / 24
        - (2 * z * z - 5) * z * skew * skew / 36
    )
    return np.where(there, bent, z)


def _fieller(n: Floats, d: Floats, second: list[Floats], u: float | Floats) -> Floats:
    vn, cov, vd = second
    below = d * d - u * u * vd
    inside = n * n * vd + d * d * vn - 2 * n * d * cov - u * u * (vn * vd - cov * cov)
    # Rounding can leave a trifle below zero where there is no spread.
    inside = np.where((inside < 0) & (inside > -1e-12 * n * n * d * d), 0.0, inside)
    return (n * d - u * u * cov + u * np.sqrt(inside)) / np.where(below > 0, below, np.nan)


def _at(mixed: list[Floats], ratio: Floats) -> Floats:
    """Return a cumulant of Σ(top − ratio · bottom) y."""
    n = len(mixed) - 1
    result: Floats = np.sum([comb(n, i) * (-ratio) ** i * mixed[i] for i in range(n + 1)], axis=0)
    return result
