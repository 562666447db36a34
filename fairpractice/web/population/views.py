"""The pages of a network's figures, and their downloads."""

import csv
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fairpractice.measures.need import PRACTICE
from fairpractice.statistics.disclosure import HIDDEN_UP_TO, ROUNDED_TO
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer, requires
from fairpractice.web.population import labels, reach
from fairpractice.web.population.models import Part, Reached, Release


STANDING_OUT = 5
COLUMNS = ("measure", "on", "by", "group", "numerator", "denominator", "value", "lower", "upper",
           "status")  # fmt: skip
REACHED = ("arm", "grouping", "label", "before", "step", "numerator", "denominator", "value",
           "lower", "upper", "status")  # fmt: skip
RULE = {"hidden_up_to": HIDDEN_UP_TO, "rounded_to": ROUNDED_TO}


@requires(access.POPULATION)
def overview(request: HttpRequest) -> HttpResponse:
    """Show the measures of the viewer's network, the widest gap first."""
    network = reach.network_of(request.viewer)
    current = Release.objects.defer("numbers").filter(network=network, state=Release.State.CURRENT)
    release = current.first() if network else None
    parts = release.parts.defer("shown", "rows").order_by("place") if release else []
    of: dict[Any, list[Part]] = {}
    for each in parts:
        of.setdefault(each.kind, []).append(each)
    measures = of.get(Part.Kind.MEASURE, [])
    context = {
        "network": network,
        "release": release,
        "standing_out": [each for each in measures if each.summary["told"]][:STANDING_OUT],
        "measures": measures,
        "sets": of.get(Part.Kind.SET, []),
        "recorded": of.get(Part.Kind.RECORDED, []),
        **RULE,
    }
    return render(request, "population/overview.jinja", context)


@requires(access.POPULATION, reach=reach.part)
def part(request: HttpRequest, found: Part) -> HttpResponse:
    """Show a measure, a named set or what is recorded."""
    context: dict[str, Any] = {"part": found, "release": found.release, "page": found.shown, **RULE}
    if funnel := found.shown.get("practices"):
        context["practices"] = _lettered(request.viewer, found, funnel)
    return render(request, f"population/{found.kind}.jinja", context)


def _lettered(viewer: Viewer, part: Part, funnel: Mapping[str, Any]) -> dict[str, Any]:
    """Return the funnel with its practices by letter, in the order of their letters."""
    cells = {row["code"]: row["cells"] for row in funnel["rows"]}
    mine = labels.own(viewer)
    named = labels.labels(mine, part.id, cells)
    own = cells.get(mine.code) if mine else None
    rows = [(name, cells[code]) for code, name in named.items()]
    return {**funnel, "rows": rows, "own": own}


@requires(access.POPULATION, reach=reach.part)
def download(request: HttpRequest, found: Part) -> HttpResponse:
    """Give the figures of a part as CSV: what its page shows, and hidden where it hides them."""
    codes = dict.fromkeys(row["group"] for row in found.rows if row["grouping"] == PRACTICE)
    named = labels.labels(labels.own(request.viewer), found.id, [code for code in codes if code])
    order = {name: place for place, name in enumerate(named.values())}
    rows = [
        {**row, "group": named.get(row["group"], row["label"])}
        if row["grouping"] == PRACTICE
        else {**row, "group": row["label"]}
        for row in found.rows
    ]
    practices = [row for row in rows if row["grouping"] == PRACTICE]
    practices.sort(key=lambda row: order.get(row["group"], len(order)))
    others = [row for row in rows if row["grouping"] != PRACTICE]
    return table(f"figures-{found.release.on.isoformat()}.csv", COLUMNS, [*others, *practices])


def table(name: str, columns: Iterable[str], rows: Iterable[Mapping[str, Any]]) -> HttpResponse:
    """Return rows as a CSV file to be kept."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    writer = csv.DictWriter(response, list(columns), extrasaction="ignore", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return response


def _reached(viewer: Viewer) -> Reached | None:
    network = reach.network_of(viewer)
    return Reached.objects.select_related("network").filter(network=network).first()


@requires(access.POPULATION)
def reached(request: HttpRequest) -> HttpResponse:
    """Show how far help got, and to whom."""
    found = _reached(request.viewer)
    context = {"reached": found, "page": found.shown if found else {}, **RULE}
    return render(request, "population/reached.jinja", context)


@requires(access.POPULATION)
def reached_download(request: HttpRequest) -> HttpResponse:
    """Give how far help got as CSV, hidden where the page hides it."""
    found = _reached(request.viewer)
    rows = found.rows if found else []
    return table("how-far-help-got.csv", REACHED, rows)
