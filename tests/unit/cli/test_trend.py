"""The verb trend, over a small record on disk."""

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairpractice import cli
from fairpractice.engines.duckdb import connect
from fairpractice.record import store
from fairpractice.record.tables import TABLES
from tests.support import networks


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Where a record of 400 people is, and what it is to be asked with."""
    folder = tmp_path_factory.mktemp("record")
    definitions = networks.edition(tmp_path_factory.mktemp("definitions"))
    staged = {}
    for name, rows in networks.record(connect(threads=1), 400).rows.items():
        fields = [f for f in TABLES[name].schema() if f.name not in {"source", "batch"}]
        whole = [
            {**row, "source_file": f"{name}.csv", "source_row": n} for n, row in enumerate(rows, 2)
        ]
        staged[name] = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(whole, pa.schema(fields)), staged[name])
    record = folder / "pcn.record"
    store.create(record)
    store.add_batch(record, source="gp", mode="full", staged=staged, fingerprint="1")
    return ["--record", str(record), "--on", "2026-10-31", "--edition", "fictional2025",
            "--definitions", str(definitions)]  # fmt: skip


def test_months_are_shown_and_written(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "trend.csv"
    named = ["cervical-screening", "--months", "14", "--out", str(out)]
    assert cli.run(["trend", *named, *asked]) == 0
    said = capsys.readouterr().out
    assert "30 September 2025" in said
    assert "31 October 2026" in said
    assert "Most deprived fifth" in said
    assert "a question, not as an answer" in " ".join(said.split())
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["definition"] for row in rows} == {"cervical-screening"}
    assert len([row for row in rows if row["series"] == "gap"]) == 14
    people = [int(row["people"]) for row in rows if row["people"]]
    assert people
    assert all(number % 5 == 0 for number in people)


def test_a_measure_that_is_not_there_is_refused(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["trend", "cervical-screning", *asked]) != 0
    assert "Did you mean cervical-screening?" in " ".join(capsys.readouterr().err.split())


def test_more_than_five_years_are_refused(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["trend", "cervical-screening", "--months", "61", *asked]) != 0
    assert "2<=x<=60" in capsys.readouterr().err
