"""Whether messages that were sent arrived: their senders are asked, and staff told if one did not.

Nothing is sent from here, and nothing again by itself: what did not arrive is one of the messages
that somebody sees to (:mod:`.unsent`). To ask changes nothing where it is asked, so that whoever is
killed in it has only to ask again.
"""

import datetime as dt
import logging
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from fairpractice.web.core import audit
from fairpractice.web.messaging.models import Outgoing
from fairpractice.web.messaging.senders import Fate, NotSentError, senders


ARRIVE = "ask whether a message arrived"
ASKED_AFTER = tuple(dt.timedelta(hours=each) for each in (1 / 6, 1, 6, 24, 74, 120))
"""How long after it was sent a sender is asked, while it does not know; then it is let be."""
SILENT, WEEK = dt.timedelta(minutes=15), dt.timedelta(days=7)
"""When a sender that did not answer is asked again; and for how long, after a message was sent."""
State = Outgoing.State
logger = logging.getLogger(__name__)


def next_after(sent_at: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """Return when to ask next about a message; nothing after the last of the times."""
    return next((sent_at + each for each in ASKED_AFTER if sent_at + each > now), None)


def ask_due(most: int = 1_000) -> int:
    """Ask about the messages that are due, one after another; return about how many it was asked.

    Any number of processes may do so at once. After a sender that does not answer, the rest is
    asked about later.
    """
    done = 0
    while done < most and (answered := _ask_next()) is not None:
        done += 1
        if not answered:
            break
    return done


@transaction.atomic
def _ask_next() -> bool | None:
    """Ask about one message; return whether its sender answered, nothing if none is due."""
    due = Outgoing.objects.filter(state=State.SENT, ask_at__lte=Now())
    locked = due.select_for_update(skip_locked=True, of=("self",))
    message = locked.order_by("ask_at", "id").first()
    if message is None:
        return None
    now = timezone.now()
    fate = _fate(message)
    became: dict[str, Any] = {"ask_at": None}
    if fate is None:
        became["ask_at"] = now + SILENT if now < message.over_at + WEEK else None
    elif fate.why:
        became |= {"state": State.BOUNCED, "over_at": now, "why": fate.why}
        detail = {"message": str(message.id), "way": message.way, "state": str(State.BOUNCED)}
        patient = message.patient_id
        audit.entry(None, ARRIVE, patient=patient, outcome="refused", detail=detail)
    elif not fate.known:
        became["ask_at"] = next_after(message.over_at, now)
    Outgoing.objects.filter(id=message.id).update(**became)
    return fate is not None


def _fate(message: Outgoing) -> Fate | None:
    """Return what became of a message; nothing when its sender did not answer."""
    sender = senders().get(message.sender)
    if sender is None or sender.fate is None:
        return Fate(known=True)
    try:
        return sender.fate(message.theirs)
    except NotSentError:
        return None
    except Exception as error:
        logger.error("Nobody could ask whether a message arrived: %s", type(error).__name__)
        return None
