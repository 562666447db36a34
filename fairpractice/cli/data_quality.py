"""Say what is missing in the data, and for whom."""

import datetime as dt
from pathlib import Path

import click

from fairpractice.cli import _asking, options


@click.command()
@options.record
@options.on
@click.option(
    "--edition",
    default="",
    help="The deprivation edition.  [default: the one that has been added; none if there are "
    "several]",
)
@options.definitions
@_asking.purpose
def command(
    record: Path, on: dt.date, edition: str, definitions: Path | None, purpose: str
) -> None:
    """Print for how many people ethnic group, language, area, contact and social needs are known.

    For everybody, and for whom least and most, with 95 % limits. Without a deprivation edition it
    is by ethnic group, sex and age alone.
    """
    from fairpractice.local import definitions_folder
    from fairpractice.population import deprivation, kept
    from fairpractice.reporting import terminal
    from fairpractice.reporting.network import data_quality

    folder = definitions_folder(definitions)
    added = [name for name in deprivation.editions() if kept.provenance(name, folder)]
    if not edition and len(added) == 1:
        edition = added[0]
    opened = _asking.opened(record, purpose, "data quality", f"on {on}")
    _asking.warn_of_age(opened, on)
    with _asking.progress() as progress:
        network = data_quality(opened, on, edition=edition, definitions=folder, progress=progress)
    terminal.data_quality(network, terminal.Page())
