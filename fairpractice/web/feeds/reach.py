"""How agreements and files are reached: through the practice that they are for."""

from uuid import UUID

from django.db.models import Q, QuerySet

from fairpractice.web.core import access
from fairpractice.web.core.access import Reached, Viewer
from fairpractice.web.feeds.models import File, Line, Source
from fairpractice.web.organisations.models import Organisation


OURS = frozenset({access.PRACTICE})


def sources(viewer: Viewer) -> QuerySet[Source]:
    """Return the agreements by which facts are sent to the viewer's practice, or its network."""
    found: QuerySet[Source] = Source.objects.select_related("partner", "holder")
    if access.PRACTICE not in viewer.relationships:
        return found.none()
    network = Organisation.objects.filter(practices=viewer.organisation_id)
    return found.filter(Q(holder_id=viewer.organisation_id) | Q(holder__in=network))


def files(viewer: Viewer) -> QuerySet[File]:
    """Return the files that came for the viewer's practice."""
    found: QuerySet[File] = File.objects.select_related("source__partner", "practice", "sent_by")
    return found.filter(practice_id=viewer.organisation_id)


def source(viewer: Viewer, source: UUID) -> Reached | None:
    """Reach an agreement."""
    found = sources(viewer).filter(id=source).first()
    return Reached(found, OURS) if found else None


def file(viewer: Viewer, file: UUID) -> Reached | None:
    """Reach a file."""
    found = files(viewer).filter(id=file).first()
    return Reached(found, OURS) if found else None


def line(viewer: Viewer, file: UUID, line: UUID) -> Reached | None:
    """Reach a line of a file."""
    lines = Line.objects.select_related("file__source__partner", "file__practice", "patient")
    found = lines.filter(id=line, file__in=files(viewer).filter(id=file)).first()
    return Reached(found, OURS) if found else None
