"""Run the service: people's records, questions and referrals in a browser."""

import datetime as dt
import signal
import subprocess
import sys
from pathlib import Path

import click

from fairpractice.cli import _service, options
from fairpractice.errors import FairpracticeError


SEEN_TO_EACH = 30  # seconds
NETWORK = ("U99001", "Fairport network")
PARTNER = ("P99001", "Fairport advice centre")


@click.command()
@options.record
@options.definitions
@click.option("--port", type=int, default=8000, show_default=True, help="Where it answers.")
@click.option(
    "--home",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where its own database and keys are kept.  [default: FAIRPRACTICE_HOME, else ./service]",
)
@click.option("--edition", default=None, help="The edition of deprivation that portraits show.")
@click.option(
    "--demo",
    is_flag=True,
    help="Let anybody sign in as one of a set of fictional people, one for each role.",
)
def command(
    record: Path,
    definitions: Path | None,
    port: int,
    home: Path | None,
    edition: str | None,
    demo: bool,
) -> None:
    """Run the service over a record, on this machine, until Ctrl-C.

    Without FAIRPRACTICE_DATABASE_URL it starts a PostgreSQL of its own. For others to reach it,
    see docs/how-to/run-the-service.md.
    """
    said = {"FAIRPRACTICE_RECORD": str(record.resolve()), "FAIRPRACTICE_HTTPS": "no"}
    if definitions:
        said["FAIRPRACTICE_DEFINITIONS"] = str(definitions.resolve())
    if home:
        said["FAIRPRACTICE_HOME"] = str(home.resolve())
    if edition:
        said["FAIRPRACTICE_EDITION"] = edition
    said["FAIRPRACTICE_DEMO"] = "yes" if demo else "no"
    _service.prepare(**said)
    from fairpractice.web.config.schema import migrate

    migrate()
    _load(record, demo=demo)
    _run(port, demo=demo)


def _load(record: Path, *, demo: bool) -> None:
    from fairpractice.record.opened import open_record
    from fairpractice.web.patients.loading import load_people

    added = load_people(open_record(record, purpose="direct_care"), *NETWORK, fictional=demo)
    click.echo(f"{added:,} people were added to the service.")
    if demo:
        from fairpractice.web.accounts import personas
        from fairpractice.web.cases import demo as fictional_help
        from fairpractice.web.directory import demo as fictional_directory
        from fairpractice.web.organisations.actions import add_partner, first_practice
        from fairpractice.web.patients.actions import show_pages_of

        practice, partner = first_practice(), add_partner(*PARTNER)
        personas.make(practice, partner)
        fictional_directory.make(partner)
        somebody = practice.patients.order_by("record_id").first()
        in_half_a_year = dt.date.today() + dt.timedelta(days=182)
        show_pages_of(somebody, f"{personas.PREFIX}patient")
        show_pages_of(somebody, f"{personas.PREFIX}proxy", in_half_a_year)
        fictional_help.helped(practice.network, partner, somebody)


def _run(port: int, *, demo: bool) -> None:
    """Run the server beside this process, which seals the audit trail and sends until it ends."""
    arguments = ["--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "4"]
    # Each worker loads for itself: DuckDB loaded before a fork brings a worker down at its end.
    arguments += ["--log-level", "warning", "fairpractice.web.config.wsgi"]
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", *arguments])
    click.echo(f"\nThe service answers at http://127.0.0.1:{port}/ until you press Ctrl-C.")
    if demo:
        _say_who(port)
    sys.stdout.flush()
    # Nobody waits for the lists of a demonstration; stopped on the way, making them harms nothing.
    beside = [subprocess.Popen([sys.executable, "-m", "fairpractice", "refresh"])] if demo else []
    signal.signal(signal.SIGTERM, lambda *_: server.terminate())
    try:
        while True:
            try:
                status = server.wait(SEEN_TO_EACH)
                break
            except subprocess.TimeoutExpired:
                _see_to()
    except KeyboardInterrupt:
        server.terminate()  # a terminal has told it too; whoever sent a signal to us has not
        server.wait()
        status = 0
    for each in beside:
        each.terminate()
        each.wait()
    _see_to()
    if status not in (0, -signal.SIGTERM):
        raise FairpracticeError(
            "the service stopped",
            where=f"port {port}, exit status {status}",
            fix="Is something else at that port? Choose another with --port.",
        )


def _see_to() -> None:
    """Send what is due, ask what arrived, seal the trail; what cannot be done now is due again."""
    from fairpractice.web.config.outliving import outlive
    from fairpractice.web.core import audit
    from fairpractice.web.messaging import arriving, sending

    try:
        outlive(sending.send_due)
        outlive(arriving.ask_due)
        outlive(audit.seal)
    except FairpracticeError as error:
        click.echo(str(error), err=True)


def _say_who(port: int) -> None:
    from fairpractice.web.accounts import personas

    click.echo(f"Sign in at http://127.0.0.1:{port}/sign-in/ as:")
    for each in personas.everyone():
        click.echo(f"  {each.get_role_display().lower()}, {each.organisation.name}")
