"""A record to try things on: rows in, a batch in the record, the rows in force out."""

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairpractice.record import store
from fairpractice.record.contract import unwritten
from fairpractice.record.tables import TABLES


Row = Mapping[str, Any]
DAY = dt.date(2026, 1, 1)

# What a row needs, so that a test names only what it is about.
USUAL: dict[str, dict[str, Any]] = {
    "patient": {},
    "identity": {},
    "registration": {"practice_code": "Y00001", "start_date": DAY},
    "address": {"area_code": "E01000001", "area_vintage": "lsoa_2021", "start_date": DAY},
    "event": {"date": DAY, "code": "44054006", "code_system": "snomed", "practice_code": "Y00001"},
    "medication": {"issued_on": DAY, "code": "1", "code_system": "dmd", "practice_code": "Y00001"},
    "appointment": {"start_date": DAY, "status": "attended", "practice_code": "Y00001"},
    "urgent_contact": {"date": DAY, "kind": "nhs_111"},
    "social_fact": {
        "topic": "debt",
        "status": "present",
        "route": "asked",
        "recorded_on": DAY,
        "lawful_basis": "direct_care",
        "sensitivity": "ordinary",
    },
    "objection": {"kind": "national_data_opt_out", "recorded_on": DAY},
}


@dataclass
class Desk:
    """Somebody who imports into one record."""

    path: Path
    staging: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def stage(self, tables: Mapping[str, Sequence[Row]]) -> dict[str, Path]:
        """Write rows as the files that ``add_batch`` takes."""
        staged = {}
        for name, rows in tables.items():
            schema = TABLES[name].schema()
            schema = pa.schema([schema.field(column) for column in unwritten(TABLES[name])])
            whole = [
                {**USUAL[name], "source_file": f"{name}.csv", "source_row": line, **row}
                for line, row in enumerate(rows, start=2)
            ]
            staged[name] = self.staging / f"{next(self._numbers)}-{name}.parquet"
            pq.write_table(pa.Table.from_pylist(whole, schema), staged[name])
        return staged

    def add(
        self,
        mode: Any = "addition",
        *,
        source: str = "gp",
        fingerprint: str = "",
        practices: Sequence[str] = (),
        period: tuple[dt.date, dt.date] | None = None,
        **tables: Sequence[Row],
    ) -> store.Batch:
        """Import some rows."""
        return store.add_batch(
            self.path,
            source=source,
            mode=mode,
            staged=self.stage(tables),
            fingerprint=fingerprint or f"{next(self._numbers)}",
            practices=practices,
            period=period,
        )

    def rows(self, table: str, *columns: str, purpose: str = "direct_care") -> list[Any]:
        """Return what is in force, in order; values alone when one column is asked for."""
        record = store.open_record(self.path, purpose=purpose, today=dt.date(2026, 6, 1))
        found = record.engine.to_arrow(record.table(table)).to_pylist()
        if len(columns) == 1:
            return sorted(row[columns[0]] for row in found)
        return sorted((tuple(row[c] for c in columns) for row in found), key=repr)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setenv("FAIRPRACTICE_KEY_FILE", str(tmp_path / "keys" / "record.key"))
    monkeypatch.setenv("FAIRPRACTICE_USER", "tester")
    (tmp_path / "in").mkdir()
    store.create(tmp_path / "record")
    return Desk(tmp_path / "record", tmp_path / "in")
