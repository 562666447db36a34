"""Show measures and their gaps month by month, for up to five years."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairpractice.cli import _asking, options
from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    import pyarrow as pa

    from fairpractice.measures.measure import Measure

SHOWN = {"all": "Everybody", "1": "Most deprived fifth", "5": "Least deprived fifth", "gap": "Gap"}
OVERLAP = (
    "A measure that looks back over months shares them with the month before. Its chart finds more "
    "than chance does: take a special cause as a question, not as an answer."
)


@click.command()
@click.argument("names", metavar="[MEASURE]...", nargs=-1)
@options.record
@options.on
@click.option(
    "--months", type=click.IntRange(2, 60), default=60, show_default=True, help="How many months."
)
@click.option(
    "--edition", default="imd2025", show_default=True, help="The deprivation edition of the fifths."
)
@options.definitions
@_asking.purpose
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV file to write as well: a row a measure, series and month, with its limits.",
)
def command(
    names: tuple[str, ...],
    record: Path,
    on: dt.date,
    months: int,
    edition: str,
    definitions: Path | None,
    purpose: str,
    out: Path | None,
) -> None:
    """Show each MEASURE and its gap by deprivation at the end of each month; all, if none is named.

    The months up to the latest one that is over, each measure with an XmR chart of everybody, of
    the fifths and of the gap. Numbers are as they may be published.
    """
    from fairpractice.codelists import load
    from fairpractice.local import definitions_folder
    from fairpractice.measures.calculate import Run
    from fairpractice.measures.measure import MEASURES
    from fairpractice.measures.trend import trend, trend_signals
    from fairpractice.population import deprivation

    folder = definitions_folder(definitions)
    codelists = load(folder)
    there = MEASURES.load(codelists, folder)
    for name in names:
        _known(name, there)
    asked = {name: there[name] for name in dict.fromkeys(names or there)}
    empty = {name: lists for name in asked if (lists := asked[name].empty_lists(codelists))}
    asked = {
        name: measure
        for name, measure in asked.items()
        if name not in empty and (names or not measure.sensitive)
    }
    deprivation.load(edition, folder)  # before any work
    opened = _asking.opened(record, purpose, "trend", f"{', '.join(asked)} by {edition}, to {on}")
    _asking.warn_of_age(opened, on)
    with _asking.progress() as progress:
        run = Run(codelists, edition, folder, progress=progress)
        table = trend(asked, on, opened, run, months=months)
    _print(table, trend_signals(table, asked), asked, empty)
    if out:
        from pyarrow.csv import write_csv

        write_csv(table, out)
        click.echo(f"\nWritten to {out}.")


def _known(name: str, there: Mapping[str, object]) -> None:
    import difflib

    if name not in there:
        close = difflib.get_close_matches(name, there, n=1)
        raise FairpracticeError(
            f"There is no measure “{name}”",
            fix=f"Did you mean {close[0]}?" if close else f"Use one of {', '.join(sorted(there))}.",
        )


def _print(
    table: "pa.Table",
    signals: "pa.Table",
    asked: "Mapping[str, Measure]",
    empty: Mapping[str, list[str]],
) -> None:
    from fairpractice.measures.results import rows
    from fairpractice.reporting.terminal import Page

    page = Page()
    for name, measure in asked.items():
        page.heading(measure.title)
        lines = [
            _line(label, found, rows(signals, definition=name, series=series), measure, series)
            for series, label in SHOWN.items()
            if (found := rows(table, definition=name, series=series))
        ]
        if lines:
            page.table(["Of whom", *_ends(table), "XmR chart, latest month"], lines)
        else:
            page.say("Nobody whom it is about.")
    for name, lists in empty.items():
        page.say(f"not available: list {', '.join(lists)} is empty.", name)
    page.say(OVERLAP, "Note")


def _ends(table: "pa.Table") -> list[str]:
    from fairpractice.reporting.sentences import date

    days = sorted(set(table["on"].to_pylist()))
    return [date(days[0]), date(days[-1])]


def _line(
    label: str,
    found: list[dict[str, Any]],
    chart: list[dict[str, Any]],
    measure: "Measure",
    series: str,
) -> list[str]:
    """Return the first and the last month of a series, and what its chart says of the last."""
    from fairpractice.reporting.sentences import brief, places, signed

    ends = [found[0], found[-1]]
    digits = places(measure.unit, [] if series == "gap" else ends)
    said = [
        signed(row, digits) if series == "gap" else brief(row, measure.unit, digits) for row in ends
    ]
    latest = chart[-1]["variation"] or "none: there is no figure"
    return [label, *said, latest.replace("_", " ")]
