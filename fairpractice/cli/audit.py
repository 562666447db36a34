"""The service's audit trail: seal what was added, and verify that nothing was changed."""

import click

from fairpractice.errors import FairpracticeError


@click.group()
def command() -> None:
    """The service's audit trail: seal what was added, and verify that nothing was changed.

    The database is the one that FAIRPRACTICE_DATABASE_URL names, else that of FAIRPRACTICE_HOME.
    """
    from fairpractice.cli import _service

    _service.prepare()


@command.command()
def seal() -> None:
    """Put the entries that wait into the chain of hashes."""
    from fairpractice.web.core import audit

    click.echo(f"{audit.seal():,} entries were sealed.")


@command.command()
def verify() -> None:
    """Check that no entry was changed or taken out since it was sealed."""
    from fairpractice.web.core import audit

    found = audit.verify()
    if found.problem:
        raise FairpracticeError(
            f"the audit trail was altered: {found.problem}",
            where=f"entry {found.altered}, after {found.entries:,} sound ones",
            fix="Keep a copy, restore the database from a backup, and tell whoever answers for it.",
        )
    click.echo(
        f"{found.entries:,} sealed entries, none altered; {found.unsealed:,} not sealed yet."
    )
    click.echo(f"Last hash: {found.last_hash}")
    click.echo("Note it elsewhere: that the last entries were cut off shows in no other way.")
