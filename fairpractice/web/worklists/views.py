"""The pages of worklists."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from fairpractice.web.cases import offering
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer, requires
from fairpractice.web.patients.models import Patient
from fairpractice.web.worklists import live, reach, rules
from fairpractice.web.worklists.models import Place, Run


AT_ONCE = 25
ADULT, OLDEST = 18, 80
OLD = 2  # days after which a page says that its list is old


@requires(access.WORKLISTS)
def lists(request: HttpRequest) -> HttpResponse:
    """Show the lists of the viewer's practices, and how many people are on each now."""
    run, viewer = live.current(), request.viewer
    shown, practices = rules.seen_by(viewer), reach.practices(viewer)
    counted: dict[tuple[UUID, str], int] = {}
    if run:
        found = _places(run, viewer, [each.id for each in practices], shown)
        rows = found.order_by().values("practice_id", "rule").annotate(people=Count("*"))
        counted = {(row["practice_id"], row["rule"]): row["people"] for row in rows}
    named = sorted(shown.items(), key=lambda each: each[1].title)
    context = _fresh(run) | {"offers": viewer.may(access.TAKE)}
    context["practices"] = [
        (
            practice,
            [
                (rules.address_of(practice.id, name), rule, counted.get((practice.id, name), 0))
                for name, rule in named
            ],
        )
        for practice in practices
    ]
    return render(request, "worklists/lists.jinja", context)


@requires(access.WORKLISTS, reach=reach.listing)
def listing(request: HttpRequest, shown: reach.Listing) -> HttpResponse:
    """Show who is on a list now, each with the reasons, a page at a time.

    Link workers see whom they can take on, and no name before they do.
    """
    run, viewer = live.current(), request.viewer
    context: dict[str, Any] = _fresh(run) | {"rule": rules.rules()[shown.rule], "listing": shown}
    if run:
        found = _places(run, viewer, [shown.practice.id], [shown.rule]).select_related("patient")
        found = found.order_by("-reasons", "patient__record_id")
        context["page"] = Paginator(found, AT_ONCE).get_page(request.GET.get("page"))
    offers = context["offers"] = viewer.may(access.TAKE)
    if offers and run:
        context["ages"] = {each.patient_id: _decade(each.patient) for each in context["page"]}
    if viewer.may(access.SET_ASIDE) and shown.rule in rules.for_link_workers():
        context["asides"] = offering.asides(shown.practice.id, shown.rule)
        context["sets_aside"] = True
    if run and context.get("sets_aside") and not offers:
        context["helped"] = offering.helped([each.patient_id for each in context["page"]])
    page = "worklists/offered.jinja" if offers else "worklists/listing.jinja"
    return render(request, page, context)


def _places(
    run: Run, viewer: Viewer, practices: Collection[UUID], shown: Collection[str]
) -> QuerySet[Place]:
    offers = viewer.may(access.TAKE)
    return (offering.offered if offers else live.places)(run, practices, shown)


def _decade(patient: Patient) -> str:
    """Say how old somebody is, in tens of years: enough to choose by, and not to know them by."""
    born, today = patient.born_on, timezone.localdate()
    if born is None:
        return "Age not known"
    age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
    if age < ADULT:
        return "Under 18"
    return "80 or over" if age >= OLDEST else f"Aged {age // 10 * 10} to {age // 10 * 10 + 9}"


def beside_the_portrait(viewer: Viewer, patient: Patient) -> dict[str, Any]:
    """Return what a portrait shows of lists to those who may see them."""
    if not viewer.may(access.WORKLISTS):
        return {}
    return {"on_lists": live.of_person(patient, rules.seen_by(viewer))}


def _fresh(run: Run | None) -> dict[str, Any]:
    days = (timezone.localdate() - run.on).days if run else 0
    return {"run": run, "days_old": days if days >= OLD else 0}
