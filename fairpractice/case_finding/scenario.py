"""A scenario: a world that the synthetic population can be made in, and what comes of lists there.

A scenario is a TOML file, so that anybody can try a changed world::

    title = "Need is everywhere"
    why = "Rising costs push people into need wherever they live."

    [parameters]                 # other values of the synthetic population's parameters
    route_dependence = 0.8
    [parameters.missed_slopes]   # of those that have parts, the parts named
    need = 0.0
    [times]                      # of every need: prevalence, years, recorded or deprivation
    deprivation = 0.0            # times its own value

Only the making of the population reads it: strategies see the record that comes of it.
"""

import dataclasses
import datetime as dt
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pacsv
from scipy import stats

from fairpractice import codelists
from fairpractice.case_finding.comparing import BETTER, FEWEST, MONTHS, Compared, compared
from fairpractice.case_finding.listable import Asked
from fairpractice.case_finding.reach import EVERYBODY
from fairpractice.case_finding.strategy import Strategy
from fairpractice.engines import Engine
from fairpractice.errors import FairpracticeError
from fairpractice.population import deprivation
from fairpractice.population.synthetic import Parameters, Population, population
from fairpractice.population.synthetic.in_memory import InMemory, made_at_once
from fairpractice.population.synthetic.kinds import Need
from fairpractice.record.dates import months_before


EDITION = "fictional2025"
TIMES = ("prevalence", "years", "recorded", "deprivation")
FOLDER = Path(__file__).parent / "scenarios"


@dataclass(frozen=True)
class Scenario:
    """A world: its title, why it is tried, and the parameters that it is made with."""

    title: str
    why: str
    parameters: Parameters


def shipped() -> dict[str, Path]:
    """Return the files of the shipped scenarios by id."""
    return {path.stem.replace("_", "-"): path for path in sorted(FOLDER.glob("*.toml"))}


def read_scenario(file: Path) -> Scenario:
    """Read a scenario.

    Raises
    ------
    FairpracticeError
        When the file cannot be read, or names something that the population is not made with.
    """
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise FairpracticeError(
            f"The scenario cannot be read: {error}", where=str(file), fix="Write it as TOML."
        ) from error
    others = sorted(set(said) - {"title", "why", "parameters", "times"})
    if others:
        raise FairpracticeError(
            f"A scenario has no part {others[0]!r}",
            where=str(file),
            fix="It has title, why, [parameters] and [times].",
        )
    given = Parameters()
    changed = {
        name: _changed(name, getattr(given, name, None), value, file)
        for name, value in said.get("parameters", {}).items()
    }
    parameters = replace(given, **changed)
    parameters = replace(parameters, needs=_times(parameters.needs, said.get("times", {}), file))
    return Scenario(str(said.get("title", file.stem)), str(said.get("why", "")), parameters)


def _changed(name: str, usual: Any, value: Any, file: Path) -> Any:
    """Return a parameter's new value, in the form of its usual one."""
    named = isinstance(usual, tuple) and usual and isinstance(usual[0], tuple)
    named = named and all(len(part) == 2 and isinstance(part[0], str) for part in usual)
    simple = isinstance(usual, float) or (
        isinstance(usual, tuple) and all(isinstance(part, float) for part in usual)
    )
    if named and isinstance(value, dict) and set(value) <= {part for part, _ in usual}:
        return tuple((part, float(value.get(part, number))) for part, number in usual)
    if simple and isinstance(usual, float) and isinstance(value, int | float):
        return float(value)
    if simple and isinstance(value, list) and len(value) == len(usual):
        return tuple(float(number) for number in value)
    what = f"a table of {', '.join(part for part, _ in usual)}" if named else "numbers as many"
    raise FairpracticeError(
        f"The parameter {name!r} cannot be set so",
        where=str(file),
        fix=f"Give {what if named or simple else 'another parameter'}; the page on the synthetic "
        "population has them all.",
    )


def _times(needs: tuple[Need, ...], factors: Mapping[str, Any], file: Path) -> tuple[Need, ...]:
    for name, factor in factors.items():
        if name not in TIMES or not isinstance(factor, int | float) or factor < 0:
            raise FairpracticeError(
                f"Under [times] there is no {name} = {factor}",
                where=str(file),
                fix=f"Give one of {', '.join(TIMES)}, and a number from 0.",
            )

    def scaled(need: Need) -> Need:
        changes: dict[str, Any] = {}
        for name, factor in factors.items():
            usual = getattr(need, name)
            changes[name] = (
                tuple(part * factor for part in usual)
                if isinstance(usual, tuple)
                else usual * factor
            )
        return dataclasses.replace(need, **changes)

    return tuple(scaled(need) for need in needs)


@dataclass(frozen=True)
class Summary:
    """Strategies compared over many populations of one scenario.

    Attributes
    ----------
    measures
        One row a strategy and measure: ``mean`` over the populations, and ``lower`` and ``upper``,
        between which 95 % of them are.
    groups
        One row a strategy, grouping and group: the ``mean`` share reached of those in need.
    against
        One row a strategy other than ours and measure: how much ``better`` ours is on average
        (below 0: worse), with 95 % limits of that mean, populations paired.
    """

    scenario: Scenario
    populations: int
    measures: pd.DataFrame
    groups: pd.DataFrame
    against: pd.DataFrame


def over_seeds(
    scenario: Scenario,
    strategies: Mapping[str, Strategy],
    ours: str,
    engine: Engine,
    *,
    seeds: Sequence[int],
    people: int = 50_000,
    practices: int = 5,
    capacity: int | None = None,
    on: dt.date = dt.date(2026, 10, 31),
    progress: Callable[[str, float], None] = lambda what, share: None,
) -> Summary:
    """Compare strategies over one population a seed.

    Parameters
    ----------
    scenario
        How the populations are made.
    strategies, ours
        By id; which of them is held against the others.
    seeds, people, practices, on
        Of the populations; ``on`` is their last day, and the choice is made a year before it.
    capacity
        As in :func:`~fairpractice.case_finding.comparing.compared`.
    progress
        Told what is being done, and which share of it is.
    """
    worlds = [population(people, practices, 5, seed, on, scenario.parameters) for seed in seeds]
    results = []
    with ThreadPoolExecutor(1) as pool:
        ahead = pool.submit(made_at_once, worlds[0])
        for place, made in enumerate(worlds):
            tables = ahead.result()
            # The next is made while the engine asks this one.
            if place + 1 < len(worlds):
                ahead = pool.submit(made_at_once, worlds[place + 1])
            results.append(_one(made, tables, strategies, engine, capacity, on))
            progress(scenario.title, (place + 1) / len(seeds))
    return summary(scenario, results, ours)


def _one(
    made: Population,
    tables: Mapping[str, pa.Table],
    strategies: Mapping[str, Strategy],
    engine: Engine,
    capacity: int | None,
    on: dt.date,
) -> Compared:
    record = InMemory(tables, engine)
    with tempfile.TemporaryDirectory() as folder:
        areas = Path(folder) / "areas.csv"
        pacsv.write_csv(made.places.deprivation(), areas)
        deprivation.add(EDITION, areas, Path(folder))
        day = months_before(on, MONTHS)
        asked = Asked(record, day, codelists.load(), "", EDITION, Path(folder))
        found = compared(strategies, asked, record.truth, capacity=capacity)
    record.release()
    return found


def summary(scenario: Scenario, results: Sequence[Compared], ours: str) -> Summary:
    """Put the comparisons over several populations together."""
    groups = pd.concat(
        [each.groups.assign(population=n) for n, each in enumerate(results)], ignore_index=True
    )
    groups["share"] = groups["reached_in_need"] / groups["in_need"].where(groups["in_need"] > 0)
    keys = ["strategy", "grouping", "group"]
    average = groups.groupby(keys).agg(mean=("share", "mean"), in_need=("in_need", "mean"))
    average = average.reset_index()
    told = pd.concat(
        [each.measures.assign(population=n) for n, each in enumerate(results)], ignore_index=True
    )
    told = told.merge(_lowest(groups, average), on=["strategy", "population"], how="left")
    names = [name for name in told.columns if name not in ("strategy", "population")]
    long = told.melt(["strategy", "population"], names, "measure", "figure").dropna()
    measures = long.groupby(["strategy", "measure"])["figure"].agg(
        mean="mean",
        lower=lambda figures: figures.quantile(0.025),
        upper=lambda figures: figures.quantile(0.975),
    )
    return Summary(
        scenario,
        len(results),
        measures.reset_index(),
        average,
        pd.DataFrame(_against(long, ours)),
    )


def _lowest(groups: pd.DataFrame, average: pd.DataFrame) -> pd.DataFrame:
    """Return each strategy's share in the group that it reaches least on average."""
    enough = average[(average["grouping"] != EVERYBODY) & (average["in_need"] >= FEWEST)]
    worst = enough.loc[enough.groupby("strategy")["mean"].idxmin()]
    rows = groups.merge(worst[["strategy", "grouping", "group"]])
    return rows.rename(columns={"share": "lowest"})[["strategy", "population", "lowest"]]


def _against(long: pd.DataFrame, ours: str) -> Iterator[dict[str, Any]]:
    """Yield how much better ours is than each other strategy, by each measure."""
    wide = long.pivot(index="population", columns=["measure", "strategy"], values="figure")
    for measure, direction in BETTER.items():
        if (measure, ours) not in wide:
            continue
        for other in wide[measure].columns.drop(ours):
            one, two = wide[measure][ours], wide[measure][other]
            gain = direction * (one - two) if direction else two.abs() - one.abs()
            gain = gain.dropna().to_numpy()
            error = gain.std(ddof=1) / np.sqrt(len(gain)) if len(gain) > 1 else np.nan
            half = float(stats.t.ppf(0.975, len(gain) - 1)) * error if len(gain) > 1 else np.nan
            yield {
                "measure": measure,
                "other": other,
                "better": float(gain.mean()),
                "lower": float(gain.mean() - half),
                "upper": float(gain.mean() + half),
            }
