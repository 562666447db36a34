"""The tree: what can be asked of a record, as frozen values that can be inspected.

Two kinds of expression. A :class:`Criterion` is true, false or unknown for a person on a day; a
:class:`Number` is a number or unknown. Both are built from a few leaves:

* :class:`Registered`, :class:`Age`, :class:`Sex`: who the person is;
* :class:`Rows`: dated rows of one table, in a window of months, of one codelist or with given
  values; asked whether there are any (:class:`Exists`), how many (:class:`Count`), their
  :class:`Total`, the latest value (:class:`Latest`), or how they fall into groups
  (:class:`PerGroup`, such as visits per clinician);
* :class:`InForce`: on a register, that is, coded and not ended since;
* :class:`Circumstance`: a social fact now, :class:`CircumstanceRecorded`: whether anybody asked.

Unknown is not no: ``a & b`` is false when either is false whatever the other, and unknown when
that cannot be told (Kleene's strong three-valued logic).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Literal

from fairpractice.record.dates import EVER, Window


Operator = Literal["<", "<=", ">", ">=", "=="]


class Expression:
    """What criteria and numbers share: they can be walked."""

    def children(self) -> Iterator[Expression]:
        """Yield the expressions that this one is made of."""
        for field in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = getattr(self, field.name)
            if isinstance(value, Expression):
                yield value
            elif isinstance(value, tuple):
                yield from (item for item in value if isinstance(item, Expression))

    def walk(self) -> Iterator[Expression]:
        """Yield this expression and all below it, each before its children."""
        yield self
        for child in self.children():
            yield from child.walk()


class Criterion(Expression):
    """True, false or unknown for a person on a day. Combine with ``&``, ``|`` and ``~``."""

    def __and__(self, other: Criterion) -> Criterion:
        return And((*_parts(self, And), *_parts(_criterion(other, "&"), And)))

    def __or__(self, other: Criterion) -> Criterion:
        return Or((*_parts(self, Or), *_parts(_criterion(other, "|"), Or)))

    def __invert__(self) -> Criterion:
        return self.of if isinstance(self, Not) else Not(self)

    def __bool__(self) -> bool:
        raise TypeError(
            "a criterion is not true or false until it is asked of a person: "
            "combine criteria with & | ~, not with 'and', 'or', 'not', "
            "and put brackets round each comparison"
        )


class Number(Expression):
    """A number or unknown for a person on a day. Compare it to get a criterion."""

    def __lt__(self, other: Number | float) -> Criterion:
        return Compare(self, "<", _number(other))

    def __le__(self, other: Number | float) -> Criterion:
        return Compare(self, "<=", _number(other))

    def __gt__(self, other: Number | float) -> Criterion:
        return Compare(self, ">", _number(other))

    def __ge__(self, other: Number | float) -> Criterion:
        return Compare(self, ">=", _number(other))

    def equals(self, other: Number | float) -> Criterion:
        """Return whether the two are equal. ``==`` is kept for comparing expressions."""
        return Compare(self, "==", _number(other))

    def __add__(self, other: Number | float) -> Number:
        return Arithmetic(self, "+", _number(other))

    def __sub__(self, other: Number | float) -> Number:
        return Arithmetic(self, "-", _number(other))

    def __truediv__(self, other: Number | float) -> Number:
        return Arithmetic(self, "/", _number(other))

    def where(self, condition: Criterion) -> Number:
        """Return the number for those of whom the condition is true, else unknown."""
        return Where(self, condition)


def _criterion(value: object, sign: str) -> Criterion:
    if not isinstance(value, Criterion):
        raise TypeError(
            f"{sign} joins criteria, and {value!r} is not one; "
            "put brackets round each comparison: (a >= 3) & (b < 2)"
        )
    return value


def _number(value: Number | float) -> Number:
    if isinstance(value, Number):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"a number can be compared with a number, not with {value!r}")
    return Constant(float(value))


def _parts(criterion: Criterion, kind: type[And] | type[Or]) -> tuple[Criterion, ...]:
    return criterion.of if isinstance(criterion, kind) else (criterion,)


# ---- who the person is


@dataclass(frozen=True)
class Registered(Criterion):
    """Registered at a practice for at least so many months, and alive. Never unknown."""

    months: int = 0


@dataclass(frozen=True)
class Age(Criterion):
    """Aged between two completed years, both included; unknown without a month of birth."""

    youngest: int = 0
    oldest: int | None = None

    @property
    def born(self) -> Window:
        """The days on which somebody of that age was born."""
        oldest = None if self.oldest is None else 12 * (self.oldest + 1)
        return Window(oldest, 12 * self.youngest)


@dataclass(frozen=True)
class Sex(Criterion):
    """Registered as of one sex; unknown when none, or neither female nor male, is recorded."""

    sex: Literal["female", "male"]


@dataclass(frozen=True)
class AddressKnown(Criterion):
    """A small area of residence is recorded for the day. Never unknown."""


@dataclass(frozen=True)
class Contactable(Criterion):
    """A telephone number or e-mail address is held; unknown where the source did not say."""


# ---- rows of a table


@dataclass(frozen=True)
class Rows:
    """Dated rows of one table that fall in a window.

    ``codelist`` picks coded rows; ``where`` picks rows whose column holds one of some values;
    rows with nothing in a column of ``known`` are left out.
    """

    table: Literal["event", "medication", "appointment", "urgent_contact"]
    window: Window = EVER
    codelist: str = ""
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    known: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exists(Criterion):
    """At least one such row. Never unknown: it asks what is recorded, not what is so."""

    rows: Rows


@dataclass(frozen=True)
class Count(Number):
    """How many such rows. Never unknown: none is 0."""

    rows: Rows


@dataclass(frozen=True)
class Total(Number):
    """The sum of a column over such rows; rows without it count nothing, no rows is 0."""

    rows: Rows
    column: str


@dataclass(frozen=True)
class Latest(Number):
    """The value of the latest coded row that has one; unknown when there is none.

    Of several on one day it is the largest.
    """

    rows: Rows


@dataclass(frozen=True)
class PerGroup(Number):
    """How such rows fall into groups by a column; rows without it are left out.

    ``largest``: the rows of the largest group; ``groups``: how many groups; ``sum_of_squares``:
    the sum over groups of the square of their rows. No rows is 0.
    """

    rows: Rows
    by: str
    figure: Literal["largest", "groups", "sum_of_squares"]


@dataclass(frozen=True)
class InForce(Criterion):
    """Coded, and not ended since: the latest entry of the two lists is of the first.

    An ending on the day of an entry does not end it. Never unknown: no entry is not on the
    register.
    """

    codelist: str
    ended_by: str


# ---- circumstances


@dataclass(frozen=True)
class Circumstance(Criterion):
    """A social fact is present now; unknown when nobody recorded it, or it is stale or declined."""

    topic: str


@dataclass(frozen=True)
class CircumstanceRecorded(Criterion):
    """Somebody recorded the topic in the window, whatever the answer. Never unknown.

    With a route (see :data:`fairpractice.record.tables.ROUTES`), by that route.
    """

    topic: str
    window: Window = EVER
    route: str = ""


# ---- combinations


@dataclass(frozen=True)
class And(Criterion):
    """False if any is false, else unknown if any is unknown, else true."""

    of: tuple[Criterion, ...]


@dataclass(frozen=True)
class Or(Criterion):
    """True if any is true, else unknown if any is unknown, else false."""

    of: tuple[Criterion, ...]


@dataclass(frozen=True)
class Not(Criterion):
    """The other way round; unknown stays unknown."""

    of: Criterion


@dataclass(frozen=True)
class Known(Criterion):
    """It can be told whether a criterion is true or false. Never unknown."""

    of: Criterion


@dataclass(frozen=True)
class Compare(Criterion):
    """One number against another; unknown when either is."""

    left: Number
    operator: Operator
    right: Number


@dataclass(frozen=True)
class Constant(Number):
    """A number that is the same for everybody."""

    value: float


@dataclass(frozen=True)
class Arithmetic(Number):
    """A sum, difference or quotient; unknown when either is, and when dividing by nought."""

    left: Number
    operator: Literal["+", "-", "/"]
    right: Number


@dataclass(frozen=True)
class Where(Number):
    """A number for those of whom a condition is true, else unknown."""

    number: Number
    condition: Criterion


def codelists_named(expression: Expression) -> list[str]:
    """Return the ids of the codelists that an expression names, each once, in order."""
    names: dict[str, None] = {}
    for part in expression.walk():
        match part:
            case InForce(codelist, ended_by):
                names |= {codelist: None, ended_by: None}
            case Exists(rows) | Count(rows) | Total(rows) | Latest(rows) | PerGroup(rows):
                if rows.codelist:
                    names[rows.codelist] = None
            case _:
                pass
    return list(names)


def topics_named(expression: Expression) -> list[str]:
    """Return the social topics that an expression names, each once, in order."""
    return list(
        dict.fromkeys(
            part.topic
            for part in expression.walk()
            if isinstance(part, Circumstance | CircumstanceRecorded)
        )
    )
