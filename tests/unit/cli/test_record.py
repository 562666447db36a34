import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairpractice.cli import run
from fairpractice.record import pseudonyms, store
from fairpractice.record.contract import unwritten
from fairpractice.record.tables import TABLES


PEOPLE = ["nhs:9990000018", "nhs:9990000026", "gp:17"]


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A record with two imports, the second of which replaces some of the first."""
    path = tmp_path / "pcn.record"
    monkeypatch.setenv("FAIRPRACTICE_KEY_FILE", str(tmp_path / "key"))
    store.create(path)
    secret = store.secret(path)
    schema = TABLES["event"].schema()
    schema = pa.schema([schema.field(name) for name in unwritten(TABLES["event"])])
    usual = {"date": dt.date(2026, 1, 1), "code": "1", "code_system": "local"}
    for mode, practices, sent in [
        ("full", (), [(PEOPLE[0], "Y00001"), (PEOPLE[1], "Y00001"), (PEOPLE[2], "Y00002")]),
        ("full", ("Y00001",), [(PEOPLE[0], "Y00001")]),
    ]:
        rows = [
            {**usual, "patient_id": pseudonyms.patient_id(secret, who), "practice_code": practice}
            for who, practice in sent
        ]
        pq.write_table(pa.Table.from_pylist(rows, schema), tmp_path / "event.parquet")
        store.add_batch(
            path,
            source="gp",
            mode=mode,
            staged={"event": tmp_path / "event.parquet"},
            fingerprint=f"{practices}",
            practices=practices,
        )
    return path


def _ids(record: Path) -> list[int]:
    found = store.open_record(record).table("event").patient_id.execute().tolist()
    return sorted(found)


def test_batches_are_listed_with_what_is_in_force(record, capsys):
    assert run(["record", "batches", "--record", str(record)]) == 0
    said = capsys.readouterr().out
    assert "Batch 1: full import from gp on" in said
    assert "event: 3 rows stored; 1 in force" in said
    assert "for Y00001\n  event: 1 rows stored; all in force" in said


def test_an_empty_record_has_no_batches(tmp_path, capsys):
    store.create(tmp_path / "r")
    assert run(["record", "batches", "--record", str(tmp_path / "r")]) == 0
    assert "Nothing has been imported yet." in capsys.readouterr().out


def test_a_batch_is_withdrawn(record, capsys):
    assert run(["record", "withdraw", "2", "--record", str(record)]) == 0
    assert len(_ids(record)) == 3
    assert run(["record", "batches", "--record", str(record)]) == 0
    assert "  withdrawn on " in capsys.readouterr().out
    assert run(["record", "withdraw", "2", "--record", str(record)]) == 2
    assert "was withdrawn on" in capsys.readouterr().err


def test_people_are_erased_by_number_pseudonym_and_the_sources_own(record, tmp_path, capsys):
    ids = [pseudonyms.patient_id(store.secret(record), who) for who in PEOPLE]
    who = tmp_path / "who.txt"
    for line, left in [("nhs: 999 000 0018", 1), (f"id:{ids[1]}", 1), ("gp:17", 0)]:
        who.write_text(f"\n{line}\n", encoding="utf-8")
        arguments = ["record", "erase", "--who", str(who), "--record", str(record), "--yes"]
        assert run(arguments) == 0
        assert "1 people named, 1 of them were in the record." in capsys.readouterr().out
        assert len(_ids(record)) == left


@pytest.mark.parametrize(
    "line", ["9990000018", "nhs:9990000019", "nhs:", "id:Person 1", "id:-5", ":x", "17"]
)
def test_a_line_that_names_nobody_is_refused_and_not_repeated(record, tmp_path, capsys, line):
    who = tmp_path / "who.txt"
    who.write_text(f"gp:17\n{line}\n", encoding="utf-8")
    arguments = ["record", "erase", "--who", str(who), "--record", str(record), "--yes"]
    assert run(arguments) == 2
    said = capsys.readouterr()
    assert "who.txt, line 2" in said.err
    assert "999000001" not in said.err + said.out
    assert len(_ids(record)) == 2


def test_nobody_is_erased_without_consent_to_it(record, tmp_path, monkeypatch):
    who = tmp_path / "who.txt"
    who.write_text("gp:17\n", encoding="utf-8")
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda prompt: "n")
    assert run(["record", "erase", "--who", str(who), "--record", str(record)]) == 130
    assert len(_ids(record)) == 2


def test_the_audit_trail_is_verified(record, capsys):
    assert run(["record", "audit", "verify", "--record", str(record)]) == 0
    assert "2 entries, none altered." in capsys.readouterr().out
    trail = record / "audit.jsonl"
    trail.write_text(trail.read_text(encoding="utf-8").replace("batch 1", "batch 9"), "utf-8")
    assert run(["record", "audit", "verify", "--record", str(record)]) == 2
    assert "audit.jsonl, line 1" in capsys.readouterr().err


def test_what_is_no_record_is_said(tmp_path, capsys):
    for verb in (["batches"], ["withdraw", "1"], ["audit", "verify"]):
        assert run(["record", *verb, "--record", str(tmp_path)]) == 2
        assert "Error: " in capsys.readouterr().err
