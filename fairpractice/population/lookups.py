"""From one drawing of the small areas to another, with splits and merges.

Between 2011 and 2021 about 3 % of the English LSOAs were split, merged or redrawn. A table is
carried through the look-up of the Office for National Statistics; joining by code alone loses
every area whose code changed, and says nothing about it.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.errors import FairpracticeError
from fairpractice.population import kept
from fairpractice.population.areas import fits, vintage
from fairpractice.population.fifths import needs, settled
from fairpractice.population.published import Published, read


CHANGES = {"U": "unchanged", "S": "split", "M": "merged", "X": "irregular"}
BACKWARDS = {"U": "U", "S": "M", "M": "S", "X": "X"}
HEADINGS = {
    "lsoa_2011": ("lsoa11cd", "lsoa11 code", "lsoa code (2011)"),
    "lsoa_2021": ("lsoa21cd", "lsoa21 code", "lsoa code (2021)"),
}
CHANGE = ("chgind", "change code", "chnge ind")


PUBLISHED = "lsoa_2011_to_lsoa_2021"
"""The name under which the one published look-up is kept."""


def read_lookup(earlier: str, later: str, file: Path | str) -> tuple[pa.Table, Published]:
    """Read and check a publisher's best-fit look-up between two vintages, without keeping it.

    Returns
    -------
    (pa.Table, Published)
        ``from_code``, ``to_code``, ``change`` (a key of :data:`CHANGES`), a row for every pair of
        areas that share ground; and the table as published.

    Raises
    ------
    FairpracticeError
        When no such look-up is published, a code is of another vintage, a change code is unknown
        or disagrees with the rows, or a pair is there twice.
    """
    for name in (earlier, later):
        vintage(name)
    if (earlier, later) != ("lsoa_2011", "lsoa_2021"):
        raise FairpracticeError(
            f"there is no published look-up from {earlier} to {later} that can be read",
            fix="The one that can is: fairpractice deprivation lookup add lsoa_2011 lsoa_2021 "
            "--file FILE (it serves both ways).",
        )
    called = [HEADINGS[earlier], HEADINGS[later], CHANGE]
    source = read(Path(file), called)
    columns = [source.table[str(source.heading(names))].combine_chunks() for names in called]
    table = pa.table(columns, names=["from_code", "to_code", "change"])
    _check(table, source, earlier, later)
    return table.sort_by([("from_code", "ascending"), ("to_code", "ascending")]), source


def add_lookup(
    earlier: str, later: str, file: Path | str, definitions: Path | str | None = None
) -> dict[str, Any]:
    """Read a look-up, check it and keep it among the local definitions.

    Parameters and errors are those of :func:`read_lookup`.

    Returns
    -------
    dict
        Where it came from, and how many rows are of each kind of change.
    """
    table, source = read_lookup(earlier, later, file)
    counted = pc.value_counts(table["change"].combine_chunks()).to_pylist()
    changes = {row["values"]: row["counts"] for row in counted}
    return kept.keep(_name(earlier, later), table, source, definitions, changes=changes)


def load_lookup(earlier: str, later: str, definitions: Path | str | None = None) -> pa.Table:
    """Return a look-up that has been added, in either direction.

    Returns
    -------
    pa.Table
        ``from_vintage``, ``from_code``, ``to_vintage``, ``to_code``, ``change``. Read backwards,
        a split is a merger.

    Raises
    ------
    NotLoaded
        When it has not been added; the message has the command.
    """
    found = kept.find(_name(earlier, later), definitions)
    if found is not None:
        return as_lookup(found[0], earlier, later)
    found = kept.find(_name(later, earlier), definitions)
    if found is not None:
        return backwards(as_lookup(found[0], later, earlier))
    raise kept.NotLoaded(
        f"the look-up from {vintage(earlier).unit} to {vintage(later).unit} has not been added",
        fix="Run: fairpractice deprivation lookup add "
        f"{min(earlier, later)} {max(earlier, later)} --file FILE",
    )


def as_lookup(table: pa.Table, earlier: str, later: str) -> pa.Table:
    """Return the checked rows of a look-up in the layout of :func:`load_lookup`."""
    rows = table.num_rows
    return pa.table(
        {
            "from_vintage": pa.array([earlier] * rows, pa.string()),
            "from_code": table["from_code"],
            "to_vintage": pa.array([later] * rows, pa.string()),
            "to_code": table["to_code"],
            "change": table["change"],
        }
    )


def backwards(lookup: pa.Table) -> pa.Table:
    """Return a look-up read the other way round."""
    codes = list(BACKWARDS)
    turned = pc.take(
        pa.array(list(BACKWARDS.values())), pc.index_in(lookup["change"], pa.array(codes))
    )
    return pa.table(
        {
            "from_vintage": lookup["to_vintage"],
            "from_code": lookup["to_code"],
            "to_vintage": lookup["from_vintage"],
            "to_code": lookup["from_code"],
            "change": turned,
        }
    )


def codes_of(name: str, definitions: Path | str | None) -> pa.Array | None:
    """Return the codes of a vintage as far as a kept look-up knows them, else nothing."""
    found = kept.find(PUBLISHED, definitions)
    column = {"lsoa_2011": "from_code", "lsoa_2021": "to_code"}.get(name)
    return pc.unique(found[0][column]) if found and column else None


def carry(
    table: ir.Table,
    lookup: ir.Table,
    populations: ir.Table,
    *,
    counts: Sequence[str] = (),
    means: Sequence[str] = (),
    by: Sequence[str] = (),
) -> ir.Table:
    """Carry values of areas to another vintage.

    Where an area was split, a count is shared among the new areas in proportion to their
    population, so that totals are kept; a mean (a score, a rate) is handed on to each. Where areas
    were merged, counts add up and means are weighted by the population of the old areas. Where
    the lines were redrawn irregularly, an old area's population is taken to be shared as counts
    are. Where no population is known for any of the areas concerned, or it is zero for all, they
    count equally.

    Parameters
    ----------
    table
        ``area_vintage``, ``area_code``, the columns of ``by``, and those of ``counts`` and
        ``means``; one row for each area and ``by``.
    lookup
        Of the layout of :func:`load_lookup`.
    populations
        ``area_vintage``, ``area_code``, ``population``: of the new vintage for splits, of the old
        one for mergers of means.
    counts, means
        Which columns are which. They come out as floating point.
    by
        Columns that tell rows of one area apart, such as ``practice_code``.

    Returns
    -------
    ir.Table
        ``by``, ``area_vintage``, ``area_code``, ``counts``, ``means``. What the look-up does not
        know (``NO2011``, another nation, another vintage) is passed on unchanged, under its own
        vintage, so that nothing is lost and nothing of it can be joined by mistake.
    """
    needs(table, ("area_vintage", "area_code", *by, *counts, *means), "the table carried")
    needs(populations, ("area_vintage", "area_code", "population"), "populations")
    shared = shares(lookup, populations)
    links = settled(table).left_join(
        shared,
        [("area_vintage", "from_vintage"), ("area_code", "from_code")],
    )
    part = ibis.coalesce(links.share, ibis.literal(1.0))
    weight = ibis.coalesce(links.weight, ibis.literal(1.0))
    parts = links.select(
        *by,
        area_vintage=ibis.coalesce(links.to_vintage, links.area_vintage),
        area_code=ibis.coalesce(links.to_code, links.area_code),
        **{name: links[name] * part for name in counts},
        **{f"{name}__sum": links[name] * weight for name in means},
        **{f"{name}__weight": ibis.ifelse(links[name].notnull(), weight, None) for name in means},
    )
    return parts.group_by(*by, "area_vintage", "area_code").agg(
        **{name: parts[name].sum() for name in counts},
        **{
            name: parts[f"{name}__sum"].sum() / parts[f"{name}__weight"].sum().nullif(0)
            for name in means
        },
    )


def shares(lookup: ir.Table, populations: ir.Table) -> ir.Table:
    """Return what part of an old area each new one takes, and the weight it brings to a mean.

    Returns
    -------
    ir.Table
        The look-up with ``share`` (adds up to 1 over an old area) and ``weight`` (the old area's
        population times the share; equal shares where the new area's sources have none).
    """
    new = populations.select(
        new_vintage="area_vintage", new_code="area_code", new_people="population"
    )
    old = populations.select(
        old_vintage="area_vintage", old_code="area_code", old_people="population"
    )
    links = lookup.left_join(new, [("to_vintage", "new_vintage"), ("to_code", "new_code")])
    links = links.left_join(old, [("from_vintage", "old_vintage"), ("from_code", "old_code")])
    of_old = ibis.window(group_by=["from_vintage", "from_code"])
    of_new = ibis.window(group_by=["to_vintage", "to_code"])
    zero = ibis.literal(0.0)
    people = ibis.coalesce(links.new_people.cast("float64"), zero)
    links = links.mutate(
        share=ibis.coalesce(
            people / people.sum().over(of_old).nullif(0),
            ibis.literal(1.0) / links.count().over(of_old),
        )
    )
    brought = ibis.coalesce(links.old_people.cast("float64"), zero) * links.share
    links = links.mutate(brought=brought)
    return links.select(
        "from_vintage",
        "from_code",
        "to_vintage",
        "to_code",
        "change",
        "share",
        weight=ibis.ifelse(links.brought.sum().over(of_new) > 0, links.brought, links.share),
    )


def _name(earlier: str, later: str) -> str:
    return f"{earlier}_to_{later}"


def _check(table: pa.Table, source: Published, earlier: str, later: str) -> None:
    where = str(source.file)
    fix = "Give the Office for National Statistics' best-fit look-up as published."
    if not table.num_rows:
        raise FairpracticeError("the look-up has headings and no rows", where=where, fix=fix)
    for column, name in (("from_code", earlier), ("to_code", later)):
        good = fits(table[column], name)
        if not pc.all(good).as_py():
            first = table[column].filter(pc.invert(good))[0].as_py()
            raise FairpracticeError(
                f"{first!r} is not a code of {vintage(name).unit}", where=where, fix=fix
            )
    unknown = table["change"].filter(pc.invert(pc.is_in(table["change"], pa.array(list(CHANGES)))))
    if len(unknown):
        raise FairpracticeError(
            f"{unknown[0].as_py()!r} is not a change code ({', '.join(CHANGES)})",
            where=where,
            fix=fix,
        )
    if table.group_by(["from_code", "to_code"]).aggregate([]).num_rows < table.num_rows:
        raise FairpracticeError("a pair of areas is there twice", where=where, fix=fix)
    for change, column, many in (
        ("U", "from_code", False),
        ("U", "to_code", False),
        ("S", "from_code", True),
        ("M", "to_code", True),
    ):
        sizes = table.group_by(column).aggregate([("change", "count")])
        kind = table.filter(pc.equal(table["change"], change)).join(sizes, column)
        wrong = kind.filter(pc.equal(pc.greater(kind["change_count"], 1), not many))
        if wrong.num_rows:
            raise FairpracticeError(
                f"{wrong[column][0].as_py()} is called {CHANGES[change]} and shares its ground "
                f"with {'no other' if many else 'another'}",
                where=where,
                fix=fix,
            )
