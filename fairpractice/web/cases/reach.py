"""How cases are reached: an open one by its link worker, one that waits by those who may take it.

That a case is reached does not say that its person is: who has moved away is seen here, so that
their case can be closed, and their portrait is not.
"""

from dataclasses import replace
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from fairpractice.web.cases import requests
from fairpractice.web.cases.models import Case, Goal, SetAside
from fairpractice.web.core import access
from fairpractice.web.core.access import Reached, Role, Viewer
from fairpractice.web.organisations.models import Membership
from fairpractice.web.patients import reach as people
from fairpractice.web.worklists import reach as worklists


WIDE = frozenset({access.PRACTICE, access.NETWORK})


def here(viewer: Viewer) -> QuerySet[Case]:
    """Return the open cases at the viewer's practice or network, if they are a link worker."""
    if viewer.role != Role.LINK_WORKER or not viewer.relationships & WIDE:
        return Case.objects.none()
    own = Q(practice_id=viewer.organisation_id) | Q(practice__network_id=viewer.organisation_id)
    found: QuerySet[Case] = Case.objects.filter(own, closed_at=None)
    return found.select_related("patient__practice", "patient__safe_contact", "practice")


def untended(found: QuerySet[Case]) -> QuerySet[Case]:
    """Return the cases that wait: of nobody, or of a link worker who is here no more."""
    at_work = Membership.objects.filter(
        Q(organisation=OuterRef("practice")) | Q(organisation=OuterRef("practice__network")),
        user=OuterRef("worker"),
        role=Role.LINK_WORKER,
        ended_on=None,
    )
    return found.exclude(Exists(at_work))


def mine(viewer: Viewer) -> QuerySet[Case]:
    """Return the viewer's open cases."""
    return here(viewer).filter(worker_id=viewer.user_id)


def case(viewer: Viewer, case: UUID) -> Reached | None:
    """Reach one's own open case."""
    found = mine(viewer).filter(id=case).first()
    own = viewer.relationships & WIDE | {access.CASE}
    return Reached(found, own, found.patient_id) if found else None


def waiting(viewer: Viewer, case: UUID) -> Reached | None:
    """Reach a case that can be taken, or was by somebody else: who it is about is not told yet."""
    found = here(viewer).filter(id=case).first()
    return Reached(found, viewer.relationships & WIDE, found.patient_id) if found else None


def asked_here(viewer: Viewer, case: UUID) -> Reached | None:
    """Reach what the viewer's practice asked for one of its people, if it is open or taken back."""
    if access.PRACTICE not in viewer.relationships:
        return None
    here = {"practice_id": viewer.organisation_id, "patient__practice_id": viewer.organisation_id}
    kept = Q(closed_at=None) | Q(outcome=Case.Outcome.WITHDRAWN)
    asked = Case.objects.filter(kept, id=case, origin=Case.Origin.PRACTICE, **here)
    found = asked.select_related("patient__practice", "patient__safe_contact").first()
    own = frozenset({access.PRACTICE})
    return Reached(found, own, found.patient_id) if found else None


def goal(viewer: Viewer, case: UUID, goal: UUID) -> Reached | None:
    """Reach a goal of one's own open case."""
    found = Goal.objects.select_related("case__patient").filter(id=goal, case_id=case).first()
    about = _case(viewer, case)
    return Reached(found, about.relationships, about.patient_id) if about and found else None


_case = case


def aside(viewer: Viewer, aside: UUID) -> Reached | None:
    """Reach somebody who was set aside, at a practice whose lists the viewer sees."""
    places = [each.id for each in worklists.practices(viewer)]
    seen = SetAside.objects.filter(id=aside, practice__in=places)
    found = seen.first() if viewer.relationships & WIDE else None
    return Reached(found, viewer.relationships, found.patient_id) if found else None


def asked(viewer: Viewer, patient: UUID, asked: UUID) -> Reached | None:
    """Reach what somebody asked themselves, taken back or not."""
    about = people.person(viewer, patient)
    found = requests.seen_by(viewer, about.object).filter(id=asked).first() if about else None
    return replace(about, object=found) if about and found else None
