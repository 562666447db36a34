"""What a control chart says of a gap, and when it may be called narrower or wider."""

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest

from fairpractice.measures.measure import Measure
from fairpractice.record.dates import month_ends
from fairpractice.reporting import worked
from fairpractice.reporting.network import Network
from fairpractice.reporting.where_help_goes import weighted
from fairpractice.statistics import xmr


pytestmark = pytest.mark.xdist_group("report")

DAYS = month_ends(dt.date(2026, 10, 31), 24)


def chart(values: list[float]) -> list[dict[str, Any]]:
    rows = [{"on": day, "value": value} for day, value in zip(DAYS, values, strict=False)]
    return xmr(pa.Table.from_pylist(rows), "value", "on", improvement="neutral").to_pylist()


def gap(value: float, width: float = 1.0) -> dict[str, Any]:
    return {"value": value, "lower": value - width, "upper": value + width}


STEADY = [10.0, 10.4, 9.7, 10.1, 9.8, 10.3, 9.9, 10.2] * 3


@pytest.mark.parametrize(
    ("last", "sign", "says"),
    [
        (10.0, 1, "chance"),
        (14.0, 1, "wider"),
        (6.0, 1, "narrower"),
        (10.0, -1, "chance"),
        (14.0, -1, "wider"),
        (6.0, -1, "narrower"),
    ],
)
def test_narrower_and_wider_whichever_way_the_gap_goes(last: float, sign: int, says: str) -> None:
    values = [sign * value for value in [*STEADY[:-1], last]]
    found, why = worked._says(chart(values), gap(values[0]), gap(values[-1]))
    assert found == says
    assert bool(why) == (says != "chance")


def test_a_gap_that_could_not_be_told_from_none_has_not_closed() -> None:
    values = [*STEADY[:-1], 6.0]
    assert worked._says(chart(values), gap(10.0, width=11), gap(6.0)) == ("none", "")


def test_a_gap_that_cannot_be_told_from_none_has_not_opened() -> None:
    values = [*STEADY[:-1], 14.0]
    assert worked._says(chart(values), gap(10.0), gap(14.0, width=15)) == ("none", "")


def test_a_few_dates_say_nothing() -> None:
    values = STEADY[: worked.FEW - 1]
    assert worked._says(chart(values), gap(10.0), gap(10.0)) == ("few", "")


def test_nothing_is_put_down_to_what_nobody_knows_was_tried(network: Network) -> None:
    answer = worked.answer(network)
    assert answer.said.startswith("Nothing has been tried yet that the record can tell")
    assert "too few to tell a change from chance" in answer.said, "there are four dates"
    assert "no success" in answer.notes[0]


def test_help_for_people_in_equal_need(network: Network) -> None:
    by_fifth = weighted(network, "seen-appointments", "imd_quintile")
    assert [row["group"] for row in by_fifth] == ["1", "2", "3", "4", "5"]
    means = {
        row["group"]: row["value"]
        for row in network.figures.to_pylist()
        if row["definition"] == "seen-appointments" and row["grouping"] == "imd_quintile"
    }
    weights = {
        row["group"]: row["value"]
        for row in network.help.to_pylist()
        if row["definition"] == "need-weight" and row["grouping"] == "imd_quintile"
    }
    for row in by_fifth:
        assert row["value"] == pytest.approx(1000 * means[row["group"]] / weights[row["group"]])
        assert row["lower"] < row["value"] < row["upper"]


def test_the_measures_of_other_questions_are_not_among_those_of_care(network: Network) -> None:
    assert not {*network.others} & {*network.measures}
    assert all(isinstance(measure, Measure) for measure in network.others.values())
