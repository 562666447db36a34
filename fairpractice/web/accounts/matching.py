"""Whom of ours a provider speaks of. Nobody is made here, and no role is taken from a token."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from fairpractice.web.accounts.models import Subject, User
from fairpractice.web.accounts.openid import NotProved
from fairpractice.web.config.openid import PROVED, TRUSTED, Client
from fairpractice.web.organisations.models import Membership
from fairpractice.web.patients.actions import index_of_number, own_account
from fairpractice.web.patients.models import Patient


ASSURED = ("id_assurance_level", "authentication_assurance_level")


def check_assurance(client: Client, claims: Mapping[str, Any]) -> None:
    """Refuse a token that says less than the settings ask of whom and how it made sure.

    Raises
    ------
    NotProved
        When it does.
    """
    said = [str(claims.get(each, "0")) for each in ASSURED]
    if client.assurance and not all(
        level.isdecimal() and int(level) >= client.assurance for level in said
    ):
        raise NotProved("level")


def colleague(client: Client, claims: Mapping[str, Any]) -> User:
    """Return the user that an administrator, or an invitation, said a subject is.

    Raises
    ------
    NotProved
        When nobody said so.
    """
    check_assurance(client, claims)
    known = Subject.objects.select_related("user")
    found = known.filter(issuer=client.issuer, subject=claims["sub"]).first()
    if found is None:
        raise NotProved("unknown")
    user: User = found.user
    return user


def person(claims: Mapping[str, Any]) -> Membership:
    """Return as whom somebody opens their own pages: who has this NHS number and date of birth.

    Raises
    ------
    NotProved
        When they have not proved who they are, whoever that is; or are nobody here. That there is
        such a number, and another date of birth, or no practice, is the same answer.
    """
    if claims.get("identity_proofing_level") != PROVED or claims.get("vot", "") not in TRUSTED:
        raise NotProved("not_proved_there")
    try:
        born_on = dt.date.fromisoformat(str(claims.get("birthdate")))
    except ValueError:
        raise NotProved("nobody") from None
    number = index_of_number(str(claims.get("nhs_number", "")))
    found = [
        each
        for each in Patient.objects.select_related("practice").filter(by_nhs_number=number)
        if each.born_on == born_on and each.practice_id
    ]
    if len(found) != 1:
        raise NotProved("nobody")
    return own_account(found[0])
