"""Sending what waits: each message once, whoever is killed at whatever moment.

A message is claimed in a transaction of its own, which says by which sender it goes. In a second
one it is locked, handed over and noted as sent. A worker that is killed lets go of the lock and
leaves it claimed; whoever claims it next asks that sender, by our reference, whether it has it.

Before it is handed over, it is asked again whether it is safe, and where they are reached now.
"""

import datetime as dt
import logging
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from fairpractice.web.core import audit
from fairpractice.web.messaging import arriving, outbox
from fairpractice.web.messaging.models import Outgoing, Way
from fairpractice.web.messaging.senders import Message, NotSentError, Sender, carrier, senders
from fairpractice.web.sharing import contact


SEND = "send a message"
PAGES = "pages"
AGAIN = (5, 15, 60, 240, 720, 1440)
"""Minutes after each failure until the next try; after the last of them it is given up."""
State = Outgoing.State
logger = logging.getLogger(__name__)


def send_due(most: int = 1_000) -> int:
    """Send what is due, one after another, and return how many messages were seen to.

    Any number of processes may do so at once. What cannot be sent is tried again later; after a
    sender that does not answer, so is the rest.
    """
    done = 0
    while done < most and (claimed := _claim()):
        done += 1
        if not _see_to(claimed):
            break
    return done


@transaction.atomic
def _claim() -> UUID | None:
    """Say of the next message that it is being sent, and by whom; it stays so if we are killed."""
    settled = Q()
    for name, sender in senders().items():
        settled |= Q(sender=name, tried_at__lte=Now() - sender.settles)
    left = Q(state=State.SENDING) & (settled | Q(sender=PAGES))
    due = Outgoing.objects.filter(Q(state=State.WAITING) | left, not_before__lte=Now())
    found = due.select_for_update(skip_locked=True).order_by("not_before", "id").first()
    if found is None:
        return None
    if not found.tries:
        chosen = PAGES if found.way == Way.PAGES else carrier(settings.SENDER, found.way)
        found.sender = chosen
    found.state, found.tries, found.tried_at = State.SENDING, found.tries + 1, Now()
    found.save(update_fields=["state", "sender", "tries", "tried_at"])
    return found.id


@transaction.atomic
def _see_to(claimed: UUID) -> bool:
    """Send a message, or note why not; return whether there is any use in going on."""
    locked = Outgoing.objects.select_for_update(skip_locked=True, of=("self",))
    message = locked.filter(id=claimed, state=State.SENDING).first()
    if message is None:
        return True  # somebody else is at it, or was
    goes_on = True
    try:
        became = _became(message, message.tried_at)
    except NotSentError as error:
        became = _later(message, error.why, for_good=error.for_good)
        goes_on = error.for_good
    except Exception as error:
        logger.error("A message was not sent: %s", type(error).__name__)  # its words may quote it
        became = _later(message, "Something failed here", for_good=False)
    Outgoing.objects.filter(id=message.id).update(**became)
    _note(message, became)
    return goes_on


def _became(message: Outgoing, now: dt.datetime) -> dict[str, Any]:
    """Hand a message over unless it must not be; return the columns that say what it became."""
    sender = senders().get(message.sender)
    if sender and message.tries > 1 and (theirs := sender.has(message.id)):
        return _sent(sender, now, theirs)
    when, to, why = _where(message, now)
    if why:
        return _over(State.UNSAFE, now, why=why)
    if message.not_after and when >= message.not_after:
        return _over(State.LATE, now, why="There was no safe time for it before it was too late.")
    if when > now:
        return {"state": State.WAITING, "not_before": when, "tries": message.tries - 1}
    if sender is None:
        return {"state": State.SENT, "over_at": now}  # on their own pages, which need its words
    text, subject = outbox.text(message), outbox.text(message, "subject")
    handed = Message(message.id, message.way, to, subject, text)
    return _sent(sender, now, sender.send(handed))


def _sent(sender: Sender, now: dt.datetime, theirs: str) -> dict[str, Any]:
    ask_at = arriving.next_after(now, now) if sender.fate else None
    return _over(State.SENT, now, theirs=theirs, ask_at=ask_at)


def _where(message: Outgoing, now: dt.datetime) -> tuple[dt.datetime, str, str]:
    """Return when a message may go, where to, and why it may not go at all."""
    patient = message.patient
    if patient is None:
        return now, message.to, ""
    if patient.practice is None:
        return now, "", outbox.NOT_REGISTERED
    if message.way == Way.PAGES:
        return now, "", ""
    when, permission = contact.soonest(patient, message.way, now)
    if not permission.allowed:
        return now, "", permission.why_not
    to = outbox.address(patient, message.way, permission)
    return when, to, "" if to else f"No {outbox.ADDRESS[Way(message.way)]} is known any more."


def _over(state: Any, now: dt.datetime, **more: Any) -> dict[str, Any]:
    return {"state": state, "over_at": now, "to": None, "filled_in": None, **more}


def _later(message: Outgoing, why: str, *, for_good: bool) -> dict[str, Any]:
    failures, now = message.failures + 1, timezone.now()
    if for_good or failures > len(AGAIN):
        return {**_over(State.FAILED, now, why=why), "failures": failures}
    again = now + dt.timedelta(minutes=AGAIN[failures - 1])
    return {"state": State.WAITING, "not_before": again, "failures": failures, "why": why}


def _note(message: Outgoing, became: Mapping[str, Any]) -> None:
    if became["state"] == State.WAITING:
        return
    outcome = "done" if became["state"] == State.SENT else "refused"
    detail = {"message": str(message.id), "way": message.way, "state": str(became["state"])}
    audit.entry(None, SEND, patient=message.patient_id, outcome=outcome, detail=detail)
