"""England from its public files: every practice's deprivation, held against published results.

The figures are a check of the whole path (reading, vintages, weighting, fifths) on real data, and
a use of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from fairpractice.engines import Engine
from fairpractice.engines.duckdb import connect
from fairpractice.errors import FairpracticeError
from fairpractice.population.deprivation import as_areas, read_edition
from fairpractice.population.editions import IMD2019, IMD2025, Edition
from fairpractice.population.fifths import core20, national_quintile, practice_quintile
from fairpractice.population.lookups import as_lookup, carry, read_lookup
from fairpractice.population.practices import practice_deprivation, read_register
from fairpractice.population.published import Published, numbers, read


FILES = {
    "imd2019": "geo/imd/imd2019_england_lsoa11.csv.gz",
    "imd2025": "geo/imd/imd2025_england_lsoa21.csv.gz",
    "lookup": "geo/published/LSOA_2011_to_LSOA_2021_Lookup_E_W.csv.gz",
    "register": "geo/gp/registrations_lsoa11_2022-07.csv.gz",
    "ohid": "geo/gp/ohid_practice_imd_2010_2015_2019_part.csv.gz",
    "population": "geo/population/mid2020_lsoa11_age5_persons.csv.gz",
    "places": "geo/lookups/lsoa11_msoa11_lad22_sicbl22_icb22_ruc11.csv.gz",
    "districts": "geo/expected/imd2019_lad19_summaries.csv",
}
LOWEST_R = 0.996
LOWEST_SAME_FIFTH = 0.95
ROUNDING = 0.001
"""The published district scores have three places; so have the scores of the areas."""

STEPS = 7
"""How often ``say`` is called."""

Said = Callable[[str], None]


@dataclass(frozen=True)
class Check:
    """A figure, what it has to be, and whether it is."""

    name: str
    value: float
    required: str
    met: bool


@dataclass(frozen=True)
class England:
    """What was worked out. ``figures`` holds a dict a section; tables are lists of rows."""

    figures: dict[str, dict[str, Any]]
    fifths: list[dict[str, Any]]
    boards: list[dict[str, Any]]
    checks: list[Check]

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "figures": self.figures,
            "fifths_of_practices": self.fifths,
            "core20_by_integrated_care_board": self.boards,
            "checks": [vars(check) for check in self.checks],
        }


def england(reference: Path | str, say: Said = lambda step: None) -> England:
    """Work out the deprivation of all practices and compare it with what is published.

    Parameters
    ----------
    reference
        The folder that holds the files of :data:`FILES`.
    say
        Called with each step as it begins.

    Raises
    ------
    FairpracticeError
        When a file is not there or is not what it should be.
    """
    files = {name: Path(reference) / path for name, path in FILES.items()}
    for file in files.values():
        if not file.is_file():
            raise FairpracticeError(
                "a reference file is not there",
                where=str(file),
                fix="Name with --reference the folder that holds geo/.",
            )
    engine = connect()
    say("reading the indices of deprivation")
    areas = {
        edition.id: _areas(engine, edition, files[edition.id]) for edition in (IMD2019, IMD2025)
    }
    say("reading the register")
    register = engine.table(read_register(files["register"], IMD2019.vintage))
    say("working out practices' deprivation")
    practices = engine.cache(practice_deprivation(register, areas["imd2019"], IMD2019))
    fifths = _fifths(engine, practices)
    say("comparing with the published scores")
    compared = _compared(engine, practices, files["ohid"])
    say("carrying the register to LSOA 2021")
    later = _later(engine, register, practices, areas, files["lookup"])
    say("counting people in the most deprived fifth")
    share, boards = _core20(engine, areas["imd2019"], files)
    say("comparing districts")
    districts = _districts(engine, areas["imd2019"], files)
    figures = {
        "register": _one(engine, _totals(practices)),
        "compared_with_ohid": compared,
        "imd2025": later,
        "core20": share,
        "districts": districts,
    }
    return England(figures, fifths, boards, _checks(figures))


def _checks(figures: dict[str, dict[str, Any]]) -> list[Check]:
    ohid, later, districts = (
        figures[name] for name in ("compared_with_ohid", "imd2025", "districts")
    )
    lost = abs(later["patients_after"] - later["patients_before"])
    return [
        Check("correlation with OHID", ohid["r"], f"above {LOWEST_R}", ohid["r"] > LOWEST_R),
        Check(
            "practices in OHID's fifth",
            ohid["same_fifth"],
            f"above {LOWEST_SAME_FIFTH}",
            ohid["same_fifth"] > LOWEST_SAME_FIFTH,
        ),
        Check(
            "patients lost on the way to LSOA 2021",
            lost,
            "below 0.5 of 1 patient",
            lost < 0.5,
        ),
        Check(
            "largest difference from a district's published score",
            districts["largest_difference"],
            f"at most {ROUNDING}",
            districts["largest_difference"] <= ROUNDING,
        ),
    ]


def _areas(engine: Engine, edition: Edition, file: Path) -> ir.Table:
    table, _ = read_edition(edition.id, file)
    return engine.table(as_areas(edition, table).replace_schema_metadata(None))


def _rows(engine: Engine, expression: ir.Table) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = engine.to_arrow(expression).to_pylist()
    return rows


def _one(engine: Engine, expression: ir.Table) -> dict[str, Any]:
    return _rows(engine, expression)[0]


def _published(
    engine: Engine, file: Path, text: dict[str, str], values: dict[str, str]
) -> ir.Table:
    """Give some columns of a published table to the engine: ``{our name: heading}``."""
    headings = [(heading,) for heading in (*text.values(), *values.values())]
    source: Published = read(file, headings)
    columns = {name: source.table[heading] for name, heading in text.items()}
    columns |= {name: numbers(source, heading, pa.float64()) for name, heading in values.items()}
    return engine.table(pa.table(columns))


def _totals(practices: ir.Table) -> ir.Table:
    counts = [name for name in practices.columns if name.startswith("patients")]
    return practices.agg(
        practices=practices.count(),
        practices_scored=practices.score.count(),
        **{name: practices[name].sum() for name in counts},
    )


def _fifths(engine: Engine, practices: ir.Table) -> list[dict[str, Any]]:
    ranked = practice_quintile(practices)
    ranked = ranked.filter(ranked.quintile.notnull())
    table = ranked.group_by("quintile", "unit", "direction").agg(
        practices=ranked.count(),
        patients=ranked.patients.sum(),
        lowest=ranked.score.min(),
        mean=(ranked.score * ranked.patients_scored).sum() / ranked.patients_scored.sum(),
        highest=ranked.score.max(),
    )
    return _rows(engine, table.order_by("quintile"))


def _compared(engine: Engine, practices: ir.Table, file: Path) -> dict[str, Any]:
    """Compare with OHID on the practices it gives, in fifths of those practices."""
    ohid = _published(
        engine, file, {"practice_code": "practice code", "year": "imd year"}, {"score": "imd score"}
    )
    theirs = ohid.filter(ohid.year == "2019").select("practice_code", published="score")
    ours = practices.filter(practices.score.notnull()).select("practice_code", "score")
    both = engine.cache(ours.inner_join(theirs, "practice_code"))
    if not _one(engine, both.agg(n=both.count()))["n"]:
        raise FairpracticeError(
            "no practice of the register is in OHID's table for IMD 2019",
            where=str(file),
            fix="Give a register and a table of about the same date.",
        )
    by_ours = practice_quintile(both).select("practice_code", "score", "published", ours="quintile")
    by_theirs = practice_quintile(both.select("practice_code", score="published"))
    table = by_ours.inner_join(
        by_theirs.select("practice_code", theirs="quintile"), "practice_code"
    )
    difference = (table.score - table.published).abs()
    return _one(
        engine,
        table.agg(
            practices=table.count(),
            r=table.score.corr(table.published, how="pop"),
            mean_absolute_error=difference.mean(),
            within_one_point=(difference <= 1).cast("float64").mean(),
            same_fifth=(table.ours == table.theirs).cast("float64").mean(),
        ),
    )


def _later(
    engine: Engine,
    register: ir.Table,
    practices: ir.Table,
    areas: dict[str, ir.Table],
    file: Path,
) -> dict[str, Any]:
    """Score practices by IMD 2025 through the look-up, and count what joining by code loses."""
    before, after = IMD2019.vintage, IMD2025.vintage
    lookup = engine.table(as_lookup(read_lookup(before, after, file)[0], before, after))
    populations = ibis.union(areas["imd2019"], areas["imd2025"]).select(
        "area_vintage", "area_code", "population"
    )
    carried = engine.cache(
        carry(register, lookup, populations, counts=["patients"], by=["practice_code"])
    )
    scored = engine.cache(practice_deprivation(carried, areas["imd2025"], IMD2025))
    codes = areas["imd2025"].select(found="area_code")
    by_code = register.left_join(codes, [("area_code", "found")])
    missed = by_code.found.isnull()
    english = by_code.area_code.startswith(IMD2025.prefix)
    lost = _one(
        engine,
        by_code.agg(
            patients=by_code.patients.sum(),
            english=by_code.patients.sum(where=english),
            lost=by_code.patients.sum(where=missed),
            lost_english=by_code.patients.sum(where=missed & english),
        ),
    )
    totals = _one(engine, _totals(scored))
    now = practice_quintile(scored).select("practice_code", later="score", fifth_later="quintile")
    then = practice_quintile(practices).select("practice_code", "score", "quintile")
    both = then.inner_join(now, "practice_code")
    moved = _one(
        engine,
        both.agg(
            r_with_imd2019=both.score.corr(both.later, how="pop"),
            same_fifth_as_imd2019=(both.quintile == both.fifth_later).cast("float64").mean(),
        ),
    )
    mean = areas["imd2025"]
    england_mean = _one(
        engine, mean.agg(m=(mean.score * mean.population).sum() / mean.population.sum())
    )
    return {
        "practices": totals["practices_scored"],
        "patients_before": lost["patients"],
        "patients_after": _one(engine, carried.agg(n=carried.patients.sum()))["n"],
        "patients_scored": totals["patients_scored"],
        "share_without_score": 1 - totals["patients_scored"] / lost["patients"],
        "patients_without_score_by_code_alone": lost["lost"],
        "share_without_score_by_code_alone": lost["lost"] / lost["patients"],
        "share_of_english_lost_by_code_alone": lost["lost_english"] / lost["english"],
        "england_mean_score": england_mean["m"],
        **moved,
    }


def _core20(
    engine: Engine, areas: ir.Table, files: dict[str, Path]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    people = _published(
        engine, files["population"], {"area_code": "lsoa11 code"}, {"people": "total"}
    )
    places = _published(
        engine, files["places"], {"area_code": "lsoa11 code", "board": "icb22 name"}, {}
    )
    people = people.left_join(places, "area_code").select(
        "area_code", "people", "board", area_vintage=ibis.literal(IMD2019.vintage)
    )
    placed = engine.cache(national_quintile(people, areas, IMD2019))
    boards = core20(placed, by=["board"])
    return (
        _one(engine, core20(placed)),
        _rows(engine, boards.order_by(boards.share.desc(), boards.board.asc())),
    )


def _districts(engine: Engine, areas: ir.Table, files: dict[str, Path]) -> dict[str, Any]:
    """Compare population-weighted district scores with the published summaries."""
    districts = _published(
        engine, files["imd2019"], {"area_code": "lsoa11 code", "district": "lad19 code"}, {}
    )
    published = _published(
        engine, files["districts"], {"district": "ltla19 code"}, {"published": "score"}
    )
    joined = areas.inner_join(districts, "area_code")
    ours = joined.group_by("district").agg(
        score=(joined.score * joined.population).sum() / joined.population.sum().nullif(0)
    )
    both = ours.inner_join(published, "district")
    difference = (both.score - both.published).abs()
    return _one(
        engine,
        both.agg(
            districts=both.count(),
            largest_difference=difference.max(),
            mean_difference=difference.mean(),
        ),
    )
