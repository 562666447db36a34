"""Many dates asked at once: each day of the calendar as a mask of the dates that see it.

A question is asked *on* several dates, month-ends say. For a window such as "the last fifteen
months", every day of the calendar has a mask: bit *i* is set when the day is in the window as seen
on date *i*. The masks are worked out here, once; an engine then joins rows to them by day, so
that it never does date arithmetic, and sixty month-ends cost one scan like a single date. For a
date or two no calendar is needed: rows are compared with the bounds of the windows, which lets an
engine skip the rest of the file.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from fairpractice.engines import Engine
from fairpractice.record.dates import EVER, FIRST_DAY, Window


MOST_DATES = 62  # bits of a signed 64-bit integer that can be set without touching its sign


def mask_of(value: int) -> ir.IntegerValue:
    """Return a constant mask that an engine takes for 64 bits wide.

    Written as a cast of text: a bare small number would be narrower, and shifting it would fail.
    """
    return ibis.literal(str(value)).cast("int64")


@dataclass(frozen=True)
class Calendar:
    """Dates on which questions are asked, oldest first; bit *i* of a mask is the date *i*."""

    dates: tuple[dt.date, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.dates) <= MOST_DATES or list(self.dates) != sorted(set(self.dates)):
            raise ValueError(f"between 1 and {MOST_DATES} different dates, oldest first")

    @property
    def every(self) -> int:
        """The mask with a bit for every date."""
        return (1 << len(self.dates)) - 1

    def table(self, engine: Engine, windows: Sequence[Window]) -> ir.Table:
        """Return a row a day, from 1880 to the last date.

        ``day``, its ``number`` counted from the first, and ``w0`` … a mask a window.

        Days after the last date are left out: nothing in them is known yet.
        """
        first, last = FIRST_DAY.toordinal(), self.dates[-1].toordinal()
        ordinals = np.arange(first, last + 1)
        columns = {"day": pa.array(ordinals - dt.date(1970, 1, 1).toordinal(), pa.int32())}
        columns["day"] = columns["day"].cast(pa.date32())
        columns["number"] = pa.array(ordinals - first, pa.int64())
        for number, window in enumerate(windows):
            mask = np.zeros(len(ordinals), np.int64)
            for bit, on in enumerate(self.dates):
                after, until = (day.toordinal() for day in window.bounds(on))
                mask |= ((after < ordinals) & (ordinals <= until)).astype(np.int64) << bit
            columns[f"w{number}"] = pa.array(mask)
        return engine.table(pa.table(columns))


class Masks:
    """Looks up masks of windows by day; remembers which windows a question needs.

    Ask for windows with :meth:`of` while building expressions over :meth:`joined` tables. The
    windows must be known before the first join.
    """

    def __init__(self, calendar: Calendar, engine: Engine, windows: Sequence[Window]) -> None:
        self.calendar = calendar
        self.windows = tuple(dict.fromkeys([EVER, *windows]))
        self._engine = engine

    @cached_property
    def _table(self) -> ir.Table:
        return self.calendar.table(self._engine, self.windows)

    def join(
        self,
        rows: ir.Table,
        day: str,
        windows: Iterable[Window],
        prefix: str = "",
        *,
        keep_all: bool = False,
        numbered: bool = False,
        read: Iterable[Window] = (),
        worked_out: Mapping[str, Callable[[ir.Table], ir.Value]] | None = None,
    ) -> ir.Table:
        """Join rows to the masks of a date column, for :meth:`of` to return.

        Rows whose day no date can see through any of the windows, or of those to ``read`` where
        given, are dropped; with ``keep_all`` they get the mask 0. ``numbered`` adds ``number``,
        which is larger for a later day. ``worked_out`` adds columns that follow from a day's masks,
        and so are worked out for each day, not for each row.
        """
        wanted, more = list(dict.fromkeys(windows)), worked_out or {}
        through = list(read) or wanted
        if len(self.calendar.dates) == 1:
            rows = self._compared(rows, day, wanted, [] if keep_all else through, prefix, numbered)
            return rows.mutate(**{name: work(rows) for name, work in more.items()})
        names = {f"{prefix}{name}": name for name in map(self._name, wanted)}
        others = ["number"] if numbered else []
        days = self._table.select(*others, **{f"{prefix}day": "day", **names})
        if not keep_all:  # so that an engine may read no other days
            days = days.filter(reduce(or_, (self.of(days, w, prefix) for w in through)) != 0)
        days = days.mutate(**{name: work(days) for name, work in more.items()})
        joined = rows.join(
            days, rows[day] == days[f"{prefix}day"], how="left" if keep_all else "inner"
        ).drop(f"{prefix}day")
        if keep_all:
            joined = joined.mutate(**{name: joined[name].fill_null(0) for name in names})
        return joined

    def _compared(
        self,
        rows: ir.Table,
        day: str,
        windows: Sequence[Window],
        read: Sequence[Window],
        prefix: str,
        numbered: bool,
    ) -> ir.Table:
        """Give rows the masks of a single date by comparing days with the bounds of windows."""
        on = self.calendar.dates[0]
        if read:
            bounds = [window.bounds(on) for window in read]
            first, last = min(first for first, _ in bounds), max(last for _, last in bounds)
            rows = rows.filter(_between(rows[day], first, last))
        if list(windows) == list(read) and len(windows) == 1:  # then it sees each row that is left
            masks: dict[str, ir.Value] = {f"{prefix}{self._name(windows[0])}": mask_of(1)}
        else:
            masks = {
                f"{prefix}{self._name(window)}": _between(rows[day], *window.bounds(on))
                .fill_null(False)
                .cast("int64")
                for window in windows
            }
        if numbered:
            masks["number"] = rows[day].delta(ibis.literal(FIRST_DAY), unit="day")
        return rows.mutate(**masks)

    def of(self, rows: ir.Table, window: Window, prefix: str = "") -> ir.IntegerColumn:
        """Return the mask column of a window in rows that :meth:`join` joined."""
        return rows[f"{prefix}{self._name(window)}"]

    def _name(self, window: Window) -> str:
        return f"w{self.windows.index(window)}"


def _between(day: ir.DateColumn, first: dt.date, last: dt.date) -> ir.BooleanValue:
    """Return whether a day is after the first and not after the last."""
    return day <= last if first == dt.date.min else (day > first) & (day <= last)
