"""Who was heard, what was offered, what was seen; and how much each group needs."""

import datetime as dt
from typing import Any

import pytest

from fairpractice.codelists import load
from fairpractice.criteria.tree import Circumstance, topics_named
from fairpractice.engines.duckdb import connect
from fairpractice.measures.calculate import Run, count
from fairpractice.measures.need import CLINICIANS, DEPRIVATION, WEIGHT, need
from fairpractice.measures.other_questions import NEEDS, heard, offered, seen
from fairpractice.measures.results import rows
from fairpractice.record.memory import MemoryRecord
from fairpractice.record.topics import SENSITIVE
from tests.support.networks import area, edition


ON = dt.date(2026, 10, 31)
CODELISTS = load()
RUN = Run(CODELISTS, "fictional2025")
Rows = list[dict[str, Any]]


class Planning(MemoryRecord):
    purpose = "planning"


def fact(person: int, topic: str, route: str, **columns: Any) -> dict[str, Any]:
    return {
        "patient_id": person,
        "topic": topic,
        "status": "present",
        "route": route,
        "recorded_on": dt.date(2026, 9, 1),
        "lawful_basis": "direct_care",
        "sensitivity": "ordinary",
        **columns,
    }


def coded(person: int, codelist: str, on: dt.date = dt.date(2026, 9, 1)) -> dict[str, Any]:
    code = CODELISTS[codelist].codes[0]
    return {"patient_id": person, "date": on, "code": code.code, "code_system": code.system}


def network(people: int, **tables: Rows) -> Planning:
    """Return people of 40, registered at A (even) or B (odd), in the first and the last fifth."""
    born, since = dt.date(1986, 1, 1), dt.date(2015, 1, 1)
    numbers = range(people)
    return Planning(
        connect(threads=1),
        {
            "patient": [{"patient_id": n, "birth_month": born, "sex": "female"} for n in numbers],
            "registration": [
                {"patient_id": n, "practice_code": f"Y0000{n % 2 + 1}", "start_date": since}
                for n in numbers
            ],
            "address": [
                {
                    "patient_id": n,
                    "area_code": area(1 if n % 2 == 0 else 10),
                    "area_vintage": "lsoa_2021",
                    "start_date": since,
                }
                for n in numbers
            ],
            **{name: [] for name in ("event", "appointment", "social_fact")},
            **tables,
        },
    )


def met(record: Planning, asked: Any) -> dict[str, tuple[int, int]]:
    found = count(asked, [ON], record, RUN).to_pylist()
    return {row["definition"]: (row["met"], row["people"]) for row in found}


def test_a_person_is_heard_by_the_routes_that_somebody_wrote_down() -> None:
    old = dt.date(2024, 10, 31)
    record = network(
        8,
        social_fact=[
            fact(0, "debt", "asked"),
            fact(1, "debt", "self_reported", status="absent"),
            fact(2, "transport", "external", status="declined"),
            fact(3, "debt", "asked"),
            fact(3, "debt", "external"),
            fact(4, "debt", "asked", recorded_on=old),
            fact(5, "domestic_abuse", "asked", sensitivity="sensitive"),
        ],
        event=[coded(6, "carer")],
    )
    assert met(record, heard()) == {
        "heard-any": (5, 8),
        "heard-asked": (3, 8),  # a code is of somebody who asked
        "heard-self-reported": (1, 8),
        "heard-external": (2, 8),
    }


def test_no_sensitive_topic_is_listened_for() -> None:
    for measure in (*heard().values(), *offered().values()):
        assert not {*SENSITIVE} & {t for part in measure.asked.values() for t in topics_named(part)}
        assert not measure.sensitive


def test_offers_are_of_adults_in_need_alone() -> None:
    record = network(
        5,
        social_fact=[
            fact(0, "debt", "asked"),
            fact(1, "debt", "asked"),
            fact(2, "debt", "asked"),
            fact(3, "debt", "asked", status="absent"),
        ],
        event=[
            coded(0, "social-prescribing-referral"),
            coded(1, "social-prescribing-declined"),
            coded(1, "social-prescribing-referral", dt.date(2025, 10, 31)),  # a day too early
            coded(4, "social-prescribing-referral"),
        ],
    )
    assert met(record, offered()) == {"offered": (2, 3), "referred": (1, 3), "declined": (1, 3)}


def test_the_needs_are_those_of_the_rule() -> None:
    from fairpractice.case_finding.rule import RULES

    rule = RULES.load(CODELISTS)["social-need-no-referral"]
    asked = {part.topic for part in rule.finds.walk() if isinstance(part, Circumstance)}
    assert asked == {*NEEDS}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(CODELISTS, "fictional2025", edition(tmp_path_factory.mktemp("areas")))


def attended(person: int, times: int, clinician: str, **columns: Any) -> Rows:
    return [
        {
            "patient_id": person,
            "start_date": dt.date(2026, 1 + n % 9, 1 + n // 9),
            "status": "attended",
            "minutes": 10.0,
            "clinician_id": clinician,
            **columns,
        }
        for n in range(times)
    ]


def by_group(found: Any, column: str) -> dict[tuple[str, str], float]:
    return {
        (row["grouping"], row["group"]): row[column]
        for row in found.to_dict("records")
        if row["group"]
    }


def test_a_group_weighs_what_people_like_its_own_are_seen(run: Run) -> None:
    # Of four people, the two with diabetes are seen 6 times a year and the two without 2 times:
    # a weight of 6/4 and of 2/4. In the first fifth both have diabetes.
    events = [coded(0, "diabetes"), coded(2, "diabetes")]
    seen_by = attended(0, 8, "x") + attended(2, 4, "x") + attended(1, 3, "y") + attended(3, 1, "x")
    found = need(network(4, event=events, appointment=seen_by), ON, run)
    weights = by_group(found, WEIGHT)
    assert weights == pytest.approx(
        {
            ("all", "all"): 1.0,
            ("imd_quintile", "1"): 1.5,
            ("imd_quintile", "5"): 0.5,
            ("practice", "Y00001"): 1.5,
            ("practice", "Y00002"): 0.5,
        }
    )
    assert by_group(found, DEPRIVATION)["all", "all"] == pytest.approx(3.0)


def test_a_clinician_is_one_wherever_the_appointments_went(run: Run) -> None:
    seen_by = (
        attended(0, 3, "x")
        + attended(1, 1, "x")
        + attended(1, 2, "y")
        + attended(0, 2, "z", status="cancelled")
        + attended(0, 1, "old", start_date=dt.date(2025, 10, 31))
    )
    found = need(network(2, appointment=seen_by), ON, run)
    assert by_group(found, CLINICIANS) == pytest.approx(
        {
            ("all", "all"): 2.0,
            ("imd_quintile", "1"): 0.75,
            ("imd_quintile", "5"): 1.25,
            ("practice", "Y00001"): 0.75,
            ("practice", "Y00002"): 1.25,
        }
    )


def test_without_appointments_there_are_no_weights(run: Run) -> None:
    found = need(network(4), ON, run)
    assert found[WEIGHT].isna().all()
    assert (found[CLINICIANS] == 0).all()
    assert found["people"].tolist() == [4, 2, 2, 2, 2]


def test_what_is_seen_is_a_mean_a_person() -> None:
    record = network(2, appointment=attended(0, 3, "x") + attended(1, 1, "x", minutes=None))
    found = count(seen(), [ON], record, RUN)
    sums = {row["definition"]: row["numerator"] for row in rows(found, grouping="all")}
    assert sums == {"seen-appointments": 4.0, "seen-minutes": 30.0}
