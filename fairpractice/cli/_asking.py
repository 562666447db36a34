"""What the verbs that ask a whole record share: opening it, a progress bar, a warning."""

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click


if TYPE_CHECKING:
    from fairpractice.record.store import Record

STALE = dt.timedelta(days=62)

purpose = click.option(
    "--purpose",
    type=click.Choice(["planning", "research"]),
    default="planning",
    show_default=True,
    help="Why the record is read; those who object to it are left out.",
)


def opened(record: Path, purpose: str, action: str, detail: str) -> "Record":
    """Open a record to be asked, and write down that it is."""
    from fairpractice.record import audit
    from fairpractice.record.store import open_record

    found = open_record(record, purpose=purpose)
    audit.entry(record, action=action, purpose=purpose, detail=detail)
    return found


def warn_of_age(record: "Record", on: dt.date) -> None:
    """Say so where the record ends long before the day that is asked about."""
    last = record.last_date()
    if last is not None and on - last > STALE:
        click.echo(
            f"Warning: the latest entry in the record is of {last.isoformat()}. What happened "
            f"since is not in it, so that on {on.isoformat()} care may look worse than it is.",
            err=True,
        )


@contextlib.contextmanager
def progress() -> Iterator[Callable[[str, float], None]]:
    """Show on stderr how far the work is: a function of what is being done and its share done."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        tasks = {"": bar.add_task("Opening", total=None)}

        def say(what: str, share: float) -> None:
            if what not in tasks:
                for task in tasks.values():
                    bar.update(task, total=1, completed=1)
                tasks[what] = bar.add_task(what, total=1)
            bar.update(tasks[what], completed=share)

        yield say
