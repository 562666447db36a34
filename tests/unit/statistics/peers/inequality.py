"""PHEindicatormethods and healthequal: inequality along an order of groups."""

import pandas as pd

from fairpractice import statistics
from tests.unit.statistics.peers import Case, levels, wide


SCALES = {0: "value", 1: "log", 2: "logit"}


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


def supported(case: Case) -> bool:
    # The gap functions compare the ends of an order; the peer also compares extremes without one.
    return case["function"] not in ("d", "r") or "subgroup_order" in case["args"]


ADAPTERS = {
    "phe_sii": slope_and_relative_index,
    "d": gap,
    "r": gap,
}
SUPPORTED = supported
ALONE = {
    "se",
    "sii_mad95_0",  # how the simulated limits vary from one run to another
    "rii_mad95_0",
    "multiplier",
}
