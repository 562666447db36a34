"""Accounts of our own: a password and, always, a code from an app that only its owner has.

The codes are those of RFC 6238, by pyotp. One is taken once: what is read over a shoulder is of no
use. Without the app, one of the recovery codes that were shown at the start does, once.
"""

import re
import secrets
import time
from uuid import UUID

import pyotp
import segno
from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest

from fairpractice.web.accounts import invitations, signing
from fairpractice.web.accounts.models import RecoveryCode, SecondFactor, User
from fairpractice.web.core import audit
from fairpractice.web.core.encryption import blind_index, decrypt, encrypt
from fairpractice.web.core.page import SERVICE
from fairpractice.web.core.rate_limit import place, within_limit


PASSWORD, CODE = "sign in with a password", "sign in with a code"
FROM_ONE_PLACE = 60
OF_ONE_ACCOUNT = 10
EACH = 15 * 60  # seconds
CODES_A_DAY = 30
DAY = 24 * 60 * 60  # seconds
STEP = 30  # seconds that a code lasts
AROUND = (0, -1, 1)  # steps by which a clock may differ
PROVING, SETTING_UP, NEW_CODES = "proving", "setting up", "new codes"
LASTS = 10 * 60  # seconds for which new recovery codes are shown
LETTERS = "BCDFGHJKMNPQRSTVWXYZ23456789"
CODES, LENGTH = 8, 10  # recovery codes of 48 bits
NOT_A_CODE = "Enter the 6 digits that the app shows now"


def may_try(request: HttpRequest, what: str, account: str) -> bool:
    """Count a try, by account and by place, and tell whether it is one of those allowed."""
    whose = blind_index("account", account.strip().casefold()).hex()
    limits = [
        within_limit(f"{what} from", place(request), limit=FROM_ONE_PLACE, seconds=EACH),
        within_limit(f"{what} of", whose, limit=OF_ONE_ACCOUNT, seconds=EACH),
    ]
    if what == CODE:
        limits.append(within_limit("codes of", whose, limit=CODES_A_DAY, seconds=DAY))
    return all(limits)


def by_password(username: str, password: str) -> User | None:
    """Return whose name and password these are; or nobody, in the same time."""
    known = User.objects.filter(username=username.strip().casefold(), is_active=True)
    user: User | None = known.exclude(second_factor=None).first()
    if user is None:
        make_password(password)
        right = False
    else:
        right = user.check_password(password)
    if not right:
        who = user.id if user else None
        audit.entry(None, PASSWORD, outcome="refused", user=who)
        return None
    return user


def remember(request: HttpRequest, user: User, going_to: str) -> None:
    """Keep, for a few minutes, whose password was right."""
    request.session.cycle_key()
    request.session[PROVING] = {**signing.shown(user), "going_to": going_to}


def remembered(request: HttpRequest) -> tuple[User | None, str]:
    """Return whose password was right on the page before, and where they go."""
    kept = request.session.get(PROVING)
    return (signing.still(kept), kept["going_to"]) if kept else (None, "")


@transaction.atomic
def take_code(user: User, code: str) -> str:
    """Take a code, once, and say if it was the ``"app"``'s or ``"recovery"``; nothing if wrong."""
    plain = "".join(each for each in code.upper() if each.isalnum())
    factor = SecondFactor.objects.select_for_update().get(user=user)
    step = _step(factor.secret, plain)
    if step is not None and step > factor.last_step:
        factor.last_step = step
        factor.save(update_fields=["last_step"])
        return "app"
    gone, _ = user.recovery_codes.filter(digest=_digest(user.id, plain)).delete()
    if gone:
        return "recovery"
    audit.entry(None, CODE, outcome="refused", user=user.id)
    return ""


def new_secret(request: HttpRequest, link: str) -> str:
    """Return the secret for an app that somebody is setting up in this session, always the same."""
    kept = request.session.get(SETTING_UP)
    if not kept or kept["link"] != _of(link):
        kept = {"link": _of(link), "secret": encrypt(pyotp.random_base32())}
        request.session[SETTING_UP] = kept
    return str(decrypt(kept["secret"]))


def address(user: User, secret: str) -> str:
    """Return what an app is given, as it is drawn: an otpauth URI."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=SERVICE)


def drawn(text: str) -> str:
    """Draw a text as a QR code: SVG to stand in a page."""
    return segno.make(text, error="m").svg_inline(scale=5, border=4, light="#fff")


def problems(user: User, password: str, secret: str, code: str) -> dict[str, str]:
    """Return what is wrong with what somebody chose, by field."""
    found = {}
    if said := problem_of_password(user, password):
        found["password"] = said
    if not is_code_of(secret, code):
        found["code"] = NOT_A_CODE
    return found


def problem_of_password(user: User, password: str) -> str:
    """Return what is wrong with a password that somebody chose; nothing when all is well."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def is_code_of(secret: str, code: str) -> bool:
    """Tell whether a code is one that an app with this secret shows now."""
    return _step(secret, re.sub(r"\s", "", code)) is not None


@transaction.atomic
def set_up(link: str, password: str, secret: str, code: str) -> list[str] | None:
    """Let whoever follows a link sign in with a password and an app; return their recovery codes.

    What they signed in with before holds no more. Nothing, when the link opens no more.
    """
    found = invitations.opened(link, locked=True)
    if found is None:
        return None
    user: User = found.user
    user.set_password(password)
    user.save(update_fields=["password"])
    codes = set_app(user, secret, code)
    invitations.used(found, "password")
    return codes


def set_app(user: User, secret: str, code: str) -> list[str]:
    """Let a user's codes come from an app with this secret alone; return new recovery codes.

    The code that showed that the app works is taken by that.
    """
    step = _step(secret, re.sub(r"\s", "", code)) or 0
    SecondFactor.objects.update_or_create(user=user, defaults={"secret": secret, "last_step": step})
    user.recovery_codes.all().delete()
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, digest=_digest(user.id, each)) for each in codes
    )
    return codes


def keep_codes(request: HttpRequest, link: str, codes: list[str]) -> None:
    """Keep new recovery codes for a few minutes, so that a page that is loaded again has them."""
    request.session.pop(SETTING_UP, None)
    kept = {"link": _of(link), "codes": encrypt(codes), "at": time.time()}
    request.session[NEW_CODES] = kept


def new_codes(request: HttpRequest, link: str) -> list[str]:
    """Return the recovery codes that were made by a link in this session just now, if any were."""
    kept = request.session.get(NEW_CODES)
    if not kept or kept["link"] != _of(link) or time.time() - kept["at"] > LASTS:
        return []
    return list(decrypt(kept["codes"]))


def _of(link: str) -> str:
    return blind_index("setting up", link).hex()


def _step(secret: str, code: str) -> int | None:
    """Return of which step of time a code is, if it is of one around now."""
    now = int(time.time()) // STEP
    made = pyotp.TOTP(secret, interval=STEP)
    right = [
        now + off
        for off in AROUND
        if secrets.compare_digest(made.at((now + off) * STEP).encode(), code.encode())
    ]
    return right[0] if right else None


def _digest(user: UUID, code: str) -> bytes:
    return blind_index("recovery code", user, code)
