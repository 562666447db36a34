"""Fair to whom it finds: how often a rule is wrong, by group, where the truth is known.

A rule **misses** somebody of whom what it looks for is true and whom it does not find; a **false
alarm** is somebody it finds of whom it is not true. A rule may be right often and yet miss one
group most: then those who were last stay last. Each group is compared with everybody else; a
difference beyond chance, allowing for how many groups are looked at, is a warning.

What a rule looks for is taken from the social circumstances that it names. Of rules about access,
which name none, it is any social need: that is a sign at best, and said so. A rule that stops
looking for somebody once something was done, such as a referral, misses them here all the same.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from scipy.special import ndtr

from fairpractice.case_finding.listable import Asked
from fairpractice.case_finding.reach import EVERYBODY
from fairpractice.case_finding.rule import Rule
from fairpractice.case_finding.truth import BY, NEEDS, Truth, truth
from fairpractice.criteria.bits import bit
from fairpractice.criteria.gather import ID
from fairpractice.criteria.plan import ask
from fairpractice.criteria.tree import Circumstance
from fairpractice.statistics import proportion


ACCESS = "access"
ANY_NEED = "any social need"
FEWEST = 30
"""People, for a rate of theirs to be compared with that of others."""
CHANCE = 0.05
MANY = 4  # topics, which are any social need


def looks_for(rule: Rule, known: Truth) -> tuple[str, ...]:
    """Return the topics that a rule is held to: its own, else any need for one about access."""
    named = [part.topic for part in rule.finds.walk() if isinstance(part, Circumstance)]
    own = tuple(name for name in dict.fromkeys(named) if name in known.topics)
    if own:
        return own
    return tuple(name for name in NEEDS if name in known.topics) if ACCESS in rule.tags else ()


def fairness(
    rules: Mapping[str, Rule], asked: Asked, told: pa.Table, *, confidence: float = 0.95
) -> pd.DataFrame:
    """Return how often rules miss people and raise false alarms, by group.

    Parameters
    ----------
    rules
        By id. Those that look for nothing that the truth tells of are left out.
    asked
        Of which record, and on which day.
    told
        The truth, with ``patient_id``.
    confidence
        Of the limits.

    Returns
    -------
    One row a rule, error (``missed``, ``false_alarm``), grouping and group, everybody (``all``)
    first: ``looks_for``; ``wrong`` of ``of`` people; ``value`` with Wilson limits ``lower``,
    ``upper``; ``status``, ``reason``; ``warning`` where the group fares worse than everybody else.
    """
    known = truth(told, asked.on - asked.on.resolution, asked.on)
    held = {name: looks_for(rule, known) for name, rule in rules.items()}
    held = {name: topics for name, topics in held.items() if topics}
    found = _found({name: rules[name] for name in held}, asked)
    so = known.topics.add_prefix("so ")
    people = known.people.join(so).merge(found, on=ID, how="inner", validate="1:1")
    parts = [
        counts.assign(rule=name, looks_for=_label(topics))
        for name, topics in held.items()
        for counts in _errors(people, name, people[[f"so {topic}" for topic in topics]].any(axis=1))
    ]
    if not parts:
        return pd.DataFrame()
    counted = pd.concat(parts, ignore_index=True)
    keys = ["rule", "error", "grouping", "group"]
    rates = proportion(
        counted[[*keys, "wrong", "of"]], "wrong", "of", by=keys, levels=(confidence,)
    )
    rates = rates[[*keys, "value", "lower", "upper", "status", "reason"]]
    counted = counted.merge(rates, on=keys, how="left", validate="1:1")
    counted["warning"] = ""
    for _, rows in counted.groupby(["rule", "error"]):
        whole = rows[rows["grouping"] == EVERYBODY]
        groups = rows[rows["grouping"] != EVERYBODY]
        worse = _worse(groups, int(whole["wrong"].sum()), int(whole["of"].sum()))
        for row in counted.loc[worse].reset_index().to_dict("records"):
            counted.loc[row["index"], "warning"] = _warning(row)
    figures = ["wrong", "of", "value", "lower", "upper", "status", "reason", "warning"]
    return counted[[*keys, "looks_for", *figures]]


def _found(rules: Mapping[str, Rule], asked: Asked) -> pd.DataFrame:
    """Return of everybody whether each rule is about them and finds them."""
    questions = {
        f"{n}_{part}": expression
        for n, rule in enumerate(rules.values())
        for part, expression in rule.asked.items()
    }
    answers = ask(questions, [asked.on], asked.record, asked.codelists)
    here = replace(answers, table=asked.record.engine.cache(answers.table))
    columns = {}
    for n, (name, rule) in enumerate(rules.items()):
        meant = here.true(f"{n}_population")
        if rule.unless is not None:
            meant = meant & (1 - here.true(f"{n}_unless"))
        columns[f"about {name}"] = bit(meant, 0) == 1
        columns[f"finds {name}"] = bit(meant & here.true(f"{n}_finds"), 0) == 1
    frame: pd.DataFrame = asked.record.engine.to_arrow(here.table.select(ID, **columns)).to_pandas()
    asked.record.engine.release(here.table)
    return frame


def _errors(people: pd.DataFrame, name: str, true: "pd.Series[bool]") -> Iterator[pd.DataFrame]:
    about, finds = people[f"about {name}"], people[f"finds {name}"]
    for error, of, wrong in (
        ("missed", about & true, about & true & ~finds),
        ("false_alarm", finds, finds & ~true),
    ):
        flags = pd.DataFrame({"wrong": wrong, "of": of}).astype(int)
        for column in (EVERYBODY, *BY):
            group = (
                pd.Series(EVERYBODY, index=people.index) if column == EVERYBODY else people[column]
            )
            sums = flags.groupby(group.rename("group")).sum().reset_index()
            yield sums.assign(grouping=column, error=error)


def _worse(rows: pd.DataFrame, wrong: int, of: int) -> list[int]:
    """Return the rows of groups that fare worse than everybody else (Holm 1979, at 5 %).

    By the pooled test of two proportions; only groups with people enough are looked at.
    """
    enough = rows[(rows["of"] >= FEWEST) & (of - rows["of"] >= FEWEST)]
    if enough.empty:
        return []
    here, others = enough["wrong"] / enough["of"], (wrong - enough["wrong"]) / (of - enough["of"])
    error = np.sqrt(wrong / of * (1 - wrong / of) * (1 / enough["of"] + 1 / (of - enough["of"])))
    gap = ((here - others) / error.where(error > 0)).fillna(0.0).to_numpy()
    chance = 2 * ndtr(-np.abs(gap))
    order = np.argsort(chance, kind="stable")
    found = []
    for place, row in enumerate(order):
        if chance[row] > CHANCE / (len(order) - place):
            break
        if gap[row] > 0:
            found.append(int(enough.index[row]))
    return found


def _warning(row: Mapping[Any, Any]) -> str:
    what = "misses" if row["error"] == "missed" else "is wrong about"
    return f"{what} {row['group']} ({BY[row['grouping']].lower()}) more often than others"


def _label(topics: tuple[str, ...]) -> str:
    return ANY_NEED if len(topics) > MANY else ", ".join(topics)
