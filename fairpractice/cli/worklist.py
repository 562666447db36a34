"""List people by name, with the reasons and what to do first: all found, or who is first."""

import csv
import datetime as dt
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fairpractice.cli import options
from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    from fairpractice.case_finding.priority_list import PriorityList
    from fairpractice.case_finding.worklist import Worklist
    from fairpractice.record.opened import Record

COLUMNS = {
    "place": "Place",
    "nhs_number": "NHS number",
    "patient_id": "Pseudonym",
    "practice_code": "Practice",
    "age": "Age",
    "sex": "Sex",
    "points": "Points",
    "because": "Because",
    "outcomes": "Also recorded",
    "comes_off_when": "Comes off the list when",
    "stays": "Listed with other points too",
    "moved": "Moved by hand",
    "do_first": "What to do first",
}
OF_RULES = tuple(n for n in COLUMNS if n not in ("place", "points", "stays", "moved"))
OF_PRIORITIES = tuple(n for n in COLUMNS if n != "comes_off_when")
MOST_TELLING = 4  # other weightings said
RISKY = ("=", "+", "-", "@", "\t", "\r")  # what a formula may begin with


@click.command()
@click.argument("name", metavar="ID")
@options.record
@click.option("--capacity", type=int, metavar="N", help="How many places a priority has to give.")
@click.option(
    "--moves",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The team's own CSV file of people moved on or off the list, each with a reason.",
)
@click.option("--practice", metavar="ODS", help="One practice; all of the record when left out.")
@options.on
@options.purpose
@options.definitions
@click.option(
    "--edition",
    default="imd2025",
    show_default=True,
    help="The deprivation edition, for a priority that keeps places by deprivation.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The CSV file to write. Only you may read it.  [default: ID.csv]",
)
def command(
    name: str,
    record: Path,
    capacity: int | None,
    moves: Path | None,
    practice: str | None,
    on: dt.date,
    purpose: str,
    definitions: Path | None,
    edition: str,
    out: Path | None,
) -> None:
    """List all whom the rule ID finds, or those to whom the priority ID gives places.

    Each row has the reasons and what to do first. A priority, such as social-prescribing, orders
    people by points and shows them. A list names people, so the purpose must be direct-care. That
    it was made, for what and of how many people, is audited.
    """
    import difflib

    from fairpractice.case_finding.listable import Asked
    from fairpractice.case_finding.moves import read_moves
    from fairpractice.case_finding.priority import PRIORITIES
    from fairpractice.case_finding.priority_list import priority_list
    from fairpractice.case_finding.rule import RULES
    from fairpractice.case_finding.worklist import worklist
    from fairpractice.codelists import load
    from fairpractice.local import definitions_folder
    from fairpractice.record.store import open_record

    folder = definitions_folder(definitions)
    lists = load(folder)
    rules, priorities = RULES.load(lists, folder), PRIORITIES.load(lists, folder)
    if name not in rules and name not in priorities:
        names = sorted([*rules, *priorities])
        close = difflib.get_close_matches(name, names, n=1)
        meant = f" Did you mean {close[0]}?" if close else ""
        raise FairpracticeError(
            f"There is no rule “{name}”, nor a priority",
            fix=f"Use one of {', '.join(names)}.{meant}",
        )
    if name in rules and (capacity is not None or moves is not None):
        raise FairpracticeError(
            f"“{name}” is a rule, and a rule lists everybody it finds",
            fix=f"Leave out --capacity and --moves, or name a priority: {', '.join(priorities)}.",
        )
    if name not in rules and capacity is None:
        raise FairpracticeError(
            f"“{name}” is a priority, which has places to give", fix="Say how many: --capacity 40."
        )
    where = f"practice {practice}" if practice else "all practices"
    opened = open_record(record, purpose=purpose)
    out = out or Path(f"{name}.csv")
    if capacity is None:
        found = worklist(rules[name], opened, on, lists, practice=practice)
        detail = f"rule {name}, {where}, on {on}"
        _finish(opened, detail, out, _of_rule(found), OF_RULES)
        said = _said_of_rule(found, where)
    else:
        asked = Asked(opened, on, lists, practice or "", edition, folder)
        moved = read_moves(moves, _pseudonyms(opened)) if moves else []
        first = priority_list(priorities[name], asked, capacity, moves=moved)
        detail = f"priority {name}, {capacity} places, {len(moved)} moves, {where}, on {on}"
        _finish(opened, detail, out, _of_priority(first), OF_PRIORITIES)
        said = _said_of_priority(first, where)
    for line in said:
        click.echo(line)
    click.echo(f"Written to {out}. It names people: keep it only as long as it is worked.")


def _pseudonyms(opened: "Record") -> Any:
    def find(numbers: Sequence[str]) -> Mapping[str, int]:
        if not numbers:
            return {}
        known = opened.identity().to_pylist()
        return {row["nhs_number"]: row["patient_id"] for row in known if row["nhs_number"]}

    return find


def _of_rule(found: "Worklist") -> list[dict[str, Any]]:
    return [{**row, "do_first": found.rule.action} for row in found.people.to_pylist()]


def _of_priority(found: "PriorityList") -> list[dict[str, Any]]:
    of = len(found.weightings)
    return [
        {
            **row,
            "points": f"{row['points']:g}",
            "stays": f"{row['stays_in']} of {of}",
            "do_first": found.priority.action,
        }
        for row in found.people.to_pylist()
    ]


def _finish(
    opened: "Record", detail: str, out: Path, rows: list[dict[str, Any]], columns: Sequence[str]
) -> None:
    """Write down that a list was made, put NHS numbers to it, and write it."""
    from fairpractice.record import audit

    people = [row["patient_id"] for row in rows]
    audit.entry(
        opened.path, action="worklist", purpose=opened.purpose, detail=detail, people=len(people)
    )
    known = opened.identity(people).to_pylist()
    numbers = {row["patient_id"]: row["nhs_number"] for row in known if row["nhs_number"]}
    cells = [
        {
            **{n: "; ".join(cell) if isinstance(cell, list) else cell for n, cell in row.items()},
            "nhs_number": numbers.get(row["patient_id"], ""),
        }
        for row in rows
    ]
    _write(
        out, [COLUMNS[name] for name in columns], [[row.get(n) for n in columns] for row in cells]
    )


def _said_of_rule(found: "Worklist", where: str) -> Iterator[str]:
    yield (
        f"{found.rule.title}, {where}, on {found.on:%d %B %Y}: {found.people.num_rows:,} people of "
        f"{found.population:,} whom the rule is about."
    )
    if found.cannot_tell:
        yield f"Of {found.cannot_tell:,} more it cannot be told: something is not recorded."
    if found.excepted:
        yield f"{found.excepted:,} are excepted."


def _said_of_priority(found: "PriorityList", where: str) -> Iterator[str]:
    yield (
        f"{found.priority.title}, {where}, on {found.on:%d %B %Y}: {found.people.num_rows:,} of "
        f"{found.capacity:,} places given, of {found.population:,} people whom it is about."
    )
    for reason, people in found.set_aside.items():
        yield f"Set aside, {reason}: {people:,}."
    if found.cannot_tell:
        yield (
            f"Of {found.cannot_tell:,} more it cannot be told whether there is any reason: nobody "
            "asked. They are not the people without need."
        )
    for name in found.nothing_of:
        yield (
            f"Warning: there are no {name.replace('_', ' ')}s in the record. Points for there "
            "being none of them say nothing here: bring them in, or take those points out."
        )
    for move in found.taken_off:
        yield f"Pseudonym {move.patient_id} {move}."
    for unmet in found.unmet:
        yield f"Not kept: {unmet.name}: {unmet.listed:,} of {unmet.wanted:,}, since {unmet.why}."
    yield "With other points:"
    for other in sorted(found.weightings, key=lambda each: each.stay)[:MOST_TELLING]:
        yield (
            f"  {other.points:g} instead of {other.instead_of:g} for {other.reason}: "
            f"{other.stay:,} of {found.people.num_rows:,} stay on the list."
        )


def _write(out: Path, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
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
            writer.writerow(headings)
            writer.writerows([_safe(cell) for cell in row] for row in rows)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            Path(file.name).unlink()
            raise
    Path(file.name).replace(out)


def _safe(cell: Any) -> Any:
    """Keep a spreadsheet from running a cell as a formula."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(RISKY) else cell
