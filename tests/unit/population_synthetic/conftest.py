import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from fairpractice.population.synthetic import Parameters, Population, population


ON = dt.date(2026, 10, 31)


class Made:
    """A population with its tables as frames, dates as timestamps."""

    def __init__(self, of: Population) -> None:
        self.of = of
        chunks = list(of)
        self.tables = {
            name: pd.concat(
                [chunk[name].to_pandas(date_as_object=False) for chunk in chunks],
                ignore_index=True,
            )
            for name in chunks[0]
        }

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self.tables[name]

    def people(self) -> pd.DataFrame:
        """One row an adult: what the truth says of them beside their needs."""
        fixed = ["topic", "need", "true_from", "true_until"]
        truth = self["truth"]
        some = truth[truth.topic == truth.topic.iloc[0]]
        return some.drop(columns=fixed).set_index("source_patient_id")

    def with_code(self, *lists: str) -> pd.Index:
        """Return who has an entry of some codelists."""
        codes = {code.code for name in lists for code in self.of.codelists[name].codes}
        events = self["event"]
        return pd.Index(events.source_patient_id[events.code.isin(codes)].unique())


@pytest.fixture(scope="session")
def made() -> Made:
    """Fifty thousand people: the population of the demonstration."""
    return Made(population(seed=1, on=ON))


@pytest.fixture(scope="session")
def with_dependence() -> Callable[[float], Made]:
    """Make 25,000 people whose routes depend on each other to some degree."""

    @cache
    def make(degree: float) -> Made:
        shape = replace(Parameters(), route_dependence=degree)
        return Made(population(25_000, seed=4, on=ON, parameters=shape))

    return make
