"""Local lists: added once, whole and checked, and never changed unnoticed.

``codelists.lock`` is a CSV file with a line a list: its id, the SHA-256 of the file, the number of
codes, the day it was added, and the name and SHA-256 of the file it was read from. A list that no
longer matches is refused: results must be able to say which codes they used.
"""

import csv
import datetime as dt
import hashlib
import io
from dataclasses import dataclass, replace
from pathlib import Path

from fairpractice.codelists import ethnic_groups
from fairpractice.codelists.lists import (
    DEFAULTS,
    Codelist,
    Header,
    complete,
    header,
    opened,
    read,
    text,
)
from fairpractice.errors import FairpracticeError


LOCK = "codelists.lock"
ETHNICITY = "ethnicity"
COLUMNS = ("id", "sha256", "codes", "added_on", "original_file", "original_sha256")


@dataclass(frozen=True)
class Added:
    """What :func:`add` did: the list, and how it differs from the starter it is laid over.

    ``gained`` are its codes that the starter has not, ``missing`` those of the starter that it has
    not, ``moved`` those that it puts in another category. ``changed`` is false when the same file
    had been added before.
    """

    codelist: Codelist
    gained: tuple[str, ...]
    missing: tuple[str, ...]
    moved: tuple[str, ...]
    changed: bool


def locked(folder: Path) -> dict[str, Header]:
    """Return the local lists of a folder by id.

    Raises
    ------
    FairpracticeError
        When a list and the lock file do not agree.
    """
    lock = read_lock(folder)
    files = {file.stem: file for file in folder.glob("*.csv")}
    for id in lock:
        if id not in files:
            raise FairpracticeError(
                f"The codelist {id!r} was added here and its file is gone",
                where=str(folder / f"{id}.csv"),
                fix=f"Put the file back, or take its line out of {LOCK} to do without it.",
            )
    headers = {}
    for id, file in sorted(files.items()):
        headers[id] = header(file)
        if id not in lock:
            raise FairpracticeError(
                f"The codelist {id!r} was put here without being added",
                where=str(file),
                fix=f"Move it elsewhere and run `fairpractice codelists add FILE --id {id}`, "
                "which checks and locks it.",
            )
        if headers[id].sha256 != lock[id]["sha256"]:
            raise FairpracticeError(
                f"The codelist {id!r} has changed since it was added on {lock[id]['added_on']}",
                where=str(file),
                fix=f"Put back the file that {LOCK} names ({lock[id]['original_file']}), or move "
                f"this one elsewhere and run `fairpractice codelists add FILE --id {id}` to accept "
                "the change.",
            )
    return headers


def read_lock(folder: Path) -> dict[str, dict[str, str]]:
    """Return the lines of a folder's lock file by id; none where there is no such file."""
    file = folder / LOCK
    if not file.exists():
        return {}
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise FairpracticeError(
                "The lock file of the codelists cannot be read",
                where=str(file),
                fix="Take it from a copy, or delete the folder and add the lists again.",
            )
        return {row["id"]: row for row in reader}


def add(
    file: Path,
    folder: Path,
    *,
    id: str,
    said: dict[str, str],
    on: dt.date,
    starter: Codelist | None = None,
    category: str = "",
) -> Added:
    """Check a list, write a tidy copy of it into a folder of local lists, and lock it.

    Parameters
    ----------
    file
        The list as it came: OpenCodelists' CSV, or the form of the shipped lists.
    folder
        The folder of local lists, made when it is not there.
    id
        The id that measures and rules know the list by.
    said
        Title, source, licence, release and system as given; what is left out is taken from the
        file's own header, and the title and system from the starter.
    on
        The day of adding.
    starter
        The shipped list of that id, if there is one.
    category
        The heading of the column of categories, where it is not ``category``.

    Raises
    ------
    FairpracticeError
        When anything is wrong with the list; nothing is written then.
    """
    content = file.read_bytes()
    found = opened(file, content)
    known = {"title": starter.title, "system": starter.system} if starter else {}
    given = {key: " ".join(value.split()) for key, value in said.items() if value}
    found = complete(replace(found, id=id, said=DEFAULTS | known | found.said | given))
    codelist = read(found, category=category)
    if starter and any(code.category for code in starter.codes):
        codelist = _categorised(codelist, starter, file)
    written = text(codelist).encode()
    codelist = replace(codelist, sha256=hashlib.sha256(written).hexdigest())

    lock = read_lock(folder)
    entry = {
        "id": id,
        "sha256": codelist.sha256,
        "codes": str(len(codelist.codes)),
        "added_on": on.isoformat(),
        "original_file": file.name,
        "original_sha256": hashlib.sha256(content).hexdigest(),
    }
    target = folder / f"{id}.csv"
    before = lock.get(id, {}) | {"added_on": entry["added_on"]}
    changed = before != entry or not target.exists() or target.read_bytes() != written
    if changed:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(target, written)
        _replace(folder / LOCK, _lock_text(lock | {id: entry}))
    return Added(codelist, *_compared(codelist, starter), changed)


def _categorised(codelist: Codelist, starter: Codelist, file: Path) -> Codelist:
    """Put a list into the categories of its starter, which analyses group people by."""
    known = {code.code: code.category for code in starter.codes}
    codes = []
    for code in codelist.codes:
        category = code.category
        if codelist.id == ETHNICITY:
            category = ethnic_groups.refined(category, known.get(code.code, ""))
        if category not in known.values():
            raise FairpracticeError(
                f"{code.code} ({code.term}) has the category {code.category!r}, "
                "which the list does not know",
                where=str(file),
                fix="Name the right column with --category, or use "
                f"{', '.join(sorted(set(known.values())))}.",
            )
        codes.append(replace(code, category=category))
    return replace(codelist, codes=tuple(codes))


def _compared(
    codelist: Codelist, starter: Codelist | None
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    new = {code.code: code.category for code in codelist.codes}
    old = {code.code: code.category for code in starter.codes} if starter else {}
    return (
        tuple(code for code in new if code not in old),
        tuple(code for code in old if code not in new),
        tuple(code for code in new if code in old and new[code] != old[code]),
    )


def _lock_text(lock: dict[str, dict[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(entry for _, entry in sorted(lock.items()))
    return out.getvalue().encode()


def _replace(target: Path, content: bytes) -> None:
    """Write a file whole or not at all."""
    beside = target.with_name(f".{target.name}.new")
    try:
        beside.write_bytes(content)
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
