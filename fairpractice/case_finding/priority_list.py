"""The people whom a priority gives the few places there are: each with points, reasons and how.

Nothing is hidden in it: every row shows what gave the points, how firmly it stands when other
weights are tried, and what to do first. A person of the team may move somebody on to the list or
off it, with a reason, which stays with the row.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from fairpractice.case_finding.choosing import Chosen, Unmet
from fairpractice.case_finding.listable import Asked, Listable, listable
from fairpractice.case_finding.moves import Move
from fairpractice.case_finding.priority import Priority, Scheme
from fairpractice.case_finding.worklist import registered_at
from fairpractice.criteria.bits import bit
from fairpractice.criteria.evidence import Facts, Item, facts, items, phrase
from fairpractice.criteria.gather import ID
from fairpractice.criteria.plan import ask
from fairpractice.criteria.tree import Circumstance, Count, Criterion, Exists, Expression
from fairpractice.errors import FairpracticeError
from fairpractice.record.dates import completed_years
from fairpractice.record.reading import Readable
from fairpractice.record.social_facts import current_view


SCHEMA = pa.schema(
    [
        ("place", pa.int32()),
        (ID, pa.int64()),
        ("practice_code", pa.string()),
        ("age", pa.int32()),
        ("sex", pa.string()),
        ("points", pa.float64()),
        ("because", pa.list_(pa.string())),
        ("outcomes", pa.list_(pa.string())),
        ("stays_in", pa.int32()),
        ("moved", pa.string()),
    ]
)
NOTHING_ELSE = "found by no reason of the list"


@dataclass(frozen=True)
class Weighting:
    """One other way of giving points, and how many of the people listed are listed then too."""

    reason: str
    points: float
    instead_of: float
    stay: int


@dataclass(frozen=True)
class PriorityList:
    """A list with few places.

    Attributes
    ----------
    people
        One row a person in the order of the list, with the columns of :data:`SCHEMA`. ``because``
        are the reasons with their points; ``stays_in`` of how many of the ``weightings`` the
        person is listed in too; ``moved`` why a person of the team put somebody there, else empty.
    population, set_aside, cannot_tell
        How many people it is about; of those, how many are set aside by each reason; and of how
        many it cannot be told whether there is any reason.
    unmet
        What could not be kept, and why.
    weightings
        What becomes of the list with each reason's points taken away, and doubled.
    taken_off
        The moves that took somebody off.
    nothing_of
        Kinds of rows that reasons look at and of which the record has none at all, so that a
        reason which rests on there being none says nothing of a person.
    """

    priority: Priority
    on: dt.date
    capacity: int
    people: pa.Table
    population: int
    set_aside: Mapping[str, int]
    cannot_tell: int
    unmet: tuple[Unmet, ...]
    weightings: tuple[Weighting, ...]
    taken_off: tuple[Move, ...]
    nothing_of: tuple[str, ...] = ()


def priority_list(
    priority: Priority, asked: Asked, capacity: int, *, moves: Sequence[Move] = ()
) -> PriorityList:
    """Return the people whom a priority gives the places there are.

    Parameters
    ----------
    priority
        The definition.
    asked
        Of what, and on which day.
    capacity
        How many places there are.
    moves
        What people of the team decided; of several about one person the last holds.

    Raises
    ------
    FairpracticeError
        When the record is not open for direct care; when there is no place to give; when the
        priority looks at a sensitive topic, which would show in a list; when it names a list that
        is empty; when nobody was ever registered at the practice.
    """
    _refuse(priority, asked, capacity)
    last = {move.patient_id: move for move in sorted(moves, key=lambda move: move.on)}
    on = [move for move in last.values() if move.to == "on"]
    off = [move for move in last.values() if move.to == "off"]
    found = listable(
        priority,
        asked,
        capacity,
        moved_on=[move.patient_id for move in on],
        moved_off=[move.patient_id for move in off],
    )
    there = {int(person) for person in found.candidates.person}
    moved = {move.patient_id: move for move in on if move.patient_id in there}
    first = list(moved)[:capacity]
    chosen = found.choose(capacity, moved_on=first)
    weightings, stays = _other_weightings(found, chosen, capacity, first)
    unmet = [
        Unmet(str(move), 1, 0, "set aside, not one of those it is about, or no longer here")
        for move in on
        if move.patient_id not in there
    ] + [
        Unmet(str(moved[person]), 1, 0, "there are no more places")
        for person in list(moved)[capacity:]
    ]
    people = found.candidates.person[chosen.rows]
    told = _told(priority, asked, people.tolist())
    rows = [
        {
            **told[int(person)],
            "place": place,
            ID: int(person),
            "points": float(points),
            "stays_in": stay,
            "moved": str(moved[int(person)]) if int(person) in moved else None,
        }
        for place, (person, points, stay) in enumerate(
            zip(people, chosen.points, stays, strict=True), start=1
        )
    ]
    return PriorityList(
        priority,
        asked.on,
        capacity,
        pa.Table.from_pylist(rows, SCHEMA),
        found.population,
        found.set_aside,
        found.cannot_tell,
        (*chosen.unmet, *unmet),
        weightings,
        tuple(off),
        tuple(_nothing_of(priority, asked.record)),
    )


def _nothing_of(scheme: Scheme, record: Readable) -> Iterator[str]:
    """Yield the tables that reasons look at and of which there is not one row."""
    looked_at = {
        part.rows.table
        for each in scheme.points
        if isinstance(each.of, Criterion)
        for part in each.of.walk()
        if isinstance(part, Exists | Count)
    }
    for name in sorted(looked_at):
        if record.engine.to_arrow(record.table(name).select(ID).limit(1)).num_rows == 0:
            yield name


def _refuse(priority: Priority, asked: Asked, capacity: int) -> None:
    if asked.record.purpose != "direct_care":
        raise FairpracticeError(
            f"A worklist names people, and the record is open for {asked.record.purpose}",
            fix="Name the purpose direct-care, if that is what it is for.",
        )
    if capacity < 1:
        raise FairpracticeError(f"There are {capacity} places to give", fix="Give 1 or more.")
    if priority.sensitive:
        raise FairpracticeError(
            "The priority looks at a sensitive topic, which a list would show",
            where=priority.file,
            fix="Leave the topic out: a list is read by many.",
        )
    if empty := priority.empty_lists(asked.codelists):
        raise FairpracticeError(
            f"The priority “{priority.title}” is not available: list {', '.join(empty)} is empty",
            fix="Load a full list with `fairpractice codelists add`.",
        )


def _other_weightings(
    found: Listable, chosen: Chosen, capacity: int, first: Sequence[int]
) -> tuple[tuple[Weighting, ...], list[int]]:
    """Choose again without each reason's points, and with twice as many."""
    reasons = found.scheme.points
    given = [each.points for each in reasons]
    stays = [0] * len(chosen.rows)
    weightings = []
    for n, reason in enumerate(reasons):
        for points in (0.0, 2 * reason.points):
            weights = [points if m == n else usual for m, usual in enumerate(given)]
            again = {*found.choose(capacity, weights=weights, moved_on=first).rows.tolist()}
            stay = [row in again for row in chosen.rows.tolist()]
            stays = [count + here for count, here in zip(stays, stay, strict=True)]
            weightings.append(Weighting(reason.label, points, reason.points, sum(stay)))
    return tuple(weightings), stays


class FewPeople:
    """The rows of a record about a few people, each table read once."""

    def __init__(self, of: Readable, people: Sequence[int]) -> None:
        self.of = of
        self.engine = of.engine
        self.purpose = of.purpose
        self.people = self.engine.table(pa.table({ID: pa.array(people, pa.int64())}))
        self._kept: dict[str, ir.Table] = {}

    def table(self, name: str, *, of_objectors: bool = False) -> ir.Table:
        """Return the rows of a table that are about these people, of whom none objects."""
        if name not in self._kept:
            rows = self.of.table(name).semi_join(self.people, ID)
            self._kept[name] = self.engine.cache(rows)
        return self._kept[name]

    def only_registered(self) -> ir.Table:
        """Return those of these people who are registered, and of whom nothing else is known."""
        return self.table("registration").anti_join(self.table("patient"), ID).select(ID).distinct()

    def release(self) -> None:
        """Give back what was kept."""
        for table in self._kept.values():
            self.engine.release(table)
        self._kept.clear()


def _told(priority: Priority, asked: Asked, people: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Return what is shown of some people: who they are, their reasons, what else is known."""
    codelists = asked.codelists
    some = FewPeople(asked.record, people)
    reasons = [(each, each.of) for each in priority.points if isinstance(each.of, Criterion)]
    parts = [list(dict.fromkeys(items(of))) for _, of in reasons]
    told = [item for part in parts for item in part]
    outcomes = priority.outcomes_known(codelists)
    shown = [
        name
        for name in outcomes
        if name not in priority.set_aside and name not in {each.label for each, _ in reasons}
    ]
    given = list(dict.fromkeys(part for item in told for part in item.given))
    questions: dict[str, Expression] = {
        **{f"reason_{n}": of for n, (_, of) in enumerate(reasons)},
        **{f"outcome_{n}": outcomes[name] for n, name in enumerate(shown)},
        **{f"given_{n}": part for n, part in enumerate(given)},
    }
    answers = ask(questions, [asked.on], some, codelists)
    table = answers.table.select(ID, **{name: bit(answers.true(name), 0) for name in questions})
    who = registered_at(some, asked.on, None)
    who = who.left_join(some.table("patient").select(ID, "birth_month", "sex"), ID)
    who = who.select(ID, "practice_code", "birth_month", "sex")
    rows = some.engine.to_arrow(table.inner_join(who, ID)).to_pylist()
    known = _facts(told, some, asked)
    some.release()

    def because(row: Mapping[str, Any]) -> list[str]:
        lines = []
        for n, (each, _) in enumerate(reasons):
            if row[f"reason_{n}"]:
                bears = [
                    phrase(item, known.get((row[ID], told.index(item)), Facts()), codelists)
                    for item in parts[n]
                    if all(row[f"given_{given.index(part)}"] for part in item.given)
                ]
                said = f"{each.label} ({each.points:+g})"
                lines.append(f"{said}: {', '.join(bears)}" if bears else said)
        return lines or [NOTHING_ELSE]

    return {
        int(row[ID]): {
            "practice_code": row["practice_code"],
            "age": completed_years(row["birth_month"], asked.on) if row["birth_month"] else None,
            "sex": row["sex"],
            "because": because(row),
            "outcomes": [name for n, name in enumerate(shown) if row[f"outcome_{n}"]],
        }
        for row in rows
    }


def _facts(told: Sequence[Item], some: FewPeople, asked: Asked) -> dict[tuple[int, int], Facts]:
    """Return the facts of items, those about circumstances in one go."""
    topics = {
        n: item.leaf.topic for n, item in enumerate(told) if isinstance(item.leaf, Circumstance)
    }
    view = current_view(some, asked.codelists, asked.on)
    view = view.filter(view.topic.isin(list({*topics.values()}))).select(ID, "topic", "since")
    found = {
        (row[ID], n): Facts(last=row["since"])
        for row in some.engine.to_arrow(view).to_pylist()
        for n, topic in topics.items()
        if topic == row["topic"]
    }
    rest = [n for n in range(len(told)) if n not in topics]
    others = facts([told[n] for n in rest], some.people, asked.on, some, asked.codelists)
    return found | {(person, rest[n]): fact for (person, n), fact in others.items()}
