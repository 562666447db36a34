"""Searching the audit trail: by person, colleague, act and time. A search leaves an entry too."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from fairpractice.web.accounts.models import User
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Viewer
from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing.models import EmergencyAccess


PAGE = 50


@dataclass(frozen=True)
class Asked:
    """What is looked for; what is left out is not asked. ``before`` is where the page begins."""

    person: Patient | None = None
    name: str = ""
    act: str = ""
    outcome: str = ""
    since: dt.date | None = None
    until: dt.date | None = None
    before: int | None = None


@dataclass(frozen=True)
class Line:
    """An entry, with the names of who and whom it is about."""

    entry: Entry
    user: str
    person: str
    organisation: str


@dataclass(frozen=True)
class Found:
    """A page of entries, the latest first, and where the next begins, if there is one."""

    lines: tuple[Line, ...]
    next: int | None


def search(viewer: Viewer, asked: Asked) -> Found:
    """Return a page of the trail of the viewer's network: of its people and its colleagues."""
    places = Organisation.objects.filter(
        Q(id=viewer.organisation_id) | Q(network_id=viewer.organisation_id)
    )
    people = Patient.objects.filter(practice__network_id=viewer.organisation_id)
    found = Entry.objects.filter(
        Q(organisation_id__in=places.values("id")) | Q(patient_id__in=people.values("id"))
    )
    found = found.filter(_conditions(asked))
    rows = list(found.order_by("-id")[: PAGE + 1])
    detail = {"found": min(len(rows), PAGE), "asked": _asked(asked)}
    whom = asked.person.id if asked.person else None
    audit.entry(viewer, access.AUDIT, patient=whom, detail=detail)
    shown = rows[:PAGE]
    return Found(_lines(shown), shown[-1].id if len(rows) > PAGE else None)


def acts() -> list[str]:
    """Return the acts that there are entries of."""
    signing = {"sign in", "sign out", "be signed out when idle", "be signed out after a day"}
    return sorted(access.ACTS | signing | {"load people"})


def _conditions(asked: Asked) -> Q:
    condition = Q()
    if asked.person:
        condition &= Q(patient_id=asked.person.id)
    if asked.name:
        users = User.objects.filter(Q(name__icontains=asked.name) | Q(username__iexact=asked.name))
        condition &= Q(user_id__in=users.values("id"))
    if asked.act:
        condition &= Q(act=asked.act)
    if asked.outcome:
        condition &= Q(outcome=asked.outcome)
    if asked.since:
        condition &= Q(at__date__gte=asked.since)
    if asked.until:
        condition &= Q(at__date__lte=asked.until)
    if asked.before:
        condition &= Q(id__lt=asked.before)
    return condition


def _asked(asked: Asked) -> list[str]:
    """Return what was asked for, without the words."""
    return [
        name
        for name in ("person", "name", "act", "outcome", "since", "until")
        if getattr(asked, name)
    ]


def _lines(rows: list[Entry]) -> tuple[Line, ...]:
    users = User.objects.in_bulk({row.user_id for row in rows if row.user_id})
    people = Patient.objects.in_bulk({row.patient_id for row in rows if row.patient_id})
    places = Organisation.objects.in_bulk(
        {row.organisation_id for row in rows if row.organisation_id}
    )
    return tuple(
        Line(
            row,
            users[row.user_id].name if row.user_id in users else "The service",
            people[row.patient_id].name if row.patient_id in people else "",
            places[row.organisation_id].name if row.organisation_id in places else "",
        )
        for row in rows
    )


def within(emergency: EmergencyAccess) -> tuple[Line, ...]:
    """Return what was done for an emergency: by whom, to whom and in the hour that it was for."""
    found = Entry.objects.filter(
        patient_id=emergency.patient_id,
        user_id=emergency.user_id,
        purpose=access.EMERGENCY,
        at__gte=emergency.opened_at,
        at__lt=emergency.ends_at,
    )
    return _lines(list(found.order_by("id")[:PAGE]))
