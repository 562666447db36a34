"""How what is shared is reached: by the person's own, by who was told, by who answers for it."""

from uuid import UUID

from fairpractice.web.core import access
from fairpractice.web.core.access import Reached, Viewer
from fairpractice.web.patients import reach
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import consent as consents
from fairpractice.web.sharing.models import EmergencyAccess


def consent(viewer: Viewer, patient: UUID, consent: UUID) -> Reached | None:
    """Reach a consent, if the viewer may know of it."""
    about = reach.person(viewer, patient)
    if about is None:
        return None
    found = about.object.consents.select_related("recipient", "patient").filter(id=consent).first()
    sees = access.purpose_of(viewer.role, about.relationships, access.SENSITIVE) is not None
    if found is None or (found.sensitive and not sees):
        return None
    return Reached(found, about.relationships, about.patient_id)


def shared(viewer: Viewer, patient: UUID) -> Reached | None:
    """Reach a person about whom the viewer's organisation was told, and may see something now."""
    if access.PARTNER not in viewer.relationships:
        return None
    found = consents.shown_to(viewer.organisation_id).filter(id=patient).first()
    return Reached(found, frozenset({access.PARTNER}), found.id) if found else None


def emergency(viewer: Viewer, emergency: UUID) -> Reached | None:
    """Reach an emergency that the viewer's organisation was told of."""
    found = EmergencyAccess.objects.select_related("user", "organisation", "patient")
    mine = found.filter(id=emergency, told_id=viewer.organisation_id).first()
    return Reached(mine, viewer.relationships, mine.patient_id) if mine else None


def answered_for(viewer: Viewer, patient: UUID) -> Reached | None:
    """Reach a person for whose data the viewer's network answers."""
    found = Patient.objects.select_related("practice").filter(id=patient).first()
    mine = found and found.practice and found.practice.network_id == viewer.organisation_id
    return Reached(found, viewer.relationships, patient) if mine else None
