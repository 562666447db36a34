"""Work out a statistic of a table in a CSV or Parquet file.

The statistics are the public functions of :mod:`fairpractice.statistics` that take a table, and
their options are those functions' arguments: there is nothing to add here for a new one.
"""

import collections.abc
import datetime as dt
import functools
import inspect
import re
import types
import typing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import click

from fairpractice.cli import _tables


if TYPE_CHECKING:
    import pyarrow as pa

NONE = "none"
NOTHING, UNSAID = object(), object()
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
DIGITS = 4
SHOWN = 40
SHARED = {
    "by": "A column that makes groups; say it again for more. none: the whole table is one group.",
    "levels": "A confidence level, such as 0.95; say it again for more. none: no limits.",
}


class Statistics(click.Group):
    """A group whose commands are the statistics."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the statistics in order."""
        return sorted(statistics())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of a statistic, or None where there is no such statistic."""
        found = statistics().get(cmd_name.replace("_", "-"))
        return None if found is None else asking(cmd_name, found)


@click.group(cls=Statistics, subcommand_metavar="STATISTIC FILE ...")
def command() -> None:
    """Work out a statistic of a table in a CSV or Parquet file.

    Options are the columns that the statistic needs, named as they are in FILE, and how to work it
    out. What says the same in every row of the result is said once, above it.
    """


@functools.cache
def statistics() -> dict[str, Callable[..., Any]]:
    """Return the functions that take a table, by their names on the command line."""
    import fairpractice.statistics as room

    found = {name: getattr(room, name) for name in room.__all__}
    return {
        name.replace("_", "-"): function
        for name, function in found.items()
        if inspect.isfunction(function) and _takes_table(function)
    }


def _takes_table(function: Callable[..., Any]) -> bool:
    first = next(iter(inspect.signature(function).parameters.values()), None)
    return first is not None and first.kind is inspect.Parameter.POSITIONAL_ONLY


def asking(name: str, function: Callable[..., Any]) -> click.Command:
    """Return the command that asks a statistic of a file."""
    _table, *parameters = inspect.signature(function).parameters.values()
    told = {**_told_of_all(), **_told(function), **SHARED}
    options = [_option(parameter, told.get(parameter.name, "")) for parameter in parameters]
    described = (inspect.getdoc(function) or "").partition("\n\nParameters\n")[0]

    def run(file: Path, out: Path | None, rows: int, **given: Any) -> None:
        asked = {name: value for name, value in given.items() if value is not UNSAID}
        result = function(_tables.read(file), **asked)
        if out is None:
            _show(result, rows)
        else:
            _tables.write(result, out)
            click.echo(f"{result.num_rows:,} rows written to {out}.")

    return click.Command(
        name,
        callback=run,
        help=described,
        short_help=described.partition("\n")[0].removeprefix("Return ").rstrip("."),
        params=[
            click.Argument(["file"], type=FILE),
            *[option for option in options if option is not None],
            click.Option(
                ["--out"],
                type=click.Path(dir_okay=False, path_type=Path),
                help="Write the result to this file, .csv or .parquet, instead of the screen.",
            ),
            click.Option(
                ["--rows"],
                type=click.IntRange(1),
                default=SHOWN,
                show_default=True,
                help="How many rows to show.",
            ),
        ],
    )


def _option(parameter: inspect.Parameter, told: str) -> click.Option | None:
    """Return the option for an argument, or None where a command line cannot give it."""
    kind, several = _kind(parameter.annotation, parameter.default)
    if kind is None:
        return None
    needed = parameter.default is inspect.Parameter.empty
    told = re.sub(r"``|:\w+:|`", "", told)
    flag = f"--{parameter.name.replace('_', '-')}"
    if kind is bool:
        kind, flag = None, f"{flag}/--no-{flag[2:]}"
    shown = "" if needed or parameter.default in (None, ()) else _worded(parameter.default)

    def settled(_ctx: click.Context, _param: click.Parameter, value: Any) -> Any:
        if value is None or value == ():
            return UNSAID
        if several:
            return [] if tuple(value) == (NONE,) else list(value)
        return None if value is NOTHING else value

    return click.Option(
        [flag, parameter.name],
        type=kind,
        multiple=several,
        required=needed,
        callback=settled,
        help=told + (f"  [default: {shown}]" if shown else ""),
        metavar=_metavar(kind, told),
    )


def _kind(annotation: Any, default: Any) -> tuple[Any, bool]:
    """Return what reads an argument's value, and whether it may be given several times."""
    union = get_origin(annotation) in (typing.Union, types.UnionType)
    choices = get_args(annotation) if union else (annotation,)
    plain = [choice for choice in choices if choice is not type(None)]
    words = [word for kind in plain if get_origin(kind) is Literal for word in get_args(kind)]
    if words:
        return click.Choice(words), False
    for choice in plain:
        if get_origin(choice) is collections.abc.Sequence:
            (inner,) = get_args(choice)
            kind, _ = _kind(inner, None)
            return (kind if kind in (None, str) else _or(NONE, kind)), True
    if Any in plain or set(plain) == {bool, str}:
        return anything, isinstance(default, tuple)
    if len(plain) == 1 and plain[0] in (bool, int, float, str):
        wanted = len(choices) > 1 and default is not None
        return (_or(NOTHING, plain[0]) if wanted else plain[0]), False
    return None, False


def _or(nothing: Any, kind: Callable[[str], Any]) -> Callable[[str], Any]:
    """Return what reads a value, or the word that says there is none."""

    def read(text: str) -> Any:
        return nothing if text == NONE else kind(text)

    read.__name__ = kind.__name__
    return read


def anything(text: str) -> Any:
    """Return the table in a file, a number, true or false, a day, or else the text itself."""
    if text.endswith((".csv", ".csv.gz", ".parquet")):
        return _tables.read(FILE.convert(text, None, None))
    for read in (int, float, dt.date.fromisoformat):
        try:
            return read(text)
        except ValueError:
            continue
    return {"true": True, "false": False}.get(text.lower(), text)


def _metavar(kind: Any, told: str) -> str | None:
    if kind is None or isinstance(kind, click.Choice):
        return None
    if kind is str:
        return "COLUMN" if "column" in told.lower() else "TEXT"
    return {"int": "WHOLE", "float": "NUMBER"}.get(kind.__name__, "VALUE")


def _worded(default: Any) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, Sequence) and not isinstance(default, str):
        return ", ".join(map(str, default))
    return f"{default:g}" if isinstance(default, float) else str(default)


@functools.cache
def _told_of_all() -> dict[str, str]:
    """Return what is said of each argument by a function that says it and does not refer on."""
    return {name: told for found in statistics().values() for name, told in _told(found).items()}


def _told(function: Callable[..., Any]) -> dict[str, str]:
    """Return what a docstring says first of each of a function's arguments."""
    section = (inspect.getdoc(function) or "").partition("Parameters\n----------\n")[2]
    section = re.split(r"\n\n\w+\n-+\n", section)[0]
    told: dict[str, str] = {}
    for names, text in re.findall(r"^(\w[\w, ]*)\n((?:    .*\n|\n)+)", section + "\n", re.M):
        first = " ".join(text.split()).split(". ")[0].rstrip(".") + "."
        if not first.startswith(("As for", "As there")):
            told |= dict.fromkeys(re.split(r",\s*", names), first)
    return told


def _show(result: "pa.Table", rows: int) -> None:
    from fairpractice.reporting.terminal import Page

    page = Page()
    table = result.slice(0, rows).to_pydict()
    whole = {name: result.column(name).unique() for name in result.column_names}
    same = {
        name: table[name][0]
        for name, values in whole.items()
        if result.num_rows > 1 and len(values) == 1
    }
    said = [f"{name}: {_cell(value)}" for name, value in same.items() if value is not None]
    if said:
        page.say("; ".join(said))
    shown = [name for name in result.column_names if name not in {*same, "reason"}]
    some = range(min(rows, result.num_rows))
    page.table(shown, [[_cell(table[name][row]) for name in shown] for row in some])
    if result.num_rows > rows:
        page.say(f"{result.num_rows - rows:,} more rows: see --rows and --out.")
    if {"status", "reason"} <= {*table} - {*same}:
        why = dict.fromkeys(zip(table["status"], table["reason"], strict=True))
        for status, reason in why:
            if reason is not None:
                page.say(reason, status)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.{DIGITS}g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)
