"""Appointments, urgent contacts and objections."""

import datetime as dt

from fairpractice.interoperability.fhir import names
from fairpractice.interoperability.fhir.elements import (
    ATTENDANCE,
    REFERENCE,
    Made,
    Person,
    Resource,
    Sent,
    day,
    each,
    extensions,
    number,
    organisation,
    person,
    practice,
    referred,
    spell,
    unkept,
)


PURPOSE_OF_SCOPE = {"research": "research", "patient-privacy": None}


def appointment(resource: Resource, made: Made, _sent: Sent) -> str:
    """Add an Appointment that was kept, missed or cancelled."""
    if aside := unkept(resource, "Appointment"):
        return aside
    clinician = role = at = None
    participants = each(resource["participant"])
    who = _patient_among(resource, [one.get("actor") or {} for one in participants])
    for participant in participants:
        actor = participant.get("actor")
        clinician = clinician or _clinician(actor)
        at = at or _at(actor)
        role = role or next(
            (said["text"] for said in each(participant.get("type")) if said.get("text")), None
        )
    if who is None:
        return "Appointment: not about a patient"
    said = extensions(resource)
    start = resource.get("start")
    time = None if names.NO_TIME in said or not start or len(start) < 16 else start[11:16]
    made.add("appointment",
        (
            *who, day(resource.get("created")), day(start), time,
            _minutes(resource, said), role, clinician, ATTENDANCE[resource["status"]],
            at or practice(resource),
        )
    )  # fmt: skip
    return ""


def _patient_among(resource: Resource, actors: list[Resource]) -> Person | None:
    """Return the patient among the actors of an appointment.

    A reference may not say what it is to (``urn:uuid:…``): if there is one such, it is taken.
    """
    unsure = []
    for actor in actors:
        reference = actor.get("reference") or ""
        named = REFERENCE.search(reference)
        system = (actor.get("identifier") or {}).get("system")
        if actor.get("type") == "Patient" or reference.startswith(("#", "Patient?")):
            return person(resource, actor)
        if (named and named[1] == "Patient") or system == names.NHS_NUMBER:
            return person(resource, actor)
        if reference and not named and "?" not in reference and "type" not in actor:
            unsure.append(actor)
    return person(resource, unsure[0]) if len(unsure) == 1 else None


def _clinician(actor: Resource | None) -> str | None:
    for kind in ("Practitioner", "PractitionerRole"):
        # A reference that does not say what it is to is the patient's, if anybody's.
        if actor and (actor.get("type") == kind or f"{kind}/" in (actor.get("reference") or "")):
            found = referred({**actor, "type": kind}, kind)
            if found:
                return found.removeprefix(names.CLINICIAN + "|")
    return None


def _at(actor: Resource | None) -> str | None:
    system = ((actor or {}).get("identifier") or {}).get("system")
    return organisation(actor) if system == names.ODS_CODE else None


def _minutes(resource: Resource, said: dict[str, Resource]) -> str | None:
    if names.MINUTES in said:
        return number(said[names.MINUTES]["valueDecimal"])
    if "minutesDuration" in resource:
        return number(resource["minutesDuration"])
    start, end = resource.get("start"), resource.get("end")
    if not start or not end:
        return None
    lasted = dt.datetime.fromisoformat(end) - dt.datetime.fromisoformat(start)
    return number(lasted.total_seconds() / 60) if lasted > dt.timedelta() else None


def encounter(resource: Resource, made: Made, _sent: Sent) -> str:
    """Add an Encounter that says which urgent service it was with."""
    kinds = [
        coding["code"]
        for concept in each(resource.get("type"))
        for coding in concept.get("coding", ())
        if coding.get("system") == names.URGENT_CONTACT
    ]
    who = person(resource, resource.get("subject"))
    if not kinds or who is None:
        return "Encounter"
    on = day((resource.get("period") or {}).get("start"))
    at = organisation(resource.get("serviceProvider"))
    made.add("urgent_contact", (*who, on, kinds[0], at))
    return ""


def consent(resource: Resource, made: Made, sent: Sent) -> str:
    """Add a Consent that denies a use: an objection."""
    who = person(resource, resource.get("patient"))
    if who is None:
        return "Consent: not about a patient"
    said = extensions(resource)
    if names.OBJECTION in said:
        parts = extensions(said[names.OBJECTION])
        kind, purpose = parts["kind"]["valueCode"], parts.get("purpose", {}).get("valueCode")
        dates = (
            parts["recorded-on"]["valueDate"],
            parts.get("withdrawn-on", {}).get("valueDate"),
        )
        made.add("objection", (*who, kind, purpose, *dates))
        return ""
    provision = resource.get("provision") or {}
    scopes = [coding.get("code") for coding in resource["scope"].get("coding", ())]
    scope = next((scope for scope in scopes if scope in PURPOSE_OF_SCOPE), None)
    if resource["status"] != "active" or provision.get("type") != "deny" or scope is None:
        return "Consent"
    start, end = spell(provision.get("period"))
    on = day(resource.get("dateTime")) or start or sent.on
    made.add("objection", (*who, "objection", PURPOSE_OF_SCOPE[scope], on, end))
    return ""
