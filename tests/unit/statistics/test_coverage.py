"""How often 95 % limits contain a truth that is known: the figures of the page on inequality."""

import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from fairpractice import statistics


pytestmark = pytest.mark.soak
PRACTICES, SAMPLES, PEOPLE = 4000, 2000, 250
FIFTHS = np.array([900, 700, 1000, 800, 600])
SHARE = FIFTHS / FIFTHS.sum()
AT = np.cumsum(SHARE) - SHARE / 2
ENDS = 1 / (1 + math.exp(0.2)), 1 / (1 + math.exp(1.4))
LOGISTIC = 1 / (1 + np.exp(0.2 + 1.2 * AT))
STRAIGHT = 0.45 - 0.25 * AT


def practices(truth: np.ndarray) -> pa.Table:
    counts = np.random.default_rng(20261031).binomial(FIFTHS, truth, (PRACTICES, len(truth)))
    y = counts / FIFTHS
    return pa.table(
        {
            "practice": np.repeat(np.arange(PRACTICES), len(truth)),
            "fifth": np.tile(np.arange(1, len(truth) + 1), PRACTICES),
            "n": np.tile(FIFTHS, PRACTICES),
            "x": counts.ravel(),
            "y": y.ravel(),
            "se": np.sqrt(y * (1 - y) / FIFTHS).ravel(),
        }
    )


def covered(found: pa.Table, truth: float) -> float:
    rows = [row for row in found.to_pylist() if row["lower"] is not None]
    assert len(rows) > 1900
    return float(100 * np.mean([row["lower"] <= truth <= row["upper"] for row in rows]))


@pytest.mark.parametrize(
    ("definition", "limits", "truth", "within"),
    [
        ("ohid", None, STRAIGHT, (94, 96)),
        ("scotpho", None, STRAIGHT, (94, 96)),
        ("linear", None, STRAIGHT, (78, 84)),
        ("who_logit", None, LOGISTIC, (78, 84)),
        ("who_logit", "binomial", LOGISTIC, (94, 96)),
    ],
)
def test_the_slope_and_relative_index(
    definition: Any, limits: Any, truth: np.ndarray, within: tuple[float, float]
) -> None:
    data = practices(truth)
    most, least = ENDS if truth is LOGISTIC else (0.45, 0.2)
    relative = (least - most) / float(SHARE @ truth) if definition == "scotpho" else least / most
    for statistic, true in (
        (statistics.slope_index_of_inequality, least - most),
        (statistics.relative_index_of_inequality, relative),
    ):
        found = statistic(
            data, "fifth", "n", events="x", definition=definition, limits=limits, by=["practice"]
        )
        assert within[0] <= covered(found, true) <= within[1]


def test_indices_of_groups_with_errors_of_their_own() -> None:
    data, mean = practices(LOGISTIC), float(SHARE @ LOGISTIC)
    index = 2 * float(np.sum(SHARE * LOGISTIC * (AT - 0.5))) / mean
    found = statistics.relative_concentration_index(
        data, "y", "fifth", definition="standard", weight="n", standard_error="se", by=["practice"]
    )
    assert 93.5 <= covered(found, index) <= 96
    for statistic, true in (
        (statistics.population_attributable_risk, LOGISTIC[-1] - mean),
        (statistics.population_attributable_fraction, LOGISTIC[-1] / mean - 1),
    ):
        found = statistic(
            data, "n", events="x", definition="least_deprived_group", better="lower",
            rank="fifth", by=["practice"],
        )  # fmt: skip
        assert 93.5 <= covered(found, true) <= 96
    spread = float(np.sum(SHARE * (LOGISTIC - mean) ** 2))
    found = statistics.between_group_variance(data, "y", "n", standard_error="se", by=["practice"])
    assert 93.5 <= covered(found, spread) <= 96.5


@pytest.mark.parametrize("shape", ["gamma", "yes or no"])
def test_indices_of_people(shape: str) -> None:
    random = np.random.default_rng(7)

    def drawn(rank: np.ndarray) -> np.ndarray:
        if shape == "gamma":
            return random.gamma(2, 1 + rank)
        return (random.random(len(rank)) < 0.2 + 0.3 * rank).astype(float)

    rank = random.random(SAMPLES * PEOPLE)
    data = pa.table(
        {"sample": np.repeat(np.arange(SAMPLES), PEOPLE), "rank": rank, "y": drawn(rank)}
    )
    everyone = random.random(4_000_000)
    y = drawn(everyone)
    index = 2 * np.mean(y * (everyone - 0.5)) / y.mean()
    found = statistics.relative_concentration_index(
        data, "y", "rank", definition="standard", by=["sample"]
    )
    assert 93 <= covered(found, index) <= 96.5
    if shape == "gamma":
        ratio = y / y.mean()
        places = (np.arange(len(y)) + 0.5) / len(y)
        for found, true in (
            (
                statistics.gini_coefficient(data, "y", by=["sample"]),
                2 * np.mean(np.sort(ratio) * (places - 0.5)),
            ),
            (statistics.theil_index(data, "y", by=["sample"]), np.mean(ratio * np.log(ratio))),
            (statistics.mean_log_deviation(data, "y", by=["sample"]), -np.mean(np.log(ratio))),
        ):
            assert 92 <= covered(found, float(true)) <= 96.5
