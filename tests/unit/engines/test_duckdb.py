from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fairpractice.engines import duckdb


ROWS = (
    "SELECT i, CASE WHEN i % 3 = 0 THEN NULL ELSE 'word ' || (i % 5) END AS word, "
    "'name ' || i AS name, NULL::VARCHAR AS nothing FROM range(1000) t(i)"
)


def test_repeated_words_become_numbers_and_are_read_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(duckdb, "LONG", 500)
    monkeypatch.setattr(duckdb, "FEW_WORDS", 20)
    engine = duckdb.connect()
    worded = engine.worded(ROWS)
    types = {name: kind for name, kind, *_ in engine.execute(f"DESCRIBE {worded}")}
    assert types["word"].startswith("ENUM")
    assert types["name"] == types["nothing"] == "VARCHAR"
    engine.copy_to_parquet(f"SELECT * FROM ({worded}) ORDER BY i DESC", tmp_path / "a.parquet")
    assert pq.read_schema(tmp_path / "a.parquet").field("word").type == "string"
    again = engine.execute(f"SELECT * FROM '{tmp_path / 'a.parquet'}' ORDER BY i")
    assert again == engine.execute(f"{ROWS} ORDER BY i")


def test_a_short_table_is_left_as_it_is() -> None:
    assert duckdb.connect().worded(ROWS) == ROWS


def test_what_passes_through_is_the_same_rows(tmp_path: Path) -> None:
    engine = duckdb.connect()
    engine.copy_to_parquet(ROWS, tmp_path / "a.parquet", passing=True)
    again = engine.execute(f"SELECT * FROM '{tmp_path / 'a.parquet'}' ORDER BY i")
    assert again == engine.execute(f"{ROWS} ORDER BY i")
