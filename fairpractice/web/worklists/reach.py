"""How a list is reached: of a practice of the viewer's, and of a rule that exists for them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from fairpractice.web.core import access
from fairpractice.web.core.access import Reached, Role, Viewer
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.worklists import rules


@dataclass(frozen=True)
class Listing:
    """A list of a practice: the id of its rule."""

    practice: Organisation
    rule: str

    @property
    def address(self) -> UUID:
        """What names it in an address."""
        return rules.address_of(self.practice.id, self.rule)


def practices(viewer: Viewer) -> list[Organisation]:
    """Return the practices whose lists a viewer sees: theirs, and a link worker their network's."""
    own = Q(id=viewer.organisation_id)
    if viewer.role == Role.LINK_WORKER:
        own |= Q(network_id=viewer.organisation_id)
    found = Organisation.objects.filter(own, kind=Organisation.Kind.PRACTICE)
    return list(found.order_by("name", "code"))


def listing(viewer: Viewer, listing: UUID) -> Reached | None:
    """Reach a list."""
    found = _found(viewer, listing)
    if found is None:
        return None
    detail = {"rule": found.rule, "practice": str(found.practice.id)}
    return Reached(found, viewer.relationships, detail=detail)


def on_list(viewer: Viewer, listing: UUID, patient: UUID) -> Reached | None:
    """Reach a person of a list's practice, whether or not the list still names them."""
    found = _found(viewer, listing)
    whom = found and Patient.objects.filter(id=patient, practice=found.practice).first()
    if not found or not whom:
        return None
    return Reached((found, whom), viewer.relationships, patient, {"rule": found.rule})


def _found(viewer: Viewer, address: UUID) -> Listing | None:
    if not viewer.relationships & {access.PRACTICE, access.NETWORK}:
        return None
    seen = rules.seen_by(viewer)
    every = (Listing(practice, name) for practice in practices(viewer) for name in seen)
    return next((each for each in every if each.address == address), None)
