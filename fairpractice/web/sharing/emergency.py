"""In an emergency: the record of somebody not in one's care, for a reason, for an hour.

Who opens it says why, and says so a second time; the privacy officer is told at once and looks into
it. It opens what is read, never what is sensitive, and each page that is read says in the audit
trail that it was for this purpose.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Viewer
from fairpractice.web.core.locking import Conflict
from fairpractice.web.patients.actions import index_of_number
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing.models import EmergencyAccess


BOX = dt.timedelta(hours=1)
SHORTEST_REASON = 10  # characters: "asdf" is none


def find(viewer: Viewer, number: str, born_on: dt.date) -> Patient | None:
    """Find a person by NHS number and date of birth, wherever they are registered; audited."""
    index = index_of_number("".join(number.split()).replace("-", ""))
    people = Patient.objects.select_related("practice__network").filter(by_nhs_number=index)
    found = next((each for each in people if each.born_on == born_on), None)
    audit.entry(viewer, access.EMERGENCY_OPEN, detail={"found": int(found is not None)})
    return found


@transaction.atomic
def open_record(viewer: Viewer, patient: Patient, reason: str, token: UUID) -> EmergencyAccess:
    """Open the record of a person for an hour, and tell the privacy officer.

    Parameters
    ----------
    viewer, patient
        Who opens whose.
    reason
        Why it cannot wait.
    token
        The form's own id, which becomes the emergency's: a form sent twice opens once.

    Raises
    ------
    FairpracticeError
        When no reason is given, or nobody answers for the person's data.
    """
    if there := EmergencyAccess.objects.filter(id=token, user_id=viewer.user_id).first():
        return there
    if len(reason.strip()) < SHORTEST_REASON:
        raise FairpracticeError("no reason is given", fix="Say why it cannot wait.")
    practice = patient.practice
    if practice is None:
        raise FairpracticeError(
            "they are registered nowhere here", fix="Ring the practice that they were last at."
        )
    now = timezone.now()
    opened = EmergencyAccess.objects.create(
        id=token,
        patient=patient,
        user_id=viewer.user_id,
        role=viewer.role,
        organisation_id=viewer.organisation_id,
        told_id=practice.network_id or practice.id,
        reason=reason.strip(),
        opened_at=now,
        ends_at=now + BOX,
    )
    detail = {"emergency": str(opened.id), "opened": True}
    audit.entry(viewer, access.EMERGENCY_OPEN, patient=patient.id, detail=detail)
    return opened


def waiting(organisation: UUID) -> int:
    """Return how many emergencies wait for an organisation's privacy officer."""
    return EmergencyAccess.objects.filter(told_id=organisation, reviewed_at=None).count()


@transaction.atomic
def review(viewer: Viewer, emergency: EmergencyAccess, found: str, note: str) -> None:
    """Say what was found of an emergency; once.

    Raises
    ------
    Conflict
        When somebody else reviewed it first.
    """
    rows = EmergencyAccess.objects.filter(id=emergency.id, reviewed_at=None)
    changed = rows.update(
        reviewed_at=timezone.now(), reviewed_by_id=viewer.user_id, found=found, note=note
    )
    if not changed:
        raise Conflict
    detail = {"emergency": str(emergency.id), "found": found}
    audit.entry(viewer, access.REVIEW, patient=emergency.patient_id, detail=detail)
