"""Funnels: which places differ more from the whole than their size alone would let them?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Array, judged, on_arrays, quietly, tabled
from fairpractice.statistics.funnel_scales import poisson_test, sizes_at, whole_numbers
from fairpractice.statistics.funnel_units import units_of
from fairpractice.statistics.tables import checked_levels


RESULT = (
    "numerator", "denominator", "size", "value", "baseline", "confidence", "lower", "upper",
    "position", "transformed", "transformed_baseline", "transformed_lower", "transformed_upper",
    "standard_error", "z", "adjusted_z", "trimmed", "phi", "tau2", "kind", "scale",
    "overdispersion", "multiplier", "method", "status", "reason",
)  # fmt: skip
LINES = (
    "at", "confidence", "lower_size", "lower", "upper_size", "upper", "baseline", "tau2", "kind",
    "scale", "overdispersion", "multiplier", "method",
)  # fmt: skip


@on_arrays
def funnel(
    data: Any,
    /,
    numerator: str,
    denominator: str,
    *,
    kind: str,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95, 0.998),
    baseline: float | None = None,
    scale: str | None = None,
    overdispersion: str | None = None,
    trim: float = 0.1,
    rate: str | None = None,
    years: float = 1,
    expected_decimals: int | None = None,
    multiplier: float = 1,
) -> pa.Table:
    """Return for each unit the limits of the funnel at its size, and on which side of them it is.

    Parameters
    ----------
    data
        A row for each unit: an Ibis, pandas, polars or pyarrow table.
    numerator, denominator
        The columns of counts: for ``ratio`` and ``excess`` observed and expected.
    kind
        ``proportion``; ``rate`` (events over person-years); ``directly_standardised_rate`` (with
        ``rate``); ``ratio`` (observed over expected); ``excess`` (the same less 1);
        ``ratio_of_counts`` (both are counts of events).
    by
        The columns that make a funnel of its own, each with its own baseline.
    levels
        Confidence levels between 0 and 1; empty for none.
    baseline
        The centre line, on the scale of the value before the multiplier; when left out, 1 for a
        ratio, otherwise all numerators over all denominators.
    scale
        How limits are worked out. ``proportion``: ``score`` or ``arcsine``; rates: ``poisson``;
        ``ratio`` and ``excess``: ``poisson``, ``poisson_interval`` (the exact interval of the
        expected number, as FunnelPlotR draws it), ``log`` or ``root``; ``ratio_of_counts``:
        ``log_of_counts``, or ``log_half_root`` (as FunnelPlotR draws it: far too narrow, to
        compare only).
        The first is taken when left out; with overdispersion the first that allows for it.
    overdispersion
        ``winsorised`` (the most extreme z scores drawn in) or ``truncated`` (left out): widen
        the limits by how much units differ more than chance; ``None`` for chance alone.
    trim
        The share drawn in or left out at either end.
    rate
        The column of directly standardised rates, per ``multiplier``. Units with fewer than 10
        events are left out, as their rates are.
    years
        Over how many years person-years were added up; ``size`` is per year.
    expected_decimals
        Round expected numbers before z scores, as NHS England's mortality indicator does (2).
    multiplier
        100 for percentages, 100,000 for rates.

    Returns
    -------
    The kind of table given, a row for each of its rows and level: its other columns,
    ``numerator``, ``denominator``, ``size`` (where it stands along the funnel), ``value``,
    ``baseline``, ``confidence``, ``lower``, ``upper``, ``position`` (``low``, ``within``,
    ``high``), the same on the scale of the calculation (``transformed…``), ``standard_error``,
    ``z``, ``adjusted_z`` (nothing where left out), ``trimmed``, ``phi`` and ``tau2`` (variance
    over what chance explains, and the part between units), ``kind``, ``scale``,
    ``overdispersion``, ``multiplier``, ``method``, ``status``, ``reason``.
    Statuses: ``missing_input``, ``invalid_input``, ``zero_denominator``, ``too_few_events``,
    ``no_limits``.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, an unknown kind, scale or method, or a
        level outside 0 to 1.

    Notes
    -----
    Spiegelhalter 2005, Statistics in Medicine 24:1185 (limits, overdispersion, winsorising);
    Spiegelhalter and others 2012, Journal of the Royal Statistical Society A 175:1 (tau2);
    NHS England, SHMI methodology specification (truncation, logarithms, rounding). Poisson
    limits are exact: the observed numbers that have a tail of just (1 − level)/2.
    """
    wanted = checked_levels(levels) or (None,)
    units = units_of(
        data, numerator, denominator, kind, by, baseline, scale, overdispersion, trim, rate,
        expected_decimals, multiplier, (*RESULT, *LINES),
    )  # fmt: skip
    others = [c for c in data.column_names if c not in {numerator, denominator, rate}]
    for name in others:
        if name in RESULT:
            raise FairpracticeError(
                f"The column {name!r} has the name of a column of the result",
                fix="Rename it first.",
            )
    rows = np.arange(len(units.x))
    made = []
    for level in wanted:
        lower, upper, low, high = units.limits(units.n, units.groups.of, level)
        with quietly():
            above, below = units.quotient > upper, units.quotient < lower
        checks = units.checks
        if level is not None:
            unlimited = np.isnan(lower) | np.isnan(upper)
            checks = [*checks, (unlimited, "no_limits", "the limits cannot be worked out")]
        columns = {
            **units.groups.keys(others, rows),
            "numerator": units.x,
            "denominator": units.given,
            "size": units.n / years,
            "value": units.shown(units.quotient),
            "baseline": units.shown(units.baseline[units.groups.of]),
            "confidence": level,
            "lower": units.shown(lower),
            "upper": units.shown(upper),
            "position": pa.array(
                np.select([below, above], ["low", "high"], "within"),
                mask=np.full(len(rows), level is None) | np.isnan(lower) | np.isnan(upper),
            ),
            "transformed": units.transformed,
            "transformed_baseline": units.line[units.groups.of],
            "transformed_lower": low,
            "transformed_upper": high,
            "standard_error": units.error,
            "z": units.z,
            "adjusted_z": units.adjusted,
            "trimmed": units.trimmed,
            "phi": units.phi[units.groups.of],
            "tau2": units.tau2[units.groups.of],
            **units.said,
        }
        limits = ("lower", "upper", "transformed_lower", "transformed_upper")
        worked = ("size", "position", "transformed", "standard_error", "z", "adjusted_z")
        judgement = judged(
            columns, checks, limits=limits if level is not None else (), suppressed=worked
        )
        made.append(tabled(judgement, len(rows)))
    # The units in the order they came, the levels of each together.
    back = np.argsort(np.tile(units.groups.rows, len(wanted)), kind="stable")
    return pa.concat_tables(made).take(pa.array(back))


@on_arrays
def funnel_lines(
    data: Any,
    /,
    numerator: str,
    denominator: str,
    *,
    kind: str,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95, 0.998),
    baseline: float | None = None,
    scale: str | None = None,
    overdispersion: str | None = None,
    trim: float = 0.1,
    rate: str | None = None,
    years: float = 1,
    expected_decimals: int | None = None,
    multiplier: float = 1,
    at: Sequence[float] | None = None,
) -> pa.Table:
    """Return the lines of a funnel: the limits at many sizes, to be drawn under the units.

    Parameters are those of :func:`funnel`, and:

    Parameters
    ----------
    at
        Where to work the lines out: sizes, or numbers of events where limits are exact Poisson
        ones (a line then goes through the sizes at which so many events are just too few, or too
        many). When left out, about 100 whole numbers, closer together where the funnel is wide.

    Returns
    -------
    The kind of table given, a row for each funnel, place and level: the funnel columns, ``at``,
    ``confidence``, ``lower_size`` and ``lower``, ``upper_size`` and ``upper`` (a point of either
    line), ``baseline``, ``tau2``, ``kind``, ``scale``, ``overdispersion``, ``multiplier``,
    ``method``. A funnel without a unit to stand on has no lines.

    Raises
    ------
    FairpracticeError
        As :func:`funnel`.

    Notes
    -----
    As for :func:`funnel`. Where n events are just too few: E = χ²(1 − α/2; 2n + 2)/2; just too
    many: χ²(α/2; 2n)/2.
    """
    units = units_of(
        data, numerator, denominator, kind, by, baseline, scale, overdispersion, trim, rate,
        expected_decimals, multiplier, (*RESULT, *LINES),
    )  # fmt: skip
    by_events = units.said["scale"] == "poisson"
    made = []
    wanted = checked_levels(levels)
    for number in np.flatnonzero(np.isfinite(units.baseline)):
        of = np.flatnonzero((units.groups.of == number) & units.stands)
        largest = units.n[of] * (units.baseline[number] if by_events else 1 / years)
        if not len(of) or largest.max() <= 0:
            continue
        place = np.array(at, dtype=float) if at is not None else _places(largest)
        if at is None and by_events:
            place = np.concatenate([[0.0], whole_numbers(1, _most_events(place[-1], wanted))])
        which = np.full(len(place), number)
        for level in wanted:
            if by_events:
                with quietly():
                    sizes = [e / units.baseline[number] for e in sizes_at(place, level)]
                    lower, upper = place / sizes[0], place / sizes[1]
            else:
                sizes = [place * years, place * years]
                lower, upper, _, _ = units.limits(place * years, which, level)
            columns = {
                **units.groups.keys(by, np.full(len(place), units.groups.starts[number])),
                "at": place,
                "confidence": level,
                "lower_size": sizes[0] / years,
                "lower": units.shown(lower),
                "upper_size": sizes[1] / years,
                "upper": units.shown(upper),
                "baseline": units.shown(units.baseline[which]),
                "tau2": units.tau2[which],
                **units.said,
            }
            made.append(tabled(columns, len(place)))
    if made:
        return pa.concat_tables(made)
    keys = {name: data.schema.field(name).type for name in by}
    numbers = [pa.field(name, pa.float64()) for name in LINES if name not in units.said]
    texts = [(name, pa.float64() if name == "multiplier" else pa.string()) for name in units.said]
    return pa.schema([*keys.items(), *numbers, *texts]).empty_table()


def _places(sizes: Array) -> Array:
    """Return where to draw: from nothing, or near the smallest where that is over half of all."""
    small, large = sizes.min(), sizes.max()
    low = 0.95 * small if small > large / 2 else 1
    return whole_numbers(max(low, 1), max(1.05 * large, 2))


def _most_events(expected: float, levels: Sequence[float]) -> float:
    """Return how many events are too many at the largest size, to draw the lines up to it."""
    size = np.array([expected])
    return max([float(poisson_test(size, level)[1][0]) for level in levels], default=2.0)
