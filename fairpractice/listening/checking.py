"""Whether a questionnaire that was read holds together: each fault with its place and remedy."""

import datetime as dt
import difflib
import itertools
from collections.abc import Collection, Iterator

from fairpractice.listening.extensions import UnusableError
from fairpractice.listening.questionnaire import (
    KINDS,
    MODES,
    Coding,
    Condition,
    Item,
    Questionnaire,
    Value,
)
from fairpractice.listening.urgent import KINDS as URGENT_KINDS
from fairpractice.listening.values import DECLINED_KEY, alike, is_a
from fairpractice.record.tables import FACT_STATUSES
from fairpractice.record.topics import TOPICS


STATUSES = ("draft", "active", "retired")
WISHES = ("wanted", "not_wanted", "has_help")
OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
ORDERED = ("integer", "decimal", "date")
CHOICES = ("choice", "open-choice")


def known_type(kind: str, link_id: str) -> None:
    """Refuse an item whose type is none of FHIR's."""
    if kind not in KINDS:
        raise UnusableError(f"There is no type of item “{kind}”", link_id, meant(kind, KINDS))


def meant(said: str, among: Collection[str]) -> str:
    """Say which of those there are may have been meant, or name them all."""
    close = difflib.get_close_matches(said, among, n=1)
    return f"Did you mean {close[0]}?" if close else f"Use one of {', '.join(among)}."


def check(found: Questionnaire) -> None:
    """Refuse a questionnaire that does not hold together.

    Raises
    ------
    UnusableError
        With the ``linkId`` and what to do.
    """
    _known("status of a questionnaire", found.status, STATUSES)
    for mode in found.modes:
        _known("way of answering", mode, MODES)
    if "|" in found.url + found.version:
        raise UnusableError("Its url or version has a | in it", fix="Leave it out.")
    seen: set[str] = set()
    for item in (each for top in found.items for each in top.walk()):
        if item.link_id in seen:
            raise UnusableError(
                "Two items have one linkId", item.link_id, "Give each a linkId of its own."
            )
        seen.add(item.link_id)
        _check_item(item)
    for item in found.by_link_id.values():
        for condition in item.conditions:
            _check_condition(item, condition, found)
    _no_circle(found)
    _check_scores(found)


def _known(what: str, said: str, among: Collection[str], link_id: str = "") -> None:
    if said not in among:
        raise UnusableError(f"There is no {what} “{said}”", link_id, meant(said, among))


def _check_item(item: Item) -> None:
    for wrong, what, fix in _faults(item):
        if wrong:
            raise UnusableError(what, item.link_id, fix)
    every = [option.follows for option in item.options] + list(item.follows.values())
    for follows in every:
        for stated in follows.states:
            _known("social topic", stated.topic, TOPICS, item.link_id)
            _known("status of a social fact", stated.status, FACT_STATUSES, item.link_id)
        if follows.urgent:
            _known("kind of urgent need", follows.urgent, URGENT_KINDS, item.link_id)
        if follows.help:
            _known("wish for help", follows.help, WISHES, item.link_id)
    if item.help_with:
        _known("social topic", item.help_with, TOPICS, item.link_id)


def _faults(item: Item) -> Iterator[tuple[bool, str, str]]:
    choice = item.kind in CHOICES
    keys = [option.key for option in item.options]
    bounds = [bound for bound in (item.minimum, item.maximum) if bound is not None]
    yield not item.link_id.strip(), "An item has no linkId", "Give it one."
    yield (
        item.is_question and not item.text.strip() and not item.hidden,
        "A question has no text",
        "Write what is asked.",
    )
    yield (
        choice and not item.options,
        "A choice has no answers to choose from",
        "List them as answerOption, or in a ValueSet in `contained`.",
    )
    yield (
        bool(item.options) and not choice,
        f"A question of the type {item.kind} lists answers",
        "Make it a choice, or leave the answers out.",
    )
    yield (
        len(set(keys)) < len(keys),
        "Two of its answers have one code",
        "Give each a code of its own.",
    )
    yield (
        DECLINED_KEY in keys,
        "One of its answers is that somebody would rather not say",
        "Leave it out: every question can be answered so.",
    )
    yield (
        item.kind == "display" and bool(item.items or item.required or item.repeats),
        "A text to read has items inside, or is to be answered",
        "Make it a group or a question.",
    )
    yield (
        item.kind == "group" and item.repeats,
        "A group that repeats is not read",
        "Ask its questions once, or as one text.",
    )
    yield (
        item.kind == "group" and not item.items,
        "A group has nothing in it",
        "Put questions into it, or leave it out.",
    )
    yield (
        item.is_question and item.repeats and bool(item.items),
        "Questions inside a question that repeats are not read",
        "Ask them after it.",
    )
    yield (
        item.max_length is not None
        and (not isinstance(item.max_length, int) or item.max_length < 1),
        "Its maxLength is not a number of characters",
        "Write a whole number, at least 1.",
    )
    yield (
        bool(bounds) and item.kind not in ORDERED,
        f"A question of the type {item.kind} has a least or greatest value",
        "Leave it out.",
    )
    yield (
        any(isinstance(bound, dt.date) != (item.kind == "date") for bound in bounds),
        "Its least or greatest value is of another type than its answers",
        "Write a day for a date, a number for a number.",
    )
    yield (
        bool(item.follows) and item.kind != "boolean",
        "It says what follows from its answer, and is no question of yes or no",
        "Say it of each answer that can be chosen.",
    )
    yield (
        any(not _fits(value, item) for value in item.initial),
        "Its initial value is none of its answers",
        "Leave it out, or make it one.",
    )


def _fits(value: Value, item: Item) -> bool:
    if item.kind in CHOICES:
        among = any(alike(option.value, value) for option in item.options)
        return among or (item.kind == "open-choice" and isinstance(value, str))
    return is_a(value, item.kind)


def _check_condition(item: Item, condition: Condition, found: Questionnaire) -> None:
    _known("operator", condition.operator, OPERATORS, item.link_id)
    asked = found.by_link_id.get(condition.question)
    if asked is None or not asked.is_question:
        questions = [each.link_id for each in found.questions]
        raise UnusableError(
            f"It is asked depending on “{condition.question}”, which is no question here",
            item.link_id,
            meant(condition.question, questions),
        )
    if condition.operator == "exists":
        if not isinstance(condition.answer, bool):
            raise UnusableError(
                "Whether there is an answer is compared with something else than true or false",
                item.link_id,
                "Write answerBoolean.",
            )
        return
    if condition.operator not in ("=", "!=") and asked.kind not in ORDERED:
        raise UnusableError(
            f"It asks whether the answer to “{asked.link_id}” is more or less, which has no order",
            item.link_id,
            "Use = or !=, or ask for a number or a date there.",
        )
    if not _fits(condition.answer, asked):
        shown = condition.answer
        said = shown.code if isinstance(shown, Coding) else shown
        raise UnusableError(
            f"It waits for the answer “{said}” to “{asked.link_id}”, which cannot be given",
            item.link_id,
            "Use one of: " + ", ".join(option.key for option in asked.options) + "."
            if asked.options
            else f"Give it an answer of the type {asked.kind}.",
        )


def _no_circle(found: Questionnaire) -> None:
    """Refuse items that each wait for the other; an item waits for what it is inside, too."""
    waits = {
        name: {
            *(condition.question for condition in item.conditions),
            *([found.parents[name]] if name in found.parents else []),
        }
        for name, item in found.by_link_id.items()
    }
    settled: set[str] = set()
    while ready := [name for name in waits if name not in settled and waits[name] <= settled]:
        settled.update(ready)
    if left := [name for name in waits if name not in settled]:
        raise UnusableError(
            "These items wait for each other, so that none is ever asked: " + ", ".join(left),
            left[0],
            "Take one enableWhen out.",
        )


def _check_scores(found: Questionnaire) -> None:
    for score in found.scores:
        place = f"of score {score.id}"
        if not score.items:
            raise UnusableError("A score adds nothing up", place, "Name its items.")
        for part in score.items:
            item = found.by_link_id.get(part.link_id)
            if item is None or not item.is_question:
                raise UnusableError(
                    f"A score adds up “{part.link_id}”, which is no question here",
                    place,
                    meant(part.link_id, [each.link_id for each in found.questions]),
                )
            _check_scored(item, part.reversed, place)
        bands = sorted(score.bands, key=lambda band: band.start)
        for band in bands:
            for stated in band.states:
                _known("social topic", stated.topic, TOPICS, place)
                _known("status of a social fact", stated.status, FACT_STATUSES, place)
        if any(band.end < band.start for band in bands) or any(
            after.start <= before.end for before, after in itertools.pairwise(bands)
        ):
            raise UnusableError("The bands of a score overlap", place, "End each before the next.")


def _check_scored(item: Item, reversed: bool, place: str) -> None:
    if item.kind in CHOICES:
        if any(option.score is None for option in item.options) or item.repeats:
            raise UnusableError(
                f"“{item.link_id}” is in a score, and an answer to it has none, or it repeats",
                place,
                "Give each answer an ordinalValue.",
            )
    elif item.kind not in ("boolean", "integer", "decimal") or item.repeats:
        raise UnusableError(
            f"“{item.link_id}” is in a score and cannot be added up",
            place,
            "Leave it out, or make it a number, yes or no, or a choice with scores.",
        )
    elif reversed and item.kind != "boolean" and (item.minimum is None or item.maximum is None):
        raise UnusableError(
            f"“{item.link_id}” is counted from the other end, which is not said",
            place,
            "Give it a minValue and a maxValue.",
        )
