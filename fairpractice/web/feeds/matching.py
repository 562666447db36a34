"""Whom a line of a file is about: somebody registered at the practice, or nobody there.

Nobody is looked for elsewhere, so that nothing shows who is registered where.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from fairpractice.web.feeds.models import Line, Source
from fairpractice.web.feeds.reading import Row
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import facts
from fairpractice.web.patients.actions import index_of_name, index_of_number
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.sharing import consent
from fairpractice.web.sharing.models import Consent


STORE, HELD, ASIDE, REFUSED = Line.Outcome
NOBODY = "Nobody registered here matches."
OTHER_BIRTH = "The NHS number is somebody’s here whose date of birth is another."
BY_NAME = "The name and date of birth are somebody’s here; the NHS numbers cannot be compared."
TWICE = "An earlier line of the file says the same."
KNOWN = "This source has said so before."
GONE = "The person is no longer registered here."
UNAGREED = "No consent of the person is on file here."

Said = tuple[Any, str, str, Any]


@dataclass(frozen=True)
class Matched:
    """What becomes of a row, and whom it is about if that is sure."""

    row: Row
    outcome: str
    why: str = ""
    patient: Patient | None = None


def match(rows: Sequence[Row], practice: Organisation, source: Source) -> list[Matched]:
    """Match rows to the people of a practice, by NHS number and date of birth.

    Parameters
    ----------
    rows
        What a file says.
    practice
        Where people are looked for.
    source
        Under which agreement it comes. What the same partner said before is set aside, and where
        it stands on consent what is said of those who gave none.
    """
    good = [row for row in rows if not row.problem]
    by_number = _people(practice, by_nhs_number={_number(row) for row in good if row.nhs_number})
    by_name = _people(practice, by_name_and_birth={_name(row) for row in good if row.family_name})
    found = [_match(row, by_number, by_name) for row in rows]
    people = {each.patient for each in found if each.patient}
    before, agreed = already_said(people, source.partner), consents(source, people)
    seen: set[Said] = set()
    matched = []
    for each in found:
        if each.patient:
            said = (each.patient.id, each.row.topic, each.row.status, each.row.stated_on)
            why = TWICE if said in seen else KNOWN if said in before else ""
            why = why or ("" if agreed is None or each.patient.id in agreed else UNAGREED)
            seen.add(said)
            if why:
                each = Matched(each.row, ASIDE, why)
        matched.append(each)
    return matched


def candidates(named: Mapping[str, str], practice: Organisation) -> list[Patient]:
    """Return the people of a practice whom a line that is held may be about, in a fixed order."""
    index = (bytes.fromhex(named["by_number"]), bytes.fromhex(named["by_name"]))
    people = Patient.objects.filter(practice=practice)
    found = {each.id: each for each in people.filter(by_nhs_number=index[0]) if index[0]}
    if not found and index[1]:
        alike = people.filter(by_name_and_birth=index[1])
        found = {each.id: each for each in alike if _may_be(each, named["nhs_number"])}
    return sorted(found.values(), key=lambda each: (each.name, each.nhs_number, each.id))


def named(row: Row) -> dict[str, str]:
    """Return whom a row names, as it is kept while somebody is to settle it."""
    return {
        "nhs_number": row.nhs_number,
        "family_name": row.family_name,
        "date_of_birth": row.born_on.isoformat(),
        "by_number": _number(row).hex() if row.nhs_number else "",
        "by_name": _name(row).hex() if row.family_name else "",
    }


def consents(source: Source, people: Collection[Patient]) -> dict[UUID, Consent] | None:
    """Return the consents on which facts of people may enter; nothing where none is needed."""
    return consent.bases(people) if source.lawful_basis == "consent" else None


def already_said(people: Iterable[Patient], partner: Organisation) -> set[Said]:
    """Return what a partner said of people that is in force and no more than ordinary."""
    said = SocialFact.objects.filter(
        facts.standing(),
        patient__in=[each.id for each in people],
        source_organisation=partner,
        route="external",
        sensitivity="ordinary",
        corrects=None,
        corrected_by=None,
    )
    return set(said.values_list("patient_id", "topic", "status", "recorded_on"))


def _match(
    row: Row, by_number: Mapping[bytes, list[Patient]], by_name: Mapping[bytes, list[Patient]]
) -> Matched:
    if row.problem:
        return Matched(row, REFUSED, row.problem)
    numbered = by_number.get(_number(row), []) if row.nhs_number else []
    sure = [each for each in numbered if each.born_on == row.born_on]
    if len(sure) == 1:
        return Matched(row, STORE, patient=sure[0])
    if numbered:
        return Matched(row, HELD, OTHER_BIRTH)
    alike = by_name.get(_name(row), []) if row.family_name else []
    if any(_may_be(each, row.nhs_number) for each in alike):
        return Matched(row, HELD, BY_NAME)
    return Matched(row, ASIDE, NOBODY)


def _may_be(person: Patient, number: str) -> bool:
    """Tell whether somebody alike in name and birth may be meant: not if both numbers are known."""
    return not (number and person.identity.get("nhs_number"))


def _people(practice: Organisation, **wanted: set[bytes]) -> dict[bytes, list[Patient]]:
    ((column, indexes),) = wanted.items()
    found: dict[bytes, list[Patient]] = {}
    people = Patient.objects.filter(practice=practice, **{f"{column}__in": list(indexes)})
    for each in people:
        found.setdefault(bytes(getattr(each, column)), []).append(each)
    return found


def _number(row: Row) -> bytes:
    return index_of_number(row.nhs_number)


def _name(row: Row) -> bytes:
    return index_of_name(row.family_name, row.born_on)
