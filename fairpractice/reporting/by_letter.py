"""Is help where the need is? Rows that are protected with all others; practices are letters."""

import datetime as dt
import string
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from fairpractice.measures.need import CLINICIANS, DEPRIVATION, PRACTICE, WEIGHT


INDICES = {
    WEIGHT: (2, "indirect standardisation by the network's own use"),
    CLINICIANS: (1, "clinicians, shared out by where their appointments went"),
    DEPRIVATION: (1, "mean of people's fifths"),
}
"""How many decimals each index is given, too few to tell a number of people by; and what it is."""


def letters(need: pd.DataFrame) -> dict[str, str]:
    """Return a letter for each practice, from the one with the most deprived people.

    Their order says nothing of how well they do.
    """
    practices = need[need["grouping"] == PRACTICE].sort_values([DEPRIVATION, "group"])["group"]
    return {code: letter(place) for place, code in enumerate(practices)}


def letter(place: int) -> str:
    """Return A to Z, then AA, AB and so on."""
    before, last = divmod(place, len(string.ascii_uppercase))
    return (letter(before - 1) if before else "") + string.ascii_uppercase[last]


def table(of_practices: pa.Table, need: pd.DataFrame, on: dt.date) -> pa.Table:
    """Return the means of practices and the indices of all groups, by letter.

    Parameters
    ----------
    of_practices
        What is seen, by practice, as :func:`fairpractice.measures.results.values` returns it.
    need
        As :func:`fairpractice.measures.need.need` returns it.
    """
    names = letters(need)
    known = pa.array([group in names for group in of_practices["group"].to_pylist()])
    of_practices = of_practices.filter(known)
    lettered = pa.array([names[group] for group in of_practices["group"].to_pylist()], pa.string())
    place = of_practices.schema.get_field_index("group")
    rows = [_index(name, row, names, on) for row in need.to_dict("records") for name in INDICES]
    return pa.concat_tables(
        [
            of_practices.set_column(place, "group", lettered),
            pa.Table.from_pylist(rows, of_practices.schema),
        ]
    )


def _index(
    name: str, row: Mapping[Any, Any], letters: Mapping[str, str], on: dt.date
) -> dict[str, Any]:
    digits, method = INDICES[name]
    value = None if pd.isna(row[name]) else round(row[name], digits)
    group = letters[row["group"]] if row["grouping"] == PRACTICE else row["group"]
    return {
        "definition": name,
        "on": on,
        "grouping": row["grouping"],
        "group": group,
        "people": row["people"],
        "denominator": row["people"],
        "value": value,
        "method": method,
        "status": "ok" if value is not None else "zero_denominator",
        "reason": None if value is not None else "nothing to work it out from",
    }
