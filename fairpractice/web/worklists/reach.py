"""How a list is reached: it is of the viewer's own practice, and of a rule that exists for them."""

from uuid import UUID

from fairpractice.web.core import access
from fairpractice.web.core.access import Reached, Viewer
from fairpractice.web.worklists import rules


def listing(viewer: Viewer, listing: UUID) -> Reached | None:
    """Reach a list: the id of its rule."""
    if access.PRACTICE not in viewer.relationships:
        return None
    named = {rules.address_of(viewer.organisation_id, name): name for name in rules.seen_by(viewer)}
    found = named.get(listing)
    return Reached(found, viewer.relationships, detail={"rule": found}) if found else None
