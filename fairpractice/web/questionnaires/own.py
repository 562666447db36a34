"""People's own pages: the way in by a link, the first page, and the way out."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.web.accounts import signing
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import open_to_all, requires
from fairpractice.web.core.rate_limit import place, too_many, within_limit
from fairpractice.web.messaging import outbox
from fairpractice.web.patients import reach as people
from fairpractice.web.patients.models import OwnWords, Patient
from fairpractice.web.patients.portrait import own_words
from fairpractice.web.questionnaires import forms, links, proxies, reach, replying
from fairpractice.web.questionnaires.held import Held
from fairpractice.web.questionnaires.held import held as what_is_held
from fairpractice.web.questionnaires.held import put_right as correct
from fairpractice.web.questionnaires.models import LINKED


TRIES, EACH = 30, 3600  # seconds: from one place, whatever the code
NOT_OPENED = (
    "We could not open it. The date of birth may be mistyped, or the link may be mistyped, "
    "used already or too old. Check both. If it still does not open, ask your practice for "
    "another link."
)
"""The one answer to everything that can be wrong."""
NO_REASON = "Put right by the person"
ABOUTS = {"matters": "What matters to me", "strengths": "What goes well, and what helps me"}
LEAVE_TO = "https://www.bbc.co.uk/weather"


@open_to_all
def enter(request: HttpRequest, code: str = "") -> HttpResponse:
    """Ask for the date of birth, and the code where the address has none; then sign in.

    That a link is looked at does not use it up: what scans messages looks at links too.
    """
    if request.method != "POST":
        return render(request, "own/enter.jinja", {"code": code})
    if not within_limit("links", place(request), limit=TRIES, seconds=EACH):
        return too_many(request)
    code = request.POST.get("code", "")[:40]
    opened = links.use(code, forms.day(request.POST))
    if opened is None:
        context = {"code": code, "errors": {"birth-day": NOT_OPENED}}
        return render(request, "own/enter.jinja", context)
    membership, patient = opened
    signing.sign_in(request, membership)
    return redirect("own:person", patient=patient.id)


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
    asks = patient.asks.select_related("reply").filter(withdrawn_at=None, way__in=LINKED)
    asks = asks.order_by("-asked_at")
    context = {"patient": patient, "asks": asks, "may_see": request.viewer.may(access.HELD)}
    context |= {"may_tell": request.viewer.may(access.TELL)}
    context |= {"may_share": request.viewer.may(access.SHARING)}
    context |= {"may_ask": request.viewer.may(access.ASK_FOR)}
    context |= {"may_see_who": request.viewer.may(access.WHO_ACTS)}
    own = request.viewer.role == access.Role.PATIENT
    context |= {"news": outbox.on_pages(patient) if own else []}
    context |= {"acts_until": proxies.acts_until(request.viewer, patient)}
    context |= {"ending": proxies.ending_for(patient) if own else []}
    return render(request, "own/person.jinja", context)


@requires(access.HELD, reach=people.person)
def held(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show what is held about somebody's circumstances, and from where."""
    shown = what_is_held(patient, dt.date.today())
    context = {"patient": patient, "held": shown, "may_amend": request.viewer.may(access.AMEND)}
    return render(request, "own/held.jinja", context)


@requires(access.AMEND, reach=reach.held, methods=("GET", "POST"))
def put_right(request: HttpRequest, one: tuple[Patient, Held]) -> HttpResponse:
    """Put right what is held on one topic."""
    patient, entry = one
    context: dict[str, Any] = {"patient": patient, "entry": entry, "token": uuid.uuid4()}
    if request.method != "POST":
        return render(request, "own/put_right.jinja", context)
    sent = forms.PutRight(request.POST)
    if not sent.is_valid():
        context |= {"errors": {name: said[0] for name, said in sent.errors.items()}}
        context |= {"sent": request.POST}
        return render(request, "own/put_right.jinja", context)
    said = sent.cleaned_data
    correct(
        request.viewer, patient, entry.topic, said["status"], said["reason"] or NO_REASON,
        said["token"],
    )  # fmt: skip
    messages.success(request, "Put right. What it said before stays in its history.")
    return redirect("own:held", patient=patient.id)


@requires(access.TELL, reach=people.person, methods=("GET", "POST"))
def words(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show what somebody wrote of themselves, and take what they add."""
    context: dict[str, Any] = {
        "patient": patient,
        "words": own_words(patient),
        "token": uuid.uuid4(),
    }
    context |= {"abouts": ABOUTS}
    if request.method != "POST":
        return render(request, "own/words.jinja", context)
    sent = forms.Words(request.POST)
    if not sent.is_valid():
        context |= {"errors": {name: said[0] for name, said in sent.errors.items()}}
        context |= {"sent": request.POST}
        return render(request, "own/words.jinja", context)
    said = sent.cleaned_data
    replying.tell(request.viewer, patient, said["about"], said["words"], said["token"])
    messages.success(request, "Saved. Your practice sees it the next time they open your record.")
    return redirect("own:words", patient=patient.id)


@requires(access.TELL, reach=reach.words, methods=("POST",))
def take_back(request: HttpRequest, written: OwnWords) -> HttpResponse:
    """Take back what somebody wrote."""
    replying.take_back(request.viewer, written)
    messages.success(request, "Taken back.")
    return redirect("own:words", patient=written.patient_id)
