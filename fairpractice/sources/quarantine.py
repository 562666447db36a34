"""Rows that are wrong: each with its file, line, field and reason.

The reason is a kind of fault; the words for it are here alone. The value at fault is kept only
for fields that identify nobody, and shown on a screen only when several rows share it.
"""

import csv
import os
from dataclasses import dataclass
from pathlib import Path

from fairpractice.engines.duckdb import DuckDB
from fairpractice.sources import text


# Fields whose value at fault may be written down.
SHOWN = (
    "code", "code_system", "value", "days_supply", "minutes", "status", "kind", "route", "purpose",
    "sex", "topic", "practice_code", "organisation_code", "area_code", "area_vintage", "role",
    "lawful_basis", "sensitivity", "contact_details",
)  # fmt: skip
SHARED_BY = 5  # rows, before a value is shown on a screen
LONGEST = 60  # characters of a value

REASONS = {
    text.TOO_FEW: (
        text.BROKEN[text.TOO_FEW],
        "Correct the line; a line break may have cut it in two.",
    ),
    text.TOO_MANY: (
        text.BROKEN[text.TOO_MANY],
        "Correct the line; a field with the delimiter in it needs quotation marks.",
    ),
    text.UNCLOSED: (
        text.BROKEN[text.UNCLOSED],
        "Correct the line; a mark inside a field is written twice.",
    ),
    text.CUT_SHORT: (text.BROKEN[text.CUT_SHORT], "Ask for the whole file again."),
    text.NUL: (text.BROKEN[text.NUL], "Ask for the file again: it was damaged on its way."),
    text.UNDECODABLE: (text.BROKEN[text.UNDECODABLE], "Ask for the file again, as UTF-8."),
    "not_json": ("is not JSON", "Ask for the file again; a line break may have cut it in two."),
    "not_utf8": ("is not UTF-8 text", "Ask for the file again, as UTF-8."),
    "too_deep": ("is nested too deep to be a resource", "Ask for the file again."),
    "no_object": ("is JSON and no object", "Ask for resources, each a JSON object."),
    "not_xml": ("is not XML", "Ask for the file again: it was damaged or cut short."),
    "not_fhir_xml": ("is XML and not FHIR", "Take the file out of the folder."),
    "doctype": ("has a DOCTYPE, which FHIR does not", "Have it written without one."),
    "malformed": ("is not a resource as FHIR R4 has it", "Have it corrected by whoever sent it."),
    "empty": ("is required and empty", "Fill it at the source."),
    "unreadable_date": (
        "is not a date as the mapping, or the standard, says dates are written",
        'Correct dates in the mapping, such as dates = ["dd/mm/yyyy"], or the date at the source.',
    ),
    "impossible_date": ("is a date that no calendar has", "Correct it at the source."),
    "future": (
        "is in the future",
        "Correct it at the source; if it stands for 'no end', add it to empty in the mapping.",
    ),
    "before_1900": (
        "is before 1900",
        "Correct it at the source; if it stands for 'not known', add it to empty in the mapping.",
    ),
    "before_birth": ("is before the person was born", "Correct it, or the date of birth."),
    "death_before_birth": ("is before the date of birth", "Correct one of the two dates."),
    "ends_before_start": ("is before the start", "Correct one of the two dates."),
    "unreadable_time": ("is not a time of day", "Write it as HH:MM."),
    "not_a_number": (
        "is not a number",
        "Correct it, or name the column in may_be_unreadable to store the row without it.",
    ),
    "negative": ("is less than 0", "Correct it at the source."),
    "not_allowed": (
        "has a value that is not known",
        "Say what it means in the mapping under values, or set such rows aside under set_aside.",
    ),
    "bad_shape": ("does not have the shape of such a code", "Correct it at the source."),
    "spoilt_code": (
        "was spoilt by a spreadsheet",
        "Ask for the extract again and do not save it from a spreadsheet.",
    ),
    "bad_code": (
        "is not a SNOMED CT concept code",
        "Correct it, or give the code_system that the code is from.",
    ),
    "wrong_vintage": (
        "is not an area of the vintage stated",
        "Give the vintage that the codes are from as area_vintage.",
    ),
    "nobody": ("is empty, so nobody knows whose row it is", "Fill it at the source."),
    "bad_nhs_number": (
        "is not an NHS number, and there is no other identifier",
        "Correct it at the source, or map source_patient_id.",
    ),
    "two_numbers": (
        "belongs to people with different NHS numbers",
        "If it is unique only within a practice, map it with the practice: "
        'source_patient_id = ["Practice", "Patient"].',
    ),
    "two_birth_dates": (
        "differs between the rows of one person: two dates of birth",
        "Correct the wrong one at the source; until then none of the rows is used.",
    ),
    "two_sexes": (
        "differs between the rows of one person",
        "Correct the wrong one at the source; until then none of the rows is used.",
    ),
    "two_deaths": (
        "differs between the rows of one person: two dates of death",
        "Correct the wrong one at the source; until then none of the rows is used.",
    ),
    "contradiction": (
        "differs from another row that is otherwise about the same thing",
        "Correct the wrong one at the source; until then neither is used.",
    ),
    "overlap_same_practice": (
        "falls in another spell of the person at the same practice, which was read before",
        "Correct the dates at the source.",
    ),
    "overlap_other_practice": (
        "falls in a spell of the person at another practice, which was read before",
        "End the earlier registration on the day that the later one starts.",
    ),
}


COLUMNS = "tbl VARCHAR, file VARCHAR, line BIGINT, field VARCHAR, kind VARCHAR, value VARCHAR"


@dataclass(frozen=True)
class Cause:
    """What is wrong with some rows of a table: a field, a kind of fault, how many rows, and where.

    ``values`` are values at fault that several rows share.
    """

    table: str
    field: str
    kind: str
    rows: int
    file: str
    line: int
    values: tuple[str, ...] = ()

    def __str__(self) -> str:
        reason, fix = REASONS[self.kind]
        said = f" ({', '.join(map(repr, self.values))})" if self.values else ""
        return (
            f"{self.rows:,} quarantined: {self.field} {reason}{said}; "
            f"first: {self.file}, line {self.line}. {fix}"
        )


def causes(engine: DuckDB, rejected: str) -> list[Cause]:
    """Return why rows were quarantined, the commonest cause of each table first.

    ``rejected`` names a table of :data:`COLUMNS`, a row for each row quarantined.
    """
    found = engine.execute(
        "SELECT tbl, field, kind, sum(n)::BIGINT, min(file), min_by(line, (file, line)), "
        f"list(left(value, {LONGEST}) ORDER BY n DESC, value) "
        f"FILTER (n >= {SHARED_BY} AND value IS NOT NULL) FROM ("
        "SELECT tbl, field, kind, value, count(*) AS n, min(file) AS file, "
        f"min_by(line, (file, line)) AS line FROM {rejected} GROUP BY tbl, field, kind, value) "
        "GROUP BY tbl, field, kind ORDER BY tbl, 4 DESC, field, kind"
    )
    return [
        Cause(table, field, kind, rows, file, line, tuple((values or ())[:3]))
        for table, field, kind, rows, file, line, values in found
    ]


def write(engine: DuckDB, rejected: str, folder: Path) -> None:
    """Write a list of the faults of each table, for whoever can correct them.

    The lists are ``<table>.csv``; their owner alone can read them.
    """
    tables = [table for (table,) in engine.execute(f"SELECT DISTINCT tbl FROM {rejected}")]
    if tables:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for table in tables:
        rows = engine.connection.execute(
            f"SELECT file, line, field, kind, value FROM {rejected} WHERE tbl = ? "
            "ORDER BY file, line, field",
            [table],
        )
        descriptor = os.open(folder / f"{table}.csv", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            sheet = csv.writer(file)
            sheet.writerow(("file", "line", "field", "reason", "value", "what to do"))
            while some := rows.fetchmany(10_000):
                for name, line, field, kind, value in some:
                    reason, fix = REASONS[kind]
                    sheet.writerow((name, line, field, reason, _harmless(value or ""), fix))


def _harmless(value: str) -> str:
    """Return a text, not too long, that a spreadsheet does not take for a formula."""
    value = value[:LONGEST]
    return "'" + value if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
