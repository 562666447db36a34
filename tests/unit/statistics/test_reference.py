"""What the packages that analysts use today return, from the cases in the reference data.

The cases are read from ``stats/cases.json`` of the reference folder; none is named here. Each peer
function has an adapter in ``peers/``, which only renames columns and arguments. A case that none
answers fails.
"""

import importlib
import json
import pkgutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from tests.unit.statistics import peers
from tests.unit.statistics.peers import FOLDER, Case


UNANSWERED: set[str] = set()
"""Functions of peers that nothing here answers yet."""
METHODS = {"Byars": "Byar", "Exact": "exact Poisson", "Wilson": "Wilson"}
FAMILY: dict[str, ModuleType] = {
    function: family
    for found in pkgutil.iter_modules(peers.__path__)
    for family in [importlib.import_module(f"{peers.__name__}.{found.name}")]
    for function in family.ADAPTERS
}


def supported(case: Case) -> bool:
    family = FAMILY.get(case["function"])
    return bool(family) and getattr(family, "SUPPORTED", lambda _: True)(case)


def collected() -> list[Case]:
    file = FOLDER / "cases.json"
    if not file.exists():
        return []
    cases: list[Case] = json.loads(file.read_text(encoding="utf-8"))
    return [case for case in cases if supported(case) or case["function"] not in UNANSWERED]


CASES = collected()


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, keep_default_na=True)


def aligned(
    case: Case, actual: pd.DataFrame, expected: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    keys = case["keys"] or case["group_by"]
    if keys:
        actual = actual.set_index(keys)
        index = pd.MultiIndex.from_frame(expected[keys]) if len(keys) > 1 else expected[keys[0]]
        actual = actual.reindex(index)
        expected = expected.set_index(keys)
    assert len(actual) == len(expected)
    return actual, expected


def matches(
    column: str,
    actual: pd.Series,
    expected: pd.DataFrame,
    case: Case,
    tolerance: float,
    simulated_within: float,
) -> None:
    wanted = expected[column]
    simulated = case["monte_carlo_columns"] or []
    if column == "method":
        known = wanted.notna().to_numpy()
        assert list(actual[known]) == [METHODS[name] for name in wanted[known]]
        return
    if column.startswith(("lower", "upper")) and "value" in expected:
        # What a peer leaves as limits of a value that it does not give says nothing.
        wanted = wanted.where(expected["value"].notna())
    ours, theirs = actual.to_numpy(dtype=float), wanted.to_numpy(dtype=float)
    if column not in simulated:
        theirs = np.where(np.isfinite(theirs), theirs, np.nan)
        np.testing.assert_allclose(ours, theirs, rtol=tolerance, atol=1e-12, err_msg=column)
    elif case["monte_carlo_sd_columns"]:
        spread = expected[f"{column}_mcsd"].to_numpy(dtype=float)
        assert np.all(np.abs(ours - theirs) <= 5 * spread), column
    else:
        swapped = {"lower": "upper", "upper": "lower"}
        side = next(side for side in swapped if side in column)
        other = expected[column.replace(side, swapped[side])].to_numpy(dtype=float)
        width = np.abs(other - theirs)
        known = np.isfinite(theirs)
        assert np.array_equal(np.isfinite(ours), known), column
        assert np.all(np.abs(ours - theirs)[known] <= simulated_within * width[known]), column


@pytest.mark.reference
@pytest.mark.parametrize("case", CASES or [None], ids=lambda case: case["id"] if case else "none")
def test_agrees_with_the_peer(case: Case | None, reference: Callable[..., Path]) -> None:
    reference("stats", "cases.json")
    assert case is not None
    assert supported(case), f"nothing in peers/ asks ours what {case['function']} is asked"
    data = read(FOLDER / case["input"])
    expected = read(FOLDER / case["expected"])
    family = FAMILY[case["function"]]
    adapted = family.ADAPTERS[case["function"]](case, data)
    actual, expected = aligned(case, adapted, expected)
    ignored = {*(case["ignore_columns"] or ()), *getattr(family, "WRONG", lambda _: ())(case)}
    comparable = {*expected.select_dtypes("number"), "method"} & {*expected} - ignored
    compared = [c for c in actual if c in comparable]
    numbers = [c for c in compared if c != "method"]
    # Every number the peer returns is compared, apart from what it alone has.
    left = {
        c
        for c in expected.select_dtypes("number")
        if c not in {*compared, *ignored, *case["args"]} and not c.endswith("_mcsd")
    }
    assert left <= getattr(family, "ALONE", set())
    assert numbers
    tolerance = getattr(family, "TOLERANCE", 1e-9)
    tolerance = tolerance(case) if callable(tolerance) else tolerance
    for column in compared:
        ours = actual[column]
        if column in getattr(family, "MORE", ()):
            ours = ours.where(expected[column].notna())
        matches(column, ours, expected, case, tolerance, getattr(family, "SIMULATED", 0.1))
    for column, beside in getattr(family, "WORDS", {}).items():
        if column in expected:
            meant = expected[beside].notna().to_numpy() if beside else np.ones(len(expected), bool)
            ours, theirs = ([*frame[column][meant]] for frame in (actual, expected))
            assert [*map(str, ours)] == [*map(str, theirs)], column
