"""Urgent needs that answers tell of, and the hours in which a practice says that it looks at them.

Nobody is taken to be watching. What is shown to the person is the same at every hour, and must be
enough by itself.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from fairpractice.web.core import access, audit
from fairpractice.web.core.access import SENSITIVE, TODAY, WATCH, Viewer
from fairpractice.web.core.locking import Conflict, change
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.questionnaires.catalogue import SENSITIVE_KINDS
from fairpractice.web.questionnaires.models import Ask, UrgentNeed, WatchedHours


DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SAFE_PATHWAY = "safe-pathway"
Hours = Sequence[tuple[int, str, str]]


def is_watched(practice: Organisation | None, at: dt.datetime) -> bool:
    """Tell whether a practice has declared that it looks at urgent answers at a time."""
    declared = WatchedHours.objects.filter(practice=practice).first() if practice else None
    here = timezone.localtime(at)
    if declared is None or here.date().isoformat() in declared.never_on:
        return False
    time = f"{here:%H:%M}"
    return any(
        day == here.weekday() and start <= time < until for day, start, until in declared.hours
    )


def declared(practice: Organisation | None) -> list[str]:
    """Return what a practice has declared that a questionnaire may need."""
    found = WatchedHours.objects.filter(practice=practice, safe_pathway=True)
    return [SAFE_PATHWAY] if practice and found.exists() else []


@transaction.atomic
def note(viewer: Viewer, asked: Ask, kinds: Iterable[str]) -> None:
    """Note the urgent needs that a draft tells of now, and those that it tells of no more.

    One that is told of in watched hours is a task for that day.
    """
    now = timezone.now()
    before = {need.kind: need for need in asked.urgent_needs.select_for_update()}
    telling = set(kinds)
    for kind in sorted(telling - before.keys()):
        due = timezone.localtime(now).date() if is_watched(asked.patient.practice, now) else None
        UrgentNeed.objects.create(ask=asked, kind=kind, told_at=now, due_on=due)
        audit.entry(viewer, "tell of what is urgent", patient=asked.patient_id)
    for kind, need in before.items():
        if kind in telling and need.taken_back_at is not None:
            due = (
                timezone.localtime(now).date() if is_watched(asked.patient.practice, now) else None
            )
            need.taken_back_at = need.read_at = need.settled_at = need.settled_by = None
            need.told_at, need.due_on = now, due
            need.save()
        elif kind not in telling and need.taken_back_at is None:
            need.taken_back_at = now
            need.save(update_fields=["taken_back_at"])


def unread(asked: Ask) -> list[UrgentNeed]:
    """Return the urgent needs for which somebody has not yet passed the page of whom to call."""
    return list(asked.urgent_needs.filter(read_at=None, taken_back_at=None))


@transaction.atomic
def read(viewer: Viewer, asked: Ask) -> None:
    """Note that somebody has read whom to call, and goes on."""
    asked.urgent_needs.filter(read_at=None).update(read_at=timezone.now())
    audit.entry(viewer, "read whom to call", patient=asked.patient_id)


def tasks(viewer: Viewer) -> QuerySet[UrgentNeed]:
    """Return the urgent needs of the viewer's own practice that nobody has settled.

    Those that say as much as a sensitive fact are there only for who may see such.
    """
    found = UrgentNeed.objects.select_related("ask__patient__practice")
    found = found.filter(settled_at=None, ask__patient__practice_id=viewer.organisation_id)
    own = frozenset({access.PRACTICE})
    if access.purpose_of(viewer.role, own, SENSITIVE) is None:
        found = found.exclude(kind__in=SENSITIVE_KINDS)
    return found.order_by("due_on", "told_at")


@transaction.atomic
def settle(viewer: Viewer, need: UrgentNeed) -> None:
    """Note that somebody has seen to it; again is no more."""
    settled = {"settled_at": timezone.now(), "settled_by_id": viewer.user_id}
    if UrgentNeed.objects.filter(id=need.id, settled_at=None).update(**settled):
        detail = {"need": str(need.id)}
        audit.entry(viewer, TODAY, patient=need.ask.patient_id, detail=detail)


@transaction.atomic
def declare(
    viewer: Viewer, practice: Organisation, hours: Hours, never_on: Sequence[dt.date], seen: int,
    *, safe_pathway: bool = False,
) -> None:  # fmt: skip
    """Declare when a practice looks at urgent answers, and whether it has a safe pathway.

    Raises
    ------
    Conflict
        When somebody else declared other hours since they were seen.
    """
    found, made = WatchedHours.objects.get_or_create(practice=practice)
    if made and seen:
        raise Conflict
    days = sorted(day.isoformat() for day in set(never_on))
    now = {"hours": [list(each) for each in hours], "never_on": days, "safe_pathway": safe_pathway}
    change(found, found.version if made else seen, **now)
    audit.entry(viewer, WATCH, detail={"practice": str(practice.id)})
