"""Options that several verbs share, so that they read and mean the same everywhere."""

import contextlib
import datetime as dt
import re
from pathlib import Path

import click

from fairpractice.record.tables import PURPOSES


def day(text: str) -> dt.date:
    """Read a calendar day written year-month-day.

    Raises
    ------
    click.BadParameter
        When it is written another way, or there is no such day.
    """
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        with contextlib.suppress(ValueError):
            return dt.date.fromisoformat(text)
    raise click.BadParameter(f"{text!r} is not a day. Write it as year-month-day: 2026-03-31.")


def _with_underscores(ctx: click.Context, param: click.Parameter, value: str) -> str:
    return value.replace("-", "_")


record = click.option(
    "--record",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="The folder that holds the record.",
)

purpose = click.option(
    "--purpose",
    type=click.Choice([name.replace("_", "-") for name in PURPOSES]),
    default="research",
    show_default=True,
    callback=_with_underscores,
    help="Why the record is read. It decides whose objections apply; research is the strictest.",
)

definitions = click.option(
    "--definitions",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="The folder of local measures, rules, codelists and deprivation files.  [default: "
    "FAIRPRACTICE_DEFINITIONS, else ./definitions]",
)

on = click.option(
    "--on",
    type=day,
    metavar="YYYY-MM-DD",
    default=lambda: dt.date.today().isoformat(),
    show_default="today",
    help="The day to answer for.",
)
