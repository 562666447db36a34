"""How a letter is reached: through the person it is about."""

from uuid import UUID

from fairpractice.web.core.access import Reached, Viewer
from fairpractice.web.letters.models import Letter
from fairpractice.web.patients import reach


def letter(viewer: Viewer, patient: UUID, letter: UUID) -> Reached | None:
    """Reach a letter about a person."""
    about = reach.person(viewer, patient)
    if about is None:
        return None
    found = Letter.objects.select_related("patient__practice")
    found = found.filter(id=letter, patient_id=patient).first()
    return Reached(found, about.relationships, about.patient_id) if found else None
