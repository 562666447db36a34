"""All definitions in one run: who is counted, by group and date."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from fairpractice.codelists import Codelist
from fairpractice.criteria.definition import Definition
from fairpractice.criteria.gather import ID, bit, flip
from fairpractice.criteria.plan import Answers, ask
from fairpractice.criteria.tree import Criterion, Expression, Number
from fairpractice.engines import Engine
from fairpractice.population.groups import Grouping, Place, grouping
from fairpractice.record.reading import Readable, slices


COUNTS = ("people", "met", "unknown", "excepted", "population_unknown")
"""What is counted of a definition, see :func:`count`."""

SUMS = ("numerator", "denominator", "numerator_squared", "denominator_squared", "product")
"""What is summed of a measure whose numerator is a number."""

MOST_BYTES = 400_000_000
"""About how much memory the answers of the people counted together may take."""

Key = tuple[str, dt.date, str, str]
"""A definition, date, grouping and group."""


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
    parts = list(slices(record, _people_at_a_time(definitions, len(dates), len(groupings))))
    totals: Counter[tuple[Key, str]] = Counter()
    for number, part in enumerate(parts):
        answers = ask(asked, dates, part, run.codelists)
        kept = record.engine.cache(answers.table)
        place = Place(part, answers.calendar, run.codelists, run.edition, run.definitions)
        rows = record.engine.cache(_by_group(kept, groupings, place))
        here = replace(answers, table=rows)
        for step, (name, definition) in enumerate(definitions.items()):
            for amounts in _amounts(definition, f"{step}_", here, record.engine):
                for (date, of, group, figure), amount in amounts.items():
                    totals[(name, dates[date], of, group), figure] += amount
            run.progress("counting", (number + (step + 1) / len(definitions)) / len(parts))
        record.engine.release(rows)
        record.engine.release(kept)
    return _as_table(totals)


def _people_at_a_time(definitions: Mapping[str, Definition], dates: int, groupings: int) -> int:
    """Return how many people can be counted together in bounded room."""
    asked = [part for definition in definitions.values() for part in definition.asked.values()]
    numbers = sum(isinstance(part, Number) for part in asked)
    bits = 2 * dates * (len(asked) - numbers)
    return MOST_BYTES // ((48 + bits // 8 + 8 * dates * numbers) * (groupings + 1))


def _by_group(answers: ir.Table, groupings: Sequence[Grouping], place: Place) -> ir.Table:
    """Return the answers once for each grouping, with the group and the dates spent in it."""
    columns = ["grouping", ID, "group", "during"]
    spells = [
        wanted.of(place)
        .mutate(grouping=ibis.literal(wanted.id))
        .rename(group="value", during="mask")
        .select(columns)
        for wanted in groupings
    ]
    return ibis.union(spells[0], *spells[1:]).inner_join(answers, ID)


Amounts = Counter[tuple[int, str, str, str]]
"""By the place of a date, grouping, group and figure."""


def _amounts(
    definition: Definition, prefix: str, answers: Answers, engine: Engine
) -> Iterator[Amounts]:
    masks = _masks(definition, prefix, answers)
    yield _counts(masks, answers, engine)
    if not isinstance(next(iter(definition.counted.values())), Criterion):
        yield _sums(definition, prefix, masks["people"], answers, engine)


def _counts(masks: Mapping[str, ir.IntegerValue], answers: Answers, engine: Engine) -> Amounts:
    """Count people by the dates on which they count for what.

    They differ in few ways, so the engine counts each way once for all dates, and the ways are
    then taken apart by date.
    """
    rows = answers.table.select("grouping", "group", **masks)
    patterns = rows.group_by("grouping", "group", *masks).agg(rows=rows.count())
    found = engine.to_arrow(patterns)
    counted = found["rows"].to_numpy()
    groups = list(zip(found["grouping"].to_pylist(), found["group"].to_pylist(), strict=True))
    different = list(dict.fromkeys(groups))
    place = {group: number for number, group in enumerate(different)}
    numbers = np.array([place[group] for group in groups], np.int64)
    amounts: Amounts = Counter()
    for name in masks:
        mask = found[name].to_numpy()
        for date in range(len(answers.calendar.dates)):
            here = (mask >> date) & 1
            totals = np.bincount(numbers, weights=counted * here, minlength=len(different))
            for group, total in zip(different, totals, strict=True):
                if total:
                    amounts[date, *group, name] = int(total)
    return amounts


def _masks(definition: Definition, prefix: str, answers: Answers) -> dict[str, ir.IntegerValue]:
    """Return the dates on which somebody counts, by what for."""
    during = answers.table["during"]
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
    return masks


def _sums(
    definition: Definition,
    prefix: str,
    meant: ir.IntegerValue,
    answers: Answers,
    engine: Engine,
) -> Amounts:
    """Add up the numbers of a measure, over those for whom they are known.

    Each person has a row for each date, so that the numbers of all dates are one column.
    """
    places = list(range(len(answers.calendar.dates)))
    dates = engine.table(pa.table({"date": pa.array(places, pa.int64())}))

    def unpivoted(name: str) -> ir.FloatingValue:
        columns = [
            (dates.date == place, answers.number(f"{prefix}{name}", place)) for place in places
        ]
        return ibis.cases(*columns, else_=ibis.null("float64"))

    y, *rest = [unpivoted(name) for name in definition.counted]
    x = rest[0] if rest else ibis.literal(1.0)
    rows = answers.table.cross_join(dates).select(
        "grouping", "group", "date", meant=bit(meant, dates.date), y=y, x=x
    )
    rows = rows.filter(rows.meant == 1)
    known = rows.y.notnull() & rows.x.notnull()
    figures = {
        "numerator": rows.y,
        "denominator": rows.x,
        "numerator_squared": rows.y * rows.y,
        "denominator_squared": rows.x * rows.x,
        "product": rows.x * rows.y,
        "met": ibis.literal(1.0),
    }
    summed = rows.group_by("grouping", "group", "date").agg(
        unknown=known.ifelse(0.0, 1.0).sum(),
        **{name: known.ifelse(figure, 0.0).sum() for name, figure in figures.items()},
    )
    amounts: Amounts = Counter()
    for row in engine.to_arrow(summed).to_pylist():
        key = (row.pop("date"), row.pop("grouping"), row.pop("group"))
        amounts.update({(*key, name): amount for name, amount in row.items()})
    return amounts


def _as_table(totals: Mapping[tuple[Key, str], float]) -> pa.Table:
    keys = sorted({key for key, _ in totals})
    names = ("definition", "on", "grouping", "group")
    kinds = (pa.string(), pa.date32(), pa.string(), pa.string())
    columns = {
        name: pa.array([key[place] for key in keys], kind)
        for place, (name, kind) in enumerate(zip(names, kinds, strict=True))
    }
    for name in COUNTS:
        columns[name] = pa.array([int(totals.get((key, name), 0)) for key in keys], pa.int64())
    for name in SUMS:
        columns[name] = pa.array([float(totals.get((key, name), 0)) for key in keys], pa.float64())
    return pa.table(columns)
