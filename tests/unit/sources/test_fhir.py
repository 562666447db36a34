"""FHIR on its way into a record: what is looked up, counted, refused."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairpractice.engines.duckdb import connect
from fairpractice.errors import FairpracticeError
from fairpractice.interoperability.fhir import names
from fairpractice.record.store import open_record
from fairpractice.sources.fhir import NO_BASIS, TOGETHER, import_fhir
from fairpractice.sources.importing import Outcome
from tests.unit.sources.conftest import TODAY, faults


SNOMED = names.CODE_SYSTEMS["snomed"]
NHS = {"system": names.NHS_NUMBER, "value": "9990000018"}
ELSEWHERE = {"system": "https://a.system", "value": "x"}
ODS = {"system": names.ODS_CODE, "value": "Y01234"}


def patient(id: str = "p1", **elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": id, "birthDate": "1970-05-06", **elements}


def condition(subject: str = "Patient/p1", **elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "code": {"coding": [{"system": SNOMED, "code": "44054006"}]},
        "subject": {"reference": subject},
        "recordedDate": "2020-03-04",
        **elements,
    }


class Trial:
    """Resources in files, and a record to import them into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "export"
        self.folder.mkdir()
        self.record = folder / "a.record"

    def write(self, name: str, *resources: Any) -> Path:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        lines = [r if isinstance(r, str) else json.dumps(r) for r in resources]
        text = "".join(line + "\n" for line in lines).encode("utf-8", "surrogatepass")
        path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
        return path

    def run(self, **options: Any) -> Outcome:
        return import_fhir([self.folder], self.record, **{"today": TODAY, **options})

    def rows(self, table: str, columns: str) -> list[tuple[Any, ...]]:
        [batch] = [b for b in open_record(self.record).batches if table in b.in_force]
        file = self.record / batch.in_force[table]
        return connect().execute(f"SELECT {columns} FROM read_parquet('{file}') ORDER BY ALL")


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    monkeypatch.setenv("FAIRPRACTICE_KEY_FILE", str(tmp_path / "key"))
    return Trial(tmp_path)


def tally(outcome: Outcome, file: str, table: str) -> tuple[int, int, int, int]:
    [found] = [t for t in outcome.tallies if (t.file, t.table) == (file, table)]
    return found.read, found.stored, found.set_aside.total(), found.quarantined.total()


def test_an_export_with_neither_nhs_number_nor_practice_is_stored_and_accounted_for(
    reference: Callable[..., Path], trial: Trial
) -> None:
    outcome = import_fhir([reference("fhir", "bulk-synthea-10")], trial.record, today=TODAY)
    assert tally(outcome, "Patient.000.ndjson", "patient") == (13, 13, 0, 0)
    assert tally(outcome, "Condition.000.ndjson", "event") == (555, 555, 0, 0)
    assert tally(outcome, "Immunization.000.ndjson", "event") == (161, 161, 0, 0)
    assert tally(outcome, "Encounter.000.ndjson", "resource") == (1215, 0, 1215, 0)
    assert tally(outcome, "Organization.000.ndjson", "resource") == (43, 0, 43, 0)
    assert tally(outcome, "log.ndjson", "resource") == (4, 0, 4, 0)
    assert outcome.causes == []
    assert outcome.unused == ["LICENSE"]
    record = open_record(trial.record, purpose="planning")
    systems = record.table("event").code_system.value_counts().execute()
    assert dict(systems.itertuples(index=False)) == {"snomed": 555, "cvx": 161}


def test_a_language_is_held_on_a_basis_that_somebody_gave_and_else_left_out_and_counted(
    trial: Trial,
) -> None:
    polish = {"language": {"coding": [{"system": names.BCP_47, "code": "pl"}]}}
    trial.write("Patient.ndjson", patient(communication=[polish]), patient("p2"))
    outcome = trial.run()
    [resources] = [each for each in outcome.tallies if each.table == "resource"]
    assert (resources.stored, dict(resources.notes)) == (2, {NO_BASIS: 1})
    assert f"resource: 1 {NO_BASIS}" in str(outcome)
    with pytest.raises(FairpracticeError, match="no such lawful basis"):
        trial.run(mode="full", lawful_basis="vital_interests")
    again = trial.run(mode="full", lawful_basis="direct_care")
    assert not any(each.notes for each in again.tallies)
    facts = open_record(trial.record, purpose="planning").table("social_fact")
    kept = facts.select("topic", "code", "status", "lawful_basis", "source").execute()
    assert kept.to_numpy().tolist() == [["language_main", "pl", "present", "direct_care", "FHIR"]]


def test_uk_core_examples_are_stored(reference: Callable[..., Path], trial: Trial) -> None:
    outcome = import_fhir([reference("fhir", "uk-core-r4", "examples")], trial.record, today=TODAY)
    assert tally(outcome, "./", "patient") == (3, 3, 0, 0)
    assert {cause.kind for cause in outcome.causes} == {"empty"}  # a Condition without a date
    held = trial.rows("event", "code, value")
    assert ("72313002", 142.0) in held  # part of a blood pressure
    assert trial.rows("medication", "code_system") == [("dmd",)]


def test_gp_connect_is_another_version_and_leaves_nothing(
    reference: Callable[..., Path], trial: Trial
) -> None:
    with pytest.raises(FairpracticeError, match=r"This is FHIR STU3.*json, line \d+"):
        import_fhir([reference("fhir", "gpconnect-stu3")], trial.record, today=TODAY)
    assert not trial.record.exists()


@pytest.mark.parametrize(
    "subject",
    [
        "Patient/p1",
        "Patient?identifier=https://a.system|x",
        f"Patient?identifier={names.NHS_NUMBER}|9990000018",
        "urn:uuid:0b9875ba-9310-313d-93d4-bf552585d527",
    ],
)
def test_every_way_to_name_a_person_finds_them_even_before_they_are_read(
    trial: Trial, subject: str
) -> None:
    bundle = {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {"resource": condition(subject)},
            {
                "fullUrl": "urn:uuid:0b9875ba-9310-313d-93d4-bf552585d527",
                "resource": patient(identifier=[ELSEWHERE, NHS]),
            },
        ],
    }
    trial.write("a.json", json.dumps(bundle, indent=1))
    assert not trial.run().causes
    assert trial.rows("event", "patient_id") == trial.rows("patient", "patient_id")


def test_a_name_that_two_people_have_is_nobodys(trial: Trial) -> None:
    people = [patient(id, identifier=[ELSEWHERE]) for id in ("p1", "p2")]
    entries = [condition(), condition("Patient?identifier=https://a.system|x")]
    trial.write("a.ndjson", *people, *entries)
    assert faults(trial.run()) == [("event", "nhs_number", "nobody", 1, 4)]


def test_medicines_are_looked_up(trial: Trial) -> None:
    def request(reference: str) -> dict[str, Any]:
        return {
            "resourceType": "MedicationRequest",
            "status": "completed",
            "intent": "order",
            "medicationReference": {"reference": reference},
            "subject": {"reference": "Patient/p1"},
            "authoredOn": "2020-03-04",
        }

    medicine = {"resourceType": "Medication", "id": "m", "code": condition()["code"]}
    trial.write(
        "a.ndjson", patient(), request("Medication/m"), request("Medication/unknown"), medicine
    )
    outcome = trial.run()
    assert trial.rows("medication", "code, code_system") == [("44054006", "snomed")]
    assert faults(outcome) == [("medication", "code", "empty", 1, 3)]


def episode(**elements: Any) -> dict[str, Any]:
    return {
        "resourceType": "EpisodeOfCare",
        "status": "active",
        "patient": {"reference": "Patient/p1"},
        "managingOrganization": {"identifier": ODS},
        "period": {"start": "2010-01-02", "end": "2021-06-30"},
        **elements,
    }


SPELL = "practice_code, start_date::VARCHAR, end_date::VARCHAR"


def test_a_stated_registration_counts_and_no_other_is_made(trial: Trial) -> None:
    surgery = {"resourceType": "Organization", "id": "o", "identifier": [ODS]}
    listed = patient(generalPractitioner=[{"reference": "Organization/o"}])
    stated = episode(managingOrganization={"reference": "Organization/o"})
    trial.write("a.ndjson", listed, stated, condition(), surgery)
    trial.run()
    assert trial.rows("registration", SPELL) == [("Y01234", "2010-01-02", "2021-07-01")]


@pytest.mark.parametrize(
    ("who", "entries", "spells"),
    [
        ({}, [condition()], [("Y01234", "2020-03-04", None)]),
        ({}, [], [("Y01234", "2026-10-31", None)]),
        (
            {},
            [condition(), condition(recordedDate="2027-01-01")],
            [("Y01234", "2020-03-04", None)],
        ),
        (
            {"deceasedDateTime": "2021-05-06"},
            [condition()],
            [("Y01234", "2020-03-04", "2021-05-07")],
        ),
        ({"deceasedDateTime": "2021-05-06"}, [], []),
        ({"deceasedBoolean": True}, [condition()], []),
        ({"active": False}, [condition()], []),
    ],
)
def test_who_is_on_a_list_is_registered_from_the_first_entry(
    trial: Trial,
    who: dict[str, Any],
    entries: list[dict[str, Any]],
    spells: list[tuple[str | None, ...]],
) -> None:
    trial.write("a.ndjson", patient("other", managingOrganization={"identifier": ODS}))
    trial.write("b.ndjson", patient(**who), *entries)
    outcome = trial.run(practice=" y01234")
    others = [("Y01234", "2026-10-31", None)]
    assert trial.rows("registration", SPELL) == sorted(others + spells, key=str)
    assert outcome.batch.practices == ("Y01234",)


def test_an_episode_elsewhere_is_no_registration(trial: Trial) -> None:
    trust = {"identifier": {"system": names.ODS_CODE, "value": "RR8"}}
    nameless = {"reference": "Organization/unknown"}
    trial.write(
        "a.ndjson",
        patient(),
        episode(managingOrganization=trust),
        episode(managingOrganization=nameless),
    )
    outcome = trial.run()
    [found] = [t for t in outcome.tallies if t.table == "registration"]
    assert found.set_aside == {"EpisodeOfCare: of no practice with an ODS code": 2}


def test_every_resource_and_row_is_accounted_for(trial: Trial) -> None:
    trial.write(
        "a.ndjson.gz",
        patient(),
        "",
        condition(),
        condition(),
        condition(recordedDate="2020-02-31"),
        condition(verificationStatus={"coding": [{"code": "refuted"}]}),
        '{"resourceType": "Condition"',
        {"resourceType": "Conditionn"},
        {"resourceType": "Encounter"},
        patient("\ud800"),
    )
    outcome = trial.run()
    assert tally(outcome, "a.ndjson.gz", "resource") == (10, 5, 3, 2)
    assert tally(outcome, "a.ndjson.gz", "event") == (3, 1, 1, 1)
    assert faults(outcome) == [
        ("event", "date", "impossible_date", 1, 5),
        ("resource", "line", "malformed", 1, 8),
        ("resource", "line", "not_json", 1, 7),
    ]
    assert outcome.quarantined_in
    sheet = (outcome.quarantined_in / "resource.csv").read_text("utf-8")
    assert "a.ndjson.gz,7,line,is not JSON" in sheet
    assert "resource: 1 set aside: Condition: refuted" in str(outcome)


def test_many_files_of_a_folder_are_counted_together_and_keep_their_names(trial: Trial) -> None:
    for n in range(TOGETHER + 1):
        trial.write(f"people/{n:02}.json", patient(f"p{n}"))
    trial.write("people/07.json", patient("p7"), condition("Patient/p7", recordedDate="20"))
    trial.write("one.json", condition("Patient/p3"))
    outcome = trial.run()
    assert tally(outcome, "people/", "patient") == (21, 21, 0, 0)
    assert tally(outcome, "people/", "event") == (1, 0, 0, 1)
    assert tally(outcome, "one.json", "event") == (1, 1, 0, 0)
    assert [(c.file, c.line) for c in outcome.causes] == [("people/07.json", 2)]
    assert ("people/20.json",) in trial.rows("patient", "source_file")


def test_xml_and_json_of_one_thing_are_the_same(trial: Trial) -> None:
    xml = (
        '<Patient xmlns="http://hl7.org/fhir"><id value="p1"/>'
        '<gender value="female"/><birthDate value="1970-05-06"/></Patient>'
    )
    trial.write("a.xml", xml)
    trial.write("a.json", patient(gender="female"))
    outcome = trial.run()
    assert trial.rows("patient", "sex") == [("female",)]
    [again] = [t for t in outcome.tallies if (t.file, t.table) == ("a.xml", "patient")]
    assert again.set_aside == {"duplicate": 1}


def test_a_second_import_has_to_say_what_it_is(trial: Trial) -> None:
    trial.write("a.ndjson", patient(), condition())
    first = trial.run()
    assert trial.run().batch == first.batch
    trial.write("a.ndjson", patient(), condition(recordedDate="2021-01-01"))
    with pytest.raises(FairpracticeError, match="--full if it replaces"):
        trial.run()
    assert trial.run(mode="full").new
    assert trial.rows("event", "date::VARCHAR") == [("2021-01-01",)]
    trial.write("a.ndjson", patient(), condition())
    assert trial.run(mode="addition", source="another").new


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("a.txt", "x", "There is no file to read"),
        ("a.json", "", "nothing in it that the record keeps"),
        ("a.json", json.dumps({"resourceType": "Encounter"}), "1 Encounter"),
        ("a.ndjson", "nonsense\nnonsense\n" + json.dumps(patient()), "it may not be FHIR R4"),
        ("a.json", json.dumps(condition(clinicalStatus="active")), "a.json, line 1"),
    ],
)
def test_what_cannot_be_imported_says_why_and_leaves_nothing(
    trial: Trial, file: str, content: str, says: str
) -> None:
    trial.write(file, content)
    with pytest.raises(FairpracticeError, match=says):
        trial.run()
    assert not trial.record.exists()


def test_a_damaged_archive_and_a_missing_path_are_refused(trial: Trial) -> None:
    path = trial.write("a.ndjson.gz", *[patient(f"p{n}") for n in range(500)])
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(FairpracticeError, match="damaged or cut short"):
        trial.run()
    with pytest.raises(FairpracticeError, match="no such file or folder"):
        import_fhir([trial.folder / "b"], trial.record)
    with pytest.raises(FairpracticeError, match="ODS code"):
        trial.run(practice="The Surgery!")


def test_an_objection_counts_from_the_day_it_is_read(trial: Trial) -> None:
    denial = {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"code": "research"}]},
        "patient": {"reference": "Patient/p1"},
        "provision": {"type": "deny"},
    }
    trial.write("a.ndjson", patient(), patient("p2"), denial)
    trial.run()
    assert [
        len(open_record(trial.record, purpose=p).objectors) for p in ("research", "planning")
    ] == [1, 0]


def test_a_resource_about_nobody_who_was_sent_is_stored_and_noted(trial: Trial) -> None:
    trial.write("a.ndjson", patient(), condition("Patient/p2"))
    [events] = [t for t in trial.run().tallies if t.table == "event"]
    assert (events.stored, events.notes.total()) == (1, 1)
