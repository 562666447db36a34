"""What every identifier answers: how it is written, what is wrong with one, the same in SQL."""

from collections.abc import Callable
from dataclasses import dataclass


# Blanks that documents and spreadsheets put between digits: ASCII, no-break, narrow, zero-width.
BLANKS = " \t\r\n\f\v\u00a0\u2007\u2009\u200b\u202f\ufeff"
DASHES = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212"

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_UPPER = _LOWER.upper()


@dataclass(frozen=True)
class Shape:
    """The shape of one kind of identifier.

    The four functions agree: ``sql`` is true of ``normalise(text)`` exactly when ``problem(text)``
    is None, and ``normalise_sql`` gives what ``normalise`` gives. Where a value is null, so is the
    SQL. No message repeats the value, which may identify a person.

    Attributes
    ----------
    meaning
        What it is, for messages: "an NHS number".
    normalise
        Text as people write it to the one form that is stored. Never raises; text that does not
        fit comes back tidied, so that a message can be about it.
    problem
        None if the text fits once normalised, else what is wrong and what to do.
    sql
        Column name or SQL expression of normalised text to a DuckDB expression, true where it fits.
    normalise_sql
        Column name or SQL expression of text to a DuckDB expression of the normalised text.
    """

    meaning: str
    normalise: Callable[[str], str]
    problem: Callable[[str], str | None]
    sql: Callable[[str], str]
    normalise_sql: Callable[[str], str]


def without(characters: str) -> Callable[[str], str]:
    """Return a function that leaves out some characters and puts a to z in capitals."""
    table = str.maketrans(_LOWER, _UPPER, characters)
    return lambda text: text.translate(table)


def without_sql(characters: str) -> Callable[[str], str]:
    """Return the DuckDB form of :func:`without`."""
    # DuckDB's upper() and Python's differ outside ASCII; translate() is the same in both. A
    # character to leave out has no partner in the second list. Most text is clean already, and
    # finding that out is thirty times faster than translating.
    codes = " || ".join(f"chr({ord(character)})" for character in characters)
    return lambda column: (
        f"CASE WHEN regexp_full_match({column}, '[0-9A-Z]*') THEN {column} "
        f"ELSE translate({column}, '{_LOWER}' || {codes}, '{_UPPER}') END"
    )
