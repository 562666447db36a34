"""The pages of a person's sharing: for staff, for the person, and for who is told."""

import datetime as dt
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import access
from fairpractice.web.core.access import Role, Viewer, requires
from fairpractice.web.patients import reach
from fairpractice.web.patients.models import Patient
from fairpractice.web.patients.portrait import portrait
from fairpractice.web.sharing import consent as consents
from fairpractice.web.sharing import contact, forms, words
from fairpractice.web.sharing import reach as sharing_reach
from fairpractice.web.sharing.models import Consent


def _own(viewer: Viewer) -> bool:
    return viewer.role in (Role.PATIENT, Role.PROXY)


@requires(access.SHARING, reach=reach.person)
def sharing(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show who is told what about a person, and what they object to."""
    return _page(request, patient)


def _page(
    request: HttpRequest, patient: Patient, errors: dict[str, str] | None = None
) -> HttpResponse:
    viewer = request.viewer
    found = list(consents.visible(patient, viewer).prefetch_related("shares", "referrals__steps"))
    holding = set(patient.consents.filter(consents.in_force()).values_list("id", flat=True))
    context = {
        "patient": patient,
        "own": _own(viewer),
        "consents": [(each, each.id in holding) for each in found],
        "objections": consents.objections(patient),
        "may": {name: viewer.may(act) for name, act in MAY.items()},
        "words": words,
        "token": uuid.uuid4(),
        "errors": errors,
    }
    return render(request, "sharing/sharing.jinja", context)


MAY = {
    "consent": access.CONSENT,
    "withdraw": access.WITHDRAW,
    "object": access.OBJECT,
    "share": access.SHARE,
}


@requires(access.CONSENT, reach=reach.person, methods=("GET", "POST"))
def give(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Choose what is shared with whom; be shown its words; agree."""
    viewer = request.viewer
    context = {
        "patient": patient,
        "own": _own(viewer),
        "recipients": forms.recipients(patient),
        "offered": forms.offered(viewer),
        "may_hide": viewer.may(access.SENSITIVE),
        "words": words,
        "sent": request.POST,
        "chosen": request.POST.getlist("categories"),
        "token": request.POST.get("token") or uuid.uuid4(),
    }
    if request.method != "POST" or "again" in request.POST:
        return render(request, "sharing/give.jinja", context)
    sent = request.POST.copy()
    if _own(viewer):
        sent["method"], sent["given_by"] = forms.OWN_PAGE, "person"
    said = forms.Chosen(sent, viewer, patient)
    if not said.is_valid():
        errors = {name: text[0] for name, text in said.errors.items() if name != "token"}
        context |= {"errors": errors or {"recipient": "Open the page again"}}
        return render(request, "sharing/give.jinja", context)
    agreed = said.agreed()
    if "agreed" not in request.POST:
        return render(request, "sharing/agree.jinja", {**context, "agreed": agreed})
    given = consents.give(viewer, patient, agreed, said.cleaned_data["token"])
    messages.success(request, f"Agreed. It ends by itself on {_day(given.ends_on)}.")
    return redirect("sharing:person", patient=patient.id)


def _day(day: dt.date) -> str:
    return f"{day.day} {day:%B %Y}"


@requires(access.WITHDRAW, reach=sharing_reach.consent, methods=("POST",))
def withdraw(request: HttpRequest, consent: Consent) -> HttpResponse:
    """End a consent at once."""
    consents.withdraw(request.viewer, consent)
    stopped = f"{consent.recipient} sees nothing here from now on."
    if consent.recipient_id == consent.patient.practice_id:
        stopped = "What others told the practice is not used from now on."
    messages.success(request, f"Stopped. {stopped}")
    return redirect("sharing:person", patient=consent.patient_id)


@requires(access.SHARE, reach=sharing_reach.consent, methods=("POST",))
def share(request: HttpRequest, consent: Consent) -> HttpResponse:
    """Tell an organisation what the person agreed that it is told."""
    here = f"consent-{consent.id}"
    try:
        consents.share(request.viewer, consent, uuid.UUID(request.POST.get("token", "")))
    except FairpracticeError as error:
        return _page(request, consent.patient, {here: error.sentence})
    except ValueError:
        return _page(request, consent.patient, {here: "Nothing was sent. Send it again."})
    messages.success(request, f"Shared. {consent.recipient} can see it now.")
    return redirect("sharing:person", patient=consent.patient_id)


@requires(access.OBJECT, reach=reach.person, methods=("POST",))
def objection(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Record that somebody objects to a use of their data, or does no longer."""
    purpose, holds = request.POST.get("purpose"), request.POST.get("holds")
    if purpose in words.OBJECTIONS and holds in ("yes", "no"):
        change = consents.objects_to if holds == "yes" else consents.objects_no_longer
        change(request.viewer, patient, purpose)
        messages.success(request, "Noted. It holds from now on.")
    return redirect("sharing:person", patient=patient.id)


@requires(access.SHARED)
def shared_with_us(request: HttpRequest) -> HttpResponse:
    """List the people about whom one's organisation was told, and may see something now."""
    found = consents.shown_to(request.viewer.organisation_id)
    people = [
        each
        for each in sorted(found, key=lambda each: (each.name, str(each.id)))
        if "contact" in consents.seen_by(request.viewer.organisation_id, each)
    ]
    return render(request, "sharing/shared_with_us.jinja", {"people": people})


@requires(access.SHARED, reach=sharing_reach.shared)
def shared(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Show what one's organisation was told about a person, as far as it still may see it."""
    seen = consents.seen_by(request.viewer.organisation_id, patient)
    lines = []
    if seen & {"circumstances", "sensitive"}:
        full = portrait(patient, dt.date.today(), sensitive="sensitive" in seen)
        lines = [line for line in full.lines if line.status == "Yes"]
    context = {"patient": patient, "seen": seen, "lines": lines}
    if "contact" in seen:
        context |= {"now": contact.ways(patient)}
    return render(request, "sharing/shared.jinja", context)
