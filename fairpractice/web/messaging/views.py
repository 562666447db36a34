"""The page of messages that were not sent."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.messaging import unsent as waiting
from fairpractice.web.messaging.models import Outgoing


WAYS = {"text": "A text", "email": "An e-mail", "letter": "A letter", "pages": "News here"}


@requires(access.UNSENT)
def unsent(request: HttpRequest) -> HttpResponse:
    """Show the messages that were not sent, and why."""
    context = {"unsent": waiting.unsent(request.viewer), "ways_in_words": WAYS}
    return render(request, "messaging/unsent.jinja", context)


@requires(access.UNSENT, reach=waiting.reach, methods=("POST",))
def settle(request: HttpRequest, message: Outgoing) -> HttpResponse:
    """Note that somebody saw to one."""
    waiting.settle(request.viewer, message)
    messages.success(request, "Seen to.")
    return redirect("messaging:unsent")


def notices(request: HttpRequest) -> dict[str, Any]:
    """Let the first page say how many messages were not sent; it asks when it is shown."""
    viewer = getattr(request, "viewer", None)
    return {"messages_not_sent": lambda: waiting.count(viewer)}
