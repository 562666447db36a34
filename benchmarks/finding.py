"""What is published of finding people, measured again: ``python -m benchmarks.finding WHAT``.

``lists`` and ``comparison`` measure the goals of speed; ``coverage`` how often the limits of hidden
need hold the truth; ``prompts`` who is never prompted; ``figure`` draws the comparison of
strategies from files that ``fairpractice reach --scenario ... --out`` wrote.
"""

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.csv as pacsv

from fairpractice import codelists
from fairpractice.case_finding import scenario, strategy
from fairpractice.case_finding.capture_recapture import chapman, three_lists
from fairpractice.case_finding.listable import Asked, listable
from fairpractice.case_finding.priority import PRIORITIES
from fairpractice.case_finding.prompts import OF_PEOPLE, PROMPTS, prompted
from fairpractice.case_finding.truth import NEEDS
from fairpractice.engines.duckdb import connect
from fairpractice.population import deprivation
from fairpractice.population.synthetic import Parameters, needs, population
from fairpractice.population.synthetic.chance import NEVER
from fairpractice.population.synthetic.in_memory import InMemory, made_at_once
from fairpractice.population.synthetic.people import people
from fairpractice.record.dates import months_before
from fairpractice.record.store import open_record


END = dt.date(2026, 10, 31)
EDITION = "fictional2025"
PRIORITY = "social-prescribing"
DAY_0 = dt.date(1970, 1, 1)


def lists(record: Path, capacity: int) -> None:
    """Measure a list of a record: asking the rules apart from what comes after."""
    known = codelists.load()
    priority = PRIORITIES.load(known)[PRIORITY]
    asked = Asked(open_record(record, purpose="direct_care"), END, known)
    began, processor = time.perf_counter(), time.process_time()
    found = listable(priority, asked, capacity)
    asking, busy = time.perf_counter() - began, time.process_time() - processor
    chosen = found.choose(capacity)
    points = np.array([each.points for each in priority.points])
    weighed = [found.choose(capacity, weights=points * row) for row in 1 - np.eye(len(points))]
    print(
        f"{found.population:,} people: asked in {asking:.1f} s ({busy:.1f} s of processor); "
        f"{len(chosen.rows)} places given, and {len(weighed)} times with other points, in "
        f"{time.perf_counter() - began - asking:.2f} s "
        f"({time.process_time() - processor - busy:.2f} s of processor)"
    )


def comparison(seeds: int, size: int) -> None:
    """Measure the comparison of all strategies."""
    priority = strategy.of_priority(PRIORITIES.load(codelists.load())[PRIORITY])
    ways = {**strategy.shipped(), PRIORITY: priority}
    began, processor = time.perf_counter(), time.process_time()
    world = scenario.read_scenario(scenario.shipped()["as-assumed"])
    scenario.over_seeds(world, ways, PRIORITY, connect(), seeds=range(1, seeds + 1), people=size)
    print(
        f"{len(ways)} strategies x {seeds} seeds x {size:,} people: "
        f"{time.perf_counter() - began:.0f} s, {time.process_time() - processor:.0f} s of processor"
    )


def known_and_true(
    parameters: Parameters, seed: int, size: int
) -> Iterator[tuple[str, int, Mapping[tuple[bool, bool, bool], int]]]:
    """Yield of each topic how many were in need in the last year, and who knew of whom."""
    made = population(size, 5, 5, seed, END, parameters)
    last = (END - DAY_0).days
    first = (months_before(END, 12) - DAY_0).days
    of = {need.topic: n for n, need in enumerate(parameters.needs)}
    topics = [name for name in NEEDS if name in of]
    lists = np.zeros((size, len(topics), 3), bool)
    true = np.zeros((size, len(topics)), bool)
    for chunk in range(made.chunks):
        at = slice(chunk * 25_000, min((chunk + 1) * 25_000, size))
        them = people(
            seed, chunk + 1, at.start, at.stop - at.start, made.places, made.period, parameters
        )
        latent, systems = made.constants.latent, made.places.systems
        truth = needs.needs(seed, chunk + 1, them, made.period, parameters, latent)
        said = needs.statements(seed, chunk + 1, them, truth, parameters, latent, systems)
        here = (them.until > last) & (them.age >= needs.ADULT)
        now = (truth.start <= last) & ((truth.end == NEVER) | (truth.end > first))
        for n, topic in enumerate(topics):
            true[at, n] = (truth.has & now)[:, of[topic]] & here
            told = (said.topic == of[topic]) & (said.status == needs.PRESENT)
            told &= (said.day > first) & (said.day <= last) & here[said.person]
            lists[at.start + said.person[told], n, said.route[told]] = True
    for n, topic in [*enumerate(topics), (-1, "any")]:
        on = lists.any(axis=1) if topic == "any" else lists[:, n]
        counts = np.bincount(on @ np.array([1, 2, 4]), minlength=8)
        total = int((true.any(axis=1) if topic == "any" else true[:, n]).sum())
        yield (
            topic,
            total,
            {(bool(k & 1), bool(k & 2), bool(k & 4)): int(counts[k]) for k in range(1, 8)},
        )


def coverage(seeds: int, size: int, ties: Sequence[float]) -> pd.DataFrame:
    """Say how often limits of hidden need hold the truth, by how the routes hang together."""
    rows = []
    for tied in ties:
        shape = replace(Parameters(), route_dependence=tied)
        # Other populations than those that the allowance was chosen by.
        for seed in range(101, 101 + seeds):
            for topic, total, on in known_and_true(shape, seed, size):
                one, other, both = (
                    sum(n for k, n in on.items() if k[:2] == want)
                    for want in ((True, False), (False, True), (True, True))
                )
                for method, found in (
                    ("two lists, Chapman", chapman(one, other, both)),
                    ("three lists, log-linear", three_lists(on)),
                ):
                    told = found.total is not None
                    rows.append(
                        {
                            "routes tied": tied,
                            "topic": "any need" if topic == "any" else "one topic",
                            "method": method,
                            "told": told,
                            "held": found.lower <= total <= found.upper if told else np.nan,
                            "if tied": found.lower <= total <= found.upper_if_tied
                            if found.upper_if_tied
                            else np.nan,
                            "below": found.upper < total if told else np.nan,
                            "of the truth": found.total / total if told else np.nan,
                            "on record": found.known / total,
                        }
                    )
    frame = pd.DataFrame(rows)
    keys = ["topic", "method", "routes tied"]
    numbers = frame.drop(columns=keys).astype(float)
    summed = numbers.groupby([frame[key] for key in keys]).agg(
        {
            "told": "mean",
            "held": "mean",
            "if tied": "mean",
            "below": "mean",
            "of the truth": "median",
            "on record": "median",
        }
    )
    print(summed.round(2).to_string())
    return summed


def prompts(seeds: int, size: int) -> pd.DataFrame:
    """Say who is never prompted, over the people of several populations."""
    parts, engine, known = [], connect(), codelists.load()
    for seed in range(1, seeds + 1):
        made = population(size, 5, 5, seed, END)
        record = InMemory(made_at_once(made), engine)
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            pacsv.write_csv(made.places.deprivation(), folder / "areas.csv")
            deprivation.add(EDITION, folder / "areas.csv", folder)
            asked = Asked(record, months_before(END, 12), known, "", EDITION, folder)
            parts.append(prompted(PROMPTS, asked, record.truth))
        record.release()
    sums = pd.concat(parts).groupby(["prompt", "decile"]).sum()
    for part in OF_PEOPLE:
        sums[part] /= sums["people"]
    for part in ("fuller", "light"):
        sums[part] *= 100 / sums["consultations"]
    print(sums.round(3).to_string())
    return sums


def figure(files: Sequence[Path], out: Path) -> None:
    """Draw the comparison of strategies in some scenarios: a panel a measure."""
    import altair as alt

    wanted = {
        "sensitivity": "Reached, of those in need",
        "lowest": "… in the group reached least",
        "hidden": "… with no need on record",
        "false_alarms": "Not in need, of those listed",
    }
    rows = pd.concat([pd.read_csv(file) for file in files])
    rows = rows[rows["measure"].isin(list(wanted))].assign(of=lambda r: r["measure"].map(wanted))
    base = alt.Chart(rows).encode(
        y=alt.Y("strategy:N", title=None), color=alt.Color("scenario:N", title=None),
        yOffset="scenario:N",
    )  # fmt: skip
    marks = base.mark_rule().encode(
        x=alt.X("lower:Q", title=None, axis=alt.Axis(format=".1%")), x2="upper:Q"
    ) + base.mark_point(filled=True).encode(x="mean:Q")
    chart = marks.properties(width=260, height=220).facet(
        alt.Facet("of:N", title=None, sort=list(wanted.values())), columns=2
    )
    chart.resolve_scale(x="independent").save(out)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure one thing."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.finding", description=__doc__)
    parser.add_argument("what", choices=["lists", "comparison", "coverage", "prompts", "figure"])
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--capacity", type=int, default=40)
    parser.add_argument("--out", type=Path, default=Path("who-is-reached.svg"))
    given: Any = parser.parse_args(arguments)
    match given.what:
        case "lists":
            lists(given.files[0], given.capacity)
        case "comparison":
            comparison(given.seeds, given.people)
        case "coverage":
            coverage(given.seeds, given.people, (0.0, 0.3, 0.6, 0.9))
        case "prompts":
            prompts(given.seeds, given.people)
        case _:
            figure(given.files, given.out)


if __name__ == "__main__":
    main()
