"""The NHS number: ten digits, the last of which checks the others modulo 11.

Source: NHS Data Model and Dictionary, attribute NHS NUMBER (the Modulus 11 algorithm).
"""

from fairpractice.identifiers.shape import BLANKS, DASHES, Shape, without, without_sql


normalise = without(BLANKS + DASHES)


def problem(text: str) -> str | None:
    """Return what is wrong with an NHS number, or None.

    Numbers that begin with 999 are kept for testing and pass. A number of ten like digits meets
    the arithmetic (the weights add up to 55) but is never issued: it stands for "none".
    """
    number = normalise(text)
    if not number:
        return "the NHS number is empty; leave the field out if it is not known"
    if not (number.isascii() and number.isdigit()):
        return "an NHS number has digits only; correct it at the source"
    if len(number) != 10:
        return f"an NHS number has 10 digits and this has {len(number)}; correct it at the source"
    if len(set(number)) == 1:
        return "ten like digits are no NHS number; leave the field out if it is not known"
    # Weights 10 to 2 on the first nine digits and 1 on the check digit: the sum is a multiple of
    # 11 just when the check digit is right, and never when it would have to be 10.
    if (
        sum(int(digit) * weight for digit, weight in zip(number, range(10, 0, -1), strict=True))
        % 11
    ):
        return "the check digit is wrong: a digit was mistyped; correct it at the source"
    return None


def sql(column: str) -> str:
    """Return the DuckDB expression that is true of a normalised NHS number that fits."""
    weighted = " + ".join(
        f"(ascii(substr({column}, {n}, 1)) - 48) * {11 - n}" for n in range(1, 11)
    )
    return (
        f"(regexp_full_match({column}, '[0-9]{{10}}') AND ({weighted}) % 11 = 0 "
        f"AND {column} <> repeat(substr({column}, 1, 1), 10))"
    )


SHAPE = Shape("an NHS number", normalise, problem, sql, without_sql(BLANKS + DASHES))
