"""The record on disk: make it, add to it, take back, erase.

A record is a directory::

    manifest.json                what is in force: the only file that is ever replaced
    secret                       what pseudonyms are made with
    audit.jsonl                  who did what, when and why
    batches/<n>/<table>.parquet  what import n brought

Every write goes beside what is there; then one rename of the manifest makes it so.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fairpractice.record.manifest import Batch


if TYPE_CHECKING:
    pass


def create(path: Path | str) -> None:
    """Make an empty record, or leave the one that is there as it is."""
    raise NotImplementedError


def secret(path: Path | str) -> str:
    """Return the secret that the record's pseudonyms are made with."""
    raise NotImplementedError


def staging(path: Path | str) -> Path:
    """Return a new private folder inside the record for files on their way in.

    It is on the same disk as the record; ``add_batch`` does not remove it, and what a killed
    import left in it goes at the next write.
    """
    raise NotImplementedError


def erased_predicate(path: Path | str, column: str = "patient_id") -> str:
    """Return a DuckDB predicate that is true for rows of people erased from this record."""
    raise NotImplementedError


def add_batch(
    path: Path | str,
    *,
    source: str,
    mode: Literal["full", "addition"],
    staged: Mapping[str, Path],
    fingerprint: str,
    practices: Sequence[str] = (),
    period: tuple[dt.date, dt.date] | None = None,
    counts: Mapping[str, Any] = {},
) -> Batch:
    """Add one import to the record, whole or not at all."""
    raise NotImplementedError


def withdraw(path: Path | str, batch: int) -> None:
    """Make the record as if a batch had never been imported."""
    raise NotImplementedError


def erase(path: Path | str, patient_ids: Sequence[int]) -> None:
    """Remove people from every file, in force or not, and destroy what held them."""
    raise NotImplementedError


def vacuum(path: Path | str) -> None:
    """Remove files that no version within the grace period needs."""
    raise NotImplementedError
