"""A case: a link worker helps somebody; what it came from, and what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from fairpractice.web.core.access import role_choices
from fairpractice.web.core.encryption import Encrypted
from fairpractice.web.core.locking import Versioned
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient, topic_choices
from fairpractice.web.worklists.models import Run


class Case(Versioned):
    """Somebody is helped, or waits to be: ``worker`` is nobody until a link worker takes it.

    It keeps what it came from. Of a list: ``rule``, the ``run`` that found them, the
    ``definitions`` as which rules and codelists were asked, and in ``place`` the words of the
    list when the person was taken (``because``, ``outcomes``, ``comes_off_when``). Of a practice:
    the ``need``, and what it ``asked`` in a sentence. ``told`` is what the practice was told when
    it was closed.
    """

    class Origin(models.TextChoices):
        """Where it came from."""

        WORKLIST = "worklist", "found on a list"
        PRACTICE = "practice", "asked for by the practice"
        SELF = "self", "asked for by the person"
        OUTSIDE = "outside", "asked for by another organisation"

    class Outcome(models.TextChoices):
        """What became of it."""

        RESOLVED = "resolved", "Resolved"
        PARTLY = "partly", "Partly resolved"
        NOT_RESOLVED = "not_resolved", "Not resolved"
        NOT_REACHED = "not_reached", "Could not be contacted"
        DECLINED = "declined", "Declined"
        MOVED = "moved", "Moved away"
        DIED = "died", "Died"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="cases")
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="cases"
    )
    origin = models.CharField(max_length=10, choices=Origin.choices)
    rule = models.CharField(max_length=100, blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")
    definitions = models.CharField(max_length=64, blank=True)
    place = Encrypted(null=True)
    need = models.CharField(max_length=40, blank=True, choices=topic_choices)
    asked = Encrypted(null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    opener_role = models.CharField(max_length=40, choices=role_choices)
    opened_at = models.DateTimeField()
    taken_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True, choices=Outcome.choices)
    told = Encrypted(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "practice"],
                condition=Q(closed_at=None),
                name="one_open_case_at_a_practice",
            ),
            models.CheckConstraint(
                name="a_case_is_taken_by_somebody",
                condition=Q(worker=None, taken_at=None)
                | Q(worker__isnull=False, taken_at__isnull=False),
            ),
            models.CheckConstraint(
                name="a_case_is_closed_with_an_outcome",
                condition=Q(closed_at=None, outcome="")
                | (Q(closed_at__isnull=False) & ~Q(outcome="")),
            ),
            models.CheckConstraint(
                name="what_a_list_found_names_it",
                condition=~Q(origin="worklist")
                | (Q(run__isnull=False, place__isnull=False) & ~Q(rule="")),
            ),
        ]
        indexes = [models.Index(fields=["practice", "closed_at"])]
