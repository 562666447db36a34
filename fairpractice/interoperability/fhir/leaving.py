"""Rows to FHIR R4: each table as a kind of resource.

What R4 has a place for is put there; what it has none for is in an extension of ours, so that
:mod:`.arriving` makes the same row of it again. Every entry is an Observation: whether a code is
a condition or a procedure is not known here.
"""

import datetime as dt
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from fairpractice.interoperability.fhir import names
from fairpractice.interoperability.fhir.elements import ATTENDANCE, Resource
from fairpractice.interoperability.fhir.entries import FACT, FACT_DATES
from fairpractice.interoperability.fhir.languages import Speaks


Row = Mapping[str, Any]

LONDON = ZoneInfo("Europe/London")  # instants need a time zone, and a record has none
GENDER = {"indeterminate": "other"}
STATUS = {"attended": "fulfilled", "did_not_attend": "noshow", "cancelled": "cancelled"}
TELECOM = {"telephone": "phone", "email": "email"}
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
ENCOUNTER_CLASS = {
    "emergency_department": "EMER",
    "ambulance": "FLD",
    "nhs_111": "VR",
    "walk_in_centre": "AMB",
    "out_of_hours": "AMB",
}
SCOPE = {"research": "research", "direct_care": "treatment"}
OPTIONAL_CODE = ("code", "code_system")

assert set(STATUS) == set(ATTENDANCE.values())


def filled(**elements: Any) -> Resource:
    """Return the elements that have something in them: R4 allows no null and nothing empty."""
    return {name: value for name, value in elements.items() if value not in (None, [], {}, "")}


def patient(
    row: Row,
    addresses: Iterable[Row] = (),
    identity: Row | None = None,
    *,
    known: bool = True,
    speaks: Speaks = (None, None),
) -> Resource:
    """Return a person.

    Parameters
    ----------
    row
        A row of ``patient``; ``patient_id`` alone for somebody who is not ``known``.
    addresses
        Their rows of ``address``.
    identity
        Their row of ``identity``, where it may be told.
    known
        Whether the record has a row of ``patient`` about them.
    speaks
        Their main language and whether an interpreter is needed, which rows of their own say too.
    """
    who = identity or {}
    language, needed = speaks
    tags = [] if known else [names.NOT_A_PATIENT]
    tags += [] if speaks == (None, None) else [names.SAID_ELSEWHERE]
    contact = row.get("contact_details")
    born, died = row.get("birth_month"), row.get("death_month")
    return filled(
        resourceType="Patient",
        id=str(row["patient_id"]),
        meta=filled(tag=[{"system": names.HOME, "code": tag} for tag in tags]),
        extension=[
            *([{"url": names.CONTACT_DETAILS, "valueCode": contact}] if contact else []),
            *([{"url": names.INTERPRETER, "valueBoolean": needed}] if needed is not None else []),
        ],
        identifier=_identifiers(who),
        name=[
            filled(
                use="official",
                family=who.get("family_name"),
                given=[who["given_name"]] if who.get("given_name") else [],
            )
        ]
        if who.get("family_name") or who.get("given_name")
        else [],
        telecom=[{"system": TELECOM[way], "value": who[way]} for way in TELECOM if who.get(way)],
        gender=GENDER.get(row["sex"], row["sex"]) if row.get("sex") else None,
        birthDate=str(who["date_of_birth"]) if who.get("date_of_birth") else _month(born),
        deceasedDateTime=_month(died),
        address=[
            *([{"postalCode": who["postcode"]}] if who.get("postcode") else []),
            *(_home(address) for address in addresses),
        ],
        communication=[
            {
                "language": {"coding": [{"system": names.BCP_47, "code": language}]},
                "preferred": True,
            }
        ]
        if language
        else [],
    )


def _identifiers(who: Row) -> list[Resource]:
    return [
        {"system": system, "value": who[name]}
        for system, name in (
            (names.NHS_NUMBER, "nhs_number"),
            (names.SOURCE_PATIENT_ID, "source_patient_id"),
        )
        if who.get(name)
    ]


def _home(row: Row) -> Resource:
    parts = [
        {"url": "code", "valueCode": row["area_code"]},
        {"url": "vintage", "valueCode": row["area_vintage"]},
    ]
    return filled(
        extension=[{"url": names.SMALL_AREA, "extension": parts}],
        use="home",
        period=_period(row["start_date"], row["end_date"]),
    )


def registration(row: Row) -> Resource:
    """Return a spell at a practice."""
    return filled(
        resourceType="EpisodeOfCare",
        status="finished" if row["end_date"] else "active",
        patient=_subject(row),
        managingOrganization=_organisation(row["practice_code"], "Organization"),
        period=_period(row["start_date"], row["end_date"]),
    )


def event(row: Row) -> Resource:
    """Return a coded entry."""
    value = row["value"]
    return filled(
        resourceType="Observation",
        extension=_practice(row),
        status="final",
        code=_concept(row),
        subject=_subject(row),
        effectiveDateTime=str(row["date"]),
        valueQuantity={"value": value} if value is not None and math.isfinite(value) else None,
    )


def medication(row: Row) -> Resource:
    """Return an issue of a prescription."""
    days = row["days_supply"]
    lasts = {"value": days, "unit": "day", "system": "http://unitsofmeasure.org", "code": "d"}
    return filled(
        resourceType="MedicationRequest",
        extension=_practice(row),
        status="completed",
        intent="order",
        medicationCodeableConcept=_concept(row),
        subject=_subject(row),
        authoredOn=str(row["issued_on"]),
        dispenseRequest=None if days is None else {"expectedSupplyDuration": lasts},
    )


def appointment(row: Row) -> Resource:
    """Return a booked slot. R4 wants a start and an end, so one without a length ends at once."""
    minutes, time = row["minutes"], row["start_time"]
    minutes = minutes if minutes is not None and math.isfinite(minutes) else None
    whole = minutes is not None and minutes > 0 and minutes == int(minutes)
    start = dt.datetime.combine(
        row["start_date"], dt.time.fromisoformat(time or "00:00"), tzinfo=LONDON
    )
    lasts = dt.timedelta(minutes=max(minutes or 0, 0))
    # Local time goes on as on the wall: that of the next hour may have another offset.
    end = (start.replace(tzinfo=None) + lasts).replace(tzinfo=LONDON)
    end = max(end, start, key=dt.datetime.timestamp)
    actors: list[Resource] = [{"actor": {**_subject(row), "type": "Patient"}}]
    if row["clinician_id"] or row["role"]:
        clinician = {"system": names.CLINICIAN, "value": row["clinician_id"]}
        actors.append(
            filled(
                type=[{"text": row["role"]}] if row["role"] else [],
                actor={"type": "Practitioner", "identifier": clinician}
                if row["clinician_id"]
                else None,
            )
        )
    if row["practice_code"]:
        actors.append({"actor": _organisation(row["practice_code"], "Location")})
    extension: list[Resource] = []
    if time is None:
        extension.append({"url": names.NO_TIME, "valueBoolean": True})
    if minutes is not None and not whole:
        extension.append({"url": names.MINUTES, "valueDecimal": minutes})
    return filled(
        resourceType="Appointment",
        extension=extension,
        status=STATUS[row["status"]],
        start=start.isoformat(),
        end=end.isoformat(),
        minutesDuration=int(minutes) if whole and minutes else None,
        created=str(row["booked_on"]) if row["booked_on"] else None,
        participant=[{**actor, "status": "accepted"} for actor in actors],
    )


def urgent_contact(row: Row) -> Resource:
    """Return a contact with urgent care."""
    code = ENCOUNTER_CLASS[row["kind"]]
    return filled(
        resourceType="Encounter",
        status="finished",
        **{"class": {"system": f"{TERMINOLOGY}v3-ActCode", "code": code}},
        type=[{"coding": [{"system": names.URGENT_CONTACT, "code": row["kind"]}]}],
        subject=_subject(row),
        period={"start": str(row["date"])},
        serviceProvider=_organisation(row["organisation_code"], "Organization"),
    )


def social_fact(row: Row) -> Resource:
    """Return a statement about somebody's circumstances: whole in an extension, told in R4's."""
    parts = [
        {"url": name, "valueDate": str(row[name])}
        if name in FACT_DATES
        else {"url": name, "valueString": row[name]}
        for name in FACT
        if row[name] is not None and row[name] != ""
    ]
    sensitive = row["sensitivity"] == "sensitive"
    restricted = {"system": f"{TERMINOLOGY}v3-Confidentiality", "code": "R"}
    coding = [{"system": names.TOPIC, "code": row["topic"]}]
    if row["code"] and row["code_system"]:
        coding.append({"system": _address(row["code_system"]), "code": row["code"]})
    return filled(
        resourceType="Observation",
        meta={"security": [restricted]} if sensitive else None,
        extension=[{"url": names.SOCIAL_FACT, "extension": parts}],
        status="final",
        category=[
            {"coding": [{"system": f"{TERMINOLOGY}observation-category", "code": "social-history"}]}
        ],
        code={"coding": coding},
        subject=_subject(row),
        effectiveDateTime=str(row["true_from"] or row["recorded_on"]),
        valueCodeableConcept={"coding": [{"system": names.FACT_STATUS, "code": row["status"]}]},
    )


def objection(row: Row) -> Resource:
    """Return an objection: a consent that denies."""
    parts = [
        filled(url="kind", valueCode=row["kind"]),
        filled(url="purpose", valueCode=row["purpose"]),
        filled(url="recorded-on", valueDate=str(row["recorded_on"])),
        filled(url="withdrawn-on", valueDate=str(row["withdrawn_on"] or "")),
    ]
    scope = SCOPE.get(row["purpose"], "patient-privacy")
    return filled(
        resourceType="Consent",
        extension=[
            {"url": names.OBJECTION, "extension": [part for part in parts if len(part) > 1]}
        ],
        status="inactive" if row["withdrawn_on"] else "active",
        scope={"coding": [{"system": f"{TERMINOLOGY}consentscope", "code": scope}]},
        category=[{"coding": [{"system": f"{TERMINOLOGY}v3-ActCode", "code": "INFAO"}]}],
        patient=_subject(row),
        dateTime=str(row["recorded_on"]),
        policyRule={"coding": [{"system": f"{TERMINOLOGY}v3-ActCode", "code": "OPTOUT"}]},
        provision=filled(type="deny", period=_period(row["recorded_on"], row["withdrawn_on"])),
    )


MAKERS: dict[str, Callable[[Row], Resource]] = {
    "registration": registration,
    "event": event,
    "medication": medication,
    "appointment": appointment,
    "urgent_contact": urgent_contact,
    "social_fact": social_fact,
    "objection": objection,
}


def _month(first: dt.date | None) -> str | None:
    return None if first is None else f"{first.year:04}-{first.month:02}"


def _subject(row: Row) -> Resource:
    return {"reference": f"Patient/{row['patient_id']}"}


def _organisation(code: str | None, kind: str) -> Resource | None:
    if not code:
        return None
    return {"type": kind, "identifier": {"system": names.ODS_CODE, "value": code}}


def _practice(row: Row) -> list[Resource]:
    code = row["practice_code"]
    identifier = {"system": names.ODS_CODE, "value": code}
    return [{"url": names.PRACTICE, "valueIdentifier": identifier}] if code else []


def _concept(row: Row) -> Resource:
    return {"coding": [{"system": _address(row["code_system"]), "code": row["code"]}]}


def _address(system: str) -> str:
    """Return FHIR's address of a code system; that of a name of ours where it has none."""
    known = names.CODE_SYSTEMS.get(system)
    return known or (system if ":" in system else names.OUR_CODE_SYSTEM + quote(system, safe=""))


def _period(start: dt.date | None, after: dt.date | None) -> Resource:
    """Return a half-open spell as a period, whose end is its last day and not before its start."""
    if after is None:
        return filled(start=start and str(start))
    last = after - dt.timedelta(days=1)
    exact = start is not None and last < start
    return filled(
        extension=[{"url": names.EXACT_END, "valueDate": str(after)}] if exact else [],
        start=start and str(start),
        end=str(start if exact else last),
    )
