"""The manifest: which batches a record has and which of their rows are in force."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal


@dataclass(frozen=True)
class Batch:
    """One import.

    ``counts`` are what the import counted (rows read, set aside, quarantined, by kind), with
    ``stored`` (rows written), ``duplicates`` (rows that the source already has in force) and
    ``erased`` (rows of erased people) per table added here. ``files`` hold all that it brought,
    ``in_force`` what of that counts now; both are paths inside the record, per table.
    """

    number: int
    source: str
    mode: Literal["full", "addition"]
    practices: tuple[str, ...]
    period: tuple[dt.date, dt.date] | None
    fingerprint: str
    when: dt.datetime
    counts: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    in_force: Mapping[str, str] = field(default_factory=dict)
    withdrawn: dt.datetime | None = None
