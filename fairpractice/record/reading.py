"""Reading a record, whatever holds it: all of it, or a slice of its people at a time."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

import ibis.expr.types as ir

from fairpractice.engines import Engine
from fairpractice.record.topics import SENSITIVE


ID = "patient_id"
PEOPLE_AT_A_TIME = 500_000
IDS_END = 1 << 60  # pseudonyms are below it, evenly spread


class Readable(Protocol):
    """What analysis needs of a record: its engine and its tables."""

    @property
    def engine(self) -> Engine:
        """Where the tables are read."""
        ...

    @property
    def purpose(self) -> str:
        """Why it is read: ``direct_care``, ``planning`` or ``research``."""
        ...

    def table(self, name: str, *, of_objectors: bool = False) -> ir.Table:
        """Return the rows of a table that may be used.

        With those ``of_objectors`` it must be joined to people who do not object.
        """
        ...

    def only_registered(self) -> ir.Table:
        """Return ``patient_id`` of those who are registered, and of whom nothing else is known."""
        ...


def only_registered(record: Readable) -> ir.Table:
    """Find those who are registered and not in the patient table."""
    patients = record.table("patient")
    return record.table("registration").anti_join(patients, "patient_id").select(ID).distinct()


@dataclass(frozen=True)
class Unscreened:
    """A record with the rows of people who object: quicker, for joining to :func:`everybody`.

    Testing a few people for objections once costs less than testing all their rows.
    """

    of: Readable

    @property
    def engine(self) -> Engine:
        """Where the tables are read."""
        return self.of.engine

    @property
    def purpose(self) -> str:
        """Why the record is read."""
        return self.of.purpose

    def table(self, name: str, *, of_objectors: bool = True) -> ir.Table:
        """Return the rows of a table, whoever they are of."""
        return self.of.table(name, of_objectors=of_objectors)

    def only_registered(self) -> ir.Table:
        """Return those who do not object, as without this."""
        return self.of.only_registered()


class Ordinary:
    """A record without what is sensitive: as somebody reads it who may not see that.

    Parameters
    ----------
    of
        The record.
    secret
        The codes that state something sensitive, with their systems
        (:func:`fairpractice.record.social_facts.sensitive_codes`).
    """

    def __init__(self, of: Readable, secret: Collection[tuple[str, str]]) -> None:
        self.of = of
        self._secret = secret
        self._screened: dict[tuple[str, bool], ir.Table] = {}

    @property
    def engine(self) -> Engine:
        """Where the tables are read."""
        return self.of.engine

    @property
    def purpose(self) -> str:
        """Why the record is read."""
        return self.of.purpose

    def table(self, name: str, *, of_objectors: bool = False) -> ir.Table:
        """Return the rows of a table that are not sensitive."""
        key = name, of_objectors
        if key not in self._screened:
            self._screened[key] = self._screen(name, self.of.table(name, of_objectors=of_objectors))
        return self._screened[key]

    def only_registered(self) -> ir.Table:
        """Return those of whom nothing else is known, as without this."""
        return self.of.only_registered()

    def _screen(self, name: str, rows: ir.Table) -> ir.Table:
        if name == "social_fact":
            ordinary = rows.topic.notin(list(SENSITIVE)) & (rows.sensitivity != "sensitive")
            return rows.filter(ordinary)
        if name == "event":
            for each in sorted({system for system, _ in self._secret}):
                codes = sorted(code for system, code in self._secret if system == each)
                rows = rows.filter((rows.code_system != each) | rows.code.notin(codes))
        return rows


class AtPractices:
    """A record in which people are registered at some practices, and nowhere else."""

    def __init__(self, of: Readable, practices: Collection[str]) -> None:
        self.of = of
        self._practices = sorted(practices)

    @property
    def engine(self) -> Engine:
        """Where the tables are read."""
        return self.of.engine

    @property
    def purpose(self) -> str:
        """Why the record is read."""
        return self.of.purpose

    def table(self, name: str, *, of_objectors: bool = False) -> ir.Table:
        """Return the rows of a table; of registrations, those at the practices."""
        rows = self.of.table(name, of_objectors=of_objectors)
        here = rows.practice_code.isin(self._practices) if name == "registration" else None
        return rows if here is None else rows.filter(here)

    def only_registered(self) -> ir.Table:
        """Return those who are registered there and of whom nothing else is known."""
        registered = self.table("registration").select(ID).distinct()
        return self.of.only_registered().semi_join(registered, ID)


class SomePeople:
    """The rows of a record that are about some of its people, and then about some others.

    What is planned on its tables once runs on the people it was turned to last. The record is
    sorted by person, so only their rows are read.
    """

    def __init__(self, of: Readable) -> None:
        self.of = of
        self._people: tuple[int, int] | None = None
        self._shown: dict[object, tuple[ir.Table, ir.Table]] = {}

    @property
    def engine(self) -> Engine:
        """Where the tables are read."""
        return self.of.engine

    @property
    def purpose(self) -> str:
        """Why the record is read."""
        return self.of.purpose

    def table(self, name: str, *, of_objectors: bool = False) -> ir.Table:
        """Return the rows of a table that are about these people."""
        return self._place(self.of.table(name, of_objectors=of_objectors))

    def only_registered(self) -> ir.Table:
        """Return those of these people who are only registered."""
        return self._place(self.of.only_registered())

    def turn(self, first: int, end: int) -> None:
        """Turn to the people with a pseudonym from ``first`` to before ``end``."""
        self._people = first, end
        for rows, place in self._shown.values():
            self._show(rows, place)

    def release(self) -> None:
        """Give back the tables."""
        for _, place in self._shown.values():
            self.engine.release(place)

    def _place(self, rows: ir.Table) -> ir.Table:
        key = rows.op()
        if key not in self._shown:
            self._shown[key] = rows, self.engine.place(rows)
            self._show(*self._shown[key])
        return self._shown[key][1]

    def _show(self, rows: ir.Table, place: ir.Table) -> None:
        if self._people is not None:
            first, end = self._people
            these = (rows.patient_id >= first) & (rows.patient_id < end)
            self.engine.show(place, rows.filter(these))


def everybody(record: Readable) -> ir.Table:
    """Return ``patient_id`` of everybody there is: in the patient table, or only registered."""
    return record.table("patient").select(ID).union(record.only_registered())


def slices(record: Readable, at_a_time: int = PEOPLE_AT_A_TIME) -> list[tuple[int, int]]:
    """Return the first and end of pseudonyms of so many people at a time, to bound memory."""
    patients = record.table("patient")
    people = record.engine.to_arrow(patients.agg(people=patients.count()))["people"][0].as_py()
    count = max(math.ceil(people / at_a_time), 1)
    return [(IDS_END * n // count, IDS_END * (n + 1) // count) for n in range(count)]
