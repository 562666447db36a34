"""Forty-five rules over a hundred features, drawn at random, as criteria and as SQL.

They say nothing about care: they are as many and as varied as a network might ask one day. The SQL
is what somebody who knows DuckDB well would generate for them.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.hand import Counts, Hand, by_group
from fairpractice.case_finding.rule import Rule
from fairpractice.codelists import Codelists
from fairpractice.criteria import (
    Criterion,
    age,
    appointments,
    ever,
    latest,
    registered,
    urgent_contacts,
    within,
)


RULES = 45
SEED = 20261031
MONTHS = (6, 12, 15, 24, 36, 60)
MEASURED = {
    "hba1c": (42, 48, 58, 75),
    "systolic-blood-pressure": (120, 140, 150, 160),
    "diastolic-blood-pressure": (80, 90, 100, 110),
}


@dataclass(frozen=True)
class Feature:
    """Something asked of a person, and how SQL says it: of which ``table``, as which aggregate.

    ``wide`` is over the rows of a person, ``pivoted`` over one row a person and list.
    """

    criterion: Criterion
    table: str
    wide: str
    pivoted: str = ""


def features(hand: Hand, lists: Codelists) -> list[Feature]:
    """Return the features: 60 entries of lists, 12 latest values, 18 and 10 counts of contacts."""
    drawn = random.Random(SEED)
    found: list[Feature] = []
    filled = [name for name in lists if lists[name].codes]
    pairs = [(name, months) for name in filled for months in (None, *MONTHS)]
    for name, months in drawn.sample(pairs, 60):
        since = "true" if months is None else f"date > {hand.ago(months)}"
        last = since.replace("date", "last")
        here = f"list = {hand.number(name)}"
        found.append(
            Feature(
                ever(name) if months is None else within(name, months=months),
                "event",
                f"coalesce(bool_or({here} AND {since}), false)",
                f"coalesce(bool_or({here} AND {last}), false)",
            )
        )
    for name, limits in MEASURED.items():
        here = f"list = {hand.number(name)}"
        for limit, months in zip(limits, drawn.sample(MONTHS, 4), strict=True):
            since = hand.ago(months)
            found.append(
                Feature(
                    latest(name, months=months) > limit,
                    "event",
                    f"arg_max(value, (date, value)) FILTER ({here} AND value IS NOT NULL"
                    f" AND date > {since}) > {limit}",
                    f"max(reading[2]) FILTER ({here} AND reading[1] > {since}) > {limit}",
                )
            )
    statuses = ("attended", "did_not_attend", "cancelled")
    for status in statuses:
        for months in MONTHS:
            least = drawn.randint(1, 4)
            since = f"start_date > {hand.ago(months)}"
            found.append(
                Feature(
                    appointments(status, months=months) >= least,
                    "appointment",
                    f"count(*) FILTER (status = '{status}' AND {since}) >= {least}",
                )
            )
    for number in range(10):
        months, least = MONTHS[number % len(MONTHS)], 1 + number % 3
        since = f"date > {hand.ago(months)}"
        found.append(
            Feature(
                urgent_contacts(months=months) >= least,
                "urgent_contact",
                f"count(*) FILTER ({since}) >= {least}",
            )
        )
    return found


def rules(
    hand: Hand, chosen: Sequence[Feature]
) -> tuple[dict[str, Rule], dict[str, tuple[str, str, str]]]:
    """Return the rules as definitions, and as population, exception and finding in SQL."""
    drawn = random.Random(SEED + 1)
    places = list(range(len(chosen)))
    drawn.shuffle(places)
    share = -(-len(places) // RULES)
    made, said = {}, {}
    for number in range(RULES):
        own = places[number * share : (number + 1) * share]
        used = own + drawn.sample(places, 5 - len(own))
        criterion, sql = _drawn(chosen, used, drawn)
        youngest = drawn.choice((0, 16, 18, 40, 65))
        name = f"generated-{number}"
        made[name] = Rule(
            title=f"Generated {number}",
            why="To measure speed.",
            source="Drawn at random.",
            author="",
            checked_by="",
            review_by=hand.on,
            spec="",
            population=registered() & age(youngest),
            finds=criterion,
            action="None.",
            id=name,
        )
        said[name] = (f"registered_0 AND aged({youngest}, null)", "false", sql)
    return made, said


def _drawn(
    chosen: Sequence[Feature], used: Sequence[int], drawn: random.Random
) -> tuple[Criterion, str]:
    """Combine features by and, or and not, as a criterion and as SQL."""
    if len(used) == 1:
        criterion, sql = chosen[used[0]].criterion, f"f{used[0]}"
        return (~criterion, f"(NOT {sql})") if drawn.random() < 0.3 else (criterion, sql)
    half = drawn.randint(1, len(used) - 1)
    left, left_sql = _drawn(chosen, used[:half], drawn)
    right, right_sql = _drawn(chosen, used[half:], drawn)
    if drawn.random() < 0.5:
        return left & right, f"({left_sql} AND {right_sql})"
    return left | right, f"({left_sql} OR {right_sql})"


def written(
    hand: Hand,
    chosen: Sequence[Feature],
    said: dict[str, tuple[str, str, str]],
    *,
    pivoted: bool,
) -> Counts:
    """Count the rules in SQL: one row a person and a column a feature, then all rules at once."""

    def columns(table: str, *, pivot: bool = False) -> str:
        return ",\n".join(
            f"{feature.pivoted if pivot else feature.wide} AS f{place}"
            for place, feature in enumerate(chosen)
            if feature.table == table
        )

    seen = f"date <= {hand.ago(0)}"
    coded = f"""FROM {hand.rows("event")} JOIN codes USING (code)
        WHERE code_system = 'snomed' AND {seen}"""
    if pivoted:
        events = f"""
            SELECT patient_id, {columns("event", pivot=True)} FROM (
                SELECT patient_id, list, max(date) AS last,
                    max((date, value)) FILTER (value IS NOT NULL) AS reading
                {coded} GROUP BY patient_id, list
            ) GROUP BY patient_id"""
    else:
        events = f"SELECT patient_id, {columns('event')} {coded} GROUP BY patient_id"
    counted = [
        place
        for place, feature in enumerate(chosen)
        if "count(" in feature.wide or "bool_or" in feature.wide
    ]
    known = ", ".join(f"coalesce(f{place}, false) AS f{place}" for place in counted)
    people = f"""
        SELECT * REPLACE ({known}) FROM ({hand.people()})
        LEFT JOIN coded USING (patient_id)
        LEFT JOIN (
            SELECT patient_id, {columns("appointment")} FROM {hand.rows("appointment")}
            WHERE start_date <= {hand.ago(0)} GROUP BY patient_id
        ) USING (patient_id)
        LEFT JOIN (
            SELECT patient_id, {columns("urgent_contact")} FROM {hand.rows("urgent_contact")}
            WHERE {seen} GROUP BY patient_id
        ) USING (patient_id)"""
    cells = hand.run([f"CREATE TEMP TABLE coded AS {events}", hand.counted(people, said)])
    return by_group(cells, list(said))
