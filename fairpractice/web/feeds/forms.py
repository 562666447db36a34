"""What the pages of feeds are sent, checked."""

from typing import Any

from django import forms

from fairpractice.record.topics import TOPICS
from fairpractice.web.feeds.models import Source
from fairpractice.web.feeds.reading import NEEDED, OPTIONAL
from fairpractice.web.organisations.models import Organisation


COLUMNS = {
    "nhs_number": "NHS number",
    "date_of_birth": "Date of birth",
    "topic": "Topic",
    "status": "Status",
    "date": "Date",
    "family_name": "Family name",
}
SENDABLE = tuple((each.id, each.label) for each in TOPICS.values() if not each.sensitive)


class Agreement(forms.Form):
    """An agreement, and the form's own id."""

    token = forms.UUIDField()
    partner = forms.ModelChoiceField(
        Organisation.objects.filter(kind=Organisation.Kind.PARTNER),
        error_messages={"required": "Choose who sends", "invalid_choice": "Choose who sends"},
    )
    reference = forms.CharField(
        max_length=200, error_messages={"required": "Say where the agreement is kept"}
    )
    purpose = forms.CharField(
        max_length=500, error_messages={"required": "Say what the facts are sent for"}
    )
    lawful_basis = forms.ChoiceField(
        choices=Source.BASES, error_messages={"required": "Choose the ground it stands on"}
    )
    begins_on = forms.DateField(
        error_messages={"required": "Enter the first day", "invalid": "Enter the first day"}
    )
    ends_on = forms.DateField(
        error_messages={"required": "Enter the last day", "invalid": "Enter the last day"}
    )
    topics = forms.MultipleChoiceField(
        choices=SENDABLE, error_messages={"required": "Choose what may be sent"}
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        for name in (*NEEDED, *OPTIONAL):
            self.fields[f"column_{name}"] = forms.CharField(
                max_length=100,
                required=name in NEEDED,
                error_messages={"required": f"Say what the column of {COLUMNS[name]} is called"},
            )

    def clean(self) -> dict[str, Any]:
        """Check that it ends after it begins."""
        said: dict[str, Any] = super().clean() or {}
        begins, ends = said.get("begins_on"), said.get("ends_on")
        if begins and ends and ends <= begins:
            self.add_error("ends_on", "Enter a day after the first")
        return said

    def agreement(self) -> Source:
        """Return what was sent as an agreement that is not saved."""
        said = self.cleaned_data
        names = (*NEEDED, *OPTIONAL)
        return Source(
            id=said["token"],
            columns={name: said[f"column_{name}"] for name in names if said[f"column_{name}"]},
            **{name: said[name] for name in (
                "partner", "reference", "purpose", "lawful_basis", "begins_on", "ends_on", "topics"
            )},
        )  # fmt: skip


class Sent(forms.Form):
    """The id of the form that a file comes in."""

    token = forms.UUIDField()


class Seen(forms.Form):
    """The version that a page showed."""

    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)


class Undone(Seen):
    """Why a file is undone."""

    reason = forms.CharField(max_length=500, error_messages={"required": "Say why, in a few words"})
