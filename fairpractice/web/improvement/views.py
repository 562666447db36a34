"""The pages of improvement projects."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.core.locking import Conflict
from fairpractice.web.improvement import actions, drawing, forms, reach, score, words
from fairpractice.web.improvement.models import Project
from fairpractice.web.population import reach as figures
from fairpractice.web.population.models import Part
from fairpractice.web.worklists import reach as lists


@requires(access.PROJECTS)
def projects(request: HttpRequest) -> HttpResponse:
    """Show what is being tried, and what was learned."""
    found = reach.projects(request.viewer)
    measures = forms.measures()
    going = [
        (each, measures.get(each.measure, each.measure), reach.is_late(each))
        for each in found.filter(closed_at=None).order_by("review_on", "id")
    ]
    closed = found.exclude(closed_at=None).order_by("-closed_at", "id")
    context = {"going": going, "closed": closed, "results": words.RESULTS}
    context |= {"outside": reach.is_partner(request.viewer)}
    return render(request, "improvement/projects.jinja", context)


@requires(access.START_PROJECT, methods=("GET", "POST"))
def start(request: HttpRequest) -> HttpResponse:
    """Start a project."""
    place = reach.place_of(request.viewer)
    errors: dict[str, str] = {}
    if request.method == "POST":
        sent = forms.Start(place, request.POST)
        if sent.is_valid():
            token = sent.cleaned_data["token"]
            made = actions.start(request.viewer, place, sent.planned(), token)
            return redirect("improvement:project", project=made.id)
        errors = sent.problems() or {"title": "Open the page again"}
    context = _choices(request, place, errors)
    says = request.POST.dict() or _comes_from(request)
    context |= {"says": says, "measures": forms.measures(), "groups": score.groups()}
    context |= {"listings": forms.listings()}
    return render(request, "improvement/start.jinja", context)


def _comes_from(request: HttpRequest) -> dict[str, str]:
    """Return what a new project says before anybody wrote: from the figure or list one came from.

    Their addresses say nothing of what they are about.
    """
    says = {"lead": str(request.viewer.user_id)}
    figure = _reached(figures.part, request, "figure")
    if figure and figure.kind == Part.Kind.MEASURE:
        says["measure"] = figure.name
    if listing := _reached(lists.listing, request, "list"):
        says["rule"] = listing.rule
    return says


def _reached(reach: Any, request: HttpRequest, name: str) -> Any:
    try:
        found = reach(request.viewer, uuid.UUID(request.GET.get(name, "")))
    except ValueError:
        return None
    return found.object if found else None


def _choices(request: HttpRequest, place: Any, errors: dict[str, str]) -> dict[str, Any]:
    leaders = {str(each.id): each.name for each in reach.leaders(place)}
    named = {"errors": errors, "leaders": leaders, "token": uuid.uuid4()}
    return named | {"nobody_named": words.NOBODY_NAMED}


@requires(access.PROJECTS, reach=reach.project)
def project(request: HttpRequest, project: Project) -> HttpResponse:
    """Show a project, its score, who takes part and what was noted."""
    return _project(request, project, {})


def _project(request: HttpRequest, project: Project, errors: dict[str, str]) -> HttpResponse:
    if project.closed_at is None:
        score.keep(project)
    kept, notes = score.score(project), project.notes.select_related("noted_by")
    outside = reach.is_partner(request.viewer)
    if outside:
        notes = notes.filter(step__in=words.STEPS)
    context = {
        "project": project,
        "outside": outside,
        "score": [(each, drawing.run_chart(each, project.began_on)) for each in kept],
        "taking_part": project.taking_part.select_related("said_by").order_by("-said_at", "id"),
        "notes": notes.order_by("-noted_at", "id"),
        "listing": "" if outside else forms.listings().get(project.rule, ""),
        "levels": words.LEVELS,
        "steps": words.STEPS,
        "results": words.RESULTS,
        "nobody_named": words.NOBODY_NAMED,
        "late": reach.is_late(project),
        "led": project.closed_at is not None or reach.has_a_lead(project),
        "errors": errors,
        "says": request.POST.dict(),
        "token": uuid.uuid4(),
    }
    return render(request, "improvement/project.jinja", context)


@requires(access.NOTE, reach=reach.project, methods=("POST",))
def note(request: HttpRequest, project: Project) -> HttpResponse:
    """Note progress."""
    sent = forms.Noting(request.POST)
    return _added(request, project, sent, actions.note, ("step", "words"), "Noted.")


@requires(access.NOTE, reach=reach.project, methods=("POST",))
def involve(request: HttpRequest, project: Project) -> HttpResponse:
    """Say who takes part."""
    sent = forms.Involve(request.POST)
    names = ("who", "level", "evidence")
    return _added(request, project, sent, actions.involve, names, "Added.")


def _added(
    request: HttpRequest, project: Project, sent: Any, act: Any, names: tuple[str, ...], done: str
) -> HttpResponse:
    if not sent.is_valid():
        errors = {name: said[0] for name, said in sent.errors.items() if name != "token"}
        return _project(request, project, errors or {names[0]: "Open the page again"})
    said = [sent.cleaned_data[name] for name in names]
    try:
        act(request.viewer, project, *said, sent.cleaned_data["token"])
    except FairpracticeError as error:
        if isinstance(error, Conflict):
            raise
        return _project(request, project, {names[0]: f"{error.what}. {error.fix}"})
    messages.success(request, done)
    return redirect("improvement:project", project=project.id)


@requires(access.LEAD, reach=reach.project, methods=("GET", "POST"))
def change(request: HttpRequest, project: Project) -> HttpResponse:
    """Change a project; what it said before stays, as a note."""
    if project.closed_at is not None:
        return redirect("improvement:project", project=project.id)
    errors: dict[str, str] = {}
    says = {name: getattr(project, name) for name in actions.CHANGED} | {"version": project.version}
    says |= {"lead": str(project.lead_id), "review_on": project.review_on.isoformat()}
    if request.method == "POST":
        sent = forms.Change(project.place, request.POST)
        if sent.is_valid() and sent.cleaned_data["review_on"] <= project.began_on:
            sent.add_error("review_on", "Look at it again after it has begun")
        if sent.is_valid():
            values = sent.values()
            actions.change(request.viewer, project, sent.cleaned_data["version"], **values)
            messages.success(request, "Changed. What it said before is among the notes.")
            return redirect("improvement:project", project=project.id)
        errors, says = sent.problems(), request.POST.dict()
    context = _choices(request, project.place, errors) | {"project": project, "says": says}
    return render(request, "improvement/change.jinja", context)


@requires(access.LEAD, reach=reach.project, methods=("GET", "POST"))
def close(request: HttpRequest, project: Project) -> HttpResponse:
    """Close a project with what was learned."""
    if project.closed_at is not None:
        return redirect("improvement:project", project=project.id)
    errors: dict[str, str] = {}
    if request.method == "POST":
        sent = forms.Close(request.POST)
        if sent.is_valid():
            said = sent.cleaned_data
            told = (said["result"], said["learned"], said["others"])
            actions.close(request.viewer, project, said["version"], *told)
            messages.success(request, "Closed. What was learned is for everybody to see.")
            return redirect("improvement:project", project=project.id)
        errors = {name: wrong[0] for name, wrong in sent.errors.items() if name != "version"}
    says = request.POST.dict() or {"version": project.version}
    context = {"project": project, "errors": errors, "says": says, "results": words.RESULTS}
    context |= {"nobody_named": words.NOBODY_NAMED}
    return render(request, "improvement/close.jinja", context)
