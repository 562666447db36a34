"""Specs: people drawn as a table, what is asked of them, and what must come out.

A definition carries one, and it is run on every engine, on the plain-Python evaluator, and printed
in the reference. A row is a person; ``record`` is what is known of them, entries parted by
semicolons, dates as YYYY-MM-DD::

    person  | birth   | sex    | record                                           | found
    in      | 1950-06 | female | diabetes 2015-03-01                              | yes
    out     | 1950-06 | female | diabetes 2015-03-01; diabetes-review 2026-09-01  | no
    missing |         | female | diabetes 2015-03-01                              | unknown

Entries: ``LIST DATE [= VALUE]`` (a coded entry, with the first code of a codelist),
``prescribed LIST DATE [for N days]``, ``attended|did_not_attend|cancelled DATE [with CLINICIAN]
[for N minutes]``, ``KIND DATE`` of urgent contact, ``fact TOPIC STATUS DATE [until DATE]
[by ROUTE]``, ``registered DATE [until DATE]``, ``not registered``, ``died YYYY-MM``. Everybody is
registered from 2000-01-01 unless the record says otherwise. An entry may be repeated: ``3 x ...``.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairpractice.codelists import Codelist
from fairpractice.errors import FairpracticeError
from fairpractice.record.tables import APPOINTMENT_STATUSES, URGENT_CONTACT_KINDS


PRACTICE = "Y00001"
DATE = r"\d{4}-\d{2}-\d{2}"
ENTRIES = {
    "appointment": re.compile(
        rf"(?P<status>{'|'.join(APPOINTMENT_STATUSES)}) (?P<date>{DATE})"
        r"(?: with (?P<clinician>\S+))?(?: for (?P<minutes>\d+) minutes)?"
    ),
    "urgent_contact": re.compile(rf"(?P<kind>{'|'.join(URGENT_CONTACT_KINDS)}) (?P<date>{DATE})"),
    "fact": re.compile(
        rf"fact (?P<topic>\w+) (?P<status>\w+) (?P<date>{DATE})"
        rf"(?: until (?P<until>{DATE}))?(?: by (?P<route>\w+))?"
    ),
    "registered": re.compile(rf"registered (?P<date>{DATE})(?: until (?P<until>{DATE}))?"),
    "not_registered": re.compile(r"not registered"),
    "died": re.compile(r"died (?P<month>\d{4}-\d{2})"),
    "medication": re.compile(
        rf"prescribed (?P<codelist>[\w-]+) (?P<date>{DATE})(?: for (?P<days>\d+) days)?"
    ),
    "event": re.compile(rf"(?P<codelist>[\w-]+) (?P<date>{DATE})(?: = (?P<value>[\d.]+))?"),
}


@dataclass(frozen=True)
class Spec:
    """People drawn as rows of a record, and the answer expected for each by name."""

    tables: Mapping[str, list[dict[str, Any]]]
    people: Mapping[str, int]
    expected: Mapping[str, str]


def parse(text: str, codelists: Mapping[str, Codelist], *, where: str = "") -> Spec:
    """Read a drawn table.

    Raises
    ------
    FairpracticeError
        When a row or an entry cannot be read, saying which.
    """
    lines = [line for line in text.strip().splitlines() if line.strip()]
    heading, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    if heading[:4] != ["person", "birth", "sex", "record"] or len(heading) != 5:
        raise FairpracticeError(
            f"A spec's headings are {' | '.join(heading)}",
            where=where,
            fix="Use person | birth | sex | record | and the name of what is expected.",
        )
    tables: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in (
            "patient",
            "registration",
            "event",
            "medication",
            "appointment",
            "urgent_contact",
            "social_fact",
        )
    }
    people, expected = {}, {}
    for patient_id, row in enumerate(rows, start=1):
        if len(row) != 5:
            raise FairpracticeError(
                f"A row of a spec has {len(row)} cells, not 5: {' | '.join(row)}", where=where
            )
        name, birth, sex, record, answer = row
        people[name], expected[name] = patient_id, answer
        person = {
            "patient_id": patient_id,
            "birth_month": _month(birth) if birth else None,
            "sex": sex or None,
            "death_month": None,
        }
        spells: list[dict[str, Any]] = []
        for part in filter(None, (part.strip() for part in record.split(";"))):
            times, entry = _times(part)
            for _ in range(times):
                _enter(entry, person, spells, tables, codelists, where)
        if not spells:
            spells = [{"start_date": dt.date(2000, 1, 1), "end_date": None}]
        tables["patient"].append(person)
        tables["registration"] += [
            {"patient_id": patient_id, "practice_code": PRACTICE, **spell}
            for spell in spells
            if spell
        ]
    return Spec(tables, people, expected)


def _times(part: str) -> tuple[int, str]:
    repeated = re.fullmatch(r"(\d+) x (.+)", part)
    return (int(repeated[1]), repeated[2]) if repeated else (1, part)


def _enter(
    entry: str,
    person: dict[str, Any],
    spells: list[dict[str, Any]],
    tables: dict[str, list[dict[str, Any]]],
    codelists: Mapping[str, Codelist],
    where: str,
) -> None:
    kind, said = next(
        (
            (kind, match.groupdict())
            for kind, pattern in ENTRIES.items()
            if (match := pattern.fullmatch(entry))
        ),
        ("", {}),
    )
    patient_id = person["patient_id"]
    date = _day(said.get("date"))
    match kind:
        case "event" | "medication":
            code = codelists[said["codelist"]].codes[0]
            row = {"patient_id": patient_id, "code": code.code, "code_system": code.system}
            if kind == "event":
                row |= {"date": date, "value": said["value"] and float(said["value"])}
            else:
                row |= {"issued_on": date, "days_supply": said["days"] and int(said["days"])}
            tables[kind].append(row)
        case "appointment":
            tables[kind].append(
                {
                    "patient_id": patient_id,
                    "start_date": date,
                    "status": said["status"],
                    "clinician_id": said["clinician"],
                    "minutes": said["minutes"] and float(said["minutes"]),
                }
            )
        case "urgent_contact":
            tables[kind].append({"patient_id": patient_id, "date": date, "kind": said["kind"]})
        case "fact":
            tables["social_fact"].append(
                {
                    "patient_id": patient_id,
                    "topic": said["topic"],
                    "status": said["status"],
                    "route": said["route"] or "asked",
                    "recorded_on": date,
                    "true_until": _day(said["until"]),
                    "lawful_basis": "direct_care",
                    "sensitivity": "ordinary",
                }
            )
        case "registered":
            spells.append({"start_date": date, "end_date": _day(said["until"])})
        case "not_registered":
            spells.append({})
        case "died":
            person["death_month"] = _month(said["month"])
        case _:
            raise FairpracticeError(
                f"A spec has an entry that cannot be read: {entry!r}",
                where=where,
                fix="See fairpractice.criteria.spec for the entries there are.",
            )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _month(text: str) -> dt.date:
    return dt.date.fromisoformat(f"{text}-01")
