"""How a case begins: taken from a list, asked for by a practice, waiting, or given back."""

from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.cases import offering, reach, words
from fairpractice.web.cases.models import Case, Note
from fairpractice.web.config.jinja import moment
from fairpractice.web.core import access, audit, locking
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.patients.models import Patient
from fairpractice.web.worklists import live
from fairpractice.web.worklists.reach import Listing


class Taken(FairpracticeError):  # noqa: N818 (it reads as what happened)
    """Somebody else was first: it says in which role and since when, and no more."""

    def __init__(self, case: Case) -> None:
        if case.worker_id is None:
            who = "they" if case.origin == Case.Origin.SELF else "their practice"
            what = f"{who} asked for a link worker at {moment(case.opened_at)}"
            super().__init__(what, fix="They wait on the caseload page: take them on there.")
            return
        who = Role(Role.LINK_WORKER).label.lower()
        what = f"another {who} took them on at {moment(case.taken_at)}"
        super().__init__(what, fix="They are in good hands. Choose somebody else.")


@transaction.atomic
def take(viewer: Viewer, listing: Listing, patient: Patient) -> Case:
    """Take somebody on from a list: the case opens their portrait. Again is no more.

    Raises
    ------
    Taken
        When somebody else was first: of any number, one takes them.
    FairpracticeError
        When the list offers them no more.
    """
    run = live.current()
    found = run and offering.offered(run, [listing.practice.id], [listing.rule])
    place = found.filter(patient=patient).first() if found is not None else None
    there = _open(listing.practice.id, patient)  # asked last: it says why there is no place
    if there and there.worker_id == viewer.user_id:
        return there
    if there:
        raise Taken(there)
    if run is None or place is None:
        raise FairpracticeError(
            "they are not on this list any more",
            fix="What found them is no longer so, or it was settled. Choose somebody else.",
        )
    said = {name: getattr(place, name) for name in ("because", "outcomes", "comes_off_when")}
    now = timezone.now()
    values: dict[str, Any] = {"rule": listing.rule, "run": run, "definitions": run.definitions}
    values |= {"worker_id": viewer.user_id, "taken_at": now, "place": said}
    case = opened(viewer, patient, "worklist", now, **values)
    detail = {"case": str(case.id), "rule": listing.rule, "run": str(run.id)}
    audit.entry(viewer, access.TAKE, patient=patient.id, detail=detail)
    return case


def _open(practice: UUID | None, patient: Patient) -> Case | None:
    return Case.objects.filter(patient=patient, practice_id=practice, closed_at=None).first()


def opened(viewer: Viewer, patient: Patient, origin: str, now: Any, **values: Any) -> Case:
    """Open a case of somebody at their practice; what of it is audited, the caller says.

    Raises
    ------
    Taken
        When they have an open one there.
    """
    who = {"opened_by_id": viewer.user_id, "opener_role": viewer.role, "opened_at": now}
    try:
        with transaction.atomic():
            return Case.objects.create(
                patient=patient, practice_id=patient.practice_id, origin=origin, **who, **values
            )
    except IntegrityError:
        if there := _open(patient.practice_id, patient):
            raise Taken(there) from None
        raise


@transaction.atomic
def ask_help(viewer: Viewer, patient: Patient, need: str, asked: str, token: UUID) -> Case:
    """Ask a link worker to help somebody who agreed to it; a form sent twice asks once.

    Parameters
    ----------
    viewer, patient
        Who asks, for whom.
    need
        One of ``words.NEEDS``: nothing that link workers may not see.
    asked
        What they are asked, in a sentence.
    token
        The form's own id, which becomes the case's.

    Raises
    ------
    Taken
        When they have an open case.
    FairpracticeError
        When the need is not one that link workers may know.
    """
    if there := Case.objects.filter(id=token, patient=patient).first():
        return there
    if need not in words.NEEDS:
        raise FairpracticeError("that is no need to ask for", fix="Choose one of those shown.")
    now = timezone.now()
    case = opened(
        viewer, patient, "practice", now, id=token, need=need, asked=asked.strip() or None
    )
    audit.entry(viewer, access.ASK_HELP, patient=patient.id, detail={"case": str(case.id)})
    return case


@transaction.atomic
def take_waiting(viewer: Viewer, case: Case) -> Case:
    """Take on somebody who waits, or whose link worker is here no more. Again is no more.

    Raises
    ------
    Taken
        When somebody else was first.
    FairpracticeError
        When it was closed.
    """
    now = timezone.now()
    same = Case.objects.filter(id=case.id, version=case.version, closed_at=None)
    # Locked before it is asked whether it waits: else of two at once both would be told that it
    # does, and the second would take it from the first.
    locked = same.select_for_update().first()
    if not (locked and reach.untended(same).exclude(worker_id=viewer.user_id).exists()):
        case.refresh_from_db()
        if case.closed_at:
            raise FairpracticeError("it was closed", fix="Choose somebody else.")
        if case.worker_id != viewer.user_id:
            raise Taken(case)
        return case
    locking.change(case, case.version, worker_id=viewer.user_id, taken_at=now)
    Note.objects.create(case=case, about=Note.About.TAKEN, by_id=viewer.user_id, at=now)
    audit.entry(viewer, access.TAKE, patient=case.patient_id, detail={"case": str(case.id)})
    return case


@transaction.atomic
def give_back(viewer: Viewer, case: Case, why: str, seen: int) -> None:
    """Let somebody else take a case on; everything in it stays.

    Raises
    ------
    FairpracticeError
        When no reason is given.
    Conflict
        When it was changed since it was seen.
    """
    if not why.strip():
        raise FairpracticeError("no reason is given", fix="Say why, for whoever takes it on.")
    locking.change(case, seen, worker=None, taken_at=None)
    about, now = Note.About.GIVEN_BACK, timezone.now()
    Note.objects.create(case=case, about=about, note=why.strip(), by_id=viewer.user_id, at=now)
    detail = {"case": str(case.id), "given_back": True}
    audit.entry(viewer, access.HELP, patient=case.patient_id, detail=detail)
