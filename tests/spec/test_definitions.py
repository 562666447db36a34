"""Every shipped measure and rule, on the people drawn in its own spec, on every engine."""

import functools
from collections.abc import Mapping

import pytest

from fairpractice import codelists
from fairpractice.case_finding.rule import RULES
from fairpractice.criteria import spec
from fairpractice.criteria.definition import Definition
from fairpractice.engines import Engine
from fairpractice.engines.duckdb import connect
from fairpractice.measures.measure import MEASURES
from tests.asking import Answers, by_engine, one_by_one
from tests.filled import filled


SHIPPED = codelists.load()
DEFINITIONS: dict[str, Definition] = {**MEASURES.load(SHIPPED), **RULES.load(SHIPPED)}
LISTS = filled(SHIPPED, DEFINITIONS.values())
APART = 1000
"""How far apart the pseudonyms of two specs' people are, so that all can be asked together."""


@functools.cache
def drawn(name: str) -> spec.Spec:
    return spec.parse(DEFINITIONS[name].spec, LISTS, where=name)


SOME = tuple(list(DEFINITIONS)[::9])
"""What Spark is asked every time, which takes long to plan; the soak asks it everything."""


@functools.cache
def answers(engine: Engine | None, names: tuple[str, ...] = tuple(DEFINITIONS)) -> Answers:
    """Ask several definitions of all people drawn for any of them, together."""
    tables: dict[str, list[dict[str, object]]] = {}
    asked = {}
    for number, (name, definition) in enumerate(DEFINITIONS.items()):
        if name not in names:
            continue
        for table, rows in drawn(name).tables.items():
            moved = ({**row, "patient_id": row["patient_id"] + APART * number} for row in rows)
            tables.setdefault(table, []).extend(moved)
        for part, expression in spec.asked(definition, LISTS).items():
            asked[f"{name}: {part}"] = expression
    dates = sorted({definition.on for definition in DEFINITIONS.values()})
    if engine is None:
        return one_by_one(tables, asked, dates, LISTS)
    return by_engine(engine, tables, asked, dates, LISTS)


def verdicts(name: str, found: Answers) -> Mapping[str, str]:
    """Return what a definition makes of the people of its own spec."""
    definition = DEFINITIONS[name]
    first = APART * list(DEFINITIONS).index(name)
    return {
        person: spec.said(
            definition,
            {
                part: found[f"{name}: {part}", patient_id + first, definition.on]
                for part in spec.asked(definition, LISTS)
            },
        )
        for person, patient_id in drawn(name).people.items()
    }


@pytest.mark.parametrize("name", DEFINITIONS)
def test_spec_holds_on_duckdb(name: str, duckdb: Engine) -> None:
    assert verdicts(name, answers(duckdb)) == drawn(name).expected


@pytest.mark.spark
@pytest.mark.parametrize("name", SOME)
def test_spec_holds_on_spark(name: str, spark: Engine) -> None:
    assert verdicts(name, answers(spark, SOME)) == drawn(name).expected


@pytest.mark.soak
@pytest.mark.spark
@pytest.mark.parametrize("name", DEFINITIONS)
def test_every_spec_holds_on_spark(name: str, spark: Engine) -> None:
    assert verdicts(name, answers(spark)) == drawn(name).expected


@pytest.fixture(scope="module")
def duckdb() -> Engine:
    return connect()


@pytest.mark.parametrize("name", DEFINITIONS)
def test_spec_holds_in_plain_python(name: str) -> None:
    assert verdicts(name, answers(None)) == drawn(name).expected


@pytest.mark.parametrize("name", DEFINITIONS)
def test_spec_holds_as_explain_checks_it(name: str) -> None:
    assert spec.differences(DEFINITIONS[name], LISTS) == []
