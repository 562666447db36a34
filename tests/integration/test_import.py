"""Importing through the command line: what a person sees, and what the record keeps.

Most run it in this process, by the function that the installed command calls; those about the
process itself start one.
"""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from fairpractice import cli


MAPPING = """\
source = "A system"
mode = "full"
dates = ["dd/mm/yyyy"]

[patient]
files = "people.csv"
columns = { source_patient_id = "Id", birth_month = "Born" }

[registration]
files = "people.csv"
columns = { source_patient_id = "Id", practice_code = "Practice", start_date = "Joined" }

[address]
files = "people.csv"
columns = { source_patient_id = "Id", area_code = "LSOA" }
constants = { area_vintage = "lsoa_2011" }
"""
HEADING = "Id,Born,Practice,Joined,LSOA\n"
SOUND = [f"{n},01/02/196{n},Y01234,03/04/2010,E0100000{n}" for n in range(1, 7)]


@dataclass
class Done:
    """What a run of the command left behind."""

    returncode: int
    stdout: str
    stderr: str


class Import:
    """A folder, a record and the command."""

    def __init__(self, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder = folder / "extract"
        self.folder.mkdir()
        self.record = folder / "pcn.record"
        self.capfd = capfd
        self.arguments = [
            *("import", "csv", str(self.folder)),
            *("--record", str(self.record), "--today", "2026-10-31"),
        ]

    def write(self, *rows: str, heading: str = HEADING, mapping: str = MAPPING) -> None:
        (self.folder / "people.csv").write_text(
            heading + "".join(row + "\n" for row in rows), encoding="utf-8"
        )
        (self.folder / "mapping.toml").write_text(mapping, encoding="utf-8")

    def run(self, *options: str) -> Done:
        self.capfd.readouterr()
        status = cli.run([*self.arguments, *options])
        return Done(status, *self.capfd.readouterr())

    def start(self, *before: str) -> Done:
        """Run it in a process of its own, under the plainest locale."""
        done = subprocess.run(
            [*before, sys.executable, "-m", "fairpractice", *self.arguments],
            env={**os.environ, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def held(self) -> dict[str, str]:
        """Return every file of the record and what is in it."""
        return {
            str(path.relative_to(self.record)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in self.record.rglob("*")
            if path.is_file() and path.name != "lock"
        }


@pytest.fixture
def importing(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Import:
    monkeypatch.setenv("FAIRPRACTICE_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("FAIRPRACTICE_DEFINITIONS", str(tmp_path / "definitions"))
    return Import(tmp_path, capfd)


def refused(done: Done, *says: str) -> None:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    for words in says:
        assert words in done.stderr


def test_some_bad_rows_leave_the_others_in_and_are_accounted_for(importing: Import) -> None:
    importing.write(*SOUND, "7,01/11/2026,Y01234,03/04/2010,E01000007")
    done = importing.start()
    assert done.returncode == 0, done.stderr
    [line] = [line for line in done.stdout.splitlines() if line.startswith("people.csv  patient")]
    assert line.split() == ["people.csv", "patient", "7", "6", "0", "1"]
    assert "birth_month is in the future; first: people.csv, line 8" in done.stdout
    assert "Batch 1 of A system" in done.stdout
    before = importing.held()
    again = importing.run()
    assert "nothing changed" in again.stdout
    assert importing.held() == before


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("7,01/11/2026,Y01234,03/04/2010,E01000007", "birth_month is in the future"),
        ("1,02/02/1961,Y01234,03/04/2010,E01000001", "two dates of birth"),
        ("1,01/02/1961,Y01234,03/04/2011,E01000001", "another spell of the person"),
        ("7,01/02/1961,Y01234,03/04/2011,E01034567", "not an area of the vintage stated"),
        ("7,01/02/1961,Y01234", "has fewer fields than the heading"),
    ],
)
def test_strict_refuses_what_is_wrong_and_leaves_the_record_alone(
    importing: Import, row: str, says: str
) -> None:
    importing.write(*SOUND)
    assert importing.run().returncode == 0
    before = importing.held()
    importing.write(*SOUND, row)
    refused(importing.run("--strict"), says.split(":")[0], "Nothing was stored", "people.csv, line")
    assert importing.held() == before


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (["1,01/11/2026,Y01234,03/04/2010,E01000001"], "in the future"),
        (["1,01/02/1961,Y01234,,E01000001", "1,02/02/1961,,,E01000001"], "two dates of birth"),
        (["1,01/02/1961,Y01234,03/04/2011,E01034567"], "vintage stated"),
        (["1,1961-02-01,Y01234,2011-04-03,E01000001"], 'such as dates = ["dd/mm/yyyy"]'),
    ],
)
def test_a_file_more_wrong_than_right_is_refused(
    importing: Import, rows: list[str], says: str
) -> None:
    importing.write(*rows)
    refused(importing.run(), says, "people.csv, line 2")
    assert not importing.record.exists()


def test_a_missing_column_is_named_with_those_that_are_there(importing: Import) -> None:
    importing.write(*SOUND, heading=HEADING.replace("Born", "Date of birth"))
    refused(
        importing.run(), "no column 'Born'", "mapping.toml, line 5", "It has: Id, Date of birth"
    )


def test_a_refusal_in_a_process_of_its_own_has_the_exit_status(importing: Import) -> None:
    importing.write(*SOUND, mapping=MAPPING.replace("[address]", "[adress]"))
    refused(importing.start(), "Did you mean 'address'?")


def test_a_wrong_file_is_refused(importing: Import) -> None:
    importing.write(*SOUND)
    (importing.folder / "people.csv").write_bytes(b"PK\x03\x04" + bytes(200))
    refused(importing.run(), "Excel workbook", "Save the sheet as CSV")


def test_an_empty_file_is_refused(importing: Import) -> None:
    importing.write(heading="")
    refused(importing.run(), "The file is empty", "people.csv")
    importing.write()
    refused(importing.run(), "a heading and no rows", "people.csv")


def test_an_empty_or_missing_folder_is_refused(importing: Import, tmp_path: Path) -> None:
    importing.write(*SOUND)
    mapping = tmp_path / "mapping.toml"
    (importing.folder / "mapping.toml").rename(mapping)
    (importing.folder / "people.csv").unlink()
    refused(importing.run("--mapping", str(mapping)), "The folder is empty", "Give the folder")
    importing.folder.rmdir()
    refused(importing.run("--mapping", str(mapping)), "There is no such folder")


def test_a_missing_mapping_or_file_is_refused(importing: Import) -> None:
    importing.write(*SOUND)
    (importing.folder / "mapping.toml").unlink()
    refused(importing.run(), "no mapping file", "--guess")
    importing.write(*SOUND, mapping=MAPPING.replace("people.csv", "persons.csv"))
    refused(importing.run(), "no file 'persons.csv'", "Did you mean 'people.csv'?")


def test_a_full_disk_leaves_the_record_as_it_was(importing: Import) -> None:
    importing.write(*SOUND)
    assert importing.run().returncode == 0
    before = importing.held()
    importing.write(*(row.replace("2010", "2011") for row in SOUND))
    limited = importing.start("bash", "-c", 'ulimit -f 1; trap "" XFSZ; exec "$@"', "-")
    refused(limited)
    assert importing.held() == before


def test_a_starter_mapping_needs_no_record(importing: Import) -> None:
    importing.write(*SOUND, heading="Patient ID,DOB,Practice,Registered,LSOA\n")
    (importing.folder / "mapping.toml").unlink()
    done = importing.run("--guess")
    assert done.returncode == 0, done.stderr
    assert "for patient, identity, registration, address" in done.stdout
    assert "fill in the lines marked FILL IN" in done.stdout
    refused(importing.run(), "does not say who sent the extract")
    assert not importing.record.exists()


def test_a_record_has_to_be_named(importing: Import) -> None:
    importing.write(*SOUND)
    importing.arguments = importing.arguments[:3]
    refused(importing.run(), "--record")
