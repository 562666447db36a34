"""Entries and prescriptions: what was found, done, given and issued."""

from fairpractice.interoperability.fhir import names
from fairpractice.interoperability.fhir.elements import (
    Made,
    Person,
    Resource,
    Sent,
    coded,
    day,
    each,
    extensions,
    identifiers,
    number,
    person,
    practice,
    quantity,
    referred,
    restricted,
    unkept,
)


DAYS = {"d": 1, "wk": 7, "mo": 30, "day": 1, "days": 1, "week": 7, "weeks": 7}
ORDERS = ("order", "original-order", "reflex-order", "filler-order", "instance-order")
NOT_CONFIRMED = ("unconfirmed", "provisional", "differential", "refuted", "entered-in-error")


def _entered(
    kind: str,
    resource: Resource,
    who: Person | None,
    entries: list[tuple[str | None, tuple[str, str] | None, str | None]],
    made: Made,
) -> str:
    """Add entries (day, code, value) about a person, or say why there are none."""
    if who is None:
        return f"{kind}: not about a patient"
    at = practice(resource)
    coded_ones = [(*who, on, *code, value, at) for on, code, value in entries if code]
    made.add("event", *coded_ones)
    return "" if coded_ones else f"{kind}: no code with its system"


def condition(resource: Resource, made: Made, _sent: Sent) -> str:
    """Add a Condition: an entry on the day of its onset, else of its recording."""
    verified = (resource.get("verificationStatus") or {}).get("coding", ())
    for coding in verified:
        if coding.get("code") in NOT_CONFIRMED:
            return f"Condition: {coding['code']}"
    if restricted(resource):
        return "Condition: marked as restricted"
    on = (
        resource.get("onsetDateTime")
        or (resource.get("onsetPeriod") or {}).get("start")
        or resource.get("recordedDate")
    )
    entry = (day(on), coded(resource.get("code")), None)
    who = person(resource, resource.get("subject"))
    return _entered("Condition", resource, who, [entry], made)


def observation(resource: Resource, made: Made, _sent: Sent) -> str:
    """Add an Observation: an entry for it and one for each part; or a social fact of ours."""
    who = person(resource, resource.get("subject"))
    said = extensions(resource)
    if names.SOCIAL_FACT in said and who and resource["status"] == "final":
        made.add("social_fact", (*who, *_fact(extensions(said[names.SOCIAL_FACT]))))
        return ""
    if aside := unkept(resource, "Observation"):
        return aside
    on = day(
        resource.get("effectiveDateTime")
        or (resource.get("effectivePeriod") or {}).get("start")
        or resource.get("effectiveInstant")
        or resource.get("issued")
    )
    if resource.get("focus"):
        return "Observation: about somebody else"
    parts = [part for part in each(resource.get("component")) if "dataAbsentReason" not in part]
    if "dataAbsentReason" in resource and not parts:
        return "Observation: no result"
    if denied := _denied(resource):
        return f"Observation: {denied}"
    entries = []
    for element in (resource, *(part for part in parts if not _denied(part))):
        code = coded(element.get("code"))
        entries.append((on, code, quantity(element)))
        if code and (code[1], code[0]) in names.SPEAKING_ANSWERS:
            entries.append((on, coded(element.get("valueCodeableConcept")), None))
    return _entered("Observation", resource, who, entries, made)


def _denied(element: Resource) -> str:
    """Say that an answer states the opposite of what was asked about, or nothing."""
    if "valueBoolean" in element:
        return "answered no" if str(element["valueBoolean"]).lower() == "false" else ""
    answer = coded(element.get("valueCodeableConcept"))
    if answer is None:
        return ""
    said = (answer[1], answer[0])
    return "answered no" if said in names.NO else "not known" if said in names.NOT_KNOWN else ""


FACT = (
    "topic", "code", "code_system", "status", "route", "source_organisation", "recorder_role",
    "recorded_on", "true_from", "true_until", "lawful_basis", "sensitivity",
)  # fmt: skip
FACT_DATES = ("recorded_on", "true_from", "true_until")


def _fact(parts: dict[str, Resource]) -> list[str | None]:
    return [
        parts[name]["valueDate" if name in FACT_DATES else "valueString"] if name in parts else None
        for name in FACT
    ]


def immunization(resource: Resource, made: Made, _sent: Sent) -> str:
    """Add an Immunization: the procedure in UK Core, else the vaccine."""
    if aside := unkept(resource, "Immunization"):
        return aside
    given = extensions(resource).get(names.VACCINATION)
    code = coded(given["valueCodeableConcept"]) if given else None
    entry = (day(resource.get("occurrenceDateTime")), code or coded(resource["vaccineCode"]), None)
    who = person(resource, resource.get("patient"))
    return _entered("Immunization", resource, who, [entry], made)


def procedure(resource: Resource, made: Made, _sent: Sent) -> str:
    """Add a Procedure: an entry on the day it began."""
    if aside := unkept(resource, "Procedure"):
        return aside
    on = resource.get("performedDateTime") or (resource.get("performedPeriod") or {}).get("start")
    entry = (day(on), coded(resource.get("code")), None)
    who = person(resource, resource.get("subject"))
    return _entered("Procedure", resource, who, [entry], made)


def request(resource: Resource, made: Made, _sent: Sent) -> str:
    """Add a MedicationRequest that is an order: an issue."""
    intent = resource["intent"]
    if str(resource.get("doNotPerform", False)).lower() == "true":
        return "MedicationRequest: not to be given"
    if intent not in ORDERS:
        if intent not in ("proposal", "plan", "option"):
            raise ValueError
        return f"MedicationRequest: {intent}"
    supply = resource.get("dispenseRequest") or {}
    on = resource.get("authoredOn") or (supply.get("validityPeriod") or {}).get("start")
    return _issued("MedicationRequest", resource, day(on), _days(supply), made)


def statement(resource: Resource, made: Made, _sent: Sent) -> str:
    """Add a MedicationStatement that stands by itself, as an issue."""
    if any(resource.get(of) for of in ("basedOn", "derivedFrom", "partOf")):
        return "MedicationStatement: of another resource"
    period = resource.get("effectivePeriod") or {}
    on = resource.get("effectiveDateTime") or period.get("start") or resource.get("dateAsserted")
    return _issued("MedicationStatement", resource, day(on), None, made)


def _issued(kind: str, resource: Resource, on: str | None, days: str | None, made: Made) -> str:
    who = person(resource, resource.get("subject"))
    if aside := unkept(resource, kind) or ("" if who else f"{kind}: not about a patient"):
        return aside
    code, looked_up = coded(resource.get("medicationCodeableConcept")), None
    reference = resource.get("medicationReference")
    if reference:
        text = reference.get("reference") or ""
        held = [r for r in resource.get("contained", ()) if f"#{r.get('id')}" == text]
        if held:
            code = coded(held[0].get("code"))
        else:
            looked_up = referred(reference, "Medication")
    if not code and not looked_up:
        return f"{kind}: no code with its system"
    drug = code or (None, None)
    made.add(
        "medication",
        (*who, on, *drug, days, practice(resource), looked_up),  # type: ignore[misc]
    )
    return ""


def _days(supply: Resource) -> str | None:
    lasts = supply.get("expectedSupplyDuration") or {}
    value, unit = lasts.get("value"), lasts.get("code") or lasts.get("unit")
    if value is None or unit not in DAYS:
        return None
    return number(round(float(value) * DAYS[unit]))


def medication(resource: Resource, made: Made, sent: Sent) -> str:
    """Note the code of a Medication, to be looked up; it is not stored."""
    code = coded(resource.get("code"))
    if code:
        called = [f"Medication/{resource['id']}"] if "id" in resource else []
        called += [sent.full_url] if sent.full_url.startswith("urn:") else []
        called += [f"{system}|{value}" for system, value in identifiers(resource)]
        made.add("drug", *((name, *code) for name in called))
    return "Medication"
