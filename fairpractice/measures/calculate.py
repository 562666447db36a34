"""All definitions in one run: who is counted, by group and date."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import and_
from pathlib import Path

import ibis
import ibis.expr.types as ir
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairpractice.codelists import Codelist
from fairpractice.criteria.bits import bit, flip
from fairpractice.criteria.definition import Definition
from fairpractice.criteria.gather import ID
from fairpractice.criteria.plan import Answers, ask
from fairpractice.criteria.tree import Criterion, Expression, Number
from fairpractice.population.groups import Grouping, Place, grouping
from fairpractice.record.calendar import mask_of
from fairpractice.record.reading import Readable, SomePeople, slices


COUNTS = ("people", "met", "unknown", "excepted", "population_unknown")
"""What is counted of a definition, see :func:`count`."""

SUMS = ("numerator", "denominator", "numerator_squared", "denominator_squared", "product")
"""What is summed of a measure whose numerator is a number."""

MOST_BYTES = 200_000_000
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
    by = list(dict.fromkeys(by))
    groupings = [grouping(name) for name in by]
    some, engine = SomePeople(record), record.engine
    answers = ask(asked, dates, some, run.codelists)
    grouped = Place(some, answers.calendar, run.codelists, run.edition, run.definitions)
    answered = engine.place(answers.table)
    with_groups = _with_groups(answered, groupings, grouped)
    people = engine.place(with_groups)
    # People differ in few ways, so each way is counted once and then stands for its people.
    differing = people.group_by(*by, "during", *answers.words).agg(alike=people.count())
    ways = engine.place(differing)
    counted = {
        name: [
            (_counts(definition, f"{step}_", replace(answers, table=ways), by), _counted),
            *(
                [(_sums(definition, f"{step}_", replace(answers, table=people), by), _summed)]
                if isinstance(next(iter(definition.counted.values())), Number)
                else []
            ),
        ]
        for step, (name, definition) in enumerate(definitions.items())
    }
    totals: defaultdict[tuple[Key, str], float] = defaultdict(float)
    parts = slices(record, _people_at_a_time(definitions, len(dates), len(groupings)))
    for number, (first, end) in enumerate(parts):
        some.turn(first, end)
        engine.fill(answered, answers.table)
        engine.fill(people, with_groups)
        engine.fill(ways, differing)
        for step, (name, tables) in enumerate(counted.items()):
            for table, taken_apart in tables:
                found = engine.to_arrow(table)
                for of, group, figure, date, amount in _by_group(
                    found, taken_apart(found, len(dates)), by
                ):
                    totals[(name, dates[date], of, group), figure] += amount
            run.progress("counting", (number + (step + 1) / len(definitions)) / len(parts))
    for place in (ways, people, answered):
        engine.release(place)
    some.release()
    return _as_table(totals)


def _people_at_a_time(definitions: Mapping[str, Definition], dates: int, groupings: int) -> int:
    """Return how many people can be counted together in bounded room."""
    asked = [part for definition in definitions.values() for part in definition.asked.values()]
    numbers = sum(isinstance(part, Number) for part in asked)
    bits = 2 * dates * (len(asked) - numbers)
    return MOST_BYTES // (32 + 32 * groupings + 2 * bits // 8 + 8 * dates * numbers)


def _with_groups(answers: ir.Table, groupings: Sequence[Grouping], place: Place) -> ir.Table:
    """Return the answers with a column a grouping, and the dates spent in those groups.

    Somebody whose groups change between the dates has several rows.
    """
    rows = answers.mutate(during=mask_of(place.calendar.every))
    for wanted in groupings:
        spells = wanted.of(place).select(ID, "mask", **{wanted.id: "value"})
        rows = rows.inner_join(spells, ID)
        rows = rows.mutate(during=rows.during & rows["mask"]).drop("mask")
    return rows.filter(rows.during != 0)


def _counts(definition: Definition, prefix: str, answers: Answers, by: Sequence[str]) -> ir.Table:
    """Count people by the dates on which they count for what, all dates at once."""
    masks = _masks(definition, prefix, answers)
    rows = answers.table.select(*by, "alike", **masks)
    return rows.group_by(*by, *masks).agg(alike=rows.alike.sum().cast("int64"))


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
    else:
        masks["unknown"] = meant  # :func:`_summed` takes off those of whom the number is known
    return masks


def _sums(definition: Definition, prefix: str, answers: Answers, by: Sequence[str]) -> ir.Table:
    """Add up the numbers of a measure, over those of whom they are known: a column a date."""
    meant = _masks(definition, prefix, answers)["people"]
    columns: dict[str, ir.Value] = {}
    for place in range(len(answers.calendar.dates)):
        here = bit(meant, place) == 1
        numbers = [answers.number(f"{prefix}{name}", place) for name in definition.counted]
        known = reduce(and_, (number.notnull() for number in numbers), here)
        for name, number in zip("yx", numbers, strict=False):
            columns[f"{name}_{place}"] = known.ifelse(number, ibis.null("float64"))
    rows = answers.table.filter(meant != 0).select(*by, **columns)
    sums: dict[str, ir.Scalar] = {}
    for place in range(len(answers.calendar.dates)):
        y = rows[f"y_{place}"]
        figures = {"met": y.count(), "numerator": y.sum(), "numerator_squared": (y * y).sum()}
        if len(definition.counted) == 2:
            x = rows[f"x_{place}"]
            figures |= {"denominator": x.sum(), "denominator_squared": (x * x).sum()}
            figures["product"] = (x * y).sum()
        sums |= {f"{name}_{place}": figure.cast("float64") for name, figure in figures.items()}
    return rows.group_by(*by).agg(**sums)


Amount = tuple[str, int, npt.NDArray[np.float64]]
"""A figure, the place of a date, and how much of it each row adds."""


def _counted(found: pa.Table, dates: int) -> Iterator[Amount]:
    """Take rows of people who are alike apart by what they count for and date."""
    alike = found["alike"].to_numpy()
    for figure in COUNTS:
        if figure in found.column_names:
            mask = found[figure].to_numpy()
            for place in range(dates):
                yield figure, place, alike * ((mask >> place) & 1)


def _summed(found: pa.Table, dates: int) -> Iterator[Amount]:
    for place in range(dates):

        def summed(name: str, place: int = place) -> npt.NDArray[np.float64]:
            values: npt.NDArray[np.float64] = found[f"{name}_{place}"].to_numpy()
            return np.nan_to_num(values)

        yield "unknown", place, -summed("met")
        # Where a measure is no ratio, its denominator is 1 a person.
        of_one = {"denominator": "met", "denominator_squared": "met", "product": "numerator"}
        for figure in ("met", *SUMS):
            given = f"{figure}_{place}" in found.column_names
            yield figure, place, summed(figure if given else of_one[figure])


def _by_group(
    found: pa.Table, amounts: Iterable[Amount], by: Sequence[str]
) -> Iterator[tuple[str, str, str, int, float]]:
    """Add up amounts by each grouping alone: grouping, group, figure, place of the date, sum."""
    groups = {name: found[name].combine_chunks().dictionary_encode() for name in by}
    places = {name: encoded.indices.to_numpy() for name, encoded in groups.items()}
    for figure, date, amount in amounts:
        for name, encoded in groups.items():
            totals = np.bincount(places[name], amount, len(encoded.dictionary))
            for group, total in zip(encoded.dictionary.to_pylist(), totals.tolist(), strict=True):
                if total:
                    yield name, group, figure, date, total


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
