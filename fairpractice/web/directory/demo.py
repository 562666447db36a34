"""A fictional directory for a demonstration: it is read as any other is."""

import datetime as dt
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from django.utils import timezone

from fairpractice.web.directory import indexing, taking_in
from fairpractice.web.directory.models import Postcode, Service
from fairpractice.web.organisations.models import Organisation


FICTIONAL = Path(__file__).parent / "fictional.json"
"""Services, and where the postcodes of the fictional town are; no provider is the partner."""

_SPACE = UUID("5f0f2f0e-6c52-4b46-9c9c-4a1b7c1f7a10")


def make(partner: Organisation) -> None:
    """Make the directory, part of which a partner keeps; again makes no more."""
    fictional = json.loads(FICTIONAL.read_text(encoding="utf-8"))
    places = fictional["postcodes"]
    known = [
        Postcode(postcode=each.replace(" ", ""), latitude=at[0], longitude=at[1])
        for each, at in places.items()
    ]
    Postcode.objects.bulk_create(known, ignore_conflicts=True)
    today = timezone.localdate()
    services = [
        _service(number, {"provider": partner.name, **said}, places, today)
        for number, said in enumerate(fictional["services"])
    ]
    files = [("services.json", json.dumps(services).encode())]
    read = taking_in.receive(None, fictional["source"], files, uuid5(_SPACE, "reading"))
    if read.accepted_at is None:
        taking_in.accept(None, read)
        theirs = Service.objects.filter(provider__name=partner.name)
        keys = list(theirs.values_list("id", flat=True))
        theirs.update(organisation=partner)
        indexing.index(keys)


def _service(
    number: int, said: dict[str, Any], places: dict[str, tuple[float, float]], today: dt.date
) -> dict[str, Any]:
    """Return a service as a feed writes it."""

    def key(of: str) -> str:
        return str(uuid5(_SPACE, f"{number} {of}"))

    checked = today - dt.timedelta(days=said["checked_days_ago"])
    hours = {"freq": "WEEKLY", "byday": said["days"]}
    hours |= {"opens_at": said.get("opens"), "closes_at": said.get("closes")}
    location: dict[str, Any] = {"id": key("location"), "location_type": "virtual"}
    if postcode := said.get("postcode"):
        street = {"address_1": f"{number + 1} Fictional Street", "city": "Fairport"}
        latitude, longitude = places[postcode]
        location |= {"location_type": "physical", "latitude": latitude, "longitude": longitude}
        location["addresses"] = [{"id": key("address"), **street, "postal_code": postcode}]
    if access := said.get("access"):
        location["accessibility"] = [{"id": key("access"), "description": access}]
    free = {"id": key("places"), "available": said.get("places"), "updated": f"{checked}T09:00:00Z"}
    return {
        "id": key("service"),
        "name": said["name"],
        "status": "active",
        "assured_date": checked.isoformat(),
        "description": f"{said['name']}: a fictional service of {said['provider']}.",
        "organization": {"id": str(uuid5(_SPACE, said["provider"])), "name": said["provider"]},
        "phones": [{"id": key("phone"), "number": f"01632 9600{number:02}"}],
        "attributes": [
            {"id": key(term), "taxonomy_term": {"id": str(uuid5(_SPACE, term)), "name": term}}
            for term in said["terms"]
        ],
        "schedules": [{"id": key("schedule"), **hours}],
        "languages": [{"id": key(each), "name": each} for each in said.get("languages", ())],
        "service_areas": [{"id": key("area"), "name": each} for each in said.get("areas", ())],
        "capacities": [free] if "places" in said else [],
        "service_at_locations": [{"id": key("at"), "location": location}],
        "minimum_age": said.get("minimum_age"),
        "eligibility_description": said.get("eligibility"),
        "fees": said.get("fees"),
        "wait_time": said.get("wait"),
    }
