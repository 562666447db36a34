"""A questionnaire as it is used: items, options, conditions, scores. Plain values, no JSON."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cached_property
from typing import Final


@dataclass(frozen=True)
class Coding:
    """A coded answer. Two are the same when system and code are; the words may differ."""

    code: str
    system: str = ""
    display: str = field(default="", compare=False)


class Declined(Enum):
    """The one value of "I would rather not say"."""

    DECLINED = "asked-declined"


DECLINED: Final = Declined.DECLINED
"""The answer of somebody who was asked and would rather not say. Every question takes it."""

Value = bool | int | Decimal | dt.date | str | Coding
Answer = tuple[Value, ...] | Declined
Answers = Mapping[str, Answer]
"""What was answered, by ``linkId``; a question that is not in it was not answered."""

QUESTIONS = (
    "boolean", "string", "text", "integer", "decimal", "date", "choice", "open-choice",
)  # fmt: skip
KINDS = ("group", "display", *QUESTIONS)
MODES = ("paper", "text_link", "telephone", "desk", "in_person")
"""How a questionnaire is answered: on paper; by a link on one's own device; read out by telephone;
on a device at the surgery's desk, which others use too; asked face to face."""

SELF_REPORTED = ("paper", "text_link", "desk")
"""The modes in which people write the answer themselves; in the others they are asked."""


@dataclass(frozen=True)
class States:
    """That an answer states something of a social topic: ``present``, ``absent`` or ``unknown``."""

    topic: str
    status: str


@dataclass(frozen=True)
class Consequences:
    """What follows from an answer: what it states, the kind of help it calls for at once, a wish.

    ``help`` is what is said of a wish for help: ``wanted``, ``not_wanted`` or ``has_help``.
    """

    states: tuple[States, ...] = ()
    urgent: str = ""
    help: str = ""


NOTHING_FOLLOWS = Consequences()


@dataclass(frozen=True)
class Option:
    """One of the answers to choose from.

    ``key`` names it in a form: the code, or the value as text; no two of a question have the same.
    """

    value: Value
    key: str
    label: str
    easy: str = ""
    score: Decimal | None = None
    exclusive: bool = False
    follows: Consequences = NOTHING_FOLLOWS


@dataclass(frozen=True)
class Condition:
    """When an item is asked: what the answer to another question must be."""

    question: str
    operator: str
    answer: Value


@dataclass(frozen=True)
class Item:
    """A question, a group of items or a text to read.

    Attributes
    ----------
    link_id, kind, text, prefix
        As in FHIR; ``kind`` is the ``type``, one of :data:`KINDS`.
    easy
        The text in easy read; empty when it has none.
    required, repeats, hidden, max_length, minimum, maximum
        What an answer must be; every question may be declined, required or not.
    options
        What can be chosen; an ``open-choice`` also takes other words.
    initial
        What is filled in at first.
    conditions, any_of
        When it is asked: under all of them, or any.
    follows
        For a question of yes or no: what follows from each.
    help_with
        The topic that it offers help with, when that is what it asks.
    items
        Those inside.
    """

    link_id: str
    kind: str
    text: str = ""
    prefix: str = ""
    easy: str = ""
    required: bool = False
    repeats: bool = False
    hidden: bool = False
    max_length: int | None = None
    minimum: Decimal | dt.date | None = None
    maximum: Decimal | dt.date | None = None
    options: tuple[Option, ...] = ()
    initial: tuple[Value, ...] = ()
    conditions: tuple[Condition, ...] = ()
    any_of: bool = False
    follows: Mapping[bool, Consequences] = field(default_factory=dict)
    help_with: str = ""
    items: tuple["Item", ...] = ()

    @property
    def is_question(self) -> bool:
        """Whether it is answered."""
        return self.kind in QUESTIONS

    def walk(self) -> Iterator["Item"]:
        """Yield it and all that are inside, in order."""
        yield self
        for item in self.items:
            yield from item.walk()

    def topics(self) -> tuple[str, ...]:
        """Return the social topics that an answer may state something of."""
        every = [option.follows for option in self.options] + list(self.follows.values())
        return tuple(dict.fromkeys(said.topic for follows in every for said in follows.states))


@dataclass(frozen=True)
class ScoredItem:
    """What a question adds to a score.

    It adds the score of the option chosen, the number, or 1 for yes; ``reversed`` counts from the
    other end; ``at_least`` makes it 1 from that number on, else 0.
    """

    link_id: str
    reversed: bool = False
    at_least: Decimal | None = None


@dataclass(frozen=True)
class Band:
    """The scores from one to another, both included, that are called alike."""

    start: Decimal
    end: Decimal
    label: str
    states: tuple[States, ...] = ()


@dataclass(frozen=True)
class Score:
    """A score: the sum of what its items add."""

    id: str
    title: str
    items: tuple[ScoredItem, ...]
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True)
class Questionnaire:
    """A questionnaire.

    Attributes
    ----------
    id
        Its name here, from its file's.
    url, version, status, title, description, language
        As in FHIR. Answers keep the ``url`` and the ``version``.
    why
        Why we ask and who sees the answers (FHIR's ``purpose``).
    source, licence, copyright
        Where its words are from, on what terms they are used, and whom to credit.
    modes
        How it may be answered.
    needs
        What a network must declare before it is offered at all, such as ``safe-pathway``.
    scores, items
        How answers are added up; the questions.
    file
        Where it was read.
    """

    id: str
    url: str
    version: str
    status: str
    title: str
    description: str
    language: str
    why: str
    source: str
    licence: str
    copyright: str
    modes: tuple[str, ...]
    needs: str
    scores: tuple[Score, ...]
    items: tuple[Item, ...]
    file: str = ""

    @property
    def canonical(self) -> str:
        """The address with the version, which answers keep."""
        return f"{self.url}|{self.version}"

    @cached_property
    def by_link_id(self) -> Mapping[str, Item]:
        """All items, groups and texts too, by ``linkId``, in order."""
        return {each.link_id: each for item in self.items for each in item.walk()}

    @cached_property
    def questions(self) -> tuple[Item, ...]:
        """All questions in order."""
        return tuple(item for item in self.by_link_id.values() if item.is_question)

    @cached_property
    def parents(self) -> Mapping[str, str]:
        """The ``linkId`` of the item that each is inside, for those that are inside one."""
        return {
            inner.link_id: item.link_id for item in self.by_link_id.values() for inner in item.items
        }
