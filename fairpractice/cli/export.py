"""Write a record in a standard that others read: FHIR R4."""

from pathlib import Path
from typing import Literal

import click

from fairpractice.cli import _asking, options


@click.group()
def command() -> None:
    """Write a record in a standard that others read."""


@command.command("fhir")
@options.record
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="The folder to write, which must not be there yet.",
)
@click.option(
    "--form",
    type=click.Choice(["ndjson", "bundle"]),
    default="ndjson",
    show_default=True,
    help="A file a kind of resource, one resource a line; or all in one Bundle.",
)
@click.option(
    "--identity",
    is_flag=True,
    help="Tell NHS numbers, names, dates of birth and contact details: direct care alone may.",
)
@options.purpose
@options.definitions
def fhir_command(
    record: Path,
    out: Path,
    form: Literal["ndjson", "bundle"],
    identity: bool,
    purpose: str,
    definitions: Path | None,
) -> None:
    """Write a record as FHIR R4, by pseudonyms; the audit trail says so."""
    from fairpractice.interoperability.fhir.export import export_fhir
    from fairpractice.local import definitions_folder

    with _asking.progress() as progress:
        written = export_fhir(
            record,
            out,
            purpose=purpose,
            form=form,
            identity=identity,
            definitions=definitions_folder(definitions),
            progress=lambda step, done, total: progress(step.capitalize(), done / max(total, 1)),
        )
    for kind, count in sorted(written.items()):
        click.echo(f"{kind}: {count:,}")
    click.echo(f"Written to {out}, for {purpose.replace('_', ' ')}.")
    if not identity:
        click.echo("People are pseudonyms; what is said of them may still tell who they are.")
