"""Bring what was entered in the service into the record, day and night."""

from pathlib import Path

import click

from fairpractice.errors import FairpracticeError


@click.command()
def command() -> None:
    """Bring facts and objections that were entered in the service into FAIRPRACTICE_RECORD.

    They come as one batch of the source “service”, which replaces the one before, whole or not at
    all. Run it as often as you like: when nothing has changed, nothing is written.

    The database is the one that FAIRPRACTICE_DATABASE_URL names, else that of FAIRPRACTICE_HOME.
    """
    from fairpractice.cli import _service

    _service.prepare()
    from fairpractice.web.config import settings
    from fairpractice.web.sharing.into_record import bring_in

    if not settings.RECORD:
        raise FairpracticeError(
            "no record is named", where="FAIRPRACTICE_RECORD", fix="Name its folder."
        )

    def progress(step: str, done: int, total: int) -> None:
        click.echo(f"{step[0].upper()}{step[1:]}: {done:,} of {total:,}", err=True)

    brought = bring_in(Path(settings.RECORD), progress)
    if not brought:
        click.echo("Nothing has changed since it was last brought in.")
        return
    facts, objections = brought["social_fact"], brought["objection"]
    click.echo(f"{facts:,} facts and {objections:,} objections are in the record.")
