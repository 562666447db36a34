"""A record on disk as FHIR: who is in it, what is told of them, and back into another record."""

import datetime as dt
import hashlib
import json
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from fairpractice import codelists
from fairpractice.errors import FairpracticeError
from fairpractice.interoperability.fhir import names
from fairpractice.interoperability.fhir.export import export_fhir
from fairpractice.record import audit, pseudonyms, store
from fairpractice.record.tables import TABLES
from fairpractice.sources.fhir import import_fhir
from tests.unit.record.conftest import Desk


TODAY = dt.date(2026, 10, 31)
SOMALI = "315583002"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("FAIRPRACTICE_KEY_FILE", str(tmp_path / "key"))
    path = tmp_path / "a.record"
    store.create(path)
    (tmp_path / "staged").mkdir()
    return Desk(path, tmp_path / "staged")


def read(folder: Path) -> list[dict[str, Any]]:
    """Return the resources of an export, of either form."""
    if (folder / "Bundle.json").exists():
        bundle = json.loads((folder / "Bundle.json").read_text("utf-8"))
        return [entry["resource"] for entry in bundle["entry"]]
    return [
        json.loads(line)
        for file in sorted(folder.iterdir())
        for line in file.read_text("utf-8").splitlines()
    ]


def filled(desk: Desk) -> None:
    """Put a row into every table, and a second person who objects to research."""
    first = {"patient_id": 1}
    desk.add(
        patient=[{**first, "sex": "female", "birth_month": dt.date(1970, 5, 1)}, {"patient_id": 2}],
        identity=[
            {
                **first,
                "nhs_number": "9990000018",
                "family_name": "One",
                "given_name": "Person",
                "date_of_birth": dt.date(1970, 5, 6),
            }
        ],
        registration=[first],
        address=[first, {"patient_id": 2}],
        event=[
            first,
            {**first, "value": 7.5, "practice_code": None},
            {**first, "code": SOMALI},
            {"patient_id": 2},
        ],
        medication=[{**first, "code": "44054006", "days_supply": 28}],
        appointment=[{**first, "start_time": "09:10", "minutes": 12.5, "clinician_id": "c"}],
        urgent_contact=[first],
        social_fact=[
            first,
            {**first, "topic": "prison", "sensitivity": "sensitive"},
            {**first, "topic": "interpreter_need", "status": "present"},
        ],
        objection=[
            {"patient_id": 2, "kind": "objection", "purpose": "research"},
            {**first, "withdrawn_on": dt.date(2026, 2, 1)},
        ],
    )


def test_who_objects_is_left_out_and_nobody_is_named(desk: Desk, tmp_path: Path) -> None:
    filled(desk)
    written = export_fhir(desk.path, tmp_path / "out")
    found = read(tmp_path / "out")
    assert written == Counter(resource["resourceType"] for resource in found)
    assert [r["id"] for r in found if r["resourceType"] == "Patient"] == ["1"]
    text = "".join(file.read_text("utf-8") for file in (tmp_path / "out").iterdir())
    for hidden in ("9990000018", "One", "Person", "1970-05-06", "Patient/2", "prison"):
        assert hidden not in text
    assert '"birthDate": "1970-05"' in text
    everybody = export_fhir(desk.path, tmp_path / "care", purpose="direct_care")
    assert everybody["Patient"] == 2
    assert "prison" in (tmp_path / "care" / "Observation.ndjson").read_text("utf-8")


def test_outside_direct_care_no_entry_states_what_is_sensitive(desk: Desk, tmp_path: Path) -> None:
    [code, *_] = codelists.load()["domestic-abuse"].codes
    entry = {"patient_id": 1, "code": code.code, "code_system": code.system}
    desk.add(patient=[{"patient_id": 1}], event=[entry, {"patient_id": 1}])
    assert export_fhir(desk.path, tmp_path / "a", purpose="planning")["Observation"] == 1
    assert export_fhir(desk.path, tmp_path / "b", purpose="direct_care")["Observation"] == 2


def test_identity_is_for_direct_care_alone_and_audited(desk: Desk, tmp_path: Path) -> None:
    filled(desk)
    with pytest.raises(FairpracticeError, match="identity is not opened for research"):
        export_fhir(desk.path, tmp_path / "out", identity=True)
    assert not (tmp_path / "out").exists()
    export_fhir(desk.path, tmp_path / "out", purpose="direct_care", identity=True)
    [named, _] = [r for r in read(tmp_path / "out") if r["resourceType"] == "Patient"]
    assert named["identifier"] == [{"system": names.NHS_NUMBER, "value": "9990000018"}]
    assert named["name"] == [{"use": "official", "family": "One", "given": ["Person"]}]
    assert named["birthDate"] == "1970-05-06"
    trail = [json.loads(line) for line in (desk.path / audit.NAME).read_text("utf-8").splitlines()]
    assert [(entry["action"], entry["purpose"]) for entry in trail[-2:]] == [
        ("open identity", "direct_care"),
        ("export FHIR", "direct_care"),
    ]
    assert trail[-1]["detail"] == "ndjson, with identity"


def test_it_is_its_owners_alone_and_never_written_over(desk: Desk, tmp_path: Path) -> None:
    desk.add(patient=[{"patient_id": 1}])
    out = tmp_path / "out"
    export_fhir(desk.path, out)
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in out.iterdir()} == {0o600}
    with pytest.raises(FairpracticeError, match="something there already"):
        export_fhir(desk.path, out)


def test_an_empty_record_is_an_empty_bundle(desk: Desk, tmp_path: Path) -> None:
    assert not export_fhir(desk.path, tmp_path / "out", form="bundle")
    assert read(tmp_path / "out") == []


def test_what_several_sources_say_of_a_person_is_told_once(desk: Desk, tmp_path: Path) -> None:
    desk.add(source="a", patient=[{"patient_id": 1, "sex": "female", "contact_details": "both"}])
    desk.add(source="b", patient=[{"patient_id": 1, "sex": "indeterminate"}])
    export_fhir(desk.path, tmp_path / "out")
    [person] = read(tmp_path / "out")
    assert person["gender"] == "other"
    assert person["extension"] == [{"url": names.CONTACT_DETAILS, "valueCode": "both"}]


@pytest.mark.parametrize(
    ("entries", "facts", "language", "needed"),
    [
        ([("315579002", 1), (SOMALI, 2)], [], "so", None),
        ([(SOMALI, 1), ("910241000000102", 2)], [], None, None),
        ([(SOMALI, 1), ("315579002", 1)], [], None, None),
        ([(SOMALI, 1)], [("language_main", "absent", None, 2)], "en", None),
        ([(SOMALI, 1)], [("language_main", "declined", None, 2)], None, None),
        ([], [("language_main", "present", "pl", 2), ("interpreter_need", "absent", None, 2)],
         "pl", False),
        ([], [("interpreter_need", "present", None, 2)], None, True),
        ([("315593009", -2_000)], [], None, None),
    ],
)  # fmt: skip
def test_language_and_interpreter_stand_where_others_look_for_them(
    entries: list[tuple[str, int]],
    facts: list[tuple[str, str, str | None, int]],
    language: str | None,
    needed: bool | None,
    desk: Desk,
    tmp_path: Path,
) -> None:
    def on(day: int) -> dt.date:
        return dt.date(2026, 1, 1) + dt.timedelta(days=day)

    system = names.BCP_47
    desk.add(
        patient=[{"patient_id": 1}],
        event=[{"patient_id": 1, "code": code, "date": on(day)} for code, day in entries],
        social_fact=[
            {"patient_id": 1, "topic": topic, "status": status, "recorded_on": on(day)}
            | ({"code": code, "code_system": system} if code else {})
            for topic, status, code, day in facts
        ],
    )  # fmt: skip
    export_fhir(desk.path, tmp_path / "out", purpose="planning", today=TODAY)
    [person] = [r for r in read(tmp_path / "out") if r["resourceType"] == "Patient"]
    said = [way["language"]["coding"][0]["code"] for way in person.get("communication", ())]
    assert said == ([language] if language else [])
    told = [each["valueBoolean"] for each in person.get("extension", ())]
    assert told == ([] if needed is None else [needed])


@pytest.mark.parametrize("form", ["ndjson", "bundle"])
def test_back_in_another_record_it_is_the_same(desk: Desk, tmp_path: Path, form: Any) -> None:
    filled(desk)
    export_fhir(desk.path, tmp_path / "out", purpose="direct_care", form=form)
    other = tmp_path / "b.record"
    outcome = import_fhir(
        [tmp_path / "out"], other, source="s", today=TODAY, lawful_basis="consent"
    )
    assert outcome.causes == []
    secret = store.secret(other)

    def as_there(name: str, row: dict[str, Any]) -> tuple[Any, ...]:
        """Return a row of the first record as it should be in the second."""
        own = str(row["patient_id"])
        row = {**row, "patient_id": pseudonyms.patient_id(secret, f"s:{own}")}
        if row.get("clinician_id"):
            hashed = hashlib.sha256(f"{secret}|clinician|s|{row['clinician_id']}".encode())
            row["clinician_id"] = hashed.hexdigest()[:16]
        return tuple(row[column] for column in TABLES[name].column_names)

    for name in TABLES:
        if name == "identity":
            continue
        before, after = (
            store.open_record(path, purpose="direct_care").table(name).to_pyarrow().to_pylist()
            for path in (desk.path, other)
        )
        found = [tuple(row[column] for column in TABLES[name].column_names) for row in after]
        assert before
        assert Counter(found) == Counter(as_there(name, row) for row in before), name
