"""A run that made every list, who is on which, and who was looked at again since."""

import uuid

from django.db import models

from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient


class Run(models.Model):
    """One making of all lists. Pages show the one that is current; a stopped one is nobody's.

    ``reads_since`` is a moment before it read anything: what was entered from then on, it may not
    have seen. ``definitions`` says which rules and codelists it asked.
    """

    class State(models.TextChoices):
        """What became of it."""

        RUNNING = "running", "is being made"
        CURRENT = "current", "is shown"
        FORMER = "former", "was shown before"
        STOPPED = "stopped", "was stopped"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    on = models.DateField(help_text="the day that is asked about")
    reads_since = models.DateTimeField()
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    definitions = models.CharField(max_length=64, blank=True)
    process = models.CharField(max_length=100, help_text="which process on which machine")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state="current"), name="one_run_is_current"
            )
        ]


class Place(models.Model):
    """Somebody is on a list of a run, and why, in words.

    ``practice`` is where they were registered then: who has moved is on no list until the next.
    ``sensitive`` is a list that asks about something sensitive.
    """

    run = models.ForeignKey(
        Run, on_delete=models.CASCADE, related_name="places", db_constraint=False, db_index=False
    )
    practice = models.ForeignKey(
        Organisation,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    rule = models.CharField(max_length=100)
    sensitive = models.BooleanField()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="places")
    reasons = models.PositiveSmallIntegerField(help_text="how many: the most come first")
    because = models.JSONField()
    outcomes = models.JSONField()
    comes_off_when = models.JSONField()

    class Meta:
        verbose_name = "place on a list"
        constraints = [
            models.UniqueConstraint(
                fields=["run", "practice", "rule", "patient"], name="once_on_a_list"
            )
        ]


class LookedAgain(models.Model):
    """Somebody's places were made again, after so many changes since the run."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    changes = models.PositiveIntegerField()

    class Meta:
        verbose_name = "list looked at again"
        constraints = [
            models.UniqueConstraint(fields=["run", "patient"], name="looked_again_once_a_run")
        ]
