"""The portrait: what a page says of one person, worked out from their rows and a day."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from fairpractice.case_finding.prompts import SOMETHING_CHANGED, Card, card
from fairpractice.population.editions import edition
from fairpractice.record.dates import months_before
from fairpractice.record.social_facts import Current, Statement
from fairpractice.record.topics import TOPICS
from fairpractice.web.patients import facts
from fairpractice.web.patients.facts import Known, Person
from fairpractice.web.patients.models import HelpWish, OwnWords, Patient, SocialFact
from fairpractice.web.patients.record import areas, codelists, record


ROUTES = {
    "asked": "asked by the team",
    "self_reported": "told by the person",
    "external": "from another organisation",
}
STATUSES = {
    "present": "Yes",
    "absent": "No",
    "unknown": "Not known",
    "declined": "Rather not say",
}
WISHES = {
    "wanted": "would like help",
    "not_wanted": "would not like help",
    "has_help": "has help already",
    "declined": "would rather not say",
}
COLOURS = {"present": "orange", "absent": "green", "unknown": "grey", "declined": "grey"}


@dataclass(frozen=True)
class Deprivation:
    """Where the person's area stands: decile and rank of how many, or why that is not known."""

    edition: str
    nation: str = ""
    area: str = ""
    decile: int | None = None
    rank: int | None = None
    areas: int = 0
    unknown: str = ""


@dataclass(frozen=True)
class Line:
    """One topic as the page shows it."""

    label: str
    status: str
    colour: str
    how: str
    notes: tuple[str, ...]
    entered: tuple[SocialFact, ...]


@dataclass(frozen=True)
class Contact:
    """How the person and the practice have met in the last twelve months."""

    attended: int
    missed: int
    urgent: int
    last: dt.date | None
    continuity: str
    reached_by: str


@dataclass(frozen=True)
class Portrait:
    """All that the page says."""

    age: int | None
    sex: str
    flags: tuple[str, ...]
    deprivation: Deprivation
    lines: tuple[Line, ...]
    never: tuple[str, ...]
    asked: tuple[str, ...]
    declined: tuple[str, ...]
    contact: Contact
    prompt: Card
    words: tuple[OwnWords, ...]
    wishes: tuple[str, ...]


def portrait(patient: Patient, on: dt.date, *, sensitive: bool) -> Portrait:
    """Return the portrait of a person on a day.

    Parameters
    ----------
    patient
        Whom it is of.
    on
        The day; what was recorded later is not known yet.
    sensitive
        Whether sensitive facts may be seen. If not, nothing in it depends on any.
    """
    lists = codelists()
    entered = list(facts.in_force(patient, sensitive=sensitive))
    rows = facts.overlaid(record().person(patient.record_id), entered, lists, sensitive=sensitive)
    known = facts.known(rows, on, lists, sensitive=sensitive)
    asked = {each.topic.id for each in known}
    person = next(iter(rows["patient"]), {})
    return Portrait(
        age=_age(patient, on),
        sex=person.get("sex") or "not known",
        flags=tuple(_flags(known)),
        deprivation=_deprivation(rows, on),
        lines=tuple(_line(each, entered) for each in sorted(known, key=_certainty)),
        asked=tuple(each.topic.label for each in known if _is_settled(each.current)),
        declined=tuple(each.topic.label for each in known if _is_declined(each.current)),
        never=tuple(t.label for t in facts.topics(sensitive=sensitive) if t.id not in asked),
        contact=_contact(rows, person, on),
        words=own_words(patient),
        wishes=tuple(_wishes(patient, sensitive=sensitive)),
        prompt=card(SOMETHING_CHANGED, rows, on, lists),
    )


def _age(patient: Patient, on: dt.date) -> int | None:
    born = patient.born_on
    if born is None:
        return None
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _flags(known: Sequence[Known]) -> Iterable[str]:
    """Yield what must be arranged before anybody speaks with the person."""
    now = {each.topic.id: each.current for each in known}
    interpreter, language = now.get("interpreter_need"), now.get("language_main")
    if interpreter is not None and interpreter.stated == "present":
        yield "Interpreter needed when last asked" if interpreter.stale else "Interpreter needed"
    elif interpreter is None and language is not None and language.status == "present":
        yield "Main language is not English: ask whether an interpreter is needed"


def _deprivation(rows: Person, on: dt.date) -> Deprivation:
    named = edition(settings.EDITION)
    here = [
        row
        for row in rows["address"]
        if row["start_date"] is None or row["start_date"] <= on
        if row["end_date"] is None or row["end_date"] > on
    ]
    if not here:
        return Deprivation(named.title, unknown="No address is on record.")
    known = areas()
    if not known:
        return Deprivation(named.title, unknown="This edition has not been loaded here.")
    for row in reversed(here):
        found = known.get((row["area_vintage"], row["area_code"]))
        if found:
            return Deprivation(
                named.title,
                named.nation,
                row["area_code"],
                found["decile"],
                found["rank"],
                len(known),
            )
    return Deprivation(named.title, unknown="The address is not in an area that it ranks.")


def own_words(patient: Patient) -> tuple[OwnWords, ...]:
    """Return what somebody wrote of what matters to them and helps them, the latest first."""
    return tuple(patient.own_words.filter(taken_back_at=None).order_by("about", "-told_at", "id"))


def _wishes(patient: Patient, *, sensitive: bool) -> Iterable[str]:
    """Yield what they last said of a wish for help: it says nothing of whether they need it."""
    seen = {topic.id for topic in facts.topics(sensitive=sensitive)}
    last: dict[str, HelpWish] = {}
    for each in patient.help_wishes.filter(topic__in=seen).order_by("told_at", "id"):
        last[each.topic] = each
    for topic, wish in sorted(last.items()):
        day = wish.told_at
        yield f"{TOPICS[topic].label}: {WISHES[wish.wish]}, {day.day} {day:%B %Y}"


def _certainty(known: Known) -> int:
    """What is so comes first, then what is not, then what nobody knows any more."""
    return ("present", "absent", "unknown").index(known.current.status)


def _is_settled(current: Current) -> bool:
    """Tell whether asking again would tell nothing: it is believed, and nobody says otherwise."""
    return current.status != "unknown" and not current.contradicted_by


def _is_declined(current: Current) -> bool:
    """Tell whether they lately said that they would rather not say."""
    return current.stated == "declined" and not current.stale


def _line(known: Known, entered: Sequence[SocialFact]) -> Line:
    current = known.current
    return Line(
        label=known.topic.label[0].upper() + known.topic.label[1:],
        status=STATUSES["declined" if current.stated == "declined" else current.status],
        colour=COLOURS[current.status],
        how=how(known.statements[0]),
        notes=tuple(_notes(known, current)),
        entered=tuple(fact for fact in entered if fact.topic == known.topic.id),
    )


def how(statement: Statement) -> str:
    """Say what was stated, how it came, and when."""
    day = statement.recorded_on
    return f"{STATUSES[statement.status]}, {ROUTES[statement.route]}, {day.day} {day:%B %Y}"


def _notes(known: Known, current: Current) -> Iterable[str]:
    if current.stale:
        months = known.topic.freshness_months
        yield f"Older than {months} months, so no longer relied on. Ask again if it matters."
    elif _is_declined(current):
        yield "They would rather not say. Do not press."
    elif _is_settled(current):
        yield "Known: no need to ask again."
    else:
        yield "Not certain: ask if it matters."
    for other in current.contradicted_by:
        label = "" if other.topic == known.topic.id else f"{TOPICS[other.topic].label}: "
        yield f"Contradicted by another source: {label}{how(other)}."
    if earlier := known.statements[1:]:
        more = f"; {len(earlier) - 2} more before that" if len(earlier) > 2 else ""
        yield f"Earlier: {'; '.join(map(how, earlier[:2]))}{more}."


def _contact(rows: Person, person: Mapping[str, Any], on: dt.date) -> Contact:
    since = months_before(on, 12)
    year = [row for row in rows["appointment"] if since < row["start_date"] <= on]
    status = Counter(row["status"] for row in year)
    attended = [row for row in rows["appointment"] if row["status"] == "attended"]
    last = max((row["start_date"] for row in attended if row["start_date"] <= on), default=None)
    return Contact(
        attended=status["attended"],
        missed=status["did_not_attend"],
        urgent=sum(since < row["date"] <= on for row in rows["urgent_contact"]),
        last=last,
        continuity=_continuity([row for row in year if row["status"] == "attended"]),
        reached_by={
            "telephone": "telephone",
            "email": "e-mail",
            "both": "telephone and e-mail",
            "none": "no telephone or e-mail on record",
        }.get(person.get("contact_details") or "", "not known"),
    )


def _continuity(attended: Sequence[Mapping[str, Any]]) -> str:
    """The usual provider of care: Breslau and Reeb (1975), the share with the one seen most."""
    seen = Counter(row["clinician_id"] for row in attended if row["clinician_id"])
    total = sum(seen.values())
    if total < 2:
        return "too few appointments to tell"
    most = max(seen.values())
    return f"{most} of {total} with the same clinician"
