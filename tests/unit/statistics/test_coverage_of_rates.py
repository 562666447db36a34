"""How often 95 % limits of rates, means and life tables hold a truth that is known.

The page on the statistics shows the figures; here they are worked out again.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from fairpractice import statistics


PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "statistics.md"
SAMPLES = 4000
BANDS = ["0-24", "25-44", "45-64", "65-74", "75-84", "85+"]
SHARES = np.array([0.30, 0.27, 0.25, 0.10, 0.06, 0.02])
RISK = np.array([0.2, 0.5, 1.0, 2.5, 5.0, 9.0])
WEIGHT = np.array([27500, 26500, 25500, 11500, 6500, 2500])
AGES = [0, 1, *range(5, 95, 5)]
LIVING = np.array([10, 45, 57, 60, 59, 57, 62, 66, 66, 64, 62, 66, 68, 62, 54, 48, 42, 28, 16, 8])
DYING = 0.00015 * np.exp(0.088 * np.maximum(np.array(AGES) + 2.5, 10))
HEALTHY = 0.95 - 0.006 * np.array(AGES)
SAMPLE = {"by": ["sample"]}


def repeated(**columns: Any) -> pa.Table:
    """Return columns as a table: a row of each array is a sample."""
    rows = {name: np.broadcast_to(column, _shape(columns)) for name, column in columns.items()}
    samples = np.repeat(np.arange(SAMPLES), _shape(columns)[1])
    return pa.table({"sample": samples, **{name: rows[name].ravel() for name in rows}})


def _shape(columns: dict[str, Any]) -> tuple[int, int]:
    return SAMPLES, max(np.shape(column)[-1] for column in columns.values())


def of_a_proportion(draw: Any, people: int, share: float) -> tuple[pa.Table, float]:
    data = repeated(x=draw.binomial(people, share, (SAMPLES, 1)), n=[people])
    return statistics.proportion(data, "x", "n", **SAMPLE), share


def of_a_rate(draw: Any, events: float) -> tuple[pa.Table, float]:
    data = repeated(x=draw.poisson(events, (SAMPLES, 1)), n=[1000])
    return statistics.rate(data, "x", "n", multiplier=1000, **SAMPLE), events


def of_repeaters(draw: Any, people: float) -> tuple[pa.Table, float]:
    times = np.array([1, 2, 3, 6])
    expected = people * np.array([0.6, 0.2, 0.1, 0.1])
    data = repeated(x=draw.poisson(expected, (SAMPLES, 4)), f=times, n=[1000])
    asked: dict[str, Any] = {"frequency": "f", "multiplier": 1000}
    return statistics.rate(data, "x", "n", **asked, **SAMPLE), float(expected @ times)


def of_a_mean(draw: Any, people: int) -> tuple[pa.Table, float]:
    return statistics.mean(
        repeated(y=draw.gamma(2, 1, (SAMPLES, people))), value="y", **SAMPLE
    ), 2.0


def of_sums(draw: Any, people: int) -> tuple[pa.Table, float]:
    booked = draw.poisson(3, (SAMPLES, people)) + 1
    missed = draw.binomial(booked, draw.beta(0.5, 2, (SAMPLES, people)))
    asked: dict[str, Any] = {"scale": "logit"}
    return statistics.ratio_of_sums(repeated(y=missed, x=booked), "y", "x", **asked, **SAMPLE), 0.2


def _in_bands(draw: Any, events: float) -> tuple[pa.Table, np.ndarray]:
    people = np.round(20_000 * SHARES)
    rate = events * RISK / (people @ RISK)
    counts = draw.poisson(people * rate, (SAMPLES, len(BANDS)))
    return repeated(age=np.array(BANDS), x=counts, n=people, w=WEIGHT, rx=RISK, rn=[1.0]), rate


def of_a_direct_rate(draw: Any, events: float) -> tuple[pa.Table, float]:
    data, rate = _in_bands(draw, events)
    found = statistics.directly_standardised_rate(
        data, "x", "n", standard_population="w", multiplier=1, **SAMPLE
    )
    return found, float(rate @ WEIGHT / WEIGHT.sum())


def of_an_indirect_ratio(draw: Any, events: float) -> tuple[pa.Table, float]:
    data, _ = _in_bands(draw, events)
    found = statistics.indirectly_standardised_ratio(
        data, "x", "n", reference_events="rx", reference_population="rn", **SAMPLE
    )
    return found, events / float(np.round(20_000 * SHARES) @ RISK)


def _years(people: np.ndarray, share: np.ndarray | float = 1.0) -> float:
    """Return the years that somebody lives at known rates, by the definition of a life table."""
    width = np.diff([*AGES, np.inf])
    lived = np.where(width == 1, 0.1, 0.5)
    with np.errstate(invalid="ignore"):
        dying = width * DYING / (1 + width * (1 - lived) * DYING)
    dying[-1] = 1
    reaching = np.cumprod([1, *(1 - dying[:-1])])
    years = width * (reaching - reaching * dying * (1 - lived))
    years[-1] = reaching[-1] / DYING[-1]
    return float(np.sum(years * share))


def of_life(draw: Any, people: int, healthy: bool = False) -> tuple[pa.Table, float]:
    living = np.round(people * LIVING / LIVING.sum()).astype(int)
    data: dict[str, Any] = {"age": np.array(AGES), "n": living}
    data["x"] = draw.poisson(living * DYING, (SAMPLES, len(AGES)))
    asked: dict[str, Any] = {"age_band": "age", "ages": [0], "people_over": 0, "widest": None}
    if not healthy:
        return statistics.life_expectancy(repeated(**data), "x", "n", **asked, **SAMPLE), _years(
            living
        )
    data |= {"asked": [60], "well": draw.binomial(60, HEALTHY, (SAMPLES, len(AGES)))}
    asked |= {"healthy": "well", "asked": "asked"}
    found = statistics.healthy_life_expectancy(repeated(**data), "x", "n", **asked, **SAMPLE)
    return found, _years(living, HEALTHY)


def of_a_gap(draw: Any, people: int, relative: bool = False) -> tuple[pa.Table, float]:
    shares = np.array([0.3, 0.15])
    counts = draw.binomial(people, shares, (SAMPLES, 2))
    data = repeated(q=np.array([1, 2]), x=counts, n=[people])
    statistic = statistics.relative_gap if relative else statistics.absolute_gap
    asked: dict[str, Any] = {"direction": "most_over_least" if relative else "most_minus_least"}
    return statistic(data, "q", "x", "n", **asked, **SAMPLE), 2.0 if relative else 0.15


Situation = Callable[[Any], tuple[pa.Table, float]]
SITUATIONS: dict[tuple[str, str], Situation] = {
    ("proportion", "2 of 20"): lambda draw: of_a_proportion(draw, 20, 0.1),
    ("proportion", "150 of 500"): lambda draw: of_a_proportion(draw, 500, 0.3),
    ("rate", "4 events, exact"): lambda draw: of_a_rate(draw, 4),
    ("rate", "30 events, Byar"): lambda draw: of_a_rate(draw, 30),
    ("rate, frequency", "40 people with 76 events"): lambda draw: of_repeaters(draw, 40),
    ("mean", "20 values with a tail to the right"): lambda draw: of_a_mean(draw, 20),
    ("mean", "200 such values"): lambda draw: of_a_mean(draw, 200),
    ("ratio_of_sums", "60 people"): lambda draw: of_sums(draw, 60),
    ("ratio_of_sums", "400 people"): lambda draw: of_sums(draw, 400),
    ("directly_standardised_rate", "15 events in 6 bands"): lambda draw: of_a_direct_rate(draw, 15),
    ("directly_standardised_rate", "150 events"): lambda draw: of_a_direct_rate(draw, 150),
    ("indirectly_standardised_ratio", "5 expected"): lambda draw: of_an_indirect_ratio(draw, 5),
    ("indirectly_standardised_ratio", "60 expected"): lambda draw: of_an_indirect_ratio(draw, 60),
    ("absolute_gap", "30 % and 15 % of 60 each"): lambda draw: of_a_gap(draw, 60),
    ("absolute_gap", "of 600 each"): lambda draw: of_a_gap(draw, 600),
    ("relative_gap", "30 % and 15 % of 60 each"): lambda draw: of_a_gap(draw, 60, True),
    ("relative_gap", "of 600 each"): lambda draw: of_a_gap(draw, 600, True),
    ("life_expectancy", "at birth, 6,000 people"): lambda draw: of_life(draw, 6000),
    ("life_expectancy", "at birth, 60,000 people"): lambda draw: of_life(draw, 60_000),
    ("healthy_life_expectancy", "60,000 people, 60 asked in each band"): lambda draw: of_life(
        draw, 60_000, True
    ),
}


def shown() -> dict[tuple[str, str], float]:
    """Return the figures of the page."""
    lines = re.findall(r"^\| `([^|]+)` \| ([^|]+) \| ([\d.]+) \|$", PAGE.read_text("utf-8"), re.M)
    return {(name, situation): float(figure) for name, situation, figure in lines}


def test_the_page_shows_every_situation() -> None:
    assert [*shown()] == [*SITUATIONS]


@pytest.mark.soak
@pytest.mark.parametrize("named", SITUATIONS, ids=", ".join)
def test_limits_hold_the_truth_as_often_as_the_page_says(named: tuple[str, str]) -> None:
    found, truth = SITUATIONS[named](np.random.default_rng(1))
    rows = [row for row in found.to_pylist() if row["lower"] is not None]
    assert len(rows) > 0.9 * SAMPLES
    held = 100 * np.mean([row["lower"] <= truth <= row["upper"] for row in rows])
    assert held == pytest.approx(shown()[named], abs=0.3)
