"""What is done with agreements and files; each act leaves its audit entry, with counts alone."""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction

from fairpractice.errors import FairpracticeError
from fairpractice.record.topics import SENSITIVE
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Viewer
from fairpractice.web.core.locking import Conflict, change
from fairpractice.web.feeds import matching, reading
from fairpractice.web.feeds.models import File, Line, Source
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.actions import correct_fact
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.sharing.models import Consent


State = File.State
STORED_AT_ONCE = 1_000


@transaction.atomic
def agree(viewer: Viewer, source: Source) -> Source:
    """Put an agreement on file, by which a partner may send facts to the viewer's organisation.

    Parameters
    ----------
    viewer
        Who puts it there.
    source
        The agreement, not saved yet; its id is that of the form, so that twice is once.

    Raises
    ------
    FairpracticeError
        When it is with no partner, or about a topic that is sensitive.
    """
    if there := Source.objects.filter(id=source.id, holder_id=viewer.organisation_id).first():
        return there
    if source.partner.kind != Organisation.Kind.PARTNER:
        raise FairpracticeError("It is with no partner", fix="Choose a council or charity.")
    if not source.topics or set(source.topics) & set(SENSITIVE):
        raise FairpracticeError(
            "It names no topic, or one that is never sent in a file",
            fix="Choose among those shown.",
        )
    source.holder_id, source.added_by_id = viewer.organisation_id, viewer.user_id
    source.save(force_insert=True)
    audit.entry(viewer, access.AGREE, detail={"source": str(source.id)})
    return source


@transaction.atomic
def receive(viewer: Viewer, source: Source, data: bytes, token: UUID) -> File:
    """Read a file and match its lines; nothing about anybody changes yet.

    Parameters
    ----------
    viewer
        Who sends it in, at the practice that it is for.
    source
        The agreement by which it comes.
    data
        The file. The same bytes again are the file that is there.
    token
        The form's own id, which becomes the file's.

    Raises
    ------
    FairpracticeError
        When no agreement is in force, or the file is none.
    """
    today = dt.date.today()
    _in_force(source, today)
    fingerprint = hashlib.sha256(data).hexdigest()
    here = File.objects.filter(source=source, practice_id=viewer.organisation_id)
    here = here.exclude(state=State.UNDONE)
    if there := here.filter(fingerprint=fingerprint).first():
        return there
    rows = reading.read(data, source.columns, source.topics, today)
    try:
        with transaction.atomic():
            file = File.objects.create(
                id=token,
                source=source,
                practice_id=viewer.organisation_id,
                fingerprint=fingerprint,
                sent_by_id=viewer.user_id,
            )
    except IntegrityError:  # sent twice at the same moment
        if there := here.filter(fingerprint=fingerprint).first():
            return there
        raise Conflict from None
    matched = matching.match(rows, file.practice, source)
    Line.objects.bulk_create((_line(file, each) for each in matched), batch_size=STORED_AT_ONCE)
    detail = {"file": str(file.id), **counts(file)}
    audit.entry(viewer, access.BRING, detail=detail)
    return file


def _in_force(source: Source, today: dt.date) -> None:
    if not source.in_force(today):
        raise FairpracticeError(
            "The agreement is not in force today, and nothing enters without one",
            fix="Ask your administrator to put one on file.",
        )


def _line(file: File, each: matching.Matched) -> Line:
    held, stored = each.outcome == matching.HELD, each.outcome == matching.STORE
    said = held or stored
    return Line(
        file=file,
        number=each.row.number,
        outcome=each.outcome,
        why=each.why,
        patient=each.patient,
        topic=each.row.topic if said else "",
        status=each.row.status if said else "",
        stated_on=each.row.stated_on if said else None,
        named=matching.named(each.row) if held else None,
    )


def counts(file: File) -> dict[str, int]:
    """Return how many lines there are of each outcome, all of them named."""
    found = Counter(file.lines.values_list("outcome", flat=True))
    return {outcome.value: found[outcome.value] for outcome in Line.Outcome}


@transaction.atomic
def accept(viewer: Viewer, file: File, seen: int) -> int:
    """Record what a file says, all of it or nothing; again records nothing more.

    Parameters
    ----------
    viewer
        Who accepts it, and so records it.
    file
        The file, after it was looked at.
    seen
        The version of it that was.

    Returns
    -------
    int
        How many facts were recorded.

    Raises
    ------
    FairpracticeError
        When no agreement is in force any more.
    Conflict
        When somebody else accepted or undid it, or settled a line of it, since.
    """
    _in_force(file.source, dt.date.today())
    if file.state == State.ACCEPTED and file.version == seen + 1:
        return 0  # the button was pressed twice
    if file.state != State.RECEIVED:
        raise Conflict
    change(file, seen, state=State.ACCEPTED)
    return _store(viewer, file, access.ACCEPT)


def _store(viewer: Viewer, file: File, act: str) -> int:
    lines = list(file.lines.filter(outcome=matching.STORE, fact=None).select_related("patient"))
    gone = [each for each in lines if each.patient.practice_id != file.practice_id]
    people = {each.patient for each in lines}
    known = matching.already_said(people, file.source.partner)
    agreed = matching.consents(file.source, people)
    facts, kept = [], []
    for each in lines:
        said = (each.patient_id, each.topic, each.status, each.stated_on)
        unagreed = agreed is not None and each.patient_id not in agreed
        if each in gone or said in known or unagreed:
            why = matching.UNAGREED if unagreed else matching.KNOWN
            _aside(each, matching.GONE if each in gone else why)
            continue
        known.add(said)
        facts.append(_fact(viewer, file.source, each, (agreed or {}).get(each.patient_id)))
        kept.append(each)
    SocialFact.objects.bulk_create(facts, batch_size=STORED_AT_ONCE)
    for line in kept:
        line.fact_id = line.id
    Line.objects.bulk_update(kept, ["fact"], batch_size=STORED_AT_ONCE)
    audit.entry(viewer, act, detail={"file": str(file.id), "recorded": len(facts)})
    return len(facts)


def _fact(viewer: Viewer, source: Source, line: Line, consent: Consent | None) -> SocialFact:
    return SocialFact(
        id=line.id,
        thread=line.id,
        patient_id=line.patient_id,
        topic=line.topic,
        status=line.status,
        route="external",
        source_organisation_id=source.partner_id,
        recorded_by_id=viewer.user_id,
        recorder_role=viewer.role,
        recorded_on=line.stated_on,
        lawful_basis=source.lawful_basis,
        consent=consent,
        sensitivity="ordinary",
    )


def _aside(line: Line, why: str) -> None:
    change(line, line.version, outcome=matching.ASIDE, why=why, patient=None, named=None)


@transaction.atomic
def settle(viewer: Viewer, line: Line, patient: Patient | None, seen: int) -> None:
    """Say whom a line that is held is about, or that it is about nobody here.

    What the line named is forgotten. Where its file was accepted, the fact is recorded now.

    Parameters
    ----------
    viewer
        Who settles it.
    line
        The line.
    patient
        One of :func:`matching.candidates`; nobody when it is none of them.
    seen
        The version of the line that was looked at.

    Raises
    ------
    Conflict
        When somebody else settled it, or the file was undone, since.
    """
    file = File.objects.select_for_update().select_related("source__partner").get(id=line.file_id)
    if file.state == State.UNDONE or line.outcome != matching.HELD:
        raise Conflict
    if patient is None:
        change(line, seen, outcome=matching.ASIDE, why=matching.NOBODY, named=None)
    else:
        change(line, seen, outcome=matching.STORE, why="", named=None, patient=patient)
    detail = {"file": str(file.id), "line": line.number}
    about = patient.id if patient else None
    audit.entry(viewer, access.SETTLE, patient=about, detail=detail)
    if file.state == State.ACCEPTED:
        _store(viewer, file, access.ACCEPT)
    else:
        change(file, file.version)  # whoever has it open looks again before they accept


@transaction.atomic
def undo(viewer: Viewer, file: File, reason: str, seen: int) -> tuple[int, int]:
    """Take back exactly what a file recorded; how it was stays in the history of each fact.

    Parameters
    ----------
    viewer
        Who takes it back.
    file
        The file.
    reason
        Why, in their words.
    seen
        The version of it that was looked at.

    Returns
    -------
    tuple of int
        How many facts were taken back, and how many were left because somebody has corrected
        them since: that is their statement now.

    Raises
    ------
    Conflict
        When somebody else changed it since.
    """
    if file.state == State.UNDONE and file.version == seen + 1:
        return 0, 0
    if file.state == State.UNDONE:
        raise Conflict
    change(file, seen, state=State.UNDONE, reason=reason)
    for line in file.lines.filter(outcome=matching.HELD):
        _aside(line, "The file was undone.")
    facts = list(SocialFact.objects.filter(came_by__file=file, corrected_by=None))
    _take_back(viewer, facts, reason)
    left = SocialFact.objects.filter(came_by__file=file).count() - len(facts)
    detail = {"file": str(file.id), "taken back": len(facts), "left": left}
    audit.entry(viewer, access.UNDO, detail=detail)
    return len(facts), left


def _take_back(viewer: Viewer, facts: Iterable[SocialFact], reason: str) -> None:
    for fact in facts:
        correct_fact(viewer, fact, None, reason, _token_of(fact))


def _token_of(fact: SocialFact) -> UUID:
    """Return the id of what takes a fact back: the same each time."""
    return UUID(bytes=hashlib.sha256(b"undone" + fact.id.bytes).digest()[:16])
