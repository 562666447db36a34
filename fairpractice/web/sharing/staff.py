"""The pages of staff: opening a record in an emergency, and how to contact somebody safely."""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from fairpractice.errors import FairpracticeError
from fairpractice.identifiers import nhs_number as numbers
from fairpractice.web.core import access
from fairpractice.web.core.access import requires
from fairpractice.web.core.rate_limit import too_many, within_limit
from fairpractice.web.patients import reach
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import contact, emergency


TRIES, EACH = 10, 600  # seconds
DAYS = {str(n): d for n, d in enumerate(["Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun"])}
WEEKDAYS = {number: f"{name}day" for number, name in DAYS.items()}
HOURS = {str(hour): f"{hour:02}:00" for hour in range(25)}
LEAVES = {
    "voicemail": "leave a message on voicemail",
    "text": "send a text message",
    "letter": "send a letter",
    "email": "send an e-mail",
}


class Urgent(forms.Form):
    """Whose record is opened, and why; ``token`` is the form's own id."""

    token = forms.UUIDField()
    nhs_number = forms.CharField(max_length=20, error_messages={"required": "Enter an NHS number"})
    born_on = forms.DateField(
        input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d %m %Y"],
        error_messages={
            "required": "Enter a date of birth",
            "invalid": "Enter a date of birth, such as 27/3/1987",
        },
    )
    reason = forms.CharField(
        max_length=2000,
        min_length=emergency.SHORTEST_REASON,
        error_messages={
            "required": "Say why it cannot wait",
            "min_length": "Say a little more of why it cannot wait",
        },
    )

    def clean_nhs_number(self) -> str:
        """Return the number, if it is one."""
        plain = "".join(self.cleaned_data["nhs_number"].split()).replace("-", "")
        if problem := numbers.problem(plain):
            said = problem.partition(";")[0]
            raise forms.ValidationError(f"{said[0].upper()}{said[1:]}")
        return plain


@requires(access.EMERGENCY_OPEN, methods=("GET", "POST"))
def open_in_emergency(request: HttpRequest) -> HttpResponse:
    """Say why, say so again, and read the record of somebody not in one's care for an hour."""
    context: dict[str, Any] = {"sent": request.POST}
    context["token"] = request.POST.get("token") or uuid.uuid4()
    if request.method != "POST" or "again" in request.POST:
        return render(request, "sharing/emergency.jinja", context)
    if not within_limit("emergency", request.viewer.user_id, limit=TRIES, seconds=EACH):
        return too_many(request)
    said = Urgent(request.POST)
    if not said.is_valid():
        errors = {name: text[0] for name, text in said.errors.items() if name != "token"}
        context["errors"] = errors or {"reason": "Open the page again"}
        return render(request, "sharing/emergency.jinja", context)
    if "sure" not in request.POST:
        return render(request, "sharing/emergency_sure.jinja", context)
    asked = said.cleaned_data
    found = emergency.find(request.viewer, asked["nhs_number"], asked["born_on"])
    try:
        if found is None:
            raise FairpracticeError("nobody has this number and date of birth", fix="Check them.")
        emergency.open_record(request.viewer, found, asked["reason"], asked["token"])
    except FairpracticeError as error:
        context["errors"] = {"nhs_number": error.sentence}
        return render(request, "sharing/emergency.jinja", context)
    messages.success(request, "Open for one hour. The privacy officer has been told.")
    return redirect("patients:portrait", patient=found.id)


class Reached(forms.Form):
    """How somebody can be reached; ``version`` is what the page showed."""

    version = forms.IntegerField(min_value=0)
    prohibited = forms.BooleanField(required=False)
    number = forms.CharField(max_length=30, required=False)
    weekdays = forms.MultipleChoiceField(choices=list(WEEKDAYS.items()), required=False)
    from_hour = forms.IntegerField(min_value=0, max_value=23)
    until_hour = forms.IntegerField(min_value=1, max_value=24)
    leaves = forms.MultipleChoiceField(choices=list(LEAVES.items()), required=False)

    def clean(self) -> dict[str, Any]:
        """Hold the hours to their order."""
        said = super().clean() or {}
        if said.get("from_hour", 0) >= said.get("until_hour", 24):
            self.add_error("until_hour", "Choose an hour after the first")
        return said

    def values(self) -> dict[str, Any]:
        """Return the columns of what was said."""
        said = self.cleaned_data
        return {
            "prohibited": said["prohibited"],
            "number": said["number"] or None,
            "weekdays": sorted(int(day) for day in said["weekdays"]),
            "from_hour": said["from_hour"],
            "until_hour": said["until_hour"],
            **{way: way in said["leaves"] for way in LEAVES},
        }


@requires(access.SET_CONTACT, reach=reach.person, methods=("GET", "POST"))
def safe_contact(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Say how somebody can be reached without harm."""
    there = contact.said(patient)
    context: dict[str, Any] = {"patient": patient, "there": there, "version": 0}
    context |= {
        "weekdays": WEEKDAYS,
        "hours": HOURS,
        "leaves": LEAVES,
        "now": contact.ways(patient),
    }
    if there:
        context |= {
            "version": there.version,
            "says": {
                "prohibited": ["yes"] if there.prohibited else [],
                "number": there.number or "",
                "weekdays": [str(day) for day in there.weekdays],
                "from_hour": there.from_hour,
                "until_hour": there.until_hour,
                "leaves": [way for way in LEAVES if getattr(there, way)],
            },
        }
    else:
        context["says"] = {"from_hour": 8, "until_hour": 20, "weekdays": [], "leaves": []}
    if request.method == "POST":
        said = Reached(request.POST)
        if said.is_valid():
            contact.say(request.viewer, patient, said.cleaned_data["version"], **said.values())
            messages.success(request, "Noted. Whoever writes or calls is told.")
            return redirect("sharing:contact", patient=patient.id)
        lists = ("weekdays", "leaves", "prohibited")
        context["says"] = request.POST.dict() | {x: request.POST.getlist(x) for x in lists}
        context["errors"] = {name: text[0] for name, text in said.errors.items()}
    return render(request, "sharing/contact.jinja", context)
