"""Reach: of the people in need, who is reached, and are groups reached alike?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add

import pandas as pd

from fairpractice.case_finding.inequity import Inequity, horizontal_inequity
from fairpractice.case_finding.listable import Asked
from fairpractice.case_finding.truth import NEEDS
from fairpractice.criteria import age, circumstance, registered, within
from fairpractice.criteria.bits import bit
from fairpractice.criteria.gather import ID
from fairpractice.criteria.plan import ask
from fairpractice.population.groups import Place, grouping
from fairpractice.statistics import proportion, protect


EVERYBODY = "all"
MOST_NEEDS = 3
"""Needs beyond so many are one class when people in equal need are compared."""


@dataclass(frozen=True)
class Reach:
    """Who is reached, against who is in need.

    Attributes
    ----------
    by_group
        One row a grouping and group (first everybody): ``people``, ``in_need``, ``reached``,
        ``reached_in_need``, ``false_alarms`` (reached and not in need); ``value``, ``lower`` and
        ``upper``, the share of those in need who are reached with Wilson limits; ``status``,
        ``reason``.
    inequity
        Along deprivation, among people with as many needs.
    """

    by_group: pd.DataFrame
    inequity: Inequity


def reach(
    people: pd.DataFrame, by: Iterable[str], *, rank: str = "fifth", confidence: float = 0.95
) -> Reach:
    """Compare who is reached with who is in need.

    Parameters
    ----------
    people
        A row for people who are alike: ``alike``, how many they are; ``needs``, how many each has
        (none is not in need); ``reached``, whether they are; a column a grouping.
    by
        The columns that people are grouped by.
    rank
        The column of numbers, as numbers or text, along which inequity is measured, the most
        deprived the lowest. People without one are left out of the index.
    confidence
        Of all limits.
    """
    counts = counted(people, by)
    keys = ["grouping", "group"]
    shares = proportion(
        counts[[*keys, "reached_in_need", "in_need"]],
        "reached_in_need",
        "in_need",
        by=keys,
        levels=(confidence,),
    )
    told = shares[[*keys, "value", "lower", "upper", "status", "reason"]]
    return Reach(
        counts.merge(told, on=keys, how="left", validate="1:1"),
        inequity(people, rank, confidence=confidence),
    )


def inequity(people: pd.DataFrame, rank: str, *, confidence: float = 0.95) -> Inequity:
    """Return the horizontal inequity index of people as :func:`reach` takes them."""
    ranks = pd.to_numeric(people[rank], errors="coerce")
    known = people.assign(rank=ranks)[ranks.notna()]
    classes = known["needs"].clip(upper=MOST_NEEDS)
    return horizontal_inequity(
        known["rank"], classes, known["reached"], known["alike"], confidence=confidence
    )


def counted(people: pd.DataFrame, by: Iterable[str]) -> pd.DataFrame:
    """Count who is in need and who is reached, everybody and by group, as in :class:`Reach`."""
    in_need, reached = people["needs"] > 0, people["reached"].astype(bool)
    flags = {
        "people": people["needs"] >= 0,
        "in_need": in_need,
        "reached": reached,
        "reached_in_need": reached & in_need,
        "false_alarms": reached & ~in_need,
    }
    rows = pd.DataFrame({name: people["alike"] * flag for name, flag in flags.items()})
    parts = []
    for name in (EVERYBODY, *by):
        whole = pd.Series(EVERYBODY, index=people.index)
        group = whole if name == EVERYBODY else people[name]
        parts.append(rows.groupby(group.rename("group")).sum().reset_index())
        parts[-1].insert(0, "grouping", name)
    return pd.concat(parts, ignore_index=True)


def of_referrals(
    asked: Asked, by: Sequence[str], *, chosen: str, months: int = 12, rank: str = "imd_quintile"
) -> pd.DataFrame:
    """Ask a record who was chosen lately, against who is known to be in need.

    It sees only the need that somebody recorded. Groups of whom nobody asks look as if they had
    little need, and so as if they were reached well.

    Parameters
    ----------
    asked
        Of which record and on which day.
    by
        Groupings by id.
    chosen
        The codelist whose entries say that somebody was reached, in the last so many ``months``.
    rank
        A grouping by fifth of deprivation, or nothing.

    Returns
    -------
    A table as :func:`reach` takes it, of the adults who are registered; in need is who has a need
    on record that is believed, or who was chosen. ``fifth`` is the rank.
    """
    names = list(dict.fromkeys([*by, *([rank] if rank else [])]))
    record = asked.record
    needs = {topic: circumstance(topic) for topic in NEEDS}
    questions = {
        "population": registered() & age(18),
        "chosen": within(chosen, months=months),
        **needs,
    }
    answers = ask(questions, [asked.on], record, asked.codelists)
    rows = answers.table
    place = Place(record, answers.calendar, asked.codelists, asked.edition, asked.definitions)
    for name in names:
        rows = rows.inner_join(grouping(name).of(place).select(ID, **{name: "value"}), ID)
    here = replace(answers, table=rows)
    found = rows.filter(here.true("population") == 1).select(
        *names,
        needs=reduce(add, (bit(here.true(topic), 0) for topic in needs)),
        reached=here.true("chosen") == 1,
    )
    found = found.group_by(*names, "needs", "reached").agg(alike=found.count())
    people: pd.DataFrame = record.engine.to_arrow(found).to_pandas()
    # Whoever was chosen was so for some need, whether or not anybody wrote down which.
    people["needs"] = people["needs"].clip(lower=people["reached"].astype(int))
    people["fifth"] = people[rank] if rank else None
    for name in by:
        people[name] = people[name].map(grouping(name).label)
    return people


def released(found: Reach) -> pd.DataFrame:
    """Return the shares as they may leave the team: small counts hidden, others rounded.

    Columns ``grouping``, ``group``, ``numerator`` (reached, of those in need), ``denominator`` (in
    need), ``value``, ``lower``, ``upper``, ``status``, ``reason``.
    """
    keys = ["grouping", "group"]
    names = {"reached_in_need": "numerator", "in_need": "denominator"}
    counts = found.by_group[[*keys, *names]].rename(columns=names)
    shares = proportion(counts, "numerator", "denominator", by=keys)
    shown: pd.DataFrame = protect(shares, by=(), breakdown=("grouping", "group"))
    order = counts[keys].merge(shown, on=keys, how="left", validate="1:1")
    columns = ["numerator", "denominator", "value", "lower", "upper", "status", "reason"]
    return order[[*keys, *columns]]
