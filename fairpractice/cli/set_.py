"""Ask the measures of a framework such as Core20PLUS5, of the groups that it names."""

import csv
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairpractice.cli import _asking, options
from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    from fairpractice.reporting.named_set import SetFigures

COLUMNS = ("measure", "of_whom", "value", "unit", "lower", "upper", "people", "status")


@click.command()
@click.argument("name", metavar="ID")
@options.record
@options.on
@click.option(
    "--edition",
    default="imd2025",
    show_default=True,
    help="The deprivation edition, whose most deprived fifth is Core20.",
)
@options.definitions
@_asking.purpose
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="A CSV file to write as well."
)
def command(
    name: str,
    record: Path,
    on: dt.date,
    edition: str,
    definitions: Path | None,
    purpose: str,
    out: Path | None,
) -> None:
    """Ask the measures of the set ID: of everybody, of Core20, and of each PLUS group.

    Sets are core20plus5-adults, core20plus5-children and those in the folder named_sets of your
    definitions. Numbers are as they may be published.
    """
    import difflib

    from fairpractice.codelists import load
    from fairpractice.local import definitions_folder
    from fairpractice.measures.calculate import Run
    from fairpractice.measures.measure import MEASURES
    from fairpractice.measures.named_set import load_sets
    from fairpractice.population import deprivation
    from fairpractice.reporting.named_set import answer_set

    folder = definitions_folder(definitions)
    codelists = load(folder)
    measures = MEASURES.load(codelists, folder)
    sets = load_sets(measures, codelists, folder)
    if name not in sets:
        close = difflib.get_close_matches(name, sets, n=1)
        meant = f" Did you mean {close[0]}?" if close else ""
        raise FairpracticeError(
            f"There is no set “{name}”", fix=f"Use one of {', '.join(sorted(sets))}.{meant}"
        )
    deprivation.load(edition, folder)  # before any work
    opened = _asking.opened(record, purpose, "set", f"{name} by {edition}, on {on}")
    _asking.warn_of_age(opened, on)
    with _asking.progress() as progress:
        run = Run(codelists, edition, folder, progress=progress)
        found = answer_set(sets[name], measures, opened, on, run)
    _print(found)
    if out:
        _write(found, out)
        click.echo(f"\nWritten to {out}.")


def _print(found: "SetFigures") -> None:
    from fairpractice.reporting.terminal import Page

    page = Page()
    page.heading(found.of.title)
    page.say(found.of.about)
    tables = {table.caption: table for table in found.tables()}
    for area in found.of.areas:
        page.heading(area.title)
        page.say(area.asks, "Asked for")
        if table := tables.get(f"{found.of.title}: {area.title}"):
            page.table(table.headings, table.rows)
        if area.elsewhere:
            page.say(area.elsewhere, "Not shown here")
    for title, reason in found.unavailable.items():
        page.say(f"{reason}.", title)


def _write(found: "SetFigures", out: Path) -> None:
    with out.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in found.figures.to_pylist():
            asked = found.measures[row["definition"]]
            row |= {
                "measure": asked.title,
                "of_whom": found.label(row["grouping"], row["group"]),
                "unit": asked.unit,
            }
            writer.writerow([row[column] for column in COLUMNS])
