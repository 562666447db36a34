"""How figures are reached: through the network that one belongs to, or one's practice does."""

from uuid import UUID

from fairpractice.web.core.access import Reached, Viewer
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.population.models import Part, Release


def network_of(viewer: Viewer) -> Organisation | None:
    """Return the network that somebody works at, or at a practice of."""
    own = Organisation.objects.select_related("network").get(id=viewer.organisation_id)
    return own if own.kind == Organisation.Kind.NETWORK else own.network


def part(viewer: Viewer, part: UUID) -> Reached | None:
    """Reach a part of the release that is shown of the viewer's network."""
    network = network_of(viewer)
    parts = Part.objects.select_related("release").defer("release__numbers")
    found = parts.filter(
        address=part, release__network=network, release__state=Release.State.CURRENT
    )
    here = found.first() if network else None
    detail = {"part": here.name, "release": str(here.release_id)} if here else {}
    return Reached(here, viewer.relationships, detail=detail) if here else None
