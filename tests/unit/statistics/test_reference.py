"""What the packages that analysts use today return, from the cases in the reference data.

The cases are read from ``stats/cases.json`` of the reference folder; none is named here. Each peer
function that this package covers has an adapter, which only renames columns and arguments. A case
whose function has none is not collected.
"""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fairpractice import statistics


Case = dict[str, Any]

FOLDER = Path(
    os.environ.get("FAIRPRACTICE_REFERENCE")
    or Path(__file__).resolve().parents[4] / "shared" / "reference"
).joinpath("stats")
SCALES = {0: "value", 1: "log", 2: "logit"}
METHODS = {"Byars": "Byar", "Exact": "exact Poisson", "Wilson": "Wilson"}


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


def proportion_or_rate(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by = case["args"], case["group_by"]
    statistic, names = {
        "phe_proportion": (statistics.proportion, ("numerator", "denominator")),
        "phe_rate": (statistics.rate, ("events", "population")),
    }[case["function"]]
    counts = (args["x"], args["n"])
    result = statistic(
        data, *counts, by=by, levels=levels(args["confidence"]), multiplier=args["multiplier"]
    )
    keys = by or [name for name in data if name not in counts]
    renamed = {**dict(zip(names, counts, strict=True)), "value": "value", "method": "method"}
    return wide(result, keys, renamed, one_or_two(args))


def mean(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by = case["args"], case["group_by"] or []
    result = statistics.mean(
        data, value=args["x"], by=by, levels=levels(args.get("confidence", 0.95))
    )
    names = {"count": "value_count", "standard_deviation": "stdev", "value": "value"}
    return wide(result, by, names, one_or_two(args))


def directly_standardised_rate(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by = case["args"], case["group_by"] or []
    result = statistics.directly_standardised_rate(
        data,
        args["x"],
        args["n"],
        standard_population=args["stdpop"],
        age_band=args.get("ageband"),
        frequency=args.get("eventfreq"),
        by=by,
        levels=levels(args.get("confidence", 0.95)),
        multiplier=args.get("multiplier", 100_000),
        missing_events_are_zero=True,
    )
    names = {"events": "total_count", "population": "total_pop", "value": "value"}
    return wide(result, by, names, one_or_two(args))


def slope_and_relative_index(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by = case["args"], case["group_by"] or []
    scale, straight = SCALES[args["value_type"]], not args.get("transform", False)
    forward = args.get("multiplier", 1) > 0
    columns = [args.get(name) for name in ("quantile", "population", "value", "x", "se")]
    columns += [args.get(name) for name in ("lower_cl", "upper_cl")]
    settings = {
        "rank": args["quantile"],
        "population": args["population"],
        "value": args.get("value"),
        "events": args.get("x"),
        "standard_error": args.get("se"),
        "standard_error_scale": scale if "se" in args else "value",
        "lower": args.get("lower_cl"),
        "upper": args.get("upper_cl"),
        "definition": "ohid",
        "scale": "value" if straight else scale,
        "error_scale": scale,
        "by": by,
        "levels": levels(args.get("confidence", 0.95)),
    }
    rows = data[[*by, *dict.fromkeys(c for c in columns if c is not None)]]
    multiplier = abs(args.get("multiplier", 1))
    slope = statistics.slope_index_of_inequality(
        rows,
        multiplier=multiplier,
        direction="least_minus_most" if forward else "most_minus_least",
        **settings,
    )
    ratio = statistics.relative_index_of_inequality(
        rows,
        # The peer multiplies the intercept on the transformed scales alone.
        multiplier=1 if straight else multiplier,
        direction="least_over_most" if forward else "most_over_least",
        **settings,
    )
    end = "cl" if straight else ""
    sii = wide(slope, by, {"value": "sii"}, "sii_{0}{1}" + end)
    rii = wide(ratio, by, {"value": "rii", "most_deprived_value": "intercept"}, "rii_{0}{1}" + end)
    return sii.merge(rii, on=by) if by else pd.concat([sii, rii], axis="columns")


def gap(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by = case["args"], case["group_by"]
    statistic, favourable, unfavourable = {
        "d": (statistics.absolute_gap, "least_minus_most", "most_minus_least"),
        "r": (statistics.relative_gap, "least_over_most", "most_over_least"),
    }[case["function"]]
    parts = [
        statistic(
            rows[[*by, args["subgroup_order"], args["est"], args["se"]]],
            args["subgroup_order"],
            value=args["est"],
            standard_error=args["se"],
            by=by,
            ends_of="group",
            levels=levels(args.get("conf.level", 0.95)),
            direction=favourable if better else unfavourable,
        )
        for better, rows in data.groupby(args["favourable_indicator"])
    ]
    result = wide(pd.concat(parts), by, {"value": "estimate"}, "{0}cl")
    return result.rename(columns={"lowercl": "lowerci", "uppercl": "upperci"})


ADAPTERS: dict[str, Callable[[Case, pd.DataFrame], pd.DataFrame]] = {
    "phe_proportion": proportion_or_rate,
    "phe_rate": proportion_or_rate,
    "phe_mean": mean,
    "calculate_dsr": directly_standardised_rate,
    "phe_sii": slope_and_relative_index,
    "d": gap,
    "r": gap,
}


def supported(case: Case) -> bool:
    # The gap functions compare the ends of an order; the peer also compares extremes without one.
    return case["function"] in ADAPTERS and (
        case["function"] not in ("d", "r") or "subgroup_order" in case["args"]
    )


def collected() -> list[Case]:
    file = FOLDER / "cases.json"
    if not file.exists():
        return []
    return [case for case in json.loads(file.read_text(encoding="utf-8")) if supported(case)]


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


def matches(column: str, actual: pd.Series, expected: pd.DataFrame, case: Case) -> None:
    wanted = expected[column]
    simulated = case["monte_carlo_columns"] or []
    if column == "method":
        known = wanted.notna().to_numpy()
        assert list(actual[known]) == [METHODS[name] for name in wanted[known]]
        return
    ours, theirs = actual.to_numpy(dtype=float), wanted.to_numpy(dtype=float)
    if column not in simulated:
        theirs = np.where(np.isfinite(theirs), theirs, np.nan)
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12, err_msg=column)
    elif case["monte_carlo_sd_columns"]:
        spread = expected[f"{column}_mcsd"].to_numpy(dtype=float)
        assert np.all(np.abs(ours - theirs) <= 5 * spread), column
    else:
        swapped = {"lower": "upper", "upper": "lower"}
        side = next(side for side in swapped if side in column)
        other = expected[column.replace(side, swapped[side])].to_numpy(dtype=float)
        width = np.abs(other - theirs)
        assert np.all(np.abs(ours - theirs) <= 0.1 * width), column


@pytest.mark.reference
@pytest.mark.parametrize("case", CASES or [None], ids=lambda case: case["id"] if case else "none")
def test_agrees_with_the_peer(case: Case | None, reference: Callable[..., Path]) -> None:
    reference("stats", "cases.json")
    assert case is not None
    data = read(FOLDER / case["input"])
    expected = read(FOLDER / case["expected"])
    adapted = ADAPTERS[case["function"]](case, data)
    actual, expected = aligned(case, adapted, expected)
    ignored = {*(case["ignore_columns"] or ())}
    comparable = {*expected.select_dtypes("number"), "method"} & {*expected} - ignored
    compared = [c for c in actual if c in comparable]
    numbers = [c for c in compared if c != "method"]
    # Every number the peer returns is compared, apart from what it alone has.
    alone = {"value_sum", "se", "sii_mad95_0", "rii_mad95_0", "multiplier"}
    left = {
        c
        for c in expected.select_dtypes("number")
        if c not in {*compared, *ignored, *case["args"]} and not c.endswith("_mcsd")
    }
    assert left <= alone
    assert numbers
    for column in compared:
        matches(column, actual[column], expected, case)
