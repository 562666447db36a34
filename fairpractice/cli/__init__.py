"""The command line: one short module a verb, found by looking in this folder.

A module that defines ``command`` is a verb: ``data_quality.py`` is ``fairpractice data-quality``,
and ``import_.py``, whose name Python keeps for itself, is ``fairpractice import``. The first line
of its docstring is its line of help, read without importing it, so that ``fairpractice --help``
answers at once however heavy the verbs are.

Exit status: 0 done; 2 something that the person can put right, said on stderr; 70 a fault of
ours, with its traceback in a file; 130 stopped by Ctrl-C; 141 nobody reads the output any more.
"""

import ast
import difflib
import errno
import importlib
import importlib.util
import io
import os
import pkgutil
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import click

from fairpractice import __version__
from fairpractice.errors import FairpracticeError


PUT_RIGHT = 2
OUR_FAULT = 70  # EX_SOFTWARE in sysexits.h
INTERRUPTED = 130
BROKEN_PIPE = 141

MACHINE_FIXES = {
    errno.ENOSPC: "Make room on the disk and run it again; what was there before is untouched.",
    errno.EDQUOT: "Make room within your quota and run it again.",
    errno.EROFS: "Choose a folder that can be written to.",
    errno.EACCES: "Ask for access to it, or choose another place.",
    errno.EPERM: "Ask for access to it, or choose another place.",
    errno.ENOENT: "Check the name and the folder.",
    errno.ENOTDIR: "Check the name: part of it is a file where a folder is meant.",
    errno.EISDIR: "Give a file, not a folder.",
}


class Verbs(click.Group):
    """A group whose commands are the modules of this folder, imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the verbs in order."""
        return sorted(verbs())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one verb, or return None when there is no such verb."""
        modules = {name: module for module, name in _modules()}
        if cmd_name not in modules:
            return None
        command = getattr(importlib.import_module(modules[cmd_name]), "command", None)
        return command if isinstance(command, click.Command) else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the verb that was asked for, or say which it may have been meant to be."""
        if not ctx.resilient_parsing and self.get_command(ctx, args[0]) is None:
            close = difflib.get_close_matches(args[0], self.list_commands(ctx), n=1)
            meant = f" Did you mean {close[0]}?" if close else ""
            raise click.UsageError(f"There is no verb {args[0]!r}.{meant}", ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write a line for each verb."""
        if rows := sorted(verbs().items()):
            with formatter.section("Verbs"):
                formatter.write_dl(rows)


def _modules() -> list[tuple[str, str]]:
    """Return the modules of this folder with the name that each has on the command line."""
    return [
        (f"{__name__}.{found.name}", found.name.rstrip("_").replace("_", "-"))
        for found in pkgutil.iter_modules(__path__)
        if not found.name.startswith("_")
    ]


def verbs() -> dict[str, str]:
    """Return every verb with its line of help, importing none of them."""
    found = {}
    for module, name in _modules():
        spec = importlib.util.find_spec(module)
        if spec is None or spec.origin is None:
            continue
        tree = ast.parse(Path(spec.origin).read_bytes())
        if any(_defines_command(statement) for statement in tree.body):
            found[name] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def _defines_command(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.FunctionDef):
        return statement.name == "command"
    return isinstance(statement, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "command" for target in statement.targets
    )


@click.group(
    cls=Verbs,
    invoke_without_command=True,
    subcommand_metavar="VERB ...",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(__version__, prog_name="fairpractice")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Know the population, find who is missed, act in proportion to need."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit status: the way in for ``fairpractice``."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit status. No traceback reaches the screen."""
    _carry_any_character()
    try:
        with cli.make_context("fairpractice", list(arguments)) as context:
            cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return PUT_RIGHT
    except FairpracticeError as error:
        return _say(error)
    except (KeyboardInterrupt, click.Abort, EOFError):
        return INTERRUPTED
    except BrokenPipeError:
        _stop_writing()
        return BROKEN_PIPE
    except Exception as error:
        if isinstance(error, OSError) and error.errno in MACHINE_FIXES:
            return _say(_of_the_machine(error, error.errno))
        return _apologise(error)
    return 0


def _say(error: FairpracticeError) -> int:
    click.echo(f"Error: {error}", err=True)
    return PUT_RIGHT


def _of_the_machine(error: OSError, number: int) -> FairpracticeError:
    """Say what the operating system refused, and what to do about it."""
    what = error.strerror or os.strerror(number)
    return FairpracticeError(what, where=str(error.filename or ""), fix=MACHINE_FIXES[number])


def _apologise(error: Exception) -> int:
    """Keep the traceback in a file that only its owner reads, and say where it is.

    The message of the error stays in the file: it may quote the data.
    """
    report = (
        f"fairpractice {__version__}, Python {platform.python_version()}, {platform.platform()}\n\n"
        + "".join(traceback.format_exception(error))
    )
    try:
        with tempfile.NamedTemporaryFile(
            "w",
            encoding="utf-8",
            errors="replace",
            prefix="fairpractice-",
            suffix=".log",
            delete=False,
        ) as log:
            log.write(report)
        details = f"The details are in {log.name}; look through them before you share them."
    except OSError:
        details = "The details could not be written to the temporary folder."
    click.echo(
        f"Sorry: fairpractice failed in a way it should not ({type(error).__name__}). {details}",
        err=True,
    )
    return OUR_FAULT


def _carry_any_character() -> None:
    """Let a terminal that lacks a character show a question mark instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _stop_writing() -> None:
    """Point stdout at nothing, so that Python's own last flush is silent too."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
