"""The pages of the directory that are for finding a service."""

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from fairpractice.referral.needs import ASKED
from fairpractice.referral.offered import ACCESS, CHECKED_WITHIN, DAYS, Wanted
from fairpractice.referral.suiting import ago
from fairpractice.web.cases import reach as cases
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import requires
from fairpractice.web.directory import finding, forms, indexing, plain, reach
from fairpractice.web.directory.models import Service
from fairpractice.web.patients import reach as patients_reach
from fairpractice.web.patients.models import Patient


AT_ONCE = 20


@requires(access.DIRECTORY, methods=("GET", "POST"))
def find(request: HttpRequest) -> HttpResponse:
    """Look for a service. What is looked for stands in no address."""
    return _find(request, None)


@requires(access.FIND_FOR, reach=patients_reach.person, methods=("GET", "POST"))
def find_for(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Look for a service for somebody, by what is held of them."""
    return _find(request, patient)


def _find(request: HttpRequest, patient: Patient | None) -> HttpResponse:
    context: dict[str, Any] = {
        "patient": patient,
        "sent": request.POST,
        "chosen": {name: request.POST.getlist(name) for name in ("days", "access")},
        "asked": ASKED,
        "days": {str(number): day for number, day in enumerate(DAYS)},
        "access": ACCESS,
        "furthest": forms.FURTHEST,
        "case": cases.mine(request.viewer).filter(patient=patient).first() if patient else None,
    }
    if request.method == "POST":
        said = forms.Search(request.POST)
        if said.is_valid():
            wanted = said.wanted(patient)
            words = said.cleaned_data["words"].strip()
            found = finding.suggest(wanted, words)
            more = request.POST.get("more", "")
            shown = AT_ONCE * (1 + (int(more) if more.isdecimal() and len(more) < 4 else 0))
            context |= {"found": found, "shown": shown, "next": shown // AT_ONCE}
            context |= {"looked": _looked(wanted, words, patient)}
            context["far_unknown"] = bool(wanted.postcode) and wanted.point is None
            act = access.FIND_FOR if patient else access.DIRECTORY
            key = patient.id if patient else None
            audit.entry(request.viewer, act, patient=key, detail={"found": len(found.suited)})
        else:
            context["errors"] = {name: text[0] for name, text in said.errors.items()}
    return render(
        request, "directory/for_person.jinja" if patient else "directory/find.jinja", context
    )


def _looked(wanted: Wanted, words: str, patient: Patient | None) -> list[str]:
    """Say what was looked for, so that nobody wonders what the answer answers."""
    said = [f"“{words}”"] if words else []
    said += [ASKED[each].lower() for each in ASKED if each in wanted.needs]
    if wanted.age is not None:
        said.append(f"aged {wanted.age}")
    if patient and wanted.postcode:
        said.append(f"living in {wanted.postcode.split()[0]}")
    elif wanted.postcode:
        said.append(f"near {wanted.postcode.upper()}")
    said += sorted(wanted.languages)
    said += [ACCESS[each] for each in ACCESS if each in wanted.access]
    said += [DAYS[each] for each in sorted(wanted.days)]
    if wanted.within is not None:
        said.append(f"at most {wanted.within:g} km away")
    return said


@requires(access.DIRECTORY, reach=reach.entry)
def service(request: HttpRequest, service: Service) -> HttpResponse:
    """Show all that is known of a service, and how fresh it is."""
    today = timezone.localdate()
    known = plain.plain(service, today)
    at = [each.location for each in service.service_at_locations.all() if each.location]
    keeps = request.viewer.may(access.KEEP) and (
        reach.kept_by(request.viewer).filter(id=service.id).exists()
    )
    context = {
        "entry": service,
        "known": known,
        "terms": indexing.terms_of([service.id])[service.id],
        "needs": [ASKED[each] for each in ASKED if each in known.needs],
        "at": at,
        "hours": [(DAYS[each.day], each) for each in known.openings],
        "there": [ACCESS[each] for each in ACCESS if each in known.access],
        "missing": [ACCESS[each] for each in ACCESS if each in known.no_access],
        "phones": list(
            dict.fromkeys(
                each.number
                for each in (
                    *plain.phones(service),
                    *(each for place in at for each in place.phones.all()),
                )
            )
        ),
        "keeps": keeps,
        **fresh(service, today),
    }
    return render(request, "directory/service.jinja", context)


def fresh(service: Service, today: dt.date) -> dict[str, Any]:
    """Return how fresh an entry is: in words, and whether it is to be relied upon."""
    assured = service.assured_date
    return {
        "checked": ago(assured, today) if assured else "",
        "stale": assured is None or (today - assured).days > CHECKED_WITHIN,
    }
