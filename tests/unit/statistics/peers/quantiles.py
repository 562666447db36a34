"""PHEindicatormethods: groups of equal size by a value."""

import pandas as pd

from fairpractice import statistics
from tests.unit.statistics.peers import Case


SAID = {
    True: "lowest quantile represents highest values",
    False: "lowest quantile represents lowest values",
}


def quantile_groups(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args = case["args"]
    result = statistics.quantile_groups(
        data,
        args["values"],
        quantiles=args["nquantiles"],
        highest_first=args["invert"],
        by=case["group_by"] or [],
    )
    result["qinverted"] = result["highest_first"].map(SAID)
    return result.rename(columns={"quantiles": "nquantiles"})


ADAPTERS = {"phe_quantile": quantile_groups}
WORDS = {"qinverted": None}
ALONE = {"groupvars"}  # the names of the group columns; all missing where there are none
