"""Say in plain English what a measure, rule or priority asks, and whether its spec holds."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from fairpractice.cli import options
from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    from fairpractice.criteria.definition import Definition


@click.command()
@click.argument("name", metavar="[ID]", required=False)
@options.definitions
def command(name: str | None, definitions: Path | None) -> None:
    """Say in plain English what the measure, rule or priority ID asks, and whether its spec holds.

    Without an ID, name them all. The spec is run: exit status 2 when it does not hold.
    """
    import datetime as dt
    import difflib

    from fairpractice.case_finding.in_words import explain_priority
    from fairpractice.case_finding.priority import PRIORITIES, Priority
    from fairpractice.case_finding.rule import RULES
    from fairpractice.codelists import load
    from fairpractice.criteria import spec
    from fairpractice.criteria.explain import NOT_AVAILABLE, explain
    from fairpractice.local import definitions_folder
    from fairpractice.measures.measure import MEASURES

    folder = definitions_folder(definitions)
    lists = load(folder)
    measures, rules = MEASURES.load(lists, folder), RULES.load(lists, folder)
    priorities = PRIORITIES.load(lists, folder)
    if name is None:
        _list("Measures", measures)
        click.echo()
        _list("Rules", rules)
        click.echo()
        _list("Priorities", priorities)
        return
    all_of_them: dict[str, Definition] = {**measures, **rules, **priorities}
    if name not in all_of_them:
        close = difflib.get_close_matches(name, all_of_them, n=1)
        raise FairpracticeError(
            f"There is no measure, rule or priority {name!r}",
            fix=f"Did you mean {close[0]}?" if close else "`fairpractice explain` names them all.",
        )
    definition = all_of_them[name]
    click.echo(f"{definition.title}\n{type(definition).__name__} {name}")
    today = dt.date.today()
    parts = (
        explain_priority(definition, lists, today=today)
        if isinstance(definition, Priority)
        else explain(definition, lists, today=today)
    )
    for part in parts:
        click.echo(f"\n{part.heading}")
        for line in part.lines:
            click.echo(_wrapped(f"- {line}" if len(part.lines) > 1 else line))
        if part.drawn:
            click.echo("\n" + "\n".join(f"  {line}" for line in part.drawn.splitlines()))
    if empty := definition.empty_lists(lists):
        click.echo(
            f"\n{NOT_AVAILABLE.format(', '.join(empty)).capitalize()}. The spec was not run."
        )
        return
    differences = spec.differences(definition, lists)
    if differences:
        raise FairpracticeError(
            "The spec does not hold: "
            + "; ".join(f"“{who}” is to be {want}, and is {got}" for who, want, got in differences),
            where=definition.file,
            fix="Correct what is asked, or what is expected.",
        )
    people = len(spec.parse(definition.spec, lists).people)
    click.echo(f"\nThe spec holds for all {people} people.")


def _list(heading: str, definitions: "Mapping[str, Definition]") -> None:
    width = max(map(len, definitions), default=0)
    click.echo(heading)
    for name, definition in sorted(definitions.items(), key=lambda each: each[1].title):
        click.echo(f"  {name:{width}}  {definition.title}")


def _wrapped(line: str) -> str:
    indent = "    " if line.startswith("- ") else "  "
    return click.wrap_text(line, width=88, initial_indent="  ", subsequent_indent=indent)
