"""A whole network's answers, against what the people were made to be."""

from pathlib import Path

import pytest

from fairpractice.engines.duckdb import connect
from fairpractice.errors import FairpracticeError
from fairpractice.measures.results import rows
from fairpractice.population.kept import NotLoaded
from fairpractice.record.memory import MemoryRecord
from fairpractice.reporting import release
from fairpractice.reporting.network import Network, answer, data_quality
from fairpractice.statistics.disclosure import audit, refuse
from tests.support.networks import ON, PRACTICES, SCREENED, record


pytestmark = pytest.mark.xdist_group("report")


def test_the_gap_is_that_of_the_people(network: Network) -> None:
    by_fifth = rows(network.figures, definition="cervical-screening", grouping="imd_quintile")
    assert {int(row["group"]): row["value"] for row in by_fifth} == pytest.approx(
        {fifth: 100 * share for fifth, share in SCREENED.items()}
    )
    (gap,) = rows(network.gaps, definition="cervical-screening")
    assert gap["value"] == pytest.approx(40)
    assert gap["lower"] < 40 < gap["upper"]


def test_a_rule_counts_everybody_it_is_about(network: Network) -> None:
    (total,) = rows(network.figures, definition="probable-carer-not-coded", grouping="all")
    (told,) = rows(network.told, definition="probable-carer-not-coded", grouping="all")
    assert total["denominator"] == 3_000
    assert told["numerator"] == 0, "nobody was asked whether they care for somebody"


def test_who_it_is_about(network: Network, small_network: Network) -> None:
    assert network.people == 3_000
    assert small_network.people == 180
    assert network.practices == len(PRACTICES)
    assert network.left_out == 10, "twelve, to the nearest five"
    assert network.purpose == "planning"
    assert network.areas["rows"] == 10


def test_the_trend_ends_on_the_day(network: Network) -> None:
    days = sorted(set(network.trend["on"].to_pylist()))
    assert len(days) == 4
    assert days[-1] == ON
    (last,) = rows(network.trend_gaps, definition="cervical-screening", on=ON)
    (gap,) = rows(network.gaps, definition="cervical-screening")
    assert last["value"] == gap["value"]


def test_no_number_of_people_from_1_to_7_is_in_it(small_network: Network) -> None:
    for table in (
        small_network.figures,
        small_network.trend,
        small_network.told,
        small_network.beside,
        small_network.help,
    ):
        for column in ("people", "numerator", "denominator"):
            if column in table.column_names:
                shown = {n for n in table[column].to_pylist() if n is not None}
                assert not shown & set(range(1, 8))
    assert "hidden" in small_network.figures["status"].to_pylist(), "or this proves nothing"


def test_totals_stand_beside_hidden_groups(small_network: Network) -> None:
    found = small_network.figures.to_pylist()
    some = {row["definition"] for row in found if row["status"] == "hidden"}
    totals = [row for row in found if row["grouping"] == "all" and row["definition"] in some]
    shown = [row for row in totals if row["status"] != "hidden"]
    assert len(shown) > len(totals) / 2


def test_nothing_hidden_can_be_worked_out(small_network: Network) -> None:
    assert "hidden" in small_network.figures["status"].to_pylist()
    refuse(audit(release.numbers(small_network.numbers)))


def test_what_is_asked_of_the_same_people_is_counted_once(network: Network) -> None:
    first, last = "recorded-area", "recorded-contact"
    by_sex = [
        {row["group"]: (row["denominator_of"], row["denominator"]) for row in found}
        for name in (first, last)
        for found in [rows(network.figures, definition=name, grouping="sex")]
    ]
    assert by_sex[0] == by_sex[1]


def test_an_earlier_report_of_the_same_day_is_known(
    small_network: Network, definitions: Path
) -> None:
    before = release.numbers(small_network.numbers)
    asked = record(connect(threads=2), 180)
    again = data_quality(asked, ON, edition="fictional2025", definitions=definitions)
    refuse(audit(release.numbers(again.numbers), earlier=[before]))


def test_what_else_is_known_is_of_those_found(network: Network) -> None:
    found = {
        row["definition"]: row["numerator"]
        for row in rows(network.figures, grouping="all")
        if row["definition"] in network.rules
    }
    beside = [row for row in rows(network.beside, grouping="outcome") if row["value"] is not None]
    assert beside
    for row in beside:
        assert row["denominator"] == found[row["definition"]]
        assert row["group"] in network.rules[row["definition"]].outcomes


def test_practices_are_letters_in_the_order_of_deprivation(network: Network) -> None:
    found = rows(network.help, definition="mean-fifth", grouping="practice")
    found.sort(key=lambda row: row["group"])
    assert [row["group"] for row in found] == ["A", "B", "C"]
    assert [row["value"] for row in found] == sorted(row["value"] for row in found)
    assert not {*PRACTICES} & {*network.numbers["group"].to_pylist()}


def test_help_is_among_the_numbers_that_are_protected(network: Network) -> None:
    published = network.numbers.to_pylist()
    for name in ("need-weight", "clinicians", "seen-appointments"):
        assert any(row["numerator_of"] == f"{name}: met" for row in published), name
    everybody = next(row for row in published if row["numerator_of"] == "need-weight: met")
    assert everybody["denominator"] == network.people


def test_data_quality_needs_no_deprivation(network: Network) -> None:
    asked = data_quality(record(connect(threads=2), 3_000), ON)
    assert not asked.measures
    assert not asked.rules
    assert "imd_quintile" not in asked.figures["grouping"].to_pylist()
    totals = {row["definition"]: row["value"] for row in rows(asked.figures, grouping="all")}
    with_deprivation = rows(network.figures, grouping="all")
    for row in with_deprivation:
        if row["definition"] in totals and row["value"] is not None:
            assert totals[row["definition"]] == row["value"]


def test_an_empty_record_is_said_to_be_empty() -> None:
    with pytest.raises(FairpracticeError, match=r"Nobody .* registered on 2026-10-31") as said:
        data_quality(MemoryRecord(connect(threads=1), {}), ON)
    assert "no registrations" in said.value.where


def test_an_edition_that_is_not_there_is_said_before_any_work() -> None:
    with pytest.raises(NotLoaded, match="fairpractice deprivation add imd2019"):
        answer(record(connect(threads=1), 20), ON, edition="imd2019")
