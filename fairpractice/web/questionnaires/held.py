"""What is held about somebody's circumstances, as they see it themselves, and putting it right.

Nothing sensitive is here, for nobody: whoever looks over a shoulder, or has made somebody open
it, finds what they would find if it had never been recorded. The page says, always, that it does
not show everything and how to ask for the rest.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from fairpractice.web.core.access import Viewer
from fairpractice.web.patients import actions, facts
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.patients.record import codelists, record


STATUSES = {
    "present": "Yes",
    "absent": "No",
    "unknown": "Not known",
    "declined": "You would rather not say",
}
ROUTES = {
    "asked": "the practice asked you",
    "self_reported": "you told us",
    "external": "another organisation told us",
}


@dataclass(frozen=True)
class Held:
    """What is held on one topic: the latest statement, and those before it.

    ``id`` names it in an address, which so does not say what it is about.
    """

    id: uuid.UUID
    topic: str
    label: str
    status: str
    how: str
    earlier: tuple[str, ...]


def held(patient: Patient, on: dt.date) -> list[Held]:
    """Return what is held about somebody that they may be shown, by topic."""
    lists = codelists()
    entered = list(facts.in_force(patient, sensitive=False))
    rows = facts.overlaid(record().person(patient.record_id), entered, lists, sensitive=False)
    corrected = _corrected(patient)
    found = []
    for known in facts.known(rows, on, lists, sensitive=False):
        latest, *before = known.statements
        label = known.topic.label
        found.append(
            Held(
                id=uuid.uuid5(patient.id, known.topic.id),
                topic=known.topic.id,
                label=label[0].upper() + label[1:],
                status=STATUSES[latest.status],
                how=_how(latest.route, latest.recorded_on),
                earlier=(
                    *(f"{STATUSES[e.status]}: {_how(e.route, e.recorded_on)}" for e in before),
                    *(
                        f"{STATUSES[e.status]}: {_how(e.route, e.recorded_on)}; put right since"
                        for e in corrected
                        if e.topic == known.topic.id
                    ),
                ),
            )
        )
    return found


def _corrected(patient: Patient) -> Sequence[SocialFact]:
    seen = facts.visible(patient, sensitive=False)
    return list(seen.exclude(corrected_by=None).order_by("-entered_at"))


def _how(route: str, day: dt.date) -> str:
    return f"{ROUTES[route]}, {day.day} {day:%B %Y}"


@transaction.atomic
def put_right(
    viewer: Viewer, patient: Patient, topic: str, status: str, reason: str, token: uuid.UUID
) -> SocialFact:
    """Record what somebody says of themselves in the place of what is held.

    What was entered here is corrected, and stays in its history; beside what a source sent, it is
    the later statement.

    Raises
    ------
    Conflict
        When it was corrected since.
    """
    said = Statement(topic, status, "self_reported", "direct_care")
    if there := patient.facts.filter(id=token).first():
        return there
    latest = facts.in_force(patient, sensitive=False).filter(topic=topic).first()
    if latest is None:
        return actions.record_fact(viewer, patient, said, token)
    return actions.correct_fact(viewer, latest, said, reason, token)
