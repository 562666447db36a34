"""Worklists: the same people and the same reasons as asking each person alone."""

import datetime as dt
from collections.abc import Iterator

import pytest

from fairpractice.case_finding.rule import RULES, Rule
from fairpractice.case_finding.worklist import on_list, worklist, worklists
from fairpractice.codelists import load
from fairpractice.criteria import age, registered, within
from fairpractice.criteria.evaluate import decide
from fairpractice.criteria.evidence import because
from fairpractice.criteria.spec import parse
from fairpractice.engines.duckdb import DuckDB, connect
from fairpractice.errors import FairpracticeError
from fairpractice.record import social_facts
from fairpractice.record.memory import MemoryRecord
from fairpractice.record.reading import Ordinary
from tests.filled import filled


RULE_FILES = RULES.load(load())
CODELISTS = filled(load(), RULE_FILES.values())


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDB]:
    return connect(threads=2)


@pytest.mark.parametrize("rule", RULE_FILES.values(), ids=RULE_FILES)
def test_a_list_has_the_people_and_reasons_that_asking_each_alone_gives(
    engine: DuckDB, rule: Rule
) -> None:
    spec = parse(rule.spec, CODELISTS)
    record = MemoryRecord(engine, spec.tables)
    listed = {
        row["patient_id"]: row
        for row in worklist(rule, record, rule.on, CODELISTS).people.to_pylist()
    }
    for patient_id in spec.people.values():
        person = record.person(patient_id)
        on_it = (
            decide(rule.population, person, rule.on, CODELISTS)
            and decide(rule.finds, person, rule.on, CODELISTS)
            and not (rule.unless is not None and decide(rule.unless, person, rule.on, CODELISTS))
        )
        assert bool(on_it) == (patient_id in listed)
        if on_it:
            row = listed[patient_id]
            alone = on_list(rule, person, rule.on, CODELISTS)
            assert alone == {name: row[name] for name in alone or {}}
            assert row["because"] == because(rule.finds, person, rule.on, CODELISTS)
            assert row["because"], "nobody is on a list without a reason"
            assert row["comes_off_when"]
            outcomes = rule.outcomes_known(CODELISTS)
            assert row["outcomes"] == [
                name
                for name, outcome in outcomes.items()
                if decide(outcome, person, rule.on, CODELISTS)
            ]
        else:
            assert on_list(rule, person, rule.on, CODELISTS) is None
    assert listed


def test_many_lists_are_made_together_as_each_alone(engine: DuckDB) -> None:
    names = ("missed-reviews", "social-need-no-referral", "urgent-care-mostly")
    rules = {name: RULE_FILES[name] for name in names}
    for rule in rules.values():
        record = MemoryRecord(engine, parse(rule.spec, CODELISTS).tables)
        together = dict(worklists(rules, record, rule.on, CODELISTS))
        for name, each in rules.items():
            assert together[name] == worklist(each, record, rule.on, CODELISTS)
        assert together, "there is something to compare"


def test_without_what_is_sensitive_a_list_is_as_if_it_had_never_been_said(engine: DuckDB) -> None:
    rule = RULE_FILES["social-need-no-referral"]
    secret = social_facts.sensitive_codes(CODELISTS)
    [(system, code), *_] = sorted(secret)
    people = """
    person                   | birth   | sex    | record                       | found
    an ordinary need         | 1980-05 | female | fact debt present 2026-09-01 | yes
    a need, kept from others | 1980-05 | female | fact debt present 2026-09-01 | yes
    an entry, kept           | 1980-05 | female |                              | no
    """
    tables = dict(parse(people, CODELISTS).tables)
    ordinary, kept = tables["social_fact"]
    entry = {"patient_id": 3, "date": dt.date(2026, 9, 1), "code": code, "code_system": system}
    tables |= {"social_fact": [ordinary, {**kept, "sensitivity": "sensitive"}], "event": [entry]}
    record = MemoryRecord(engine, tables)
    seen = Ordinary(record, secret)
    assert seen.engine.to_arrow(seen.table("event")).num_rows == 0
    for readable, found in ((record, [1, 2]), (seen, [1])):
        listed = worklist(rule, readable, rule.on, CODELISTS).people
        assert listed["patient_id"].to_pylist() == found


def test_a_list_is_for_direct_care_alone(engine: DuckDB) -> None:
    record = MemoryRecord(engine, {})
    record.purpose = "planning"
    with pytest.raises(FairpracticeError, match="direct-care"):
        worklist(RULE_FILES["missed-reviews"], record, dt.date(2026, 10, 31), CODELISTS)


def test_a_rule_that_needs_an_empty_list_says_so(engine: DuckDB) -> None:
    rule = Rule(
        title="Veterans",
        why="",
        source="",
        author="",
        checked_by="",
        review_by=dt.date(2027, 1, 1),
        population=registered(),
        finds=age(18) & ~within("veteran", months=12),
        action="",
        spec="",
    )
    with pytest.raises(FairpracticeError, match="not available: list veteran is empty"):
        worklist(rule, MemoryRecord(engine, {}), dt.date(2026, 10, 31), load())


def test_an_unknown_practice_is_refused(engine: DuckDB) -> None:
    spec = parse(RULE_FILES["missed-reviews"].spec, CODELISTS)
    with pytest.raises(FairpracticeError, match="Y99999"):
        worklist(
            RULE_FILES["missed-reviews"],
            MemoryRecord(engine, spec.tables),
            dt.date(2026, 10, 31),
            CODELISTS,
            practice="Y99999",
        )
