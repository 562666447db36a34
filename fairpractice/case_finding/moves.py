"""Moves: people whom somebody of the team put on a list or took off it, each with the reason.

They are kept in a CSV file of the team's own, a move a line, to which lines are only ever added.
It names people, so it belongs where the list belongs.
"""

import csv
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fairpractice.errors import FairpracticeError
from fairpractice.identifiers import nhs_number


HEADINGS = ("NHS number", "Pseudonym", "Move", "Reason", "By", "Date")
HOW = "The headings are " + ", ".join(HEADINGS) + "; leave empty one of the first two."


@dataclass(frozen=True)
class Move:
    """Somebody of the team put a person on the list, or took them off, and said why."""

    patient_id: int
    to: Literal["on", "off"]
    reason: str
    by: str
    on: dt.date

    def __str__(self) -> str:
        return f"moved {self.to}: {self.reason} ({self.by}, {self.on.day} {self.on:%B %Y})"


def read_moves(file: Path, pseudonyms: Callable[[Sequence[str]], Mapping[str, int]]) -> list[Move]:
    """Read the moves that a team has kept.

    Parameters
    ----------
    file
        A CSV file with the headings of :data:`HEADINGS`. Move is ``on`` or ``off``; the date is
        year-month-day.
    pseudonyms
        Returns the pseudonyms of NHS numbers, of those that it knows.

    Raises
    ------
    FairpracticeError
        When the file or a line of it cannot be read: no move of it is then used.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines, strict=True))
            headings = set(rows[0]) if rows else set(HEADINGS)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FairpracticeError(
            "The file of moves cannot be read", where=str(file), fix=f"Save it as UTF-8. {HOW}"
        ) from error
    if missing := [name for name in HEADINGS if name not in headings]:
        raise FairpracticeError(
            f"The file of moves has no column {missing[0]}", where=str(file), fix=HOW
        )
    cells = [{name: (row[name] or "").strip() for name in HEADINGS} for row in rows]
    numbers = [nhs_number.normalise(row["NHS number"]) or "" for row in cells]
    known = pseudonyms([number for number in numbers if number])
    return [
        _move(row, known.get(number), f"{file}, line {line}")
        for line, (row, number) in enumerate(zip(cells, numbers, strict=True), start=2)
    ]


def _move(row: Mapping[str, str], patient_id: int | None, where: str) -> Move:
    if row["Pseudonym"] and not row["NHS number"]:
        if not row["Pseudonym"].isdecimal():
            raise FairpracticeError("The pseudonym is not a number", where=where, fix=HOW)
        patient_id = int(row["Pseudonym"])
    if patient_id is None:
        raise FairpracticeError(
            "The person of a move is not in the record", where=where, fix="Check the NHS number."
        )
    if row["Move"] not in ("on", "off"):
        raise FairpracticeError(
            "A person is moved on or off", where=where, fix="Write on or off under Move."
        )
    if not row["Reason"] or not row["By"]:
        raise FairpracticeError(
            "A move has no reason, or nobody's name to it",
            where=where,
            fix="Say why, and who decided: nobody is moved without.",
        )
    try:
        day = dt.date.fromisoformat(row["Date"])
    except ValueError as error:
        raise FairpracticeError(
            "The date of a move cannot be read", where=where, fix="Write it as 2026-10-31."
        ) from error
    to: Literal["on", "off"] = "on" if row["Move"] == "on" else "off"
    return Move(patient_id, to, row["Reason"], row["By"], day)
