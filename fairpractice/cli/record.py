"""Look after a record: its batches, withdrawing one, erasing people, the audit trail."""

from pathlib import Path
from typing import TextIO

import click

from fairpractice.cli import options
from fairpractice.errors import FairpracticeError


@click.group()
def command() -> None:
    """Look after a record: its batches, withdrawing one, erasing people, the audit trail."""


@command.command()
@options.record
def batches(record: Path) -> None:
    """List the imports of a record, and what of each is in force."""
    from fairpractice.record.store import open_record

    opened = open_record(record)
    if not opened.batches:
        click.echo("Nothing has been imported yet.")
    for batch in opened.batches:
        about = [f"{batch.mode} import from {batch.source}", f"on {batch.when:%Y-%m-%d %H:%M} UTC"]
        if batch.practices:
            about.append(f"for {', '.join(batch.practices)}")
        if batch.period:
            about.append(f"from {batch.period[0]} to {batch.period[1]}")
        click.echo(f"Batch {batch.number}: {' '.join(about)}")
        if batch.withdrawn:
            click.echo(f"  withdrawn on {batch.withdrawn:%Y-%m-%d}")
            continue
        for name, stored in batch.counts["stored"].items():
            again = batch.counts["duplicates"][name]
            click.echo(
                f"  {name}: {stored:,} rows stored"
                + (f", {again:,} the source had sent before" if again else "")
                + f"; {_standing(opened.path, batch.files[name], batch.in_force.get(name))}"
            )


def _standing(record: Path, file: str, in_force: str | None) -> str:
    if in_force is None:
        return "none in force"
    if in_force == file:
        return "all in force"
    if file.startswith("identity", file.rindex("/") + 1):
        return "some in force"
    from pyarrow.parquet import read_metadata

    return f"{read_metadata(record / in_force).num_rows:,} in force"


@command.command()
@click.argument("batch", type=click.IntRange(min=1))
@options.record
def withdraw(batch: int, record: Path) -> None:
    """Make the record as if BATCH had never been imported."""
    from fairpractice.record import store

    store.withdraw(record, batch)
    click.echo(f"Batch {batch} is withdrawn. What it had replaced is in force again.")


@command.command()
@click.option(
    "--who",
    type=click.File(encoding="utf-8-sig", lazy=True),
    required=True,
    help="A file with a person a line (- for standard input): nhs:<NHS number>, "
    "id:<patient_id>, or <source>:<the person's identifier there>.",
)
@options.record
@click.confirmation_option(prompt="This cannot be undone. Erase these people?")
def erase(who: TextIO, record: Path) -> None:
    """Remove people from the whole record for good; if sent again, they are set aside."""
    from fairpractice.record import store

    people = _people(who, store.secret(record))
    found = store.erase(record, people)
    click.echo(f"{len(people):,} people named, {found:,} of them were in the record.")
    click.echo("No file of the record holds them any more. Backups made elsewhere still do.")


def _people(lines: TextIO, secret: str) -> list[int]:
    """Return the pseudonyms of the people named in a file. No message repeats a line."""
    from fairpractice.identifiers import SHAPES
    from fairpractice.record import pseudonyms

    nhs_number = SHAPES["nhs_number"]
    people = []
    for number, line in enumerate(lines, start=1):
        kind, colon, value = (part.strip() for part in line.strip().partition(":"))
        if not line.strip():
            continue
        problem = "" if colon and kind and value else "it is not of the form nhs:, id: or source:"
        if kind == "nhs" and not problem:
            value = nhs_number.normalise(value)
            problem = nhs_number.problem(value) or ""
        if kind == "id" and not (problem or (value.isascii() and value.isdigit())):
            problem = "a patient_id is a whole number"
        if problem:
            raise FairpracticeError(
                f"this does not name a person: {problem}",
                where=f"{lines.name}, line {number}",
                fix="Correct the line; nobody was erased.",
            )
        key = f"{kind}:{value}"
        people.append(int(value) if kind == "id" else pseudonyms.patient_id(secret, key))
    return sorted(set(people))


@command.group()
def audit() -> None:
    """The audit trail: who did what with the record, when and why."""


@audit.command()
@options.record
def verify(record: Path) -> None:
    """Check that no line of the audit trail was altered or taken out."""
    from fairpractice.record import audit as trail

    found = trail.verify(record)
    if found.altered_line is not None:
        raise FairpracticeError(
            f"the audit trail was altered: {found.problem}",
            where=f"{record / trail.NAME}, line {found.altered_line}",
            fix="Keep a copy, restore the file from a backup, and tell whoever answers for it.",
        )
    click.echo(f"{found.entries:,} entries, none altered.")
    click.echo(f"Last hash: {found.last_hash}")
    click.echo("Note it elsewhere: that the last entries were cut off shows in no other way.")
