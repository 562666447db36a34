"""Links that open once: a code that only the person has, and their date of birth beside it.

The code is written on a letter or sent in a message. Here is only what follows from it under a key
that is outside the database. A code that is wrong, used, too old or withdrawn, and a wrong date of
birth, are answered in one way, and each counts as a try.

How old a link is, the clock of the database says alone: of several servers none is ahead.
"""

import datetime as dt
import secrets
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from fairpractice.web.core import audit
from fairpractice.web.core.access import Role
from fairpractice.web.core.encryption import blind_index
from fairpractice.web.core.rate_limit import within_limit
from fairpractice.web.organisations.models import Membership
from fairpractice.web.patients import until
from fairpractice.web.patients.actions import own_account
from fairpractice.web.patients.models import Patient, PersonAccount
from fairpractice.web.patients.suspension import is_suspended
from fairpractice.web.questionnaires.models import Ask, Link, Way


OPEN = "open a link"
LETTERS = "BCDFGHJKMNPQRSTVWXYZ23456789"  # no vowels: no words; nothing that looks like another
LENGTH = 12  # 57 bits
COME_BACK = "come back"
LIFE = {
    Way.TEXT: dt.timedelta(days=3),
    Way.LETTER: dt.timedelta(days=14),
    Way.DESK: dt.timedelta(hours=1),
    COME_BACK: dt.timedelta(days=7),
}
"""For how long a link opens, by the way it came; and the one with which somebody goes on later."""
TRIES = 5
"""How often a date of birth can be tried with one code."""


def make(ask: Ask, life: str) -> tuple[str, Link]:
    """Return the code of a new link, and the link; those before it open no more."""
    return _make(ask.links, life)


def make_for(account: PersonAccount) -> tuple[str, Link]:
    """Return the code of a link for somebody who acts for another, and the link, as :func:`make`.

    It opens with the date of birth of the person for whom they act, who they say that they know.
    """
    return _make(account.links, Way.LETTER)


def _make(links: Any, life: str) -> tuple[str, Link]:
    links.filter(used_at=None).update(expires_at=Now())
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    made: Link = links.create(digest=_digest(code), expires_at=Now() + LIFE[life])
    made.refresh_from_db(fields=["expires_at"])
    return code, made


def written(code: str) -> str:
    """Return a code as it is read and typed: in fours."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def use(code: str, born_on: dt.date | None) -> tuple[Membership, Patient] | None:
    """Open a link: return as whom to sign in, and whose pages; nothing, whatever was wrong."""
    digest = _digest(code)
    longest = max(LIFE.values()).total_seconds()
    allowed = within_limit(OPEN, digest.hex(), limit=TRIES, seconds=int(longest))
    with transaction.atomic():
        found = (
            Link.objects.select_for_update(of=("self",))
            .select_related("ask__patient__practice", "account__patient__practice")
            .filter(digest=digest)
            .annotate(too_old=Q(expires_at__lte=Now()))
            .first()
        )
        patient = (found.ask or found.account).patient if found else None
        if found is None or patient is None or not allowed or not _opens(found, born_on):
            detail = {"link": str(found.id)} if found else {}
            about = patient.id if patient else None
            audit.entry(None, OPEN, patient=about, outcome="refused", detail=detail)
            return None
        found.used_at = timezone.now()
        found.save(update_fields=["used_at"])
        audit.entry(None, OPEN, patient=patient.id, detail={"link": str(found.id)})
        return _of(found.account) if found.account else own_account(patient), patient


def _of(account: PersonAccount) -> Membership:
    found: Membership = account.user.memberships.get(role=Role.PROXY, ended_on=None)
    return found


def _opens(link: Link, born_on: dt.date | None) -> bool:
    patient = (link.ask or link.account).patient
    return (
        link.used_at is None
        and not link.too_old
        and (_acts(link.account) if link.account else _waits(link.ask))
        and patient.practice is not None
        and born_on is not None
        and patient.born_on == born_on
    )


def _waits(ask: Ask) -> bool:
    answered = hasattr(ask, "reply") and ask.reply.completed_at
    return ask.withdrawn_at is None and not answered


def _acts(account: PersonAccount) -> bool:
    return not until.is_over(account, timezone.localdate()) and not is_suspended(account)


def _digest(code: str) -> bytes:
    return blind_index("link", code)
