"""What the pages of projects are sent, checked."""

from typing import Any

from django import forms

from fairpractice.web.accounts.models import User
from fairpractice.web.improvement import reach, score, words
from fairpractice.web.improvement.actions import Planned
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.worklists import rules


LONGEST = 2_000


def text(said: str, longest: int = LONGEST, **more: Any) -> forms.CharField:
    """Return a field of words, and what is said where there are none or too many."""
    errors = {"required": said, "max_length": f"Use {longest:,} characters or fewer"}
    return forms.CharField(max_length=longest, error_messages=errors, **more)


def day(said: str) -> forms.DateField:
    """Return a field of a day."""
    return forms.DateField(error_messages={"required": said, "invalid": said})


def listings() -> dict[str, str]:
    """Return the lists that a project can come from; none is about something sensitive."""
    sensitive = rules.sensitive()
    shown = {name: each.title for name, each in rules.rules().items() if name not in sensitive}
    return dict(sorted(shown.items(), key=lambda each: each[1]))


def measures() -> dict[str, str]:
    """Return the measures that a project can follow."""
    shown = {name: each.title for name, each in score.measures().items()}
    return dict(sorted(shown.items(), key=lambda each: each[1]))


class _OfPlace(forms.Form):
    """A form on which somebody of the network is chosen."""

    title = text("Enter what it is called", 100)
    aim = text("Enter the aim: what is to be better, by how much, and by when")
    whom = text("Enter the group it is for", 200)
    change = text("Enter the change to be tried")
    lead = forms.ModelChoiceField(
        User.objects.none(),
        error_messages={"required": "Choose who leads it", "invalid_choice": "Choose who leads it"},
    )
    review_on = day("Enter when you look at it again, such as 2027-03-31")

    def __init__(self, place: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = reach.leaders(place)

    def problems(self) -> dict[str, str]:
        """Return what is wrong, by the name of the field."""
        return {name: said[0] for name, said in self.errors.items() if name != "token"}


class Start(_OfPlace):
    """A new project, and the form's own id."""

    field_order = (
        "title",
        "aim",
        "whom",
        "change",
        "measure",
        "follows",
        "rule",
        "lead",
        "began_on",
    )
    token = forms.UUIDField()
    measure = forms.ChoiceField(error_messages={"required": "Choose the measure that will tell"})
    follows = forms.ChoiceField(error_messages={"required": "Choose whom the score follows"})
    rule = forms.ChoiceField(required=False)
    began_on = day("Enter when it begins, such as 2026-12-01")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].choices = list(measures().items())
        self.fields["follows"].choices = list(score.groups().items())
        self.fields["rule"].choices = list(listings().items())

    def clean(self) -> dict[str, Any]:
        """Refuse a review that comes before the beginning."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        began, review = said.get("began_on"), said.get("review_on")
        if began and review and review <= began:
            self.add_error("review_on", "Look at it again after it has begun")
        return said

    def planned(self) -> Planned:
        """Return what it is to be."""
        said = dict(self.cleaned_data)
        said.pop("token")
        grouping, _, group = said.pop("follows").partition(":")
        return Planned(**said, grouping=grouping, group=group)


class Change(_OfPlace):
    """What a project says now, and the version that was seen."""

    version = forms.IntegerField(min_value=1, max_value=10**9)

    def values(self) -> dict[str, Any]:
        """Return the columns."""
        return {name: self.cleaned_data[name] for name in self.fields if name != "version"}


class Involve(forms.Form):
    """Who takes part, and the form's own id."""

    token = forms.UUIDField()
    who = text("Enter which group or organisation takes part", 200)
    level = forms.ChoiceField(
        choices=list(words.LEVELS.items()), error_messages={"required": "Choose the level"}
    )
    evidence = text("Enter what shows it: what they decided, wrote or changed")


class Noting(forms.Form):
    """A step, and the form's own id."""

    token = forms.UUIDField()
    step = forms.ChoiceField(
        choices=list(words.STEPS.items()), error_messages={"required": "Choose what it is about"}
    )
    words = text("Enter what you want to note")


class Close(forms.Form):
    """What became of it, and the version that was seen."""

    version = forms.IntegerField(min_value=1, max_value=10**9)
    result = forms.ChoiceField(
        choices=list(words.RESULTS.items()), error_messages={"required": "Choose what became of it"}
    )
    learned = text("Enter what you learned")
    others = text("Enter what others should know before they try it")
