"""Measure against hand-written SQL in the same run: ``python -m benchmarks [--people N]``."""

import argparse
import datetime as dt
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks import generated
from benchmarks.hand import FIGURES, SUMS, Counts, Hand
from benchmarks.shipped import DEFINITIONS, GROUPINGS, NUMBERS, shipped
from fairpractice import codelists
from fairpractice.case_finding.rule import RULES
from fairpractice.criteria import appointments, latest
from fairpractice.criteria.definition import Definition
from fairpractice.criteria.plan import ask
from fairpractice.criteria.tree import Criterion
from fairpractice.measures.calculate import Run, count
from fairpractice.measures.measure import MEASURES
from fairpractice.population import deprivation
from fairpractice.record.dates import month_ends, months_before
from fairpractice.record.store import open_record


ON = dt.date(2026, 10, 31)
EDITION = "fictional2025"


def timed(run: Callable[[], Any]) -> tuple[float, Any]:
    """Return how many seconds something takes, and what comes of it."""
    began = time.perf_counter()
    result = run()
    return time.perf_counter() - began, result


def best(
    runs: Mapping[str, Callable[[], Any]], times: int
) -> tuple[dict[str, float], dict[str, Any]]:
    """Run each in turn, several times over, and keep the best time of each."""
    seconds: dict[str, float] = {}
    results: dict[str, Any] = {}
    for _ in range(times):
        for name, run in runs.items():
            took, results[name] = timed(run)
            seconds[name] = min(took, seconds.get(name, took))
    return seconds, results


def made(folder: Path, people: int) -> dict[str, float]:
    """Make the record, if it is not there, by the ordinary commands; return what each took."""
    if (folder / "record" / "manifest.json").exists():
        return {}
    extract, local = str(folder / "extract"), ["--definitions", str(folder / "definitions")]
    took = {}
    for name, verb in {
        "generate": ["synthetic", extract, "--people", str(people), "--format", "parquet"],
        "areas": ["deprivation", "add", EDITION, "--file", f"{extract}/deprivation.csv", *local],
        "import": ["import", "csv", extract, *local, "--record", f"{folder}/record"],
    }.items():
        command = [sys.executable, "-m", "fairpractice", *verb]
        took[name], _ = timed(lambda command=command: subprocess.run(command, check=True))
    return took


def counts(table: Any) -> Counts:
    """Return counts as hand-written SQL gives them."""
    found: Counts = {}
    for row in table.to_pylist():
        figures = {name: float(row[name]) for name in (*FIGURES, *SUMS) if row[name]}
        if figures:
            found[row["definition"], row["grouping"], row["group"]] = figures
    return found


def same(one: Counts, other: Counts) -> bool:
    """Tell whether two counts are the same, but for the last digits of sums."""
    return one.keys() == other.keys() and all(
        one[key].keys() == other[key].keys()
        and all(abs(one[key][f] - other[key][f]) <= 1e-9 * abs(one[key][f]) for f in one[key])
        for key in one
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Run every benchmark and print each with its goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args(arguments)
    folder = Path("build") / "benchmarks" / str(given.people)
    folder.mkdir(parents=True, exist_ok=True)
    rows: list[dict[str, Any]] = []

    def tell(what: str, figure: float, goal: float, unit: str = "×") -> None:
        rows.append({"what": what, "figure": figure, "unit": unit, "goal": goal})
        met = "met" if figure <= goal else "NOT MET"
        print(f"{what:58} {figure:9.3g} {unit:3} goal {goal:g} {unit}: {met}", flush=True)

    took = made(folder, given.people)
    if took:
        tell("make the extract (for a million people)", took["generate"], 180, "s")
        tell("import the extract", took["import"], 60 * given.people / 1e6, "s")
    lists = codelists.load()
    record = open_record(folder / "record")
    known: dict[str, Definition] = {**MEASURES.load(lists), **RULES.load(lists)}
    definitions = {name: known[name] for name in known if name in {**DEFINITIONS, **NUMBERS}}
    run = Run(lists, EDITION, folder / "definitions")
    areas = deprivation.load(EDITION, folder / "definitions")
    hand = Hand(record, lists, areas, ON)

    questions: dict[str, tuple[Criterion, str, str]] = {
        "missed appointments": (
            appointments("did_not_attend", months=12) >= 3,
            "coalesce(missed >= 3, false)",
            f"""SELECT patient_id, count(*) AS missed FROM {hand.rows("appointment")}
            WHERE status = 'did_not_attend' AND start_date > {hand.ago(12)} AND start_date <= {hand.ago(0)}
            GROUP BY patient_id""",
        ),
        "latest HbA1c": (
            latest("hba1c", months=24) > 58,
            "hba1c > 58",
            f"""SELECT patient_id, arg_max(value, (date, value)) AS hba1c
            FROM {hand.rows("event")} JOIN codes USING (code)
            WHERE list = {hand.number("hba1c")} AND code_system = 'snomed' AND value IS NOT NULL
            AND date > {hand.ago(24)} AND date <= {hand.ago(0)} GROUP BY patient_id""",
        ),
    }
    for name, (criterion, is_so, sql) in questions.items():

        def planned(criterion: Criterion = criterion) -> dict[str, int]:
            answers = ask({"found": criterion}, [ON], record, lists)
            true, unknown = answers.true("found") == 1, answers.unknown("found") == 1
            people = answers.table
            counted = people.aggregate(
                true=people.count(where=true),
                unknown=people.count(where=unknown),
                false=people.count(where=~true & ~unknown),
            )
            found: dict[str, int] = record.engine.to_arrow(counted).to_pylist()[0]
            return found

        def written(is_so: str = is_so, sql: str = sql) -> dict[str, int]:
            return hand.run(
                [
                    f"""SELECT count(*) FILTER ({is_so}) AS true,
                    count(*) FILTER (({is_so}) IS NULL) AS unknown,
                    count(*) FILTER (NOT ({is_so})) AS false
                    FROM {hand.rows("patient")} ANTI JOIN objector USING (patient_id)
                    LEFT JOIN ({sql}) USING (patient_id)"""
                ]
            )[0]

        seconds, found = best({"plan": planned, "sql": written}, given.times + 2)
        assert found["plan"] == found["sql"], (name, found)
        tell(f"one question, {name}, against SQL", seconds["plan"] / seconds["sql"], 1.3)

    def all_at_once(
        asked: Mapping[str, Definition] = definitions, dates: Sequence[dt.date] = (ON,)
    ) -> Any:
        return count(asked, dates, record, run, by=GROUPINGS)

    features = generated.features(hand, lists)
    drawn, said = generated.rules(hand, features)
    sets: dict[str, tuple[Mapping[str, Definition], Callable[[bool], Counts]]] = {
        f"{len(definitions)} shipped definitions": (
            definitions,
            lambda pivoted: shipped(hand, pivoted),
        ),
        f"{len(drawn)} rules over {len(features)} features": (
            drawn,
            lambda pivoted: generated.written(hand, features, said, pivoted=pivoted),
        ),
    }
    for name, (asked, written_set) in sets.items():
        seconds, found = best(
            {
                "plan": lambda asked=asked: all_at_once(asked),
                "wide": lambda written_set=written_set: written_set(False),
                "pivoted": lambda written_set=written_set: written_set(True),
            },
            given.times,
        )
        assert same(counts(found["plan"]), found["wide"]), "the SQL counts otherwise"
        assert same(found["wide"], found["pivoted"]), "the SQL counts otherwise"
        written_best = min(seconds["wide"], seconds["pivoted"])
        print(f"{name}: {seconds['plan']:.2f} s, hand-written {written_best:.2f} s")
        tell(f"{name}, against SQL", seconds["plan"] / written_best, 1.5)
        alone = sum(
            timed(lambda one=one: all_at_once(one))[0]
            for one in ({name: definition} for name, definition in asked.items())
        )
        tell(f"{name}, against one by one", seconds["plan"] / alone, 1 / 3)
    months = month_ends(months_before(ON, 0), 12)
    seconds, _ = best({"one": all_at_once, "twelve": lambda: all_at_once(dates=months)}, 2)
    tell("twelve month-ends, against one", seconds["twelve"] / seconds["one"], 2)

    people = record.table("patient").select("patient_id").limit(5_000)
    ids = record.engine.to_arrow(people)["patient_id"].to_pylist()
    record.person(ids[0])
    chosen = random.Random(1).sample(ids, 200)
    by_key = statistics.median(timed(lambda one=one: record.person(one))[0] for one in chosen)
    tell("one person by key", 1000 * by_key, 10, "ms")
    asked_help = [sys.executable, "-m", "fairpractice", "--help"]
    helped = statistics.median(
        timed(lambda: subprocess.run(asked_help, check=True, stdout=subprocess.DEVNULL))[0]
        for _ in range(5)
    )
    tell("fairpractice --help", helped, 0.3, "s")
    command = [sys.executable, "-m", "benchmarks.memory", str(folder)]
    most = subprocess.run(command, check=True, capture_output=True, encoding="utf-8").stdout
    tell("memory, all shipped definitions at twelve month-ends", float(most), 1.5, "GB")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
