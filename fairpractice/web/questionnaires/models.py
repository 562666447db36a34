"""What people are asked, the links that they open it by, and what they answer."""

import enum
import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from fairpractice.listening.urgent import KINDS
from fairpractice.record.tables import LAWFUL_BASES
from fairpractice.web.core.encryption import Encrypted
from fairpractice.web.core.locking import Versioned
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient, PersonAccount


class Way(enum.StrEnum):
    """How a link comes to somebody; or that there is none, and staff ask them in the room."""

    TEXT = "text"
    LETTER = "letter"
    DESK = "desk"
    ROOM = "room"


LINKED = (Way.TEXT, Way.LETTER, Way.DESK)


class Ask(models.Model):
    """Somebody is asked to answer one version of one questionnaire."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="asks")
    questionnaire = models.CharField(max_length=300, help_text="url|version")
    way = models.CharField(max_length=10, choices=[(way.value, way.value) for way in Way])
    lawful_basis = models.CharField(max_length=20, choices=[(each, each) for each in LAWFUL_BASES])
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    asked_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)


class Link(models.Model):
    """A way to open once what somebody is asked, or the pages of somebody for whom they act.

    Its code is nowhere: only what follows from it, with a key.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ask = models.ForeignKey(Ask, null=True, on_delete=models.CASCADE, related_name="links")
    account = models.ForeignKey(
        PersonAccount, null=True, on_delete=models.CASCADE, related_name="links"
    )
    digest = models.BinaryField(max_length=16, unique=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_link_opens_one_thing",
                condition=models.Q(ask__isnull=False, account__isnull=True)
                | models.Q(ask__isnull=True, account__isnull=False),
            )
        ]


class Reply(Versioned):
    """What somebody answered: as a form sends it while it is a draft, then as FHIR has it.

    A draft that is withdrawn is deleted.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ask = models.OneToOneField(Ask, on_delete=models.PROTECT, related_name="reply")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    words = models.CharField(
        max_length=40, blank=True, help_text="a language, easy-read, or its own words"
    )
    draft = Encrypted(null=True, help_text="texts by linkId")
    resource = Encrypted(null=True, help_text="the QuestionnaireResponse, once it is finished")
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_reply_is_a_draft_or_finished",
                condition=models.Q(
                    draft__isnull=False, resource__isnull=True, completed_at__isnull=True
                )
                | models.Q(draft__isnull=True, resource__isnull=False, completed_at__isnull=False),
            )
        ]


class UrgentNeed(models.Model):
    """An answer told of an urgent need: kept even if the draft is not.

    It is somebody's task for the day (``due_on``) only where it was told in hours that the
    practice had declared that it watches.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, related_name="urgent_needs")
    kind = models.CharField(max_length=20, choices=[(kind, kind) for kind in KINDS])
    told_at = models.DateTimeField()
    due_on = models.DateField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, help_text="whom to call was shown and passed")
    taken_back_at = models.DateTimeField(null=True, help_text="the answer was changed")
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ask", "kind"], name="told_once_of_a_kind")]


class WatchedHours(Versioned):
    """When a practice has declared that somebody looks at urgent answers. Without it: never.

    ``hours`` has ``[day, from, until]`` by day of the week, Monday 0; ``never_on`` days, such as
    bank holidays, when nobody does. ``safe_pathway`` declares what questions about abuse need: that
    somebody trained for it is there on the day on which it is told.
    """

    practice = models.OneToOneField(
        Organisation, primary_key=True, on_delete=models.PROTECT, related_name="watched_hours"
    )
    hours = models.JSONField(default=list)
    never_on = models.JSONField(default=list)
    safe_pathway = models.BooleanField(default=False)
