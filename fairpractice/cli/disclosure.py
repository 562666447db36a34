"""Hide small numbers in tables to be published, or try to work out what a release hides."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairpractice.cli import _tables
from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    import pyarrow as pa

    from fairpractice.statistics.disclosure import Rule, Table

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
SAID = ("status", "reason", "method", "direction", "definition", "scale")


def _meaning(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what columns mean, the same of all files."""
    several = {"multiple": True, "metavar": "COLUMN"}
    for option in (
        click.option("--by", **several, help="A column that says what a row is about.  "  # type: ignore[arg-type]
                     "[default: those that are not numbers]"),
        click.option("--count", "counts", **several, help="A column that counts people or events.  "  # type: ignore[arg-type]
                     "[default: those named as the statistics here name them, else all numbers]"),
        click.option("--part", "parts", multiple=True, metavar="PART=WHOLE",
                     help="Which count is part of which, so that the rest is protected too."),
        click.option("--across", **several, help="A column of --by over which nothing is added up, "  # type: ignore[arg-type]
                     "such as a date."),
        click.option("--total", default="all", show_default=True,
                     help="What a total has in the column that it adds up over."),
        click.option("--hidden-up-to", type=click.IntRange(1), help="Smaller counts are hidden.  "
                     "[default: the project's rule, 7]"),
        click.option("--rounded-to", type=click.IntRange(1), help="What counts are rounded to; 1 "
                     "leaves them exact.  [default: the project's rule, 5]"),
    ):  # fmt: skip
        command = option(command)
    return command


@click.group()
def command() -> None:
    """Hide small numbers in tables to be published, or try to work out what a release hides.

    Files are CSV or Parquet. Those named together are one release: a column or group of the same
    name means the same in all.
    """


@command.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path),
              help="The folder to write to, a file for each.")  # fmt: skip
@click.option("--earlier", multiple=True, type=FILE, help="A table that was published before.")
@_meaning
def protect(
    files: Sequence[Path], out: Path, earlier: Sequence[Path], hidden_up_to: int | None,
    rounded_to: int | None, **meaning: Any,
) -> None:  # fmt: skip
    """Write FILES as they may be published together: small counts hidden, others rounded.

    Hidden too is what a small count could be worked out from.
    """
    from fairpractice.statistics.disclosure import protect_together

    if clash := [path for path in files if (out / path.name).exists()]:
        raise FairpracticeError(
            "A file would be replaced", where=str(out / clash[0].name), fix="Choose a new folder."
        )
    rule = _rule(hidden_up_to, rounded_to)
    tables = [_table(_tables.read(path), **meaning) for path in files]
    before = [_table(_tables.read(path), **meaning) for path in earlier]
    done = protect_together(tables, rule=rule, earlier=before)
    out.mkdir(parents=True, exist_ok=True)
    for path, rows in zip(files, done, strict=True):
        _tables.write(rows, out / path.name)
        hidden = sum(status == "hidden" for status in rows["status"].to_pylist())
        click.echo(f"{out / path.name}: {hidden:,} of {rows.num_rows:,} rows hidden")


@command.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--earlier", multiple=True, type=FILE, help="A table that was published before.")
@_meaning
def audit(
    files: Sequence[Path], earlier: Sequence[Path], hidden_up_to: int | None,
    rounded_to: int | None, **meaning: Any,
) -> None:  # fmt: skip
    """Try to work out every hidden number of FILES, and fail if any can be.

    FILES are as they are published: where a count is empty, or a mark such as *, it is hidden.
    Whole reports are read as `fairpractice report --numbers` writes them.
    """
    from fairpractice.statistics import disclosure

    rule = _rule(hidden_up_to, rounded_to)
    tables = [_table(_tables.read(path), **meaning) for path in files]
    before = [_table(_tables.read(path), **meaning) for path in earlier]
    found = disclosure.audit(tables, earlier=before, rule=rule)
    disclosure.refuse(found)
    click.echo(f"None of {found.num_rows:,} hidden numbers can be worked out.")


def _rule(hidden_up_to: int | None, rounded_to: int | None) -> "Rule":
    from dataclasses import replace

    from fairpractice.statistics.disclosure import RULE

    given = {"hidden_up_to": hidden_up_to, "rounded_to": rounded_to}
    return replace(RULE, **{name: n for name, n in given.items() if n is not None})  # type: ignore[arg-type]


def _table(
    rows: "pa.Table",
    *,
    by: Sequence[str],
    counts: Sequence[str],
    parts: Sequence[str],
    across: Sequence[str],
    total: str,
) -> "Table":
    """Return a table with what its columns mean, of those named only the ones that it has."""
    import pyarrow as pa

    from fairpractice.reporting import release
    from fairpractice.statistics.disclosure import Table
    from fairpractice.statistics.disclosure.columns import COUNTS, DERIVED, FACTS

    if release.is_numbers(rows):
        return release.numbers(rows)
    there = rows.column_names
    pairs = dict(_pair(text) for text in parts)
    for name in there:
        if name in (*counts, *pairs, *pairs.values(), *(() if counts else COUNTS)):
            rows = rows.set_column(there.index(name), name, _number(rows[name]))
    numbers = [
        f.name for f in rows.schema if pa.types.is_integer(f.type) or pa.types.is_floating(f.type)
    ]
    about = [n for n in by if n in there] or [n for n in there if n not in (*numbers, *SAID)]
    counted = [n for n in counts if n in there]
    counted = counted or [n for n in numbers if n in COUNTS]
    counted = counted or [n for n in numbers if n not in (*about, *DERIVED, *FACTS)]
    known = {a: b for a, b in pairs.items() if {a, b} <= {*counted}}
    return Table(
        rows,
        by=about,
        counts=counted or None,
        parts=known if parts else None,
        across=[name for name in across if name in about],
        total=total,
    )


def _pair(text: str) -> tuple[str, str]:
    part, equals, whole = text.partition("=")
    if not equals:
        raise click.BadParameter(f"{text!r} is not PART=WHOLE", param_hint="--part")
    return part.strip(), whole.strip()


def _number(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Return a column of counts as numbers: a mark that stands for one is none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(column.type):
        return column.cast(pa.int64()) if pa.types.is_null(column.type) else column
    plain = pc.replace_substring(column, ",", "")
    whole = pc.match_substring_regex(plain, r"^[0-9]+$")
    return pc.if_else(whole, plain, pa.scalar(None, pa.string())).cast(pa.int64())
