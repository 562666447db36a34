"""Hidden need of a record: who is on which route's list, and what is said of it."""

import datetime as dt
from typing import Any

import pytest

from fairpractice import codelists
from fairpractice.case_finding.capture_recapture import Estimate
from fairpractice.case_finding.hidden_need import (
    ANY,
    HiddenNeed,
    hidden_need,
    patterns,
    released,
    sentence,
)
from fairpractice.case_finding.listable import Asked
from fairpractice.engines.duckdb import DuckDB, connect
from fairpractice.record.memory import MemoryRecord


LISTS = codelists.load()
ON = dt.date(2026, 10, 31)


@pytest.fixture(scope="module")
def engine() -> DuckDB:
    return connect(threads=2)


def people(*stated: tuple[str, ...], **first: Any) -> dict[str, list[dict[str, Any]]]:
    """Return a record with a person for each: statements as "topic route status day"."""
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("patient", "registration", "social_fact", "event")
    }
    for number, facts in enumerate(stated):
        own = {"patient_id": number}
        sex = "female" if number % 2 else "male"
        tables["patient"].append({**own, "birth_month": dt.date(1980, 1, 1), "sex": sex, **first})
        tables["registration"].append(
            {**own, "practice_code": "Y00001", "start_date": dt.date(2010, 1, 1)}
        )
        for fact in facts:
            topic, route, status, day = fact.split()
            tables["social_fact"].append(
                {
                    **own, "topic": topic, "route": route, "status": status,
                    "recorded_on": dt.date.fromisoformat(day), "lawful_basis": "direct_care",
                    "sensitivity": "ordinary",
                }
            )  # fmt: skip
    return tables


def counted(engine: DuckDB, tables: Any, **asked: Any) -> dict[tuple[str, str, int], int]:
    record = MemoryRecord(engine, tables)
    rows = patterns(Asked(record, ON, LISTS), **{"by": ["all"], "topics": [ANY, "debt"], **asked})
    return {
        (row["topic"], row["group"], row["pattern"]): row["people"]
        for row in rows.to_dict("records")
    }


def test_people_are_on_the_lists_of_the_routes_that_said_so(engine: DuckDB) -> None:
    tables = people(
        ("debt asked present 2026-09-01", "debt external present 2026-02-01"),
        ("debt self_reported present 2026-09-01", "carer asked present 2026-09-01"),
        ("debt asked absent 2026-09-01",),
        ("debt asked declined 2026-09-01",),
        ("debt asked present 2025-10-31", "debt external present 2026-11-01"),
        ("debt asked present 2025-11-01",),
        ("domestic_abuse asked present 2026-09-01", "language_main asked present 2026-09-01"),
        (),
    )
    assert counted(engine, tables) == {
        (ANY, "all", 0): 5,
        (ANY, "all", 1): 1,
        (ANY, "all", 3): 1,
        (ANY, "all", 5): 1,
        ("debt", "all", 0): 5,
        ("debt", "all", 1): 1,
        ("debt", "all", 2): 1,
        ("debt", "all", 5): 1,
    }


def test_a_code_is_what_the_team_asked(engine: DuckDB) -> None:
    tables = people(("housing_problem external present 2026-09-01",), ())
    code = LISTS["housing-problem"].codes[0]
    tables["event"] = [
        {
            "patient_id": n,
            "date": dt.date(2026, 3, 1),
            "code": code.code,
            "code_system": code.system,
        }
        for n in (0, 1)
    ]
    found = counted(engine, tables, topics=["housing_problem"])
    assert found == {("housing_problem", "all", 5): 1, ("housing_problem", "all", 1): 1}


def test_children_and_those_not_registered_are_not_counted(engine: DuckDB) -> None:
    facts = ("debt asked present 2026-09-01",)
    child = people(facts, birth_month=dt.date(2010, 1, 1))
    assert counted(engine, child) == {}
    gone = people(facts)
    gone["registration"][0]["end_date"] = dt.date(2026, 10, 1)
    assert counted(engine, gone) == {}


def test_each_group_has_an_estimate(engine: DuckDB) -> None:
    facts = [f"debt {route} present 2026-09-01" for route in ("asked", "self_reported", "external")]
    sets = [tuple(f for n, f in enumerate(facts) if k >> n & 1) for k in range(8)]
    tables = people(*(facts for facts in sets for _ in range(40)))
    record = MemoryRecord(engine, tables)
    found = hidden_need(Asked(record, ON, LISTS), by=["all", "sex"], topics=["debt"])
    assert [(each.group, each.people, each.estimate.known) for each in found] == [
        ("all", 320, 280),
        ("female", 160, 140),
        ("male", 160, 140),
    ]
    # Every pattern is as common as every other, so that as many are on no list.
    assert found[0].estimate.hidden[0] == pytest.approx(40, rel=1e-4)


def estimate(
    known: int, *numbers: float, together: Any = None, most: float | None = None
) -> HiddenNeed:
    total, lower, upper = numbers or (None, None, None)
    made = Estimate(
        known, total, lower, upper, "log-linear", together or {},
        "ok" if numbers else "too_few_events", "" if numbers else "3 people are on both", most,
    )  # fmt: skip
    return HiddenNeed("debt", "all", "all", 1_000, made)


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (estimate(122, 480, 300, 800), "nobody has recorded it (between 180 and 680)"),
        (
            estimate(122, 480, 300, 800, most=1_478),
            "nobody has recorded it (between 180 and 1,355; at most 680 if nobody is hard to reach",
        ),
        (estimate(122, 480, 300, float("inf")), "at least 180, how many at most cannot be told"),
        (estimate(122), "120 people are known to have debt. How many more there are cannot be"),
        (estimate(5), "Too few people are known to have debt to say anything of them."),
        (
            estimate(122, 480, 300, 800, together={("the team", "the person"): (3.0, 1.2, 8.0)}),
            "The team and the person know the same people: it is likely more.",
        ),
    ],
)  # fmt: skip
def test_a_board_can_read_it(of: HiddenNeed, said: str) -> None:
    assert said in sentence(of)


def test_what_is_released_shows_no_small_number() -> None:
    most = estimate(122, 480, 300, 800, most=1_478)
    assert released([most])["upper_if_tied"].tolist() == [1_355]
    shown = released([estimate(122, 480, 300, float("inf")), estimate(5), estimate(122)])
    assert shown["known"].fillna(-1).tolist() == [120, -1, 120]
    assert shown["hidden"].fillna(-1).tolist() == [360, -1, -1]
    assert shown["upper"].isna().all()
    assert shown["status"].tolist() == ["ok", "hidden", "too_few_events"]
    assert "3" not in " ".join(shown["reason"])
