"""Why somebody is on a list: what the record says that makes a criterion true of them.

Only what bears on the answer is told: of conditions joined by *or*, those that are true. The same
facts are gathered by an engine for a whole list and by plain Python for one person, and put into
the same words.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from fairpractice.codelists import Codelist
from fairpractice.criteria.english import english
from fairpractice.criteria.evaluate import Person, decide, measure, select
from fairpractice.criteria.gather import ID, joined_to_codes, picked
from fairpractice.criteria.tree import (
    And,
    Circumstance,
    CircumstanceRecorded,
    Compare,
    Constant,
    Count,
    Criterion,
    Exists,
    InForce,
    Known,
    Latest,
    Not,
    Or,
    PerGroup,
    Rows,
    Total,
    Where,
)
from fairpractice.record import social_facts
from fairpractice.record.dates import EVER, Window
from fairpractice.record.reading import Readable
from fairpractice.record.tables import TABLES


Codelists = Mapping[str, Codelist]


@dataclass(frozen=True)
class Item:
    """One thing to tell: a leaf, and the conditions that must be true for it to bear.

    ``absent`` says that it bears by not being so.
    """

    leaf: Criterion
    absent: bool
    given: tuple[Criterion, ...] = ()


@dataclass(frozen=True)
class Facts:
    """What the record says about an item: how many rows in its window, the first and the last.

    ``last_ever`` is the last row before the day whether or not in the window; ``value`` the value
    of the latest row that has one.
    """

    rows: int = 0
    first: dt.date | None = None
    last: dt.date | None = None
    last_ever: dt.date | None = None
    value: float | None = None


def items(criterion: Criterion, *, absent: bool = False) -> Iterator[Item]:
    """Yield what bears on a criterion being true (or with ``absent`` not true)."""
    match criterion:
        case Not(of):
            yield from items(of, absent=not absent)
        case And(of) | Or(of):
            either = isinstance(criterion, Or) != absent
            for part in of:
                given = ((Not(part) if absent else part),) if either else ()
                for item in items(part, absent=absent):
                    yield Item(item.leaf, item.absent, given + item.given)
        case Known(of) if absent:
            yield Item(criterion, absent)
        case Known(of):
            yield from items(of)
        case Exists() | InForce() | Circumstance() | CircumstanceRecorded() | Compare():
            yield Item(criterion, absent)
        case _:
            return  # age, sex and registration stand beside the reasons already


def phrase(item: Item, facts: Facts, codelists: Codelists) -> str:
    """Put an item and what the record says of it into words."""
    otherwise = english(Not(item.leaf) if item.absent else item.leaf, codelists)
    match item.leaf:
        case Exists(rows):
            if item.absent:
                return f"{otherwise}{_last_was(facts, rows.window)}"
            return f"{otherwise}: {_day(facts.last)}"
        case InForce(codelist, _) if not item.absent:
            return f"“{codelists[codelist].title}” since {_day(facts.first)}"
        case Compare(Count(rows) | Where(Count(rows), _), _, Constant()):
            # The number itself says more than the limit that it is past.
            counted = english(Count(rows), codelists).removeprefix("the number of ")
            last = f", the last on {_day(facts.last)}" if facts.last else ""
            return f"{facts.rows or 'no'} {counted}{last}{_last_was(facts, rows.window)}"
        case Compare(Latest(rows), _, _) if facts.value is not None:
            return f"latest “{codelists[rows.codelist].title}”: {facts.value:g}"
        case Circumstance(topic) if facts.last:
            label = social_facts.TOPICS[topic].label
            said = f"said not to be so: {label}" if item.absent else label
            return f"{said}, since {_day(facts.last)}"
        case _:
            return otherwise


def comes_off_when(told: Sequence[Item], codelists: Codelists) -> list[str]:
    """Return what would end the reasons somebody is on a list for, a phrase each.

    What is missing, where something is; else what would no longer be so.
    """
    missing = [item.leaf for item in told if item.absent]
    ends = missing or [Not(item.leaf) for item in told]
    return [english(_plainly(end), codelists) for end in ends]


def _plainly(criterion: Criterion) -> Criterion:
    """Return a comparison without saying for whom it can be told."""
    match criterion:
        case Not(of):
            return Not(_plainly(of))
        case Compare(Where(number, _), sign, right):
            return Compare(number, sign, right)
        case _:
            return criterion


def because(criterion: Criterion, person: Person, on: dt.date, codelists: Codelists) -> list[str]:
    """Return what makes a criterion true of one person, a phrase each."""
    return [
        phrase(item, _facts_of(item, person, on, codelists), codelists)
        for item in dict.fromkeys(items(criterion))
        if all(decide(given, person, on, codelists) for given in item.given)
    ]


def facts(
    told: Sequence[Item],
    people: ir.Table,
    on: dt.date,
    record: Readable,
    codelists: Codelists,
    view: ir.Table | None = None,
) -> dict[tuple[int, int], Facts]:
    """Return the facts of items for the people of a list, by ``patient_id`` and item number.

    Parameters
    ----------
    told
        The items.
    people
        A table with ``patient_id`` of those on the list.
    view
        What is known of circumstances, where somebody worked it out already.
    """
    found: dict[tuple[int, int], Facts] = {}
    for number, item in enumerate(told):
        table = _facts(item, people, on, record, codelists, view)
        if table is not None:
            for row in record.engine.to_arrow(table).to_pylist():
                patient_id = row.pop(ID)
                found[patient_id, number] = Facts(**row)
    return found


def _facts(
    item: Item,
    people: ir.Table,
    on: dt.date,
    record: Readable,
    codelists: Codelists,
    view: ir.Table | None,
) -> ir.Table | None:
    if isinstance(item.leaf, Circumstance):
        view = social_facts.current_view(record, codelists, on) if view is None else view
        view = view.filter(view.topic == item.leaf.topic).semi_join(people, ID)
        return view.select(ID, last="since")
    asked = _rows(item.leaf)
    if asked is None:
        return None
    table = record.table(asked.table).semi_join(people, ID)
    table = table.filter(picked(table, asked))
    if asked.codelist:
        codes = codelists[asked.codelist].codes
        entries: dict[tuple[str, str, int], dict[str, int]] = {
            (code.system, code.code, 0): {} for code in codes
        }
        table = joined_to_codes(record.engine, table, "question", entries, {})
    date = TABLES[asked.table].date
    table = table.filter(table[date] <= on)
    first, last = asked.window.bounds(on)
    inside = (table[date] > first) & (table[date] <= last)
    number = table.value.nullif(float("nan")) if asked.table == "event" else ibis.null("float64")
    table = table.select(
        ID, day=date, inside=inside, number=inside.ifelse(number, ibis.null("float64"))
    )
    newest = ibis.window(
        group_by=ID,
        order_by=[table.number.isnull(), ibis.desc(table.day), ibis.desc(table.number)],
    )
    table = table.mutate(place=ibis.row_number().over(newest))
    day_inside = table.inside.ifelse(table.day, ibis.null("date"))
    return table.group_by(ID).agg(
        rows=table.inside.ifelse(1, 0).sum(),
        first=day_inside.min(),
        last=day_inside.max(),
        last_ever=table.day.max(),
        value=(table.place == 0).ifelse(table.number, ibis.null("float64")).max(),
    )


def _facts_of(item: Item, person: Person, on: dt.date, codelists: Codelists) -> Facts:
    if isinstance(item.leaf, Circumstance):
        return Facts(last=social_facts.current(person, item.leaf.topic, on, codelists).since)
    asked = _rows(item.leaf)
    if asked is None:
        return Facts()
    date = TABLES[asked.table].date
    inside = [row[date] for row in select(asked, person, on, codelists)]
    ever = [row[date] for row in select(replace(asked, window=EVER), person, on, codelists)]
    value = measure(Latest(asked), person, on, codelists) if asked.table == "event" else None
    return Facts(
        len(inside),
        min(inside, default=None),
        max(inside, default=None),
        max(ever, default=None),
        value,
    )


def _rows(leaf: Criterion) -> Rows | None:
    """Return the rows that a leaf is about."""
    match leaf:
        case Exists(rows):
            return rows
        case InForce(codelist, _):
            return Rows("event", EVER, codelist)
        case Compare(Where(number, _), sign, right):
            return _rows(Compare(number, sign, right))
        case Compare(Count(rows) | Total(rows) | Latest(rows) | PerGroup(rows), _, _):
            return rows
        case _:
            return None


def _last_was(facts: Facts, window: Window) -> str:
    if facts.last or window == EVER:
        return ""
    if facts.last_ever is None:
        return ", nor before"
    return f"; the last was on {_day(facts.last_ever)}"


def _day(day: dt.date | None) -> str:
    return "an unknown day" if day is None else f"{day.day} {day:%B %Y}"
