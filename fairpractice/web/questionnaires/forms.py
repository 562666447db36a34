"""What these pages are sent, checked."""

import datetime as dt
from collections.abc import Mapping

from django import forms

from fairpractice.web.questionnaires.models import Way


class Asking(forms.Form):
    """What is asked, by which way, and the form's own id."""

    token = forms.UUIDField()
    questionnaire = forms.CharField(error_messages={"required": "Choose what to ask"})
    way = forms.ChoiceField(
        choices=[(way.value, way.value) for way in Way],
        error_messages={"required": "Choose how the link comes to them"},
    )


def day(sent: Mapping[str, str]) -> dt.date | None:
    """Return the day that three fields say, or nothing if it is none."""
    parts = [sent.get(part, "").strip() for part in ("year", "month", "day")]
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        return None
    try:
        return dt.date(*map(int, parts))
    except ValueError:
        return None
