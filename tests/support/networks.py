"""Networks to report on: people whose care is unequal by design, in memory."""

import datetime as dt
import random
from pathlib import Path
from typing import Any

from fairpractice.codelists import load
from fairpractice.engines.duckdb import DuckDB
from fairpractice.population import deprivation
from fairpractice.record.memory import MemoryRecord


ON = dt.date(2026, 10, 31)
PRACTICES = ("Y00001", "Y00002", "Y00003")
SCREENED = {1: 0.5, 2: 0.6, 3: 0.7, 4: 0.8, 5: 0.9}
"""Of the women in each fifth, the share screened."""

CODELISTS = load()
ETHNIC_CODES = {code.category: code for code in CODELISTS["ethnicity"].codes}


class Planning(MemoryRecord):
    """A record in memory, read for planning, some of whose people object to that."""

    purpose = "planning"
    objectors = tuple(range(-12, 0))


def edition(folder: Path) -> Path:
    """Return a definitions folder with ten fictional areas, from 1, the most deprived, to 10."""
    file = folder / "areas.csv"
    rows = [f"{area(n)},{n},{n},{11 - n}.5,100" for n in range(1, 11)]
    file.write_text(
        "\n".join(["area_code,rank,decile,score,population", *rows]) + "\n", encoding="utf-8"
    )
    deprivation.add("fictional2025", file, folder)
    return folder


def area(decile: int) -> str:
    """Return the code of a fictional area."""
    return f"E019900{decile:02}"


def record(engine: DuckDB, people: int, seed: int = 1) -> Planning:
    """Return a record of some people, a fifth of them in each fifth of deprivation.

    All are registered; half are women, all of whom screening is for. How many are screened is
    exactly as in :data:`SCREENED`; other things are drawn.
    """
    draw = random.Random(seed)
    tables: dict[str, list[dict[str, Any]]] = {
        name: []
        for name in ("patient", "registration", "address", "event", "appointment", "social_fact")
    }
    for number in range(people):
        # Women are the even ones, so that of ten people one woman is in each fifth.
        fifth = number // 2 % 5 + 1
        sex = "female" if number % 2 == 0 else "male"
        own = {"patient_id": number}
        born = dt.date(1966 + draw.randrange(30), draw.randrange(1, 13), 1)
        contact = draw.choice(["both", "both", "none"])
        tables["patient"].append(
            {**own, "birth_month": born, "sex": sex, "contact_details": contact}
        )
        tables["registration"].append(
            {**own, "practice_code": draw.choice(PRACTICES), "start_date": dt.date(2015, 1, 1)}
        )
        home = {"area_code": area(2 * fifth - draw.randrange(2)), "area_vintage": "lsoa_2021"}
        tables["address"].append({**own, **home, "start_date": dt.date(2015, 1, 1)})
        place, women = number // 10, people // 10
        if sex == "female" and place < SCREENED[fifth] * women:
            tables["event"].append({**own, **_entry("cervical-screening", dt.date(2026, 3, 1))})
        if draw.random() < 0.7:
            group = draw.choice(["british", "british", "british", "indian", "african", "irish"])
            code = ETHNIC_CODES.get(group) or next(iter(ETHNIC_CODES.values()))
            entry = {"date": dt.date(2016, 1, 1), "code": code.code, "code_system": code.system}
            tables["event"].append({**own, **entry})
        if draw.random() < 0.2:
            tables["event"].append({**own, **_entry("diabetes", dt.date(2018, 1, 1))})
            if draw.random() < 0.4 + 0.08 * fifth:
                tables["event"].append({**own, **_entry("diabetes-review", dt.date(2026, 2, 1))})
        for _ in range(draw.randrange(6)):
            missed = draw.random() < 0.3 - 0.04 * fifth
            tables["appointment"].append(
                {
                    **own,
                    "start_date": dt.date(2026, draw.randrange(1, 10), 1),
                    "status": "did_not_attend" if missed else "attended",
                    "clinician_id": draw.choice("ABC"),
                }
            )
        if draw.random() < 0.1:
            tables["social_fact"].append(
                {
                    **own,
                    "topic": draw.choice(["debt", "food_insecurity", "social_isolation"]),
                    "status": draw.choice(["present", "absent"]),
                    "route": "asked",
                    "recorded_on": dt.date(2026, 9, 1),
                    "lawful_basis": "direct_care",
                    "sensitivity": "ordinary",
                }
            )
    return Planning(engine, tables)


def _entry(codelist: str, date: dt.date) -> dict[str, Any]:
    code = CODELISTS[codelist].codes[0]
    return {"date": date, "code": code.code, "code_system": code.system}
