"""Messages with a link, and nothing of what it is about: whoever sees them learns nothing.

What sends them on reads a folder, ``FAIRPRACTICE_HOME/outbox``: one file a message, that only its
owner may read, in JSON with ``to`` and ``text``.
"""

import datetime as dt
import json
import os
from uuid import UUID

from django.conf import settings


TEXT = (
    "{practice} would like to hear from you. Open {address} by {day}. It opens once. "
    "It asks for your date of birth, and never for a password."
)


def text(practice: str, address: str, until: dt.datetime) -> str:
    """Return the words of a message; they are the same whatever is asked."""
    return TEXT.format(practice=practice, address=address, day=f"{until.day} {until:%B}")


def send(message: UUID, to: str, words: str) -> None:
    """Put a message into the outbox, whole or not at all; the same again takes its place."""
    settings.OUTBOX.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = settings.OUTBOX / f"{message}.json"
    half = file.with_suffix(".part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        json.dump({"to": to, "text": words}, written, ensure_ascii=False)
    half.replace(file)
