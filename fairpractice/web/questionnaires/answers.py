"""The pages on which people answer: one question at a time, saved as they go."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from fairpractice.listening import answering
from fairpractice.listening.questionnaire import Answers, Item, Questionnaire
from fairpractice.listening.urgent import FIRST
from fairpractice.listening.values import DECLINED_KEY
from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.core.locking import Conflict
from fairpractice.web.questionnaires import catalogue, fields, reach, replying, watching
from fairpractice.web.questionnaires.models import Ask, Reply


CHANGED = (
    "You changed your answers in another window. What you see here is not saved yet. "
    "Look at it, and save again if it is right."
)
SEEN = 9  # digits of a version


def _draft(asked: Ask) -> Reply | None:
    reply: Reply | None = getattr(asked, "reply", None)
    return reply if reply and reply.completed_at is None else None


def _questionnaire(asked: Ask) -> Questionnaire:
    found = catalogue.find(asked.questionnaire)
    if found is None:
        raise Http404
    return found


def _seen(request: HttpRequest) -> int:
    said = request.POST.get("version", "")
    if not (said.isascii() and said.isdigit() and len(said) <= SEEN):
        raise BadRequest("the form does not say which version it showed")
    return int(said)


def _own(asked: Ask) -> dict[str, Any]:
    return {"patient": asked.patient_id, "ask": asked.id}


def _asked_after(questionnaire: Questionnaire, answers: Answers, number: int) -> list[int]:
    """Return the numbers of the questions that are asked after one, given the answers."""
    still = answering.asked(questionnaire, answers)
    return [
        each
        for each, item in enumerate(questionnaire.questions, start=1)
        if each > number and item.link_id in still and not item.hidden
    ]


def _next(asked: Ask, questionnaire: Questionnaire, answers: Answers, number: int) -> HttpResponse:
    following = _asked_after(questionnaire, answers, number)
    if following:
        return redirect("own:question", **_own(asked), number=following[0])
    return redirect("own:check", **_own(asked))


def _first(asked: Ask, after: int) -> HttpResponse:
    """Go to the page of whom to call before anything else."""
    return redirect(f"{reverse('own:first', kwargs=_own(asked))}?{urlencode({'after': after})}")


@requires(access.ANSWER, reach=reach.own, methods=("GET", "POST"))
def about(request: HttpRequest, asked: Ask) -> HttpResponse:
    """Say why it is asked and who sees it, and begin; or that it was answered."""
    questionnaire = _questionnaire(asked)
    reply = getattr(asked, "reply", None)
    if reply and reply.completed_at:
        return render(request, "own/done.jinja", {"asked": asked, "patient": asked.patient})
    choices = catalogue.words_of(questionnaire)
    if request.method == "POST":
        words = request.POST.get("words", "")
        words = words if words in choices else ""
        draft = replying.begin(request.viewer, asked, questionnaire, words).draft or {}
        numbers = enumerate(questionnaire.questions, start=1)
        last = max((number for number, item in numbers if item.link_id in draft), default=0)
        return _next(asked, questionnaire, replying.answers_of(questionnaire, draft), last)
    chosen = reply.words if reply else ""
    context = {"asked": asked, "choices": choices, "chosen": chosen, "draft": reply}
    context |= {"questionnaire": catalogue.shown_in(questionnaire, chosen)}
    context |= {"direction": catalogue.direction_of(questionnaire, chosen)}
    return render(request, "own/about.jinja", context)


@requires(access.ANSWER, reach=reach.question, methods=("GET", "POST"))
def question(request: HttpRequest, reached: tuple[Ask, int]) -> HttpResponse:
    """Ask one question, and save what is answered."""
    asked, number = reached
    questionnaire, reply = _questionnaire(asked), _draft(asked)
    if reply is None:
        return redirect("own:about", **_own(asked))
    if not 0 < number <= len(questionnaire.questions):
        raise Http404
    if watching.unread(asked):
        return _first(asked, number - 1)
    item = questionnaire.questions[number - 1]
    answers = replying.answers_of(questionnaire, reply.draft)
    if item.hidden or item.link_id not in answering.asked(questionnaire, answers):
        return _next(asked, questionnaire, answers, number)
    if request.method != "POST":
        return _question(request, asked, questionnaire, item, reply.draft.get(item.link_id, ()))
    texts = fields.texts_of(item, request.POST)
    if wrong := fields.problem(questionnaire, item, texts):
        return _question(request, asked, questionnaire, item, texts, wrong)
    try:
        replying.save(request.viewer, asked, questionnaire, item.link_id, texts, _seen(request))
    except Conflict:
        asked.reply.refresh_from_db()
        if asked.reply.draft is None:
            return redirect("own:about", **_own(asked))
        return _question(request, asked, questionnaire, item, texts, CHANGED)
    if watching.unread(asked):
        return _first(asked, number)
    if "later" in request.POST:
        return redirect("own:later", **_own(asked))
    saved = replying.answers_of(questionnaire, asked.reply.draft)
    return _next(asked, questionnaire, saved, number)


def _question(
    request: HttpRequest, asked: Ask, questionnaire: Questionnaire, item: Item, texts: Any,
    wrong: str = "",
) -> HttpResponse:  # fmt: skip
    reply = asked.reply
    shown = catalogue.shown_in(questionnaire, reply.words)
    number = questionnaire.questions.index(item) + 1
    earlier = [
        each
        for each in _asked_after(questionnaire, replying.answers_of(questionnaire, reply.draft), 0)
        if each < number
    ]
    context = {
        "asked": asked,
        "number": number,
        "earlier": earlier[-1] if earlier else None,
        "field": fields.field(shown, shown.by_link_id[item.link_id], texts),
        "language": shown.language,
        "direction": catalogue.direction_of(questionnaire, reply.words),
        "rather_not": fields.RATHER_NOT,
        "declined_key": DECLINED_KEY,
        "version": reply.version,
        "error": wrong,
    }
    return render(request, "own/question.jinja", context)


@requires(access.ANSWER, reach=reach.own, methods=("GET", "POST"))
def first(request: HttpRequest, asked: Ask) -> HttpResponse:
    """Show whom to call now, before anything else; the questions go on when it was read."""
    questionnaire, reply = _questionnaire(asked), _draft(asked)
    said = (request.POST if request.method == "POST" else request.GET).get("after", "")
    after = int(said) if said.isascii() and said.isdigit() and len(said) <= SEEN else 0
    if request.method == "POST":
        watching.read(request.viewer, asked)
        if reply is None:
            return redirect("own:about", **_own(asked))
        answers = replying.answers_of(questionnaire, reply.draft)
        return _next(asked, questionnaire, answers, after)
    lines = catalogue.help_lines()
    told = {need.kind for need in asked.urgent_needs.filter(taken_back_at=None)}
    shown = [lines[kind] for kind in lines if kind == FIRST or kind in told]
    return render(request, "own/first.jinja", {"asked": asked, "after": after, "lines": shown})


@requires(access.ANSWER, reach=reach.own, methods=("GET", "POST"))
def check(request: HttpRequest, asked: Ask) -> HttpResponse:
    """Show all answers together; send them."""
    questionnaire, reply = _questionnaire(asked), _draft(asked)
    if reply is None:
        return redirect("own:about", **_own(asked))
    if watching.unread(asked):
        return _first(asked, len(questionnaire.questions))
    if request.method != "POST":
        return _check(request, asked, questionnaire, {})
    answers = replying.answers_of(questionnaire, reply.draft)
    numbers = {item.link_id: each for each, item in enumerate(questionnaire.questions, start=1)}
    problems = answering.problems(questionnaire, answers)
    wrong = {f"question-{numbers[each.link_id]}": each.what for each in problems}
    if wrong:
        return _check(request, asked, questionnaire, wrong)
    try:
        replying.finish(request.viewer, asked, questionnaire, _seen(request))
    except Conflict:
        asked.reply.refresh_from_db()
        return _check(request, asked, questionnaire, {"answers": CHANGED})
    return redirect("own:about", **_own(asked))


def _check(
    request: HttpRequest, asked: Ask, questionnaire: Questionnaire, errors: Mapping[str, str]
) -> HttpResponse:
    reply = asked.reply
    shown = catalogue.shown_in(questionnaire, reply.words)
    answers = replying.answers_of(questionnaire, reply.draft)
    rows = []
    for number in _asked_after(questionnaire, answers, 0):
        item = shown.questions[number - 1]
        rows.append((number, item.text, fields.said(item, reply.draft.get(item.link_id, ()))))
    context = {"asked": asked, "rows": rows, "version": reply.version, "errors": errors}
    context |= {"language": shown.language}
    context |= {"direction": catalogue.direction_of(questionnaire, reply.words)}
    return render(request, "own/check.jinja", context)


@requires(access.ANSWER, reach=reach.own, methods=("GET", "POST"))
def later(request: HttpRequest, asked: Ask) -> HttpResponse:
    """Say that it is saved, and give a code to come back with when it is asked for."""
    if _draft(asked) is None:
        return redirect("own:about", **_own(asked))
    code = replying.come_back(request.viewer, asked) if request.method == "POST" else ""
    context = {"asked": asked, "code": code}
    context |= {"site": request.build_absolute_uri(reverse("own:enter"))}
    return render(request, "own/later.jinja", context)


@requires(access.ANSWER, reach=reach.own, methods=("GET", "POST"))
def delete(request: HttpRequest, asked: Ask) -> HttpResponse:
    """Delete what was answered and not sent."""
    if _draft(asked) is None:
        return redirect("own:about", **_own(asked))
    if request.method != "POST":
        return render(request, "own/delete.jinja", {"asked": asked})
    replying.delete_draft(request.viewer, asked)
    messages.success(request, "Your answers are deleted. Nothing was sent.")
    return redirect("own:person", patient=asked.patient_id)
