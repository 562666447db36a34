import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import (
    absolute_range,
    between_group_standard_deviation,
    between_group_variance,
    coefficient_of_variation,
    index_of_disparity,
    mean_difference_from_best,
    mean_difference_from_mean,
    mean_difference_from_reference,
    relative_range,
)
from tests.unit.statistics.asking import ask


def _variance(y: Any, p: Any, q: Any) -> Any:
    return (p * (y - (p * y).sum()) ** 2).sum()


def _apart(centre: Callable[..., Any], over: Callable[..., Any]) -> Callable[..., Any]:
    return lambda y, p, q: (q * abs(y - centre(y, p))).sum() / over(y, p)


def _mean(y: Any, p: Any) -> Any:
    return (p * y).sum()


def _one(y: Any, p: Any) -> float:
    return 1.0


# Statistic, what else it is asked, and what it is of values y, shares p and weights q.
MEASURES: list[tuple[Any, dict[str, Any], Callable[..., Any]]] = [
    (between_group_variance, {}, _variance),
    (between_group_standard_deviation, {}, lambda *a: math.sqrt(_variance(*a))),
    (
        coefficient_of_variation,
        {},
        lambda y, p, q: math.sqrt(_variance(y, p, q)) / _mean(y, p),
    ),
    (index_of_disparity, {"definition": "equal"}, _apart(_mean, _mean)),
    (index_of_disparity, {"definition": "population"}, _apart(_mean, _mean)),
    (mean_difference_from_mean, {"definition": "equal"}, _apart(_mean, _one)),
    (mean_difference_from_mean, {"definition": "population"}, _apart(_mean, _one)),
    (
        mean_difference_from_best,
        {"definition": "equal", "better": "lower"},
        _apart(lambda y, p: y.min(), _one),
    ),
    (
        mean_difference_from_best,
        {"definition": "population", "better": "higher"},
        _apart(lambda y, p: y.max(), _one),
    ),
    (
        mean_difference_from_reference,
        {"definition": "population", "reference": "first"},
        _apart(lambda y, p: y[0], _one),
    ),
]
NAMES = [f"{s.__name__}-{named.get('definition', '')}" for s, named, _ in MEASURES]
GROUPS = st.lists(
    st.tuples(st.integers(1, 60), st.integers(1, 500), st.integers(1, 20)), min_size=2, max_size=8
)


def table(groups: list[tuple[int, int, int]]) -> dict[str, Any]:
    y, people, se = (np.array(column, float) for column in zip(*groups, strict=True))
    first = [n == 0 for n in range(len(groups))]
    return {"y": y, "people": people, "se": se / 10, "first": first}


def measured(statistic: Any, data: dict[str, Any], **named: Any) -> dict[str, Any]:
    (row,) = ask(statistic, data, "y", "people", **({"standard_error": "se"} | named))
    return row


def weights(data: dict[str, Any], named: dict[str, Any]) -> tuple[np.ndarray, np.ndarray]:
    p = data["people"] / data["people"].sum()
    return p, p if named.get("definition") != "equal" else np.full(len(p), 1 / len(p))


@pytest.mark.parametrize(("statistic", "named", "of"), MEASURES, ids=NAMES)
@settings(max_examples=6)
@given(groups=GROUPS)
def test_a_measure_is_what_its_formula_says(
    statistic: Any, named: dict[str, Any], of: Any, groups: list[tuple[int, int, int]]
) -> None:
    data = table(groups)
    p, q = weights(data, named)
    row = measured(statistic, data, **named)
    assert math.isclose(row["value"], of(data["y"], p, q), rel_tol=1e-9, abs_tol=1e-9)
    assert row["groups"] == len(groups)
    assert row["value"] >= 0


@pytest.mark.parametrize(("statistic", "named", "of"), MEASURES[1:], ids=NAMES[1:])
def test_the_standard_error_is_the_delta_methods(
    statistic: Any, named: dict[str, Any], of: Any
) -> None:
    data = table([(31, 50, 8), (24, 90, 5), (44, 120, 12), (27, 30, 9)])
    p, q = weights(data, named)
    slopes = []
    for n in range(4):
        step = np.zeros(4)
        step[n] = 1e-6
        slopes.append((of(data["y"] + step, p, q) - of(data["y"] - step, p, q)) / 2e-6)
    expected = math.sqrt(np.sum((np.array(slopes) * data["se"]) ** 2))
    row = measured(statistic, data, **named)
    assert math.isclose(row["standard_error"], expected, rel_tol=1e-6)
    assert math.isclose(row["upper"] - row["value"], 1.959964 * expected, rel_tol=1e-6)


@pytest.mark.parametrize(("statistic", "named", "of"), MEASURES, ids=NAMES)
def test_a_simulation_is_of_normal_values_cut_off_at_their_bounds(
    statistic: Any, named: dict[str, Any], of: Any
) -> None:
    data = table([(4, 50, 30), (24, 90, 50), (44, 120, 70), (57, 30, 90)])
    p, q = weights(data, named)
    random = np.random.default_rng(4)
    values: list[np.ndarray] = []
    while len(values) < 20_000:
        drawn = random.normal(data["y"], data["se"], (20_000, 4))
        values.extend(drawn)
    kept = np.array(values)
    # Cut off by drawing again each value that is beyond, which is the same distribution.
    while np.any(beyond := (kept < 0) | (kept > 60)):
        again = random.normal(np.broadcast_to(data["y"], kept.shape), data["se"])
        kept = np.where(beyond, again, kept)
    expected = np.quantile([of(y, p, q) for y in kept], [0.05, 0.95])
    asked = {"limits": "simulation", "lowest": 0, "highest": 60, "levels": [0.9]}
    found = statistic(
        pa.table(data), "y", "people", standard_error="se", **asked, draws=20_000, **named
    )
    (row,) = found.to_pylist()
    width = expected[1] - expected[0]
    np.testing.assert_allclose([row["lower"], row["upper"]], expected, atol=0.03 * width)


def test_a_simulation_depends_on_its_seed_and_on_no_other_table() -> None:
    data = table([(4, 50, 3), (24, 90, 5), (44, 120, 7)])
    two = {name: np.concatenate([column, column]) for name, column in data.items()}
    two["place"] = ["a"] * 3 + ["b"] * 3

    def limits(of: dict[str, Any], seed: int, by: tuple[str, ...] = ()) -> list[tuple[Any, Any]]:
        found = mean_difference_from_mean(
            pa.table(of), "y", "people", definition="population", standard_error="se",
            limits="simulation", draws=500, seed=seed, by=by,
        )  # fmt: skip
        return [(row["lower"], row["upper"]) for row in found.to_pylist()]

    assert limits(data, 1) * 2 == limits(two, 1, ("place",))
    assert limits(data, 1) != limits(data, 2)


@settings(max_examples=6)
@given(GROUPS, st.randoms(), st.integers(2, 9))
def test_order_and_unit_do_not_matter(
    groups: list[tuple[int, int, int]], random: Any, times: int
) -> None:
    data = table(groups)
    order = random.sample(range(len(groups)), len(groups))
    shuffled = {name: np.asarray(column)[order] for name, column in data.items()}
    scaled = {**data, "y": data["y"] * times, "se": data["se"] * times}
    for statistic, named, _ in (MEASURES[0], MEASURES[4], MEASURES[8], MEASURES[9]):
        row, same = measured(statistic, data, **named), measured(statistic, shuffled, **named)
        assert math.isclose(row["value"], same["value"], rel_tol=1e-9, abs_tol=1e-9)
        power = {between_group_variance: 2, index_of_disparity: 0}.get(statistic, 1)
        other = measured(statistic, scaled, **named)
        expected = row["value"] * times**power
        assert math.isclose(other["value"], expected, rel_tol=1e-9, abs_tol=1e-9)


def test_a_mean_that_is_given_is_taken_as_known() -> None:
    data = {"y": [10.0, 30.0], "se": [1.0, 2.0], "all": [15.0, 15.0]}
    (row,) = ask(index_of_disparity, data, "y", definition="equal", mean="all", standard_error="se")
    assert math.isclose(row["value"], 10 / 15)
    assert math.isclose(row["standard_error"], math.sqrt(5) / 2 / 15)
    data["all"] = [15.0, 16.0]
    (row,) = ask(index_of_disparity, data, "y", definition="equal", mean="all", standard_error="se")
    assert row["status"] == "invalid_input"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"y": [1, None, 3]}, "missing_input"),
        ({"people": [1, None, 3]}, "missing_input"),
        ({"people": [1, -1, 3]}, "invalid_input"),
        ({"y": [1, math.inf, 3]}, "invalid_input"),
        ({"people": [0, 0, 0]}, "zero_denominator"),
        ({"se": [0.1, None, 0.1]}, "no_limits"),
        ({"se": [0.1, -1, 0.1]}, "no_limits"),
        ({"y": [1e9, 2e9, 3e9], "people": [1e9, 1e9, 2e9]}, "ok"),
    ],
)
def test_one_bad_table_says_why_and_stops_no_other(
    change: dict[str, list[Any]], status: str
) -> None:
    good: dict[str, list[Any]] = {"y": [1, 2, 4], "people": [5, 6, 7], "se": [0.1, 0.2, 0.1]}
    bad = {**good, **change}
    data: dict[str, Any] = {name: pa.array(bad[name] + good[name], pa.float64()) for name in bad}
    data["place"] = ["bad"] * 3 + ["good"] * 3
    data["first"] = [True, False, False] * 2
    for statistic, named, _ in MEASURES:
        rows = ask(statistic, data, "y", "people", standard_error="se", by=["place"], **named)
        assert [row["status"] for row in rows] == [status, "ok"]


def test_groups_that_do_not_differ_and_too_few_of_them() -> None:
    same = table([(5, 10, 1), (5, 20, 2)])
    assert measured(between_group_variance, same)["value"] == 0
    assert measured(between_group_standard_deviation, same)["status"] == "no_limits"
    alone = table([(5, 10, 1)])
    assert measured(between_group_variance, alone)["status"] == "incomplete_groups"
    nobody = {**same, "first": [False, False]}
    row = measured(
        mean_difference_from_reference, nobody, definition="population", reference="first"
    )
    assert row["status"] == "incomplete_groups"


GROUPS_OF_FOUR = {"y": [30.0, 12.0, 25.0, 40.0], "se": [2.0, 1.0, 3.0, 2.0]}
REFERENCE = {**GROUPS_OF_FOUR, "first": [True, False, False, False]}


def test_extremes_are_the_highest_and_the_lowest() -> None:
    (row,) = ask(absolute_range, GROUPS_OF_FOUR, "y", definition="extremes", standard_error="se")
    assert (row["first_value"], row["second_value"], row["value"]) == (40, 12, 28)
    assert row["direction"] == "highest_minus_lowest"
    assert math.isclose(row["standard_error"], math.sqrt(5))
    (row,) = ask(relative_range, GROUPS_OF_FOUR, "y", definition="extremes", standard_error="se")
    assert math.isclose(row["value"], 40 / 12)
    error = math.hypot(2 / 40, 1 / 12)
    assert math.isclose(row["upper"], 40 / 12 * math.exp(1.9599639845400545 * error))


@pytest.mark.parametrize(
    ("better", "value", "direction"),
    [
        ("higher", 18.0, "reference_minus_worst_of_others"),
        ("lower", 10.0, "worst_of_others_minus_reference"),
    ],
)
def test_a_reference_is_compared_with_the_worst_of_the_others(
    better: str, value: float, direction: str
) -> None:
    named = {"definition": "reference", "reference": "first", "better": better}
    (row,) = ask(absolute_range, REFERENCE, "y", standard_error="se", **named)
    assert (row["value"], row["direction"]) == (value, direction)


def test_ranges_of_bad_data_say_why() -> None:
    for change, status in [
        ({"y": [None, 1.0, 2.0, 3.0]}, "missing_input"),
        ({"y": [math.inf, 1.0, 2.0, 3.0]}, "invalid_input"),
        ({"se": [None] * 4}, "no_limits"),
        ({"y": [-1.0, 1.0, 2.0, 3.0]}, "outside_scale"),
        ({"y": [0.0, 1.0, 2.0, 3.0]}, "zero_denominator"),
    ]:
        data = {name: pa.array(column, pa.float64()) for name, column in
                {**GROUPS_OF_FOUR, **change}.items()}  # fmt: skip
        (row,) = ask(relative_range, data, "y", definition="extremes", standard_error="se")
        assert row["status"] == status
    two = {**REFERENCE, "first": [True, True, False, False]}
    named = {"definition": "reference", "reference": "first", "better": "higher"}
    (row,) = ask(absolute_range, two, "y", standard_error="se", **named)
    assert row["status"] == "incomplete_groups"


def test_a_call_that_cannot_be_meant_is_refused() -> None:
    data = table([(5, 10, 1), (6, 20, 2)])
    for statistic, wrong, message in [
        (index_of_disparity, {"definition": "half"}, "definition"),
        (mean_difference_from_best, {"definition": "equal", "better": "more"}, "better"),
        (between_group_variance, {"standard_error": None}, "uncertainty"),
        (between_group_variance, {"limits": "none"}, "limits"),
        (between_group_variance, {"multiplier": 0}, "multiplier"),
        (mean_difference_from_mean, {"definition": "equal", "population": None}, "people"),
    ]:
        named = {"population": "people", "standard_error": "se", **wrong}
        with pytest.raises(FairpracticeError, match=message):
            ask(statistic, data, "y", **named)
    for wrong, message in [
        ({"definition": "reference"}, "reference="),
        ({"definition": "extremes", "reference": "first"}, "reference="),
        ({"definition": "extremes"}, "uncertainty"),
        ({"definition": "quartiles"}, "definition"),
    ]:
        with pytest.raises(FairpracticeError, match=message):
            ask(absolute_range, data, "y", **wrong)
