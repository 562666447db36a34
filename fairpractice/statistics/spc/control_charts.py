"""Shewhart's charts for counts, measurements and rare events, with Anhøj's rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from scipy import special

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import (
    Array,
    Groups,
    group,
    judged,
    on_arrays,
    quietly,
    tabled,
)
from fairpractice.statistics.spc.series import Parts, parts
from fairpractice.statistics.spc.signals import crossings, scale, side
from fairpractice.statistics.spc.xmr_chart import LARGE_RANGE, unplaced
from fairpractice.statistics.tables import one_of


D2 = 1.128  # the mean range of two standard normal numbers
TIME_POWER = 3.6  # makes an exponential time about normal

LIMITS = ("lower", "upper", "inner_lower", "inner_upper")
RESULT = (
    "size", "value", "centre", *LIMITS, "outside_limits", "part", "points", "useful",
    "longest_run", "longest_run_max", "crossings", "crossings_min", "runs_signal", "in_baseline",
    "included", "chart", "multiplier", "method", "status", "reason",
)  # fmt: skip


@dataclass(frozen=True)
class Lines:
    """What is drawn at each point: its value, the centre, and limits at two and three sigma."""

    value: Array
    centre: Array
    lower: Array
    inner_lower: Array
    inner_upper: Array
    upper: Array


@dataclass(frozen=True)
class Chart:
    """A kind of chart: what its rows are, how its lines are worked out, and by whom."""

    method: str
    rows: str
    """``value`` (one row a point), ``count`` (rows are added up) or ``subgroup`` (measurements)."""
    lines: Callable[[Array, Array, Array, Parts], Lines]
    """From the values, the sizes and the spread within them, to the lines."""
    whole: bool = False
    """Whether a count has a denominator that it is a part of."""


def _around(
    value: Array, centre: Array, sigma: Array, low: float = -np.inf, high: float = np.inf
) -> Lines:
    steps = [np.clip(centre + sigmas * sigma, low, high) for sigmas in (-3, -2, 2, 3)]
    return Lines(value, centre, *steps)


def _run(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    return _around(x, cut.median(x)[cut.of], np.full(len(x), np.nan))


def _individuals(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    return _around(x, cut.mean(x)[cut.of], _from_ranges(x, cut))


def _ranges(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    ranges = cut.moving_range(x, cut.included)
    centre = cut.mean(cut.moving_range(x), np.ones(len(x), dtype=bool))[cut.of]
    upper, nothing = LARGE_RANGE * centre, 0 * centre
    return Lines(ranges, centre, nothing, nothing, upper * 2 / 3, upper)


def _shares(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    centre, sigma = _binomial(x, n, cut)
    return _around(x / n, centre, sigma, 0, 1)


def _shares_prime(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    centre, sigma = _binomial(x, n, cut)
    return _around(x / n, centre, sigma * _from_ranges((x / n - centre) / sigma, cut), 0, 1)


def _rates(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    centre, sigma = _poisson(x, n, cut)
    return _around(x / n, centre, sigma, 0)


def _rates_prime(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    centre, sigma = _poisson(x, n, cut)
    return _around(x / n, centre, sigma * _from_ranges((x / n - centre) / sigma, cut), 0)


def _counts(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    centre = cut.mean(x)[cut.of]
    return _around(x, centre, np.sqrt(centre), 0)


def _between(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    mean = cut.mean(x)[cut.of]
    limits = _around(x, mean, np.sqrt(mean * (mean + 1)), 0)
    # The distribution is skewed: half of the points lie on either side of its median.
    median = cut.median(x)[cut.of]
    return Lines(x, median, limits.lower, limits.inner_lower, limits.inner_upper, limits.upper)


def _times(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    y = x ** (1 / TIME_POWER)
    drawn = _around(y, cut.mean(y)[cut.of], _from_ranges(y, cut), 0)
    back = [
        line**TIME_POWER
        for line in (drawn.centre, drawn.lower, drawn.inner_lower, drawn.inner_upper, drawn.upper)
    ]
    return Lines(x, *back)


def _means(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    used = cut.base & np.isfinite(x)
    centre = (cut.sum(x * n, used) / cut.sum(n, used))[cut.of]
    return _around(x, centre, _pooled(n, s, cut) / (_c4(n) * np.sqrt(n)))


def _spreads(x: Array, n: Array, s: Array, cut: Parts) -> Lines:
    pooled, c4 = _pooled(n, s, cut), _c4(n)
    return _around(s, pooled, pooled * np.sqrt(1 - c4 * c4) / c4, 0)


def _from_ranges(x: Array, cut: Parts) -> Array:
    ranges = cut.moving_range(x)
    return cut.mean(ranges, np.ones(len(x), dtype=bool))[cut.of] / D2


def _together(x: Array, n: Array, cut: Parts) -> Array:
    used = cut.base & np.isfinite(x) & np.isfinite(n)
    centre: Array = (cut.sum(x, used) / cut.sum(n, used))[cut.of]
    return centre


def _binomial(x: Array, n: Array, cut: Parts) -> tuple[Array, Array]:
    centre = _together(x, n, cut)
    return centre, np.sqrt(centre * (1 - centre) / n)


def _poisson(x: Array, n: Array, cut: Parts) -> tuple[Array, Array]:
    centre = _together(x, n, cut)
    return centre, np.sqrt(centre / n)


def _pooled(n: Array, s: Array, cut: Parts) -> Array:
    used = cut.base & np.isfinite(s)
    return np.sqrt(cut.sum((n - 1) * s * s, used) / cut.sum(n - 1, used))[cut.of]


def _c4(n: Array) -> Array:
    """Return the mean of the standard deviation of n standard normal numbers."""
    ratio: Array = np.exp(special.gammaln(n / 2) - special.gammaln((n - 1) / 2))
    return np.sqrt(2 / (n - 1)) * ratio


CHARTS: dict[str, Chart] = {
    "run": Chart("median", "value", _run),
    "i": Chart("mean moving range / 1.128", "value", _individuals),
    "mr": Chart("3.267 × mean moving range", "value", _ranges),
    "p": Chart("binomial", "count", _shares, whole=True),
    "p'": Chart("binomial × moving range (Laney)", "count", _shares_prime, whole=True),
    "u": Chart("Poisson", "count", _rates),
    "u'": Chart("Poisson × moving range (Laney)", "count", _rates_prime),
    "c": Chart("Poisson", "count", _counts),
    "g": Chart("geometric", "value", _between),
    "t": Chart("moving range of values to the power 1/3.6", "value", _times),
    "xbar": Chart("pooled standard deviation", "subgroup", _means),
    "s": Chart("pooled standard deviation", "subgroup", _spreads),
}
"""Kinds of chart. Which for what: docs/explanation/process-control-and-funnels.md."""

DENOMINATED = ("p", "p'", "u", "u'")
NOT_NEGATIVE = ("p", "p'", "u", "u'", "c", "g", "t")


@on_arrays
def control_chart(
    data: Any,
    /,
    value: str,
    order: str,
    *,
    chart: str,
    denominator: str | None = None,
    by: Sequence[str] = (),
    rebase: Any = (),
    rebase_after: Sequence[int] = (),
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    multiplier: float = 1,
) -> pa.Table:
    """Return each point of control charts with limits, and whether chance hardly does it.

    Parameters
    ----------
    data
        Rows: an Ibis, pandas, polars or pyarrow table.
    value, order
        The columns of the value (for ``p``, ``p'``, ``u``, ``u'`` and ``c`` of the count) and of
        its place, such as a month.
    chart
        One of :data:`CHARTS`: ``run`` (any values, without limits), ``i`` (any measurement),
        ``mr`` (its moving range), ``p`` (share), ``u`` (rate), ``p'`` and ``u'`` (the same over
        large denominators), ``c`` (count), ``g`` (cases between events), ``t`` (time between
        events), ``xbar`` and ``s`` (mean and spread of several measurements at each place).
    denominator
        The column of the denominators of ``p``, ``p'``, ``u`` and ``u'``.
    by, rebase, rebase_after, baseline, exclude
        As for :func:`fairpractice.statistics.xmr`; points left out count for no rule either.
    multiplier
        100 for percentages.

    Returns
    -------
    The kind of table given, a row for each point (counts at one place are added up, measurements
    at one place are a subgroup), by series and in order: the series columns, ``order``, ``size``
    (denominator, or measurements), ``value``, ``centre``, ``lower`` and ``upper`` (three sigma),
    ``inner_lower`` and ``inner_upper`` (two), ``outside_limits`` (1 above, −1 below, 0 not so),
    ``part``, ``points``, and Anhøj's rules for its part: ``useful`` (points off the centre),
    ``longest_run``, ``longest_run_max``, ``crossings``, ``crossings_min``, ``runs_signal``;
    ``in_baseline``, ``included``, ``chart``, ``multiplier``, ``method``, ``status``, ``reason``.
    Statuses: ``missing_input``, ``invalid_input``, ``zero_denominator``, ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a chart or a column that is not there, or a denominator that is missing or too many.

    Notes
    -----
    Montgomery 2013, Introduction to Statistical Quality Control, 7th edition, chapters 6 and 7;
    Laney 2002, Quality Engineering 14:531 (p', u'); Benneyan 2001 (g); Nelson 1994, Journal of
    Quality Technology 26:239 (t); Anhøj and Olesen 2014 (runs). Inner limits of ``mr`` are two
    thirds of the upper limit.
    """
    one_of("chart", chart, tuple(CHARTS))
    kind = CHARTS[chart]
    if (denominator is not None) != (chart in DENOMINATED):
        wanted = "needs a" if denominator is None else "takes no"
        raise FairpracticeError(
            f"A chart of kind {chart!r} {wanted} denominator",
            fix=f"Those with one are {', '.join(DENOMINATED)}.",
        )
    groups = group(data, by, [order], columns=[value, denominator], results=RESULT)
    groups, x, n, s = _points(groups, kind, value, denominator)
    checks = _checks(groups, kind, chart, order, x, n, s)
    bad = np.logical_or.reduce([condition for condition, _, _ in checks])
    x, s = np.where(bad, np.nan, x), np.where(bad, np.nan, s)
    cut = parts(
        groups,
        by,
        order,
        rebase=rebase,
        rebase_after=rebase_after,
        baseline=baseline,
        exclude=exclude,
    )
    with quietly():
        lines = kind.lines(x, np.where(bad, np.nan, n), s, cut)
    size = scale(lines.value, cut)
    looked = np.where(cut.included, lines.value, np.nan)
    outside = side(looked, lines.upper, size).clip(min=0)
    outside += side(looked, lines.lower, size).clip(max=0)
    runs = crossings(side(looked, lines.centre, size), cut)
    if chart != "run":
        checks.append((np.isnan(lines.upper), "no_limits", "there are too few points for limits"))
    checks.append((np.isnan(lines.value), "missing_input", "there is no point before it"))
    columns = {
        **groups.keys(by, np.arange(len(x))),
        order: groups.table[order],
        "size": n,
        **{name: getattr(lines, name) * multiplier for name in ("value", "centre", *LIMITS)},
        "outside_limits": outside,
        "part": cut.number,
        "points": np.bincount(cut.of[cut.included], minlength=len(cut))[cut.of],
        **{name: column[cut.of] for name, column in runs.items()},
        "in_baseline": cut.base,
        "included": cut.included,
        "chart": chart,
        "multiplier": float(multiplier),
        "method": kind.method,
    }
    return tabled(judged(columns, checks, limits=()), len(x))


def _points(
    groups: Groups, kind: Chart, value: str, denominator: str | None
) -> tuple[Groups, Array, Array, Array]:
    """Return the points, and of each its value, its size and the spread within it."""
    x = groups.numbers(value)
    n = groups.numbers(denominator) if denominator else np.full(len(x), np.nan)
    nothing = np.full(len(x), np.nan)
    if kind.rows == "value":
        return groups, x, n, nothing
    new = (np.diff(groups.of, prepend=-1) != 0) | (np.diff(groups.place, prepend=-1) != 0)
    firsts, point = np.flatnonzero(new), np.cumsum(new) - 1
    of = groups.of[firsts]
    starts = np.flatnonzero(np.diff(of, prepend=-1))
    points = Groups(
        groups.table.take(pa.array(firsts)), of, groups.place[firsts], starts, groups.rows[firsts]
    )
    if kind.rows == "count":
        x = np.bincount(point, x, minlength=len(firsts))
        n = np.bincount(point, n, minlength=len(firsts))
        return points, x, n, np.full(len(firsts), np.nan)
    there = np.isfinite(x)
    with quietly():
        size = np.bincount(point[there], minlength=len(firsts)).astype(float)
        mean = np.bincount(point[there], x[there], minlength=len(firsts)) / size
        away = (x - mean[point])[there]
        spread = np.sqrt(np.bincount(point[there], away * away, minlength=len(firsts)) / (size - 1))
    return points, mean, size, np.where(size > 1, spread, np.nan)


def _checks(
    groups: Groups, kind: Chart, chart: str, order: str, x: Array, n: Array, s: Array
) -> list[tuple[Array, str, str]]:
    given = [x, n] if chart in DENOMINATED else [x]
    checks = unplaced(groups, order, *given)
    with quietly():
        if chart in NOT_NEGATIVE:
            checks.append((x < 0, "invalid_input", "a number is negative"))
        if chart in DENOMINATED:
            checks.append((n < 0, "invalid_input", "the denominator is negative"))
            checks.append((n == 0, "zero_denominator", "the denominator is zero"))
        if kind.whole:
            checks.append((x > n, "invalid_input", "the count is larger than its denominator"))
        if chart == "s":
            checks.append((np.isnan(s), "missing_input", "one measurement has no spread"))
    return checks
