"""Coded entries for the record of a practice: what is due, and the files in which they are written.

Of an episode (a case) it is written once that somebody was referred to social prescribing, or that
they declined, and each need once that was stated in it. Who declined before there was a case is
written as that once, for as long as they are not to be asked again (``docs/decisions/0277``). What
is sensitive is in no file (``docs/decisions/0211``), and a code is never guessed.
"""

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fairpractice.codelists import Code, load
from fairpractice.record.topics import SENSITIVE, TOPICS
from fairpractice.web.cases.models import Case, SetAside
from fairpractice.web.cases.words import REACHED
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Viewer
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import facts
from fairpractice.web.patients.models import SocialFact
from fairpractice.web.patients.record import codelists
from fairpractice.web.referrals.models import Batch, CodedEntry, Referral


Kind = CodedEntry.Kind
REFERRED, DECLINED, NEED = Kind("referred"), Kind("declined"), Kind("need")
LISTS = {
    REFERRED: "social-prescribing-referral",
    DECLINED: "social-prescribing-declined",
}
HEADINGS = ("entry", "nhs_number", "date_of_birth", "date", "snomed_ct_code", "term")


@dataclass(frozen=True)
class Due:
    """An entry that is to be written: of what (``of``), what it says, and of which day."""

    of: Case | SetAside
    kind: CodedEntry.Kind
    on: dt.date
    topic: str = ""

    @property
    def what(self) -> str:
        """What it says, in words."""
        return TOPICS[self.topic].label if self.topic else self.kind.label

    @property
    def code(self) -> Code | None:
        """Its code; nothing where none is known without guessing."""
        name = TOPICS[self.topic].codelist if self.topic else LISTS[self.kind]
        return preferred(name) if name else None


def preferred(name: str) -> Code | None:
    """Return the code that stands for a list, or nothing where it cannot be told.

    It is the first of the shipped list, which begins with the main concept, if the list in force
    still has it; where none is shipped, the only one of the list in force.
    """
    shipped, here = load(), codelists()
    in_force = here[name].codes if name in here else ()
    main = shipped[name].codes if name in shipped else ()
    if main:
        return next((each for each in in_force if each.code == main[0].code), None)
    return in_force[0] if len(in_force) == 1 else None


def due(practice: Organisation) -> list[Due]:
    """Return what is to be written of a practice's people and is in no file yet, oldest first."""
    mine = Case.objects.filter(practice=practice, patient__practice=practice)
    mine = mine.exclude(taken_at=None).select_related("patient").prefetch_related(
        "attempts", "needs", "coded_entries", "referrals__steps"
    )  # fmt: skip
    cases = list(mine)
    stated = _stated(cases)
    found = [each for case in cases for each in _of(case, stated.get(case.patient_id, []))]
    found += _declined(practice)
    return sorted(found, key=lambda each: (each.on, str(each.of.id), each.kind, each.topic))


def _declined(practice: Organisation) -> Iterator[Due]:
    """Yield who declined before there was a case, and has not taken it back.

    One who says so again before the day on which they are to be asked again is written once;
    so is one who said so in a case, whose entry is of that case.
    """
    said = SetAside.objects.filter(practice=practice, patient__practice=practice)
    said = said.filter(kind=SetAside.Kind.DECLINED).select_related("patient", "coded_entry")
    asked_again: dict[UUID, dt.date] = {}
    for each in said.order_by("at", "id"):
        written, on = hasattr(each, "coded_entry"), timezone.localdate(each.at)
        if each.taken_back_at and not written and each.case_id is None:
            continue
        if not written and each.case_id is None and asked_again.get(each.patient_id, on) <= on:
            yield Due(each, DECLINED, on)
        until = max(each.back_on or on, asked_again.get(each.patient_id, on))
        asked_again[each.patient_id] = until


def _of(case: Case, stated: list[SocialFact]) -> Iterator[Due]:
    written = {(each.kind, each.topic) for each in case.coded_entries.all()}
    for each in (*_episode(case), *_needs(case, stated)):
        if (each.kind, each.topic) not in written:
            yield each


def _sent(case: Case) -> list[Referral]:
    """Return the referrals of a case that were sent, and not in error, as all may know of them."""
    return [each for each in case.referrals.all() if each.state not in ("draft", "entered_in_error")
            if not each.sensitive]  # fmt: skip


def _episode(case: Case) -> Iterator[Due]:
    """Yield that somebody was referred, on the day of the first contact, or that they declined."""
    sent = [step.at for each in _sent(case) for step in each.steps.all() if step.number == 1]
    if case.outcome == Case.Outcome.DECLINED and case.closed_at:
        yield Due(case, DECLINED, timezone.localdate(case.closed_at))
        if not sent:
            return
    met = [each.at for each in case.attempts.all() if each.result in REACHED]
    asked = [case.taken_at] if case.origin != Case.Origin.WORKLIST and case.taken_at else []
    if begun := [*met, *sent, *asked]:
        yield Due(case, REFERRED, timezone.localdate(min(begun)))


def _needs(case: Case, stated: list[SocialFact]) -> Iterator[Due]:
    """Yield the needs of a case that are stated since it was opened, and still hold."""
    topics = {each.topic for each in case.needs.all()} | {each.topic for each in _sent(case)}
    since = timezone.localdate(case.opened_at)
    days: dict[str, dt.date] = {}
    for fact in stated:
        if fact.topic in topics and fact.recorded_on >= since:
            days[fact.topic] = min(fact.recorded_on, days.get(fact.topic, fact.recorded_on))
    for topic, on in days.items():
        yield Due(case, NEED, on, topic)


def _stated(cases: list[Case]) -> dict[UUID, list[SocialFact]]:
    """Return what is stated here of people's needs and may be used, without what is sensitive."""
    whom = {case.patient_id for case in cases}
    about = SocialFact.objects.filter(patient__in=whom)
    found = about.filter(facts.standing(), corrected_by=None, retracted=False, status="present")
    found = found.exclude(topic__in=SENSITIVE)
    found = found.exclude(thread__in=about.filter(facts.SECRET).values("thread"))
    stated: dict[UUID, list[SocialFact]] = {}
    for each in found:
        stated.setdefault(each.patient_id, []).append(each)
    return stated


@transaction.atomic
def make(viewer: Viewer, practice: Organisation, token: UUID) -> Batch | None:
    """Write what is due into a file; nothing when nothing is.

    Parameters
    ----------
    viewer
        Who writes it.
    practice
        For whose record.
    token
        The form's own id, which becomes the file's: a form sent twice writes one.
    """
    Organisation.objects.select_for_update().get(id=practice.id)  # one writes at a time
    if there := Batch.objects.filter(id=token, practice=practice).first():
        return there
    found = [(each, code) for each in due(practice) if (code := each.code)]
    if not found:
        return None
    batch = Batch.objects.create(
        id=token, practice=practice, made_by_id=viewer.user_id, made_at=timezone.now()
    )
    CodedEntry.objects.bulk_create(
        CodedEntry(
            batch=batch,
            patient=each.of.patient,
            case=each.of if isinstance(each.of, Case) else None,
            set_aside=each.of if isinstance(each.of, SetAside) else None,
            kind=each.kind,
            topic=each.topic,
            code=code.code,
            term=code.term,
            on=each.on,
        )
        for each, code in found
    )
    for patient in sorted({each.of.patient_id for each, _ in found}):
        audit.entry(viewer, access.ENTRIES, patient=patient, detail={"batch": str(batch.id)})
    return batch


def written(batch: Batch) -> str:
    """Return a file as CSV: the same whenever it is asked for, while the people are the same."""
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\r\n")
    rows.writerow(HEADINGS)
    for each in batch.entries.select_related("patient").order_by("on", "id"):
        who = each.patient.identity
        known = (who.get("nhs_number") or "", who.get("date_of_birth") or "")
        rows.writerow((each.id, *known, each.on.isoformat(), each.code, each.term))
    return file.getvalue()
