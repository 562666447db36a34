import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import (
    population_attributable_fraction,
    population_attributable_risk,
)
from tests.unit.statistics.asking import ask


BOTH = (population_attributable_risk, population_attributable_fraction)
BEST = {"definition": "best_group", "better": "lower"}
LAST = {"definition": "least_deprived_group", "better": "lower", "rank": "rank"}
GROUPS = st.lists(
    st.integers(5, 500).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n - 1))),
    min_size=2,
    max_size=6,
)


def table(groups: list[tuple[int, int]]) -> dict[str, Any]:
    return {
        "rank": [*range(1, len(groups) + 1)],
        "n": [n for n, _ in groups],
        "x": [x for _, x in groups],
    }


def one(statistic: Any, data: dict[str, Any], **named: Any) -> dict[str, Any]:
    (row,) = ask(statistic, data, "n", **({"events": "x"} | named))
    return row


@settings(max_examples=4)
@given(GROUPS, st.randoms())
def test_everyone_having_the_references_value_is_what_is_compared(
    groups: list[tuple[int, int]], random: Any
) -> None:
    data = table(groups)
    order = random.sample(range(len(groups)), len(groups))
    shuffled = {name: [column[i] for i in order] for name, column in data.items()}
    mean = sum(data["x"]) / sum(data["n"])
    for named, reference in (
        (BEST, min(x / n for n, x in groups)),
        (LAST, groups[-1][1] / groups[-1][0]),
    ):
        for of in (data, shuffled):
            row = one(population_attributable_risk, of, **named, multiplier=100)
            assert math.isclose(row["value"], 100 * (reference - mean), abs_tol=1e-9)
            row = one(population_attributable_fraction, of, **named)
            assert math.isclose(row["value"], (reference - mean) / mean, abs_tol=1e-9)
        turned = one(
            population_attributable_fraction, data, **named, direction="mean_minus_reference"
        )
        # As the Scottish Public Health Observatory writes it.
        excess = sum((x / n / reference - 1) * n for n, x in groups) / sum(data["n"])
        assert math.isclose(turned["value"], excess / (1 + excess), abs_tol=1e-9)


@pytest.mark.parametrize("statistic", BOTH)
def test_errors_are_the_delta_methods(statistic: Any) -> None:
    data = table([(90, 40), (120, 30), (100, 20)])
    n, x = np.array(data["n"], float), np.array(data["x"], float)

    def calculate(y: np.ndarray) -> float:
        mean = np.sum(n * y) / n.sum()
        return (y[2] - mean) / (mean if statistic is population_attributable_fraction else 1)

    y = x / n
    slopes = [(calculate(y + s) - calculate(y - s)) / 2e-6 for s in np.eye(3) * 1e-6]
    for se, named in (
        (np.sqrt(y * (1 - y) / n), {}),
        (np.array([0.02, 0.03, 0.05]), {"standard_error": "se"}),
    ):
        expected = math.sqrt(np.sum((np.array(slopes) * se) ** 2))
        row = one(statistic, {**data, "se": se}, **LAST, **named, multiplier=100)
        assert math.isclose(row["standard_error"], 100 * expected, rel_tol=1e-6)
        assert math.isclose(row["upper"] - row["value"], 195.9964 * expected, rel_tol=1e-6)


@pytest.mark.parametrize("statistic", BOTH)
def test_limits_cover_the_truth_as_often_as_they_say(statistic: Any) -> None:
    random = np.random.default_rng(31)
    places, n, truth = 800, np.array([300, 400, 350]), np.array([0.3, 0.22, 0.15])
    x = random.binomial(n, truth, (places, 3))
    data = {
        "place": np.repeat(np.arange(places), 3),
        "rank": np.tile([1, 2, 3], places),
        "n": np.tile(n, places),
        "x": x.ravel(),
    }
    mean = np.sum(n * truth) / n.sum()
    true = truth[2] - mean
    if statistic is population_attributable_fraction:
        true /= mean
    rows = ask(statistic, data, "n", events="x", by=["place"], **LAST)
    covered = np.mean([row["lower"] <= true <= row["upper"] for row in rows])
    assert abs(covered - 0.95) < 3.5 * math.sqrt(0.95 * 0.05 / places)


def test_the_two_by_two_table_is_the_delta_method_of_one_sample() -> None:
    # Of 340 people drawn together: others with and without it, the reference's with and without.
    counts = np.array([70.0, 150.0, 20.0, 100.0])

    def fraction(cells: np.ndarray) -> float:
        share = cells / cells.sum()
        return share[2] / (share[2] + share[3]) / (share[0] + share[2]) - 1

    slopes = np.array(
        [(fraction(counts + s) - fraction(counts - s)) / 2e-4 for s in np.eye(4) * 1e-4]
    )
    share = counts / counts.sum()
    covariance = counts.sum() * (np.diag(share) - np.outer(share, share))
    data = {"rank": [1, 2], "n": [220, 120], "x": [70, 20]}
    row = one(population_attributable_fraction, data, **LAST, limits="two_by_two")
    assert math.isclose(
        row["standard_error"], math.sqrt(slopes @ covariance @ slopes), rel_tol=1e-6
    )


def test_a_reference_that_does_worse_can_be_taken_as_nothing_to_gain() -> None:
    data = table([(100, 10), (100, 30)])
    kept = one(population_attributable_risk, data, **LAST)
    assert math.isclose(kept["value"], 0.1)
    assert one(population_attributable_risk, data, **LAST, opposite="zero")["value"] == 0
    assert kept["smallest_cell"] == 10


def test_groups_that_tie_as_the_best_are_the_reference_together() -> None:
    data = table([(100, 10), (50, 5), (80, 40)])
    together = table([(150, 15), (80, 40)])
    for statistic in BOTH:
        row, same = one(statistic, data, **BEST), one(statistic, together, **BEST)
        for name in ("value", "standard_error"):
            assert math.isclose(row[name], same[name], rel_tol=1e-12)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"x": [1, None, 3]}, "missing_input"),
        ({"n": [9, None, 9]}, "missing_input"),
        ({"rank": [1, None, 3]}, "missing_input"),
        ({"x": [1, 10, 3]}, "invalid_input"),
        ({"x": [1, -1, 3]}, "invalid_input"),
        ({"n": [0, 0, 0], "x": [0, 0, 0]}, "zero_denominator"),
        ({"n": [0, 0, 9], "x": [0, 0, 3]}, "incomplete_groups"),
        ({"n": [10**9] * 3, "x": [10**8, 2 * 10**8, 10**7]}, "ok"),
        ({"n": [0, 9, 9], "x": [0, 3, 2]}, "ok"),
    ],
)
def test_one_bad_table_says_why_and_stops_no_other(
    change: dict[str, list[Any]], status: str
) -> None:
    good: dict[str, list[Any]] = {"rank": [1, 2, 3], "n": [9, 9, 9], "x": [4, 3, 2]}
    bad = {**good, **change}
    data = {"place": ["bad"] * 3 + ["good"] * 3, **{name: bad[name] + good[name] for name in bad}}
    for statistic in BOTH:
        rows = ask(statistic, data, "n", events="x", by=["place"], **LAST)
        assert [row["status"] for row in rows] == [status, "ok"]
    (row,) = ask(
        population_attributable_fraction, {**good, "x": [0, 0, 0]}, "n", events="x", **LAST
    )
    assert row["status"] == "zero_denominator"
    (row,) = ask(
        population_attributable_risk, {**good, "x": [20.0, 30.0, 10.0]}, "n", value="x", **LAST
    )
    assert row["status"] == "no_limits"


def test_a_call_that_cannot_be_meant_is_refused() -> None:
    data = table([(9, 3), (9, 2)])
    for wrong, message in [
        ({"definition": "worst"}, "definition"),
        ({"better": "more"}, "better"),
        ({"rank": None}, "rank="),
        ({**BEST, "rank": "rank"}, "rank="),
        ({"value": "x"}, "counts or from values"),
        ({"direction": "up"}, "direction"),
        ({"limits": "none"}, "limits"),
        ({"opposite": "none"}, "opposite"),
        ({"multiplier": -1}, "multiplier"),
    ]:
        with pytest.raises(FairpracticeError, match=message):
            one(population_attributable_risk, data, **{**LAST, **wrong})
