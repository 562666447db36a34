"""What happened in a case, the latest first; what is next in it, and how much a worker has."""

import datetime as dt
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import DateField, DateTimeField, Min, OuterRef, QuerySet, Subquery
from django.utils import timezone

from fairpractice.record.topics import TOPICS
from fairpractice.web.cases import words
from fairpractice.web.cases.models import Attempt, Case
from fairpractice.web.core.access import Role
from fairpractice.web.referrals import following


DAYS_TO_FIRST_CONTACT = 7
"""Days within which who was taken on is to be contacted first, where nothing else is agreed."""


@dataclass(frozen=True)
class Event:
    """Something that happened: when, what in words, who did it, and what was noted."""

    at: dt.datetime
    what: str
    by: str = ""
    note: str = ""


def of_case(case: Case, *, sensitive: bool = False) -> list[Event]:
    """Return what happened, the latest first; of sensitive referrals to who may know of them."""
    return sorted(_events(case, sensitive=sensitive), key=lambda each: each.at, reverse=True)


def _events(case: Case, *, sensitive: bool) -> Iterator[Event]:
    requests = list(case.requests.select_related("by"))
    if not requests or case.origin != Case.Origin.SELF:
        yield Event(case.opened_at, _began(case), case.opened_by.name)
    for asked in requests:
        whom = "They" if asked.role == Role.PATIENT else "Somebody who acts for them"
        yield Event(asked.at, f"{whom} asked for a link worker", asked.by.name, asked.words or "")
        if asked.taken_back_at:
            yield Event(asked.taken_back_at, f"{whom} took back what they asked", asked.by.name)
    for note in case.notes.select_related("by"):
        yield Event(note.at, note.get_about_display(), note.by.name, note.note or "")
    for tried in case.attempts.select_related("by"):
        what = f"{words.CHANNELS[tried.channel]}: {words.RESULTS[tried.result].lower()}"
        if tried.against:
            what += f". It was not safe: {tried.against.lower().rstrip('.')}"
        yield Event(tried.at, what, tried.by.name, tried.note or "")
    for goal in case.goals.select_related("by"):
        yield Event(goal.agreed_at, "Goal agreed", goal.by.name, goal.goal)
        if goal.settled_at:
            how_far = goal.get_state_display().lower()
            yield Event(goal.settled_at, f"Goal: {how_far}", "", goal.goal)
    for each in following.timeline(case, sensitive=sensitive):
        yield Event(each.at, each.what, each.by, each.note)
    for need in case.needs.select_related("by"):
        yield Event(need.told_at, f"Need: {TOPICS[need.topic].label}", need.by.name)
    for each in case.measurements.select_related("ask__reply", "ask__asked_by"):
        if hasattr(each.ask, "reply") and each.ask.reply.completed_at:
            when = each.get_moment_display().lower()
            yield Event(each.ask.reply.completed_at, f"Answered how they are, {when}")


def with_next(found: QuerySet[Case]) -> QuerySet[Case]:
    """Add to cases when they were tried last, and when to try next (``tried_at``, ``next_on``)."""
    last = Attempt.objects.filter(case=OuterRef("pk")).order_by("-at", "-entered_at")
    return found.annotate(
        tried_at=Subquery(last.values("at")[:1], output_field=DateTimeField()),
        next_on=Subquery(last.values("next_on")[:1], output_field=DateField()),
    )


def due_on(case: Case) -> dt.date | None:
    """Return when something is to be done in a case of :func:`with_next`, if a day is known.

    Of whom nobody has tried to reach yet, that is a week after they were taken on.
    """
    if case.tried_at is None and case.taken_at:
        return timezone.localdate(case.taken_at) + dt.timedelta(days=DAYS_TO_FIRST_CONTACT)
    day: dt.date | None = case.next_on
    return day


def _began(case: Case) -> str:
    said = case.came_from.capitalize()
    return f"{said} and taken on" if case.origin == "worklist" else said


@dataclass(frozen=True)
class Workload:
    """How much one worker has: cases open, begun and closed this month, and days to the first try.

    ``first_contact`` is the median of the cases begun in twelve months; nothing when there is none.
    """

    open: int
    began: int
    closed: int
    first_contact: float | None


def workload(worker: UUID) -> Workload:
    """Return how much a worker has now."""
    today = timezone.localdate()
    month, year = today.replace(day=1), today - dt.timedelta(days=365)
    own = Case.objects.filter(worker_id=worker)
    tried = own.filter(taken_at__date__gte=year).annotate(first=Min("attempts__at"))
    days = [
        (timezone.localdate(first) - timezone.localdate(taken)).days
        for taken, first in tried.exclude(first=None).values_list("taken_at", "first")
    ]
    return Workload(
        own.filter(closed_at=None).count(),
        own.filter(taken_at__date__gte=month).count(),
        own.filter(closed_at__date__gte=month).count(),
        statistics.median(max(each, 0) for each in days) if days else None,
    )
