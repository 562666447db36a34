"""The units of funnels: what is known of each, and what they come to together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Array, Check, Groups, group, quietly, unusable
from fairpractice.statistics.funnel_scales import KINDS, SCALES, chosen
from fairpractice.statistics.overdispersion import ADJUSTMENTS, between
from fairpractice.statistics.quantiles import normal_quantile
from fairpractice.statistics.tables import one_of


FEW = 10


@dataclass(frozen=True)
class Units:
    """The units of all funnels, and what they come to together."""

    groups: Groups
    x: Array
    given: Array
    n: Array
    quotient: Array
    stands: Array
    checks: list[Check]
    baseline: Array
    line: Array
    transformed: Array
    error: Array
    z: Array
    adjusted: Array
    trimmed: Array
    phi: Array
    tau2: Array
    less: float
    said: dict[str, Any]

    def shown(self, quotient: Array) -> Array:
        """Return quotients as they are shown."""
        multiplier: float = self.said["multiplier"]
        return (quotient - self.less) * multiplier

    def limits(self, n: Array, of: Array, level: float | None) -> tuple[Array, Array, Array, Array]:
        """Return the limits at some denominators, and the same on the scale of calculation."""
        scale, baseline = SCALES[self.said["scale"]], self.baseline[of]
        if level is None:
            nothing = np.full(len(n), np.nan)
            return nothing, nothing, nothing, nothing
        with quietly():
            if scale.exact is not None:
                lower, upper = (limit / n for limit in scale.exact(baseline * n, level))
                return lower, upper, lower, upper
            added = np.nan_to_num(self.tau2[of])
            error = np.sqrt(scale.error(baseline, n) ** 2 + added)
            half = normal_quantile(level) * error
            low, high = self.line[of] - half, self.line[of] + half
            lower, upper = scale.back(low), scale.back(high)
        if KINDS[self.said["kind"]].whole:
            lower, upper = np.clip(lower, 0, 1), np.clip(upper, 0, 1)
        return lower, upper, low, high


def units_of(
    data: pa.Table,
    numerator: str,
    denominator: str,
    kind: str,
    by: Sequence[str],
    baseline: float | None,
    scale: str | None,
    overdispersion: str | None,
    trim: float,
    rate: str | None,
    expected_decimals: int | None,
    multiplier: float,
    results: Sequence[str],
) -> Units:
    """Return the units of a table, checked, and what they come to; arguments are a funnel's.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or an unknown kind, scale or method.
    """
    if overdispersion is not None:
        one_of("overdispersion", overdispersion, ADJUSTMENTS)
    if not 0 <= trim < 0.5:
        raise FairpracticeError(f"trim={trim} leaves no unit", fix="Give it from 0 to under 0.5.")
    of_kind, scale = chosen(kind, scale, overdispersion)
    on = SCALES[scale]
    if of_kind.rated != (rate is not None):
        raise FairpracticeError(
            "rate= belongs to directly standardised rates",
            fix="Name the column of rates with kind='directly_standardised_rate', and only there.",
        )
    groups = group(data, by, columns=[numerator, denominator, rate], results=results)
    x, given = groups.numbers(numerator), groups.numbers(denominator)
    n, checks = given, _checks(x, given, of_kind.whole)
    if rate is not None:
        with quietly():
            n = x / (groups.numbers(rate) / multiplier)
        checks += [
            (x < FEW, "too_few_events", f"a rate of fewer than {FEW} events is not shown"),
            (~(np.isfinite(n) & (n > 0)), "invalid_input", "there is no rate with its events"),
        ]
    fit = np.isfinite(x) & np.isfinite(n) & (n > 0)
    # A baseline is of all events; which units stand on their own is another matter.
    for condition, status, _ in checks:
        fit &= ~condition | (status == "too_few_events")
    stands = fit & ~np.logical_or.reduce([condition for condition, _, _ in checks])
    with quietly():
        quotient = x / n
        centre = groups.sum(np.where(fit, x, 0)) / groups.sum(np.where(fit, n, 0))
        if baseline is not None or of_kind.baseline is not None:
            fixed = of_kind.baseline if baseline is None else baseline + of_kind.less
            centre = np.full(len(groups), fixed, dtype=float)
        if expected_decimals is not None:
            n = np.round(n, expected_decimals)
        line = on.to(centre)
        transformed = on.to((x + on.added) / (n + on.added))
        error = on.error(centre[groups.of], n)
        z = (transformed - line[groups.of]) / (error if on.seen is None else on.seen(x, n))
        z = np.where(stands, z, np.nan)
    nothing = np.full(len(groups), np.nan)
    adjusted, trimmed, phi, tau2 = z, np.zeros(len(z), dtype=bool), nothing, nothing
    if overdispersion is not None:
        with quietly():
            seen = error if on.seen is None else on.seen(x, n)
        adjusted, trimmed, phi, tau2 = between(
            z, seen, groups.of, len(groups), overdispersion, trim
        )
    said = {
        "kind": kind,
        "scale": scale,
        "overdispersion": pa.scalar(overdispersion, pa.string()),
        "multiplier": float(multiplier),
        "method": on.method,
    }
    return Units(
        groups, x, given, n, quotient, stands, checks, centre, line, transformed, error, z,
        adjusted, trimmed, phi, tau2, of_kind.less, said,
    )  # fmt: skip


def _checks(x: Array, n: Array, whole: bool) -> list[Check]:
    missing, large = unusable(x, n)
    with quietly():
        checks: list[Check] = [
            (missing, "missing_input", "the numerator or the denominator is missing"),
            (large, "invalid_input", "a number is infinite or too large"),
            ((x < 0) | (n < 0), "invalid_input", "a number is negative"),
            (n == 0, "zero_denominator", "the denominator is zero"),
        ]
        if whole:
            over = "the numerator is larger than the denominator"
            checks.append((x > n, "invalid_input", over))
    return checks
