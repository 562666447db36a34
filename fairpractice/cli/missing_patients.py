"""Count the missing: never seen, nothing coded, lost from recall, silent, or not registered."""

import datetime as dt
from pathlib import Path
from typing import Any

import click

from fairpractice.cli import _asking, options


@click.command()
@options.record
@click.option(
    "--by", default="", metavar="GROUPING,…", help="Groupings, such as imd_quintile,age_band."
)
@click.option(
    "--census",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV file of residents by small area: area codes, and a column an age such as m_20_24.",
)
@click.option(
    "--vintage", default="lsoa_2021", show_default=True, help="Of the census's area codes."
)
@options.on
@options.definitions
@click.option("--edition", default="imd2025", show_default=True, help="The deprivation edition.")
@_asking.purpose
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="A CSV file for the counts."
)
def command(
    record: Path,
    by: str,
    census: Path | None,
    vintage: str,
    on: dt.date,
    definitions: Path | None,
    edition: str,
    purpose: str,
    out: Path | None,
) -> None:
    """Count who is on the list and out of sight; with a census, who lives here and is not on it.

    Small numbers are hidden. With --census the register is compared with the residents of the same
    areas, by age and sex.
    """
    from fairpractice.case_finding.listable import Asked
    from fairpractice.case_finding.missing_patients import missing_patients
    from fairpractice.case_finding.register_and_census import (
        against_census,
        register,
        released,
        residents,
    )
    from fairpractice.codelists import load
    from fairpractice.local import definitions_folder
    from fairpractice.population.groups import grouping

    names = ["all", *(name.strip() for name in by.split(",") if name.strip())]
    for name in names:
        grouping(name)
    folder = definitions_folder(definitions)
    opened = _asking.opened(record, purpose, "missing patients", f"by {', '.join(names)}, on {on}")
    _asking.warn_of_age(opened, on)
    asked = Asked(opened, on, load(folder), "", edition, folder)
    if census is None:
        found = missing_patients(asked, names)
        for _, rows in found.groupby("kind", sort=False):
            click.echo(f"\n{rows['title'].iloc[0]}")
            for row in rows.to_dict("records"):
                click.echo(f"  {_share(row)}")
    else:
        here = register(asked)
        found = released(against_census(here[here["area_vintage"] == vintage], residents(census)))
        click.echo(
            "Registered, as a ratio of what would be expected of people of that age and sex in the "
            "same areas:"
        )
        for row in found.to_dict("records"):
            click.echo(f"  {_ratio(row)}")
    if out is not None:
        found.to_csv(out, index=False, encoding="utf-8")
        click.echo(f"\nWritten to {out}.")


def _share(row: dict[Any, Any]) -> str:
    if row["status"] != "ok":
        return f"{row['group']:<46} {row['reason']}"
    return (
        f"{row['group']:<46} {row['value']:>6.1%} ({row['lower']:.1%} to {row['upper']:.1%}), "
        f"{row['numerator']:,.0f} of {row['denominator']:,.0f}"
    )


def _ratio(row: dict[Any, Any]) -> str:
    who = row["age_band"] if row["sex"] == "all" else f"{row['sex']} {row['age_band']}"
    if row["status"] != "ok":
        return f"{who:<16} {row['reason']}"
    missing = f", about {row['missing']:,.0f} missing" if row["missing"] else ""
    return f"{who:<16} {row['value']:.2f} ({row['lower']:.2f} to {row['upper']:.2f}){missing}"
