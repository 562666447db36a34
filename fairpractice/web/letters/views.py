"""The pages of letters."""

import uuid
from html import escape
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from fairpractice.errors import FairpracticeError
from fairpractice.referral.letters import Template
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer, requires
from fairpractice.web.letters import actions, forms, reach
from fairpractice.web.letters.models import Leaving, Letter
from fairpractice.web.patients.models import Patient
from fairpractice.web.patients.reach import person


PRINTED = ("text/html", "html")
FORMS = {"text": ("text/plain", "txt"), "page": PRINTED, actions.POST: PRINTED}
PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>Letter</title>
<style>body{{font:12pt/1.5 Arial,sans-serif;max-width:42em;margin:3em auto;padding:0 1em}}
p{{white-space:pre-line}}</style></head>
<body>
{paragraphs}
</body></html>
"""
LATE = "Something that it named does not hold any more. Take it out of the words, then keep it"


def beside_the_portrait(viewer: Viewer, patient: Patient) -> dict[str, Any]:
    """Return what a portrait shows of letters to those who may see them: all of them, and kinds."""
    if not viewer.may(access.READ_LETTERS):
        return {}
    kept = patient.letters.order_by("-begun_at", "id")
    return {"letters": list(kept), "kinds": actions.kinds().values()}


@requires(access.WRITE_LETTER, reach=person, methods=("GET", "POST"))
def add(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Draft a letter, with the facts that are chosen, and keep it as it was edited."""
    kinds = actions.kinds()
    sent = request.POST
    template = kinds.get(sent.get("kind", ""))
    if template is None:
        errors = {"kinds": "Choose a kind of letter"} if request.method == "POST" else {}
        context = {"patient": patient, "kinds": kinds.values(), "errors": errors}
        return render(request, "letters/kinds.jinja", context)
    if sent.get("do") == "keep":
        return _keep(request, patient, template)
    return _draft(request, patient, template)


def _draft(request: HttpRequest, patient: Patient, template: Template) -> HttpResponse:
    chosen = request.POST.getlist("fact") if request.POST.get("do") == "again" else None
    context: dict[str, Any] = {"patient": patient, "sent": request.POST, "token": uuid.uuid4()}
    form = forms.Drafted(request.POST)
    recipient = form.cleaned_data["recipient"] if form.is_valid() else ""
    try:
        drafted = actions.draft(request.viewer, patient, template, chosen, recipient)
    except FairpracticeError as error:
        errors = {"kinds": f"{error.what}. {error.fix}"}
        context |= {"errors": errors, "kinds": actions.kinds().values()}
        return render(request, "letters/kinds.jinja", context)
    context |= {"draft": drafted, "text": drafted.text}
    if drafted.left_out:
        said = "Something that you had chosen does not hold any more, and is not in the letter"
        context |= {"errors": {"facts": said}}
    return render(request, "letters/draft.jinja", context)


def _keep(request: HttpRequest, patient: Patient, template: Template) -> HttpResponse:
    form, named = forms.Written(request.POST), request.POST.getlist("fact")
    there = form.is_valid() and patient.letters.filter(id=form.cleaned_data["token"]).exists()
    late = not there and actions.left_out(request.viewer, patient, template, named)
    if form.is_valid() and not late:
        said = form.cleaned_data
        kept = actions.keep(request.viewer, patient, template, said["text"], named, said["token"])
        messages.success(request, "The letter is kept. Print it, or download it.")
        return redirect("letters:letter", patient=patient.id, letter=kept.id)
    drafted = actions.draft(request.viewer, patient, template, named)
    context = {"patient": patient, "sent": request.POST, "token": uuid.uuid4(), "draft": drafted}
    errors = {"text": LATE} if late else _errors(form)
    context |= {"text": request.POST.get("text", ""), "errors": errors}
    return render(request, "letters/draft.jinja", context)


def _errors(form: forms.Written) -> dict[str, str]:
    words = form.errors.get("text", ["The page was not complete. Send it again"])
    return {"text": words[0]}


@requires(access.READ_LETTERS, reach=reach.letter)
def letter(request: HttpRequest, letter: Letter) -> HttpResponse:
    """Show a letter as it is printed, what it said before, and when it left."""
    return _letter(request, letter)


def _letter(
    request: HttpRequest, letter: Letter, errors: dict[str, str] | None = None
) -> HttpResponse:
    found = letter.wordings.select_related("written_by", "cleared")
    wordings = list(found.order_by("-number"))
    left = Leaving.objects.filter(wording__letter=letter).order_by("-taken_at")
    context = {
        "patient": letter.patient,
        "letter": letter,
        "latest": wordings[0],
        "earlier": wordings[1:],
        "left": list(left.select_related("taken_by", "wording")),
        "may_write": request.viewer.may(access.WRITE_LETTER),
        "may_take": request.viewer.may(access.TAKE_LETTER),
        "may_clear": request.viewer.may(access.CLEAR_LETTER),
        "cleared": hasattr(wordings[0], "cleared"),
        "post": actions.may_post(letter.patient),
        "gone": bool(actions.gone(request.viewer, letter)),
        "errors": errors,
    }
    return render(request, "letters/letter.jinja", context)


@requires(access.WRITE_LETTER, reach=reach.letter, methods=("GET", "POST"))
def reword(request: HttpRequest, letter: Letter) -> HttpResponse:
    """Change what a letter says."""
    context = {"patient": letter.patient, "letter": letter, "token": uuid.uuid4()}
    context |= {"version": letter.version}
    if request.method != "POST":
        context |= {"text": letter.latest.text}
        return render(request, "letters/reword.jinja", context)
    form = forms.Reworded(request.POST)
    if not form.is_valid():
        context |= {"text": request.POST.get("text", ""), "errors": _errors(form)}
        context |= {"version": _seen(request.POST, letter)}
        return render(request, "letters/reword.jinja", context)
    said = form.cleaned_data
    actions.reword(request.viewer, letter, said["text"], said["version"], said["token"])
    messages.success(request, "The letter is changed. What it said before is kept.")
    return redirect("letters:letter", patient=letter.patient_id, letter=letter.id)


def _seen(sent: QueryDict, letter: Letter) -> int:
    """Return the version that a page showed which is shown again."""
    said = sent.get("version", "")
    return int(said) if said.isdecimal() and len(said) < 9 else letter.version


@requires(access.TAKE_LETTER, reach=reach.letter, methods=("POST",))
def take(request: HttpRequest, letter: Letter) -> HttpResponse:
    """Download a letter, as plain text or as a page of its own."""
    form = request.POST.get("as", "text")
    form = form if form in FORMS else "text"
    kind, ending = FORMS[form]
    try:
        text = actions.take(request.viewer, letter, form).text
    except FairpracticeError as error:
        return _letter(request, letter, {error.where: f"{error.what}. {error.fix}"})
    if ending == "html":
        paragraphs = (escape(each.strip()) for each in text.split("\n\n") if each.strip())
        text = PAGE.format(paragraphs="\n".join(f"<p>{each}</p>" for each in paragraphs))
    answer = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="letter.{ending}"'
    return answer
