import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import digamma

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import mean_log_deviation, theil_index
from tests.unit.statistics.asking import ask
from tests.unit.statistics.influence import linearised


INDICES = (theil_index, mean_log_deviation)
ROWS = st.lists(
    st.tuples(st.integers(1, 50), st.integers(1, 9), st.integers(1, 9)), min_size=2, max_size=15
)


def written_out(statistic: Any, y: np.ndarray, w: np.ndarray) -> float:
    p, ratio = w / w.sum(), y / (np.sum(w * y) / w.sum())
    return float(
        np.sum(p * ratio * np.log(ratio) if statistic is theil_index else -p * np.log(ratio))
    )


def table(rows: list[tuple[int, int, int]]) -> dict[str, Any]:
    y, w, se = (np.array(column, float) for column in zip(*rows, strict=True))
    return {"y": y, "w": w, "se": se / 20}


@settings(max_examples=4)
@given(ROWS, st.randoms(), st.integers(2, 9))
def test_an_index_is_what_its_formula_says_in_any_order_and_unit(
    rows: list[tuple[int, int, int]], random: Any, times: int
) -> None:
    data = table(rows)
    shuffled = table(random.sample(rows, len(rows)))
    scaled = {**data, "y": data["y"] * times}
    for statistic in INDICES:
        expected = written_out(statistic, data["y"], data["w"])
        for of in (data, shuffled, scaled):
            (row,) = ask(statistic, of, "y", weight="w")
            assert math.isclose(row["value"], expected, rel_tol=1e-9, abs_tol=1e-9)
        assert expected > -1e-12
        (row,) = ask(statistic, data, "y", weight="w", standard_error="se", multiplier=1000)
        assert math.isclose(row["value"], 1000 * expected, rel_tol=1e-9, abs_tol=1e-9)


@pytest.mark.parametrize("statistic", INDICES)
@pytest.mark.parametrize("design", [(), ("stratum",), ("stratum", "cluster")])
def test_errors_of_people_are_those_of_the_influence_of_each(
    statistic: Any, design: tuple[str, ...]
) -> None:
    random = np.random.default_rng(2)
    size = 36
    data = {
        "y": random.gamma(2, 3, size) + 0.1,
        "w": random.uniform(0.5, 3, size),
        "stratum": np.repeat([1, 2], size // 2),
        "cluster": np.arange(size) // 3 % 6,
    }
    survey = {name: data[name] for name in design}
    expected = linearised(lambda w: written_out(statistic, data["y"], w), data["w"], **survey)
    named = {name: name for name in design}
    (row,) = ask(statistic, data, "y", weight="w", **named)
    assert math.isclose(row["standard_error"], expected, rel_tol=1e-5)


@pytest.mark.parametrize("statistic", INDICES)
def test_errors_of_groups_are_the_delta_methods(statistic: Any) -> None:
    data = table([(31, 5, 8), (24, 9, 5), (44, 2, 9), (27, 3, 9)])
    slopes = []
    for n in range(4):
        step = np.zeros(4)
        step[n] = 1e-5
        ends = (written_out(statistic, data["y"] + sign * step, data["w"]) for sign in (1, -1))
        slopes.append((next(ends) - next(ends)) / 2e-5)
    expected = math.sqrt(np.sum((np.array(slopes) * data["se"]) ** 2))
    (row,) = ask(statistic, data, "y", weight="w", standard_error="se", multiplier=1000)
    # The limits are on the scale of the value, which healthequal's are not.
    assert math.isclose(row["standard_error"], 1000 * expected, rel_tol=1e-6)
    assert math.isclose(row["upper"] - row["value"], 1959.964 * expected, rel_tol=1e-6)


def test_limits_cover_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(14)
    samples, size, shape = 500, 400, 4.0
    data = {
        "sample": np.repeat(np.arange(samples), size),
        "y": random.gamma(shape, 2, samples * size),
    }
    # Of a gamma distribution both are known.
    truths = {
        theil_index: digamma(shape + 1) - math.log(shape),
        mean_log_deviation: math.log(shape) - digamma(shape),
    }
    for statistic, truth in truths.items():
        rows = ask(statistic, data, "y", by=["sample"])
        covered = np.mean([row["lower"] <= truth <= row["upper"] for row in rows])
        assert abs(covered - 0.95) < 0.035


def test_a_zero_adds_nothing_to_one_and_is_beyond_the_other() -> None:
    data = {"y": [0.0, 2.0, 4.0], "se": [0.1, 0.1, 0.1]}
    (theil,) = ask(theil_index, data, "y")
    assert math.isclose(theil["value"], (2 / 2 * 0 + 4 / 2 * math.log(2)) / 3)
    (deviation,) = ask(mean_log_deviation, data, "y")
    assert deviation["status"] == "outside_scale"
    (deviation,) = ask(mean_log_deviation, data, "y", standard_error="se", zeros_as=1e-6)
    mean = (6 + 1e-6) / 3
    expected = np.mean(np.log(mean / np.array([1e-6, 2, 4])))
    assert math.isclose(deviation["value"], expected)
    (theil,) = ask(theil_index, data, "y", standard_error="se")
    assert theil["status"] == "no_limits"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"y": [1.0, None, 3.0]}, "missing_input"),
        ({"w": [1.0, None, 3.0]}, "missing_input"),
        ({"w": [1.0, -1.0, 3.0]}, "invalid_input"),
        ({"y": [1.0, math.inf, 3.0]}, "invalid_input"),
        ({"y": [-1.0, 2.0, 3.0]}, "outside_scale"),
        ({"y": [0.0, 0.0, 0.0]}, "zero_denominator"),
        ({"w": [0.0, 0.0, 0.0]}, "zero_denominator"),
        ({"y": [5.0, 5.0, 5.0]}, "no_limits"),
        ({"y": [1e9, 2e9, 3e9], "w": [1e9, 1e9, 1e9]}, "ok"),
    ],
)
def test_one_bad_table_says_why_and_stops_no_other(
    change: dict[str, list[Any]], status: str
) -> None:
    good: dict[str, list[Any]] = {"y": [1.0, 2.0, 4.0], "w": [1.0, 2.0, 1.0], "se": [0.1] * 3}
    bad = {**good, **change}
    data = {"place": ["bad"] * 3 + ["good"] * 3, **{name: bad[name] + good[name] for name in bad}}
    for statistic in INDICES:
        for errors in (None, "se"):
            rows = ask(statistic, data, "y", weight="w", standard_error=errors, by=["place"])
            assert rows[1]["status"] == "ok"
            assert rows[0]["status"] == status


def test_a_call_that_cannot_be_meant_is_refused() -> None:
    data = {"y": [1.0, 2.0], "s": [1, 2]}
    with pytest.raises(FairpracticeError, match="survey"):
        ask(theil_index, data, "y", standard_error="s", stratum="s")
    with pytest.raises(FairpracticeError, match="multiplier"):
        ask(theil_index, data, "y", multiplier=-1)
