"""How people and what is recorded of them are reached: through the viewer's organisation."""

import datetime as dt
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from fairpractice.web.cases.models import Case
from fairpractice.web.core import access
from fairpractice.web.core.access import Reached, Role, Viewer
from fairpractice.web.patients import facts, suspension, until
from fairpractice.web.patients.models import Patient, PersonAccount
from fairpractice.web.sharing.models import EmergencyAccess


def people(viewer: Viewer) -> QuerySet[Patient]:
    """Return the people of the viewer's own practice, among whom they may look somebody up."""
    if access.PRACTICE not in viewer.relationships:
        return Patient.objects.none()
    found: QuerySet[Patient] = Patient.objects.filter(practice_id=viewer.organisation_id)
    return found


def person(viewer: Viewer, patient: UUID) -> Reached | None:
    """Reach a person."""
    found = Patient.objects.select_related("practice", "safe_contact").filter(id=patient).first()
    relationships = _relationships(viewer, found) if found else frozenset()
    return Reached(found, relationships, found.id) if found and relationships else None


def fact(viewer: Viewer, patient: UUID, fact: UUID) -> Reached | None:
    """Reach a fact that was entered here, if the viewer may see it."""
    about = person(viewer, patient)
    if about is None:
        return None
    sensitive = access.purpose_of(viewer.role, about.relationships, access.SENSITIVE) is not None
    found = facts.visible(about.object, sensitive=sensitive).filter(id=fact).first()
    return Reached(found, about.relationships, about.patient_id) if found else None


def mine(viewer: Viewer) -> list[Patient]:
    """Return the people whose own pages a viewer may open now."""
    accounts = _accounts(viewer).select_related("patient__practice").order_by("id")
    found = {each.patient_id: each.patient for each in accounts}
    return [each for each in found.values() if access.SELF in _relationships(viewer, each)]


def _accounts(viewer: Viewer) -> QuerySet[PersonAccount]:
    current = Q(ends_on=None) | Q(ends_on__gt=dt.date.today())
    found: QuerySet[PersonAccount] = PersonAccount.objects.filter(current, user_id=viewer.user_id)
    return found


def _relationships(viewer: Viewer, patient: Patient) -> frozenset[str]:
    found = set()
    practice = patient.practice
    if practice and access.PRACTICE in viewer.relationships:
        found |= {access.PRACTICE} if practice.id == viewer.organisation_id else set()
    if practice and access.NETWORK in viewer.relationships:
        found |= {access.NETWORK} if practice.network_id == viewer.organisation_id else set()
    if access.SELF in viewer.relationships:
        account = _accounts(viewer).filter(patient=patient).first()
        if account and not (viewer.role == Role.PROXY and _may_not_act(account)):
            found.add(access.SELF)
            found |= {access.READS_FOR} if account.reads else set()
    elif _is_helped_by(viewer, patient):
        found.add(access.CASE)
    if not found and practice and _in_an_emergency(viewer, patient):
        found.add(access.EMERGENCY)
    return frozenset(found)


def _may_not_act(account: PersonAccount) -> bool:
    return until.is_over(account, dt.date.today()) or suspension.is_suspended(account)


def _is_helped_by(viewer: Viewer, patient: Patient) -> bool:
    """Tell whether the viewer has their open case, and they are still of the viewer's practices."""
    practice = patient.practice
    here = practice and viewer.organisation_id in (practice.id, practice.network_id)
    opened = Case.objects.filter(worker_id=viewer.user_id, patient=patient, closed_at=None)
    return bool(here) and opened.exists()


def _in_an_emergency(viewer: Viewer, patient: Patient) -> bool:
    opened = EmergencyAccess.objects.filter(user_id=viewer.user_id, patient=patient)
    opened = opened.filter(organisation_id=viewer.organisation_id, role=viewer.role)
    return access.PRACTICE in viewer.relationships and (
        opened.filter(ends_at__gt=timezone.now()).exists()
    )
