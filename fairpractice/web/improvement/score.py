"""How a project keeps score: the released figures of its measure, by month, and what they say.

Figures come from the release of the network (:mod:`fairpractice.web.population`): small numbers
are hidden in it already. They are kept with the project, since releases are replaced.
"""

import datetime as dt
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from django.conf import settings
from django.db import transaction

from fairpractice.measures.measure import MEASURES, Measure
from fairpractice.measures.trend import FIFTHS
from fairpractice.population.groups import GROUPINGS
from fairpractice.statistics.spc.control_charts import control_chart
from fairpractice.web.improvement.models import Point, Project
from fairpractice.web.patients.record import codelists
from fairpractice.web.population.models import Part, Release


GAP = "gap: least less most deprived"  # as the rows of a release call it
GROUPS = ("all", FIFTHS, "ethnic_group", "main_language", "interpreter", "disability", "sex")
FIFTH = {
    "1": "the most deprived fifth",
    "2": "the second most deprived fifth",
    "3": "the middle fifth by deprivation",
    "4": "the second least deprived fifth",
    "5": "the least deprived fifth",
}
ENOUGH = 12
"""Points that a run chart needs to tell a change from chance."""
BASELINE = 6
"""Points before the beginning, from which the median is taken to be that of before."""


@dataclass(frozen=True)
class Series:
    """One line of the score: its points, the median they are held against, and what they say.

    ``centre`` is the median of the months before the project began where there are enough of
    them, else of all; empty where nothing is known.
    """

    title: str
    unit: str
    points: list[Point]
    centre: float | None
    before: bool
    says: str

    @property
    def known(self) -> list[Point]:
        """The points that are not hidden."""
        return [each for each in self.points if each.value is not None]


def measures() -> Mapping[str, Measure]:
    """Return the measures by id whose codelists have codes."""
    return _measures(settings.DEFINITIONS)


@functools.lru_cache(maxsize=1)
def _measures(definitions: str) -> Mapping[str, Measure]:
    lists = codelists()
    found = MEASURES.load(lists, Path(definitions))
    return {name: each for name, each in found.items() if not each.empty_lists(lists)}


def groups() -> dict[str, str]:
    """Return the groups that a project can follow, as ``grouping:group``, with their words."""
    return {
        f"{name}:{value}": _words(name, value)
        for name in GROUPS
        for value in GROUPINGS[name].labels
    }


def _words(name: str, value: str) -> str:
    grouping = GROUPINGS[name]
    words = grouping.label(value)
    return {"all": words, FIFTHS: FIFTH.get(value, words)}.get(name, f"{grouping.title}: {words}")


def keep_all() -> None:
    """Keep the figures of every project that is not closed."""
    for each in Project.objects.filter(closed_at=None).select_related("place").order_by("id"):
        keep(each)


@transaction.atomic
def keep(project: Project) -> None:
    """Keep the figures of the release that is shown, if they are not kept yet."""
    current = Release.objects.filter(network=project.place, state=Release.State.CURRENT)
    release = current.defer("numbers").first()
    if release is None or project.scored == release.id:
        return
    part = Part.objects.filter(release=release, kind=Part.Kind.MEASURE, name=project.measure)
    found = {}
    for row in next(iter(part.values_list("rows", flat=True)), []):
        if series := _series_of(row, project):
            figures = {name: row.get(name) for name in ("value", "lower", "upper")}
            found[series, row["on"]] = Point(
                project=project, series=series, on=dt.date.fromisoformat(row["on"]), **figures
            )
    Point.objects.bulk_create(
        found.values(),
        update_conflicts=True,
        unique_fields=["project", "series", "on"],
        update_fields=["value", "lower", "upper"],
    )
    Project.objects.filter(id=project.id).update(scored=release.id)
    project.scored = release.id


def _series_of(row: Mapping[str, Any], project: Project) -> str:
    if row["grouping"] == FIFTHS and row["group"] == GAP:
        return "gap"
    return "group" if (row["grouping"], row["group"]) == (project.grouping, project.group) else ""


def score(project: Project) -> list[Series]:
    """Return the two lines of a project's score: of its group, and the gap."""
    measure = measures().get(project.measure)
    title = measure.title if measure else project.measure
    unit = measure.unit if measure else ""
    points = list(project.points.order_by("on"))
    group = [each for each in points if each.series == "group"]
    gap = [each for each in points if each.series == "gap"]
    between = "percentage points" if unit == "%" else unit
    whom = _words(project.grouping, project.group)
    return [
        _judged(f"{title}: {whom[0].lower()}{whom[1:]}", unit, group, project),
        _judged("The gap: least less most deprived fifth", between, gap, project),
    ]


def _judged(title: str, unit: str, points: list[Point], project: Project) -> Series:
    known = [each for each in points if each.value is not None]
    if not known:
        return Series(title, unit, points, None, False, "Nothing is known of it yet.")
    before = sum(each.on < project.began_on for each in known)
    data = pa.table(
        {"on": [each.on for each in known], "value": [float(each.value) for each in known]}
    )
    baseline = before if before >= BASELINE else None
    rows = control_chart(data, "value", "on", chart="run", baseline=baseline).to_pylist()
    last = rows[-1]
    return Series(
        title, unit, points, last["centre"], baseline is not None, _says(last, len(known))
    )


def _says(last: Mapping[str, Any], months: int) -> str:
    if months < ENOUGH:
        return f"{months} of the {ENOUGH} points that it takes to tell a change from chance."
    run = f"{last['longest_run']:.0f} in a row on one side of the median"
    crossed = f"{last['crossings']:.0f} crossings of it"
    if last["runs_signal"]:
        return f"More than chance: {run}, {crossed}."
    return f"No more than chance: {run}, {crossed}."
