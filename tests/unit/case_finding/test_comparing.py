"""Comparing strategies: whom each chooses and what is measured, against counting by hand."""

import ast
import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
import pytest

from fairpractice import codelists
from fairpractice.case_finding import scenario, strategies
from fairpractice.case_finding.comparing import BETTER, MEASURES, Compared, compared
from fairpractice.case_finding.listable import Asked, listable, listables
from fairpractice.case_finding.priority import PRIORITIES, Scheme
from fairpractice.case_finding.strategy import Strategy, of_priority, shipped
from fairpractice.case_finding.truth import BY, NEEDS, linked, read_truth, truth
from fairpractice.engines.duckdb import connect
from fairpractice.errors import FairpracticeError
from fairpractice.population import deprivation
from fairpractice.population.synthetic import Parameters, population
from fairpractice.population.synthetic.in_memory import InMemory, made_at_once
from fairpractice.record.topics import TOPICS


LISTS = codelists.load()
OURS = of_priority(PRIORITIES.load(LISTS)["social-prescribing"])
STRATEGIES = {**shipped(), "ours": OURS}
ON, END = dt.date(2025, 10, 31), dt.date(2026, 10, 31)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """A small population, read as a record, with its tables and the areas it lives in."""
    folder = tmp_path_factory.mktemp("areas")
    made = population(4_000, 3, 5, 6, END)
    pacsv.write_csv(made.places.deprivation(), folder / "areas.csv")
    deprivation.add("fictional2025", folder / "areas.csv", folder)
    tables = made_at_once(made)
    record = InMemory(tables, connect(threads=2))
    asked = Asked(record, ON, LISTS, "", "fictional2025", folder)
    yield SimpleNamespace(asked=asked, tables=tables, truth=record.truth)
    record.release()


@pytest.fixture(scope="module")
def found(world: SimpleNamespace) -> Compared:
    return compared(STRATEGIES, world.asked, world.truth, capacity=60)


def test_no_strategy_can_see_how_the_population_is_made() -> None:
    room = Path(strategies.__file__).parent
    judges = {"scenario.py", "truth.py", "comparing.py"}
    for file in [
        *room.glob("*.py"),
        *(f for f in room.parent.glob("*.py") if f.name not in judges),
    ]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert "synthetic" not in (node.module or ""), file
                assert not any("synthetic" in name.name for name in node.names), file
            if isinstance(node, ast.Import):
                assert not any("synthetic" in name.name for name in node.names), file


def test_the_usual_ways_of_choosing_are_there() -> None:
    assert set(shipped()) == {
        "ad-hoc", "at-random", "codes-only", "contact-only", "deprivation-only",
    }  # fmt: skip
    for strategy in shipped().values():
        assert strategy.title
        assert strategy.why.endswith(".")
        assert (strategy.population, strategy.set_aside) == (OURS.population, OURS.set_aside)


def test_asked_together_they_choose_whom_they_choose_alone(world: SimpleNamespace) -> None:
    together, people = listables(STRATEGIES, world.asked, {})
    for name in ("ours", "deprivation-only"):
        alone = listable(STRATEGIES[name], world.asked, 40)
        one, other = (
            each.candidates.person[each.choose(40).rows].tolist()
            for each in (alone, together[name])
        )
        assert one == other
        assert len(one) == 40
        assert set(one) <= set(people["patient_id"])
    with pytest.raises(ValueError, match="same people"):
        listables({"a": OURS, "b": replace(OURS, set_aside={})}, world.asked, {})


def test_each_measure_is_what_counting_by_hand_gives(
    world: SimpleNamespace, found: Compared
) -> None:
    together, people = listables(STRATEGIES, world.asked, {})
    told = world.truth.to_pandas()
    until = pd.to_datetime(told.true_until)
    now = told[
        told.need
        & told.topic.isin(NEEDS)
        & (pd.to_datetime(told.true_from) <= pd.Timestamp(END))
        & (until.isna() | (until > pd.Timestamp(ON)))
    ]
    meant = set(people["patient_id"]) & set(told.patient_id)
    needs = now[now.patient_id.isin(meant)].groupby("patient_id").size()
    measures = found.measures.set_index("strategy")
    assert (measures["in_need"] == len(needs)).all()
    for name, strategy in STRATEGIES.items():
        if strategy.chosen_later:
            continue
        of = together[name]
        listed = of.candidates.person[of.choose(60).rows]
        right = np.isin(listed, needs.index)
        row = measures.loc[name]
        assert row["listed"] == 60
        assert row["sensitivity"] == pytest.approx(right.sum() / len(needs))
        assert row["false_alarms"] == pytest.approx(1 - right.mean())
        assert row["load"] == pytest.approx(60 / right.sum())
        assert row["needs"] == pytest.approx(needs.reindex(listed).fillna(0).mean())
    groups = found.groups
    whole = groups[groups.grouping == "all"].set_index("strategy")
    for grouping in BY:
        parts = groups[groups.grouping == grouping].groupby("strategy")
        for count in ("people", "in_need", "reached", "reached_in_need", "false_alarms"):
            assert (parts[count].sum() == whole[count]).all()


def test_ad_hoc_is_whom_the_record_later_says_was_referred(world: SimpleNamespace) -> None:
    codes = {code.code for code in LISTS["social-prescribing-referral"].codes}
    events = world.tables["event"].to_pandas()
    referred = events[
        events.code.isin(codes) & (events.date > ON) & (events.date <= END)
    ].patient_id
    _, people = listables({"ours": OURS}, world.asked, {})
    meant = set(people["patient_id"]) & set(world.truth["patient_id"].to_pylist())
    both = {"ad-hoc": STRATEGIES["ad-hoc"], "at-random": STRATEGIES["at-random"]}
    measures = compared(both, world.asked, world.truth).measures.set_index("strategy")
    assert measures.at["ad-hoc", "listed"] == len(set(referred) & meant) > 5
    assert measures.at["ad-hoc", "anyway"] == 1
    assert measures.at["at-random", "listed"] == measures.at["ad-hoc", "listed"]


def test_what_was_recorded_after_the_day_changes_no_list(world: SimpleNamespace) -> None:
    """A strategy sees nothing younger than its choice."""
    cut = {
        name: rows
        if name == "truth"
        else rows.filter([day is None or day <= ON for day in rows[column].to_pylist()])
        for name, rows, column in (
            (name, rows, DATES.get(name, "")) for name, rows in world.tables.items()
        )
        if column or name == "truth"
    } | {name: rows for name, rows in world.tables.items() if name not in DATES}
    record = InMemory(cut, world.asked.record.engine)
    some = {name: STRATEGIES[name] for name in ("ours", "contact-only", "codes-only")}
    before, _ = listables(some, world.asked, {})
    after, _ = listables(some, replace(world.asked, record=record), {})
    for name in some:
        one, other = (
            each[name].candidates.person[each[name].choose(50).rows].tolist()
            for each in (before, after)
        )
        assert one == other
    record.release()


DATES = {
    "event": "date",
    "medication": "issued_on",
    "appointment": "start_date",
    "urgent_contact": "date",
    "social_fact": "recorded_on",
}


def test_a_truth_of_other_people_is_refused(world: SimpleNamespace) -> None:
    none = world.truth.slice(0, 0)
    with pytest.raises(FairpracticeError, match="Nobody of the truth"):
        compared({"ours": OURS}, world.asked, none, capacity=3)


def test_without_referrals_the_places_must_be_said(world: SimpleNamespace) -> None:
    with pytest.raises(FairpracticeError, match="Say how many places"):
        compared({"ours": OURS}, world.asked, world.truth)


def test_every_need_is_a_topic_and_none_is_sensitive(world: SimpleNamespace) -> None:
    assert all(not TOPICS[name].sensitive for name in NEEDS)
    known = truth(world.truth, ON, END)
    assert "domestic_abuse" not in known.topics
    assert set(BY) <= set(known.people)
    assert set(BETTER) <= set(MEASURES)


def test_a_truth_is_linked_exactly_though_some_of_its_people_are_not_in_the_record() -> None:
    """Pseudonyms are longer than a float holds."""
    long = [(1 << 59) + 1, (1 << 59) + 2, (1 << 53) + 1]
    identity = pa.table({"patient_id": long, "source_patient_id": ["30", "10", None]})
    told = pa.table({"source_patient_id": [10, 10, 20, 30], "need": [True, False, True, False]})
    found = linked(told, identity).to_pydict()
    assert found["patient_id"] == [long[1], long[1], long[0]]
    assert found["need"] == [True, False, False]


def test_a_file_that_is_no_truth_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FairpracticeError, match="cannot be read"):
        read_truth(tmp_path / "none.parquet")


@pytest.mark.parametrize("file", scenario.shipped().values(), ids=scenario.shipped())
def test_a_shipped_scenario_can_be_read_and_changes_what_it_says(file: Path) -> None:
    read = scenario.read_scenario(file)
    assert read.title
    assert len(read.why.split()) > 8
    assert (read.parameters == Parameters()) is (file.stem == "as_assumed")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("title = ", "cannot be read"),
        ("[parameter]\nmistaken = 0.1", "no part 'parameter'"),
        ("[parameters]\nmistakes = 0.1", "'mistakes' cannot be set so"),
        ("[parameters]\nmistaken = 'often'", "'mistaken' cannot be set so"),
        ("[parameters]\nneeds = [1.0]", "'needs' cannot be set so"),
        ("[parameters]\nareas = 1", "'areas' cannot be set so"),
        ("[parameters]\narea_fifths = [0.5, 0.5]", "'area_fifths' cannot be set so"),
        ("[parameters.missed_slopes]\nneeds = 0.1", "'missed_slopes' cannot be set so"),
        ("[times]\nrecorder = 2", "no recorder"),
        ("[times]\nrecorded = -2", "no recorded = -2"),
    ],
)
def test_a_scenario_that_means_nothing_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "world.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(FairpracticeError, match=problem):
        scenario.read_scenario(file)


def test_a_scenario_changes_the_parts_that_it_names(tmp_path: Path) -> None:
    file = tmp_path / "world.toml"
    file.write_text(
        "[parameters]\nmistaken = 1\n[parameters.missed_slopes]\nneed = 0\n[times]\nrecorded = 0.5",
        encoding="utf-8",
    )
    usual, read = Parameters(), scenario.read_scenario(file).parameters
    assert read.mistaken == 1
    assert dict(read.missed_slopes) == {**dict(usual.missed_slopes), "need": 0}
    assert read.needs[0].recorded == tuple(part / 2 for part in usual.needs[0].recorded)
    assert read.needs[0].prevalence == usual.needs[0].prevalence


def result(**figures: float) -> Compared:
    measures = pd.DataFrame(
        [{"strategy": name, "sensitivity": f, "inequity": -f} for name, f in figures.items()]
    )
    groups = pd.DataFrame(
        [
            {"strategy": name, "grouping": "sex", "group": group, "in_need": 100,
             "reached_in_need": 100 * (f if group == "Male" else f / 2)}
            for name, f in figures.items() for group in ("Male", "Female")
        ]
    )  # fmt: skip
    return Compared(measures, groups)


def test_populations_are_paired_and_worse_is_said_to_be_worse() -> None:
    world = scenario.Scenario("", "", Parameters())
    results = [result(ours=0.10, other=0.12), result(ours=0.30, other=0.33)]
    summary = scenario.summary(world, results, "ours")
    against = summary.against.set_index(["measure", "other"])
    assert against.loc[("sensitivity", "other"), "better"] == pytest.approx(-0.025)
    assert against.loc[("inequity", "other"), "better"] == pytest.approx(0.025), "nearer to nought"
    assert against.loc[("lowest", "other"), "better"] == pytest.approx(-0.0125)
    # Student's t with one degree of freedom; differences 0.02 and 0.03.
    half = 12.7062047 * 0.005
    assert against.loc[("sensitivity", "other"), "lower"] == pytest.approx(-0.025 - half)
    means = summary.measures.set_index(["strategy", "measure"])["mean"]
    assert means["ours", "sensitivity"] == pytest.approx(0.2)
    assert means["ours", "lowest"] == pytest.approx(0.1), "the group reached least"


def test_schemes_are_asked_by_what_they_hold() -> None:
    assert {*Scheme.__dataclass_fields__} < {*Strategy.__dataclass_fields__}
