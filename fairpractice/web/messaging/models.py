"""Messages that are to go out, and what became of them."""

import enum
import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from fairpractice.web.core.encryption import Encrypted
from fairpractice.web.messaging.words import WORDS
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient


class Way(enum.StrEnum):
    """How a message goes to somebody; ``pages`` are their own pages here."""

    TEXT = "text"
    EMAIL = "email"
    LETTER = "letter"
    PAGES = "pages"


def word_choices() -> list[tuple[str, str]]:
    """Return what a message can say. A new one migrates nothing."""
    return [(name, name) for name in WORDS]


class Outgoing(models.Model):
    """A message to one person or one organisation, written in the transaction that causes it.

    ``key`` says what causes it: of one key there is one message. Where a person is reached is not
    kept: it is asked when the message is sent. ``filled_in`` (an address that may open something)
    and an organisation's ``to`` are kept, encrypted, for as long as they are needed.

    ``place`` is the organisation whose staff are told if it is not sent. ``ask_at`` is when its
    sender is asked next whether it arrived (:mod:`.arriving`); nothing when that is known, or never
    will be.
    """

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "waits to be sent"
        SENDING = "sending", "is being sent"
        SENT = "sent", "was sent"
        UNSAFE = "unsafe", "was not sent: they are not to be reached that way"
        LATE = "late", "was not sent in time"
        FAILED = "failed", "could not be sent"
        BOUNCED = "bounced", "was sent, and could not be delivered"
        TAKEN_BACK = "taken_back", "was taken back"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=200, unique=True)
    way = models.CharField(max_length=10, choices=[(way.value, way.value) for way in Way])
    words = models.CharField(max_length=20, choices=word_choices)
    patient = models.ForeignKey(
        Patient, null=True, on_delete=models.PROTECT, related_name="messages"
    )
    organisation = models.ForeignKey(
        Organisation, null=True, on_delete=models.PROTECT, related_name="+"
    )
    to = Encrypted(null=True, help_text="an organisation's address")
    filled_in = Encrypted(null=True, help_text="what its words are filled in with")
    place = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    put_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    put_at = models.DateTimeField(db_default=Now())
    not_before = models.DateTimeField(db_default=Now())
    not_after = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    sender = models.CharField(max_length=20, blank=True)
    tries = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)
    ask_at = models.DateTimeField(null=True, blank=True)
    theirs = models.CharField(max_length=100, blank=True, help_text="what the sender calls it")
    why = models.CharField(max_length=200, blank=True, help_text="why it was not sent")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = "message"
        constraints = [
            models.CheckConstraint(
                name="a_message_is_to_a_person_or_an_organisation",
                condition=models.Q(patient__isnull=False, organisation__isnull=True)
                | models.Q(patient__isnull=True, organisation__isnull=False),
            )
        ]
        indexes = [
            models.Index(
                fields=["not_before"],
                condition=models.Q(state__in=("waiting", "sending")),
                name="messages_that_wait",
            ),
            models.Index(
                fields=["ask_at"],
                condition=models.Q(state="sent", ask_at__isnull=False),
                name="messages_to_be_asked_about",
            ),
            models.Index(
                fields=["place", "over_at"],
                condition=models.Q(
                    state__in=("unsafe", "late", "failed", "bounced"), settled_at=None
                ),
                name="messages_not_sent",
            ),
        ]


NOT_SENT = (
    Outgoing.State.UNSAFE,
    Outgoing.State.LATE,
    Outgoing.State.FAILED,
    Outgoing.State.BOUNCED,
)
"""What became of a message that somebody is told of."""
