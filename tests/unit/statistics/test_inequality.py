import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import relative_index_of_inequality, slope_index_of_inequality
from tests.unit.statistics import slow
from tests.unit.statistics.asking import ask


INDICES = (slope_index_of_inequality, relative_index_of_inequality)

# People and how many of them have the property, from the most deprived to the least.
GROUPS = st.lists(
    st.integers(10, 10**6).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1))),
    min_size=2,
    max_size=10,
)


def columns(groups: list[tuple[int, int]]) -> dict[str, list[Any]]:
    return {
        "rank": list(range(1, len(groups) + 1)),
        "people": [n for n, _ in groups],
        "having": [x for _, x in groups],
    }


def index(statistic: Any, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    kwargs = {"definition": "ohid", "events": "having", **kwargs}
    (row,) = ask(statistic, data, "rank", "people", **kwargs)
    return row


@settings(max_examples=8)
@given(GROUPS)
def test_the_line_is_numpys_weighted_least_squares(groups: list[tuple[int, int]]) -> None:
    data = columns(groups)
    rank, people, having = (np.array(data[name], float) for name in data)
    intercept, slope = slow.line(rank, people, having / people)
    row = index(slope_index_of_inequality, data)
    near = {"rel_tol": 1e-7, "abs_tol": 1e-9}
    assert math.isclose(row["value"], slope, **near)
    assert math.isclose(row["most_deprived_value"], intercept, **near)
    assert math.isclose(row["least_deprived_value"], intercept + slope, **near)
    ratio = index(relative_index_of_inequality, data)
    if intercept > 1e-6:
        assert math.isclose(ratio["value"], (intercept + slope) / intercept, rel_tol=1e-6)
    elif intercept < -1e-6:
        assert ratio["status"] == "outside_scale"
    odds = np.log(having / (people - having))
    at_0, by = slow.line(rank, people, odds)
    logit = index(slope_index_of_inequality, data, scale="logit")
    expected = 1 / (1 + math.exp(-at_0 - by)) - 1 / (1 + math.exp(-at_0))
    assert math.isclose(logit["value"], expected, **near)


@settings(max_examples=5)
@given(GROUPS, st.randoms())
def test_the_order_of_rows_does_not_matter_and_turning_round_turns_the_sign(
    groups: list[tuple[int, int]], random: Any
) -> None:
    data = columns(groups)
    order = random.sample(range(len(groups)), len(groups))
    shuffled = {name: [values[i] for i in order] for name, values in data.items()}
    turned = {**data, "rank": data["rank"][::-1]}
    row = index(slope_index_of_inequality, data, multiplier=100)
    for same in (
        index(slope_index_of_inequality, shuffled, multiplier=100),
        index(slope_index_of_inequality, turned, multiplier=100, lowest_rank="least_deprived"),
    ):
        for name in ("value", "lower", "upper", "most_deprived_value"):
            assert math.isclose(row[name], same[name], rel_tol=1e-9, abs_tol=1e-9)
    other = index(slope_index_of_inequality, data, multiplier=100, direction="most_minus_least")
    for name, opposite in (("value", "value"), ("lower", "upper"), ("upper", "lower")):
        assert math.isclose(row[name], -other[opposite], rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("settings", [{}, {"scale": "log"}, {"scale": "logit"}])
def test_a_ratio_turned_round_is_its_reciprocal(settings: dict[str, Any]) -> None:
    data = columns([(900, 200), (1100, 210), (800, 130), (1000, 120), (950, 100)])
    row = index(relative_index_of_inequality, data, **settings)
    other = index(relative_index_of_inequality, data, direction="most_over_least", **settings)
    for name, opposite in (("value", "value"), ("lower", "upper"), ("upper", "lower")):
        assert math.isclose(row[name], 1 / other[opposite], rel_tol=1e-9)


def test_ten_times_the_people_in_each_group_leaves_the_value_and_narrows_the_limits() -> None:
    groups = [(900, 200), (1100, 210), (800, 130)]
    for statistic in INDICES:
        small = index(statistic, columns(groups))
        large = index(statistic, columns([(10 * n, 10 * x) for n, x in groups]))
        assert math.isclose(small["value"], large["value"], rel_tol=1e-12)
        widths = [row["upper"] - row["lower"] for row in (small, large)]
        assert math.isclose(widths[0] / widths[1], math.sqrt(10), rel_tol=0.05)


def test_a_group_split_in_two_rows_and_a_group_with_nobody_change_nothing() -> None:
    whole = columns([(900, 200), (1100, 210), (800, 130)])
    split = {
        "rank": [1, 1, 2, 3, 4],
        "people": [400, 500, 1100, 800, 0],
        "having": [50, 150, 210, 130, 0],
    }
    for statistic in INDICES:
        assert index(statistic, split) == index(statistic, whole)


def simulated(data: dict[str, Any], link: Any, back: Any, draws: int = 400_000) -> Any:
    """Return 95 % limits of both indices by drawing each group's value on a scale of its own."""
    people, y, se = (np.array(data[name]) for name in ("people", "value", "se"))
    share = people / people.sum()
    at = np.cumsum(share) - share / 2 - 0.5
    pull = share * at / np.sum(share * at**2)
    drawn = back(link(y) + se * np.random.default_rng(3).standard_normal((draws, len(y))))
    slope = drawn @ pull
    ends = drawn @ (share + pull / 2), drawn @ (share - pull / 2)
    return np.quantile(slope, [0.025, 0.975]), np.quantile(ends[0] / ends[1], [0.025, 0.975])


@pytest.mark.parametrize(
    ("scale", "link", "back", "size"),
    [
        ("value", lambda y: y, lambda t: t, 0.02),
        ("log", np.log, np.exp, 0.25),
        ("logit", lambda y: np.log(y / (1 - y)), lambda t: 1 / (1 + np.exp(-t)), 0.3),
    ],
)
def test_limits_without_simulation_are_what_simulation_tends_to(
    scale: str, link: Any, back: Any, size: float
) -> None:
    data = {
        "rank": [1, 2, 3, 4, 5],
        "people": [800.0, 1200.0, 1000.0, 900.0, 1100.0],
        "value": [0.3, 0.27, 0.2, 0.21, 0.13],
        "se": [size, size * 0.8, size, size * 1.2, size * 0.9],
    }
    for statistic, limits in zip(INDICES, simulated(data, link, back), strict=True):
        row = index(
            statistic, data, events=None, value="value", standard_error="se",
            standard_error_scale=scale, error_scale=scale,
        )  # fmt: skip
        width = limits[1] - limits[0]
        np.testing.assert_allclose([row["lower"], row["upper"]], limits, rtol=0, atol=0.015 * width)


def test_limits_cover_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(11)
    places, people = 600, np.array([900, 700, 1000, 800, 600])
    share = people / people.sum()
    at = np.cumsum(share) - share / 2
    truth = 0.35 - 0.15 * at
    having = random.binomial(people, truth, (places, 5))
    data = {
        "place": np.repeat(np.arange(places), 5),
        "rank": np.tile(np.arange(1, 6), places),
        "people": np.tile(people, places),
        "having": having.ravel(),
    }
    named = {"definition": "ohid", "events": "having", "by": ["place"]}
    for statistic, true in zip(INDICES, (-0.15, 0.2 / 0.35), strict=True):
        rows = ask(statistic, data, "rank", "people", **named)
        covered = np.mean([row["lower"] <= true <= row["upper"] for row in rows])
        assert abs(covered - 0.95) < 3 * math.sqrt(0.95 * 0.05 / places)


GOOD = [(900, 200), (1100, 210), (800, 130)]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"rank": [1, None, 3]}, "missing_input"),
        ({"people": [900, None, 800]}, "missing_input"),
        ({"having": [200, None, 130]}, "missing_input"),
        ({"people": [900, -1, 800]}, "invalid_input"),
        ({"people": [900.0, math.inf, 800.0]}, "invalid_input"),
        ({"having": [200, 1101, 130]}, "invalid_input"),
        ({"people": [0, 0, 0], "having": [0, 0, 0]}, "zero_denominator"),
        ({"people": [0, 0, 800], "having": [0, 0, 130]}, "incomplete_groups"),
        ({"rank": [1, 1, 1]}, "incomplete_groups"),
        ({"having": [0, 0, 0]}, "outside_scale"),
    ],
)
def test_one_bad_place_says_why_and_stops_no_other(
    change: dict[str, list[Any]], status: str
) -> None:
    bad, good = {**columns(GOOD), **change}, columns(GOOD)
    data = {"place": ["bad"] * 3 + ["good"] * 3, **{name: bad[name] + good[name] for name in bad}}
    for statistic in INDICES:
        rows = ask(
            statistic, data, "rank", "people",
            definition="ohid", events="having", by=["place"], scale="log",
        )  # fmt: skip
        assert [row["status"] for row in rows] == [status, "ok"]


def test_a_rank_with_two_values_is_invalid_and_a_missing_error_leaves_the_value() -> None:
    data = {"rank": [1, 1, 2], "people": [5, 6, 7], "value": [1.0, 2.0, 3.0], "se": [0.1] * 3}
    named = {"events": None, "value": "value", "standard_error": "se"}
    assert index(slope_index_of_inequality, data, **named)["status"] == "invalid_input"
    data |= {"rank": [1, 2, 3], "se": [0.1, None, 0.1]}
    row = index(slope_index_of_inequality, data, **named)
    assert (row["status"], row["groups"]) == ("no_limits", 3)
    assert index(slope_index_of_inequality, data, **named, levels=())["status"] == "ok"
    assert index(slope_index_of_inequality, data, **named, groups=5)["status"] == (
        "incomplete_groups"
    )


def test_a_ratio_whose_divisor_could_be_zero_has_no_limits() -> None:
    data = {"rank": [1, 2], "people": [1, 1], "value": [2.0, 3.0], "se": [2.0, 0.1]}
    row = index(relative_index_of_inequality, data, events=None, value="value", standard_error="se")
    assert row["status"] == "no_limits"


def test_two_groups_make_a_line_through_both() -> None:
    # They stand at a quarter and three quarters: the ends are half as far again on either side.
    row = index(slope_index_of_inequality, columns([(100, 20), (100, 40)]))
    assert math.isclose(row["value"], 0.4)
    assert row["smallest_cell"] == 20


def test_a_call_that_cannot_be_meant_is_refused() -> None:
    data = columns(GOOD)
    for wrong, message in [
        ({"definition": "low and low"}, "definition"),
        ({"direction": "up"}, "direction"),
        ({"multiplier": -100}, "most_minus_least"),
        ({"scale": "log", "error_scale": "logit"}, "error_scale"),
        ({"events": None}, "counts or from values"),
        ({"value": "having"}, "counts or from values"),
        ({"events": None, "value": "having"}, "uncertainty"),
        ({"events": "nobody"}, "no column 'nobody'"),
        ({"standard_error_scale": "log"}, "standard_error_scale"),
    ]:
        with pytest.raises(FairpracticeError, match=message):
            index(slope_index_of_inequality, data, **wrong)
