"""How a person can be reached without harm: who writes or calls must ask here first.

What is sent by any way names no topic, no service and no part of the practice: whoever picks up
the telephone or the letter learns nothing.
"""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from fairpractice.web.core import access, audit, locking
from fairpractice.web.core.access import Viewer
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing.models import SafeContact


WAYS = {
    "call": "a call",
    "voicemail": "a message on voicemail",
    "text": "a text message",
    "letter": "a letter",
    "email": "an e-mail",
}
TIMED = frozenset({"call", "voicemail", "text"})
UNSAID = frozenset({"call", "text", "letter", "email"})
"""What is allowed when nobody said anything: all but a voice that others can hear."""
WAKING = range(8, 20)
"""The hours in which somebody who said nothing is sent a text by the service itself."""
AHEAD = 8 * 24  # hours: every hour of every day of the week is among them
NEUTRAL = "Please call {practice} when you can. If this is not you, no need to do anything."


@dataclass(frozen=True)
class Permission:
    """Whether a person may be reached in a way now, why not if not, and at which number."""

    allowed: bool
    why_not: str = ""
    number: str | None = None


def said(patient: Patient) -> SafeContact | None:
    """Return what was said of how a person can be reached, if anything was."""
    return SafeContact.objects.select_related("said_by").filter(patient=patient).first()


def may(patient: Patient, way: str, at: dt.datetime | None = None) -> Permission:
    """Tell whether a person may be reached in a way, at a time.

    Parameters
    ----------
    patient
        Whom.
    way
        One of :data:`WAYS`.
    at
        When; now if left out. Hours and weekdays are those of this country.
    """
    if way not in WAYS:
        raise ValueError(f"{way!r} is no way to reach somebody")
    return _may(said(patient), patient.identity.get("telephone"), way, timezone.localtime(at))


def _may(found: SafeContact | None, usual: str | None, way: str, here: dt.datetime) -> Permission:
    if found is None:
        if way in UNSAID:
            return Permission(True, number=usual)
        return Permission(False, "Nobody has asked whether that is safe.")
    if found.prohibited:
        return Permission(False, "They must not be contacted.")
    if way != "call" and not getattr(found, way):
        return Permission(False, f"Not by {WAYS[way]}.")
    if way in TIMED and found.weekdays and here.weekday() not in found.weekdays:
        return Permission(False, "Not on this day of the week.")
    if way in TIMED and not found.from_hour <= here.hour < found.until_hour:
        return Permission(False, "Not at this hour.")
    return Permission(True, number=found.number or usual)


def soonest(
    patient: Patient, way: str, at: dt.datetime | None = None
) -> tuple[dt.datetime, Permission]:
    """Return when the service itself may next reach a person in a way, and as :func:`may` says.

    Somebody who said nothing of hours is not woken by a text.

    Parameters
    ----------
    patient, way
        Whom, and one of :data:`WAYS`.
    at
        The first moment in question; now if left out.

    Returns
    -------
    tuple
        The moment and the permission there is then; if there is none on any day, of the first.
    """
    first = at or timezone.now()
    found, usual = said(patient), patient.identity.get("telephone")
    now = _may(found, usual, way, timezone.localtime(first))
    hour = first.replace(minute=0, second=0, microsecond=0)
    for later in (first, *(hour + dt.timedelta(hours=n) for n in range(1, AHEAD))):
        here = timezone.localtime(later)
        permission = _may(found, usual, way, here)
        if permission.allowed and (found or way not in TIMED or here.hour in WAKING):
            return later, permission
    return first, now


def ways(patient: Patient, at: dt.datetime | None = None) -> dict[str, Permission]:
    """Return whether a person may be reached, in each way, as :func:`may` says."""
    return {way: may(patient, way, at) for way in WAYS}


def neutral(patient: Patient) -> str:
    """Return the words of a message that tell nobody what it is about."""
    return NEUTRAL.format(practice=patient.practice.name if patient.practice else "your surgery")


@transaction.atomic
def say(viewer: Viewer, patient: Patient, seen: int, **values: object) -> None:
    """Record how a person can be reached, if what it says is still what was seen.

    Parameters
    ----------
    viewer, patient
        Who records it of whom.
    seen
        The version that the page showed; 0 when there was nothing.
    values
        Columns of :class:`~fairpractice.web.sharing.models.SafeContact`.

    Raises
    ------
    Conflict
        When somebody else changed it meanwhile.
    """
    values |= {"said_by_id": viewer.user_id, "said_on": timezone.localdate()}
    if seen:
        locking.change(SafeContact(patient=patient), seen, **values)
    else:
        _, made = SafeContact.objects.get_or_create(patient=patient, defaults=values)
        if not made:
            raise locking.Conflict
    audit.entry(viewer, access.SET_CONTACT, patient=patient.id)
