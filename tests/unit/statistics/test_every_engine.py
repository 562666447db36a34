"""The same numbers on every engine: one of each family, with what makes engines differ."""

import datetime as dt
import math
from typing import Any

import pyarrow as pa
import pytest

from fairpractice import statistics
from fairpractice.engines import Engine
from fairpractice.engines.duckdb import connect


COUNTS = {
    "place": ["a", "b", "c", "d", None, "f", "g", "h"],
    "x": [0.0, 5.0, None, 7.0, 12.0, 3.0, 4.0, 12.0],
    "n": [10.0, 5.0, 3.0, 6.0, math.inf, 0.0, -2.0, 1000.0],
}
VALUES = {
    "place": ["a", "a", "a", "b", None, None, "d", "d"],
    "y": [1.0, 2.0, 4.0, 5.0, 3.0, 8.0, math.nan, 2.0],
    "x": [1.0, 2.0, 9.0, 4.0, 2.0, 9.0, 1.0, 1.0],
}
GROUPS = {
    "place": [place for place in ("a", None, "c", "d") for _ in range(4)],
    "q": [1, 2, 3, 4] * 4,
    "x": [30, 25, 22, 10, 9, 0, 4, 4, 1, 2, 3, None, 5, 6, 7, 8],
    "n": [90, 95, 99, 80, 20, 0, 10, 50, 9, 9, 9, 9, 4, 60, 70, 80],
}
BANDS = {
    "place": ["a", "a", "a", None, None, "c", "c"],
    "band": ["0-4", "5-14", "15+", "Under 15", "15 and over", "0-4", "15+"],
    "x": [4, 5, 6, 9, 8, 7, 30],
    "n": [90, 80, 300, 200, 400, 100, 0],
}
SERIES = {
    "place": ["a", "a", "a", "a", None, None, None, "d"],
    "on": [dt.date(2026, month, 1) for month in (1, 4, 2, 3, 1, 3, 2, 1)],
    "y": [1.0, 2.0, 4.0, None, 3.0, 8.0, math.nan, 2.0],
}
PEOPLE = {
    "place": [place for place in ("a", None, "c") for _ in range(8)],
    "y": [3, 5, 4, 8, 9, 7, 6, 1, 2, 2, 5, 0, 0, 4, 4, 9, 1, 1, 1, 1, None, 1, 1, 1],
    "rank": [1, 2, 2, 3, 4, 4, 5, 1] * 3,
    "w": [1.5, 2.0, 0.5, 0.0, 1.0, 3.0, 1.0, 1.0] * 3,
    "stratum": ["n", "n", "n", "n", "s", "s", "s", "s"] * 3,
    "practice": [f"practice {n // 2}" for n in range(24)],
    "age": [30, 41, 52, 36, 47, 68, 29, 30] * 3,
    "year": [2024, 2025] * 12,
}
TWO_YEARS = {
    "place": ["a"] * 4 + [None] * 4,
    "group": ["young", "old"] * 4,
    "year": [2024, 2024, 2025, 2025] * 2,
    "n": [90, 80, 70, 60, 50, 0, 50, 50],
    "x": [10, 20, 30, 40, 10, 0, 10, 10],
}
SURVEY = {"stratum": "stratum", "cluster": "practice", "weight": "w"}
LIVES = {
    "place": ["a", "a", "a", None, None, "c", "c"],
    "band": ["0-44", "45-74", "75+", "Under 65", "65 and over", "0-44", "75+"],
    "x": [40, 50, 600, 90, 800, 7, 30],
    "n": [9000, 8000, 6000, 20000, 9000, 100, 90],
}
EXPECTED = pa.table(
    {
        "age_band": ["0-44", "45-64", "65-74", "75+"],
        "events": [1, 2, 3, 9],
        "population": [9, 8, 7, 6],
    }
)
INDEX = {"definition": "ohid", "events": "x"}
ASKED: list[tuple[Any, dict[str, Any], tuple[str, ...], dict[str, Any]]] = [
    (statistics.proportion, COUNTS, ("x", "n"), {"levels": (0.95, 0.998)}),
    (statistics.rate, COUNTS, ("x", "n"), {}),
    (statistics.mean, VALUES, (), {"value": "y"}),
    (statistics.ratio_of_sums, VALUES, ("y", "x"), {"scale": "log"}),
    (statistics.directly_standardised_rate, BANDS, ("x", "n"), {"age_band": "band"}),
    (statistics.life_expectancy, LIVES, ("x", "n"), {"age_band": "band"}),
    (statistics.quantile_groups, GROUPS, ("x",), {"quantiles": 4}),
    (statistics.slope_index_of_inequality, GROUPS, ("q", "n"), {**INDEX, "scale": "logit"}),
    (statistics.relative_index_of_inequality, GROUPS, ("q", "n"), {**INDEX}),
    (statistics.xmr, SERIES, ("y", "on"), {"rebase": dt.date(2026, 4, 1)}),
    (statistics.control_chart, SERIES, ("y", "on"), {"chart": "c"}),
    (statistics.intersections, GROUPS, ("x", "n"), {"strata": ["q", "place"]}),
    (statistics.funnel, COUNTS, ("x", "n"), {"kind": "proportion"}),
    (statistics.absolute_gap, GROUPS, ("q", "x", "n"), {}),
    (
        statistics.relative_concentration_index,
        PEOPLE,
        ("y", "rank"),
        {"definition": "standard", **SURVEY},
    ),
    (statistics.between_group_variance, GROUPS, ("x", "n"), {"standard_error": "q"}),
]
# The same families again, by their other ways.
AGAIN: list[tuple[Any, dict[str, Any], tuple[str, ...], dict[str, Any]]] = [
    (statistics.rate, COUNTS, ("x", "n"), {"levels": ()}),
    (statistics.rate, {**COUNTS, "times": [2] * 8}, ("x", "n"), {"frequency": "times"}),
    (
        statistics.indirectly_standardised_ratio,
        LIVES,
        ("x", "n"),
        {"age_band": "band", "reference": EXPECTED},
    ),
    (statistics.ratio_of_sums, VALUES, ("y", "x"), {"person": "x"}),
    (statistics.slope_index_of_inequality, GROUPS, ("q", "n"), {**INDEX, "error_scale": "log"}),
    (
        statistics.relative_index_of_inequality,
        GROUPS,
        ("q", "n"),
        {**INDEX, "error_scale": "logit", "lowest_rank": "least_deprived"},
    ),
    (statistics.relative_gap, GROUPS, ("q", "x", "n"), {"ends_of": "group"}),
    (
        statistics.slope_index_of_inequality,
        GROUPS,
        ("q", "n"),
        {"definition": "who_logit", "events": "x"},
    ),
    (
        statistics.slope_index_of_inequality,
        PEOPLE,
        ("rank", "w"),
        {"definition": "linear", "value": "y", "stratum": "stratum"},
    ),
    (
        statistics.slope_index_of_inequality,
        GROUPS,
        ("q", "n"),
        {**INDEX, "limits": "simulation", "draws": 200},
    ),
    (
        statistics.absolute_concentration_index,
        GROUPS,
        ("x", "q"),
        {"definition": "symmetric", "weight": "n"},
    ),
    (statistics.gini_coefficient, PEOPLE, ("y",), SURVEY),
    (statistics.theil_index, PEOPLE, ("y",), SURVEY),
    (statistics.mean_log_deviation, GROUPS, ("x",), {"standard_error": "q", "zeros_as": 0.1}),
    (
        statistics.mean_difference_from_best,
        GROUPS,
        ("x", "n"),
        {
            "definition": "population",
            "better": "lower",
            "standard_error": "q",
            "limits": "simulation",
            "draws": 200,
        },
    ),
    (
        statistics.population_attributable_fraction,
        GROUPS,
        ("n",),
        {"events": "x", "definition": "best_group", "better": "lower"},
    ),
    (
        statistics.relative_range,
        GROUPS,
        ("x",),
        {"definition": "extremes", "standard_error": "q"},
    ),
    (
        statistics.decomposed_concentration_index,
        PEOPLE,
        ("y", "rank", ["age"]),
        {"definition": "relative", **SURVEY},
    ),
    (
        statistics.decomposed_change_in_concentration_index,
        PEOPLE,
        ("y", "rank", ["age"]),
        {"date": "year"},
    ),
    (
        statistics.decomposed_change_in_mean,
        TWO_YEARS,
        ("group", "n"),
        {"date": "year", "events": "x"},
    ),
]


@pytest.mark.parametrize(
    ("statistic", "data", "columns", "named"),
    [*ASKED, *[pytest.param(*asked, marks=pytest.mark.soak) for asked in AGAIN]],
)
def test_every_engine_gives_the_same(
    engine: Engine,
    statistic: Any,
    data: dict[str, Any],
    columns: tuple[str, ...],
    named: dict[str, Any],
) -> None:
    table = pa.table(data)
    rows = engine.to_arrow(statistic(engine.table(table), *columns, by=["place"], **named))
    plain = connect()
    expected = plain.to_arrow(statistic(plain.table(table), *columns, by=["place"], **named))
    assert rows.column_names == expected.column_names
    assert {"ok"} < {*rows.column("status").to_pylist()}
    for one, other in zip(rows.to_pylist(), expected.to_pylist(), strict=True):
        for name, value in one.items():
            if isinstance(value, float) and other[name] is not None:
                assert math.isclose(value, other[name], rel_tol=1e-12, abs_tol=1e-12), name
            else:
                assert value == other[name], name
