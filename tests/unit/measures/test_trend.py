"""Measures month by month: the same as asking each month alone, whole, protected, and for SPC."""

import datetime as dt
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from fairpractice.codelists import load
from fairpractice.criteria import circumstance
from fairpractice.engines.duckdb import connect
from fairpractice.errors import FairpracticeError
from fairpractice.measures.calculate import Run, count
from fairpractice.measures.measure import MEASURES
from fairpractice.measures.results import gaps, publishable, rows, values
from fairpractice.measures.trend import GAP, MOST_MONTHS, trend, trend_signals
from fairpractice.record.topics import SENSITIVE
from tests.support.networks import ON, Planning, edition, record


CODELISTS = load()
EVERY = MEASURES.load(CODELISTS)
MEASURED = {name: EVERY[name] for name in ("cervical-screening", "did-not-attend-rate")}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return Run(CODELISTS, "fictional2025", edition(tmp_path_factory.mktemp("definitions")))


@pytest.fixture(scope="module")
def network() -> Planning:
    return record(connect(threads=1), 1_000)


@pytest.fixture(scope="module")
def found(network: Planning, run: Run) -> pa.Table:
    return trend(MEASURED, ON, network, run)


def test_five_years_are_one_run_and_no_month_is_missing(found: pa.Table) -> None:
    for name in MEASURED:
        for series in ("all", "1", "5", GAP):
            days = [row["on"] for row in rows(found, definition=name, series=series)]
            assert len(days) == MOST_MONTHS
            assert days == sorted(set(days))
            assert days[-1] == ON
            assert all((day + dt.timedelta(days=1)).day == 1 for day in days)


def test_a_month_says_what_it_says_when_asked_alone(
    found: pa.Table, network: Planning, run: Run
) -> None:
    by = ("all", "imd_quintile")
    alone = publishable(values(count(MEASURED, [ON], network, run, by=by), MEASURED))
    for row in rows(found, on=ON, series="1") + rows(found, on=ON, series="all"):
        [there] = rows(alone, definition=row["definition"], group=row["series"])
        for column in ("people", "numerator", "value", "lower", "upper", "status"):
            assert row[column] == there[column], column
    between = gaps(alone.filter(pc.equal(alone["grouping"], "imd_quintile")), MEASURED)
    for row in rows(found, on=ON, series=GAP):
        [there] = rows(between, definition=row["definition"])
        assert row["value"] == there["value"]


def test_the_gap_is_between_what_is_shown(found: pa.Table) -> None:
    shown = 0
    for row in rows(found, series=GAP, definition="cervical-screening"):
        ends = [
            rows(found, on=row["on"], series=end, definition="cervical-screening")[0]["value"]
            for end in "51"
        ]
        if None in ends:
            assert row["value"] is None
            assert row["status"] != "ok"
        else:
            shown += 1
            assert row["value"] == pytest.approx(ends[0] - ends[1])
    assert shown


def test_nothing_small_is_in_it(network: Planning, run: Run) -> None:
    few = trend(MEASURED, ON, record(connect(threads=1), 90), run, months=12)
    hidden = few.filter(pc.equal(few["status"], "hidden"))
    assert hidden.num_rows
    assert hidden["value"].null_count == hidden.num_rows
    for column in ("people", "numerator", "denominator"):
        numbers = few.filter(pc.equal(few["series"], "1"))[column].drop_null().to_pylist()
        assert all(number % 5 == 0 for number in numbers)


def test_a_change_is_seen_and_the_gap_takes_no_side(found: pa.Table) -> None:
    chart = trend_signals(found, MEASURED)
    assert chart.num_rows == found.num_rows
    # All were screened in March 2026, and nobody before.
    screened = rows(chart, definition="cervical-screening", series="all")
    risen = [row for row in screened if row["on"] >= dt.date(2026, 3, 31)]
    assert {row["variation"] for row in risen} == {"improvement"}
    gap = rows(chart, definition="cervical-screening", series=GAP)
    assert {"neutral_high"} <= {row["variation"] for row in gap}
    assert not {"improvement", "concern"} & {row["variation"] for row in gap}


def test_the_last_month_is_one_that_is_over(network: Planning, run: Run) -> None:
    found = trend(MEASURED, dt.date(2026, 10, 30), network, run, months=2)
    assert sorted(set(found["on"].to_pylist())) == [dt.date(2026, 8, 31), dt.date(2026, 9, 30)]


@pytest.mark.parametrize("months", [0, 1, 61])
def test_no_other_number_of_months_can_be_asked(network: Planning, run: Run, months: int) -> None:
    with pytest.raises(FairpracticeError, match="2 to 60"):
        trend(MEASURED, ON, network, run, months=months)


def test_a_sensitive_topic_has_no_trend(network: Planning, run: Run) -> None:
    secret = replace(EVERY["cervical-screening"], numerator=circumstance(SENSITIVE[0]))
    with pytest.raises(FairpracticeError, match="sensitive"):
        trend({"secret": secret}, ON, network, run)
