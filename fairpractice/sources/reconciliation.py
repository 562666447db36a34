"""What became of every row read: stored, set aside or quarantined, and the counts add up."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from fairpractice.sources.quarantine import Cause


@dataclass
class Tally:
    """The rows of one file for one table.

    ``set_aside`` counts by kind (blank, duplicate, …), ``quarantined`` by ``field:kind`` of fault;
    ``notes`` count what did not stop a row from being stored.
    """

    file: str
    table: str
    read: int = 0
    stored: int = 0
    set_aside: Counter[str] = field(default_factory=Counter)
    quarantined: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)

    def check(self) -> None:
        """Stop an import that would lose a row.

        Raises
        ------
        ArithmeticError
            When the counts do not add up: a fault of this program, never of the data.
        """
        accounted = self.stored + self.set_aside.total() + self.quarantined.total()
        if self.read != accounted:
            raise ArithmeticError(
                f"{self.table}: {self.read} rows were read and {accounted} accounted for"
            )

    def to_json(self) -> dict[str, Any]:
        """Return the counts as plain data."""
        return {
            "file": self.file,
            "table": self.table,
            "read": self.read,
            "stored": self.stored,
            "set_aside": dict(self.set_aside),
            "quarantined": dict(self.quarantined),
            "notes": dict(self.notes),
        }


def totals(tallies: Sequence[Tally]) -> list[Tally]:
    """Return the tallies of several files added up by table, in the order they come."""
    added: dict[str, Tally] = {}
    for tally in tallies:
        total = added.setdefault(tally.table, Tally("", tally.table))
        total.read += tally.read
        total.stored += tally.stored
        total.set_aside += tally.set_aside
        total.quarantined += tally.quarantined
        total.notes += tally.notes
    return list(added.values())


def account(tallies: Sequence[Tally], causes: Sequence[Cause]) -> str:
    """Return the account of an import for people to read: a line a file and table, then why."""
    width = max((len(tally.file) for tally in tallies), default=4)
    titles = ("read", "stored", "set aside", "quarantined")
    lines = [f"{'file':{width}}  {'table':14}" + "".join(f"{title:>12}" for title in titles)]
    for tally in tallies:
        counts = (tally.read, tally.stored, tally.set_aside.total(), tally.quarantined.total())
        lines.append(
            f"{tally.file:{width}}  {tally.table:14}" + "".join(f"{count:12,}" for count in counts)
        )
    lines.append("")
    for total in totals(tallies):
        lines += [f"{total.table}: {n:,} set aside: {kind}" for kind, n in total.set_aside.items()]
        lines += [f"{total.table}: {cause}" for cause in causes if cause.table == total.table]
        lines += [f"{total.table}: {n:,} {note}" for note, n in total.notes.items()]
    return "\n".join(lines).rstrip()
