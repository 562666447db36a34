"""Areas, fifths and practices' scores, on each engine."""

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from fairpractice.engines import Engine
from fairpractice.population.editions import IMD2025
from fairpractice.population.fifths import (
    core20,
    local_quintile,
    national_quintile,
    practice_quintile,
)
from fairpractice.population.lookups import as_lookup, carry
from fairpractice.population.practices import network_of, practice_deprivation


OLD, NEW = "lsoa_2011", "lsoa_2021"
AREAS = pa.table(
    {
        "area_vintage": [NEW] * 4,
        "area_code": ["E01000001", "E01033769", "E01033770", "E01033771"],
        "score": [5.0, 20.0, 60.0, 30.0],
        "rank": pa.array([4, 3, 1, 2], pa.int32()),
        "quintile": pa.array([5, 3, 1, 2], pa.int32()),
        "population": pa.array([10, 30, 10, 50], pa.int64()),
    }
)
LOOKUP = as_lookup(
    pa.table(
        {
            "from_code": ["E01000001", "E01000002", "E01000002", "E01000003", "E01000004"],
            "to_code": ["E01000001", "E01033769", "E01033770", "E01033771", "E01033771"],
            "change": ["U", "S", "S", "M", "M"],
        }
    ),
    OLD,
    NEW,
)
REGISTER = pa.table(
    {
        "practice_code": ["P1", "P1", "P1", "P1", "P1", "P2", "P2"],
        "area_vintage": [OLD] * 7,
        "area_code": [
            "E01000002", "E01000003", "E01000004", "NO2011", None, "E01000001", "W01000001"
        ],
        "patients": pa.array([40, 6, 4, 3, 2, 12, 1], pa.int64()),
    }
)  # fmt: skip


def rows(engine: Engine, expression: Any, *order: str) -> list[dict[str, Any]]:
    found = engine.to_arrow(expression).to_pylist()
    return sorted(found, key=lambda row: tuple(str(row[name]) for name in order))


@pytest.fixture
def areas(engine: Engine) -> Any:
    return engine.table(AREAS)


@pytest.fixture
def carried(engine: Engine, areas: Any) -> Any:
    register, lookup = engine.table(REGISTER), engine.table(LOOKUP)
    return carry(register, lookup, areas, counts=["patients"], by=["practice_code"])


def test_counts_are_carried(engine: Engine, carried: Any) -> None:
    found = rows(engine, carried, "practice_code", "area_vintage", "area_code")
    assert [tuple(row.values()) for row in found] == [
        ("P1", OLD, "NO2011", 3.0),
        ("P1", OLD, None, 2.0),
        ("P1", NEW, "E01033769", 30.0),
        ("P1", NEW, "E01033770", 10.0),
        ("P1", NEW, "E01033771", 10.0),
        ("P2", OLD, "W01000001", 1.0),
        ("P2", NEW, "E01000001", 12.0),
    ]


def test_practices_are_scored(engine: Engine, carried: Any, areas: Any) -> None:
    scored = practice_deprivation(carried, areas, IMD2025)
    one, two = rows(engine, practice_quintile(scored), "practice_code")
    assert one["score"] == pytest.approx((30 * 20 + 10 * 60 + 10 * 30) / 50)
    assert (one["patients_without_area"], one["quintile"]) == (5, 1)
    assert (two["score"], two["patients_elsewhere"], two["quintile"]) == (5.0, 1, 3)


def test_fifths_are_made(engine: Engine, carried: Any, areas: Any) -> None:
    national = national_quintile(carried, areas, IMD2025)
    (share,) = rows(engine, core20(national, people="patients"))
    assert share["share"] == pytest.approx(10 / 62)
    assert share["people_without_area"] == 6
    patients = areas.select("area_vintage", "area_code", "rank", patients=areas.population)
    local = rows(engine, local_quintile(patients), "rank")
    assert [row["quintile"] for row in local] == [1, 2, 4, 5]
    assert {row["direction"] for row in local} == {"1 = most deprived"}


def test_ties_and_blanks_are_settled_alike(engine: Engine) -> None:
    table = pa.table(
        {
            "area_vintage": [NEW] * 6,
            "area_code": ["F", "E", "D", "C", "B", "A"],
            "rank": pa.array([1, 1, 1, 1, 1, None], pa.int32()),
            "patients": pa.array([7, 7, 7, 7, 7, None], pa.int64()),
        }
    )
    found = rows(engine, local_quintile(engine.table(table)), "area_code")
    assert [row["quintile"] for row in found] == [None, 1, 2, 3, 4, 5]


def test_a_practice_is_in_one_network(engine: Engine) -> None:
    membership = pa.table(
        {
            "practice_code": ["P1", "P1", "P2", "P2"],
            "network_code": ["U2", "U1", "U2", "U1"],
            "start_date": pa.array([18_000, 18_000, None, 18_000], pa.date32()),
            "end_date": pa.array([None, None, None, 19_000], pa.date32()),
        }
    )
    found = rows(engine, network_of(engine.table(membership)), "practice_code")
    assert [tuple(row.values()) for row in found] == [("P1", "U1"), ("P2", "U2")]
    then = network_of(engine.table(membership), dt.date(2022, 1, 1))  # day 18,993
    assert [tuple(row.values()) for row in rows(engine, then, "practice_code")] == [
        ("P1", "U1"),
        ("P2", "U1"),
    ]
