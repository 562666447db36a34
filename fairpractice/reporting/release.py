"""Everything that a report shows, protected together, and written down so that it can be audited.

The same people stand in many tables: a measure by fifths and by sex, the people of whom it can be
told, those whom a rule finds and how many of them declined. So each number says what it counts, and
what can be worked out from any of them is hidden in all.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.criteria.definition import Definition
from fairpractice.errors import FairpracticeError
from fairpractice.measures.other_questions import seen
from fairpractice.measures.results import COUNTED, kind_of
from fairpractice.statistics.disclosure import Table, protect, protect_together


Row = Mapping[str, Any]
Named = Callable[[Row], tuple[str, str, str, str]]

NAMES = ("people_of", "numerator_of", "denominator_of", "rest_of")
"""What the people, the numerator, the denominator and the rest of it are counts of."""

COLUMNS = (
    "on", "grouping", "group", "people", "numerator", "denominator", "value", "confidence",
    "lower", "upper", "multiplier", "method", "status", *NAMES,
)  # fmt: skip
ALL = "all"
LESS = 0.5
"""What other numbers are worth beside the figures of the day, where one of them has to go."""
MORE = 4.0
"""What figures of everybody are worth beside those of a group."""
MEANT: dict[str, Any] = {
    "counts": {name: f"{{{name}_of}}" for name in COUNTED},
    "derived": ("value", "lower", "upper"),
    "parts": {"numerator": "denominator"},
    "rest": "{rest_of}",
    "across": ("on",),
}
BY_GROUP: dict[str, Any] = {**MEANT, "breakdown": ("grouping", "group")}


def protected(
    *,
    figures: pa.Table,
    told: pa.Table,
    trend: pa.Table | None,
    beside: pa.Table | None,
    help: pa.Table | None = None,
    of_sets: pa.Table | None = None,
    contains: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
    definitions: Mapping[str, Definition],
    rules: Sequence[str],
    earlier: Sequence[Table] = (),
) -> tuple[
    pa.Table,
    pa.Table,
    pa.Table | None,
    pa.Table | None,
    pa.Table | None,
    pa.Table | None,
]:
    """Return the tables of a report as they may be published together.

    Parameters
    ----------
    figures, told, trend, beside, help, of_sets
        See :class:`~fairpractice.reporting.network.Network`, with exact numbers.
    contains
        Of which groups of a grouping the groups of sets are made.
    definitions
        All that was asked, by id.
    rules
        The ids of those that are a share of everybody they are about, told or not.
    earlier
        Numbers that have been published of the same record, see :func:`numbers`.

    Raises
    ------
    FairpracticeError
        When an earlier release would give away what this one hides, whatever it hides.
    """
    people = _populations(definitions)
    known = {
        row["definition"]: people[row["definition"]]
        for row in told.to_pylist()
        if row["grouping"] == ALL and row["numerator"] == row["denominator"]
    }

    def of_whom_told(name: str) -> str:
        return known.get(name, f"{name}: told")

    def of_figure(row: Row) -> tuple[str, str, str, str]:
        name = row["definition"]
        of = people[name] if name in rules else of_whom_told(name)
        if kind_of(definitions[name]) == "ratio":
            return of, f"{name}: numerator", f"{name}: denominator", f"{name}: rest"
        return of, f"{name}: met", of, f"{of}, not {name}: met"

    def of_told(row: Row) -> tuple[str, str, str, str]:
        name = row["definition"]
        return people[name], of_whom_told(name), people[name], f"{name}: not told"

    def of_beside(row: Row) -> tuple[str, str, str, str]:
        name, group = row["definition"], row["group"]
        if row["grouping"] == "outcome":
            met = f"{name}: met"
            return met, f"{name}: met, {group}", met, f"{name}: met, not {group}"
        whole = f"{people[name]}, or excepted"
        return whole, f"{name}: excepted", whole, people[name]

    def of_help(row: Row) -> tuple[str, str, str, str]:
        name = row["definition"]
        of = people[name if name in people else next(iter(seen()))]
        return of, f"{name}: met", of, f"{of}, not {name}: met"

    given = [
        (figures, of_figure),
        (told, of_told),
        (trend, of_figure),
        (beside, of_beside),
        (help, of_help),
        (of_sets, of_figure),
    ]
    tables = [
        None
        if rows is None or not rows.num_rows
        else Table(
            _named(rows, of),
            **(MEANT if rows is beside else BY_GROUP),
            worth=1.0 if rows is figures else LESS,
            worth_of_total=MORE if rows is figures else 1.0,
            contains=(contains or {}) if rows is of_sets else {},
        )
        for rows, of in given
    ]
    there = [table for table in tables if table is not None]
    some = [name for name in rules if name not in known]
    beside_them = _told_of_rules(figures, told, some)
    shown = iter(protect_together([*there, *beside_them], earlier=earlier))
    done = [
        rows if table is None else next(shown)
        for (rows, _), table in zip(given, tables, strict=True)
    ]
    return done[0], done[1], done[2], done[3], done[4], done[5]


def rounded(people: int) -> int | None:
    """Return a number of people as it may be published."""
    table = pa.table({"of": ["all"], "people": [people]})
    return int(shown) if (shown := protect(table, by=["of"])["people"][0].as_py()) else shown


def together(parts: Sequence[pa.Table]) -> pa.Table:
    """Return the tables of a report as one, each number once."""
    rows: dict[tuple[Any, ...], Row] = {}
    for part in parts:
        for row in part.to_pylist() if NAMES[0] in part.column_names else ():
            if row["grouping"] in ("outcome", "excepted"):
                row |= {"grouping": ALL, "group": ALL}
            key = tuple(row[name] for name in ("on", "grouping", "group", *NAMES))
            rows.setdefault(key, {name: row[name] for name in COLUMNS})
    schema = pa.schema([next(p.schema.field(name) for p in parts if name in p.schema.names)
                        for name in COLUMNS])  # fmt: skip
    return pa.Table.from_pylist(list(rows.values()), schema)


def is_numbers(rows: pa.Table) -> bool:
    """Tell whether a table is one that :func:`together` made."""
    return {*COLUMNS} <= {*rows.column_names}


def numbers(rows: pa.Table) -> Table:
    """Return the numbers of a report, read from a file that they were written to.

    Raises
    ------
    FairpracticeError
        When they are something else.
    """
    if not is_numbers(rows):
        raise FairpracticeError(
            "These are not the numbers of a report",
            where=f"columns {', '.join(rows.column_names)}",
            fix="Give the file that `fairpractice report --numbers` wrote.",
        )
    for name in ("grouping", "group", *NAMES):
        text = pc.fill_null(rows[name].cast(pa.string()), "")  # of an empty field nothing is read
        rows = rows.set_column(rows.column_names.index(name), name, text)
    return Table(rows, **BY_GROUP)


def _populations(definitions: Mapping[str, Definition]) -> dict[str, str]:
    """Return what the people of each definition are called: alike where they are the same."""
    found: dict[Any, str] = {}
    return {
        name: found.setdefault((asked.population, asked.unless), f"people of {name}")
        for name, asked in definitions.items()
    }


def _named(rows: pa.Table, of: Named) -> pa.Table:
    """Return rows that say what their numbers count."""
    names = [of(row) for row in rows.to_pylist()]
    for place, column in enumerate(NAMES):
        rows = rows.append_column(column, pa.array([each[place] for each in names], pa.string()))
    return rows


def _told_of_rules(figures: pa.Table, told: pa.Table, rules: Sequence[str]) -> list[Table]:
    """Return what ties whom a rule finds to those of whom it can be told, which is no table."""
    keys = ("definition", "on", "grouping", "group")
    known = {tuple(row[key] for key in keys): row["numerator"] for row in told.to_pylist()}
    rows = [
        {
            **{key: row[key] for key in keys},
            "numerator": row["numerator"],
            "denominator": known[tuple(row[key] for key in keys)],
        }
        for row in figures.to_pylist()
        if row["definition"] in rules and tuple(row[key] for key in keys) in known
    ]
    if not rows:
        return []
    meant = {
        **BY_GROUP,
        "counts": {"numerator": "{definition}: met", "denominator": "{definition}: told"},
        "derived": (),
        "rest": "{definition}: told, not met",
    }
    return [Table(pa.Table.from_pylist(rows), **meant, let_out=False)]
