"""Organisations, and who belongs to them."""

import enum
import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from fairpractice.web.core.access import role_choices


class Organisation(models.Model):
    """A network, a practice of one, or a community partner."""

    class Kind(enum.StrEnum):
        """What it is."""

        NETWORK = "network"
        PRACTICE = "practice"
        PARTNER = "partner"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind])
    code = models.CharField(max_length=20, unique=True, help_text="Its ODS code, or ours.")
    name = models.CharField(max_length=200)
    network = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="practices"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="only_a_practice_is_of_a_network",
                condition=models.Q(kind="practice") | models.Q(network=None),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Somebody in a role in an organisation. It is ended, not deleted.

    ``given_by`` is the colleague who gave it, on a page; nobody, where it came about otherwise.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships"
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=40, choices=role_choices)
    began_at = models.DateTimeField(db_default=Now())
    ended_on = models.DateField(null=True, blank=True)
    signed_in_at = models.DateTimeField(null=True, blank=True, help_text="in this role, last")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation", "role"],
                condition=models.Q(ended_on=None),
                name="one_membership_of_a_kind",
            )
        ]
