"""The pages on which staff ask somebody in the room, and read what somebody answered."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from fairpractice.listening import answering, response
from fairpractice.listening.questionnaire import Item, Questionnaire
from fairpractice.listening.urgent import FIRST
from fairpractice.listening.values import DECLINED_KEY
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer, requires
from fairpractice.web.patients import reach as people
from fairpractice.web.patients.models import Patient
from fairpractice.web.questionnaires import catalogue, fields, reach, replying, watching
from fairpractice.web.questionnaires.models import Ask, Way


LAWFUL_BASIS = "direct_care"
Said = Mapping[str, Sequence[str]]


def _offered(viewer: Viewer, patient: Patient) -> dict[str, Questionnaire]:
    """Return what somebody may be asked here by the viewer: nothing of what they may not see."""
    offered = catalogue.offered(Way.ROOM, watching.declared(patient.practice))
    sees = viewer.may(access.SENSITIVE)
    return {name: each for name, each in offered.items() if catalogue.open_to(each, sensitive=sees)}


@requires(access.ASK, reach=people.person, methods=("GET", "POST"))
def room(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Choose what to ask somebody who is here; ask it, and write down what they say."""
    offered = _offered(request.viewer, patient)
    context: dict[str, Any] = {"patient": patient, "offered": offered}
    name = request.POST.get("questionnaire", "")
    if name not in offered:
        errors = {"questionnaire": "Choose what to ask"} if request.method == "POST" else {}
        return render(request, "questionnaires/room_choose.jinja", context | {"errors": errors})
    asked, context = sheet(request, patient, offered[name], context | {"name": name})
    if asked:
        messages.success(request, "Written down.")
        return redirect("questionnaires:reply", patient=patient.id, ask=asked.id)
    return render(request, "questionnaires/room.jinja", context)


def sheet(
    request: HttpRequest, patient: Patient, questionnaire: Questionnaire, context: dict[str, Any]
) -> tuple[Ask | None, dict[str, Any]]:
    """Write down what was said on a sheet of questions, if it was sent; else what the sheet shows.

    Returns
    -------
    tuple
        The ask, once it is written down; and the context of ``questionnaires/room.jinja``, which
        may have an ``action`` and ``hidden`` fields of its own.
    """
    open_ones = catalogue.open_to(questionnaire, sensitive=request.viewer.may(access.SENSITIVE))
    said, wrong = {}, {}
    if "write" in request.POST:
        said = {each.link_id: _texts(questionnaire, each, request.POST) for each in open_ones}
        wrong = _wrong(questionnaire, open_ones, said)
        token = _token(request.POST)
        if token and not wrong:
            asked = replying.take_down(
                request.viewer, patient, questionnaire, said, LAWFUL_BASIS, token
            )
            return asked, context
    context |= {"questionnaire": questionnaire, "errors": wrong}
    context |= {"token": request.POST.get("token") or uuid.uuid4()}
    context |= {"declined_key": DECLINED_KEY, "rather_not": fields.RATHER_NOT}
    context["asked"] = [
        (
            _id(questionnaire, each),
            fields.field(questionnaire, each, said.get(each.link_id, ())),
            bool(each.conditions),
        )
        for each in open_ones
    ]
    return None, context


def _token(sent: QueryDict) -> uuid.UUID | None:
    try:
        return uuid.UUID(sent.get("token", ""))
    except ValueError:
        return None


def _id(questionnaire: Questionnaire, item: Item) -> str:
    return f"question-{questionnaire.questions.index(item) + 1}"


def _texts(questionnaire: Questionnaire, item: Item, sent: QueryDict) -> list[str]:
    """Return the texts of one of the questions of a page, as a page of its own sends them."""
    begins = f"{_id(questionnaire, item)}-"
    alone = QueryDict(mutable=True)
    for name in sent:
        if name.startswith(begins):
            alone.setlist(name.removeprefix(begins), sent.getlist(name))
    return fields.texts_of(item, alone)


def _wrong(questionnaire: Questionnaire, asked: Sequence[Item], said: Said) -> dict[str, str]:
    """Return what is wrong with the answers, by the id of the question."""
    found = {
        each.link_id: what
        for each in asked
        if (what := fields.problem(questionnaire, each, said[each.link_id]))
    }
    answers = replying.answers_of(questionnaire, said)
    for problem in answering.problems(questionnaire, answers):
        found.setdefault(problem.link_id, problem.what)
    return {
        _id(questionnaire, each): found[each.link_id] for each in asked if each.link_id in found
    }


@requires(access.READ_REPLY, reach=reach.reply)
def reply(request: HttpRequest, answered: tuple[Ask, Questionnaire]) -> HttpResponse:
    """Show what somebody answered, in words; and whom to call, where it cannot wait."""
    asked, questionnaire = answered
    sees = request.viewer.may(access.SENSITIVE)
    read, problems = response.from_resource(asked.reply.resource, catalogue.everything())
    still = answering.asked(questionnaire, read.answers)
    rows = [
        (each.text, _in_words(each, read.answers))
        for each in catalogue.open_to(questionnaire, sensitive=sees)
        if each.link_id in still
    ]
    lines = catalogue.help_lines()
    needs = asked.urgent_needs.filter(taken_back_at=None, settled_at=None)
    kinds = {need.kind for need in needs if sees or need.kind not in catalogue.SENSITIVE_KINDS}
    shown = [lines[kind] for kind in lines if kinds and (kind == FIRST or kind in kinds)]
    context = {"patient": asked.patient, "ask": asked, "questionnaire": questionnaire}
    context |= {"rows": rows, "response": read, "lines": shown, "unread": len(problems)}
    return render(request, "questionnaires/reply.jinja", context)


def _in_words(item: Item, answers: Mapping[str, Any]) -> str:
    given = answers.get(item.link_id)
    return fields.said(item, answering.to_form(item, given)) if given else ""
