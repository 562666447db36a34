"""Everything that is asked of a network's record for a report, answered in one run."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.case_finding.rule import RULES, Rule
from fairpractice.codelists import Codelists, load, used
from fairpractice.criteria.definition import Definition
from fairpractice.criteria.tree import codelists_named
from fairpractice.errors import FairpracticeError
from fairpractice.measures.calculate import Run, count
from fairpractice.measures.completeness import completeness
from fairpractice.measures.measure import MEASURES, Measure
from fairpractice.measures.results import gaps, slopes, values
from fairpractice.population import deprivation, kept
from fairpractice.record.dates import month_ends
from fairpractice.record.reading import Readable
from fairpractice.reporting import release
from fairpractice.statistics.disclosure import Table as Published
from fairpractice.statistics.disclosure import protect


FIFTHS = "imd_quintile"
OTHER_GROUPS = ("ethnic_group", "sex", "age_band")
TREND_MONTHS = 24
EXCEPTED = "excepted"

Progress = Callable[[str, float], None]


def _no_rows() -> pa.Table:
    return pa.table({name: pa.array([], pa.string()) for name in ("definition", "grouping")})


@dataclass(frozen=True)
class Network:
    """What a network's record says on a day, as it may be published.

    Attributes
    ----------
    on, purpose
        The day, and the purpose for which the record was read.
    edition, areas
        The deprivation edition, empty where none was used, and where its file came from (see
        :func:`fairpractice.population.kept.provenance`).
    measures, rules, completeness
        What was asked, by id.
    figures
        The value of each by group on the day, see :func:`fairpractice.measures.results.values`.
        That of a rule is the share of *everybody whom it is about* that it finds, of whom some
        cannot be told: unknown is not no, and not a reason to be left out of a count of people.
    trend
        Of the measures, the same by deprivation at each month-end.
    gaps, slopes
        The gap between the least and the most deprived, and the slope index, on the day.
    trend_gaps
        The gaps at each month-end.
    told
        By deprivation and of everybody, the share of those whom each is about for whom it can be
        told.
    beside
        What else is known: of the people whom a rule finds, how many declined, were invited and
        so on (``grouping`` is ``outcome``); how many are excepted, of those it would be about.
    unavailable
        What was not asked, and why.
    lists
        The codelists that were used: id, status, and the start of the hash.
    people, left_out
        How many people are registered, and how many in the record object to the purpose, to the
        nearest 5; nothing where they are few.
    practices
        At how many practices.
    """

    on: dt.date
    purpose: str
    edition: str
    measures: Mapping[str, Measure]
    rules: Mapping[str, Rule]
    completeness: Mapping[str, Measure]
    figures: pa.Table
    told: pa.Table
    people: int | None
    left_out: int | None
    practices: int
    lists: Sequence[tuple[str, str, str]]
    trend: pa.Table = field(default_factory=_no_rows)
    gaps: pa.Table = field(default_factory=_no_rows)
    trend_gaps: pa.Table = field(default_factory=_no_rows)
    slopes: pa.Table = field(default_factory=_no_rows)
    beside: pa.Table = field(default_factory=_no_rows)
    areas: Mapping[str, Any] = field(default_factory=dict)
    unavailable: Mapping[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> pa.Table:
        """All that is published as one table, see :mod:`fairpractice.reporting.release`."""
        return release.together((self.figures, self.told, self.trend, self.beside))

    def definition(self, name: str) -> Definition:
        """Return what was asked under an id."""
        everything: dict[str, Definition] = {**self.measures, **self.rules, **self.completeness}
        return everything[name]


def answer(
    record: Readable,
    on: dt.date,
    *,
    edition: str = "imd2025",
    definitions: Path | None = None,
    months: int = TREND_MONTHS,
    earlier: Sequence[Published] = (),
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
    earlier
        Numbers that were published before of the same record, from which nothing hidden here may be
        worked out, see :func:`fairpractice.reporting.release.numbers`.
    progress
        Called with what is being done and the share done of it.

    Raises
    ------
    FairpracticeError
        When nobody is registered on the day, the edition has not been added, or an earlier release
        gives away what must be hidden.
    """
    codelists = load(definitions)
    asking = _Asking(record, on, codelists, edition, definitions, progress, earlier)
    measures = MEASURES.load(codelists, definitions)
    before = month_ends(on, months + 1)[:-1]
    return asking.network(measures, RULES.load(codelists, definitions), before)


def data_quality(
    record: Readable,
    on: dt.date,
    *,
    edition: str = "",
    definitions: Path | None = None,
    progress: Progress = lambda what, share: None,
) -> Network:
    """Ask of a record only what is recorded, and for whom.

    As :func:`answer`, but without an edition it is asked by the other groups alone.
    """
    asking = _Asking(record, on, load(definitions), edition, definitions, progress)
    return asking.network({}, {})


@dataclass(frozen=True)
class _Asking:
    """What stays the same while one record is asked."""

    record: Readable
    on: dt.date
    codelists: Codelists
    edition: str
    definitions: Path | None
    progress: Progress
    earlier: Sequence[Published] = ()

    def count(
        self,
        what: str,
        asked: Mapping[str, Definition],
        dates: Sequence[dt.date],
        by: Sequence[str],
    ) -> pa.Table:
        run = Run(
            self.codelists,
            self.edition,
            self.definitions,
            progress=lambda _, share: self.progress(what, share),
        )
        return count(asked, dates, self.record, run, by=by)

    def network(
        self,
        measures: Mapping[str, Measure],
        rules: Mapping[str, Rule],
        before: Sequence[dt.date] = (),
    ) -> Network:
        practices = self._practices()
        if self.edition:
            deprivation.load(self.edition, self.definitions)  # before any work
        recorded = completeness()
        everything: dict[str, Definition] = {**measures, **rules, **recorded}
        unavailable = {
            name: reason
            for name, definition in everything.items()
            if (reason := _unavailable(definition, self.codelists))
        }
        asked = {name: d for name, d in everything.items() if name not in unavailable}
        measures = {name: d for name, d in measures.items() if name in asked}
        rules = {name: d for name, d in rules.items() if name in asked}
        by = ("all", *([FIFTHS] if self.edition else []), *OTHER_GROUPS)
        counts = self.count("Counting", asked, [self.on], by)
        past = None
        if before and measures:
            past = values(self.count("Looking back", measures, before, (FIFTHS,)), measures)
        figures, told, trend, beside = release.protected(
            figures=values(_of_everybody(counts, list(rules)), asked),
            told=_told(counts),
            trend=past,
            beside=self.beside(measures, rules) if self.edition else None,
            definitions=asked,
            rules=list(rules),
            earlier=self.earlier,
        )
        deprived = figures.filter(pc.equal(figures["grouping"], FIFTHS))
        now = deprived.filter(pc.is_in(deprived["definition"], pa.array(measures, pa.string())))
        trend = _no_rows() if trend is None else pa.concat_tables([trend, now])
        registered = figures.filter(
            pc.and_(
                pc.equal(figures["grouping"], "all"),
                pc.is_in(figures["definition"], pa.array(recorded)),
            )
        )
        return Network(
            on=self.on,
            purpose=self.record.purpose,
            edition=self.edition,
            areas=kept.provenance(self.edition, self.definitions) or {} if self.edition else {},
            measures=measures,
            rules=rules,
            completeness={name: d for name, d in recorded.items() if name in asked},
            figures=figures,
            gaps=_gaps(deprived, asked),
            slopes=slopes(deprived) if deprived.num_rows else _no_rows(),
            told=told,
            trend=trend,
            trend_gaps=_gaps(trend, measures),
            beside=_no_rows() if beside is None else beside,
            unavailable=unavailable,
            lists=used(
                self.codelists,
                {
                    name
                    for definition in asked.values()
                    for part in definition.asked.values()
                    for name in codelists_named(part)
                },
            ),
            people=pc.max(registered["denominator"]).as_py(),
            left_out=_rounded(len(getattr(self.record, "objectors", ()))),
            practices=practices,
        )

    def _practices(self) -> int:
        """Return how many practices have people registered.

        Raises
        ------
        FairpracticeError
            When none has.
        """
        spells = self.record.table("registration")
        now = spells.filter(
            spells.start_date <= self.on, spells.end_date.isnull() | (spells.end_date > self.on)
        )
        found = now.agg(practices=now.practice_code.nunique())
        practices = int(self.record.engine.to_arrow(found)["practices"][0].as_py() or 0)
        if not practices:
            ends = spells.agg(first=spells.start_date.min(), last=spells.end_date.max())
            held = self.record.engine.to_arrow(ends).to_pylist()[0]
            raise FairpracticeError(
                f"Nobody whose record may be used for {self.record.purpose} is registered on "
                f"{self.on.isoformat()}",
                where=f"registrations are from {held['first']} to {held['last'] or 'today'}"
                if held["first"]
                else "the record holds no registrations",
                fix="Choose another day with --on, or import an extract.",
            )
        return practices

    def beside(self, measures: Mapping[str, Measure], rules: Mapping[str, Rule]) -> pa.Table | None:
        """Return what else is known of the people found, and how many are excepted."""
        outcomes = {
            f"{name}/{outcome}": replace(rule, finds=rule.finds & criterion)
            for name, rule in rules.items()
            for outcome, criterion in rule.outcomes_known(self.codelists).items()
        }
        asked: dict[str, Definition] = {**rules, **outcomes}
        asked |= {name: d for name, d in measures.items() if d.unless is not None}
        if not asked:
            return None
        counts = self.count("Asking what else is known", asked, [self.on], ("all",))
        by_id = {row["definition"]: row for row in counts.to_pylist()}
        rows = []
        for id, row in by_id.items():
            name, _, outcome = id.partition("/")
            if outcome:
                whole, part = by_id[name]["met"], row["met"]
                rows.append(_part(row, name, "outcome", outcome, part, whole))
            elif asked[id].unless is not None:
                whole, part = row["people"] + row["excepted"], row["excepted"]
                rows.append(_part(row, name, EXCEPTED, EXCEPTED, part, whole))
        table = pa.Table.from_pylist(rows, counts.schema)
        return values(table, _as_proportions(table))


def _part(
    row: Mapping[str, Any], name: str, grouping: str, group: str, part: int, whole: int
) -> dict[str, Any]:
    return {
        **row,
        "definition": name,
        "grouping": grouping,
        "group": group,
        "people": whole,
        "met": part,
        "unknown": 0,
    }


def _gaps(figures: pa.Table, definitions: Mapping[str, Definition]) -> pa.Table:
    return gaps(figures, definitions) if figures.num_rows else _no_rows()


def _unavailable(definition: Definition, codelists: Codelists) -> str:
    if empty := definition.empty_lists(codelists):
        return f"not available: list {', '.join(empty)} is empty"
    if definition.sensitive():
        return "not in reports: it is about a sensitive topic"
    return ""


def _with(counts: pa.Table, **columns: Any) -> pa.Table:
    for name, column in columns.items():
        counts = counts.set_column(counts.schema.get_field_index(name), name, column)
    return counts


def _of_everybody(counts: pa.Table, rules: Sequence[str]) -> pa.Table:
    """Return counts in which a rule's people are everybody it is about, told of or not."""
    of_rules = pc.is_in(counts["definition"], pa.array(rules, pa.string()))
    return _with(counts, unknown=pc.if_else(of_rules, 0, counts["unknown"]))


def _told(counts: pa.Table) -> pa.Table:
    """Return the share of people for whom each definition can be told, of everybody meant."""
    chosen = counts.filter(pc.is_in(counts["grouping"], pa.array(["all", FIFTHS])))
    told = pc.subtract(chosen["people"], chosen["unknown"])
    told = _with(chosen, met=told, unknown=pa.array([0] * chosen.num_rows, pa.int64()))
    return values(told, _as_proportions(told))


def _as_proportions(counts: pa.Table) -> dict[str, Definition]:
    """Return a proportion for each definition, whatever it is, to work out shares of people."""
    return dict.fromkeys(counts["definition"].to_pylist(), next(iter(completeness().values())))


def _rounded(people: int) -> int | None:
    """Return a number of people as it may be published."""
    release = pa.table({"of": ["all"], "people": [people]})
    return int(shown) if (shown := protect(release, by=["of"])["people"][0].as_py()) else shown
