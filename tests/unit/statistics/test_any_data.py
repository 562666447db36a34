"""No data raise, whatever they hold: every measure of inequality is asked of awkward tables."""

import math
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice import statistics
from tests.unit.statistics.asking import check


NUMBERS = [
    None,
    math.nan,
    math.inf,
    -math.inf,
    -1.0,
    0.0,
    0.25,
    0.5,
    1.0,
    2.0,
    7.0,
    1e9,
    1e59,
    1e300,
]
TAME = [0.0, 0.25, 0.5, 1.0, 2.0, 7.0, 1e9]
WORDS = ["a", "b", None]
ROW = st.fixed_dictionaries(
    {
        **{
            name: st.sampled_from([*TAME * 4, *NUMBERS]) for name in ("y", "n", "x", "se", "w", "z")
        },
        "rank": st.sampled_from([1.0, 2.0, 3.0, None]),
        **{name: st.sampled_from(WORDS) for name in ("place", "group", "stratum", "cluster")},
        "year": st.sampled_from([2024, 2025]),
        "first": st.booleans(),
    }
)
KINDS = {
    **dict.fromkeys(("y", "n", "x", "se", "w", "z", "rank"), pa.float64()),
    **dict.fromkeys(("place", "group", "stratum", "cluster"), pa.string()),
    "year": pa.int64(),
    "first": pa.bool_(),
}
SURVEY = {"weight": "w", "stratum": "stratum", "cluster": "cluster"}
BOUNDS = {"lowest": 0, "highest": 7}
SPREAD = {"value": "y", "population": "n", "standard_error": "se"}
ASKED: list[tuple[str, dict[str, Any]]] = [
    *[
        (name, {"rank": "rank", "population": "n", "definition": definition, **more})
        for name in ("slope_index_of_inequality", "relative_index_of_inequality")
        for definition, more in [
            ("ohid", {"events": "x"}),
            ("ohid", {"value": "y", "standard_error": "se", "error_scale": "log"}),
            ("ohid", {"value": "y", "standard_error": "se", "scale": "logit"}),
            ("scotpho", {"value": "y"}),
            ("who_logit", {"events": "x", "limits": "binomial"}),
            ("who_logit", {"value": "y", "stratum": "stratum", "cluster": "cluster"}),
            ("linear", {"value": "y"}),
            ("healthequal_logit", {"value": "y", "whole": 100}),
        ]
    ],
    *[
        ("relative_concentration_index", {"value": "y", "rank": "rank", "definition": d, **more})
        for d, more in [
            ("standard", SURVEY),
            ("standard", {"standard_error": "se"}),
            ("standard", {"errors": "delta", "covariance": "sample", "weight": "w"}),
            ("standard", {"errors": "kakwani"}),
            ("wagstaff", BOUNDS),
            ("modified", {"lowest": 0}),
            ("symmetric", {"aversion": 1.5}),
        ]
    ],
    *[
        ("absolute_concentration_index", {"value": "y", "rank": "rank", "definition": d, **more})
        for d, more in [("standard", SURVEY), ("erreygers", BOUNDS), ("extended", {"aversion": 4})]
    ],
    ("gini_coefficient", {"value": "y", **SURVEY}),
    ("theil_index", {"value": "y", **SURVEY}),
    ("theil_index", {"value": "y", "standard_error": "se"}),
    ("mean_log_deviation", {"value": "y", "weight": "w"}),
    ("mean_log_deviation", {"value": "y", "standard_error": "se", "zeros_as": 1e-6}),
    ("between_group_variance", SPREAD),
    ("between_group_standard_deviation", SPREAD),
    ("coefficient_of_variation", SPREAD),
    ("index_of_disparity", {"definition": "equal", "mean": "z", **SPREAD}),
    ("mean_difference_from_mean", {"definition": "population", **SPREAD}),
    ("mean_difference_from_best", {"definition": "equal", "better": "lower", **SPREAD}),
    ("mean_difference_from_reference", {"definition": "equal", "reference": "first", **SPREAD}),
    ("absolute_range", {"value": "y", "standard_error": "se", "definition": "extremes"}),
    (
        "relative_range",
        {
            "value": "y",
            "standard_error": "se",
            "definition": "reference",
            "reference": "first",
            "better": "lower",
        },
    ),
    *[
        (name, {"population": "n", "better": "higher", **more})
        for name in ("population_attributable_risk", "population_attributable_fraction")
        for more in [
            {"events": "x", "definition": "best_group"},
            {
                "value": "y",
                "definition": "least_deprived_group",
                "rank": "rank",
                "limits": "two_by_two",
            },
        ]
    ],
    (
        "decomposed_concentration_index",
        {"value": "y", "rank": "rank", "factors": ["x", "z"], "definition": "relative", **SURVEY},
    ),
    (
        "decomposed_change_in_concentration_index",
        {"value": "y", "rank": "rank", "factors": ["x"], "date": "year"},
    ),
    (
        "decomposed_change_in_mean",
        {"group": "group", "population": "n", "date": "year", "events": "x"},
    ),
    (
        "decomposed_change_in_mean",
        {
            "group": "group",
            "population": "n",
            "date": "year",
            "value": "y",
            "standard_error": "se",
        },
    ),
    (
        "difference_between_groups",
        {"group": "group", "reference": "a", "value": "y", "standard_error": "se"},
    ),
]


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.table({name: pa.array([r[name] for r in rows], KINDS[name]) for name in KINDS})


@pytest.mark.parametrize(
    ("name", "named"), ASKED, ids=[f"{n}-{name}" for n, (name, _) in enumerate(ASKED)]
)
@settings(max_examples=4)
@given(rows=st.lists(ROW, max_size=8), by=st.sampled_from([(), ("place",)]))
def test_no_data_raise(
    name: str, named: dict[str, Any], rows: list[dict[str, Any]], by: tuple[str, ...]
) -> None:
    found = getattr(statistics, name)(table(rows), **named, by=by)
    for row in found.to_pylist():
        check(row)


@pytest.mark.parametrize(
    ("name", "named"), ASKED, ids=[f"{n}-{name}" for n, (name, _) in enumerate(ASKED)]
)
def test_no_rows_give_no_value(name: str, named: dict[str, Any]) -> None:
    for row in getattr(statistics, name)(table([]), **named).to_pylist():
        assert row["value"] is None
    assert getattr(statistics, name)(table([]), **named, by=("place",)).num_rows == 0
