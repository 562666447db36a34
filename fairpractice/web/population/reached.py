"""Did help reach the people who needed it most? What became of each occasion to help, by group.

An *occasion* is a case, or somebody on a list for link workers whom nobody has taken on yet. It is
*proactive* where a list found the person, else *ad hoc*. It is at a step when it came through all
steps before: who was referred without having agreed is at neither.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from fairpractice.codelists import ethnic_groups
from fairpractice.measures.trend import FIFTHS
from fairpractice.population.groups import GROUPINGS, Place, grouping
from fairpractice.record import audit as record_audit
from fairpractice.record.calendar import Calendar
from fairpractice.record.dates import months_before
from fairpractice.record.opened import open_record
from fairpractice.record.reading import ID, Readable
from fairpractice.record.topics import SENSITIVE, TOPICS
from fairpractice.reporting import parts, release
from fairpractice.reporting.network import OTHER_GROUPS
from fairpractice.statistics.disclosure import Table, protect_together
from fairpractice.statistics.rates import proportion
from fairpractice.web.cases import words
from fairpractice.web.cases.models import Attempt, Case, Goal, Need
from fairpractice.web.core import audit
from fairpractice.web.core.access import PLANNING
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.record import areas, codelists
from fairpractice.web.population import telling
from fairpractice.web.population.models import Part, Reached, Release
from fairpractice.web.population.telling import (
    AD_HOC,
    ARMS,
    EVERY,
    FOLDED,
    NEED,
    OTHERS,
    PROACTIVE,
    REST,
    STEPS,
    UNKNOWN,
)
from fairpractice.web.referrals.models import Step
from fairpractice.web.sharing.models import Consent
from fairpractice.web.worklists import rules
from fairpractice.web.worklists.models import Place as OnList
from fairpractice.web.worklists.models import Run


MONTHS = 12
GROUPS = (FIFTHS, *OTHER_GROUPS)
ETHNIC, NOT_STATED = "ethnic_group", "not_stated"
WORKLIST = "worklist"
MADE = "count how far help got"
MET = "resolved"
MAIN_STEPS = ("found", "contacted", "referred", "resolved")
FEW = 1_000
"""Where fewer were spoken to, groups are shown by the main steps: by all, most would be hidden."""
APART = ("found", "referred", "resolved")
"""By what steps the arms are told apart in groups: nearly all who are asked for are spoken to."""
LARGEST = "white"
WORTH = {EVERY: 8.0, NEED: 0.5}
"""What figures by a grouping are worth beside those by others, where some have to be hidden."""
OF_FOLDS = {FIFTHS: 6.0, ETHNIC: 2.0}
AGES = {"0-19": ("0-9", "10-19"), "20-39": ("20-29", "30-39"), "40-59": ("40-49", "50-59"),
        "60-79": ("60-69", "70-79"), "80+": ("80-89", "90+")}  # fmt: skip
"""Bands of twenty years: in narrower ones few would be shown."""
SPOKEN = ("resolved", "partly", "not_resolved", "declined")
"""The outcomes of a case that nobody can know who has not spoken to the person."""

Row = dict[str, Any]


def make(today: dt.date | None = None) -> list[Reached]:
    """Count again, for each network, what became of its occasions, and show it.

    Small numbers, and what they could be worked out from, are hidden before anything is stored.
    Where no edition of deprivation has been added, nothing is counted.
    """
    if not areas():
        return []
    on = today or timezone.localdate()
    networks = Organisation.objects.filter(kind=Organisation.Kind.NETWORK, practices__isnull=False)
    made = []
    record = open_record(settings.RECORD, purpose=PLANNING, today=on)
    record_audit.entry(record.path, action="report", purpose=PLANNING, detail=f"{MADE}, on {on}")
    people = groups_of(record, on)
    named = people[ETHNIC][~people[ETHNIC].isin(["", NOT_STATED])]
    largest = min(named.mode(), default=LARGEST)
    for network in networks.distinct().order_by("code"):
        since = months_before(on, MONTHS)
        grouped = occasions(network, since).join(people, on=ID, how="inner")
        needs = needs_of(network, since)
        needs = needs[needs[ID].isin(people.index)]
        rows = released(grouped, needs, largest)
        shown = telling.page(rows, GROUPS, _everybody(network)) | {"load": load(network, on)}
        values = {"on": on, "made_at": timezone.now(), "rows": rows, "shown": shown}
        with transaction.atomic():
            stored, _ = Reached.objects.update_or_create(network=network, defaults=values)
            audit.entry(None, MADE, detail={"network": str(network.id), "rows": len(rows)})
        made.append(stored)
    return made


def _everybody(network: Organisation) -> telling.Row | None:
    """Return how many of all live in the most deprived fifth, of the figures that are shown."""
    parts = Part.objects.filter(release__network=network, release__state=Release.State.CURRENT)
    found = parts.filter(kind=Part.Kind.RECORDED).first()
    for row in found.rows if found else ():
        if row["grouping"] == FIFTHS and row["group"] == telling.MOST and row["denominator"]:
            same = {"measure": row["measure"], "grouping": EVERY, "group": EVERY}
            whole = next((r for r in found.rows if same.items() <= r.items()), None)
            if whole and whole["denominator"]:
                return telling.share(row["denominator"], whole["denominator"])
    return None


def groups_of(record: Readable, on: dt.date) -> pd.DataFrame:
    """Return the groups that each person is in on a day, by the record's id of them.

    Who objects to planning is not among them, and so is in no count.
    """
    edition, folder = settings.EDITION, Path(settings.DEFINITIONS)
    place = Place(record, Calendar((on,)), codelists(), edition, folder)
    found: pd.DataFrame | None = None
    for name in GROUPS:
        spells = grouping(name).of(place).select(ID, **{name: "value"})
        rows = record.engine.to_arrow(spells).to_pandas().set_index(ID)
        found = rows if found is None else found.join(rows)
    assert found is not None
    broad = {band: wide for wide, bands in AGES.items() for band in bands}
    return found.fillna("").replace({"age_band": broad})


def occasions(network: Organisation, since: dt.date) -> pd.DataFrame:
    """Return the occasions of some time: ``patient_id``, the arm, and a column a step."""
    cases = _cases(network, since)
    of_case = {"case": OuterRef("id")}
    moves = _moves(referral__case=OuterRef("id"))
    agreed = Consent.objects.filter(
        patient=OuterRef("patient_id"),
        purpose="support",
        sensitive=False,
        starts_at__gte=OuterRef("opened_at"),
    )
    reached = Attempt.objects.filter(**of_case, result__in=words.REACHED)
    needs = Need.objects.filter(**of_case).exclude(topic__in=SENSITIVE)
    rows = cases.annotate(
        spoken=Exists(reached) | Exists(Goal.objects.filter(**of_case)) | Q(outcome__in=SPOKEN),
        needy=Exists(needs),
        agrees=Exists(agreed),
        sent=Exists(moves.filter(after="requested")),
        taken=Exists(moves.filter(after__in=("accepted", "waiting_list", "in_progress"))),
        known=Exists(moves.exclude(outcome="")),
        met=Exists(moves.filter(outcome=MET)),
    ).values_list(
        "patient__record_id", "origin", "need", "spoken", "needy", "agrees", "sent", "taken",
        "known", "met",
    )  # fmt: skip
    columns = [ID, "origin", "asked", "spoken", "needy", "agrees", "sent", "taken", "known", "met"]
    found = pd.DataFrame(list(rows), columns=columns)
    steps = pd.DataFrame(
        {
            ID: found[ID],
            "arm": np.where(found["origin"] == WORKLIST, PROACTIVE, AD_HOC),
            "found": True,
            "contacted": found["spoken"] | found["sent"],
            "in_need": found["needy"] | (found["asked"] != "") | found["sent"],
            "consented": found["agrees"] | found["sent"],
            "referred": found["sent"],
            "accepted": found["taken"],
            "outcome": found["known"],
            "resolved": found["met"],
        }
    )
    waiting = _waiting(network, cases)
    steps = pd.concat([steps, waiting], ignore_index=True)
    names = list(STEPS)
    steps[names] = np.logical_and.accumulate(steps[names].to_numpy(bool), axis=1)
    return steps


def _cases(network: Organisation, since: dt.date) -> QuerySet[Case]:
    """Return the cases of some time, without those that a sensitive list found.

    What a practice asked by mistake was no occasion; who gave up waiting was one.
    """
    began = timezone.make_aware(dt.datetime.combine(since, dt.time()))
    found = Case.objects.filter(practice__network=network, opened_at__gt=began)
    mistaken = {"origin": Case.Origin.PRACTICE, "outcome": Case.Outcome.WITHDRAWN}
    found = found.exclude(rule__in=rules.sensitive()).exclude(need__in=SENSITIVE)
    return found.exclude(**mistaken)


def _waiting(network: Organisation, cases: QuerySet[Case]) -> pd.DataFrame:
    """Return those on a list for link workers now, whom no list led to a case of."""
    listed = [name for name, rule in rules.rules().items() if rule.link_workers]
    taken = cases.filter(origin=WORKLIST, patient=OuterRef("patient_id"))
    places = OnList.objects.filter(
        run__state=Run.State.CURRENT,
        practice__network=network,
        rule__in=set(listed) - rules.sensitive(),
    ).exclude(Exists(taken))
    ids = places.order_by().values_list("patient__record_id", flat=True).distinct()
    none = dict.fromkeys(STEPS, False)
    return pd.DataFrame(
        [{ID: each, "arm": PROACTIVE, **none, "found": True} for each in ids],
        columns=[ID, "arm", *STEPS],
    )


def _moves(**of: OuterRef) -> QuerySet[Step]:
    """Return the steps of referrals, of which those that are sensitive leave no trace."""
    found = Step.objects.filter(**of, referral__sensitive=False)
    return found.exclude(referral__state="entered_in_error")


def needs_of(network: Organisation, since: dt.date) -> pd.DataFrame:
    """Return the needs that came up: ``patient_id``, the arm, the topic, and a column a step."""
    found = Need.objects.filter(case__in=_cases(network, since)).exclude(topic__in=SENSITIVE)
    moves = _moves(referral__case=OuterRef("case"), referral__topic=OuterRef("topic"))
    rows = found.annotate(
        sent=Exists(moves.filter(after="requested")),
        taken=Exists(moves.filter(after__in=("accepted", "waiting_list", "in_progress"))),
        met=Exists(moves.filter(outcome=MET)) | Q(result=Need.Result.RESOLVED),
    ).values_list("case__patient__record_id", "case__origin", "topic", "sent", "taken", "met")
    needs = pd.DataFrame(
        list(rows), columns=[ID, "arm", "topic", "referred", "accepted", "resolved"]
    )
    needs["arm"] = np.where(needs["arm"] == WORKLIST, PROACTIVE, AD_HOC)
    return needs


def released(grouped: pd.DataFrame, needs: pd.DataFrame, largest: str = LARGEST) -> list[Row]:
    """Return what may be shown: how many are at each step, of those at the one before.

    The arms are told apart by two groups of a kind, see :func:`folds`: by more, too many of those
    who were asked for ad hoc would have to be hidden.

    Parameters
    ----------
    grouped
        ``arm``, a column a step, and a column a grouping with the group of the person.
    needs
        ``arm``, ``topic``, ``referred``, ``accepted``, ``resolved``.
    largest
        The largest ethnic group.

    Returns
    -------
    list of dict
        ``arm``, ``grouping``, ``group``, ``label``, ``step``, ``before``, ``numerator``,
        ``denominator``, ``value`` in per cent with ``lower`` and ``upper``, ``status``.
    """
    given = []
    for rows, worth in _tables(grouped, needs.rename(columns={"topic": NEED}), largest):
        counts = pa.Table.from_pylist(rows, _COUNTED)
        found = proportion(counts, "numerator", "denominator", levels=(0.95,), multiplier=100)
        given.append(replace(as_table(found, largest), worth=worth))
    shown = protect_together(given)
    return [_stored(row) for table in shown for row in table.to_pylist()]


def folds(largest: str = LARGEST) -> dict[str, dict[str, str]]:
    """Return which groups are one where the arms are told apart: by grouping, of each its fold.

    The most deprived fifth is held against the other four, and the largest ethnic group against
    all others. Who did not say is in neither.
    """
    ethnic = {group: OTHERS for group in ethnic_groups.BROAD if group != NOT_STATED}
    unknown = {NOT_STATED: UNKNOWN, "": UNKNOWN}
    return {
        FIFTHS: {"1": telling.MOST, **dict.fromkeys("2345", REST), "": ""},
        ETHNIC: {**ethnic, largest: largest, **unknown},
    }


def _tables(
    grouped: pd.DataFrame, needs: pd.DataFrame, largest: str
) -> Iterator[tuple[list[Row], float]]:
    """Yield the rows of each table, and what they are worth."""
    every, main = list(STEPS), list(MAIN_STEPS)
    by_group = main if grouped["contacted"].sum() < FEW else every
    yield [row for arm in ARMS for row in _rows(grouped, arm, EVERY, every)], WORTH[EVERY]
    for by, fold in folds(largest).items():
        folded = grouped.assign(**{by: grouped[by].map(fold)})
        yield [row for arm in ARMS for row in _rows(folded, arm, by, APART)], OF_FOLDS[by]
    for by in GROUPS:
        yield _rows(grouped, EVERY, by, by_group), WORTH.get(by, 1.0)
    steps = ["referred", "accepted", "resolved"]
    yield [row for by in (EVERY, NEED) for row in _rows(needs, EVERY, by, steps)], WORTH[NEED]


def as_table(rows: Any, largest: str = LARGEST) -> Table:
    """Return rows of steps as disclosure control takes them, and as an audit does."""
    made_of = {
        by: {name: [group for group, of in fold.items() if of == name]
             for name in set(fold.values()) & set(FOLDED)}
        for by, fold in folds(largest).items()
    }  # fmt: skip
    return Table(
        rows,
        by=("arm",),
        breakdown=("grouping", "group"),
        counts={"numerator": "{step}", "denominator": "{before}"},
        derived=("value", "lower", "upper"),
        parts={"numerator": "denominator"},
        rest="{before}, not {step}",
        contains=made_of,
        total=EVERY,
    )


_COUNTED = pa.schema(
    [
        *((name, pa.string()) for name in ("arm", "grouping", "group", "step", "before")),
        ("numerator", pa.int64()),
        ("denominator", pa.int64()),
    ]
)


def _rows(rows: pd.DataFrame, arm: str, by: str, steps: Sequence[str]) -> list[Row]:
    """Return how many of an arm, or of all, are at some steps, by the groups of a grouping."""
    here = rows if arm == EVERY else rows[rows["arm"] == arm]
    split = [(EVERY, here)] if by == EVERY else sorted(here.groupby(by))
    return [
        _row(arm, by, str(group), step, before, part)
        for group, part in split
        for before, step in _pairs(steps)
    ]


def _pairs(steps: Sequence[str]) -> list[tuple[str, str]]:
    """Return each step after the one before; of needs, after all that came up."""
    if steps[0] == "found":
        return list(zip((steps[0], *steps), steps, strict=False))
    return [("needs", step) for step in steps]


def _row(arm: str, by: str, group: str, step: str, before: str, here: pd.DataFrame) -> Row:
    of_needs = before == "needs"
    return {
        "arm": arm,
        "grouping": by,
        "group": group,
        "step": f"need {step}" if of_needs else step,
        "before": before,
        "numerator": int(here[step].sum()),
        "denominator": len(here) if of_needs else int(here[before].sum()),
    }


def _stored(row: Row) -> Row:
    by, group = row["grouping"], row["group"]
    label = TOPICS[group].label if by == NEED else FOLDED.get(group) or GROUPINGS[by].label(group)
    kept = (*_COUNTED.names, "value", "lower", "upper", "status")
    return {"label": label[:1].upper() + label[1:], **{name: row[name] for name in kept}}


def load(network: Organisation, on: dt.date) -> list[tuple[str, str]]:
    """Return how much link workers have to do, small numbers hidden: words and figures."""
    is_open = Case.objects.filter(practice__network=network, closed_at=None)
    is_open = is_open.exclude(rule__in=rules.sensitive())
    taken = is_open.exclude(worker=None)
    workers = taken.values("worker").distinct().count()
    waits = [(on - timezone.localdate(at)).days
             for at in is_open.filter(worker=None).values_list("opened_at", flat=True)]  # fmt: skip
    cases, waiting = release.rounded(taken.count()), release.rounded(len(waits))
    found = [
        ("Link workers with open cases", f"{workers:,}"),
        ("Their open cases", parts.number(cases)),
        ("For each of them", f"{cases / workers:.0f}" if cases and workers else "not given"),
        ("Waiting for a link worker", parts.number(waiting)),
    ]
    if waiting:
        found.append(("Days that half of those have waited, or more", f"{np.median(waits):.0f}"))
    return found
