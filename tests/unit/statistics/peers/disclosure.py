"""acro: a table of counts, sums, means or spreads, and which checks each cell failed."""

import pandas as pd

from fairpractice.statistics.disclosure import Rule, tabulate
from tests.unit.statistics.peers import Case


FAILED = {
    "nobody": "PresenceOfZeroCheck; ",
    "threshold": "MinimumThresholdCheck; ",
    "n_k": "NKCheck; ",
    "p_percent": "PPercentCheck; ",
    "degrees_of_freedom": "MinimumDoFCheck; ",
}
STATISTICS = {"mean": "mean", "std": "standard_deviation", "sum": "sum", None: "count"}


def crosstab(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, asked = case["args"], case["args"]["risk_appetite"]
    by = [name for given in (args["index"], args["columns"]) for name in _several(given)]
    found = tabulate(
        data,
        by,
        value=args.get("values"),
        statistic=STATISTICS[args.get("aggfunc")],
        treatment={"suppress": "hide", "round": "round"}[args["mitigation"]],
        totals="of_shown" if args.get("margins") else None,
        negatives="table",
        # The peer is never told them, says "dof=-1", and lets no standard deviation out.
        degrees_of_freedom=-1,
        total="All",
        rule=Rule(
            hidden_up_to=asked["safe_threshold"] - 1,  # the smallest that is shown, there
            rounded_to=args.get("round_base", 5),
            zeros="hidden" if asked["zeros_are_disclosive"] else "shown",
            largest=asked["safe_nk_n"],
            share=asked["safe_nk_k"],
            p=asked["safe_pratio_p"],
        ),
    )
    return found.assign(outcome=[_outcome(failed) for failed in found["failed"]])


def _several(given: str | list[str]) -> list[str]:
    return [given] if isinstance(given, str) else given


def _outcome(failed: str | None) -> str | None:
    if failed is None:
        return None
    return "".join(FAILED[name] for name in failed.split(";") if name) or "ok"


ADAPTERS = {"crosstab": crosstab}
WORDS = {"outcome": "outcome"}  # rounded totals have none
