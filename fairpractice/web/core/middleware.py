"""What is done around every page."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse


Answer = Callable[[HttpRequest], HttpResponse]
HEADERS = {
    "Cache-Control": "no-store",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def nothing_is_kept(get_response: Answer) -> Answer:
    """Let no browser, and nothing on the way to it, keep a page."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    return answer


class every_view_wears_its_act:  # noqa: N801 (Django wants a class for what comes before a view)
    """Open no view that says neither which act it is nor to whom it is open."""

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on to the view."""
        return self._get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """Look at the view that an address leads to."""
        if not (hasattr(view, "act") or hasattr(view, "open_to")):
            raise ImproperlyConfigured(f"{view.__module__}.{view.__name__} does not say its act")
