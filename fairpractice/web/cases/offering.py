"""Whom a list offers to link workers: those on it now whom nobody helps and nobody set aside."""

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from fairpractice.web.cases.models import Case, SetAside
from fairpractice.web.worklists import live
from fairpractice.web.worklists.models import Place, Run


def offered(
    run: Run, practices: Collection[UUID], shown: Collection[str], today: dt.date | None = None
) -> QuerySet[Place]:
    """Return the places whose people can be taken on, as they are now (or by another day).

    Who objects, or has moved, is on no list (:func:`~fairpractice.web.worklists.live.places`). Who
    has an open case or was set aside is on it, and is not offered.
    """
    found = live.places(run, practices, shown)
    return found.exclude(_is_helped()).exclude(_is_set_aside(today or timezone.localdate()))


def _of_whom() -> dict[str, OuterRef]:
    return {"patient": OuterRef("patient_id"), "practice": OuterRef("practice_id")}


def _is_helped() -> Exists:
    return Exists(Case.objects.filter(**_of_whom(), closed_at=None))


def holding(today: dt.date) -> Q:
    """Return the condition that somebody set aside is not back yet, as far as a day tells."""
    return Q(taken_back_at=None) & (Q(back_on=None) | Q(back_on__gt=today))


def _is_set_aside(today: dt.date) -> Exists:
    """Return the condition that a place gives no reason but those for which it was set aside."""
    aside = SetAside.objects.filter(holding(today), **_of_whom())
    known = Q(evidence__isnull=True) | Q(evidence__contains=OuterRef("because"))
    return Exists(aside.filter(known))


def helped(patients: Collection[UUID]) -> dict[UUID, Case]:
    """Return the open cases of people, by person."""
    return {
        each.patient_id: each for each in Case.objects.filter(patient__in=patients, closed_at=None)
    }


def asides(practice: UUID, rule: str) -> list[SetAside]:
    """Return who was set aside from a list and is not back yet, who comes back first at the top.

    Who has a case again is not among them, nor who was helped lately: that is of their case.
    """
    found = SetAside.objects.filter(holding(timezone.localdate()), practice=practice, rule=rule)
    found = found.exclude(_is_helped()).exclude(kind=SetAside.Kind.HELPED)
    found = found.filter(patient__practice_id=practice).select_related("patient")
    return list(found.order_by("back_on", "at", "id"))
