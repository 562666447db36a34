"""NHSRplotthedots and qicharts2: process control."""

import pandas as pd

from fairpractice import statistics
from tests.unit.statistics.peers import Case


SPECIAL = {
    ("outside_limits", 1): "Above UCL",
    ("outside_limits", -1): "Below LCL",
    ("trend", 1): "7 Point Trend (Increasing)",
    ("trend", -1): "7 Point Trend (Decreasing)",
    ("two_in_three", 1): "2 in 3 Above CL",
    ("two_in_three", -1): "2 in 3 Below CL",
    ("shift", 1): "7 Points Above CL",
    ("shift", -1): "7 Points Below CL",
}
VARIATION = {
    "common_cause": "common_cause",
    "improvement": "special_cause_improvement",
    "concern": "special_cause_concern",
    "neutral_high": "special_cause_neutral_high",
    "neutral_low": "special_cause_neutral_low",
}
ASSURANCE = {
    "pass": "consistent_pass",
    "fail": "consistent_fail",
    "inconsistent": "inconsistent",
    None: "inconsistent",  # what the peer says of a series without a target
}
CHARTS = {"pp": "p'", "up": "u'"}


def asked(args: Case) -> Case:
    return {
        "value": args["value_field"],
        "order": args["date_field"],
        "by": [args["facet_field"]] if "facet_field" in args else [],
        "improvement": args.get("improvement_direction", "increase"),
        "target": args.get("target"),
        "rebase": args.get("rebase", ()),
        "baseline": args.get("fix_after_n_points"),
        "screen": args.get("screen_outliers", True),
    }


def points(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    rows = statistics.xmr(data, **asked(case["args"]))
    first = [
        SPECIAL[rule, int(row[rule])] if isinstance(rule := row["rule"], str) else "Common Cause"
        for _, row in rows.iterrows()
    ]
    return rows.assign(
        rebase_group=rows["part"] - 1,  # the peer counts from 0
        outside_limits=rows["outside_limits"] != 0,
        special_cause_type=first,
        special_cause_flag=rows["rule"].notna(),
        point_type=rows["variation"].map(VARIATION),
    ).rename(
        columns={
            "side": "relative_to_mean",
            "centre": "mean_col",
            "lower": "lpl",
            "upper": "upl",
            "provisional": "short_group_warning",
        }
    )


def summary(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    rows = statistics.xmr_summary(data, **asked(case["args"]))
    return rows.assign(
        rebase_group=rows["part"] - 1,
        variation_type=rows["variation"].map(VARIATION),
        assurance_type=[ASSURANCE[said] for said in rows["assurance"]],
    ).rename(
        columns={
            "value": "mean_col",
            "lower": "lpl",
            "upper": "upl",
            "points": "n",
            "improvement": "special_cause_improvement",
            "concern": "special_cause_concern",
        }
    )


def control_chart(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args = case["args"]
    part = args.get("part", [])
    rows = statistics.control_chart(
        data,
        args["y"],
        args["x"],
        chart=CHARTS.get(args["chart"], args["chart"]),
        denominator=args.get("n"),
        by=[args["facets"]] if "facets" in args else [],
        baseline=args.get("freeze"),
        rebase_after=part if isinstance(part, list) else [part],
        exclude=args.get("exclude", []),
        multiplier=args.get("multiply", 1),
    )
    return rows.assign(**{"sigma.signal": rows["outside_limits"] != 0}).rename(
        columns={
            "value": "y",
            "size": "n",
            "centre": "cl",
            "lower": "lcl",
            "inner_lower": "lcl.95",
            "upper": "ucl",
            "inner_upper": "ucl.95",
            "runs_signal": "runs.signal",
            "longest_run": "longest.run",
            "longest_run_max": "longest.run.max",
            "crossings": "n.crossings",
            "crossings_min": "n.crossings.min",
            "points": "n.obs",
            "useful": "n.useful",
            "included": "include",
            "in_baseline": "baseline",
        }
    )


ADAPTERS = {
    "ptd_spc": points,
    "summary(ptd_spc)": summary,
    "qic": control_chart,
}
ALONE = {"fix_y"}  # the value again, where limits are worked out from it
MORE = {"lpl", "upl"}  # limits of a series that never changes: the peer has none, ours its mean
WORDS = {
    "outside_limits": "upl",
    "special_cause_type": "upl",
    "special_cause_flag": "upl",
    "point_type": "upl",
    "short_group_warning": None,
    "variation_type": None,
    # The peer has no limits, and so no assurance, of a series that never changes.
    "assurance_type": "upl",
    "sigma.signal": None,
    "runs.signal": None,
    "include": None,
}
