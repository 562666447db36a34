"""What is done with findings: settled, taken back; and letters cleared to be coded from.

Each act leaves its audit entry, which names no topic.
"""

import uuid
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fairpractice.web.coding.finding import RECORD, Finding, Kind, findings
from fairpractice.web.coding.models import Cleared, Decision
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Viewer
from fairpractice.web.core.locking import Conflict
from fairpractice.web.letters.models import Letter
from fairpractice.web.patients.actions import correct_fact, record_fact
from fairpractice.web.patients.models import Patient, SocialFact


WHY = {
    Kind.TWICE: "It was recorded more than once",
    Kind.AGAINST: "Another source contradicts it, and this one was wrong",
}
UNDONE = "What was settled was undone"


@transaction.atomic
def settle(
    viewer: Viewer, patient: Patient, kind: Kind, key: str, choice: str, token: UUID
) -> Decision:
    """Settle a finding about a person.

    Parameters
    ----------
    viewer
        Who settles it.
    patient
        Whom it is about.
    kind, key
        Which finding, as its page showed it.
    choice
        One of the finding's ``choices``, or of the reasons to set it ``aside``.
    token
        The form's own id, which becomes the decision's: a form sent twice settles once.

    Raises
    ------
    Conflict
        When there is no such finding any more: somebody settled it, or what it rests on changed.
    """
    Patient.objects.select_for_update().get(id=patient.id)  # one settles at a time
    if there := patient.decisions.filter(id=token).first():
        return there
    found = next((one for one in findings(viewer, [patient], kind) if one.key == key), None)
    if found is None or choice not in {*found.choices, *found.aside}:
        raise Conflict
    wrote = _write(viewer, found, choice, token)
    decision = Decision.objects.create(
        id=token,
        patient=patient,
        kind=kind,
        key=key,
        topic=found.topic,
        choice=choice,
        wrote=[str(each.id) for each in wrote],
        decided_by_id=viewer.user_id,
    )
    detail = {"decision": str(token), "wrote": len(wrote)}
    audit.entry(viewer, access.CODE, patient=patient.id, detail=detail)
    return decision


def _write(viewer: Viewer, found: Finding, choice: str, token: UUID) -> list[SocialFact]:
    if choice == RECORD and found.said:
        return [record_fact(viewer, found.patient, found.said, uuid.uuid5(token, RECORD))]
    return [
        correct_fact(viewer, fact, None, WHY[found.kind], uuid.uuid5(token, str(fact.id)))
        for fact in found.takes_back.get(choice, ())
    ]


@transaction.atomic
def undo(viewer: Viewer, decision: Decision) -> None:
    """Take a decision back: what it recorded is taken back, what it took back stands again.

    Undoing again changes nothing.

    Raises
    ------
    Conflict
        When somebody has corrected since what it wrote: that is their statement now.
    """
    decision = Decision.objects.select_for_update().get(id=decision.id)
    if decision.undone_at:
        return
    wrote = SocialFact.objects.filter(id__in=decision.wrote)
    if wrote.exclude(corrected_by=None).exists():
        raise Conflict
    for fact in wrote.order_by("id"):
        token = uuid.uuid5(decision.id, f"undo/{fact.id}")
        if fact.retracted:
            _stand_again(viewer, fact, token)
        else:
            correct_fact(viewer, fact, None, UNDONE, token)
    decision.undone_at, decision.undone_by_id = timezone.now(), viewer.user_id
    decision.save(update_fields=["undone_at", "undone_by"])
    detail = {"decision": str(decision.id), "undone": True}
    audit.entry(viewer, access.CODE, patient=decision.patient_id, detail=detail)


OWN = ("id", "entered_at", "corrects_id", "retracted", "reason", "recorded_by_id", "recorder_role")


def _stand_again(viewer: Viewer, retraction: SocialFact, token: UUID) -> None:
    """State again what was taken back, as it was: on its day, by its route, of its source."""
    before = retraction.corrects
    fields = {f.attname for f in SocialFact._meta.concrete_fields} - set(OWN)
    SocialFact.objects.create(
        id=token,
        corrects=retraction,
        reason=UNDONE,
        recorded_by_id=viewer.user_id,
        recorder_role=viewer.role,
        **{name: getattr(before, name) for name in fields},
    )
    detail = {"fact": str(token), "corrects": str(retraction.id)}
    audit.entry(viewer, access.CORRECT, patient=before.patient_id, detail=detail)


@transaction.atomic
def clear(viewer: Viewer, letter: Letter, number: int, *, cleared: bool) -> None:
    """Say that a letter has nothing sensitive in it, so that all may code from it; or take it back.

    Parameters
    ----------
    viewer
        Who read it, and may see what is sensitive.
    letter
        The letter.
    number
        The wording that was read.
    cleared
        Whether it may be coded from.

    Raises
    ------
    Conflict
        When the letter says something else by now.
    """
    letter = Letter.objects.select_for_update().get(id=letter.id)
    if letter.version != number:
        raise Conflict
    wording = letter.latest
    if cleared:
        Cleared.objects.get_or_create(wording=wording, defaults={"cleared_by_id": viewer.user_id})
    else:
        Cleared.objects.filter(wording=wording).delete()
    detail = {"letter": str(letter.id), "version": number, "cleared": cleared}
    audit.entry(viewer, access.CLEAR_LETTER, patient=letter.patient_id, detail=detail)
