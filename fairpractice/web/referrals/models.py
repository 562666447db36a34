"""A referral of somebody to a service, how it moved, and what was said; and signposts to nobody."""

import uuid

from django.conf import settings
from django.db import models

from fairpractice.referral.states import CLOSED_WITH, OUTCOMES, PARTIES, STATES
from fairpractice.web.cases.models import Case, SetAside
from fairpractice.web.core.access import role_choices
from fairpractice.web.core.encryption import Encrypted
from fairpractice.web.core.locking import Versioned
from fairpractice.web.directory.models import Service
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient, topic_choices
from fairpractice.web.sharing.models import Consent


def states() -> list[tuple[str, str]]:
    """Return the states of a referral. A new one migrates nothing."""
    return [(state.id, state.label) for state in STATES.values()]


def parties() -> list[tuple[str, str]]:
    """Return who can move a referral."""
    return [(party, party.replace("_", " ")) for party in PARTIES]


def outcomes() -> list[tuple[str, str]]:
    """Return what can have become of the need."""
    return list(OUTCOMES.items())


class Referral(Versioned):
    """A service is asked to help somebody, who agreed to it.

    ``state`` is what its steps lead to. What the recipient sees of the person, the ``consent``
    says at each look, and of that the ``categories`` alone; ``asked`` is in words that were
    written for the recipient. ``sensitive`` hides that it is there from those who may not see
    what is sensitive. ``read_at`` is when somebody of the recipient last read its messages.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="referrals")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="referrals")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=40, choices=topic_choices)
    asked = Encrypted(null=True)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="referrals")
    categories = models.JSONField()
    sensitive = models.BooleanField()
    state = models.CharField(max_length=20, choices=states, default="draft")
    read_at = models.DateTimeField(null=True, blank=True)
    instead_of = models.OneToOneField(
        "self", null=True, on_delete=models.SET_NULL, related_name="continued_as"
    )

    class Meta:
        indexes = [
            models.Index(fields=["recipient", "state"]),
            models.Index(fields=["case", "state"]),
        ]


class Step(models.Model):
    """A move of a referral: from where to where, by whom, when and why. It is never changed.

    The database refuses to change one; it goes with its referral, when that is erased.
    ``continued_as`` is the id of the referral that took its place.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="steps")
    number = models.PositiveSmallIntegerField(help_text="1 for the first")
    before = models.CharField(max_length=20, choices=states)
    after = models.CharField(max_length=20, choices=states)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=20, choices=parties)
    at = models.DateTimeField()
    why = Encrypted(null=True)
    outcome = models.CharField(max_length=20, blank=True, choices=outcomes)
    continued_as = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["referral", "number"], name="one_step_after_another"),
            models.CheckConstraint(
                name="nothing_closes_without_outcome",
                condition=(models.Q(after__in=tuple(CLOSED_WITH)) & ~models.Q(outcome=""))
                | (~models.Q(after__in=tuple(CLOSED_WITH)) & models.Q(outcome="")),
            ),
        ]


class Message(models.Model):
    """What the service and the link worker wrote to one another. It is never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.CASCADE, related_name="messages")
    party = models.CharField(max_length=20, choices=parties)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = Encrypted()


class Signpost(models.Model):
    """Somebody was told of a service. Nothing says who: it is counted, and not named.

    It has no key to a person, a case or a user, and no day: on one day at one practice, with the
    audit trail beside it, a need would soon have a name.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=40, choices=topic_choices)
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40, choices=role_choices)
    month = models.DateField(help_text="its first day")

    class Meta:
        indexes = [models.Index(fields=["practice", "month"])]


class Batch(models.Model):
    """Coded entries that were written together into a file for the record of a practice."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "batches"


class CodedEntry(models.Model):
    """An entry for the record: a code, its term and a day; of an episode each is written once.

    It is of a case, or of somebody who declined before there was one (``set_aside``).
    """

    class Kind(models.TextChoices):
        """What it says."""

        REFERRED = "referred", "Referred to social prescribing"
        DECLINED = "declined", "Declined social prescribing"
        NEED = "need", "A need"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="entries")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coded_entries")
    case = models.ForeignKey(
        Case, null=True, on_delete=models.CASCADE, related_name="coded_entries"
    )
    set_aside = models.OneToOneField(
        SetAside, null=True, on_delete=models.CASCADE, related_name="coded_entry"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    topic = models.CharField(max_length=40, blank=True, choices=topic_choices)
    code = models.CharField(max_length=18)
    term = models.CharField(max_length=255)
    on = models.DateField()

    class Meta:
        verbose_name_plural = "coded entries"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind", "topic"], name="an_entry_of_an_episode_is_written_once"
            ),
            models.CheckConstraint(
                name="an_entry_is_of_a_case_or_of_who_declined_without",
                condition=models.Q(case__isnull=False, set_aside=None)
                | models.Q(case=None, set_aside__isnull=False, kind="declined"),
            ),
        ]
