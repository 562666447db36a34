"""A mapping: which of their columns is which of ours, and how their values are written."""

import datetime as dt
import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from fairpractice.record.contract import Table
from fairpractice.sources.dates import DateFormat


Mode = Literal["full", "addition"]
Heading = str | int  # a heading, or a position from 1 where there is none


@dataclass(frozen=True)
class Section:
    """How one kind of file feeds one table.

    ``columns`` gives for each of ours theirs: a heading, a position from 1, or (for
    ``source_patient_id`` alone) several that only together say who the person is.
    """

    table: Table
    where: str
    files: tuple[str, ...]
    columns: Mapping[str, tuple[Heading, ...]]
    constants: Mapping[str, str] = field(default_factory=dict)
    dates: tuple[DateFormat, ...] = ()
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    set_aside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    header: bool | int = True
    delimiter: str = ""
    encoding: str = ""
    optional: bool = False
    may_be_unreadable: tuple[str, ...] = ()

    def headings(self) -> Iterator[tuple[str, Heading]]:
        """Yield every heading that the section needs, with what needs it."""
        for ours, theirs in self.columns.items():
            for heading in theirs:
                yield ours, heading
        for heading in self.set_aside:
            yield "set_aside", heading


@dataclass(frozen=True)
class Extract:
    """A whole mapping file.

    ``practices`` are those that a full extract is about: all that the source sends for when empty,
    those that its rows name when ``None``. Both days of ``period`` are included.
    """

    path: Path
    source: str
    mode: Mode
    sections: tuple[Section, ...]
    practices: tuple[str, ...] | None = None
    period: tuple[dt.date, dt.date] | None = None


def plain(heading: str) -> str:
    """Return a heading without case, punctuation, spaces and line breaks, to compare it by."""
    return "".join(character for character in heading.casefold() if character.isalnum())


def meant(word: str, among: Sequence[str]) -> str:
    """Return "Did you mean …? " for a mistyped word, or nothing."""
    near = {plain(name): name for name in among}
    close = difflib.get_close_matches(plain(word), near, n=1, cutoff=0.6)
    return f"Did you mean {near[close[0]]!r}? " if close else ""
