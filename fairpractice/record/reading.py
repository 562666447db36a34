"""Reading a record, whatever holds it: all of it, or a slice of its people at a time."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import ibis.expr.types as ir

from fairpractice.engines import Engine


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


@dataclass(frozen=True)
class SomePeople:
    """The rows of a record that are about people with a pseudonym from ``first`` to before ``end``.

    The record is sorted by person, so only those rows are read.
    """

    of: Readable
    first: int
    end: int

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
        return self._these(self.of.table(name, of_objectors=of_objectors))

    def only_registered(self) -> ir.Table:
        """Return those of these people who are only registered."""
        return self._these(self.of.only_registered())

    def _these(self, table: ir.Table) -> ir.Table:
        return table.filter((table.patient_id >= self.first) & (table.patient_id < self.end))


def everybody(record: Readable) -> ir.Table:
    """Return ``patient_id`` of everybody there is: in the patient table, or only registered."""
    return record.table("patient").select(ID).union(record.only_registered())


def slices(record: Readable, at_a_time: int = PEOPLE_AT_A_TIME) -> Iterator[Readable]:
    """Yield a long record some people at a time, so that memory is bounded; a short one whole."""
    patients = record.table("patient")
    people = record.engine.to_arrow(patients.agg(people=patients.count()))["people"][0].as_py()
    count = math.ceil(people / at_a_time)
    if count <= 1:
        yield record
        return
    for number in range(count):
        first, end = (IDS_END * n // count for n in (number, number + 1))
        yield SomePeople(record, first, end)
