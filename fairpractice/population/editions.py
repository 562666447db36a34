"""The editions of the deprivation indices, declared as data.

Each nation's index has its own indicators, weights and areas, and its rank 1 is the most deprived
area *of that nation*. A decile 1 in Wales is not the same depth of deprivation as a decile 1 in
England, so an edition is always named, and tables of two editions are never put together.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fairpractice.errors import FairpracticeError
from fairpractice.population.areas import VINTAGES


DIRECTION = "1 = most deprived"
"""The direction of every rank, decile and fifth in fairpractice, as the governments print them.

Many papers number fifths from the least deprived; theirs are turned round on the way in.
"""

DecileRule = Literal["ceil", "published"]

AREA_CODE = (
    "lsoa code (2011)",
    "lsoa code (2021)",
    "lsoa code",
    "lsoa11 code",
    "lsoa21 code",
    "lsoa11cd",
    "lsoa21cd",
    "data zone",
    "datazone",
    "dz",
    "dz11 code",
    "soa2001",
    "soa01 code",
    "soa code",
    "area code",
)
MERGED = {
    "score": ("imd score", "score"),
    "rank": ("imd rank", "rank"),
    "decile": ("imd decile", "decile"),
    "population": ("pop total", "population"),
}


@dataclass(frozen=True)
class Edition:
    """One edition of one nation's index.

    ``areas`` is how many areas it ranks (``None``: any number). ``prefix`` begins every code of
    its nation. ``decile_rule`` says how deciles follow from ranks: ``"ceil"`` means that the
    publisher's deciles equal ceil(10 rank / areas), so that they may be computed and are checked;
    ``"published"`` means that they do not, and have to be read. ``headings`` are the publisher's
    own, in lower case, with underscores and line breaks as single spaces and any "(where ...)" at
    the end left off.
    """

    id: str
    title: str
    nation: str
    prefix: str
    vintage: str
    areas: int | None
    publisher: str
    licence: str
    decile_rule: DecileRule
    ties: bool = False
    headings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    note: str = ""

    @property
    def unit(self) -> str:
        """What its ranks, deciles and fifths count: the areas of one nation, not its people."""
        return f"{VINTAGES[self.vintage].unit} in {self.nation}"

    def called(self, column: str) -> tuple[str, ...]:
        """Return the headings a column may have in a file of this edition."""
        if column == "area_code":
            return AREA_CODE
        return self.headings.get(column, ()) + MERGED[column]


OGL = "Open Government Licence v3.0"
IOD = {
    "score": ("index of multiple deprivation (imd) score",),
    "rank": ("index of multiple deprivation (imd) rank",),
    "decile": ("index of multiple deprivation (imd) decile",),
}

IMD2019 = Edition(
    id="imd2019",
    title="English Indices of Deprivation 2019",
    nation="England",
    prefix="E01",
    vintage="lsoa_2011",
    areas=32_844,
    publisher="Ministry of Housing, Communities and Local Government",
    licence=OGL,
    decile_rule="ceil",
    ties=True,
    headings=IOD | {"population": ("total population: mid 2015 (excluding prisoners)",)},
    note="File 7 has scores, ranks, deciles and populations; File 1 only ranks and deciles.",
)
IMD2025 = Edition(
    id="imd2025",
    title="English Indices of Deprivation 2025",
    nation="England",
    prefix="E01",
    vintage="lsoa_2021",
    areas=33_755,
    publisher="Ministry of Housing, Communities and Local Government",
    licence=OGL,
    decile_rule="ceil",
    headings=IOD | {"population": ("total population: mid 2022",)},
    note="File 7 has scores, ranks, deciles and populations; File 1 only ranks and deciles.",
)
SIMD2020 = Edition(
    id="simd2020",
    title="Scottish Index of Multiple Deprivation 2020 (version 2)",
    nation="Scotland",
    prefix="S01",
    vintage="data_zone_2011",
    areas=6_976,
    publisher="Scottish Government",
    licence=OGL,
    decile_rule="published",
    headings={
        "rank": ("simd2020v2 rank",),
        "decile": ("simd2020v2 decile",),
        "population": ("total population",),
    },
)
WIMD2019 = Edition(
    id="wimd2019",
    title="Welsh Index of Multiple Deprivation 2019",
    nation="Wales",
    prefix="W01",
    vintage="lsoa_2011",
    areas=1_909,
    publisher="Welsh Government",
    licence=OGL,
    decile_rule="published",
    headings={"rank": ("wimd 2019",)},
)
WIMD2025 = Edition(
    id="wimd2025",
    title="Welsh Index of Multiple Deprivation 2025",
    nation="Wales",
    prefix="W01",
    vintage="lsoa_2021",
    areas=1_917,
    publisher="Welsh Government",
    licence=OGL,
    # The Welsh Government's own tables put ranks 1 to 382 in the most deprived 20 %;
    # ceil(10 rank / 1917) would put rank 383 there too.
    decile_rule="published",
    headings={"rank": ("wimd 2025",)},
    note="The file of ranks has no deciles; the publisher's spreadsheet of ranks and groups has.",
)
NIMDM2017 = Edition(
    id="nimdm2017",
    title="Northern Ireland Multiple Deprivation Measure 2017",
    nation="Northern Ireland",
    prefix="95",
    vintage="soa_2001",
    areas=890,
    publisher="Northern Ireland Statistics and Research Agency",
    licence=OGL,
    decile_rule="ceil",  # 890 divides by ten: every way of making deciles gives these
    headings={"rank": ("multiple deprivation measure rank",)},
)
FICTIONAL2025 = Edition(
    id="fictional2025",
    title="Index of the synthetic network's fictional areas",
    nation="a fictional place",
    prefix="",
    vintage="lsoa_2021",
    areas=None,
    publisher="fairpractice",
    licence="MIT",
    decile_rule="ceil",
    note="Made up: it ranks areas that do not exist, for demonstrations and tests.",
)

EDITIONS: dict[str, Edition] = {
    edition.id: edition
    for edition in (
        IMD2019,
        IMD2025,
        SIMD2020,
        WIMD2019,
        WIMD2025,
        NIMDM2017,
        FICTIONAL2025,
    )
}


def edition(name: str) -> Edition:
    """Return an edition by its id.

    Raises
    ------
    FairpracticeError
        When there is none of that id; the message lists them. When several are named: the message
        says why their deciles and fifths must not be put together.
    """
    several = [EDITIONS[part] for part in re.split(r"[\s,;+&]+", name) if part in EDITIONS]
    if len(several) > 1:
        raise FairpracticeError(
            f"{' and '.join(each.id for each in several)} must not be put together: each index "
            "ranks the areas of its own nation, by indicators and weights of its own, in its own "
            "year. A decile 1 of one is not as deprived as a decile 1 of another",
            where=name,
            fix="Name one edition, and ask once for each nation. People who live elsewhere are "
            "counted as without a fifth.",
        )
    if name not in EDITIONS:
        raise FairpracticeError(
            f"there is no deprivation edition {name!r}", fix=f"Use one of {', '.join(EDITIONS)}."
        )
    return EDITIONS[name]
