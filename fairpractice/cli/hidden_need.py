"""Estimate how many people are in need and nobody recorded it, by group."""

import datetime as dt
from pathlib import Path

import click

from fairpractice.cli import _asking, options
from fairpractice.errors import FairpracticeError


ALSO_CALLED = {"ethnicity": "ethnic_group", "age": "age_band", "deprivation": "imd_quintile"}
MOST_ALLOWED = 20


@click.command()
@options.record
@click.option(
    "--by", default="", metavar="GROUPING,…", help="Groupings, such as imd_quintile,ethnic_group."
)
@click.option(
    "--topic",
    "topics",
    multiple=True,
    metavar="TOPIC",
    help="A topic of need, or any; may be given again.  [default: any]",
)
@click.option("--months", type=int, default=12, show_default=True, help="In need how lately.")
@click.option(
    "--allowance",
    type=float,
    default=2.0,
    show_default=True,
    help="How many times more two routes may know the same people among those the third misses.",
)
@options.on
@options.definitions
@click.option("--edition", default="imd2025", show_default=True, help="The deprivation edition.")
@_asking.purpose
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="A CSV file for the estimates."
)
def command(
    record: Path,
    by: str,
    topics: tuple[str, ...],
    months: int,
    allowance: float,
    on: dt.date,
    definitions: Path | None,
    edition: str,
    purpose: str,
    out: Path | None,
) -> None:
    """Estimate how many adults are in need and nobody recorded it, by group.

    From how far the team, the person and other organisations know of the same people. Where they
    know the same people more than chance, or cannot reach some at all, there are more than that.
    Limits allow for people whom all of them find hard to reach, which no count can tell: by as much
    as --allowance says, 1 being not at all. Small numbers are hidden.
    """
    from fairpractice.case_finding.hidden_need import ANY, hidden_need, released, sentence
    from fairpractice.case_finding.listable import Asked
    from fairpractice.case_finding.truth import NEEDS
    from fairpractice.codelists import load
    from fairpractice.local import definitions_folder
    from fairpractice.population.groups import grouping

    names = ["all", *(ALSO_CALLED.get(n, n) for n in (part.strip() for part in by.split(",")) if n)]
    groupings = [grouping(name) for name in names]
    wanted = topics or (ANY,)
    for topic in wanted:
        if topic not in (ANY, *NEEDS):
            raise FairpracticeError(
                f"There is no topic of need “{topic}”", fix=f"Use {ANY} or {', '.join(NEEDS)}."
            )
    if months < 1:
        raise FairpracticeError(f"A window of {months} months is none", fix="Give 1 or more.")
    if not 1 <= allowance <= MOST_ALLOWED:
        raise FairpracticeError(
            f"An allowance of {allowance:g} is none", fix=f"Give 1 (none) to {MOST_ALLOWED}."
        )
    folder = definitions_folder(definitions)
    opened = _asking.opened(record, purpose, "hidden need", f"by {', '.join(names)}, on {on}")
    _asking.warn_of_age(opened, on)
    asked = Asked(opened, on, load(folder), "", edition, folder)
    found = hidden_need(asked, by=names, topics=wanted, months=months, allowance=allowance)
    click.echo(
        f"Adults in need at some time in the {months} months to {on:%d %B %Y}. Counts are rounded "
        "to 5."
    )
    for each in groupings:
        click.echo(f"\n{each.title}")
        for row in found:
            if row.grouping == each.id:
                label = each.label(row.group)
                click.echo(click.wrap_text(f"{label}: {sentence(row)}", 88, "  ", "    "))
    if out is not None:
        released(found).to_csv(out, index=False, encoding="utf-8")
        click.echo(f"\nWritten to {out}.")
