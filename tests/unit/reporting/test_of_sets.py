"""The groups of named sets in a network's release, against the sets asked by themselves."""

from pathlib import Path

import pyarrow as pa
import pytest

from fairpractice.engines.duckdb import connect
from fairpractice.measures.calculate import Run
from fairpractice.measures.results import rows
from fairpractice.reporting.named_set import answer_set, of_release
from fairpractice.reporting.network import MORE_GROUPS, Network, population
from fairpractice.reporting.release import numbers
from fairpractice.statistics.disclosure import audit, refuse
from tests.support.networks import CODELISTS, ON, PRACTICES, record


ADULTS = "core20plus5-adults"


@pytest.fixture(scope="module")
def network(definitions: Path) -> Network:
    return population(
        record(connect(threads=2), 1_000),
        ON,
        edition="fictional2025",
        definitions=definitions,
        months=2,
    )


def test_a_set_has_the_figures_that_it_has_by_itself(network: Network, definitions: Path) -> None:
    of = network.sets[ADULTS]
    found = of_release(network, ADULTS, CODELISTS)
    run = Run(CODELISTS, "fictional2025", definitions)
    alone = answer_set(of, network.measures, record(connect(threads=2), 1_000), ON, run)
    assert found.measures.keys() == alone.measures.keys()
    assert found.unavailable == alone.unavailable
    expected = {
        (row["definition"], row["grouping"]): (row["numerator"], row["denominator"])
        for row in alone.figures.to_pylist()
        if row["group"] != "others" and row["status"] == "ok"
    }
    shown = {
        (row["definition"], row["grouping"]): (row["numerator"], row["denominator"])
        for row in found.figures.to_pylist()
        if row["status"] == "ok"
    }
    assert shown == {key: expected[key] for key in shown}
    assert {grouping for _, grouping in shown} >= {"all", "core20", "plus 1"}
    assert len(list(found.tables())) == len(list(alone.tables()))


def test_a_release_with_more_groups_gives_nothing_away(network: Network) -> None:
    refuse(audit(numbers(network.numbers)))


def test_every_measure_is_asked_by_every_group_and_by_practice(network: Network) -> None:
    groupings = set(network.figures["grouping"].to_pylist())
    assert groupings == {"all", "imd_quintile", "practice", *MORE_GROUPS}
    of = rows(network.figures, definition="cervical-screening", grouping="practice")
    assert sorted(row["group"] for row in of) == sorted(PRACTICES)
    assert isinstance(network.of_sets, pa.Table)
    assert not network.rules
