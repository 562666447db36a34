"""The definitions of the slope and the relative index besides Low and Low's own."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import relative_index_of_inequality, slope_index_of_inequality
from tests.unit.statistics import slow
from tests.unit.statistics.asking import ask
from tests.unit.statistics.influence import linearised, ranks


INDICES = (slope_index_of_inequality, relative_index_of_inequality)
GROUPS = st.lists(
    st.integers(10, 10**5).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1))),
    min_size=3,
    max_size=8,
)
FIFTHS = [(900, 200), (1100, 210), (800, 130), (1000, 120), (950, 100)]


def columns(groups: list[tuple[int, int]]) -> dict[str, list[Any]]:
    return {
        "rank": list(range(1, len(groups) + 1)),
        "people": [n for n, _ in groups],
        "having": [x for _, x in groups],
    }


def index(statistic: Any, data: dict[str, Any], definition: str, **named: Any) -> dict[str, Any]:
    named = {"events": "having", **named}
    (row,) = ask(statistic, data, "rank", "people", definition=definition, **named)
    return row


def likeliest(at: np.ndarray, n: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Return the coefficients under which the counts are likeliest, found by search."""

    def surprise(beta: np.ndarray) -> float:
        eta = beta[0] + beta[1] * at
        return float(np.sum(n * np.logaddexp(0, eta) - x * eta) / n.sum())

    def slope(beta: np.ndarray) -> np.ndarray:
        residual = n / (1 + np.exp(-beta[0] - beta[1] * at)) - x
        return np.array([residual.sum(), np.sum(residual * at)]) / n.sum()

    found = optimize.minimize(surprise, np.zeros(2), jac=slope, method="BFGS", tol=1e-12)
    return np.asarray(found.x)


def ends(beta: np.ndarray) -> tuple[float, float]:
    return tuple(1 / (1 + math.exp(-t)) for t in (beta[0], beta.sum()))  # type: ignore[return-value]


@settings(max_examples=8)
@given(GROUPS)
def test_a_logistic_curve_is_the_likeliest(groups: list[tuple[int, int]]) -> None:
    data = columns(groups)
    rank, n, x = (np.array(data[name], float) for name in data)
    most, least = ends(likeliest(ranks(rank, n), n, x))
    row = index(slope_index_of_inequality, data, "who_logit")
    for name, expected in (("most_deprived_value", most), ("least_deprived_value", least)):
        assert math.isclose(row[name], expected, rel_tol=1e-4, abs_tol=1e-6)
    assert math.isclose(row["value"], least - most, abs_tol=1e-4)
    ratio = index(relative_index_of_inequality, data, "who_logit")
    assert math.isclose(ratio["value"], row["least_deprived_value"] / row["most_deprived_value"])


@settings(max_examples=6)
@given(GROUPS, st.randoms())
def test_without_mirrors_with_and_order_does_not_matter(
    groups: list[tuple[int, int]], random: Any
) -> None:
    data = columns(groups)
    without = columns([(n, n - x) for n, x in groups])
    order = random.sample(range(len(groups)), len(groups))
    shuffled = {name: [column[i] for i in order] for name, column in data.items()}
    for definition in ("who_logit", "linear", "scotpho"):
        row = index(slope_index_of_inequality, data, definition)
        other = index(slope_index_of_inequality, without, definition)
        same = index(slope_index_of_inequality, shuffled, definition)
        turned = index(slope_index_of_inequality, data, definition, direction="most_minus_least")
        limited = row["status"] == "ok"
        pairs = (("value", "value"), ("lower", "upper"), ("upper", "lower"))
        for name, opposite in pairs[: 3 if limited else 1]:
            near = {"rel_tol": 1e-6, "abs_tol": 1e-6}
            assert math.isclose(row[name], -other[opposite], **near)
            assert math.isclose(row[name], -turned[opposite], **near)
            assert math.isclose(row[name], same[name], **near)


def test_the_straight_definitions_share_a_line_and_differ_in_their_limits() -> None:
    data = columns(FIFTHS)
    rank, n, x = (np.array(data[name], float) for name in data)
    intercept, slope = slow.line(rank, n, x / n)
    at = ranks(rank, n)
    residual = x / n - intercept - slope * at
    share = n / n.sum()
    spread = np.sum(share * (at - 0.5) ** 2)
    t = stats.t.ppf(0.975, 3) * math.sqrt(np.sum(share * residual**2) / 3 / spread)
    row = index(slope_index_of_inequality, data, "scotpho")
    np.testing.assert_allclose(
        [row["value"], row["lower"], row["upper"]], [slope, slope - t, slope + t]
    )
    # As the observatory publishes it: above zero where the most deprived have more, over the mean.
    ratio = index(relative_index_of_inequality, data, "scotpho", direction="most_over_least")
    mean = x.sum() / n.sum()
    np.testing.assert_allclose(
        [ratio["value"], ratio["lower"], ratio["upper"]],
        [-slope / mean, -(slope + t) / mean, -(slope - t) / mean],
    )
    row = index(slope_index_of_inequality, data, "linear")
    # HC1: each group's squared residual, five of them for two coefficients.
    robust = math.sqrt(5 / 3 * np.sum((share * (at - 0.5) * residual) ** 2)) / spread
    np.testing.assert_allclose(row["upper"] - slope, 1.959963984540054 * robust)
    ratio = index(relative_index_of_inequality, data, "linear")
    assert math.isclose(ratio["value"], 1 + slope / intercept)
    assert math.isclose(ratio["upper"] * ratio["lower"], ratio["value"] ** 2)


def people(size: int = 60) -> dict[str, Any]:
    random = np.random.default_rng(6)
    rank = random.integers(1, 6, size)
    return {
        "rank": rank,
        "y": (random.random(size) < 0.25 + 0.09 * rank).astype(float),
        "people": random.uniform(0.5, 3, size),
        "stratum": np.repeat(["a", "b", "c"], size // 3),
        "cluster": np.arange(size) // 4 % 5,
    }


@pytest.mark.parametrize("definition", ["linear", "who_logit"])
@pytest.mark.parametrize("design", [(), ("stratum",), ("stratum", "cluster")])
def test_survey_errors_are_those_of_the_influence_of_each_person(
    definition: str, design: tuple[str, ...]
) -> None:
    data = people()
    # Ranks are taken as known, as survey packages take them.
    at, y = ranks(data["rank"].astype(float), data["people"]), data["y"]

    def both(w: np.ndarray) -> tuple[float, float]:
        if definition == "who_logit":
            return ends(likeliest(at, w, w * y))
        slope, intercept = np.polyfit(at, y, 1, w=np.sqrt(w))
        return float(intercept), float(intercept + slope)

    survey = {name: data[name] for name in design}
    named = {"events": None, "value": "y", "limits": "survey", **{name: name for name in design}}
    difference = linearised(lambda w: both(w)[1] - both(w)[0], data["people"], **survey)
    row = index(slope_index_of_inequality, data, definition, **named)
    assert math.isclose(
        row["value"], both(data["people"])[1] - both(data["people"])[0], rel_tol=1e-4
    )
    assert math.isclose(row["upper"] - row["value"], 1.959964 * difference, rel_tol=2e-3)
    logarithm = linearised(lambda w: math.log(both(w)[1] / both(w)[0]), data["people"], **survey)
    row = index(relative_index_of_inequality, data, definition, **named)
    assert math.isclose(math.log(row["upper"] / row["value"]), 1.959964 * logarithm, rel_tol=2e-3)


def test_a_percentage_is_the_share_a_hundred_times() -> None:
    data = people()
    share = index(slope_index_of_inequality, data, "who_logit", events=None, value="y")
    data["y"] = 100 * data["y"]
    row = index(slope_index_of_inequality, data, "who_logit", events=None, value="y", whole=100)
    for name in ("value", "lower", "upper", "most_deprived_value"):
        assert math.isclose(row[name], 100 * share[name], rel_tol=1e-9)


@pytest.mark.parametrize("scale", ["value", "log", "logit"])
@pytest.mark.parametrize("statistic", INDICES)
def test_a_simulation_tends_to_the_closed_form(statistic: Any, scale: str) -> None:
    data = columns(FIFTHS)
    named = {"events": "having", "scale": scale, "error_scale": scale, "levels": [0.9]}
    closed = index(statistic, data, "ohid", **named)
    found = statistic(
        pa.table(data), "rank", "people", definition="ohid", limits="simulation",
        draws=40_000, **named,
    )  # fmt: skip
    (row,) = found.to_pylist()
    width = closed["upper"] - closed["lower"]
    assert math.isclose(row["value"], closed["value"], rel_tol=1e-12)
    for name in ("lower", "upper"):
        assert abs(row[name] - closed[name]) < 0.03 * width


def test_a_simulation_depends_on_its_seed_and_on_no_other_place() -> None:
    data = {**columns(FIFTHS), "place": ["b"] * 5}
    other = {**columns(FIFTHS[:4]), "place": ["a"] * 4}
    two = {name: other[name] + data[name] for name in data}

    def limits(of: dict[str, Any], seed: int) -> tuple[float, float]:
        found = relative_index_of_inequality(
            pa.table(of), "rank", "people", definition="ohid", events="having", by=["place"],
            error_scale="logit", limits="simulation", draws=1000, seed=seed,
        )  # fmt: skip
        row = found.to_pylist()[-1]
        return row["lower"], row["upper"]

    assert limits(data, 1) == limits(two, 1)
    assert limits(data, 1) != limits(data, 2)


@pytest.mark.parametrize(("definition", "limits"), [("ohid", None), ("who_logit", "binomial")])
@pytest.mark.parametrize("statistic", INDICES)
def test_limits_cover_the_truth_as_often_as_they_say(
    statistic: Any, definition: str, limits: str | None
) -> None:
    random = np.random.default_rng(17)
    places, n = 600, np.array([900, 700, 1000, 800, 600])
    at = ranks(np.arange(5.0), n.astype(float))
    alpha, beta = -0.4, -0.9
    x = random.binomial(n, 1 / (1 + np.exp(-alpha - beta * at)), (places, 5))
    data = {
        "place": np.repeat(np.arange(places), 5),
        "rank": np.tile(np.arange(1, 6), places),
        "people": np.tile(n, places),
        "having": x.ravel(),
    }
    most, least = ends(np.array([alpha, beta]))
    truth = least / most if statistic is relative_index_of_inequality else least - most
    rows = ask(
        statistic, data, "rank", "people", definition=definition, events="having",
        by=["place"], limits=limits, scale="logit" if definition == "ohid" else "value",
    )  # fmt: skip
    covered = np.mean([row["lower"] <= truth <= row["upper"] for row in rows])
    assert abs(covered - 0.95) < 3.5 * math.sqrt(0.95 * 0.05 / places)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"rank": [1, None, 3]}, "missing_input"),
        ({"having": [200, None, 130]}, "missing_input"),
        ({"people": [900, -1, 800]}, "invalid_input"),
        ({"having": [200, 1101, 130]}, "invalid_input"),
        ({"people": [0, 0, 0], "having": [0, 0, 0]}, "zero_denominator"),
        ({"people": [0, 0, 800], "having": [0, 0, 130]}, "incomplete_groups"),
        ({"having": [0, 0, 0]}, "outside_scale"),
        ({"having": [900, 1100, 800]}, "outside_scale"),
        ({"having": [0, 0, 130]}, "outside_scale"),
        ({"people": [0, 1100, 800], "having": [0, 210, 130]}, "no_limits"),
        ({"having": [90, 110, 80]}, "no_limits"),
        ({"having": [0, 210, 130]}, "ok"),
        ({"people": [9 * 10**8, 10**9, 8 * 10**8], "having": [10**8, 10**7, 10**6]}, "ok"),
    ],
)
def test_one_bad_place_says_why_and_stops_no_other(
    change: dict[str, list[Any]], status: str
) -> None:
    good = columns([(900, 200), (1100, 210), (800, 130)])
    bad = {**good, **change}
    data = {"place": ["bad"] * 3 + ["good"] * 3, **{name: bad[name] + good[name] for name in bad}}
    for statistic in INDICES:
        rows = ask(
            statistic, data, "rank", "people",
            definition="who_logit", events="having", by=["place"],
        )  # fmt: skip
        assert [row["status"] for row in rows] == [status, "ok"]


def test_bad_people_say_why() -> None:
    for change, status in [
        ({"y": [None, 1.0, 0.0, 1.0]}, "missing_input"),
        ({"people": [-1.0, 1.0, 1.0, 1.0]}, "invalid_input"),
        ({"y": [2.0, 1.0, 0.0, 1.0]}, "outside_scale"),
        ({"rank": [1, 1, 1, 1]}, "incomplete_groups"),
        ({"people": [0.0] * 4}, "zero_denominator"),
    ]:
        data = {"rank": [1, 2, 1, 2], "y": [0.0, 1.0, 1.0, 0.0], "people": [1.0] * 4, **change}
        row = index(slope_index_of_inequality, data, "who_logit", events=None, value="y")
        assert row["status"] == status


def test_a_call_that_cannot_be_meant_is_refused() -> None:
    data = columns(FIFTHS)
    for definition, wrong, message in [
        ("ohid", {"limits": "survey"}, "limits"),
        ("scotpho", {"cluster": "people"}, "not of people"),
        ("linear", {"scale": "log"}, "scale of its own"),
        ("who_logit", {"events": None, "value": "having", "limits": "binomial"}, "counts"),
        ("who_logit", {"events": None}, "counts or from values"),
    ]:
        with pytest.raises(FairpracticeError, match=message):
            index(slope_index_of_inequality, data, definition, **wrong)
