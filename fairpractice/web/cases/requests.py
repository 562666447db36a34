"""Asking for a link worker oneself, or for whom one acts; and taking back what nobody took on.

What somebody asks is kept in the case that is open, or begins one. Their own pages show what they
asked and what came of that, and are the same whether others had begun a case or not: that a
practice or a list did is told by whoever helps them, and by no page that others may look at.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.cases import taking
from fairpractice.web.cases.models import Case, Note, Request
from fairpractice.web.config.jinja import day
from fairpractice.web.core import access, audit, locking
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.organisations.models import Membership, Organisation
from fairpractice.web.patients.models import Patient


YEAR = dt.timedelta(days=365)
ENOUGH = 8
"""Of fewer who asked it is not said how long they waited."""
STANDING = Q(taken_back_at=None, case__closed_at=None)
"""The condition that what was asked is not over."""


def of(cases: QuerySet[Case]) -> QuerySet[Request]:
    """Return what was asked in cases and is not over."""
    return Request.objects.filter(STANDING, case__in=cases)


def seen_by(viewer: Viewer, patient: Patient) -> QuerySet[Request]:
    """Return what was asked for somebody, as far as their own pages show it to a viewer.

    Who acts for somebody sees what they asked themselves, and nothing of what the person did.
    """
    found = Request.objects.filter(case__patient=patient).select_related("case", "by")
    return found.filter(by_id=viewer.user_id) if viewer.role == Role.PROXY else found


def taken_on(asked: Request) -> dt.datetime | None:
    """Return when a link worker took on what somebody asked, if one has it.

    One who had the case before it was asked tells them so.
    """
    at = asked.case.taken_at
    return at if at and at >= asked.at else None


def offered(practice: Organisation | None) -> bool:
    """Tell whether a link worker works for a practice, so that there is use in asking."""
    places = [each for each in (practice, practice.network if practice else None) if each]
    here = Membership.objects.filter(organisation__in=places, role=Role.LINK_WORKER, ended_on=None)
    return bool(places) and here.exists()


def usual_days(practice: Organisation) -> int | None:
    """Return in how many days half of those were taken on for whom somebody asked within a year.

    Who still waits counts as waiting for longer, so that it promises nothing; nothing where fewer
    than :data:`ENOUGH` asked, or half of them wait.
    """
    near = {"practice__network": practice.network} if practice.network else {"practice": practice}
    asked = Case.objects.filter(**near, opened_at__gte=timezone.now() - YEAR)
    asked = asked.exclude(origin=Case.Origin.WORKLIST).exclude(outcome=Case.Outcome.WITHDRAWN)
    moments = list(asked.values_list("opened_at", "taken_at"))
    waits = sorted((taken - opened).days for opened, taken in moments if taken)
    half = (len(moments) + 1) // 2
    return max(waits[half - 1], 1) if len(moments) >= ENOUGH and len(waits) >= half else None


@transaction.atomic
def ask(viewer: Viewer, patient: Patient, words: str, token: UUID) -> Request:
    """Ask for a link worker oneself, or for whom one acts; a form sent twice asks once.

    Parameters
    ----------
    viewer, patient
        Who asks, and for whom.
    words
        What matters to them, in their own words; empty if they say nothing.
    token
        The form's own id, which becomes that of what is asked.

    Raises
    ------
    FairpracticeError
        When they have asked, and it is not over; when no link worker works for their practice.
    """
    if there := seen_by(viewer, patient).filter(id=token).first():
        return there
    if not offered(patient.practice):
        raise FairpracticeError(
            "no link worker works for your practice here", fix="Ask your practice who can help."
        )
    now = timezone.now()
    case = _case(viewer, patient, now)
    if before := case.requests.filter(by_id=viewer.user_id, taken_back_at=None).first():
        raise FairpracticeError(
            f"you asked on {day(timezone.localdate(before.at))}, and that holds",
            fix="Take it back first, if you want to say it in other words.",
        )
    made = Request.objects.create(
        id=token, case=case, words=words.strip() or None, by_id=viewer.user_id,
        role=viewer.role, at=now,
    )  # fmt: skip
    _noted(viewer, made)
    return made


def _case(viewer: Viewer, patient: Patient, now: dt.datetime) -> Case:
    """Return the open case of somebody at their practice, locked, or begin one."""
    here = Case.objects.filter(patient=patient, practice_id=patient.practice_id, closed_at=None)
    if there := here.select_for_update().first():
        return there
    try:
        return taking.opened(viewer, patient, "self", now)
    except taking.Taken:  # somebody else was first, which no own page tells of
        if there := here.select_for_update().first():
            return there
        raise locking.Conflict from None


@transaction.atomic
def take_back(viewer: Viewer, asked: Request) -> None:
    """Take back what was asked; again is no more.

    A case that nobody else asked for and no link worker had is closed with it, and stays in the
    history. Nobody is set aside for it: they can ask again, or be found.

    Raises
    ------
    FairpracticeError
        When a link worker has taken it on.
    """
    case = Case.objects.select_for_update().get(id=asked.case_id)
    asked.refresh_from_db()
    if asked.taken_back_at or case.closed_at:
        return
    if taken_on(asked):
        raise FairpracticeError(
            "a link worker has taken it on", fix="Tell them when they get in touch with you."
        )
    asked.taken_back_at = timezone.now()
    asked.save(update_fields=["taken_back_at"])
    _noted(viewer, asked, taken_back=True)
    others = case.requests.filter(taken_back_at=None)
    if case.origin == Case.Origin.SELF and never_taken(case) and not others.exists():
        _close(viewer, case, case.version)


@transaction.atomic
def withdraw(viewer: Viewer, case: Case, why: str, seen: int) -> None:
    """Take back what a practice asked by mistake, while no link worker had it; again is no more.

    It is closed as taken back, and stays in the history with the reason. What the person asked
    themselves goes on: it waits as of when they asked.

    Parameters
    ----------
    viewer, case
        Who takes back what their practice asked.
    why
        Why, for whoever reads the portrait.
    seen
        The version of the case that the page showed.

    Raises
    ------
    FairpracticeError
        When no reason is given, or a link worker had it.
    Conflict
        When it was changed since it was seen.
    """
    locked = Case.objects.select_for_update().get(id=case.id)
    if locked.outcome == Case.Outcome.WITHDRAWN:
        return
    if locked.closed_at or not never_taken(locked):
        raise FairpracticeError(
            "a link worker has taken it on", fix="They close it: tell them what was a mistake."
        )
    if not why.strip():
        raise FairpracticeError("no reason is given", fix="Say in a sentence why.")
    asked = list(locked.requests.filter(taken_back_at=None).order_by("at", "id"))
    _close(viewer, locked, seen, why.strip())
    detail = {"case": str(case.id), "taken_back": True}
    audit.entry(viewer, access.ASK_HELP, patient=case.patient_id, detail=detail)
    if asked:
        first = asked[0]
        who = {"opened_by_id": first.by_id, "opener_role": first.role, "opened_at": first.at}
        of = {"patient": locked.patient, "practice": locked.practice}
        goes_on = Case.objects.create(**of, **who, origin=Case.Origin.SELF)
        locked.requests.filter(taken_back_at=None).update(case=goes_on)


def never_taken(case: Case) -> bool:
    """Tell whether no link worker ever had a case: then there is nothing in it to lose."""
    return case.worker_id is None and not case.notes.exists()


def _close(viewer: Viewer, case: Case, seen: int, why: str | None = None) -> None:
    now = timezone.now()
    outcome = Case.Outcome.WITHDRAWN
    locking.change(case, seen, outcome=outcome, closed_at=now, told=why)
    about = Note.About.TAKEN_BACK
    Note.objects.create(case=case, about=about, note=why, by_id=viewer.user_id, at=now)


def _noted(viewer: Viewer, asked: Request, **more: object) -> None:
    detail = {"case": str(asked.case_id), "request": str(asked.id), **more}
    audit.entry(viewer, access.ASK_FOR, patient=asked.case.patient_id, detail=detail)
