"""Counting by group and date, against a slow count in plain Python over the same people."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fairpractice.codelists import load
from fairpractice.codelists.ethnic_groups import GROUPS
from fairpractice.criteria.evaluate import decide, measure
from fairpractice.engines.duckdb import DuckDB, connect
from fairpractice.measures import calculate
from fairpractice.measures.calculate import Run, count
from fairpractice.measures.completeness import completeness
from fairpractice.measures.measure import MEASURES, Measure
from fairpractice.population import deprivation
from fairpractice.population.groups import YOUNGEST_OF_BAND
from fairpractice.record import reading
from fairpractice.record.dates import completed_years, month_ends
from fairpractice.record.memory import MemoryRecord


CODELISTS = load()
ON = dt.date(2026, 10, 31)
DATES = month_ends(ON, 5)
AREAS = [f"E0199000{n}" for n in range(1, 10)]
DECILES = {area: -(-10 * rank // 8) for rank, area in enumerate(AREAS[:8], 1)}
PEOPLE = 120


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    return connect(threads=2)


@pytest.fixture(scope="module")
def definitions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A definitions folder with nine fictional areas in rank order, the last of them unranked."""
    folder = tmp_path_factory.mktemp("definitions")
    file = folder / "areas.csv"
    rows = [
        f"{area},{rank},{DECILES[area]},{10 - rank}.5,100" for rank, area in enumerate(AREAS[:8], 1)
    ]
    heading = "area_code,rank,decile,score,population"
    file.write_text("\n".join([heading, *rows]) + "\n", encoding="utf-8")
    deprivation.add("fictional2025", file, folder)
    return folder


def day(random: random.Random) -> dt.date:
    return dt.date(2024, 1, 1) + dt.timedelta(days=random.randrange(1060))


def spells(random: random.Random) -> list[tuple[dt.date, dt.date | None]]:
    days = sorted({day(random) for _ in range(random.randrange(1, 5))})
    ends = [*days[1:], None]
    # Some spells leave a gap before the next, and some are over.
    return [
        (start, end and random.choice([end, start + (end - start) / 2]))
        for start, end in zip(days, ends, strict=True)
    ]


def people(seed: int) -> dict[str, list[dict[str, Any]]]:
    draw = random.Random(seed)
    tables: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in ("patient", "registration", "address", "event", "appointment", "social_fact")
    }
    codes = [
        code
        for name in ("ethnicity", "diabetes", "diabetes-review", "cervical-screening", "homeless")
        for code in CODELISTS[name].codes[:6]
    ]
    step = reading.IDS_END // PEOPLE
    for patient_id in range(0, PEOPLE * step, step):
        own = {"patient_id": patient_id}
        if draw.random() < 0.95:
            tables["patient"].append(
                {
                    **own,
                    "birth_month": draw.choice(
                        [None, dt.date(draw.randrange(1926, 2026), draw.randrange(1, 13), 1)]
                        if draw.random() < 0.1
                        else [dt.date(draw.randrange(1926, 2026), draw.randrange(1, 13), 1)]
                    ),
                    "sex": draw.choice(["female", "male", "indeterminate", None]),
                    "contact_details": draw.choice(["both", "none", None]),
                }
            )
        for start, end in spells(draw):
            practice = draw.choice(["Y00001", "Y00002"])
            tables["registration"].append(
                {**own, "practice_code": practice, "start_date": start, "end_date": end}
            )
        for start, end in spells(draw):
            home = {"area_code": draw.choice(AREAS), "area_vintage": "lsoa_2021"}
            tables["address"].append({**own, **home, "start_date": start, "end_date": end})
        for _ in range(draw.randrange(12)):
            code = draw.choice(codes)
            entry = {"date": day(draw), "code": code.code, "code_system": code.system}
            tables["event"].append({**own, **entry})
        for _ in range(draw.randrange(10)):
            slot = {
                "start_date": day(draw),
                "status": draw.choice(["attended", "did_not_attend", "cancelled"]),
                "clinician_id": draw.choice(["A", "B", None]),
            }
            tables["appointment"].append({**own, **slot})
    return tables


def group_of(
    grouping: str, person: dict[str, list[dict[str, Any]]], on: dt.date, fifths: dict[str, int]
) -> str:
    """Return the group that a person is in on a day, worked out without an engine."""

    def there(table: str) -> dict[str, Any] | None:
        rows = [
            row
            for row in person.get(table, [])
            if row["start_date"] <= on and (row["end_date"] is None or row["end_date"] > on)
        ]
        return max(rows, key=lambda row: row["start_date"]) if rows else None

    patient = person["patient"][0] if person["patient"] else {"birth_month": None, "sex": None}
    match grouping:
        case "all":
            return "all"
        case "practice":
            return spell["practice_code"] if (spell := there("registration")) else ""
        case "imd_quintile":
            home = there("address")
            return str(fifths[home["area_code"]]) if home and home["area_code"] in fifths else ""
        case "sex":
            return patient["sex"] or ""
        case "age_band":
            born = patient["birth_month"]
            if born is None or born > on:
                return ""
            youngest = max(y for y in YOUNGEST_OF_BAND if y <= completed_years(born, on))
            return "90+" if youngest == 90 else f"{youngest}-{youngest + 9}"
        case "ethnic_group":
            said = [
                (row["date"], GROUPS[code.category].broad)
                for row in person.get("event", [])
                for code in CODELISTS["ethnicity"].codes
                if code.code == row["code"] and row["date"] <= on
            ]
            return max(said)[1] if said else ""
    raise AssertionError(grouping)


def slowly(
    record: MemoryRecord, measures: dict[str, Measure], groupings: list[str]
) -> Counter[tuple[str, dt.date, str, str, str]]:
    """Count a person and a date at a time."""
    fifths = {area: (decile + 1) // 2 for area, decile in DECILES.items()}
    total: Counter[tuple[str, dt.date, str, str, str]] = Counter()
    ids = {row["patient_id"] for name in ("patient", "registration") for row in record.rows[name]}
    for patient_id in ids:
        person = record.person(patient_id)
        for on in DATES:
            groups = {name: group_of(name, person, on, fifths) for name in groupings}
            for name, of in measures.items():
                for figure, amount in _counted(of, person, on).items():
                    for grouping, group in groups.items():
                        total[name, on, grouping, group, figure] += amount
    return total


def _counted(of: Measure, person: dict[str, list[dict[str, Any]]], on: dt.date) -> dict[str, Any]:
    meant = decide(of.population, person, on, CODELISTS)
    if meant is None:
        return {"population_unknown": 1}
    if not meant:
        return {}
    if of.unless is not None and decide(of.unless, person, on, CODELISTS):
        return {"excepted": 1}
    if of.kind == "proportion":
        met = decide(of.numerator, person, on, CODELISTS)
        return {"people": 1, "met": int(met is True), "unknown": int(met is None)}
    y = measure(of.numerator, person, on, CODELISTS)
    x = 1.0 if of.denominator is None else measure(of.denominator, person, on, CODELISTS)
    if x is None or y is None:
        return {"people": 1, "unknown": 1}
    sums = {"numerator": y, "denominator": x, "product": x * y}
    return {
        "people": 1,
        "met": 1,
        **sums,
        "numerator_squared": y * y,
        "denominator_squared": x * x,
    }


@pytest.mark.parametrize("seed", range(3))
def test_counts_are_those_of_a_slow_count_of_each_person(
    engine: DuckDB, definitions: Path, seed: int
) -> None:
    record = MemoryRecord(engine, people(seed))
    measures = {**MEASURES.load(CODELISTS), **completeness()}
    groupings = ["all", "practice", "imd_quintile", "sex", "age_band", "ethnic_group"]
    run = Run(CODELISTS, "fictional2025", definitions)
    found: Counter[tuple[str, dt.date, str, str, str]] = Counter()
    for row in count(measures, DATES, record, run, by=groupings).to_pylist():
        key = tuple(row.pop(name) for name in ("definition", "on", "grouping", "group"))
        found.update({(*key, figure): amount for figure, amount in row.items() if amount})
    expected = slowly(record, measures, groupings)
    wrong = {
        key: (found[key], expected[key])
        for key in found | expected
        if found[key] != pytest.approx(expected[key])
    }
    assert not wrong
    assert len({key[3] for key in found}) > 15, "many groups were seen"


def test_slices_of_people_add_up_to_everybody(
    engine: DuckDB, definitions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = MemoryRecord(engine, people(7))
    measures = MEASURES.load(CODELISTS)
    run = Run(CODELISTS, "fictional2025", definitions)
    by = ["imd_quintile", "practice"]
    whole = count(measures, DATES, record, run, by=by)
    monkeypatch.setattr(calculate, "_people_at_a_time", lambda *_: PEOPLE // 4)
    assert len(list(reading.slices(record, PEOPLE // 4))) > 2
    sliced = count(measures, DATES, record, run, by=by)
    assert sliced.drop_columns(["product"]).equals(whole.drop_columns(["product"])) or (
        sliced.to_pandas().round(9).equals(whole.to_pandas().round(9))
    )


def test_nobody_is_an_empty_table(engine: DuckDB, definitions: Path) -> None:
    record = MemoryRecord(engine, {})
    run = Run(CODELISTS, "fictional2025", definitions)
    assert count(MEASURES.load(CODELISTS), [ON], record, run, by=["all"]).num_rows == 0
