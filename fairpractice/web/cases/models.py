"""A case: a link worker helps somebody; what it came from, and what became of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from fairpractice.web.cases import words
from fairpractice.web.core.access import Role, role_choices
from fairpractice.web.core.encryption import Encrypted
from fairpractice.web.core.locking import Versioned
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import HelpWish, OwnWords, Patient, topic_choices
from fairpractice.web.questionnaires.models import Ask
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
        WITHDRAWN = "withdrawn", "Taken back"

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

    @property
    def came_from(self) -> str:
        """Where it came from, in words; who acts for somebody is told from them."""
        if self.origin == self.Origin.SELF and self.opener_role == Role.PROXY:
            return "asked for by somebody who acts for them"
        return str(self.get_origin_display())


ENDS = {value: words for value, words in Case.Outcome.choices if value != "withdrawn"}
"""The outcomes with which a link worker closes a case: what was taken back, none had taken on."""


class Request(models.Model):
    """Somebody asked for a link worker themselves, or for whom they act (``role``).

    It begins a case, or is kept in the one that is open: their own pages show what they asked, and
    nothing of a case that others began. It is over when it is taken back or the case is closed.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="requests")
    words = Encrypted(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=40, choices=role_choices)
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "request for a link worker"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "by"],
                condition=Q(taken_back_at=None),
                name="one_asks_once_at_a_time",
            )
        ]


class Attempt(models.Model):
    """Somebody tried to reach the person, or met them, and what came of it.

    ``against`` says why it was not safe, of what had happened already when it was entered.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="attempts")
    channel = models.CharField(max_length=10, choices=words.channels)
    result = models.CharField(max_length=20, choices=words.results)
    note = Encrypted(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(help_text="when it was")
    entered_at = models.DateTimeField()
    next_on = models.DateField(null=True, blank=True, help_text="when to try again, or to call")
    against = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = "attempt to reach them"
        indexes = [models.Index(fields=["case", "at"])]


class Goal(Versioned):
    """Something that the person wants to come to, agreed with them; and how far they came."""

    class State(models.TextChoices):
        """How far."""

        OPEN = "open", "Agreed"
        REACHED = "reached", "Reached"
        PARTLY = "partly", "Partly reached"
        LEFT = "left", "No longer wanted"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="goals")
    goal = Encrypted()
    own_words = models.ForeignKey(
        OwnWords, null=True, on_delete=models.SET_NULL, related_name="+", help_text="it comes from"
    )
    agreed_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    settled_at = models.DateTimeField(null=True, blank=True)


class Need(Versioned):
    """A need that came up in a case; whether they want help with it; and what became of it.

    That they have it is a statement of its own, and so is the wish, which says nothing of the need.
    """

    class Result(models.TextChoices):
        """What became of it."""

        RESOLVED = "resolved", "Resolved"
        PARTLY = "partly", "Partly resolved"
        NOT_RESOLVED = "not_resolved", "Not resolved"
        UNKNOWN = "unknown", "Not known"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="needs")
    topic = models.CharField(max_length=40, choices=topic_choices)
    wish = models.CharField(
        max_length=10, blank=True, choices=[(each.value, each.value) for each in HelpWish.Wish]
    )
    told_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    result = models.CharField(max_length=20, blank=True, choices=Result.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "topic"], name="a_need_once_in_a_case")
        ]


class Measurement(models.Model):
    """Somebody was asked how they are, before they were helped or after."""

    class Moment(models.TextChoices):
        """When."""

        BEFORE = "before", "Before"
        AFTER = "after", "After"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="measurements")
    ask = models.OneToOneField(Ask, on_delete=models.CASCADE, related_name="measurement")
    moment = models.CharField(max_length=10, choices=Moment.choices)


class Note(models.Model):
    """What somebody noted in a case; or that it was taken, given back, or taken back."""

    class About(models.TextChoices):
        """What it says."""

        NOTED = "noted", "Note"
        TAKEN = "taken", "Taken on"
        GIVEN_BACK = "given_back", "Given back"
        TAKEN_BACK = "taken_back", "Taken back by who asked"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    about = models.CharField(max_length=10, choices=About.choices, default=About.NOTED)
    note = Encrypted(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class SetAside(models.Model):
    """Somebody is not offered to link workers for now, though a list finds them; and why.

    It holds until ``back_on``, where there is a day; and, where there is ``evidence``, for as long
    as a list gives no reason for them that is not among it. Taken back, it holds no more.
    """

    class Kind(models.TextChoices):
        """Why, in one word."""

        SNOOZED = "snoozed", "Put off"
        DECLINED = "declined", "Declined"
        UNSUITABLE = "unsuitable", "Not suitable"
        HELPED = "helped", "Helped lately"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="set_aside")
    practice = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=20, choices=words.reasons)
    note = Encrypted(null=True)
    rule = models.CharField(max_length=100, blank=True)
    run = models.ForeignKey(Run, null=True, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, null=True, on_delete=models.CASCADE, related_name="set_aside")
    evidence = models.JSONField(null=True)
    back_on = models.DateField(null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "time not to be offered help"
        indexes = [models.Index(fields=["practice", "patient"])]
        constraints = [
            models.CheckConstraint(
                name="it_says_when_they_come_back",
                condition=Q(back_on__isnull=False) | Q(evidence__isnull=False),
            )
        ]
