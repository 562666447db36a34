"""Add publishers' deprivation files, see which are there, score practices."""

from pathlib import Path

import click

from fairpractice.cli import options


FILE = click.Path(dir_okay=False, path_type=Path)


@click.group()
def command() -> None:
    """Add publishers' deprivation files, see which are there, score practices.

    No index of deprivation is shipped: each is its publisher's, and is added once from the
    publisher's own file, whose hash is kept.
    """


@command.command()
@click.argument("edition")
@click.option("--file", type=FILE, required=True, help="The publisher's .xlsx, .csv or .csv.gz.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME=HEADING",
    help="A heading to use instead of the publisher's usual one; NAME is area_code, rank, decile, "
    "score or population.",
)
@options.definitions
def add(edition: str, file: Path, columns: tuple[str, ...], definitions: Path | None) -> None:
    """Check the publisher's file of an EDITION, such as imd2025, and keep it."""
    from fairpractice.population import deprivation

    named = {}
    for column in columns:
        name, equals, heading = column.partition("=")
        if not equals:
            raise click.BadParameter(f"{column!r} is not NAME=HEADING", param_hint="--column")
        named[name.strip()] = heading
    found = deprivation.add(edition, file, definitions, columns=named)
    wanted = deprivation.editions()[edition]
    click.echo(f"{wanted.title}: {found['rows']:,} areas ({wanted.unit}) added.")
    click.echo(f"SHA-256 of {found['file']}: {found['sha256']}")
    absent = [name for name in deprivation.COLUMNS if name not in found["columns"]]
    if absent:
        click.echo(f"The file had no {' and no '.join(absent)}. {wanted.note}".strip())


@command.command()
@options.definitions
def status(definitions: Path | None) -> None:
    """Say which editions and look-ups have been added, and from which files."""
    from fairpractice.population import deprivation, kept, lookups

    known = {name: found.unit for name, found in deprivation.editions().items()}
    known[lookups.PUBLISHED] = "look-up between vintages"
    for name, about in known.items():
        source = kept.provenance(name, definitions)
        click.echo(f"{name}: {about}; " + ("not added" if source is None else "added"))
        if source is not None:
            click.echo(
                f"    {source['rows']:,} rows from {source['file']} on {source['read_at'][:10]}, "
                f"SHA-256 {source['sha256'][:12]}"
            )
    click.echo("In every edition 1 = most deprived. Deciles of different nations do not compare.")


@command.group()
def lookup() -> None:
    """Look-ups between drawings of the small areas."""


@lookup.command("add")
@click.argument("earlier")
@click.argument("later")
@click.option("--file", type=FILE, required=True, help="The publisher's .xlsx, .csv or .csv.gz.")
@options.definitions
def add_lookup(earlier: str, later: str, file: Path, definitions: Path | None) -> None:
    """Check the look-up from one vintage to a later one, such as lsoa_2011 lsoa_2021; keep it."""
    from fairpractice.population import lookups

    found = lookups.add_lookup(earlier, later, file, definitions)
    kinds = ", ".join(
        f"{found['changes'].get(code, 0):,} {word}" for code, word in lookups.CHANGES.items()
    )
    click.echo(f"Look-up from {earlier} to {later}: {found['rows']:,} rows added ({kinds}).")
    click.echo(f"SHA-256 of {found['file']}: {found['sha256']}")


@command.command()
@click.option("--register", type=FILE, required=True, help="Patients of practices by small area.")
@click.option("--vintage", required=True, help="Which areas the register is of: lsoa_2011 ...")
@click.option("--edition", required=True, help="Which index to score by: imd2019, imd2025 ...")
@click.option("--out", type=FILE, required=True, help="The CSV file to write.")
@options.definitions
def practices(
    register: Path, vintage: str, edition: str, out: Path, definitions: Path | None
) -> None:
    """Score practices by where their patients live (never by the practice's postcode)."""
    import pyarrow.csv

    from fairpractice.engines.duckdb import connect
    from fairpractice.population.fifths import practice_quintile
    from fairpractice.population.practices import read_register, score_register

    engine = connect()
    scored = score_register(engine, read_register(register, vintage), edition, definitions)
    fifths = practice_quintile(scored.drop("unit", "direction"))
    table = engine.to_arrow(fifths.order_by("practice_code"))
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        pyarrow.csv.write_csv(table, unfinished)
        unfinished.replace(out)
    finally:
        unfinished.unlink(missing_ok=True)
    known = table.num_rows - table["score"].null_count
    click.echo(
        f"{table.num_rows:,} practices, {known:,} scored by {edition}; written to {out}. "
        "Higher scores are more deprived; quintile 1 is the most deprived fifth of these practices."
    )
