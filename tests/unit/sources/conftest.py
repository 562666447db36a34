"""An extract in a folder, and what becomes of it."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from fairpractice.engines.duckdb import connect
from fairpractice.sources.extract import import_extract
from fairpractice.sources.importing import Outcome


TODAY = dt.date(2026, 10, 31)
PEOPLE = """
source = "A system"
mode = "full"
practices = "all"
dates = ["dd/mm/yyyy"]

[patient]
files = "people.csv"
columns = { source_patient_id = "Id", birth_month = "Born", sex = "Sex" }
values.sex = { F = "female", M = "male" }
"""
EVENTS = """
[event]
files = "events.csv"
columns = { source_patient_id = "Id", date = "Date", code = "Code", value = "Value" }
"""


class Trial:
    """Files, a mapping and a record to import them into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "extract"
        self.folder.mkdir()
        self.record = folder / "a.record"

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def run(self, mapping: str = "", **options: object) -> Outcome:
        if mapping:
            self.write("mapping.toml", mapping)
        return import_extract(self.folder, self.record, **{"today": TODAY, **options})

    def rows(self, outcome: Outcome, table: str, columns: str = "*") -> list[tuple[object, ...]]:
        file = self.record / outcome.batch.in_force[table]
        return connect().execute(
            f"SELECT {columns} FROM read_parquet('{file}') ORDER BY source_file, source_row"
        )


@pytest.fixture
def trial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Trial:
    monkeypatch.setenv("FAIRPRACTICE_KEY_FILE", str(tmp_path / "key"))
    return Trial(tmp_path)


@pytest.fixture
def people(trial: Trial) -> Callable[..., Outcome]:
    """Import some people: lines of Id,Born,Sex."""

    def run(*lines: str, mapping: str = PEOPLE, **options: object) -> Outcome:
        trial.write("people.csv", "\n".join(("Id,Born,Sex", *lines, "")))
        return trial.run(mapping, **options)

    return run


def faults(outcome: Outcome) -> list[tuple[str, str, str, int, int]]:
    """Return what was quarantined: table, field, kind, rows, first line."""
    return [(c.table, c.field, c.kind, c.rows, c.line) for c in outcome.causes]
