"""Disclosure control knows every number that the statistics give, or refuses it with what to do."""

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from fairpractice import statistics
from fairpractice.cli.stats import statistics as of_a_table
from fairpractice.errors import FairpracticeError
from fairpractice.statistics import protect
from fairpractice.statistics.disclosure.columns import COUNTS, DERIVED, FACTS, OF_PROTECTED
from tests.unit.statistics.test_any_data import ASKED as OF_INEQUALITY
from tests.unit.statistics.test_any_data import table
from tests.unit.statistics.test_every_engine import AGAIN, ASKED, GROUPS, LIVES, SERIES
from tests.unit.statistics.test_every_engine import COUNTS as PLACES


ROWS = table(
    [
        {
            **dict.fromkeys(("x", "se", "w", "z"), 1.0), "y": n % 3, "n": 9.0, "rank": n % 3 + 1,
            "place": "a", "group": "ab"[n % 2], "stratum": "a", "cluster": "ab"[n % 2],
            "year": 2024 + n % 2, "first": n == 0,
        }
        for n in range(12)
    ]
)  # fmt: skip
EVERY: list[tuple[Any, Any, tuple[str, ...], dict[str, Any]]] = [
    *ASKED,
    *AGAIN,
    *[(getattr(statistics, name), ROWS, (), named) for name, named in OF_INEQUALITY],
    (statistics.funnel_lines, PLACES, ("x", "n"), {"kind": "proportion"}),
    (statistics.intersections_summary, GROUPS, ("x", "n"), {"strata": ["q", "place"]}),
    (statistics.xmr_summary, SERIES, ("y", "on"), {}),
    (statistics.healthy_life_expectancy, LIVES, ("x", "n"), {"age_band": "band", "healthy": "n"}),
    (
        statistics.indirectly_standardised_rate,
        GROUPS,
        ("x", "n"),
        {"reference_events": "x", "reference_population": "n"},
    ),
]
KNOWN = {*COUNTS, *DERIVED, *FACTS}
CHARTS = {
    "funnel", "funnel_lines", "xmr", "xmr_summary", "control_chart", "intersections",
    "intersections_summary",
}  # fmt: skip
"""Numbers of charts and models, which are made of counts that have been protected before."""


def test_every_statistic_is_tried() -> None:
    tried = {function.__name__ for function, *_ in EVERY} | {"protect"}
    assert {name.replace("-", "_") for name in of_a_table()} <= tried


@pytest.mark.parametrize(
    ("statistic", "data", "columns", "named"), EVERY, ids=[f.__name__ for f, *_ in EVERY]
)
def test_every_number_of_a_statistic_is_known_to_the_control(
    statistic: Any, data: Any, columns: tuple[str, ...], named: dict[str, Any]
) -> None:
    rows = data if isinstance(data, pa.Table) else pa.table(data)
    given = {*rows.column_names} - (set() if statistic.__name__ in CHARTS else KNOWN)
    found = statistic(rows, *columns, by=["place"], **named)
    numbers = {
        field.name
        for field in found.schema
        if pa.types.is_integer(field.type) or pa.types.is_floating(field.type)
    } - given
    if statistic.__name__ in CHARTS:
        assert numbers & {*OF_PROTECTED}
        with pytest.raises(FairpracticeError, match="Protect the counts"):
            protect(found, by=[name for name in found.column_names if name in given])
    else:
        assert numbers - {"age"} <= KNOWN


def test_ratios_to_the_expected_are_made_again_from_the_rounded_count() -> None:
    rows = {"place": ["A", "B"], "x": [23, 4], "n": [100.0, 90.0], "rx": [9, 9], "rn": [60, 60]}
    for statistic in (
        statistics.indirectly_standardised_ratio,
        statistics.indirectly_standardised_rate,
    ):
        settings = {"reference_events": "rx", "reference_population": "rn", "by": ["place"]}
        exact = statistic(pa.table(rows), "x", "n", **settings)
        wanted = statistic(pa.table({**rows, "x": [25, 5]}), "x", "n", **settings).to_pylist()[0]
        first, second = protect(exact, by=["place"]).to_pylist()
        assert first == {name: pytest.approx(wanted[name]) for name in wanted}
        assert second["status"] == "hidden"
        assert {second[name] for name in ("observed", "expected", "value", "lower")} == {None}


def test_a_life_table_is_not_published_whole() -> None:
    bands = [0, 1, *range(5, 95, 5)]
    lives = pd.DataFrame({"age": bands, "x": range(10, 1010, 50), "n": [9000] * 20})
    asked: dict[str, Any] = {"age_band": "age", "ages": [0, 65]}
    found = statistics.life_expectancy(lives, "x", "n", **asked)
    assert protect(found, by=["age"])["status"].tolist() == ["ok", "ok"]
    found = statistics.life_expectancy(lives, "x", "n", age_band="age")
    with pytest.raises(FairpracticeError, match="ages 0 and 1"):
        protect(found, by=["age"])


def test_numbers_that_rest_on_no_count_are_refused_unless_vouched_for() -> None:
    groups = pa.table({"g": ["a", "b", "c"], "y": [0.1, 0.2, 0.4], "se": [0.01, 0.01, 0.02]})
    found = statistics.absolute_range(groups, "y", standard_error="se", definition="extremes")
    with pytest.raises(FairpracticeError, match="how many people"):
        protect(found, by=[])
    assert protect(found, by=[], counts=())["status"].to_pylist() == ["ok"]
