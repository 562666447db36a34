"""The plan and plain Python give the same answers, on random records and random trees."""

import datetime as dt
import os
from collections import defaultdict
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.criteria import tree
from fairpractice.criteria.english import english
from fairpractice.engines import Engine
from fairpractice.engines.duckdb import connect
from tests.asking import Answer, by_engine, one_by_one
from tests.generative.records import DATES, LISTS, PEOPLE, Tables, tables
from tests.generative.trees import NODES, asked
from tests.reading import reads_well


Asked = Mapping[str, tree.Criterion | tree.Number]
NEVER_UNKNOWN = {
    "Registered",
    "AddressKnown",
    "Exists",
    "Count",
    "Total",
    "PerGroup",
    "InForce",
    "CircumstanceRecorded",
    "Known",
    "Constant",
}


Case = tuple[list[dt.date], Tables, Asked]
CASES: st.SearchStrategy[Case] = st.builds(
    lambda dates, people, expressions: (dates, tables(people, dates), expressions),
    DATES,
    PEOPLE,
    asked(),
)


def kinds_of(answer: Answer) -> str:
    """Return true, false or unknown; of a number, whether it is 0, another or unknown."""
    return "unknown" if answer is None else "true" if answer else "false"


def same(one: Answer, other: Answer) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-12, abs=1e-12)
    return one is other


def check(case: Case, engine: Engine) -> None:
    dates, rows, expressions = case
    right = one_by_one(rows, expressions, dates, LISTS)
    planned = by_engine(engine, rows, expressions, dates, LISTS)
    assert planned.keys() == right.keys()
    apart = {
        (english(expressions[name], LISTS), person, on): (planned[name, person, on], answer)
        for (name, person, on), answer in right.items()
        if not same(planned[name, person, on], answer)
    }
    assert not apart, "plan and plain Python differ"


def test_every_node_is_drawn_and_seen_true_false_and_unknown() -> None:
    seen: dict[str, set[str]] = defaultdict(set)

    @settings(max_examples=200, derandomize=True, database=None)
    @given(CASES)
    def look(case: Case) -> None:
        dates, rows, expressions = case
        for (name, _, _), answer in one_by_one(rows, expressions, dates, LISTS).items():
            seen[type(expressions[name]).__name__].add(kinds_of(answer))
        for expression in expressions.values():
            phrase = english(expression, LISTS)
            assert reads_well(phrase), phrase

    look()
    possible = {"true", "false"}
    assert {name: seen[name] for name in NODES} == {
        name: possible if name in NEVER_UNKNOWN else possible | {"unknown"} for name in NODES
    }


# Few examples, each of several people, dates and expressions: what costs is the engine's planning.
@settings(max_examples=14 if os.environ.get("CI") else 7)
@given(case=CASES)
def test_plan_agrees_on_duckdb(case: Case, duckdb: Engine) -> None:
    check(case, duckdb)


@pytest.mark.soak
@settings(max_examples=1000)
@given(case=CASES)
def test_plan_agrees_on_duckdb_for_long(case: Case) -> None:
    check(case, connect(threads=1))  # another each time: an engine keeps every table it is given


@pytest.mark.spark
@settings(max_examples=4)
@given(case=CASES)
def test_plan_agrees_on_spark(case: Case, spark: Engine) -> None:
    check(case, spark)


@pytest.fixture(scope="session")
def duckdb() -> Engine:
    return connect(threads=1)
