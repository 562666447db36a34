"""The SNOMED CT identifier: 6 to 18 digits that say what they name and check themselves.

The last digit is a Verhoeff check digit; the two before it, the *partition*, say what is named
(concept, description or relationship) and whether a namespace of seven digits precedes them. dm+d
codes are SNOMED CT identifiers too.

Source: SNOMED CT Release File Specification, chapter 6 (SCTID), and the Verhoeff tables there.
"""

import re

from fairpractice.identifiers.shape import BLANKS, Shape, without, without_sql


# The symmetries of a pentagon, one after another; then the powers of one permutation of digits.
PRODUCT = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_PERMUTATION = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
_POWERS = [tuple(range(10))]
for _ in range(7):
    _POWERS.append(tuple(_PERMUTATION[digit] for digit in _POWERS[-1]))

KINDS = {"0": "concept", "1": "description", "2": "relationship"}
SPREADSHEET = re.compile(r"[0-9]+([.,][0-9]+)?E\+?[0-9]+")

normalise = without(BLANKS)


def verhoeff(digits: str) -> int:
    """Return 0 when the last digit of a string of digits is the right check digit."""
    checked = 0
    for place, digit in enumerate(reversed(digits)):
        checked = PRODUCT[checked][_POWERS[place % 8][int(digit)]]
    return checked


def kind(code: str) -> str:
    """Return what a well-formed identifier names: concept, description or relationship."""
    return KINDS[code[-2]]


def problem(text: str) -> str | None:
    """Return what is wrong with the identifier of a concept, or None."""
    code = normalise(text)
    if not code:
        return "the code is empty; leave the row out"
    if SPREADSHEET.fullmatch(code):
        return (
            "the code is in scientific notation: a spreadsheet spoilt it and its digits are lost; "
            "take the file from its publisher again and do not save it from a spreadsheet"
        )
    if not (code.isascii() and code.isdigit()):
        return "a SNOMED CT code has digits only; check that this is the column of codes"
    if not 6 <= len(code) <= 18 or code[0] == "0":
        return "a SNOMED CT code has 6 to 18 digits and does not begin with 0; correct the code"
    if verhoeff(code):
        if len(code) > 15 and not code[15:].strip("0"):
            return (
                "the check digit is wrong and all digits after the fifteenth are 0: a spreadsheet "
                "rounded the code; take the file from its publisher again"
            )
        return "the check digit is wrong: a digit was mistyped or lost; correct the code"
    if code[-3] not in "01" or code[-2] not in KINDS or (code[-3] == "1" and len(code) < 11):
        return "no SNOMED CT code has these last three digits; correct the code"
    if kind(code) != "concept":
        return (
            f"the code is that of a {kind(code)}, not of a concept; "
            "use the concept's own code, of which the last but one digit is 0"
        )
    return None


def sql(column: str) -> str:
    """Return the DuckDB expression that is true of a normalised concept identifier that fits.

    A file has few distinct codes: check those, not every row.
    """
    product = "".join(str(digit) for row in PRODUCT for digit in row)
    # Codes are padded to 18 places with x, which strpos does not find and so counts as the digit
    # that leaves the sum alone.
    padded = f"lpad({column}, 18, 'x')"
    checked = "0"
    for place in range(18):
        power = _POWERS[place % 8]
        digits = "".join(str(power.index(value)) for value in range(1, 10))
        permuted = f"strpos('{digits}', substr({padded}, {18 - place}, 1))"
        checked = f"(ascii(substr('{product}', 10 * {checked} + {permuted} + 1, 1)) - 48)"
    shaped = "[1-9][0-9]{2,14}00[0-9]|[1-9][0-9]{7,14}10[0-9]"
    return f"(regexp_full_match({column}, '{shaped}') AND {checked} = 0)"


SHAPE = Shape("a SNOMED CT concept code", normalise, problem, sql, without_sql(BLANKS))
