"""Making a network's figures: protected together, and shown all at once or not at all.

They are of the last month-end, and made once for it: figures that were made each night would let
whoever keeps them tell from night to night what none of them says. What may be worked out from a
release and the one before it together is hidden too.
"""

import datetime as dt
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid5

import pyarrow.parquet as pq
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.measures.measure import MEASURES
from fairpractice.measures.named_set import load_sets
from fairpractice.record import audit as record_audit
from fairpractice.record.opened import open_record
from fairpractice.record.reading import AtPractices, Ordinary
from fairpractice.record.social_facts import sensitive_codes
from fairpractice.reporting import charts, release
from fairpractice.reporting.network import TREND_MONTHS, Network, population
from fairpractice.web.core import audit
from fairpractice.web.core.access import PLANNING
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.record import areas, codelists
from fairpractice.web.population import drawing
from fairpractice.web.population.models import Part, Release
from fairpractice.web.worklists.making import alone


MADE = "make population figures"
RECORDED = "recorded"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Made:
    """What became of a network's figures: the release that is shown, or why there is none new."""

    network: str
    release: Release | None
    why: str = ""


def month_end(today: dt.date) -> dt.date:
    """Return the last day of the last whole month."""
    return today.replace(day=1) - dt.timedelta(days=1)


def make(progress: Progress = lambda step, done, total: None, *, again: bool = False) -> list[Made]:
    """Make the figures of each network as of the last month-end, where there are none yet.

    Parameters
    ----------
    progress
        Called with what is being done, how much of it is done, and how much there is.
    again
        Make them although they are there: the record has changed since.

    Raises
    ------
    FairpracticeError
        When no record is named, or somebody else is making lists or figures.
    """
    if not settings.RECORD:
        raise FairpracticeError(
            "no record is named", where="FAIRPRACTICE_RECORD", fix="Name its folder."
        )
    on = month_end(timezone.localdate())
    with alone():
        networks = Organisation.objects.filter(kind=Organisation.Kind.NETWORK).order_by("code")
        return [_made(network, on, progress, again=again) for network in networks]


def _made(network: Organisation, on: dt.date, progress: Progress, *, again: bool) -> Made:
    practices = list(network.practices.order_by("code").values_list("code", flat=True))
    asked = _asked(practices)
    before = Release.objects.filter(network=network, state=Release.State.CURRENT).first()
    if before and (before.on, before.asked) == (on, asked) and not again:
        return Made(network.name, before)
    if not practices:
        return Made(network.name, None, "it has no practice")
    if not areas():
        why = f"the deprivation edition “{settings.EDITION}” has not been added"
        return Made(network.name, None, why)
    try:
        found = _found(practices, on, before, progress)
    except FairpracticeError as error:
        return Made(network.name, None, str(error))
    progress("drawing figures", 0, 1)
    with charts.unchecked():
        parts = _parts(found)
    return Made(network.name, _show(network, found, parts, asked))


def _asked(practices: list[str]) -> str:
    """Return a hash of what is asked, and of whom."""
    lists, folder = codelists(), Path(settings.DEFINITIONS)
    measures = MEASURES.load(lists, folder)
    told = [settings.EDITION, *practices, repr(sorted(measures.items()))]
    told += [repr(sorted(load_sets(measures, lists, folder).items()))]
    told += [f"{name} {each.sha256}" for name, each in lists.items()]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _found(
    practices: list[str], on: dt.date, before: Release | None, progress: Progress
) -> Network:
    """Ask the record; without a trend where an earlier release would give it away."""
    opened = open_record(settings.RECORD, purpose=PLANNING)
    detail = f"figures of {len(practices)} practices for the service, on {on}"
    record_audit.entry(opened.path, action="report", purpose=PLANNING, detail=detail)
    seen = AtPractices(Ordinary(opened, sensitive_codes(codelists())), practices)
    told = set()

    def step(what: str, share: float) -> None:
        if what not in told:
            told.add(what)
            progress(f"figures: {what.lower()}", len(told) - 1, 4)

    earlier = [release.numbers(pq.read_table(io.BytesIO(before.numbers)))] if before else []
    options: dict[str, Any] = {
        "edition": settings.EDITION,
        "definitions": Path(settings.DEFINITIONS),
        "earlier": earlier,
        "progress": step,
    }
    try:
        return population(seen, on, months=TREND_MONTHS, **options)
    except FairpracticeError as error:
        if not before or before.on == on or "earlier release" not in str(error):
            raise
        return population(seen, on, months=0, **options)


def _parts(found: Network) -> list[Part]:
    def part(kind: Any, name: str, title: str, place: int, **what: Any) -> Part:
        return Part(
            kind=kind,
            name=name,
            title=title,
            place=place,
            **{"summary": {}, **what},
        )

    parts = [
        part(
            Part.Kind.MEASURE,
            name,
            found.measures[name].title,
            place,
            summary=summary,
            shown=shown,
            rows=rows,
        )
        for place, (name, summary, shown, rows) in enumerate(drawing.measures(found))
    ]
    for place, (name, shown, rows) in enumerate(drawing.sets(found, codelists())):
        title = found.sets[name].title
        parts.append(part(Part.Kind.SET, name, title, place, shown=shown, rows=rows))
    shown, rows = drawing.what_is_recorded(found)
    title = "What is recorded, and for whom"
    parts.append(part(Part.Kind.RECORDED, RECORDED, title, 0, shown=shown, rows=rows))
    return parts


@transaction.atomic
def _show(network: Organisation, found: Network, parts: list[Part], asked: str) -> Release:
    """Show a release in place of the one before, which stays for pages that are being made."""
    Release.objects.filter(network=network, state=Release.State.FORMER).delete()
    Release.objects.filter(network=network).update(state=Release.State.FORMER)
    numbers = io.BytesIO()
    pq.write_table(found.numbers, numbers, compression="zstd")
    about = {
        "people": found.people,
        "practices": found.practices,
        "edition": found.edition,
        "unavailable": dict(found.unavailable),
    }
    made = Release.objects.create(
        network=network,
        state=Release.State.CURRENT,
        on=found.on,
        made_at=timezone.now(),
        asked=asked,
        about=about,
        numbers=numbers.getvalue(),
    )
    for each in parts:
        each.release, each.address = made, uuid5(network.id, f"{each.kind} {each.name}")
    Part.objects.bulk_create(parts)
    audit.entry(None, MADE, detail={"release": str(made.id), "parts": len(parts)})
    return made
