from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa
import pytest

from fairpractice.engines.duckdb import connect
from fairpractice.errors import FairpracticeError
from fairpractice.statistics import (
    STATUSES,
    absolute_gap,
    as_table,
    directly_standardised_rate,
    indirectly_standardised_ratio,
    life_expectancy,
    mean,
    proportion,
    rate,
    ratio_of_sums,
    relative_gap,
    relative_index_of_inequality,
    slope_index_of_inequality,
)
from tests.unit.statistics.asking import ask


DATA = {"place": ["b", "a", "c"], "x": [30, 2, 5], "n": [100, 50, 9]}
INDEX = {"events": "x", "definition": "ohid"}
EVERY_STATISTIC: list[tuple[Any, tuple[str, ...], dict[str, Any]]] = [
    (proportion, ("x", "n"), {}),
    (rate, ("x", "n"), {}),
    (mean, (), {"value": "x"}),
    (mean, ("x", "x", "n"), {}),
    (ratio_of_sums, ("x", "n"), {}),
    (directly_standardised_rate, ("x", "n"), {"standard_population": "n"}),
    (directly_standardised_rate, ("x", "n"), {"age_band": "q"}),
    (
        indirectly_standardised_ratio,
        ("x", "n"),
        {"reference_events": "x", "reference_population": "n"},
    ),
    (life_expectancy, ("x", "n"), {"age_band": "q", "people_over": 50, "ages": [0]}),
    (slope_index_of_inequality, ("q", "n"), INDEX),
    (slope_index_of_inequality, ("q", "n"), {**INDEX, "error_scale": "logit"}),
    (relative_index_of_inequality, ("q", "n"), {**INDEX, "error_scale": "log"}),
    (relative_index_of_inequality, ("q", "n"), {**INDEX, "scale": "logit"}),
    (absolute_gap, ("q", "x", "n"), {}),
    (relative_gap, ("q", "x", "n"), {}),
]


class Stream:
    """A table that is known only by the Arrow stream interface, as a polars data frame can be."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def test_each_kind_of_table_gives_the_same_rows_in_the_order_they_came() -> None:
    arrow = pa.table(DATA)
    frame = proportion(pd.DataFrame(DATA), "x", "n", levels=(0.9, 0.95))
    assert isinstance(frame, pd.DataFrame)
    assert frame["place"].tolist() == ["b", "b", "a", "a", "c", "c"]
    assert frame["confidence"].tolist() == [0.9, 0.95] * 3
    results = [proportion(given, "x", "n", levels=(0.9, 0.95)) for given in (arrow, Stream(arrow))]
    for result in results:
        assert isinstance(result, pa.Table)
        pd.testing.assert_frame_equal(result.to_pandas(), frame)


def test_ibis_in_is_ibis_out_and_nothing_has_run() -> None:
    unbound = ibis.table({"place": "string", "x": "int64", "n": "int64"}, name="not_there")
    for statistic in (proportion, rate):
        assert isinstance(statistic(unbound, "x", "n", by=["place"]), ir.Table)


def test_data_can_be_given_to_an_engine_first() -> None:
    engine = connect()
    table = as_table(pd.DataFrame(DATA), engine)
    assert engine.to_arrow(table).to_pydict() == DATA
    assert as_table(table) is table
    assert as_table(pa.table(DATA)).columns == tuple(DATA)


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(FairpracticeError, match="cannot read a list"):
        proportion([1, 2], "x", "n")


def test_counts_of_true_and_of_decimals_are_numbers() -> None:
    data = {"x": [True, False], "n": pa.array([1, 1]).cast(pa.decimal128(21, 2))}
    (row,) = ask(proportion, data, "x", "n", by=())
    assert (row["numerator"], row["value"]) == (1, 0.5)


@pytest.mark.parametrize(("statistic", "columns", "named"), EVERY_STATISTIC)
def test_group_columns_may_have_any_name_and_their_values_may_be_missing(
    statistic: Any, columns: tuple[str, ...], named: dict[str, Any]
) -> None:
    bands = ["0-9", "10+"] if "age_band" in named else [1, 2]
    data = {"q": bands * 2, "x": [20, 30, 10, 25], "n": [100, 200, 50, 80]}
    # Names that working columns have too, and one with a space and a quote in it.
    names = ["place", "band", "share", "z", "t", "k", "n0", 'a "name"', "y", "at", "by 0"]
    place = ["here", "here", None, None]
    rows = ask(statistic, {**data, **dict.fromkeys(names, place)}, *columns, **named, by=names)
    assert [[row[name] for name in names] for row in rows] == [
        ["here"] * len(names),
        [None] * len(names),
    ]
    plainly = ask(statistic, {**data, "only": place}, *columns, **named, by=["only"])
    for row, plain in zip(rows, plainly, strict=True):
        assert {**plain, **row} == {**row, "only": plain["only"]}


@pytest.mark.parametrize(("statistic", "columns", "named"), EVERY_STATISTIC)
def test_every_status_is_among_those_explained(
    statistic: Any, columns: tuple[str, ...], named: dict[str, Any]
) -> None:
    bands = ["0-9", "10+"] if "age_band" in named else [1, 2]
    strange = [None, 0.0, -3.0, float("inf"), float("nan"), 1e300, 5e-324, 7.5, 1e9]
    pairs = [(a, b) for a in strange for b in strange]
    data = {
        "p": [i for i in range(len(pairs)) for _ in (1, 2)],
        "q": bands * len(pairs),
        "x": [value for a, b in pairs for value in (a, 3.0)],
        "n": [value for a, b in pairs for value in (b, 9.0)],
    }
    rows = ask(statistic, data, *columns, **named, by=["p"])
    assert len(rows) == len(pairs)
    assert {row["status"] for row in rows} <= {*STATUSES}
    assert len({row["status"] for row in rows}) > 1
