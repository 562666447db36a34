"""What people agreed and objected to, how they can be reached safely, and emergencies."""

import datetime as dt
import uuid

from django.conf import settings
from django.db import models

from fairpractice.web.core.access import role_choices
from fairpractice.web.core.encryption import Encrypted
from fairpractice.web.core.locking import Versioned
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import words


def purposes() -> list[tuple[str, str]]:
    """Return what something can be shared for. A new purpose migrates nothing."""
    return list(words.PURPOSES.items())


def methods() -> list[tuple[str, str]]:
    """Return how a consent can be given."""
    return list(words.METHODS.items())


def givers() -> list[tuple[str, str]]:
    """Return who can give a consent."""
    return list(words.GIVERS.items())


def objected() -> list[tuple[str, str]]:
    """Return what can be objected to."""
    return list(words.OBJECTIONS.items())


class Consent(models.Model):
    """Somebody agreed that an organisation is told some kinds of things, for a purpose, for a time.

    It is never changed but by being withdrawn. ``sensitive`` hides that it is there from those who
    may not see what is sensitive: that somebody is helped by a refuge says as much as any fact.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="consents")
    recipient = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20, choices=purposes)
    categories = models.JSONField()
    sensitive = models.BooleanField()
    method = models.CharField(max_length=20, choices=methods)
    given_by = models.CharField(max_length=20, choices=givers)
    words = Encrypted(help_text="the words that were shown")
    words_version = models.CharField(max_length=20)
    starts_at = models.DateTimeField()
    ends_on = models.DateField(help_text="the first day on which it no longer holds")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorder_role = models.CharField(max_length=40, choices=role_choices)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["patient", "recipient"]),
            models.Index(fields=["recipient"]),
        ]


class Objection(models.Model):
    """Somebody objects to a use of what is held about them: the record's ``objection``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="objections")
    purpose = models.CharField(max_length=20, choices=objected)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorder_role = models.CharField(max_length=40, choices=role_choices)
    recorded_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "purpose"],
                condition=models.Q(withdrawn_at=None),
                name="one_objection_to_a_purpose_at_a_time",
            )
        ]


class Share(models.Model):
    """An organisation was told about a person. What it sees, the consent says at each look."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="shares")
    recipient = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="shares")
    purpose = models.CharField(max_length=20, choices=purposes)
    categories = models.JSONField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    sent_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["recipient", "sent_at"])]


class EmergencyAccess(models.Model):
    """Somebody opened the record of a person not in their care, for a reason and an hour."""

    class Found(models.TextChoices):
        """What the privacy officer found."""

        JUSTIFIED = "justified", "It was justified"
        NOT_JUSTIFIED = "not_justified", "It was not justified"
        TO_ASK = "to_ask", "It is being looked into"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="emergencies")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40, choices=role_choices)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    told = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="whose privacy officer is told: the network of the person's practice",
    )
    reason = Encrypted()
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    found = models.CharField(max_length=20, blank=True, choices=Found.choices)
    note = Encrypted(null=True)

    class Meta:
        indexes = [models.Index(fields=["told", "reviewed_at"])]


class SafeContact(Versioned):
    """How a person can be reached without harm. What is not said is not allowed, but for a call.

    Hours are those of the day, from the first to before the last; weekdays are 0 (Monday) to 6.
    """

    patient = models.OneToOneField(
        Patient, primary_key=True, on_delete=models.PROTECT, related_name="safe_contact"
    )
    prohibited = models.BooleanField(default=False)
    number = Encrypted(null=True)
    weekdays = models.JSONField(default=list)
    from_hour = models.PositiveSmallIntegerField(default=8)
    until_hour = models.PositiveSmallIntegerField(default=20)
    voicemail = models.BooleanField(default=False)
    text = models.BooleanField(default=False)
    letter = models.BooleanField(default=False)
    email = models.BooleanField(default=False)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    said_on = models.DateField(default=dt.date.today)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_hour_comes_before_another",
                condition=models.Q(from_hour__lt=models.F("until_hour"), until_hour__lte=24),
            )
        ]


class LegalHold(models.Model):
    """What is held about a person must be kept, whatever the schedule says, until it is lifted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="holds")
    reason = Encrypted()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    placed_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)


class AccessExport(models.Model):
    """What was exported to a person of all that is held about them, and what was left out, why.

    It is not held *about* the person, and so is in no export itself.
    """

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    left_out = models.JSONField()
    why = Encrypted(null=True)
