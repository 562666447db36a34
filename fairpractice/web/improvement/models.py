"""Improvement projects, who takes part, what was noted, and the score. Nothing about a person."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from fairpractice.web.core.locking import Versioned
from fairpractice.web.improvement import words
from fairpractice.web.organisations.models import Organisation


def levels() -> list[tuple[str, str]]:
    """Return at which levels somebody can take part. A new one migrates nothing."""
    return list(words.LEVELS.items())


def steps() -> list[tuple[str, str]]:
    """Return the steps that a note can be of."""
    return [*words.STEPS.items(), ("changed", "Changed")]


def results() -> list[tuple[str, str]]:
    """Return what can become of a project."""
    return list(words.RESULTS.items())


class Project(Versioned):
    """Something that is tried, with somebody who answers for it.

    ``place`` is the network whose staff see it. It follows ``measure`` for one ``group`` of a
    ``grouping``, and the gap between the ends of deprivation. ``rule`` is the list it came from.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    place = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=100)
    aim = models.TextField()
    whom = models.CharField(max_length=200, help_text="the group it is for, in words")
    change = models.TextField(help_text="what is tried")
    measure = models.CharField(max_length=100)
    grouping = models.CharField(max_length=50)
    group = models.CharField(max_length=100)
    rule = models.CharField(max_length=100, blank=True)
    began_on = models.DateField()
    review_on = models.DateField()
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    started_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    result = models.CharField(max_length=20, blank=True, choices=results)
    learned = models.TextField(blank=True)
    others = models.TextField(blank=True, help_text="what others should know")
    scored = models.UUIDField(null=True, help_text="the release whose figures it has")

    class Meta:
        verbose_name = "improvement project"
        indexes = [models.Index(fields=["place", "closed_at"])]
        constraints = [
            models.CheckConstraint(
                name="none_is_closed_without_what_was_learned",
                condition=models.Q(closed_at=None)
                | ~(models.Q(result="") | models.Q(learned="") | models.Q(others="")),
            ),
            models.CheckConstraint(
                name="a_review_comes_after_the_beginning",
                condition=models.Q(review_on__gt=models.F("began_on")),
            ),
        ]


class TakingPart(models.Model):
    """Some people take part, at a level, and what shows it. It is added to, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="taking_part")
    who = models.CharField(max_length=200, help_text="a group or an organisation, not a person")
    level = models.CharField(max_length=20, choices=levels)
    evidence = models.TextField()
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    said_at = models.DateTimeField(db_default=Now())


class Note(models.Model):
    """What was planned, done, seen or decided; or what was changed of the project itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="notes")
    step = models.CharField(max_length=10, choices=steps)
    words = models.TextField()
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    noted_at = models.DateTimeField(db_default=Now())


class Point(models.Model):
    """The measure of a project on a day, as it was released; ``value`` is empty where hidden."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="points")
    series = models.CharField(max_length=10, choices=[("group", "group"), ("gap", "gap")])
    on = models.DateField()
    value = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "series", "on"], name="one_point_a_day")
        ]
