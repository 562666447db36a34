"""See whom prompts in consultations miss, by tenth of deprivation, and how often they come."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairpractice.cli import _asking, options
from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    import pandas as pd


@click.command()
@options.record
@click.option(
    "--synthetic-truth",
    "truth_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="truth.parquet of the synthetic extract that the record was made from.",
)
@options.on
@options.definitions
@click.option("--edition", default="imd2025", show_default=True, help="The deprivation edition.")
@_asking.purpose
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="A CSV file for the shares."
)
def command(
    record: Path,
    truth_file: Path | None,
    on: dt.date,
    definitions: Path | None,
    edition: str,
    purpose: str,
    out: Path | None,
) -> None:
    """See whom prompts for a social history miss, by tenth of deprivation, and how often they come.

    Compares a prompt for people of deprived areas with one light question for all and more where
    something changed, over the consultations of the 12 months to --on. Of adults with no need on
    record at the start of them, or, with a synthetic truth, of those in hidden need: how many are
    never prompted. Small numbers are hidden, but where the people are synthetic.
    """
    from fairpractice.case_finding.comparing import MONTHS
    from fairpractice.case_finding.listable import Asked
    from fairpractice.case_finding.prompts import PROMPTS, prompted, released, shares
    from fairpractice.case_finding.truth import linked, read_truth
    from fairpractice.codelists import load
    from fairpractice.local import definitions_folder
    from fairpractice.record.dates import months_before

    folder = definitions_folder(definitions)
    # Only those who care directly may know which of a truth's people somebody is.
    purpose = "direct_care" if truth_file else purpose
    opened = _asking.opened(record, purpose, "prompts", f"in the year to {on}")
    _asking.warn_of_age(opened, on)
    asked = Asked(opened, months_before(on, MONTHS), load(folder), "", edition, folder)
    told = None if truth_file is None else linked(read_truth(truth_file), opened.identity())
    found = prompted(PROMPTS, asked, told)
    if found.empty or not found["people"].sum():
        raise FairpracticeError(
            "There is nobody to be prompted" if told is None else "Nobody is in hidden need",
            fix="Give a day within the record, and the truth of the extract it was made from.",
        )
    whose = "with no need on record" if told is None else "in hidden need"
    click.echo(
        f"In the 12 months to {on:%d %B %Y}, of adults {whose} at the start of them, the share"
    )
    rows = released(found) if told is None else shares(found)
    for line in (*_table(rows), *_how_often(found)):
        click.echo(line)
    if told is None:
        click.echo(
            "Which of them are in need is not known. Counts from 1 to 7 are hidden, others rounded "
            "to 5."
        )
    if out is not None:
        rows.to_csv(out, index=False, encoding="utf-8")
        click.echo(f"Written to {out}.")


def _table(rows: "pd.DataFrame") -> Iterator[str]:
    """Yield a row a tenth, and a column a prompt and what it is counted for."""
    from fairpractice.case_finding.prompts import OF_PEOPLE, PROMPTS
    from fairpractice.population.groups import TENTHS

    first = next(iter(PROMPTS))
    for counted, words in OF_PEOPLE.items():
        # Nobody's consultations depend on the prompt.
        columns = {name: name for name in PROMPTS} if counted != "not_seen" else {first: ""}
        yield f"\n  {words}"
        here = rows[rows["counted"] == counted].set_index(["decile", "prompt"])
        yield f"{'':<24}" + "".join(f"{head:>22}" for head in columns.values())
        for decile in dict.fromkeys(here.index.get_level_values("decile")):
            label = "Everybody" if decile == "all" else TENTHS.label(decile)
            cells = (here.loc[(decile, name)] for name in columns)
            shown = (
                f"{cell['value']:.0%} of {cell['denominator']:,.0f}"
                if cell["status"] in ("ok", "no_limits")
                else "hidden"
                for cell in cells
            )
            yield f"{label:<24}" + "".join(f"{text:>22}" for text in shown)


def _how_often(found: "pd.DataFrame") -> Iterator[str]:
    """Yield how many prompts a prompt makes in a hundred consultations."""
    from fairpractice.case_finding.prompts import PROMPTS
    from fairpractice.statistics.disclosure import HIDDEN_UP_TO

    yield "\n  prompts in 100 consultations"
    for row in found[found["decile"] == "all"].to_dict("records"):
        told = ", ".join(
            f"{100 * row[kind] / row['consultations']:.1f} {words}"
            for kind, words in (("fuller", "for a fuller history"), ("light", "light"))
            if row[kind] > HIDDEN_UP_TO
        )
        yield f"{row['prompt']}: {told or 'too few to tell'} ({PROMPTS[row['prompt']].title})"
