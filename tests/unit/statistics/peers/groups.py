"""healthequal: two groups, inequality as entropy, and what is attributable to it."""

from typing import Any

import pandas as pd

from fairpractice import statistics
from tests.unit.statistics.peers import Case, levels


NAMES = {"value": "estimate", "standard_error": "se", "lower": "lowerci", "upper": "upperci"}
GAPS = {
    "d": (statistics.absolute_gap, "least_minus_most", "most_minus_least"),
    "r": (statistics.relative_gap, "least_over_most", "most_over_least"),
}
RANGES = {"d": statistics.absolute_range, "r": statistics.relative_range}
ENTROPIES = {"ti": statistics.theil_index, "mld": statistics.mean_log_deviation}
ATTRIBUTABLE = {
    "parisk": statistics.population_attributable_risk,
    "paf": statistics.population_attributable_fraction,
}


def two_groups(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by, function = case["args"], case["group_by"], case["function"]
    asked: dict[str, Any] = {
        "value": args["est"],
        "standard_error": args["se"],
        "by": by,
        "levels": levels(args.get("conf.level", 0.95)),
    }
    parts = []
    for favourable, rows in data.groupby(args["favourable_indicator"]):
        if "subgroup_order" in args:
            gap, up, down = GAPS[function]
            rows = rows[[*by, args["subgroup_order"], args["est"], args["se"]]]
            way = up if favourable else down
            parts.append(gap(rows, args["subgroup_order"], ends_of="group", direction=way, **asked))
        elif "reference_subgroup" in args:
            parts.append(
                RANGES[function](
                    rows,
                    definition="reference",
                    reference=args["reference_subgroup"],
                    better="higher" if favourable else "lower",
                    **asked,
                )
            )
        else:
            parts.append(RANGES[function](rows, definition="extremes", **asked))
    return pd.concat(parts).drop(columns="standard_error", errors="ignore").rename(columns=NAMES)


def entropy(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by = case["args"], case["group_by"]
    asked = {
        "value": args["est"],
        "weight": args["pop"],
        "standard_error": args["se"],
        "by": by,
        "zeros_as": 1e-6,
    }
    # The peer multiplies its estimate, but not its standard error, by a thousand.
    estimate = ENTROPIES[case["function"]](data, multiplier=1000, **asked).rename(columns=NAMES)
    per_one = ENTROPIES[case["function"]](data, **asked).rename(columns=NAMES)
    return estimate[[*by, "estimate"]].merge(per_one[[*by, "se"]], on=by)


def attributable(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by, function = case["args"], case["group_by"], case["function"]
    rank = args.get("subgroup_order")
    parts = []
    for (scale, favourable), rows in data.groupby([args["scaleval"], args["favourable_indicator"]]):
        asked = {
            "population": args["pop"],
            "value": args["est"],
            "definition": "least_deprived_group" if rank else "best_group",
            "rank": rank,
            "better": "higher" if favourable else "lower",
            "whole": float(scale),
            "by": by,
            "opposite": "zero",
            "limits": "two_by_two",
        }
        found = ATTRIBUTABLE[function](rows, **asked).rename(columns=NAMES)
        if function == "paf":
            # The peer's estimate is a percentage, its standard error a fraction.
            percentage = ATTRIBUTABLE[function](rows, multiplier=100, **asked)
            found["estimate"] = percentage["value"]
        parts.append(found)
    return pd.concat(parts)


ADAPTERS = {
    **dict.fromkeys(RANGES, two_groups),
    **dict.fromkeys(ENTROPIES, entropy),
    **dict.fromkeys(ATTRIBUTABLE, attributable),
}
ALONE = {"se"}  # of a difference; of a ratio, that of its logarithm: the limits hold both
