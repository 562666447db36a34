"""The page on which people ask for a link worker themselves, or for whom they act."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.errors import FairpracticeError
from fairpractice.listening.urgent import FIRST
from fairpractice.web.cases import forms, reach, requests
from fairpractice.web.cases.models import Request
from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.patients import reach as people
from fairpractice.web.patients.models import Patient
from fairpractice.web.questionnaires import catalogue


@requires(access.ASK_FOR, reach=people.person, methods=("GET", "POST"))
def ask(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Say what a link worker does, what happens next and where to turn now; take what is asked."""
    errors: dict[str, str] = {}
    if request.method == "POST":
        sent = forms.AskedFor(request.POST)
        errors = forms.errors_of(sent)
        if sent.is_valid():
            said = sent.cleaned_data
            try:
                requests.ask(request.viewer, patient, said["words"], said["token"])
            except FairpracticeError as error:
                errors = {"words": error.sentence}
            else:
                messages.success(request, "You have asked. It waits for a link worker.")
                return redirect("cases:own-help", patient=patient.id)
    return render(request, "cases/own_help.jinja", _page(request, patient, errors))


def _page(request: HttpRequest, patient: Patient, errors: dict[str, str]) -> dict[str, Any]:
    viewer, lines = request.viewer, catalogue.help_lines()
    seen = requests.seen_by(viewer, patient).filter(requests.STANDING)
    asked = list(seen.order_by("at", "id"))
    practice = patient.practice
    return {
        "patient": patient,
        "acts": viewer.role == access.Role.PROXY,
        "asked": [(each, requests.taken_on(each)) for each in asked],
        "mine": [each for each in asked if each.by_id == viewer.user_id],
        "offered": requests.offered(practice),
        "days": requests.usual_days(practice) if practice else None,
        "first": lines[FIRST],
        "lines": [each for kind, each in lines.items() if kind != FIRST],
        "token": uuid.uuid4(),
        "sent": request.POST,
        "errors": errors,
    }


@requires(access.ASK_FOR, reach=reach.asked, methods=("POST",))
def take_back(request: HttpRequest, asked: Request) -> HttpResponse:
    """Take back what somebody asked."""
    try:
        requests.take_back(request.viewer, asked)
    except FairpracticeError as error:
        page = _page(request, asked.case.patient, {"asked": error.sentence})
        return render(request, "cases/own_help.jinja", page)
    messages.success(request, "Taken back. You can ask again at any time.")
    return redirect("cases:own-help", patient=asked.case.patient_id)
