"""Prompts: in which consultations a fuller social history is asked for, and who is never prompted.

Asking only people of deprived areas misses those whom rising costs push into need elsewhere. Ours
asks everybody one light question a year, and a fuller history where something changed lately:
effort in proportion to signs, universal in reach.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_

import numpy as np
import pandas as pd
import pyarrow as pa

from fairpractice.case_finding.comparing import MONTHS, ON_RECORD
from fairpractice.case_finding.listable import Asked
from fairpractice.case_finding.priority import InGroup
from fairpractice.case_finding.reach import EVERYBODY
from fairpractice.case_finding.truth import NEEDS, truth
from fairpractice.codelists import Codelist
from fairpractice.criteria import (
    age,
    any_of,
    appointments,
    circumstance,
    circumstance_recorded,
    issued,
    registered,
    urgent_contacts,
    within,
)
from fairpractice.criteria.bits import bit
from fairpractice.criteria.evaluate import Person, decide
from fairpractice.criteria.evidence import because
from fairpractice.criteria.gather import ID
from fairpractice.criteria.plan import ask
from fairpractice.criteria.tree import Criterion, Expression
from fairpractice.population.groups import NOT_RECORDED, TENTHS, Place, grouping
from fairpractice.record.dates import months_after
from fairpractice.statistics import proportion, protect


QUARTER = 3  # months between the days on which signs are looked at
MISSED = "did_not_attend"
OF_PEOPLE = {
    "never": "never prompted",
    "never_fuller": "never prompted for a fuller history",
    "not_seen": "no consultation at all",
}
KEYS = ("prompt", "counted", "decile")
COUNTS = ("people", *OF_PEOPLE, "consultations", "fuller", "light")


@dataclass(frozen=True)
class Prompt:
    """When a consultation prompts for a social history.

    Attributes
    ----------
    title, why
        What it is called, and who would prompt so.
    signals
        Any of them asks for a fuller history, once.
    light
        Who is asked one light question in their next consultation; nobody when left out.
    notes
        What it does not see.
    """

    title: str
    why: str
    signals: Mapping[str, Criterion | InGroup]
    light: Criterion | None = None
    notes: str = ""


DEPRIVED_AREAS = Prompt(
    title="Deprived areas only",
    why="The system shows the Index of Multiple Deprivation, and prompts where it is high.",
    signals={"lives in one of the most deprived fifth of areas": InGroup("imd_quintile", ("1",))},
)

SOMETHING_CHANGED = Prompt(
    title="A light question for all, more where something changed",
    why="Rising costs push people outside deprived areas into poverty, whom a prompt by area "
    "misses. What changed lately can be seen wherever somebody lives.",
    signals={
        "a fit note lately": within("fit-note", months=3),
        "prescriptions that stopped being collected": (issued(months=12) >= 2)
        & (issued(months=4) < 1),
        "appointments missed lately, and none before": (appointments(MISSED, months=3) >= 1)
        & (appointments(MISSED, months=12) - appointments(MISSED, months=3) < 1),
        "urgent care twice lately": urgent_contacts(months=3) >= 2,
        "need known from the person, the council or an adviser": any_of(
            *(circumstance(topic) for topic in NEEDS)
        ),
    },
    light=~any_of(*(circumstance_recorded(topic, months=12) for topic in NEEDS)),
    notes="Rent and council-tax arrears are seen where a council's feed says debt, financial "
    "hardship or a housing problem. New benefits letters are not seen: no openly licensed code for "
    "them is known. Prescriptions are seen as issued: that somebody collected late is not.",
)

PROMPTS = {"deprived-areas": DEPRIVED_AREAS, "something-changed": SOMETHING_CHANGED}


@dataclass(frozen=True)
class Card:
    """What a clinician is shown in one consultation: how much to ask, and why.

    ``ask`` is ``fuller``, ``light`` or ``nothing``.
    """

    ask: str
    because: tuple[str, ...] = field(default=())


def card(prompt: Prompt, person: Person, on: dt.date, codelists: Mapping[str, Codelist]) -> Card:
    """Say how much to ask of one person in a consultation.

    Parameters
    ----------
    prompt
        One that does not look at areas: those are not in a person's rows.
    person
        The rows of one person by table, as a record's ``person`` returns them.
    on
        The day of the consultation.
    codelists
        The lists that the prompt names.
    """
    lines = [
        f"{name}: {', '.join(told)}" if (told := because(signal, person, on, codelists)) else name
        for name, signal in prompt.signals.items()
        if isinstance(signal, Criterion) and decide(signal, person, on, codelists)
    ]
    if lines:
        return Card("fuller", tuple(lines))
    if prompt.light is not None and decide(prompt.light, person, on, codelists):
        return Card("light", ("nobody has asked in the last 12 months",))
    return Card("nothing")


def prompted(
    prompts: Mapping[str, Prompt], asked: Asked, told: pa.Table | None = None
) -> pd.DataFrame:
    """Compare prompts over a year of consultations: who is never prompted, and how often anybody.

    Signs are looked at on the day and every three months after it; somebody is prompted in their
    first consultation of a quarter whose first day shows a sign, and for the light question in the
    first consultation of the year. Each is asked once a year. Tenths of deprivation are those of
    where people live on the day.

    Parameters
    ----------
    prompts
        By id.
    asked
        Of which record; its day is the first of the year.
    told
        The truth, with ``patient_id``, where it is known. Counted are then people in hidden need:
        in need at some time of the year, and no need on record on the day. Without it, all adults
        with no need on record, since which of them are in need is not known.

    Returns
    -------
    One row a prompt and tenth (``all`` first, ``""`` where the area is not known): ``prompt``,
    ``decile``, ``people`` (those counted), and of them ``never`` (never prompted at all),
    ``never_fuller`` (never for a fuller history) and ``not_seen`` (no consultation); of everybody
    ``consultations``, and the prompts in them, ``fuller`` and ``light``.
    """
    days = [months_after(asked.on, QUARTER * n) for n in range(MONTHS // QUARTER + 1)]
    frame = _answers(prompts, asked, days)
    counted = ~frame["on_record"].to_numpy(bool)
    if told is not None:
        people = truth(told, asked.on, days[-1]).people
        frame = people[[ID, "needs"]].merge(frame, on=ID, how="inner", validate="1:1")
        counted = np.asarray((frame["needs"] > 0) & ~frame["on_record"])
    quarters = range(1, len(days))
    came = np.column_stack([frame[f"visits_{n}"] > 0 for n in quarters])
    consultations = np.sum([frame[f"visits_{n}"] for n in quarters], axis=0)
    rows = []
    for name, prompt in prompts.items():
        signs = np.column_stack([frame[f"{name}_{n - 1}"] for n in quarters])
        fuller = (signs & came).any(axis=1)
        light = np.zeros(len(frame), bool)
        if prompt.light is not None:
            light = came.any(axis=1) & ~fuller & frame[f"{name}_light"].to_numpy(bool)
        columns = {
            "decile": frame["decile"],
            "people": counted,
            "never": counted & ~fuller & ~light,
            "never_fuller": counted & ~fuller,
            "not_seen": counted & ~came.any(axis=1),
            "consultations": consultations,
            "fuller": fuller,
            "light": light,
        }
        sums = pd.DataFrame(columns).groupby("decile").sum()
        order = [value for value in (*TENTHS.labels, NOT_RECORDED) if value in sums.index]
        sums = pd.concat([sums.sum().to_frame(EVERYBODY).T, sums.loc[order]])
        rows.append(sums.rename_axis("decile").reset_index())
        rows[-1].insert(0, "prompt", name)
    result: pd.DataFrame = pd.concat(rows, ignore_index=True)
    return result.astype(dict.fromkeys(COUNTS, "int64"))


def shares(found: pd.DataFrame) -> pd.DataFrame:
    """Return what :func:`prompted` counts as shares with Wilson limits.

    One row a prompt, ``counted`` (an id of :data:`OF_PEOPLE`) and ``decile``: ``numerator``,
    ``denominator``, ``value``, ``lower``, ``upper``, ``status``, ``reason``.
    """
    long = found.melt(["prompt", "decile", "people"], list(OF_PEOPLE), "counted", "numerator")
    long = long.rename(columns={"people": "denominator"})
    told = proportion(long, "numerator", "denominator", by=list(KEYS))
    columns = [*KEYS, "value", "lower", "upper", "status", "reason"]
    rows: pd.DataFrame = long.merge(told[columns], on=list(KEYS), how="left", validate="1:1")
    return rows[[*KEYS, "numerator", "denominator", *columns[len(KEYS) :]]]


def released(found: pd.DataFrame) -> pd.DataFrame:
    """Return the shares as those of a real record may leave the team: small counts hidden."""
    exact = shares(found)
    shown: pd.DataFrame = protect(exact, by=KEYS, across=["prompt", "counted"])
    return exact[list(KEYS)].merge(shown, on=list(KEYS), how="left", validate="1:1")


def _answers(prompts: Mapping[str, Prompt], asked: Asked, days: list[dt.date]) -> pd.DataFrame:
    """Return what is asked of every adult who is registered on the first day, on all days."""
    record = asked.record
    questions: dict[str, Expression] = {
        "population": registered() & age(18),
        "on_record": ON_RECORD,
        "visits": appointments("attended", months=QUARTER),
    }
    for name, prompt in prompts.items():
        signals = [each for each in prompt.signals.values() if isinstance(each, Criterion)]
        if signals:
            questions[f"{name}_signs"] = any_of(*signals)
        if prompt.light is not None:
            questions[f"{name}_light"] = prompt.light
    answers = ask(questions, days, record, asked.codelists)
    rows = answers.table
    place = Place(record, answers.calendar, asked.codelists, asked.edition, asked.definitions)
    # Where somebody lives on the first day stands for the year.
    tenths = TENTHS.of(place)
    rows = rows.inner_join(
        tenths.filter(bit(tenths["mask"], 0) == 1).select(ID, decile="value"), ID
    )
    groups = {
        each for p in prompts.values() for each in p.signals.values() if isinstance(each, InGroup)
    }
    for group in groups:
        spells = grouping(group.grouping).of(place)
        spells = spells.filter(bit(spells["mask"], 0) == 1)
        rows = rows.inner_join(spells.select(ID, **{group.grouping: "value"}), ID)
    here = replace(answers, table=rows)
    columns = {"on_record": bit(here.true("on_record"), 0) == 1}
    for n in range(len(days)):
        columns[f"visits_{n}"] = here.number("visits", n)
    for name, prompt in prompts.items():
        areas = [each for each in prompt.signals.values() if isinstance(each, InGroup)]
        for n in range(len(days)):
            signs = [rows[each.grouping].isin(each.values) for each in areas]
            if f"{name}_signs" in questions:
                signs.append(bit(here.true(f"{name}_signs"), n) == 1)
            columns[f"{name}_{n}"] = reduce(or_, signs)
        if prompt.light is not None:
            columns[f"{name}_light"] = bit(here.true(f"{name}_light"), 0) == 1
    found = rows.filter(bit(here.true("population"), 0) == 1).select(
        ID, decile=rows["decile"], **columns
    )
    frame: pd.DataFrame = record.engine.to_arrow(found).to_pandas()
    return frame
