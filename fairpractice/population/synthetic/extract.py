"""The population as its practices would send it: files with their headings, words and faults.

CSV files have the habits of real exports: headings and words of their own, days as dd/mm/yyyy,
one file in cp1252, files that give only one of the two identifiers, and about twenty rows that are
wrong. Parquet files have the columns and words of the contracts, and no faults.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.population.synthetic.places import VINTAGE


SOURCE = "fairport"
FIRST_PHONE, PHONES = 7_700_900_000, 1_000  # kept for drama by Ofcom
DATES = "dd/mm/yyyy"
SPOILT_EACH = 4  # rows of each table kept to be spoilt


@dataclass(frozen=True)
class File:
    """One CSV file: which of its headings is which of our columns, and its words for ours."""

    table: str
    name: str
    columns: Mapping[str, str]
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    encoding: str = "utf-8"


CSV_FILES = (
    File(
        "patient",
        "patients.csv",
        {"source_patient_id": "Patient ID", "nhs_number": "NHS Number",
         "birth_month": "Date of Birth", "sex": "Sex", "death_month": "Date of Death",
         "telephone": "Mobile Telephone", "email": "E-mail"},
        {"sex": {"male": "M", "female": "F"}},
    ),
    File(
        "registration",
        "registrations.csv",
        {"source_patient_id": "Patient ID", "practice_code": "Practice Code",
         "start_date": "Registration Date", "end_date": "Deduction Date"},
    ),
    File(
        "address",
        "addresses.csv",
        {"source_patient_id": "Patient ID", "area_code": "LSOA21CD", "start_date": "From",
         "end_date": "To"},
    ),
    File(
        "event",
        "coded_entries.csv",
        {"source_patient_id": "Patient ID", "date": "Event Date", "code": "SNOMED Code",
         "value": "Value1", "practice_code": "Practice Code"},
    ),
    File(
        "medication",
        "issues.csv",
        {"source_patient_id": "Patient ID", "issued_on": "Issue Date", "code": "Product",
         "code_system": "Product Dictionary", "days_supply": "Course Length",
         "practice_code": "Practice Code"},
        {"code_system": {"dmd": "dm+d", "local": "Practice formulary"}},
    ),
    File(
        "appointment",
        "appointments.csv",
        {"source_patient_id": "Patient ID", "booked_on": "Date Booked",
         "start_date": "Appt Date", "start_time": "Appt Time", "minutes": "Actual Duration",
         "role": "HCP Type", "clinician_id": "Clinician", "status": "Appt Status",
         "practice_code": "Practice Code"},
        {"status": {"attended": "Arrived", "did_not_attend": "DNA", "cancelled": "Cancelled"},
         "role": {"gp": "GP", "practice_nurse": "Practice Nurse",
                  "health_care_assistant": "HCA", "pharmacist": "Clinical Pharmacist",
                  "physiotherapist": "First Contact Physio"}},
    ),
    File(
        "urgent_contact",
        "urgent_care.csv",
        {"nhs_number": "NHS Number", "date": "Arrival Date", "kind": "Department Type",
         "organisation_code": "Site Code"},
        {"kind": {"emergency_department": "A&E", "ambulance": "999", "nhs_111": "111",
                  "walk_in_centre": "WIC", "out_of_hours": "OOH"}},
    ),
    File(
        "social_fact",
        "social_needs.csv",
        {"source_patient_id": "Patient ID", "topic": "Topic", "status": "Answer",
         "route": "How Known", "source_organisation": "Organisation",
         "recorder_role": "Recorded By", "recorded_on": "Date Recorded",
         "lawful_basis": "Lawful Basis", "sensitivity": "Sensitivity"},
        {"status": {"present": "Yes", "absent": "No", "declined": "Declined to say"},
         "route": {"asked": "Asked", "self_reported": "Patient form", "external": "Partner"},
         "lawful_basis": {"direct_care": "Direct care", "consent": "Consent",
                          "sharing_agreement": "Sharing agreement"}},
        "cp1252",
    ),
    File(
        "objection",
        "opt_outs.csv",
        {"nhs_number": "NHS Number", "kind": "Type", "purpose": "Purpose",
         "recorded_on": "From", "withdrawn_on": "Withdrawn"},
        {"kind": {"national_data_opt_out": "National data opt-out",
                  "type_1_opt_out": "Type 1", "objection": "Objection"}},
    ),
)  # fmt: skip
CONSTANTS = {
    "address": {"area_vintage": VINTAGE},
    "event": {"code_system": "snomed"},
}
IDENTITY = {
    "source_patient_id": "Patient ID",
    "nhs_number": "NHS Number",
    "date_of_birth": "Date of Birth",
    "telephone": "Mobile Telephone",
    "email": "E-mail",
}


def as_csv(file: File, table: pa.Table) -> pa.Table:
    """Return some rows of a table as the file writes them: its headings, and text throughout."""
    if file.table == "patient":
        table = _with_contact(table)
    if "source_patient_id" not in file.columns:
        table = table.filter(pc.is_valid(table["nhs_number"]))
    columns = {}
    for ours, theirs in file.columns.items():
        column = table[ours].combine_chunks()
        if pa.types.is_date32(column.type):
            column = _days(column)
        elif ours in file.words:
            column = _worded(column, file.words[ours])
        columns[theirs] = column.cast(pa.string())
    return pa.table(columns)


def _with_contact(table: pa.Table) -> pa.Table:
    held = table["contact_details"].cast(pa.string())
    own = table["source_patient_id"]
    number = np.asarray(own) * 7 % PHONES + FIRST_PHONE
    phone = pc.binary_join_element_wise("0", pa.array(number).cast(pa.string()), "")
    email = pc.binary_join_element_wise("person", own.cast(pa.string()), "@example.org", "")
    for name, values in (("telephone", phone), ("email", email)):
        has = pc.or_(pc.equal(held, name), pc.equal(held, "both"))
        table = table.append_column(name, pc.if_else(has, values, None))
    return table


def _worded(column: pa.Array, words: Mapping[str, str]) -> pa.Array:
    known = column.dictionary.to_pylist()
    renamed = pa.array([words.get(word, word) for word in known], pa.string())
    return pa.DictionaryArray.from_arrays(column.indices, renamed)


def _days(column: pa.Array) -> pa.Array:
    days = column.cast(pa.int32())
    if days.null_count == len(days):
        return pa.nulls(len(days), pa.string())
    first, last = pc.min(days).as_py(), pc.max(days).as_py()
    all_days = pa.array(np.arange(first, last + 1, dtype=np.int32)).cast(pa.date32())
    return pc.strftime(all_days, "%d/%m/%Y").take(pc.subtract(days, first))


def spoilt(file: File, rows: pa.Table) -> pa.Table:
    """Return rows that are wrong, made from a few good ones, to go at the end of a file.

    Altogether there are about twenty: each fault is one that real exports have.
    """
    given = rows.slice(0, SPOILT_EACH).to_pylist()
    if len(given) < SPOILT_EACH:
        return rows.slice(0, 0)
    return pa.Table.from_pylist(list(_spoilt(file.table, given)), schema=rows.schema)


def _spoilt(table: str, rows: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    first, second, third, fourth = rows
    if table == "patient":  # one person with two dates of birth
        yield {**first, "Date of Birth": "01/01/1901"}
    elif table == "registration":
        yield {**second, "Registration Date": "01/06/2024", "Deduction Date": "01/05/2024"}
    elif table == "address":  # a code that stands in the national register
        yield {**first, "LSOA21CD": "NO2011"}
        yield {**second, "LSOA21CD": "NO2011"}
    elif table == "event":
        yield from (first, second, third, fourth)  # sent twice
        for n, row in enumerate((first, second, third)):
            yield {**row, "Event Date": f"0{n + 1}/04/2062"}
        yield {**third, "SNOMED Code": "8.88111E+14"}  # saved from a spreadsheet
        yield {**fourth, "SNOMED Code": "9.9626E+14"}
        yield {**fourth, "SNOMED Code": "38341004"}  # last digit mistyped
    elif table == "appointment":
        yield {**first, "Appt Date": "31/02/2025"}
        yield {**second, "Appt Status": "Walked Out?"}
        yield {**third, "Actual Duration": "-10"}
    elif table == "urgent_contact":
        for row in rows:  # the check digit
            number = row["NHS Number"]
            yield {**row, "NHS Number": number[:9] + str((int(number[9]) + 1) % 10)}
    elif table == "social_fact":
        yield {**first, "Answer": "Perhaps"}


def mapping(csv: bool) -> str:
    """Return the text of the mapping file that ``fairpractice import csv`` reads."""
    lines = [
        "# How the files of this folder feed the record. The people in them do not exist.",
        f"source = {_text(SOURCE)}",
        'mode = "full"',
    ]
    if csv:
        lines.append(f"dates = [{_text(DATES)}]")
    for file in CSV_FILES:
        lines += ["", *_section(file, csv)]
        if csv and file.table == "patient":
            lines += [
                "",
                "[identity]",
                f"files = {_text(file.name)}",
                f"columns = {_inline(IDENTITY)}",
            ]
    return "\n".join(lines) + "\n"


def _section(file: File, csv: bool) -> Iterator[str]:
    yield f"[{file.table}]"
    yield f"files = {_text(file.name if csv else parquet_name(file.table))}"
    constants = CONSTANTS.get(file.table, {})
    columns = file.columns if csv else {name: name for name in parquet_columns(file)}
    yield f"columns = {_inline(columns)}"
    if constants:
        yield f"constants = {_inline(constants)}"
    if csv:
        for ours, words in file.words.items():
            yield f"values.{ours} = {_inline({theirs: word for word, theirs in words.items()})}"


def parquet_name(table: str) -> str:
    """Return the name of a table's Parquet file."""
    return f"{table}.parquet"


def parquet_columns(file: File) -> tuple[str, ...]:
    """Return the columns of a table's Parquet file.

    The NHS number stands in the file of patients alone; the others give the practice's own
    identifier, which takes less room.
    """
    own = [name for name in file.columns if name not in ("source_patient_id", "nhs_number")]
    if file.table == "patient":
        own = [
            "nhs_number",
            *(n for n in own if n not in ("telephone", "email")),
            "contact_details",
        ]
    return ("source_patient_id", *own)


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _inline(pairs: Mapping[str, str]) -> str:
    inside = ", ".join(f"{_key(name)} = {_text(value)}" for name, value in pairs.items())
    return f"{{ {inside} }}"


def _key(name: str) -> str:
    return name if name.isascii() and name.replace("_", "").isalnum() else _text(name)
