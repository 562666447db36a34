"""Specs: people drawn as a table, what is asked of them, and what must come out.

A definition carries one, and it is run on every engine, on the plain-Python evaluator, and printed
in the reference. A row is a person; ``record`` is what is known of them, entries parted by
semicolons, dates as YYYY-MM-DD::

    person  | birth   | sex    | record                                           | found
    in      | 1950-06 | female | diabetes 2015-03-01                              | yes
    out     | 1950-06 | female | diabetes 2015-03-01; diabetes-review 2026-09-01  | no
    missing |         | female | diabetes 2015-03-01                              | unknown

Entries: ``LIST DATE [= VALUE]`` (a coded entry, with a code of a codelist that
as few other lists as possible have),
``prescribed LIST DATE [for N days]``, ``attended|did_not_attend|cancelled DATE [with CLINICIAN]
[for N minutes]``, ``KIND DATE`` of urgent contact, ``fact TOPIC STATUS DATE [until DATE]
[by ROUTE]``, ``registered DATE [until DATE]``, ``not registered``, ``address DATE [until DATE]``,
``contact telephone|email|both|none``, ``died YYYY-MM``. Everybody is
registered from 2000-01-01 unless the record says otherwise. An entry may be repeated: ``3 x ...``.

Answers: ``yes``, ``no`` and ``unknown``; ``not asked`` of those outside the population, and
``excepted`` of those left out; a number, or ``1 of 4`` for a ratio. The outcomes that are shown
beside somebody follow the answer: ``yes, declined``.
"""

import datetime as dt
import difflib
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from fairpractice.codelists import Codelist
from fairpractice.criteria.definition import Definition
from fairpractice.criteria.evaluate import Person, decide, measure
from fairpractice.criteria.tree import Criterion, Expression, Number
from fairpractice.errors import FairpracticeError
from fairpractice.record.tables import (
    APPOINTMENT_STATUSES,
    CONTACT_DETAILS,
    FACT_STATUSES,
    ROUTES,
    SEXES,
    TABLES,
    URGENT_CONTACT_KINDS,
)
from fairpractice.record.topics import TOPICS


PRACTICE = "Y00001"
AREA = {"area_code": "E01999999", "area_vintage": "lsoa_2021"}
DATE = r"\d{4}-\d{2}-\d{2}"
ENTRIES = {
    "appointment": re.compile(
        rf"(?P<status>{'|'.join(APPOINTMENT_STATUSES)}) (?P<date>{DATE})"
        r"(?: with (?P<clinician>\S+))?(?: for (?P<minutes>\d+) minutes)?"
    ),
    "urgent_contact": re.compile(rf"(?P<kind>{'|'.join(URGENT_CONTACT_KINDS)}) (?P<date>{DATE})"),
    "fact": re.compile(
        rf"fact (?P<topic>{'|'.join(TOPICS)}) (?P<status>{'|'.join(FACT_STATUSES)})"
        rf" (?P<date>{DATE})"
        rf"(?: until (?P<until>{DATE}))?(?: by (?P<route>{'|'.join(ROUTES)}))?"
    ),
    "registered": re.compile(rf"registered (?P<date>{DATE})(?: until (?P<until>{DATE}))?"),
    "address": re.compile(rf"address (?P<date>{DATE})(?: until (?P<until>{DATE}))?"),
    "contact": re.compile(rf"contact (?P<contact>{'|'.join(CONTACT_DETAILS)})"),
    "not_registered": re.compile(r"not registered"),
    "died": re.compile(r"died (?P<month>\d{4}-\d{2})"),
    "medication": re.compile(
        rf"prescribed (?P<codelist>[\w-]+) (?P<date>{DATE})(?: for (?P<days>\d+) days)?"
    ),
    "event": re.compile(
        rf"(?P<codelist>[\w-]+) (?P<date>{DATE})(?: = (?P<value>-?\d+(?:\.\d+)?))?"
    ),
}


TABLES_DRAWN = (
    "patient",
    "registration",
    "address",
    "event",
    "medication",
    "appointment",
    "urgent_contact",
    "social_fact",
)


@dataclass(frozen=True)
class Spec:
    """People drawn as rows of a record, and the answer expected for each by name."""

    tables: Mapping[str, list[dict[str, Any]]]
    people: Mapping[str, int]
    expected: Mapping[str, str]

    def person(self, name: str) -> Person:
        """Return the rows about one person, by table, every column filled or ``None``."""
        return {
            table: [
                dict.fromkeys(column.name for column in TABLES[table].columns) | row
                for row in rows
                if row["patient_id"] == self.people[name]
            ]
            for table, rows in self.tables.items()
        }


def parse(text: str, codelists: Mapping[str, Codelist], *, where: str = "") -> Spec:
    """Read a drawn table.

    Parameters
    ----------
    text
        The table, as in the description of this module.
    codelists
        The lists that entries name.
    where
        What the table belongs to, to be named in an error.

    Raises
    ------
    FairpracticeError
        When a row or an entry cannot be read, or names a codelist that is unknown or empty,
        saying which.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise FairpracticeError("The spec has no rows", where=where, fix=HEADINGS)
    heading, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    if heading[:4] != ["person", "birth", "sex", "record"] or len(heading) != 5:
        raise FairpracticeError(
            f"The headings of the spec are {' | '.join(heading)}", where=where, fix=HEADINGS
        )
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES_DRAWN}
    people: dict[str, int] = {}
    expected: dict[str, str] = {}
    lists_with = Counter(
        (code.system, code.code) for codelist in codelists.values() for code in codelist.codes
    )
    for row in rows:
        at = _Row(row[0], len(people) + 1, tables, codelists, lists_with, where)
        if len(row) != 5:
            raise at.refuse(f"has {len(row)} cells, not 5", "Part cells with |.")
        if row[0] in people:
            raise at.refuse("is there twice", "Give every person another name.")
        people[row[0]], expected[row[0]] = at.patient_id, row[4]
        at.draw(birth=row[1], sex=row[2], record=row[3])
    return Spec(tables, people, expected)


def aligned(text: str) -> str:
    """Return a drawn table with its cells one below the other; of uneven rows too."""
    rows = [
        [cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()
    ]
    widths = [max(map(len, column)) for column in zip_longest(*rows, fillvalue="")]
    return "\n".join(
        " | ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)).rstrip()
        for row in rows
    )


HEADINGS = "Use person | birth | sex | record | and the name of what is expected."


@dataclass(frozen=True)
class _Row:
    """One person being drawn."""

    name: str
    patient_id: int
    tables: Mapping[str, list[dict[str, Any]]]
    codelists: Mapping[str, Codelist]
    lists_with: Mapping[tuple[str, str], int]
    where: str

    def refuse(self, what: str, fix: str) -> FairpracticeError:
        return FairpracticeError(
            f"The row of “{self.name}” in the spec {what}", where=self.where, fix=fix
        )

    def draw(self, *, birth: str, sex: str, record: str) -> None:
        if sex and sex not in SEXES:
            raise self.refuse(f"has the sex {sex!r}", f"Use {', '.join(SEXES)}, or leave it empty.")
        person = {"birth_month": self.day(birth, "-01"), "sex": sex or None}
        spells: list[dict[str, Any]] = []
        entries = [entry for part in record.split(";") if (entry := part.strip())]
        for entry in entries:
            repeated = re.fullmatch(r"(\d+) x (.+)", entry)
            times, entry = (int(repeated[1]), repeated[2]) if repeated else (1, entry)
            table, row = self.read(entry)
            match table:
                case "registration":
                    spells.append(row)
                case "patient":
                    person |= row
                case _:
                    self.tables[table].extend(
                        {"patient_id": self.patient_id, **row} for _ in range(times)
                    )
        self.tables["patient"].append({"patient_id": self.patient_id, **person})
        if "not registered" not in entries:
            spells = spells or [{"start_date": dt.date(2000, 1, 1), "end_date": None}]
        self.tables["registration"].extend(
            {"patient_id": self.patient_id, "practice_code": PRACTICE, **spell}
            for spell in spells
            if spell
        )

    def read(self, entry: str) -> tuple[str, dict[str, Any]]:
        """Return the table that an entry is for, and its columns."""
        matches = ((kind, pattern.fullmatch(entry)) for kind, pattern in ENTRIES.items())
        kind, said = next(((kind, match.groupdict()) for kind, match in matches if match), ("", {}))
        date = self.day(said.get("date"))
        match kind:
            case "event":
                return kind, self.coded(said["codelist"]) | {
                    "date": date,
                    "value": said["value"] and float(said["value"]),
                }
            case "medication":
                return kind, self.coded(said["codelist"]) | {
                    "issued_on": date,
                    "days_supply": said["days"] and int(said["days"]),
                }
            case "appointment":
                return kind, {
                    "start_date": date,
                    "status": said["status"],
                    "clinician_id": said["clinician"],
                    "minutes": said["minutes"] and float(said["minutes"]),
                }
            case "urgent_contact":
                return kind, {"date": date, "kind": said["kind"]}
            case "fact":
                return "social_fact", {
                    "topic": said["topic"],
                    "status": said["status"],
                    "route": said["route"] or "asked",
                    "recorded_on": date,
                    "true_until": self.day(said["until"]),
                    "lawful_basis": "direct_care",
                    "sensitivity": "ordinary",
                }
            case "registered":
                spell = {"start_date": date, "end_date": self.day(said["until"])}
                return "registration", spell
            case "not_registered":
                return "registration", {}
            case "address":
                return kind, AREA | {"start_date": date, "end_date": self.day(said["until"])}
            case "contact":
                return "patient", {"contact_details": said["contact"]}
            case "died":
                return "patient", {"death_month": self.day(said["month"], "-01")}
            case _:
                raise self.refuse(
                    f"has an entry that cannot be read: {entry!r}",
                    "The page “write your own rule” shows the entries there are.",
                )

    def coded(self, codelist: str) -> dict[str, Any]:
        try:
            codes = self.codelists[codelist].codes
        except KeyError as error:
            close = difflib.get_close_matches(codelist, self.codelists, n=1)
            meant = f" Did you mean {close[0]}?" if close else ""
            raise self.refuse(
                f"names {codelist!r}, which is no codelist and no other entry that there is",
                f"`fairpractice codelists status` names the lists.{meant}",
            ) from error
        if not codes:
            raise self.refuse(
                f"names the codelist {codelist!r}, which has no codes",
                "Leave the row out until a list has been added.",
            )
        # The invitation to one review may be coded as that to all: then another code is meant.
        code = min(codes, key=lambda code: self.lists_with[code.system, code.code])
        return {"code": code.code, "code_system": code.system}

    def day(self, text: str | None, rest: str = "") -> dt.date | None:
        if not text:
            return None
        try:
            return dt.date.fromisoformat(text + rest)
        except ValueError as error:
            written = "YYYY-MM, as in 1980-05" if rest else "YYYY-MM-DD, as in 2026-03-31"
            raise self.refuse(f"has the date {text!r}", f"Write {written}.") from error


Answer = bool | float | None


def asked(definition: Definition, codelists: Mapping[str, Codelist]) -> dict[str, Expression]:
    """Return everything that the spec of a definition needs to ask, by name."""
    shown = definition.outcomes_known(codelists)
    return definition.asked | {f"outcome {name}": outcome for name, outcome in shown.items()}


def said(definition: Definition, answers: Mapping[str, Answer]) -> str:
    """Put what was answered of one person in the words of a spec.

    Parameters
    ----------
    definition
        What was asked.
    answers
        The answer to each expression of :func:`asked`, by name; ``None`` is unknown.
    """
    if answers["population"] is False:
        return "not asked"
    counted = [answers[name] for name in definition.counted]
    if answers["population"] and answers.get("unless"):
        result = "excepted"
    elif answers["population"] is None or None in counted:
        result = "unknown"
    else:
        result = " of ".join(word(answer) for answer in counted if answer is not None)
    shown = [name for name in definition.outcomes if answers.get(f"outcome {name}")]
    return ", ".join([result, *shown])


def word(answer: bool | float) -> str:
    """Put one answer in the words of a spec."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return f"{answer:g}"


def verdict(
    definition: Definition, person: Person, on: dt.date, codelists: Mapping[str, Codelist]
) -> str:
    """Say what a definition makes of one person on a day, in the words of a spec."""
    answers: dict[str, Answer] = {}
    for name, expression in asked(definition, codelists).items():
        match expression:
            case Criterion():
                answers[name] = decide(expression, person, on, codelists)
            case Number():
                answers[name] = measure(expression, person, on, codelists)
            case _:
                raise TypeError(f"neither a criterion nor a number: {expression!r}")
    return said(definition, answers)


def differences(
    definition: Definition, codelists: Mapping[str, Codelist]
) -> list[tuple[str, str, str]]:
    """Return the people of a definition's spec for whom something else comes out.

    Returns
    -------
    list
        One (person, answer expected, answer) each; none when the spec holds.
    """
    spec = parse(definition.spec, codelists, where=definition.file)
    answers = {
        name: verdict(definition, spec.person(name), definition.on, codelists)
        for name in spec.people
    }
    return [
        (name, expected, answers[name])
        for name, expected in spec.expected.items()
        if answers[name] != expected
    ]
