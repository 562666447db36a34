"""Write a fictional network's extract, whose true needs are known."""

import datetime as dt
from pathlib import Path

import click

from fairpractice.cli import options


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--people",
    type=int,
    default=50_000,
    show_default=True,
    help="How many people the extract holds; about seven in ten are registered on the last day.",
)
@click.option("--practices", type=int, default=5, show_default=True, help="At how many practices.")
@click.option("--years", type=int, default=5, show_default=True, help="How far it reaches back.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which population.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="CSV as practices send it, with about twenty wrong rows; or Parquet, for size.",
)
@click.option(
    "--on",
    type=options.day,
    metavar="YYYY-MM-DD",
    default="2026-10-31",
    show_default=True,
    help="The last day of the extract: not today, so that a seed always gives the same files.",
)
def command(
    folder: Path, people: int, practices: int, years: int, seed: int, form: str, on: dt.date
) -> None:
    """Write the extract of a fictional primary care network into DIR.

    Nobody in it exists. DIR gets the files, mapping.toml for `fairpractice import csv`,
    deprivation.csv (the edition fictional2025) and, apart in DIR/truth, what everybody truly needs.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from fairpractice.population.synthetic import population, write

    made = population(people, practices, years, seed, on)
    columns = (TextColumn("Making people"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("people", total=people)
        rows = write(
            folder,
            made,
            "parquet" if form == "parquet" else "csv",
            lambda done, of: bar.update(task, completed=done),
        )
    for table, count in rows.items():
        click.echo(f"{table:<15}{count:>12,}")
    click.echo(
        f"Next: fairpractice deprivation add fictional2025 --file {folder / 'deprivation.csv'}\n"
        f"      fairpractice import csv {folder} --record RECORD"
    )
