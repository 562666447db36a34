"""Each peer package's function, asked of ours: columns and arguments are renamed, nothing more.

A module here is a family. It has ``ADAPTERS``, from the peer's function to what asks ours, and may
have ``ALONE`` (columns that only the peer returns, with why), ``SUPPORTED`` (which of the family's
cases ours can be asked), ``TOLERANCE`` (the relative tolerance where it is not 1e-9, or a function
of the case), ``SIMULATED`` (within what share of the interval's width simulated limits agree),
``WRONG`` (which columns of a case the peer has wrong, and another test checks), ``WORDS`` (columns
of words, or of true and false, to be compared too; where one is only meant beside a number of the
peer, with that number's column) and ``MORE`` (columns in which ours has a number where the peer
has none).
"""

import os
from pathlib import Path
from typing import Any

import pandas as pd


Case = dict[str, Any]

FOLDER = Path(
    os.environ.get("FAIRPRACTICE_REFERENCE")
    or Path(__file__).resolve().parents[5] / "shared" / "reference"
).joinpath("stats")


def levels(given: Any) -> list[float]:
    """Return confidence as the peer takes it (0.95, 95, a pair or null) as a list under 1."""
    several = given if isinstance(given, list) else [] if given is None else [given]
    return [level / 100 if level > 1 else level for level in several]


def suffix(level: float) -> str:
    return f"{100 * level:.1f}".replace(".", "_")


def wide(long: pd.DataFrame, keys: list[str], names: dict[str, str], limits: str) -> pd.DataFrame:
    """Return a row a group, columns renamed, and limits named as ``limits.format(side, level)``."""
    there = list(long["confidence"].dropna().unique())
    first = long[long["confidence"] == there[0]] if there else long
    result = first[[*keys, *names]].rename(columns=names).reset_index(drop=True)
    for level in there:
        at = long[long["confidence"] == level]
        for side in ("lower", "upper"):
            result[limits.format(side, suffix(level))] = at[side].to_numpy()
    return result


def one_or_two(args: Case) -> str:
    return "{0}{1}cl" if len(levels(args.get("confidence", 0.95))) > 1 else "{0}cl"
