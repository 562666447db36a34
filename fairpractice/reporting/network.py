"""Everything that is asked of a network's record for a report, answered in one run."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.case_finding.rule import RULES, Rule
from fairpractice.codelists import Codelists, load, used
from fairpractice.criteria.definition import Definition
from fairpractice.criteria.tree import codelists_named
from fairpractice.measures.calculate import Run, count
from fairpractice.measures.completeness import completeness
from fairpractice.measures.measure import MEASURES, Measure
from fairpractice.measures.results import gaps, publishable, slopes, values
from fairpractice.population import deprivation
from fairpractice.record.dates import month_ends
from fairpractice.record.reading import Readable


BY = ("all", "imd_quintile", "ethnic_group", "sex", "age_band")
TREND_MONTHS = 24

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Network:
    """What a network's record says on a day, as it may be published.

    Attributes
    ----------
    figures
        The value of each definition by group on the day, see
        :func:`fairpractice.measures.results.values`.
    trend
        The same by deprivation at each month-end.
    gaps, slopes
        The gap between the least and the most deprived, and the slope index, on the day.
    trend_gaps
        The gaps at each month-end.
    told
        The share of the people meant for whom each definition can be told.
    unavailable
        Definitions that were not asked, and why.
    lists
        The codelists that were used: id, status, and the start of the hash.
    people, practices
        How many people are registered, to the nearest 5, and at how many practices.
    """

    on: dt.date
    edition: str
    measures: Mapping[str, Measure]
    rules: Mapping[str, Rule]
    completeness: Mapping[str, Measure]
    figures: pa.Table
    trend: pa.Table
    gaps: pa.Table
    trend_gaps: pa.Table
    slopes: pa.Table
    told: pa.Table
    unavailable: Mapping[str, str]
    lists: Sequence[tuple[str, str, str]]
    people: int
    practices: int


def answer(
    record: Readable,
    on: dt.date,
    *,
    edition: str = "imd2025",
    definitions: Path | None = None,
    months: int = TREND_MONTHS,
    progress: Progress = lambda what, share: None,
) -> Network:
    """Ask every measure and rule of a record, by group and over time.

    Parameters
    ----------
    record
        The record, open for planning or research, so that those who object are left out.
    on
        The day.
    edition
        The deprivation edition that areas are scored by.
    definitions
        The folder of local definitions.
    months
        How many month-ends the trend goes back.
    progress
        Called with what is being done and the share done of it.
    """
    codelists = load(definitions)
    measures = MEASURES.load(codelists, definitions)
    rules = RULES.load(codelists, definitions)
    recorded = completeness()
    everything: dict[str, Definition] = {**measures, **rules, **recorded}
    unavailable = {
        name: reason
        for name, definition in everything.items()
        if (reason := _unavailable(definition, codelists))
    }
    asked = {name: d for name, d in everything.items() if name not in unavailable}
    deprivation.load(edition, definitions)  # before any work, if it has not been added

    run = Run(
        codelists, edition, definitions, progress=lambda _, share: progress("Counting", share)
    )
    counts = count(asked, [on], record, run, by=BY)
    figures = publishable(values(counts, asked))
    over_time = {name: d for name, d in asked.items() if name in measures}
    dates = [*month_ends(on, months + 1)[:-1], on]
    run = Run(
        codelists, edition, definitions, progress=lambda _, share: progress("Looking back", share)
    )
    trend = publishable(
        values(count(over_time, dates, record, run, by=("imd_quintile",)), over_time)
    )
    deprived = figures.filter(pc.equal(figures["grouping"], "imd_quintile"))
    named = (
        name for d in asked.values() for part in d.asked.values() for name in codelists_named(part)
    )
    registrations = record.table("registration")
    now = registrations.filter(
        registrations.start_date <= on,
        registrations.end_date.isnull() | (registrations.end_date > on),
    )
    size = record.engine.to_arrow(
        now.agg(people=now.patient_id.nunique(), practices=now.practice_code.nunique())
    ).to_pylist()[0]
    return Network(
        on=on,
        edition=edition,
        measures={name: d for name, d in measures.items() if name in asked},
        rules={name: d for name, d in rules.items() if name in asked},
        completeness={name: d for name, d in recorded.items() if name in asked},
        figures=figures,
        trend=trend,
        gaps=gaps(deprived, asked),
        trend_gaps=gaps(trend, over_time),
        slopes=slopes(deprived),
        told=_told(counts),
        unavailable=unavailable,
        lists=used(codelists, dict.fromkeys(named)),
        people=5 * round(size["people"] / 5),
        practices=size["practices"],
    )


def _unavailable(definition: Definition, codelists: Codelists) -> str:
    if empty := definition.empty_lists(codelists):
        return f"not available: list {', '.join(empty)} is empty"
    if definition.sensitive():
        return "not in reports: it is about a sensitive topic"
    return ""


def _told(counts: pa.Table) -> pa.Table:
    """Return the share of people for whom each definition can be told, of everybody meant."""
    everybody = counts.filter(pc.equal(counts["grouping"], "all"))
    told = everybody.set_column(
        everybody.schema.get_field_index("met"),
        "met",
        pc.subtract(everybody["people"], everybody["unknown"]),
    )
    told = told.set_column(
        told.schema.get_field_index("unknown"), "unknown", pa.array([0] * told.num_rows)
    )
    proportions = dict.fromkeys(told["definition"].to_pylist(), next(iter(completeness().values())))
    return publishable(values(told, proportions))
