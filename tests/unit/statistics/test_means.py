import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import mean, ratio_of_sums
from tests.unit.statistics import slow
from tests.unit.statistics.asking import ask


VALUES = st.lists(st.floats(-1e6, 1e6, width=32), min_size=2, max_size=50)
SQUARES = ("numerator_squared", "denominator_squared", "product", "people")


@settings(max_examples=15)
@given(VALUES)
def test_a_mean_has_students_limits(values: list[float]) -> None:
    (row,) = ask(mean, {"v": values}, value="v", levels=[0.9])
    expected = stats.t.interval(0.9, len(values) - 1, np.mean(values), stats.sem(values) or 1e-300)
    assert math.isclose(row["value"], np.mean(values), rel_tol=1e-9, abs_tol=1e-9)
    np.testing.assert_allclose([row["lower"], row["upper"]], expected, rtol=1e-7, atol=1e-6)


@settings(max_examples=15)
@given(st.lists(st.integers(0, 1000), min_size=2, max_size=50))
def test_sums_give_what_the_values_give(values: list[int]) -> None:
    sums = {"s": [sum(values)], "q": [sum(v * v for v in values)], "k": [len(values)]}
    (from_sums,) = ask(mean, sums, "s", "q", "k")
    (from_values,) = ask(mean, {"v": values}, value="v")
    for name in ("value", "lower", "upper", "standard_deviation"):
        assert math.isclose(from_sums[name], from_values[name], rel_tol=1e-6, abs_tol=1e-5)


@pytest.mark.parametrize("count", [2, 30, 999, 1000, 1001, 1002, 5000, 10**9])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_students_quantile_is_right_for_any_count(count: int, level: float) -> None:
    # Mean 0 and standard deviation 1.
    (row,) = ask(
        mean, {"s": [0.0], "q": [count - 1.0], "k": [count]}, "s", "q", "k", levels=[level]
    )
    t = row["upper"] * math.sqrt(count)
    assert math.isclose(t, stats.t.ppf(0.5 + level / 2, count - 1), rel_tol=1e-11)


def test_one_value_has_a_mean_and_no_limits_and_a_constant_has_both() -> None:
    data = {"g": ["one", "same", "same", "same"], "v": [4.0, 7.0, 7.0, 7.0]}
    one, same = ask(mean, data, value="v", by=["g"])
    assert (one["value"], one["status"]) == (4, "no_limits")
    assert (same["lower"], same["value"], same["upper"]) == (7, 7, 7)


@pytest.mark.parametrize(
    ("value", "status"),
    [(None, "missing_input"), (math.inf, "invalid_input"), (1e200, "invalid_input")],
)
def test_a_bad_value_spoils_its_own_group_alone(value: float | None, status: str) -> None:
    data = {"g": ["a", "a", "b", "b"], "v": [1.0, value, 1.0, 2.0]}
    bad, good = ask(mean, data, value="v", by=["g"])
    assert bad["status"] == status
    assert (good["value"], good["status"]) == (1.5, "ok")


def test_bad_sums_say_what_is_wrong() -> None:
    data = {"s": [1.0, 1.0, None, 1.0], "q": [1.0, None, 1.0, 1.0], "k": [0, 2, 2, -3]}
    statuses = [row["status"] for row in ask(mean, data, "s", "q", "k", by=None)]
    assert sorted(statuses) == [
        "invalid_input", "missing_input", "missing_input", "zero_denominator",
    ]  # fmt: skip


def test_a_mean_needs_values_or_all_three_sums() -> None:
    with pytest.raises(FairpracticeError, match="single values or their sums"):
        ask(mean, {"s": [1.0]}, "s")


# Appointments of a person, and how many of them were missed.
PEOPLE = st.lists(
    st.integers(1, 20).flatmap(lambda x: st.tuples(st.integers(0, x), st.just(x))),
    min_size=3,
    max_size=60,
)


@settings(max_examples=15)
@given(PEOPLE, st.randoms())
def test_rows_of_people_people_and_sums_agree(people: list[tuple[int, int]], random: Any) -> None:
    y, x = ([pair[i] for pair in people] for i in (0, 1))
    per_person = ask(ratio_of_sums, {"y": y, "x": x}, "y", "x")
    bookings = [
        {"who": who, "missed": int(n < missed), "booked": 1}
        for who, (missed, booked) in enumerate(people)
        for n in range(booked)
    ]
    random.shuffle(bookings)
    rows = {name: [booking[name] for booking in bookings] for name in bookings[0]}
    assert ask(ratio_of_sums, rows, "missed", "booked", person="who") == per_person
    sums = {
        "y": [sum(y)],
        "x": [sum(x)],
        "numerator_squared": [sum(v * v for v in y)],
        "denominator_squared": [sum(v * v for v in x)],
        "product": [sum(a * b for a, b in people)],
        "people": [len(people)],
    }
    named = {name: name for name in SQUARES}
    (from_sums,) = ask(ratio_of_sums, sums, "y", "x", **named)
    assert from_sums["value"] == per_person[0]["value"]
    assert from_sums["status"] == per_person[0]["status"]


def test_the_variance_is_near_the_jackknifes() -> None:
    random = np.random.default_rng(4)
    x = random.integers(1, 12, 4000)
    y = random.binomial(x, random.beta(1, 6, 4000))
    ratio, error = slow.jackknifed_ratio(y, x)
    (row,) = ask(ratio_of_sums, {"y": y, "x": x}, "y", "x")
    assert math.isclose(row["value"], ratio)
    half = (row["upper"] - row["lower"]) / 2 / stats.t.ppf(0.975, 3999)
    assert math.isclose(half, error, rel_tol=5e-3)


def test_people_who_come_often_widen_the_limits() -> None:
    # The same 12 missed of 60, by three people who miss every one, or by twelve who miss one.
    few = {"y": [4] * 3 + [0] * 12, "x": [4] * 15}
    many = {"y": [1] * 12 + [0] * 3, "x": [4] * 15}
    (often,), (seldom,) = (ask(ratio_of_sums, data, "y", "x") for data in (few, many))
    assert often["value"] == seldom["value"] == 0.2
    assert often["upper"] - often["lower"] > 2 * (seldom["upper"] - seldom["lower"])


def test_the_scale_keeps_limits_where_a_proportion_can_be() -> None:
    data = {"y": [1, 0, 0, 0, 0], "x": [3, 2, 2, 4, 1]}
    plain, log, logit = (
        ask(ratio_of_sums, data, "y", "x", scale=scale)[0] for scale in ("value", "log", "logit")
    )
    assert plain["lower"] < 0 < log["lower"] < logit["upper"] < 1 < log["upper"]


def test_a_ratio_says_why_it_has_no_limits() -> None:
    data = {
        "g": ["nobody missed"] * 2 + ["one person"] + ["none booked"] * 2,
        "y": [0, 0, 2, 0, 0],
        "x": [3, 4, 5, 0, 0],
    }
    by_group = {row["g"]: row["status"] for row in ask(ratio_of_sums, data, "y", "x", by=["g"])}
    assert by_group == {
        "nobody missed": "no_limits",
        "one person": "no_limits",
        "none booked": "zero_denominator",
    }


def test_a_ratio_needs_all_its_sums_or_none() -> None:
    with pytest.raises(FairpracticeError, match="only some of the sums"):
        ask(ratio_of_sums, {"y": [1], "x": [2]}, "y", "x", people="x")
    with pytest.raises(FairpracticeError, match="scale"):
        ask(ratio_of_sums, {"y": [1], "x": [2]}, "y", "x", scale="cubic")


@pytest.mark.parametrize("scale", ["value", "logit"])
def test_the_limits_of_a_ratio_cover_the_truth_as_often_as_they_say(scale: str) -> None:
    random = np.random.default_rng(7)
    networks, people = 600, 150
    booked = random.poisson(3, (networks, people)) + 1
    likely = random.beta(1, 7, (networks, people))
    missed = random.binomial(booked, likely)
    data = {
        "g": np.repeat(np.arange(networks), people),
        "y": missed.ravel(),
        "x": booked.ravel(),
    }
    rows = ask(ratio_of_sums, data, "y", "x", by=["g"], scale=scale)
    covered = np.mean([row["lower"] <= 1 / 8 <= row["upper"] for row in rows])
    # 95 % of 600, give or take 3 standard errors of a proportion.
    assert abs(covered - 0.95) < 3 * math.sqrt(0.95 * 0.05 / networks)
    naive = np.mean(
        [
            slow.wilson(row["numerator"], row["denominator"], 0.95)[0]
            <= 1 / 8
            <= slow.wilson(row["numerator"], row["denominator"], 0.95)[1]
            for row in rows
        ]
    )
    assert naive < covered
