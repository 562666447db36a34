"""The record that portraits are read from, kept open in the version that is in force."""

import functools
from pathlib import Path
from typing import Any

from django.conf import settings

from fairpractice.codelists import Codelists, load
from fairpractice.errors import FairpracticeError
from fairpractice.population import deprivation
from fairpractice.record import manifest
from fairpractice.record.opened import Record, open_record
from fairpractice.web.core.access import DIRECT_CARE


def record() -> Record:
    """Return the record in force, opened for direct care.

    Raises
    ------
    FairpracticeError
        When no record is named, or it cannot be read.
    """
    if not settings.RECORD:
        raise FairpracticeError(
            "no record is named", where="FAIRPRACTICE_RECORD", fix="Name its folder."
        )
    folder = Path(settings.RECORD)
    stamp = (folder / manifest.NAME).stat().st_mtime_ns if folder.exists() else 0
    return _opened(folder, stamp)


@functools.lru_cache(maxsize=1)
def _opened(folder: Path, stamp: int) -> Record:
    return open_record(folder, purpose=DIRECT_CARE)


def codelists() -> Codelists:
    """Return the codelists, the local ones over those shipped."""
    return _codelists(settings.DEFINITIONS)


@functools.lru_cache(maxsize=1)
def _codelists(definitions: str) -> Codelists:
    return load(Path(definitions))


def areas() -> dict[tuple[str, str], dict[str, Any]]:
    """Return the areas of the edition of deprivation, by vintage and code; none if not added."""
    return _areas(settings.EDITION, settings.DEFINITIONS)


@functools.lru_cache(maxsize=1)
def _areas(edition: str, definitions: str) -> dict[tuple[str, str], dict[str, Any]]:
    try:
        rows = deprivation.load(edition, definitions)
    except FairpracticeError:
        return {}
    columns = rows.select(["area_vintage", "area_code", "rank", "decile"])
    return {(row["area_vintage"], row["area_code"]): row for row in columns.to_pylist()}
