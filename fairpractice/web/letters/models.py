"""A letter, all its wordings, and each time that one of them left."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from fairpractice.web.core.encryption import Encrypted
from fairpractice.web.core.locking import Versioned
from fairpractice.web.patients.models import Patient


class Letter(Versioned):
    """A letter about one person. Its version is the number of its latest wording."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="letters")
    kind = models.CharField(max_length=100, help_text="the id of its template")
    title = models.CharField(max_length=200)
    begun_at = models.DateTimeField(db_default=Now())

    @property
    def latest(self) -> "Wording":
        """Its wording now."""
        found: Wording = self.wordings.select_related("written_by").latest("number")
        return found


class Wording(models.Model):
    """What a letter said from then on. It is never changed: another one follows it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="wordings")
    number = models.PositiveIntegerField()
    text = Encrypted()
    facts = Encrypted(help_text="the ids of the facts that its draft named")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["letter", "number"], name="one_wording_of_a_number")
        ]


class Leaving(models.Model):
    """Somebody took a wording out of the service, as a file."""

    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="leavings")
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    taken_at = models.DateTimeField(db_default=Now())
    form = models.CharField(max_length=10)
