import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import absolute_gap, relative_gap
from tests.unit.statistics import slow
from tests.unit.statistics.asking import ask


GAPS = (absolute_gap, relative_gap)
PAIR = st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def columns(most: tuple[Any, Any], least: tuple[Any, Any]) -> dict[str, list[Any]]:
    return {"q": [1, 3, 5], "x": [most[0], 4, least[0]], "n": [most[1], 9, least[1]]}


def gap(statistic: Any, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    (row,) = ask(statistic, data, "q", "x", "n", **kwargs)
    return row


@settings(max_examples=12)
@given(PAIR, PAIR)
def test_a_difference_has_newcombes_limits(most: tuple[int, int], least: tuple[int, int]) -> None:
    row = gap(absolute_gap, columns(most, least), multiplier=100)
    a, b = least[0] / least[1], most[0] / most[1]
    (low_a, high_a), (low_b, high_b) = slow.wilson(*least, 0.95), slow.wilson(*most, 0.95)
    expected = [
        a - b,
        a - b - math.hypot(a - low_a, high_b - b),
        a - b + math.hypot(high_a - a, b - low_b),
    ]
    actual = [row[name] / 100 for name in ("value", "lower", "upper")]
    np.testing.assert_allclose(actual, expected, rtol=1e-6, atol=1e-9)
    assert -100 <= row["lower"] <= row["upper"] <= 100
    assert (row["most_deprived_rank"], row["least_deprived_rank"]) == (1, 5)
    turned = gap(absolute_gap, columns(most, least), multiplier=100, direction="most_minus_least")
    assert math.isclose(row["lower"], -turned["upper"], rel_tol=1e-9, abs_tol=1e-9)


@settings(max_examples=12)
@given(PAIR, PAIR)
def test_a_ratio_has_katz_limits(most: tuple[int, int], least: tuple[int, int]) -> None:
    row = gap(relative_gap, columns(most, least))
    if most[0] == 0:
        assert row["status"] == "zero_denominator"
    elif least[0] == 0 or (most[0] == most[1] and least[0] == least[1]):
        assert row["status"] == "no_limits"
    else:
        ratio = (least[0] / least[1]) / (most[0] / most[1])
        error = math.sqrt(1 / least[0] - 1 / least[1] + 1 / most[0] - 1 / most[1])
        factor = math.exp(slow.z(0.95) * error)
        np.testing.assert_allclose(
            [row["value"], row["lower"], row["upper"]], [ratio, ratio / factor, ratio * factor]
        )


def test_estimates_are_compared_by_their_standard_errors() -> None:
    data = {"q": [1, 2], "y": [4.0, 5.0], "se": [0.3, 0.4]}
    (difference,) = ask(absolute_gap, data, "q", value="y", standard_error="se")
    assert math.isclose(difference["upper"] - 1, slow.z(0.95) * 0.5)
    (ratio,) = ask(relative_gap, data, "q", value="y", standard_error="se")
    error = math.hypot(0.3 / 4, 0.4 / 5)
    assert math.isclose(ratio["upper"], 1.25 * math.exp(slow.z(0.95) * error))


def test_rows_of_one_rank_are_added_up_and_the_lowest_rank_may_be_the_least_deprived() -> None:
    whole = {"q": [1, 5], "x": [30, 50], "n": [100, 100]}
    split = {"q": [1, 1, 5], "x": [10, 20, 50], "n": [60, 40, 100]}
    turned = {"q": [5, 1], "x": [30, 50], "n": [100, 100]}
    for statistic in GAPS:
        row = gap(statistic, whole)
        assert gap(statistic, split) == row
        other = gap(statistic, turned, lowest_rank="least_deprived")
        assert {k: v for k, v in other.items() if "rank" not in k} == {
            k: v for k, v in row.items() if "rank" not in k
        }


def test_a_place_without_an_end_never_compares_others_silently() -> None:
    data = {
        "p": ["a", "a", "b", "b"], "q": [1, 5, 1, 4], "x": [3, 4, 3, 4], "n": [9, 9, 9, 9],
    }  # fmt: skip
    for statistic in GAPS:
        whole, part = ask(statistic, data, "q", "x", "n", by=["p"])
        assert (whole["status"], part["status"]) == ("ok", "incomplete_groups")
        assert part["least_deprived_numerator"] is None
        own = ask(statistic, data, "q", "x", "n", by=["p"], ends_of="group")
        assert [row["least_deprived_rank"] for row in own] == [5, 4]
        assert {row["status"] for row in own} == {"ok"}
        named = ask(statistic, data, "q", "x", "n", by=["p"], most=1, least=4)
        assert [row["status"] for row in named] == ["incomplete_groups", "ok"]


@pytest.mark.parametrize(
    ("most", "status"),
    [
        ((None, 9), "missing_input"),
        ((3, None), "missing_input"),
        ((-1, 9), "invalid_input"),
        ((10, 9), "invalid_input"),
        ((0, 0), "zero_denominator"),
    ],
)
@pytest.mark.parametrize("statistic", GAPS)
def test_a_bad_count_says_why(
    statistic: Any, most: tuple[int | None, int | None], status: str
) -> None:
    assert gap(statistic, columns(most, (4, 9)))["status"] == status


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"y": [None, 5.0]}, "missing_input"),
        ({"y": [math.inf, 5.0]}, "invalid_input"),
        ({"se": [None, 1.0]}, "no_limits"),
        ({"se": [-1.0, 1.0]}, "no_limits"),
        ({"q": [None, 2]}, "missing_input"),
        ({"q": [2, 2]}, "incomplete_groups"),
    ],
)
@pytest.mark.parametrize("statistic", GAPS)
def test_a_bad_estimate_says_why(statistic: Any, change: dict[str, Any], status: str) -> None:
    data = {"q": [1, 2], "y": [4.0, 5.0], "se": [0.3, 0.4], **change}
    (row,) = ask(statistic, data, "q", value="y", standard_error="se")
    assert row["status"] == status


def test_a_ratio_needs_values_that_are_not_negative() -> None:
    data = {"q": [1, 2], "y": [-4.0, 5.0], "se": [0.3, 0.4]}
    (row,) = ask(relative_gap, data, "q", value="y", standard_error="se")
    assert row["status"] == "outside_scale"


def test_a_call_that_cannot_be_meant_is_refused() -> None:
    data = columns((3, 9), (4, 9))
    for arguments, message in [
        ({"numerator": "x"}, "counts or from values"),
        ({"value": "x", "numerator": "x", "denominator": "n"}, "counts or from values"),
        ({"value": "x"}, "uncertainty"),
        ({"numerator": "x", "denominator": "n", "direction": "up"}, "direction"),
        ({"numerator": "x", "denominator": "n", "ends_of": "it"}, "ends_of"),
    ]:
        for statistic in GAPS:
            with pytest.raises(FairpracticeError, match=message):
                ask(statistic, data, "q", **arguments)
