"""The few verbs of an engine, on each engine."""

import datetime as dt
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fairpractice.engines import Engine


SCHEMA = pa.schema(
    [
        ("number", pa.int64()),
        ("small", pa.int32()),
        ("value", pa.float64()),
        ("text", pa.string()),
        ("day", pa.date32()),
    ]
)
ROWS = [
    {"number": 2**60 - 1, "small": -1, "value": 0.1, "text": "é–x'\"", "day": dt.date(2024, 2, 29)},
    {"number": -1, "small": 2**31 - 1, "value": -0.0, "text": "", "day": dt.date(1880, 1, 1)},
    {"number": None, "small": None, "value": None, "text": None, "day": None},
]


def test_a_table_comes_back_as_it_was_given(engine: Engine):
    given = pa.Table.from_pylist(ROWS, SCHEMA)
    answer = engine.to_arrow(engine.table(given))
    assert answer.schema.equals(SCHEMA)
    assert answer.to_pylist() == ROWS


def test_an_empty_table_keeps_its_types(engine: Engine):
    answer = engine.to_arrow(engine.table(SCHEMA.empty_table()))
    assert answer.schema.equals(SCHEMA)
    assert answer.num_rows == 0


def test_parquet_files_are_one_table(engine: Engine, tmp_path: Path):
    folder = tmp_path / "a folder, it's one"
    folder.mkdir()
    files = [folder / f"{number}.parquet" for number in range(len(ROWS))]
    for file, row in zip(files, ROWS, strict=True):
        pq.write_table(pa.Table.from_pylist([row], SCHEMA), file)
    answer = engine.to_arrow(engine.read_parquet(files).order_by(ibis._.number.isnull(), "number"))
    assert answer.schema.equals(SCHEMA)
    assert answer.to_pylist() == [ROWS[1], ROWS[0], ROWS[2]]


def test_what_is_kept_outlives_its_source_until_released(engine: Engine, tmp_path: Path):
    file = tmp_path / "rows.parquet"
    pq.write_table(pa.Table.from_pylist(ROWS, SCHEMA), file)
    kept = engine.cache(engine.read_parquet([file]).filter(ibis._.number.notnull()))
    file.unlink()
    assert engine.to_arrow(kept.count().name("n").as_table()).to_pylist() == [{"n": 2}]
    engine.release(kept)
    with pytest.raises(Exception, match=kept.op().name):
        engine.to_arrow(kept.select("text"))


def test_kept_tables_do_not_disturb_each_other(engine: Engine):
    numbers = engine.table(pa.table({"n": [1, 2, 3]}))
    odd = engine.cache(numbers.filter(ibis._.n % 2 == 1))
    same = engine.cache(numbers.filter(ibis._.n % 2 == 1))
    engine.release(odd)
    assert sorted(engine.to_arrow(same)["n"].to_pylist()) == [1, 3]
    engine.release(same)


def test_a_table_that_an_expression_carries(engine: Engine):
    carried = ibis.memtable(pa.Table.from_pylist(ROWS, SCHEMA))
    given = engine.table(pa.Table.from_pylist(ROWS, SCHEMA))
    joined = given.semi_join(carried, ["number", "small", "day"])
    assert {row["number"] for row in engine.to_arrow(joined).to_pylist()} == {-1, 2**60 - 1}
    assert engine.to_arrow(engine.cache(joined)).num_rows == 2
