"""What people do with what they were asked: begin, save, finish, or take back a draft.

A draft is kept as a form sends it, by question, so that nothing that was typed is lost by reading
it. Every save names the version that its page showed: of two windows the second is told.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from fairpractice.listening import answering, stated
from fairpractice.listening.questionnaire import Answers, Questionnaire
from fairpractice.listening.response import Response, to_resource
from fairpractice.web.core import audit
from fairpractice.web.core.access import ANSWER, ASK, TELL, Viewer
from fairpractice.web.core.locking import Conflict, change
from fairpractice.web.patients import actions
from fairpractice.web.patients.models import HelpWish, OwnWords, Patient
from fairpractice.web.questionnaires import asking, catalogue, links, watching
from fairpractice.web.questionnaires.models import Ask, Reply, Way


OWN_WORDS = {about.value for about in OwnWords.About}
"""The ``linkId`` of questions whose answer is shown on the portrait in the person's own words."""


@transaction.atomic
def begin(viewer: Viewer, asked: Ask, questionnaire: Questionnaire, words: str) -> Reply:
    """Begin a draft, or go on with the one there is, in the words that were chosen."""
    first = {
        item.link_id: answering.to_form(item, answer)
        for item in questionnaire.questions
        if (answer := answering.at_first(questionnaire).get(item.link_id))
    }
    found, made = Reply.objects.select_for_update().get_or_create(
        ask=asked, defaults={"by_id": viewer.user_id, "words": words, "draft": first}
    )
    if not made and found.words != words and found.completed_at is None:
        change(found, found.version, words=words)
    _noted(viewer, asked, "began" if made else "went on")
    return found


@transaction.atomic
def save(
    viewer: Viewer, asked: Ask, questionnaire: Questionnaire, link_id: str,
    texts: Sequence[str], seen: int,
) -> None:  # fmt: skip
    """Save the answer to one question in the draft, and note an urgent need that it tells of.

    Raises
    ------
    Conflict
        When the draft was changed, to something else than this, or finished since it was seen.
    """
    reply = asked.reply
    if reply.draft is None:
        raise Conflict
    draft = {name: each for name, each in reply.draft.items() if name != link_id}
    draft |= {link_id: list(texts)} if texts else {}
    if draft != reply.draft:
        change(reply, seen, draft=draft)
        _noted(viewer, asked, "saved")
    needs = stated.urgent_needs(questionnaire, answers_of(questionnaire, draft))
    watching.note(viewer, asked, {need.kind for need in needs})


def answers_of(questionnaire: Questionnaire, draft: Mapping[str, Sequence[str]]) -> Answers:
    """Return the answers of a draft that can be read."""
    return answering.from_form(questionnaire, draft)[0]


@transaction.atomic
def finish(viewer: Viewer, asked: Ask, questionnaire: Questionnaire, seen: int) -> None:
    """Finish a draft: keep it as FHIR has it, and state what follows from it; again is no more.

    What is stated is stated by the person, on the lawful basis on which they were asked. Wishes
    for help are kept apart from it.

    Raises
    ------
    Conflict
        When the draft was changed since it was seen.
    """
    reply = Reply.objects.select_for_update().get(ask=asked)
    if reply.draft is None:
        return
    now, answers = timezone.now(), answers_of(questionnaire, reply.draft)
    response, resource = _response(asked, questionnaire, answers, now, reply.words)
    change(reply, seen, draft=None, resource=resource, completed_at=now, by_id=viewer.user_id)
    _state(viewer, asked, questionnaire, response)
    _noted(viewer, asked, "finished")


def _response(
    asked: Ask, questionnaire: Questionnaire, answers: Answers, now: dt.datetime, words: str
) -> tuple[Response, dict[str, Any]]:
    """Return finished answers, and as FHIR has them."""
    shown, easy = catalogue.shown_in(questionnaire, words), words == catalogue.EASY_READ
    response = Response(
        questionnaire=questionnaire.canonical,
        status="completed",
        authored=timezone.localtime(now),
        mode=catalogue.MODES[asked.way],
        answers=answers,
        language=shown.language,
        easy_read=easy,
    )
    return response, to_resource(response, questionnaire if easy else shown)


@transaction.atomic
def take_down(
    viewer: Viewer, patient: Patient, questionnaire: Questionnaire,
    form: Mapping[str, Sequence[str]], lawful_basis: str, token: uuid.UUID,
) -> Ask:  # fmt: skip
    """Keep what somebody said in the room to staff who asked them; what follows is stated as asked.

    Parameters
    ----------
    viewer, patient, questionnaire
        Who asked whom what.
    form
        What was said, as texts by ``linkId``.
    lawful_basis
        Why it may be held.
    token
        The form's own id, which becomes the ask's: sent twice, it is kept once.
    """
    asked, made = asking.asked(viewer, patient, questionnaire, Way.ROOM, lawful_basis, token)
    if not made:
        return asked
    now, answers = timezone.now(), answers_of(questionnaire, form)
    response, resource = _response(asked, questionnaire, answers, now, "")
    Reply.objects.create(ask=asked, by_id=viewer.user_id, resource=resource, completed_at=now)
    _state(viewer, asked, questionnaire, response)
    watching.note(
        viewer, asked, {each.kind for each in stated.urgent_needs(questionnaire, answers)}
    )
    detail = {"ask": str(asked.id), "way": asked.way}
    audit.entry(viewer, ASK, patient=patient.id, detail=detail)
    return asked


def _state(viewer: Viewer, asked: Ask, questionnaire: Questionnaire, response: Response) -> None:
    """Record what answers state; each thing has an id of its own, so that it is there once."""
    patient = asked.patient
    for fact in stated.facts(questionnaire, response, lawful_basis=asked.lawful_basis):
        said = actions.Statement(
            fact["topic"], fact["status"], fact["route"], fact["lawful_basis"], fact["sensitivity"]
        )
        actions.record_fact(viewer, patient, said, uuid.uuid5(asked.id, f"fact/{said.topic}"))
    for topic, wish in stated.help_wanted(questionnaire, response.answers).items():
        HelpWish.objects.create(
            id=uuid.uuid5(asked.id, f"help/{topic}"),
            patient=patient,
            topic=topic,
            wish=wish,
            told_by_id=viewer.user_id,
        )
    for link_id, answer in answering.given(questionnaire, response.answers).items():
        if link_id in OWN_WORDS and isinstance(answer, tuple) and isinstance(answer[0], str):
            tell(viewer, patient, link_id, answer[0], uuid.uuid5(asked.id, f"words/{link_id}"))


@transaction.atomic
def tell(viewer: Viewer, patient: Any, about: str, words: str, token: uuid.UUID) -> None:
    """Keep what somebody wrote of what matters to them or helps them; the form's id is its own."""
    _, made = OwnWords.objects.get_or_create(
        id=token,
        patient=patient,
        defaults={"about": about, "words": words, "told_by_id": viewer.user_id},
    )
    if made:
        audit.entry(viewer, TELL, patient=patient.id, detail={"words": str(token)})


@transaction.atomic
def take_back(viewer: Viewer, words: OwnWords) -> None:
    """Take what somebody wrote off their portrait."""
    if words.taken_back_at is None:
        words.taken_back_at = timezone.now()
        words.save(update_fields=["taken_back_at"])
        detail = {"words": str(words.id), "taken back": True}
        audit.entry(viewer, TELL, patient=words.patient_id, detail=detail)


@transaction.atomic
def delete_draft(viewer: Viewer, asked: Ask) -> None:
    """Delete a draft. What was told of an urgent need stays where it was told."""
    if Reply.objects.filter(ask=asked, completed_at=None).delete()[0]:
        _noted(viewer, asked, "deleted")


@transaction.atomic
def come_back(viewer: Viewer, asked: Ask) -> str:
    """Return the code of a link with which somebody goes on later; the one before opens no more."""
    code, _ = links.make(asked, links.COME_BACK)
    _noted(viewer, asked, "goes on later")
    return links.written(code)


def _noted(viewer: Viewer, asked: Ask, what: str) -> None:
    detail = {"ask": str(asked.id), "how": what}
    audit.entry(viewer, ANSWER, patient=asked.patient_id, detail=detail)
