"""What these pages are sent, checked."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django import forms

from fairpractice.listening.values import LONGEST
from fairpractice.web.patients.models import OwnWords
from fairpractice.web.questionnaires import proxies
from fairpractice.web.questionnaires.models import LINKED


class Asking(forms.Form):
    """What is asked, by which way, and the form's own id."""

    token = forms.UUIDField()
    questionnaire = forms.CharField(error_messages={"required": "Choose what to ask"})
    way = forms.ChoiceField(
        choices=[(way.value, way.value) for way in LINKED],
        error_messages={"required": "Choose how the link comes to them"},
    )


class Days(forms.CharField):
    """Days, one a line, as 25 12 2026."""

    def clean(self, value: str | None) -> list[dt.date]:
        """Return the days."""
        found = []
        for line in super().clean(value).splitlines():
            parts = dict(
                zip(("day", "month", "year"), line.replace("/", " ").split(), strict=False)
            )
            if not line.strip():
                continue
            if (read := day(parts)) is None:
                raise forms.ValidationError(
                    "Enter each day on a line of its own, such as 25 12 2026"
                )
            found.append(read)
        return found


class Watched(forms.Form):
    """When a practice looks: from and until, by day of the week; and the version that was seen."""

    version = forms.IntegerField(min_value=0, max_value=10**9)
    never_on = Days(required=False, max_length=4000)
    safe_pathway = forms.BooleanField(required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(7):
            for end in ("from", "until"):
                self.fields[f"{end}-{number}"] = forms.TimeField(
                    required=False,
                    input_formats=["%H:%M"],
                    error_messages={"invalid": "Enter times such as 09:00"},
                )

    def clean(self) -> dict[str, Any]:
        """Refuse a day with half a time, or that ends before it begins."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for number in range(7):
            start, until = said.get(f"from-{number}"), said.get(f"until-{number}")
            if (start is None) != (until is None) or (start and until and start >= until):
                self.add_error(
                    f"from-{number}", "Enter when it begins, and a later time when it ends"
                )
        return said

    def hours(self) -> list[tuple[int, str, str]]:
        """Return day of the week, from and until of each day that has any."""
        said = self.cleaned_data
        return [
            (number, f"{said[f'from-{number}']:%H:%M}", f"{said[f'until-{number}']:%H:%M}")
            for number in range(7)
            if said[f"from-{number}"]
        ]

    def problems(self) -> dict[str, str]:
        """Return what is wrong, by the id of the field."""
        return {name: said[0] for name, said in self.errors.items() if name != "version"}


def day(sent: Mapping[str, str]) -> dt.date | None:
    """Return the day that three fields say, or nothing if it is none."""
    parts = [sent.get(part, "").strip() for part in ("year", "month", "day")]
    if not all(part.isascii() and part.isdigit() and len(part) <= 4 for part in parts):
        return None
    try:
        return dt.date(*map(int, parts))
    except ValueError:
        return None


class Until(forms.Form):
    """Why somebody may act for another, and until which day."""

    ground = forms.ChoiceField(
        choices=list(proxies.GROUNDS.items()), error_messages={"required": "Choose why they may"}
    )

    def clean(self) -> dict[str, Any]:
        """Read the day."""
        said: dict[str, Any] = super().clean() or self.cleaned_data
        said["ends_on"] = day(self.data)
        if said["ends_on"] is None:
            self.errors["ends_on-day"] = ["Enter the day, such as 31 3 2027"]
        return said


class Acting(Until):
    """Who is to act for somebody, and the form's own id."""

    field_order = ("name", "ground", "verified", "scope")
    token = forms.UUIDField()
    name = forms.CharField(max_length=150, error_messages={"required": "Enter who they are"})
    verified = forms.ChoiceField(
        choices=list(proxies.VERIFIED.items()),
        error_messages={"required": "Choose how you know that it is they"},
    )
    scope = forms.ChoiceField(
        choices=[("answers", ""), ("reads", "")],
        error_messages={"required": "Choose what they may do"},
    )

    def proxy(self) -> proxies.Proxy:
        """Return who it is."""
        said = self.cleaned_data
        names = ("name", "ground", "verified", "ends_on")
        return proxies.Proxy(**{name: said[name] for name in names}, reads=said["scope"] == "reads")


class Looked(Until):
    """That somebody may go on, and what was seen of it: until when, and how many statements."""

    until = forms.DateField(required=False)
    statements = forms.IntegerField(min_value=0, max_value=10**6)


class PutRight(forms.Form):
    """What it should say instead, why if they like, and the form's own id."""

    token = forms.UUIDField()
    status = forms.ChoiceField(
        choices=[(each, each) for each in ("present", "absent", "declined")],
        error_messages={"required": "Choose what it should say"},
    )
    reason = forms.CharField(required=False, max_length=500)


class Words(forms.Form):
    """What somebody writes of themselves, and the form's own id."""

    token = forms.UUIDField()
    about = forms.ChoiceField(
        choices=[(each.value, each.value) for each in OwnWords.About],
        error_messages={"required": "Choose what it is about"},
    )
    words = forms.CharField(
        max_length=LONGEST,
        error_messages={
            "required": "Write something, in your own words",
            "max_length": f"Use {LONGEST} characters or fewer",
        },
    )
