"""The pages of who acts for somebody: for staff, and for the person themselves."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer, requires
from fairpractice.web.core.models import Entry
from fairpractice.web.patients import reach as people
from fairpractice.web.patients import suspension, until
from fairpractice.web.patients.models import Patient, PersonAccount
from fairpractice.web.questionnaires import forms, links, proxies, reach


SCOPES = {"answers": "answer what is asked", "reads": "answer, and see what is held"}
DID = {
    access.MINE: "opened your pages",
    access.ANSWER: "looked at or answered what you are asked",
    access.HELD: "saw what is held",
    access.ASK_FOR: "looked at help with everyday life, or asked for it",
}
SHOWN = 100  # of what they did, the latest
TURNING = {
    until.DECIDES: "may be able to decide",
    until.OWN_PAGES: "can have pages of their own",
    until.ADULT: "decide as an adult does",
}


@requires(access.PROXIES, reach=people.person, methods=("GET", "POST"))
def acting(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show who acts for somebody, and let another do so."""
    if request.method != "POST":
        return _acting(request, patient, {})
    sent = forms.Acting(request.POST)
    if not sent.is_valid():
        errors = {name: said[0] for name, said in sent.errors.items() if name != "token"}
        return _acting(request, patient, errors or {"name": "Open the page again"})
    try:
        proxies.allow(request.viewer, patient, sent.proxy(), sent.cleaned_data["token"])
    except FairpracticeError as error:
        return _acting(request, patient, _wrong(error))
    messages.success(request, "They may act from now on. The person can see that they do.")
    return redirect("questionnaires:acting", patient=patient.id)


def _wrong(error: FairpracticeError) -> dict[str, str]:
    return {"ends_on-day" if error.where == "ends_on" else "ground": error.what}


def _context(request: HttpRequest, patient: Patient, errors: dict[str, str]) -> dict[str, Any]:
    today = dt.date.today()
    context = {"patient": patient, "errors": errors, "sent": request.POST, "scopes": SCOPES}
    context |= {"all_grounds": proxies.GROUNDS, "verified": proxies.VERIFIED}
    context |= {"grounds": proxies.grounds(patient, today)}
    return context | {"latest": proxies.latest(patient, today)}


def _acting(request: HttpRequest, patient: Patient, errors: dict[str, str]) -> HttpResponse:
    today = dt.date.today()
    statements = suspension.sensitive_statements(patient)
    accounts = []
    for each in proxies.acting(patient):
        stopped = statements > each.sensitive_seen
        state = "over" if until.is_over(each, today) else "stopped" if stopped else "acts"
        accounts.append((each, state, until.end(each), until.ends_soon(each, today)))
    context = _context(request, patient, errors) | {"accounts": accounts, "token": uuid.uuid4()}
    context |= {"turning": TURNING}
    return render(request, "questionnaires/acting.jinja", context)


@requires(access.PROXIES)
def ending(request: HttpRequest) -> HttpResponse:
    """Show for whom of the practice who acts for them soon may no more."""
    return render(
        request, "questionnaires/ending.jinja", {"ending": proxies.ending(request.viewer)}
    )


def notices(request: HttpRequest) -> dict[str, Any]:
    """Let the first page say of how many who act the time ends soon; it asks when it is shown."""
    viewer: Viewer | None = getattr(request, "viewer", None)

    def count() -> int:
        return len(proxies.ending(viewer)) if viewer and viewer.may(access.PROXIES) else 0

    return {"acting_ends": count}


@requires(access.PROXIES, reach=reach.account, methods=("GET", "POST"))
def review(request: HttpRequest, account: PersonAccount) -> HttpResponse:
    """Look at an account again, and let them go on."""
    patient = account.patient
    errors: dict[str, str] = {}
    if request.method == "POST":
        sent = forms.Looked(request.POST)
        errors = {name: said[0] for name, said in sent.errors.items()}
        if not errors:
            said = sent.cleaned_data
            seen = (said["until"], said["statements"])
            try:
                proxies.review(request.viewer, account, said["ground"], said["ends_on"], seen)
            except FairpracticeError as error:
                if not error.where:
                    raise
                errors = _wrong(error)
            else:
                messages.success(request, "They may go on.")
                return redirect("questionnaires:acting", patient=patient.id)
    context = _context(request, patient, errors) | {"account": account}
    context |= {"statements": suspension.sensitive_statements(patient)}
    return render(request, "questionnaires/review.jinja", context)


@requires(access.PROXIES, reach=reach.account, methods=("POST",))
def end(request: HttpRequest, account: PersonAccount) -> HttpResponse:
    """Let somebody act no more, at once."""
    proxies.end(request.viewer, account)
    messages.success(request, f"Ended. {account.user.name} can open nothing here from now on.")
    return redirect("questionnaires:acting", patient=account.patient_id)


@requires(access.PROXIES, reach=reach.account, methods=("POST",))
def link(request: HttpRequest, account: PersonAccount) -> HttpResponse:
    """Make a link by which somebody who acts comes in; the one before opens no more."""
    code, made = proxies.linked(request.viewer, account)
    context = {"patient": account.patient, "account": account, "link": made}
    context |= {"code": links.written(code)}
    context |= {"site": request.build_absolute_uri(reverse("own:enter"))}
    return render(request, "questionnaires/handed_over.jinja", context)


@requires(access.WHO_ACTS, reach=people.person)
def for_me(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show somebody who acts for them, and what those did.

    That something has suspended one of them is not here: it would tell them.
    """
    today = dt.date.today()
    accounts = list(proxies.acting(patient))
    names = {each.user_id: each.user.name for each in accounts}
    found = Entry.objects.filter(patient_id=patient.id, user_id__in=names, outcome="done")
    did = [
        (each.at, names[each.user_id], DID[each.act])
        for each in found.filter(act__in=DID).order_by("-id")[:SHOWN]
    ]
    acts = [(each, until.is_over(each, today), until.end(each)) for each in accounts]
    context = {"patient": patient, "accounts": acts, "did": did}
    return render(request, "own/acting.jinja", context)
