"""Lists with few places: the people, points and reasons that asking each person alone gives."""

import datetime as dt
import random
from dataclasses import replace
from typing import Any

import pytest

from fairpractice.case_finding.listable import Asked
from fairpractice.case_finding.moves import Move
from fairpractice.case_finding.priority import PRIORITIES, AtLeast, Points, Priority
from fairpractice.case_finding.priority_list import PriorityList, priority_list
from fairpractice.codelists import load
from fairpractice.criteria import age, circumstance, registered, within
from fairpractice.criteria.evaluate import decide
from fairpractice.criteria.evidence import because
from fairpractice.criteria.spec import parse
from fairpractice.criteria.tree import Criterion
from fairpractice.engines.duckdb import DuckDB, connect
from fairpractice.errors import FairpracticeError
from fairpractice.record.memory import MemoryRecord


CODELISTS = load()
SHIPPED = PRIORITIES.load(CODELISTS)
SOCIAL = SHIPPED["social-prescribing"]
DRAWN = parse(SOCIAL.spec, CODELISTS)
# With fewer reasons a list takes less time to ask for.
SHORT = replace(
    SOCIAL,
    points=tuple(p for p in SOCIAL.points if p.label in ("debt", "misses appointments")),
    minima=(AtLeast("sex", "sex", 0.8),),
    outcomes={},
)


@pytest.fixture(scope="module")
def engine() -> DuckDB:
    return connect(threads=2)


def made(
    engine: DuckDB, tables: Any, priority: Priority, capacity: int, moves: Any = ()
) -> PriorityList:
    record = MemoryRecord(engine, tables)
    return priority_list(priority, Asked(record, SOCIAL.on, CODELISTS), capacity, moves=moves)


def points_of(priority: Priority, person: Any) -> float:
    """Add up the points that asking one person in plain Python gives."""
    return sum(
        each.points
        for each in priority.points
        if isinstance(each.of, Criterion) and decide(each.of, person, SOCIAL.on, CODELISTS)
    )


@pytest.mark.parametrize("priority", SHIPPED.values(), ids=SHIPPED)
def test_a_list_with_room_for_all_has_whom_asking_each_alone_gives(
    engine: DuckDB, priority: Priority
) -> None:
    spec = parse(priority.spec, CODELISTS)
    record = MemoryRecord(engine, spec.tables)
    found = priority_list(priority, Asked(record, priority.on, CODELISTS), 1_000)
    listed = {row["patient_id"]: row for row in found.people.to_pylist()}
    expected, aside = {}, dict.fromkeys(priority.set_aside, 0)
    meant = 0
    for patient_id in spec.people.values():
        person = record.person(patient_id)
        if not decide(priority.population, person, priority.on, CODELISTS):
            continue
        meant += 1
        why = [
            n for n, w in priority.set_aside.items() if decide(w, person, priority.on, CODELISTS)
        ]
        for name in why:
            aside[name] += 1
        points = points_of(priority, person)
        if not why and points >= priority.least:
            expected[patient_id] = points
            told = [
                line
                for each in priority.points
                if isinstance(each.of, Criterion)
                and decide(each.of, person, priority.on, CODELISTS)
                for line in because(each.of, person, priority.on, CODELISTS)
            ]
            shown = "; ".join(listed[patient_id]["because"])
            assert all(line in shown for line in told)
            assert told, "nobody is listed without a reason"
    assert {person: row["points"] for person, row in listed.items()} == expected
    assert (found.population, found.set_aside) == (meant, aside)
    order = [(-row["points"]) for row in found.people.to_pylist()]
    assert order == sorted(order)


@pytest.mark.parametrize("capacity", [1, 5])
def test_the_order_of_rows_does_not_matter(engine: DuckDB, capacity: int) -> None:
    order = random.Random(capacity)
    shuffled = {name: order.sample(rows, len(rows)) for name, rows in DRAWN.tables.items()}
    one, other = (made(engine, t, SHORT, capacity) for t in (DRAWN.tables, shuffled))
    assert one == other
    assert one.people.num_rows == capacity


def test_what_is_sensitive_leaves_no_trace(engine: DuckDB) -> None:
    facts = [row for row in DRAWN.tables["social_fact"] if row["topic"] != "domestic_abuse"]
    told = [
        {**facts[0], "patient_id": person, "topic": topic, "status": "present"}
        for person in DRAWN.people.values()
        for topic in ("domestic_abuse", "asylum_or_refugee", "prison")
    ]
    without, with_ = (
        made(engine, {**DRAWN.tables, "social_fact": rows}, SOCIAL, 1_000)
        for rows in (facts, facts + told)
    )
    assert without == with_


def moved(name: str, to: Any, day: int = 1) -> Move:
    return Move(DRAWN.people[name], to, "we know them", "link worker", dt.date(2026, 10, day))


def test_somebody_moved_stays_moved_with_the_reason(engine: DuckDB) -> None:
    first = made(engine, DRAWN.tables, SHORT, 3).people["patient_id"].to_pylist()
    off = Move(first[0], "off", "died at home", "GP", dt.date(2026, 10, 1))
    found = made(engine, DRAWN.tables, SHORT, 3, [moved("seen once", "on"), off])
    rows = found.people.to_pylist()
    assert [row["patient_id"] for row in rows] == [DRAWN.people["seen once"], *first[1:]]
    assert rows[0]["moved"] == "moved on: we know them (link worker, 1 October 2026)"
    assert rows[0]["because"] == ["found by no reason of the list"]
    assert [row["moved"] for row in rows[1:]] == [None, None]
    assert found.taken_off == (off,)


def test_the_last_move_about_a_person_holds(engine: DuckDB) -> None:
    moves = [moved("seen once", "off", 5), moved("seen once", "on", 3)]
    found = made(engine, DRAWN.tables, SHORT, 3, moves)
    assert DRAWN.people["seen once"] not in found.people["patient_id"].to_pylist()


@pytest.mark.parametrize("name", ["referred", "declined", "died", "aged 17"])
def test_nobody_is_moved_past_what_sets_them_aside(engine: DuckDB, name: str) -> None:
    found = made(engine, DRAWN.tables, SHORT, 3, [moved(name, "on")])
    assert DRAWN.people[name] not in found.people["patient_id"].to_pylist()
    assert [(each.wanted, each.listed) for each in found.unmet if "moved on" in each.name] == [
        (1, 0)
    ]


def test_more_moved_on_than_places_is_said(engine: DuckDB) -> None:
    moves = [moved(name, "on") for name in ("seen once", "missed one")]
    found = made(engine, DRAWN.tables, SHORT, 1, moves)
    assert found.people["patient_id"].to_pylist() == [DRAWN.people["seen once"]]
    assert [each.why for each in found.unmet if "moved on" in each.name] == [
        "there are no more places"
    ]


def test_other_weights_are_tried_and_those_who_stay_counted(engine: DuckDB) -> None:
    found = made(engine, DRAWN.tables, SHORT, 4)
    assert [each.reason for each in found.weightings] == [
        each.label for each in SHORT.points for _ in (1, 2)
    ]
    for each in found.weightings[:2]:
        points = tuple(
            replace(p, points=each.points) if p.label == each.reason else p for p in SHORT.points
        )
        again = made(engine, DRAWN.tables, replace(SHORT, points=points), 4)
        both = {*again.people["patient_id"].to_pylist()} & {*found.people["patient_id"].to_pylist()}
        assert len(both) == each.stay
    stays = found.people["stays_in"].to_pylist()
    assert sum(stays) == sum(each.stay for each in found.weightings)


def crowd(sizes: dict[str, int], debts: dict[str, int]) -> dict[str, list[dict[str, Any]]]:
    """Return people at practices, so many of each in debt: odd ones women, even ones men."""
    tables: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("patient", "registration", "social_fact", "appointment")
    }
    for practice, size in sizes.items():
        for n in range(size):
            own = {"patient_id": 1_000 * list(sizes).index(practice) + n}
            sex = "female" if n % 2 else "male"
            tables["patient"].append({**own, "birth_month": dt.date(1980, 1, 1), "sex": sex})
            tables["registration"].append(
                {**own, "practice_code": practice, "start_date": dt.date(2010, 1, 1)}
            )
            tables["appointment"].append(
                {**own, "start_date": dt.date(2026, 1, 5), "status": "attended"}
            )
            if n < debts[practice]:
                tables["social_fact"].append(
                    {
                        **own,
                        "topic": "debt",
                        "status": "present",
                        "route": "asked",
                        "recorded_on": dt.date(2026, 9, 1),
                        "lawful_basis": "direct_care",
                        "sensitivity": "ordinary",
                    }
                )
    return tables


def test_practices_share_places_in_proportion_to_their_people_in_need(engine: DuckDB) -> None:
    tables = crowd(
        {"Y00001": 60, "Y00002": 60, "Y00003": 60}, {"Y00001": 30, "Y00002": 20, "Y00003": 10}
    )
    practices = made(engine, tables, SHORT, 12).people["practice_code"].to_pylist()
    assert {name: practices.count(name) for name in set(practices)} == {
        "Y00001": 6,
        "Y00002": 4,
        "Y00003": 2,
    }


def test_places_are_kept_and_what_cannot_be_kept_is_named(engine: DuckDB) -> None:
    tables = crowd({"Y00001": 40}, {"Y00001": 20})
    simple = replace(SHORT, by_practice=False)
    found = made(engine, tables, simple, 10)
    sexes = found.people["sex"].to_pylist()
    assert min(sexes.count("female"), sexes.count("male")) >= 4
    assert not found.unmet
    tables["social_fact"] = [row for row in tables["social_fact"] if row["patient_id"] % 2]
    found = made(engine, tables, simple, 10)
    told = {each.name: (each.wanted, each.listed, each.why) for each in found.unmet}
    assert told["sex: Male"] == (4, 0, "only 0 such people could be listed")


def test_a_list_is_for_direct_care_alone(engine: DuckDB) -> None:
    record = MemoryRecord(engine, {})
    record.purpose = "planning"
    with pytest.raises(FairpracticeError, match="direct-care"):
        priority_list(SOCIAL, Asked(record, SOCIAL.on, CODELISTS), 4)


@pytest.mark.parametrize(
    ("points", "problem"),
    [
        (Points("unsafe", circumstance("domestic_abuse"), 5), "sensitive topic"),
        (Points("veteran", within("veteran", months=12), 5), "list veteran is empty"),
    ],
)
def test_what_a_list_must_not_show_or_cannot_know_is_refused(
    engine: DuckDB, points: Points, problem: str
) -> None:
    other = Priority(
        title="",
        why="",
        source="",
        author="",
        checked_by="",
        review_by=dt.date(2027, 1, 1),
        population=registered() & age(18),
        points=(points,),
        action="",
        spec="",
    )
    with pytest.raises(FairpracticeError, match=problem):
        made(engine, {}, other, 4)


def test_there_must_be_a_place_to_give(engine: DuckDB) -> None:
    with pytest.raises(FairpracticeError, match="0 places"):
        made(engine, {}, SOCIAL, 0)


def test_an_empty_record_has_an_empty_list(engine: DuckDB) -> None:
    found = made(engine, {}, SHORT, 4)
    assert found.people.num_rows == found.population == 0
    assert [each.name for each in found.unmet] == ["places"]
