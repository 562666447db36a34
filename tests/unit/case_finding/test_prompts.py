"""Prompts: how much to ask of one person, and who of a population is never prompted."""

# ruff: noqa: E501  (people are drawn as a table)

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.csv as pacsv
import pytest

from fairpractice import codelists
from fairpractice.case_finding.listable import Asked
from fairpractice.case_finding.prompts import (
    COUNTS,
    DEPRIVED_AREAS,
    PROMPTS,
    SOMETHING_CHANGED,
    Card,
    card,
    prompted,
    released,
    shares,
)
from fairpractice.case_finding.truth import truth
from fairpractice.criteria.spec import parse
from fairpractice.engines.duckdb import connect
from fairpractice.population import deprivation
from fairpractice.population.synthetic import population
from fairpractice.population.synthetic.in_memory import InMemory, made_at_once


LISTS = codelists.load()
ON = dt.date(2026, 10, 31)
DRAWN = """
    person             | birth   | sex  | record                                                       | found
    nobody asked       | 1980-05 | male | attended 2026-10-01                                          | light
    asked this year    | 1980-05 | male | fact debt absent 2026-03-01                                  | nothing
    asked long ago     | 1980-05 | male | fact debt absent 2025-03-01                                  | light
    fit note           | 1980-05 | male | fact debt absent 2026-03-01; fit-note 2026-09-01             | fuller
    old fit note       | 1980-05 | male | fact debt absent 2026-03-01; fit-note 2026-05-01             | nothing
    stopped collecting | 1980-05 | male | fact debt absent 2026-03-01; prescribed hypertension 2026-01-05; prescribed hypertension 2026-03-30 | fuller
    collects still     | 1980-05 | male | fact debt absent 2026-03-01; prescribed hypertension 2026-01-05; prescribed hypertension 2026-09-30 | nothing
    missed, for once   | 1980-05 | male | fact debt absent 2026-03-01; did_not_attend 2026-09-01       | fuller
    misses always      | 1980-05 | male | fact debt absent 2026-03-01; did_not_attend 2026-09-01; did_not_attend 2026-02-01 | nothing
    urgent care twice  | 1980-05 | male | fact debt absent 2026-03-01; 2 x nhs_111 2026-09-01          | fuller
    council says       | 1980-05 | male | fact debt present 2026-03-01 by external                     | fuller
    abuse leaves none  | 1980-05 | male | fact debt absent 2026-03-01; fact domestic_abuse present 2026-09-01 | nothing
"""


SPEC = parse(DRAWN, LISTS)


@pytest.mark.parametrize("name", SPEC.people)
def test_each_is_asked_as_much_as_the_signs_say(name: str) -> None:
    found = card(SOMETHING_CHANGED, SPEC.person(name), ON, LISTS)
    assert found.ask == SPEC.expected[name]
    assert bool(found.because) is (found.ask != "nothing")


def test_a_card_says_why() -> None:
    found = card(SOMETHING_CHANGED, SPEC.person("fit note"), ON, LISTS)
    assert found.because[0].startswith("a fit note lately: ")
    assert "1 September 2026" in found.because[0]
    assert card(DEPRIVED_AREAS, SPEC.person("fit note"), ON, LISTS) == Card("nothing")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict, Asked, InMemory]:
    folder: Path = tmp_path_factory.mktemp("areas")
    made = population(4_000, 3, 5, 9, ON)
    pacsv.write_csv(made.places.deprivation(), folder / "areas.csv")
    deprivation.add("fictional2025", folder / "areas.csv", folder)
    tables = made_at_once(made)
    record = InMemory(tables, connect(threads=2))
    day = dt.date(2025, 10, 31)
    return tables, Asked(record, day, LISTS, "", "fictional2025", folder), record


def test_who_is_never_prompted_by_area_is_who_lives_elsewhere_or_is_not_seen(world) -> None:
    _, asked, record = world
    found = prompted(PROMPTS, asked, record.truth).set_index(["prompt", "decile"])
    area = found.loc["deprived-areas"]
    assert (area["light"] == 0).all()
    tenths = [tenth for tenth in area.index if tenth != "all"]
    assert tenths == sorted(tenths, key=int), "in order, and everybody's area is known"
    for tenth in tenths:
        deprived = int(tenth) <= 2
        assert area.at[tenth, "never"] == area.at[tenth, "not_seen" if deprived else "people"]
        assert (area.at[tenth, "fuller"] > 0) == deprived
    ours = found.loc["something-changed"]
    for tenth in found.loc["deprived-areas"].index:
        assert ours.at[tenth, "not_seen"] <= ours.at[tenth, "never"] <= ours.at[tenth, "people"]
        assert ours.at[tenth, "people"] == area.at[tenth, "people"]
        assert ours.at[tenth, "not_seen"] == area.at[tenth, "not_seen"]
    assert ours.at["all", "never"] < area.at["all", "never"] < area.at["all", "people"]
    parts = found.drop("all", level="decile")
    for name in PROMPTS:
        assert (parts.loc[name][list(COUNTS)].sum() == found.loc[(name, "all")]).all()


def test_without_a_truth_it_is_said_of_those_with_no_need_on_record(world) -> None:
    _, asked, record = world
    known = prompted(PROMPTS, asked, record.truth).set_index(["prompt", "decile"])
    found = prompted(PROMPTS, asked).set_index(["prompt", "decile"])
    assert (found["people"] >= known["people"]).all()
    assert (
        found.at[("deprived-areas", "all"), "people"]
        > known.at[("deprived-areas", "all"), "people"]
    )
    shown = released(found.reset_index())
    counts = pd.concat([shown["numerator"], shown["denominator"]]).dropna()
    assert (counts % 5 == 0).all()
    assert set(shown["status"]) <= {"ok", "hidden", "no_limits"}
    exact = shares(found.reset_index())
    for count in ("numerator", "denominator"):
        assert not shown.loc[exact[count].between(1, 7), count].notna().any()


def test_consultations_are_those_of_the_year(world) -> None:
    tables, asked, record = world
    found = prompted(PROMPTS, asked, record.truth).set_index(["prompt", "decile"])
    seen = tables["appointment"].to_pandas()
    days = pd.to_datetime(seen.start_date)
    seen = seen[
        (seen.status == "attended")
        & (days > pd.Timestamp(2025, 10, 31))
        & (days <= pd.Timestamp(2026, 10, 31))
    ]
    there = tables["registration"].to_pandas()
    ends = pd.to_datetime(there.end_date)
    there = there[
        (pd.to_datetime(there.start_date) <= pd.Timestamp(2025, 10, 31))
        & (ends.isna() | (ends > pd.Timestamp(2025, 10, 31)))
    ]
    born = tables["patient"].to_pandas()
    adults = born[pd.to_datetime(born.birth_month) <= pd.Timestamp(2007, 10, 31)]
    known = truth(record.truth, asked.on, ON).people
    meant = set(there.patient_id) & set(adults.patient_id) & set(known.patient_id)
    assert (
        found.at[("deprived-areas", "all"), "consultations"]
        == np.isin(seen.patient_id, list(meant)).sum()
    )
