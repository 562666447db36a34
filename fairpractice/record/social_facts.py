"""Social facts: what was stated about a person's circumstances, and what of it holds on a day.

A *statement* is a row of ``social_fact``, or an event whose code is in a topic's codelist (route
asked, status present) or in the list that ends it (status absent). What is stated of one topic
bears on its whole family: that one is present says that the others are absent.

On a day, of all statements recorded by then that bear on a topic the **latest** wins. It holds
until its ``true_until`` or until it is no longer fresh; then, as when there is none, or when the
answer was declined, the status is **unknown**, which is not absent. Statements of the other
routes that still hold and disagree are shown beside it.

Which statement is latest is a total order, the last of which wins (:data:`ORDER`): the day it was
recorded; the day it is true from (none stated is earliest); the route (external, self-reported,
asked); what is stated (declined, unknown, absent, present); the topic, in the order of
:data:`TOPICS` from the last to the first; the day it is true until (none stated is latest);
sensitivity. Statements that are alike in all of these say the same.

The plain-Python form for one person (:func:`current`) and the form for a population
(:func:`current_view`) are tested to agree.
"""

import datetime as dt
import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from fairpractice.record.dates import months_before
from fairpractice.record.tables import FACT_STATUSES, ROUTES
from fairpractice.record.topics import SENSITIVE, TOPICS, Topic


if TYPE_CHECKING:
    import ibis.expr.types as ir

    from fairpractice.codelists import Codelist
    from fairpractice.record.reading import Readable


__all__ = [
    "ORDER",
    "SENSITIVE",
    "TOPICS",
    "Current",
    "Statement",
    "Topic",
    "current",
    "current_view",
    "person_statements",
    "relevant",
    "statements",
]

FIRST_DAY = dt.date(1, 1, 1)
LAST_DAY = dt.date(9999, 12, 31)

ORDER = (
    "recorded_on",
    "true_since",
    "route_rank",
    "status_rank",
    "topic_rank",
    "true_to",
    "sensitivity_rank",
)
"""The columns of :func:`statements` that put them in order, ascending: the last one wins."""


LISTS = tuple(
    dict.fromkeys(
        name for topic in TOPICS.values() for name in (topic.codelist, topic.ended_by) if name
    )
)
"""The codelists whose codes state a topic."""


def _ranks(names: Iterable[str]) -> dict[str, int]:
    """Return the place of each name, the first being the highest."""
    listed = list(names)
    return {name: len(listed) - place for place, name in enumerate(listed)}


ROUTE_RANKS = _ranks(ROUTES)
STATUS_RANKS = _ranks(FACT_STATUSES)
TOPIC_RANKS = _ranks(TOPICS)


class Codelists(Protocol):
    """A mapping of codelists by id."""

    def __getitem__(self, name: str, /) -> "Codelist":
        """Return a codelist."""
        ...


@dataclass(frozen=True)
class Statement:
    """What somebody recorded about one topic of one person."""

    topic: str
    status: str
    route: str
    recorded_on: dt.date
    true_from: dt.date | None = None
    true_until: dt.date | None = None
    sensitivity: str = "ordinary"

    @property
    def order(self) -> tuple[Any, ...]:
        """Return what :data:`ORDER` compares: the greatest wins."""
        return (
            self.recorded_on,
            self.true_from or FIRST_DAY,
            ROUTE_RANKS[self.route],
            STATUS_RANKS[self.status],
            TOPIC_RANKS[self.topic],
            self.true_until or LAST_DAY,
            self.sensitivity == "sensitive",
        )

    def holds(self, on: dt.date, freshness_months: int | None) -> bool:
        """Say whether it is still believed on a day."""
        return (self.true_until is None or on < self.true_until) and (
            freshness_months is None or self.recorded_on > months_before(on, freshness_months)
        )


@dataclass(frozen=True)
class Current:
    """What is known about a topic of a person on a day.

    Attributes
    ----------
    status
        ``present``, ``absent`` or ``unknown``.
    stated
        What the latest statement says of the topic (it may be ``declined``), whether or not it
        still holds; empty when nothing was ever recorded.
    route, since
        How that statement came, and the day it is true from, else the day it was recorded.
    stale
        Whether it is unknown only because the statement is no longer fresh.
    contradicted_by
        For each other route, its latest statement if that holds and says otherwise.
    """

    status: str
    stated: str = ""
    route: str = ""
    since: dt.date | None = None
    stale: bool = False
    contradicted_by: tuple[Statement, ...] = ()


NOTHING_RECORDED = Current("unknown")


def relevant(topic: str) -> Iterator[tuple[str, str, str]]:
    """Yield the statements that bear on a topic: of which topic, with which status, saying what.

    They are its own of any status, and that another topic of its family is present, which says
    that this one is absent.
    """
    for status in FACT_STATUSES:
        yield topic, status, status
    for other in TOPICS.values():
        if other.family == TOPICS[topic].family and other.id != topic:
            yield other.id, "present", "absent"


def _coded(codelists: Codelists) -> Iterator[tuple[str, str, str, str]]:
    """Yield each code that states something: its system, the code, the topic and the status."""
    for topic in TOPICS.values():
        for name, status in ((topic.codelist, "present"), (topic.ended_by, "absent")):
            for code in codelists[name].codes if name else ():
                yield code.system, code.code, topic.id, status


@functools.lru_cache(maxsize=4)
def _meanings(lists: tuple["Codelist", ...]) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Return what each code states: topics, each with its status."""
    coded: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for system, code, topic, status in _coded(dict(zip(LISTS, lists, strict=True))):
        coded.setdefault((system, code), []).append((topic, status))
    return coded


def sensitive_codes(codelists: Codelists) -> set[tuple[str, str]]:
    """Return the codes that state something of a sensitive topic, each with its system."""
    return {(system, code) for system, code, topic, _ in _coded(codelists) if topic in SENSITIVE}


def person_statements(
    person: Mapping[str, Sequence[Mapping[str, Any]]], codelists: Codelists
) -> list[Statement]:
    """Return all statements about one person, the latest last.

    Parameters
    ----------
    person
        The rows of one person by table, as ``Record.person`` returns them.
    codelists
        Which codes state a topic.
    """
    found = [
        Statement(
            row["topic"],
            row["status"],
            row["route"],
            row["recorded_on"],
            row.get("true_from"),
            row.get("true_until"),
            "sensitive" if row["topic"] in SENSITIVE else row["sensitivity"],
        )
        for row in person.get("social_fact", ())
        if row["topic"] in TOPICS
    ]
    coded = _meanings(tuple(codelists[name] for name in LISTS))
    for row in person.get("event", ()):
        for topic, status in coded.get((row["code_system"], row["code"]), ()):
            sensitivity = "sensitive" if topic in SENSITIVE else "ordinary"
            found.append(Statement(topic, status, "asked", row["date"], sensitivity=sensitivity))
    return sorted(found, key=lambda statement: statement.order)


def current(
    person: Mapping[str, Sequence[Mapping[str, Any]]],
    topic: str,
    on: dt.date,
    codelists: Codelists,
) -> Current:
    """Return what is known about a topic of one person on a day.

    Parameters
    ----------
    person
        The rows of one person by table, as ``Record.person`` returns them.
    topic
        One of :data:`TOPICS`.
    on
        The day; statements recorded later are not known yet.
    codelists
        Which codes state a topic.
    """
    freshness = TOPICS[topic].freshness_months
    says = {(of, status): meaning for of, status, meaning in relevant(topic)}
    bearing = [
        statement
        for statement in person_statements(person, codelists)
        if (statement.topic, statement.status) in says and statement.recorded_on <= on
    ]
    if not bearing:
        return NOTHING_RECORDED
    latest = bearing[-1]
    stated = says[latest.topic, latest.status]
    holds = latest.holds(on, freshness)
    status = stated if holds and stated in ("present", "absent") else "unknown"
    latest_by_route = {statement.route: statement for statement in bearing}
    return Current(
        status,
        stated,
        latest.route,
        latest.true_from or latest.recorded_on,
        stale=not holds and latest.holds(on, None),
        contradicted_by=tuple(
            other
            for route, other in sorted(latest_by_route.items())
            if route != latest.route
            and other.holds(on, freshness)
            and says[other.topic, other.status] in {"present", "absent"} - {status}
        ),
    )


def statements(record: "Readable", codelists: Codelists) -> "ir.Table":
    """Return all statements of a record, one row each.

    Outside direct care there are none about sensitive topics.

    Returns
    -------
    ibis.Table
        ``patient_id``, ``topic``, ``status``, ``route``, ``recorded_on``, ``true_from``,
        ``true_until``, ``sensitivity``, and the columns of :data:`ORDER`.
    """
    import ibis

    columns = ["patient_id", *(name for name in Statement.__dataclass_fields__)]
    facts = record.table("social_fact").select(columns)
    facts = facts.filter(facts.topic.isin(list(TOPICS)))
    codes = _small(record, ("code_system", "code", "topic", "status"), list(_coded(codelists)))
    events = record.table("event").inner_join(codes, ["code_system", "code"])
    nobody_said = ibis.null("date")
    coded = events.mutate(
        route=ibis.literal("asked"),
        recorded_on=events.date,
        true_from=nobody_said,
        true_until=nobody_said,
        sensitivity=ibis.literal("ordinary"),
    ).select(columns)
    said = facts.union(coded)
    sensitive = said.topic.isin(list(SENSITIVE)) | (said.sensitivity == "sensitive")
    if record.purpose != "direct_care":
        said = said.filter(~sensitive)
    return said.mutate(
        sensitivity=sensitive.ifelse("sensitive", "ordinary"),
        true_since=said.true_from.fill_null(FIRST_DAY),
        route_rank=said.route.cases(*ROUTE_RANKS.items()),
        status_rank=said.status.cases(*STATUS_RANKS.items()),
        topic_rank=said.topic.cases(*TOPIC_RANKS.items()),
        true_to=said.true_until.fill_null(LAST_DAY),
        sensitivity_rank=sensitive.ifelse(1, 0),
    )


def current_view(record: "Readable", codelists: Codelists, on: dt.date) -> "ir.Table":
    """Return what is known about every topic on a day, for everybody of whom anything was stated.

    Somebody or some topic without a row is unknown.

    Returns
    -------
    ibis.Table
        One row a person and topic: ``patient_id``, ``topic``, ``status``, ``stated``, ``route``,
        ``since``, ``stale``, as in :class:`Current`; ``contradicted``, whether a statement of
        another route holds and says otherwise; ``sensitivity`` of the latest statement.
    """
    import ibis

    bears = [
        (of, status, topic.id, says, months_before(on, topic.freshness_months))
        if topic.freshness_months is not None
        else (of, status, topic.id, says, FIRST_DAY)
        for topic in TOPICS.values()
        for of, status, says in relevant(topic.id)
    ]
    meaning = _small(record, ("of", "status", "topic", "stated", "fresh_after"), bears)
    said = statements(record, codelists)
    said = said.filter(said.recorded_on <= on).rename(of="topic")
    said = said.inner_join(meaning, ["of", "status"])
    latest_first = [said[name].desc() for name in ORDER]
    # First of a route, then of those: of two alike, each order might choose another.
    of_route = ibis.window(group_by=["patient_id", "topic", "route"], order_by=latest_first)
    said = said.mutate(place_in_route=ibis.row_number().over(of_route))
    said = said.filter(said.place_in_route == 0)
    of_topic = ibis.window(
        group_by=["patient_id", "topic"], order_by=[said[name].desc() for name in ORDER]
    )
    said = said.mutate(place=ibis.row_number().over(of_topic))
    running = said.true_until.isnull() | (said.true_until > on)
    fresh = said.recorded_on > said.fresh_after
    holding = running & fresh & said.stated.isin(["present", "absent"])
    said = said.mutate(
        says=holding.ifelse(said.stated, "unknown"), stale=running & ~fresh, first=said.place == 0
    )
    latest = said.filter(said.first)
    others = said.filter(~said.first & (said.says != "unknown"))
    others = others.select("patient_id", "topic", other="says")
    beside = latest.left_join(others, ["patient_id", "topic"])
    contradicts = (beside.other != beside.says).fill_null(False)
    beside = beside.mutate(contradicts=contradicts.cast("int64"))
    return beside.group_by(
        "patient_id",
        "topic",
        "stated",
        "route",
        "stale",
        "sensitivity",
        status="says",
        since=beside.true_from.coalesce(beside.recorded_on),
    ).agg(contradicted=beside.contradicts.max() == 1)


def _small(record: "Readable", names: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> "ir.Table":
    """Give a small table of texts and days to the record's engine."""
    import pyarrow as pa

    kinds = [pa.date32() if name == "fresh_after" else pa.string() for name in names]
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return record.engine.table(
        pa.table([pa.array(c, k) for c, k in zip(columns, kinds, strict=True)], names=list(names))
    )
