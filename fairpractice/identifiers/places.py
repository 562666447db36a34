"""Small areas and postcodes."""

import re

from fairpractice.identifiers.shape import BLANKS, Shape, without, without_sql


# Codes that a census kept are written the same in both of its editions, so the code alone never
# tells the edition: the source has to.
VINTAGES = (
    (r"[EW]01[0-9]{6}", ("lsoa_2011", "lsoa_2021")),
    (r"S01[0-9]{6}", ("data_zone_2011", "data_zone_2021")),
    (r"N20[0-9]{6}", ("data_zone_2021",)),
    (r"95[A-Z]{2}[0-9]{2}[A-Z][0-9]", ("soa_2001",)),
)
_SMALL_AREA = "|".join(shape for shape, _ in VINTAGES)

# Outward codes have six patterns, and Newport once had NPT. The letters C, I, K, M, O and V end
# no postcode but those beginning with ZZ99, which the NHS uses where there is no address.
_INWARD = "[0-9][ABD-HJLNP-UW-Z]{2}"
_POSTCODE = rf"([A-Z]{{1,2}}[0-9][A-Z0-9]?|NPT) {_INWARD}|GIR 0AA|ZZ99 [0-9][A-Z]{{2}}"

NO_FIXED_ABODE = "ZZ99 3VZ"
ADDRESS_NOT_KNOWN = "ZZ99 3WZ"

normalise_area = without(BLANKS)
_bare = without(BLANKS)
_bare_sql = without_sql(BLANKS)


def vintages(code: str) -> tuple[str, ...]:
    """Return the editions of small areas that a normalised code may be from; none if it fits none.

    E01000001 is an area of 2011 and of 2021, whose bounds may differ: two editions come back, and
    which one is meant has to come from whoever sent the code.
    """
    return next((which for shape, which in VINTAGES if re.fullmatch(shape, code)), ())


def problem_area(text: str) -> str | None:
    """Return what is wrong with the code of a small area, or None."""
    code = normalise_area(text)
    if not code:
        return "the area code is empty; leave the field out if it is not known"
    if re.fullmatch(_SMALL_AREA, code):
        return None
    if re.fullmatch("[EWSN][0-9]{8}", code):
        return (
            "the code is that of a larger or smaller area; give the lower layer super output area "
            "(E01 or W01) or data zone (S01, N20)"
        )
    return (
        "a small area is written as E01000001 (LSOA), S01006506 (data zone) or 95AA01S1 (super "
        "output area in Northern Ireland); check that this is the column of codes, not of names"
    )


def sql_area(column: str) -> str:
    """Return the DuckDB expression that is true of a normalised small-area code that fits."""
    return f"regexp_full_match({column}, '{_SMALL_AREA}')"


def normalise_postcode(text: str) -> str:
    """Return a postcode in capitals with one space before its last three characters."""
    bare = _bare(text)
    return f"{bare[:-3]} {bare[-3:]}" if len(bare) > 3 else bare


def normalise_postcode_sql(column: str) -> str:
    """Return the DuckDB form of :func:`normalise_postcode`."""
    return f"regexp_replace({_bare_sql(column)}, '(?s)^(.+)(...)$', '\\1 \\2')"


def problem_postcode(text: str) -> str | None:
    """Return what is wrong with a postcode, or None.

    The NHS's own codes for people without an address pass: ZZ99 3VZ is no fixed abode.
    """
    postcode = normalise_postcode(text)
    if not postcode:
        return "the postcode is empty; leave the field out if it is not known"
    if not re.fullmatch(_POSTCODE, postcode):
        return (
            "it is not written as a postcode is, such as SW1A 1AA; correct it at the source, "
            f"or give {NO_FIXED_ABODE} where somebody has no fixed abode"
        )
    return None


def sql_postcode(column: str) -> str:
    """Return the DuckDB expression that is true of a normalised postcode that fits."""
    return f"regexp_full_match({column}, '{_POSTCODE}')"


SMALL_AREA = Shape("a small area", normalise_area, problem_area, sql_area, without_sql(BLANKS))
POSTCODE = Shape(
    "a postcode", normalise_postcode, problem_postcode, sql_postcode, normalise_postcode_sql
)
