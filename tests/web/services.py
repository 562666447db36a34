"""Services of the directory, as tests make them."""

import json
from uuid import uuid4

from fairpractice.web.core.access import Viewer
from fairpractice.web.directory import taking_in
from fairpractice.web.directory.models import Reading, Service


def kept_by_nobody() -> Service:
    """Return a service that no partner keeps."""
    return Service.objects.create(name="A lunch club", status=Service.Status.ACTIVE)


def read_by(viewer: Viewer) -> Reading:
    """Return a directory that somebody brought, which waits to be accepted."""
    item = {"id": str(uuid4()), "name": "A walking group", "status": "active"}
    files = [("services.json", json.dumps([item]).encode())]
    return taking_in.receive(viewer, "A council", files, uuid4())
