"""What is done in a case; each act leaves its audit entry. A form sent twice is done once."""

import datetime as dt
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.record.dates import months_after
from fairpractice.web.cases import words
from fairpractice.web.cases.models import Attempt, Case, Goal, Measurement, Need, Note, SetAside
from fairpractice.web.core import access, audit, locking
from fairpractice.web.core.access import Viewer
from fairpractice.web.patients import actions as people
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import HelpWish, OwnWords, Patient
from fairpractice.web.questionnaires.models import Ask
from fairpractice.web.sharing import contact
from fairpractice.web.worklists import live, rules
from fairpractice.web.worklists.reach import Listing


HOLDS_OPEN: list[Callable[[Case], str]] = []
"""What may hold a case open: each returns in words what must be seen to first, or nothing."""
GONE = ("moved", "died")


@dataclass(frozen=True)
class Tried:
    """How somebody was reached or not: ``words.CHANNELS`` and ``RESULTS``, when, what is next.

    ``happened`` tells that it was done already, though it was not safe.
    """

    channel: str
    result: str
    at: dt.datetime
    note: str = ""
    next_on: dt.date | None = None
    happened: bool = False


def _noted(viewer: Viewer, case: Case, **ids: object) -> None:
    detail = {"case": str(case.id)} | {name: str(value) for name, value in ids.items()}
    audit.entry(viewer, access.HELP, patient=case.patient_id, detail=detail)


def unsafe(patient: Patient, channel: str, at: dt.datetime | None = None) -> str:
    """Return why somebody is not to be reached by a channel at a time; nothing when they may be."""
    if channel in contact.WAYS:
        return contact.may(patient, channel, at).why_not
    said = contact.said(patient) if channel == "visit" else None
    return "They must not be contacted." if said and said.prohibited else ""


@transaction.atomic
def tried(viewer: Viewer, case: Case, said: Tried, token: UUID) -> Attempt:
    """Record that somebody was tried to be reached, or met.

    Raises
    ------
    FairpracticeError
        When that way was not safe then, and it is not said that it happened already; when it lies
        ahead, or the next step behind.
    """
    if there := case.attempts.filter(id=token).first():
        return there
    now = timezone.now()
    if said.at > now:
        raise FairpracticeError("that lies ahead", fix="Enter when it was.")
    if said.next_on and said.next_on < timezone.localdate():
        raise FairpracticeError("the next step lies behind", fix="Choose today or a later day.")
    against = unsafe(case.patient, said.channel, said.at)
    if against and not said.happened:
        raise FairpracticeError(
            against.rstrip("."), fix="Do not do it. Choose a way and a time that are safe."
        )
    made = Attempt.objects.create(
        id=token,
        case=case,
        channel=said.channel,
        result=said.result,
        note=said.note.strip() or None,
        by_id=viewer.user_id,
        at=said.at,
        entered_at=now,
        next_on=said.next_on,
        against=against,
    )
    _noted(viewer, case, attempt=made.id)
    return made


@transaction.atomic
def agree(viewer: Viewer, case: Case, goal: str, own_words: OwnWords | None, token: UUID) -> Goal:
    """Write down a goal that was agreed with the person, and the own words that it is from."""
    if there := case.goals.filter(id=token).first():
        return there
    made = Goal.objects.create(
        id=token,
        case=case,
        goal=goal.strip(),
        own_words=own_words,
        agreed_at=timezone.now(),
        by_id=viewer.user_id,
    )
    _noted(viewer, case, goal=made.id)
    return made


@transaction.atomic
def settle(viewer: Viewer, goal: Goal, state: str, seen: int) -> None:
    """Say how far somebody came with a goal.

    Raises
    ------
    Conflict
        When it was changed since it was seen.
    """
    settled = None if state == "open" else timezone.now()
    locking.change(goal, seen, state=state, settled_at=settled)
    _noted(viewer, goal.case, goal=goal.id)


@transaction.atomic
def need(
    viewer: Viewer, case: Case, topic: str, status: str | None, wish: str, token: UUID
) -> Need | None:
    """Record what somebody says of a need and, apart from it, of a wish for help.

    Parameters
    ----------
    viewer, case, topic
        Who records it, in which case, of what.
    status
        What they say of having it: ``present``, ``absent`` or ``declined``; nothing when it is
        recorded already, and the wish alone is asked.
    wish
        One of :class:`~fairpractice.web.patients.models.HelpWish.Wish`; empty when not asked.
    token
        The form's own id, which becomes the statement's.

    Returns
    -------
    Need or None
        The need of this case; nothing when they do not have it, or would rather not say.
    """
    patient = case.patient
    if status:
        said = Statement(topic, status, "asked", "direct_care")
        people.record_fact(viewer, patient, said, token)
    if wish:
        defaults = {"patient": patient, "topic": topic, "wish": wish, "told_by_id": viewer.user_id}
        HelpWish.objects.get_or_create(id=uuid.uuid5(token, "wish"), defaults=defaults)
    found = None
    if status in (None, "present"):
        defaults = {"told_at": timezone.now(), "by_id": viewer.user_id}
        found, _ = Need.objects.get_or_create(case=case, topic=topic, defaults=defaults)
        if wish and found.wish != wish:
            locking.change(found, found.version, wish=wish)
    _noted(viewer, case, statement=token)
    return found


@transaction.atomic
def measured(viewer: Viewer, case: Case, asked: Ask, moment: str) -> Measurement:
    """Let what somebody is asked count as before or after they were helped."""
    made, new = Measurement.objects.get_or_create(
        ask=asked, defaults={"case": case, "moment": moment}
    )
    if new:
        _noted(viewer, case, ask=asked.id)
    return made


@transaction.atomic
def note(viewer: Viewer, case: Case, said: str, token: UUID) -> Note:
    """Write a note in a case."""
    made, new = Note.objects.get_or_create(
        id=token,
        case=case,
        defaults={"note": said.strip(), "by_id": viewer.user_id, "at": timezone.now()},
    )
    if new:
        _noted(viewer, case, note=made.id)
    return made


@dataclass(frozen=True)
class Aside:
    """Why somebody is not offered for now: a kind and reason of ``words.REASONS``, and a day."""

    kind: str
    reason: str
    note: str = ""
    back_on: dt.date | None = None


@transaction.atomic
def set_aside(
    viewer: Viewer, listing: Listing, patient: Patient, said: Aside, token: UUID
) -> SetAside:
    """Offer somebody to link workers no more, until the day or the reason that brings them back.

    Who is put off comes back on the day that is said; who declined, after the months that the
    list's rule says; for whom it is not suitable, when a list finds them for another reason.

    Raises
    ------
    FairpracticeError
        When a day to come back is not said, or lies behind; when the list names them no more.
    """
    if there := patient.set_aside.filter(id=token).first():
        return there
    run, today = live.current(), timezone.localdate()
    found = live.places(run, [listing.practice.id], [listing.rule]) if run else None
    place = found.filter(patient=patient).first() if found is not None else None
    if place is None:
        raise FairpracticeError("they are not on this list any more", fix="Nothing is to be done.")
    back_on, evidence = said.back_on, None
    if said.kind == "snoozed" and (back_on is None or back_on <= today):
        raise FairpracticeError("no day ahead is said", fix="Choose a day after today.")
    if said.kind == "declined":
        back_on = months_after(today, rules.rules()[listing.rule].asked_again_months)
    if said.kind == "unsuitable":
        back_on, evidence = None, place.because
    made = SetAside.objects.create(
        id=token,
        patient=patient,
        practice=listing.practice,
        kind=said.kind,
        reason=said.reason,
        note=said.note.strip() or None,
        rule=listing.rule,
        run=run,
        evidence=evidence,
        back_on=back_on,
        by_id=viewer.user_id,
        at=timezone.now(),
    )
    detail = {"set_aside": str(made.id), "rule": listing.rule}
    audit.entry(viewer, access.SET_ASIDE, patient=patient.id, detail=detail)
    return made


@transaction.atomic
def offer_again(viewer: Viewer, aside: SetAside) -> None:
    """Take back that somebody was set aside; again changes nothing."""
    rows = SetAside.objects.filter(id=aside.id, taken_back_at=None)
    if rows.update(taken_back_at=timezone.now()):
        detail = {"set_aside": str(aside.id), "taken_back": True}
        audit.entry(viewer, access.SET_ASIDE, patient=aside.patient_id, detail=detail)


@transaction.atomic
def close(
    viewer: Viewer, case: Case, outcome: str, told: str, results: Mapping[UUID, str], seen: int
) -> None:
    """Close a case with an outcome, what became of each need, and what the practice is told.

    From then on the link worker does not see the person. Who declined is asked again after the
    months that the rule says; others are offered again when there is another reason, or after as
    many months, or sooner where they could not be reached.

    Parameters
    ----------
    viewer, case, outcome
        Who closes which, with which of :class:`~.models.Case.Outcome`.
    told
        What the practice is told.
    results
        What became of needs, by their id; of others it is not known.
    seen
        The version of the case that the page showed.

    Raises
    ------
    FairpracticeError
        When something holds it open, or the practice is told nothing.
    Conflict
        When it was changed since it was seen.
    """
    # Locked before it is asked: what is begun meanwhile, such as a referral, waits or is seen.
    Case.objects.select_for_update().get(id=case.id)
    if holding := [said for each in HOLDS_OPEN if (said := each(case))]:
        raise FairpracticeError("; ".join(holding), fix="See to it first, then close the case.")
    if not told.strip():
        raise FairpracticeError(
            "the practice is told nothing", fix="Tell them in a sentence what came of it."
        )
    now = timezone.now()
    locking.change(case, seen, outcome=outcome, closed_at=now, told=told.strip())
    for each in case.needs.select_for_update():
        result = results.get(each.id, "unknown")
        locking.change(each, each.version, result=result)
    if outcome not in GONE:
        _rests(viewer, case, outcome)
    _noted(viewer, case, outcome=outcome)


def _rests(viewer: Viewer, case: Case, outcome: str) -> None:
    """Let nobody be offered again at once whose case was closed."""
    months = months_of_rest(case.rule, outcome)
    declined = outcome == "declined"
    SetAside.objects.create(
        patient=case.patient,
        practice=case.practice,
        kind="declined" if declined else "helped",
        reason="no_reason" if declined else "closed",
        rule=case.rule,
        run=case.run,
        case=case,
        evidence=None if declined else _reasons(case),
        back_on=months_after(timezone.localdate(), months),
        by_id=viewer.user_id,
        at=timezone.now(),
    )


def months_of_rest(rule: str, outcome: str) -> int:
    """Return for how long somebody is not offered again, unless there is another reason."""
    if outcome == "not_reached":
        return words.NOT_REACHED_MONTHS
    found = rules.rules().get(rule)
    return found.asked_again_months if found else words.DECLINED_MONTHS


def _reasons(case: Case) -> list[str]:
    """Return every reason for which lists of link workers find somebody, and did when taken."""
    found = live.of_person(case.patient, rules.for_link_workers())
    now = [why for each in found for why in each.because]
    then = case.place["because"] if case.place else []
    return sorted({*now, *then})
