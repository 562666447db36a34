"""What the pages of cases are sent, checked."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone

from fairpractice.web.cases import words
from fairpractice.web.cases.actions import Aside, Tried
from fairpractice.web.cases.models import ENDS, Goal, Measurement, Need
from fairpractice.web.cases.well_being import INSTRUMENTS
from fairpractice.web.patients.models import HelpWish
from fairpractice.web.questionnaires.models import Way


DAYS = ["%Y-%m-%d", "%d/%m/%Y", "%d %m %Y", "%d %B %Y", "%d.%m.%Y"]
TIMES = ["%H:%M", "%H.%M", "%H%M", "%H:%M:%S"]
A_DAY = "Enter a day, such as 27/3/2027"
WISHES = [each.value for each in HelpWish.Wish]
LONGEST, SENTENCE = 2000, 300
A_SENTENCE = f"Say it in {SENTENCE} letters at most"
STATUSES = ("present", "absent", "declined")


def _one_of(values: Any, needed: str, *, required: bool = True) -> forms.ChoiceField:
    said = {"required": needed, "invalid_choice": needed}
    choices = [(each, each) for each in values]
    return forms.ChoiceField(choices=choices, required=required, error_messages=said)


def _words(needed: str, *, required: bool = True) -> forms.CharField:
    return forms.CharField(
        max_length=LONGEST, required=required, error_messages={"required": needed}
    )


def _day(*, required: bool = False) -> forms.DateField:
    said = {"invalid": A_DAY, "required": A_DAY}
    return forms.DateField(input_formats=DAYS, required=required, error_messages=said)


class Sent(forms.Form):
    """What every form of a case has: its own id."""

    token = forms.UUIDField(error_messages={"required": "Open the page again"})


class Attempted(Sent):
    """An attempt to reach somebody."""

    channel = _one_of(words.CHANNELS, "Choose how")
    result = _one_of(words.RESULTS, "Choose what came of it")
    day = _day(required=True)
    time = forms.TimeField(
        input_formats=TIMES,
        error_messages={
            "required": "Enter a time, such as 14:30",
            "invalid": "Enter a time, such as 14:30",
        },
    )
    note = _words("", required=False)
    next_on = _day()
    happened = forms.BooleanField(required=False)

    def tried(self) -> Tried:
        """Return what was sent as an attempt. The minute that it is now does not lie ahead."""
        said = self.cleaned_data
        at = timezone.make_aware(dt.datetime.combine(said["day"], said["time"]))
        return Tried(
            said["channel"], said["result"], at, said["note"], said["next_on"], said["happened"]
        )


class Agreed(Sent):
    """A goal, and which of the person's own words it comes from."""

    goal = _words("Write down what was agreed")
    own_words = forms.UUIDField(required=False)


class Settled(forms.Form):
    """How far somebody came with a goal."""

    version = forms.IntegerField(min_value=1)
    state = _one_of(Goal.State.values, "Choose how far")


class Needed(Sent):
    """A need, whether they have it, and whether they want help with it."""

    topic = _one_of(words.NEEDS, "Choose what it is about")
    status = _one_of(STATUSES, "Choose what they said")
    wish = _one_of(WISHES, "Choose one of those shown", required=False)


class Wished(Sent):
    """Whether they want help with what is recorded already: ``topic/wish``."""

    wished = forms.CharField(max_length=60)

    def clean_wished(self) -> tuple[str, str]:
        """Return the topic and the wish."""
        topic, _, wish = self.cleaned_data["wished"].partition("/")
        if topic not in words.NEEDS or wish not in WISHES:
            raise forms.ValidationError("Choose one of those shown")
        return topic, wish


class Measured(forms.Form):
    """What is asked, whether it counts as before or after, and how it is asked."""

    questionnaire = _one_of(INSTRUMENTS, "Choose what to ask")
    moment = _one_of(Measurement.Moment.values, "Choose whether it is before or after")
    way = _one_of(list(Way), "Choose how to ask")


class Noted(Sent):
    """A note."""

    note = _words("Write something down")


class GivenBack(forms.Form):
    """Why somebody else is to go on with a case."""

    version = forms.IntegerField(min_value=1)
    why = _words("Say why, for whoever takes it on")


class Closed(forms.Form):
    """The outcome of a case, and what the practice is told; needs have fields of their own."""

    version = forms.IntegerField(min_value=1)
    outcome = _one_of(ENDS, "Choose what came of it")
    told = _words("Tell the practice in a sentence what came of it")

    def __init__(self, sent: Any, needs: Any) -> None:
        super().__init__(sent)
        for need in needs:
            said = "Choose what became of it; not known is an answer"
            self.fields[f"need-{need.id}"] = _one_of(Need.Result.values, said)


class NotNow(Sent):
    """Why somebody is not offered for now."""

    kind = _one_of(("snoozed", "declined", "unsuitable"), "Choose why")
    back_on = _day()
    note = _words("", required=False)

    def __init__(self, sent: Any) -> None:
        super().__init__(sent)
        kind = sent.get("kind", "")
        if kind in words.REASONS:
            self.fields[f"reason_{kind}"] = _one_of(words.REASONS[kind], "Choose a reason")

    def clean(self) -> dict[str, Any]:
        """Hold a day to one that lies ahead."""
        said = super().clean() or {}
        back_on, today = said.get("back_on"), timezone.localdate()
        late = back_on is None or back_on <= today
        if said.get("kind") == "snoozed" and late and not self.errors.get("back_on"):
            self.add_error("back_on", "Enter a day after today")
        return said

    def aside(self) -> Aside:
        """Return what was sent as a reason to set somebody aside."""
        said = self.cleaned_data
        kind = said["kind"]
        return Aside(kind, said[f"reason_{kind}"], said["note"], said["back_on"])


class Asked(Sent):
    """What a practice asks of a link worker, for somebody who agreed to it."""

    need = _one_of(words.NEEDS, "Choose what it is about")
    asked = forms.CharField(
        max_length=SENTENCE,
        error_messages={"required": "Say in a sentence what is asked", "max_length": A_SENTENCE},
    )
    agreed = forms.BooleanField(
        error_messages={"required": "Ask the person first: nothing is passed on without their yes"}
    )


class Withdrawn(forms.Form):
    """Why a practice takes back what it asked."""

    version = forms.IntegerField(min_value=1)
    why = forms.CharField(
        max_length=SENTENCE,
        error_messages={"required": "Say in a sentence why", "max_length": A_SENTENCE},
    )


class AskedFor(Sent):
    """What somebody says who asks for a link worker themselves, if they say anything."""

    words = forms.CharField(
        max_length=LONGEST,
        required=False,
        error_messages={"max_length": f"Use {LONGEST} characters or fewer"},
    )


def errors_of(sent: forms.Form, *, but: str = "version") -> dict[str, str]:
    """Return what is wrong with what was sent, by field; of what nobody entered, one thing."""
    found = {name: said[0] for name, said in sent.errors.items() if name not in (but, "token")}
    return found or ({"form": "Open the page again"} if sent.errors else {})
