"""The caseload, and what comes onto it: taken from a list or when it waits, set aside, offered."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.record.topics import TOPICS
from fairpractice.referral.states import STATES
from fairpractice.web.cases import actions, forms, reach, requests, taking, timeline, words
from fairpractice.web.cases.models import Case, SetAside
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer, requires
from fairpractice.web.core.locking import Conflict
from fairpractice.web.patients import reach as people
from fairpractice.web.patients.models import Patient
from fairpractice.web.referrals import following
from fairpractice.web.referrals.following import Followed
from fairpractice.web.worklists import reach as worklists
from fairpractice.web.worklists import rules
from fairpractice.web.worklists.reach import Listing


@requires(access.CASELOAD)
def caseload(request: HttpRequest) -> HttpResponse:
    """Show who waits for a link worker, one's own open cases by what is due, and how many."""
    viewer, today = request.viewer, timezone.localdate()
    mine = list(timeline.with_next(reach.mine(viewer)))
    for each in mine:
        each.due_on = timeline.due_on(each)
    mine.sort(key=lambda each: (each.due_on is None, each.due_on or today, each.taken_at))
    waiting = reach.untended(reach.here(viewer)).order_by("opened_at", "id")
    context = {
        "asked": {each.case_id for each in requests.of(waiting)},
        "waiting": [(each, (today - _day(each.opened_at)).days) for each in waiting],
        "mine": mine,
        "referrals": [each for each in followed(viewer) if each.needs],
        "workload": timeline.workload(viewer.user_id),
        "today": today,
        "topics": TOPICS,
        "titles": {name: rule.title for name, rule in rules.rules().items()},
    }
    return render(request, "cases/caseload.jinja", context)


def followed(viewer: Viewer) -> list[Followed]:
    """Return the open referrals of one's cases."""
    return following.of_worker(viewer.user_id, sensitive=viewer.may(access.SENSITIVE))


def _day(at: Any) -> Any:
    return timezone.localdate(at)


@requires(access.TAKE, reach=worklists.on_list, methods=("POST",))
def take(request: HttpRequest, named: tuple[Listing, Patient]) -> HttpResponse:
    """Take somebody on from a list; of two, the second is told kindly."""
    listing, patient = named
    try:
        case = taking.take(request.viewer, listing, patient)
    except FairpracticeError as error:
        return _not_taken(request, error, listing)
    messages.success(request, "You have taken them on.")
    return redirect("cases:case", case=case.id)


@requires(access.TAKE, reach=reach.waiting, methods=("POST",))
def take_waiting(request: HttpRequest, case: Case) -> HttpResponse:
    """Take on somebody who waits."""
    try:
        taken = taking.take_waiting(request.viewer, case)
    except FairpracticeError as error:
        return _not_taken(request, error)
    messages.success(request, "You have taken them on.")
    return redirect("cases:case", case=taken.id)


def _not_taken(
    request: HttpRequest, error: FairpracticeError, listing: Listing | None = None
) -> HttpResponse:
    what = f"{error.what[0].upper()}{error.what[1:]}."
    context = {"what": what, "fix": error.fix, "listing": listing}
    return render(request, "cases/not_taken.jinja", context)


@requires(access.SET_ASIDE, reach=worklists.on_list, methods=("GET", "POST"))
def set_aside(request: HttpRequest, named: tuple[Listing, Patient]) -> HttpResponse:
    """Say why somebody on a list is not offered for now, and when they come back."""
    listing, patient = named
    rule = rules.for_link_workers().get(listing.rule)
    if rule is None:  # nobody is offered from it
        raise Http404
    context: dict[str, Any] = {"listing": listing, "rule": rule}
    context |= {"someone": patient.id, "reasons": words.REASONS, "sent": request.POST}
    context |= {"token": uuid.uuid4()}
    if request.method == "POST":
        sent = forms.NotNow(request.POST)
        context["errors"] = forms.errors_of(sent)
        if sent.is_valid():
            token = sent.cleaned_data["token"]
            try:
                actions.set_aside(request.viewer, listing, patient, sent.aside(), token)
            except FairpracticeError as error:
                return _not_taken(request, error, listing)
            messages.success(request, "They are not offered for now.")
            return redirect("worklists:listing", listing=listing.address)
    return render(request, "cases/set_aside.jinja", context)


@requires(access.SET_ASIDE, reach=reach.aside, methods=("POST",))
def offer_again(request: HttpRequest, aside: SetAside) -> HttpResponse:
    """Take back that somebody was set aside."""
    actions.offer_again(request.viewer, aside)
    messages.success(request, "They are offered again, if the list still names them.")
    if aside.rule in rules.seen_by(request.viewer):
        address = rules.address_of(aside.practice_id, aside.rule)
        return redirect("worklists:listing", listing=address)
    return redirect("worklists:lists")


@requires(access.ASK_HELP, reach=people.person, methods=("GET", "POST"))
def ask_help(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Ask a link worker to help somebody who agreed to it."""
    context: dict[str, Any] = {"patient": patient, "needs": words.NEEDS, "sent": request.POST}
    context |= {"token": uuid.uuid4()}
    if request.method == "POST":
        sent = forms.Asked(request.POST)
        context["errors"] = forms.errors_of(sent)
        if sent.is_valid():
            said = sent.cleaned_data
            try:
                taking.ask_help(request.viewer, patient, said["need"], said["asked"], said["token"])
            except taking.Taken as error:
                context["errors"] = {"need": f"{error.what[0].upper()}{error.what[1:]}."}
            else:
                messages.success(request, "Asked. They wait for a link worker.")
                return redirect("patients:portrait", patient=patient.id)
    return render(request, "cases/ask_help.jinja", context)


@requires(access.ASK_HELP, reach=reach.asked_here, methods=("GET", "POST"))
def take_back(request: HttpRequest, case: Case) -> HttpResponse:
    """Take back what one's practice asked by mistake."""
    context: dict[str, Any] = {"case": case, "patient": case.patient, "sent": request.POST}
    if request.method == "POST":
        sent = forms.Withdrawn(request.POST)
        context["errors"] = forms.errors_of(sent)
        if sent.is_valid():
            said = sent.cleaned_data
            try:
                requests.withdraw(request.viewer, case, said["why"], said["version"])
            except Conflict:
                raise
            except FairpracticeError as error:
                context["errors"] = {"why": error.sentence}
            else:
                messages.success(request, "Taken back. It stays in the history.")
                return redirect("patients:portrait", patient=case.patient_id)
    return render(request, "cases/take_back.jinja", context)


def beside_the_portrait(viewer: Viewer, patient: Patient) -> dict[str, Any]:
    """Return what a portrait shows of cases: one's own; to a practice, what came back."""
    found = Case.objects.filter(patient=patient).select_related("opened_by").order_by("-opened_at")
    if viewer.may(access.HELP):
        return {"own_case": found.filter(closed_at=None, worker_id=viewer.user_id).first()}
    if not viewer.may(access.ASK_HELP):
        return {}
    found = found.filter(practice_id=patient.practice_id).prefetch_related("requests")
    cases = list(found[:3])
    came_back = {each.id: _of_case(viewer, each) for each in cases}
    mistakes = {
        each.id
        for each in cases
        if each.origin == Case.Origin.PRACTICE and not each.closed_at and requests.never_taken(each)
    }
    shown = {"cases": cases, "came_back": came_back, "states": STATES}
    return shown | {"may_ask_help": True, "may_take_back": mistakes}


def _of_case(viewer: Viewer, case: Case) -> list[Followed]:
    """Return the referrals of a case, as far as a viewer may know of them."""
    if not viewer.may(access.FOLLOW):
        return []
    return following.of_case(case, sensitive=viewer.may(access.SENSITIVE))
