"""The pages of a community partner: what was sent to them, and what they answer.

What is seen of a person is asked of the consent at each look. When it ends, the page says that the
referral has ended and nothing of whom it was about.
"""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.referral import states
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer, requires
from fairpractice.web.referrals import reach, received, views
from fairpractice.web.referrals.models import Referral
from fairpractice.web.referrals.seen import NOBODY
from fairpractice.web.referrals.seen import of as seen_of


@requires(access.RECEIVED)
def inbox(request: HttpRequest) -> HttpResponse:
    """List the referrals that were sent to one's organisation, those first that want an answer."""
    parts = received.inbox(request.viewer.organisation_id)
    context = {"parts": parts, "states": states.STATES, "nobody": NOBODY}
    listed = [each.referral.id for name in ("new", "open", "done") for each in parts[name]]
    context["unread"] = received.unread(Referral.objects.filter(id__in=listed))
    return render(request, "referrals/inbox.jinja", context)


@requires(access.RECEIVED, reach=reach.received)
def received_one(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Show a referral, as far as it may be seen now; its messages are read by that."""
    return _page(request, referral)


def _page(
    request: HttpRequest, referral: Referral, errors: dict[str, str] | None = None
) -> HttpResponse:
    one = received.received(referral)
    if not one.categories:
        return render(request, "referrals/ended.jinja", {"referral": referral})
    written = list(referral.messages.select_related("by").order_by("at", "id"))
    presses, pages = views.moves(referral, "service") if one.is_open else ([], [])
    context = {
        "referral": referral,
        "one": one,
        "seen": seen_of(referral, one.categories),
        "state": states.STATES[referral.state],
        "first": referral.steps.select_related("by", "organisation").get(number=1),
        "steps": referral.steps.order_by("-number"),
        "written": written,
        "unread": received.read(referral, written),
        "presses": presses,
        "pages": pages,
        "labels": states.STATES,
        "outcomes": states.OUTCOMES,
        "sent": request.POST,
        "token": uuid.uuid4(),
        "errors": errors or {},
    }
    return render(request, "referrals/received.jinja", context)


@requires(access.ANSWER_REFERRAL, reach=reach.answer, methods=("GET", "POST"))
def answer(request: HttpRequest, asked: tuple[Referral, str]) -> HttpResponse:
    """Move a referral; what needs words asks for them first."""
    referral, to = asked
    if not received.received(referral).is_open:
        return redirect("referrals:received", referral=referral.id)
    context = {"base": "referrals/of_service.jinja"}
    return views.moved(request, referral, to, "referrals:received", "referrals:answer", context)


@requires(access.ANSWER_REFERRAL, reach=reach.received, methods=("POST",))
def reply(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Write to whoever sent it."""
    if received.received(referral).categories:
        wrong = views.wrote(request, referral)
        if wrong:
            return _page(request, referral, {"words": wrong})
    return redirect("referrals:received", referral=referral.id)


def notices(request: HttpRequest) -> dict[str, Any]:
    """Let the first page say what waits for a service; it asks when it is shown."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None or not viewer.may(access.RECEIVED):
        return {"waiting_here": lambda: None}
    return {"waiting_here": lambda: received.waiting(viewer.organisation_id)}
