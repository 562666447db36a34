"""The pages of the directory that are for keeping it: a partner's own entries, and the desk."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.referral.offered import DAYS
from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.core.locking import Conflict
from fairpractice.web.core.uploads import LARGEST, too_large
from fairpractice.web.directory import duplicates, forms, keeping, plain, reach, taking_in
from fairpractice.web.directory.models import Reading, Service
from fairpractice.web.directory.views import fresh
from fairpractice.web.organisations.models import Organisation


AT_ONCE = 25
FAULTS = 50
NOBODY = "nobody"
COSTS = {"file": "not read", "row": "left out", "value": "left empty", "nothing": "kept"}


@requires(access.KEEP)
def kept(request: HttpRequest) -> HttpResponse:
    """Show the entries that one keeps, those that were checked longest ago first."""
    viewer, today = request.viewer, timezone.localdate()
    rows = plain.with_all(reach.kept_by(viewer))
    rows = rows.order_by(F("assured_date").asc(nulls_first=True), "name", "id")
    page = Paginator(rows, AT_ONCE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "page": page,
        "entries": [(each, plain.plain(each, today), fresh(each, today)) for each in page],
        "curates": viewer.may(access.CURATE),
    }
    return render(request, "directory/kept.jinja", context)


@requires(access.KEEP, reach=reach.kept, methods=("GET", "POST"))
def change(request: HttpRequest, service: Service) -> HttpResponse:
    """Change what an entry says."""
    return _form(request, service)


@requires(access.KEEP, methods=("GET", "POST"))
def add(request: HttpRequest) -> HttpResponse:
    """Add an entry."""
    return _form(request, None)


def _form(request: HttpRequest, service: Service | None) -> HttpResponse:
    viewer = request.viewer
    first = forms.shown(service) if service else {"status": "active", "version": 1}
    context = {
        "entry": service,
        "sent": request.POST or first,
        "days": DAYS,
        "statuses": dict(Service.Status.choices),
        "token": request.POST.get("token") or uuid.uuid4(),
        "version": request.POST.get("version") or first.get("version"),
    }
    if service:
        context["version"] = request.POST.get("version") or service.version
    if request.method != "POST":
        return render(request, "directory/change.jinja", context)
    said = forms.Change(request.POST)
    errors = {name: text[0] for name, text in said.errors.items()}
    if not errors:
        try:
            if service:
                keeping.change(viewer, service, said.cleaned_data["version"], said.entry())
            else:
                own = None if viewer.may(access.CURATE) else viewer.organisation_id
                partner = Organisation.objects.filter(id=own).first()
                token = uuid.UUID(str(context["token"]))
                service = keeping.add(viewer, said.entry(), token, partner)
        except FairpracticeError as error:
            if isinstance(error, Conflict):
                raise
            errors = {"description": f"{error.what}. {error.fix}"}
        except ValueError:
            errors = {"name": "The page was not complete. Open it again"}
        else:
            messages.success(request, "Saved. It counts as checked today.")
            return redirect("directory:service", service=service.id)
    return render(request, "directory/change.jinja", {**context, "errors": errors})


@requires(access.KEEP, reach=reach.kept, methods=("POST",))
def assure(request: HttpRequest, service: Service) -> HttpResponse:
    """Say that an entry is still right."""
    version = request.POST.get("version", "")
    if version.isdecimal():
        keeping.assure(request.viewer, service, int(version))
        messages.success(request, f"{service.name}: checked today.")
    return redirect("directory:kept")


@requires(access.KEEP, reach=reach.kept, methods=("POST",))
def places(request: HttpRequest, service: Service) -> HttpResponse:
    """Say how many places are free."""
    said = forms.Places(request.POST)
    if said.is_valid():
        number = said.cleaned_data["places"]
        keeping.say_places(request.viewer, service, said.cleaned_data["version"], number)
        free = "not known" if number is None else number
        messages.success(request, f"{service.name}: places free, {free}.")
    return redirect("directory:kept")


@requires(access.CURATE)
def desk(request: HttpRequest) -> HttpResponse:
    """Show what there is to do for who looks after the directory."""
    return _desk(request, {})


def _desk(request: HttpRequest, errors: dict[str, str]) -> HttpResponse:
    waiting = Reading.objects.filter(read_by_id=request.viewer.user_id)
    context = {
        "pairs": duplicates.suggested(),
        "waiting": waiting.filter(accepted_at=None).order_by("-read_at"),
        "token": uuid.uuid4(),
        "largest": LARGEST // 1024 // 1024,
        "sent": request.POST,
        "errors": errors,
    }
    return render(request, "directory/desk.jinja", context)


@requires(access.CURATE, methods=("POST",))
def send(request: HttpRequest) -> HttpResponse:
    """Take a feed in, and show what it would do."""
    said, files = forms.Feed(request.POST), request.FILES.getlist("files")
    if not files:
        large = f"The files are larger than {LARGEST // 1024 // 1024} MB. Send them one by one"
        return _desk(request, {"files": large if too_large(request) else "Choose a file"})
    if not said.is_valid():
        errors = {name: text[0] for name, text in said.errors.items() if name != "token"}
        return _desk(request, errors or {"files": "The page was not complete. Send it again"})
    source, token = said.cleaned_data["source"], said.cleaned_data["token"]
    try:
        named = [(str(each.name), each.read()) for each in files]
        read = taking_in.receive(request.viewer, source, named, token)
    except FairpracticeError as error:
        return _desk(request, {"files": f"{error.what}. {error.fix}"})
    return redirect("directory:reading", reading=read.id)


@requires(access.CURATE, reach=reach.reading)
def reading(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Show what a feed would do, or did."""
    context = {
        "reading": reading,
        "counts": reading.counts,
        "faults": [(each, COSTS[each["cost"]]) for each in reading.faults[:FAULTS]],
        "names": sorted(each["name"] for each in reading.rows.get("service", {}).values())[:FAULTS],
    }
    return render(request, "directory/reading.jinja", context)


@requires(access.CURATE, reach=reach.reading, methods=("POST",))
def accept(request: HttpRequest, reading: Reading) -> HttpResponse:
    """Write what was read into the directory."""
    taking_in.accept(request.viewer, reading)
    messages.success(request, "The directory has it now.")
    return redirect("directory:reading", reading=reading.id)


@requires(access.CURATE, methods=("POST",))
def settle(request: HttpRequest) -> HttpResponse:
    """Say whether two entries are one."""
    said = forms.Settled(request.POST)
    if said.is_valid():
        same = said.cleaned_data["same"] == "yes"
        first, second = said.cleaned_data["first"], said.cleaned_data["second"]
        keeping.settle(request.viewer, first, second, same=same)
        messages.success(request, "One entry now." if same else "They stay two entries.")
    return redirect("directory:desk")


@requires(access.CURATE, reach=reach.kept, methods=("GET", "POST"))
def look_after(request: HttpRequest, service: Service) -> HttpResponse:
    """Say which partner keeps an entry, or take it out because it must stay hidden."""
    partners = Organisation.objects.filter(kind=Organisation.Kind.PARTNER).order_by("name", "id")
    version = request.POST.get("version", "")
    if "take-out" in request.POST:
        keeping.take_out(request.viewer, service)
        messages.success(request, "Taken out. No directory that is read brings it back.")
        return redirect("directory:desk")
    chosen = request.POST.get("partner", "")
    if version.isdecimal() and chosen:
        partner = next((each for each in partners if str(each.id) == chosen), None)
        keeping.give(request.viewer, service, int(version), partner)
        messages.success(request, f"Kept by {partner or 'nobody'} from now on.")
        return redirect("directory:service", service=service.id)
    named = {str(each.id): each.name for each in partners}
    context = {"entry": service, "partners": {NOBODY: "Nobody", **named}}
    return render(request, "directory/look_after.jinja", context)
