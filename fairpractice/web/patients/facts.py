"""What is known of a person's circumstances: what sources sent, and what was entered here.

Both are statements in the words of the record, and the record's own rules say what of them holds
(:mod:`fairpractice.record.social_facts`). For somebody who may not see sensitive facts these are
taken out first, before anything is worked out, so that nothing that follows can tell. So is, for
everybody, what stands on a consent that was withdrawn or has ended.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from fairpractice.codelists import Codelists
from fairpractice.record import social_facts
from fairpractice.record.social_facts import Current, Statement
from fairpractice.record.topics import SENSITIVE, TOPICS, Topic
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.sharing import consent
from fairpractice.web.sharing.models import Consent


Person = Mapping[str, Sequence[Mapping[str, Any]]]
SECRET = Q(topic__in=SENSITIVE) | Q(sensitivity="sensitive")
"""The condition that a statement entered here is sensitive."""
HERE = "service"  # the source as which what is entered here comes back from the record
COLUMNS = (
    "topic",
    "status",
    "route",
    "recorded_on",
    "true_from",
    "true_until",
    "lawful_basis",
    "sensitivity",
    "recorder_role",
)


@dataclass(frozen=True)
class Known:
    """What is known of one topic: what holds, and the statements that bear on it, latest first."""

    topic: Topic
    current: Current
    statements: tuple[Statement, ...]


def topics(*, sensitive: bool) -> list[Topic]:
    """Return the topics that exist for somebody: the sensitive ones only if they may see them."""
    return [topic for topic in TOPICS.values() if sensitive or not topic.sensitive]


def standing() -> Q:
    """Return the condition that a statement may be used now: its consent holds, if it needs one.

    It is asked at every look and nothing is stored of it, so that what is withdrawn at ten is gone
    at ten. Whatever reads statements asks it; those alone who keep or count them need not.
    """
    holding = Consent.objects.filter(consent.in_force())
    return Q(consent=None) | Q(consent__in=holding)


def visible(patient: Patient, *, sensitive: bool) -> QuerySet[SocialFact]:
    """Return what was entered here about a person, corrected or not, as far as it may be seen.

    A statement that ever was sensitive, in any of its corrections, is hidden with all of them.
    """
    found: QuerySet[SocialFact] = patient.facts.filter(standing())
    if not sensitive:
        hidden = patient.facts.filter(SECRET)
        found = found.exclude(thread__in=hidden.values("thread"))
    return found


def in_force(patient: Patient, *, sensitive: bool) -> QuerySet[SocialFact]:
    """Return the statements entered here that nothing corrects, the latest first."""
    found = visible(patient, sensitive=sensitive)
    found = found.filter(corrected_by=None, retracted=False).select_related("source_organisation")
    return found.order_by("-recorded_on", "-entered_at")


def overlaid(
    person: Person, entered: Sequence[SocialFact], codelists: Codelists, *, sensitive: bool
) -> dict[str, list[Mapping[str, Any]]]:
    """Return a person's rows with what was entered here, without what may not be seen.

    Parameters
    ----------
    person
        The rows of one person by table, as ``Record.person`` returns them.
    entered
        The statements in force that were entered here and may be seen.
    codelists
        Which codes state a topic.
    sensitive
        Whether sensitive facts may be seen.
    """
    rows = {name: list(table) for name, table in person.items()}
    stated = rows.get("social_fact", [])
    rows["social_fact"] = [row for row in stated if row.get("source") != HERE]
    if not sensitive:
        codes = social_facts.sensitive_codes(codelists)
        rows["social_fact"] = [
            row
            for row in rows.get("social_fact", [])
            if row["topic"] not in SENSITIVE and row["sensitivity"] != "sensitive"
        ]
        rows["event"] = [
            row for row in rows.get("event", []) if (row["code_system"], row["code"]) not in codes
        ]
    here = [
        {name: getattr(fact, name) for name in COLUMNS}
        | {"source_organisation": _partner(fact.source_organisation)}
        for fact in entered
    ]
    rows["social_fact"] = [*rows.get("social_fact", []), *here]
    return rows


def _partner(source: Organisation) -> str | None:
    """Return who stated it, when that was not a practice's own team."""
    return source.name if source.kind == Organisation.Kind.PARTNER else None


def known(rows: Person, on: dt.date, codelists: Codelists, *, sensitive: bool) -> list[Known]:
    """Return what is known of each topic of which anything was ever stated, by a day."""
    stated = social_facts.person_statements(rows, codelists)
    found = []
    for topic in topics(sensitive=sensitive):
        current = social_facts.current(rows, topic.id, on, codelists)
        own = [each for each in stated if each.topic == topic.id and each.recorded_on <= on]
        if own:
            found.append(Known(topic, current, tuple(reversed(own))))
    return found
