"""Groups of people that care is compared between: deprivation, ethnic group, sex, age and others.

A group of a person may change between the dates asked about: people move, grow older and say who
they are. So a grouping gives rows ``patient_id``, ``value`` and ``mask``: the dates (see
:mod:`fairpractice.record.calendar`) on which the person was in that group. A person's masks never
overlap, and together they are all dates: where nothing is recorded the value is ``""``, which is
shown as "not recorded" and never left out.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from fairpractice.codelists import Codelist, ethnic_groups
from fairpractice.errors import FairpracticeError
from fairpractice.population import deprivation
from fairpractice.population.editions import edition
from fairpractice.population.fifths import local_quintile, national_quintile, settled
from fairpractice.population.kept import NotLoaded
from fairpractice.population.lookups import carry, load_lookup
from fairpractice.record.calendar import Calendar, Masks, mask_of
from fairpractice.record.dates import EVER, FIRST_DAY, Window, month_start, months_after
from fairpractice.record.reading import Readable, everybody
from fairpractice.record.social_facts import ORDER, TOPICS, statements
from fairpractice.record.tables import AREA_VINTAGES


ID = "patient_id"
NOT_RECORDED = ""
INTERPRETER = "interpreter_need"
YOUNGEST_OF_BAND = (*range(0, 90, 10), 90)


@dataclass(frozen=True)
class Place:
    """Where groups are looked up: a record, the dates asked about, and what codes mean.

    ``edition`` is the deprivation edition, whose areas are read from the ``definitions`` folder.
    """

    record: Readable
    calendar: Calendar
    codelists: Mapping[str, Codelist]
    edition: str = "imd2025"
    definitions: Path | None = None

    @cached_property
    def masks(self) -> Masks:
        """The calendar, given once to the engine."""
        fresh = [Window(TOPICS[INTERPRETER].freshness_months)]
        return Masks(self.calendar, self.record.engine, fresh)

    @cached_property
    def areas(self) -> ir.Table:
        """The areas of the deprivation edition, and those of other vintages carried to it.

        An area of another vintage has the rank that the people of the edition's areas sharing its
        ground have on average, where the look-up between the two was added; else it is not there.
        """
        engine, of = self.record.engine, edition(self.edition)
        loaded = deprivation.load(self.edition, self.definitions)
        areas = settled(
            engine.table(loaded).select("area_vintage", "area_code", "rank", "decile", "quintile")
        )
        populations = engine.table(loaded.select(["area_vintage", "area_code", "population"]))
        for vintage in AREA_VINTAGES:
            try:
                lookup = engine.table(load_lookup(of.vintage, vintage, self.definitions))
            except NotLoaded:
                continue
            carried = carry(areas, lookup, populations, means=["rank"])
            tenth, fifth = (
                (carried["rank"] * parts / loaded.num_rows).ceil().cast("int32")
                for parts in (10.0, 5.0)
            )
            areas = settled(
                areas.mutate(rank=areas["rank"].cast("float64")).union(
                    carried.select(
                        "area_vintage", "area_code", "rank", decile=tenth, quintile=fifth
                    )
                )
            )
        return areas


Spells = Callable[[Place], ir.Table]


@dataclass(frozen=True)
class Grouping:
    """One way to group people.

    ``spells`` gives ``patient_id``, ``value``, ``mask``, at most one value a person and date;
    ``labels`` the values in their order, or nothing where values speak for themselves. ``ordered``
    says that the order means something (from most to least deprived, from young to old).
    """

    id: str
    title: str
    spells: Spells
    labels: Mapping[str, str]
    ordered: bool = False

    def label(self, value: str) -> str:
        """Return the words for a value."""
        return self.labels.get(value, value or "Not recorded")

    def of(self, place: Place) -> ir.Table:
        """Return ``patient_id``, ``value``, ``mask`` for everybody and all dates."""
        known = self.spells(place)
        people = everybody(place.record)
        covered = known.group_by(ID).agg(covered=known["mask"].sum())
        rest = people.left_join(covered, ID).drop(f"{ID}_right")
        missing = mask_of(place.calendar.every) - rest.covered.fill_null(0).cast("int64")
        rest = rest.select(ID, value=ibis.literal(NOT_RECORDED), mask=missing)
        return known.union(rest.filter(rest["mask"] != 0))


def _all(place: Place) -> ir.Table:
    people = everybody(place.record)
    every = mask_of(place.calendar.every)
    return people.select(ID, value=ibis.literal("all"), mask=every)


def _spells(place: Place, table: str, value: str) -> ir.Table:
    """Return half-open spells as masks; where two overlap, the one that began later holds."""
    rows = place.record.table(table)
    first = ibis.coalesce(rows.start_date, ibis.literal(FIRST_DAY))
    rows = place.masks.join(rows.mutate(start_date=first), "start_date", [EVER])
    rows = place.masks.join(rows, "end_date", [EVER], "end_", keep_all=True)
    holds = place.masks.of(rows, EVER) & (place.calendar.every - place.masks.of(rows, EVER, "end_"))
    rows = rows.mutate(holds=holds).filter(holds != 0)
    later = ibis.window(group_by=ID, order_by=["start_date", value], rows=(1, None))
    taken = rows.holds.bit_or().over(later).fill_null(0)
    rows = rows.mutate(mask=rows.holds - (rows.holds & taken))
    return rows.filter(rows["mask"] != 0)


def _practices(place: Place) -> ir.Table:
    spells = _spells(place, "registration", "practice_code")
    return spells.select(ID, value=spells.practice_code, mask=spells["mask"])


def _deprivation(fifth: Callable[[Place, ir.Table], ir.Table]) -> Spells:
    def spells(place: Place) -> ir.Table:
        homes = fifth(place, _spells(place, "address", "area_code"))
        homes = homes.filter(homes.quintile.notnull())
        return homes.select(ID, value=homes.quintile.cast("string"), mask=homes["mask"])

    return spells


def _national(place: Place, homes: ir.Table) -> ir.Table:
    return national_quintile(homes, place.areas, edition(place.edition))


def _tenths(place: Place, homes: ir.Table) -> ir.Table:
    tenths = settled(place.areas.mutate(quintile=place.areas.decile))
    return national_quintile(homes, tenths, edition(place.edition))


def _local(place: Place, homes: ir.Table) -> ir.Table:
    """Give each home its fifth of the people of this record, as they lived on the last date."""
    last = 1 << (len(place.calendar.dates) - 1)
    now = homes.filter((homes["mask"] & last) != 0)
    people = now.group_by("area_vintage", "area_code").agg(patients=now.count())
    ranked = people.inner_join(place.areas, ["area_vintage", "area_code"]).select(
        "area_vintage", "area_code", "patients", "rank"
    )
    fifths = local_quintile(ranked).select("area_vintage", "area_code", "quintile")
    return homes.left_join(fifths, ["area_vintage", "area_code"])


def _sexes(place: Place) -> ir.Table:
    patients = place.record.table("patient")
    patients = patients.filter(patients.sex.notnull())
    every = mask_of(place.calendar.every)
    return patients.select(ID, value=patients.sex, mask=every)


def _ages(place: Place) -> ir.Table:
    """Join months of birth to the band that each date sees people born then in."""
    births, values, masks = [], [], []
    month, last = FIRST_DAY, month_start(place.calendar.dates[-1])
    while month <= last:
        for youngest, next_band in zip(
            YOUNGEST_OF_BAND, (*YOUNGEST_OF_BAND[1:], None), strict=True
        ):
            born = Window(next_band and 12 * next_band, 12 * youngest)
            mask = sum(
                1 << i for i, on in enumerate(place.calendar.dates) if born.contains(month, on)
            )
            if mask:
                births.append(month)
                values.append(_band(youngest))
                masks.append(mask)
        month = months_after(month, 1)
    bands = place.record.engine.table(
        pa.table(
            {
                "born": pa.array(births, pa.date32()),
                "value": values,
                "mask": pa.array(masks, pa.int64()),
            }
        )
    )
    patients = place.record.table("patient")
    return patients.inner_join(bands, patients.birth_month == bands.born).select(
        ID, "value", "mask"
    )


def _band(youngest: int) -> str:
    return f"{youngest}+" if youngest == YOUNGEST_OF_BAND[-1] else f"{youngest}-{youngest + 9}"


def _ethnic_groups(broad: bool) -> Spells:
    def spells(place: Place) -> ir.Table:
        codes = place.codelists["ethnicity"].codes
        meaning = {
            "of_code": [code.code for code in codes],
            "of_system": [code.system for code in codes],
            "category": [
                ethnic_groups.GROUPS[code.category].broad if broad else code.category
                for code in codes
            ],
        }
        said = place.record.table("event")
        means = place.record.engine.table(pa.table(meaning))
        said = said.inner_join(
            means, [said.code == means.of_code, said.code_system == means.of_system]
        )
        return _latest(place, said.select(ID, "date", value="category"))

    return spells


def _latest(place: Place, said: ir.Table, fresh: Window = EVER) -> ir.Table:
    """Let the latest entry hold while it is fresh; of several on a day, the last of the values."""
    said = said.group_by(ID, "date").agg(value=said.value.max())
    order = ibis.window(group_by=ID, order_by="date")
    said = said.mutate(next_date=said.date.lead().over(order))
    said = place.masks.join(said, "date", [fresh])
    said = place.masks.join(said, "next_date", [EVER], "next_", keep_all=True)
    seen, superseded = place.masks.of(said, fresh), place.masks.of(said, EVER, "next_")
    mask = seen & (place.calendar.every - superseded)
    return said.filter(mask != 0).select(ID, "value", mask=mask)


def _stated(place: Place, topic: str, present: str, absent: str) -> ir.Table:
    """Return what was stated of a topic and when, as the record has it: of a day, the last.

    Who would not say is in no group from then on, nor is anybody once what was stated has ended.
    """
    said = statements(place.record, place.codelists)
    said = said.filter(said.topic == topic)
    of_day = ibis.window(group_by=[ID, "recorded_on"], order_by=[said[n].desc() for n in ORDER])
    said = said.mutate(place=ibis.row_number().over(of_day))
    said = said.filter(said.place == 0)
    value = said.status.cases(("present", present), ("absent", absent), else_=NOT_RECORDED)
    over = (said.true_until <= said.recorded_on).fill_null(False)
    following = said.recorded_on.lead().over(ibis.window(group_by=ID, order_by="recorded_on"))
    said = said.mutate(value=over.ifelse(NOT_RECORDED, value), following=following)
    superseded = (said.following <= said.true_until).fill_null(False)
    ended = said.filter((said.true_until > said.recorded_on) & ~superseded)
    ends = ended.select(ID, date="true_until", value=ibis.literal(NOT_RECORDED))
    return said.select(ID, date="recorded_on", value="value").union(ends)


def _coded(place: Place, codes: Collection[tuple[str, str]], value: str) -> ir.Table:
    """Return when one of some codes, each with its system, was entered."""
    systems, concepts = zip(*sorted(codes), strict=True) if codes else ((), ())
    named = {"of_system": list(systems), "of_code": list(concepts)}
    texts = pa.schema([(name, pa.string()) for name in named])
    means = place.record.engine.table(pa.table(named, texts))
    said = place.record.table("event")
    said = said.inner_join(means, [said.code == means.of_code, said.code_system == means.of_system])
    return said.select(ID, "date", value=ibis.literal(value))


def _codes(place: Place, name: str) -> frozenset[tuple[str, str]]:
    return place.codelists[name].pairs


def _languages(place: Place) -> ir.Table:
    """Tell English by a code of the main language that does not say that it is another."""
    english = _codes(place, "main-language-recorded") - _codes(place, "english-not-main-language")
    stated = _stated(place, "language_main", "other", "english")
    return _latest(place, stated.union(_coded(place, english, "english")))


def _disabilities(place: Place) -> ir.Table:
    stated = _stated(place, "disability", "stated", "none")
    coded = _coded(place, _codes(place, "learning-disability"), "stated")
    return _latest(place, stated.union(coded))


def _interpreters(place: Place) -> ir.Table:
    """Tell who needs one, while the statement is fresh: who speaks English is not said not to."""
    fresh = Window(TOPICS[INTERPRETER].freshness_months)
    return _latest(place, _stated(place, INTERPRETER, "yes", "no"), fresh)


_QUINTILES = {
    "1": "1 (most deprived)",
    "2": "2",
    "3": "3",
    "4": "4",
    "5": "5 (least deprived)",
}

GROUPINGS: dict[str, Grouping] = {
    grouping.id: grouping
    for grouping in (
        Grouping("all", "Everybody", _all, {"all": "Everybody"}),
        Grouping(
            "imd_quintile",
            "Deprivation: national fifth of areas",
            _deprivation(_national),
            _QUINTILES,
            ordered=True,
        ),
        Grouping(
            "local_quintile",
            "Deprivation: fifth of these patients",
            _deprivation(_local),
            _QUINTILES,
            ordered=True,
        ),
        Grouping("ethnic_group", "Ethnic group", _ethnic_groups(True), ethnic_groups.BROAD),
        Grouping(
            "ethnic_group_detailed",
            "Ethnic group, in detail",
            _ethnic_groups(False),
            {id: group.label for id, group in ethnic_groups.GROUPS.items()},
        ),
        Grouping(
            "sex",
            "Sex",
            _sexes,
            {"female": "Female", "male": "Male", "indeterminate": "Indeterminate"},
        ),
        Grouping(
            "age_band",
            "Age",
            _ages,
            {_band(youngest): _band(youngest) for youngest in YOUNGEST_OF_BAND},
            ordered=True,
        ),
        Grouping(
            "main_language",
            "Main language",
            _languages,
            {"english": "English", "other": "Another language"},
        ),
        Grouping(
            "interpreter",
            "Interpreter",
            _interpreters,
            {"yes": "One is needed", "no": "None is needed, as was stated"},
        ),
        Grouping(
            "disability",
            "Disability",
            _disabilities,
            {"stated": "A disability is recorded", "none": "None, as was stated"},
        ),
        Grouping("practice", "Practice", _practices, {}),
    )
}

TENTHS = Grouping(
    "imd_decile",
    "Deprivation: national tenth of areas",
    _deprivation(_tenths),
    {
        "1": "1 (most deprived)",
        **{str(n): str(n) for n in range(2, 10)},
        "10": "10 (least deprived)",
    },
    ordered=True,
)
"""Tenths, for tables that show no fifths: together they would tell numbers that are hidden."""


def grouping(id: str) -> Grouping:
    """Return a grouping by id.

    Raises
    ------
    FairpracticeError
        When there is none of that id.
    """
    try:
        return GROUPINGS[id]
    except KeyError:
        raise FairpracticeError(
            f"There is no grouping “{id}”", fix=f"Use one of {', '.join(GROUPINGS)}."
        ) from None
