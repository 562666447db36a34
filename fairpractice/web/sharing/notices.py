"""What a privacy officer is told on every page."""

from typing import Any

from django.http import HttpRequest

from fairpractice.web.core.access import REVIEW
from fairpractice.web.sharing import emergency


def notices(request: HttpRequest) -> dict[str, Any]:
    """Say how many emergencies wait to be looked into, to whom it is to look into them."""
    viewer = getattr(request, "viewer", None)
    if viewer is None or not viewer.ever_may(REVIEW):
        return {}
    return {"emergencies_waiting": emergency.waiting(viewer.organisation_id)}
