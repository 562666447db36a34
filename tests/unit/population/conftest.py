"""An engine, and small publishers' files made as they are needed."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from fairpractice.engines.duckdb import DuckDB, connect


@pytest.fixture(scope="session")
def engine() -> DuckDB:
    return connect(threads=1)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a CSV file: ``write("x.csv", ["a", "b"], rows)``."""

    def make(name: str, heading: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([heading, *rows])
        return path

    return make
