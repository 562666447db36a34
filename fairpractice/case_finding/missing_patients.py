"""The missing patients: on the list, and out of sight of whoever looks at those who come.

Never seen, nothing coded, silent, or lost from recall: a condition whose review is long overdue,
and nobody invited the person. Those who live here and are not on the list at all are in
:mod:`fairpractice.case_finding.register_and_census`.
"""

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from fairpractice.case_finding.listable import Asked
from fairpractice.case_finding.rule import RULES, Rule
from fairpractice.criteria import (
    age,
    any_of,
    appointments,
    coded_entries,
    ever,
    on_register,
    registered,
    within,
)
from fairpractice.criteria.tree import Criterion
from fairpractice.measures.calculate import Run, count
from fairpractice.population.groups import grouping
from fairpractice.statistics import proportion, protect


RECALL = 27  # months: a year and a quarter beyond a yearly review
RECALLED = {
    "diabetes": age(17) & on_register("diabetes", ended_by="diabetes-resolved"),
    "asthma": age(5) & on_register("asthma", ended_by="asthma-resolved"),
}


def _lost(condition: str, has: Criterion) -> Criterion:
    return has & ~any_of(
        *(
            within(f"{condition}-{what}", months=RECALL)
            for what in ("review", "invited", "declined", "unsuitable")
        )
    )


def _kind(title: str, why: str, population: Criterion, finds: Criterion, notes: str) -> Rule:
    return Rule(
        title=title,
        why=why,
        source="Tudor Hart 1971, Lancet 297:405 (the inverse care law); the months are our own",
        author="fairpractice contributors",
        checked_by="",
        review_by=dt.date(2027, 11, 23),
        population=population,
        finds=finds,
        action="Make contact by a person, and ask what would make it easier.",
        notes=notes,
        spec="",
    )


KINDS: dict[str, Rule] = {
    "never-seen": _kind(
        "Never seen",
        "Registered for two years, and not one attended appointment on record.",
        registered(months=24),
        appointments("attended") < 1,
        "Home visits and visits before the appointment book begins are not seen.",
    ),
    "not-coded": _kind(
        "Nothing coded",
        "Registered for a year, and not one coded entry.",
        registered(months=12),
        coded_entries() < 1,
        "Whoever came from elsewhere may have a record that did not follow.",
    ),
    "no-ethnicity": _kind(
        "Ethnic group never asked",
        "Registered for a year, and nobody has written down the ethnic group, refused or not.",
        registered(months=12),
        ~ever("ethnicity"),
        "Those who were asked and would not say are not among them.",
    ),
    "lost-from-recall": _kind(
        "Lost from recall",
        "A condition with a yearly review: none for 27 months, and no invitation, refusal or "
        "exception either.",
        registered(months=24) & any_of(*RECALLED.values()),
        any_of(*(_lost(condition, has) for condition, has in RECALLED.items())),
        "Diabetes and asthma. An invitation that was not coded is not seen.",
    ),
}
SILENT = "registered-but-silent"


def missing_patients(asked: Asked, by: Sequence[str] = ("all",)) -> pd.DataFrame:
    """Count people on the list and out of sight, by group, as the counts may leave the team.

    Returns
    -------
    One row a kind, grouping and group: ``kind``, ``title``, ``grouping``, ``group``, ``numerator``
    (missing), ``denominator`` (of whom it is asked), ``value``, ``lower``, ``upper``, ``status``,
    ``reason``.
    """
    shipped = RULES.load(asked.codelists)
    kinds = {**KINDS, SILENT: shipped[SILENT]}
    kinds = {name: rule for name, rule in kinds.items() if not rule.empty_lists(asked.codelists)}
    run = Run(asked.codelists, asked.edition, asked.definitions)
    counts = count(kinds, [asked.on], asked.record, run, by=by).to_pandas()
    keys = ["kind", "grouping", "group"]
    counts = counts.drop(columns=["numerator", "denominator"]).rename(
        columns={"definition": "kind", "met": "numerator", "people": "denominator"}
    )
    shares = proportion(
        counts[[*keys, "numerator", "denominator"]], "numerator", "denominator", by=keys
    )
    shown: pd.DataFrame = protect(
        shares, by=["kind"], across=["kind"], breakdown=("grouping", "group")
    )
    shown = counts[keys].merge(shown, on=keys, how="left", validate="1:1")
    shown.insert(1, "title", shown["kind"].map({name: rule.title for name, rule in kinds.items()}))
    labels = [grouping(g).label(v) for g, v in zip(shown["grouping"], shown["group"], strict=True)]
    columns = ["kind", "title", *keys[1:], "numerator", "denominator", "value", "lower", "upper",
               "status", "reason"]  # fmt: skip
    return shown.assign(group=labels)[columns]
