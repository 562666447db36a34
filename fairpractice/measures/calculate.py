"""All definitions in one run: who is counted, by group and date."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from fairpractice.codelists import Codelist
from fairpractice.criteria.definition import Definition
from fairpractice.criteria.gather import ID, bit, flip
from fairpractice.criteria.plan import Answers, ask
from fairpractice.criteria.tree import Criterion, Expression
from fairpractice.population.groups import Grouping, Place, grouping
from fairpractice.record.reading import Readable, slices


COUNTS = ("people", "met", "unknown", "excepted", "population_unknown")
"""What is counted of a definition, see :func:`count`."""

SUMS = ("numerator", "denominator", "numerator_squared", "denominator_squared", "product")
"""What is summed of a measure whose numerator is a number."""


@dataclass(frozen=True)
class Run:
    """What a run needs to know besides the record and the definitions."""

    codelists: Mapping[str, Codelist]
    edition: str = "imd2025"
    definitions: Path | None = None
    progress: Callable[[str, float], None] = lambda what, share: None


def count(
    definitions: Mapping[str, Definition],
    dates: Sequence[dt.date],
    record: Readable,
    run: Run,
    *,
    by: Sequence[str] = ("all",),
) -> pa.Table:
    """Count, for each definition, date and group, who is meant and for whom it is so.

    Parameters
    ----------
    definitions
        Measures, rules, or both, by id. Those that name an empty list are left out: ask
        :meth:`~fairpractice.criteria.definition.Definition.empty_lists`.
    dates
        The dates asked about, oldest first.
    by
        Groupings, by id.

    Returns
    -------
    pa.Table
        One row a definition, date, grouping and group:

        * ``people``: in the population, and not excepted;
        * ``met``: of those, for whom it is true (the numerator is met, the rule finds them), or
          for a numerator that is a number, for whom it is known;
        * ``unknown``: of those, for whom it cannot be told;
        * ``excepted``: in the population, but left out by ``unless``;
        * ``population_unknown``: people of whom it cannot be told whether they are meant;
        * for a numerator that is a number, sums over those for whom it is known: ``numerator``,
          ``denominator`` (of a ratio; else 1 a person), their squares and product.
    """
    asked: dict[str, Expression] = {
        f"{place}_{part}": expression
        for place, definition in enumerate(definitions.values())
        for part, expression in definition.asked.items()
    }
    groupings = [grouping(name) for name in by]
    parts = list(slices(record))
    totals: dict[tuple[str, dt.date, str, str], dict[str, float]] = {}
    for number, sliced in enumerate(parts):
        answers = ask(asked, dates, sliced, run.codelists)
        kept = record.engine.cache(answers.table)
        answers = replace(answers, table=kept)
        place = Place(sliced, answers.calendar, run.codelists, run.edition, run.definitions)
        for step, wanted in enumerate(groupings):
            _add_up(totals, definitions, answers, wanted, place)
            run.progress("counting", (number + (step + 1) / len(groupings)) / len(parts))
        record.engine.release(kept)
    return _as_table(totals)


def _as_table(totals: Mapping[tuple[str, dt.date, str, str], Mapping[str, float]]) -> pa.Table:
    keys = sorted(totals)
    columns: dict[str, pa.Array] = {
        "definition": pa.array([key[0] for key in keys], pa.string()),
        "on": pa.array([key[1] for key in keys], pa.date32()),
        "grouping": pa.array([key[2] for key in keys], pa.string()),
        "group": pa.array([key[3] for key in keys], pa.string()),
    }
    for name in COUNTS:
        columns[name] = pa.array([int(totals[key].get(name, 0)) for key in keys], pa.int64())
    for name in SUMS:
        columns[name] = pa.array([float(totals[key].get(name, 0)) for key in keys], pa.float64())
    return pa.table(columns)


def _add_up(
    totals: dict[tuple[str, dt.date, str, str], dict[str, float]],
    definitions: Mapping[str, Definition],
    answers: Answers,
    wanted: Grouping,
    place: Place,
) -> None:
    """Add the people of a slice to the totals, by one grouping."""
    spells = wanted.of(place).rename(spell_of=ID, during="mask")
    rows = answers.table.inner_join(spells, answers.table[ID] == spells.spell_of)
    here = replace(answers, table=rows)
    sums: dict[str, ir.Value] = {}
    for number, definition in enumerate(definitions.values()):
        meant, masks = _masks(definition, f"{number}_", here, rows["during"])
        for i in range(len(answers.calendar.dates)):
            for name, mask in masks.items():
                sums[f"{number}.{i}.{name}"] = bit(mask, i).cast("float64").sum()
            numerator = next(iter(definition.counted))
            if f"{number}_{numerator}" in answers.numbers:
                figures = _figures(here, definition, number, i, bit(meant, i) == 1)
                sums |= {f"{number}.{i}.{name}": figure for name, figure in figures.items()}
    grouped = place.record.engine.to_arrow(rows.group_by("value").agg(**sums)).to_pylist()
    for row in grouped:
        group = row.pop("value")
        for name, amount in row.items():
            number, i, figure = name.split(".")
            key = list(definitions)[int(number)], answers.calendar.dates[int(i)], wanted.id, group
            figures = totals.setdefault(key, {})
            figures[figure] = figures.get(figure, 0.0) + (amount or 0.0)


def _masks(
    definition: Definition, prefix: str, answers: Answers, during: ir.IntegerColumn
) -> tuple[ir.IntegerValue, dict[str, ir.IntegerValue]]:
    """Return the dates on which somebody is meant, and those on which they count for what."""
    meant = answers.true(f"{prefix}population") & during
    masks = {"population_unknown": answers.unknown(f"{prefix}population") & during}
    if definition.unless is not None:
        excepted = answers.true(f"{prefix}unless")
        masks["excepted"] = meant & excepted
        meant = meant & flip(excepted)
    masks["people"] = meant
    name, counted = next(iter(definition.counted.items()))
    if isinstance(counted, Criterion):
        masks["met"] = meant & answers.true(f"{prefix}{name}")
        masks["unknown"] = meant & answers.unknown(f"{prefix}{name}")
    return meant, masks


def _figures(
    answers: Answers, definition: Definition, number: int, date: int, meant: ir.BooleanValue
) -> dict[str, ir.Value]:
    """Return the sums of a measure whose numerator is a number, over those for whom it is known."""
    counted = list(definition.counted)
    y = answers.number(f"{number}_{counted[0]}", date)
    x: ir.Value = ibis.literal(1.0)
    if len(counted) > 1:
        x = answers.number(f"{number}_{counted[1]}", date)
    there = meant & y.notnull() & x.notnull()
    amounts = {"numerator": y, "denominator": x}
    amounts |= {"numerator_squared": y * y, "denominator_squared": x * x, "product": x * y}
    figures = {name: there.ifelse(amount, 0.0).sum() for name, amount in amounts.items()}
    unknown = meant & (y.isnull() | x.isnull())
    return figures | {
        "met": there.cast("float64").sum(),
        "unknown": unknown.cast("float64").sum(),
    }
