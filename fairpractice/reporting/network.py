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
from fairpractice.measures.named_set import NamedSet, load_sets
from fairpractice.measures.need import PRACTICE, need
from fairpractice.measures.other_questions import heard, offered, seen
from fairpractice.measures.results import gaps, slopes, values
from fairpractice.measures.trend import FIFTHS as FIFTHS
from fairpractice.population import deprivation, kept
from fairpractice.record.dates import month_ends
from fairpractice.record.reading import Readable
from fairpractice.reporting import by_letter, counted, release
from fairpractice.reporting.of_sets import Contains, Groups
from fairpractice.statistics.disclosure import Table as Published


OTHER_GROUPS = ("ethnic_group", "sex", "age_band")
MORE_GROUPS = (*OTHER_GROUPS, "main_language", "interpreter", "disability")
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
    measures, rules, completeness, others
        What was asked, by id; ``others`` are :mod:`fairpractice.measures.other_questions`.
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
    groups
        By which groupings figures are, beside deprivation.
    of_sets
        Figures of the groups that sets declare, see :mod:`fairpractice.reporting.of_sets`.
    help
        Need and clinicians of each fifth and practice, and what is seen by practice, see
        :mod:`fairpractice.reporting.by_letter`. Practices are letters.
    sets
        Frameworks, such as Core20PLUS5, by id: which measures are theirs.
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
    help: pa.Table = field(default_factory=_no_rows)
    of_sets: pa.Table = field(default_factory=_no_rows)
    groups: Sequence[str] = OTHER_GROUPS
    others: Mapping[str, Measure] = field(default_factory=dict)
    sets: Mapping[str, NamedSet] = field(default_factory=dict)
    areas: Mapping[str, Any] = field(default_factory=dict)
    unavailable: Mapping[str, str] = field(default_factory=dict)

    @property
    def numbers(self) -> pa.Table:
        """All that is published as one table, see :mod:`fairpractice.reporting.release`."""
        parts = (self.figures, self.told, self.trend, self.beside, self.help, self.of_sets)
        return release.together(parts)

    def definition(self, name: str) -> Definition:
        """Return what was asked under an id."""
        of_care: dict[str, Definition] = {**self.measures, **self.rules}
        return {**of_care, **self.completeness, **self.others}[name]


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
    others = heard() | offered() | seen()
    rules = RULES.load(codelists, definitions)
    sets = load_sets(measures, codelists, definitions)
    return asking.network(measures, rules, before, others, sets)


def population(
    record: Readable,
    on: dt.date,
    *,
    edition: str = "imd2025",
    definitions: Path | None = None,
    months: int = TREND_MONTHS,
    earlier: Sequence[Published] = (),
    progress: Progress = lambda what, share: None,
) -> Network:
    """Ask every measure of a record by more groups and by practice, and named sets; no rules.

    As :func:`answer`. Practices are named by their codes: whoever shows them gives them letters.
    """
    codelists = load(definitions)
    asking = _Asking(record, on, codelists, edition, definitions, progress, earlier)
    measures = MEASURES.load(codelists, definitions)
    before = month_ends(on, months + 1)[:-1]
    sets = load_sets(measures, codelists, definitions)
    return asking.network(measures, {}, before, {}, sets, groups=MORE_GROUPS, with_sets=True)


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
        run = replace(self.run, progress=lambda _, share: self.progress(what, share))
        return count(asked, dates, self.record, run, by=by)

    @property
    def run(self) -> Run:
        return Run(self.codelists, self.edition, self.definitions)

    def network(
        self,
        measures: Mapping[str, Measure],
        rules: Mapping[str, Rule],
        before: Sequence[dt.date] = (),
        others: Mapping[str, Measure] | None = None,
        sets: Mapping[str, NamedSet] | None = None,
        *,
        groups: Sequence[str] = OTHER_GROUPS,
        with_sets: bool = False,
    ) -> Network:
        others, sets = others or {}, sets or {}
        practices = self._practices()
        if self.edition:
            deprivation.load(self.edition, self.definitions)  # before any work
        recorded = completeness()
        everything: dict[str, Definition] = {**measures, **rules, **recorded, **others}
        unavailable = {
            name: reason
            for name, definition in everything.items()
            if (reason := counted.unavailable(definition, self.codelists))
        }
        asked = {name: d for name, d in everything.items() if name not in unavailable}
        measures = {name: d for name, d in measures.items() if name in asked}
        rules = {name: d for name, d in rules.items() if name in asked}
        by = ["all", *([FIFTHS] if self.edition else []), *groups, *([PRACTICE] * with_sets)]
        counts = self.count("Counting", asked, [self.on], by)
        past = None
        if before and measures:
            past = values(self.count("Looking back", measures, before, (FIFTHS,)), measures)
        of_sets, contains = self.of_sets(counts, measures, sets) if with_sets else (None, {})
        figures, told, trend, beside, help, of_sets = release.protected(
            figures=values(counted.of_everybody(counts, list(rules)), asked),
            told=counted.told(counts),
            trend=past,
            beside=self.beside(measures, rules) if self.edition else None,
            help=self.help() if others else None,
            of_sets=of_sets,
            contains=contains,
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
            help=_no_rows() if help is None else help,
            of_sets=_no_rows() if of_sets is None else of_sets,
            groups=groups,
            others={name: d for name, d in others.items() if name in asked},
            sets=sets,
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
            left_out=release.rounded(len(getattr(self.record, "objectors", ()))),
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

    def of_sets(
        self, counts: pa.Table, measures: Mapping[str, Measure], sets: Mapping[str, NamedSet]
    ) -> tuple[pa.Table, Contains]:
        """Return the figures of the groups that sets declare, and of what groups they are made."""
        groups = Groups(sets, measures, self.codelists)
        among = self.count("Asking of declared groups", groups.asked, [self.on], ("all",))
        found, contains = groups.counts(counts, among)
        return values(found, measures), contains

    def help(self) -> pa.Table:
        """Return need, clinicians and what is seen, by practice as a letter."""
        counts = self.count("Asking where help goes", seen(), [self.on], (PRACTICE,))
        needed = need(self.record, self.on, self.run)
        return by_letter.table(values(counts, seen()), needed, self.on)

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
                rows.append(counted.part(row, name, "outcome", outcome, part, whole))
            elif asked[id].unless is not None:
                whole, part = row["people"] + row["excepted"], row["excepted"]
                rows.append(counted.part(row, name, EXCEPTED, EXCEPTED, part, whole))
        table = pa.Table.from_pylist(rows, counts.schema)
        return values(table, counted.as_proportions(table))


def _gaps(figures: pa.Table, definitions: Mapping[str, Definition]) -> pa.Table:
    return gaps(figures, definitions) if figures.num_rows else _no_rows()
