"""Putting a message in, in the transaction of what causes it: both are there, or neither is.

:func:`put` is all that other parts need. It says nothing of a need: the words are chosen from
:mod:`.words`. Sending is another process's (:mod:`.sending`), which asks again whether it is safe.
"""

import datetime as dt
import string
from typing import Any

from django.db import transaction
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.core.access import Viewer
from fairpractice.web.core.locking import Conflict
from fairpractice.web.messaging.models import Outgoing, Way
from fairpractice.web.messaging.words import ORGANISATION, WORDS
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import contact


FILLED_IN = frozenset({"link", "day"})
KNOWN = frozenset({"practice"})  # what is filled in here, when it is sent
SHOWN = dt.timedelta(days=90)
"""For how long somebody's own pages show a message."""
NOT_REGISTERED = "They are not registered here any more."
ADDRESS = {Way.TEXT: "telephone number", Way.EMAIL: "e-mail address", Way.LETTER: "postcode"}


@transaction.atomic
def put(
    key: str,
    way: str,
    words: str,
    *,
    patient: Patient | None = None,
    organisation: Organisation | None = None,
    to: str = "",
    by: Viewer | None = None,
    place: Organisation | None = None,
    not_before: dt.datetime | None = None,
    not_after: dt.datetime | None = None,
    **filled_in: str,
) -> Outgoing:
    """Put a message in, once.

    Parameters
    ----------
    key
        What causes it, such as ``"referral:<id>:made"``. Put in again, it is the same message.
    way
        One of :class:`~fairpractice.web.messaging.models.Way`.
    words
        One of :data:`~fairpractice.web.messaging.words.WORDS`.
    patient
        To whom, if to a person. Where they are reached is asked when it is sent.
    organisation, to
        To whom, if to an organisation, and at which address.
    by
        Whose message it is: they are told if it is not sent.
    place
        Whose staff are told too; the person's practice, or that of ``by``, if left out.
    not_before, not_after
        When it may go out, and when it is of no use any more. Safe days and hours hold anyway.
    filled_in
        ``link`` and ``day``, for the words that have them.

    Raises
    ------
    FairpracticeError
        When they are not to be reached in that way at all, or no address is known. Nothing is put
        in, and the transaction can go on.
    Conflict
        When the key is that of a message to somebody else.
    """
    _fits(way, words, patient, organisation, filled_in)
    if there := Outgoing.objects.filter(key=key).first():
        return _same(there, patient, organisation)
    place = place or (patient.practice if patient else None)
    place_id = place.id if place else by.organisation_id if by else None
    if place_id is None:
        raise FairpracticeError("nobody is there to be told if it is not sent", fix="Name a place.")
    if patient:
        _can_be_reached(patient, way)
    elif not to:
        raise FairpracticeError("no address is known", fix="Ask the organisation for one.")
    values: dict[str, Any] = {"way": way, "words": words, "patient": patient, "place_id": place_id}
    values |= {"organisation": organisation, "to": to or None, "filled_in": filled_in or None}
    values |= {"put_by_id": by.user_id if by else None, "not_after": not_after}
    values |= {"not_before": not_before} if not_before else {}
    made, _ = Outgoing.objects.get_or_create(key=key, defaults=values)
    return _same(made, patient, organisation)


@transaction.atomic
def take_back(start: str) -> int:
    """Take back the messages whose key starts so and that wait; return how many there were.

    One that is being sent at this moment is sent.
    """
    waiting = Outgoing.objects.filter(key__startswith=start, state=Outgoing.State.WAITING)
    over: dict[str, Any] = {"state": Outgoing.State.TAKEN_BACK, "over_at": timezone.now()}
    taken: int = waiting.update(**over, to=None, filled_in=None)
    return taken


def on_pages(patient: Patient) -> list[tuple[dt.datetime, str]]:
    """Return what a person's own pages say to them, the latest first, each with when it came."""
    since = timezone.now() - SHOWN
    shown = patient.messages.filter(way=Way.PAGES, state=Outgoing.State.SENT, over_at__gte=since)
    return [(each.over_at, text(each)) for each in shown.order_by("-over_at", "id")]


def text(message: Outgoing, kind: str = "text") -> str:
    """Return the words of a message, or its ``subject``, filled in."""
    practice = message.patient.practice if message.patient else None
    known = {"practice": practice.name if practice else "Your surgery"}
    said: str = getattr(WORDS[message.words], kind)
    return said.format(**known, **(message.filled_in or {}))


def _fits(
    way: str,
    words: str,
    patient: Patient | None,
    organisation: Organisation | None,
    filled_in: dict[str, str],
) -> None:
    """Refuse what no page can ask for."""
    said = WORDS[words]
    fields = {name for _, name, *_ in string.Formatter().parse(said.text) if name}
    if fields - KNOWN != set(filled_in) or not set(filled_in) <= FILLED_IN:
        raise ValueError(f"the words {words!r} are filled in with {sorted(fields - KNOWN)}")
    if (said.to == ORGANISATION) != (organisation is not None) or (patient is None) == (
        organisation is None
    ):
        raise ValueError(f"the words {words!r} are for one {said.to}")
    if Way(way) not in (Way.EMAIL, Way.LETTER) and organisation:
        raise ValueError("an organisation is told by e-mail or letter")


def _can_be_reached(patient: Patient, way: str) -> None:
    if patient.practice is None:
        raise FairpracticeError(NOT_REGISTERED.rstrip("."), fix="Look for where they are now.")
    if way == Way.PAGES:
        return
    _, permission = contact.soonest(patient, way)
    if not permission.allowed:
        raise FairpracticeError(permission.why_not.rstrip("."), fix="Ask another way.")
    if not address(patient, way, permission):
        raise FairpracticeError(f"No {ADDRESS[Way(way)]} is known here", fix="Ask another way.")


def address(patient: Patient, way: str, permission: contact.Permission) -> str:
    """Return where a person is reached in a way; nothing where that is not known."""
    if way == Way.TEXT:
        return permission.number or ""
    if way == Way.EMAIL:
        return patient.identity.get("email") or ""
    postcode = patient.identity.get("postcode")
    return f"{patient.name}, {postcode}" if postcode else ""


def _same(there: Outgoing, patient: Patient | None, organisation: Organisation | None) -> Outgoing:
    theirs = (there.patient_id, there.organisation_id)
    if theirs != (patient.id if patient else None, organisation.id if organisation else None):
        raise Conflict
    return there
