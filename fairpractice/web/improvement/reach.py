"""How projects are reached: by everybody of the network, who leads one, and its partners."""

from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from fairpractice.web.accounts.models import User
from fairpractice.web.core.access import LEAD, LEADS, PARTNER, TABLE, Reached, Viewer
from fairpractice.web.feeds.models import Source
from fairpractice.web.improvement.models import Project
from fairpractice.web.organisations.models import Membership, Organisation
from fairpractice.web.referrals.models import Referral


LEADERS = tuple(grant.role for grant in TABLE if LEAD in grant.acts and grant.relationship == LEADS)


def place_of(viewer: Viewer) -> Organisation:
    """Return where projects of a viewer are: the network, or a practice that is of none."""
    own = Organisation.objects.select_related("network").get(id=viewer.organisation_id)
    found: Organisation = own.network or own
    return found


def networks_of_partner(partner: UUID) -> QuerySet[Organisation]:
    """Return the networks that a partner works with: it was asked to help, or sends facts."""
    asked = Referral.objects.filter(recipient=partner, case__practice__network=OuterRef("id"))
    today, here = timezone.localdate(), Q(holder=OuterRef("id")) | Q(holder__network=OuterRef("id"))
    sends = Source.objects.filter(here, partner=partner, begins_on__lte=today, ends_on__gt=today)
    asked = asked.exclude(state="entered_in_error")
    networks = Organisation.objects.filter(kind=Organisation.Kind.NETWORK)
    return networks.filter(Exists(asked) | Exists(sends))


def is_partner(viewer: Viewer) -> bool:
    """Tell whether somebody sees projects as a partner of the network does."""
    return PARTNER in viewer.relationships


def projects(viewer: Viewer) -> QuerySet[Project]:
    """Return the projects of a viewer's network, or of those that their organisation helps."""
    places = (
        networks_of_partner(viewer.organisation_id) if is_partner(viewer) else [place_of(viewer)]
    )
    found: QuerySet[Project] = Project.objects.filter(place__in=places)
    return found.select_related("lead", "place")


def project(viewer: Viewer, project: UUID) -> Reached | None:
    """Reach a project."""
    found = projects(viewer).filter(id=project).select_related("closed_by").first()
    if found is None:
        return None
    leads = {LEADS} if found.lead_id == viewer.user_id and found.closed_at is None else set()
    detail = {"project": str(found.id)}
    return Reached(found, viewer.relationships | leads, detail=detail)


def leaders(place: Organisation) -> QuerySet[User]:
    """Return who may lead a project at a place, by name."""
    of = Membership.objects.filter(role__in=LEADERS, ended_on=None)
    here = of.filter(organisation=place) | of.filter(organisation__network=place)
    found = User.objects.filter(id__in=here.values("user"), is_active=True)
    return found.order_by("name", "id")


def has_a_lead(project: Project) -> bool:
    """Tell whether who leads a project still works here."""
    found: bool = leaders(project.place).filter(id=project.lead_id).exists()
    return found


def is_late(project: Project) -> bool:
    """Tell whether a project was to be looked at and was not."""
    return project.closed_at is None and bool(project.review_on <= timezone.localdate())
