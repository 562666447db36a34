"""conindex, rineq and healthequal: concentration indices."""

from typing import Any

import pandas as pd

from fairpractice import statistics
from tests.unit.statistics.peers import Case, levels


RINEQ_DEFINITIONS = {"CI": "standard", "CIg": "standard", "CIc": "erreygers", "CIw": "wagstaff"}
RINEQ_ERRORS = {
    ("linreg_delta", False): "delta",
    ("linreg_delta", True): "robust_delta",
    ("linreg_convenience", False): "regression",
    ("cov_convenience", False): "regression",
    ("direct", False): "kakwani",
}


def bounds(args: Case) -> dict[str, Any]:
    given = args.get("limits", [args.get("lmin"), args.get("lmax")])
    both = given if isinstance(given, list) else [given, None]
    return dict(zip(("lowest", "highest"), both, strict=True))


def asked(data: pd.DataFrame, *, absolute: bool, rank: str | None, **named: Any) -> pd.DataFrame:
    if rank is None:
        simple = {name: given for name, given in named.items() if name in SIMPLE}
        return statistics.gini_coefficient(data, **simple)
    statistic = (
        statistics.absolute_concentration_index
        if absolute
        else statistics.relative_concentration_index
    )
    return statistic(data, rank=rank, **named)


SIMPLE = ("value", "weight", "stratum", "cluster", "by", "levels", "errors")


def conindex(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args = case["args"]
    chosen = [
        definition
        for given, definition in {
            "wagstaff": "wagstaff",
            "erreygers": "erreygers",
            "v": "extended",
            "beta": "symmetric",
            "limits": "conindex_modified",
        }.items()
        if given in args
    ]
    definition = (*chosen, "standard")[0]
    errors = "clustered" if "cluster" in args else "robust" if "robust" in args else "regression"
    result = asked(
        data,
        absolute="generalized" in args or definition == "erreygers",
        rank=args["rankvar"],
        value=args["outcome"],
        definition=definition,
        weight=args.get("weights"),
        cluster=args.get("cluster"),
        aversion=args.get("v", args.get("beta", 2)),
        errors="linearised" if definition in ("extended", "symmetric") else errors,
        **bounds(args),
    )
    return result.rename(columns={"rows": "n", "standard_error": "se"})


def rineq(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, definition = case["args"], RINEQ_DEFINITIONS[case["args"]["type"]]
    # The peer breaks ties by the order of the rows.
    order = data.assign(order=data[args["ineqvar"]].rank(method="first"))
    result = asked(
        order,
        absolute=args["type"] in ("CIg", "CIc"),
        rank="order",
        value=args["outcome"],
        definition=definition,
        weight=args["weights"],
        covariance="sample",
        errors=RINEQ_ERRORS[args["method"], args["robust_se"]],
        lowest=None if definition == "standard" else 0,
        highest=None if definition == "standard" else 1,
    )
    result["variance"] = result["standard_error"] ** 2  # the peer returns the square
    return result.rename(columns={"rows": "n", "lower": "lowerci", "upper": "upperci"})


def healthequal(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, definition = case["args"], case["args"].get("method", "standard")
    survey = "weight" in args
    result = asked(
        data,
        absolute=case["function"] == "aci" or definition == "erreygers",
        rank=args["subgroup_order"],
        value=args["est"],
        definition=definition,
        weight=args["weight" if survey else "pop"],
        stratum=args.get("strata"),
        cluster=args.get("psu"),
        errors="survey_regression" if survey else "regression",
        by=case["group_by"] or [],
        levels=levels(args.get("conf.level", 0.95)),
        **bounds(args),
    )
    names = {"value": "estimate", "standard_error": "se", "lower": "lowerci", "upper": "upperci"}
    return result.rename(columns=names)


def wrong(case: Case) -> set[str]:
    # What is returned as the index's variance is that of the ranks.
    without = case["args"].get("method") == "cov_convenience"
    return {"variance", "lowerci", "upperci"} if without else set()


ADAPTERS = {"conindex": conindex, "ci": rineq, "aci": healthequal, "rci": healthequal}
WRONG = wrong
MORE = {"se"}  # conindex has none of the extended and symmetric indices
