"""Fair to the finder: rules' errors counted by hand, and warnings where they are by design."""

import datetime as dt
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from fairpractice import codelists
from fairpractice.case_finding.fairness import fairness, looks_for
from fairpractice.case_finding.listable import Asked
from fairpractice.case_finding.rule import RULES
from fairpractice.case_finding.truth import BY, NEEDS, truth
from fairpractice.engines.duckdb import connect
from fairpractice.record.memory import MemoryRecord


LISTS = codelists.load()
SHIPPED = RULES.load(LISTS)
ON = dt.date(2026, 10, 31)


def world(men_recorded: int, women_recorded: int, wrong: int) -> tuple[MemoryRecord, pa.Table]:
    """Return 100 men and 100 women in debt, so many recorded, and 300 not, so many recorded."""
    tables: dict[str, list[dict[str, Any]]] = {
        n: [] for n in ("patient", "registration", "social_fact")
    }
    told = []
    for n in range(500):
        own, female, debt = {"patient_id": n}, n % 2 == 0, n < 200
        place = n // 2
        tables["patient"].append(
            {**own, "birth_month": dt.date(1980, 1, 1), "sex": "female" if female else "male"}
        )
        tables["registration"].append(
            {**own, "practice_code": "Y00001", "start_date": dt.date(2010, 1, 1)}
        )
        recorded = (
            place < (women_recorded if female else men_recorded) if debt else n >= 500 - wrong
        )
        if recorded:
            tables["social_fact"].append(
                {
                    **own, "topic": "debt", "status": "present", "route": "asked",
                    "recorded_on": dt.date(2026, 9, 1), "lawful_basis": "direct_care",
                    "sensitivity": "ordinary",
                }
            )  # fmt: skip
        for topic in ("debt", "carer", "language_main", "domestic_abuse"):
            told.append(
                {
                    **own, "topic": topic, "need": debt and topic == "debt",
                    "true_from": dt.date(2025, 1, 1) if debt and topic == "debt" else None,
                    "true_until": None, "fifth": n % 5 + 1, "female": female,
                    "birth_month": dt.date(1980, 1, 1), "ethnic_group": "indian",
                    "english_main": True,
                }
            )  # fmt: skip
    schema = {"true_from": pa.date32(), "true_until": pa.date32(), "birth_month": pa.date32()}
    truth_table = pa.Table.from_pylist(told)
    for name, kind in schema.items():
        at = truth_table.column_names.index(name)
        truth_table = truth_table.set_column(at, name, truth_table[name].cast(kind))
    return MemoryRecord(connect(threads=2), tables), truth_table


def errors(*of: int) -> pd.DataFrame:
    record, told = world(*of)
    rules = {name: SHIPPED[name] for name in ("social-need-no-referral", "repeat-did-not-attends")}
    found = fairness(rules, Asked(record, ON, LISTS), told)
    return found.set_index(["rule", "error", "grouping", "group"])


def test_errors_are_counted_by_group_and_the_worse_served_named() -> None:
    found = errors(20, 60, 8).loc["social-need-no-referral"]
    assert found.loc[("missed", "all", "all"), ["wrong", "of"]].tolist() == [120, 200]
    assert found.loc[("missed", "sex", "Male"), ["wrong", "of"]].tolist() == [80, 100]
    assert found.loc[("missed", "sex", "Female"), ["wrong", "of"]].tolist() == [40, 100]
    assert found.loc[("false_alarm", "all", "all"), ["wrong", "of"]].tolist() == [8, 88]
    assert found.at[("missed", "sex", "Male"), "value"] == pytest.approx(0.8)
    assert found.at[("missed", "sex", "Male"), "warning"] == (
        "misses Male (sex) more often than others"
    )
    warned = found[found["warning"] != ""].index.tolist()
    assert warned == [("missed", "sex", "Male")]
    assert set(found["looks_for"]) == {"debt"}, "the rule does not name carers"


def test_a_rule_that_serves_all_alike_is_not_warned_of() -> None:
    found = errors(40, 40, 8)
    assert (found["warning"] == "").all()


def test_a_rule_about_access_is_held_to_any_need_and_says_so() -> None:
    _, told = world(20, 60, 0)
    known = truth(told, ON - dt.timedelta(days=1), ON)
    assert looks_for(SHIPPED["repeat-did-not-attends"], known) == ("debt", "carer")
    assert looks_for(SHIPPED["never-screened"], known) == ()
    assert set(BY) <= set(known.people)
    found = errors(20, 60, 0).loc["repeat-did-not-attends"]
    # Nobody misses appointments here, so the rule misses everybody and alarms nobody.
    assert found.loc[("missed", "all", "all"), ["wrong", "of"]].tolist() == [200, 200]
    assert found.at[("false_alarm", "all", "all"), "status"] == "zero_denominator"


def test_every_rule_about_needs_is_held_to_something() -> None:
    _, told = world(1, 1, 0)
    whole = pa.concat_tables(
        told.filter(pa.array([t == "debt" for t in told["topic"].to_pylist()])).set_column(
            told.column_names.index("topic"), "topic", pa.array([topic] * 500)
        )
        for topic in (*NEEDS, "language_main", "interpreter_need", "disability")
    )
    known = truth(whole, ON - dt.timedelta(days=1), ON)
    held = {name for name, rule in SHIPPED.items() if looks_for(rule, known)}
    assert {"social-need-no-referral", "probable-carer-not-coded"} <= held
