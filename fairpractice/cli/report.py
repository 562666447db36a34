"""Say where care is unequal and who is missed: tables here, and one page of HTML."""

import contextlib
import datetime as dt
import os
from pathlib import Path

import click

from fairpractice.cli import _asking, _tables, options
from fairpractice.errors import FairpracticeError


@click.command()
@options.record
@options.on
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="The HTML file to write. It is whole in itself and names nobody.",
)
@click.option(
    "--edition",
    default="imd2025",
    show_default=True,
    help="The deprivation edition; `fairpractice deprivation status` says which are there.",
)
@click.option(
    "--numbers",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV or Parquet file to write all published numbers to.",
)
@click.option(
    "--earlier",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="The --numbers of a report that was published before. What could be worked out with its "
    "help is hidden.",
)
@options.definitions
@_asking.purpose
def command(
    record: Path,
    on: dt.date,
    out: Path,
    edition: str,
    numbers: Path | None,
    earlier: tuple[Path, ...],
    definitions: Path | None,
    purpose: str,
) -> None:
    """Ask every measure and rule; print the answers and write a report.

    Numbers are as they may be published: small ones hidden, others rounded. Practices are not
    named.
    """
    for file in (out, *([numbers] if numbers else [])):
        _check(file)
    from fairpractice.local import definitions_folder
    from fairpractice.reporting import release, terminal
    from fairpractice.reporting.network import answer
    from fairpractice.reporting.page import page

    before = [release.numbers(_tables.read(path)) for path in earlier]
    opened = _asking.opened(record, purpose, "report", f"by {edition}, on {on}")
    _asking.warn_of_age(opened, on)
    with _asking.progress() as progress:
        network = answer(
            opened,
            on,
            edition=edition,
            definitions=definitions_folder(definitions),
            earlier=before,
            progress=progress,
        )
        progress("Drawing", 0)
        written = page(network)
    terminal.report(network, terminal.Page())
    _write(out, written)
    if numbers:
        _tables.write(network.numbers, numbers)
    click.echo(f"\nWritten to {out}{f' and {numbers}' if numbers else ''}.")


def _check(out: Path) -> None:
    """Refuse, before any work, what cannot be written to."""
    if out.is_dir():
        raise FairpracticeError(
            "The report is a file, and this is a folder", where=str(out), fix="Name a file in it."
        )
    if not out.parent.is_dir():
        raise FairpracticeError(
            "The folder to write to does not exist", where=str(out.parent), fix="Make it first."
        )
    if not os.access(out.parent, os.W_OK):
        raise FairpracticeError(
            "The folder cannot be written to", where=str(out.parent), fix="Choose another."
        )


def _write(out: Path, text: str) -> None:
    """Write a file whole or not at all."""
    unfinished = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(out)
    except BaseException:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise
