"""How what was settled is reached: through the person it is about."""

from uuid import UUID

from fairpractice.web.coding import queues
from fairpractice.web.coding.models import Decision
from fairpractice.web.core import access
from fairpractice.web.core.access import Reached, Viewer
from fairpractice.web.patients import reach


def decision(viewer: Viewer, patient: UUID, decision: UUID) -> Reached | None:
    """Reach a decision about a person, if the viewer may see what it is about."""
    about = reach.person(viewer, patient)
    if about is None:
        return None
    found = Decision.objects.select_related("patient").filter(id=decision, patient_id=patient)
    one = found.first()
    sensitive = access.purpose_of(viewer.role, about.relationships, access.SENSITIVE) is not None
    if one is None or not queues.is_visible(one, sensitive=sensitive):
        return None
    return Reached(one, about.relationships, about.patient_id)
