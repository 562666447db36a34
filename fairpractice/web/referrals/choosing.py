"""What a link worker chooses from: the needs, and the services that can be asked."""

from dataclasses import dataclass

from django.utils import timezone

from fairpractice.referral.offered import CHECKED_WITHIN
from fairpractice.web.cases.models import Case
from fairpractice.web.config.jinja import day
from fairpractice.web.core.access import Viewer
from fairpractice.web.directory import finding
from fairpractice.web.directory.models import Service
from fairpractice.web.patients.models import Patient
from fairpractice.web.referrals import forms


TOLD_AT_MOST = 12


@dataclass(frozen=True)
class Choice:
    """A service, why it is offered or not, and what to ask it first."""

    service: Service
    reasons: tuple[str, ...]
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choices:
    """The services that can be asked here, those to tell of, and those left out, with why not."""

    asked: tuple[Choice, ...] = ()
    told: tuple[Choice, ...] = ()
    left_out: tuple[Choice, ...] = ()


def needs(viewer: Viewer, case: Case) -> dict[str, str]:
    """Return the needs to choose from, those of the case first."""
    known = [*case.needs.order_by("told_at").values_list("topic", flat=True), case.need]
    all_ = forms.needs(viewer)
    first = {topic: all_[topic] for topic in known if topic in all_}
    return first | all_


def services(patient: Patient, topic: str) -> Choices:
    """Return the services for a need of somebody, the best first."""
    found = finding.suggest(finding.wanted_for(patient, [topic]))
    suited = [Choice(row, each.reasons, each.asks) for row, each in found.suited]
    out = [Choice(row, each.because) for row, each in found.left_out]
    return Choices(
        tuple(each for each in suited if each.service.organisation_id),
        tuple(each for each in suited if not each.service.organisation_id)[:TOLD_AT_MOST],
        tuple(each for each in out if each.service.organisation_id),
    )


@dataclass(frozen=True)
class Sheet:
    """What is handed over of a service: where, when, how to reach it, what it costs."""

    lines: tuple[tuple[str, tuple[str, ...]], ...]
    warnings: tuple[str, ...]


def sheet(service: Service) -> Sheet:
    """Return what there is to hand over of a service. It has no word of who is told of it."""
    places = [
        ", ".join(
            filter(None, (at.name, each.address_1, each.address_2, each.city, each.postal_code))
        )
        for link in service.service_at_locations.select_related("location")
        if (at := link.location)
        for each in at.addresses.all()
    ]
    opens = [each.description for each in service.schedules.all() if each.description]
    calls = [each.number for each in service.phones.all()]
    found = (
        ("What it is", (service.description,)),
        ("Who it is for", (service.eligibility_description,)),
        ("Who offers it", (service.offered_by,)),
        ("Where", tuple(places)),
        ("When", tuple(opens)),
        ("Telephone", tuple(calls)),
        ("E-mail", (service.email,)),
        ("On the web", (service.url,)),
        ("What it costs", (service.fees_description or service.fees,)),
        ("How to begin", (service.application_process,)),
    )
    said = tuple((name, tuple(filter(None, values))) for name, values in found)
    return Sheet(tuple(each for each in said if each[1]), tuple(_warnings(service)))


def _warnings(service: Service) -> list[str]:
    """Say what of an entry may not hold any more, so that nobody travels in vain."""
    on, today = service.assured_date, timezone.localdate()
    found = [service.alert] if service.alert else []
    if service.status not in ("", Service.Status.ACTIVE):
        found.append(f"The directory says: {service.get_status_display().lower()}")
    if on is None or (today - on).days > CHECKED_WITHIN:
        last = f"Last checked on {day(on)}" if on else "Nobody has checked this entry"
        found.append(f"{last}: ask before anybody travels")
    return found
