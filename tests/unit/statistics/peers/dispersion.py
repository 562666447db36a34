"""healthequal: how far groups without an order lie apart."""

import pandas as pd

from fairpractice import statistics
from tests.unit.statistics.peers import Case, levels


STATISTICS = {
    "bgv": statistics.between_group_variance,
    "bgsd": statistics.between_group_standard_deviation,
    "covar": statistics.coefficient_of_variation,
    "idisu": statistics.index_of_disparity,
    "idisw": statistics.index_of_disparity,
    "mdmu": statistics.mean_difference_from_mean,
    "mdmw": statistics.mean_difference_from_mean,
    "mdbu": statistics.mean_difference_from_best,
    "mdbw": statistics.mean_difference_from_best,
    "mdru": statistics.mean_difference_from_reference,
    "mdrw": statistics.mean_difference_from_reference,
}
PERCENTAGES = ("covar", "idisu", "idisw")


def dispersion(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by, function = case["args"], case["group_by"], case["function"]
    named = {
        "value": args["est"],
        "population": args.get("pop"),
        "standard_error": args.get("se"),
        "by": by,
        "levels": levels(args.get("conf.level", 0.95)) if "se" in args else (),
        "multiplier": 100 if function in PERCENTAGES else 1,
    }
    if function != "bgv":
        named["limits"] = "simulation"
    if function.startswith(("id", "md")):
        named["definition"] = "equal" if function.endswith("u") else "population"
    if function.startswith(("idis", "mdm")):
        named["mean"] = args.get("setting_average")
    if function.startswith("mdr"):
        named["reference"] = args["reference_subgroup"]
    parts = []
    for (scale, favourable), rows in data.groupby(["indicator_scale", "favourable_indicator"]):
        better = {"better": "higher" if favourable else "lower"}
        of = {**named, "highest": float(scale), **(better if function.startswith("mdb") else {})}
        parts.append(STATISTICS[function](rows, **of))
    names = {"value": "estimate", "standard_error": "se", "lower": "lowerci", "upper": "upperci"}
    return pd.concat(parts).rename(columns=names)


ADAPTERS = dict.fromkeys(STATISTICS, dispersion)
SIMULATED = 0.35
"""The peer draws 200 times, and a quantile of so few varies: by a twentieth of the interval's
width where the statistic is about normal, by a sixth in the long tail of a difference from the
best of uncertain groups. Our own simulation is compared with a second one in test_dispersion."""
MORE = {"se"}  # the peer has one of the variance alone
