"""The texts that somebody may code from, and what they may tell of."""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from fairpractice.listening.mentions import Phrases, phrases
from fairpractice.record.topics import SENSITIVE
from fairpractice.web.coding.models import Cleared
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer
from fairpractice.web.letters.models import Letter
from fairpractice.web.patients import facts
from fairpractice.web.patients.models import OwnWords, Patient, SocialFact
from fairpractice.web.patients.record import codelists


@dataclass(frozen=True)
class Text:
    """Something written about or by a person: what it is, its words, and how they came."""

    id: str
    what: str
    words: str
    route: str


def looked_for() -> Phrases:
    """Return the phrases that are looked for, with the local codelists."""
    return _phrases(settings.DEFINITIONS)


@functools.lru_cache(maxsize=1)
def _phrases(definitions: str) -> Phrases:
    return phrases(codelists())


def of(viewer: Viewer, patient: Patient) -> Iterator[Text]:
    """Yield the texts about a person that a viewer may code from.

    Letters are for those who may read them; for others, those wordings alone that somebody who may
    has cleared. Reasons of corrections go with the facts that they are of.
    """
    for letter in patient.letters.order_by("-begun_at", "id"):
        latest = letter.latest
        if viewer.may(access.READ_LETTERS) or Cleared.objects.filter(wording=latest).exists():
            what = f"A letter of {_day(latest.written_at)}"
            yield Text(f"letter/{letter.id}", what, latest.text, "asked")
    for own in patient.own_words.filter(taken_back_at=None).order_by("-told_at", "id"):
        what = f"Their own words of {_day(own.told_at)}"
        yield Text(f"words/{own.id}", what, own.words, "self_reported")
    entered = facts.in_force(patient, sensitive=viewer.may(access.SENSITIVE))
    for fact in entered.exclude(reason=None):
        what = f"Why a fact was corrected on {_day(fact.entered_at)}"
        yield Text(f"reason/{fact.id}", what, fact.reason or "", "asked")


def _day(when: object) -> str:
    return f"{when.day} {when:%B %Y}"  # type: ignore[attr-defined]  # a date or a time


def people(viewer: Viewer, among: QuerySet[Patient]) -> QuerySet[Patient]:
    """Return those of some people of whom there are texts that a viewer may code from."""
    letters = Letter.objects.filter(patient=OuterRef("pk"))
    if not viewer.may(access.READ_LETTERS):
        letters = letters.exclude(wordings__cleared=None)
    own = OwnWords.objects.filter(patient=OuterRef("pk"), taken_back_at=None)
    corrected = SocialFact.objects.filter(patient=OuterRef("pk"), corrects__isnull=False)
    if not viewer.may(access.SENSITIVE):
        hidden = SocialFact.objects.filter(Q(topic__in=SENSITIVE) | Q(sensitivity="sensitive"))
        corrected = corrected.exclude(thread__in=hidden.values("thread"))
    return among.filter(Exists(letters) | Exists(own) | Exists(corrected))
