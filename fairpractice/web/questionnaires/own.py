"""People's own pages: the way in by a link, the first page, and the way out."""

from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.web.accounts import signing
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import open_to_all, requires
from fairpractice.web.core.rate_limit import too_many, within_limit
from fairpractice.web.patients import reach as people
from fairpractice.web.patients.models import Patient
from fairpractice.web.questionnaires import forms, links


TRIES, EACH = 30, 3600  # seconds: from one place, whatever the code
NOT_OPENED = (
    "We could not open it. The date of birth may be mistyped, or the link may be mistyped, "
    "used already or too old. Check both. If it still does not open, ask your practice for "
    "another link."
)
"""The one answer to everything that can be wrong."""
LEAVE_TO = "https://www.bbc.co.uk/weather"


@open_to_all
def enter(request: HttpRequest, code: str = "") -> HttpResponse:
    """Ask for the date of birth, and the code where the address has none; then sign in.

    That a link is looked at does not use it up: what scans messages looks at links too.
    """
    if request.method != "POST":
        return render(request, "own/enter.jinja", {"code": code})
    if not within_limit("links", request.META.get("REMOTE_ADDR"), limit=TRIES, seconds=EACH):
        return too_many(request)
    opened = links.use(request.POST.get("code", "")[:40], forms.day(request.POST))
    if opened is None:
        context = {"code": code, "errors": {"birth-day": NOT_OPENED}}
        return render(request, "own/enter.jinja", context)
    membership, asked = opened
    signing.sign_in(request, membership)
    return redirect("own:person", patient=asked.patient_id)


@open_to_all
def leave(request: HttpRequest) -> HttpResponse:
    """End the session at once, and go to a page about nothing. A link to it is enough."""
    if request.viewer:
        audit.entry(request.viewer, "leave")
    auth.logout(request)
    answer = redirect(LEAVE_TO)
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@requires(access.MINE)
def home(request: HttpRequest) -> HttpResponse:
    """Go to the one person whose pages they are; say nothing where there is none."""
    mine = people.mine(request.viewer)
    if len(mine) == 1:
        return redirect("own:person", patient=mine[0].id)
    return render(request, "own/home.jinja", {"people": mine})


@requires(access.MINE, reach=people.person)
def person(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show what there is to do."""
    asks = patient.asks.select_related("reply").filter(withdrawn_at=None).order_by("-asked_at")
    return render(request, "own/person.jinja", {"patient": patient, "asks": asks})
