import math
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import indirectly_standardised_rate, indirectly_standardised_ratio
from tests.unit.statistics import slow
from tests.unit.statistics.asking import Rows, ask


REFERENCE = {
    "age_band": ["0-44", "45-64", "65+"],
    "events": [50, 200, 900],
    "population": [9e4, 4e4, 2e4],
}
BANDS = REFERENCE["age_band"]
PLACE = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10**9)), min_size=3, max_size=3)


def asked(data: dict[str, Any], rate: bool = False, **named: Any) -> Rows:
    statistic = indirectly_standardised_rate if rate else indirectly_standardised_ratio
    named = {"age_band": "band", "reference": pa.table(REFERENCE), **named}
    return ask(statistic, data, "x", "n", **named)


@settings(max_examples=40)
@given(st.lists(PLACE, min_size=1, max_size=4), st.randoms())
def test_observed_over_expected_with_the_limits_of_a_count(places: Any, shuffled: Any) -> None:
    rows = [
        (p, band, x, n)
        for p, place in enumerate(places)
        for band, (x, n) in zip(BANDS, place, strict=True)
    ]
    shuffled.shuffle(rows)
    data = dict(zip(("p", "band", "x", "n"), map(list, zip(*rows, strict=True)), strict=True))
    crude = sum(REFERENCE["events"]) / sum(REFERENCE["population"])
    ratios, rates = asked(data, by=["p"]), asked(data, rate=True, by=["p"], multiplier=1)
    for place, ratio, rate in zip(places, ratios, rates, strict=True):
        observed = sum(x for x, _ in place)
        expected = sum(
            n * x / of
            for (_, n), x, of in zip(
                place, REFERENCE["events"], REFERENCE["population"], strict=True
            )
        )
        limits = (slow.exact_poisson if observed < 10 else slow.byar)(observed, 0.95)
        assert ratio["observed"] == observed
        assert ratio["expected"] == pytest.approx(expected, rel=1e-12)
        assert ratio["value"] == pytest.approx(observed / expected, rel=1e-12)
        assert ratio["lower"] == pytest.approx(limits[0] / expected, rel=1e-7)
        assert ratio["upper"] == pytest.approx(limits[1] / expected, rel=1e-7)
        assert rate["reference_rate"] == pytest.approx(crude, rel=1e-12)
        for name in ("value", "lower", "upper"):
            assert rate[name] == pytest.approx(ratio[name] * crude, rel=1e-12)


def test_the_reference_population_itself_has_a_ratio_of_one() -> None:
    data = {"band": BANDS, "x": REFERENCE["events"], "n": REFERENCE["population"]}
    (row,) = asked(data, multiplier=100)
    assert (row["value"], row["observed"], row["expected"]) == (100, 1150, 1150)


def test_a_reference_by_band_is_the_same_as_one_in_columns_or_in_finer_bands() -> None:
    data = {"band": BANDS, "x": [1, 20, 70], "n": [9000, 5000, 3000]}
    (plain,) = asked(data)
    columns = {"rx": REFERENCE["events"], "rn": REFERENCE["population"]}
    (row,) = asked(
        {**data, **columns}, reference=None, reference_events="rx", reference_population="rn"
    )
    assert row == plain
    finer = pa.table(
        {
            "age_band": ["under 20", "20 to 44", "45-64", "65-79", "80 and over"],
            "events": [20, 30, 200, 400, 500],
            "population": [4e4, 5e4, 4e4, 1e4, 1e4],
        }
    )
    assert asked(data, reference=finer) == [plain]


def test_totals_observed_may_come_apart_from_ages() -> None:
    data = {"p": ["a"] * 3 + [None] * 3, "band": BANDS * 2, "n": [9000, 5000, 3000] * 2}
    totals = pa.table({"p": ["z", None, "a", "a"], "x": [9, 90, 70, 21]})
    rows = asked(data, by=["p"], observed_totals=totals)
    assert [(row["p"], row["observed"]) for row in rows] == [("a", 91), (None, 90)]
    some = totals.filter(pa.array([True, False, True, True]))
    statuses = [row["status"] for row in asked(data, by=["p"], observed_totals=some)]
    assert statuses == ["ok", "missing_input"]
    one = {"band": BANDS, "n": [9000, 5000, 3000]}
    (row,) = asked(one, observed_totals=pa.table({"x": [90, 1]}))
    assert row["observed"] == 91


def test_nothing_observed_is_no_error() -> None:
    (row,) = asked({"band": BANDS, "x": [0, 0, 0], "n": [100, 100, 100]})
    assert (row["value"], row["lower"], row["method"]) == (0, 0, "exact Poisson")
    assert row["upper"] > 0


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"x": [1.0, None, 3.0]}, "missing_input"),
        ({"n": [1.0, None, 3.0]}, "missing_input"),
        ({"band": ["0-44", None, "65+"]}, "missing_input"),
        ({"n": [1.0, -1.0, 3.0]}, "invalid_input"),
        ({"x": [1.0, -1.0, 3.0]}, "invalid_input"),
        ({"n": [1.0, math.inf, 3.0]}, "invalid_input"),
        ({"band": ["0-44", "45-64", "65-79"]}, "incomplete_bands"),
        ({"band": ["0-44", "45-64", "45-64"]}, "incomplete_bands"),
        ({"n": [0.0, 0.0, 0.0]}, "zero_denominator"),
    ],
)
def test_one_bad_place_says_why(changes: dict[str, Any], status: str) -> None:
    good: dict[str, Any] = {"band": BANDS, "x": [1.0, 2.0, 3.0], "n": [10.0, 20.0, 30.0]}
    bad = {**good, **changes}
    data = {"p": ["good"] * 3 + ["bad"] * 3, **{name: good[name] + bad[name] for name in good}}
    found = {row["p"]: row["status"] for row in asked(data, by=["p"])}
    assert found == {"good": "ok", "bad": status}


def test_missing_counts_are_zeros_only_where_that_is_said() -> None:
    data: dict[str, Any] = {
        "band": BANDS,
        "x": [1, None, 3],
        "n": [10, None, 30],
        "rx": [5, None, 9],
        "rn": [99, 99, 99],
    }
    columns = {"reference": None, "reference_events": "rx", "reference_population": "rn"}
    assert asked(data, **columns)[0]["status"] == "missing_input"
    (row,) = asked(data, **columns, missing_events_are_zero=True)
    assert (row["observed"], row["expected"]) == (4, 10 * 5 / 99 + 30 * 9 / 99)


def test_a_reference_is_given_once() -> None:
    data = {"band": BANDS, "x": [1, 2, 3], "n": [10, 20, 30]}
    for named in (
        {"reference": None},
        {"reference_events": "x"},
        {"reference": None, "reference_events": "x"},
        {"reference_events": "x", "reference_population": "n"},
    ):
        with pytest.raises(FairpracticeError, match="one reference"):
            asked(data, **named)
    with pytest.raises(FairpracticeError, match="joined by age band"):
        asked(data, age_band=None)
