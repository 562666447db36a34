"""The forms that every expression in the library is made of, on each engine against plain Python.

DuckDB and Spark give different answers to the same expression for ages, month differences, ties,
nulls in windows, division by nought and hashes. These are the forms that agree, and what they
mean; where an expression wants something else, it is added here first.
"""

import datetime as dt
import decimal
import functools
import hashlib
import math
import operator
import statistics
from collections.abc import Callable, Iterable
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
import pytest

from fairpractice.engines import Engine
from fairpractice.record import dates


ON = dt.date(2024, 2, 29)
DAYS = [
    None,
    dt.date(1880, 1, 1),
    dt.date(1923, 12, 31),
    dt.date(2004, 2, 29),
    dt.date(2006, 2, 28),
    dt.date(2006, 3, 1),
    dt.date(2022, 11, 29),
    dt.date(2022, 11, 30),
    dt.date(2024, 2, 28),
    ON,
    dt.date(2024, 3, 1),
]
NUMBERS = [None, 0, 1, 2, 3, 5, 6, 7, 62, 2**31, 2**60 - 1]
VALUES = [None, float("nan"), 0.0, 0.1, 0.5, 1.5, 2.5, 47.999, 48.0, 1e12, -0.5]
TEXTS = [None, "", "A", "a", "Z", "é", "b", "  b ", "44054006", "10", "9"]

ROWS = [
    {"id": number, "day": day, "x": x, "y": y, "value": value, "text": text}
    for number, (day, x, y, value, text) in enumerate(
        zip(DAYS, NUMBERS, [*NUMBERS[4:], *NUMBERS[:4]], VALUES, TEXTS, strict=True)
    )
]
SCHEMA = pa.schema(
    [
        ("id", pa.int64()),
        ("day", pa.date32()),
        ("x", pa.int64()),
        ("y", pa.int64()),
        ("value", pa.float64()),
        ("text", pa.string()),
    ]
)
Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows(engine: Engine) -> ir.Table:
    return engine.table(pa.Table.from_pylist(ROWS, SCHEMA))


def where_known(form: Callable[..., Any], *names: str) -> Callable[[Row], Any]:
    """Make a plain-Python form unknown (None) where any of its columns is."""
    return lambda row: (
        None if any(row[name] is None for name in names) else form(*(row[name] for name in names))
    )


def as_number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def either(*truths: bool | None) -> bool | None:
    return True if True in truths else None if None in truths else False


def both(*truths: bool | None) -> bool | None:
    return False if False in truths else None if None in truths else True


def compared(row: Row, name: str, than: Callable[[Any, Any], bool], other: Any) -> bool | None:
    return None if row[name] is None else than(row[name], other)


LAST_15_MONTHS = dates.Window(15)
ADULT = dates.months_before(ON, 18 * 12)

# What is worked out for one row from that row: name, expression, and what it must be.
ROW_FORMS: dict[str, tuple[Callable[[ir.Table], ir.Value], Callable[[Row], Any]]] = {
    "on or before a day": (
        lambda t: t.day <= ON,
        lambda row: compared(row, "day", operator.le, ON),
    ),
    "in a window of months": (
        lambda t: (t.day > LAST_15_MONTHS.bounds(ON)[0]) & (t.day <= LAST_15_MONTHS.bounds(ON)[1]),
        lambda row: None if row["day"] is None else LAST_15_MONTHS.contains(row["day"], ON),
    ),
    "ever": (
        lambda t: (t.day > dates.EVER.bounds(ON)[0]) & (t.day <= ON),
        lambda row: None if row["day"] is None else dates.EVER.contains(row["day"], ON),
    ),
    "of an age, by the last day of birth": (
        lambda t: t.day <= ADULT,
        where_known(lambda day: dates.completed_years(day, ON) >= 18, "day"),
    ),
    "completed years, by calendar parts": (
        lambda t: (
            (
                (
                    (ON.year * 10000 + ON.month * 100 + ON.day)
                    - (t.day.year() * 10000 + t.day.month() * 100 + t.day.day())
                )
                + 100_000_000
            )
            // 10000
            - 10000
        ),
        where_known(lambda day: dates.completed_years(day, ON), "day"),
    ),
    "days between": (
        lambda t: ibis.date(ON).delta(t.day, unit="day"),
        where_known(lambda day: (ON - day).days, "day"),
    ),
    "not what is unknown": (
        lambda t: ~(t.x > 2),
        lambda row: None if row["x"] is None else not row["x"] > 2,
    ),
    "or, with an unknown": (
        lambda t: (t.x > 2) | (t.y > 2),
        lambda row: either(compared(row, "x", operator.gt, 2), compared(row, "y", operator.gt, 2)),
    ),
    "and, with an unknown": (
        lambda t: (t.x > 2) & (t.y > 2),
        lambda row: both(compared(row, "x", operator.gt, 2), compared(row, "y", operator.gt, 2)),
    ),
    "unknown made no": (
        lambda t: (t.x > 2).fill_null(False),
        lambda row: bool(row["x"] is not None and row["x"] > 2),
    ),
    "one of some": (
        lambda t: t.text.isin(["A", "b", "44054006"]),
        where_known(lambda text: text in ("A", "b", "44054006"), "text"),
    ),
    "the first case that holds": (
        lambda t: ibis.cases((t.x > 5, "high"), (t.x <= 5, "low")),
        where_known(lambda x: "high" if x > 5 else "low", "x"),
    ),
    "first that is known": (
        lambda t: ibis.coalesce(t.x, t.y, -1),
        lambda row: next(v for v in (row["x"], row["y"], -1) if v is not None),
    ),
    "greatest of the known": (
        lambda t: ibis.greatest(ibis.coalesce(t.x, t.y), ibis.coalesce(t.y, t.x)),
        lambda row: max((v for v in (row["x"], row["y"]) if v is not None), default=None),
    ),
    "division by nullif": (
        lambda t: t.x / t.y.nullif(0),
        where_known(lambda x, y: x / y if y else None, "x", "y"),
    ),
    "whole division under 2^53": (
        lambda t: (t.x & 0xFFFFFFFF) // 7,
        where_known(lambda x: (x & 0xFFFFFFFF) // 7, "x"),
    ),
    "remainder of a count": (
        lambda t: t.x % 7,
        where_known(lambda x: x % 7, "x"),
    ),
    "and of bits": (lambda t: t.x & t.y, where_known(operator.and_, "x", "y")),
    "or of bits": (lambda t: t.x | t.y, where_known(operator.or_, "x", "y")),
    "one or the other of bits": (lambda t: t.x ^ t.y, where_known(operator.xor, "x", "y")),
    "a bit is set": (
        lambda t: (t.x & (1 << 59)) != 0,
        where_known(lambda x: x & (1 << 59) != 0, "x"),
    ),
    "bits moved up": (
        lambda t: ibis.literal(1, "int64") << (t.x % 62),
        where_known(lambda x: 1 << (x % 62), "x"),
    ),
    "bits moved down": (lambda t: t.x >> 3, where_known(lambda x: x >> 3, "x")),
    "bits cleared": (
        lambda t: t.x & ~t.y,
        where_known(lambda x, y: x & ~y, "x", "y"),
    ),
    "truth as a number": (
        lambda t: (t.x > 2).cast("int64"),
        where_known(lambda x: int(x > 2), "x"),
    ),
    "NaN made unknown": (
        lambda t: t.value.isnan().ifelse(ibis.null("float64"), t.value),
        lambda row: as_number(row["value"]),
    ),
    "rounded, half away from nought": (
        lambda t: t.value.isnan().ifelse(ibis.null("float64"), t.value).round().cast("int64"),
        lambda row: (
            None
            if as_number(row["value"]) is None
            else int(decimal.Decimal(row["value"]).to_integral_value(decimal.ROUND_HALF_UP))
        ),
    ),
    "whole part, by floor": (
        lambda t: t.value.isnan().ifelse(ibis.null("float64"), t.value).floor().cast("int64"),
        lambda row: None if as_number(row["value"]) is None else math.floor(row["value"]),
    ),
    "number as text": (lambda t: t.x.cast("string"), where_known(str, "x")),
    "lottery ticket by SHA-256": (
        lambda t: (t.x.cast("string") + "|seed|é").hexdigest("sha256"),
        where_known(lambda x: hashlib.sha256(f"{x}|seed|é".encode()).hexdigest(), "x"),
    ),
    "text trimmed and lowered": (
        lambda t: t.text.strip().lower(),
        where_known(lambda text: text.strip(" ").lower(), "text"),
    ),
    "text that starts so": (
        lambda t: t.text.startswith("44"),
        where_known(lambda text: text.startswith("44"), "text"),
    ),
    "length in characters": (lambda t: t.text.length(), where_known(len, "text")),
    "texts joined": (
        lambda t: t.text + "|" + t.x.cast("string"),
        where_known(lambda text, x: f"{text}|{x}", "text", "x"),
    ),
}


@pytest.fixture(scope="module")
def row_answers(engine: Engine, rows: ir.Table) -> pa.Table:
    """Every form of a row, asked together."""
    forms = {f"form_{n}": form(rows) for n, (form, _) in enumerate(ROW_FORMS.values())}
    return engine.to_arrow(rows.select("id", **forms)).sort_by("id")


@pytest.mark.parametrize("name", ROW_FORMS)
def test_of_a_row(row_answers: pa.Table, name: str):
    number = list(ROW_FORMS).index(name)
    answers = row_answers[f"form_{number}"].to_pylist()
    assert answers == [ROW_FORMS[name][1](row) for row in ROWS]


def known(name: str, rows: Iterable[Row] = ROWS) -> list[Any]:
    return [row[name] for row in rows if row[name] is not None]


def numbers(rows: Iterable[Row] = ROWS) -> list[float]:
    return [value for value in known("value", rows) if not math.isnan(value)]


def value(t: ir.Table) -> ir.FloatingColumn:
    return t.value.isnan().ifelse(ibis.null("float64"), t.value)


# What is worked out for many rows: name, expression, what it must be, as the fold of all rows.
FOLDS: dict[str, tuple[Callable[[ir.Table], ir.Value], Any]] = {
    "rows": (lambda t: t.count(), len(ROWS)),
    "known": (lambda t: t.x.count(), len(known("x"))),
    "rows where": (lambda t: t.count(where=t.x > 2), sum(x > 2 for x in known("x"))),
    "different": (lambda t: (t.x % 3).nunique(), len({x % 3 for x in known("x")})),
    "sum": (lambda t: (t.x & 0xFFFF).sum(), sum(x & 0xFFFF for x in known("x"))),
    "sum of nothing": (lambda t: t.x.sum(where=t.id < 0), None),
    "count of nothing": (lambda t: t.x.count(where=t.id < 0), 0),
    "mean of nothing": (lambda t: t.x.mean(where=t.id < 0), None),
    "mean": (lambda t: value(t).mean(), pytest.approx(statistics.fmean(numbers()))),
    "sample variance": (
        lambda t: value(t).var(how="sample"),
        pytest.approx(statistics.variance(numbers())),
    ),
    "earliest": (lambda t: t.day.min(), min(known("day"))),
    "latest": (lambda t: t.day.max(), max(known("day"))),
    "median of an even number": (lambda t: t.x.median(), statistics.median(known("x"))),
    "median of an odd number": (
        lambda t: (t.id < 10).ifelse(t.x, ibis.null("int64")).median(),
        statistics.median(known("x", ROWS[:10])),
    ),
    "quartile": (lambda t: value(t).quantile(0.25), pytest.approx(np.quantile(numbers(), 0.25))),
    "quantile between": (
        lambda t: value(t).quantile(0.9),
        pytest.approx(np.quantile(numbers(), 0.9)),
    ),
    "any": (lambda t: (t.x > 10**18).any(), True),
    "any, none known": (lambda t: (t.x > 2).any(where=t.x.isnull()), None),
    "all": (lambda t: (t.x >= 0).all(), True),
    "bits of any": (
        lambda t: t.x.bit_or(),
        functools.reduce(operator.or_, known("x")),
    ),
    "bits of all": (
        lambda t: (t.x | 1).bit_and(),
        functools.reduce(operator.and_, [x | 1 for x in known("x")]),
    ),
    "bits of nothing": (lambda t: t.x.bit_or(where=t.id < 0), None),
    "collected in order": (lambda t: t.x.collect().sort(), sorted(known("x"))),
}


@pytest.fixture(scope="module")
def folds(engine: Engine, rows: ir.Table) -> Row:
    asked = {f"fold_{n}": fold(rows) for n, (fold, _) in enumerate(FOLDS.values())}
    (answer,) = engine.to_arrow(rows.aggregate(**asked)).to_pylist()
    return answer


@pytest.mark.parametrize("name", FOLDS)
def test_of_many_rows(folds: Row, name: str):
    assert folds[f"fold_{list(FOLDS).index(name)}"] == FOLDS[name][1]
