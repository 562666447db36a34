"""The rows of a service as the plain data by which the library tells whether it suits."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from fairpractice.referral import offered
from fairpractice.referral.offered import BYDAY, Opening
from fairpractice.web.directory.models import (
    Location,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
    ServiceCapacity,
)


LANGUAGES = {
    "ar": "Arabic",
    "bn": "Bengali",
    "bfi": "British Sign Language",
    "cy": "Welsh",
    "en": "English",
    "es": "Spanish",
    "fa": "Farsi",
    "fr": "French",
    "gu": "Gujarati",
    "hi": "Hindi",
    "it": "Italian",
    "ku": "Kurdish",
    "lt": "Lithuanian",
    "pa": "Punjabi",
    "pl": "Polish",
    "ps": "Pashto",
    "pt": "Portuguese",
    "ro": "Romanian",
    "ru": "Russian",
    "so": "Somali",
    "sq": "Albanian",
    "syl": "Sylheti",
    "ta": "Tamil",
    "ti": "Tigrinya",
    "tr": "Turkish",
    "uk": "Ukrainian",
    "ur": "Urdu",
    "zh": "Chinese",
}
"""Codes of ISO 639, for feeds that say a language by its code alone."""

_ACCESS = {
    "wheelchair": r"wheelchair",
    "step_free": r"step[\s-]?free|level access|\blift\b|\bramps?\b|wheelchair",
    "hearing_loop": r"(hearing|induction)[\s-]loop",
    "sign_language": r"\bBSL\b|sign language",
    "toilet": r"accessible (toilet|wc)|disabled toilet",
    "parking": r"(disabled|accessible|blue badge) parking|parking for disabled",
    "from_home": r"\bonline\b|video call|video conferenc|by (tele)?phone|home visit|in your home",
}
_NOT = re.compile(
    r"\b(no|not|without|un\w+|isn[’']t|cannot|can[’']t|don[’']t)\b[^.;]*$", re.IGNORECASE
)
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def with_all(services: QuerySet[Service]) -> QuerySet[Service]:
    """Return services with all their rows, read in as many queries as there are kinds."""
    joined = ServiceAtLocation.objects.select_related("location").order_by("id")
    joined = joined.prefetch_related(
        "schedules",
        "service_areas",
        "phones",
        "location__addresses",
        "location__accessibility",
        "location__phones",
    )
    return services.select_related("provider", "organisation").prefetch_related(
        "schedules",
        "service_areas",
        "languages",
        "capacities",
        "cost_options",
        "phones",
        "contacts__phones",
        Prefetch("service_at_locations", joined),
    )


def worked_out(service: Service) -> dict[str, Any]:
    """Return what a service's other rows tell of whether it suits, to be kept with it.

    Parameters
    ----------
    service
        As :func:`with_all` reads it.
    """
    at = [each.location for each in service.service_at_locations.all() if each.location]
    addresses = [each for place in at for each in place.addresses.all()]
    capacity = max(service.capacities.all(), key=_updated, default=None)
    there, missing = access(service, at)
    rows = [
        *service.service_areas.all(),
        *(
            each
            for joined in service.service_at_locations.all()
            for each in joined.service_areas.all()
        ),
    ]
    areas = (each.extent or each.name or each.description for each in rows)
    points = ((place.latitude, place.longitude) for place in at)
    said_on = timezone.localdate(capacity.updated) if capacity and capacity.updated else None
    return {
        "areas": [each for each in areas if each],
        "points": [
            [north, east]
            for north, east in points
            if north is not None and east is not None and abs(north) <= 90 and abs(east) <= 180
        ],
        "postcodes": [each.postal_code for each in addresses if each.postal_code],
        "languages": languages(service),
        "access": sorted(there),
        "no_access": sorted(missing),
        "openings": [
            [day, *_hours(each), each.valid_to.isoformat() if each.valid_to else ""]
            for each in _schedules(service)
            for day in days(each)
        ],
        "available": capacity.available if capacity else None,
        "said_on": said_on.isoformat() if said_on else None,
    }


def plain(service: Service, on: dt.date) -> offered.Service:
    """Return a service as plain data, on a day; by itself, and what was worked out of it.

    Parameters
    ----------
    service
        Which.
    on
        The day; schedules that are over by then are not there.
    """
    known = service.known
    openings = {
        Opening(day, opens, closes)
        for day, opens, closes, until in known.get("openings", ())
        if not until or until >= on.isoformat()
    }
    said_on = known.get("said_on")
    return offered.Service(
        id=str(service.id),
        name=service.name,
        status=service.status,
        needs=frozenset(service.needs),
        minimum_age=service.minimum_age,
        maximum_age=service.maximum_age,
        eligibility=service.eligibility_description,
        areas=tuple(known.get("areas", ())),
        points=tuple((north, east) for north, east in known.get("points", ())),
        postcodes=tuple(known.get("postcodes", ())),
        languages=tuple(known.get("languages", ())),
        interpreting=service.interpretation_services,
        access=frozenset(known.get("access", ())),
        no_access=frozenset(known.get("no_access", ())),
        openings=tuple(sorted(openings, key=lambda each: (each.day, each.opens, each.closes))),
        available=known.get("available"),
        said_on=dt.date.fromisoformat(said_on) if said_on else None,
        waits=service.wait_time,
        assured_on=service.assured_date,
    )


def _updated(capacity: ServiceCapacity) -> dt.datetime:
    return capacity.updated or dt.datetime.min.replace(tzinfo=dt.UTC)


def languages(service: Service) -> list[str]:
    """Return the languages in which a service is offered, by name."""
    found = (each.name or LANGUAGES.get(each.code.lower(), "") for each in service.languages.all())
    return sorted({each for each in found if each})


def phones(service: Service) -> list[Phone]:
    """Return the telephone numbers of a service itself, not of its places."""
    at = (each for joined in service.service_at_locations.all() for each in joined.phones.all())
    of_contacts = (each for who in service.contacts.all() for each in who.phones.all())
    return [*service.phones.all(), *at, *of_contacts]


def _schedules(service: Service) -> list[Schedule]:
    at = (each for joined in service.service_at_locations.all() for each in joined.schedules.all())
    return [*service.schedules.all(), *at]


def days(schedule: Schedule) -> list[int]:
    """Return the days of the week on which a schedule is (0 is Monday)."""
    said = re.findall("|".join(BYDAY), schedule.byday.upper())
    return [BYDAY.index(each) for each in said]


def _hours(schedule: Schedule) -> tuple[str, str]:
    """Return from when to when; neither where it is not in every week."""
    if schedule.freq == "MONTHLY" or (schedule.interval or 1) > 1:
        return "", ""
    found = [_TIME.match(each) for each in (schedule.opens_at, schedule.closes_at)]
    opens, closes = (each.group() if each else "" for each in found)
    return opens, closes


def access(service: Service, at: Iterable[Location]) -> tuple[frozenset[str], frozenset[str]]:
    """Return what of access is said to be there, and what is said not to be."""
    texts = [service.description, service.application_process, service.alert]
    for place in at:
        texts += [place.description, place.transportation]
        rows = place.accessibility.all()
        texts += [text for each in rows for text in (each.description, each.details)]
        texts += ["online"] if place.location_type == "virtual" else []
    there: set[str] = set()
    missing: set[str] = set()
    for name, words in _ACCESS.items():
        for text in texts:
            for found in re.finditer(words, text, re.IGNORECASE):
                before = re.split(r"[.;\n]", text[: found.start()])[-1]
                after = text[found.end() :]
                no = _NOT.search(before) or re.match(r"[^.;,]*\bnot\b", after)
                (missing if no else there).add(name)
    return frozenset(there - missing), frozenset(missing)
