"""The XmR chart: each value, its moving range, and NHS England's rules for special causes."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pyarrow as pa

from fairpractice.statistics.arrays import (
    Array,
    Groups,
    group,
    judged,
    on_arrays,
    quietly,
    tabled,
    unusable,
)
from fairpractice.statistics.spc.series import Parts, for_each, parts
from fairpractice.statistics.spc.signals import scale, shift, side, trend, two_in_three
from fairpractice.statistics.tables import one_of


RULES = {
    "outside_limits": "a point beyond a limit",
    "trend": "seven points on end, each above, or each below, the last",
    "two_in_three": "of three points on end on one side, two or more in the outer third",
    "shift": "seven points on end on one side of the centre line",
}
"""What special causes look like, in the order in which one point is given one name."""

Improvement = Literal["increase", "decrease", "neutral"]
VARIATION = {
    ("increase", 1): "improvement",
    ("increase", -1): "concern",
    ("decrease", 1): "concern",
    ("decrease", -1): "improvement",
    ("neutral", 1): "neutral_high",
    ("neutral", -1): "neutral_low",
}
COMMON = "common_cause"

WIDTH = 2.66  # 3/d2, d2 = 1.128
LARGE_RANGE = 3.267  # D4
ENOUGH = 13
LIMITS = ("lower", "upper", "near_lower", "near_upper")
RESULT = (
    "value", "side", "centre", *LIMITS, "part", *RULES, "rule", "variation", "target",
    "provisional", "method", "status", "reason",
)  # fmt: skip
SUMMARY = (
    "part", "points", "value", "lower", "upper", COMMON, "improvement", "concern", "neutral",
    "variation", "target", "assurance", "provisional", "method", "status", "reason",
)  # fmt: skip


@on_arrays
def xmr(
    data: Any,
    /,
    value: str,
    order: str,
    *,
    by: Sequence[str] = (),
    improvement: Improvement = "increase",
    target: Any = None,
    rebase: Any = (),
    rebase_after: Sequence[int] = (),
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    screen: bool = True,
    shift_points: int = 7,
    trend_points: int = 7,
) -> pa.Table:
    """Return each point of XmR charts with its limits, and which rules say it is no chance.

    Parameters
    ----------
    data
        Rows of values: an Ibis, pandas, polars or pyarrow table.
    value, order
        The columns of the value and of its place, such as a month. A missing value is a gap:
        ranges, runs and trends do not reach over it.
    by
        The columns that make a series, any number of them.
    improvement
        Whether ``increase`` or ``decrease`` is better; ``neutral`` when neither is.
    target
        A number; a mapping from each series to its own (the value of ``by``, a tuple for several
        columns); or the name of a column, whose value may change over time.
    rebase
        Values of ``order`` from which new limits begin: one, several, or a mapping from each
        series to its own. Rules do not look over them.
    rebase_after
        The same by number of points.
    baseline
        Work limits out from so many points at the beginning (of each part, when rebased); from
        all when left out.
    exclude
        Points, counted from 1 in each series, that limits leave out and no rule looks at.
    screen
        Leave moving ranges over 3.267 times their mean out, once, so that one freak value does
        not widen the limits.
    shift_points, trend_points
        How many points on end make a shift, or a trend.

    Returns
    -------
    The kind of table given, a row for each of its rows, by series and in order: the series
    columns, ``order``, ``value``, ``side`` (1 above the centre, −1 below, 0 on it), ``centre``,
    ``lower`` and ``upper`` (process limits, which stand beside a gap too), ``near_lower`` and
    ``near_upper`` (two thirds of the way there), ``part``, a column for each of :data:`RULES`
    (1 above or rising, −1 below or falling, 0 not so), ``rule`` (the first that is so),
    ``variation`` (``common_cause``, ``improvement``, ``concern``, ``neutral_high``,
    ``neutral_low``), ``target``, ``provisional`` (fewer than 13 points), ``method``, ``status``,
    ``reason``. Statuses: ``missing_input`` (a gap), ``invalid_input`` (two rows in one place),
    ``no_limits`` (no two points on end).

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or a rebase that the order does not know.

    Notes
    -----
    Limits are mean ± 2.66 × mean moving range (Wheeler 1993, Understanding Variation; Provost and
    Murray 2011, The Health Care Data Guide). The rules are NHS England's, Making Data Count.
    Screening of ranges: Nelson 1982, Journal of Quality Technology 14(3):172.
    """
    columns, groups, _ = _points(**locals())
    return tabled(columns, len(groups.of))


@on_arrays
def xmr_summary(
    data: Any,
    /,
    value: str,
    order: str,
    *,
    by: Sequence[str] = (),
    improvement: Improvement = "increase",
    target: Any = None,
    rebase: Any = (),
    rebase_after: Sequence[int] = (),
    baseline: int | None = None,
    exclude: Sequence[int] = (),
    screen: bool = True,
    shift_points: int = 7,
    trend_points: int = 7,
) -> pa.Table:
    """Return for each part of XmR charts the two icons of NHS England: variation and assurance.

    Parameters are those of :func:`xmr`.

    Returns
    -------
    The kind of table given, a row for each series and part: the series columns, ``part``,
    ``points`` (with a value), ``value`` (the centre line), ``lower``, ``upper``, how many points
    are ``common_cause``, ``improvement``, ``concern`` and ``neutral``, ``variation`` (that of the
    part's last point), ``target`` (likewise), ``assurance`` (``pass`` or ``fail`` when the limits
    lie wholly on one side of the target, ``inconsistent`` when it lies between them, nothing
    without a target or where improvement is ``neutral``), ``provisional``, ``method``,
    ``status``, ``reason``.

    Raises
    ------
    FairpracticeError
        As :func:`xmr`.
    """
    points, groups, cut = _points(**locals())
    rows = np.arange(len(groups.of))
    there = np.asarray(points["status"].is_valid()) & np.isin(
        points["status"].to_numpy(zero_copy_only=False), ["ok", "no_limits"]
    )
    last = np.full(len(cut), -1)
    np.maximum.at(last, cut.of[there], rows[there])
    # Of a part that is all gaps the first row tells as much as any.
    last = np.where(last < 0, cut.starts, last)
    variation = points["variation"].to_numpy(zero_copy_only=False)
    counted = {
        name: np.bincount(cut.of[there & (variation == name)], minlength=len(cut))
        for name in (COMMON, "improvement", "concern", "neutral_high", "neutral_low")
    }
    neutral = counted.pop("neutral_high") + counted.pop("neutral_low")
    at = pa.array(last)
    taken = {
        name: pa.array(points[name]).take(at).to_numpy(zero_copy_only=False).astype(float)
        for name in ("centre", "lower", "upper", "target")
    }
    columns = {
        **groups.keys(by, cut.starts),
        "part": cut.number[cut.starts],
        "points": np.bincount(cut.of[there], minlength=len(cut)),
        "value": taken["centre"],
        "lower": taken["lower"],
        "upper": taken["upper"],
        **counted,
        "neutral": neutral,
        "variation": points["variation"].take(at),
        "target": taken["target"],
        "assurance": _assurance(taken, improvement),
        "provisional": points["provisional"][last],
        "method": points["method"],
    }
    checks = [
        (np.isnan(taken["centre"]), "missing_input", "there is no value"),
        (np.isnan(taken["lower"]), "no_limits", "there are no two points on end"),
    ]
    judgement = judged(columns, checks, limits=("lower", "upper"))
    return tabled(judgement, len(cut))


def _points(
    data: pa.Table,
    value: str,
    order: str,
    by: Sequence[str],
    improvement: Improvement,
    target: Any,
    rebase: Any,
    rebase_after: Sequence[int],
    baseline: int | None,
    exclude: Sequence[int],
    screen: bool,
    shift_points: int,
    trend_points: int,
) -> tuple[dict[str, Any], Groups, Parts]:
    one_of("improvement", improvement, ("increase", "decrease", "neutral"))
    named = target if isinstance(target, str) else None
    groups = group(data, by, [order], columns=[value, named], results=(*RESULT, *SUMMARY))
    cut = parts(
        groups,
        by,
        order,
        rebase=rebase,
        rebase_after=rebase_after,
        baseline=baseline,
        exclude=exclude,
    )
    given = groups.numbers(value)
    checks = unplaced(groups, order, given)
    values = given.copy()
    values[np.logical_or.reduce([condition for condition, _, _ in checks])] = np.nan
    centre, mean_range = cut.mean(values), _mean_range(values, cut, screen)
    with quietly():
        half = WIDTH * mean_range[cut.of]
        middle = centre[cut.of]
        lower, upper = middle - half, middle + half
        near_lower, near_upper = middle - half * 2 / 3, middle + half * 2 / 3
    size = scale(values, cut)
    looked = np.where(cut.included, values, np.nan)
    outside = side(looked, upper, size).clip(min=0) + side(looked, lower, size).clip(max=0)
    near = side(looked, near_upper, size).clip(min=0) + side(looked, near_lower, size).clip(max=0)
    sides = side(looked, middle, size)
    fired = {
        "outside_limits": outside,
        "trend": trend(looked, cut, trend_points),
        "two_in_three": two_in_three(sides, (near != 0) & (outside == 0), cut),
        "shift": shift(sides, cut, shift_points),
    }
    first = np.select([flag != 0 for flag in fired.values()], range(len(RULES)), len(RULES))
    way = np.select([flag != 0 for flag in fired.values()], list(fired.values()), 0)
    names = np.array([*RULES, None], dtype=object)
    variation = np.select(
        [way > 0, way < 0], [VARIATION[improvement, 1], VARIATION[improvement, -1]], COMMON
    )
    counted = cut.sum(np.ones(len(values)), np.isfinite(values))
    checks.append((np.isnan(half), "no_limits", "there are no two points on end"))
    columns = {
        **groups.keys(by, np.arange(len(values))),
        order: groups.table[order],
        "value": values,
        "side": sides,
        "centre": middle,
        "lower": lower,
        "upper": upper,
        "near_lower": near_lower,
        "near_upper": near_upper,
        "part": cut.number,
        **fired,
        "rule": pa.array(names[first], pa.string()),
        "variation": pa.array(variation, pa.string()),
        "target": _target(groups, by, target),
        "provisional": (counted < ENOUGH)[cut.of],
        "method": "XmR",
    }
    return judged(columns, checks, limits=(), suppressed=tuple(fired)), groups, cut


def unplaced(groups: Groups, order: str, *given: Array) -> list[tuple[Array, str, str]]:
    """Return the checks of what keeps a row from being a point: no value, or no place of its own.

    ``given`` are the columns that have to be there; without any, only the place is checked.
    """
    nowhere = np.asarray(groups.table[order].is_null())
    tied = np.zeros(len(groups.of), dtype=bool)
    if len(tied) > 1:
        same = (np.diff(groups.of) == 0) & (np.diff(groups.place) == 0)
        tied = np.concatenate([[False], same]) | np.concatenate([same, [False]])
    checks = [
        (nowhere, "missing_input", "its place in the order is missing"),
        (tied, "invalid_input", "another row has the same place in the order"),
    ]
    if given:
        missing, large = unusable(*given)
        checks = [
            (missing, "missing_input", "the value is missing"),
            (large, "invalid_input", "a number is infinite or too large"),
            *checks,
        ]
    return checks


def _mean_range(values: Array, cut: Parts, screen: bool) -> Array:
    ranges = cut.moving_range(values)
    everything = np.ones(len(values), dtype=bool)
    with quietly():
        mean = cut.mean(ranges, everything)
        if screen:
            mean = cut.mean(ranges, ranges <= LARGE_RANGE * mean[cut.of])
    return mean


def _target(groups: Groups, by: Sequence[str], target: Any) -> Array:
    if isinstance(target, str):
        return groups.numbers(target)
    targets = np.full(len(groups.of), np.nan)
    for which, number in for_each(groups, by, target):
        targets[which] = np.nan if number is None else float(number)
    return targets


def _assurance(taken: dict[str, Array], improvement: Improvement) -> pa.Array:
    with quietly():
        above, below = taken["lower"] > taken["target"], taken["upper"] < taken["target"]
    good, bad = (above, below) if improvement == "increase" else (below, above)
    known = ~np.isnan(taken["lower"]) & ~np.isnan(taken["target"]) & (improvement != "neutral")
    said = np.select([good, bad], ["pass", "fail"], "inconsistent")
    return pa.array(said, pa.string(), mask=~known)
