"""PHEindicatormethods: proportions, rates, means and standardised rates."""

import pandas as pd

from fairpractice import statistics
from tests.unit.statistics.peers import FOLDER, Case, levels, one_or_two, wide


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


def indirectly_standardised(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by = case["args"], case["group_by"] or []
    names = {"observed": "observed", "expected": "expected", "value": "value", "method": "method"}
    statistic = statistics.indirectly_standardised_ratio
    if case["function"] == "calculate_ISRate":
        statistic = statistics.indirectly_standardised_rate
        names["reference_rate"] = "ref_rate"
    totals = (case["extra_inputs"] or {}).get("observed_totals")
    result = statistic(
        data,
        args["x"],
        args["n"],
        reference_events=args["x_ref"],
        reference_population=args["n_ref"],
        observed_totals=None if totals is None else pd.read_csv(FOLDER / totals),
        by=by,
        levels=levels(args.get("confidence", 0.95)),
        multiplier=args.get("multiplier") or args["refvalue"],
        missing_events_are_zero=True,
    )
    return wide(result, by, names, one_or_two(args))


ADAPTERS = {
    "phe_proportion": proportion_or_rate,
    "phe_rate": proportion_or_rate,
    "phe_mean": mean,
    "calculate_dsr": directly_standardised_rate,
    "calculate_ISRate": indirectly_standardised,
    "calculate_ISRatio": indirectly_standardised,
}
ALONE = {"value_sum"}  # the sum, beside its mean
