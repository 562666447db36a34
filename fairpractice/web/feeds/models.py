"""Who may send facts and on what ground, the files they sent, and what became of each line."""

import datetime as dt
import enum
import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from fairpractice.web.core.encryption import Encrypted
from fairpractice.web.core.locking import Versioned
from fairpractice.web.feeds.reading import NEEDED, OPTIONAL
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient, SocialFact, topic_choices


class Source(models.Model):
    """An agreement by which a partner sends facts to a practice, or to all of a network.

    ``columns`` names the heading of each column of its files, ``topics`` what it may send.
    """

    BASES = (("sharing_agreement", "a sharing agreement"), ("consent", "each person's consent"))

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sends")
    holder = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="is_sent")
    reference = models.CharField(max_length=200, help_text="where the agreement is kept")
    purpose = models.CharField(max_length=500)
    lawful_basis = models.CharField(max_length=20, choices=BASES)
    begins_on = models.DateField()
    ends_on = models.DateField(help_text="the first day on which it is no longer in force")
    topics = models.JSONField()
    columns = models.JSONField()
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_agreement_ends_after_it_begins",
                condition=models.Q(ends_on__gt=models.F("begins_on")),
            )
        ]

    @property
    def headings(self) -> list[str]:
        """The headings of its files, in one order: the database keeps none."""
        return [self.columns[name] for name in (*NEEDED, *OPTIONAL) if name in self.columns]

    def in_force(self, on: dt.date) -> bool:
        """Tell whether facts may enter by it on a day."""
        began: bool = self.begins_on <= on
        return began and on < self.ends_on


class File(Versioned):
    """A file that came for a practice. Its bytes are not kept, only what they hash to."""

    class State(enum.StrEnum):
        """What became of it."""

        RECEIVED = "received"
        ACCEPTED = "accepted"
        UNDONE = "undone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="files")
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="files")
    fingerprint = models.CharField(max_length=64)
    state = models.CharField(
        max_length=10,
        choices=[(each.value, each.value) for each in State],
        default=State.RECEIVED.value,
    )
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    sent_at = models.DateTimeField(db_default=Now())
    reason = Encrypted(null=True, help_text="why it was undone")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "practice", "fingerprint"],
                condition=~models.Q(state="undone"),
                name="a_file_is_taken_once",
            )
        ]


class Line(Versioned):
    """What became of a line. Whom it named is kept only while somebody is to settle it."""

    class Outcome(enum.StrEnum):
        """What is done with it when the file is accepted."""

        STORE = "store"
        HELD = "held"
        ASIDE = "aside"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    outcome = models.CharField(
        max_length=10, choices=[(each.value, each.value) for each in Outcome]
    )
    why = models.CharField(max_length=200, blank=True)
    patient = models.ForeignKey(
        Patient, null=True, on_delete=models.PROTECT, related_name="feed_lines"
    )
    topic = models.CharField(max_length=40, blank=True, choices=topic_choices)
    status = models.CharField(max_length=10, blank=True)
    stated_on = models.DateField(null=True)
    named = Encrypted(null=True)
    fact = models.OneToOneField(
        SocialFact, null=True, on_delete=models.PROTECT, related_name="came_by"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="one_outcome_of_a_line"),
            models.CheckConstraint(
                name="whom_a_line_named_is_kept_while_it_is_held",
                condition=models.Q(outcome="held") | models.Q(named=None),
            ),
        ]
