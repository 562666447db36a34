"""A record of several networks, read for one: people are registered at its practices alone."""

import datetime as dt

from fairpractice.engines.duckdb import connect
from fairpractice.record.memory import MemoryRecord
from fairpractice.record.reading import AtPractices


def test_nobody_is_registered_elsewhere_and_all_else_is_as_it_was() -> None:
    since = dt.date(2020, 1, 1)
    spells = [(1, "Y00001"), (2, "Y00002"), (3, "Y00001"), (4, "Y00002")]
    record = MemoryRecord(
        connect(threads=1),
        {
            "patient": [{"patient_id": 1}, {"patient_id": 2}],
            "registration": [
                {"patient_id": person, "practice_code": code, "start_date": since}
                for person, code in spells
            ],
        },
    )
    here = AtPractices(record, ["Y00001"])

    def people(rows: object) -> set[int]:
        return set(record.engine.to_arrow(rows)["patient_id"].to_pylist())  # type: ignore[arg-type]

    assert people(here.table("registration")) == {1, 3}
    assert people(here.table("patient")) == {1, 2}
    assert people(here.only_registered()) == {3}, "those of whom nothing else is known"
    assert (here.engine, here.purpose) == (record.engine, record.purpose)
