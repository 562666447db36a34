"""A record, as FHIR R4, and back: every column of every row is what it was, by JSON and by XML."""

import datetime as dt
import io
import json
import math
from collections import Counter
from typing import Any

import hypothesis
from hypothesis import strategies as st

from fairpractice.interoperability.fhir import leaving, reading
from fairpractice.interoperability.fhir.arriving import COLUMNS, arrive
from fairpractice.interoperability.fhir.elements import Sent
from fairpractice.record.tables import TABLES
from tests.generative import records
from tests.support.fhir import xml


Row = dict[str, Any]
DATES = [dt.date(2026, 10, 31)]
# What random records leave out, and what a text may be.
TEXTS = st.none() | st.text(min_size=1, max_size=5).map(lambda text: "x" + text.strip())
MORE = {
    "registration": {},
    "address": {},
    "event": {"practice_code": st.sampled_from([None, "Y00001"])},
    "medication": {"practice_code": st.sampled_from([None, "Y00001"])},
    "appointment": {
        "practice_code": st.sampled_from([None, "Y00001"]),
        "booked_on": st.sampled_from([None, dt.date(2026, 3, 29)]),
        "start_time": st.sampled_from([None, "00:00", "01:30", "09:10", "23:59"]),
        "role": TEXTS,
    },
    "urgent_contact": {"organisation_code": st.sampled_from([None, "RR8"])},
    "social_fact": {
        "code": TEXTS,
        "code_system": st.sampled_from([None, "snomed", "emis local", "https://a.system"]),
        "source_organisation": TEXTS,
        "recorder_role": TEXTS,
    },
}
OBJECTION = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(TABLES["objection"].column("kind").allowed),
        "purpose": st.sampled_from([None, *TABLES["objection"].column("purpose").allowed]),
        "recorded_on": st.just(dt.date(2024, 2, 29)),
        "withdrawn_on": st.sampled_from([None, dt.date(2024, 2, 29), dt.date(2026, 1, 1)]),
    }
)


@st.composite
def drawn(draw: st.DrawFn) -> dict[str, list[Row]]:
    tables = records.tables(draw(records.PEOPLE), DATES)
    for name, rows in tables.items():
        for row in rows:
            row |= {column: draw(values) for column, values in MORE.get(name, {}).items()}
            for column in TABLES[name].column_names:
                row.setdefault(column, None)
    people = sorted({row["patient_id"] for rows in tables.values() for row in rows})
    if people:
        objections = draw(st.lists(st.tuples(st.sampled_from(people), OBJECTION), max_size=3))
        tables["objection"] = [{"patient_id": who, **row} for who, row in objections]
    return tables


def resources(tables: dict[str, list[Row]]) -> list[dict[str, Any]]:
    made = []
    people = {row["patient_id"]: row for row in tables["patient"]}
    homes = [row["patient_id"] for row in tables["address"]]
    for who in sorted({*people, *homes}):
        made.append(
            leaving.patient(
                people.get(who, {"patient_id": who}),
                [row for row in tables["address"] if row["patient_id"] == who],
                known=who in people,
            )
        )
    for name, resource in leaving.MAKERS.items():
        made += [resource(row) for row in tables.get(name, ())]
    return made


def text(value: Any) -> str | None:
    """Return a value as it is staged; what is no number is none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return repr(float(value)) if isinstance(value, int | float) else str(value)


def rows_of(table: str, rows: list[Row]) -> Counter[tuple[str | None, ...]]:
    columns = [name for name in COLUMNS[table] if name in TABLES[table].column_names]
    return Counter(
        (str(row["patient_id"]), *(text(row[column]) for column in columns)) for row in rows
    )


def arrived(found: list[Any]) -> dict[str, Counter[tuple[str | None, ...]]]:
    made: dict[str, Counter[tuple[str | None, ...]]] = {name: Counter() for name in TABLES}
    for _, resource, url in found:
        aside, rows = arrive(resource, ("f", 1), Sent(url, "2026-10-31"))
        assert aside == ""
        for table, row in rows:
            if table not in TABLES:
                continue
            told = dict(zip(COLUMNS[table], row, strict=True))
            numbers = [c.name for c in TABLES[table].columns if c.kind in ("float64", "int32")]
            told |= {name: repr(float(told[name])) for name in numbers if told[name]}
            columns = [name for name in COLUMNS[table] if name in TABLES[table].column_names]
            made[table][told["source_patient_id"], *(told[name] for name in columns)] += 1
    return made


@hypothesis.given(drawn())
@hypothesis.settings(max_examples=100)
def test_nothing_that_is_kept_is_lost(tables: dict[str, list[Row]]) -> None:
    made = resources(tables)
    lines = "\n".join(json.dumps(resource) for resource in made).encode()
    got = arrived(list(reading.resources(io.BytesIO(lines), "x.ndjson")))
    for name in (*MORE, "patient", "objection"):
        assert got[name] == rows_of(name, tables.get(name, [])), name


WRITABLE = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"])


@hypothesis.given(drawn(), st.text(WRITABLE, max_size=5))
@hypothesis.settings(max_examples=50)
def test_xml_says_what_json_says(tables: dict[str, list[Row]], words: str) -> None:
    for row in tables["social_fact"]:
        row["source_organisation"], row["recorder_role"], row["code"] = f"x{words}", None, None
    for row in tables["appointment"]:
        row["role"] = None
    for resource in resources(tables):
        [as_xml] = reading.resources(io.BytesIO(xml(resource).encode()), "x.xml")
        as_json = json.loads(json.dumps(resource))
        assert arrived([as_xml]) == arrived([(1, as_json, "")])


@hypothesis.given(drawn())
@hypothesis.settings(max_examples=50)
def test_resources_hold_nothing_empty(tables: dict[str, list[Row]]) -> None:
    """R4: no null, no empty string, list or object."""

    def check(value: Any) -> None:
        assert value not in (None, "", [], {})
        if isinstance(value, list | dict):
            for inside in value.values() if isinstance(value, dict) else value:
                check(inside)

    for resource in resources(tables):
        check(resource)
