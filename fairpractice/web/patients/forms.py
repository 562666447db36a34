"""What the pages of people are sent, checked."""

from typing import Any

from django import forms

from fairpractice.record.tables import LAWFUL_BASES, ROUTES
from fairpractice.record.topics import TOPICS
from fairpractice.web.patients.actions import Statement


STATUSES = ("present", "absent", "declined")


class Numbered(forms.Form):
    """A search by NHS number."""

    nhs_number = forms.CharField(max_length=20, error_messages={"required": "Enter an NHS number"})


class Named(forms.Form):
    """A search by family name and date of birth."""

    family_name = forms.CharField(
        max_length=100, error_messages={"required": "Enter a family name"}
    )
    day = forms.IntegerField(min_value=1, max_value=31)
    month = forms.IntegerField(min_value=1, max_value=12)
    year = forms.IntegerField(min_value=1880, max_value=2200)


class Said(forms.Form):
    """A statement, and the form's own id."""

    token = forms.UUIDField()
    topic = forms.ChoiceField(choices=[(each, each) for each in TOPICS])
    status = forms.ChoiceField(choices=[(each, each) for each in STATUSES])
    route = forms.ChoiceField(choices=[(each, each) for each in ROUTES])
    lawful_basis = forms.ChoiceField(choices=[(each, each) for each in LAWFUL_BASES])

    def statement(self) -> Statement:
        """Return what was sent as a statement."""
        said: dict[str, Any] = dict(self.cleaned_data)
        del said["token"]
        return Statement(**said)


class Corrected(forms.Form):
    """A correction: what it should say, or that nothing should have been recorded, and why."""

    token = forms.UUIDField()
    status = forms.ChoiceField(
        choices=[(each, each) for each in (*STATUSES, "retracted")],
        error_messages={"required": "Choose what it should say"},
    )
    reason = forms.CharField(max_length=500, error_messages={"required": "Say why, in a few words"})
