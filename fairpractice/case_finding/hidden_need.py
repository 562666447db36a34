"""Hidden need: how many people were in need and nobody recorded it, by topic and group.

Three routes tell of needs: the team asks, the person says so, another organisation sends it. Each
knows some people. How far they know the same people says how many none of them knows
(:mod:`fairpractice.case_finding.capture_recapture`).

It is about people who were in need at some time in a window of months: those a route knows of by a
statement in it that the need was present. It leaves out whom no route could ever know; and where
routes know the same people, it says less than there is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import pandas as pd

from fairpractice.case_finding.capture_recapture import ALLOWANCE, Estimate, three_lists
from fairpractice.case_finding.listable import Asked
from fairpractice.case_finding.truth import NEEDS
from fairpractice.criteria import age, registered
from fairpractice.criteria.bits import bit
from fairpractice.criteria.gather import ID
from fairpractice.criteria.plan import ask
from fairpractice.population.groups import Place, grouping
from fairpractice.record.dates import months_before
from fairpractice.record.social_facts import statements
from fairpractice.record.tables import ROUTES
from fairpractice.record.topics import TOPICS
from fairpractice.statistics.disclosure import HIDDEN_UP_TO, ROUNDED_TO


ANY = "any"
MONTHS = 12
TOLD = {"asked": "the team", "self_reported": "the person", "external": "another organisation"}


@dataclass(frozen=True)
class HiddenNeed:
    """What is estimated of one topic in one group.

    ``people`` is how many adults are in the group, ``estimate`` how many were in need, known or
    not; ``grouping`` and ``group`` are ids and values, ``all`` for everybody.
    """

    topic: str
    grouping: str
    group: str
    people: int
    estimate: Estimate


def hidden_need(
    asked: Asked,
    *,
    by: Sequence[str] = ("all",),
    topics: Sequence[str] = (ANY,),
    months: int = MONTHS,
    allowance: float = ALLOWANCE,
) -> list[HiddenNeed]:
    """Estimate how many adults were in need lately and are on no route's list.

    Parameters
    ----------
    asked
        Of which record, and on which day.
    by
        Groupings by id.
    topics
        Topics of need, or :data:`ANY` for somebody with any of them.
    months
        The window, up to the day.
    allowance
        For what ties all three routes, as in
        :func:`~fairpractice.case_finding.capture_recapture.three_lists`.

    Returns
    -------
    One each topic, grouping and group, in that order.
    """
    counts = patterns(asked, by=by, topics=topics, months=months)
    found = []
    for (topic, of, group), rows in counts.groupby(["topic", "grouping", "group"], sort=False):
        known = {
            (bool(p & 1), bool(p & 2), bool(p & 4)): int(n)
            for p, n in zip(rows["pattern"], rows["people"], strict=True)
            if p
        }
        people = int(rows["people"].sum())
        names = [TOLD[route] for route in ROUTES]
        estimate = three_lists(known, names, allowance=allowance)
        found.append(HiddenNeed(str(topic), str(of), str(group), people, estimate))
    return found


def patterns(
    asked: Asked, *, by: Sequence[str], topics: Sequence[str], months: int = MONTHS
) -> pd.DataFrame:
    """Count adults by which routes know of a need.

    Returns
    -------
    One row a topic, grouping, group and pattern: ``topic``, ``grouping``, ``group``, ``pattern``
    (a bit a route in the order of ``ROUTES``; 0 is on no list), ``people``.
    """
    record = asked.record
    answers = ask({"adult": registered() & age(18)}, [asked.on], record, asked.codelists)
    place = Place(record, answers.calendar, asked.codelists, asked.edition, asked.definitions)
    people = answers.table.filter(bit(answers.true("adult"), 0) == 1).select(ID)
    groupings = {name: grouping(name) for name in dict.fromkeys(by)}
    for name, each in groupings.items():
        people = people.inner_join(each.of(place).select(ID, **{f"by_{name}": "value"}), ID)
    said = statements(record, asked.codelists)
    said = said.filter(
        (said.status == "present")
        & said.topic.isin(list(NEEDS))
        & (said.recorded_on <= asked.on)
        & (said.recorded_on > months_before(asked.on, months))
    )
    routes = said.route.cases(*((route, 1 << n) for n, route in enumerate(ROUTES)), else_=0)
    flags = {
        f"needs_{n}": (ibis.literal(True) if topic == ANY else said.topic == topic)
        .ifelse(routes, 0)
        .bit_or()
        for n, topic in enumerate(topics)
    }
    lists = said.group_by(ID).agg(**flags)
    rows = people.left_join(lists, ID).drop(f"{ID}_right")
    rows = rows.mutate(**{name: rows[name].fill_null(0) for name in flags})
    keys = [f"by_{name}" for name in groupings]
    counted = record.engine.to_arrow(
        rows.group_by(*keys, *flags).agg(people=rows.count())
    ).to_pandas()
    parts = []
    for n, topic in enumerate(topics):
        for name, each in groupings.items():
            sums = counted.groupby([f"by_{name}", f"needs_{n}"])["people"].sum().reset_index()
            sums.columns = pd.Index(["group", "pattern", "people"])
            order = {value: place for place, value in enumerate(each.labels)}
            sums = sums.sort_values("group", key=lambda c: c.map(order).fillna(len(order)))
            parts.append(sums.assign(topic=topic, grouping=name))
    columns = ["topic", "grouping", "group", "pattern", "people"]
    counts: pd.DataFrame = pd.concat(parts, ignore_index=True)[columns]
    return counts


def released(found: Sequence[HiddenNeed]) -> pd.DataFrame:
    """Return the estimates as they may leave the team: small counts hidden, others rounded.

    Columns ``topic``, ``grouping``, ``group``, ``known``, ``hidden``, ``lower``, ``upper``,
    ``upper_if_tied``, ``method``, ``same_people`` (the odds ratio of the pair of routes that know
    the same people most), ``status``, ``reason``. Upper limits are empty where there is no bound.
    """
    rows = []
    for each in found:
        estimate, few = each.estimate, 0 < each.estimate.known <= HIDDEN_UP_TO
        hidden = None if few else estimate.hidden
        figures = () if hidden is None else (*hidden, estimate.hidden_if_tied)
        numbers = [None if n in (None, float("inf")) else _round(max(n, 0)) for n in figures]
        middle, lower, upper, if_tied = numbers or (None, None, None, None)
        odds = [ratio for ratio, _, _ in estimate.together.values()]
        rows.append(
            {
                "topic": each.topic,
                "grouping": each.grouping,
                "group": grouping(each.grouping).label(each.group),
                "known": None if few else _round(estimate.known),
                "hidden": middle,
                "lower": lower,
                "upper": upper,
                "upper_if_tied": if_tied,
                "method": estimate.method if hidden else None,
                "same_people": round(max(odds), 1) if odds and hidden else None,
                "status": "hidden" if few else estimate.status,
                "reason": "too few people" if few else _plainly(estimate.reason),
            }
        )
    return pd.DataFrame(rows)


def _plainly(reason: str) -> str:
    """Return a reason without the small number in it."""
    return "too few people are known by two routes" if reason else ""


def sentence(found: HiddenNeed) -> str:
    """Say what is estimated, for people who must decide by it; small numbers are not told."""
    what = "a social need" if found.topic == ANY else TOPICS[found.topic].label
    estimate = found.estimate
    if 0 < estimate.known <= HIDDEN_UP_TO:
        return f"Too few people are known to have {what} to say anything of them."
    known = f"{_round(estimate.known):,} people are known to have {what}"
    if estimate.hidden is None:
        return f"{known}. How many more there are cannot be estimated: too few are known twice."
    middle, lower, upper = (max(number, 0.0) for number in estimate.hidden)
    most = estimate.hidden_if_tied
    limits = f"at least {_round(lower):,}, how many at most cannot be told"
    if upper < float("inf"):
        limits = f"between {_round(lower):,} and {_round(upper):,}"
        if most is not None and _round(most) > _round(upper):
            limits = (
                f"between {_round(lower):,} and {_round(most):,}; at most {_round(upper):,} if "
                "nobody is hard to reach for all"
            )
    text = f"{known}. About {_round(middle):,} more have it, and nobody has recorded it ({limits})"
    pairs = [pair for pair, (_, low, _) in estimate.together.items() if low > 1]
    if pairs:
        told = "; ".join(f"{one} and {other}" for one, other in pairs)
        return f"{text}. {told[0].upper()}{told[1:]} know the same people: it is likely more."
    return f"{text}. It is likelier too low than too high: whom no route could reach is left out."


def _round(number: float) -> int:
    return ROUNDED_TO * int(number / ROUNDED_TO + 0.5)
