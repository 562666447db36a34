"""The pages on which staff ask somebody."""

import datetime as dt
import uuid

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import access
from fairpractice.web.core.access import Reached, requires
from fairpractice.web.core.locking import Conflict
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import reach as people
from fairpractice.web.patients.models import Patient
from fairpractice.web.questionnaires import asking, catalogue, forms, links, reach, watching
from fairpractice.web.questionnaires.models import LINKED, Ask, UrgentNeed, WatchedHours, Way
from fairpractice.web.sharing import contact


LAWFUL_BASIS = "direct_care"
WAYS = {
    "text": "By a text message",
    "letter": "On a letter, or read out",
    "desk": "On this device, at the desk",
    "room": "In the room, by the team",
}
KINDS = {
    "suicide": "Thoughts of ending their life",
    "shelter": "Nowhere to sleep",
    "food": "No food",
    "safety": "Not safe",
}


@requires(access.ASK, reach=people.person, methods=("GET", "POST"))
def ask(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Choose what somebody is asked, and how the link comes to them."""
    if request.method != "POST":
        return _asking(request, patient, {})
    sent = forms.Asking(request.POST)
    if not sent.is_valid():
        return _asking(request, patient, {name: said[0] for name, said in sent.errors.items()})
    said = sent.cleaned_data
    chosen = catalogue.offered(said["way"]).get(said["questionnaire"])
    if chosen is None:
        return _asking(request, patient, {"questionnaire": "Choose what to ask"})
    site = request.build_absolute_uri(reverse("own:enter"))
    try:
        asked, code = asking.ask(
            request.viewer, patient, chosen, said["way"], LAWFUL_BASIS, said["token"], site
        )
    except Conflict:
        raise
    except FairpracticeError as error:
        return _asking(request, patient, {"way": f"{error.what}. {error.fix}"})
    return handed_over(request, asked, code, site)


def _asking(request: HttpRequest, patient: Patient, errors: dict[str, str]) -> HttpResponse:
    ways = {way: contact.may(patient, way) if way in contact.WAYS else None for way in LINKED}
    offered = catalogue.offered(Way.LETTER)
    about = Reached(patient, request.viewer.relationships, patient.id)
    context = {
        "patient": patient,
        "offered": offered,
        "packs": {name: catalogue.packs(each) for name, each in offered.items()},
        "link_ways": ways,
        "ways_in_words": WAYS,
        "asks": reach.asks(request.viewer, about),
        "errors": errors,
        "sent": request.POST,
        "token": uuid.uuid4(),
    }
    return render(request, "questionnaires/ask.jinja", context)


def handed_over(request: HttpRequest, asked: Ask, code: str, site: str) -> HttpResponse:
    """Show the code of a link, once; or say that it was sent."""
    if not code:
        messages.success(request, "A message with a link was put into the outbox.")
        return redirect("questionnaires:ask", patient=asked.patient_id)
    link = asked.links.latest("expires_at")
    context = {"patient": asked.patient, "asked": asked, "link": link, "site": site}
    context |= {"code": links.written(code)}
    return render(request, "questionnaires/handed_over.jinja", context)


@requires(access.ASK, reach=reach.asked, methods=("POST",))
def ask_again(request: HttpRequest, asked: Ask) -> HttpResponse:
    """Make another link; the one before opens no more."""
    if asking.is_answered(asked):
        return redirect("questionnaires:ask", patient=asked.patient_id)
    site = request.build_absolute_uri(reverse("own:enter"))
    try:
        code = asking.ask_again(request.viewer, asked, site)
    except FairpracticeError as error:
        return _asking(request, asked.patient, {"way": f"{error.what}. {error.fix}"})
    return handed_over(request, asked, code, site)


@requires(access.ASK, reach=reach.asked, methods=("POST",))
def withdraw(request: HttpRequest, asked: Ask) -> HttpResponse:
    """Take back what was asked."""
    asking.withdraw(request.viewer, asked)
    messages.success(request, "Taken back. The link opens no more.")
    return redirect("questionnaires:ask", patient=asked.patient_id)


@requires(access.TODAY)
def today(request: HttpRequest) -> HttpResponse:
    """Show what cannot wait: what was told in watched hours, and what was told outside them."""
    tasks = list(watching.tasks(request.viewer))
    for each in tasks:
        each.call = contact.may(each.ask.patient, "call")
    context = {
        "due": [each for each in tasks if each.due_on],
        "unwatched": [each for each in tasks if not each.due_on],
        "kinds": KINDS,
        "today": dt.date.today(),
    }
    return render(request, "questionnaires/today.jinja", context)


@requires(access.TODAY, reach=reach.need, methods=("POST",))
def settle(request: HttpRequest, need: UrgentNeed) -> HttpResponse:
    """Note that somebody has seen to it."""
    watching.settle(request.viewer, need)
    messages.success(request, "Settled. That you did it is recorded.")
    return redirect("questionnaires:today")


@requires(access.WATCH)
def watches(request: HttpRequest) -> HttpResponse:
    """List the practices, and when each looks."""
    viewer = request.viewer
    found = Organisation.objects.filter(kind=Organisation.Kind.PRACTICE).order_by("code")
    own = Q(id=viewer.organisation_id) | Q(network_id=viewer.organisation_id)
    found = found.filter(own).select_related("watched_hours")
    context = {"practices": found, "days": watching.DAYS}
    return render(request, "questionnaires/watches.jinja", context)


@requires(access.WATCH, reach=reach.practice, methods=("GET", "POST"))
def watch(request: HttpRequest, practice: Organisation) -> HttpResponse:
    """Declare when a practice looks at what cannot wait."""
    declared = WatchedHours.objects.filter(practice=practice).first()
    context = {"practice": practice, "days": watching.DAYS, "declared": declared}
    if request.method != "POST":
        return render(request, "questionnaires/watch.jinja", context)
    sent = forms.Watched(request.POST)
    if not sent.is_valid():
        context |= {"errors": sent.problems(), "sent": request.POST}
        return render(request, "questionnaires/watch.jinja", context)
    said = sent.cleaned_data
    watching.declare(
        request.viewer, practice, sent.hours(), said["never_on"], said["version"],
        safe_pathway=said["safe_pathway"],
    )  # fmt: skip
    messages.success(request, "Declared.")
    return redirect("questionnaires:watches")
