"""Ask the same of the same people on an engine and in plain Python."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from fairpractice.codelists import Codelist
from fairpractice.criteria.evaluate import decide, measure
from fairpractice.criteria.plan import ask
from fairpractice.criteria.tree import Criterion, Number
from fairpractice.engines import Engine
from fairpractice.record.memory import MemoryRecord


Answer = bool | float | None
Answers = dict[tuple[str, int, dt.date], Answer]
"""The answer by the name of what was asked, the person and the date."""


def by_engine(
    engine: Engine,
    tables: Mapping[str, Iterable[Mapping[str, Any]]],
    asked: Mapping[str, Criterion | Number],
    dates: Sequence[dt.date],
    codelists: Mapping[str, Codelist],
) -> Answers:
    """Return what the plan answers, everything asked together."""
    answers = ask(asked, dates, MemoryRecord(engine, tables), codelists)
    names = {name: f"asked_{number}" for number, name in enumerate(asked)}
    columns: dict[str, Any] = {"patient_id": answers.table.patient_id}
    for name, column in names.items():
        if isinstance(asked[name], Criterion):
            columns[f"{column}_true"] = answers.true(name)
            columns[f"{column}_unknown"] = answers.unknown(name)
        else:
            for place in range(len(dates)):
                columns[f"{column}_{place}"] = answers.number(name, place)
    rows = engine.to_arrow(answers.table.select(**columns)).to_pylist()
    assert len({row["patient_id"] for row in rows}) == len(rows), "one row a person"
    found: Answers = {}
    for row in rows:
        for name, column in names.items():
            for place, on in enumerate(dates):
                if isinstance(asked[name], Criterion):
                    true, unknown = (
                        bool(row[f"{column}_{what}"] >> place & 1) for what in ("true", "unknown")
                    )
                    assert not (true and unknown)
                    found[name, row["patient_id"], on] = None if unknown else true
                else:
                    found[name, row["patient_id"], on] = row[f"{column}_{place}"]
    return found


def one_by_one(
    tables: Mapping[str, Iterable[Mapping[str, Any]]],
    asked: Mapping[str, Criterion | Number],
    dates: Sequence[dt.date],
    codelists: Mapping[str, Codelist],
) -> Answers:
    """Return what the plain-Python evaluator answers, a person at a time."""
    record = MemoryRecord(None, tables)  # type: ignore[arg-type]  # no engine is needed
    known = (row["patient_id"] for name in ("patient", "registration") for row in tables[name])
    found: Answers = {}
    for patient_id in dict.fromkeys(known):
        person = record.person(patient_id)
        for name, expression in asked.items():
            for on in dates:
                found[name, patient_id, on] = (
                    decide(expression, person, on, codelists)
                    if isinstance(expression, Criterion)
                    else measure(expression, person, on, codelists)
                )
    return found
