import datetime as dt
import multiprocessing
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from fairpractice.engines.duckdb import LONG, connect, shared
from fairpractice.statistics import directly_standardised_rate, proportion, rate
from fairpractice.statistics.any_table import on_any_table
from tests.unit.statistics.test_every_engine import AGAIN, ASKED


@pytest.mark.parametrize(("statistic", "data", "columns", "named"), [*ASKED, *AGAIN])
def test_a_query_made_for_other_rows_gives_what_it_gives_anew(
    statistic: Any, data: dict[str, Any], columns: tuple[str, ...], named: dict[str, Any]
) -> None:
    table = pa.table(data)
    engine = connect()
    for rows in (table, table.slice(1), table.take(list(range(len(table)))[::-1])):
        again = statistic(rows, *columns, by=["place"], **named)
        anew = engine.to_arrow(statistic(engine.table(rows), *columns, by=["place"], **named))
        assert again.schema == anew.schema
        for one, other in zip(
            *(sorted(t.to_pylist(), key=str) for t in (again, anew)), strict=True
        ):
            assert one == pytest.approx(other, rel=1e-12)


def test_other_arguments_and_other_columns_are_other_questions() -> None:
    table = pa.table({"x": [3], "n": [10], "m": [20]})
    asked = [
        proportion(table, *columns, levels=levels, multiplier=multiplier)["value"].to_pylist()
        for columns in (("x", "n"), ("x", "m"))
        for levels in ([0.95], (0.95, 0.998))
        for multiplier in (1, 100)
    ]
    assert asked == [[0.3], [30.0], [0.3] * 2, [30.0] * 2, [0.15], [15.0], [0.15] * 2, [15.0] * 2]
    assert rate(table, "x", "n", multiplier=1).column_names == [
        *("m", "events", "population", "value", "confidence", "lower", "upper", "multiplier"),
        *("method", "status", "reason"),
    ]
    wide = pa.table({"x": [3.0], "n": [10], "m": [20]})
    assert rate(wide, "x", "n").schema.field("events").type == pa.float64()


def test_a_table_among_the_arguments_is_compared_by_what_is_in_it() -> None:
    data = pd.DataFrame({"age": ["0-64", "65+"], "x": [10, 30], "n": [1000, 200]})
    standard = pd.DataFrame({"age_band": ["0-64", "65+"], "population": [1, 1]})
    rates = []
    for old in (1, 3):
        standard.loc[1, "population"] = old
        found = directly_standardised_rate(
            data, "x", "n", age_band="age", standard_population=standard, multiplier=1
        )
        rates.append(found["value"][0])
    assert rates == pytest.approx([(0.01 + 0.15) / 2, (0.01 + 3 * 0.15) / 4])


def test_a_function_that_reads_its_rows_is_called_every_time() -> None:
    calls = []

    @on_any_table
    def largest(data: Any, /, column: str) -> ir.Table:
        calls.append(column)
        return data.filter(data[column] == data[column].max().execute()).select(column)

    for values in ([1, 3], [7, 5]):
        (row,) = largest(pa.table({"v": values}), "v").to_pylist()
        assert row == {"v": max(values)}
    assert len(calls) == 3  # once to find out that it reads


def test_an_argument_that_cannot_be_compared_is_not() -> None:
    @on_any_table
    def more(data: Any, /, by: Any) -> ir.Table:
        return data.mutate(v=data.v + by.pop()).select("v")

    assert [more(pa.table({"v": [1]}), {n})["v"].to_pylist() for n in (1, 2)] == [[2], [3]]


def test_kinds_of_column_come_back_as_they_went() -> None:
    places = pd.Categorical(["b", "a"])
    frame = pd.DataFrame(
        {
            "place": places,
            "nothing": [None, None],
            "on": [dt.date(2026, 1, 31), None],
            "at": pd.to_datetime(["2026-01-31 12:00", "2026-07-31 12:00"]).tz_localize("UTC"),
            "x": [1, 2],
            "n": pd.array([4, None], dtype="Int64"),
        }
    )
    found = proportion(frame, "x", "n")
    assert found["place"].tolist() == ["b", "a"]
    assert found["at"].tolist() == frame["at"].tolist()
    assert found["on"].tolist() == [dt.date(2026, 1, 31), None]
    assert found["nothing"].isna().all()
    assert found["status"].tolist() == ["ok", "missing_input"]
    assert proportion(frame, "x", "nothing")["status"].tolist() == ["missing_input"] * 2
    assert proportion(frame, "x", "n", by=["nothing"])["status"].tolist() == ["missing_input"]


def test_many_may_ask_at_once() -> None:
    def ask(seed: int) -> bool:
        people = np.random.default_rng(seed).integers(10, 1000, 500)
        found = proportion(pd.DataFrame({"x": people // 2, "n": people}), "x", "n")
        return bool((found["denominator"] == people).all())

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(40)))


def _of_child(counts: dict[str, list[int]]) -> list[float]:
    return list(proportion(pa.table(counts), "x", "n")["value"].to_pylist())


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_forked_process_asks_its_own_engine() -> None:
    counts = {"x": [1], "n": [4]}
    assert _of_child(counts) == [0.25]
    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply_async(_of_child, (counts,)).get(30) == [0.25]


def test_the_engine_keeps_no_rows() -> None:
    proportion(pa.table({"x": [1], "n": [4]}), "x", "n")
    assert shared().execute("SELECT count(*) FROM duckdb_tables()") == [(0,)]
    assert shared().execute("SELECT count(*) FROM duckdb_views() WHERE NOT internal") == [(0,)]


def test_a_table_under_a_million_rows_is_asked_on_one_thread() -> None:
    def threads(rows: int) -> int:
        [(count,)] = shared(rows).execute("SELECT current_setting('threads')")
        return int(count)

    assert threads(LONG - 1) == 1
    assert threads(LONG) == len(os.sched_getaffinity(0))


def test_the_readers_own_options_are_left_alone() -> None:
    before = ibis.options.sql.fuse_selects
    rate(pa.table({"x": [1], "n": [4], "unseen": [0]}), "x", "n")
    assert ibis.options.sql.fuse_selects == before
