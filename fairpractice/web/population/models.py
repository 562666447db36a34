"""A release of a network's figures, and its parts: all that pages and downloads can show."""

import uuid

from django.db import models

from fairpractice.web.organisations.models import Organisation


class Release(models.Model):
    """Figures of a network as of a day, protected together before they were stored.

    ``asked`` says which measures, codelists, edition and practices they are of; ``about`` is what
    is said of all of them; ``numbers`` are all that were released, against which the next release
    is protected (Parquet, see :func:`fairpractice.reporting.release.numbers`).
    """

    class State(models.TextChoices):
        """Whether it is shown."""

        CURRENT = "current", "is shown"
        FORMER = "former", "was shown before"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    network = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices)
    on = models.DateField(help_text="the day that is asked about")
    made_at = models.DateTimeField()
    asked = models.CharField(max_length=64)
    about = models.JSONField()
    numbers = models.BinaryField()

    class Meta:
        verbose_name = "release of figures"
        verbose_name_plural = "releases of figures"
        constraints = [
            models.UniqueConstraint(
                fields=["network"],
                condition=models.Q(state="current"),
                name="one_release_of_a_network_is_current",
            )
        ]


class Part(models.Model):
    """A page's worth of a release: a measure, a named set, or what is recorded.

    ``address`` stays when figures are made again. ``shown`` is what its page says, and ``rows``
    are what its download has; practices are in them by code, and get their letters when shown.
    """

    class Kind(models.TextChoices):
        """What it is about."""

        MEASURE = "measure", "a measure"
        SET = "set", "a named set"
        RECORDED = "recorded", "what is recorded"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=100, help_text="the id of what is asked")
    title = models.CharField(max_length=300)
    address = models.UUIDField()
    place = models.PositiveSmallIntegerField(help_text="in the overview, from 0")
    summary = models.JSONField(help_text="what the overview says of it")
    shown = models.JSONField()
    rows = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "address"], name="one_part_at_an_address")
        ]


class Reached(models.Model):
    """How far help got, and to whom: the figures of a network as they were last released.

    ``shown`` is what the page says, and ``rows`` are what the download has.
    """

    network = models.OneToOneField(
        Organisation, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    on = models.DateField(help_text="the day that they are of")
    made_at = models.DateTimeField()
    shown = models.JSONField(default=dict)
    rows = models.JSONField()

    class Meta:
        verbose_name = "how far help got"
        verbose_name_plural = "how far help got"
