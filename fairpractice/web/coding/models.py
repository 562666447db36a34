"""What was settled, by whom and how, and which letters may be coded from."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from fairpractice.web.letters.models import Wording
from fairpractice.web.patients.models import Patient, topic_choices


class Decision(models.Model):
    """Somebody settled a finding. What they recorded, or took back, is among ``wrote``.

    A finding is worked out anew at each look (``finding.py``) and known by its ``key``; while a
    decision about it stands, it is not shown.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10)
    key = models.CharField(max_length=64)
    topic = models.CharField(max_length=40, blank=True, choices=topic_choices)
    choice = models.CharField(max_length=50)
    wrote = models.JSONField(default=list, help_text="the ids of the facts that it made")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="decisions"
    )
    decided_at = models.DateTimeField(db_default=Now())
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "kind", "key"],
                condition=models.Q(undone_at=None),
                name="a_finding_is_settled_once",
            )
        ]


class Cleared(models.Model):
    """Somebody who may see what is sensitive said that a wording has nothing of it.

    So those who may not can code from it. What the letter says later is another wording.
    """

    wording = models.OneToOneField(
        Wording, primary_key=True, on_delete=models.PROTECT, related_name="cleared"
    )
    cleared_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    cleared_at = models.DateTimeField(db_default=Now())
