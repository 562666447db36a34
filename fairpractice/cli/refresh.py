"""Bring what was entered into the record, and make lists and figures again, day and night."""

import click


@click.command()
@click.option(
    "--again",
    is_flag=True,
    help="Make the figures of the last month-end again, because the record has changed since.",
)
def command(again: bool) -> None:
    """Bring what was entered in the service into FAIRPRACTICE_RECORD, and make its worklists again.

    What was entered comes as one batch of the source “service”, which replaces the one before,
    whole or not at all. Then every rule is asked of everybody, in one run, and the lists that
    pages show are replaced, all at once. Run it as often as you like; stopped or killed, it leaves
    what is shown as it was. While one runs, a second says so and does nothing.

    Then come the figures of each network: of every measure as of the last month-end, once for it
    (see docs/how-to/see-where-care-is-unequal.md); and, as of today, how far help got and to whom.

    The database is the one that FAIRPRACTICE_DATABASE_URL names, else that of FAIRPRACTICE_HOME.
    """
    from fairpractice.cli import _service

    _service.prepare()
    run(again=again)


def run(*, again: bool = False) -> None:
    """Refresh the service that is set up, and say what was done."""
    from fairpractice.web.improvement import score
    from fairpractice.web.population import making, reached
    from fairpractice.web.worklists.making import refresh

    def progress(step: str, done: int, total: int) -> None:
        click.echo(f"{step[0].upper()}{step[1:]}: {done:,} of {total:,}", err=True)

    done = refresh(progress)
    if done.brought:
        facts, objections = done.brought["social_fact"], done.brought["objection"]
        click.echo(f"{facts:,} facts and {objections:,} objections are in the record.")
    else:
        click.echo("Nothing has changed since it was last brought in.")
    click.echo(f"{done.lists:,} worklists, with {done.places:,} places on them, are shown.")
    if done.not_here:
        click.echo(
            f"{done.not_here:,} more places are of people whom the service does not know: run "
            "`fairpractice service load` first."
        )
    for made in making.make(progress, again=again):
        shown = f"those of {made.release.on.isoformat()} are shown" if made.release else made.why
        click.echo(f"Figures of {made.network}: {shown}.")
    score.keep_all()
    for counted in reached.make():
        click.echo(
            f"How far help got in {counted.network} is shown as of {counted.on.isoformat()}."
        )
