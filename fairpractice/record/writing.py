"""Writing that a power cut cannot halve: one writer at a time, one rename that makes it so."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fairpractice.errors import FairpracticeError


LOCK = "lock"


def checkpoint(name: str) -> None:
    """Mark a place where a writer may be killed. The tests replace this, and kill it there."""


@contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Be the record's only writer for as long as the block lasts.

    The lock goes with the process: one that was killed holds nothing.

    Raises
    ------
    FairpracticeError
        When another process is writing.
    """
    descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 100).decode("ascii", "replace").strip()
            raise FairpracticeError(
                "somebody else is writing to the record",
                where=f"{folder}, process {holder or 'unknown'}",
                fix="Wait until it is done, then do it again.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_private(path: Path, text: str) -> None:
    """Write a new file that only its owner can read, and bring it to the disk."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def replace_text(path: Path, text: str) -> None:
    """Put a text in place of a file: any reader, and any crash, finds the old one or the new."""
    beside = path.with_name(path.name + ".new")
    try:
        checkpoint("before writing beside")
        write_private(beside, text)
        checkpoint("before the rename")
        beside.replace(path)
        checkpoint("after the rename")
    except OSError:
        beside.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
