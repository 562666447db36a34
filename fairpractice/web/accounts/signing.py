"""Signing in and out, whatever way somebody proved who they are."""

import time

from django.contrib import auth
from django.http import HttpRequest

from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.organisations.models import Membership, Organisation


SESSION = "membership"
BACKEND = "django.contrib.auth.backends.ModelBackend"
OWN: dict[str, frozenset[str]] = {
    Organisation.Kind.PRACTICE: frozenset({access.PRACTICE}),
    Organisation.Kind.NETWORK: frozenset({access.NETWORK}),
    Organisation.Kind.PARTNER: frozenset({access.PARTNER}),
}
"""The relationships that belonging to an organisation gives to what it answers for."""


def sign_in(request: HttpRequest, membership: Membership) -> None:
    """Sign a user in as a member of an organisation, in a session with a new key."""
    auth.login(request, membership.user, backend=BACKEND)
    request.session.cycle_key()  # also where the same user was signed in before
    request.session[SESSION] = str(membership.id)
    request.session["seen"] = time.time()
    audit.entry(viewer(request), "sign in")


def sign_out(request: HttpRequest) -> None:
    """End the session, and forget all that was in it."""
    audit.entry(viewer(request), "sign out")
    auth.logout(request)


def viewer(request: HttpRequest) -> Viewer | None:
    """Return who is at work, or nobody: not signed in, or no longer a member."""
    if not request.user.is_authenticated or SESSION not in request.session:
        return None
    found = (
        Membership.objects.select_related("organisation")
        .filter(id=request.session[SESSION], user=request.user, ended_on=None)
        .first()
    )
    if found is None:
        return None
    return Viewer(
        user_id=request.user.id,
        name=request.user.name,
        role=Role(found.role),
        organisation_id=found.organisation_id,
        organisation=found.organisation.name,
        relationships=_relationships(found),
    )


def _relationships(membership: Membership) -> frozenset[str]:
    if membership.role in (Role.PATIENT, Role.PROXY):
        return frozenset({access.SELF})
    return OWN[membership.organisation.kind]
