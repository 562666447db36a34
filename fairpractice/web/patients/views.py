"""The pages of people."""

import datetime as dt
import uuid
from dataclasses import replace

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.errors import FairpracticeError
from fairpractice.web.cases import caseload
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer, requires
from fairpractice.web.core.rate_limit import too_many, within_limit
from fairpractice.web.letters.views import beside_the_portrait
from fairpractice.web.patients import actions, facts, forms, reach
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.patients.portrait import ROUTES, STATUSES
from fairpractice.web.patients.portrait import portrait as portrait_of
from fairpractice.web.worklists import views as worklists


SEARCHES, EACH = 60, 300  # seconds


@requires(access.FIND, methods=("GET", "POST"))
def find(request: HttpRequest) -> HttpResponse:
    """Find a person of the practice. What is looked for is sent in the body, never the address."""
    if request.method != "POST":
        return render(request, "patients/find.jinja")
    if not within_limit("search", request.viewer.user_id, limit=SEARCHES, seconds=EACH):
        return too_many(request)
    errors, found = _search(request)
    if len(found) == 1 and not errors:
        return redirect("patients:portrait", patient=found[0].id)
    context = {"errors": errors, "found": found, "searched": not errors, "sent": request.POST}
    return render(request, "patients/find.jinja", context)


def _search(request: HttpRequest) -> tuple[dict[str, str], list[Patient]]:
    """Return what was wrong with what was sent, by field, and who was found."""
    if "nhs_number" in request.POST:
        numbered = forms.Numbered(request.POST)
        if not numbered.is_valid():
            return {"nhs-number": numbered.errors["nhs_number"][0]}, []
        try:
            number = numbered.cleaned_data["nhs_number"]
            return {}, actions.find_by_number(request.viewer, number)
        except FairpracticeError as error:
            return {"nhs-number": error.sentence}, []
    named = forms.Named(request.POST)
    errors = {}
    if not named.is_valid():
        if "family_name" in named.errors:
            errors["family-name"] = named.errors["family_name"][0]
        if {"day", "month", "year"} & set(named.errors):
            errors["birth-day"] = "Enter a date of birth, such as 27 3 1987"
        return errors, []
    sent = named.cleaned_data
    try:
        born_on = dt.date(sent["year"], sent["month"], sent["day"])
    except ValueError:
        return {"birth-day": "That day is not in the calendar"}, []
    return {}, actions.find_by_name(request.viewer, sent["family_name"], born_on)


def _may_see_sensitive(viewer: Viewer) -> bool:
    return viewer.may(access.SENSITIVE)


@requires(access.READ, reach=reach.person)
def portrait(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show what is known of a person."""
    shown = portrait_of(patient, dt.date.today(), sensitive=_may_see_sensitive(request.viewer))
    context = {"patient": patient, "shown": shown, "may_record": request.viewer.may(access.RECORD)}
    context |= beside_the_portrait(request.viewer, patient)
    context |= worklists.beside_the_portrait(request.viewer, patient)
    context |= caseload.beside_the_portrait(request.viewer, patient)
    context |= {"may_ask": request.viewer.may(access.ASK)}
    return render(request, "patients/portrait.jinja", context)


@requires(access.RECORD, reach=reach.person, methods=("GET", "POST"))
def record_fact(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Record a circumstance: one button is pressed."""
    topics = facts.topics(sensitive=_may_see_sensitive(request.viewer))
    context = {"patient": patient, "topics": topics, "routes": ROUTES}
    if request.method != "POST":
        return render(request, "patients/record_fact.jinja", {**context, "token": uuid.uuid4()})
    sent = request.POST.copy()
    sent["topic"], _, sent["status"] = sent.get("said", "").partition("/")
    said = forms.Said(sent)
    if not said.is_valid() or said.cleaned_data["topic"] not in {each.id for each in topics}:
        context |= {"errors": {"said": "Choose a circumstance and an answer"}}
        context |= {"token": uuid.uuid4()}
        return render(request, "patients/record_fact.jinja", context)
    token = said.cleaned_data["token"]
    try:
        actions.record_fact(request.viewer, patient, said.statement(), token)
    except FairpracticeError as error:
        context |= {"errors": {"said": f"Not recorded: {error.what}. {error.fix}"}, "token": token}
        return render(request, "patients/record_fact.jinja", context)
    messages.success(request, "Recorded.")
    return redirect("patients:portrait", patient=patient.id)


@requires(access.HISTORY, reach=reach.fact)
def history(request: HttpRequest, fact: SocialFact) -> HttpResponse:
    """Show a statement and all that it corrected or that corrects it."""
    sensitive = _may_see_sensitive(request.viewer)
    thread = facts.visible(fact.patient, sensitive=sensitive).filter(thread=fact.thread)
    thread = thread.order_by("-entered_at")
    thread = thread.select_related("recorded_by", "source_organisation", "consent")
    context = {"patient": fact.patient, "thread": thread, "routes": ROUTES, "statuses": STATUSES}
    context |= {"may_correct": request.viewer.may(access.CORRECT)}
    return render(request, "patients/history.jinja", context)


@requires(access.CORRECT, reach=reach.fact, methods=("GET", "POST"))
def correct_fact(request: HttpRequest, fact: SocialFact) -> HttpResponse:
    """Correct a statement, with a reason."""
    context = {"fact": fact, "patient": fact.patient, "routes": ROUTES, "statuses": STATUSES}
    if request.method != "POST":
        return render(request, "patients/correct_fact.jinja", {**context, "token": uuid.uuid4()})
    sent = forms.Corrected(request.POST)
    if not sent.is_valid():
        errors = {name: words[0] for name, words in sent.errors.items() if name != "token"}
        context |= {"errors": errors, "sent": request.POST, "token": uuid.uuid4()}
        return render(request, "patients/correct_fact.jinja", context)
    status = sent.cleaned_data["status"]
    before = actions.Statement(
        fact.topic, fact.status, fact.route, fact.lawful_basis, fact.sensitivity
    )
    said = None if status == "retracted" else replace(before, status=status)
    reason, token = sent.cleaned_data["reason"], sent.cleaned_data["token"]
    actions.correct_fact(request.viewer, fact, said, reason, token)
    messages.success(request, "Corrected. What it said before is kept in its history.")
    return redirect("patients:portrait", patient=fact.patient_id)
