"""Groups of people, where the record's areas are of another vintage than the index."""

import csv
import datetime as dt
import gzip
import random
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

from fairpractice.codelists import load
from fairpractice.engines.duckdb import connect
from fairpractice.population import deprivation, lookups
from fairpractice.population.groups import GROUPINGS, Place
from fairpractice.record.calendar import Calendar
from fairpractice.record.memory import MemoryRecord
from fairpractice.record.social_facts import current
from fairpractice.record.tables import FACT_STATUSES, ROUTES


ON = dt.date(2026, 10, 31)


def fifths(definitions: Path, areas: list[str], vintage: str) -> dict[int, str]:
    homes = [
        {"patient_id": n, "area_code": area, "area_vintage": vintage}
        for n, area in enumerate(areas)
    ]
    record = MemoryRecord(
        connect(threads=1),
        {"patient": [{"patient_id": n} for n in range(len(areas))], "address": homes},
    )
    place = Place(record, Calendar((ON,)), load(), "imd2025", definitions)
    found = record.engine.to_arrow(GROUPINGS["imd_quintile"].of(place)).to_pylist()
    return {row["patient_id"]: row["value"] for row in found}


def test_areas_of_2011_have_the_average_rank_of_the_areas_of_2021_on_their_ground(
    reference: Callable[..., Path], tmp_path: Path
) -> None:
    index = reference("geo", "imd", "imd2025_england_lsoa21.csv.gz")
    lookup = reference("geo", "lookups", "lsoa11_lsoa21_lad22.csv.gz")
    deprivation.add("imd2025", index, tmp_path)
    with gzip.open(index, "rt", encoding="utf-8") as file:
        known = {row["lsoa21_code"]: row for row in csv.DictReader(file)}
    with gzip.open(lookup, "rt", encoding="utf-8") as file:
        links = list(csv.DictReader(file))
    ground = defaultdict(list)
    for link in links:
        if link["lsoa21_code"] in known:
            ground[link["lsoa11_code"]].append(known[link["lsoa21_code"]])
    chosen = [
        next(
            link["lsoa11_code"]
            for link in links
            if link["change_code"] == change and link["lsoa11_code"][0] == "E"
        )
        for change in "USM"
    ]
    without = fifths(tmp_path, chosen, "lsoa_2011")
    assert set(without.values()) == {""}, "no look-up was added: not recorded, and not guessed"

    lookups.add_lookup("lsoa_2011", "lsoa_2021", lookup, tmp_path)
    found = fifths(tmp_path, chosen, "lsoa_2011")
    for person, area in enumerate(chosen):
        people = sum(float(a["pop_total"]) for a in ground[area])
        rank = sum(float(a["imd_rank"]) * float(a["pop_total"]) for a in ground[area]) / people
        assert found[person] == str(-int(-rank * 5 // len(known)))
    same = fifths(tmp_path, list(known)[:3], "lsoa_2021")
    expected = [(int(row["imd_decile"]) + 1) // 2 for row in list(known.values())[:3]]
    assert [same[n] for n in range(3)] == [str(fifth) for fifth in expected]


def test_language_and_disability_are_as_was_last_stated() -> None:
    def fact(person: int, topic: str, status: str, on: str) -> dict[str, object]:
        return {
            "patient_id": person,
            "topic": topic,
            "status": status,
            "route": "asked",
            "recorded_on": dt.date.fromisoformat(on),
            "lawful_basis": "direct_care",
            "sensitivity": "ordinary",
        }

    def entry(person: int, code: str, on: str) -> dict[str, object]:
        day = dt.date.fromisoformat(on)
        return {"patient_id": person, "date": day, "code": code, "code_system": "snomed"}

    english, another, learning_disability = "315570003", "910241000000102", "416075005"
    record = MemoryRecord(
        connect(threads=1),
        {
            "patient": [{"patient_id": n} for n in range(1, 7)],
            "event": [
                entry(1, english, "2020-01-01"),
                entry(2, another, "2020-01-01"),
                entry(3, another, "2020-01-01"),
                entry(3, english, "2026-10-15"),
                entry(4, learning_disability, "2020-01-01"),
            ],
            "social_fact": [
                fact(2, "disability", "absent", "2026-01-01"),
                fact(4, "language_main", "present", "2026-10-15"),
                fact(5, "disability", "present", "2020-01-01"),
                fact(5, "disability", "declined", "2026-10-15"),
                fact(5, "language_main", "absent", "2020-01-01"),
            ],
        },
    )
    september, october = dt.date(2026, 9, 30), ON
    place = Place(record, Calendar((september, october)), load())

    def groups(grouping: str, date: int) -> list[str]:
        rows = record.engine.to_arrow(GROUPINGS[grouping].of(place)).to_pylist()
        found = {row["patient_id"]: row["value"] for row in rows if row["mask"] >> date & 1}
        return [found[person] for person in range(1, 7)]

    assert groups("main_language", 0) == ["english", "other", "other", "", "english", ""]
    assert groups("main_language", 1) == ["english", "other", "english", "other", "english", ""]
    assert groups("disability", 0) == ["", "none", "", "stated", "stated", ""]
    assert groups("disability", 1) == ["", "none", "", "stated", "", ""], "nobody says it for them"


def test_groups_of_circumstances_are_what_the_record_holds_on_each_date() -> None:
    chance, people = random.Random(280), range(400)

    def day(most: int) -> dt.date:
        return ON - dt.timedelta(days=chance.randrange(most))

    def fact(person: int, topic: str) -> dict[str, object]:
        return {
            "patient_id": person,
            "topic": topic,
            "status": chance.choice(FACT_STATUSES),
            "route": chance.choice(ROUTES),
            "recorded_on": day(8) if chance.random() < 0.5 else day(2_200),
            "true_from": chance.choice([None, day(900)]),
            "true_until": chance.choice([None, None, day(2_200), ON + dt.timedelta(days=9)]),
            "lawful_basis": "direct_care",
            "sensitivity": "ordinary",
        }

    meant = {
        "interpreter": ("interpreter_need", {"present": "yes", "absent": "no"}),
        "disability": ("disability", {"present": "stated", "absent": "none"}),
    }
    facts = [fact(n, topic) for n in people for topic, _ in meant.values() for _ in range(n % 4)]
    tables = {"patient": [{"patient_id": n} for n in people], "social_fact": facts}
    record, lists = MemoryRecord(connect(threads=1), tables), load()
    for dates in ((ON,), (dt.date(2026, 9, 30), dt.date(2026, 10, 29), ON)):
        place = Place(record, Calendar(dates), lists)
        for name, (topic, called) in meant.items():
            rows = record.engine.to_arrow(GROUPINGS[name].of(place)).to_pylist()
            for number, on in enumerate(dates):
                found = {r["patient_id"]: r["value"] for r in rows if r["mask"] >> number & 1}
                for n in people:
                    said = {"social_fact": [each for each in facts if each["patient_id"] == n]}
                    holds = current(said, topic, on, lists)
                    assert found[n] == called.get(holds.status, ""), (said, on)
