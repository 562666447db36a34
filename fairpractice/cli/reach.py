"""Compare who is reached with who is in need, by group; and ways of choosing with each other."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairpractice.cli import _asking, options
from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    import pandas as pd

    from fairpractice.case_finding.inequity import Inequity
    from fairpractice.case_finding.scenario import Summary

SHOWN = ("listed", "sensitivity", "lowest", "hidden", "false_alarms", "load", "needs", "inequity",
         "anyway")  # fmt: skip
PERCENT = ("sensitivity", "lowest", "hidden", "false_alarms", "anyway")
GROUPINGS = "imd_quintile,ethnic_group,sex,age_band"


@click.command()
@click.option(
    "--record", type=click.Path(file_okay=False, path_type=Path), help="The folder of the record."
)
@click.option(
    "--synthetic-truth",
    "truth_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="truth.parquet of the synthetic extract that the record was made from.",
)
@click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="FILE",
    help="A world to make populations in: a TOML file, the id of one that is shipped, or all.",
)
@click.option("--priority", default="social-prescribing", show_default=True, help="Ours: its id.")
@click.option("--capacity", type=int, help="Places.  [default: as many as were referred]")
@click.option("--seeds", type=int, default=20, show_default=True, help="Populations a scenario.")
@click.option(
    "--people", type=int, default=50_000, show_default=True, help="People of each population."
)
@click.option(
    "--rules",
    is_flag=True,
    help="With a truth: how often rules miss people and raise false alarms, by group.",
)
@click.option(
    "--by", default=GROUPINGS, show_default=True, help="Groupings of a record without a truth."
)
@options.on
@options.definitions
@click.option("--edition", default="imd2025", show_default=True, help="The deprivation edition.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="A CSV file for all figures, with their limits.",
)
def command(
    record: Path | None,
    truth_file: Path | None,
    scenarios: tuple[str, ...],
    priority: str,
    capacity: int | None,
    seeds: int,
    people: int,
    rules: bool,
    by: str,
    on: dt.date,
    definitions: Path | None,
    edition: str,
    out: Path | None,
) -> None:
    """Compare who is reached with who is in need, by group.

    With --record alone: who was referred to social prescribing in the 12 months to --on, of those
    with a need on record; for planning, small numbers hidden. With a synthetic truth too: ours and
    other ways of choosing, made on --on, against who was truly in need in the year after it; with
    --rules how often rules are wrong on that day, by group. With scenarios: the comparison over
    many populations.
    """
    if bool(scenarios) == bool(record):
        raise FairpracticeError(
            "Reach is of a record, or of scenarios", fix="Give one of --record and --scenario."
        )
    if truth_file and not record:
        raise FairpracticeError("A truth is of a record", fix="Give --record too.")
    if rules and not truth_file:
        raise FairpracticeError(
            "How often rules are wrong is known only where the truth is",
            fix="Give --record and --synthetic-truth.",
        )
    if seeds < 1 or people < 1_000:
        raise FairpracticeError(
            f"{seeds} populations of {people} people compare nothing",
            fix="Give 1 seed and 1000 people, or more.",
        )
    if record is None:
        rows = _of_scenarios(scenarios, priority, capacity, seeds, people, definitions)
    elif truth_file is not None:
        rows = _of_truth(record, truth_file, priority, capacity, rules, on, definitions, edition)
    else:
        rows = _of_record(record, by, on, definitions, edition)
    if out is not None:
        rows.to_csv(out, index=False, encoding="utf-8")
        click.echo(f"Written to {out}.")


def _strategies(priority: str, definitions: Path | None) -> Any:
    from fairpractice.case_finding import strategy
    from fairpractice.case_finding.priority import PRIORITIES
    from fairpractice.codelists import load
    from fairpractice.local import definitions_folder

    folder = definitions_folder(definitions)
    lists = load(folder)
    priorities = PRIORITIES.load(lists, folder)
    if priority not in priorities:
        raise FairpracticeError(
            f"There is no priority “{priority}”", fix=f"Use one of {', '.join(priorities)}."
        )
    ours = strategy.of_priority(priorities[priority])
    return {**strategy.shipped(), priority: ours}, lists, folder


def _of_scenarios(
    named: tuple[str, ...],
    priority: str,
    capacity: int | None,
    seeds: int,
    people: int,
    definitions: Path | None,
) -> "pd.DataFrame":
    import pandas as pd

    from fairpractice.case_finding import scenario
    from fairpractice.engines.duckdb import connect

    strategies, _, _ = _strategies(priority, definitions)
    shipped = scenario.shipped()
    files = [
        path
        for name in named
        for path in (shipped.values() if name == "all" else [shipped.get(name, Path(name))])
    ]
    worlds = [scenario.read_scenario(file) for file in files]
    engine = connect()
    parts = []
    with _asking.progress() as progress:
        for world in worlds:
            found = scenario.over_seeds(
                world,
                strategies,
                priority,
                engine,
                seeds=range(1, seeds + 1),
                people=people,
                capacity=capacity,
                progress=progress,
            )
            parts.append(found)
    for found in parts:
        click.echo(f"\n{found.scenario.title}: {seeds} populations of {people:,} people")
        click.echo(click.wrap_text(found.scenario.why, 88, "  ", "  "))
        wide = found.measures.pivot(index="strategy", columns="measure", values="mean")
        for line in (*_table(wide), *_worse(found, priority)):
            click.echo(line)
    return pd.concat([each.measures.assign(scenario=each.scenario.title) for each in parts])


def _of_truth(
    record: Path,
    truth_file: Path,
    priority: str,
    capacity: int | None,
    rules: bool,
    on: dt.date,
    definitions: Path | None,
    edition: str,
) -> "pd.DataFrame":
    from fairpractice.case_finding.comparing import compared
    from fairpractice.case_finding.fairness import fairness
    from fairpractice.case_finding.listable import Asked
    from fairpractice.case_finding.rule import RULES
    from fairpractice.case_finding.truth import linked, read_truth

    strategies, lists, folder = _strategies(priority, definitions)
    opened = _asking.opened(record, "direct_care", "reach", f"priority {priority}, on {on}")
    told = linked(read_truth(truth_file), opened.identity())
    asked = Asked(opened, on, lists, "", edition, folder)
    if rules:
        wrong = fairness(RULES.load(lists, folder), asked, told)
        for line in _errors(wrong):
            click.echo(line)
        return wrong
    found = compared(strategies, asked, told, capacity=capacity)
    measures = found.measures.set_index("strategy")
    click.echo(f"One population, chosen on {on:%d %B %Y}. Another would come out otherwise:")
    click.echo("see `fairpractice reach --scenario as-assumed` for how much.")
    for line in _table(measures):
        click.echo(line)
    return found.groups


def _of_record(
    record: Path, by: str, on: dt.date, definitions: Path | None, edition: str
) -> "pd.DataFrame":
    from fairpractice.case_finding.listable import Asked
    from fairpractice.case_finding.reach import of_referrals, reach, released
    from fairpractice.case_finding.strategy import REFERRED
    from fairpractice.codelists import load
    from fairpractice.local import definitions_folder
    from fairpractice.population.groups import grouping

    folder = definitions_folder(definitions)
    opened = _asking.opened(record, "planning", "reach", f"by {by}, on {on}")
    _asking.warn_of_age(opened, on)
    names = [name.strip() for name in by.split(",") if name.strip()]
    asked = Asked(opened, on, load(folder), "", edition, folder)
    people = of_referrals(asked, names, chosen=REFERRED)
    found = reach(people, names, rank="fifth")
    shown = released(found)
    click.echo(
        f"Referred to social prescribing in the 12 months to {on:%d %B %Y}, of adults with a need "
        "on record or referred. Need that nobody recorded is not seen. Counts from 1 to 7 are "
        "hidden, others rounded to 5."
    )
    for name, rows in shown.groupby("grouping", sort=False):
        click.echo(f"\n{'Everybody' if name == 'all' else grouping(str(name)).title}")
        for row in rows.to_dict("records"):
            click.echo(f"  {_group(row)}")
    click.echo(f"\n{_inequity(found.inequity)}")
    return shown


def _group(row: dict[Any, Any]) -> str:
    label = "Everybody" if row["group"] == "all" else row["group"]
    if row["status"] not in ("ok", "no_limits"):
        return f"{label:<46} {row['reason']}"
    return (
        f"{label:<46} {row['value']:>6.1%} ({row['lower']:.1%} to {row['upper']:.1%}), "
        f"{row['numerator']:,.0f} of {row['denominator']:,.0f}"
    )


def _inequity(found: "Inequity") -> str:
    if found.value is None:
        return f"Horizontal inequity index: not worked out, {found.reason}."
    side = "more" if found.value < 0 else "less"
    sure = (found.lower or 0) * (found.upper or 0) > 0
    told = (
        f"among people with as many needs on record, those in deprived areas are reached {side}"
        if sure
        else "no difference along deprivation can be told from chance"
    )
    limits = f"{found.lower:.3f} to {found.upper:.3f}"
    return f"Horizontal inequity index: {found.value:.3f} ({limits}): {told}."


def _errors(wrong: "pd.DataFrame") -> Iterator[str]:
    """Yield each rule's errors over everybody, and whom it serves worse."""
    for rule, rows in wrong.groupby("rule", sort=False):
        yield f"\n{rule}, held to: {rows['looks_for'].iloc[0]}"
        for error, what in (("missed", "misses"), ("false_alarm", "is wrong about")):
            whole = rows[(rows["error"] == error) & (rows["grouping"] == "all")].iloc[0]
            rate = (
                f"{whole['value']:.1%} ({whole['lower']:.1%} to {whole['upper']:.1%}) "
                f"of {whole['of']:,}"
                if whole["status"] == "ok"
                else f"nobody can be told: {whole['reason']}"
            )
            yield f"  {what} {rate}"
        for warning in rows["warning"][rows["warning"] != ""]:
            yield f"  Warning: {warning}."


def _table(wide: "pd.DataFrame") -> Iterator[str]:
    """Yield a row a measure and a column a strategy."""
    from fairpractice.case_finding.comparing import MEASURES

    names = list(wide.index)
    wide_as = max(map(len, names)) + 2
    yield f"{'':<48}" + "".join(f"{name:>{wide_as}}" for name in names)
    for measure in SHOWN:
        if measure in wide:
            form = ".1%" if measure in PERCENT else ",.0f" if measure == "listed" else ".2f"
            figures = (format(wide.at[name, measure], form) for name in names)
            yield f"{MEASURES[measure]:<48}" + "".join(f"{text:>{wide_as}}" for text in figures)


def _worse(found: "Summary", ours: str) -> Iterator[str]:
    """Yield where ours does worse, beyond chance."""
    from fairpractice.case_finding.comparing import MEASURES

    worse = found.against[found.against["upper"] < 0]
    for measure, rows in worse.groupby("measure", sort=False):
        others = ", ".join(sorted(rows["other"]))
        yield f"{ours} does worse than {others}: “{MEASURES[str(measure)].lstrip('… ')}”."
    if worse.empty:
        yield f"{ours} does worse than none of them in any of these, as far as can be told."
