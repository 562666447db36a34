"""Life tables: what is lived and who dies in each age band, all groups at once.

The engine adds up deaths and people; a life table then runs along the ages of each group, in NumPy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np

from fairpractice.statistics.age_bands import OLDEST, band_of, with_ages
from fairpractice.statistics.any_table import as_arrow, on_any_table
from fairpractice.statistics.arrays import Array, Check, Groups, group, quietly, unusable
from fairpractice.statistics.tables import keyed, number, require, sheltered, total


INFANTS_LIVE = 0.1
"""The share of its year that an infant who dies has lived; elsewhere half of the band."""


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
class Bands:
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
        """Whether a band has no end."""
        closing: Array = self.last == OLDEST
        return closing

    @property
    def width(self) -> Array:
        """How many years of age a band has."""
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


def read_bands(
    data: Any,
    counts: Mapping[str, str],
    shares: Mapping[str, str],
    age_band: str,
    by: Sequence[str],
) -> Bands:
    """Return the bands of a table, added up by group and band.

    Parameters
    ----------
    data
        Rows: an Ibis, pandas, polars or pyarrow table.
    counts
        ``deaths``, ``population`` and perhaps ``healthy`` and ``asked`` to their columns.
    shares
        Perhaps ``share`` and ``share_error`` to their columns.
    age_band, by
        The column of bands, and the group columns.
    """
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
    return Bands(
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


def problems(bands: Bands) -> list[Check]:
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


def life_table(bands: Bands) -> dict[str, Array]:
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
