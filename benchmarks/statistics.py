"""Measure the statistics, planning included: ``python -m benchmarks.statistics [--peer PYTHON]``.

Each is asked in a process of its own: the first call makes the query, later ones use it again. The
engine has been opened before, by a question of three rows, which is measured too. A peer is
measured beside it where PYTHON is an interpreter that has PHStatsMethods, which is no dependency of
ours: make it an environment of its own. The goal is of processor time, which others on the machine
lengthen less than the clock's.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from fairpractice import statistics


GOAL = 0.15
FOLDER = Path("build") / "benchmarks" / "statistics"
BANDS = [*(f"{age}-{age + 4}" for age in range(0, 90, 5)), "90+"]
STANDARD = [5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500]
STANDARD += [5000, 4000, 2500, 1500, 1000]
STARTS = [0, 1, *range(5, 95, 5)]


@dataclass(frozen=True)
class Question:
    """What is measured: one place for a statistic, its data, and what its peers take."""

    data: Callable[[np.random.Generator], pd.DataFrame]
    ours: Callable[[pd.DataFrame], Any]
    peer: str = ""
    """The same asked of PHStatsMethods, as an expression of ``p`` and ``data``."""
    recorded: str = ""
    """Processor seconds recorded of other peers on the same sizes, on another machine."""


def areas(draw: np.random.Generator, count: int, column: str, bands: Sequence[Any]) -> pd.DataFrame:
    """Return events and people of areas by band."""
    rows = count * len(bands)
    return pd.DataFrame(
        {
            "area": np.repeat([f"A{n:05}" for n in range(count)], len(bands)),
            column: np.tile(np.array(bands, dtype=object), count),
            "x": draw.poisson(8, rows),
            "n": draw.integers(500, 4000, rows),
        }
    )


def standardised(draw: np.random.Generator) -> pd.DataFrame:
    """Return areas by age band, with the weight and the reference of each row."""
    rows = areas(draw, 10_000, "age", BANDS)
    times = len(rows) // len(BANDS)
    return rows.assign(
        weight=np.tile(STANDARD, times), rx=np.tile(range(900, 919), times), rn=100_000
    )


def counts(draw: np.random.Generator) -> pd.DataFrame:
    """Return a row an area."""
    return areas(draw, 100_000, "age", ["all"]).drop(columns="age")


def lives(draw: np.random.Generator) -> pd.DataFrame:
    """Return deaths that rise with age."""
    rows = areas(draw, 5_000, "age", STARTS)
    rows["age"] = rows["age"].astype(int)
    rows["x"] = draw.binomial(rows["n"], 0.0003 * np.exp(0.07 * rows["age"])) + 1
    return rows


def tenths(draw: np.random.Generator) -> pd.DataFrame:
    """Return people with and without something in each tenth of deprivation."""
    rows = areas(draw, 1_000, "q", range(1, 11))
    return rows.assign(q=rows["q"].astype(int), x=draw.binomial(rows["n"], 0.2))


def series(draw: np.random.Generator) -> pd.DataFrame:
    """Return 36 months of many series."""
    return areas(draw, 1_000, "month", range(36)).astype({"month": int})


QUESTIONS = {
    "directly standardised rates, 10,000 × 19": Question(
        standardised,
        lambda data: statistics.directly_standardised_rate(
            data, "x", "n", age_band="age", by=["area"]
        ),
        peer="p.ph_dsr(data, 'x', 'n', 'weight', group_cols='area', euro_standard_pops=False)",
        recorded="PHEindicatormethods 2.51",
    ),
    "indirectly standardised ratios, 10,000 × 19": Question(
        standardised,
        lambda data: statistics.indirectly_standardised_ratio(
            data, "x", "n", reference_events="rx", reference_population="rn", by=["area"]
        ),
        peer="p.ph_ISRatio(data, 'x', 'n', 'rx', 'rn', group_cols='area')",
        recorded="PHEindicatormethods 4.38",
    ),
    "rates, 100,000": Question(
        counts,
        lambda data: statistics.rate(data, "x", "n"),
        peer="p.ph_rate(data[data.x > 0], 'x', 'n')",  # it stops at a count of zero
        recorded="PHEindicatormethods 0.16",
    ),
    "proportions, 100,000": Question(
        counts,
        lambda data: statistics.proportion(data, "x", "n"),
        peer="p.ph_proportion(data, 'x', 'n')",
        recorded="PHEindicatormethods 0.01",
    ),
    "life expectancy, 5,000 × 20": Question(
        lives,
        lambda data: statistics.life_expectancy(data, "x", "n", age_band="age", by=["area"]),
        recorded="PHEindicatormethods 13.6",
    ),
    "logit slope index of inequality, 1,000 × 10": Question(
        tenths,
        lambda data: statistics.slope_index_of_inequality(
            data, "q", "n", events="x", definition="ohid", scale="logit", by=["area"]
        ),
        recorded="PHEindicatormethods, with 1,000 draws, both indices 18.4",
    ),
    "logit relative index of inequality, 1,000 × 10": Question(
        tenths,
        lambda data: statistics.relative_index_of_inequality(
            data, "q", "n", events="x", definition="ohid", scale="logit", by=["area"]
        ),
    ),
    "XmR, 1,000 × 36": Question(
        series,
        lambda data: statistics.xmr(data, "x", "month", by=["area"]),
        recorded="NHSRplotthedots 2.09",
    ),
}

OF_PEER = """
import contextlib, io, json, sys, time
import pandas as pd
import PHStatsMethods as p
data = pd.read_csv(sys.argv[1])
with contextlib.redirect_stdout(io.StringIO()):
    began = time.perf_counter(), time.process_time()
    eval(sys.argv[2])
    took = time.perf_counter() - began[0], time.process_time() - began[1]
print(json.dumps(took))
"""


def made(name: str) -> pd.DataFrame:
    """Return the data of a question, the same every time."""
    return QUESTIONS[name].data(np.random.default_rng(1))


def asked(name: str, times: int) -> list[tuple[float, float]]:
    """Return seconds by the clock and of the processor: opening, the first call, the best later."""
    question, data, took = QUESTIONS[name], made(name), []
    small = pd.DataFrame({"v": [1.0, 2.0, 4.0]})
    runs: list[Callable[[], Any]] = [lambda: statistics.mean(small, value="v")]
    runs += [lambda: question.ours(data)] * (times + 1)
    for ask in runs:
        began = time.perf_counter(), time.process_time()
        ask()
        took.append((time.perf_counter() - began[0], time.process_time() - began[1]))
    opening, first, *later = took
    return [opening, first, (min(clock for clock, _ in later), min(used for _, used in later))]


def run(*command: str) -> Any:
    """Return what a process says, as JSON."""
    done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
    return json.loads(done.stdout)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every statistic and print each with its goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.statistics", description=__doc__)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--only", choices=[*QUESTIONS], help="one of them, printed as JSON")
    parser.add_argument("--peer", help="a Python that has PHStatsMethods")
    given = parser.parse_args(arguments)
    if given.only:
        print(json.dumps(asked(given.only, given.times)))
        return
    print(f"{'seconds by the clock (of the processor)':48} {'first':>15} {'later':>15}")
    openings = []
    for name, question in QUESTIONS.items():
        ours = ["-m", "benchmarks.statistics", "--only", name, "--times", str(given.times)]
        opening, first, later = run(sys.executable, *ours)
        openings.append(opening)
        met = "met" if first[1] <= GOAL else "met later" if later[1] <= GOAL else "NOT MET"
        figures = "".join(f"{clock:8.3f} ({used:.3f})" for clock, used in (first, later))
        print(f"{name:48}{figures}  goal {GOAL}: {met}", flush=True)
        if given.peer and question.peer:
            FOLDER.mkdir(parents=True, exist_ok=True)
            file = FOLDER / "data.csv"
            made(name).to_csv(file, index=False)
            clock, used = run(given.peer, "-c", OF_PEER, str(file), question.peer)
            print(f"{'  PHStatsMethods, same run':48}{clock:8.3f} ({used:.3f})")
        if question.recorded:
            print(f"  recorded, processor seconds: {question.recorded}")
    clock, used = min(openings)
    print(f"{'to open the engine, once a process':48}{clock:8.3f} ({used:.3f})")


if __name__ == "__main__":
    main()
