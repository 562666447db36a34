"""Who did what with the record, when and why: an append-only file whose lines hold each other.

Every line is JSON and ends in a hash of itself and of the line before, so that a line altered,
moved or taken out shows (:func:`verify`). That the *last* lines were cut off shows only to
somebody who noted the hash of the last line elsewhere; :func:`verify` returns it.

No line holds a name, an NHS number or a sensitive topic.
"""

import contextlib
import fcntl
import getpass
import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairpractice.errors import FairpracticeError
from fairpractice.identifiers import nhs_number
from fairpractice.record import manifest
from fairpractice.record.topics import SENSITIVE


NAME = "audit.jsonl"
VARIABLE = "FAIRPRACTICE_USER"
START = "0" * 64
LONGEST = 64 * 1024  # two lines are never longer
NUMBERS = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
SENSITIVE_WORDS = re.compile("|".join(topic.replace("_", "[_ -]") for topic in SENSITIVE), re.I)


@dataclass(frozen=True)
class Verified:
    """What :func:`verify` found: how many lines are sound, the last hash, the first bad line."""

    entries: int
    last_hash: str
    altered_line: int | None = None
    problem: str = ""


def user() -> str:
    """Return who is at work: ``FAIRPRACTICE_USER``, else the name at the operating system."""
    named = os.environ.get(VARIABLE)
    if named:
        return named
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user need not have a name
        return f"uid {os.getuid()}"


def entry(
    path: Path | str,
    *,
    action: str,
    purpose: str,
    who: str = "",
    detail: str = "",
    people: int = 0,
) -> None:
    """Add a line, and bring it to the disk before going on.

    Write it before the act that it is about: an act that was then cut short is in the audit
    trail, but none is missing from it.

    Parameters
    ----------
    path
        The record.
    action
        What is done, in a word or two, such as ``"import"`` or ``"open identity"``.
    purpose
        Why: one of the purposes, or ``"record keeping"``.
    who
        Who does it; :func:`user` when left out.
    detail
        What with. NHS numbers and sensitive topics in it are blotted out.
    people
        How many people it concerns.
    """
    folder = Path(path)
    with _open(folder) as descriptor:
        size = os.fstat(descriptor).st_size
        end = os.pread(descriptor, LONGEST, max(0, size - LONGEST))
        whole = end[: end.rfind(b"\n") + 1]
        if len(whole) < len(end):  # a line that was never finished, so never acted on
            os.ftruncate(descriptor, size - len(end) + len(whole))
        last = whole[whole.rfind(b"\n", 0, -1) + 1 :]
        said = {
            "at": manifest.now().isoformat(),
            "who": who or user(),
            "action": action,
            "purpose": purpose,
            "detail": _blotted(detail)[: LONGEST // 16],
            "people": people,
        }
        line = json.dumps(_chained(_hash_in(last) or START, said), ensure_ascii=False) + "\n"
        os.write(descriptor, line.encode())
        os.fsync(descriptor)


def verify(path: Path | str) -> Verified:
    """Check every line of a record's audit trail; find the first that was altered.

    Raises
    ------
    FairpracticeError
        When the record has no audit trail or it cannot be read.
    """
    file = Path(path) / NAME
    try:
        lines = file.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise FairpracticeError(
            "the audit trail cannot be read",
            where=f"{file}: {error.strerror}",
            fix="Check the path; if the file was removed, restore it from a backup.",
        ) from error
    last = START
    for number, line in enumerate(lines, start=1):
        problem = _problem(line, last)
        if problem:
            return Verified(number - 1, last, number, problem)
        last = _hash_in(line)
    return Verified(len(lines), last)


def _problem(line: bytes, last: str) -> str:
    try:
        found = json.loads(line)
        said = {key: value for key, value in found.items() if key not in ("after", "hash")}
        after = found["after"]
    except (ValueError, KeyError, AttributeError):
        return "it is not a whole line"
    if after != last:
        return "it does not follow the line before it"
    if found != _chained(after, said) or not line.endswith(b"\n"):
        return "it is not as it was written"
    return ""


def _chained(after: str, said: dict[str, Any]) -> dict[str, Any]:
    linked = {**said, "after": after}
    plain = json.dumps(linked, sort_keys=True, ensure_ascii=True)
    return {**linked, "hash": hashlib.sha256(plain.encode()).hexdigest()}


def _hash_in(line: bytes) -> str:
    try:
        return str(json.loads(line)["hash"])
    except (ValueError, KeyError, TypeError):
        return ""


@contextlib.contextmanager
def _open(folder: Path) -> Iterator[int]:
    """Open the trail for adding to, making it if need be, and be alone with it."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT
    try:
        descriptor = os.open(folder / NAME, flags, 0o600)
    except OSError as error:
        raise FairpracticeError(
            "the audit trail cannot be written, so nothing was done",
            where=f"{folder / NAME}: {error.strerror}",
            fix="Ask whoever looks after the record for access.",
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _blotted(text: str) -> str:
    text = SENSITIVE_WORDS.sub("[sensitive]", text)
    return NUMBERS.sub(
        lambda m: m[0] if nhs_number.problem(re.sub("[ -]", "", m[0])) else "[number]", text
    )
