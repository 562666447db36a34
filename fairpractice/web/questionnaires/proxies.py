"""Who may act for somebody: an account of its own, for a time, for what it is given for."""

import datetime as dt
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from fairpractice.errors import FairpracticeError
from fairpractice.web.accounts.models import User
from fairpractice.web.core import audit
from fairpractice.web.core.access import PROXIES, Role, Viewer
from fairpractice.web.organisations.models import Membership
from fairpractice.web.patients import suspension
from fairpractice.web.patients.models import Patient, PersonAccount


LONGEST = dt.timedelta(days=366)
"""For how long somebody may act for another until it is looked at again."""


@transaction.atomic
def allow(
    viewer: Viewer, patient: Patient, name: str, ends_on: dt.date, token: UUID, *, reads: bool
) -> PersonAccount:
    """Let somebody act for a person, in an account of their own that is for nobody else.

    Parameters
    ----------
    viewer, patient
        Who allows it, and for whom.
    name
        Who will act for them.
    ends_on
        The first day on which they no longer may: at most a year from now.
    token
        The form's own id, so that a form sent twice allows it once.
    reads
        Whether they also see what is held; else they only answer.

    Raises
    ------
    FairpracticeError
        When the day is past or too far off.
    """
    today = dt.date.today()
    if not today < ends_on <= today + LONGEST:
        raise FairpracticeError("It ends after today, and within a year", where="ends_on")
    user, made = User.objects.get_or_create(
        username=f"proxy-{token}", defaults={"name": name, "password": make_password(None)}
    )
    if not made:
        return PersonAccount.objects.get(user=user, patient=patient)
    practice = viewer.organisation_id
    Membership.objects.create(user=user, organisation_id=practice, role=Role.PROXY)
    account = PersonAccount.objects.create(
        user=user,
        patient=patient,
        ends_on=ends_on,
        reads=reads,
        sensitive_seen=suspension.sensitive_statements(patient),
    )
    _noted(viewer, account, "allowed")
    return account


@transaction.atomic
def review(viewer: Viewer, account: PersonAccount, ends_on: dt.date) -> None:
    """Let somebody go on acting for a person, with what is recorded now in view.

    Raises
    ------
    FairpracticeError
        When the day is past or too far off.
    """
    today = dt.date.today()
    if not today < ends_on <= today + LONGEST:
        raise FairpracticeError("It ends after today, and within a year", where="ends_on")
    account.ends_on = ends_on
    account.sensitive_seen = suspension.sensitive_statements(account.patient)
    account.save(update_fields=["ends_on", "sensitive_seen"])
    _noted(viewer, account, "reviewed")


@transaction.atomic
def end(viewer: Viewer, account: PersonAccount) -> None:
    """Let somebody act for a person no more, from now on."""
    account.ends_on = dt.date.today()
    account.save(update_fields=["ends_on"])
    _noted(viewer, account, "ended")


def _noted(viewer: Viewer, account: PersonAccount, how: str) -> None:
    detail = {"account": account.id, "how": how}
    audit.entry(viewer, PROXIES, patient=account.patient_id, detail=detail)
