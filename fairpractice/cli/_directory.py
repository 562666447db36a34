"""What `fairpractice service directory` does, once it is asked."""

from collections.abc import Iterable
from pathlib import Path
from uuid import UUID, uuid4

import click

from fairpractice.errors import FairpracticeError
from fairpractice.web.directory import indexing, keeping, postcodes, taking_in


SHOWN = 20  # faults
COUNTS = {
    "new": "new services",
    "known": "known services, which take what it says",
    "kept_here": "services that somebody keeps here, which stay as they are",
    "private": "services left out, since their whereabouts must stay hidden",
    "lost": "rows or files left out, since they cannot be read",
}


def work_out_again() -> None:
    """Work out again by what every service is found."""
    click.echo(f"{indexing.index_all():,} services can be found.")


def decide(let_in: Iterable[str], keep_out: Iterable[str]) -> None:
    """Note which services may be known after all, and which must stay hidden."""
    for ids, say in ((let_in, keeping.let_in), (keep_out, keeping.keep_out)):
        for each in ids:
            try:
                say(None, UUID(each))
            except ValueError:
                raise FairpracticeError(
                    "That is not the id of a service", where=each, fix="It is a UUID."
                ) from None


def load_postcodes(file: Path) -> None:
    """Load where postcodes are."""
    click.echo(f"{postcodes.load(file):,} postcodes are known.")


def take_in(files: Iterable[Path], source: str, *, look: bool) -> None:
    """Take a directory in, or look at what that would do, and say so."""
    named = [(each.name, each.read_bytes()) for each in files]
    if look:
        read = taking_in.looked_at(source, named)
    else:
        read = taking_in.accept(None, taking_in.receive(None, source, named, uuid4()))
    click.echo("It would do this:" if look else "Taken in:")
    for name, words in COUNTS.items():
        click.echo(f"{read.counts[name]:>8,} {words}")
    for each in read.faults[:SHOWN]:
        at = ", ".join(filter(None, (each["file"], each["place"])))
        click.echo(f"  {at}: {each['reason']}")
    if (more := read.counts["faults"] - SHOWN) > 0:
        click.echo(f"  and {more:,} more")
