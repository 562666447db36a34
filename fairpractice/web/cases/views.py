"""The pages of one case, for the link worker whose it is."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.record.topics import TOPICS
from fairpractice.referral.states import STATES
from fairpractice.web.cases import actions, forms, reach, taking, timeline, well_being, words
from fairpractice.web.cases.models import ENDS, Case, Goal, Measurement, Need
from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.core.locking import Conflict
from fairpractice.web.patients import facts
from fairpractice.web.patients import reach as people
from fairpractice.web.patients.models import Patient
from fairpractice.web.patients.portrait import WISHES, own_words
from fairpractice.web.patients.record import codelists, record
from fairpractice.web.questionnaires import asking, catalogue, room
from fairpractice.web.questionnaires.models import Way
from fairpractice.web.questionnaires.views import WAYS, handed_over
from fairpractice.web.referrals import following
from fairpractice.web.sharing import contact
from fairpractice.web.worklists import live, rules


def _about(request: HttpRequest, case: Case) -> dict[str, Any]:
    """Return what every page of a case shows."""
    return {"case": case, "patient": case.patient, "token": uuid.uuid4(), "sent": request.POST}


def _back(case: Case, said: str, request: HttpRequest) -> HttpResponse:
    messages.success(request, said)
    return redirect("cases:case", case=case.id)


@requires(access.HELP, reach=reach.case)
def case(request: HttpRequest, case: Case) -> HttpResponse:
    """Show a case: why they were found, what they want, what was done, and what is next."""
    viewer, patient = request.viewer, case.patient
    sensitive = viewer.may(access.SENSITIVE)
    annotated = timeline.with_next(Case.objects.filter(id=case.id)).get()
    goals = case.goals.select_related("own_words")
    context = _about(request, case) | {
        "reached": people.person(viewer, patient.id) is not None,
        "rule": rules.rules().get(case.rule),
        "still": _still(case),
        "due_on": timeline.due_on(annotated),
        "tried_at": annotated.tried_at,
        "today": timezone.localdate(),
        "safe": contact.ways(patient),
        "way_words": contact.WAYS,
        "requests": case.requests.select_related("by").order_by("at", "id"),
        "goals": goals.order_by("agreed_at", "id"),
        "states": Goal.State,
        "own_words": own_words(patient),
        "needs": case.needs.order_by("told_at", "id"),
        "topics": TOPICS,
        "wishes": WISHES,
        "measured": well_being.of_case(case),
        "events": timeline.of_case(case, sensitive=sensitive),
        "referrals": following.of_case(case, sensitive=sensitive),
        "referral_states": STATES,
        "may_refer": viewer.may(access.REFER),
    }
    return render(request, "cases/case.jinja", context)


def _still(case: Case) -> list[str] | None:
    """Return the reasons that the list gives now; none when it names them no more."""
    rule = rules.for_link_workers().get(case.rule)
    if case.origin != Case.Origin.WORKLIST or rule is None:
        return None
    found = live.of_person(case.patient, {case.rule: rule})
    return list(found[0].because) if found else []


@requires(access.HELP, reach=reach.case, methods=("GET", "POST"))
def contacted(request: HttpRequest, case: Case) -> HttpResponse:
    """Record an attempt to reach somebody: what is not safe is refused, with the reason."""
    now = timezone.localtime()
    context = _about(request, case) | {"channels": words.CHANNELS, "results": words.RESULTS}
    context |= {"safe": contact.ways(case.patient), "neutral": contact.neutral(case.patient)}
    context |= {"now": {"day": f"{now.day}/{now.month}/{now.year}", "time": f"{now:%H:%M}"}}
    if request.method == "POST":
        sent = forms.Attempted(request.POST)
        context["errors"] = forms.errors_of(sent)
        if sent.is_valid():
            said = sent.tried()
            try:
                actions.tried(request.viewer, case, said, sent.cleaned_data["token"])
            except FairpracticeError as error:
                context["errors"] = {"channel": error.sentence}
                context["was_unsafe"] = actions.unsafe(case.patient, said.channel, said.at)
            else:
                return _back(case, "Recorded.", request)
    return render(request, "cases/contacted.jinja", context)


@requires(access.HELP, reach=reach.case, methods=("GET", "POST"))
def goals(request: HttpRequest, case: Case) -> HttpResponse:
    """Agree a goal, beside what matters to the person in their own words."""
    said = {each.id: each for each in own_words(case.patient)}
    context = _about(request, case) | {"own_words": list(said.values())}
    if request.method == "POST":
        sent = forms.Agreed(request.POST)
        context["errors"] = forms.errors_of(sent)
        if sent.is_valid():
            data = sent.cleaned_data
            words_of = said.get(data["own_words"])
            actions.agree(request.viewer, case, data["goal"], words_of, data["token"])
            return _back(case, "Agreed and written down.", request)
    return render(request, "cases/goal.jinja", context)


@requires(access.HELP, reach=reach.goal, methods=("POST",))
def settle_goal(request: HttpRequest, goal: Goal) -> HttpResponse:
    """Say how far somebody came with a goal."""
    sent = forms.Settled(request.POST)
    if sent.is_valid():
        data = sent.cleaned_data
        actions.settle(request.viewer, goal, data["state"], data["version"])
        messages.success(request, "Written down.")
    return redirect("cases:case", case=goal.case_id)


@requires(access.HELP, reach=reach.case, methods=("GET", "POST"))
def needs(request: HttpRequest, case: Case) -> HttpResponse:
    """Record a need, and apart from it whether help is wanted."""
    context = _about(request, case) | {"topics": words.NEEDS, "wishes": WISHES}
    context |= {"known": _known(case.patient)}
    if request.method == "POST":
        known = "wished" in request.POST
        sent = forms.Wished(request.POST) if known else forms.Needed(request.POST)
        context["errors"] = forms.errors_of(sent)
        if sent.is_valid():
            data = sent.cleaned_data
            topic, wish = data["wished"] if known else (data["topic"], data["wish"])
            status = None if known else data["status"]
            try:
                actions.need(request.viewer, case, topic, status, wish, data["token"])
            except Conflict:
                raise
            except FairpracticeError as error:
                context["errors"] = {"topic": error.sentence}
            else:
                return _back(case, "Recorded.", request)
    return render(request, "cases/needs.jinja", context)


def _known(patient: Patient) -> list[tuple[str, str]]:
    """Return the needs that are recorded of somebody, as far as a link worker may know."""
    lists, today = codelists(), timezone.localdate()
    entered = list(facts.in_force(patient, sensitive=False))
    rows = facts.overlaid(record().person(patient.record_id), entered, lists, sensitive=False)
    found = facts.known(rows, today, lists, sensitive=False)
    return [
        (each.topic.id, each.topic.label)
        for each in found
        if each.current.status == "present" and each.topic.id in words.NEEDS
    ]


@requires(access.HELP, reach=reach.case, methods=("GET", "POST"))
def measure(request: HttpRequest, case: Case) -> HttpResponse:
    """Ask somebody how they are, before they are helped or after: in the room, or by a link."""
    context = _about(request, case)
    asked = well_being.of_case(case)
    context |= {
        "offered": {each.id: each.title for each in asked},
        "moments": dict(Measurement.Moment.choices),
        "how": _ways(case.patient),
        "says": {"moment": asked[0].next, "way": Way.ROOM} | request.POST.dict(),
    }
    if request.method != "POST":
        context["says"] |= request.GET.dict()
        return render(request, "cases/measure.jinja", context)
    sent = forms.Measured(request.POST)
    if not sent.is_valid():
        context["errors"] = forms.errors_of(sent)
        return render(request, "cases/measure.jinja", context)
    return _measured(request, case, sent.cleaned_data, context)


def _ways(patient: Patient) -> dict[str, str]:
    """Return the ways in which somebody can be asked now."""
    safe = {way for way in (Way.TEXT, Way.LETTER) if contact.may(patient, way).allowed}
    return {way: WAYS[way] for way in (Way.ROOM, *Way) if way in {*safe, Way.ROOM, Way.DESK}}


def _measured(
    request: HttpRequest, case: Case, said: dict[str, str], context: dict[str, Any]
) -> HttpResponse:
    chosen = catalogue.everything()[said["questionnaire"]]
    if said["way"] == Way.ROOM:
        hidden = {"moment": said["moment"], "way": Way.ROOM.value}
        context |= {"name": said["questionnaire"], "hidden": hidden}
        context |= {"action": reverse("cases:measure", kwargs={"case": case.id})}
        asked, context = room.sheet(request, case.patient, chosen, context)
        if asked is None:
            return render(request, "questionnaires/room.jinja", context)
        actions.measured(request.viewer, case, asked, said["moment"])
        return _back(case, "Written down.", request)
    site, token = request.build_absolute_uri(reverse("own:enter")), request.POST.get("token", "")
    try:
        asked, code = asking.ask(
            request.viewer, case.patient, chosen, said["way"], "direct_care", uuid.UUID(token), site
        )
    except Conflict:
        raise
    except (FairpracticeError, ValueError) as error:
        what = error.sentence if isinstance(error, FairpracticeError) else "Open the page again"
        return render(request, "cases/measure.jinja", context | {"errors": {"way": what}})
    actions.measured(request.viewer, case, asked, said["moment"])
    if not code:
        return _back(case, "A message with a link was put into the outbox.", request)
    return handed_over(request, asked, code, site)


@requires(access.HELP, reach=reach.case, methods=("POST",))
def note(request: HttpRequest, case: Case) -> HttpResponse:
    """Write a note in a case."""
    sent = forms.Noted(request.POST)
    if not sent.is_valid():
        messages.success(request, "Nothing was written down: the note was empty or too long.")
        return redirect("cases:case", case=case.id)
    actions.note(request.viewer, case, sent.cleaned_data["note"], sent.cleaned_data["token"])
    return _back(case, "Noted.", request)


@requires(access.HELP, reach=reach.case, methods=("GET", "POST"))
def give_back(request: HttpRequest, case: Case) -> HttpResponse:
    """Let somebody else go on with a case."""
    context = _about(request, case)
    if request.method == "POST":
        sent = forms.GivenBack(request.POST)
        context["errors"] = forms.errors_of(sent)
        if sent.is_valid():
            taking.give_back(
                request.viewer, case, sent.cleaned_data["why"], sent.cleaned_data["version"]
            )
            messages.success(request, "Given back. They wait for a link worker.")
            return redirect("cases:caseload")
    return render(request, "cases/give_back.jinja", context)


@requires(access.HELP, reach=reach.case, methods=("GET", "POST"))
def close(request: HttpRequest, case: Case) -> HttpResponse:
    """Close a case with an outcome, and tell the practice."""
    asked = list(case.needs.order_by("told_at", "id"))
    context = _about(request, case) | {"needs": asked, "topics": TOPICS}
    context |= {"outcomes": ENDS, "results": dict(Need.Result.choices)}
    context["holding"] = [said for each in actions.HOLDS_OPEN if (said := each(case))]
    context["says"] = request.POST.dict() or {"told": draft(case)}
    if request.method == "POST":
        sent = forms.Closed(request.POST, asked)
        context["errors"] = forms.errors_of(sent)
        if sent.is_valid():
            data = sent.cleaned_data
            results = {each.id: data[f"need-{each.id}"] for each in asked}
            told, seen = data["told"], data["version"]
            try:
                actions.close(request.viewer, case, data["outcome"], told, results, seen)
            except Conflict:
                raise
            except FairpracticeError as error:
                context["errors"] = {"outcome": error.sentence}
            else:
                messages.success(request, "Closed. The practice sees what came of it.")
                return redirect("cases:caseload")
    return render(request, "cases/close.jinja", context)


def draft(case: Case) -> str:
    """Return what the practice could be told, to be put into better words."""
    attempts = list(case.attempts.order_by("at"))
    spoke = sum(each.result in words.REACHED for each in attempts)
    times = "time" if len(attempts) == 1 else "times"
    tried = f"Tried {len(attempts)} {times}, spoke with them {spoke}."
    wanted = [TOPICS[each.topic].label for each in case.needs.filter(wish="wanted")]
    return " ".join([tried, *([f"Wanted help with: {', '.join(wanted)}."] if wanted else [])])
