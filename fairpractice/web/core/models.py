"""The tables that every part of the service uses."""

from django.db import models


class Entry(models.Model):
    """One line of the audit trail. The database refuses to change it or take it out.

    It names people and organisations by id, without a foreign key: it outlasts them.
    """

    at = models.DateTimeField()
    user_id = models.UUIDField(null=True)
    role = models.CharField(max_length=40, blank=True)
    organisation_id = models.UUIDField(null=True)
    patient_id = models.UUIDField(null=True)
    purpose = models.CharField(max_length=40)
    act = models.CharField(max_length=80)
    outcome = models.CharField(max_length=10)
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["patient_id", "at"]),
            models.Index(fields=["user_id", "at"]),
            models.Index(fields=["at"]),
        ]


class Seal(models.Model):
    """The hash of one entry and of the seal before it. The database refuses to change it."""

    number = models.BigIntegerField(primary_key=True)
    entry = models.OneToOneField(
        Entry, on_delete=models.DO_NOTHING, db_constraint=False, related_name="seal"
    )
    hash = models.CharField(max_length=64)


class Attempts(models.Model):
    """How often somebody tried something in a window of time (:mod:`.rate_limit`)."""

    key = models.CharField(max_length=120, primary_key=True)
    since = models.DateTimeField()
    count = models.PositiveIntegerField()
