"""What is in most resources: codes, days, quantities, references, statuses.

Values stay text as the source wrote it. Whoever calls these answers for what is not as R4 has it:
:data:`UNREADABLE` is what they raise then.
"""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote

from fairpractice.interoperability.fhir import names


Resource = dict[str, Any]
Person = tuple[str | None, str | None]  # the source's own identifier, NHS number
Row = tuple[str | None, ...]


class Made:
    """The rows that a resource makes: each with its table."""

    __slots__ = ("rows",)

    def __init__(self) -> None:
        self.rows: list[tuple[str, Row]] = []

    def add(self, table: str, *rows: Row) -> None:
        """Add rows of a table."""
        self.rows += [(table, row) for row in rows]


class Sent(NamedTuple):
    """What is known of a resource beside itself: what a bundle calls it, and the day it came.

    ``basis`` is why statements may be held that do not say it themselves, empty if none was given.
    """

    full_url: str
    on: str
    basis: str = ""


UNREADABLE = (
    AttributeError, IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError,
)  # fmt: skip
RESTRICTED = ("R", "V")
REFERENCE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]{1,64})(?:/_history/.*)?$")
ATTENDANCE = {
    "fulfilled": "attended",
    "arrived": "attended",
    "checked-in": "attended",
    "noshow": "did_not_attend",
    "cancelled": "cancelled",
}
# Statuses of what is kept, and of what is set aside; any other is none of R4's.
STATUSES = {
    "Observation": (
        ("final", "amended", "corrected", "unknown"),
        ("registered", "preliminary", "cancelled", "entered-in-error"),
    ),
    "Immunization": (("completed",), ("not-done", "entered-in-error")),
    "Procedure": (
        ("completed", "in-progress", "unknown"),
        ("preparation", "not-done", "on-hold", "stopped", "entered-in-error"),
    ),
    "MedicationRequest": (
        ("active", "on-hold", "completed", "stopped", "unknown"),
        ("cancelled", "entered-in-error", "draft"),
    ),
    "MedicationStatement": (
        ("active", "completed", "stopped", "on-hold", "unknown"),
        ("entered-in-error", "intended", "not-taken"),
    ),
    "Appointment": (
        tuple(ATTENDANCE),
        ("proposed", "pending", "booked", "entered-in-error", "waitlist"),
    ),
    "EpisodeOfCare": (
        ("active", "onhold", "finished"),
        ("planned", "waitlist", "cancelled", "entered-in-error"),
    ),
}


def each(found: Any) -> Any:
    """Return what may be there several times, once or not at all as something to go through."""
    if found is None:
        return ()
    return found if isinstance(found, list) else (found,)


def system_name(address: str) -> str:
    """Return the record's name of a code system."""
    name = names.NAMES_OF_SYSTEMS.get(address)
    if name:
        return name
    if address.startswith("http://snomed.info/sct"):  # an edition of it
        return "snomed"
    if address.startswith(names.OUR_CODE_SYSTEM):
        return unquote(address.removeprefix(names.OUR_CODE_SYSTEM))
    return address


def coded(concept: Resource | None) -> tuple[str, str] | None:
    """Return the code of a concept that is kept, and its system; none without a system."""
    kept: tuple[str, str] | None = None
    for coding in (concept or {}).get("coding", ()):
        code, system = coding.get("code"), coding.get("system")
        if not code or not system:
            continue
        name = system_name(system)
        if name == "snomed":
            return code, name
        if kept is None or (name == "dmd" and kept[1] != "dmd"):
            kept = code, name
    return kept


def day(text: str | None) -> str | None:
    """Return the day of a date or time that may be partial: its first."""
    if not text:
        return None
    if len(text) == 4:
        return text + "-01-01"
    if len(text) == 7:
        return text + "-01"
    return text[:10]


def day_after(text: str | None) -> str | None:
    """Return the first day after a date that may be partial; none after the end of time."""
    if not text or text.startswith("9999"):
        return None
    if len(text) == 4:
        return f"{int(text) + 1:04}-01-01"
    if len(text) == 7:
        year, month = divmod(int(text[:4]) * 12 + int(text[5:]), 12)
        return f"{year:04}-{month + 1:02}-01"
    try:
        return (dt.date.fromisoformat(text[:10]) + dt.timedelta(days=1)).isoformat()
    except ValueError:  # quarantined where dates are read
        return text


def spell(period: Resource | None) -> tuple[str | None, str | None]:
    """Return the first day of a period, and the first day after it: FHIR's end is its last."""
    if not period:
        return None, None
    exact = extensions(period).get(names.EXACT_END)
    end = exact["valueDate"] if exact else day_after(period.get("end"))
    return day(period.get("start")), end


def extensions(element: Resource) -> dict[str, Resource]:
    """Return an element's extensions by their address."""
    if "extension" not in element:
        return {}
    return {extension["url"]: extension for extension in element["extension"]}


def number(found: Any) -> str | None:
    """Return a number as text."""
    if found is None or isinstance(found, str):
        return found
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise TypeError
    return repr(found)


def quantity(element: Resource) -> str | None:
    """Return the value of an observation where it is a number, and not more or less than one."""
    measured = element.get("valueQuantity")
    if measured:
        return None if measured.get("comparator") else number(measured.get("value"))
    return number(element.get("valueInteger"))


def referred(reference: Resource | None, kind: str) -> str | None:
    """Return what a reference to a resource calls it.

    It is ``kind/id`` where that can be known, ``system|value`` for an identifier, else what is
    written (``urn:uuid:…``); nothing where there is none, or it is to another kind.
    """
    if not reference:
        return None
    text = reference.get("reference")
    if text:
        if "?" in text:
            asked, _, search = text.partition("?")
            of = asked.rpartition("/")[2]
            found = parse_qs(search).get("identifier", [""])[0]
            return found if of == kind and found else None
        matched = REFERENCE.search(text)
        if matched:
            return f"{kind}/{matched[2]}" if matched[1] == kind else None
        return str(text)
    if reference.get("type", kind) != kind:
        return None
    identifier = reference.get("identifier")
    return f"{identifier['system']}|{identifier['value']}" if identifier else None


def person(resource: Resource, reference: Resource | None) -> Person | None:
    """Return whose a resource is; nothing when it is not a patient's."""
    if reference:
        text = reference.get("reference")
        if text and text.startswith("#"):
            return _contained(resource, text[1:])
        who = referred(reference, "Patient")
        if who:
            system, _, value = who.partition("|")
            if system == names.NHS_NUMBER:
                return None, value
            return who.removeprefix("Patient/"), None
    return None


def _contained(resource: Resource, id: str) -> Person | None:
    for held in resource.get("contained", ()):
        if held.get("id") == id:
            own, nhs = None, None
            for system, value in identifiers(held):
                if system == names.NHS_NUMBER:
                    nhs = value
                else:
                    own = own or f"{system}|{value}"
            return own, nhs
    return None


def organisation(reference: Resource | None) -> str | None:
    """Return the ODS code of an organisation, or what it is called where it must be looked up."""
    for kind in ("Organization", "Location", "HealthcareService"):
        found = referred(reference, kind)
        if found:
            return found.removeprefix(names.ODS_CODE + "|")
    return None


def practice(resource: Resource) -> str | None:
    """Return the practice that an entry was made at, where the resource says so."""
    if "extension" not in resource:
        return None
    said = extensions(resource).get(names.PRACTICE)
    return str(said["valueIdentifier"]["value"]) if said else None


def identifiers(resource: Resource) -> Iterator[tuple[str, str]]:
    """Yield the system and value of each identifier."""
    for identifier in each(resource.get("identifier")):
        if identifier.get("system") and identifier.get("value"):
            yield identifier["system"], identifier["value"]


def restricted(resource: Resource) -> bool:
    """Say whether the sender marked a resource as restricted, or very restricted."""
    return "meta" in resource and any(
        label.get("code") in RESTRICTED for label in resource["meta"].get("security", ())
    )


def unkept(resource: Resource, kind: str) -> str:
    """Return the kind that a resource is set aside as by its status, or nothing."""
    kept, aside = STATUSES[kind]
    status = resource["status"]
    if status in aside:
        return f"{kind}: {status}"
    if status not in kept:
        raise ValueError
    return f"{kind}: marked as restricted" if restricted(resource) else ""
