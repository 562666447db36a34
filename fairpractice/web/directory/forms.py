"""What the pages of the directory are sent, checked."""

import re
from typing import Any

from django import forms
from django.utils import timezone

from fairpractice.referral.needs import ASKED
from fairpractice.referral.offered import ACCESS, DAYS, Opening, Wanted
from fairpractice.web.directory import finding, plain
from fairpractice.web.directory.keeping import Entry
from fairpractice.web.directory.models import Service
from fairpractice.web.patients.models import Patient


LONGEST = 5_000
_HOURS = re.compile(
    r"(\d{1,2})(?:[:.](\d\d))?\s*(?:-|–|to|until)\s*(\d{1,2})(?:[:.](\d\d))?", re.IGNORECASE
)
FURTHEST = {"2": "2 km", "5": "5 km", "10": "10 km", "25": "25 km"}


class Search(forms.Form):
    """What is looked for, and for whom."""

    words = forms.CharField(required=False, max_length=200)
    need = forms.ChoiceField(required=False, choices=list(ASKED.items()))
    age = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=130,
        error_messages={
            "invalid": "Enter their age in years, as a number",
            "min_value": "Enter their age in years",
            "max_value": "Enter their age in years",
        },
    )
    postcode = forms.CharField(required=False, max_length=10)
    within = forms.ChoiceField(required=False, choices=list(FURTHEST.items()))
    language = forms.CharField(required=False, max_length=50)
    days = forms.TypedMultipleChoiceField(
        required=False, coerce=int, choices=[(str(n), day) for n, day in enumerate(DAYS)]
    )
    access = forms.MultipleChoiceField(required=False, choices=list(ACCESS.items()))

    def wanted(self, patient: Patient | None = None) -> Wanted:
        """Return what is wanted; of a person, their age and postcode are what is held."""
        said = self.cleaned_data
        shared: dict[str, Any] = {
            "needs": frozenset(filter(None, [said["need"]])),
            "languages": frozenset(filter(None, [said["language"].strip()])),
            "access": frozenset(said["access"]),
            "days": frozenset(said["days"]),
            "within": float(said["within"]) if said["within"] else None,
        }
        if patient:
            return finding.wanted_for(patient, **shared)
        postcode = said["postcode"].strip()
        return Wanted(
            on=timezone.localdate(),
            age=said["age"],
            postcode=postcode,
            point=finding.where(postcode),
            **shared,
        )


class _Hours(forms.CharField):
    """From when to when on a day: ``9:30 to 12``, several with commas between, or ``open``."""

    def clean(self, value: Any) -> list[tuple[str, str]]:
        text = super().clean(value)
        found = []
        for part in filter(None, (each.strip() for each in text.split(","))):
            hours = _HOURS.fullmatch(part)
            if part.lower() == "open":
                found.append(("", ""))
                continue
            if not hours:
                raise forms.ValidationError("Write it like this: 9:30 to 12:00")
            opens, opens_at, closes, closes_at = (int(each or 0) for each in hours.groups())
            if (
                not (opens * 60 + opens_at < closes * 60 + closes_at <= 24 * 60)
                or max(opens_at, closes_at) > 59
            ):
                raise forms.ValidationError(
                    "It closes after it opens, both in the 24-hour clock: 9:30 to 17:00"
                )
            found.append((f"{opens:02}:{opens_at:02}", f"{closes:02}:{closes_at:02}"))
        return found


def _said(label: str, **more: Any) -> forms.CharField:
    return forms.CharField(required=False, max_length=LONGEST, label=label, **more)


class Change(forms.Form):
    """An entry as its page shows it. ``version`` is the one that the page showed."""

    version = forms.IntegerField()
    name = forms.CharField(max_length=200, error_messages={"required": "Say what it is called"})
    description = _said("What it is")
    status = forms.ChoiceField(
        choices=Service.Status.choices, error_messages={"required": "Say whether it is running"}
    )
    phone = _said("Telephone")
    email = forms.EmailField(
        required=False, error_messages={"invalid": "Enter an e-mail address, such as a@b.org"}
    )
    url = forms.URLField(
        required=False,
        assume_scheme="https",
        error_messages={"invalid": "Enter a web address, such as https://www.example.org"},
    )
    eligibility_description = _said("Whom it is for")
    minimum_age = forms.FloatField(required=False, min_value=0, max_value=130)
    maximum_age = forms.FloatField(required=False, min_value=0, max_value=130)
    area = _said("Where people must live")
    languages = _said("Languages")
    interpretation_services = _said("Interpreters")
    application_process = _said("How to join")
    fees = _said("What it costs")
    places = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=10_000,
        error_messages={
            "invalid": "Enter how many places are free, as a whole number",
            "min_value": "Enter 0 if it is full",
        },
    )
    wait_time = _said("Waiting")
    alert = _said("What people should know now")

    def __init__(self, sent: Any = None) -> None:
        super().__init__(sent)
        for number, _ in enumerate(DAYS):
            self.fields[f"day-{number}"] = _Hours(required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        """Check that the ages are in order."""
        said: dict[str, Any] = super().clean() or {}
        low, high = said.get("minimum_age"), said.get("maximum_age")
        if low is not None and high is not None and low > high:
            self.add_error("maximum_age", "The oldest must be older than the youngest")
        return said

    def entry(self) -> Entry:
        """Return what the entry says."""
        said = self.cleaned_data
        columns = (
            "name description status email url eligibility_description minimum_age maximum_age"
            " interpretation_services application_process fees wait_time alert"
        )
        return Entry(
            columns={name: said[name] for name in columns.split()},
            hours=tuple(
                Opening(day, *hours) for day in range(len(DAYS)) for hours in said[f"day-{day}"]
            ),
            phone=said["phone"].strip(),
            languages=tuple(filter(None, map(str.strip, said["languages"].split(",")))),
            area=said["area"].strip(),
            places=said["places"],
        )


def shown(service: Service) -> dict[str, Any]:
    """Return an entry as its form shows it first."""
    today = timezone.localdate()
    known = plain.plain(service, today)
    hours: dict[int, list[str]] = {}
    for each in known.openings:
        said = f"{each.opens} to {each.closes}" if each.opens and each.closes else "open"
        hours.setdefault(each.day, []).append(said)
    phone = next((each.number for each in plain.phones(service)), "")
    columns = {name: getattr(service, name, "") for name in Change.base_fields}
    return {
        **{name: "" if value is None else value for name, value in columns.items()},
        "minimum_age": _whole(service.minimum_age),
        "maximum_age": _whole(service.maximum_age),
        "area": "; ".join(known.areas),
        "languages": ", ".join(known.languages),
        "places": _whole(known.available),
        "phone": phone,
        **{f"day-{day}": ", ".join(said) for day, said in hours.items()},
    }


def _whole(number: float | None) -> str:
    return "" if number is None else f"{number:g}"


class Places(forms.Form):
    """How many places are free, said by itself; nothing where it is not known."""

    version = forms.IntegerField()
    places = forms.IntegerField(required=False, min_value=0, max_value=10_000)


class Feed(forms.Form):
    """Whose feed it is; the files come beside. ``token`` is the form's own id."""

    token = forms.UUIDField()
    source = forms.CharField(
        max_length=200, error_messages={"required": "Say whose directory it is"}
    )


class Settled(forms.Form):
    """Two entries that are one, or two."""

    first = forms.ModelChoiceField(Service.objects.filter(same_as=None))
    second = forms.ModelChoiceField(Service.objects.filter(same_as=None))
    same = forms.ChoiceField(choices=[("yes", ""), ("no", "")])

    def clean(self) -> dict[str, Any]:
        """Check that they are two rows."""
        said: dict[str, Any] = super().clean() or {}
        if said.get("first") and said.get("first") == said.get("second"):
            raise forms.ValidationError("They are the same row")
        return said
