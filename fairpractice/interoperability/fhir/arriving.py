"""FHIR R4 to rows: what each kind of resource says in the record's own terms.

:func:`arrive` adds the rows of a resource to lists, or says what kind it is that is not kept. All
values are text as the source wrote it: they are converted and checked where every other extract's
are. What is declared here (the page on importing FHIR says it for people):

- of several codings the SNOMED CT one is kept, else dm+d, else the first; another system's code is
  kept as that system's;
- of a date of which only the year or the month is known, the first day is taken; a time of day is
  dropped, and a day is the one that is written, in whichever time zone;
- what was entered in error, refuted, not confirmed, not done or not yet done is no fact, and what
  its sender marked as restricted is not taken, since an entry cannot carry the mark.
"""

from collections.abc import Callable
from typing import Any

from fairpractice.errors import FairpracticeError
from fairpractice.interoperability.fhir import contacts, entries, names, people
from fairpractice.interoperability.fhir.elements import (
    UNREADABLE,
    Made,
    Resource,
    Row,
    Sent,
)
from fairpractice.record.tables import TABLES


Place = tuple[str, int]  # a file, and a line of it

WHO = ("source_patient_id", "nhs_number")
NOT_SENT = ("patient_id", *WHO)
COLUMNS = {
    table.name: (*WHO, *(name for name in table.column_names if name not in NOT_SENT))
    for table in TABLES.values()
}
COLUMNS["medication"] += ("drug",)  # what the medicine is called, where it is to be looked up
LOOKED_UP = {
    "person_alias": ("alias", "own"),
    "organisation": ("alias", "ods"),
    "drug": ("alias", "code", "code_system"),
    "listed": (*WHO, "practice_code", "died"),  # people on a practice's list
}
EXPORT_LOG, MANIFEST = "line of an export's log", "manifest of an export"


class MalformedError(Exception):
    """A resource that is not as FHIR R4 has it."""


def arrive(resource: Resource, place: Place, sent: Sent) -> tuple[str, list[tuple[str, Row]]]:
    """Return the rows that a resource makes, or the kind that it is set aside as.

    Parameters
    ----------
    resource
        The resource as JSON, or as :mod:`.xml` makes it.
    place
        The file and line it was read from.
    sent
        What is known of it beside itself.

    Returns
    -------
    tuple
        The kind it is set aside as, empty when it is kept; and rows, each with its table. A table
        is one of the record's, then a row has the source's own identifier and the NHS number of
        its person, then the columns (:data:`COLUMNS`); or it is one of :data:`LOOKED_UP`, which
        those set aside may have too.

    Raises
    ------
    MalformedError
        When it is not as R4 has it.
    FairpracticeError
        When it is of another version of FHIR.
    """
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or kind not in MAKERS:
        return _without_rows(resource, kind, place), []
    others = names.OTHER_ELEMENTS.get(kind)
    if others and not others.keys().isdisjoint(resource):
        element = next(name for name in others if name in resource)
        raise _other_version(others[element], f"{kind}.{element}", place)
    if isinstance(resource.get("clinicalStatus"), str):
        raise _other_version("STU3 or DSTU2", f"{kind}.clinicalStatus as a word", place)
    made = Made()
    try:
        if "meta" in resource:
            profiles = resource["meta"].get("profile", ())
            if any("STU3/" in profile or "DSTU2/" in profile for profile in profiles):
                raise _other_version("STU3 or DSTU2", f"a profile of {kind}", place)
        aside = MAKERS[kind](resource, made, sent)
    except UNREADABLE as error:
        raise MalformedError(kind) from error
    for _, row in made.rows:
        for value in row:
            if value is not None and type(value) is not str:
                raise MalformedError(kind)
    return aside, made.rows


def _without_rows(resource: Resource, kind: Any, place: Place) -> str:
    if not isinstance(kind, str | None):
        raise MalformedError
    if kind == "CapabilityStatement":
        version = str(resource.get("fhirVersion", "4.0"))
        if not version.startswith(("4.0", "4.3")):
            raise _other_version(version, "CapabilityStatement.fhirVersion", place)
    if kind is not None and kind in names.RESOURCES:
        return str(kind)
    if kind in names.OTHER_VERSIONS:
        raise _other_version(names.OTHER_VERSIONS[kind], kind, place)
    if kind is None and {"exportId", "eventId"} <= resource.keys():
        return EXPORT_LOG
    if kind is None and {"transactionTime", "output"} <= resource.keys():
        return MANIFEST
    raise MalformedError


def _other_version(version: str, element: str, place: Place) -> FairpracticeError:
    return FairpracticeError(
        f"This is FHIR {version}, by {element}; FHIR R4 is read",
        where=f"{place[0]}, line {place[1]}",
        fix="Ask for the export as FHIR R4 (4.0.1), or as CSV. Nothing was stored.",
    )


MAKERS: dict[str, Callable[[Resource, Made, Sent], str]] = {
    "Patient": people.patient,
    "EpisodeOfCare": people.episode,
    "Organization": people.organisation_known,
    "Condition": entries.condition,
    "Observation": entries.observation,
    "Immunization": entries.immunization,
    "Procedure": entries.procedure,
    "MedicationRequest": entries.request,
    "MedicationStatement": entries.statement,
    "Medication": entries.medication,
    "Appointment": contacts.appointment,
    "Encounter": contacts.encounter,
    "Consent": contacts.consent,
}
