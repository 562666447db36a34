"""Which questions are asked, and what is wrong with the answers. Nothing here raises on an answer.

Conditions are read as FHIR R4 defines them: ``=`` holds when one of the answers is equal, ``!=``
when none is, which is so too when there is no answer; ``>`` and the others when one of the answers
is. A question that is not asked, or that somebody would rather not answer, has no answer, even if
one was given before.
"""

import operator
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fairpractice.listening.questionnaire import (
    DECLINED,
    Answer,
    Answers,
    Coding,
    Condition,
    Item,
    Questionnaire,
    Value,
)
from fairpractice.listening.values import (
    DECLINED_KEY,
    LONGEST,
    READERS,
    Wrong,
    alike,
    is_a,
    words,
)


ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}


@dataclass(frozen=True)
class Problem:
    """What is wrong with the answer to a question, said to whoever answers."""

    link_id: str
    what: str


def asked(questionnaire: Questionnaire, answers: Answers) -> frozenset[str]:
    """Return the ``linkId`` of every item that is asked or shown, given the answers.

    An item is when its own conditions hold and what it is inside is asked.
    """
    found = _asked(questionnaire, answers, final=True)
    return frozenset(name for name, is_asked in found.items() if is_asked)


def never_asked(questionnaire: Questionnaire, answers: Answers) -> frozenset[str]:
    """Return the items that would not be asked whatever the open questions were answered.

    Open are those without an answer, and those that somebody would rather not answer.
    """
    found = _asked(questionnaire, answers, final=False)
    return frozenset(name for name, is_asked in found.items() if is_asked is False)


def _asked(
    questionnaire: Questionnaire, answers: Answers, *, final: bool
) -> dict[str, bool | None]:
    """Return of each item whether it is asked: None where open questions decide it.

    ``final`` takes a question without an answer for answered by nothing.
    """
    settled: dict[str, bool | None] = {}

    def is_asked(link_id: str) -> bool | None:
        if link_id not in settled:
            item = questionnaire.by_link_id[link_id]
            parent = questionnaire.parents.get(link_id)
            outer = [] if parent is None else [is_asked(parent)]
            settled[link_id] = every([*outer, met(item)])
        return settled[link_id]

    def met(item: Item) -> bool | None:
        found = [holds(condition) for condition in item.conditions]
        if item.any_of and found:
            unmet = every([None if each is None else not each for each in found])
            return None if unmet is None else not unmet
        return every(found)

    def holds(condition: Condition) -> bool | None:
        reached = is_asked(condition.question)
        answer = answers.get(condition.question, ())
        if answer is DECLINED or not reached:
            answer = ()
        if not answer and not final and reached is not False:
            return None
        return _holds(condition, answer)

    return {name: is_asked(name) for name in questionnaire.by_link_id}


def every(found: Iterable[bool | None]) -> bool | None:
    """Return whether all hold, in Kleene's logic: one that does not decides it."""
    known = list(found)
    return False if False in known else (None if None in known else True)


def _holds(condition: Condition, answer: tuple[Value, ...]) -> bool:
    if condition.operator == "exists":
        return bool(answer) is condition.answer
    if condition.operator == "=":
        return condition.answer in answer
    if condition.operator == "!=":
        return condition.answer not in answer
    return any(ORDERS[condition.operator](value, condition.answer) for value in answer)


def given(questionnaire: Questionnaire, answers: Answers) -> dict[str, Answer]:
    """Return the answers to the questions that are asked, in their order; the others are dropped.

    So that an answer that somebody gave before changing an earlier one says nothing.
    """
    still = asked(questionnaire, answers)
    return {
        question.link_id: answers[question.link_id]
        for question in questionnaire.questions
        if question.link_id in still and answers.get(question.link_id, ()) != ()
    }


def at_first(questionnaire: Questionnaire) -> dict[str, Answer]:
    """Return the answers that a questionnaire fills in at first."""
    return {each.link_id: each.initial for each in questionnaire.questions if each.initial}


def problems(
    questionnaire: Questionnaire, answers: Answers, *, draft: bool = False
) -> list[Problem]:
    """Return what is wrong with the answers, in the order of the questions.

    Parameters
    ----------
    questionnaire, answers
        What was asked and answered.
    draft
        Whether they are still being given: then nothing is required yet.
    """
    still = asked(questionnaire, answers)
    found = [
        Problem(link_id, "This is no question here")
        for link_id in answers
        if link_id not in questionnaire.by_link_id
    ]
    for question in questionnaire.questions:
        if question.link_id not in still:
            continue
        answer = answers.get(question.link_id, ())
        if answer is DECLINED:
            continue
        if not answer:
            if question.required and not draft and not question.hidden:
                found.append(Problem(question.link_id, "Answer this question"))
            continue
        found += [Problem(question.link_id, what) for what in _wrong(question, answer)]
    return found


def _wrong(question: Item, answer: tuple[Value, ...]) -> Iterable[str]:
    if len(answer) > 1 and not question.repeats:
        yield "Give one answer"
    if len(set(answer)) < len(answer):
        yield "Give each answer once"
    alone = [option.label for option in question.options if option.exclusive]
    chosen = [option.label for option in question.options if option.value in answer]
    if len(answer) > 1 and set(alone) & set(chosen):
        yield f"“{(set(alone) & set(chosen)).pop()}” cannot be chosen together with another answer"
    for value in answer:
        if what := _wrong_value(question, value):
            yield what
            return


def _wrong_value(question: Item, value: Value) -> str:
    if question.options:
        if any(alike(option.value, value) for option in question.options):
            return ""
        if question.kind != "open-choice" or not isinstance(value, str):
            return "Choose one of the answers"
    elif not is_a(value, question.kind):
        return "This is not the kind of answer that was asked for"
    if isinstance(value, str):
        if isinstance(found := words(value), Wrong):
            return found.what
        longest = question.max_length or LONGEST
        return f"Use {longest} characters or fewer" if len(value) > longest else ""
    if question.minimum is not None and ORDERS["<"](value, question.minimum):
        return (
            f"Enter {question.minimum} or more"
            if _is_number(value)
            else _day("on or after", question.minimum)
        )
    if question.maximum is not None and ORDERS[">"](value, question.maximum):
        return (
            f"Enter {question.maximum} or less"
            if _is_number(value)
            else _day("on or before", question.maximum)
        )
    return ""


def _is_number(value: Value) -> bool:
    return isinstance(value, int | Decimal)


def _day(when: str, bound: object) -> str:
    return f"Enter a date {when} {bound}"


def from_form(
    questionnaire: Questionnaire, form: Mapping[str, Collection[str]]
) -> tuple[dict[str, Answer], list[Problem]]:
    """Read what a form sends, and say what could not be read.

    Parameters
    ----------
    questionnaire
        What was asked.
    form
        By ``linkId`` the texts that were sent: of a choice the keys of the options chosen, and for
        an ``open-choice`` also other words; ``true`` or ``false``; a date as year-month-day;
        :data:`DECLINED_KEY` for "I would rather not say", beside which nothing counts. Blank texts
        are no answer. What belongs to no question here is left alone.

    Returns
    -------
    tuple
        The answers that could be read, and a problem for each that could not. What else is wrong
        with them, :func:`problems` says.
    """
    answers: dict[str, Answer] = {}
    found: list[Problem] = []
    for question in questionnaire.questions:
        said = form.get(question.link_id, ())
        listed = [said] if isinstance(said, str) else said
        texts = [text.replace("\r\n", "\n").strip() for text in listed]
        texts = [text for text in texts if text]
        if DECLINED_KEY in texts:
            answers[question.link_id] = DECLINED
            continue
        values = [_read(question, text) for text in texts]
        for wrong in dict.fromkeys(value for value in values if isinstance(value, Wrong)):
            found.append(Problem(question.link_id, wrong.what))
        if kept := tuple(value for value in values if not isinstance(value, Wrong)):
            answers[question.link_id] = kept
    return answers, found


def _read(question: Item, text: str) -> Value | Wrong:
    if not question.options:
        return READERS[question.kind](text)
    for option in question.options:
        if option.key == text:
            return option.value
    return words(text) if question.kind == "open-choice" else Wrong("Choose one of the answers")


def to_form(question: Item, answer: Answer) -> list[str]:
    """Return an answer as a form holds it: the reverse of :func:`from_form`."""
    if answer is DECLINED:
        return [DECLINED_KEY]
    keys = {option.value: option.key for option in question.options}
    return [keys.get(value) or _text(value) for value in answer]


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Coding):
        return value.code
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
