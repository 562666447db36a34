"""Directly standardised rates."""

import functools
import operator
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.age_bands import Reference, band_of, matched, read_reference
from fairpractice.statistics.any_table import on_any_table
from fairpractice.statistics.intervals import byar
from fairpractice.statistics.quantiles import EXACT_UNDER
from fairpractice.statistics.reference_populations import european_standard_population_2013
from fairpractice.statistics.tables import (
    any_missing,
    at_levels,
    finished,
    judged,
    keyed,
    number,
    out_of_range,
    real,
    require,
    root,
    sheltered,
    some,
    total,
)


RESULT = ("value", "confidence", "lower", "upper", "multiplier", "method", "status", "reason")
UNEQUAL = "the rows of an age band do not repeat one population and weight"


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
    numbers = {"events": events, "population": population}
    if isinstance(standard_population, str):
        numbers["weight"] = standard_population
    rows = _rows(data, numbers, age_band, keys, frequency, missing_events_are_zero)
    if isinstance(standard_population, str):
        sums = _weighted(rows, keys, age_band, frequency)
    elif age_band is None:
        raise FairpracticeError(
            "A reference population is joined by age band, and no column of bands is named",
            fix="Name age_band=, or name a column of weights as standard_population=.",
        )
    else:
        if standard_population is None:
            standard_population = european_standard_population_2013()
        reference = read_reference(standard_population, {"weight": "population"})
        sums = _by_reference(rows, keys, reference, frequency)
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
                rows.missing | (rows.strata == 0),
                "missing_input",
                "a count, a population, a weight or an age band is missing",
            ),
            (rows.invalid, "invalid_input", "a number is negative, infinite or too large"),
            *([(rows.unequal, "invalid_input", UNEQUAL)] if frequency is not None else []),
            (rows.empty, "zero_denominator", "an age band has no population"),
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
    if frequency is not None:
        times = number(data[frequency])
        people = found["events"]
        found |= {"events": people * times, "squares": real(people) * real(times) * real(times)}
    band = {} if age_band is None else {"band": band_of(data, age_band)}
    return data.select(**keyed(data, by), **band, **found)


def _one_row_a_band(
    rows: ir.Table, keys: Sequence[str], repeated: Sequence[str], same: Sequence[str]
) -> ir.Table:
    """Return one row a band of rows that repeat some numbers, and whether they do not."""
    unequal = functools.reduce(
        operator.or_,
        [(rows[name].max() != rows[name].min()) | rows[name].isnull().any() for name in repeated],
    )
    return rows.group_by(list(keys)).aggregate(
        events=total(rows.events),
        squares=total(rows.squares),
        unequal=unequal,
        **{name: rows[name].max() for name in (*repeated, *same)},
    )


def _weighted(
    rows: ir.Table, by: Mapping[str, str], age_band: str | None, frequency: str | None
) -> ir.Table:
    """Return the sums of each group where each row brings its own weight."""
    if frequency is not None:
        if age_band is None:
            raise FairpracticeError(
                "Events that are not independent need to be told apart by age band",
                fix="Name age_band=.",
            )
        rows = _one_row_a_band(rows, (*by, "band"), ("population", "weight"), ())
    if age_band is None:
        return _summed(rows, by).mutate(incomplete=ibis.literal(False))
    everything = rows.aggregate(all_bands=rows.band.nunique())
    sums = _summed(rows, by, known=rows.band, bands=rows.band.nunique()).cross_join(everything)
    return sums.mutate(incomplete=sums.bands < sums.all_bands)


def _by_reference(
    rows: ir.Table, by: Mapping[str, str], reference: Reference, frequency: str | None
) -> ir.Table:
    """Return the sums of each group, weighted by a reference population joined by band."""
    rows = matched(rows, reference)
    keys = [*by, "first_age", "last_age"]
    same = ["weight", *reference.columns]
    if frequency is not None:
        strata = _one_row_a_band(rows, keys, ("population",), same)
    else:
        strata = rows.group_by(keys).aggregate(
            events=total(rows.events),
            population=total(rows.population),
            **{name: rows[name].max() for name in same},
        )
    sums = _summed(
        strata,
        by,
        known=strata.first_age,
        outside=some(strata.parts == 0),
        **reference.sums(strata),
    )
    return sums.mutate(incomplete=sums.outside | ~reference.covered_by(sums))


def _summed(
    rows: ir.Table, by: Mapping[str, str], known: ir.Value | None = None, **more: ir.Value
) -> ir.Table:
    x, n, w = real(rows.events), real(rows.population), real(rows.weight)
    per = w / n.nullif(0)
    needed = (rows.events, rows.population, rows.weight, *(() if known is None else (known,)))
    squares = rows.squares if "squares" in rows.columns else x
    if "unequal" in rows.columns:
        more["unequal"] = some(rows.unequal)
    return (rows.group_by(list(by)) if by else rows).aggregate(
        events=total(rows.events),
        population=total(rows.population),
        weights=w.sum(),
        weighted=(x * per).sum(),
        variance=(squares * per * per).sum(),
        strata=rows.count(),
        missing=some(any_missing(*needed)),
        invalid=some(out_of_range(x, n, w) | (x < 0) | (n < 0) | (w < 0)),
        empty=some(n == 0),
        **more,
    )
