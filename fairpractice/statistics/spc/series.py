"""A series cut into parts: where limits begin anew, and which points they are worked out from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.arrays import Array, Groups, quietly


@dataclass(frozen=True)
class Parts:
    """The parts of all series. A series that is not rebased has one part."""

    of: Array
    """The part of each row, counted over all series from 0."""
    number: Array
    """The number of each row's part within its series, from 1."""
    starts: Array
    """The first row of each part."""
    base: Array
    """Which rows the limits come from."""
    included: Array
    """Which rows are looked at for signals."""

    def __len__(self) -> int:
        return len(self.starts)

    def sum(self, values: Array, rows: Array) -> Array:
        """Return for each part the sum of some of its rows."""
        return np.bincount(self.of[rows], values[rows], minlength=len(self))

    def mean(self, values: Array, rows: Array | None = None) -> Array:
        """Return for each part the mean of its base, what is missing left out."""
        rows = (self.base if rows is None else rows) & np.isfinite(values)
        with quietly():
            return self.sum(values, rows) / self.sum(np.ones(len(values)), rows)

    def median(self, values: Array) -> Array:
        """Return for each part the median of its base, what is missing left out."""
        rows = np.flatnonzero(self.base & np.isfinite(values))
        rows = rows[np.lexsort((values[rows], self.of[rows]))]
        count = np.bincount(self.of[rows], minlength=len(self))
        first = np.cumsum(count) - count
        if not len(rows):
            return np.full(len(self), np.nan)
        last = len(rows) - 1
        low = values[rows[np.minimum(first + np.maximum(count - 1, 0) // 2, last)]]
        high = values[rows[np.minimum(first + count // 2, last)]]
        return np.where(count > 0, (low + high) / 2, np.nan)

    def moving_range(self, values: Array, rows: Array | None = None) -> Array:
        """Return how far each point is from the one before it in its part.

        Rows that are left out do not count as being between; a missing value does, so that no
        range reaches over a gap.
        """
        at = np.flatnonzero(self.base if rows is None else rows)
        ranges = np.full(len(values), np.nan)
        with quietly():
            steps = np.abs(np.diff(values[at]))
        ranges[at[1:]] = np.where(np.diff(self.of[at]) == 0, steps, np.nan)
        return ranges


def parts(
    groups: Groups,
    by: Sequence[str],
    order: str,
    *,
    rebase: Any = (),
    rebase_after: Sequence[int] = (),
    baseline: int | None = None,
    exclude: Sequence[int] = (),
) -> Parts:
    """Return the parts of each series.

    Parameters
    ----------
    groups
        The rows of each series in order.
    by, order
        The columns of a series, and of its order.
    rebase
        Values of the order, such as days, at which new limits begin: one, several, or for each
        series its own (a mapping from the value of ``by``, a tuple for several columns).
    rebase_after
        After how many points new limits begin.
    baseline
        From how many points at the beginning of each part its limits are worked out; all when
        left out.
    exclude
        Points to leave out of everything, counted from 1 in each series.

    Raises
    ------
    FairpracticeError
        When a rebase cannot be compared with the order, or a number of points is under 2.
    """
    if baseline is not None and baseline < 2:
        raise FairpracticeError(
            f"baseline={baseline} leaves no two points to work limits out from",
            fix="Give 2 or more; 12 or more make limits that hold.",
        )
    rows = np.arange(len(groups.of))
    place = rows - groups.starts[groups.of] if len(groups) else rows
    begins = (place == 0) | np.isin(place, list(rebase_after))
    for rows_of, values in for_each(groups, by, rebase):
        column = groups.table[order][rows_of]
        for value in [values] if isinstance(values, str) or np.ndim(values) == 0 else values:
            after = pc.greater_equal(column, _like(column, order, value))
            flags = pc.fill_null(after, False).to_numpy(zero_copy_only=False)
            begins[rows_of] |= flags & ~np.concatenate([[False], flags[:-1]])
    starts = np.flatnonzero(begins)
    of = np.cumsum(begins) - 1
    first = np.searchsorted(starts, groups.starts)
    included = ~np.isin(place + 1, list(exclude))
    in_part = rows - starts[of] if len(starts) else rows
    base = included & (in_part < (len(rows) + 1 if baseline is None else baseline))
    number = of - first[groups.of] + 1 if len(groups) else of
    return Parts(of, number, starts, base, included)


def for_each(groups: Groups, by: Sequence[str], argument: Any) -> Iterator[tuple[slice, Any]]:
    """Yield which rows an argument is for: all of them, or those of a series it names.

    Raises
    ------
    FairpracticeError
        When a key of a mapping does not name a series.
    """
    if not isinstance(argument, Mapping):
        yield slice(0, len(groups.of)), argument
        return
    keys = [groups.table[name].take(pa.array(groups.starts)) for name in by]
    series = {key: n for n, key in enumerate(zip(*[key.to_pylist() for key in keys], strict=True))}
    ends = [*groups.starts[1:], len(groups.of)]
    for key, value in argument.items():
        names = key if isinstance(key, tuple) else (key,)
        if len(names) != len(by):
            raise FairpracticeError(
                f"{key!r} does not name a series", fix=f"Give a value for each of {list(by)}."
            )
        named = tuple(
            name if name is None else _like(column, of, name).as_py()
            for column, of, name in zip(keys, by, names, strict=True)
        )
        if named in series:
            yield slice(int(groups.starts[series[named]]), int(ends[series[named]])), value


def _like(column: pa.ChunkedArray, name: str, value: Any) -> pa.Scalar:
    """Return a value as the type of a column, to be compared with it."""
    try:
        given = (
            value.isoformat()
            if pa.types.is_string(column.type) and hasattr(value, "isoformat")
            else value
        )
        return pa.scalar(given).cast(column.type)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, pa.ArrowTypeError) as error:
        raise FairpracticeError(
            f"{value!r} cannot be compared with the column {name!r}, which holds {column.type}",
            fix="Give a value of the same kind.",
        ) from error
