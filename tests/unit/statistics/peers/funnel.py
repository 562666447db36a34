"""PHEindicatormethods and FunnelPlotR: funnels."""

import pandas as pd

from fairpractice import statistics
from tests.unit.statistics.peers import FOLDER, Case


LEVELS = {0.95: "2s", 0.998: "3s"}
SIGNIFICANCE = {
    ("low", "low"): "Low (0.001)",
    ("low", "within"): "Low (0.025)",
    ("within", "within"): "Not significant",
    ("high", "within"): "High (0.025)",
    ("high", "high"): "High (0.001)",
}
FEW = "Not applicable for events less than 10 for dsrs"


def asked(args: Case) -> Case:
    kind = args.get("statistic", "rate")
    kind = {"count": "excess", "isr": "ratio"}.get(args.get("ratio_type"), kind)
    standardised = kind == "rate" and args["rate_type"] == "dsr"
    return {
        "numerator": args["numerator"],
        "denominator": args["denominator"],
        "kind": "directly_standardised_rate" if standardised else kind,
        "rate": args["rate"] if standardised else None,
        "years": args.get("years_of_data", 1),
        # The peer shows an excess as it is, whatever the multiplier.
        "multiplier": 1 if kind == "excess" else args.get("multiplier", 1),
    }


def at_levels(rows: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    return [
        (name, rows[rows["confidence"] == level].reset_index(drop=True))
        for level, name in LEVELS.items()
    ]


def limits(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    # Where along the funnel to draw is the peer's own choice; everything else is compared.
    places = pd.read_csv(FOLDER / case["expected"]).iloc[:, 0]
    rows = statistics.funnel_lines(data, **asked(case["args"]), at=list(places))
    result = pd.DataFrame({places.name: places})
    by_size = {"ratio": "{0}_{1}_exp_events", "rate": "{0}_{1}_population_1_year"}
    for name, at in at_levels(rows):
        for side in ("lower", "upper"):
            result[f"{side}_{name}_limit"] = at[side]
            sizes = by_size.get(case["args"]["statistic"])
            if sizes:
                result[sizes.format(side, name)] = at[f"{side}_size"]
        result["baseline"] = at["baseline"]
    return result


def significance(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    rows = statistics.funnel(data, **asked(case["args"]))
    (_, two), (_, three) = at_levels(rows)
    said = [
        SIGNIFICANCE.get(pair, FEW) for pair in zip(two["position"], three["position"], strict=True)
    ]
    few = (two["status"] == "too_few_events").to_numpy()
    assert [s == FEW for s in said] == list(few)
    return data.assign(significance=said)


def points(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    rows = statistics.funnel(data, **asked(case["args"]), levels=())
    return data.assign(
        **{f"{case['args']['rate']}_chart": rows["value"], "denominator_derived": rows["size"]}
    )


def overdispersed(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args = case["args"]
    kind = {"SR": "ratio", "PR": "proportion", "RC": "ratio_of_counts"}[args["data_type"]]
    method = args["sr_method"] if kind == "ratio" else kind
    adjusted, plain = {
        "SHMI": ("log", "poisson_interval"),
        "CQC": ("root", "poisson_interval"),
        "proportion": ("arcsine", "arcsine"),
        "ratio_of_counts": ("log_half_root", "log_half_root"),
    }[method]
    asked = {
        "numerator": args["numerator"],
        "denominator": args["denominator"],
        "kind": kind,
        "multiplier": args["multiplier"],
        "expected_decimals": 2 if method == "SHMI" and args["SHMI_rounding"] else None,
    }
    truncated = "truncated" if method == "SHMI" else "winsorised"
    wide = statistics.funnel(
        data, **asked, scale=adjusted, overdispersion=truncated, trim=args["trim_by"]
    )
    narrow = statistics.funnel(data, **asked, scale=plain)
    (_, result), (_, outer) = at_levels(wide)
    names = {
        "size": "denominator",
        "transformed_baseline": "target_transformed",
        "transformed": "Y",
        "z": "Uzscore",
        "adjusted_z": "Wuzscore",
        "trimmed": truncated,
        "standard_error": "s",
    }
    result = result[[args["group"], *names, "numerator", "phi", "tau2"]].rename(columns=names)
    # The peer draws limits of the CQC method on the scale of the calculation.
    scale = "transformed_" if method == "CQC" else ""
    (_, inner), _ = at_levels(wide)
    (_, plain_inner), (_, plain_outer) = at_levels(narrow)
    for limits, end in (("lower", "LCL"), ("upper", "UCL")):
        result[f"OD95{end}"] = inner[scale + limits]
        result[f"OD99{end}"] = outer[scale + limits]
        result[f"{end}95"] = plain_inner[limits]
        result[f"{end}99"] = plain_outer[limits]
    return result


def tolerance(case: Case) -> float:
    if case["package"] == "FunnelPlotR":
        return 1e-6  # its normal quantiles have seven figures
    return 1e-9 if case["args"].get("statistic") == "proportion" else 1e-4  # it bisects


ADAPTERS = {
    "calculate_funnel_limits": limits,
    "assign_funnel_significance": significance,
    "calculate_funnel_points": points,
    "funnel_plot": overdispersed,
}
ALONE = {
    "rr",  # the quotient, without the multiplier
    "rk",  # ranks of z scores, and their tenths
    "sp",
    "highlight",  # what the user asked to be shown
    "outlier",  # outside OD99; for CQC a ratio is held against the limits of its root
}
TOLERANCE = tolerance
WORDS = {"significance": None}
