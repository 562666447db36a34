"""Whom to look at for a queue, some people at a time, in an order that stays.

A page looks at no more than a number of people (:data:`EXAMINED`) and shows the findings there are:
how many there are beyond, nobody knows before they are looked at.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Exists, OuterRef, QuerySet

from fairpractice.record.opened import Record
from fairpractice.record.topics import SENSITIVE
from fairpractice.web.coding import texts
from fairpractice.web.coding.finding import Finding, Kind, findings
from fairpractice.web.coding.models import Decision
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer
from fairpractice.web.patients import facts, reach
from fairpractice.web.patients.models import Patient
from fairpractice.web.patients.record import record


EXAMINED = {Kind.WORDS: 300, Kind.TWICE: 60, Kind.AGAINST: 60, Kind.NOTHING: 60}
AT_ONCE, SHOWN, LATELY = 20, 15, 5


@dataclass(frozen=True)
class Page:
    """Findings, after whom to look further, and how many people may be in the queue.

    ``further`` is nothing when everybody was looked at; ``people`` is known of few queues.
    """

    findings: list[Finding]
    further: UUID | None = None
    people: int | None = None


def page(viewer: Viewer, kind: Kind, after: UUID | None = None) -> Page:
    """Return some findings of a kind at the viewer's practice, in the order of people's ids.

    Parameters
    ----------
    viewer
        Who settles them; nothing depends on what they may not see.
    kind
        Which queue.
    after
        The last person that the page before looked at.
    """
    everybody, examined = reach.people(viewer), EXAMINED[kind]
    count: int | None = None
    chosen: Iterable[UUID]
    if kind is Kind.WORDS:
        chosen = _ids(texts.people(viewer, everybody), after)
    elif kind is Kind.TWICE:
        chosen = _ids(_with_entries(viewer, everybody), after)
    else:
        known = _known(viewer, everybody)
        people = everybody.order_by("id").values_list("id", "record_id")
        wanted = [id for id, number in people if (number in known) == (kind is Kind.AGAINST)]
        count = len(wanted) if kind is Kind.NOTHING else None
        chosen = (id for id in wanted if after is None or id > after)
    found: list[Finding] = []
    some, looked_at = list(islice(chosen, examined + 1)), 0
    while looked_at < min(len(some), examined) and len(found) < SHOWN:
        now = some[looked_at : min(looked_at + AT_ONCE, examined)]
        by_id = everybody.select_related("practice").in_bulk(now)
        found += findings(viewer, [by_id[id] for id in now], kind)
        looked_at += len(now)
    return Page(found, some[looked_at - 1] if looked_at < len(some) else None, count)


def _ids(people: QuerySet[Patient], after: UUID | None) -> Iterable[UUID]:
    people = people.filter(id__gt=after) if after else people
    return people.order_by("id").values_list("id", flat=True)[: max(EXAMINED.values()) + 1]


def _with_entries(viewer: Viewer, everybody: QuerySet[Patient]) -> QuerySet[Patient]:
    return everybody.filter(Exists(texts.entered(viewer).filter(patient=OuterRef("pk"))))


def _known(viewer: Viewer, everybody: QuerySet[Patient]) -> frozenset[int]:
    """Return the numbers of those of whom a fact was entered here or sent, if it may be seen."""
    here = _with_entries(viewer, everybody).values_list("record_id", flat=True)
    return _sent(record(), viewer.may(access.SENSITIVE)).union(here)


@functools.lru_cache(maxsize=4)
def _sent(opened: Record, sensitive: bool) -> frozenset[int]:
    """Return the numbers of all of whom a fact was sent; they are read once a version."""
    found: set[int] = set()
    for file in opened.files("social_fact"):
        columns = ["patient_id", "topic", "sensitivity", "source"]
        rows = pq.read_table(opened.path / file, columns=columns)
        rows = rows.filter(pc.not_equal(rows["source"], facts.HERE))
        if not sensitive:
            rows = rows.filter(pc.not_equal(rows["sensitivity"], "sensitive"))
            rows = rows.filter(pc.invert(pc.is_in(rows["topic"], pa.array(SENSITIVE))))
        found.update(rows["patient_id"].unique().to_pylist())
    return frozenset(found)


def lately(viewer: Viewer, kind: Kind) -> list[Decision]:
    """Return what the viewer settled last in a queue, as far as they may see it now."""
    found = Decision.objects.filter(kind=kind, decided_by_id=viewer.user_id, undone_at=None)
    found = found.filter(patient__in=reach.people(viewer)).select_related("patient")
    found = found.order_by("-decided_at", "id")[: 4 * LATELY]
    sensitive = viewer.may(access.SENSITIVE)
    return [each for each in found if is_visible(each, sensitive=sensitive)][:LATELY]


def is_visible(decision: Decision, *, sensitive: bool) -> bool:
    """Tell whether somebody may see what was decided: its topic, and all that it wrote."""
    if decision.topic in SENSITIVE and not sensitive:
        return False
    seen = facts.visible(decision.patient, sensitive=sensitive).filter(id__in=decision.wrote)
    return seen.count() == len(decision.wrote)
