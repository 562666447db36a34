"""The manifest: which batches a record has, and which of their files are in force."""

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from fairpractice.errors import FairpracticeError
from fairpractice.record import writing


FORMAT = 2  # 1 had no origin on its rows; it is read, and what is written to it is of this one
NAME = "manifest.json"
Mode = Literal["full", "addition"]


@dataclass(frozen=True)
class Batch:
    """One import.

    Attributes
    ----------
    number
        Counted from 1; never given twice.
    source, mode, practices, period
        Who sent it, and what a full import replaces. No practices and no period mean all.
    fingerprint
        What tells this import from any other: the same again changes nothing.
    when
        When it was imported.
    counts
        What the import counted, with ``stored``, ``duplicates`` and ``erased`` (rows per table)
        added when it was stored.
    files, in_force
        Per table, the file with all that it brought, and the one with what of that counts now:
        paths inside the record. A table with nothing in force is not in ``in_force``.
    withdrawn
        When it was withdrawn; it has no files then.
    """

    number: int
    source: str
    mode: Mode
    practices: tuple[str, ...]
    period: tuple[dt.date, dt.date] | None
    fingerprint: str
    when: dt.datetime
    counts: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    in_force: Mapping[str, str] = field(default_factory=dict)
    withdrawn: dt.datetime | None = None


@dataclass(frozen=True)
class Manifest:
    """One version of a record.

    ``retired`` are files that no longer count, with the time they stopped: readers of older
    versions may still have them open. ``erased`` are the salted marks of people who must not
    come back.
    """

    record: str
    version: int = 0
    batches: tuple[Batch, ...] = ()
    erased: tuple[str, ...] = ()
    retired: Mapping[str, dt.datetime] = field(default_factory=dict)

    def batch(self, number: int) -> Batch:
        """Return a batch by number.

        Raises
        ------
        FairpracticeError
            When there is none.
        """
        for batch in self.batches:
            if batch.number == number:
                return batch
        known = ", ".join(str(batch.number) for batch in self.batches) or "none yet"
        raise FairpracticeError(
            f"the record has no batch {number}",
            where=f"batches: {known}",
            fix="`fairpractice record batches` lists them.",
        )

    def wanted(self) -> set[str]:
        """Return the files that this version needs."""
        return {file for b in self.batches for file in (*b.files.values(), *b.in_force.values())}

    def following(self, batches: tuple[Batch, ...], **changes: Any) -> "Manifest":
        """Return the next version, in which files that no batch needs any more are retired."""
        new = dataclasses.replace(self, version=self.version + 1, batches=batches, **changes)
        gone = self.wanted() - new.wanted()
        return dataclasses.replace(new, retired={**new.retired, **dict.fromkeys(gone, now())})

    def with_retired(self, retired: Mapping[str, dt.datetime]) -> "Manifest":
        """Return the same version with other retired files."""
        return dataclasses.replace(self, retired=retired)


def now() -> dt.datetime:
    """Return the time, in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


def new() -> Manifest:
    """Return the manifest of a record that has nothing in it."""
    return Manifest(record=uuid.uuid4().hex)


def load(folder: Path) -> Manifest:
    """Read the manifest of a record.

    Raises
    ------
    FairpracticeError
        When there is no record, it cannot be read, or a newer fairpractice wrote it.
    """
    path = folder / NAME
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(found, dict) or not isinstance(found.get("format"), int):
            raise ValueError("it does not say its format")
        if found["format"] > FORMAT:
            raise FairpracticeError(
                f"the record is of format {found['format']}, this fairpractice knows {FORMAT}",
                where=str(path),
                fix="Use the newer fairpractice that wrote it.",
            )
        return _from_json(found)
    except (FileNotFoundError, NotADirectoryError):
        raise FairpracticeError(
            "there is no record here",
            where=str(folder),
            fix="Check the path; `fairpractice import` makes a record.",
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FairpracticeError(
            "the record's manifest cannot be read",
            where=f"{path}: {error}",
            fix="Restore manifest.json from a backup; the files beside it are untouched.",
        ) from error


def save(folder: Path, manifest: Manifest) -> None:
    """Make a version the record's own, in one rename."""
    writing.replace_text(folder / NAME, json.dumps(_to_json(manifest), indent=1) + "\n")


def files_on_disk(folder: Path) -> Iterator[str]:
    """Yield every file of the record's batches, as a path inside the record."""
    for path in sorted((folder / "batches").rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix()


def _to_json(manifest: Manifest) -> dict[str, Any]:
    plain = dataclasses.asdict(manifest)
    plain["retired"] = {file: when.isoformat() for file, when in manifest.retired.items()}
    for batch, found in zip(plain["batches"], manifest.batches, strict=True):
        batch["period"] = found.period and [day.isoformat() for day in found.period]
        batch["when"] = found.when.isoformat()
        batch["withdrawn"] = found.withdrawn and found.withdrawn.isoformat()
    return {"format": FORMAT, **plain}


def _from_json(found: Mapping[str, Any]) -> Manifest:
    return Manifest(
        record=found["record"],
        version=found["version"],
        batches=tuple(
            Batch(
                **{
                    **batch,
                    "practices": tuple(batch["practices"]),
                    "period": batch["period"] and _period(*batch["period"]),
                    "when": dt.datetime.fromisoformat(batch["when"]),
                    "withdrawn": batch["withdrawn"]
                    and dt.datetime.fromisoformat(batch["withdrawn"]),
                }
            )
            for batch in found["batches"]
        ),
        erased=tuple(found["erased"]),
        retired={file: dt.datetime.fromisoformat(t) for file, t in found["retired"].items()},
    )


def _period(first: str, last: str) -> tuple[dt.date, dt.date]:
    return dt.date.fromisoformat(first), dt.date.fromisoformat(last)
