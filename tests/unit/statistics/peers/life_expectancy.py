"""PHEindicatormethods: life expectancy."""

import pandas as pd

from fairpractice import statistics
from tests.unit.statistics.peers import Case, levels, one_or_two, wide


def life_expectancy(case: Case, data: pd.DataFrame) -> pd.DataFrame:
    args, by = case["args"], case["group_by"] or []
    ages = args.get("le_age", "all")
    result = statistics.life_expectancy(
        data,
        args["deaths"],
        args["population"],
        age_band=args["startage"],
        ages=None if ages == "all" else ages if isinstance(ages, list) else [ages],
        by=by,
        levels=levels(args.get("confidence", 0.95)),
    )
    names = {"value": "value", "population": "pops_used", "deaths": "dths_used"}
    result = result.rename(columns={"age": args["startage"]})
    return wide(result, [*by, args["startage"]], names, one_or_two(args))


ADAPTERS = {"phe_life_expectancy": life_expectancy}
