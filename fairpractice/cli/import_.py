"""Bring records in: CSV or Parquet by a mapping file, FHIR, OMOP.

Every row read is stored, set aside or quarantined, and the account says which and why.
"""

import datetime as dt
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from fairpractice.cli import options


if TYPE_CHECKING:
    from fairpractice.sources.convert import Areas
    from fairpractice.sources.importing import Outcome


@click.group()
def command() -> None:
    """Bring records in."""


@command.command("csv")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that holds the record; it is made if there is none.",
)
@click.option(
    "--mapping",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Which of their columns is which of ours.  [default: mapping.toml in DIR]",
)
@click.option("--guess", is_flag=True, help="Write a starter mapping, and import nothing.")
@click.option("--source", help="Who sent the extract, over what the mapping says.")
@click.option(
    "--full",
    "mode",
    flag_value="full",
    help="The extract replaces what this source sent before.",
)
@click.option(
    "--addition", "mode", flag_value="addition", help="The extract adds to what it sent before."
)
@click.option("--strict", is_flag=True, help="Store nothing if a single row is wrong.")
@click.option(
    "--today",
    type=options.day,
    metavar="YYYY-MM-DD",
    default=lambda: dt.date.today().isoformat(),
    show_default="today",
    help="The day after which every date is in the future.",
)
@options.definitions
def csv_command(
    folder: Path,
    record: Path | None,
    mapping: Path | None,
    guess: bool,
    source: str | None,
    mode: Literal["full", "addition"] | None,
    strict: bool,
    today: dt.date,
    definitions: Path | None,
) -> None:
    """Import the CSV and Parquet files of the folder DIR by a mapping file."""
    if guess:
        from fairpractice.sources.guess import write_starter

        said = write_starter(folder, mapping)
        click.echo(str(said))
        return
    if record is None:
        raise click.UsageError("Missing option '--record'.")
    from fairpractice.sources.extract import import_extract

    with _progress() as progress:
        outcome = import_extract(
            folder,
            record,
            mapping=mapping,
            source=source,
            mode=mode,
            today=today,
            areas=_areas(definitions),
            strict=strict,
            progress=progress,
        )
    _tell(outcome, record)


def _standard(command: Callable[..., None]) -> Callable[..., None]:
    """Add what importing a standard's files can be told: there is no mapping file to say it."""
    for option in (
        options.definitions,
        click.option(
            "--today",
            type=options.day,
            metavar="YYYY-MM-DD",
            default=lambda: dt.date.today().isoformat(),
            show_default="today",
            help="The day after which every date is in the future.",
        ),
        click.option("--strict", is_flag=True, help="Store nothing if a single row is wrong."),
        click.option(
            "--practice",
            default="",
            metavar="CODE",
            help="The ODS code of the practice where everybody is registered of whom nothing "
            "else is said.",
        ),
        click.option(
            "--addition", "mode", flag_value="addition", help="It adds to what was sent before."
        ),
        click.option(
            "--full",
            "mode",
            flag_value="full",
            help="It replaces what this source sent before.  [default: for its first import]",
        ),
        options.record,
    ):
        command = option(command)
    return command


@command.command("fhir")
@click.argument(
    "paths", type=click.Path(path_type=Path), metavar="PATH...", nargs=-1, required=True
)
@click.option("--source", default="FHIR", show_default=True, help="Who sent it.")
@click.option(
    "--lawful-basis",
    type=click.Choice(["direct-care", "consent", "sharing-agreement"]),
    help="Why the main language and the need of an interpreter that a Patient states may be held; "
    "without it they are left out.",
)
@_standard
def fhir_command(
    paths: tuple[Path, ...],
    source: str,
    lawful_basis: str | None,
    record: Path,
    mode: Literal["full", "addition"] | None,
    practice: str,
    strict: bool,
    today: dt.date,
    definitions: Path | None,
) -> None:
    """Import FHIR R4 (NDJSON, Bundles, resources; JSON or XML): files, or folders of them."""
    from fairpractice.sources.fhir import import_fhir

    with _progress() as progress:
        outcome = import_fhir(
            paths,
            record,
            source=source,
            mode=mode,
            practice=practice,
            today=today,
            areas=_areas(definitions),
            lawful_basis=(lawful_basis or "").replace("-", "_"),
            strict=strict,
            progress=progress,
        )
    _tell(outcome, record)


@command.command("omop")
@click.argument(
    "paths", type=click.Path(path_type=Path), metavar="PATH...", nargs=-1, required=True
)
@click.option("--source", default="OMOP", show_default=True, help="Who sent it.")
@_standard
def omop_command(
    paths: tuple[Path, ...],
    source: str,
    record: Path,
    mode: Literal["full", "addition"] | None,
    practice: str,
    strict: bool,
    today: dt.date,
    definitions: Path | None,
) -> None:
    """Import OMOP CDM 5.4: a folder of its tables as CSV or Parquet, or a DuckDB file."""
    from fairpractice.sources.omop import import_omop

    with _progress() as progress:
        outcome = import_omop(
            paths,
            record,
            source=source,
            mode=mode,
            practice=practice,
            today=today,
            areas=_areas(definitions),
            strict=strict,
            progress=progress,
        )
    _tell(outcome, record)


def _tell(outcome: "Outcome", record: Path) -> None:
    number = outcome.batch.number
    if not outcome.new:
        click.echo(f"This is in the record already, as batch {number}: nothing changed.")
        return
    for file, encoding in outcome.encodings.items():
        if encoding not in ("utf-8", "utf-8-sig"):
            click.echo(f"{file} was read as {encoding}.")
    if outcome.unused:
        click.echo(f"Not read: {', '.join(outcome.unused)}.")
    click.echo(str(outcome))
    click.echo(f"\nBatch {number} of {outcome.batch.source} is in {record}.")
    if outcome.quarantined_in:
        click.echo(f"The quarantined rows are listed in {outcome.quarantined_in}.")


def _areas(definitions: Path | None) -> "dict[str, Areas]":
    """Return which codes each vintage can hold: all of them, where an edition of it was added."""
    import pyarrow as pa

    from fairpractice.population import deprivation
    from fairpractice.population.areas import VINTAGES
    from fairpractice.population.kept import NotLoaded
    from fairpractice.sources.convert import Areas

    codes: dict[str, list[pa.Array]] = {}
    for name in deprivation.editions():
        try:
            loaded = deprivation.load(name, definitions)
        except NotLoaded:
            continue
        [vintage] = set(loaded["area_vintage"].to_pylist())
        codes.setdefault(vintage, []).append(loaded["area_code"].combine_chunks())
    return {
        name: Areas(
            vintage.pattern,
            vintage.ranges,
            pa.concat_arrays(codes[name]) if name in codes else None,
        )
        for name, vintage in VINTAGES.items()
    }


@contextmanager
def _progress() -> "Iterator[Callable[[str, int, int], object]]":
    """Show how far it is: a bar on a terminal, else a line a step."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=None)
            yield lambda step, done, total: bar.update(
                task, description=step, completed=done, total=total
            )
        return
    said: set[str] = set()

    def say(step: str, done: int, total: int) -> None:
        if step not in said:
            said.add(step)
            click.echo(f"{step} …", err=True)

    yield say
