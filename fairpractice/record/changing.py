"""What every change to a record shares: be alone, sweep, write beside, swap, tidy after failure."""

import contextlib
import datetime as dt
import errno
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fairpractice.engines import duckdb
from fairpractice.errors import FairpracticeError
from fairpractice.record import audit, manifest, writing
from fairpractice.record.files import Files
from fairpractice.record.manifest import Manifest


GRACE = dt.timedelta(days=1)
"""For how long the files of older versions stay for those who read them."""
AT_ONCE = dt.datetime.min.replace(tzinfo=dt.UTC)
"""When files of erased people were retired: so long ago that no reader keeps them."""
STAGING = "staging"
MEMORY = "1GB"
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextlib.contextmanager
def changing(folder: Path, *, needed: int = 0) -> Iterator[tuple[Manifest, Files]]:
    """Be the only one to change a record; if the change fails, leave nothing of it behind.

    Parameters
    ----------
    folder
        The record.
    needed
        About how many bytes will be written.

    Raises
    ------
    FairpracticeError
        When there is no record, somebody else is writing, or the disk is full.
    """
    manifest.load(folder)
    with plainly(folder), writing.lock(folder):
        now = sweep(folder, manifest.load(folder))
        free = shutil.disk_usage(folder).free
        if needed > free:
            raise FairpracticeError(
                f"the disk is full: about {needed:,} bytes are needed and {free:,} are left",
                where=str(folder),
                fix="Make room and do it again; what was there before is untouched.",
            )
        try:
            yield now, Files(duckdb.connect(memory_limit=MEMORY), folder, now.record)
        except BaseException:
            with contextlib.suppress(OSError, FairpracticeError):
                sweep(folder, manifest.load(folder))
            raise


def save(files: Files, new: Manifest, action: str, detail: str, people: int) -> None:
    """Make a version the record's own, its line in the audit trail first."""
    writing.checkpoint("before the audit entry")
    audit.entry(
        files.folder,
        action=action,
        purpose="record keeping",
        detail=f"{detail}, version {new.version}",
        people=people,
    )
    manifest.save(files.folder, new)
    writing.checkpoint("after the swap")


def sweep(folder: Path, now: Manifest) -> Manifest:
    """Remove files that no version within the grace period needs, and staging left behind.

    Returns
    -------
    Manifest
        The same version without the retired files that are gone.
    """
    wanted = now.wanted()
    left = {}
    for file in manifest.files_on_disk(folder):
        retired = now.retired.get(file)
        if retired is not None and manifest.now() - retired < GRACE:
            left[file] = retired
        elif file not in wanted:
            writing.checkpoint(f"before removing {file}")
            (folder / file).unlink()
    for batch in (folder / "batches").glob("*"):
        with contextlib.suppress(OSError):
            batch.rmdir()  # only if it is empty
    for stage in (folder / STAGING).glob("*"):
        with contextlib.suppress(BlockingIOError), _held(stage):
            shutil.rmtree(stage)
    return now.with_retired(left)


@contextlib.contextmanager
def staging(path: Path | str) -> Iterator[Path]:
    """Hold a new private folder inside the record for files on their way in.

    It is on the same disk as the record, and goes when the block ends. What a killed process left
    goes at the next write.

    Raises
    ------
    FairpracticeError
        When it cannot be made.
    """
    folder = Path(path) / STAGING
    with plainly(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        stage = Path(tempfile.mkdtemp(dir=folder))
        with _held(stage):
            try:
                yield stage
            finally:
                shutil.rmtree(stage, ignore_errors=True)


@contextlib.contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder: a lock that goes with the process.

    Raises
    ------
    BlockingIOError
        When another process holds it.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def plainly(folder: Path) -> Iterator[None]:
    """Say what the operating system refuses as something that a person can put right."""
    try:
        yield
    except OSError as error:
        full = error.errno in FULL
        free = f": {shutil.disk_usage(folder.parent).free:,} bytes are left" if full else ""
        raise FairpracticeError(
            f"the disk is full{free}" if full else error.strerror or str(error),
            where=str(error.filename or folder),
            fix="Make room and do it again; what was there before is untouched."
            if full
            else "Check the path and that you may write there; what was there is untouched.",
        ) from error


def finish_erasing(folder: Path, now: Manifest) -> None:
    """Remove what held erased people, if whoever erased them was killed before doing so."""
    if AT_ONCE in now.retired.values() and any((folder / f).exists() for f in now.retired):
        with contextlib.suppress(FairpracticeError), changing(folder):
            pass
