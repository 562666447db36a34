"""From rows to cells: the engine adds rows up, NumPy works on the few that are left.

A statistic of inequality needs the people of each group at each rank once, however many they are.
Those sums are made by the engine; what follows is arithmetic over groups, which NumPy does for
all groups together in less time than a query for it takes to plan.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from fairpractice.statistics.arrays import Check, judged, tabled
from fairpractice.statistics.quantiles import normal_quantile
from fairpractice.statistics.tables import (
    LARGEST,
    any_missing,
    as_arrow,
    checked_levels,
    counted,
    keyed,
    log,
    number,
    on_any_table,
    out_of_range,
    real,
    require,
    sheltered,
)


Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Limits = Callable[[float, float], tuple[Floats, Floats]]

BASIS: dict[str, Callable[[ir.Value], ir.Value]] = {
    "1": lambda y: y * 0 + 1.0,
    "y": lambda y: y,
    "log y": log,
    "y log y": lambda y: y * log(y).fill_null(0.0),
}


@dataclass(frozen=True)
class Cells:
    """Some columns of numbers, the rows of each group side by side."""

    keys: pa.Table
    """The group columns, a row for each group, under their working names."""
    group: Ints
    """The group of each cell, counted from 0."""
    size: int
    """How many groups there are."""
    columns: Mapping[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        """Return a column; what is missing is NaN."""
        return self.columns[name]

    def total(self, numbers: Any) -> Floats:
        """Return the sum of something over each group."""
        weights = np.broadcast_to(np.asarray(numbers, float), self.group.shape)
        return np.bincount(self.group, weights, minlength=self.size).astype(float)

    def extreme(self, numbers: Floats, largest: bool) -> Floats:
        """Return the largest, or the smallest, of something in each group; NaN where none is."""
        result = np.full(self.size, -np.inf if largest else np.inf)
        (np.fmax if largest else np.fmin).at(result, self.group, numbers)
        return np.where(np.isfinite(result), result, np.nan)

    def within(self, numbers: Floats) -> Floats:
        """Return the running sum of something within each group."""
        # What is missing makes its own group's total so, and no later group's.
        so_far = np.cumsum(np.where(np.isfinite(numbers), numbers, 0.0))
        before = np.concatenate([[0.0], so_far])[self.first]
        running: Floats = so_far - before[self.group]
        return running

    def kept(self, rows: npt.NDArray[np.bool_]) -> "Cells":
        """Return some of the cells, of as many groups."""
        columns = {name: numbers[rows] for name, numbers in self.columns.items()}
        return Cells(self.keys, self.group[rows], self.size, columns)

    def repeated(self, times: int) -> "Cells":
        """Return each group, without cells, as many times as it has rows in a result."""
        rows = pa.array(np.repeat(np.arange(self.size), times))
        keys = self.keys.take(rows) if self.keys.columns else self.keys
        return Cells(keys, np.zeros(0, np.int64), self.size * times, {})

    @property
    def first(self) -> Ints:
        """Where each group begins."""
        return np.searchsorted(self.group, np.arange(self.size))

    def padded(self, numbers: Floats) -> Floats:
        """Return a row for each group, filled up with zeros."""
        place = np.arange(len(self.group)) - self.first[self.group]
        result = np.zeros((self.size, int(place.max(initial=0)) + 1))
        result[self.group, place] = numbers
        return result


def cells(table: Any) -> Cells:
    """Return the rows of a table, sorted by its group columns, as cells."""
    table = as_arrow(table)
    keys = table.select([name for name in table.column_names if name.startswith("by ")])
    group, size = numbered(keys.columns, len(table))
    return Cells(
        keys=keys.take(pa.array(np.searchsorted(group, np.arange(size)))) if keys.columns else keys,
        group=group,
        size=size,
        columns={
            name: _floats(table[name])
            for name in table.column_names
            if name not in keys.column_names
        },
    )


def numbered(columns: Sequence[pa.ChunkedArray], rows: int) -> tuple[Ints, int]:
    """Return a number for each row, which goes up by one where a column changes, and how many."""
    if not columns:
        return np.zeros(rows, np.int64), 1
    changes = np.zeros(rows, bool)
    for column in columns:
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        codes = column.combine_chunks().dictionary_encode(null_encoding="encode").indices
        changes[1:] |= np.diff(codes.to_numpy()) != 0
    group = np.cumsum(changes).astype(np.int64)
    return group, int(group[-1]) + 1 if rows else 0


def _floats(column: pa.ChunkedArray) -> Floats:
    """Return numbers; of anything else, the same number for what is equal."""
    kind = column.type
    if not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        column = column.combine_chunks().dictionary_encode().indices
    numbers: Floats = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


@on_any_table
def _each_row(
    data: Any,
    /,
    by: Sequence[str],
    columns: Mapping[str, str],
    words: Mapping[str, str],
    results: Sequence[str],
) -> ir.Table:
    require(data, [*by, *columns.values(), *words.values()])
    require(data, tuple(by), results)
    keys = sheltered(by)
    rows = data.select(
        **keyed(data, keys),
        **{new: real(number(data[old])) for new, old in columns.items()},
        **{new: data[old] for new, old in words.items()},
    )
    return rows.order_by([*keys, *columns, *words])


def each_row(
    data: Any,
    by: Sequence[str],
    columns: Mapping[str, str | None],
    results: Sequence[str],
    words: Mapping[str, str | None] | None = None,
) -> Cells:
    """Return each row as a cell of its own.

    Parameters
    ----------
    data
        Any kind of table.
    by
        Group columns.
    columns
        Name of the cells to column of the table; those that are None are left out. Cells are
        sorted by them, so that the order of the rows never matters.
    results
        The columns of the result, whose names no group column may have.
    words
        Further columns, of any type, which become numbers: equal ones the same.
    """
    named = {new: old for new, old in columns.items() if old is not None}
    told = {new: old for new, old in (words or {}).items() if old is not None}
    return cells(_each_row(data, tuple(by), named, told, tuple(results)))


@on_any_table
def _moments(
    data: Any,
    /,
    by: Sequence[str],
    value: str,
    rank: str | None,
    weight: str | None,
    stratum: str | None,
    cluster: str | None,
    error: str | None,
    basis: Sequence[str],
    results: Sequence[str],
) -> ir.Table:
    columns = {"stratum": stratum, "cluster": cluster}
    design = {new: old for new, old in columns.items() if old is not None}
    given = [name for name in (value, rank, weight, error) if name is not None]
    require(data, [*by, *given, *design.values()])
    require(data, tuple(by), results)
    keys = sheltered(by)
    one = ibis.literal(1.0)
    rows = data.select(
        **keyed(data, keys),
        place=ibis.literal(0.0) if rank is None else real(number(data[rank])),
        y=real(number(data[value])),
        w=one if weight is None else real(number(data[weight])),
        se=ibis.literal(0.0) if error is None else real(number(data[error])),
        **{new: data[old] for new, old in design.items()},
    )
    rows = rows.mutate(counts=ibis.coalesce(rows.w != 0, True))
    rows = rows.mutate(y=rows.counts.ifelse(rows.y, ibis.null("float64")))
    parts = [BASIS[name](rows.y) for name in basis]
    sums = {
        "rows": counted(rows.counts),
        "missing": counted(
            rows.counts & any_missing(rows.y, rows.w, rows.place, *[rows[c] for c in design])
        ),
        "invalid": counted(out_of_range(rows.y, rows.w, rows.place) | (rows.w < 0)),
        "least": rows.y.min(),
        "most": rows.y.max(),
        "unknown": counted(rows.se.isnull() | (rows.se < 0) | out_of_range(rows.se)),
        "wsese": (rows.w * rows.w * rows.se * rows.se).sum(),
        "wyy": (rows.w * rows.y * rows.y).sum(),
        **{f"s{k}": (rows.w * part).sum() for k, part in enumerate(parts)},
        **{
            f"t{k}{m}": (rows.w * rows.w * parts[k] * parts[m]).sum()
            for k in range(len(parts))
            for m in range(k, len(parts))
        },
    }
    cell = [*keys, "place", *design]
    return rows.group_by(cell).aggregate(**sums).order_by(cell)


def moments(
    data: Any,
    by: Sequence[str],
    value: str,
    *,
    rank: str | None = None,
    weight: str | None = None,
    stratum: str | None = None,
    cluster: str | None = None,
    error: str | None = None,
    basis: Sequence[str] = ("1", "y"),
    results: Sequence[str] = (),
) -> Cells:
    """Return a cell for each rank, stratum and cluster of a group, with the sums of its rows.

    ``s0`` is Σw, ``s1`` Σwφ for the next function φ of the basis, and so on; ``t01`` is Σw²φ₀φ₁.
    Rows of no weight are left out. Beside them stand ``place`` (the rank), ``rows``, ``wyy``
    (Σwy²), the ``least`` and ``most`` value, ``se`` (the standard error of the cell's mean, where
    each row has an ``error`` of its own), and how many rows are ``missing`` something, have
    something ``invalid`` or an ``unknown`` error.
    """
    found = cells(
        _moments(
            data, tuple(by), value, rank, weight, stratum, cluster, error, tuple(basis),
            tuple(results),
        )
    )  # fmt: skip
    # A group of which every row is left out is still a group.
    found = found.kept(found["rows"] > 0)
    se = np.sqrt(found["wsese"]) / found["s0"]
    return Cells(found.keys, found.group, found.size, {**found.columns, "se": se})


def seen(numbers: Any) -> Any:
    """Return whether numbers are there and can be calculated with."""
    return np.abs(numbers) <= LARGEST


def smallest_cell(found: Cells) -> Floats:
    """Return the smallest count above zero of those with (x) and those without (of n)."""
    if "x" not in found.columns:
        return np.full(found.size, np.nan)
    counts = [found["x"], found["n"] - found["x"]]
    least = [found.extreme(np.where(c > 0, c, np.nan), largest=False) for c in counts]
    smallest: Floats = np.fmin(*least)
    return smallest


def answer(
    data: Any,
    by: Sequence[str],
    found: Cells,
    levels: Sequence[float],
    columns: Mapping[str, Any],
    *,
    limits: Limits,
    checks: Sequence[Check],
    order: Sequence[str],
) -> Any:
    """Return the long table of a statistic, of the kind of the table given.

    Parameters
    ----------
    data
        What was given.
    by
        Its group columns.
    found
        The groups.
    levels
        Confidence levels.
    columns
        Name to a number or word for each group, or for all. What are doubles is emptied where the
        value does not stand, but for :data:`INPUT`.
    limits
        From normal quantile and level to both limits.
    checks
        Condition, status, reason: the first that holds decides, ``no_limits`` after all others.
    order
        The columns of the result. ``confidence``, ``lower``, ``upper``, ``status`` and ``reason``
        are made here.
    """
    wanted = checked_levels(levels)
    deep = max(1, len(wanted))

    def each(given: Any) -> Any:
        return np.repeat(np.broadcast_to(np.asarray(given), found.size), deep)

    none = np.array(np.nan)
    pairs = [limits(normal_quantile(level), level) for level in wanted] or [(none, none)]
    sides = {
        name: np.stack([np.broadcast_to(pair[side], found.size) for pair in pairs], axis=1).ravel()
        for side, name in enumerate(("lower", "upper"))
    }
    words = {name: given for name, given in columns.items() if isinstance(given, str)}
    made = {name: each(given) for name, given in columns.items() if name not in words}
    result = judged(
        made | {"confidence": np.tile(wanted or (np.nan,), found.size), **sides},
        [(each(c), s, r) for c, s, r in checks if wanted or s != "no_limits"],
        limits=tuple(sides) if wanted else (),
        suppressed=[n for n in made if made[n].dtype.kind == "f" and n not in INPUT],
    )
    rows = np.repeat(np.arange(found.size), deep)
    keys = {name: found.keys[key].take(pa.array(rows)) for key, name in sheltered(by).items()}
    table = tabled({**keys, **{name: (result | words)[name] for name in order}}, len(rows))
    if isinstance(data, ir.Table):
        return ibis.memtable(table)
    return table.to_pandas() if isinstance(data, pd.DataFrame) else table


INPUT = ("population", "multiplier", "smallest_cell")
"""Columns that tell of the input or the call, and stay where the value does not stand."""
