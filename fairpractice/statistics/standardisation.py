"""Directly standardised rates."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.intervals import byar
from fairpractice.statistics.quantiles import EXACT_UNDER
from fairpractice.statistics.reference_populations import european_standard_population_2013
from fairpractice.statistics.tables import (
    any_missing,
    as_arrow,
    at_levels,
    counted,
    finished,
    judged,
    keyed,
    number,
    on_any_table,
    out_of_range,
    real,
    require,
    root,
    sheltered,
    total,
)


RESULT = ("value", "confidence", "lower", "upper", "multiplier", "method", "status", "reason")
OLDEST = 999


@on_any_table
def directly_standardised_rate(
    data: Any,
    /,
    events: str,
    population: str,
    *,
    age_band: str | None = None,
    standard_population: Any = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 100_000,
    frequency: str | None = None,
    missing_events_are_zero: bool = False,
) -> ir.Table:
    """Return rates standardised to a reference population, with Dobson's limits.

    Parameters
    ----------
    data
        Rows of age bands: an Ibis, pandas, polars or pyarrow table.
    events
        The column that counts events, or with ``frequency`` the people who had so many.
    population
        The column of people, or person-years.
    age_band
        The column of age bands: ``0-4``, ``00 to 04``, ``under 5``, ``90+``, ``90 and over``, or a
        single age.
    standard_population
        A table of ``age_band`` and ``population``, joined to the data by band, never by position.
        Its bands may be finer than the data's, each of which then takes those inside it; together
        they have to cover it, each once, else the group is ``incomplete_bands``. Rows of one
        group and band are added up first. Or the name of a column of the data that holds the
        weight of each row. The European Standard Population 2013 when left out.
    by
        Group columns; none of them makes the whole table one group.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        The rate is per so many.
    frequency
        The column that says how many events each of the people in ``events`` had, for events that
        are not independent, such as admissions. The population then repeats in each row of a band.
    missing_events_are_zero
        Say so where the source leaves out zeros; otherwise a missing count makes the group
        ``missing_input``.

    Returns
    -------
    The kind of table given, a row for each group and level: the group columns, ``events``,
    ``population``, ``value``, ``confidence``, ``lower``, ``upper``, ``multiplier``, ``method``,
    ``status``, ``reason``. Statuses: ``missing_input``, ``invalid_input``, ``zero_denominator``,
    ``incomplete_bands``, ``too_few_events`` (under 10 in all).

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, or no column of bands to join by.

    Notes
    -----
    Value Σ(x w/n)/Σw; variance Σx(w/n)²/(Σw)², with each person's events squared where they are
    not independent; limits value + √(variance/O) · (Byar's limit of O − O), O the events in all
    (Dobson, Kuulasmaa, Eberle and Scherer 1991, Statistics in Medicine 10:457; Office for Health
    Improvement and Disparities, technical guide to confidence intervals).
    """
    require(data, tuple(by), ("events", "population", *RESULT))
    keys = sheltered(by)
    if isinstance(standard_population, str):
        sums = _weighted_rows(
            data,
            (events, population, standard_population),
            age_band,
            keys,
            frequency,
            missing_events_are_zero,
        )
    elif age_band is None:
        raise FairpracticeError(
            "A reference population is joined by age band, and no column of bands is named",
            fix="Name age_band=, or name a column of weights as standard_population=.",
        )
    else:
        strata = _strata(
            data, (events, population), age_band, keys, frequency, missing_events_are_zero
        )
        sums = _joined(strata, standard_population, keys)
    rows = at_levels(sums, levels)
    observed, weights = real(rows.events), rows.weights.nullif(0)
    value = rows.weighted / weights * multiplier
    one_event = root(rows.variance / (observed > 0).ifelse(observed, None)) / weights * multiplier
    lower, upper = byar(observed, rows.z)
    rows = rows.mutate(
        value=value,
        lower=value + one_event * (lower - observed),
        upper=value + one_event * (upper - observed),
        multiplier=ibis.literal(float(multiplier)),
        method=ibis.literal(
            "Dobson, events not independent" if frequency is not None else "Dobson"
        ),
    )
    rows = judged(
        rows,
        [
            (
                (rows.missing > 0) | (rows.strata == 0),
                "missing_input",
                "a count, a population, a weight or an age band is missing",
            ),
            (rows.invalid > 0, "invalid_input", "a number is negative, infinite or too large"),
            (
                rows.unequal > 0,
                "invalid_input",
                "the rows of an age band do not repeat one population and weight",
            ),
            (rows.empty > 0, "zero_denominator", "an age band has no population"),
            (
                rows.incomplete,
                "incomplete_bands",
                "the age bands do not cover the reference population, each part once",
            ),
            (rows.weights == 0, "zero_denominator", "the reference population is zero"),
            (observed < EXACT_UNDER, "too_few_events", "there are under 10 events in all"),
        ],
        counts=("events", "population"),
    )
    return finished(rows, keys, ["events", "population", *RESULT])


def _rows(
    data: ir.Table,
    numbers: dict[str, str],
    age_band: str | None,
    by: Mapping[str, str],
    frequency: str | None,
    missing_events_are_zero: bool,
) -> ir.Table:
    """Return by, band, and of each row its events, their squares, and what else is named."""
    columns = [*numbers.values(), *(c for c in (age_band, frequency) if c is not None)]
    require(data, columns)
    found = {name: number(data[column]) for name, column in numbers.items()}
    if missing_events_are_zero:
        found["events"] = ibis.coalesce(found["events"], 0)
    times = ibis.literal(1) if frequency is None else number(data[frequency])
    people = found.pop("events")
    return data.select(
        **keyed(data, by),
        band=ibis.literal("") if age_band is None else data[age_band].cast("string"),
        events=people * times,
        squares=real(people) * real(times) * real(times),
        **found,
    )


def _weighted_rows(
    data: ir.Table,
    columns: tuple[str, str, str],
    age_band: str | None,
    by: Mapping[str, str],
    frequency: str | None,
    missing_events_are_zero: bool,
) -> ir.Table:
    """Return the sums of each group where each row brings its own weight."""
    numbers = dict(zip(("events", "population", "weight"), columns, strict=True))
    rows = _rows(data, numbers, age_band, by, frequency, missing_events_are_zero)
    if frequency is not None:
        if age_band is None:
            raise FairpracticeError(
                "Events that are not independent need to be told apart by age band",
                fix="Name age_band=.",
            )
        rows = _one_row_a_band(rows, (*by, "band"), ("population", "weight"))
    else:
        rows = rows.mutate(unequal=0)
    sums = _summed(rows, by)
    if age_band is None:
        return sums.mutate(incomplete=ibis.literal(False))
    everything = rows.aggregate(all_bands=rows.band.nunique())
    sums = sums.cross_join(everything)
    return sums.mutate(incomplete=sums.bands < sums.all_bands)


def _one_row_a_band(rows: ir.Table, keys: tuple[str, ...], repeated: tuple[str, ...]) -> ir.Table:
    """Return one row a band of rows that repeat some numbers, and whether they do not."""
    unequal = [
        (rows[name].max() != rows[name].min()) | rows[name].isnull().any() for name in repeated
    ]
    flags = unequal[0] if len(unequal) == 1 else unequal[0] | unequal[1]
    return rows.group_by(list(keys)).aggregate(
        events=total(rows.events),
        squares=total(rows.squares),
        unequal=flags.cast("int64"),
        **{name: rows[name].max() for name in repeated},
    )


def _strata(
    data: ir.Table,
    columns: tuple[str, str],
    age_band: str,
    by: Mapping[str, str],
    frequency: str | None,
    missing_events_are_zero: bool,
) -> ir.Table:
    """Return one row a group and band, with the band's first and last age."""
    numbers = dict(zip(("events", "population"), columns, strict=True))
    rows = _rows(data, numbers, age_band, by, frequency, missing_events_are_zero)
    rows = rows.mutate(**_ages(rows.band))
    keys = (*by, "first_age", "last_age")
    if frequency is not None:
        return _one_row_a_band(rows, keys, ("population",))
    return (
        rows.group_by(list(keys))
        .aggregate(
            events=total(rows.events),
            squares=total(rows.squares),
            population=total(rows.population),
        )
        .mutate(unequal=0)
    )


def _joined(strata: ir.Table, standard_population: Any, by: Mapping[str, str]) -> ir.Table:
    """Return the sums of each group, weighted by a reference population joined by band."""
    if standard_population is None:
        standard_population = european_standard_population_2013()
    reference = ibis.memtable(as_arrow(standard_population))
    require(reference, ("age_band", "population"))
    reference = reference.select(
        weight=real(number(reference.population)), **_ages(reference.age_band.cast("string"))
    ).rename(reference_first="first_age", reference_last="last_age")
    pairs = strata.left_join(
        reference,
        [
            strata.first_age <= reference.reference_first,
            reference.reference_last <= strata.last_age,
        ],
    )
    keys = (*by, "first_age", "last_age")
    rows = pairs.group_by(list(keys)).aggregate(
        events=pairs.events.max(),
        squares=pairs.squares.max(),
        population=pairs.population.max(),
        unequal=pairs.unequal.max(),
        weight=total(pairs.weight),
        parts=pairs.reference_first.count(),
    )
    rows = rows.mutate(band=rows.first_age.cast("string"))
    # A band that takes nothing of the reference is no missing number: its group does not tile.
    rows = rows.mutate(weight=(rows.parts == 0).ifelse(0.0, rows.weight))
    sums = _summed(rows, by)
    parts = (rows.group_by(list(by)) if by else rows).aggregate(
        parts=rows.parts.sum(), outside=(rows.parts == 0).cast("int64").sum()
    )
    distinct = (pairs.group_by(list(by)) if by else pairs).aggregate(
        different=pairs.reference_first.nunique()
    )
    whole = reference.aggregate(needed=reference.count())
    for other in (parts, distinct):
        sums = _joined_by(sums, other, by)
    sums = sums.cross_join(whole)
    return sums.mutate(
        incomplete=(sums.outside > 0)
        | (sums.parts != sums.needed)
        | (sums.different != sums.needed)
    )


def _joined_by(left: ir.Table, right: ir.Table, by: Mapping[str, str]) -> ir.Table:
    """Join two tables of one row a group; a group whose name is missing is a group too."""
    if not by:
        return left.cross_join(right)
    right = right.rename({f"right_{name}": name for name in by})
    joined = left.left_join(right, [left[n].identical_to(right[f"right_{n}"]) for n in by])
    return joined.drop(*[f"right_{name}" for name in by])


def _summed(rows: ir.Table, by: Mapping[str, str]) -> ir.Table:
    x, n, w = real(rows.events), real(rows.population), real(rows.weight)
    per = w / n.nullif(0)

    return (rows.group_by(list(by)) if by else rows).aggregate(
        events=total(rows.events),
        population=total(rows.population),
        weights=w.sum(),
        weighted=(x * per).sum(),
        variance=(real(rows.squares) * per * per).sum(),
        strata=rows.count(),
        bands=rows.band.nunique(),
        missing=counted(any_missing(rows.events, rows.population, rows.weight, rows.band)),
        invalid=counted(out_of_range(x, n, w) | (x < 0) | (n < 0) | (w < 0)),
        empty=counted(n == 0),
        unequal=counted(rows.unequal > 0),
    )


def _ages(band: ir.StringValue) -> dict[str, ir.Value]:
    """Return the first and last age of a band; both null where it cannot be read."""
    text = band.lower()

    def age(pattern: str) -> ir.Value:
        return text.re_extract(pattern, 1).nullif("").cast("int64")

    first, last = age(r"(\d{1,3})"), age(r"\d{1,3}\D+(\d{1,3})")
    under = text.re_search("<|under|less")
    onwards = text.re_search(r"\+|over|plus|older|above|more")
    return {
        "first_age": under.ifelse(0, first),
        "last_age": ibis.coalesce(
            last, under.ifelse(first - 1, ibis.null("int64")), onwards.ifelse(OLDEST, first)
        ),
    }
