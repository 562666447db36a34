"""Codes of the Organisation Data Service (ODS): practices, networks, trusts and their sites.

What a code names is on the ODS register alone; its shape only suggests it. So any code of the
right length passes, and :func:`kind` says what it looks like.
"""

import re

from fairpractice.identifiers.shape import BLANKS, Shape, without, without_sql


# First match wins. Source: NHS England, ODS code formats; Public Health Scotland practice codes.
KINDS = (
    (r"V8199[789]", "no practice"),  # V81997 none, V81998 not applicable, V81999 not known
    (r"U[0-9]{5}", "primary care network"),
    (r"[A-Z][0-9]{5}", "general practice"),
    (r"[0-9]{5}", "general practice in Scotland"),
    (r"[A-Z][0-9]{8}", "branch surgery"),
    (r"G[0-9]{7}", "general practitioner"),
    (r"Q[A-Z0-9]{2}", "integrated care board"),
    (r"[RT][A-Z0-9]{2}", "trust"),
    (r"[RT][A-Z0-9]{4}", "site of a trust"),
    (r"F[A-Z0-9]{4}", "pharmacy"),
    (r"[0-9]{2}[A-Z]", "sub-ICB location"),
    (r"[0-9]{3}", "local authority"),
)

normalise = without(BLANKS)


def kind(code: str) -> str:
    """Return what a normalised ODS code looks like, such as "general practice".

    "no practice" are the three codes that stand for the lack of one; "other organisation" is any
    shape not known here.
    """
    return next((name for shape, name in KINDS if re.fullmatch(shape, code)), "other organisation")


def problem(text: str) -> str | None:
    """Return what is wrong with an ODS code, or None."""
    code = normalise(text)
    if not code:
        return "the organisation code is empty; leave the field out if it is not known"
    if not re.fullmatch("[A-Z0-9]{3,10}", code):
        return (
            "an ODS code has 3 to 10 letters and digits, as a practice's A81001; "
            "check that this is the column of codes, not of names"
        )
    return None


def sql(column: str) -> str:
    """Return the DuckDB expression that is true of a normalised ODS code that fits."""
    return f"regexp_full_match({column}, '[A-Z0-9]{{3,10}}')"


SHAPE = Shape("an ODS code", normalise, problem, sql, without_sql(BLANKS))
