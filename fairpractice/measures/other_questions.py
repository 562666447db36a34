"""Measures of the questions beside care itself: who was heard, what is done, where help goes.

They need no file each, because they say nothing of how well a practice does one thing: they count
what every record has of being asked, being offered help, and being seen.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

from fairpractice.criteria import (
    age,
    any_of,
    appointment_minutes,
    appointments,
    circumstance,
    circumstance_recorded,
    registered,
    within,
)
from fairpractice.criteria.tree import Criterion, Number
from fairpractice.measures.measure import Measure
from fairpractice.record.topics import TOPICS


Route = Literal["", "asked", "self_reported", "external"]

HEARD_MONTHS = 24
MONTHS = 12

NEEDS = (
    "homelessness",
    "temporary_housing",
    "housing_problem",
    "financial_hardship",
    "debt",
    "food_insecurity",
    "fuel_poverty",
    "unemployment",
    "social_isolation",
    "transport",
    "digital_exclusion",
)
"""The topics that a link worker can help with: those of the rule ``social-need-no-referral``."""

ROUTES_HEARD: Mapping[str, tuple[str, Route]] = {
    "heard-any": ("By any route", ""),
    "heard-asked": ("Asked by the team, or coded", "asked"),
    "heard-self-reported": ("Entered by the person", "self_reported"),
    "heard-external": ("Sent by another organisation", "external"),
}

_ORDINARY = [topic.id for topic in TOPICS.values() if not topic.sensitive]
_BASE = Measure(
    title="",
    why="",
    source="",
    author="fairpractice contributors",
    checked_by="",
    review_by=dt.date(2027, 11, 23),
    population=registered(),
    numerator=registered(),
    better="neither",
    spec="",
)


def heard() -> dict[str, Measure]:
    """Return, by id, of whom anything was stated about their circumstances in 24 months, by route.

    Any statement counts, also a no and a wish not to say; sensitive topics are left out, so that
    nobody can be told to have spoken of one. An entry in the general-practice record that states a
    circumstance is of the route *asked*.
    """
    return {
        id: replace(
            _BASE,
            id=id,
            title=title,
            why="Those of whom nothing is recorded are not heard, whatever they have said.",
            source="The record's own routes; see the docs on the record",
            numerator=any_of(
                *(
                    circumstance_recorded(topic, months=HEARD_MONTHS, route=route)
                    for topic in _ORDINARY
                )
            ),
            better="higher",
        )
        for id, (title, route) in ROUTES_HEARD.items()
    }


def offered() -> dict[str, Measure]:
    """Return, by id, what was done in 12 months for adults with a social need on record.

    The need is one of :data:`NEEDS`, present and fresh. Of ``offered``, some were ``referred`` and
    some ``declined``; who declined and was referred at another time is in both.
    """
    need = registered() & age(18) & any_of(*map(circumstance, NEEDS))
    referred = within("social-prescribing-referral", months=MONTHS)
    declined = within("social-prescribing-declined", months=MONTHS)
    asked: dict[str, tuple[str, Criterion]] = {
        "offered": ("Offered social prescribing", referred | declined),
        "referred": ("Referred", referred),
        "declined": ("Declined", declined),
    }
    return {
        id: replace(
            _BASE,
            id=id,
            title=title,
            why="A need that is known and met with no offer has been heard for nothing.",
            source="NHS England, Network Contract DES, social prescribing indicator",
            population=need,
            numerator=numerator,
        )
        for id, (title, numerator) in asked.items()
    }


def seen() -> dict[str, Measure]:
    """Return, by id, the appointments attended and their minutes in 12 months: a mean a person."""
    asked: dict[str, tuple[str, Number]] = {
        "seen-appointments": ("Appointments", appointments("attended", months=MONTHS)),
        "seen-minutes": ("Minutes", appointment_minutes(months=MONTHS)),
    }
    return {
        id: replace(
            _BASE,
            id=id,
            title=title,
            why="Care tends to be least where it is needed most: the inverse care law.",
            source="Tudor Hart 1971, Lancet 297:405",
            numerator=numerator,
            unit=f"{title.lower()} a person",
        )
        for id, (title, numerator) in asked.items()
    }
