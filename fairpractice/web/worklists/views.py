"""The pages of worklists."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer, requires
from fairpractice.web.patients.models import Patient
from fairpractice.web.worklists import live, reach, rules
from fairpractice.web.worklists.models import Run


AT_ONCE = 25
OLD = 2  # days after which a page says that its list is old


@requires(access.WORKLISTS)
def lists(request: HttpRequest) -> HttpResponse:
    """Show the lists of the viewer's practice, and how many people are on each now."""
    run, viewer = live.current(), request.viewer
    shown = rules.seen_by(viewer)
    counted: dict[str, int] = {}
    if run:
        found = live.places(run, viewer.organisation_id, shown).order_by().values("rule")
        counted = dict(found.annotate(people=Count("id")).values_list("rule", "people"))
    named = sorted(shown.items(), key=lambda each: each[1].title)
    context = _fresh(run) | {
        "lists": [
            (rules.address_of(viewer.organisation_id, name), rule, counted.get(name, 0))
            for name, rule in named
        ]
    }
    return render(request, "worklists/lists.jinja", context)


@requires(access.WORKLISTS, reach=reach.listing)
def listing(request: HttpRequest, rule: str) -> HttpResponse:
    """Show who is on a list now, each with the reasons, a page at a time."""
    run, viewer = live.current(), request.viewer
    context: dict[str, Any] = _fresh(run) | {"rule": rules.rules()[rule]}
    if run:
        found = live.places(run, viewer.organisation_id, [rule]).select_related("patient")
        found = found.order_by("-reasons", "patient__record_id")
        context["page"] = Paginator(found, AT_ONCE).get_page(request.GET.get("page"))
    return render(request, "worklists/listing.jinja", context)


def beside_the_portrait(viewer: Viewer, patient: Patient) -> dict[str, Any]:
    """Return what a portrait shows of lists to those who may see them."""
    if not viewer.may(access.WORKLISTS):
        return {}
    return {"on_lists": live.of_person(patient, rules.seen_by(viewer))}


def _fresh(run: Run | None) -> dict[str, Any]:
    days = (timezone.localdate() - run.on).days if run else 0
    return {"run": run, "days_old": days if days >= OLD else 0}
