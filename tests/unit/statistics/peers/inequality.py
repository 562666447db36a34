"""PHEindicatormethods and healthequal: the two ends of the social gradient."""

import numpy as np
import pandas as pd

from fairpractice import statistics
from tests.unit.statistics.peers import Case, levels, wide


SCALES = {0: "value", 1: "log", 2: "logit"}
WHOLES = (1, 100, 1000, 100_000)


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


def predicted_ends(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by = case["args"], case["group_by"] or []
    statistic = {
        "sii": statistics.slope_index_of_inequality,
        "rii": statistics.relative_index_of_inequality,
    }[case["function"]]
    survey = "weight" in args
    logit = "who_logit" if survey else "healthequal_logit"
    # The peer takes the scale of a logistic regression from the largest estimate.
    keys = by or np.zeros(len(data))
    largest = data.groupby(keys)[args["est"]].transform("max")
    whole = largest.map(lambda most: next(w for w in WHOLES if most <= w))
    parts = [
        statistic(
            rows,
            args["subgroup_order"],
            args["weight" if survey else "pop"],
            value=args["est"],
            stratum=args.get("strata"),
            cluster=args.get("psu"),
            limits="survey" if survey else None,
            definition="linear" if args.get("linear") else logit,
            whole=float(most),
            multiplier=1,
            by=by,
            levels=levels(args.get("conf.level", 0.95)),
        )
        for most, rows in data.groupby(whole)
    ]
    result = wide(pd.concat(parts), by, {"value": "estimate"}, "{0}cl")
    return result.rename(columns={"lowercl": "lowerci", "uppercl": "upperci"})


ADAPTERS = {"phe_sii": slope_and_relative_index, "sii": predicted_ends, "rii": predicted_ends}
ALONE = {
    "se",  # of the logarithm, or on a scale that the peer has guessed; the limits hold it
    "sii_mad95_0",  # how the simulated limits vary from one run to another
    "rii_mad95_0",
    "multiplier",
}


def tolerance(case: Case) -> float:
    # The peer's logistic regression stops at eight figures of the deviance, its delta method
    # takes numerical derivatives: what comes of both has six figures, in a wide interval five.
    return 1e-9 if case["function"] == "phe_sii" else 5e-6


TOLERANCE = tolerance
