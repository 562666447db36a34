import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import proportion, rate
from tests.unit.statistics import slow
from tests.unit.statistics.asking import ask


COUNTS = st.integers(0, 10**9)
PAIRS = st.lists(
    st.tuples(COUNTS, COUNTS).map(lambda pair: (min(pair), max(pair))), min_size=1, max_size=30
)
LEVELS = (0.8, 0.95, 0.998)


def columns(pairs: Sequence[tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {
        "area": list(range(len(pairs))),
        "x": [x for x, _ in pairs],
        "n": [n for _, n in pairs],
    }


def close(actual: float, expected: float, rel: float = 1e-9) -> bool:
    return math.isclose(actual, expected, rel_tol=rel, abs_tol=1e-10)


@settings(max_examples=15)
@given(PAIRS)
def test_wilson_limits_are_what_a_score_test_would_not_reject(
    pairs: list[tuple[int, int]],
) -> None:
    pairs = [(x, n) for x, n in pairs if 0 < n <= 10**6] or [(1, 2)]
    for row in ask(proportion, columns(pairs), "x", "n", levels=LEVELS):
        lower, upper = slow.wilson(row["numerator"], row["denominator"], row["confidence"])
        assert close(row["value"], row["numerator"] / row["denominator"])
        assert close(row["lower"], lower, 1e-6)
        assert close(row["upper"], upper, 1e-6)


@settings(max_examples=15)
@given(PAIRS)
def test_a_proportion_and_its_limits_stay_between_0_and_1(pairs: list[tuple[int, int]]) -> None:
    for row in ask(proportion, columns(pairs), "x", "n", levels=LEVELS):
        if row["denominator"] == 0:
            assert row["status"] == "zero_denominator"
        else:
            assert 0 <= row["lower"] <= row["upper"] <= 1
            assert row["numerator"] > 0 or row["lower"] == 0
            assert row["numerator"] < row["denominator"] or row["upper"] == 1


@settings(max_examples=15)
@given(PAIRS)
def test_those_without_the_property_mirror_those_with_it(pairs: list[tuple[int, int]]) -> None:
    having = ask(proportion, columns(pairs), "x", "n")
    lacking = ask(proportion, columns([(n - x, n) for x, n in pairs]), "x", "n")
    for one, other in zip(
        *(sorted(rows, key=lambda row: row["area"]) for rows in (having, lacking)), strict=True
    ):
        if one["status"] == "ok":
            assert math.isclose(one["lower"], 1 - other["upper"], abs_tol=1e-12)


@settings(max_examples=6)
@given(PAIRS, st.randoms())
def test_neither_the_order_nor_the_splitting_of_rows_matters(
    pairs: list[tuple[int, int]], random: Any
) -> None:
    whole = {"area": ["a"] * len(pairs), **{k: columns(pairs)[k] for k in ("x", "n")}}
    shuffled = random.sample(pairs, len(pairs))
    for statistic in (proportion, rate):
        summed = {"area": ["a"], "x": [sum(whole["x"])], "n": [sum(whole["n"])]}
        once = ask(statistic, summed, "x", "n")
        assert ask(statistic, whole, "x", "n", by=["area"]) == once
        again = {"area": ["a"] * len(pairs), **{k: columns(shuffled)[k] for k in ("x", "n")}}
        assert ask(statistic, again, "x", "n", by=["area"]) == once


@settings(max_examples=15)
@given(st.lists(st.tuples(COUNTS, st.integers(1, 10**9)), min_size=1, max_size=30))
def test_rates_are_exact_under_10_events_and_byars_from_there(
    pairs: list[tuple[int, int]],
) -> None:
    pairs += [(9, 1000), (10, 1000), (0, 7)]
    for row in ask(rate, columns(pairs), "x", "n", levels=LEVELS, multiplier=1000):
        x, per = row["events"], 1000 / row["population"]
        few = x < 10
        limits = (
            slow.exact_poisson(x, row["confidence"]) if few else slow.byar(x, row["confidence"])
        )
        assert row["method"] == ("exact Poisson" if few else "Byar")
        assert close(row["value"], x * per)
        assert close(row["lower"], limits[0] * per, 1e-6)
        assert close(row["upper"], limits[1] * per, 1e-6)


def test_events_that_are_no_whole_number_have_byars_limits() -> None:
    (row,) = ask(rate, columns([(2.5, 100)]), "x", "n", multiplier=1)
    assert row["method"] == "Byar"
    assert close(row["upper"], slow.byar(2.5, 0.95)[1] / 100)


@pytest.mark.parametrize(
    ("x", "n", "status"),
    [
        (None, 5, "missing_input"),
        (2, None, "missing_input"),
        (math.nan, 5, "missing_input"),
        (math.inf, 5, "invalid_input"),
        (2, math.inf, "invalid_input"),
        (-1, 5, "invalid_input"),
        (1, -5, "invalid_input"),
        (3, 0, "zero_denominator"),
        (0, 0, "zero_denominator"),
        (2, 5, "ok"),
    ],
)
@pytest.mark.parametrize("statistic", [proportion, rate])
def test_one_bad_row_says_why_and_stops_no_other(
    statistic: Any, x: float | None, n: float | None, status: str
) -> None:
    bad, good = ask(statistic, columns([(x, n), (40.0, 100.0)]), "x", "n")
    assert bad["status"] == status
    assert good["status"] == "ok"


def test_more_with_the_property_than_there_are_is_invalid() -> None:
    (row,) = ask(proportion, columns([(6, 5)]), "x", "n")
    assert row["status"] == "invalid_input"


def test_one_missing_count_makes_its_group_missing_and_no_other() -> None:
    data = {"area": ["a", "a", None, None], "x": [1, None, 3, 4], "n": [9, 9, 10, 10]}
    missing, there = sorted(
        ask(proportion, data, "x", "n", by=["area"]), key=lambda row: row["area"] is None
    )
    assert missing["status"] == "missing_input"
    assert (there["area"], there["value"]) == (None, 0.35)


def test_without_levels_there_is_one_row_and_no_limits() -> None:
    for statistic in (proportion, rate):
        (row,) = ask(statistic, columns([(20, 50)]), "x", "n", levels=())
        assert (row["confidence"], row["lower"], row["status"]) == (None, None, "ok")


def test_an_empty_table_has_no_groups_and_its_whole_is_missing() -> None:
    data = {name: pa.array([], pa.int64()) for name in ("area", "x", "n")}
    assert ask(proportion, data, "x", "n", by=["area"]) == []
    (row,) = ask(proportion, data, "x", "n", by=())
    assert row["status"] == "missing_input"


def test_sums_beyond_what_an_integer_holds_are_no_error() -> None:
    biggest = 2**63 - 1
    (row,) = ask(rate, columns([(biggest, biggest)] * 2), "x", "n", by=())
    assert row["status"] == "missing_input"


@pytest.mark.parametrize("level", [95, 0, 1, -0.5])
def test_a_level_that_is_none_is_refused(level: float) -> None:
    with pytest.raises(FairpracticeError, match="confidence level"):
        ask(proportion, columns([(1, 2)]), "x", "n", levels=[level])


def test_a_column_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(FairpracticeError, match=r"no column 'y'.*area, x, n"):
        ask(proportion, columns([(1, 2)]), "y", "n")
    with pytest.raises(FairpracticeError, match="holds string"):
        ask(proportion, {"x": ["one"], "n": [2]}, "x", "n")
    with pytest.raises(FairpracticeError, match="name of a column of the result"):
        ask(proportion, {"value": [1], "x": [1], "n": [2]}, "x", "n", by=["value"])


@settings(max_examples=30)
@given(st.lists(st.integers(1, 30), min_size=1, max_size=5), st.integers(1, 10**6))
def test_events_of_few_people_have_wider_limits(people: list[int], n: int) -> None:
    times = range(1, len(people) + 1)
    data = {"people": people, "times": [*times], "n": [n] * len(people)}
    (row,) = ask(rate, data, "people", "n", by=(), frequency="times", multiplier=1)
    events = sum(x * f for x, f in zip(people, times, strict=True))
    spread = (sum(x * f * f for x, f in zip(people, times, strict=True)) / events) ** 0.5
    (alone,) = ask(rate, {"x": [events], "n": [n]}, "x", "n", multiplier=1)
    assert row["value"] == alone["value"] == pytest.approx(events / n)
    assert row["method"] == f"{alone['method']}, events not independent"
    for side in ("lower", "upper"):
        wider = alone["value"] + spread * (alone[side] - alone["value"])
        assert row[side] == pytest.approx(max(wider, 0), rel=1e-12, abs=1e-15)


def test_people_with_one_event_each_are_independent_events() -> None:
    data = {"x": [3, 30, 0], "n": [100, 200, 50], "place": ["a", "b", None], "once": [1, 1, 1]}
    plain = ask(rate, data, "x", "n", by=["place"])
    for row, other in zip(
        ask(rate, data, "x", "n", by=["place"], frequency="once"), plain, strict=True
    ):
        assert row == {**other, "method": f"{other['method']}, events not independent"}


def test_people_by_how_often_repeat_their_population() -> None:
    data = {"x": [3, 2], "n": [100, 200], "times": [1, 2]}
    (row,) = ask(rate, data, "x", "n", by=(), frequency="times")
    assert (row["status"], row["value"]) == ("invalid_input", None)
    with pytest.raises(FairpracticeError, match="within a group"):
        rate(pa.table(data), "x", "n", frequency="times")
