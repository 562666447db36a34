"""Life expectancy, and healthy life expectancy, from deaths and people in age bands.

The engine adds up deaths and people; a life table then runs along the ages of each group, in NumPy
for all groups at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.age_bands import OLDEST, band_of, with_ages
from fairpractice.statistics.any_table import as_arrow, as_given, on_any_table
from fairpractice.statistics.arrays import (
    Array,
    Check,
    Groups,
    group,
    judged,
    quietly,
    tabled,
    unusable,
)
from fairpractice.statistics.quantiles import normal_quantile
from fairpractice.statistics.tables import (
    checked_levels,
    keyed,
    number,
    require,
    sheltered,
    total,
)


RESULT = ("value", "confidence", "lower", "upper", "method", "status", "reason")
INFANTS_LIVE = 0.1
"""The share of its year that an infant who dies has lived; elsewhere half of the band."""


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
    bands = _bands(data, counts, {}, age_band, by)
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
    bands = _bands(data, counts, shares, age_band, by)
    method = "Sullivan, Mathers's and Silcocks's variance"
    return as_given(data, _answer(bands, by, ages, levels, people_over, widest, method))


@on_any_table
def _strata(
    data: Any,
    /,
    counts: Mapping[str, str],
    shares: Mapping[str, str],
    age_band: str,
    by: Sequence[str],
) -> ir.Table:
    """Return one row a group and band, with the sums of its counts and the shares it has."""
    require(data, [age_band, *counts.values(), *shares.values(), *by])
    keys = sheltered(by)
    columns = {new: number(data[old]) for new, old in {**counts, **shares}.items()}
    rows = with_ages(data.select(**keyed(data, keys), band=band_of(data, age_band), **columns))
    return rows.group_by([*keys, "first_age", "last_age"]).aggregate(
        **{name: total(rows[name]) for name in counts},
        **{name: rows[name].max() for name in shares},
        times=rows.count(),
    )


@dataclass(frozen=True)
class _Bands:
    """The bands of all groups, those of a group together and in order of age."""

    groups: Groups
    people: Array
    deaths: Array
    first: Array
    last: Array
    share: Array
    share_variance: Array
    healthy: bool
    repeated: Array

    @property
    def closing(self) -> Array:
        closing: Array = self.last == OLDEST
        return closing

    @property
    def width(self) -> Array:
        return self.last + 1 - self.first

    @property
    def lived(self) -> Array:
        """Of its years in a band, the share that somebody has lived who dies in it."""
        return np.where((self.first == 0) & (self.last == 0), INFANTS_LIVE, 0.5)

    @property
    def dying(self) -> Array:
        """The probability of dying in a band: at most 1, when nobody is left at its end."""
        rate = self.deaths / self.people
        dying: Array = self.width * rate / (1 + self.width * (1 - self.lived) * rate)
        return np.minimum(dying, 1)


def _bands(
    data: Any,
    counts: Mapping[str, str],
    shares: Mapping[str, str],
    age_band: str,
    by: Sequence[str],
) -> _Bands:
    given = data if isinstance(data, ir.Table) else as_arrow(data)
    strata = as_arrow(_strata(given, counts, shares, age_band, list(by)))
    groups = group(strata, list(sheltered(by)), ["first_age"])
    column = {name: groups.numbers(name) for name in strata.column_names[len(by) :]}
    with quietly():
        share, variance = np.ones(len(groups.of)), np.zeros(len(groups.of))
        if "asked" in column:
            share = column["healthy"] / column["asked"]
            variance = share * (1 - share) / column["asked"]
        elif "share" in column:
            share, variance = column["share"], column.get("share_error", variance) ** 2
    return _Bands(
        groups,
        column["population"],
        column["deaths"],
        column["first_age"],
        column["last_age"],
        share,
        variance,
        healthy="asked" in column or "share" in column,
        repeated=(column["times"] > 1) & ("share" in column),
    )


def _problems(bands: _Bands) -> list[Check]:
    """Return what can be wrong with a band, the worst first, which its whole group suffers."""
    groups, people, deaths = bands.groups, bands.people, bands.deaths
    missing, large = unusable(people, deaths)
    follows = np.append(-1, bands.last[:-1]) + 1
    follows[groups.starts] = 0
    ends = np.zeros(len(groups.of), dtype=bool)
    ends[np.append(groups.starts[1:], len(groups.of))[: len(groups)] - 1] = True
    unshared, strange = unusable(bands.share, bands.share_variance)
    return [
        (
            missing | np.isnan(bands.first) | np.isnan(bands.last),
            "missing_input",
            "deaths, people or an age band are missing",
        ),
        (
            (bands.first != follows) | (ends != bands.closing),
            "incomplete_bands",
            "the age bands do not cover all ages, each once",
        ),
        (
            large | (deaths < 0) | (people < 0),
            "invalid_input",
            "a number is negative, infinite or too large",
        ),
        (people == 0, "zero_denominator", "an age band has no people"),
        (deaths > people, "invalid_input", "an age band has more deaths than people"),
        (
            bands.closing & (deaths == 0),
            "too_few_events",
            "there are no deaths in the last age band",
        ),
        (bands.repeated, "invalid_input", "an age band has several shares in good health"),
        (unshared, "missing_input", "a share in good health is missing, or nobody was asked"),
        (
            strange | (bands.share < 0) | (bands.share > 1),
            "invalid_input",
            "a share in good health is not between 0 and 1",
        ),
    ]


def _life_table(bands: _Bands) -> dict[str, Array]:
    """Return of each band what is to come for those who reach it.

    The groups are the rows of a grid and the bands its columns.
    """
    groups = bands.groups
    place = np.arange(len(groups.of)) - groups.starts[groups.of]
    grid = (len(groups), int(place.max(initial=-1)) + 1)

    def laid_out(values: Array, absent: float = 0) -> Array:
        found = np.full(grid, absent, dtype=float)
        found[groups.of, place] = values
        return found

    def from_here(values: Array) -> Array:
        return np.cumsum(values[:, ::-1], axis=1)[:, ::-1]

    people, deaths = laid_out(bands.people), laid_out(bands.deaths)
    width, dying, lived = laid_out(bands.width), laid_out(bands.dying), laid_out(bands.lived)
    share, share_variance = laid_out(bands.share), laid_out(bands.share_variance)
    there, closing = laid_out(np.ones(len(place))) > 0, laid_out(bands.closing) > 0
    surviving = np.where(there & ~closing, 1 - dying, 1.0)
    reaching_end = np.cumprod(surviving, axis=1)
    reaching = np.hstack([np.ones((len(groups), 1)), reaching_end[:, :-1]])[:, : grid[1]]
    inside = width * (reaching_end + lived * (reaching - reaching_end))
    years = np.where(there, np.where(closing, reaching * people / deaths, inside), 0.0)
    good = share * years
    at_end = (from_here(good) - good) / reaching_end
    gained = reaching * (share * (1 - lived) * width + at_end)
    # Bands in which nobody dies, or everybody does, have no spread; the last has its own.
    within = np.where(surviving > 0, (gained * dying) ** 2 * surviving, 0.0)
    spread = np.where(closing, good * good, within) / np.where(deaths > 0, deaths, np.inf)
    variance = from_here(spread + years * years * share_variance)
    reached = np.where(reaching > 0, reaching, np.inf)
    found = {
        "value": from_here(good) / reached,
        "life_expectancy": from_here(years) / reached,
        "reaching": reaching,
        "error": np.sqrt(variance) / reaching,
        "population": from_here(people),
        "deaths": from_here(deaths),
    }
    return {name: values[groups.of, place] for name, values in found.items()}


def _answer(
    bands: _Bands,
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
        problems, table = _problems(bands), _life_table(bands)
    wrong = np.select([band for band, _, _ in problems], range(len(problems)), len(problems))
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
    checks: list[Check] = [(worst == n, *problem[1:]) for n, problem in enumerate(problems)]
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
