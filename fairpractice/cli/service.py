"""Look after the service's database: bring it up to date, load the people of the record."""

import click

from fairpractice.errors import FairpracticeError


@click.group()
def command() -> None:
    """Look after the service's database: bring it up to date, load the people of the record.

    The database is the one that FAIRPRACTICE_DATABASE_URL names, else that of FAIRPRACTICE_HOME.
    """
    from fairpractice.cli import _service

    _service.prepare()


@command.command()
def upgrade() -> None:
    """Bring the database to what this version expects; again changes nothing."""
    from fairpractice.web.config.schema import migrate

    migrate()
    click.echo("The database is up to date.")


@command.command()
@click.option("--network", default="U99999", show_default=True, help="The network's ODS code.")
@click.option("--name", default="Our network", show_default=True, help="What it is called.")
def load(network: str, name: str) -> None:
    """Load the people of FAIRPRACTICE_RECORD, and where they are registered; again adds none."""
    from fairpractice.record.opened import open_record
    from fairpractice.web.config import settings
    from fairpractice.web.patients.loading import load_people

    if not settings.RECORD:
        raise FairpracticeError(
            "no record is named", where="FAIRPRACTICE_RECORD", fix="Name its folder."
        )
    record = open_record(settings.RECORD, purpose="direct_care")
    added = load_people(record, network, name, fictional=settings.IN_DEMO)
    click.echo(f"{added:,} people were added to the service.")
