"""Ways out of here: each sends a message under our reference, and says whether it has one.

A sender is two functions. ``send`` hands a message over and returns what the sender calls it;
``has`` returns that for a reference whose message it has, else nothing. After a kill between the
two, asking is what keeps a message from going twice. One that learns later whether a message
arrived has a third, ``fate``, which is asked by what the sender calls it.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from fairpractice.web.messaging.models import Way


@dataclass(frozen=True)
class Message:
    """What a sender is handed: a reference of ours, the way, where to, and what to say."""

    reference: UUID
    way: str
    to: str
    subject: str
    text: str


class NotSentError(Exception):
    """It was not taken. ``for_good`` says that it never will be, sent like that.

    ``status`` is that of HTTP, where there was an answer.
    """

    def __init__(self, why: str, *, for_good: bool = False, status: int = 0) -> None:
        super().__init__(why)
        self.why, self.for_good, self.status = why, for_good, status


@dataclass(frozen=True)
class Fate:
    """What is known of a message that was handed over; ``why`` says why it did not arrive.

    Where it is ``known`` and there is no ``why``, it arrived, or nobody will ever know.
    """

    known: bool
    why: str = ""


@dataclass(frozen=True)
class Sender:
    """A way out.

    ``settles`` is how long after a message was handed over ``has`` knows of it for certain: one
    that was being sent when its worker was killed is left alone for so long.
    """

    send: Callable[[Message], str]
    has: Callable[[UUID], str | None]
    carries: frozenset[str]
    settles: dt.timedelta
    fate: Callable[[str], Fate] | None = None


def senders() -> dict[str, Sender]:
    """Return the senders by the name that ``FAIRPRACTICE_SENDER`` has for them."""
    from fairpractice.web.messaging.senders import files, notify

    return {"file": files.SENDER, "notify": notify.SENDER}


def carrier(chosen: str, way: str) -> str:
    """Return the name of the sender that takes a message: the chosen one, else the folder."""
    return chosen if way in senders()[chosen].carries else "file"


EVERY = frozenset({Way.TEXT, Way.EMAIL, Way.LETTER})
