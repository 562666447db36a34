"""What there is to settle about one person, worked out from what the viewer may see, at each look.

Four kinds: what a text may tell of and nobody recorded; one thing recorded twice; sources that
contradict each other, by the record's own rule; and people of whom nothing is recorded. Nothing is
stored of a finding but that it was settled, so that what is hidden, corrected or withdrawn changes
what is found at once.
"""

import datetime as dt
import enum
import hashlib
import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from fairpractice.listening.mentions import Mention, mentions
from fairpractice.record import social_facts
from fairpractice.record.social_facts import Statement
from fairpractice.record.topics import TOPICS
from fairpractice.web.coding import texts
from fairpractice.web.coding.models import Decision
from fairpractice.web.core import access
from fairpractice.web.core.access import Viewer
from fairpractice.web.patients import actions, facts
from fairpractice.web.patients.facts import Known, Person
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.patients.portrait import STATUSES, how
from fairpractice.web.patients.record import codelists, record


class Kind(enum.StrEnum):
    """What is to be settled."""

    WORDS = "words"
    TWICE = "twice"
    AGAINST = "against"
    NOTHING = "nothing"


RECORD, KEEP_SENT = "record", "keep-sent"
ASIDE: Mapping[Kind, Mapping[str, str]] = {
    Kind.WORDS: {
        "not-so": "It does not say so",
        "somebody-else": "It is about somebody else",
        "no-longer": "It is no longer so",
    },
    Kind.TWICE: {"both": "Both are right"},
    Kind.AGAINST: {"ask": "Both stay until they are asked", "each": "Each was right in its time"},
    Kind.NOTHING: {"not-now": "Not a good time to ask", "unasked": "They asked not to be asked"},
}
"""Reasons to set a finding aside."""


@dataclass(frozen=True)
class Finding:
    """Something to settle about a person.

    ``quoted`` is the sentence: what is before the phrase, the phrase, and what is after it.
    ``choices`` are the ways to settle it, in words; ``said`` is what one of them would record, and
    ``takes_back`` the facts that others would take back.
    """

    kind: Kind
    patient: Patient
    key: str
    topic: str
    heading: str
    choices: Mapping[str, str]
    lines: tuple[str, ...] = ()
    quoted: tuple[str, str, str] | None = None
    said: actions.Statement | None = None
    takes_back: Mapping[str, tuple[SocialFact, ...]] = field(default_factory=dict)

    @property
    def aside(self) -> Mapping[str, str]:
        """The reasons for which it may be set aside."""
        return ASIDE[self.kind]


@dataclass(frozen=True)
class _Seen:
    """A person as the viewer may see them."""

    viewer: Viewer
    patient: Patient
    entered: Sequence[SocialFact]
    sent: Sequence[Statement]
    rows: Person
    known: Sequence[Known]


def _seen(viewer: Viewer, patient: Patient) -> _Seen:
    sensitive, lists = viewer.may(access.SENSITIVE), codelists()
    entered = list(facts.in_force(patient, sensitive=sensitive))
    person = record().person(patient.record_id)
    rows = facts.overlaid(person, entered, lists, sensitive=sensitive)
    alone = facts.overlaid(person, [], lists, sensitive=sensitive)
    known = facts.known(rows, dt.date.today(), lists, sensitive=sensitive)
    sent = social_facts.person_statements(alone, lists)
    return _Seen(viewer, patient, entered, sent, rows, known)


def findings(viewer: Viewer, people: Sequence[Patient], kind: Kind) -> list[Finding]:
    """Return what there is to settle of a kind about some people, without what was settled.

    Parameters
    ----------
    viewer
        Who would settle it; nothing depends on what they may not see.
    people
        Whom to look at: few, since each is worked out from their rows.
    kind
        What is looked for.
    """
    decided = Decision.objects.filter(patient__in=people, kind=kind, undone_at=None)
    settled = set(decided.values_list("patient_id", "key"))
    found: dict[tuple[UUID, str], Finding] = {}
    if kind is Kind.WORDS:
        written = texts.of(viewer, people)
        each_of = (_words(viewer, each, written.get(each.id, ())) for each in people)
    else:
        each_of = (FINDERS[kind](_seen(viewer, each)) for each in people)
    for each in itertools.chain.from_iterable(each_of):
        found.setdefault((each.patient.id, each.key), each)
    return [each for key, each in found.items() if key not in settled]


def _key(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def _words(viewer: Viewer, patient: Patient, written: Iterable[texts.Text]) -> Iterator[Finding]:
    """Yield what texts may tell of, but for what is known to be so already."""
    topics = {each.id for each in facts.topics(sensitive=viewer.may(access.SENSITIVE))}
    told = []
    for text in written:
        found = [e for e in mentions(text.words, texts.looked_for()) if e.topic in topics]
        if found and text.holds(viewer):
            told += [(text, each) for each in found]
    if told:  # who that is about is worked out only then
        seen = _seen(viewer, patient)
        known = {each.topic.id: each.current.status for each in seen.known}
        for text, each in told:
            if known.get(each.topic) != each.status:
                yield _suggested(patient, text, each)


def _suggested(patient: Patient, text: texts.Text, each: Mention) -> Finding:
    end = each.start + len(each.phrase)
    said = actions.Statement(each.topic, each.status, text.route, "direct_care")
    return Finding(
        Kind.WORDS,
        patient,
        _key(text.id, each.topic, each.status),
        each.topic,
        f"{_capital(TOPICS[each.topic].label)}: {STATUSES[each.status].lower()}?",
        {RECORD: f"Record {TOPICS[each.topic].label}: {STATUSES[each.status].lower()}"},
        (text.what,),
        (each.sentence[: each.start], each.phrase, each.sentence[end:]),
        said,
    )


def _twice(seen: _Seen) -> Iterator[Finding]:
    """Yield what was recorded more than once on one day, at least once of that here."""
    alike: dict[tuple[str, str, dt.date], list[SocialFact]] = defaultdict(list)
    for fact in sorted(seen.entered, key=lambda each: (each.entered_at, each.id)):
        alike[fact.topic, fact.status, fact.recorded_on].append(fact)
    for (topic, status, day), entered in sorted(alike.items()):
        sent = [s for s in seen.sent if (s.topic, s.status, s.recorded_on) == (topic, status, day)]
        if len(entered) + bool(sent) < 2:
            continue
        lines = [*(f"Entered here: {_how(each)}" for each in entered)]
        lines += [f"Sent: {how(each)}" for each in sent]
        choices, takes_back = {}, {}
        if sent:
            choices[KEEP_SENT] = "Keep what was sent"
            takes_back[KEEP_SENT] = tuple(entered)
        for number, each in enumerate(entered, start=1):
            others = tuple(other for other in entered if other is not each)
            if others:
                choices[f"keep-{each.id}"] = f"Keep number {number}"
                takes_back[f"keep-{each.id}"] = others
        yield Finding(
            Kind.TWICE,
            seen.patient,
            _key(*sorted(str(each.id) for each in entered), len(sent)),
            topic,
            f"{_capital(TOPICS[topic].label)}: recorded more than once on one day",
            choices,
            tuple(lines),
            takes_back=takes_back,
        )


def _against(seen: _Seen) -> Iterator[Finding]:
    """Yield the sources that contradict one another today."""
    stated = social_facts.person_statements(seen.rows, codelists())
    for each in seen.known:
        if not each.current.contradicted_by:
            continue
        bears = {(topic, status) for topic, status, _ in social_facts.relevant(each.topic.id)}
        latest = [one for one in stated if (one.topic, one.status) in bears][-1]
        sides = sorted((latest, *each.current.contradicted_by), key=lambda one: one.order)
        takes_back = {
            f"take-{fact.id}": (fact,)
            for side in sides
            for fact in seen.entered
            if _says(fact) == _states(side)
        }
        yield Finding(
            Kind.AGAINST,
            seen.patient,
            _key(*(_states(side) for side in sides)),
            each.topic.id,
            f"{_capital(each.topic.label)}: sources contradict each other",
            {choice: f"Take back: {_how(fact)}" for choice, [fact] in takes_back.items()},
            tuple(f"{_capital(TOPICS[side.topic].label)}: {how(side)}" for side in sides),
            takes_back=takes_back,
        )


def _nothing(seen: _Seen) -> Iterator[Finding]:
    """Yield a person of whom nothing was ever recorded; once set aside, again next year."""
    if not seen.known:
        year = dt.date.today().year
        heading = "Nothing is recorded about their circumstances"
        yield Finding(Kind.NOTHING, seen.patient, _key(year), "", heading, {})


FINDERS = {
    Kind.TWICE: _twice,
    Kind.AGAINST: _against,
    Kind.NOTHING: _nothing,
}


def _says(fact: SocialFact) -> tuple[object, ...]:
    return (
        fact.topic, fact.status, fact.route, fact.recorded_on, fact.true_from, fact.true_until
    )  # fmt: skip


def _states(one: Statement) -> tuple[object, ...]:
    return (one.topic, one.status, one.route, one.recorded_on, one.true_from, one.true_until)


def _how(fact: SocialFact) -> str:
    return how(Statement(fact.topic, fact.status, fact.route, fact.recorded_on))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
