"""Look after the service's database: bring it up to date, load people, invite colleagues."""

from pathlib import Path

import click

from fairpractice.errors import FairpracticeError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Look after the service's database: bring it up to date, load people, invite colleagues.

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


@command.command()
@click.option(
    "--each", type=float, default=None, help="Send again every so many seconds, until stopped."
)
def send(each: float | None) -> None:
    """Send what waits, and ask whether what was sent arrived.

    Again, or twice at once, sends none twice.
    """
    import time

    from fairpractice.web.config.outliving import outlive
    from fairpractice.web.messaging import arriving, sending

    while True:
        try:
            click.echo(f"Messages seen to: {outlive(sending.send_due)}")
            outlive(arriving.ask_due)
        except FairpracticeError as error:
            if each is None:
                raise
            click.echo(str(error), err=True)
        if each is None:
            return
        time.sleep(each)


@command.command()
@click.argument("username")
@click.option("--name", required=True, help="What they are called.")
@click.option("--role", required=True, help="In which role, such as administrator or clinician.")
@click.option("--organisation", required=True, help="At the organisation with which code.")
@click.option(
    "--subject", default="", help="What FAIRPRACTICE_STAFF_ISSUER calls them; then no link is made."
)
@click.option(
    "--address", default=None, help="Where the service answers.  [default: FAIRPRACTICE_HOSTS]"
)
def invite(
    username: str, name: str, role: str, organisation: str, subject: str, address: str | None
) -> None:
    """Make somebody a colleague, and print the link with which they set up how they sign in.

    Again for the same USERNAME adds a role or an organisation, and gives a new link.
    """
    from fairpractice.web.accounts import invitations

    link = invitations.made_for(username, name, role, organisation, subject, address)
    if not link:
        click.echo(f"{name} can sign in now.")
        return
    days = invitations.LIFE.days
    click.echo(f"Give {name} this link. It opens once, until {days} days from now:\n{link}")


@command.command()
@click.argument("username")
def dismiss(username: str) -> None:
    """End every membership of USERNAME from now on. What they did stays theirs."""
    from fairpractice.web.accounts import invitations

    ended = invitations.end(username)
    click.echo(f"Memberships ended: {ended}")


@command.command()
@click.argument(
    "files",
    nargs=-1,
    metavar="[FILE]...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--source", default="A directory", show_default=True, help="Whose directory it is.")
@click.option("--look", is_flag=True, help="Say what it would do, and change nothing.")
@click.option(
    "--let-in", multiple=True, metavar="ID", help="A service that may be known after all."
)
@click.option("--keep-out", multiple=True, metavar="ID", help="A service that must stay hidden.")
@click.option(
    "--postcodes",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="A table of postcodes and where they are, by which distances are told.",
)
def directory(
    files: tuple[Path, ...],
    source: str,
    look: bool,
    let_in: tuple[str, ...],
    keep_out: tuple[str, ...],
    postcodes: Path | None,
) -> None:
    """Take a directory of services in: JSON as Open Referral UK 3.0 or HSDS 3 writes it.

    Services whose whereabouts must stay hidden, such as refuges, are left out and counted. With
    nothing said, it works out again by what services are found, as after an upgrade.
    """
    from fairpractice.cli import _directory

    if not (files or let_in or keep_out or postcodes):
        _directory.work_out_again()
    _directory.decide(let_in, keep_out)
    if postcodes:
        _directory.load_postcodes(postcodes)
    if files:
        _directory.take_in(files, source, look=look)
