"""Finding a service: by what was typed, however it is spelt, and by what somebody needs."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone

from fairpractice.referral import services as suiting
from fairpractice.referral.offered import Point, Wanted
from fairpractice.referral.services import LeftOut, Suggestion
from fairpractice.web.directory import indexing, plain
from fairpractice.web.directory.models import Postcode, Service
from fairpractice.web.patients.models import Patient


LIKELY = 300
"""Of how many services, those that share most with what was typed, it is worked out how much."""
ALIKE = 0.4
"""How alike, on average, the words that were typed must be to words of an entry."""
_SHARED = "cardinality(ARRAY(SELECT unnest(trigrams) INTERSECT SELECT unnest(%s::text[])))"


@dataclass(frozen=True)
class Found:
    """What suits, the best first, and what was left out; each with its row.

    ``suggestion`` has the reasons and what to ask, ``left_out`` why not.
    """

    suited: tuple[tuple[Service, Suggestion], ...] = ()
    left_out: tuple[tuple[Service, LeftOut], ...] = ()


def listed() -> QuerySet[Service]:
    """Return the services of the directory: each once."""
    found: QuerySet[Service] = Service.objects.filter(same_as=None)
    return found


def search(text: str, among: QuerySet[Service] | None = None) -> list[Service]:
    """Return the services that are called, or say, what was typed; the likest first."""
    return [each for _, each in likest(text, among)]


def likest(text: str, among: QuerySet[Service] | None = None) -> list[tuple[float, Service]]:
    """Return how like what was typed services are, from 0 to 1, and which; the likest first.

    Parameters
    ----------
    text
        What was typed: every word counts, and a letter or two may be wrong.
    among
        Among which; all of the directory if left out.
    """
    asked = [word for word in indexing.words(text) if len(word) > 2] or indexing.words(text)
    if not asked:
        return []
    wanted = sorted(indexing.trigrams(asked))
    found = (listed() if among is None else among).filter(trigrams__overlap=wanted)
    found = found.annotate(shared=RawSQL(_SHARED, [wanted]))
    likely = list(
        found.select_related("provider", "organisation").order_by("-shared", "id")[:LIKELY]
    )
    terms = indexing.terms_of([each.id for each in likely])
    scored = [(_likeness(asked, each, terms[each.id]), each) for each in likely]
    scored.sort(key=lambda one: (-one[0], one[1].name, str(one[1].id)))
    return [(score, each) for score, each in scored if score >= ALIKE]


def _likeness(asked: Collection[str], service: Service, terms: Collection[str]) -> float:
    """Return how alike what was typed is to a service, from 0 to 1: the mean over its words."""
    said = indexing.said_by(service, terms)
    best = (
        max((indexing.alike(word, each) * said[each] for each in said), default=0) for word in asked
    )
    return sum(best) / len(asked)


def suggest(wanted: Wanted, text: str = "") -> Found:
    """Return which services suit, in order, each with why; and which do not, with why not.

    Parameters
    ----------
    wanted
        What is needed, and what is known of who needs it (:func:`wanted_for`).
    text
        Words that the service must be called by, or say: what is as like them to a tenth is in the
        order of what suits.
    """
    typed = bool(text.strip())
    among = listed()
    if wanted.needs:
        among = among.filter(Q(needs__overlap=sorted(wanted.needs)) | Q(needs=[]))
    like = {str(each.id): score for score, each in likest(text, among)} if typed else {}
    if typed:
        among = listed().filter(id__in=like)
    rows = {str(each.id): each for each in among.select_related("provider", "organisation")}
    found = suiting.suggest(wanted, [plain.plain(each, wanted.on) for each in rows.values()])
    order = sorted(found.suited, key=lambda each: -round(like.get(each.service.id, 0), 1))
    return Found(
        tuple((rows[each.service.id], each) for each in order),
        tuple((rows[each.service.id], each) for each in found.left_out),
    )


def about(service: UUID) -> Service | None:
    """Return one service with all its rows."""
    return plain.with_all(Service.objects.filter(id=service)).first()


def wanted_for(
    patient: Patient,
    needs: Collection[str] = (),
    languages: Collection[str] = (),
    access: Collection[str] = (),
    days: Collection[int] = (),
    within: float | None = None,
) -> Wanted:
    """Return what a person wants of a service: what is asked, and what is known of them.

    Parameters
    ----------
    patient
        Whose age and postcode are taken from what is held.
    needs, languages, access, days, within
        As :class:`~fairpractice.referral.offered.Wanted` has them.
    """
    today = timezone.localdate()
    postcode = patient.identity.get("postcode") or ""
    return Wanted(
        on=today,
        needs=frozenset(needs),
        age=age_on(patient.born_on, today),
        postcode=postcode,
        point=where(postcode),
        languages=frozenset(languages),
        access=frozenset(access),
        days=frozenset(days),
        within=within,
    )


def age_on(born: dt.date | None, on: dt.date) -> int | None:
    """Return an age in whole years."""
    if born is None:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def where(postcode: str) -> Point | None:
    """Return where a postcode is, if the service was given a list of postcodes."""
    bare = "".join(postcode.upper().split())
    found = Postcode.objects.filter(postcode=bare).values_list("latitude", "longitude").first()
    return (found[0], found[1]) if found else None
