"""The service's keys: make new ones, and encrypt everything again after a change."""

import click


@click.group()
def command() -> None:
    """The service's keys: make new ones, and encrypt everything again after a change."""


@command.command()
def new() -> None:
    """Print new secrets, as lines of the file of settings."""
    from fairpractice.web.config import environment

    for name, value in environment.new_secrets().items():
        click.echo(f"{name}={value}")


@command.command()
def rotate() -> None:
    """Encrypt everything that is encrypted again, with the first of FAIRPRACTICE_KEYS."""
    from fairpractice.cli import _service

    _service.prepare()
    from fairpractice.web.core import encryption

    click.echo(f"{encryption.rotate():,} rows were encrypted again.")
