"""Somebody who is signed in changes how they sign in: their own password, their own app.

First they show again who they are, with the password and a code of now: an unlocked screen is not
enough. Whatever is changed ends all their other sessions.
"""

import time

from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from fairpractice.web.accounts import local
from fairpractice.web.accounts.models import SecondFactor, User
from fairpractice.web.core import audit
from fairpractice.web.core.access import ACCOUNT, Viewer


SHOWN = "showed who they are"
LASTS = 10 * 60  # seconds in which to set up another app


def has_password(user: User) -> bool:
    """Tell whether somebody signs in with a password and an app of this service's own."""
    return settings.LOCAL_ACCOUNTS and SecondFactor.objects.filter(user=user).exists()


def may_try(request: HttpRequest, user: User) -> bool:
    """Count a try, among those of signing in, and tell whether it is one of those allowed."""
    of_password = local.may_try(request, local.PASSWORD, user.username)
    return local.may_try(request, local.CODE, user.username) and of_password


def is_shown(viewer: Viewer, user: User, password: str, code: str) -> str:
    """Tell by what it is shown that it is they: ``"app"``, ``"recovery"``; else what is wrong.

    A code is taken by it only where the password is right: ``"password"`` or ``"code"`` is wrong.
    """
    if not user.check_password(password):
        audit.entry(viewer, ACCOUNT, outcome="refused", detail={"how": "password"})
        return "password"
    return local.take_code(user, code) or "code"


@transaction.atomic
def change_password(request: HttpRequest, user: User, password: str) -> None:
    """Let a password take the place of the one there is, and end all other sessions."""
    user.set_password(password)
    user.save(update_fields=["password"])
    _alone(request, user)
    audit.entry(request.viewer, ACCOUNT, detail={"how": "password"})


@transaction.atomic
def change_app(request: HttpRequest, user: User, secret: str, code: str) -> list[str]:
    """Let another app make the codes, end all other sessions, and return new recovery codes."""
    codes = local.set_app(user, secret, code)
    _alone(request, user)
    audit.entry(request.viewer, ACCOUNT, detail={"how": "app"})
    return codes


def _alone(request: HttpRequest, user: User) -> None:
    """End every session of a user but this one, which gets a new key."""
    user.sessions_ended += 1
    user.save(update_fields=["sessions_ended"])
    update_session_auth_hash(request, user)


def remember(request: HttpRequest) -> None:
    """Keep, for a few minutes, that somebody showed who they are; what was drawn before is void."""
    request.session[SHOWN] = time.time()
    request.session.pop(local.SETTING_UP, None)


def is_remembered(request: HttpRequest) -> bool:
    """Tell whether somebody showed who they are just now, in this session."""
    return time.time() - request.session.get(SHOWN, 0) <= LASTS


def forget(request: HttpRequest) -> None:
    """Ask again the next time."""
    request.session.pop(SHOWN, None)
