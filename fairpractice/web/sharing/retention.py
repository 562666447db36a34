"""How long each kind of thing is kept: the schedule as data, and a run that erases what is due.

What is erased leaves an audit entry that says which row it was and of whom, and not what it said.
Nothing is erased of somebody under a legal hold. The years are those of the NHS's Records
Management Code of Practice (2021, updated 2023): ten after death for a general practice's record,
eight for others; a partner sees nothing a month after it was agreed.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.record.dates import months_before
from fairpractice.web.cases.models import Case, SetAside
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Viewer
from fairpractice.web.messaging.models import Outgoing
from fairpractice.web.patients.models import Patient
from fairpractice.web.patients.record import record
from fairpractice.web.sharing import held
from fairpractice.web.sharing.models import (
    AccessExport,
    Consent,
    EmergencyAccess,
    LegalHold,
    Objection,
    Share,
)


ERASED = "erase, as the schedule says"
GONE = {"erased": "yes"}  # what is left of who somebody was


@dataclass(frozen=True)
class Kind:
    """A kind of thing: what it is, how many months it is kept, after what, and which are due."""

    id: str
    what: str
    months: int
    after: str
    due: Callable[[dt.date], QuerySet[Any]]


def _over(ended: str, stopped: str) -> Callable[[dt.date], Q]:
    """Return the condition that something had ended by a day, by itself or withdrawn."""
    return lambda day: Q(**{f"{ended}__lte": day}) | Q(**{f"{stopped}__date__lte": day})


def _died(before: dt.date) -> QuerySet[Patient]:
    """Return those who died by a day, as the record says, and are still on file here."""
    table = record().table("patient")
    rows = table.filter(table.death_month <= before).select("patient_id")
    found = record().engine.to_arrow(rows).column("patient_id").to_pylist()
    return Patient.objects.filter(record_id__in=found).exclude(by_nhs_number=None, practice=None)


SCHEDULE = (
    Kind(
        "shares",
        "What an organisation was told",
        1,
        "it was stopped or ended",
        lambda day: Share.objects.filter(_over("consent__ends_on", "consent__withdrawn_at")(day)),
    ),
    Kind(
        "cases",
        "Cases of link workers, with all that is in them",
        96,
        "they were closed",
        lambda day: Case.objects.filter(closed_at__date__lte=day),
    ),
    Kind(
        "set-aside",
        "Why link workers were not offered somebody",
        96,
        "it was said",
        lambda day: SetAside.objects.filter(at__date__lte=day),
    ),
    Kind(
        "messages",
        "That somebody was written to, and whether it was sent",
        24,
        "it was over",
        lambda day: Outgoing.objects.filter(over_at__date__lte=day),
    ),
    Kind(
        "consents",
        "Consents",
        96,
        "they were stopped or ended",
        lambda day: Consent.objects.filter(
            _over("ends_on", "withdrawn_at")(day), shares=None, facts=None, referrals=None
        ),
    ),
    Kind(
        "objections",
        "Objections",
        96,
        "they were taken back",
        lambda day: Objection.objects.filter(withdrawn_at__date__lte=day),
    ),
    Kind(
        "emergencies",
        "Emergencies",
        96,
        "they were looked into",
        lambda day: EmergencyAccess.objects.filter(reviewed_at__date__lte=day),
    ),
    Kind(
        "exports",
        "What was exported to people, and what was left out",
        96,
        "it was made",
        lambda day: AccessExport.objects.filter(made_at__date__lte=day),
    ),
    Kind(
        "people",
        "Everything about somebody who died, entered here",
        120,
        "the month of their death",
        _died,
    ),
)


def due(kind: Kind, today: dt.date) -> QuerySet[Any]:
    """Return what of a kind is due on a day, but for those under a legal hold."""
    found = kind.due(months_before(today, kind.months))
    held_back = LegalHold.objects.filter(lifted_at=None).values("patient")
    column = "id__in" if found.model is Patient else "patient__in"
    return found.exclude(**{column: held_back}).distinct()


def plan(today: dt.date | None = None) -> dict[str, int]:
    """Return how many of each kind are due on a day (today if left out); nothing is erased."""
    return {kind.id: due(kind, today or timezone.localdate()).count() for kind in SCHEDULE}


@transaction.atomic
def run(viewer: Viewer | None, today: dt.date | None = None) -> dict[str, int]:
    """Erase what is due, and return how many of each kind that was. Again erases nothing.

    Parameters
    ----------
    viewer
        Who runs it; nobody for the service itself.
    today
        The day; today if left out.
    """
    erased = {}
    for kind in SCHEDULE:
        found = list(due(kind, today or timezone.localdate()))
        for each in found:
            whom = each.pk if isinstance(each, Patient) else each.patient_id
            detail = {"erased": kind.id, "id": str(each.pk)}
            audit.entry(viewer, ERASED, patient=whom, detail=detail)
            _erase(each)
        erased[kind.id] = len(found)
    return erased


def _erase(each: models.Model) -> None:
    if not isinstance(each, Patient):
        each.delete()
        return
    with connection.cursor() as cursor:  # of rows that name one another, none comes first
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for row in reversed(held.rows(each)):
        type(row)._base_manager.filter(pk=row.pk)._raw_delete(connection.alias)
    Patient.objects.filter(pk=each.pk).update(
        identity=GONE, practice=None, by_nhs_number=None, by_name_and_birth=None
    )


@transaction.atomic
def hold(viewer: Viewer, patient: Patient, reason: str) -> LegalHold:
    """Keep what is held about a person, whatever the schedule says.

    Raises
    ------
    FairpracticeError
        When no reason is given.
    """
    if not reason.strip():
        raise FairpracticeError("no reason is given", fix="Say why it must be kept.")
    there = patient.holds.filter(lifted_at=None).first()
    if there:
        return there
    placed = LegalHold.objects.create(
        patient=patient,
        reason=reason.strip(),
        placed_by_id=viewer.user_id,
        placed_at=timezone.now(),
    )
    detail = {"hold": str(placed.id)}
    audit.entry(viewer, access.RETENTION, patient=patient.id, detail=detail)
    return placed


@transaction.atomic
def lift(viewer: Viewer, placed: LegalHold) -> None:
    """Lift a legal hold; lifting it again changes nothing."""
    rows = LegalHold.objects.filter(id=placed.id, lifted_at=None)
    if rows.update(lifted_at=timezone.now()):
        detail = {"lifted": str(placed.id)}
        audit.entry(viewer, access.RETENTION, patient=placed.patient_id, detail=detail)
