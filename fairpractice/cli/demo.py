"""Try it all on a fictional network: make it, import it, report on it."""

import shlex
import shutil
import sys
import time
from pathlib import Path

import click

from fairpractice.errors import FairpracticeError


MARK = ".made-by-fairpractice-demo"
DAY = "2026-10-31"


@click.command()
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="The folder to work in; what an earlier demo left there is replaced.",
)
@click.option("--people", type=int, default=50_000, show_default=True, help="How many people.")
@click.option("--serve", is_flag=True, help="Then run the service over it, until Ctrl-C.")
def command(out: Path, people: int, serve: bool) -> None:
    """Make a fictional primary care network, import its extract, and report on it.

    Each step is an ordinary command, shown before it runs.
    """
    from fairpractice import cli

    _clear(out)
    extract, record, definitions = out / "extract", out / "pcn.record", out / "definitions"
    report = out / "report.html"
    deprivation = extract / "deprivation.csv"
    local = ["--definitions", definitions]
    on_the_day = ["--record", record, "--on", DAY, *local]
    asked = [*on_the_day, "--edition", "fictional2025"]
    began = time.monotonic()
    for step in (
        ["synthetic", extract, "--people", people, "--on", DAY],
        ["deprivation", "add", "fictional2025", "--file", deprivation, *local],
        ["import", "csv", extract, "--record", record, "--today", DAY, *local],
        ["report", *asked, "--out", report],
    ):
        arguments = [str(part) for part in step]
        click.secho(f"\n$ fairpractice {shlex.join(arguments)}", bold=True)
        sys.stdout.flush()
        if status := cli.run(arguments):
            sys.exit(status)
    click.echo(
        f"\nAll of it took {time.monotonic() - began:.0f} seconds. Open {report} in a browser, "
        "and go on with:\n"
    )
    worklist = ["worklist", "missed-reviews", "--practice", "Y99001", "--purpose", "direct-care"]
    for again in (
        ["explain", "missed-reviews"],
        [*worklist, *on_the_day, "--out", out / "list.csv"],
        ["data-quality", *asked],
    ):
        click.echo(f"  fairpractice {shlex.join(str(part) for part in again)}")
    if serve:
        over = ["serve", "--record", record, *local, "--edition", "fictional2025"]
        arguments = [str(part) for part in (*over, "--home", out / "service", "--demo")]
        click.secho(f"\n$ fairpractice {shlex.join(arguments)}", bold=True)
        sys.stdout.flush()
        sys.exit(cli.run(arguments))


def _clear(out: Path) -> None:
    """Empty the folder, if it is one that a demo made."""
    if out.exists() and not (out / MARK).exists() and any(out.iterdir()):
        raise FairpracticeError(
            "The folder has something in it that no demo made",
            where=str(out),
            fix="Name another with --out.",
        )
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    (out / MARK).touch()
