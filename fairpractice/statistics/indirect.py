"""Indirectly standardised rates and ratios: what was observed over what was to be expected."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.age_bands import band_of, matched, read_reference
from fairpractice.statistics.any_table import as_arrow, on_any_table
from fairpractice.statistics.intervals import with_count_limits
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
    sheltered,
    some,
    total,
)


RESULT = ("value", "confidence", "lower", "upper", "multiplier", "method", "status", "reason")
MEASURES = {"reference_events": "events", "reference_population": "population"}


@on_any_table
def indirectly_standardised_ratio(
    data: Any,
    /,
    events: str,
    population: str,
    *,
    age_band: str | None = None,
    reference: Any = None,
    reference_events: str | None = None,
    reference_population: str | None = None,
    observed_totals: Any = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 1,
    missing_events_are_zero: bool = False,
) -> ir.Table:
    """Return observed over expected events, such as a standardised mortality ratio.

    Parameters
    ----------
    data
        Rows of age bands: an Ibis, pandas, polars or pyarrow table.
    events
        The column that counts events: of the data, or of ``observed_totals``.
    population
        The column of people, or person-years.
    age_band
        The column of age bands (``0-4``, ``under 5``, ``90+``), or of the ages at which they start.
    reference
        A table of ``age_band``, ``events`` and ``population``, joined to the data by band, never by
        position. Its bands may be finer than the data's, each of which then takes those inside it;
        together they have to cover it, each once, else the group is ``incomplete_bands``.
    reference_events, reference_population
        Instead: the columns of the data with the reference of each row.
    observed_totals
        Where events are not known by age: a table of the group columns and ``events``.
    by
        Group columns; none of them makes the whole table one group.
    levels
        Confidence levels between 0 and 1; empty for values without limits.
    multiplier
        100 for a ratio where as many as expected is 100.
    missing_events_are_zero
        Say so where the source leaves out zeros, also of ``reference_events``; otherwise a missing
        count makes the group ``missing_input``.

    Returns
    -------
    The kind of table given, a row for each group and level: the group columns, ``observed``,
    ``expected``, ``value``, ``confidence``, ``lower``, ``upper``, ``multiplier``, ``method``,
    ``status``, ``reason``. Statuses: ``missing_input``, ``invalid_input``, ``zero_denominator``,
    ``incomplete_bands``. Nothing observed is no error: the lower limit is 0.

    Raises
    ------
    FairpracticeError
        For a column that is not there or not numeric, a reference that is not given or that is
        given twice, or whose bands overlap or cannot be read.

    Notes
    -----
    O/E, E = Σ n x′/n′ over bands with the reference's rates x′/n′; limits those of the count O
    (exact Poisson under 10, else Byar) over E (Breslow and Day 1987, volume 2, p. 69; Office for
    Health Improvement and Disparities, technical guide to confidence intervals).
    """
    return _indirect(**locals(), rate=False)


@on_any_table
def indirectly_standardised_rate(
    data: Any,
    /,
    events: str,
    population: str,
    *,
    age_band: str | None = None,
    reference: Any = None,
    reference_events: str | None = None,
    reference_population: str | None = None,
    observed_totals: Any = None,
    by: Sequence[str] = (),
    levels: Sequence[float] = (0.95,),
    multiplier: float = 100_000,
    missing_events_are_zero: bool = False,
) -> ir.Table:
    """Return the reference's crude rate times observed over expected events.

    Parameters
    ----------
    data, events, population, age_band, reference, reference_events, reference_population
        As for :func:`indirectly_standardised_ratio`.
    observed_totals, by, levels, missing_events_are_zero
        As there.
    multiplier
        The rate is per so many.

    Returns
    -------
    As there, with ``reference_rate``, on the scale of the value.

    Raises
    ------
    FairpracticeError
        As there.

    Notes
    -----
    O/E · Σx′/Σn′, limits likewise.
    """
    return _indirect(**locals(), rate=True)


def _indirect(
    *,
    data: ir.Table,
    events: str,
    population: str,
    age_band: str | None,
    reference: Any,
    reference_events: str | None,
    reference_population: str | None,
    observed_totals: Any,
    by: Sequence[str],
    levels: Sequence[float],
    multiplier: float,
    missing_events_are_zero: bool,
    rate: bool,
) -> ir.Table:
    more = ("reference_rate",) if rate else ()
    require(data, tuple(by), ("observed", "expected", *more, *RESULT))
    keys = sheltered(by)
    columns = {"population": population}
    if observed_totals is None:
        columns["observed"] = events
    if reference is None and reference_events and reference_population:
        columns |= dict(zip(MEASURES, (reference_events, reference_population), strict=True))
    elif reference is None or reference_events or reference_population:
        raise FairpracticeError(
            "An expected number needs one reference",
            fix="Give reference=, a table, or name reference_events= and reference_population=.",
        )
    elif age_band is None:
        raise FairpracticeError(
            "A reference is joined by age band, and no column of bands is named",
            fix="Name age_band=, or name columns of the reference.",
        )
    require(data, list(columns.values()))
    band = {} if age_band is None else {"band": band_of(data, age_band)}
    rows = data.select(
        **keyed(data, keys), **band, **{new: number(data[old]) for new, old in columns.items()}
    )
    if missing_events_are_zero and observed_totals is None:
        rows = rows.mutate(observed=ibis.coalesce(rows.observed, 0))
    if missing_events_are_zero and reference is None:
        rows = rows.mutate(reference_events=ibis.coalesce(rows.reference_events, 0))
    if reference is None:
        sums = _expected(rows, keys, *([rows.band] if band else []))
        incomplete = ibis.literal(False)
        if band:
            sums = sums.cross_join(rows.aggregate(all_bands=rows.band.nunique()))
            incomplete = sums.bands < sums.all_bands
    else:
        parts = read_reference(reference, MEASURES)
        rows = matched(rows, parts)
        strata = rows.group_by([*keys, "first_age", "last_age"]).aggregate(
            **{name: total(rows[name]) for name in columns},
            **{name: rows[name].max() for name in (*MEASURES, *parts.columns)},
        )
        outside = some(strata.parts == 0)
        sums = _expected(strata, keys, strata.first_age, outside=outside, **parts.sums(strata))
        incomplete = sums.outside | ~parts.covered_by(sums)
    sums = sums.mutate(incomplete=incomplete)
    if observed_totals is not None:
        sums = _with_totals(sums, observed_totals, events, keys)
    rows = with_count_limits(at_levels(sums, levels), "observed", levels)
    crude = rows.all_reference_events / rows.all_reference_population.nullif(0) * multiplier
    per = (crude if rate else ibis.literal(float(multiplier))) / rows.expected.nullif(0)
    rows = rows.mutate(
        value=real(rows.observed) * per,
        lower=rows.count_lower * per,
        upper=rows.count_upper * per,
        reference_rate=crude,
        multiplier=ibis.literal(float(multiplier)),
    )
    x = rows.observed
    rows = judged(
        rows,
        [
            (
                rows.missing | (rows.strata == 0),
                "missing_input",
                "a population, the reference or an age band is missing",
            ),
            (x.isnull(), "missing_input", "the number observed is missing"),
            (
                rows.invalid | out_of_range(x) | (x < 0),
                "invalid_input",
                "a number is negative, infinite or too large",
            ),
            (
                rows.incomplete,
                "incomplete_bands",
                "the age bands do not cover the reference, each part once",
            ),
            (rows.empty, "zero_denominator", "a band of the reference has no population"),
            (rows.expected == 0, "zero_denominator", "no events are to be expected"),
        ],
        counts=("observed",),
        suppressed=("expected", *more),
    )
    return finished(rows, keys, ["observed", "expected", *more, *RESULT])


def _expected(
    rows: ir.Table, keys: Mapping[str, str], *band: ir.Value, **more: ir.Value
) -> ir.Table:
    """Return of each group what was observed and is expected, and what is wrong with its rows."""
    given, events, people = (real(rows[name]) for name in ("population", *MEASURES))
    # None are to be expected of any number of people where the reference has no events.
    n = (given.isnull() & (events == 0)).ifelse(0.0, given)
    counts = [rows.observed] if "observed" in rows.columns else []
    if band and not more:
        more = {"bands": band[0].nunique()}
    return (rows.group_by(list(keys)) if keys else rows).aggregate(
        **({"observed": total(counts[0])} if counts else {}),
        expected=(n * events / people.nullif(0)).sum(),
        all_reference_events=events.sum(),
        all_reference_population=people.sum(),
        strata=rows.count(),
        missing=some(any_missing(n, events, people, *band)),
        invalid=some(
            out_of_range(n, events, people, *map(real, counts))
            | (n < 0)
            | (events < 0)
            | (people < 0)
            | (counts[0] < 0 if counts else ibis.literal(False))
        ),
        empty=some(people == 0),
        **more,
    )


def _with_totals(
    sums: ir.Table, observed_totals: Any, events: str, keys: Mapping[str, str]
) -> ir.Table:
    """Return groups with what was observed in them; a group whose name is missing is one too."""
    totals = ibis.memtable(as_arrow(observed_totals))
    require(totals, (*keys.values(), events))
    same = {f"same {working}": totals[name] for working, name in keys.items()}
    totals = totals.select(**same, observed=number(totals[events]))
    if not keys:
        return sums.cross_join(totals.aggregate(observed=total(totals.observed)))
    totals = totals.group_by(list(same)).aggregate(observed=total(totals.observed))
    joined = sums.left_join(
        totals, [sums[working].identical_to(totals[f"same {working}"]) for working in keys]
    )
    return joined.drop(*same)
