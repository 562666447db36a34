"""Whom to look at for a queue, some people at a time, in an order that stays.

A page looks at no more than :data:`EXAMINED` people and shows the findings there are: how many
there are beyond, nobody knows before they are looked at.
"""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db.models import Exists, OuterRef, Q, QuerySet

from fairpractice.record.opened import Record
from fairpractice.record.topics import SENSITIVE
from fairpractice.web.coding import texts
from fairpractice.web.coding.finding import Finding, Kind, findings
from fairpractice.web.coding.models import Decision
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer
from fairpractice.web.patients import facts, reach
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.patients.record import record


EXAMINED, SHOWN, LATELY = 60, 15, 5


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
    everybody = reach.people(viewer)
    count: int | None = None
    chosen: Iterable[UUID]
    if kind is Kind.WORDS:
        chosen = _ids(texts.people(viewer, everybody), after)
    elif kind is Kind.TWICE:
        chosen = _ids(everybody.filter(Exists(_entered(viewer))), after)
    else:
        known = _known(viewer, everybody)
        people = everybody.order_by("id").values_list("id", "record_id")
        wanted = [id for id, number in people if (number in known) == (kind is Kind.AGAINST)]
        count = len(wanted) if kind is Kind.NOTHING else None
        chosen = (id for id in wanted if after is None or id > after)
    found: list[Finding] = []
    some = list(islice(chosen, EXAMINED + 1))
    people_by_id = everybody.select_related("practice").in_bulk(some[:EXAMINED])
    for number, id in enumerate(some[:EXAMINED], start=1):
        found += findings(viewer, people_by_id[id], kind)
        if len(found) >= SHOWN:
            return Page(found, id if number < len(some) else None, count)
    return Page(found, some[EXAMINED - 1] if len(some) > EXAMINED else None, count)


def _ids(people: QuerySet[Patient], after: UUID | None) -> Iterable[UUID]:
    people = people.filter(id__gt=after) if after else people
    return people.order_by("id").values_list("id", flat=True)[: EXAMINED + 1]


def _entered(viewer: Viewer) -> QuerySet[SocialFact]:
    """Return the statements of somebody that were entered here and stand, if they may be seen."""
    found = SocialFact.objects.filter(patient=OuterRef("pk"), corrected_by=None, retracted=False)
    found = found.filter(facts.standing())
    if not viewer.may(access.SENSITIVE):
        hidden = SocialFact.objects.filter(Q(topic__in=SENSITIVE) | Q(sensitivity="sensitive"))
        found = found.exclude(thread__in=hidden.values("thread"))
    return found


def _known(viewer: Viewer, everybody: QuerySet[Patient]) -> frozenset[int]:
    """Return the numbers of those of whom a fact was entered here or sent, if it may be seen."""
    here = everybody.filter(Exists(_entered(viewer))).values_list("record_id", flat=True)
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
