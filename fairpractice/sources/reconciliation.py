"""What became of every row read: stored, set aside or quarantined, and the counts add up."""

import json
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fairpractice.engines.duckdb import connect
from fairpractice.record import manifest
from fairpractice.record.files import Files
from fairpractice.record.manifest import Batch
from fairpractice.record.tables import TABLES
from fairpractice.sources.quarantine import Cause


DUPLICATE = "duplicate"
HELD = "in the record already"


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


def counted_in(file: str, tallies: Container[str]) -> str:
    """Return what a row's file is counted as: itself, or its folder where those are together."""
    return file if file in tallies else file[: file.rfind("/") + 1]


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


def settle(record: Path, batch: Batch, tallies: Sequence[Tally]) -> None:
    """Take the rows that the record did not need from those stored: what it holds is counted.

    It drops rows that are wholly alike another of the batch, or one of the same source still in
    force.
    """
    held = Files(connect(), record, manifest.load(record).record)
    names = {tally.file for tally in tallies}

    def counted(files: Mapping[str, str], table: str) -> Counter[str]:
        added: Counter[str] = Counter()
        if table in files:
            rows = held.relation(TABLES[table], files[table])
            counts = held.engine.execute(f"SELECT source_file, count(*) FROM {rows} GROUP BY ALL")
            for file, n in counts:
                added[counted_in(file, names)] += n
        return added

    for table in batch.files:
        brought, standing = counted(batch.files, table), counted(batch.in_force, table)
        for tally in tallies:
            if tally.table == table:
                now, kept = brought[tally.file], standing[tally.file]
                for kind, n in ((DUPLICATE, tally.stored - now), (HELD, now - kept)):
                    if n:
                        tally.set_aside[kind] += n
                tally.stored = kept
                tally.check()


def write(path: Path, tallies: Sequence[Tally]) -> None:
    """Write the counts as JSON, a line a file and table."""
    path.parent.mkdir(mode=0o700, exist_ok=True)
    lines = ",\n".join(json.dumps(tally.to_json(), ensure_ascii=False) for tally in tallies)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


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
