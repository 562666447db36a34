"""Life expectancy, and healthy life expectancy, from deaths and people in age bands."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.any_table import as_given
from fairpractice.statistics.arrays import Array, Check, judged, quietly, tabled
from fairpractice.statistics.life_table import Bands, life_table, problems, read_bands
from fairpractice.statistics.quantiles import normal_quantile
from fairpractice.statistics.tables import checked_levels, sheltered


RESULT = ("value", "confidence", "lower", "upper", "method", "status", "reason")


def life_expectancy(
    data: Any,
    /,
    deaths: str,
    population: str,
    *,
    age_band: str,
    ages: Sequence[int] | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    people_over: float = 5_000,
    widest: float | None = 20,
) -> Any:
    """Return how many more years people would live at the death rates of now.

    Parameters
    ----------
    data
        Rows of age bands: an Ibis, pandas, polars or pyarrow table.
    deaths, population
        The columns that count deaths and people (or person-years). Rows of one group and band are
        added up first.
    age_band
        The column of age bands (``0``, ``1-4``, ``under 1``, ``85+``), or of numbers: the ages at
        which they start. Bands may be of any width and close at any age; together they have to
        cover all ages from 0, each once.
    ages
        The ages, each the start of a band, to return. Every band's when left out.
    by
        Group columns; none of them makes the whole table one group.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    people_over
        A group needs more people than this.
    widest
        No value is given where the 95 % interval is wider than this, in years. ``None``: any.

    Returns
    -------
    The kind of table given, a row for each group, age and level: the group columns, ``age``,
    ``population`` and ``deaths`` (at this age and over), ``value`` (in years), ``confidence``,
    ``lower``, ``upper``, ``method``, ``status``, ``reason``. Statuses: ``missing_input``,
    ``incomplete_bands``, ``invalid_input``, ``zero_denominator``, ``too_few_events``,
    ``too_few_people``, ``too_uncertain``, ``no_limits`` (of ages that nobody reaches).

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or a level outside 0 to 1.

    Notes
    -----
    Chiang's abridged life table (Chiang 1984, The Life Table and its Applications): in a band of
    n years with death rate M, of whose years those who die live the share a, the probability of
    dying is q = nM/(1 + n(1 − a)M), at most 1. a is 0.1 in the first year of life, 0.5 elsewhere.
    Variance Σ l²((1 − a)n + e′)² q²(1 − q)/D, e′ the expectancy at the band's end, D its deaths;
    of the last band (l/M)²/D (Silcocks, Jenner and Reza 2001, Journal of Epidemiology and
    Community Health 55:38). Which groups are too small: Eayres and Williams 2004, the same
    journal 58:243.
    """
    counts = {"deaths": deaths, "population": population}
    bands = read_bands(data, counts, {}, age_band, by)
    method = "Chiang, Silcocks's variance"
    return as_given(data, _answer(bands, by, ages, levels, people_over, widest, method))


def healthy_life_expectancy(
    data: Any,
    /,
    deaths: str,
    population: str,
    *,
    age_band: str,
    healthy: str,
    asked: str | None = None,
    standard_error: str | None = None,
    ages: Sequence[int] | None = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    people_over: float = 5_000,
    widest: float | None = 20,
) -> Any:
    """Return how many of the years to live would be in good health, by Sullivan's method.

    Parameters
    ----------
    data, deaths, population, age_band, ages, by, levels, people_over, widest
        As for :func:`life_expectancy`.
    healthy
        From counts: the column of people in good health among those ``asked``. From estimates:
        the column of the share in good health, from 0 to 1.
    asked
        From counts: the column of people asked.
    standard_error
        From estimates: the column of each share's standard error. Left out, shares are taken as
        known.

    Returns
    -------
    As for :func:`life_expectancy`, with ``life_expectancy`` before ``value``.

    Raises
    ------
    FairpracticeError
        As there, and where both ``asked`` and ``standard_error`` are named.

    Notes
    -----
    Σ hL/l over the bands from an age on, h the share in good health, L the years lived in a band
    and l those who reach the age (Sullivan 1971; Jagger, Van Oyen and Robine 2014, Health
    Expectancy Calculation by the Sullivan Method, 4th edition). Variance
    Σ {l²[h(1 − a)n + e′]² q²(1 − q)/D + L² var h}/l², e′ the healthy years at the band's end
    (Mathers 1991, Health Expectancies in Australia 1981 and 1988); var h = h(1 − h)/asked.
    """
    if asked is not None and standard_error is not None:
        raise FairpracticeError(
            "Shares come from counts or with a standard error, not both",
            fix="Name asked= or standard_error=, one of them.",
        )
    counts = {"deaths": deaths, "population": population}
    shares: dict[str, str] = {}
    if asked is not None:
        counts |= {"healthy": healthy, "asked": asked}
    else:
        shares["share"] = healthy
        if standard_error is not None:
            shares["share_error"] = standard_error
    bands = read_bands(data, counts, shares, age_band, by)
    method = "Sullivan, Mathers's and Silcocks's variance"
    return as_given(data, _answer(bands, by, ages, levels, people_over, widest, method))


def _answer(
    bands: Bands,
    by: Sequence[str],
    ages: Sequence[int] | None,
    levels: Sequence[float],
    people_over: float,
    widest: float | None,
    method: str,
) -> pa.Table:
    groups, more = bands.groups, ("life_expectancy",) if bands.healthy else ()
    for name in by:
        if name in ("age", "population", "deaths", *more, *RESULT):
            raise FairpracticeError(
                f"The grouping column {name!r} has the name of a column of the result",
                fix="Rename it first.",
            )
    wanted = checked_levels(levels) or (None,)
    with quietly():
        found, table = problems(bands), life_table(bands)
    wrong = np.select([band for band, _, _ in found], range(len(found)), len(found))
    worst = np.minimum.reduceat(wrong, groups.starts) if len(groups) else wrong
    kept = np.arange(len(groups.of)) if ages is None else np.flatnonzero(np.isin(bands.first, ages))
    rows = np.repeat(kept, len(wanted))
    z = np.array([0.0 if level is None else normal_quantile(level) for level in wanted])
    half = np.tile(z, len(kept)) * table["error"][rows]
    worst, value = worst[groups.of[rows]], table["value"][rows]
    columns = {
        **{name: groups.table[working].take(rows) for working, name in sheltered(by).items()},
        "age": _whole(bands.first[rows], pa.int64()),
        **{
            name: _whole(np.where(worst == 0, np.nan, table[name][rows]), groups.table[name].type)
            for name in ("population", "deaths")
        },
        **{name: table[name][rows] for name in more},
        "value": value,
        "confidence": None if wanted == (None,) else np.tile(np.array(wanted), len(kept)),
        "lower": None if wanted == (None,) else value - half,
        "upper": None if wanted == (None,) else value + half,
        "method": method,
    }
    checks: list[Check] = [(worst == n, *problem[1:]) for n, problem in enumerate(found)]
    everybody = groups.sum(bands.people)[groups.of[rows]]
    few = f"there are not more than {people_over:,} people in all"
    checks.append((everybody <= people_over, "too_few_people", few))
    if widest is not None:
        wide = 2 * normal_quantile(0.95) * table["error"][rows] > widest
        reason = f"the 95 % interval is wider than {widest:g} years"
        checks.append((wide, "too_uncertain", reason))
    nobody = "at these death rates nobody reaches this age"
    checks.append((table["reaching"][rows] == 0, "no_limits", nobody))
    limits = () if wanted == (None,) else ("lower", "upper")
    return tabled(judged(columns, checks, limits=limits, suppressed=more), len(rows))


def _whole(values: Array, kind: pa.DataType) -> Any:
    """Return numbers as the type they had, what is not finite as nothing."""
    there = np.isfinite(values)
    whole = pa.array(np.where(there, values, 0), mask=~there)
    return whole.cast(kind)
