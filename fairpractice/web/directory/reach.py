"""How entries are reached: the directory is everybody's, and an entry is its partner's to keep."""

from uuid import UUID

from django.db.models import QuerySet

from fairpractice.web.core.access import CURATE, Reached, Viewer
from fairpractice.web.directory import finding
from fairpractice.web.directory.models import Reading, Service


def entry(viewer: Viewer, service: UUID) -> Reached | None:
    """Reach an entry, to read it."""
    found = finding.about(service)
    detail = {"service": str(service)}
    return Reached(found, viewer.relationships, detail=detail) if found else None


def kept_by(viewer: Viewer) -> QuerySet[Service]:
    """Return the entries that a viewer may keep: a partner's own; all, for who looks after them."""
    listed = finding.listed()
    return listed if viewer.may(CURATE) else listed.filter(organisation_id=viewer.organisation_id)


def kept(viewer: Viewer, service: UUID) -> Reached | None:
    """Reach an entry, to keep it."""
    found = kept_by(viewer).filter(id=service).exists()
    return entry(viewer, service) if found else None


def reading(viewer: Viewer, reading: UUID) -> Reached | None:
    """Reach a feed that the viewer brought."""
    found = Reading.objects.filter(id=reading, read_by_id=viewer.user_id).first()
    return Reached(found, viewer.relationships) if found else None
