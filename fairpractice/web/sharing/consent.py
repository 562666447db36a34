"""Consent and objection: given, withdrawn, and asked for whenever something is sent or seen."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.record.dates import months_after
from fairpractice.web.config.jinja import day
from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Viewer
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import words
from fairpractice.web.sharing.models import Consent, Objection, Share


SENSITIVE, CIRCUMSTANCES = "sensitive", "circumstances"


@dataclass(frozen=True)
class Agreed:
    """What somebody agrees to: who is told what, what for, how long; and how they said so."""

    recipient: Organisation
    purpose: str
    categories: tuple[str, ...]
    months: int
    method: str
    given_by: str = "person"
    sensitive: bool = False

    @property
    def ends_on(self) -> dt.date:
        """The first day on which it no longer holds."""
        return months_after(timezone.localdate(), self.months)

    @property
    def words(self) -> str:
        """What the person is told, in the words in force."""
        until = day(self.ends_on)
        kept = self.recipient.kind == Organisation.Kind.PRACTICE
        return words.shown(
            words.VERSION, self.recipient.name, self.purpose, self.categories, until, kept=kept
        )


def in_force(at: dt.datetime | None = None) -> Q:
    """Return the condition that a consent holds: begun, not over, and not withdrawn.

    Parameters
    ----------
    at
        When; now if left out. What was withdrawn does not hold now, whatever a clock says: of two
        servers one may be behind.
    """
    withdrawn_later = Q(withdrawn_at__gt=at) if at else Q()
    at = at or timezone.now()
    begun = Q(starts_at__lte=at, ends_on__gt=timezone.localdate(at))
    return begun & (Q(withdrawn_at=None) | withdrawn_later)


def allowed(
    patient: Patient,
    recipient: Organisation | UUID,
    purpose: str,
    category: str,
    at: dt.datetime | None = None,
) -> bool:
    """Tell whether an organisation may be told, or may see, something of a kind about a person.

    It is asked when something is sent and again whenever it is seen, so that what is withdrawn at
    ten is gone at ten.

    Parameters
    ----------
    patient, recipient
        About whom, and who is told.
    purpose, category
        One of :data:`~fairpractice.web.sharing.words.PURPOSES` and of ``CATEGORIES``.
    at
        When; now if left out.
    """
    return category in categories(patient, recipient, purpose, at)


def categories(
    patient: Patient,
    recipient: Organisation | UUID,
    purpose: str,
    at: dt.datetime | None = None,
) -> set[str]:
    """Return the kinds of things that an organisation may be told about a person, for a purpose."""
    to = recipient.id if isinstance(recipient, Organisation) else recipient
    found = patient.consents.filter(in_force(at), recipient_id=to, purpose=purpose)
    return {each for consent in found for each in consent.categories}


def basis(patient: Patient, *, sensitive: bool = False) -> Consent:
    """Return the consent on which the person's practice may hold what others tell of them.

    Parameters
    ----------
    patient
        About whom.
    sensitive
        Whether what is told is sensitive, which must have been agreed to by that name.

    Raises
    ------
    FairpracticeError
        When no consent to it holds now.
    """
    category = SENSITIVE if sensitive else CIRCUMSTANCES
    found = bases([patient], sensitive=sensitive).get(patient.id)
    if found is None:
        raise FairpracticeError(
            "no consent to it is on file that holds today",
            fix=f"Record that they agree that it is told: {words.CATEGORIES[category]}.",
        )
    return found


def bases(patients: Collection[Patient], *, sensitive: bool = False) -> dict[UUID, Consent]:
    """Return the consent that :func:`basis` returns of each person who has one, by person.

    Of several the one that holds longest is taken.
    """
    category = SENSITIVE if sensitive else CIRCUMSTANCES
    found = Consent.objects.filter(in_force(), patient__in=[each.id for each in patients])
    found = found.filter(recipient=F("patient__practice")).order_by("ends_on", "id")
    return {each.patient_id: each for each in found if category in each.categories}


def visible(patient: Patient, viewer: Viewer) -> QuerySet[Consent]:
    """Return the consents that the viewer may know of, the latest first."""
    found: QuerySet[Consent] = patient.consents.select_related("recipient", "recorded_by")
    if not viewer.may(access.SENSITIVE):
        found = found.filter(sensitive=False)
    return found.order_by("-starts_at", "id")


@transaction.atomic
def give(viewer: Viewer, patient: Patient, agreed: Agreed, token: UUID) -> Consent:
    """Record a consent, with the words that were shown.

    Parameters
    ----------
    viewer
        Who records it: staff, or the person on their own page.
    patient
        Whose it is.
    agreed
        What is agreed to.
    token
        The form's own id, which becomes the consent's: a form sent twice records once.

    Raises
    ------
    FairpracticeError
        When no category is chosen, or one that there is not.
    """
    if there := patient.consents.filter(id=token).first():
        return there
    if not agreed.categories or not set(agreed.categories) <= set(words.CATEGORIES):
        raise FairpracticeError("nothing is chosen to be shared", fix="Choose what is shared.")
    given = Consent.objects.create(
        id=token,
        patient=patient,
        recipient=agreed.recipient,
        purpose=agreed.purpose,
        categories=list(agreed.categories),
        sensitive=agreed.sensitive or SENSITIVE in agreed.categories,
        method=agreed.method,
        given_by=agreed.given_by,
        words=agreed.words,
        words_version=words.VERSION,
        starts_at=timezone.now(),
        ends_on=agreed.ends_on,
        recorded_by_id=viewer.user_id,
        recorder_role=viewer.role,
    )
    detail = {"consent": str(given.id), "recipient": str(agreed.recipient.id)}
    audit.entry(viewer, access.CONSENT, patient=patient.id, detail=detail)
    return given


@transaction.atomic
def withdraw(viewer: Viewer, consent: Consent) -> None:
    """End a consent now. Withdrawing what was withdrawn changes nothing."""
    rows = Consent.objects.filter(id=consent.id, withdrawn_at=None)
    if rows.update(withdrawn_at=timezone.now(), withdrawn_by_id=viewer.user_id):
        detail = {"consent": str(consent.id)}
        audit.entry(viewer, access.WITHDRAW, patient=consent.patient_id, detail=detail)


@transaction.atomic
def share(viewer: Viewer, consent: Consent, token: UUID) -> Share:
    """Tell an organisation what a person agreed that it is told; sent twice, it is told once.

    Raises
    ------
    FairpracticeError
        When the consent no longer holds. Nothing is sent.
    """
    if there := consent.shares.filter(id=token).first():
        return there
    held = Consent.objects.select_for_update().filter(in_force(), id=consent.id).first()
    if held is None:
        raise FairpracticeError(
            "this was withdrawn or has ended, so nothing was sent",
            fix="Ask the person again, if it is still needed.",
        )
    sent = Share.objects.create(
        id=token,
        patient_id=held.patient_id,
        recipient_id=held.recipient_id,
        consent=held,
        purpose=held.purpose,
        categories=held.categories,
        sent_by_id=viewer.user_id,
        sent_at=timezone.now(),
    )
    detail = {"share": str(sent.id), "recipient": str(held.recipient_id)}
    audit.entry(viewer, access.SHARE, patient=held.patient_id, detail=detail)
    return sent


def seen_by(organisation: UUID, patient: Patient) -> set[str]:
    """Return the kinds of things about a person that an organisation was told and may see now."""
    told = patient.shares.filter(
        recipient_id=organisation, consent__in=Consent.objects.filter(in_force())
    )
    return {
        each
        for sent in told
        for each in sent.categories
        if allowed(patient, organisation, sent.purpose, each)
    }


def shown_to(organisation: UUID) -> QuerySet[Patient]:
    """Return the people about whom an organisation was told and may see something now."""
    consents = Consent.objects.filter(in_force(), recipient_id=organisation)
    told = Share.objects.filter(recipient_id=organisation, consent__in=consents)
    return Patient.objects.filter(id__in=told.values("patient"))


@transaction.atomic
def objects_to(viewer: Viewer, patient: Patient, purpose: str) -> None:
    """Record that a person objects to a use of their data; again changes nothing."""
    try:
        with transaction.atomic():
            Objection.objects.create(
                patient=patient,
                purpose=purpose,
                recorded_by_id=viewer.user_id,
                recorder_role=viewer.role,
                recorded_at=timezone.now(),
            )
    except IntegrityError:
        return
    detail = {"objects_to": purpose}
    audit.entry(viewer, access.OBJECT, patient=patient.id, detail=detail)


@transaction.atomic
def objects_no_longer(viewer: Viewer, patient: Patient, purpose: str) -> None:
    """Take an objection back; it stays in the register."""
    rows = patient.objections.filter(purpose=purpose, withdrawn_at=None)
    if rows.update(withdrawn_at=timezone.now()):
        detail = {"objects_no_longer_to": purpose}
        audit.entry(viewer, access.OBJECT, patient=patient.id, detail=detail)


def objections(patient: Patient) -> set[str]:
    """Return the purposes that a person objects to now."""
    return set(patient.objections.filter(withdrawn_at=None).values_list("purpose", flat=True))
