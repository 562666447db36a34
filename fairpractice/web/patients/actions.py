"""What is done with people and what is recorded of them; each act leaves its audit entry."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from fairpractice.errors import FairpracticeError
from fairpractice.identifiers import nhs_number as numbers
from fairpractice.record.topics import TOPICS
from fairpractice.web.accounts.models import User
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.core.encryption import blind_index
from fairpractice.web.core.locking import Conflict
from fairpractice.web.organisations.models import Membership
from fairpractice.web.patients import reach, until
from fairpractice.web.patients.models import Patient, PersonAccount, SocialFact
from fairpractice.web.sharing import consent


@dataclass(frozen=True)
class Statement:
    """What somebody records: the words of the record's ``social_fact``. None is assumed."""

    topic: str
    status: str
    route: str
    lawful_basis: str
    sensitivity: str = "ordinary"
    true_from: dt.date | None = None
    true_until: dt.date | None = None


def index_of_number(number: str) -> bytes:
    """Return the blind index of an NHS number."""
    return blind_index("nhs number", number)


def index_of_name(family_name: str, born_on: dt.date) -> bytes:
    """Return the blind index of a family name with a date of birth."""
    return blind_index("name and birth", family_name, born_on.isoformat())


def find_by_number(viewer: Viewer, number: str) -> list[Patient]:
    """Find a person of the viewer's practice by NHS number; the search is audited, not the number.

    Raises
    ------
    FairpracticeError
        When it is not an NHS number.
    """
    plain = "".join(number.split()).replace("-", "")
    if problem := numbers.problem(plain):
        raise FairpracticeError(problem.partition(";")[0], fix="Check what you entered.")
    return _found(viewer, "by number", by_nhs_number=index_of_number(plain))


def find_by_name(viewer: Viewer, family_name: str, born_on: dt.date) -> list[Patient]:
    """Find people of the viewer's practice by family name and date of birth, both exact."""
    index = index_of_name(family_name, born_on)
    return _found(viewer, "by name and birth", by_name_and_birth=index)


def _found(viewer: Viewer, how: str, **index: bytes) -> list[Patient]:
    found = sorted(reach.people(viewer).filter(**index), key=lambda each: (each.name, each.id))
    audit.entry(viewer, access.FIND, detail={"how": how, "found": len(found)})
    return found


@transaction.atomic
def record_fact(viewer: Viewer, patient: Patient, said: Statement, token: UUID) -> SocialFact:
    """Record a statement about a person.

    Parameters
    ----------
    viewer
        Who records it.
    patient
        Whom it is about.
    said
        What is stated. A topic that is sensitive makes it so.
    token
        The form's own id, which becomes the statement's: a form sent twice records once.

    Raises
    ------
    FairpracticeError
        When it is to stand on a consent, and none on file holds. Nothing is recorded.
    """
    if there := patient.facts.filter(id=token).first():
        return there
    columns = _columns(viewer, said)
    if said.lawful_basis == "consent":
        columns |= {"consent": consent.basis(patient, sensitive=_is_sensitive(said))}
    fact = SocialFact.objects.create(id=token, thread=token, patient=patient, **columns)
    audit.entry(viewer, access.RECORD, patient=patient.id, detail={"fact": str(fact.id)})
    return fact


@transaction.atomic
def correct_fact(
    viewer: Viewer, fact: SocialFact, said: Statement | None, reason: str, token: UUID
) -> SocialFact:
    """Correct a statement; the one before stays in its history.

    Parameters
    ----------
    viewer, token
        As for :func:`record_fact`.
    fact
        The statement that was wrong.
    said
        What is stated instead, of the same topic; nothing when there was nothing to state. On a
        consent it stands only where the other did, and on the same.
    reason
        Why, in the words of whoever corrects it.

    Raises
    ------
    Conflict
        When somebody else corrected it first.
    """
    if there := SocialFact.objects.filter(id=token, corrects=fact).first():
        return there
    unchanged = Statement(
        fact.topic, fact.status, fact.route, fact.lawful_basis, fact.sensitivity,
        fact.true_from, fact.true_until,
    )  # fmt: skip
    states = said or unchanged
    on_consent = states.lawful_basis == "consent"
    try:
        with transaction.atomic():
            after = SocialFact.objects.create(
                id=token,
                patient_id=fact.patient_id,
                corrects=fact,
                thread=fact.thread,
                retracted=said is None,
                reason=reason,
                consent_id=fact.consent_id if on_consent else None,
                **_columns(viewer, states),
            )
    except IntegrityError:
        raise Conflict from None
    detail = {"fact": str(after.id), "corrects": str(fact.id)}
    audit.entry(viewer, access.CORRECT, patient=fact.patient_id, detail=detail)
    return after


def _columns(viewer: Viewer, said: Statement) -> dict[str, object]:
    return {
        "topic": said.topic,
        "status": said.status,
        "route": said.route,
        "lawful_basis": said.lawful_basis,
        "sensitivity": "sensitive" if _is_sensitive(said) else "ordinary",
        "true_from": said.true_from,
        "true_until": said.true_until,
        "source_organisation_id": viewer.organisation_id,
        "recorded_by_id": viewer.user_id,
        "recorder_role": viewer.role,
        "recorded_on": dt.date.today(),
    }


def _is_sensitive(said: Statement) -> bool:
    return TOPICS[said.topic].sensitive or said.sensitivity == "sensitive"


@transaction.atomic
def own_account(patient: Patient) -> Membership:
    """Return as whom somebody opens their own pages: an account of theirs, without a password.

    Raises
    ------
    FairpracticeError
        When they are registered nowhere.
    """
    if patient.practice_id is None:
        raise FairpracticeError("they are registered at no practice", fix="Register them first.")
    user, _ = User.objects.get_or_create(
        username=f"person-{patient.id}",
        defaults={"name": "The person", "password": make_password(None)},
    )
    PersonAccount.objects.get_or_create(user=user, patient=patient)
    user.memberships.filter(ended_on=None).exclude(organisation_id=patient.practice_id).update(
        ended_on=dt.date.today()
    )
    found, _ = Membership.objects.get_or_create(
        user=user, organisation_id=patient.practice_id, role=Role.PATIENT, ended_on=None
    )
    return found


@transaction.atomic
def show_pages_of(patient: Patient, username: str, ends_on: dt.date | None = None) -> None:
    """Let a user open the pages of a person: in a demonstration, where nobody is real."""
    today, said = dt.date.today(), {}
    if ends_on:
        ground = min(until.grounds(patient.born_on, today), default="")
        said = {"ground": ground, "verified": "vouched", "looked_on": today}
    PersonAccount.objects.update_or_create(
        user=User.objects.get(username=username),
        patient=patient,
        defaults={"ends_on": ends_on, "reads": True, **said},
    )
