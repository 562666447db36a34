"""Which services answer which need: our topics, and the words by which directories speak of them.

Words are looked for in the names of a service's taxonomy terms and in its own name: whole words,
in any case. They hold the terms of Open Eligibility, of the lists of the Local Government
Association and of plain speech, so that one table serves whatever taxonomy a feed uses.
"""

import re
from collections.abc import Iterable

from fairpractice.record.topics import SENSITIVE, TOPICS


WORDS: dict[str, tuple[str, ...]] = {
    "homelessness": (
        "homeless",
        "homelessness",
        "near homeless",
        "rough sleeping",
        "emergency shelter",
        "night shelter",
        "help find housing",
        "short-term housing",
    ),
    "temporary_housing": ("help find housing", "short-term housing", "temporary accommodation"),
    "housing_problem": (
        "housing",
        "housing advice",
        "help find housing",
        "help pay for housing",
        "maintenance & repairs",
        "home repairs",
        "home renters",
        "tenancy",
        "tenants",
        "eviction",
    ),
    "financial_hardship": (
        "financial assistance",
        "financial support",
        "government benefits",
        "disability benefits",
        "unemployment benefits",
        "understand government programs",
        "welfare benefits",
        "benefits advice",
        "benefit recipients",
        "emergency payments",
        "low-income",
        "money advice",
        "hardship",
        "home goods",
        "clothing",
    ),
    "debt": ("debt", "debts", "credit counseling", "foreclosure counseling", "money advice"),
    "food_insecurity": (
        "food",
        "food bank",
        "food pantry",
        "emergency food",
        "free meals",
        "food benefits",
        "help pay for food",
        "community fridge",
        "lunch club",
    ),
    "fuel_poverty": (
        "help pay for utilities",
        "fuel",
        "energy advice",
        "energy bills",
        "warm homes",
        "warm space",
        "heating",
        "insulation",
    ),
    "unemployment": (
        "help find work",
        "job placement",
        "supported employment",
        "unemployed",
        "employment support",
        "employment",
        "skills & training",
        "interview training",
        "resume development",
        "job club",
        "jobs",
    ),
    "social_isolation": (
        "support network",
        "support groups",
        "peer support",
        "one-on-one support",
        "home visiting",
        "befriending",
        "loneliness",
        "isolation",
        "social club",
        "social activities",
        "recreation",
        "community gardens",
        "walking group",
        "coffee morning",
        "lunch club",
        "men's shed",
    ),
    "carer": (
        "relief for caregivers",
        "caregivers",
        "carer",
        "carers",
        "respite",
        "adult daycare",
    ),
    "language_main": ("english as a second language (esl)", "esol", "english classes"),
    "interpreter_need": (
        "translation & interpretation",
        "limited english",
        "translation",
        "interpreting",
    ),
    "veteran": ("veterans", "veteran", "armed forces", "ex-service"),
    "care_leaver": ("foster youth", "care leavers", "care leaver", "leaving care"),
    "asylum_or_refugee": (
        "refugees",
        "refugee",
        "asylum",
        "immigrants",
        "citizenship & immigration",
        "migrants",
    ),
    "prison": ("ex-offenders", "ex-offender", "prison leavers", "resettlement of offenders"),
    "transport": (
        "transportation",
        "transportation for healthcare",
        "help pay for transit",
        "bus passes",
        "transport",
        "community transport",
        "patient transport",
        "dial-a-ride",
    ),
    "digital_exclusion": (
        "computer class",
        "computer skills",
        "digital skills",
        "digital inclusion",
        "internet access",
        "getting online",
    ),
    "disability": (
        "disability",
        "disabilities",
        "understand disability",
        "assistive technology",
        "physical disability",
        "learning disability",
        "limited mobility",
        "hearing impairment",
        "visual impairment",
        "independent living",
    ),
}
"""Each topic, and the words. What is not here has no services of its own: a settled home is no
need, and those for domestic abuse are in no directory that the public could see."""

ASKED = {
    topic: label[0].upper() + label[1:]
    for topic, label in ((each.id, each.label) for each in TOPICS.values())
    if topic in WORDS and topic not in SENSITIVE
}
"""The topics that a page of everybody's may offer to look for, with what they are called."""

_ANY = {
    topic: re.compile(
        rf"(?<!\w)({'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})(?!\w)",
        re.IGNORECASE,
    )
    for topic, words in WORDS.items()
}


def answered_by(names: Iterable[str]) -> frozenset[str]:
    """Return the topics that a service answers to, by what it is called.

    Parameters
    ----------
    names
        The names of its terms, and its own.
    """
    said = [" ".join(name.replace("_", " ").replace("’", "'").split()) for name in names]
    return frozenset(
        topic for topic, words in _ANY.items() if any(words.search(each) for each in said)
    )
