"""No data raise, whatever they hold: rates, gaps, life tables, funnels and control charts."""

import datetime as dt
import math
import random
from typing import Any

import pyarrow as pa
import pytest

from fairpractice import statistics


TAME = [0.0, 1.0, 2.0, 7.0, 9.0, 10.0, 30.0, 1e9]
WILD = [*TAME, None, math.nan, math.inf, -math.inf, -1.0, 0.25, 1e59, 1e300]
LABELS: dict[str, tuple[list[Any], pa.DataType]] = {
    "often": ([1, 2, 3, None], pa.int64()),
    "place": (["a", "b", None], pa.string()),
    "other": (["u", "v", None], pa.string()),
    "band": (["0-4", "5-14", "15+", "90+", "junk", None], pa.string()),
    "age": ([0, 1, 5, 15, 65, None], pa.int64()),
    "fifth": ([1, 2, 3, None], pa.int64()),
    "on": ([dt.date(2026, 1, 1), dt.date(2026, 2, 1), dt.date(2026, 3, 1), None], pa.date32()),
}
NUMBERS = ("x", "n", "w", "reference_x", "reference_n")
BY: dict[str, Any] = {"by": ["place"]}
REFERENCE = {"reference_events": "reference_x", "reference_population": "reference_n"}
ASKED: list[tuple[str, tuple[str, ...], dict[str, Any]]] = [
    ("proportion", ("x", "n"), BY),
    ("rate", ("x", "n"), BY),
    ("rate", ("x", "n"), {"frequency": "often", **BY}),
    ("mean", (), {"value": "x", **BY}),
    ("ratio_of_sums", ("x", "n"), {"scale": "logit", **BY}),
    ("ratio_of_sums", ("x", "n"), {"scale": "log", "person": "other", **BY}),
    ("directly_standardised_rate", ("x", "n"), {"age_band": "band", **BY}),
    ("directly_standardised_rate", ("x", "n"), {"standard_population": "w", **BY}),
    ("indirectly_standardised_ratio", ("x", "n"), {**REFERENCE, **BY}),
    ("indirectly_standardised_rate", ("x", "n"), {**REFERENCE, **BY}),
    ("life_expectancy", ("x", "n"), {"age_band": "age", "people_over": 0, **BY}),
    ("life_expectancy", ("x", "n"), {"age_band": "band", "widest": None, **BY}),
    (
        "healthy_life_expectancy",
        ("x", "n"),
        {"age_band": "age", "healthy": "w", "asked": "n", "people_over": 0, **BY},
    ),
    ("quantile_groups", ("x",), {"quantiles": 4, **BY}),
    ("absolute_gap", ("fifth", "x", "n"), BY),
    ("relative_gap", ("fifth",), {"value": "x", "standard_error": "w", **BY}),
    ("xmr", ("x", "on"), BY),
    ("xmr_summary", ("x", "on"), BY),
    *[("control_chart", ("x", "on"), {"chart": chart, **BY}) for chart in ("run", "c", "g", "t")],
    ("control_chart", ("x", "on"), {"chart": "xbar", **BY}),
    ("control_chart", ("x", "on"), {"chart": "p'", "denominator": "n", **BY}),
    ("funnel", ("x", "n"), {"kind": "proportion", **BY}),
    ("funnel", ("x", "n"), {"kind": "ratio", "overdispersion": "winsorised", **BY}),
    ("funnel_lines", ("x", "n"), {"kind": "rate", **BY}),
    ("intersections", ("x", "n"), {"strata": ["place", "other"]}),
    ("intersections_summary", ("x", "n"), {"strata": ["place", "other"], "by": ["fifth"]}),
]


def tables() -> list[pa.Table]:
    draw = random.Random(20261123)
    found = []
    for rows, numbers in [(0, WILD), (1, TAME), (1, WILD), (3, WILD), (8, WILD), (12, TAME)] * 2:
        columns = {
            name: pa.array([draw.choice(numbers) for _ in range(rows)], pa.float64())
            for name in NUMBERS
        }
        columns |= {
            name: pa.array([draw.choice(values) for _ in range(rows)], kind)
            for name, (values, kind) in LABELS.items()
        }
        found.append(pa.table(columns))
    return found


@pytest.mark.parametrize(
    ("name", "columns", "named"), ASKED, ids=[f"{n}-{asked[0]}" for n, asked in enumerate(ASKED)]
)
def test_no_data_raise(name: str, columns: tuple[str, ...], named: dict[str, Any]) -> None:
    for table in tables():
        for row in getattr(statistics, name)(table, *columns, **named).to_pylist():
            for column, value in row.items():
                given = column in table.column_names
                assert given or not isinstance(value, float) or math.isfinite(value)
            if row.get("status") not in (None, "ok", "no_limits"):
                assert row.get("lower") is None or name in ("xmr", "control_chart")
                assert row["reason"]
