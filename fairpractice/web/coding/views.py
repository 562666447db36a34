"""The pages of coding: a queue of each kind, and what is pressed on it."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from fairpractice.web.coding import actions, forms, queues, reach
from fairpractice.web.coding.finding import ASIDE, Kind
from fairpractice.web.coding.models import Decision
from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.letters.models import Letter
from fairpractice.web.letters.reach import letter as reach_letter
from fairpractice.web.patients.models import Patient
from fairpractice.web.patients.reach import person


QUEUES = {
    Kind.WORDS: (
        "In letters and their own words",
        "Sentences that may tell of something nobody recorded. A machine found them by plain "
        "words: read the sentence, and record it only if it says so.",
    ),
    Kind.TWICE: (
        "Recorded more than once",
        "The same statement twice on one day, by two routes or two people.",
    ),
    Kind.AGAINST: (
        "Contradicted by another source",
        "Statements of different routes that still hold and say otherwise.",
    ),
    Kind.NOTHING: (
        "Nothing recorded",
        "People of whom no circumstance was ever recorded. That is not known; it does not mean "
        "that there is no need.",
    ),
}


@requires(access.CODE)
def queues_page(request: HttpRequest) -> HttpResponse:
    """Show the queues."""
    listed = [(kind, *words) for kind, words in QUEUES.items()]
    return render(request, "coding/queues.jinja", {"queues": listed})


@requires(access.CODE)
def words(request: HttpRequest) -> HttpResponse:
    """Show what texts may tell of."""
    return _queue(request, Kind.WORDS)


@requires(access.CODE)
def twice(request: HttpRequest) -> HttpResponse:
    """Show what was recorded more than once."""
    return _queue(request, Kind.TWICE)


@requires(access.CODE)
def against(request: HttpRequest) -> HttpResponse:
    """Show what sources contradict."""
    return _queue(request, Kind.AGAINST)


@requires(access.CODE)
def nothing(request: HttpRequest) -> HttpResponse:
    """Show people of whom nothing is recorded."""
    return _queue(request, Kind.NOTHING)


def _queue(request: HttpRequest, kind: Kind) -> HttpResponse:
    sent = forms.Further(request.GET)
    after = sent.cleaned_data["after"] if sent.is_valid() else None
    page = queues.page(request.viewer, kind, after)
    title, about = QUEUES[kind]
    context: dict[str, Any] = {
        "kind": kind,
        "title": title,
        "about": about,
        "page": page,
        "findings": [(each, uuid.uuid4()) for each in page.findings],
        "lately": [(each, _outcome(each)) for each in queues.lately(request.viewer, kind)],
        "may_ask": request.viewer.may(access.ASK),
        "begun": after is not None,
    }
    return render(request, "coding/queue.jinja", context)


def _outcome(decision: Decision) -> str:
    aside = ASIDE[Kind(decision.kind)].get(decision.choice)
    if aside:
        return f"set aside: {aside[0].lower()}{aside[1:]}"
    return "recorded" if decision.choice == "record" else "taken back"


@requires(access.CODE, reach=person, methods=("POST",))
def settle(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Settle a finding."""
    form = forms.Settled(request.POST)
    if not form.is_valid():
        return redirect("coding:queues")
    said = form.cleaned_data
    kind = Kind(said["kind"])
    actions.settle(request.viewer, patient, kind, said["key"], said["choice"], said["token"])
    messages.success(request, "Settled. You can undo it below.")
    return _back(request, kind)


def _back(request: HttpRequest, kind: Kind) -> HttpResponse:
    """Go back to the queue, where it was."""
    where = forms.Further(request.POST)
    after = where.cleaned_data["after"] if where.is_valid() else None
    return redirect(reverse(f"coding:{kind}") + (f"?after={after}" if after else ""))


@requires(access.CODE, reach=reach.decision, methods=("POST",))
def undo(request: HttpRequest, decision: Decision) -> HttpResponse:
    """Take a decision back."""
    actions.undo(request.viewer, decision)
    messages.success(request, "Undone. It is in the queue again.")
    return _back(request, Kind(decision.kind))


@requires(access.CLEAR_LETTER, reach=reach_letter, methods=("POST",))
def clear(request: HttpRequest, letter: Letter) -> HttpResponse:
    """Say whether a letter may be coded from by those who may not see what is sensitive."""
    form = forms.Read(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        actions.clear(request.viewer, letter, said["version"], cleared=said["cleared"])
        done = "Coders may work from it now." if said["cleared"] else "Coders no longer see it."
        messages.success(request, done)
    return redirect("letters:letter", patient=letter.patient_id, letter=letter.id)
