"""Signing in and out, whatever way somebody proved who they are."""

import time
from collections.abc import Mapping
from typing import Any

from django.contrib import auth
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme

from fairpractice.web.accounts.models import User
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.organisations.models import Membership, Organisation


SESSION = "membership"
BEGAN = "began"
BY = "signed_in_by"
CHOOSING = "choosing"
LASTS = 10 * 60  # seconds to show the rest of who one is, and to choose as whom to work
BACKEND = "django.contrib.auth.backends.ModelBackend"
OWN: dict[str, frozenset[str]] = {
    Organisation.Kind.PRACTICE: frozenset({access.PRACTICE}),
    Organisation.Kind.NETWORK: frozenset({access.NETWORK}),
    Organisation.Kind.PARTNER: frozenset({access.PARTNER}),
}
"""The relationships that belonging to an organisation gives to what it answers for."""


def proved(request: HttpRequest, user: User, going_to: str, by: str) -> str | None:
    """Sign a user in who proved who they are, and return where they go; nothing, if nowhere.

    Parameters
    ----------
    user
        Who it was proved to be. Of several memberships they choose one on the next page.
    going_to
        The address of ours that they wanted.
    by
        How it was proved: the way in.
    """
    request.session.pop(CHOOSING, None)
    found = memberships(user)
    if not found:
        return None
    if len(found) == 1:
        sign_in(request, found[0], by)
        return ours(request, going_to)
    request.session.cycle_key()
    request.session[CHOOSING] = {**shown(user), "by": by, "going_to": going_to}
    return reverse("accounts:where")


def choosing(request: HttpRequest) -> tuple[list[Membership], str, str]:
    """Return what somebody who proved who they are may choose from, where they go, and by what."""
    kept = request.session.get(CHOOSING)
    if not kept:
        return [], "", ""
    user = still(kept)
    return (memberships(user) if user else []), kept["going_to"], kept["by"]


def shown(user: User) -> dict[str, Any]:
    """Return what a session keeps of somebody who showed who they are, until they are in."""
    return {"user": str(user.id), "held": user.get_session_auth_hash(), "at": time.time()}


def still(kept: Mapping[str, Any]) -> User | None:
    """Return who showed who they are; nobody, minutes later, or if they sign in otherwise now."""
    user: User | None = User.objects.filter(id=kept["user"], is_active=True).first()
    if user is None or time.time() - kept["at"] > LASTS:
        return None
    return user if constant_time_compare(user.get_session_auth_hash(), kept["held"]) else None


def memberships(user: User) -> list[Membership]:
    """Return as whom a user may work now, in an order that stays."""
    if not user.is_active:
        return []
    found = Membership.objects.select_related("organisation", "user").filter(user=user)
    return list(found.filter(ended_on=None).order_by("organisation__name", "role", "id"))


def ours(request: HttpRequest, going_to: str) -> str:
    """Return an address if it is one of ours, else that of the first page."""
    if url_has_allowed_host_and_scheme(going_to, {request.get_host()}, request.is_secure()):
        return going_to
    return reverse("core:home")


def sign_in(request: HttpRequest, membership: Membership, by: str = "") -> None:
    """Sign a user in as a member of an organisation, in a session with a new key."""
    auth.login(request, membership.user, backend=BACKEND)
    request.session.cycle_key()  # also where the same user was signed in before
    request.session[SESSION] = str(membership.id)
    request.session["seen"] = now = time.time()
    request.session.setdefault(BEGAN, now)  # who works as somebody else next goes on with it
    request.session[BY] = by
    request.session.pop(CHOOSING, None)
    Membership.objects.filter(id=membership.id).update(signed_in_at=timezone.now())
    audit.entry(viewer(request), "sign in", detail={"by": by} if by else None)


def sign_out(request: HttpRequest) -> str:
    """End the session, forget all that was in it, and return by what way they had come."""
    by = str(request.session.get(BY, ""))
    audit.entry(viewer(request), "sign out")
    auth.logout(request)
    return by


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
