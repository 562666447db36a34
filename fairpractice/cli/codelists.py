"""See which codelists are in force, and load a full list over a shipped starter."""

import datetime as dt
from pathlib import Path

import click

from fairpractice.cli import options


@click.group()
def command() -> None:
    """See which codelists are in force, and load a full list over a shipped starter.

    A shipped list is a starter (the main concepts) or declared empty (no openly licensed concept
    is known). Results say which they used.
    """


@command.command()
@options.definitions
def status(definitions: Path | None) -> None:
    """List every codelist: starter, full or empty, how many codes, from where."""
    from fairpractice.codelists import load
    from fairpractice.local import definitions_folder

    lists = list(load(definitions_folder(definitions)).values())
    width = max(len(each.id) for each in lists)
    click.echo(f"{'id':{width}}  status   codes  sha256        title; source")
    for each in lists:
        click.echo(
            f"{each.id:{width}}  {each.status:7}  {len(each.codes):5}  {each.sha256[:12]}  "
            f"{each.title}; {each.source}"
        )
    counts = {
        kind: sum(each.status == kind for each in lists) for kind in ("full", "starter", "empty")
    }
    click.echo(
        f"\n{len(lists)} codelists: {counts['full']} full, {counts['starter']} starters, "
        f"{counts['empty']} declared empty.\n"
        "A starter finds fewer people than the full list would: add the full one before you rely "
        "on a count."
    )


@command.command()
@click.argument("id")
@options.definitions
def show(id: str, definitions: Path | None) -> None:
    """Show one codelist with its codes."""
    from fairpractice.codelists import load
    from fairpractice.codelists.lists import text
    from fairpractice.local import definitions_folder

    codelist = load(definitions_folder(definitions))[id]
    click.echo(text(codelist), nl=False)


@command.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--id", required=True, help="The id that measures and rules know the list by.")
@click.option("--title", default="", help="What the codes mean.  [default: the starter's title]")
@click.option("--source", default="", help="Where the list is from, exactly enough to find it.")
@click.option("--licence", default="", help="The terms on which it may be used.")
@click.option("--release", default="", help="The release or version of the source.")
@click.option(
    "--system", default="", help="The code system: snomed, dmd, ctv3, cvx or local.  [snomed]"
)
@click.option("--category", default="", help="The heading of the column of categories.")
@options.definitions
def add(file: Path, id: str, category: str, definitions: Path | None, **said: str) -> None:
    """Load a full codelist from FILE over the starter of that id, or as a new list.

    FILE is a CSV file such as OpenCodelists gives. A tidy copy is kept in the definitions folder
    and locked: a list that changes afterwards is refused.
    """
    from fairpractice.codelists import load
    from fairpractice.codelists.lock import add
    from fairpractice.local import definitions_folder

    folder = definitions_folder(definitions) / "codelists"
    starter = load().get(id)
    added = add(
        file,
        folder,
        id=id,
        said=said,
        on=dt.date.today(),
        starter=starter,
        category=category,
    )
    if not added.changed:
        click.echo(f"{id} was already added from this file: nothing changed.")
        return
    count = _codes(len(added.codelist.codes))
    click.echo(f"Added {id} ({added.codelist.title}): {count}, in {folder / f'{id}.csv'}.")
    if starter is None:
        click.echo("No list of this id is shipped: measures and rules of yours can name it.")
        return
    click.echo(f"The starter had {_codes(len(starter.codes))}; {len(added.gained)} are new.")
    terms = {code.code: code.term for code in starter.codes}
    for codes, what in (
        (added.missing, "of the starter not in it: people known by these alone are lost"),
        (added.moved, "in another category than in the starter"),
    ):
        if codes:
            click.echo(f"Warning: {_codes(len(codes))} {what}.", err=True)
            for code in codes:
                click.echo(f"  {code} {terms[code]}", err=True)


def _codes(count: int) -> str:
    return f"{count} code{'' if count == 1 else 's'}"
