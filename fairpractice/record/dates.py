"""The only date arithmetic.

Months and years are counted on the calendar in plain Python. Engines never add a month to a date
(DuckDB and Spark differ on what that is): they compare dates with bounds worked out here.
"""

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass


def months_before(day: dt.date, months: int) -> dt.date:
    """Return the same day of the month so many months earlier, or that month's last day.

    The result is never after the day that many months back would be: 31 March less one month is
    the last day of February.
    """
    return months_after(day, -months)


def months_after(day: dt.date, months: int) -> dt.date:
    """Return the same day of the month so many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def completed_years(born: dt.date, on: dt.date) -> int:
    """Return the age in completed years; negative before birth.

    Somebody born on 29 February completes a year on 1 March of other years, as in English law.
    """
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def birthday(born: dt.date, years: int) -> dt.date:
    """Return the first day on which somebody has completed so many years of age.

    Of somebody born on 29 February that is 1 March of other years (:func:`completed_years`).
    """
    year = born.year + years
    if (born.month, born.day) == (2, 29) and not calendar.isleap(year):
        return dt.date(year, 3, 1)
    return born.replace(year=year)


def month_end(day: dt.date) -> dt.date:
    """Return the last day of the month that a day is in."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_start(day: dt.date) -> dt.date:
    """Return the first day of the month that a day is in."""
    return day.replace(day=1)


def month_ends(last: dt.date, count: int) -> list[dt.date]:
    """Return ``count`` month-ends, oldest first, the last being that of the month of ``last``."""
    return [month_end(months_before(month_start(last), n)) for n in range(count - 1, -1, -1)]


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield every day from the first to the last, both included."""
    for ordinal in range(first.toordinal(), last.toordinal() + 1):
        yield dt.date.fromordinal(ordinal)


@dataclass(frozen=True)
class Window:
    """Days after ``on`` less ``months`` and not after ``on`` less ``until`` months.

    ``Window(15)`` is the last fifteen months, the day itself included; ``Window(None)`` is all
    time up to the day; ``Window(24, 12)`` is the year before the last.
    """

    months: int | None = None
    until: int = 0

    def bounds(self, on: dt.date) -> tuple[dt.date, dt.date]:
        """Return the last day before the window and the last day in it."""
        first = dt.date.min if self.months is None else months_before(on, self.months)
        return first, months_before(on, self.until)

    def contains(self, day: dt.date | None, on: dt.date) -> bool:
        """Tell whether a day is in the window as seen on a day; no day is in no window."""
        first, last = self.bounds(on)
        return day is not None and first < day <= last


EVER = Window(None)

FIRST_DAY = dt.date(1880, 1, 1)
"""The first day of the calendar: what has no beginning is taken to have begun then."""
