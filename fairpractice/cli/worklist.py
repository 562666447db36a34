"""List the people whom a rule finds, with the reasons and what to do first."""

import csv
import datetime as dt
import os
import tempfile
from pathlib import Path
from typing import Any

import click

from fairpractice.cli import options
from fairpractice.errors import FairpracticeError


COLUMNS = {
    "nhs_number": "NHS number",
    "patient_id": "Pseudonym",
    "practice_code": "Practice",
    "age": "Age",
    "sex": "Sex",
    "because": "Because",
    "outcomes": "Also recorded",
    "comes_off_when": "Comes off the list when",
    "do_first": "What to do first",
}


@click.command()
@click.argument("rule")
@options.record
@click.option("--practice", metavar="ODS", help="One practice; all of the record when left out.")
@options.on
@options.purpose
@options.definitions
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The CSV file to write. Only you may read it.",
)
def command(
    rule: str,
    record: Path,
    practice: str | None,
    on: dt.date,
    purpose: str,
    definitions: Path | None,
    out: Path,
) -> None:
    """List the people whom RULE finds, with the reasons and what to do first.

    A list names people, so the purpose must be direct-care. That it was made, for which rule and
    of how many people, is audited.
    """
    import difflib

    from fairpractice.case_finding.rule import RULES
    from fairpractice.case_finding.worklist import worklist
    from fairpractice.codelists import load
    from fairpractice.local import definitions_folder
    from fairpractice.record import audit
    from fairpractice.record.store import open_record

    folder = definitions_folder(definitions)
    codelists = load(folder)
    rules = RULES.load(codelists, folder)
    if rule not in rules:
        close = difflib.get_close_matches(rule, rules, n=1)
        meant = f" Did you mean {close[0]}?" if close else ""
        raise FairpracticeError(
            f"There is no rule “{rule}”", fix=f"Use one of {', '.join(sorted(rules))}.{meant}"
        )
    opened = open_record(record, purpose=purpose)
    found = worklist(rules[rule], opened, on, codelists, practice=practice)
    where = f"practice {practice}" if practice else "all practices"
    audit.entry(
        record,
        action="worklist",
        purpose=purpose,
        detail=f"rule {rule}, {where}, on {on}",
        people=found.people.num_rows,
    )
    identity = opened.identity(found.people["patient_id"].to_pylist()).to_pylist()
    numbers = {row["patient_id"]: row["nhs_number"] for row in identity if row["nhs_number"]}
    rows = [
        {
            **row,
            "nhs_number": numbers.get(row["patient_id"], ""),
            "do_first": rules[rule].action,
            **{name: "; ".join(row[name]) for name in ("because", "outcomes", "comes_off_when")},
        }
        for row in found.people.to_pylist()
    ]
    _write(out, rows)
    click.echo(
        f"{rules[rule].title}, {where}, on {on:%d %B %Y}: {len(rows):,} people of "
        f"{found.population:,} whom the rule is about."
    )
    if found.cannot_tell:
        click.echo(f"Of {found.cannot_tell:,} more it cannot be told: something is not recorded.")
    if found.excepted:
        click.echo(f"{found.excepted:,} are excepted.")
    click.echo(f"Written to {out}. It names people: keep it only as long as it is worked.")


def _write(out: Path, rows: list[dict[str, Any]]) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    if not out.parent.is_dir():
        raise FairpracticeError(
            "The folder to write to does not exist", where=str(out.parent), fix="Make it first."
        )
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8-sig", newline="", dir=out.parent, delete=False
    ) as file:
        try:
            writer = csv.writer(file)
            writer.writerow(COLUMNS.values())
            writer.writerows([_safe(row.get(name)) for name in COLUMNS] for row in rows)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink()
            raise
    Path(file.name).replace(out)


def _safe(cell: Any) -> Any:
    """Keep a spreadsheet from running a cell as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in "=+-@\t\r" else cell
