"""The verbs report and data-quality, over a record on disk."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairpractice import cli
from fairpractice.engines.duckdb import connect
from fairpractice.record import store
from fairpractice.record.tables import TABLES
from fairpractice.reporting.questions import QUESTIONS
from tests.support import networks


pytestmark = pytest.mark.xdist_group("report")

DAY = networks.ON.isoformat()


@pytest.fixture(scope="module")
def on_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of 600 people, one of whom objects to planning."""
    folder = tmp_path_factory.mktemp("record")
    made = networks.record(connect(threads=1), 600)
    made.rows["objection"] = [
        {"patient_id": 0, "kind": "type_1_opt_out", "recorded_on": networks.ON}
    ]
    staged = {}
    for name, rows in made.rows.items():
        left_out = {"source", "batch"}
        schema = pa.schema([f for f in TABLES[name].schema() if f.name not in left_out])
        whole = [
            {**row, "source_file": f"{name}.csv", "source_row": n} for n, row in enumerate(rows, 2)
        ]
        staged[name] = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(whole, schema), staged[name])
    store.create(folder / "pcn.record")
    store.add_batch(folder / "pcn.record", source="gp", mode="full", staged=staged, fingerprint="1")
    return folder / "pcn.record"


def run(*arguments: object) -> int:
    return cli.run([str(argument) for argument in arguments])


def test_a_report_is_printed_written_and_written_down(
    on_disk: Path, definitions: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "report.html"
    asked = ["--record", on_disk, "--on", DAY, "--definitions", definitions]
    numbers = tmp_path / "numbers.csv"
    asked += ["--edition", "fictional2025"]
    assert run("report", *asked, "--out", out, "--numbers", numbers) == 0
    said = capsys.readouterr().out
    for question in QUESTIONS:
        assert question.title in said
    assert f"Written to {out} and {numbers}." in said
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert {file.name for file in tmp_path.iterdir()} == {"report.html", "numbers.csv"}
    assert run("disclosure", "audit", numbers) == 0
    assert "hidden numbers can be worked out" in capsys.readouterr().out
    unlike = tmp_path / "unlike.csv"
    unlike.write_text("practice,had\nA,31\n", encoding="utf-8")
    assert run("report", *asked, "--out", out, "--earlier", unlike) == 2
    assert "not the numbers of a report" in capsys.readouterr().err
    last = json.loads((on_disk / "audit.jsonl").read_text(encoding="utf-8").splitlines()[-1])
    assert (last["action"], last["purpose"]) == ("report", "planning")
    assert "600 people" in said, "599, to the nearest five: one objects"
    assert "A few people in the record who object to its use for planning" in out.read_text("utf-8")


def test_data_quality_without_an_edition_says_so(
    on_disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--record", on_disk, "--on", DAY, "--definitions", tmp_path]
    assert run("data-quality", *asked) == 0
    said = capsys.readouterr().out
    assert "By deprivation it is not known: no edition is named." in said
    assert "\nEthnic group\n" in said
    assert "most deprived" not in said


def test_data_quality_takes_the_one_edition_that_is_there(
    on_disk: Path, definitions: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--record", on_disk, "--on", DAY, "--definitions", definitions]
    assert run("data-quality", *asked) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Index of the synthetic network's fictional areas" in said


def test_a_record_that_ends_long_before_the_day_is_warned_of(
    on_disk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--record", on_disk, "--on", "2027-10-31", "--definitions", tmp_path]
    assert run("data-quality", *asked) == 0
    assert "Warning: the latest entry in the record is of 2026-03-01" in capsys.readouterr().err


def test_what_cannot_be_done_is_said_and_leaves_nothing(
    on_disk: Path,
    definitions: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    empty = tmp_path / "empty.record"
    store.create(empty)
    out = tmp_path / "report.html"
    there = ["--definitions", definitions, "--edition", "fictional2025", "--out", out]
    elsewhere = [*there[:-1], tmp_path / "no" / "report.html"]
    for arguments, message in (
        (["--record", empty, *there], "the record holds no registrations"),
        (["--record", on_disk, "--on", "1999-01-01", *there], "registrations are from 2015-01-01"),
        (["--record", tmp_path / "none", *there], "there is no record here"),
        (["--record", on_disk, *elsewhere], "The folder to write to does not exist"),
        (["--record", on_disk, *there[:-1], tmp_path], "this is a folder"),
        (["--record", on_disk, "--definitions", tmp_path, "--out", out], "deprivation add imd2025"),
        (["--record", on_disk, "--purpose", "direct-care", *there], "planning"),
    ):
        assert run("report", *arguments) == 2, message
        said = capsys.readouterr()
        assert message in said.err
        assert "Traceback" not in said.err
        assert not out.exists()
