"""What the pages of sharing are sent, checked."""

from typing import Any

from django import forms
from django.db.models import Q

from fairpractice.web.core.access import SENSITIVE, Viewer
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import words
from fairpractice.web.sharing.consent import Agreed


OWN_PAGE = "own_page"


class Chosen(forms.Form):
    """What somebody chooses to share, and how they said so; ``token`` is the form's own id."""

    token = forms.UUIDField()
    recipient = forms.UUIDField(error_messages={"required": "Choose who is told"})
    purpose = forms.ChoiceField(
        choices=list(words.PURPOSES.items()),
        error_messages={"required": "Choose what it is for"},
    )
    categories = forms.MultipleChoiceField(
        error_messages={"required": "Choose what is shared"},
    )
    months = forms.TypedChoiceField(
        coerce=int,
        choices=list(words.MONTHS.items()),
        error_messages={"required": "Choose for how long"},
    )
    method = forms.ChoiceField(
        choices=list(words.METHODS.items()),
        error_messages={"required": "Choose how they said so"},
    )
    given_by = forms.ChoiceField(choices=list(words.GIVERS.items()), required=False)
    sensitive = forms.BooleanField(required=False)

    def __init__(self, sent: Any, viewer: Viewer, patient: Patient) -> None:
        super().__init__(sent)
        self._patient = patient
        self._sees_sensitive = viewer.may(SENSITIVE)
        self.fields["categories"].choices = list(offered(viewer).items())

    def clean_recipient(self) -> Organisation:
        """Return the organisation that is told."""
        found = recipients(self._patient).filter(id=self.cleaned_data["recipient"]).first()
        if found is None:
            raise forms.ValidationError("Choose who is told")
        return found

    def agreed(self) -> Agreed:
        """Return what was agreed to."""
        said = self.cleaned_data
        return Agreed(
            recipient=said["recipient"],
            purpose=said["purpose"],
            categories=tuple(said["categories"]),
            months=said["months"],
            method=said["method"],
            given_by=said["given_by"] or "person",
            sensitive=said["sensitive"] and self._sees_sensitive,
        )


def offered(viewer: Viewer) -> dict[str, str]:
    """Return the kinds of things that somebody can choose to share: those they may see."""
    return {
        each: said
        for each, said in words.CATEGORIES.items()
        if each != "sensitive" or viewer.may(SENSITIVE)
    }


def recipients(patient: Patient) -> Any:
    """Return who can be told: partners, and of what others know the person's own practice."""
    told = Q(kind=Organisation.Kind.PARTNER) | Q(id=patient.practice_id)
    return Organisation.objects.filter(told).order_by("kind", "name")
