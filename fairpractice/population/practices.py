"""Practices and networks: reading the NHS organisation files, and a practice's deprivation."""

import datetime as dt
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.engines import Engine
from fairpractice.errors import FairpracticeError
from fairpractice.population.areas import SMALL_AREA, vintage
from fairpractice.population.deprivation import load
from fairpractice.population.editions import Edition, edition
from fairpractice.population.fifths import needs, settled
from fairpractice.population.lookups import carry, load_lookup
from fairpractice.population.published import Published, numbers, read


EPRACCUR = (
    "practice code",
    "practice name",
    "region code",
    "icb code",
    *(f"address {n}" for n in range(1, 6)),
    "postcode",
    "opened on",
    "closed on",
    "status",
    "type",
    "commissioner code",
    *(f"column {n}" for n in range(16, 26)),
    "prescribing setting",
    "column 27",
)
GP_PRACTICE = "4"
STATUSES = {"A": "active", "C": "closed", "D": "dormant", "P": "proposed"}
REGISTER = {
    "practice_code": ("practice code",),
    "area_code": ("lsoa code", "lsoa11 code", "lsoa21 code", "area code"),
    "patients": ("number of patients", "patients"),
}
POSTCODES = ("postcode", "practice_postcode", "practice postcode", "post code", "post_code")


class PostcodeRefused(FairpracticeError):  # noqa: N818 (it reads as what happened)
    """A practice was to be scored by its postcode, which is refused by design."""

    def __init__(self, where: str = "") -> None:
        super().__init__(
            "a practice is not scored by its postcode: it says where the building stands, not "
            "where the patients live (over England's practices the two agree with r = 0.84, "
            "against 0.997 by patients' areas, and half the practices land in another fifth)",
            where=where,
            fix="Give the number of patients in each small area.",
        )


def read_practices(file: Path | str) -> pa.Table:
    """Read epraccur, the NHS file of prescribing cost centres, which has no headings.

    Returns
    -------
    pa.Table
        GP practices only (prescribing setting 4), in order of code: ``practice_code``,
        ``practice_name``, ``postcode``, ``opened_on``, ``closed_on``, ``status`` (active, closed,
        dormant, proposed), ``commissioner_code`` (sub-ICB location), ``icb_code``,
        ``region_code``. The postcode is the building's and is for display alone.

    Raises
    ------
    FairpracticeError
        When the file has other columns, a date is not a date, or no row is a GP practice.
    """
    source = read(Path(file), [], names=EPRACCUR)
    found = source.table
    practices = found.filter(pc.equal(found["prescribing setting"], GP_PRACTICE))
    if not practices.num_rows:
        raise FairpracticeError(
            "no row is a GP practice (prescribing setting 4 in column 26)",
            where=str(file),
            fix="Give epraccur.csv as published, without headings.",
        )
    status = practices["status"].combine_chunks()
    return pa.table(
        {
            "practice_code": practices["practice code"],
            "practice_name": practices["practice name"],
            "postcode": _or_null(practices["postcode"]),
            "opened_on": _dates(practices, "opened on", source),
            "closed_on": _dates(practices, "closed on", source),
            "status": pc.take(
                pa.array(list(STATUSES.values())), pc.index_in(status, pa.array(list(STATUSES)))
            ),
            "commissioner_code": _or_null(practices["commissioner code"]),
            "icb_code": _or_null(practices["icb code"]),
            "region_code": _or_null(practices["region code"]),
        }
    ).sort_by("practice_code")


def read_networks(file: Path | str) -> tuple[pa.Table, pa.Table]:
    """Read ePCN, the NHS workbook of primary care networks and their practices.

    Returns
    -------
    (pa.Table, pa.Table)
        Networks: ``network_code``, ``network_name``, ``commissioner_code``, ``opened_on``,
        ``closed_on``. Membership: ``practice_code``, ``network_code``, ``start_date``,
        ``end_date``. A membership with an end date is over: the practice has left the network, or
        the network has closed. Both in order of code and date.

    Raises
    ------
    FairpracticeError
        When the workbook lacks either sheet or a date is not a date.
    """
    details = read(Path(file), [("pcn code",), ("current sub icb loc code",), ("open date",)])
    partners = read(Path(file), [("partner organisation code",), ("pcn code",)])
    start = "practice to pcn relationship start date"
    end = "practice to pcn relationship end date"
    for source, columns in (
        (details, ("pcn name", "close date")),
        (partners, (start, end)),
    ):
        missing = [name for name in columns if name not in source.headings]
        if missing:
            raise FairpracticeError(
                f"the sheet has no heading {missing[0]!r}",
                where=str(file),
                fix="Give ePCN.xlsx as published.",
            )
    networks = pa.table(
        {
            "network_code": details.table["pcn code"],
            "network_name": details.table["pcn name"],
            "commissioner_code": _or_null(details.table["current sub icb loc code"]),
            "opened_on": _dates(details.table, "open date", details),
            "closed_on": _dates(details.table, "close date", details),
        }
    )
    membership = pa.table(
        {
            "practice_code": partners.table["partner organisation code"],
            "network_code": partners.table["pcn code"],
            "start_date": _dates(partners.table, start, partners),
            "end_date": _dates(partners.table, end, partners),
        }
    )
    keys = [(name, "ascending") for name in ("practice_code", "start_date", "network_code")]
    return networks.sort_by("network_code"), membership.sort_by(keys)


def network_of(membership: ir.Table, on: dt.date | None = None) -> ir.Table:
    """Return the network that each practice is in: one row a practice.

    Parameters
    ----------
    membership
        Of the layout that :func:`read_networks` returns. An end date is the last day.
    on
        The day asked about; left out: now, as the file has it, where an end date of any kind
        means that the practice has left.

    Returns
    -------
    ir.Table
        ``practice_code``, ``network_code``. Of several networks at once the one joined last
        counts, and of those the first by code. Practices in none are not there.
    """
    needs(membership, ("practice_code", "network_code", "start_date", "end_date"))
    if on is None:
        current = membership.filter(membership.end_date.isnull())
    else:
        day = ibis.literal(on)
        current = membership.filter(
            ibis.coalesce(membership.start_date <= day, True),
            ibis.coalesce(membership.end_date >= day, True),
        )
    order = ibis.window(
        group_by=current.practice_code,
        order_by=[current.start_date.desc(nulls_first=False), current.network_code.asc()],
    )
    ranked = current.mutate(place=ibis.row_number().over(order))
    return ranked.filter(ranked.place == 0).select("practice_code", "network_code")


def read_register(file: Path | str, area_vintage: str) -> pa.Table:
    """Read the NHS's published numbers of patients of each practice by small area.

    Parameters
    ----------
    file
        Patients Registered at a GP Practice, by LSOA; several rows of one practice and area (by
        sex) are fine.
    area_vintage
        Which vintage its areas are of; the file does not say, so you have to.

    Returns
    -------
    pa.Table
        ``practice_code``, ``area_vintage``, ``area_code``, ``patients``; the last small areas are
        as published, ``NO2011`` and other nations' among them.

    Raises
    ------
    PostcodeRefused
        When the file has practices' postcodes and no areas.
    FairpracticeError
        When it is some other file, or a number is not one.
    """
    held = vintage(area_vintage).id
    path = Path(file)
    source = read(path, [REGISTER["practice_code"]])
    columns = {name: source.heading(called) for name, called in REGISTER.items()}
    if columns["area_code"] is None and source.heading(POSTCODES):
        raise PostcodeRefused(str(path))
    for name, heading in columns.items():
        if heading is None:
            raise FairpracticeError(
                f"no heading is one of {', '.join(map(repr, REGISTER[name]))}",
                where=str(path),
                fix="Give the file of patients registered at a practice by LSOA.",
            )
    table = source.table
    patients = numbers(source, str(columns["patients"]), pa.int64())
    return pa.table(
        {
            "practice_code": table[str(columns["practice_code"])],
            "area_vintage": pa.array([held] * table.num_rows, pa.string()),
            "area_code": _or_null(table[str(columns["area_code"])]),
            "patients": patients,
        }
    )


def practice_deprivation(registrations: ir.Table, areas: ir.Table, of: Edition) -> ir.Table:
    """Return each practice's deprivation: the mean score of its patients' areas.

    The mean is weighted by patients, as the Office for Health Improvement and Disparities does
    for its practice profiles (Fingertips 93553). Only areas of the edition's nation and vintage
    count; every other patient is counted under the reason.

    Parameters
    ----------
    registrations
        ``practice_code``, ``area_vintage``, ``area_code``, ``patients``.
    areas
        The edition's areas, as :func:`fairpractice.population.deprivation.load` returns them.
    of
        Which edition they are of.

    Returns
    -------
    ir.Table
        One row a practice: ``practice_code``, ``score`` (null when no patient's area has one;
        higher = more deprived), ``patients``, ``patients_scored``, ``patients_without_area``,
        ``patients_elsewhere`` (another nation), ``patients_unmatched`` (this nation's areas of
        another vintage, or without a score), which add up; ``edition``, ``unit``, ``direction``.

    Raises
    ------
    PostcodeRefused
        When the table has postcodes and no areas.
    FairpracticeError
        When another column is missing.
    """
    if "area_code" not in registrations.columns and any(
        name in POSTCODES for name in registrations.columns
    ):
        raise PostcodeRefused()
    needs(registrations, ("practice_code", "area_vintage", "area_code", "patients"))
    scores = areas.select(
        edition_vintage="area_vintage", edition_code="area_code", area_score="score"
    )
    joined = settled(registrations).left_join(
        scores,
        [
            ("area_vintage", "edition_vintage"),
            ("area_code", "edition_code"),
        ],
    )
    scored = joined.area_score.notnull()
    an_area = ibis.coalesce(
        scored | joined.area_code.re_search(SMALL_AREA) | joined.edition_code.notnull(), False
    )
    of_nation = ibis.coalesce(joined.area_code.startswith(of.prefix), False)
    patients = joined.patients

    def those(condition: ir.BooleanValue) -> ir.IntegerScalar:
        return ibis.coalesce(patients.sum(where=condition), 0)

    totals = joined.group_by("practice_code").agg(
        total=(patients * joined.area_score).sum(where=scored),
        patients=those(patients.notnull()),
        patients_scored=those(scored),
        patients_without_area=those(~an_area),
        patients_elsewhere=those(an_area & ~scored & ~of_nation),
        patients_unmatched=those(an_area & ~scored & of_nation),
    )
    return totals.select(
        "practice_code",
        score=totals.total / totals.patients_scored.cast("float64").nullif(0.0),
        patients=totals.patients,
        patients_scored=totals.patients_scored,
        patients_without_area=totals.patients_without_area,
        patients_elsewhere=totals.patients_elsewhere,
        patients_unmatched=totals.patients_unmatched,
        edition=ibis.literal(of.id),
        unit=ibis.literal(f"score weighted by patients over areas ({of.unit})"),
        direction=ibis.literal("higher = more deprived"),
    )


def score_register(
    engine: Engine, register: pa.Table, name: str, definitions: Path | str | None = None
) -> ir.Table:
    """Score practices by an edition that has been added, carrying areas to its vintage if need be.

    Parameters
    ----------
    engine
        Where to work it out.
    register
        ``practice_code``, ``area_vintage``, ``area_code``, ``patients``, as
        :func:`read_register` returns it.
    name
        The edition's id.
    definitions
        The folder of local definitions.

    Returns
    -------
    ir.Table
        As :func:`practice_deprivation`.

    Raises
    ------
    NotLoaded
        When the edition, or the look-up from the register's vintage, has not been added.
    FairpracticeError
        When the edition's file had no scores, or no populations where areas have to be carried.
    """
    wanted = edition(name)
    areas = load(name, definitions)
    if areas["score"].null_count:
        raise FairpracticeError(
            f"the file of {wanted.title} that was added has no scores",
            where=name,
            fix=f"Add the one that has. {wanted.note}".strip(),
        )
    kept_areas = engine.table(areas.replace_schema_metadata(None))
    counts = engine.table(register)
    others = [v for v in pc.unique(register["area_vintage"]).to_pylist() if v != wanted.vintage]
    if others and areas["population"].null_count:
        raise FairpracticeError(
            f"the file of {wanted.title} that was added has no populations to share split areas by",
            where=name,
            fix=f"Add the one that has. {wanted.note}".strip(),
        )
    for earlier in others:
        lookup = engine.table(load_lookup(earlier, wanted.vintage, definitions))
        counts = engine.cache(
            carry(counts, lookup, kept_areas, counts=["patients"], by=["practice_code"])
        )
    return practice_deprivation(counts, kept_areas, wanted)


def _or_null(text: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.if_else(pc.equal(text, ""), None, text)


def _dates(table: pa.Table, column: str, source: Published) -> pa.Array:
    """Return yyyymmdd as dates; blank cells come out empty."""
    text = _or_null(table[column]).combine_chunks()
    try:
        return pc.cast(pc.strptime(text, format="%Y%m%d", unit="s"), pa.date32())
    except pa.ArrowInvalid as error:
        raise FairpracticeError(
            f"a date is not written yyyymmdd: {error}",
            where=f"{source.file}, column {source.headings[column]!r}",
            fix="Use the file as published.",
        ) from error
