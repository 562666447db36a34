"""The person as the service knows them, and what was entered here about their circumstances."""

import datetime as dt
import enum
import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from fairpractice.record.tables import FACT_STATUSES, LAWFUL_BASES, ROUTES, SENSITIVITIES
from fairpractice.record.topics import TOPICS
from fairpractice.web.core.access import role_choices
from fairpractice.web.core.encryption import Encrypted
from fairpractice.web.organisations.models import Organisation


def _choices(names: tuple[str, ...]) -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in names]


def topic_choices() -> list[tuple[str, str]]:
    """Return the topics, with what they are called. A new one migrates nothing."""
    return [(topic.id, topic.label) for topic in TOPICS.values()]


class Patient(models.Model):
    """A person registered at a practice, or lately so.

    ``identity`` has the columns of the record's identity table that are known, as text. The two
    indexes are blind (:func:`fairpractice.web.core.encryption.blind_index`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    record_id = models.BigIntegerField(unique=True, help_text="patient_id in the record")
    practice = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="patients", db_index=False
    )
    identity = Encrypted()
    by_nhs_number = models.BinaryField(max_length=16, null=True)
    by_name_and_birth = models.BinaryField(max_length=16, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["practice", "id"]),
            models.Index(fields=["by_nhs_number"]),
            models.Index(fields=["by_name_and_birth"]),
        ]

    @property
    def name(self) -> str:
        """Given and family name."""
        names = (self.identity.get("given_name"), self.identity.get("family_name"))
        return " ".join(name for name in names if name) or "Name not known"

    @property
    def nhs_number(self) -> str:
        """The NHS number as it is read out: three, three, four; empty when not known."""
        number = self.identity.get("nhs_number") or ""
        return f"{number[:3]} {number[3:6]} {number[6:]}".strip()

    @property
    def born_on(self) -> dt.date | None:
        """The date of birth, when it is known."""
        known = self.identity.get("date_of_birth")
        return dt.date.fromisoformat(known) if known else None


class PersonAccount(models.Model):
    """A user who is this person, or their proxy until a day.

    A proxy answers questions; where ``reads``, they also see what is held. What is sensitive
    suspends them (``suspension.py``), but for as many statements as whoever last looked at the
    account knew of (``sensitive_seen``). ``ground`` and ``verified`` say why they may, and how it
    was checked who they are (``questionnaires/proxies.py``); a person's own account has neither.
    ``looked_on`` is the day on which somebody last decided it: with the next birthday that changes
    who decides, it is over (``until.py``).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="people"
    )
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="accounts")
    ends_on = models.DateField(null=True, blank=True)
    looked_on = models.DateField(default=dt.date.today)
    reads = models.BooleanField(default=False)
    sensitive_seen = models.PositiveIntegerField(default=0)
    ground = models.CharField(max_length=20, blank=True)
    verified = models.CharField(max_length=20, blank=True)


class OwnWords(models.Model):
    """What somebody wrote of what matters to them, or of what goes well and helps them.

    It is never changed: what they write later stands above it, and what they take back is taken
    off their portrait.
    """

    class About(enum.StrEnum):
        """What it is about."""

        MATTERS = "matters"
        STRENGTHS = "strengths"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="own_words")
    about = models.CharField(max_length=10, choices=[(each.value, each.value) for each in About])
    words = Encrypted()
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    told_at = models.DateTimeField(db_default=Now())
    taken_back_at = models.DateTimeField(null=True, blank=True)


class HelpWish(models.Model):
    """Whether somebody would like help with something. It says nothing of whether they need it."""

    class Wish(enum.StrEnum):
        """What they said of it."""

        WANTED = "wanted"
        NOT_WANTED = "not_wanted"
        HAS_HELP = "has_help"
        DECLINED = "declined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="help_wishes")
    topic = models.CharField(max_length=40, choices=topic_choices)
    wish = models.CharField(max_length=10, choices=[(each.value, each.value) for each in Wish])
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    told_at = models.DateTimeField(db_default=Now())


class SocialFact(models.Model):
    """One statement about one person's circumstances, entered here: the record's ``social_fact``.

    It is never changed. What corrects it names it, and is the statement from then on; one that was
    made in error is corrected by one that is ``retracted``. One statement is corrected once: a
    second correction of it finds that somebody else was first.

    What stands on a consent names it, and may be used while that holds (``facts.standing``).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="facts")
    topic = models.CharField(max_length=40, choices=topic_choices)
    status = models.CharField(max_length=10, choices=_choices(FACT_STATUSES))
    route = models.CharField(max_length=20, choices=_choices(ROUTES))
    source_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    recorder_role = models.CharField(max_length=40, choices=role_choices)
    recorded_on = models.DateField()
    true_from = models.DateField(null=True, blank=True)
    true_until = models.DateField(null=True, blank=True)
    lawful_basis = models.CharField(max_length=20, choices=_choices(LAWFUL_BASES))
    consent = models.ForeignKey(
        "sharing.Consent", null=True, on_delete=models.PROTECT, related_name="facts"
    )
    sensitivity = models.CharField(max_length=10, choices=_choices(SENSITIVITIES))
    entered_at = models.DateTimeField(db_default=Now())
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    thread = models.UUIDField(db_index=True, help_text="the id of the first of its corrections")
    retracted = models.BooleanField(default=False)
    reason = Encrypted(null=True, help_text="why it corrects the other, in the words of who did")

    class Meta:
        indexes = [models.Index(fields=["entered_at"])]
        constraints = [
            models.CheckConstraint(
                name="a_retraction_and_a_reason_are_of_a_correction",
                condition=models.Q(corrects__isnull=False)
                | models.Q(retracted=False, reason__isnull=True),
            ),
            models.CheckConstraint(
                name="what_stands_on_a_consent_names_it",
                condition=models.Q(lawful_basis="consent", consent__isnull=False)
                | (~models.Q(lawful_basis="consent") & models.Q(consent__isnull=True)),
            ),
        ]
