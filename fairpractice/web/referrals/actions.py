"""What is done with referrals. Each act leaves its audit entry, which has no word of the need.

Every move goes through :func:`move`, which asks :mod:`fairpractice.referral.states` whether it may
be made. Rows are locked in one order: the case, the referral, the consent.
"""

import uuid
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.record.topics import TOPICS
from fairpractice.referral import states
from fairpractice.web.cases.models import Case
from fairpractice.web.core import access, audit, locking
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.directory.models import Service
from fairpractice.web.messaging import outbox
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.referrals.models import Message, Referral, Signpost, Step
from fairpractice.web.referrals.seen import told_with
from fairpractice.web.sharing import consent as consents
from fairpractice.web.sharing.consent import Agreed
from fairpractice.web.sharing.models import Consent


PURPOSE = "support"
PARTY = {Role.LINK_WORKER: "link_worker", Role.COMMUNITY_PARTNER: "service"}
ACT = {"service": access.ANSWER_REFERRAL}
SENT = "requested"
LET_KNOW = {SENT: "inbox", "awaiting_response": "reminder"}
"""The words by which a service is told that something waits for it."""
OVER = tuple(state.id for state in states.STATES.values() if state.closed)


@dataclass(frozen=True)
class Wanted:
    """What a service is asked, and which kinds of things it is told.

    ``consent`` is one on file, or what is agreed to with this very act.
    """

    service: Service
    topic: str
    asked: str
    categories: tuple[str, ...]
    consent: Consent | Agreed


def party(viewer: Viewer) -> str:
    """Return as what somebody moves a referral: one of the parties to it."""
    return PARTY.get(viewer.role, "requester")


@transaction.atomic
def send(
    viewer: Viewer,
    case: Case,
    wanted: Wanted,
    token: UUID,
    *,
    instead_of: Referral | None = None,
    seen: int = 0,
    why: str = "",
    inbox: str = "",
) -> Referral:
    """Ask a service to help somebody.

    Parameters
    ----------
    viewer
        Who asks.
    case
        Whom it helps.
    wanted
        What is asked, and on which consent.
    token
        The form's own id, which becomes the referral's: a form sent twice asks once.
    instead_of, seen, why
        The referral that this takes the place of, the version of it that was seen, and why.
    inbox
        The address at which the service reads it. Where given, and an e-mail address of the
        service is known, it is told that something waits there, and no more.

    Raises
    ------
    FairpracticeError
        When the case is closed, the service cannot be asked here, or the consent does not hold
        or does not go so far. Nothing is sent.
    Conflict
        When somebody else moved the referral that it takes the place of.
    """
    case = Case.objects.select_for_update().select_related(None).get(id=case.id)
    if there := case.referrals.filter(id=token).first():
        return there
    if case.closed_at:
        raise FairpracticeError("This case is closed", fix="Open another for them first.")
    if instead_of and not _locked(instead_of, seen):
        raise locking.Conflict
    patient = case.patient
    held = _held(viewer, patient, wanted, token)
    sent = Referral.objects.create(
        id=token,
        case=case,
        patient=patient,
        service=wanted.service,
        recipient_id=held.recipient_id,
        topic=wanted.topic,
        asked=wanted.asked.strip() or None,
        consent=held,
        categories=[each for each in held.categories if each in wanted.categories],
        sensitive=held.sensitive,
        instead_of=instead_of,
    )
    detail = {"referral": str(sent.id), "recipient": str(held.recipient_id)}
    audit.entry(viewer, access.REFER, patient=patient.id, detail=detail)
    move(viewer, sent, sent.version, SENT, uuid.uuid5(token, SENT), inbox=inbox)
    if instead_of:
        step = uuid.uuid5(token, "re_routed")
        move(viewer, instead_of, seen, "re_routed", step, why=why, continued_as=sent.id)
    sent.refresh_from_db()
    return sent


def _locked(referral: Referral, seen: int) -> bool:
    """Lock a referral; tell whether it is the version that was seen."""
    locked = Referral.objects.select_for_update().filter(id=referral.id, version=seen)
    return locked.first() is not None


def check(wanted: Wanted) -> None:
    """Hold what is told to what was agreed to.

    Raises
    ------
    FairpracticeError
        When the service cannot be asked here, or the consent is another's or goes less far.
    """
    to, agreed = wanted.service.organisation, wanted.consent
    if to is None:
        raise FairpracticeError(
            "Nobody of this service signs in here, so nothing was sent",
            fix="Tell the person of it instead.",
        )
    if agreed.recipient != to:
        raise FairpracticeError(
            "They have not agreed that this organisation is told, so nothing was sent",
            fix=f"Ask them whether {to.name} may be told.",
        )
    if not wanted.categories or not set(wanted.categories) <= set(agreed.categories):
        raise FairpracticeError(
            "More would be told than they agreed to, so nothing was sent",
            fix="Leave out what they did not agree to, or ask them again.",
        )
    if wanted.asked.strip() and told_with(wanted.topic) not in wanted.categories:
        raise FairpracticeError(
            "Words tell of their circumstances, and these are not shared, so nothing was sent",
            fix="Leave the words out, or share circumstances if they agree.",
        )
    hidden = agreed.sensitive or consents.SENSITIVE in agreed.categories
    if TOPICS[wanted.topic].sensitive and not hidden:
        raise FairpracticeError(
            "It is sensitive, and the consent does not say so, so nothing was sent",
            fix="Record a consent that is sensitive.",
        )


def _held(viewer: Viewer, patient: Patient, wanted: Wanted, token: UUID) -> Consent:
    """Return the consent that a referral stands on, which holds while this transaction lasts."""
    check(wanted)
    if isinstance(wanted.consent, Agreed):
        return consents.give(viewer, patient, wanted.consent, uuid.uuid5(token, "consent"))
    locked = Consent.objects.select_for_update().filter(consents.in_force(), patient=patient)
    found: Consent | None = locked.filter(id=wanted.consent.id, purpose=PURPOSE).first()
    if found is None:
        raise FairpracticeError(
            "This was withdrawn or has ended, so nothing was sent",
            fix="Ask the person again, if it is still needed.",
        )
    return found


@transaction.atomic
def move(
    viewer: Viewer,
    referral: Referral,
    seen: int,
    to: str,
    token: UUID,
    *,
    why: str = "",
    outcome: str = "",
    continued_as: UUID | None = None,
    inbox: str = "",
) -> Step:
    """Move a referral to another state.

    Parameters
    ----------
    viewer
        Who moves it.
    referral, seen
        Which, and the version of it that the page showed.
    to
        The state: one of :data:`fairpractice.referral.states.STATES`.
    token
        The form's own id, which becomes the step's: a form sent twice moves once.
    why, outcome, continued_as
        As :func:`fairpractice.referral.states.step` wants them. What is closed has words too:
        they are the message back to whoever asked.
    inbox
        As :func:`send` has it; a service is told of what waits for its answer.

    Raises
    ------
    FairpracticeError
        When it is not theirs to make, lacks what it needs, or they no longer see the person.
    Conflict
        When somebody else moved it since.
    """
    locked = Referral.objects.select_for_update().get(id=referral.id)
    if there := locked.steps.filter(id=token).first():
        return there
    if locked.version != seen:
        raise locking.Conflict
    by = party(viewer)
    if by == "service":
        _still_seen(locked)
    if to in states.CLOSED_WITH and not why.strip():
        raise FairpracticeError(
            "Nothing is said to whoever asked", fix="Write what was done, or why it was not."
        )
    made = states.step(
        locked.state,
        to,
        by=by,
        at=timezone.now(),
        why=why,
        outcome=outcome,
        continued_as=str(continued_as or ""),
    )
    locking.change(locked, seen, state=made.after)
    step = Step.objects.create(
        id=token,
        referral=locked,
        number=locked.steps.count() + 1,
        before=made.before,
        after=made.after,
        by_id=viewer.user_id,
        organisation_id=viewer.organisation_id,
        party=by,
        at=made.at,
        why=made.why or None,
        outcome=made.outcome,
        continued_as=continued_as,
    )
    detail = {"referral": str(locked.id), "to": to}
    audit.entry(viewer, _act(by), patient=locked.patient_id, detail=detail)
    _let_know(viewer, locked, step, inbox)
    return step


def _let_know(viewer: Viewer, referral: Referral, step: Step, inbox: str) -> None:
    """Tell a service that something waits for it, in words that say nothing of what."""
    words, to = LET_KNOW.get(step.after), referral.service.email
    if words and to and inbox:
        key = f"referral:{referral.id}:{step.id}"
        outbox.put(
            key, "email", words, organisation=referral.recipient, to=to, by=viewer, link=inbox
        )


def _act(by: str) -> str:
    return ACT.get(by, access.MOVE_REFERRAL)


def _still_seen(locked: Referral) -> None:
    """Hold the consent while this transaction lasts; refuse when it is over."""
    held = Consent.objects.select_for_update().filter(consents.in_force(), id=locked.consent_id)
    if not held.exists():
        raise FairpracticeError(
            "This referral has ended", fix="Whoever sent it has been told, and follows it up."
        )


@transaction.atomic
def write(viewer: Viewer, referral: Referral, words: str, token: UUID) -> Message:
    """Write to the other party of a referral; a form sent twice writes once.

    Raises
    ------
    FairpracticeError
        When nothing is written, or the recipient no longer sees the referral.
    """
    locked = Referral.objects.select_for_update().get(id=referral.id)
    if there := locked.messages.filter(id=token).first():
        return there
    _still_seen(locked)
    if not words.strip():
        raise FairpracticeError("Nothing is written", fix="Write a message.")
    by = party(viewer)
    written = Message.objects.create(
        id=token,
        referral=locked,
        party=by,
        by_id=viewer.user_id,
        at=timezone.now(),
        words=words.strip(),
    )
    detail = {"referral": str(locked.id), "message": str(written.id)}
    audit.entry(viewer, _act(by), patient=locked.patient_id, detail=detail)
    return written


@transaction.atomic
def stand_on(viewer: Viewer, referral: Referral, seen: int, given: Consent) -> None:
    """Let a referral go on with a consent that the person gave since, in place of one that ended.

    What is shared is no more than before, and no more than they agreed to now.

    Raises
    ------
    FairpracticeError
        When it does not hold, is for another organisation, or goes less far than a referral needs.
    Conflict
        When somebody else changed the referral since.
    """
    locked = Referral.objects.select_for_update().select_related("service").get(id=referral.id)
    same = tuple(each for each in locked.categories if each in given.categories)
    wanted = Wanted(locked.service, locked.topic, "", same, given)
    held = _held(viewer, locked.patient, wanted, locked.id)
    locking.change(locked, seen, consent=held, categories=list(same), sensitive=held.sensitive)
    detail = {"referral": str(locked.id), "consent": str(held.id)}
    audit.entry(viewer, access.MOVE_REFERRAL, patient=locked.patient_id, detail=detail)


@transaction.atomic
def tell(
    viewer: Viewer, service: Service, topic: str, practice: Organisation, token: UUID
) -> Signpost:
    """Count that somebody was told of a service. Nothing is kept of who: not in the trail either.

    Parameters
    ----------
    viewer
        Who told them.
    service, topic
        Of what they were told, and what for.
    practice
        Where the person is registered.
    token
        The form's own id: one that is sent twice counts once.
    """
    made, new = Signpost.objects.get_or_create(
        id=token,
        defaults={
            "service": service,
            "topic": topic,
            "practice": practice,
            "role": viewer.role,
            "month": timezone.localdate().replace(day=1),
        },
    )
    if new:
        audit.entry(viewer, access.SIGNPOST)
    return made
