import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.sources.guess import write_starter
from tests.unit.sources.conftest import Trial


PEOPLE = (
    "NHS Number,Patient ID,DATE OF\n BIRTH,Gender,LSOA code,Practice Code,Reg. Date,Shoe size\n"
)


def rows(count: int = 60) -> str:
    first = dt.date(1950, 1, 1)
    return "".join(
        f",{n},{first + dt.timedelta(days=97 * n):%d/%m/%Y},{'12'[n % 2]},E01000001,Y01234,"
        f"{dt.date(2001, 1, 15):%d/%m/%Y},40\n"
        for n in range(count)
    )


def test_headings_and_values_make_a_starter(trial: Trial) -> None:
    trial.write("practice1.csv", '"' + PEOPLE.replace(",", '","').strip() + '"\n' + rows())
    trial.write("practice2.csv", '"' + PEOPLE.replace(",", '","').strip() + '"\n' + rows())
    trial.write("notes.docx", b"PK\x03\x04")
    starter = write_starter(trial.folder)
    assert starter.tables == ("patient", "identity", "registration", "address")
    assert starter.unplaced == {"practice1.csv, practice2.csv": ("Shoe size",)}
    assert 'files = ["practice1.csv", "practice2.csv"]' in starter.toml
    assert 'birth_month = "DATE OF BIRTH"' in starter.toml
    assert 'dates = ["dd/mm/yyyy"]' in starter.toml
    assert '"1" = "male"' in starter.toml
    assert '"2" = "female"' in starter.toml
    assert 'area_vintage = ""  # FILL IN' in starter.toml
    assert "notes.docx" not in starter.toml


def test_a_starter_is_refused_until_filled_in_and_then_works(trial: Trial) -> None:
    trial.write("people.csv", PEOPLE.replace("\n ", " ") + rows())
    path = write_starter(trial.folder).path
    toml = path.read_text(encoding="utf-8")
    for old, new in (
        ('source = ""', 'source = "A system"'),
        ('mode = ""', 'mode = "full"'),
        ('area_vintage = ""', 'area_vintage = "lsoa_2021"'),
    ):
        with pytest.raises(FairpracticeError):
            trial.run()
        assert old in toml
        toml = toml.replace(old, new)
        path.write_text(toml, encoding="utf-8")
    outcome = trial.run()
    assert {tally.table: tally.stored for tally in outcome.tallies} == dict.fromkeys(
        ("patient", "identity", "registration", "address"), 60
    )


def test_month_and_day_that_could_be_either_are_asked_about(trial: Trial) -> None:
    trial.write("people.csv", "Patient ID,DOB,Sex\n1,01/02/1960,F\n2,03/04/1961,M\n")
    toml = write_starter(trial.folder).toml
    assert "FILL IN: birth_month fits dd/mm/yyyy and mm/dd/yyyy" in toml


def test_dates_that_stand_for_nothing_are_named_as_empty(trial: Trial) -> None:
    trial.write(
        "spells.csv",
        "Patient ID,Practice,Registration date,Deduction date\n"
        + "".join(f"{n},Y01234,2001-01-{n + 13},9999-12-31\n" for n in range(9)),
    )
    toml = write_starter(trial.folder).toml
    assert 'empty = ["9999-12-31"]' in toml
    assert "dates =" not in toml


def test_a_word_nobody_knows_is_repeated_only_if_several_rows_share_it(trial: Trial) -> None:
    statuses = ["DNA", "Arrived", *["Walked out"] * 5, "Person 1 rang"]
    trial.write(
        "slots.csv",
        "Patient ID,Appointment date,Slot status\n"
        + "".join(f"{n},2026-01-13,{status}\n" for n, status in enumerate(statuses)),
    )
    toml = write_starter(trial.folder).toml
    assert '"DNA" = "did_not_attend"' in toml
    assert "Walked out" in toml
    assert "Person 1" not in toml


def test_parquet_and_two_files_for_a_table(trial: Trial) -> None:
    for name in ("ConceptId", "SNOMED code"):
        pq.write_table(
            pa.table({"Patient": [1], "Event date": [dt.date(2020, 5, 4)], name: ["44054006"]}),
            trial.folder / f"{name}.parquet",
        )
    toml = write_starter(trial.folder).toml
    assert toml.count("[[event]]") == 2


def test_a_mapping_is_not_written_over(trial: Trial) -> None:
    trial.write("mapping.toml", "")
    with pytest.raises(FairpracticeError, match="already"):
        write_starter(trial.folder)


def test_nothing_that_looks_like_a_record_is_said(trial: Trial, tmp_path: Path) -> None:
    trial.write("areas.csv", "LSOA,people\nE01000001,5\n")
    with pytest.raises(FairpracticeError, match="No file has headings"):
        write_starter(trial.folder)
    assert not (trial.folder / "mapping.toml").exists()
