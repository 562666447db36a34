"""Answers as a FHIR R4 QuestionnaireResponse, and back.

A response keeps the url and version of what was asked, the words that were shown, the way it was
answered and the language. "I would rather not say" is an item without an answer and with HL7's
``data-absent-reason`` of ``asked-declined``.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from fairpractice.errors import FairpracticeError
from fairpractice.listening import names
from fairpractice.listening.answering import Problem, given
from fairpractice.listening.questionnaire import (
    DECLINED,
    MODES,
    Answer,
    Answers,
    Item,
    Questionnaire,
    Value,
)
from fairpractice.listening.reading import find
from fairpractice.listening.values import ANSWER_TYPES, FHIR_TYPES, Wrong, from_fhir, to_fhir


STATUSES = ("in-progress", "completed", "amended", "entered-in-error", "stopped")
FINISHED = ("completed", "amended")

# HL7's three ways, which its extension asks for beside ours.
PARTICIPATION = {
    "paper": "WRITTEN",
    "text_link": "ELECTRONIC",
    "telephone": "VERBAL",
    "desk": "ELECTRONIC",
    "in_person": "VERBAL",
}
DEEPEST = 50  # levels of items inside items


@dataclass(frozen=True)
class Response:
    """What one person answered.

    Attributes
    ----------
    questionnaire
        The url and version of what was asked, as ``url|version``.
    status
        One of :data:`STATUSES`; an ``in-progress`` one is a draft, which states nothing.
    authored
        When it was last written, with its time zone.
    mode
        How it was answered: one of ``MODES``.
    answers
        What was answered, by ``linkId``.
    subject
        Whom it is about, as a FHIR reference; empty when that is kept elsewhere.
    language
        The language in which the questions were shown.
    easy_read
        Whether they were shown in easy read.
    """

    questionnaire: str
    status: str
    authored: dt.datetime
    mode: str
    answers: Answers = field(default_factory=dict)
    subject: str = ""
    language: str = "en-GB"
    easy_read: bool = False


def to_resource(response: Response, questionnaire: Questionnaire) -> dict[str, Any]:
    """Return a response as a QuestionnaireResponse, ready for JSON.

    Answers to questions that are not asked any more are left out.

    Parameters
    ----------
    response
        What was answered.
    questionnaire
        What was asked, in the words that were shown.

    Raises
    ------
    FairpracticeError
        When it is to another questionnaire or version, has no time zone, or a status or way of
        answering that is none.
    """
    if response.questionnaire != questionnaire.canonical:
        raise FairpracticeError(
            f"These answers are to {response.questionnaire}, not {questionnaire.canonical}",
            fix="Take the questionnaire and version that was asked.",
        )
    if response.authored.tzinfo is None:
        raise FairpracticeError(
            "It is not said in which time zone the answers were given",
            fix="Give the time with its zone.",
        )
    for what, said, among in (
        ("status of answers", response.status, STATUSES),
        ("way of answering", response.mode, MODES),
    ):
        if said not in among:
            raise FairpracticeError(f"There is no {what} “{said}”", fix=f"Use {', '.join(among)}.")
    coding = [
        {"system": names.PARTICIPATION, "code": PARTICIPATION[response.mode]},
        {"system": names.MODE_SYSTEM, "code": response.mode},
    ]
    answers = given(questionnaire, response.answers)
    resource: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "language": response.language,
        "extension": [
            {"url": names.COMPLETION, "valueCodeableConcept": {"coding": coding}},
            *([{"url": names.EASY_READ, "valueBoolean": True}] if response.easy_read else []),
        ],
        "questionnaire": response.questionnaire,
        "status": response.status,
        "authored": response.authored.isoformat(),
        "item": list(_written(questionnaire.items, answers, easy=response.easy_read)),
    }
    if response.subject:
        resource["subject"] = {"reference": response.subject}
    if not resource["item"]:
        del resource["item"]
    return resource


def _written(items: Iterable[Item], answers: Answers, *, easy: bool) -> Iterator[dict[str, Any]]:
    for item in items:
        inside = list(_written(item.items, answers, easy=easy))
        answer = answers.get(item.link_id, ())
        if not inside and answer == ():
            continue
        said: dict[str, Any] = {"linkId": item.link_id}
        if shown := (item.easy if easy and item.easy else item.text):
            said["text"] = shown
        if answer is DECLINED:
            said["extension"] = [{"url": names.ABSENT, "valueCode": DECLINED.value}]
        elif answer:
            said["answer"] = [to_fhir(value) for value in answer]
        if inside and "answer" in said:
            said["answer"][0]["item"] = inside
        elif inside:
            said["item"] = inside
        yield said


def from_resource(
    resource: Any, questionnaires: Mapping[str, Questionnaire]
) -> tuple[Response, list[Problem]]:
    """Read a QuestionnaireResponse.

    Parameters
    ----------
    resource
        The resource as JSON.
    questionnaires
        Those there are, by id; the one and version that it names is taken.

    Returns
    -------
    tuple
        The response, and a problem for each answer that could not be read; the others are kept.

    Raises
    ------
    FairpracticeError
        When it is no QuestionnaireResponse, does not say to what, how or when it was answered, or
        its questionnaire is not here.
    """
    if not isinstance(resource, dict) or resource.get("resourceType") != "QuestionnaireResponse":
        raise _refused("This is not a QuestionnaireResponse", "Give a FHIR R4 one.")
    questionnaire = find(_text(resource, "questionnaire"), questionnaires)
    status = _text(resource, "status")
    if status not in STATUSES:
        raise _refused(f"There is no status “{status}” of answers", f"Use {', '.join(STATUSES)}.")
    try:
        authored = dt.datetime.fromisoformat(_text(resource, "authored"))
    except ValueError as error:
        raise _refused("It is not said when the answers were given", "Give `authored`.") from error
    if authored.tzinfo is None:
        raise _refused("`authored` has no time of day with its time zone", "Give both.")
    reading = _Reading(questionnaire)
    reading.items(resource.get("item", ()), 0)
    subject = resource.get("subject")
    return (
        Response(
            questionnaire=questionnaire.canonical,
            status=status,
            authored=authored,
            mode=_mode(resource),
            answers=reading.answers,
            subject=str(subject.get("reference", "")) if isinstance(subject, dict) else "",
            language=str(resource.get("language", questionnaire.language)),
            easy_read=any(_listed(resource, names.EASY_READ, "valueBoolean")),
        ),
        reading.problems,
    )


def _refused(what: str, fix: str) -> FairpracticeError:
    return FairpracticeError(what, where="QuestionnaireResponse", fix=fix)


def _text(resource: Mapping[str, Any], key: str) -> str:
    found = resource.get(key)
    if not isinstance(found, str) or not found:
        raise _refused(f"It does not say its {key}", "Add it.")
    return found


def _listed(said: Mapping[str, Any], url: str, key: str) -> Iterator[Any]:
    found = said.get("extension", ())
    for each in found if isinstance(found, list) else ():
        if isinstance(each, dict) and each.get("url") == url:
            yield each.get(key)


def _mode(resource: Mapping[str, Any]) -> str:
    for concept in _listed(resource, names.COMPLETION, "valueCodeableConcept"):
        codings = concept.get("coding", ()) if isinstance(concept, dict) else ()
        for coding in codings if isinstance(codings, list) else ():
            if (
                isinstance(coding, dict)
                and coding.get("system") == names.MODE_SYSTEM
                and coding.get("code") in MODES
            ):
                return str(coding["code"])
    raise _refused(
        "It does not say how it was answered",
        f"Add the extension {names.COMPLETION} with one of {', '.join(MODES)} "
        f"of {names.MODE_SYSTEM}.",
    )


class _Reading:
    """The answers of one response, gathered from items inside items."""

    def __init__(self, questionnaire: Questionnaire) -> None:
        self.known = questionnaire.by_link_id
        self.answers: dict[str, Answer] = {}
        self.problems: list[Problem] = []

    def items(self, said: Any, depth: int) -> None:
        if depth > DEEPEST:
            self.problems.append(Problem("", "Items are too deep inside each other"))
            return
        for item in said if isinstance(said, list | tuple) else ():
            if isinstance(item, dict):
                self.item(item, depth)

    def item(self, said: Mapping[str, Any], depth: int) -> None:
        link_id = said.get("linkId")
        question = self.known.get(link_id) if isinstance(link_id, str) else None
        if question is None:
            self.problems.append(Problem(str(link_id), "This is no question here"))
            return
        self.items(said.get("item", ()), depth + 1)
        found = said.get("answer", ())
        listed = [each for each in (found if isinstance(found, list) else [found]) if each != ()]
        for each in listed:
            if isinstance(each, dict):
                self.items(each.get("item", ()), depth + 1)
        if not question.is_question:
            if listed:
                self.problems.append(Problem(question.link_id, "This takes no answer"))
            return
        if question.link_id in self.answers:
            self.problems.append(Problem(question.link_id, "This is answered twice"))
            return
        if DECLINED.value in _listed(said, names.ABSENT, "valueCode"):
            self.answers[question.link_id] = DECLINED
            return
        values = [_value(question, each) for each in listed]
        for wrong in dict.fromkeys(value for value in values if isinstance(value, Wrong)):
            self.problems.append(Problem(question.link_id, wrong.what))
        if kept := tuple(value for value in values if not isinstance(value, Wrong)):
            self.answers[question.link_id] = kept


def _value(question: Item, said: Any) -> Value | Wrong:
    found = {} if not isinstance(said, dict) else said
    keys = [key for key in found if key.startswith("value")]
    if len(keys) != 1 or keys[0].removeprefix("value") not in ANSWER_TYPES:
        return Wrong("This answer cannot be read")
    kind = keys[0].removeprefix("value")
    if not question.options and kind != FHIR_TYPES[question.kind]:
        return Wrong("This is not the kind of answer that was asked for")
    return from_fhir(kind, found[keys[0]])
