"""Who may act for somebody: an account of its own, for a time, for what it is given for.

Why somebody may, and until when, follows from the age of the person (:mod:`..patients.until`). A
parent acts for a child until the eleventh birthday; from then on the young person decides, or was
assessed as not able to; at sixteen that ends too, and an adult decides, or an attorney does for
them. What nobody has looked at again ends with the birthday.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet

from fairpractice.errors import FairpracticeError
from fairpractice.web.accounts.models import User
from fairpractice.web.core import audit
from fairpractice.web.core.access import PROXIES, Role, Viewer
from fairpractice.web.core.locking import Conflict
from fairpractice.web.organisations.models import Membership
from fairpractice.web.patients import suspension, until
from fairpractice.web.patients.models import Patient, PersonAccount
from fairpractice.web.patients.reach import people
from fairpractice.web.questionnaires import links
from fairpractice.web.questionnaires.models import Link


LONGEST = dt.timedelta(days=366)
"""For how long somebody may act for another until it is looked at again."""
GROUNDS = {
    "asked": "the person asked for it, alone with us, and understands what it means",
    "parent": "they have parental responsibility, and we saw papers that say so",
    "not_able": "they have parental responsibility, and we found the person not able to decide",
    "attorney": "they are attorney or deputy for health and welfare, and we saw the papers",
}
VERIFIED = {
    "papers": "a photo identity and proof of address were seen",
    "vouched": "somebody of the team knows them, and vouches for it",
}


@dataclass(frozen=True)
class Proxy:
    """Somebody who is to act for another: why, how it was checked who they are, for how long.

    Attributes
    ----------
    name
        Who will act.
    ground, verified
        One of :data:`GROUNDS` that the person's age allows, and of :data:`VERIFIED`.
    ends_on
        The first day on which they no longer may.
    reads
        Whether they also see what is held; else they only answer.
    """

    name: str
    ground: str
    verified: str
    ends_on: dt.date
    reads: bool


def grounds(patient: Patient, today: dt.date) -> dict[str, str]:
    """Return why somebody may act for a person of that age; nothing where the age is not known."""
    allowed = until.grounds(patient.born_on, today)
    return {name: words for name, words in GROUNDS.items() if name in allowed}


def latest(patient: Patient, today: dt.date) -> dt.date:
    """Return the last first day without: within a year, and at the birthday that changes why."""
    ends = until.next_birthday(patient.born_on, today)
    return min(today + LONGEST, ends.on) if ends else today + LONGEST


def acting(patient: Patient) -> QuerySet[PersonAccount]:
    """Return the accounts of all who act or acted for a person, the latest first."""
    found: QuerySet[PersonAccount] = patient.accounts.filter(user__memberships__role=Role.PROXY)
    return found.select_related("user").distinct().order_by("-id")


def ending(viewer: Viewer) -> list[tuple[PersonAccount, until.End]]:
    """Return who acts for people of the viewer's practice and soon may no more, the first first.

    Whether something has suspended them is not asked: it would tell.
    """
    today = dt.date.today()
    found = PersonAccount.objects.filter(
        patient__in=people(viewer), user__memberships__role=Role.PROXY, ends_on__gt=today
    )
    found = found.select_related("patient", "user").distinct()
    soon = [(each, ends) for each in found if (ends := until.ends_soon(each, today))]
    return sorted(soon, key=lambda each: (each[1].on, each[0].id))


def ending_for(patient: Patient) -> list[tuple[str, dt.date]]:
    """Return who acts for a person and soon may no more, as they are told: who, and on which day.

    Nothing else is: neither why, nor whether something has suspended them.
    """
    today = dt.date.today()
    found = [(each.user.name, until.ends_soon(each, today)) for each in acting(patient)]
    return [(name, ends.on) for name, ends in found if ends]


def acts_until(viewer: Viewer, patient: Patient) -> dt.date | None:
    """Return the first day on which a proxy may act no more; nothing for anybody else."""
    if viewer.role != Role.PROXY:
        return None
    found = patient.accounts.select_related("patient").get(user_id=viewer.user_id)
    ends = until.end(found)
    return ends.on if ends else None


def _checked(patient: Patient, ground: str, ends_on: dt.date) -> None:
    today = dt.date.today()
    if ground not in grounds(patient, today):
        raise FairpracticeError(
            "Nobody may act for a person of that age for this reason", where="ground"
        )
    last = latest(patient, today)
    if not today < ends_on <= last:
        until = f"{last.day} {last:%B %Y}"
        raise FairpracticeError(
            f"It ends after today, and by {until} at the latest", where="ends_on"
        )


@transaction.atomic
def allow(viewer: Viewer, patient: Patient, who: Proxy, token: UUID) -> PersonAccount:
    """Let somebody act for a person, in an account of their own that is for nobody else.

    Parameters
    ----------
    viewer, patient
        Who allows it, and for whom.
    who
        Who will act for them.
    token
        The form's own id, so that a form sent twice allows it once.

    Raises
    ------
    FairpracticeError
        When the person's age does not allow the reason, or the day is past or too far off.
    """
    _checked(patient, who.ground, who.ends_on)
    user, made = User.objects.get_or_create(
        username=f"proxy-{token}", defaults={"name": who.name, "password": make_password(None)}
    )
    if not made:
        return PersonAccount.objects.get(user=user, patient=patient)
    practice = viewer.organisation_id
    Membership.objects.create(user=user, organisation_id=practice, role=Role.PROXY)
    account = PersonAccount.objects.create(
        user=user,
        patient=patient,
        ends_on=who.ends_on,
        reads=who.reads,
        ground=who.ground,
        verified=who.verified,
        sensitive_seen=suspension.sensitive_statements(patient),
        looked_on=dt.date.today(),
    )
    _noted(viewer, account, "allowed")
    return account


@transaction.atomic
def review(
    viewer: Viewer, account: PersonAccount, ground: str, ends_on: dt.date,
    seen: tuple[dt.date | None, int],
) -> None:  # fmt: skip
    """Let somebody go on acting for a person, by who has looked at the record.

    Parameters
    ----------
    viewer, account
        Who lets whom.
    ground, ends_on
        Why they may now, and until when.
    seen
        Until when it was, and how many sensitive statements there were, when it was looked at.
        What was recorded since keeps them suspended.

    Raises
    ------
    FairpracticeError
        As for :func:`allow`.
    Conflict
        When somebody else ended or reviewed it since.
    """
    _checked(account.patient, ground, ends_on)
    until, sensitive = seen
    rows = PersonAccount.objects.filter(id=account.id, ends_on=until)
    now = {"ends_on": ends_on, "ground": ground, "looked_on": dt.date.today()}
    if not rows.update(**now, sensitive_seen=sensitive):
        raise Conflict
    account.refresh_from_db()
    _noted(viewer, account, "reviewed")


@transaction.atomic
def linked(viewer: Viewer, account: PersonAccount) -> tuple[str, Link]:
    """Return the code of a link by which somebody who acts comes in, once, and the link."""
    code, link = links.make_for(account)
    _noted(viewer, account, "linked")
    return code, link


@transaction.atomic
def end(viewer: Viewer, account: PersonAccount) -> None:
    """Let somebody act for a person no more, from now on; again is no more."""
    today = dt.date.today()
    if account.ends_on is None or account.ends_on > today:
        account.ends_on = today
        account.save(update_fields=["ends_on"])
        _noted(viewer, account, "ended")


def _noted(viewer: Viewer, account: PersonAccount, how: str) -> None:
    detail = {"account": account.id, "how": how}
    audit.entry(viewer, PROXIES, patient=account.patient_id, detail=detail)
