"""Fifths by deprivation: of the areas of a nation, of the patients of a place, of practices.

They are different fifths. The most deprived fifth of England's areas holds half the patients of
one network and none of another; a fifth of patients is always a fifth of the patients; a fifth of
practices says nothing of their size. So every table says which it is about, in ``unit``, and
which end is 1, in ``direction``. In all of them 1 is the most deprived.
"""

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

from fairpractice.errors import FairpracticeError
from fairpractice.population.editions import DIRECTION, Edition


def national_quintile(table: ir.Table, areas: ir.Table, edition: Edition) -> ir.Table:
    """Give each row the national fifth of the area it is in.

    Parameters
    ----------
    table
        Any rows with ``area_vintage`` and ``area_code``: people, counts, areas.
    areas
        The edition's areas, as :func:`fairpractice.population.deprivation.load` returns them.
    edition
        Which edition they are of.

    Returns
    -------
    ir.Table
        The rows with ``quintile`` (null where the area is not known to the edition), ``unit`` and
        ``direction``.
    """
    needs(table, ("area_vintage", "area_code"))
    table = settled(table)
    fifth = areas.select(
        edition_vintage="area_vintage", edition_code="area_code", quintile="quintile"
    )
    joined = table.left_join(
        fifth,
        [
            ("area_vintage", "edition_vintage"),
            ("area_code", "edition_code"),
        ],
    ).drop("edition_vintage", "edition_code")
    return joined.mutate(
        unit=ibis.literal(f"fifths of areas ({edition.unit}, {edition.id})"),
        direction=ibis.literal(DIRECTION),
    )


def local_quintile(areas: ir.Table, *, by: Sequence[str] = (), order: str = "rank") -> ir.Table:
    """Give each area the fifth of the patients of the given place that it belongs to.

    Areas are put in order from the most deprived, ties by code, and their patients laid end to
    end; an area is in the fifth in which the middle of its patients falls. An area is never
    divided, so the fifths hold a fifth of the patients each only as nearly as areas allow.

    Parameters
    ----------
    areas
        ``area_vintage``, ``area_code``, ``patients`` and ``order``, and the columns of ``by``; one
        row for each area and ``by``, of one edition.
    by
        Columns to make fifths within, such as ``network_code``; none: the whole table is one place.
    order
        ``"rank"`` (1 first) or ``"score"`` (the highest first).

    Returns
    -------
    ir.Table
        The rows with ``quintile`` (null where the area has no rank or score, and where the place
        has no patients), ``unit`` and ``direction``.
    """
    needs(areas, ("area_vintage", "area_code", "patients", order, *by))
    if order not in ("rank", "score"):
        raise FairpracticeError(
            f"areas cannot be put in order by {order!r}", fix="Use rank or score."
        )
    known = areas[order].notnull()
    patients = ibis.ifelse(known, ibis.coalesce(areas.patients, 0), 0).cast("float64")
    groups = [areas[name] for name in by]
    first = areas[order].asc() if order == "rank" else areas[order].desc()
    up_to = ibis.cumulative_window(
        group_by=[*groups, known], order_by=[first, areas.area_code.asc(), areas.area_vintage.asc()]
    )
    everyone = ibis.window(group_by=[*groups, known])
    middle = patients.sum().over(up_to) - patients / 2.0
    fifth = (middle * 5.0 / patients.sum().over(everyone).nullif(0.0)).floor().cast("int32") + 1
    within = f" within each {', '.join(by)}" if by else " of the place given"
    return areas.mutate(
        quintile=ibis.ifelse(
            known & fifth.notnull(), ibis.least(fifth, ibis.literal(5, "int32")), None
        ),
        unit=ibis.literal(f"fifths of patients{within}"),
        direction=ibis.literal(DIRECTION),
    )


def within_network(areas: ir.Table, *, order: str = "rank") -> ir.Table:
    """Give each area its fifth of the patients of its own network.

    As :func:`local_quintile` by ``network_code``: the most deprived fifth of a well-off network
    may be better off than the least deprived fifth of another.
    """
    return local_quintile(areas, by=("network_code",), order=order)


def practice_quintile(practices: ir.Table) -> ir.Table:
    """Put practices into fifths of equal numbers of practices by score, ties by code.

    Parameters
    ----------
    practices
        ``practice_code`` and ``score`` (higher = more deprived), one row a practice.

    Returns
    -------
    ir.Table
        The rows with ``quintile`` (null where there is no score), ``unit`` and ``direction``.
    """
    needs(practices, ("practice_code", "score"))
    known = practices.score.notnull()
    order = ibis.window(
        group_by=known, order_by=[practices.score.desc(), practices.practice_code.asc()]
    )
    count = practices.count().over(ibis.window(group_by=known))
    before = ibis.row_number().over(order)
    fifth = (before * 5.0 / count).floor().cast("int32") + 1
    return practices.mutate(
        quintile=ibis.ifelse(known, fifth, None),
        unit=ibis.literal("fifths of practices"),
        direction=ibis.literal(DIRECTION),
    )


def core20(table: ir.Table, *, people: str = "people", by: Sequence[str] = ()) -> ir.Table:
    """Return the share of people who live in the most deprived national fifth of areas.

    The Core20 of NHS England's Core20PLUS5 approach.

    Parameters
    ----------
    table
        What :func:`national_quintile` returned, with a column of numbers of people.
    people
        The name of that column.
    by
        Columns to give the share for each of.

    Returns
    -------
    ir.Table
        ``by``, ``people``, ``people_core20``, ``people_without_area`` (whose area the edition
        does not know), ``share`` (of those whose area is known; null when there are none),
        ``unit`` and ``direction``.
    """
    needs(table, ("quintile", people, *by))
    count = table[people]
    totals = table.group_by(*by) if by else table
    sums = totals.agg(
        people=ibis.coalesce(count.sum(), 0),
        people_core20=ibis.coalesce(count.sum(where=table.quintile == 1), 0),
        people_without_area=ibis.coalesce(count.sum(where=table.quintile.isnull()), 0),
    )
    known = (sums.people - sums.people_without_area).cast("float64")
    return sums.mutate(
        share=sums.people_core20 / known.nullif(0.0),
        unit=ibis.literal("people in the most deprived fifth of the nation's areas"),
        direction=ibis.literal(DIRECTION),
    )


def settled(table: ir.Table) -> ir.Table:
    """Return a table that can be joined on any of its columns.

    Ibis lets an unfinished join be joined on, but not by a column that the join computes.
    """
    return table.select(*table.columns)


def needs(table: ir.Table, columns: Sequence[str], what: str = "the table") -> None:
    """Raise an error that names the columns a table lacks."""
    missing = [name for name in columns if name not in table.columns]
    if missing:
        alone = "area_vintage" in missing and "area_code" not in missing
        raise FairpracticeError(
            f"{what} has no column {', '.join(missing)}",
            where=f"its columns are {', '.join(table.columns)}",
            fix="Say which vintage the area codes are of: a code is never joined alone."
            if alone
            else "Add it.",
        )
