"""Small areas: the vintages the record knows, and which codes each can hold.

A vintage is one drawing of the map. The same code may name a different area in the next one, so
a code means something only beside its vintage, and tables join on both.
"""

from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.errors import FairpracticeError


@dataclass(frozen=True)
class Vintage:
    """One drawing of the small areas of a nation.

    ``pattern`` is the shape of a code and ``ranges`` the first and last code given out. Codes are
    numbered as they are made, so a code after the last one belongs to a later drawing.
    """

    id: str
    unit: str
    meaning: str
    pattern: str
    ranges: tuple[tuple[str, str], ...] = ()


VINTAGES: dict[str, Vintage] = {
    vintage.id: vintage
    for vintage in (
        Vintage(
            "lsoa_2011",
            "LSOA 2011",
            "lower layer super output areas of the 2011 Census: 32,844 in England, 1,909 in Wales",
            r"^[EW]01[0-9]{6}$",
            (("E01000001", "E01033768"), ("W01000001", "W01001958")),
        ),
        Vintage(
            "lsoa_2021",
            "LSOA 2021",
            "lower layer super output areas of the 2021 Census: 33,755 in England, 1,917 in Wales",
            r"^[EW]01[0-9]{6}$",
            (("E01000001", "E01035762"), ("W01000003", "W01002040")),
        ),
        Vintage(
            "data_zone_2011",
            "data zone 2011",
            "Scottish data zones of the 2011 Census: 6,976",
            r"^S01[0-9]{6}$",
            (("S01006506", "S01013481"),),
        ),
        Vintage(
            "data_zone_2021",
            "data zone 2022 (Scotland) or 2021 (Northern Ireland)",
            "data zones of the 2021 round of censuses: 7,392 in Scotland, whose census was in "
            "2022, and 3,780 in Northern Ireland",
            r"^(S01|N20)[0-9]{6}$",
            (("S01013482", "S01020873"), ("N20000001", "N20003780")),
        ),
        Vintage(
            "soa_2001",
            "super output area 2001",
            "super output areas of Northern Ireland, 2001 Census: 890",
            r"^95[A-Z]{2}[0-9]{2}[A-Z][0-9]$",
        ),
    )
}

SMALL_AREA = r"^(([EWS]01|N20)[0-9]{6}|95[A-Z]{2}[0-9]{2}[A-Z][0-9])$"
"""The shape of a small area code of any nation; ``NO2011`` and blanks are not areas."""


def vintage(name: str) -> Vintage:
    """Return a vintage by the name the record gives it.

    Raises
    ------
    FairpracticeError
        When there is none of that name; the message lists them.
    """
    if name not in VINTAGES:
        raise FairpracticeError(
            f"there is no area vintage {name!r}", fix=f"Use one of {', '.join(VINTAGES)}."
        )
    return VINTAGES[name]


def fits(codes: pa.Array, name: str) -> pa.Array:
    """Say of each code whether the vintage can hold it: its shape is right, its number given out.

    True does not prove that the code is from the vintage: most English codes of 2011 live on in
    2021. False proves that it is not.

    Parameters
    ----------
    codes
        Strings; empty ones come out false.
    name
        A vintage of the record.
    """
    held = vintage(name)
    shape = pc.match_substring_regex(codes, held.pattern)
    ranges = [
        pc.and_(pc.greater_equal(codes, first), pc.less_equal(codes, last))
        for first, last in held.ranges
    ]
    inside = reduce(pc.or_, ranges) if ranges else shape
    return pc.fill_null(pc.and_(shape, inside), False)


def newest_codes(codes: pa.Array) -> int:
    """Count the LSOA codes made after 2011: none in a file of LSOA 2011, some in one of 2021."""
    only_2021 = pc.and_not(fits(codes, "lsoa_2021"), fits(codes, "lsoa_2011"))
    return pc.sum(only_2021).as_py() or 0
