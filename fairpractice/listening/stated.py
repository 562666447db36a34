"""What answers state: social facts, urgent needs and wishes for help, each apart from the others.

"I would rather not say" is stated as ``declined``, which is never a need; where nothing was
answered nothing is stated. That somebody wants no help says nothing of the need.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fairpractice.errors import FairpracticeError
from fairpractice.listening.answering import given
from fairpractice.listening.questionnaire import (
    DECLINED,
    NOTHING_FOLLOWS,
    SELF_REPORTED,
    Answers,
    Consequences,
    Item,
    Questionnaire,
    States,
    Value,
)
from fairpractice.listening.response import FINISHED, Response
from fairpractice.listening.scoring import scored
from fairpractice.listening.urgent import KINDS
from fairpractice.record.social_facts import SENSITIVE
from fairpractice.record.tables import FACT_STATUSES, LAWFUL_BASES


@dataclass(frozen=True)
class UrgentNeed:
    """That an answer tells of an urgent need, of one of the kinds in ``urgent.KINDS``."""

    link_id: str
    kind: str


def urgent_needs(questionnaire: Questionnaire, answers: Answers) -> list[UrgentNeed]:
    """Return the urgent needs that answers tell of, the gravest first; of drafts too.

    Ask it with each answer, before anything else is done with it.
    """
    found = [
        UrgentNeed(question.link_id, follows.urgent)
        for question, follows in _consequences(questionnaire, answers)
        if follows.urgent
    ]
    return sorted(found, key=lambda need: KINDS.index(need.kind))


def help_wanted(questionnaire: Questionnaire, answers: Answers) -> dict[str, str]:
    """Return what was said of a wish for help, by social topic.

    It is ``wanted``, ``not_wanted``, ``has_help`` or ``declined``; a topic is not in it when it was
    not asked or not answered.
    """
    said = given(questionnaire, answers)
    found = {
        question.help_with: "declined"
        for question in questionnaire.questions
        if question.help_with and said.get(question.link_id) is DECLINED
    }
    for question, follows in _consequences(questionnaire, answers):
        if question.help_with and follows.help:
            found[question.help_with] = follows.help
    return found


def facts(
    questionnaire: Questionnaire,
    response: Response,
    *,
    lawful_basis: str,
    source_organisation: str | None = None,
    recorder_role: str | None = None,
) -> list[dict[str, Any]]:
    """Return the social facts that a finished response states: at most one a topic.

    Where several answers bear on a topic, the first of present, absent, unknown and declined that
    one of them states is taken.

    Parameters
    ----------
    questionnaire, response
        What was asked and answered. A draft, or one entered in error, states nothing.
    lawful_basis
        Why the facts may be held: one of ``LAWFUL_BASES``; never assumed.
    source_organisation, recorder_role
        Who stated it, and the role of whoever wrote it down.

    Returns
    -------
    list of dict
        Rows of ``social_fact`` without the person: every column of its contract but
        ``patient_id``. The route follows from how it was answered.

    Raises
    ------
    FairpracticeError
        When the lawful basis is none.
    """
    if lawful_basis not in LAWFUL_BASES:
        raise FairpracticeError(
            f"There is no lawful basis “{lawful_basis}”",
            fix=f"Use one of {', '.join(LAWFUL_BASES)}.",
        )
    if response.status not in FINISHED:
        return []
    stated: dict[str, str] = {}
    for each in _stated(questionnaire, response.answers):
        before = stated.get(each.topic, each.status)
        stated[each.topic] = min(before, each.status, key=FACT_STATUSES.index)
    return [
        {
            "topic": topic,
            "code": None,
            "code_system": None,
            "status": status,
            "route": "self_reported" if response.mode in SELF_REPORTED else "asked",
            "source_organisation": source_organisation,
            "recorder_role": recorder_role,
            "recorded_on": response.authored.date(),
            "true_from": None,
            "true_until": None,
            "lawful_basis": lawful_basis,
            "sensitivity": "sensitive" if topic in SENSITIVE else "ordinary",
        }
        for topic, status in stated.items()
    ]


def _stated(questionnaire: Questionnaire, answers: Answers) -> Iterator[States]:
    for _, follows in _consequences(questionnaire, answers):
        yield from follows.states
    said = given(questionnaire, answers)
    for question in questionnaire.questions:
        if said.get(question.link_id) is DECLINED:
            yield from (States(topic, "declined") for topic in question.topics())
    for score, declared in zip(scored(questionnaire, answers), questionnaire.scores, strict=True):
        yield from score.states
        if not score.band and score.declined:
            for band in declared.bands:
                yield from (States(each.topic, "declined") for each in band.states)


def _consequences(
    questionnaire: Questionnaire, answers: Answers
) -> Iterator[tuple[Item, Consequences]]:
    """Yield what follows from each answer to a question that is asked."""
    for link_id, answer in given(questionnaire, answers).items():
        question = questionnaire.by_link_id[link_id]
        for value in () if answer is DECLINED else answer:
            yield question, _follows(question, value)


def _follows(question: Item, value: Value) -> Consequences:
    if isinstance(value, bool) and not question.options:
        return question.follows.get(value, NOTHING_FOLLOWS)
    return next(
        (option.follows for option in question.options if option.value == value), NOTHING_FOLLOWS
    )
