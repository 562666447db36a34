"""The first page, and the pages that say that something is not as it should be."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.web.core.access import SELF, open_to_signed_in
from fairpractice.web.core.page import questions


@open_to_signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Show the six questions; to people themselves, their own pages."""
    if request.viewer and SELF in request.viewer.relationships:
        return redirect("own:home")
    return render(request, "core/home.jinja", {"questions": questions(request.viewer)})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that what was sent could not be understood."""
    return render(request, "core/bad_request.jinja", status=400)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the viewer's role does not allow it."""
    return render(request, "core/refused.jinja", status=403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form was open too long, or came from elsewhere."""
    return render(request, "core/form_expired.jinja", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page, or that it is not the viewer's to see: both in one way."""
    return render(request, "core/not_found.jinja", status=404)


def failed(request: HttpRequest) -> HttpResponse:
    """Say that the service failed."""
    return render(request, "core/failed.jinja", status=500)
