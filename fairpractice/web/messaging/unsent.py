"""Messages that were not sent: who is told of them, and that somebody saw to it."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from fairpractice.web.core import audit
from fairpractice.web.core.access import CONTACT, UNSENT, Reached, Role, Viewer, purpose_of
from fairpractice.web.messaging.models import NOT_SENT, Outgoing
from fairpractice.web.patients import reach as people
from fairpractice.web.patients.models import Patient


@dataclass(frozen=True)
class Unsent:
    """A message that was not sent, and to whom; nobody, if they are not in the viewer's care."""

    message: Outgoing
    patient: Patient | None


def _theirs(viewer: Viewer) -> QuerySet[Outgoing]:
    """Return those of a viewer's place; of a link worker, who works at many, their own.

    Those that were seen to are among them: to see to one again does no harm.
    """
    found = Outgoing.objects.filter(state__in=NOT_SENT)
    if viewer.role == Role.LINK_WORKER:
        return found.filter(put_by_id=viewer.user_id)
    return found.filter(place_id=viewer.organisation_id)


def count(viewer: Viewer | None) -> int:
    """Return how many messages wait for a viewer to see to them."""
    if viewer is None or not viewer.may(UNSENT):
        return 0
    found: int = _theirs(viewer).filter(settled_at=None).count()
    return found


def unsent(viewer: Viewer) -> list[Unsent]:
    """Return the messages that were not sent, the latest first."""
    found = []
    waiting = _theirs(viewer).filter(settled_at=None).select_related("organisation")
    for message in waiting.order_by("-over_at", "id"):
        found.append(Unsent(message, _in_care(viewer, message.patient_id)))
    return found


def _in_care(viewer: Viewer, patient: UUID | None) -> Patient | None:
    reached = people.person(viewer, patient) if patient else None
    if reached is None or purpose_of(viewer.role, reached.relationships, CONTACT) is None:
        return None
    found: Patient = reached.object
    return found


def reach(viewer: Viewer, message: UUID) -> Reached | None:
    """Reach a message that was not sent."""
    found = _theirs(viewer).filter(id=message).first()
    if found is None:
        return None
    return Reached(found, viewer.relationships, found.patient_id)


@transaction.atomic
def settle(viewer: Viewer, message: Outgoing) -> None:
    """Note that somebody saw to a message that was not sent."""
    waiting = Outgoing.objects.filter(id=message.id, settled_at=None)
    if waiting.update(settled_at=timezone.now(), settled_by_id=viewer.user_id):
        detail = {"message": str(message.id)}
        audit.entry(viewer, UNSENT, patient=message.patient_id, detail=detail)
