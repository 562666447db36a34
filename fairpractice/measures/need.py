"""How much a group needs beside the others, and how many clinicians it has: for help against need.

The weight of a person is how many appointments people of the same age, sex and number of long-term
conditions attend here, over how many everybody does: indirect standardisation by the network's own
use (Breslow and Day 1987, *Statistical Methods in Cancer Research* II, section 2.3). It says
what a group would need if need were the same for all who look alike in the record. Where illness is
not written down, or people stay away though ill, the weight is too low.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from functools import reduce
from operator import add

import ibis
import pandas as pd

from fairpractice.codelists import Codelist
from fairpractice.criteria import appointments, ever, on_register, registered
from fairpractice.criteria.bits import bit
from fairpractice.criteria.gather import ID
from fairpractice.criteria.plan import ask
from fairpractice.criteria.tree import Criterion
from fairpractice.measures.calculate import Run
from fairpractice.measures.other_questions import MONTHS
from fairpractice.measures.trend import EVERYBODY, FIFTHS
from fairpractice.population.groups import NOT_RECORDED, Place, grouping
from fairpractice.record.calendar import Calendar
from fairpractice.record.dates import Window
from fairpractice.record.reading import Readable


WEIGHT, CLINICIANS, DEPRIVATION = "need-weight", "clinicians", "mean-fifth"
PRACTICE = "practice"
STRATA = ("age_band", "sex", "conditions")
MOST_CONDITIONS = 3
"""People with so many conditions or more are one stratum."""

CONDITIONS: dict[str, Criterion] = {
    **{
        name: on_register(name, ended_by=f"{name}-resolved")
        for name in ("asthma", "copd", "depression", "diabetes", "heart-failure", "hypertension")
    },
    "severe-mental-illness": on_register(
        "severe-mental-illness", ended_by="severe-mental-illness-remission"
    ),
    **{
        name: ever(name)
        for name in (
            "chronic-kidney-disease",
            "coronary-heart-disease",
            "dementia",
            "epilepsy",
            "learning-disability",
            "stroke",
        )
    },
}


def need(record: Readable, on: dt.date, run: Run) -> pd.DataFrame:
    """Return the need of each fifth and practice, and the clinicians that they have.

    Parameters
    ----------
    record
        The record, open for planning or research.
    on
        The day.
    run
        Codelists and the deprivation edition.

    Returns
    -------
    pandas.DataFrame
        One row a group: ``grouping`` (``all``, ``imd_quintile``, ``practice``), ``group``,
        ``people``; ``need-weight``, the mean weight of its people, 1 for everybody (nothing where
        nobody attended anything); ``clinicians``, of those with attended appointments in 12
        months, each shared out by where the appointments went; ``mean-fifth``, the mean fifth of
        deprivation of its people whose area is known, from 1, the most deprived, to 5. Exact
        numbers, which are not to be published as they are.
    """
    people = _expected(_alike(record, on, run))
    shared = _clinicians(record, on, run)
    parts = []
    for by in (EVERYBODY, FIFTHS, PRACTICE):
        group, of = _group(people, by), _group(shared, by)
        sums = people[["people", "expected", "placed", "fifth"]].groupby(group).sum()
        sums["clinicians"] = shared["clinicians"].groupby(of).sum()
        parts.append(sums.reset_index(names="group").assign(grouping=by))
    found = pd.concat(parts, ignore_index=True)
    whole = found["people"][0] / found["expected"][0] if found["expected"][0] else float("nan")
    return pd.DataFrame(
        {
            "grouping": found["grouping"],
            "group": found["group"],
            "people": found["people"].astype(int),
            WEIGHT: found["expected"] / found["people"] * whole,
            CLINICIANS: found["clinicians"].fillna(0.0),
            DEPRIVATION: found["fifth"] / found["placed"].where(found["placed"] > 0),
        }
    )


def _group(rows: pd.DataFrame, by: str) -> pd.Series:
    return pd.Series(EVERYBODY, index=rows.index) if by == EVERYBODY else rows[by]


def _alike(record: Readable, on: dt.date, run: Run) -> pd.DataFrame:
    """Return how many people are alike in all that matters, and how many appointments they had."""
    conditions = _conditions(run.codelists)
    questions = {"registered": registered(), "seen": appointments("attended", months=MONTHS)}
    answers = ask({**questions, **conditions}, [on], record, run.codelists)
    place = Place(record, answers.calendar, run.codelists, run.edition, run.definitions)
    by = [FIFTHS, PRACTICE, *STRATA[:2]]
    rows = answers.table
    for name in by:
        rows = rows.inner_join(grouping(name).of(place).select(ID, **{name: "value"}), ID)
    here = replace(answers, table=rows)
    each = (bit(here.true(name), 0) for name in conditions)
    count = reduce(add, each, ibis.literal(0, "int64"))
    chosen = rows.filter(here.true("registered") == 1).select(
        *by,
        conditions=(count > MOST_CONDITIONS).ifelse(MOST_CONDITIONS, count).cast("int64"),
        seen=here.number("seen", 0),
    )
    found = chosen.group_by(*by, "conditions").agg(people=chosen.count(), seen=chosen.seen.sum())
    frame: pd.DataFrame = record.engine.to_arrow(found).to_pandas()
    frame = frame.sort_values([*by, "conditions"], ignore_index=True)
    fifth = pd.to_numeric(frame[FIFTHS])
    frame["placed"] = frame["people"].where(fifth.notna(), 0)
    frame["fifth"] = (fifth * frame["people"]).fillna(0.0)
    return frame


def _conditions(codelists: Mapping[str, Codelist]) -> dict[str, Criterion]:
    """Return the conditions whose lists have codes."""
    return {name: c for name, c in CONDITIONS.items() if codelists[name].status != "empty"}


def _expected(people: pd.DataFrame) -> pd.DataFrame:
    """Return rows with how many appointments their people would attend if all alike did alike."""
    strata = people.groupby(list(STRATA))
    rate = strata["seen"].transform("sum") / strata["people"].transform("sum")
    return people.assign(expected=rate * people["people"])


def _clinicians(record: Readable, on: dt.date, run: Run) -> pd.DataFrame:
    """Return how much of the clinicians' appointments went where, a clinician being 1 in all."""
    place = Place(record, Calendar((on,)), run.codelists, run.edition, run.definitions)
    after, until = Window(MONTHS).bounds(on)
    rows = record.table("appointment")
    rows = rows.filter(
        rows.status == "attended",
        rows.clinician_id.notnull(),
        rows.start_date > after,
        rows.start_date <= until,
    ).select(ID, "clinician_id")
    for name in (FIFTHS, PRACTICE):
        rows = rows.inner_join(grouping(name).of(place).select(ID, **{name: "value"}), ID)
    rows = rows.filter(rows[PRACTICE] != NOT_RECORDED)
    counted = rows.group_by("clinician_id", FIFTHS, PRACTICE).agg(seen=rows.count())
    found: pd.DataFrame = record.engine.to_arrow(counted).to_pandas()
    found = found.sort_values(["clinician_id", FIFTHS, PRACTICE], ignore_index=True)
    found["clinicians"] = found["seen"] / found.groupby("clinician_id")["seen"].transform("sum")
    return found
