"""FHIR for tests: a resource of each kind that is kept, and resources as XML."""

from typing import Any
from xml.sax.saxutils import quoteattr

from fairpractice.interoperability.fhir import names


def coded(system: str, code: str) -> dict[str, Any]:
    return {"coding": [{"system": names.CODE_SYSTEMS[system], "code": code}]}


WHO = {"reference": "Patient/p1"}
DIABETES, DAY = coded("snomed", "44054006"), "2020-03-04"
PRACTICE = {"identifier": {"system": names.ODS_CODE, "value": "Y01234"}}
EACH: list[dict[str, Any]] = [
    {
        "resourceType": "Patient",
        "id": "p1",
        "meta": {"lastUpdated": "2026-01-01T00:00:00Z"},
        "identifier": [{"system": names.NHS_NUMBER, "value": "9990000018"}],
        "name": [{"use": "official", "family": "One", "given": ["Person"]}],
        "telecom": [{"system": "phone", "value": "0"}],
        "gender": "female",
        "birthDate": "1970-05-06",
        "address": [{"postalCode": "ZZ99 3VZ"}],
        "generalPractitioner": [PRACTICE],
    },
    {"resourceType": "Condition", "code": DIABETES, "subject": WHO, "recordedDate": DAY},
    {
        "resourceType": "Observation",
        "status": "final",
        "code": coded("loinc", "85354-9"),
        "subject": WHO,
        "effectiveDateTime": DAY,
        "component": [{"code": coded("snomed", "72313002"), "valueQuantity": {"value": 142}}],
    },
    {
        "resourceType": "Immunization",
        "status": "completed",
        "vaccineCode": coded("cvx", "62"),
        "patient": WHO,
        "occurrenceDateTime": DAY,
    },
    {
        "resourceType": "Procedure",
        "status": "completed",
        "code": DIABETES,
        "subject": WHO,
        "performedDateTime": DAY,
    },
    {
        "resourceType": "MedicationRequest",
        "status": "completed",
        "intent": "order",
        "medicationCodeableConcept": coded("dmd", "44054006"),
        "subject": WHO,
        "authoredOn": DAY,
        "dispenseRequest": {"expectedSupplyDuration": {"value": 28, "code": "d"}},
    },
    {
        "resourceType": "Appointment",
        "status": "fulfilled",
        "start": "2020-03-04T09:00:00Z",
        "end": "2020-03-04T09:10:00Z",
        "participant": [{"actor": WHO}, {"actor": {"reference": "Practitioner/1"}}],
    },
    {
        "resourceType": "EpisodeOfCare",
        "status": "active",
        "patient": WHO,
        "managingOrganization": PRACTICE,
        "period": {"start": "2010-01-02"},
    },
    {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"code": "research"}]},
        "patient": WHO,
        "dateTime": DAY,
        "provision": {"type": "deny"},
    },
    {"resourceType": "Encounter", "subject": WHO},
]


def xml(resource: dict[str, Any]) -> str:
    """Return a resource as FHIR XML; enough of it for what is written here."""
    kind = resource["resourceType"]
    return f'<{kind} xmlns="http://hl7.org/fhir">{_inside(resource)}</{kind}>'


def xml_bundle(resources: list[dict[str, Any]]) -> str:
    entries = "\n".join(f"<entry><resource>{xml(one)}</resource></entry>" for one in resources)
    return f'<Bundle xmlns="http://hl7.org/fhir"><type value="collection"/>\n{entries}\n</Bundle>'


def _inside(element: dict[str, Any]) -> str:
    left_out = ("resourceType", "url")
    return "".join(_element(name, held) for name, held in element.items() if name not in left_out)


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, one) for one in value)
    if isinstance(value, dict):
        url = f" url={quoteattr(value['url'])}" if name == "extension" else ""
        return f"<{name}{url}>{_inside(value)}</{name}>"
    written = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name} value={quoteattr(written, {chr(10): '&#10;', chr(13): '&#13;'})}/>"
