"""The sender that needs nobody: one file a message, in ``FAIRPRACTICE_HOME/outbox``.

A file is there whole or not at all, is called after our reference, may be read by its owner alone,
and is JSON with ``way``, ``to``, ``subject`` and ``text``. What takes messages on from the folder
moves each into ``taken`` beside them, where it stays for a day: a message whose file is in neither
is taken not to have been written.
"""

import datetime as dt
import json
import os
from pathlib import Path
from uuid import UUID

from django.conf import settings

from fairpractice.web.messaging.senders import EVERY, Message, NotSentError, Sender


def send(message: Message) -> str:
    """Write a message, whole or not at all; the same again takes its place."""
    file = _file(message.reference)
    said = {"way": message.way, "to": message.to, "subject": message.subject, "text": message.text}
    half = file.with_suffix(f".{os.getpid()}.part")
    try:
        settings.OUTBOX.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as written:
            json.dump(said, written, ensure_ascii=False)
            written.flush()
            os.fsync(written.fileno())
        half.replace(file)
        _keep(settings.OUTBOX)
    except OSError as error:
        raise NotSentError(f"The folder of messages: {error.strerror}") from error
    return file.name


def has(reference: UUID) -> str | None:
    """Return the name of a message's file, if it is there or was taken."""
    file = _file(reference)
    there = file.exists() or (file.parent / "taken" / file.name).exists()
    return file.name if there else None


def _file(reference: UUID) -> Path:
    folder: Path = settings.OUTBOX
    return folder / f"{reference}.json"


def _keep(folder: Path) -> None:
    """Let a name outlast a power cut: the row will say that it is there."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


SENDER = Sender(send, has, EVERY, dt.timedelta(0))
