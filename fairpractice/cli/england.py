"""Work out every practice's deprivation from England's public files, held against OHID's."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    from fairpractice.population.england import England


@click.command()
@click.option(
    "--reference",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder that holds geo/: indices, look-ups, register, published results.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Also write a JSON file."
)
def command(reference: Path, out: Path | None) -> None:
    """Work out every practice's deprivation from England's public files.

    The result is held against published ones; exit status 2 when it is too far from them.
    """
    import json

    from rich.console import Console
    from rich.progress import Progress

    from fairpractice.population.england import STEPS, england

    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=STEPS + 1)

        def say(step: str) -> None:
            progress.update(task, description=step, advance=1)

        found = england(reference, say)
    _show(found)
    if out is not None:
        out.write_text(json.dumps(found.to_json(), indent=2) + "\n", encoding="utf-8")
        click.echo(f"Written to {out}.")
    missed = [check for check in found.checks if not check.met]
    if missed:
        raise FairpracticeError(
            "; ".join(f"{c.name} is {c.value:.4g}, not {c.required}" for c in missed),
            where=str(reference),
            fix="Check that the files belong together (one edition, one register, one date).",
        )


def _show(found: "England") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console()
    register, ohid, later, share, districts = (
        found.figures[name]
        for name in ("register", "compared_with_ohid", "imd2025", "core20", "districts")
    )
    table = Table(title="Practices by the deprivation of their patients (IMD 2019)")
    for heading in (
        "Fifth of practices",
        "Practices",
        "Patients",
        "Lowest score",
        "Mean",
        "Highest",
    ):
        table.add_column(heading, justify="left" if heading.startswith("Fifth") else "right")
    ends = {1: "1 (most deprived)", 5: "5 (least deprived)"}
    for row in found.fifths:
        table.add_row(
            ends.get(row["quintile"], str(row["quintile"])),
            f"{row['practices']:,}",
            f"{row['patients']:,}",
            *(f"{row[name]:.1f}" for name in ("lowest", "mean", "highest")),
        )
    console.print(table)
    _say(
        f"{register['practices_scored']:,} of {register['practices']:,} practices have a score, "
        f"from {register['patients_scored']:,} of {register['patients']:,} patients; "
        f"{register['patients_without_area']:,} have no known area and "
        f"{register['patients_elsewhere']:,} live outside England."
    )
    _say(
        f"Against OHID's published scores of {ohid['practices']:,} practices: r = {ohid['r']:.4f}, "
        f"mean absolute error {ohid['mean_absolute_error']:.2f}, "
        f"{ohid['within_one_point']:.1%} within one point, "
        f"{ohid['same_fifth']:.1%} in the same fifth."
    )
    _say(
        f"By IMD 2025, through the look-up: {later['practices']:,} practices, "
        f"{later['share_without_score']:.2%} of patients without a score. Joining by code alone "
        f"would lose {later['share_without_score_by_code_alone']:.1%} of patients "
        f"({later['patients_without_score_by_code_alone']:,}). "
        f"{later['same_fifth_as_imd2019']:.0%} of practices stay in their fifth of IMD 2019. "
        f"England's mean score is {later['england_mean_score']:.4f}."
    )
    boards = Table(title="Core20: people in the most deprived fifth of England's areas")
    for heading in ("Integrated care board", "People", "Core20", "Share"):
        boards.add_column(heading, justify="left" if heading.startswith("Int") else "right")
    shown = [board for board in found.boards if board["board"] and board["share"] is not None]
    few = shown if len(shown) <= 6 else [*shown[:3], *shown[-3:]]
    for board in few:
        boards.add_row(
            board["board"],
            f"{board['people']:,.0f}",
            f"{board['people_core20']:,.0f}",
            f"{board['share']:.1%}",
        )
    console.print(boards)
    _say(
        f"{share['people_core20']:,.0f} of {share['people']:,.0f} people ({share['share']:.2%}) "
        "live in the most deprived fifth of areas; the table has the boards with most and least."
    )
    _say(
        f"The mean scores of {districts['districts']:,} districts are the published ones to within "
        f"{districts['largest_difference']:.4f}."
    )


def _say(sentence: str) -> None:
    click.echo(f"{sentence}\n")
