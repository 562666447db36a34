"""Deprivation editions: reading the publisher's file, keeping it, giving it to analyses."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.errors import FairpracticeError
from fairpractice.population import kept, lookups
from fairpractice.population.areas import VINTAGES, fits, newest_codes
from fairpractice.population.editions import DIRECTION, EDITIONS, Edition, edition
from fairpractice.population.published import Published, numbers, read, simplify


ANY_AREA = r"^[A-Z][0-9A-Z]{7,8}$"  # of a fictional place
COLUMNS = ("area_code", "score", "rank", "decile", "population")
KINDS = {
    "score": pa.float64(),
    "rank": pa.int32(),
    "decile": pa.int32(),
    "population": pa.int64(),
}


def editions() -> dict[str, Edition]:
    """Return the editions that are known, by id, whether or not their files have been added."""
    return dict(EDITIONS)


def read_edition(
    name: str,
    file: Path | str,
    definitions: Path | str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
) -> tuple[pa.Table, Published]:
    """Read and check a publisher's file of an edition, without keeping it.

    Parameters
    ----------
    name
        The edition's id.
    file
        The publisher's ``.xlsx``, ``.csv`` or ``.csv.gz``.
    definitions
        Where a look-up between vintages may have been kept. With it, a message about a wrong
        vintage can say how many codes are of the right one.
    columns
        Headings to look for instead of the publisher's usual ones: ``{"decile": "My decile"}``.

    Returns
    -------
    (pa.Table, Published)
        ``area_code``, ``score``, ``rank``, ``decile``, ``population``, in order of code, and the
        table as published. Columns the file does not have are null, but for deciles where the
        edition's rule lets them be computed.

    Raises
    ------
    FairpracticeError
        When it is not the file of this edition: another vintage, another number of areas, a code
        twice, ranks with gaps, deciles or scores that disagree with the ranks.
    """
    wanted = edition(name)
    called = {column: wanted.called(column) for column in COLUMNS}
    for column, heading in (columns or {}).items():
        if column not in called:
            raise FairpracticeError(
                f"there is no column {column!r} to name", fix=f"Name one of {', '.join(COLUMNS)}."
            )
        called[column] = (simplify(heading),)
    source = read(Path(file), [called["area_code"], called["rank"]])
    table = _table(wanted, source, called)
    _check_codes(wanted, table, source, lookups.codes_of(wanted.vintage, definitions))
    for check in (_check_ranks, _check_deciles, _check_scores, _check_population):
        check(wanted, table, source)
    return table.sort_by("area_code"), source


def add(
    name: str,
    file: Path | str,
    definitions: Path | str | None = None,
    *,
    columns: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Read a publisher's file of an edition, check it and keep it among the local definitions.

    Parameters and errors are those of :func:`read_edition`. A refused file leaves what was kept
    before as it was.

    Returns
    -------
    dict
        Where it came from: file, SHA-256, rows, time read, and which columns it had.
    """
    table, source = read_edition(name, file, definitions, columns=columns)
    has = [column for column in COLUMNS if table[column].null_count < table.num_rows]
    return kept.keep(name, table, source, definitions, columns=has)


def load(name: str, definitions: Path | str | None = None) -> pa.Table:
    """Return the areas of an edition that has been added.

    Returns
    -------
    pa.Table
        One row an area: ``area_vintage``, ``area_code``, ``score`` (null where the publisher
        gives none), ``rank``, ``decile``, ``quintile`` (1 = most deprived; null where the file
        had no deciles and the edition's may not be computed), ``population`` (null where the file
        had none). The schema's metadata name the edition, nation, unit and direction.

    Raises
    ------
    NotLoaded
        When it has not been added; the message has the command.
    """
    wanted = edition(name)
    found = kept.find(name, definitions)
    if found is None:
        raise kept.NotLoaded(
            f"the file of {wanted.title} has not been added",
            where=name,
            fix=f"Run: fairpractice deprivation add {name} --file FILE",
        )
    return as_areas(wanted, found[0])


def as_areas(wanted: Edition, table: pa.Table) -> pa.Table:
    """Return the checked rows of an edition in the layout of :func:`load`."""
    quintile = pc.cast(pc.divide(pc.add(table["decile"], 1), 2), pa.int32())
    columns = {
        "area_vintage": pa.array([wanted.vintage] * table.num_rows, pa.string()),
        "area_code": table["area_code"],
        "score": table["score"],
        "rank": table["rank"],
        "decile": table["decile"],
        "quintile": quintile,
        "population": table["population"],
    }
    metadata = {
        "edition": wanted.id,
        "nation": wanted.nation,
        "unit": wanted.unit,
        "direction": DIRECTION,
    }
    return pa.table(columns).replace_schema_metadata(metadata)


def _table(wanted: Edition, source: Published, called: Mapping[str, tuple[str, ...]]) -> pa.Table:
    code = source.heading(called["area_code"])
    assert code is not None  # read() has seen it
    table: dict[str, pa.Array | pa.ChunkedArray] = {"area_code": source.table[code]}
    for column, kind in KINDS.items():
        heading = source.heading(called[column])
        table[column] = (
            pa.nulls(source.table.num_rows, kind)
            if heading is None
            else numbers(source, heading, kind)
        )
    if wanted.decile_rule == "ceil" and pc.all(pc.is_null(table["decile"])).as_py():
        table["decile"] = ceil_decile(table["rank"])
    return pa.table(table)


def ceil_decile(rank: pa.Array) -> pa.Array:
    """Return ceil(10 rank / areas) in whole numbers: the deciles of the English indices.

    Source: reproduces the deciles printed in IoD 2019 and 2025, File 1, on every LSOA.
    """
    ten = pc.multiply(pc.cast(rank, pa.int64()), 10)
    return pc.cast(pc.divide(pc.add(ten, len(rank) - 1), len(rank)), pa.int32())


def _refuse(what: str, source: Published, fix: str) -> FairpracticeError:
    return FairpracticeError(what, where=str(source.file), fix=fix)


def _check_codes(
    wanted: Edition, table: pa.Table, source: Published, known: pa.Array | None
) -> None:
    codes = table["area_code"]
    count = len(codes)
    if count == 0:
        raise _refuse("the file has headings and no rows", source, "Give the whole file.")
    if wanted.areas is None:
        good = pc.fill_null(pc.match_substring_regex(codes, ANY_AREA), False)
    elif known is None:
        good = fits(codes, wanted.vintage)
    else:
        good = pc.is_in(codes, known)
    good = pc.and_(good, pc.starts_with(codes, wanted.prefix))
    matching = pc.sum(good).as_py() or 0
    if wanted.areas is not None and (
        matching < count
        or count != wanted.areas
        or (wanted.vintage == "lsoa_2021" and not newest_codes(codes))
    ):
        can = "are" if known is not None else "could be"
        raise _refuse(
            f"{wanted.title} ({wanted.id}) has {wanted.areas:,} areas ({wanted.unit}); "
            f"this file has {count:,}, and {matching:,} of its codes {can} such areas"
            f"{_looks_like(wanted, codes)}",
            source,
            "Give the whole file of this edition, or name the edition that the file is of.",
        )
    if matching < count:
        first = codes.filter(pc.invert(good))[0].as_py()
        raise _refuse(f"{first!r} is not an area code", source, "Correct it.")
    counts = pc.value_counts(codes.combine_chunks())
    twice = counts.filter(pc.greater(pc.struct_field(counts, "counts"), 1))
    if len(twice):
        raise _refuse(
            f"{twice[0]['values'].as_py()} is in the file more than once",
            source,
            "Use the file as the publisher gives it.",
        )


def _looks_like(wanted: Edition, codes: pa.ChunkedArray) -> str:
    """Say which vintage the codes are of, when it is plainly not the edition's."""
    possible = [name for name in VINTAGES if pc.all(fits(codes, name)).as_py()]
    if {"lsoa_2011", "lsoa_2021"} <= set(possible):
        possible.remove("lsoa_2021")  # none of the codes made for 2021 is there
    if len(possible) != 1 or possible[0] == wanted.vintage:
        return ""
    evidence = (
        ", since none of the codes made for LSOA 2021 is there"
        if possible[0] == "lsoa_2011"
        else ""
    )
    return f"; it looks like {VINTAGES[possible[0]].unit}{evidence}"


def _check_ranks(wanted: Edition, table: pa.Table, source: Published) -> None:
    """Ranks run from 1 to the number of areas; where the publisher has ties, 1 2 2 4."""
    rank = table["rank"]
    if rank.null_count:
        raise _refuse("an area has no rank", source, "Use the file as the publisher gives it.")
    method = "min" if wanted.ties else "first"
    expected = pc.rank(rank.combine_chunks(), tiebreaker=method)
    if not pc.all(pc.equal(pc.cast(rank, pa.uint64(), safe=False), expected)).as_py():
        raise _refuse(
            f"the ranks are not 1 to {len(rank):,}, each once"
            + (" but for shared places" if wanted.ties else ""),
            source,
            "Use the file as the publisher gives it: ranks of the whole nation.",
        )


def _check_deciles(wanted: Edition, table: pa.Table, source: Published) -> None:
    decile = table["decile"]
    if decile.null_count == len(decile):
        return  # allowed where they are published apart; quintiles are then unknown
    by_rank = table.sort_by("rank")["decile"]
    steps = pc.subtract(by_rank[1:], by_rank[:-1])
    if decile.null_count or pc.min(decile).as_py() < 1 or pc.max(decile).as_py() > 10:
        raise _refuse("a decile is not 1 to 10", source, "Use the file as published.")
    if len(steps) and pc.min(steps).as_py() < 0:
        raise _refuse(
            f"the deciles do not follow the ranks; here {DIRECTION} in both",
            source,
            "Check the direction: some tables number from the least deprived.",
        )
    if wanted.decile_rule == "ceil":
        differ = pc.sum(pc.not_equal(decile, ceil_decile(table["rank"]))).as_py()
        if differ:
            raise _refuse(
                f"{differ:,} deciles are not those of the ranks, ceil(10 rank / {len(decile):,})",
                source,
                "Use the file as the publisher gives it.",
            )


def _check_scores(wanted: Edition, table: pa.Table, source: Published) -> None:
    score = table.sort_by("rank")["score"]
    if score.null_count == len(score):
        return
    rises = pc.max(pc.subtract(score[1:], score[:-1])).as_py() if len(score) > 1 else None
    if score.null_count or (rises is not None and rises > 0):
        raise _refuse(
            "the scores do not fall from rank 1, the most deprived, to the last",
            source,
            "Check that score and rank are of the same index and that no score is missing.",
        )


def _check_population(wanted: Edition, table: pa.Table, source: Published) -> None:
    population = table["population"]
    if population.null_count == len(population):
        return
    if population.null_count or pc.min(population).as_py() < 0:
        raise _refuse(
            "an area has no population, or less than none", source, "Use the file as published."
        )
