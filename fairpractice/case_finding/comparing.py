"""Strategies compared over the same people, at equal capacity, against what is truly so.

On a day each strategy chooses from what the record held by then; ad hoc is who was referred in the
year after it, and the others get as many places. In need is who truly was at some time in that
year. So nothing that a strategy saw is younger than its choice, and ad hoc has the advantage of
seeing people later.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from fairpractice.case_finding.listable import Asked, listables
from fairpractice.case_finding.reach import counted, inequity
from fairpractice.case_finding.strategy import REFERRED, Strategy
from fairpractice.case_finding.truth import BY, NEEDS, truth
from fairpractice.criteria import any_of, circumstance, within
from fairpractice.criteria.gather import ID
from fairpractice.criteria.plan import ask
from fairpractice.errors import FairpracticeError
from fairpractice.record.dates import months_after


MONTHS = 12
FEWEST = 30
"""In need, for a group's share reached to be counted: of fewer it says little."""

MEASURES = {
    "listed": "People listed",
    "in_need": "People in need",
    "sensitivity": "Of those in need, share reached",
    "lowest": "… in the group reached least",
    "hidden": "… among those of whom no need was on record",
    "false_alarms": "Of those listed, share not in need",
    "load": "People to talk to for each one in need",
    "needs": "Needs of each one listed, on average",
    "inequity": "Horizontal inequity index",
    "anyway": "Of those listed, share referred ad hoc anyway",
}
"""What is measured of a strategy, and whether more is better is in :data:`BETTER`."""

BETTER = {
    "sensitivity": 1,
    "lowest": 1,
    "hidden": 1,
    "false_alarms": -1,
    "load": -1,
    "needs": 1,
    "inequity": 0,
    "anyway": -1,
}
"""1 where more is better, -1 where less is, 0 where nearer to nought is."""

ON_RECORD = any_of(*(circumstance(topic) for topic in NEEDS))
"""A need is on record and still believed, by whichever route it became known."""


@dataclass(frozen=True)
class Compared:
    """What came of comparing strategies over one population.

    ``measures`` has one row a strategy and a column for each of :data:`MEASURES` but ``lowest``;
    ``groups`` one row a strategy, grouping and group with counts as in
    :class:`~fairpractice.case_finding.reach.Reach`.
    """

    measures: pd.DataFrame
    groups: pd.DataFrame


def compared(
    strategies: Mapping[str, Strategy],
    asked: Asked,
    told: pa.Table,
    *,
    capacity: int | None = None,
    months: int = MONTHS,
) -> Compared:
    """Compare strategies over the people of one record.

    Parameters
    ----------
    strategies
        By id, all about the same people and setting the same aside.
    asked
        Of which record, and on which day: the choice is made on it.
    told
        The truth, with ``patient_id``.
    capacity
        How many places each strategy has; as many as were referred in the time after the day when
        left out. Those referred are then the ad hoc list; with another capacity, the first so many
        of them by pseudonym, which is by chance.
    months
        How long after the day ad hoc referral is looked at, and people are in need.

    Raises
    ------
    FairpracticeError
        When nobody of the truth is in the record; when nobody was referred and no capacity given.
    """
    last = months_after(asked.on, months)
    found, here = listables(strategies, asked, {"on_record": ON_RECORD})
    people = truth(told, asked.on, last).people.merge(here, on=ID, how="inner", validate="1:1")
    if people.empty:
        raise FairpracticeError(
            "Nobody of the truth is among the people of the record whom it is about",
            fix="Give the truth of the extract that the record was made from.",
        )
    lists = {strategy.chosen_later for strategy in strategies.values() if strategy.chosen_later}
    later = {name: _chosen_later(name, asked, last, months, people[ID]) for name in lists}
    ad_hoc = later.get(REFERRED, pd.Series(False, index=people.index))
    places = capacity or int(ad_hoc.sum())
    if places < 1:
        raise FairpracticeError(
            "Nobody was referred in the time after the day", fix="Say how many places there are."
        )
    measures, groups = [], []
    for name, strategy in strategies.items():
        if strategy.chosen_later:
            chosen = people[ID][later[strategy.chosen_later]].sort_values().head(places)
        else:
            chosen = pd.Series(found[name].candidates.person[found[name].choose(places).rows])
        judged = people.assign(reached=people[ID].isin(chosen), ad_hoc=ad_hoc, alike=1)
        groups.append(counted(judged, BY).assign(strategy=name))
        measures.append({"strategy": name, **_measured(judged)})
    return Compared(pd.DataFrame(measures), pd.concat(groups, ignore_index=True))


def _chosen_later(
    codelist: str, asked: Asked, last: dt.date, months: int, people: "pd.Series[int]"
) -> "pd.Series[bool]":
    """Return which people have an entry of a codelist in the time after the day."""
    question = {"chosen": within(codelist, months=months)}
    answers = ask(question, [last], asked.record, asked.codelists)
    chosen = answers.table.filter(answers.true("chosen") == 1).select(ID)
    return people.isin(asked.record.engine.to_arrow(chosen)[ID].to_pylist())


def _measured(people: pd.DataFrame) -> dict[str, float]:
    reached, in_need = people["reached"], people["needs"] > 0
    hidden = in_need & ~people["on_record"]
    listed, right = int(reached.sum()), int((reached & in_need).sum())
    found = inequity(people, "fifth")
    return {
        "listed": listed,
        "in_need": int(in_need.sum()),
        "sensitivity": _share(right, int(in_need.sum())),
        "hidden": _share(int((reached & hidden).sum()), int(hidden.sum())),
        "false_alarms": 1 - _share(right, listed),
        "load": _share(listed, right),
        "needs": _share(float(people["needs"][reached].sum()), listed),
        "inequity": np.nan if found.value is None else found.value,
        "anyway": _share(int((reached & people["ad_hoc"]).sum()), listed),
    }


def _share(part: float, whole: float) -> float:
    return part / whole if whole else np.nan
