"""Ask a statistic of a few columns, and check what holds of every answer."""

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

import pyarrow as pa

from fairpractice.engines.duckdb import DuckDB, connect


Rows = list[dict[str, Any]]


@functools.cache
def engine() -> DuckDB:
    return connect(threads=1)


def ask(statistic: Callable[..., Any], data: Mapping[str, Any], *args: Any, **kwargs: Any) -> Rows:
    """Return the rows of a statistic of some columns, having checked what holds of every row."""
    rows: Rows = statistic(pa.table(dict(data)), *args, **kwargs).to_pylist()
    for row in rows:
        check(row)
    return rows


def check(row: dict[str, Any]) -> None:
    """Check what holds of every row of every statistic."""
    for value in row.values():
        assert not isinstance(value, float) or math.isfinite(value)
    assert (row["reason"] is None) == (row["status"] == "ok")
    assert (row["value"] is None) == (row["status"] not in ("ok", "no_limits"))
    limits = (row["lower"], row["upper"])
    if row["status"] != "ok" or row["confidence"] is None:
        assert limits == (None, None)
    else:
        trifle = 1e-9 * max(1.0, *map(abs, limits))
        assert row["lower"] - trifle <= row["value"] <= row["upper"] + trifle
