"""The texts that somebody may code from, and what they may tell of."""

import datetime as dt
import functools
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from fairpractice.listening.mentions import Phrases, phrases
from fairpractice.record.topics import SENSITIVE
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer
from fairpractice.web.letters.actions import gone
from fairpractice.web.letters.models import Letter, Wording
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
    letter: Letter | None = None

    def holds(self, viewer: Viewer) -> bool:
        """Tell whether all that it names still holds, as far as the viewer may see it.

        What a letter says may have been withdrawn, taken back or marked as sensitive since.
        """
        return self.letter is None or not gone(viewer, self.letter)


def looked_for() -> Phrases:
    """Return the phrases that are looked for, with the local codelists."""
    return _phrases(settings.DEFINITIONS)


@functools.lru_cache(maxsize=1)
def _phrases(definitions: str) -> Phrases:
    return phrases(codelists())


def of(viewer: Viewer, people: Sequence[Patient]) -> dict[UUID, list[Text]]:
    """Return the texts about some people that a viewer may code from, by the person's id.

    Letters are for those who may read them; for others, those wordings alone that somebody who may
    has cleared. Reasons of corrections go with the facts that they are of.
    """
    found: dict[UUID, list[Text]] = defaultdict(list)
    wordings = _wordings(viewer).filter(letter__patient__in=people)
    wordings = wordings.select_related("letter__patient__practice")
    for each in wordings.order_by("-written_at", "id"):
        what = f"A letter of {_day(each.written_at)}"
        text = Text(f"letter/{each.letter_id}", what, each.text, "asked", each.letter)
        found[each.letter.patient_id].append(text)
    for own in _own_words().filter(patient__in=people).order_by("-told_at", "id"):
        what = f"Their own words of {_day(own.told_at)}"
        found[own.patient_id].append(Text(f"words/{own.id}", what, own.words, "self_reported"))
    for fact in _reasoned(viewer).filter(patient__in=people).order_by("-entered_at", "id"):
        what = f"Why a fact was corrected on {_day(fact.entered_at)}"
        text = Text(f"reason/{fact.id}", what, fact.reason or "", "asked")
        found[fact.patient_id].append(text)
    return found


def people(viewer: Viewer, among: QuerySet[Patient]) -> QuerySet[Patient]:
    """Return those of some people of whom there are texts that a viewer may code from."""
    return among.filter(
        Exists(_wordings(viewer).filter(letter__patient=OuterRef("pk")))
        | Exists(_own_words().filter(patient=OuterRef("pk")))
        | Exists(_reasoned(viewer).filter(patient=OuterRef("pk")))
    )


def entered(viewer: Viewer) -> QuerySet[SocialFact]:
    """Return the statements that were entered here and stand, as far as a viewer may see them."""
    found = SocialFact.objects.filter(corrected_by=None, retracted=False)
    found = found.filter(facts.standing())
    if not viewer.may(access.SENSITIVE):
        hidden = SocialFact.objects.filter(Q(topic__in=SENSITIVE) | Q(sensitivity="sensitive"))
        found = found.exclude(thread__in=hidden.values("thread"))
    return found


def _wordings(viewer: Viewer) -> QuerySet[Wording]:
    latest = Wording.objects.filter(number=F("letter__version"))
    return latest if viewer.may(access.READ_LETTERS) else latest.exclude(cleared=None)


def _own_words() -> QuerySet[OwnWords]:
    return OwnWords.objects.filter(taken_back_at=None)


def _reasoned(viewer: Viewer) -> QuerySet[SocialFact]:
    return entered(viewer).exclude(reason=None)


def _day(when: dt.datetime) -> str:
    return f"{when.day} {when:%B %Y}"
