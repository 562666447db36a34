"""The files: what the import makes of them, what they never hold, and when they are refused."""

import datetime as dt
import hashlib
import tomllib
from pathlib import Path

import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest

from fairpractice.cli import run
from fairpractice.errors import FairpracticeError
from fairpractice.population import deprivation
from fairpractice.population.synthetic import population, write
from fairpractice.sources.extract import Outcome, import_extract


PEOPLE = 3_000
TODAY = dt.date(2026, 11, 20)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("extracts")
    made = population(PEOPLE, practices=3, seed=3)
    write(folder / "csv", made, "csv")
    write(folder / "parquet", made, "parquet")
    return folder


@pytest.fixture(scope="module")
def imported(folder: Path) -> Outcome:
    """What came of importing the CSV files, into ``csv.record``."""
    return import_extract(folder / "csv", folder / "csv.record", today=TODAY)


def test_the_csv_files_are_imported_but_for_the_rows_made_wrong(imported: Outcome) -> None:
    found = {tally.table: dict(tally.quarantined) for tally in imported.tallies}
    assert {table: wrong for table, wrong in found.items() if wrong} == {
        "patient": {"birth_month:two_birth_dates": 2},
        "identity": {"date_of_birth:two_birth_dates": 2},
        "registration": {"end_date:ends_before_start": 1},
        "address": {"area_code:bad_shape": 2},
        "event": {"date:future": 3, "code:spoilt_code": 2, "code:bad_code": 1},
        "appointment": {
            "start_date:impossible_date": 1,
            "status:not_allowed": 1,
            "minutes:negative": 1,
        },
        "urgent_contact": {"nhs_number:bad_nhs_number": 4},
        "social_fact": {"status:not_allowed": 1},
    }
    aside = {tally.table: dict(tally.set_aside) for tally in imported.tallies if tally.set_aside}
    assert aside == {"event": {"duplicate": 4}}
    assert imported.encodings["social_needs.csv"] == "cp1252"


def test_the_parquet_files_are_imported_whole(folder: Path) -> None:
    outcome = import_extract(folder / "parquet", folder / "parquet.record", today=TODAY)
    assert not outcome.causes
    assert all(tally.stored == tally.read for tally in outcome.tallies)
    patients = next(tally for tally in outcome.tallies if tally.table == "patient")
    assert patients.stored == PEOPLE


def test_both_forms_say_the_same(folder: Path) -> None:
    for csv, parquet in (("coded_entries", "event"), ("appointments", "appointment")):
        text = (folder / "csv" / f"{csv}.csv").read_text(encoding="utf-8").splitlines()
        rows = pq.read_metadata(folder / "parquet" / f"{parquet}.parquet").num_rows
        assert len(text) - 1 - {"event": 10, "appointment": 3}[parquet] == rows


def test_the_same_seed_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for form in ("csv", "parquet"):
        again = tmp_path / form
        write(again, population(PEOPLE, practices=3, seed=3), form)  # type: ignore[arg-type]
        assert hashes(again) == hashes(folder / form)


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_the_truth_is_apart_and_in_no_file_of_the_extract(folder: Path) -> None:
    told = pq.read_schema(folder / "csv" / "truth" / "truth.parquet").names
    secret = {name for name in told if name in ("need", "as_of", "fifth") or "reach" in name}
    assert len(secret) == 6
    for form in ("csv", "parquet"):
        mapping = tomllib.loads((folder / form / "mapping.toml").read_text(encoding="utf-8"))
        sections = [section for section in mapping.values() if isinstance(section, dict)]
        assert len(sections) >= 9
        for section in sections:
            assert "truth" not in section["files"]
            assert not secret & {*section["columns"], *section["columns"].values()}
            file = folder / form / section["files"]
            if form == "parquet":
                columns = pq.read_schema(file).names
            else:
                columns = file.read_bytes().split(b"\n", 1)[0].decode().replace('"', "").split(",")
            assert not secret & set(columns)
            # Every column is one that some section reads, so that nothing hides in another.
            read = {theirs for each in sections for theirs in each["columns"].values()}
            assert set(columns) <= read


def test_the_record_holds_no_truth(folder: Path, imported: Outcome) -> None:
    assert "truth/truth.parquet" in imported.unused
    kept = (folder / "csv.record").rglob("*.parquet")
    files = [file for file in kept if "identity" not in file.name]  # that one is encrypted
    assert len(files) >= 9
    for file in files:
        assert not {"need", "reachable_asked", "fifth"} & set(pq.read_schema(file).names)


def test_the_areas_are_an_edition(folder: Path, tmp_path: Path) -> None:
    deprivation.add("fictional2025", folder / "csv" / "deprivation.csv", tmp_path)
    areas = deprivation.load("fictional2025", tmp_path)
    assert set(areas["quintile"].to_pylist()) == {1, 2, 3, 4, 5}
    lived_in = pacsv.read_csv(folder / "csv" / "addresses.csv")["LSOA21CD"].unique().to_pylist()
    assert set(lived_in) - {"NO2011"} <= set(areas["area_code"].to_pylist())


def test_telephone_numbers_are_those_kept_for_drama(folder: Path) -> None:
    text = pacsv.ConvertOptions(column_types={"Mobile Telephone": "string"})
    numbers = pacsv.read_csv(folder / "csv" / "patients.csv", convert_options=text)
    found = {number for number in numbers["Mobile Telephone"].to_pylist() if number}
    assert len(found) > 500
    assert all("07700900000" <= number <= "07700900999" for number in found)


def test_one_file_is_in_cp1252(folder: Path) -> None:
    content = (folder / "csv" / "social_needs.csv").read_bytes()
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")
    assert "Café" in content.decode("cp1252")


def test_an_earlier_extract_is_replaced_and_anything_else_is_not(tmp_path: Path) -> None:
    made = population(200, practices=1, seed=1)
    write(tmp_path / "new", made, "csv")
    write(tmp_path / "new", made, "parquet")
    assert not list((tmp_path / "new").glob("appointments.csv"))
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(FairpracticeError, match="something else in the folder"):
        write(other, made)
    assert [file.name for file in other.iterdir()] == ["thesis.txt"]


def test_a_killed_run_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = population(200, practices=1, seed=1)
    write(tmp_path / "new", made)
    before = hashes(tmp_path / "new")

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "new", population(200, practices=1, seed=2), progress=stop)
    assert hashes(tmp_path / "new") == before
    assert [file.name for file in tmp_path.iterdir()] == ["new"]


def test_the_verb(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "extract"
    given = ["synthetic", str(folder), "--people", "300", "--practices", "2", "--years", "2"]
    assert run([*given, "--on", "2025-03-31", "--format", "parquet"]) == 0
    said = capsys.readouterr()
    assert "patient" in said.out
    assert "fairpractice import csv" in said.out
    rows = pq.read_table(folder / "event.parquet")
    assert max(rows["date"].to_pylist()) <= dt.date(2025, 3, 31)


def test_the_verb_refuses_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["synthetic", str(tmp_path / "x"), "--years", "0"]) == 2
    assert "There cannot be 0 years" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()
