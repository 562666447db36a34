"""The pages of feeds."""

import datetime as dt
import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.core.locking import Conflict
from fairpractice.web.core.uploads import LARGEST, too_large
from fairpractice.web.feeds import actions, forms, matching, reach
from fairpractice.web.feeds.models import File, Line, Source
from fairpractice.web.feeds.reading import NEEDED, OPTIONAL


SHOWN = 50  # lines of each outcome, beside the count of all
FILES = 50
OUTCOMES = {
    "store": "To record",
    "held": "Held for somebody to settle",
    "aside": "Set aside",
    "refused": "Refused",
}
STATES = {
    "received": "Waits for you to accept it",
    "accepted": "Accepted",
    "undone": "Undone",
}


@requires(access.FEEDS)
def files(request: HttpRequest) -> HttpResponse:
    """Show who may send facts here, and the files that came."""
    return _files(request, {})


def _files(request: HttpRequest, errors: dict[str, str]) -> HttpResponse:
    today = dt.date.today()
    agreed = sorted(reach.sources(request.viewer), key=lambda each: (each.partner.name, each.id))
    context = {
        "sources": [(each, each.in_force(today), uuid.uuid4()) for each in agreed],
        "files": reach.files(request.viewer).order_by("-sent_at", "id")[:FILES],
        "states": STATES,
        "errors": errors,
        "largest": LARGEST // 1024 // 1024,
    }
    return render(request, "feeds/files.jinja", context)


@requires(access.BRING, reach=reach.source, methods=("POST",))
def send(request: HttpRequest, source: Source) -> HttpResponse:
    """Take a file in, and show what it would do."""
    field, sent = f"file-{source.id}", request.FILES.get("file")
    form = forms.Sent(request.POST)
    if sent is None:
        largest = LARGEST // 1024 // 1024
        large = f"The file is larger than {largest} MB. Send it in several"
        said = large if too_large(request) else "Choose a file"
        return _files(request, {field: said})
    if not form.is_valid():
        return _files(request, {field: "The page was not complete. Send the file again"})
    try:
        token = form.cleaned_data["token"]
        file = actions.receive(request.viewer, source, sent.read(), token)
    except FairpracticeError as error:
        return _files(request, {field: f"{error.what}. {error.fix}"})
    return redirect("feeds:file", file=file.id)


@requires(access.FEEDS, reach=reach.file)
def file(request: HttpRequest, file: File) -> HttpResponse:
    """Show what a file would do, or did."""
    return _file(request, file, {})


def _file(request: HttpRequest, file: File, errors: dict[str, str]) -> HttpResponse:
    lines = file.lines.select_related("patient").order_by("number")
    counts = actions.counts(file)
    context: dict[str, Any] = {
        "file": file,
        "counts": [(OUTCOMES[name], number) for name, number in counts.items()],
        "number": counts,
        "total": sum(counts.values()),
        "lines": {name: list(lines.filter(outcome=name)[:SHOWN]) for name in OUTCOMES},
        "shown": SHOWN,
        "state": STATES[file.state],
        "errors": errors,
    }
    return render(request, "feeds/file.jinja", context)


@requires(access.ACCEPT, reach=reach.file, methods=("POST",))
def accept(request: HttpRequest, file: File) -> HttpResponse:
    """Record what a file says."""
    form = forms.Seen(request.POST)
    if not form.is_valid():
        return redirect("feeds:file", file=file.id)
    try:
        actions.accept(request.viewer, file, form.cleaned_data["version"])
    except Conflict:
        raise
    except FairpracticeError as error:
        return _file(request, file, {"accept": f"{error.what}. {error.fix}"})
    messages.success(request, "Accepted. What it says is on the portraits now.")
    return redirect("feeds:file", file=file.id)


@requires(access.UNDO, reach=reach.file, methods=("POST",))
def undo(request: HttpRequest, file: File) -> HttpResponse:
    """Take back what a file recorded."""
    form = forms.Undone(request.POST)
    if not form.is_valid():
        words = form.errors.get("reason", ["The page was not complete. Send it again"])
        return _file(request, file, {"reason": words[0]})
    said = form.cleaned_data
    back, left = actions.undo(request.viewer, file, said["reason"], said["version"])
    stayed = f" Corrected by somebody since, and so left: {left}." if left else ""
    facts = "1 fact was" if back == 1 else f"{back} facts were"
    messages.success(request, f"Undone. {facts} taken back.{stayed}")
    return redirect("feeds:file", file=file.id)


@requires(access.SETTLE, reach=reach.line, methods=("GET", "POST"))
def line(request: HttpRequest, line: Line) -> HttpResponse:
    """Settle whom a line is about, its words beside those on record."""
    held = line.outcome == matching.HELD
    people = matching.candidates(line.named, line.file.practice) if held else []
    form = forms.Seen(request.POST)
    chosen = {str(each.id): each for each in people} | {"nobody": None}
    if request.method == "POST" and form.is_valid() and request.POST.get("whom") in chosen:
        patient = chosen[request.POST["whom"]]
        actions.settle(request.viewer, line, patient, form.cleaned_data["version"])
        messages.success(request, "Settled.")
        return redirect("feeds:file", file=line.file_id)
    if request.method == "POST" and not held:
        raise Conflict
    errors = {"whom": "Choose whom it is about"} if request.method == "POST" else {}
    context = {"line": line, "file": line.file, "people": people, "errors": errors, "held": held}
    return render(request, "feeds/line.jinja", context)


@requires(access.AGREE, methods=("GET", "POST"))
def agreements(request: HttpRequest) -> HttpResponse:
    """Show the agreements that are on file, and put another there."""
    held = Source.objects.filter(holder_id=request.viewer.organisation_id)
    context: dict[str, Any] = {
        "sources": held.select_related("partner").order_by("-added_at"),
        "partners": forms.Agreement.base_fields["partner"].queryset.order_by("name", "id"),
        "columns": [(name, forms.COLUMNS[name], name in NEEDED) for name in (*NEEDED, *OPTIONAL)],
        "topics": forms.SENDABLE,
        "bases": Source.BASES,
        "token": uuid.uuid4(),
    }
    if request.method != "POST":
        return render(request, "feeds/agreements.jinja", context)
    form = forms.Agreement(request.POST)
    if form.is_valid():
        try:
            actions.agree(request.viewer, form.agreement())
        except FairpracticeError as error:
            form.add_error("topics", f"{error.what}. {error.fix}")
        else:
            messages.success(request, "The agreement is on file.")
            return redirect("feeds:agreements")
    errors = {name: words[0] for name, words in form.errors.items() if name != "token"}
    chosen = request.POST.getlist("topics")
    context |= {"errors": errors, "sent": request.POST, "chosen": chosen}
    return render(request, "feeds/agreements.jinja", context)
