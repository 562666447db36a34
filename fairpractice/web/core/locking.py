"""Two people with one page open: the second to save is told, and nothing is lost."""

from typing import Any

from django.db import models

from fairpractice.errors import FairpracticeError


class Conflict(FairpracticeError):  # noqa: N818 (it reads as what happened)
    """Somebody else changed it since the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            "somebody else changed this while you had it open",
            fix="Look at what it says now, and make your change again if it is still needed.",
        )


class Versioned(models.Model):
    """A row that counts its changes; a form carries the version that its page showed."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:  # noqa: D106 (what Meta is, Django says)
        abstract = True


def change(row: Versioned, seen: int, **values: Any) -> None:
    """Change a row, if it still is the version that was seen.

    Raises
    ------
    Conflict
        When it is not; nothing is changed.
    """
    rows = type(row).objects.filter(pk=row.pk, version=seen)
    if not rows.update(**values, version=seen + 1):
        raise Conflict
    row.refresh_from_db()
