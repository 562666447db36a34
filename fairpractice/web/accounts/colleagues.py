"""An administrator looks after who works at their own organisation, in which role.

What they give is of their organisation alone, and never to themselves; and no link is made here
for an account that is somebody's already: with it they would become that colleague.
"""

import datetime as dt
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from fairpractice.errors import FairpracticeError
from fairpractice.web.accounts import invitations
from fairpractice.web.accounts.models import Invitation, SecondFactor, Subject, User
from fairpractice.web.core import audit
from fairpractice.web.core.access import COLLEAGUES, Reached, Role, Viewer
from fairpractice.web.core.locking import Conflict
from fairpractice.web.organisations.models import Membership, Organisation


NOT_GIVEN = invitations.OTHERS | {Role.COMMUNITY_PARTNER}
"""Roles that follow from a record, or are of a partner: no administrator gives them."""
REASONS = {
    "left": "they left, or leave today",
    "role": "they have other work here now",
    "mistake": "it was given by mistake",
    "unsafe": "somebody else may be using their account",
}
WITHDRAWN = "withdrawn"


def roles() -> dict[str, str]:
    """Return the roles that an administrator gives, with their labels."""
    return {role.value: role.label for role in Role if role not in NOT_GIVEN}


def members(viewer: Viewer) -> QuerySet[Membership]:
    """Return who works or worked at the viewer's organisation, with what is known of each.

    ``waits`` says that they were invited and have not set up yet how they sign in; then
    ``opens_until`` is when their latest link ends or ended.
    """
    links = Invitation.objects.filter(user=OuterRef("user")).order_by("-expires_at")
    found: QuerySet[Membership] = Membership.objects.filter(organisation_id=viewer.organisation_id)
    found = found.exclude(role__in=NOT_GIVEN).select_related("user", "given_by")
    return found.annotate(
        waits=Exists(links) & ~Exists(_with_a_way_in()),
        opens_until=Subquery(links.values("expires_at")[:1]),
    )


def _with_a_way_in() -> QuerySet[User]:
    """Return the user of a membership, if they have set up how they sign in."""
    has = Q(Exists(SecondFactor.objects.filter(user=OuterRef("id"))))
    has |= Q(Exists(Subject.objects.filter(user=OuterRef("id"))))
    found: QuerySet[User] = User.objects.filter(has, id=OuterRef("user"))
    return found


def reach(viewer: Viewer, membership: UUID) -> Reached | None:
    """Reach somebody who works or worked at the viewer's own organisation."""
    found = members(viewer).filter(id=membership).first()
    detail = {"membership": str(membership)}
    return Reached(found, viewer.relationships, detail=detail) if found else None


@transaction.atomic
def invite(viewer: Viewer, username: str, name: str, role: str) -> tuple[Membership, str]:
    """Make somebody a member of the viewer's organisation; return that, and the code of a link.

    There is none for who has set up already how they sign in, which goes on to hold.

    Raises
    ------
    FairpracticeError
        When it is oneself, somebody of elsewhere, no such role, or nobody could sign in.
    """
    invitations.must_have_a_way_in()
    _must_be_given(role)
    user = invitations.known_as(username)
    if user is None:
        user = invitations.made(username, name)
    else:
        _must_not_be_oneself(viewer, user.id)
        if not members(viewer).filter(user=user).exists():
            raise FairpracticeError(
                "Somebody who works elsewhere has this user name",
                where="username",
                fix="Choose another; if it is they, whoever looks after the service adds them.",
            )
    member = _given(viewer, user.id, role)
    _noted(viewer, member, "invited")
    return member, _link_for(viewer, member)


@transaction.atomic
def link(viewer: Viewer, membership: Membership) -> str:
    """Return the code of a new link for somebody who has not set up yet how they sign in.

    Raises
    ------
    FairpracticeError
        When they have, do not work here any more, or also work elsewhere.
    """
    code = _link_for(viewer, membership) if membership.ended_on is None else ""
    if not code:
        raise FairpracticeError(
            "No link is made for them here",
            fix="They have set it up, or work elsewhere too: ask whoever looks after the service.",
        )
    _noted(viewer, membership, "linked")
    return code


def _link_for(viewer: Viewer, membership: Membership) -> str:
    user: User = membership.user
    there = SecondFactor.objects.filter(user=user).exists() or user.subjects.exists()
    return "" if there or _works_elsewhere(membership) else invitations.new_link(user)


def _works_elsewhere(membership: Membership) -> bool:
    others = Membership.objects.filter(user_id=membership.user_id, ended_on=None)
    return others.exclude(organisation_id=membership.organisation_id).exists()


@transaction.atomic
def change_role(viewer: Viewer, membership: Membership, role: str) -> Membership:
    """End a membership and begin one in another role, both at once; return what holds now.

    Raises
    ------
    FairpracticeError
        When it is one's own, there is no such role, or nobody else is administrator.
    Conflict
        When it has ended since.
    """
    _must_be_given(role)
    _must_not_be_oneself(viewer, membership.user_id)
    now = _locked(membership)
    if now.ended_on is not None:
        raise Conflict
    if now.role == role:
        return now
    _must_not_be_the_last(now)
    now.ended_on = dt.date.today()
    now.save(update_fields=["ended_on"])
    begun = _given(viewer, now.user_id, role)
    _noted(viewer, begun, "role", instead_of=str(now.id), role=role)
    return begun


@transaction.atomic
def end(viewer: Viewer, membership: Membership, reason: str) -> None:
    """End a membership, from the next click on; again is no more.

    Raises
    ------
    FairpracticeError
        When nobody else is administrator.
    """
    now = _locked(membership)
    if now.ended_on is not None:
        return
    _must_not_be_the_last(now)
    now.ended_on = dt.date.today()
    now.save(update_fields=["ended_on"])
    if not Membership.objects.filter(user_id=now.user_id, ended_on=None).exists():
        invitations.take_back(now.user)
    _noted(viewer, now, "ended", reason=reason)


def _locked(membership: Membership) -> Membership:
    """Return a membership as it is; whoever else changes one of the organisation waits."""
    Organisation.objects.select_for_update().get(id=membership.organisation_id)
    found: Membership = Membership.objects.select_related("user").get(id=membership.id)
    return found


def _given(viewer: Viewer, user_id: UUID, role: str) -> Membership:
    member, _ = Membership.objects.get_or_create(
        user_id=user_id,
        organisation_id=viewer.organisation_id,
        role=role,
        ended_on=None,
        defaults={"given_by_id": viewer.user_id},
    )
    return member


def _must_be_given(role: str) -> None:
    if role not in roles():
        raise FairpracticeError("Choose a role", where="role")


def _must_not_be_oneself(viewer: Viewer, user_id: UUID) -> None:
    if user_id == viewer.user_id:
        raise FairpracticeError(
            "Nobody gives themselves a role", where="role", fix="Ask another administrator."
        )


def _must_not_be_the_last(membership: Membership) -> None:
    """Somebody else must be able to do what an administrator does: one who has signed in."""
    if membership.role != Role.ADMINISTRATOR:
        return
    others = Membership.objects.filter(
        organisation_id=membership.organisation_id, role=Role.ADMINISTRATOR, ended_on=None
    ).exclude(user_id=membership.user_id)
    if not others.filter(signed_in_at__isnull=False, user__is_active=True).exists():
        raise FairpracticeError(
            "Nobody else who has signed in is administrator here",
            fix="Invite another first; once they have signed in, this can end.",
        )


def _noted(viewer: Viewer, membership: Membership, how: str, **more: str) -> None:
    detail = {"membership": str(membership.id), "of": str(membership.user_id), "how": how, **more}
    audit.entry(viewer, COLLEAGUES, detail=detail)
