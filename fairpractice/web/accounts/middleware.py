"""Who is at work on this request, for how long, and for how long they have been away."""

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse

from fairpractice.web.accounts import signing
from fairpractice.web.core import audit


Answer = Callable[[HttpRequest], HttpResponse]
SEEN = "seen"
BEFORE = "signed-in-before"
"""A cookie that outlives a session, until the browser is closed. It says nothing of who it was."""
NOTED_EACH = 60  # seconds: a session is not written on every page


def signs_out_in_time(get_response: Answer) -> Answer:
    """Sign out who has asked for nothing for ``IDLE_MINUTES``, and anybody after ``LONGEST_HOURS``.

    However busy a session is, who it is of is asked again once a day (NHS login's guidance).
    """

    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            now = time.time()
            seen, began = (request.session.get(name, 0) for name in (SEEN, signing.BEGAN))
            idle = now - seen > settings.IDLE_MINUTES * 60 + NOTED_EACH
            if idle or now - began > settings.LONGEST_HOURS * 60 * 60:
                why = "when idle" if idle else "after a day"
                audit.entry(None, f"be signed out {why}", user=request.user.id)
                auth.logout(request)
            elif now - seen > NOTED_EACH:
                request.session[SEEN] = now
        return get_response(request)

    return answer


def remembers_that_somebody_was_here(get_response: Answer) -> Answer:
    """Mark a browser in which somebody came in by a provider, which may let them in unasked.

    However their session ends, by itself or by them, the next sign-in there shows again who it is.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        by = request.session.get(signing.BY) if request.user.is_authenticated else None
        if by in settings.OPENID and BEFORE not in request.COOKIES:
            secure = {"httponly": True, "samesite": "Lax", "secure": settings.HTTPS}
            response.set_cookie(BEFORE, "yes", **secure)
        return response

    return answer


def says_who_is_at_work(get_response: Answer) -> Answer:
    """Put the viewer on the request: the user, in the membership that they chose."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.viewer = signing.viewer(request)
        return get_response(request)

    return answer
