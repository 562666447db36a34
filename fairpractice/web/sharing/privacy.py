"""The pages of the privacy officer."""

import datetime as dt
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer, requires
from fairpractice.web.core.audit import OUTCOMES, entry
from fairpractice.web.patients.actions import index_of_number
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import emergency as emergencies
from fairpractice.web.sharing import export, held, reach, retention, search, words
from fairpractice.web.sharing.models import Consent, EmergencyAccess, LegalHold, Objection


AT_ONCE = 50


def _people(viewer: Viewer) -> QuerySet[Patient]:
    """Return the people for whose data the viewer's network answers."""
    found: QuerySet[Patient] = Patient.objects.filter(practice__network_id=viewer.organisation_id)
    return found


def _numbered(viewer: Viewer, number: str) -> Patient | None:
    """Return the person with an NHS number, if the viewer's network answers for them."""
    plain = "".join(number.split()).replace("-", "")
    return _people(viewer).filter(by_nhs_number=index_of_number(plain)).first() if plain else None


@requires(access.PRIVACY)
def privacy(request: HttpRequest) -> HttpResponse:
    """Show what a privacy officer looks after."""
    return render(request, "sharing/privacy.jinja")


@requires(access.AUDIT, methods=("GET", "POST"))
def audit(request: HttpRequest) -> HttpResponse:
    """Search the audit trail. What is looked for is sent in the body, never the address."""
    context: dict[str, Any] = {"acts": search.acts(), "sent": request.POST}
    if request.method == "POST":
        asked, errors = _asked(request)
        context["errors"] = errors
        if not errors:
            context["found"] = search.search(request.viewer, asked)
    return render(request, "sharing/audit.jinja", context)


def _asked(request: HttpRequest) -> tuple[search.Asked, dict[str, str]]:
    sent, errors, days = request.POST, {}, {}
    person = None
    if number := sent.get("nhs_number", "").strip():
        person = _numbered(request.viewer, number)
        if person is None:
            errors["nhs_number"] = "Nobody here has this NHS number"
    for name in ("since", "until"):
        try:
            days[name] = dt.date.fromisoformat(sent[name]) if sent.get(name) else None
        except ValueError:
            errors[name] = "Enter a day, such as 2026-03-27"
    before = sent.get("before", "")
    asked = search.Asked(
        person=person,
        name=sent.get("name", "").replace("\0", "").strip()[:150],
        act=sent.get("act", "") if sent.get("act") in search.acts() else "",
        outcome=sent.get("outcome", "") if sent.get("outcome") in OUTCOMES else "",
        since=days.get("since"),
        until=days.get("until"),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 18 else None,
    )
    return asked, errors


@requires(access.REVIEW)
def queue(request: HttpRequest) -> HttpResponse:
    """List the emergencies: those that wait first, then those that were looked into."""
    told = EmergencyAccess.objects.filter(told_id=request.viewer.organisation_id)
    told = told.select_related("user", "organisation", "patient").order_by("-opened_at", "id")
    done = Paginator(told.exclude(reviewed_at=None), AT_ONCE).get_page(request.GET.get("page"))
    context = {"waiting": list(told.filter(reviewed_at=None)), "done": done}
    return render(request, "sharing/queue.jinja", context)


@requires(access.REVIEW, reach=reach.emergency, methods=("GET", "POST"))
def review(request: HttpRequest, emergency: EmergencyAccess) -> HttpResponse:
    """Show an emergency with what was read in it, and say what is found."""
    context = {"emergency": emergency, "kinds": EmergencyAccess.Found.choices}
    if request.method == "POST":
        found = request.POST.get("found")
        if found in EmergencyAccess.Found.values:
            emergencies.review(
                request.viewer, emergency, found, request.POST.get("note", "")[:2000]
            )
            messages.success(request, "Noted.")
            return redirect("sharing:emergencies")
        context |= {"errors": {"found": "Choose what you found"}, "sent": request.POST}
    context["read"] = search.within(emergency)
    return render(request, "sharing/review.jinja", context)


@requires(access.REGISTERS)
def consents(request: HttpRequest) -> HttpResponse:
    """The register of consents."""
    found = Consent.objects.filter(patient__in=_people(request.viewer))
    found = found.select_related("patient", "recipient").order_by("-starts_at", "id")
    return _register(request, "sharing/consents.jinja", found)


@requires(access.REGISTERS)
def objections(request: HttpRequest) -> HttpResponse:
    """The register of objections."""
    found = Objection.objects.filter(patient__in=_people(request.viewer))
    found = found.select_related("patient").order_by("-recorded_at", "id")
    return _register(request, "sharing/objections.jinja", found)


def _register(request: HttpRequest, template: str, found: QuerySet[Any]) -> HttpResponse:
    page = Paginator(found, AT_ONCE).get_page(request.GET.get("page"))
    context = {"page": page, "words": words, "now": timezone.now(), "today": timezone.localdate()}
    return render(request, template, context)


@requires(access.EXPORT, methods=("GET", "POST"))
def find_for_export(request: HttpRequest) -> HttpResponse:
    """Find whose data are to be exported."""
    context: dict[str, Any] = {"sent": request.POST}
    if request.method == "POST":
        found = _numbered(request.viewer, request.POST.get("nhs_number", ""))
        entry(request.viewer, access.EXPORT, detail={"found": int(found is not None)})
        if found:
            return redirect("sharing:export", patient=found.id)
        context["errors"] = {"nhs_number": "Nobody here has this NHS number"}
    return render(request, "sharing/find_for_export.jinja", context)


@requires(access.EXPORT, reach=reach.answered_for, methods=("GET", "POST"))
def export_person(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Look through all that is held about a person, leave out what must be, and take it."""
    left_out, why = request.POST.getlist("left_out"), request.POST.get("why", "").strip()
    if request.method == "POST" and (why or not left_out):
        packed = export.package(request.viewer, patient, left_out, why[:2000])
        answer = HttpResponse(packed, content_type="application/zip")
        answer["Content-Disposition"] = 'attachment; filename="everything.zip"'
        return answer
    context: dict[str, Any] = {"patient": patient, "left_out": left_out}
    context["groups"] = export.grouped(held.items(patient))
    if left_out:
        context["errors"] = {"why": "Say why you leave something out"}
    return render(request, "sharing/export.jinja", context)


@requires(access.RETENTION, methods=("GET", "POST"))
def schedule(request: HttpRequest) -> HttpResponse:
    """Show how long things are kept and what is due; erase it when told to."""
    if request.method == "POST" and request.POST.get("sure") == "yes":
        erased = retention.run(request.viewer)
        messages.success(request, f"{sum(erased.values()):,} erased, as the schedule says.")
        return redirect("sharing:retention")
    context = {
        "schedule": retention.SCHEDULE,
        "due": retention.plan(),
        "errors": {"sure": "Tick that you are sure"} if request.method == "POST" else None,
        "holds": LegalHold.objects.filter(_answered_for(request.viewer), lifted_at=None)
        .select_related("patient", "placed_by")
        .order_by("-placed_at"),
    }
    return render(request, "sharing/retention.jinja", context)


def _answered_for(viewer: Viewer) -> Q:
    return Q(patient__practice__network_id=viewer.organisation_id) | Q(patient__practice=None)


@requires(access.RETENTION, methods=("POST",))
def hold(request: HttpRequest) -> HttpResponse:
    """Place a legal hold on what is held about a person, or lift one."""
    viewer, lifted = request.viewer, request.POST.get("lift", "")
    try:
        if lifted:
            placed = LegalHold.objects.filter(_answered_for(viewer), id=UUID(lifted)).first()
            if placed:
                retention.lift(viewer, placed)
                messages.success(request, "Lifted.")
            return redirect("sharing:retention")
        person = _numbered(viewer, request.POST.get("nhs_number", ""))
        if person is None:
            raise FairpracticeError("nobody here has this NHS number", fix="Check it.")
        retention.hold(viewer, person, request.POST.get("reason", "")[:2000])
    except (FairpracticeError, ValueError) as error:
        said = error.what if isinstance(error, FairpracticeError) else "that is no hold"
        return render(request, "sharing/hold.jinja", {"error": said, "sent": request.POST})
    messages.success(request, "It is kept until you lift this.")
    return redirect("sharing:retention")
