"""One person, in plain Python: serves the portrait and the prompt, and is the plan's oracle.

A person is a mapping of table name to rows (dictionaries by column name), as
:meth:`fairpractice.record.store.Record.person` returns.
"""

import datetime as dt
import math
import operator
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from fairpractice.codelists import Codelist
from fairpractice.criteria.tree import (
    AddressKnown,
    Age,
    And,
    Arithmetic,
    Circumstance,
    CircumstanceRecorded,
    Compare,
    Constant,
    Contactable,
    Count,
    Criterion,
    Exists,
    InForce,
    Known,
    Latest,
    Not,
    Number,
    Or,
    PerGroup,
    Registered,
    Rows,
    Sex,
    Total,
    Where,
)
from fairpractice.record import social_facts
from fairpractice.record.dates import EVER, FIRST_DAY, Window
from fairpractice.record.tables import TABLES


Row = Mapping[str, Any]
Person = Mapping[str, Sequence[Row]]
Codelists = Mapping[str, Codelist]

COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
}


def decide(criterion: Criterion, person: Person, on: dt.date, codelists: Codelists) -> bool | None:
    """Tell whether a criterion is true of a person on a day; ``None`` is unknown."""

    def ask(part: Criterion) -> bool | None:
        return decide(part, person, on, codelists)

    match criterion:
        case And(of):
            return _all([ask(part) for part in of])
        case Or(of):
            answers = [ask(part) for part in of]
            return _not(_all([_not(answer) for answer in answers]))
        case Not(of):
            return _not(ask(of))
        case Known(of):
            return ask(of) is not None
        case Compare(left, sign, right):
            a = measure(left, person, on, codelists)
            b = measure(right, person, on, codelists)
            return None if a is None or b is None else COMPARE[sign](a, b)
        case Registered(months):
            return _registered(person, on, months)
        case Age():
            born = _patient(person).get("birth_month")
            if born is None:
                return None
            return born <= on and criterion.born.contains(born, on)
        case Sex(sex):
            recorded = _patient(person).get("sex")
            return recorded == sex if recorded in ("female", "male") else None
        case AddressKnown():
            return any(
                EVER.contains(spell["start_date"] or FIRST_DAY, on)
                and (spell["end_date"] is None or spell["end_date"] > on)
                for spell in person.get("address", ())
            )
        case Contactable():
            held = _patient(person).get("contact_details")
            return None if held is None else held != "none"
        case Exists(rows):
            return bool(select(rows, person, on, codelists))
        case InForce(codelist, ended_by):
            entered = _last(Rows("event", codelist=codelist), person, on, codelists)
            ended = _last(Rows("event", codelist=ended_by), person, on, codelists)
            return entered is not None and (ended is None or ended <= entered)
        case Circumstance(topic):
            status = social_facts.current(person, topic, on, codelists).status
            return {"present": True, "absent": False}.get(status)
        case CircumstanceRecorded():
            return _recorded(criterion, person, on, codelists)
        case _:
            raise TypeError(f"not a criterion: {criterion!r}")


def measure(number: Number, person: Person, on: dt.date, codelists: Codelists) -> float | None:
    """Return the number for a person on a day; ``None`` is unknown."""
    match number:
        case Constant(value):
            return value
        case Count(rows):
            return float(len(select(rows, person, on, codelists)))
        case Total(rows, column):
            amounts = (_value(row, column) for row in select(rows, person, on, codelists))
            return math.fsum(amount for amount in amounts if amount is not None)
        case Latest(rows):
            dated: list[tuple[dt.date, float]] = [
                (row[TABLES[rows.table].date], result)
                for row in select(rows, person, on, codelists)
                if (result := _value(row, "value")) is not None
            ]
            return max(dated)[1] if dated else None
        case PerGroup(rows, by, figure):
            groups = Counter(
                row[by] for row in select(rows, person, on, codelists) if row.get(by) is not None
            )
            if figure == "largest":
                return float(max(groups.values(), default=0))
            if figure == "groups":
                return float(len(groups))
            return float(sum(n * n for n in groups.values()))
        case Arithmetic(left, sign, right):
            a = measure(left, person, on, codelists)
            b = measure(right, person, on, codelists)
            if a is None or b is None:
                return None
            if sign == "/":
                return a / b if b else None
            return a + b if sign == "+" else a - b
        case Where(inner, condition):
            met = decide(condition, person, on, codelists)
            return measure(inner, person, on, codelists) if met else None
        case _:
            raise TypeError(f"not a number: {number!r}")


def select(rows: Rows, person: Person, on: dt.date, codelists: Codelists) -> list[Row]:
    """Return a person's rows that are meant, oldest first."""
    date = TABLES[rows.table].date
    before, last = rows.window.bounds(on)
    chosen = [
        row
        for row in person.get(rows.table, ())
        if row[date] is not None and before < row[date] <= last
    ]
    if rows.codelist:
        codes = codelists[rows.codelist].pairs
        chosen = [row for row in chosen if (row["code_system"], row["code"]) in codes]
    for column, values in rows.where:
        chosen = [row for row in chosen if row.get(column) in values]
    for column in rows.known:
        chosen = [row for row in chosen if row.get(column) is not None]
    return sorted(chosen, key=lambda row: row[date])


def _all(answers: Sequence[bool | None]) -> bool | None:
    if False in answers:
        return False
    return None if None in answers else True


def _not(answer: bool | None) -> bool | None:
    return None if answer is None else not answer


def _patient(person: Person) -> Row:
    rows = person.get("patient", ())
    return rows[0] if rows else {}


def _registered(person: Person, on: dt.date, months: int) -> bool:
    died = _patient(person).get("death_month")
    return (died is None or died > on) and any(
        Window(None, months).contains(spell["start_date"], on)
        and (spell["end_date"] is None or spell["end_date"] > on)
        for spell in person.get("registration", ())
    )


def _recorded(
    asked: CircumstanceRecorded, person: Person, on: dt.date, codelists: Codelists
) -> bool:
    return any(
        statement.topic == asked.topic
        and asked.route in ("", statement.route)
        and asked.window.contains(statement.recorded_on, on)
        for statement in social_facts.person_statements(person, codelists)
    )


def _last(rows: Rows, person: Person, on: dt.date, codelists: Codelists) -> dt.date | None:
    chosen = select(rows, person, on, codelists)
    return chosen[-1][TABLES[rows.table].date] if chosen else None


def _value(row: Row, column: str) -> float | None:
    value = row.get(column)
    return None if value is None or math.isnan(value) else float(value)
