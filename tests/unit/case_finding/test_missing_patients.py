"""The missing patients: each kind against asking people drawn one by one."""

import pytest

from fairpractice import codelists
from fairpractice.case_finding.listable import Asked
from fairpractice.case_finding.missing_patients import KINDS, SILENT, missing_patients
from fairpractice.case_finding.rule import RULES
from fairpractice.criteria.evaluate import decide
from fairpractice.criteria.spec import parse
from fairpractice.engines.duckdb import connect
from fairpractice.record.memory import MemoryRecord


# ruff: noqa: E501  (people are drawn as a table)

LISTS = codelists.load()
DRAWN = """
    person             | birth   | sex  | record                                                    | found
    seen and coded     | 1980-05 | male | attended 2026-03-01; stroke 2020-01-01                    | no
    never seen, coded  | 1980-05 | male | stroke 2020-01-01                                         | never-seen, no-ethnicity
    seen, not coded    | 1980-05 | male | attended 2026-03-01                                       | not-coded
    silent             | 1980-05 | male |                                                           | never-seen, not-coded, registered-but-silent
    new                | 1980-05 | male | registered 2026-09-01                                     | no
    review done        | 1980-05 | male | diabetes 2015-01-01; diabetes-review 2025-01-01; attended 2025-01-01 | no
    review long ago    | 1980-05 | male | diabetes 2015-01-01; diabetes-review 2023-01-01; attended 2025-01-01 | lost-from-recall
    invited            | 1980-05 | male | diabetes 2015-01-01; diabetes-invited 2025-01-01; attended 2025-01-01 | no
    declined           | 1980-05 | male | diabetes 2015-01-01; diabetes-declined 2025-01-01; attended 2025-01-01 | no
    one of two lost    | 1980-05 | male | diabetes 2015-01-01; diabetes-review 2025-06-01; asthma 1990-01-01; attended 2025-01-01 | lost-from-recall
    resolved           | 1980-05 | male | diabetes 2015-01-01; diabetes-resolved 2016-01-01; attended 2025-01-01 | no
"""
SPEC = parse(DRAWN, LISTS)
ON = RULES.load(LISTS)[SILENT].on


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_finds_whom_the_drawing_says(kind: str) -> None:
    rule = KINDS[kind]
    for name in SPEC.people:
        person = SPEC.person(name)
        about = decide(rule.population, person, ON, LISTS)
        found = bool(about and decide(rule.finds, person, ON, LISTS))
        if kind != "no-ethnicity":
            assert found is (kind in SPEC.expected[name]), name
        else:
            assert found is bool(about), "nobody drawn has an ethnic group"


def test_counts_are_those_of_asking_each_and_small_ones_hidden() -> None:
    tables = {
        name: [
            {**row, "patient_id": row["patient_id"] + 100 * k} for k in range(12) for row in rows
        ]
        for name, rows in SPEC.tables.items()
    }
    record = MemoryRecord(connect(threads=2), tables)
    record.purpose = "planning"
    found = missing_patients(Asked(record, ON, LISTS), by=["all", "sex"])
    for kind, rule in {**KINDS, SILENT: RULES.load(LISTS)[SILENT]}.items():
        people = [SPEC.person(name) for name in SPEC.people]
        about = [p for p in people if decide(rule.population, p, ON, LISTS)]
        met = 12 * sum(bool(decide(rule.finds, p, ON, LISTS)) for p in about)
        row = found[(found["kind"] == kind) & (found["grouping"] == "all")].iloc[0]
        assert row["status"] == "ok"
        assert row["numerator"] == 5 * int(met / 5 + 0.5)
        assert row["denominator"] == 5 * int(12 * len(about) / 5 + 0.5)
    few = missing_patients(Asked(MemoryRecord(connect(threads=2), SPEC.tables), ON, LISTS))
    assert "hidden" in set(few["status"])
    assert not few["numerator"].between(1, 7).any()
