"""What the pages of referrals are sent, checked."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms

from fairpractice.record.topics import TOPICS
from fairpractice.referral.states import CLOSED_WITH, OUTCOMES, SAYS_WHY
from fairpractice.web.core.access import SENSITIVE, Viewer
from fairpractice.web.directory.models import Service
from fairpractice.web.patients import facts
from fairpractice.web.patients.models import Patient
from fairpractice.web.referrals.actions import PURPOSE, Wanted
from fairpractice.web.sharing import consent as consents
from fairpractice.web.sharing import words
from fairpractice.web.sharing.consent import Agreed
from fairpractice.web.sharing.forms import OWN_PAGE, offered
from fairpractice.web.sharing.models import Consent


NOW = "now"
WORDS = 2_000
NO_NEED = ("settled_home",)
"""Topics that no service is asked for."""
METHODS = {each: said for each, said in words.METHODS.items() if each != OWN_PAGE}


def needs(viewer: Viewer) -> dict[str, str]:
    """Return the needs that somebody can refer for: those they may see."""
    seen = facts.topics(sensitive=viewer.may(SENSITIVE))
    return {each.id: each.label for each in seen if each.id not in NO_NEED}


def on_file(viewer: Viewer, patient: Patient, service: Service) -> list[Consent]:
    """Return the consents on which a service can be asked now, as far as they may be seen."""
    held = consents.visible(patient, viewer).filter(consents.in_force(), purpose=PURPOSE)
    return list(held.filter(recipient_id=service.organisation_id))


class Need(forms.Form):
    """What help is for."""

    topic = forms.ChoiceField(error_messages={"required": "Choose what help is for"})

    def __init__(self, sent: Any, viewer: Viewer) -> None:
        super().__init__(sent)
        self.fields["topic"].choices = list(needs(viewer).items())


class Chosen(forms.Form):
    """Which service."""

    service = forms.UUIDField(
        error_messages={"required": "Choose a service", "invalid": "Choose a service"}
    )

    def clean_service(self) -> Service:
        """Return the service, if somebody of it signs in here."""
        found = askable().filter(id=self.cleaned_data["service"]).first()
        if found is None:
            raise forms.ValidationError("Choose a service")
        return found


def askable() -> Any:
    """Return the services that can be asked here: of an organisation that signs in, not closed."""
    found = Service.objects.filter(status__in=("", Service.Status.ACTIVE), same_as=None)
    return found.exclude(organisation=None).select_related("organisation").order_by("name", "id")


class Details(forms.Form):
    """What a service is asked and told, and on which consent; ``token`` is the form's own id."""

    token = forms.UUIDField()
    asked = forms.CharField(required=False, max_length=WORDS)
    categories = forms.MultipleChoiceField(error_messages={"required": "Choose what is shared"})
    consent = forms.CharField(error_messages={"required": "Choose what they agreed to"})
    months = forms.TypedChoiceField(
        coerce=int, required=False, empty_value=None, choices=list(words.MONTHS.items())
    )
    method = forms.ChoiceField(required=False, choices=list(METHODS.items()))
    given_by = forms.ChoiceField(required=False, choices=list(words.GIVERS.items()))
    why = forms.CharField(required=False, max_length=WORDS)

    def __init__(
        self, sent: Any, viewer: Viewer, patient: Patient, service: Service, *, elsewhere: bool
    ) -> None:
        super().__init__(sent)
        self.service, self.elsewhere = service, elsewhere
        self.held = {str(each.id): each for each in on_file(viewer, patient, service)}
        self.fields["categories"].choices = list(offered(viewer).items())

    def clean(self) -> dict[str, Any]:
        """Ask for what a new consent needs; hold what is told to what was agreed to."""
        said: dict[str, Any] = super().clean() or {}
        chosen = said.get("consent")
        if chosen == NOW:
            for name, wrong in (
                ("months", "Choose for how long"),
                ("method", "Choose how they say so"),
            ):
                if not said.get(name):
                    self.add_error(name, wrong)
        elif chosen is not None and chosen not in self.held:
            self.add_error("consent", "That does not hold any more, so nothing was sent: ask them")
        elif chosen and not set(said.get("categories", ())) <= set(self.held[chosen].categories):
            self.add_error("categories", "They did not agree to all of it: leave the rest out")
        if self.elsewhere and not said.get("why", "").strip():
            self.add_error("why", "Say why it is sent elsewhere")
        return said

    def wanted(self, topic: str) -> Wanted:
        """Return what is asked, and on what."""
        said = self.cleaned_data
        return Wanted(
            self.service,
            topic,
            said["asked"],
            tuple(said["categories"]),
            self.held.get(said["consent"]) or self._agreed(topic),
        )

    def _agreed(self, topic: str) -> Agreed:
        said = self.cleaned_data
        assert self.service.organisation
        return Agreed(
            recipient=self.service.organisation,
            purpose=PURPOSE,
            categories=tuple(said["categories"]),
            months=said["months"],
            method=said["method"],
            given_by=said["given_by"] or "person",
            sensitive=TOPICS[topic].sensitive,
        )


@dataclass(frozen=True)
class Asks:
    """What a page asks before a referral is moved: words, and what became of the need."""

    why: bool
    outcomes: dict[str, str]


def asks(to: str) -> Asks:
    """Return what is asked before a referral is moved to a state."""
    ends = CLOSED_WITH.get(to, ())
    return Asks(to in SAYS_WHY or bool(ends), {each: OUTCOMES[each] for each in ends})


class Moved(forms.Form):
    """Where a referral is moved from and why; ``token`` is the form's own id."""

    token = forms.UUIDField()
    version = forms.IntegerField(min_value=1)
    outcome = forms.ChoiceField(
        required=False, error_messages={"required": "Choose what became of it"}
    )
    why = forms.CharField(
        required=False, max_length=WORDS, error_messages={"required": "Write what happened"}
    )

    def __init__(self, sent: Any, to: str) -> None:
        super().__init__(sent)
        asked = asks(to)
        self.fields["why"].required = asked.why
        self.fields["outcome"].required = bool(asked.outcomes)
        self.fields["outcome"].choices = [("", ""), *asked.outcomes.items()]


class Written(forms.Form):
    """A message; ``token`` is the form's own id."""

    token = forms.UUIDField()
    words = forms.CharField(max_length=WORDS, error_messages={"required": "Write a message"})


class Renewed(forms.Form):
    """The consent on which a referral goes on, and the version of it that was seen."""

    version = forms.IntegerField(min_value=1)
    consent = forms.UUIDField()


class Told(forms.Form):
    """What somebody was told of a service for, and where they are registered."""

    token = forms.UUIDField()
    topic = forms.ChoiceField(error_messages={"required": "Choose what it was for"})
    practice = forms.UUIDField(error_messages={"required": "Choose where they are registered"})

    def __init__(self, sent: Any, viewer: Viewer, practices: dict[UUID, Any]) -> None:
        super().__init__(sent)
        self.practices = practices
        self.fields["topic"].choices = list(needs(viewer).items())

    def clean_practice(self) -> Any:
        """Return the practice, if the viewer works for it."""
        found = self.practices.get(self.cleaned_data["practice"])
        if found is None:
            raise forms.ValidationError("Choose where they are registered")
        return found


class Made(forms.Form):
    """The own id of the form by which a file is made."""

    token = forms.UUIDField()
