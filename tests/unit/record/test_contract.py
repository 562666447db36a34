"""What breaks a contract, found by the engine and by a plain reading of the contract alike."""

import datetime as dt
from collections import defaultdict
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.engines.duckdb import connect
from fairpractice.identifiers import SHAPES
from fairpractice.record.contract import Table, breaks_sql, unwritten
from fairpractice.record.tables import TABLES


ENGINE = connect(threads=1)
DAYS = [dt.date(2026, 1, 1), dt.date(2026, 2, 1)]
# Texts that fit some columns and not others.
TEXTS = ["female", "Y00001", "E01000001", "lsoa_2021", "attended", "debt", "9990000018", "nonsense"]


def _values(kind: str) -> st.SearchStrategy[Any]:
    return {
        "int64": st.integers(1, 3),
        "int32": st.integers(1, 3),
        "float64": st.sampled_from([0.0, 1.5]),
        "string": st.sampled_from(TEXTS),
        "date": st.sampled_from(DAYS),
    }[kind]


@st.composite
def _rows(draw: st.DrawFn, table: Table) -> list[dict[str, Any]]:
    usual = {
        column.name: draw(
            st.sampled_from(column.allowed) if column.allowed else _values(column.kind)
        )
        for column in table.columns
    }
    changes = st.dictionaries(st.sampled_from(list(usual)), st.none(), max_size=2) | st.tuples(
        st.sampled_from(table.columns)
    ).flatmap(lambda c: _values(c[0].kind).map(lambda value: {c[0].name: value}))
    rows = [{**usual, **draw(changes)} for _ in range(draw(st.integers(1, 6)))]
    return [{**row, "source_file": "f", "source_row": n} for n, row in enumerate(rows)]


def _plainly(table: Table, rows: list[dict[str, Any]]) -> set[tuple[int, str]]:
    """Return the line and field of each break, by reading the contract."""
    found = set()
    for row in rows:
        for column in table.columns:
            value = row[column.name]
            if value is None:
                wrong = column.required
            else:
                wrong = bool(column.allowed) and value not in column.allowed
                if column.shape:
                    shape = SHAPES[column.shape]
                    wrong = wrong or shape.normalise(value) != value or bool(shape.problem(value))
            if wrong:
                found.add((row["source_row"], column.name))
    said = defaultdict(set)
    for row in rows:
        key = tuple(row[name] for name in table.key)
        said[key].add(tuple(row[name] for name in table.column_names))
    for row in rows:
        if len(said[tuple(row[name] for name in table.key)]) > 1:
            found.add((row["source_row"], table.key[-1]))
    return found


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
@settings(max_examples=25)
@given(data=st.data())
def test_the_engine_finds_what_breaks_the_contract(table, data):
    rows = data.draw(_rows(table))
    schema = pa.schema([table.schema().field(name) for name in unwritten(table)])
    relation = ENGINE.table(pa.Table.from_pylist(rows, schema))
    found = ENGINE.execute(breaks_sql(table, relation.get_name()))
    assert {(line, field) for _, line, field, _, _ in found} == _plainly(table, rows)
    assert all(reason for *_, reason in found)
    ENGINE.release(relation)


def test_a_break_is_said_with_its_value_and_reason():
    rows = [{"patient_id": 1, "sex": "x", "source_file": "p.csv", "source_row": 7}]
    table = TABLES["patient"]
    schema = pa.schema([table.schema().field(name) for name in unwritten(table)])
    relation = ENGINE.table(pa.Table.from_pylist(rows, schema))
    assert ENGINE.execute(breaks_sql(table, relation.get_name())) == [
        ("p.csv", 7, "sex", "x", "is not one of female, male, indeterminate")
    ]


def test_a_key_is_of_the_tables_own_columns_and_decides_the_order_on_disk():
    for table in TABLES.values():
        names = table.column_names
        assert set(table.key) <= set(names)
        assert {table.date, table.practice} - {""} <= set(names)
        assert table.sorted_by[0] == names[0] == "patient_id"
        with pytest.raises(KeyError, match="has no column 'shoe_size'"):
            table.column("shoe_size")


def test_a_long_file_is_written_in_order(tmp_path):
    import pyarrow.parquet as pq

    file = tmp_path / "long.parquet"
    engine = connect(memory_limit="200MB", threads=2)
    sql = "SELECT hash(i) % 1000 AS k, i FROM range(300000) t(i) ORDER BY k, i"
    engine.copy_to_parquet(sql, file, row_group_size=8192)
    rows = pq.ParquetFile(file).read()
    assert rows.equals(rows.sort_by([("k", "ascending"), ("i", "ascending")]))
    assert rows.num_rows == 300_000
