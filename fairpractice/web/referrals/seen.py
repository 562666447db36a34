"""What a service sees of a person: what its sender is shown first, and itself at each look.

Both come from :func:`seen`, so that what was previewed is what is seen. It is worked out at each
look from what the person agreed to and from what is known now, and nothing of it is stored.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.utils import timezone

from fairpractice.record.topics import TOPICS
from fairpractice.web.patients.models import Patient
from fairpractice.web.patients.portrait import Line, portrait
from fairpractice.web.referrals.models import Referral
from fairpractice.web.sharing import consent as consents
from fairpractice.web.sharing import contact
from fairpractice.web.sharing.contact import Permission


ACCESS = frozenset({"language_main", "interpreter_need", "disability"})
"""The topics that are told as language, interpreter and access needs."""
NOBODY = "A person"


@dataclass(frozen=True)
class Seen:
    """What is seen of a person. What was not agreed to is empty here, as if it were not known.

    Attributes
    ----------
    name, patient, now
        Who it is, and in which ways they can be reached at this moment.
    need, asked
        What help is asked for, and in which words.
    circumstances, access
        What is recorded as so: of their circumstances, and of what to arrange before meeting.
    """

    name: str = NOBODY
    patient: Patient | None = None
    now: Mapping[str, Permission] = field(default_factory=dict)
    need: str = ""
    asked: str = ""
    circumstances: tuple[Line, ...] = ()
    access: tuple[Line, ...] = ()


def seen(
    patient: Patient, categories: Collection[str], topic: str, asked: str, on: dt.date | None = None
) -> Seen:
    """Return what somebody who is told these kinds of things sees.

    Parameters
    ----------
    patient
        Of whom.
    categories
        The kinds of things that they may see now.
    topic, asked
        What help is asked for: seen by those who are told things of its kind.
    on
        The day; today if left out.
    """
    found: dict[str, object] = {}
    if "contact" in categories:
        found |= {"name": patient.name, "patient": patient, "now": contact.ways(patient)}
    if told_with(topic) in categories:
        found |= {"need": _sentence(TOPICS[topic].label), "asked": asked}
    if {consents.CIRCUMSTANCES, consents.SENSITIVE, "access"} & set(categories):
        found |= _known(patient, categories, on or timezone.localdate())
    return Seen(**found)  # type: ignore[arg-type]  # a mapping of the names above


def told_with(topic: str) -> str:
    """Return the kind of thing that a need is: who is told of that sees it, and words about it."""
    return consents.SENSITIVE if TOPICS[topic].sensitive else consents.CIRCUMSTANCES


def _known(patient: Patient, categories: Collection[str], on: dt.date) -> dict[str, object]:
    full = portrait(patient, on, sensitive=consents.SENSITIVE in categories)
    lines = [line for line in full.lines if line.status == "Yes"]
    names = {_sentence(TOPICS[topic].label) for topic in ACCESS}
    secret = {_sentence(topic.label) for topic in TOPICS.values() if topic.sensitive}

    def kind(line: Line) -> str:
        if line.label in names:
            return "access"
        return consents.SENSITIVE if line.label in secret else consents.CIRCUMSTANCES

    told = [line for line in lines if kind(line) in categories]
    return {
        "circumstances": tuple(line for line in told if kind(line) != "access"),
        "access": tuple(line for line in told if kind(line) == "access"),
    }


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:]


def of(referral: Referral, categories: Collection[str]) -> Seen:
    """Return what of a referral somebody sees who may see these kinds of things now."""
    return seen(referral.patient, categories, referral.topic, referral.asked or "")
