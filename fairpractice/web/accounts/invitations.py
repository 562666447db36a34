"""How somebody becomes a colleague: an administrator says who, in which role; they say how they
sign in, through a link that does it once.
"""

import datetime as dt
import re
import secrets

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.accounts.models import Invitation, Subject, User
from fairpractice.web.config.openid import STAFF
from fairpractice.web.core import audit
from fairpractice.web.core.access import Role
from fairpractice.web.core.encryption import blind_index
from fairpractice.web.organisations.models import Membership, Organisation


INVITE = "invite somebody"
SET_UP = "set up how one signs in"
LIFE = dt.timedelta(days=3)
TAKEN = ("persona-", "person-", "proxy-")
"""How the names of users begin that are made in other ways."""
OTHERS = {Role.PATIENT, Role.PROXY}
"""Roles that follow from a person's record, and that nobody is invited to."""


def made_for(
    username: str, name: str, role: str, code: str, subject: str, address: str | None
) -> str:
    """Invite somebody (:func:`invite`), and return the address of their link, if they need one.

    Parameters
    ----------
    username, name, role, code
        As :func:`invite` has them.
    subject
        What the provider of colleagues calls them, where that is known.
    address
        Where the service answers; by its settings, when left out.

    Raises
    ------
    FairpracticeError
        When they could not sign in, or as :func:`invite` does.
    """
    must_have_a_way_in()
    staff = settings.OPENID.get(STAFF)
    if subject and not staff:
        raise FairpracticeError(
            "there is no provider that could call them so",
            where="FAIRPRACTICE_STAFF_ISSUER",
            fix="Say at which provider colleagues sign in, or leave --subject out.",
        )
    issuer = staff.issuer if staff else ""
    secret = invite(username, name, role, code, issuer=issuer, subject=subject)
    scheme = "https" if settings.HTTPS else "http"
    site = (address or f"{scheme}://{settings.ALLOWED_HOSTS[0]}").rstrip("/")
    return f"{site}/invitation/{secret}/" if secret else ""


def must_have_a_way_in() -> None:
    """Refuse to invite anybody where colleagues cannot sign in.

    Raises
    ------
    FairpracticeError
        When no way to sign in has been set up for them.
    """
    if not (settings.LOCAL_ACCOUNTS or settings.OPENID.get(STAFF)):
        raise FairpracticeError(
            "no way to sign in has been set up",
            where="FAIRPRACTICE_LOCAL_ACCOUNTS, FAIRPRACTICE_STAFF_ISSUER",
            fix="Set one up first: docs/how-to/sign-in.md",
        )


@transaction.atomic
def invite(
    username: str, name: str, role: str, code: str, *, issuer: str = "", subject: str = ""
) -> str:
    """Make somebody a member of an organisation, and return the code of their link.

    Again it makes them no second time a member, and gives a new link; those before it open no
    more. What they sign in with holds until the link is used.

    Parameters
    ----------
    username, name
        What they sign in with, and what they are called.
    role, code
        In which role, at the organisation with which code.
    issuer, subject
        What a provider calls them, where that is known: then they need no link, and none is made.

    Raises
    ------
    FairpracticeError
        When there is no such role or organisation, or the name cannot be a user's.
    """
    organisation = Organisation.objects.filter(code=code).first()
    if organisation is None:
        known = ", ".join(Organisation.objects.order_by("code").values_list("code", flat=True)[:10])
        raise FairpracticeError(
            f"there is no organisation {code!r}",
            where=f"known are {known}" if known else "none is known yet",
            fix="Load the record's with: fairpractice service load",
        )
    if role not in set(Role) - OTHERS:
        raise FairpracticeError(
            f"nobody is invited as {role!r}",
            fix=f"Choose one of {', '.join(sorted(set(Role) - OTHERS))}.",
        )
    user = known_as(username) or made(username, name)
    member, _ = Membership.objects.get_or_create(
        user=user, organisation=organisation, role=role, ended_on=None
    )
    audit.entry(None, INVITE, detail={"membership": str(member.id)})
    if subject:
        _link(user, issuer, subject)
        return ""
    return new_link(user)


def known_as(username: str) -> User | None:
    """Return whose name that is, if it is anybody's.

    Raises
    ------
    FairpracticeError
        When the name cannot be a user's.
    """
    found: User | None = User.objects.filter(username=_username(username)).first()
    return found


def made(username: str, name: str) -> User:
    """Make a user, who cannot sign in yet; of two who do so at once, the second finds them.

    Raises
    ------
    FairpracticeError
        When the name cannot be a user's.
    """
    user: User
    user, _ = User.objects.get_or_create(
        username=_username(username), defaults={"name": name, "password": make_password(None)}
    )
    return user


def new_link(user: User) -> str:
    """Return the code of a new link for a user; those before it open no more."""
    take_back(user)
    secret = secrets.token_hex(16)
    expires_at = timezone.now() + LIFE
    Invitation.objects.create(user=user, digest=_digest(secret), expires_at=expires_at)
    return secret


def take_back(user: User) -> None:
    """Let no link of a user open any more."""
    user.invitations.filter(used_at=None).update(expires_at=timezone.now())


@transaction.atomic
def end(username: str) -> int:
    """End every membership of a user, from now on; return how many there were.

    Raises
    ------
    FairpracticeError
        When there is no such user.
    """
    user = User.objects.filter(username=username.strip().casefold()).first()
    if user is None:
        raise FairpracticeError(f"nobody is called {username!r}", fix="Check the name.")
    ended: int = user.memberships.filter(ended_on=None).update(ended_on=dt.date.today())
    take_back(user)
    audit.entry(None, "end memberships", detail={"of": str(user.id), "ended": ended})
    return ended


def opened(secret: str, *, locked: bool = False) -> Invitation | None:
    """Return the invitation that a link is of, if it still opens."""
    found = Invitation.objects.select_related("user").filter(
        digest=_digest(secret), used_at=None, expires_at__gt=timezone.now()
    )
    if locked:
        found = found.select_for_update(of=("self",))
    return found.filter(user__is_active=True).first()


@transaction.atomic
def use_for_subject(secret: str, issuer: str, subject: str) -> User | None:
    """Let whoever follows a link sign in at a provider from now on; nothing, if it does not open.

    Raises
    ------
    FairpracticeError
        When the provider's subject is somebody else here.
    """
    found = opened(secret, locked=True)
    if found is None:
        return None
    _link(found.user, issuer, subject)
    used(found, "provider")
    user: User = found.user
    return user


def used(invitation: Invitation, how: str) -> None:
    """Note that a link was used, in the transaction of what it was used for."""
    invitation.used_at = timezone.now()
    invitation.save(update_fields=["used_at"])
    detail = {"invitation": str(invitation.id), "how": how}
    audit.entry(None, SET_UP, user=invitation.user_id, detail=detail)


def _link(user: User, issuer: str, subject: str) -> None:
    found, _ = Subject.objects.get_or_create(
        issuer=issuer, subject=subject, defaults={"user": user}
    )
    if found.user_id != user.id:
        raise FairpracticeError(
            "the provider knows them as somebody who is a colleague already",
            where=found.user.username,
            fix="Invite that user.",
        )


def _username(said: str) -> str:
    name = said.strip().casefold()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._@+-]{2,149}", name) or name.startswith(TAKEN):
        raise FairpracticeError(
            f"{said!r} cannot be the name of a user",
            fix="Use three letters or more, digits and . _ @ + -, as in an e-mail address.",
        )
    return name


def _digest(secret: str) -> bytes:
    return blind_index("invitation", secret)
