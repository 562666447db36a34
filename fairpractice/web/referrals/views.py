"""The pages of a link worker: refer, send elsewhere, follow, and tell somebody of a service."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.record.topics import TOPICS
from fairpractice.referral import states
from fairpractice.web.cases.models import Case
from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.core.locking import Conflict
from fairpractice.web.directory.models import Service
from fairpractice.web.patients.reach import person
from fairpractice.web.referrals import actions, choosing, following, forms, reach, received
from fairpractice.web.referrals.models import Referral
from fairpractice.web.referrals.seen import of as seen_of
from fairpractice.web.referrals.seen import seen
from fairpractice.web.sharing import words
from fairpractice.web.sharing.forms import offered
from fairpractice.web.sharing.models import Consent


VERBS = {
    "service": {
        "accepted": "Accept",
        "rejected": "Do not accept",
        "waiting_list": "Put on the waiting list",
        "in_progress": "Start",
        "on_hold": "Put on hold",
        "completed": "Record the outcome",
        "failed": "Hand it back",
        "cancelled": "They do not want it any more",
    },
    "link_worker": {
        "awaiting_response": "I asked the service again",
        "accepted": "The service accepted it",
        "rejected": "The service did not accept it",
        "waiting_list": "It is on the waiting list",
        "in_progress": "It has started",
        "on_hold": "It is on hold",
        "completed": "Record the outcome",
        "failed": "It could not be done",
        "cancelled": "Withdraw it",
        "entered_in_error": "It was sent in error",
    },
}
"""What is pressed to move a referral, by party; sending it elsewhere has a page of its own."""


def moves(referral: Referral, by: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """Return the moves that are a press each, and those that have a page: states and words."""
    may = [(to, verb) for to, verb in VERBS[by].items() if to in states.allowed(referral.state, by)]
    presses = [each for each in may if not forms.asks(each[0]).why]
    return presses, [each for each in may if each not in presses]


def said(error: FairpracticeError) -> str:
    """Return an error as a sentence or two."""
    return f"{error.what}. {error.fix or ''}".strip()


def first_errors(form: Any) -> dict[str, str]:
    """Return what is wrong first with each field."""
    return {name: str(wrong[0]) for name, wrong in form.errors.items() if name != "token"}


@requires(access.REFER, reach=reach.case, methods=("GET", "POST"))
def refer(request: HttpRequest, case: Case) -> HttpResponse:
    """Choose a need, a service, and what is shared; see what the service will see; send it."""
    return _refer(request, case, None)


@requires(access.REFER, reach=reach.elsewhere, methods=("GET", "POST"))
def elsewhere(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Send a referral to another service, which needs a consent of its own."""
    if "re_routed" not in states.allowed(referral.state, "link_worker"):
        return redirect("referrals:referral", referral=referral.id)
    return _refer(request, referral.case, referral)


def _refer(request: HttpRequest, case: Case, instead_of: Referral | None) -> HttpResponse:
    """Show the first page of four that is not filled in; each carries what came before it."""
    viewer, patient, sent = request.viewer, case.patient, request.POST
    page = sent.get("page", "")
    context: dict[str, Any] = {
        "case": case,
        "patient": patient,
        "instead_of": instead_of,
        "sent": sent,
        "token": sent.get("token") or uuid.uuid4(),
        "seen_version": sent.get("seen_version") or (instead_of.version if instead_of else ""),
        "words": words,
    }

    def show(name: str, form: Any, **more: Any) -> HttpResponse:
        tried = page == name or (page, name) == ("preview", "details")
        errors = first_errors(form) if tried else {}
        return render(request, f"referrals/{name}.jinja", {**context, **more, "errors": errors})

    need = forms.Need(sent, viewer)
    if not need.is_valid() or page == "back-to-need":
        return show("need", need, needs=choosing.needs(viewer, case))
    topic = need.cleaned_data["topic"]
    context |= {"need": TOPICS[topic].label}
    chosen = forms.Chosen(sent)
    if not chosen.is_valid() or page == "back-to-service":
        return show("service", chosen, found=choosing.services(patient, topic))
    service = chosen.cleaned_data["service"]
    context |= {"about": service}
    details = forms.Details(sent, viewer, patient, service, elsewhere=bool(instead_of))
    ready = page in ("details", "preview") and details.is_valid()
    shown = {
        "offered": offered(viewer),
        "held": list(details.held.values()),
        "chosen": sent.getlist("categories"),
        "methods": forms.METHODS,
    }
    if not ready or "again" in sent:
        return show("details", details, **shown)
    try:
        return _previewed(request, context, details.wanted(topic), instead_of)
    except Conflict:
        raise
    except FairpracticeError as error:
        wrong = {**context, **shown, "errors": {"categories": said(error)}}
        return render(request, "referrals/details.jinja", wrong)


def _previewed(
    request: HttpRequest,
    context: dict[str, Any],
    wanted: actions.Wanted,
    instead_of: Referral | None,
) -> HttpResponse:
    """Show exactly what the service will see; when that is what is sent, send it."""
    case: Case = context["case"]
    actions.check(wanted)
    if "send" not in request.POST:
        shown = seen(case.patient, wanted.categories, wanted.topic, wanted.asked.strip())
        agreed = wanted.consent if not isinstance(wanted.consent, Consent) else None
        more = {"seen": shown, "agreed": agreed, "chosen": wanted.categories}
        return render(request, "referrals/preview.jinja", {**context, **more})
    version = str(context["seen_version"])
    made = actions.send(
        request.viewer,
        case,
        wanted,
        uuid.UUID(str(context["token"])),
        instead_of=instead_of,
        seen=int(version) if version.isdecimal() else 0,
        why=request.POST.get("why", ""),
        inbox=_inbox(request),
    )
    messages.success(request, f"Sent. {made.recipient} can see it now.")
    return redirect("referrals:referral", referral=made.id)


def _inbox(request: HttpRequest) -> str:
    """Return the address at which a service reads what was sent to it."""
    return request.build_absolute_uri(reverse("referrals:inbox"))


@requires(access.FOLLOWING)
def followed(request: HttpRequest) -> HttpResponse:
    """List the open referrals of one's cases, those first that wait for one."""
    viewer = request.viewer
    sensitive = viewer.may(access.SENSITIVE)
    found = following.of_worker(viewer.user_id, sensitive=sensitive)
    today = timezone.localdate()
    sent, told = following.counted(reach.practices(viewer), today)
    context = {"found": found, "states": states.STATES, "today": today, "sent": sent, "told": told}
    return render(request, "referrals/followed.jinja", context)


@requires(access.FOLLOW, reach=reach.referral)
def referral(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Show how a referral stands, what happened to it, and what was written."""
    return _page(request, referral)


def _page(
    request: HttpRequest, referral: Referral, errors: dict[str, str] | None = None
) -> HttpResponse:
    viewer = request.viewer
    may_move = viewer.may(access.MOVE_REFERRAL)
    one = following.of(Referral.objects.filter(id=referral.id))[0]
    presses, pages = moves(referral, "link_worker") if may_move else ([], [])
    told = received.received(one.referral).categories
    here = person(viewer, referral.patient_id) is not None
    context = {
        "patient": referral.patient,
        "referral": one.referral,
        "one": one,
        "state": states.STATES[referral.state],
        "steps": referral.steps.select_related("by", "organisation").order_by("-number"),
        "written": referral.messages.select_related("by").order_by("at", "id"),
        "may_move": may_move,
        "presses": presses,
        "pages": pages,
        "elsewhere": "re_routed" in states.allowed(referral.state, "link_worker") and here,
        "here": here,
        "told": bool(told),
        "seen": seen_of(one.referral, told) if told and here else None,
        "renewable": _renewable(request, one.referral) if may_move else [],
        "labels": states.STATES,
        "outcomes": states.OUTCOMES,
        "words": words,
        "sent": request.POST,
        "token": uuid.uuid4(),
        "errors": errors or {},
    }
    return render(request, "referrals/referral.jinja", context)


def _renewable(request: HttpRequest, referral: Referral) -> list[Consent]:
    """Return the consents on which a referral whose own one ended can go on."""
    if referral.holds or referral.state in actions.OVER:
        return []
    return forms.on_file(request.viewer, referral.patient, referral.service)


@requires(access.MOVE_REFERRAL, reach=reach.move, methods=("GET", "POST"))
def move(request: HttpRequest, asked: tuple[Referral, str]) -> HttpResponse:
    """Move a referral; what needs words asks for them first."""
    referral, to = asked
    context = {"patient": referral.patient, "base": "referrals/of_person.jinja"}
    return moved(request, referral, to, "referrals:referral", "referrals:move", context)


def moved(
    request: HttpRequest,
    referral: Referral,
    to: str,
    back: str,
    here: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Move a referral, for either party: ``back`` and ``here`` name its page and this one."""
    by = actions.party(request.viewer)
    presses, pages = moves(referral, by)
    verb = dict([*presses, *pages]).get(to)
    if verb is None:
        return redirect(back, referral=referral.id)
    form = forms.Moved(request.POST, to)
    shown = {
        **context,
        "referral": referral,
        "to": to,
        "verb": verb,
        "asks": forms.asks(to),
        "back": back,
        "here": here,
        "sent": request.POST,
        "token": request.POST.get("token") or uuid.uuid4(),
        "errors": {},
    }
    if request.method != "POST":
        return render(request, "referrals/move.jinja", shown)
    if not form.is_valid():
        return render(request, "referrals/move.jinja", {**shown, "errors": first_errors(form)})
    given = form.cleaned_data
    try:
        actions.move(
            request.viewer,
            referral,
            given["version"],
            to,
            given["token"],
            why=given["why"],
            outcome=given["outcome"],
            inbox=_inbox(request),
        )
    except Conflict:
        raise
    except FairpracticeError as error:
        return render(request, "referrals/move.jinja", {**shown, "errors": {"why": said(error)}})
    messages.success(request, f"Noted: {states.STATES[to].label.lower()}.")
    return redirect(back, referral=referral.id)


@requires(access.MOVE_REFERRAL, reach=reach.referral, methods=("POST",))
def write(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Write to the service."""
    wrong = wrote(request, referral)
    if wrong:
        return _page(request, referral, {"words": wrong})
    return redirect("referrals:referral", referral=referral.id)


def wrote(request: HttpRequest, referral: Referral) -> str:
    """Write to the other party; return what is wrong, if something is."""
    form = forms.Written(request.POST)
    if not form.is_valid():
        return "Write a message"
    given = form.cleaned_data
    try:
        actions.write(request.viewer, referral, given["words"], given["token"])
    except FairpracticeError as error:
        return said(error)
    messages.success(request, "Written. They see it when they next look.")
    return ""


@requires(access.MOVE_REFERRAL, reach=reach.referral, methods=("POST",))
def renew(request: HttpRequest, referral: Referral) -> HttpResponse:
    """Let a referral go on with a consent that the person gave since."""
    form = forms.Renewed(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        held = _renewable(request, referral)
        consent = next((each for each in held if each.id == given["consent"]), None)
        if consent is None:
            raise Http404
        try:
            actions.stand_on(request.viewer, referral, given["version"], consent)
        except Conflict:
            raise
        except FairpracticeError as error:
            return _page(request, referral, {"renew": said(error)})
        messages.success(request, f"{referral.recipient} sees it again.")
    return redirect("referrals:referral", referral=referral.id)


@requires(access.SIGNPOST, reach=reach.service, methods=("GET", "POST"))
def tell(request: HttpRequest, service: Service) -> HttpResponse:
    """Show a service as a sheet to hand over; count that somebody was told of it, and not who."""
    viewer = request.viewer
    places = {each.id: each for each in reach.practices(viewer)}
    form = forms.Told(request.POST, viewer, places)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        actions.tell(viewer, service, given["topic"], given["practice"], given["token"])
        messages.success(request, "Counted. Nothing was kept of who it was.")
        return redirect("referrals:tell", service=service.id)
    context = {
        "about": service,
        "sheet": choosing.sheet(service),
        "needs": forms.needs(viewer),
        "practices": {str(each.id): each.name for each in places.values()},
        "sent": request.POST,
        "token": request.POST.get("token") or uuid.uuid4(),
        "errors": first_errors(form) if request.method == "POST" else {},
    }
    return render(request, "referrals/tell.jinja", context)
