"""How what people were asked is reached: through the person, by staff and by themselves."""

from uuid import UUID

from fairpractice.web.core.access import Reached, Viewer
from fairpractice.web.patients import reach
from fairpractice.web.questionnaires.models import Ask


def ask(viewer: Viewer, patient: UUID, ask: UUID) -> Reached | None:
    """Reach what somebody was asked, unless it was taken back."""
    about = reach.person(viewer, patient)
    if about is None:
        return None
    found = Ask.objects.select_related("patient__practice", "reply").filter(
        id=ask, patient_id=patient, withdrawn_at=None
    )
    asked = found.first()
    return Reached(asked, about.relationships, about.patient_id) if asked else None
