"""Adding answers up, in the way that a questionnaire declares.

A question that cannot come to be asked, given the answers, adds nothing. While another is not
answered, or somebody would rather not answer it, there is no score; but when every score that it
could still come to is in one band, the band is known.
"""

from dataclasses import dataclass
from decimal import Decimal

from fairpractice.listening.answering import given, never_asked
from fairpractice.listening.questionnaire import (
    DECLINED,
    Answers,
    Band,
    Item,
    Questionnaire,
    Score,
    ScoredItem,
    States,
    Value,
)


@dataclass(frozen=True)
class Scored:
    """What a score comes to.

    Attributes
    ----------
    id, title
        Which score.
    value
        The sum; None when it is not complete.
    band
        What the score is called; empty when it is not known, or has no band.
    status
        ``ok``; ``incomplete``; or ``not_answered`` when none of its questions was.
    reason
        For one that is incomplete, the questions without an answer.
    states
        What the band states of social topics.
    declined
        Whether somebody would rather not answer one of its questions.
    """

    id: str
    title: str
    value: Decimal | None = None
    band: str = ""
    status: str = "ok"
    reason: str = ""
    states: tuple[States, ...] = ()
    declined: bool = False


def scored(questionnaire: Questionnaire, answers: Answers) -> list[Scored]:
    """Return what each score of a questionnaire comes to."""
    said = given(questionnaire, answers)
    nothing_added = never_asked(questionnaire, answers)
    return [_scored(score, questionnaire, said, nothing_added) for score in questionnaire.scores]


def _scored(
    score: Score, questionnaire: Questionnaire, answers: Answers, nothing_added: frozenset[str]
) -> Scored:
    low = high = Decimal(0)
    missing: list[str] = []
    declined = False
    bounded = True
    for part in score.items:
        item = questionnaire.by_link_id[part.link_id]
        answer = answers.get(part.link_id, ())
        if answer is not DECLINED and answer:
            added = _added(part, item, answer[0])
            low, high = low + added, high + added
        elif part.link_id not in nothing_added:
            missing.append(part.link_id)
            declined = declined or answer is DECLINED
            if (limits := _limits(part, item)) is None:
                bounded = False
            else:
                low, high = low + limits[0], high + limits[1]
    band = _band(score, low)
    if missing and (not bounded or band is None or _band(score, high) != band):
        band = None
    answered = any(answers.get(part.link_id, DECLINED) is not DECLINED for part in score.items)
    status = "ok" if not missing else ("incomplete" if answered else "not_answered")
    return Scored(
        id=score.id,
        title=score.title,
        value=None if missing else low,
        band=band.label if band else "",
        status=status,
        reason=f"no answer to {', '.join(missing)}" if missing else "",
        states=band.states if band else (),
        declined=declined,
    )


def _band(score: Score, value: Decimal) -> Band | None:
    return next((band for band in score.bands if band.start <= value <= band.end), None)


def _points(item: Item, value: Value) -> Decimal:
    for option in item.options:
        if option.value == value and option.score is not None:
            return option.score
    return value if isinstance(value, Decimal) else Decimal(int(value))  # type: ignore[arg-type]  # a score has only numbers and yes or no


def _range(item: Item) -> tuple[Decimal, Decimal] | None:
    """Return the least and the most that the answers to a question count, where that is known."""
    if item.kind == "boolean":
        return Decimal(0), Decimal(1)
    if points := [option.score for option in item.options if option.score is not None]:
        return min(points), max(points)
    if isinstance(item.minimum, Decimal) and isinstance(item.maximum, Decimal):
        return item.minimum, item.maximum
    return None


def _added(part: ScoredItem, item: Item, value: Value) -> Decimal:
    points = _points(item, value)
    limits = _range(item)
    if part.reversed and limits:
        points = limits[0] + limits[1] - points
    return points if part.at_least is None else Decimal(points >= part.at_least)


def _limits(part: ScoredItem, item: Item) -> tuple[Decimal, Decimal] | None:
    return (Decimal(0), Decimal(1)) if part.at_least is not None else _range(item)
