"""What is done with an entry: by the partner whose it is, and by who looks after the directory."""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import transaction
from django.db.models import ProtectedError, Q
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.interoperability.open_referral import private
from fairpractice.referral.offered import BYDAY, Opening
from fairpractice.web.core import audit, locking
from fairpractice.web.core.access import CURATE, KEEP, Viewer
from fairpractice.web.directory import indexing
from fairpractice.web.directory.models import (
    Attribute,
    Language,
    Location,
    Pair,
    Phone,
    Private,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
)
from fairpractice.web.organisations.models import Organisation


TAKEN_OUT = "A service that is no longer listed"


@dataclass(frozen=True)
class Entry:
    """What an entry says, as its page sends it.

    Attributes
    ----------
    columns
        Those of :class:`~.models.Service` that are changed.
    hours
        When it is open.
    phone
        The number to ring; empty for none.
    languages
        By name.
    area
        Where people must live; empty for anywhere.
    places
        How many are free; nothing where it is not said.
    """

    columns: dict[str, str | float | None]
    hours: tuple[Opening, ...] = ()
    phone: str = ""
    languages: tuple[str, ...] = ()
    area: str = ""
    places: int | None = None


@transaction.atomic
def change(viewer: Viewer, service: Service, seen: int, entry: Entry) -> None:
    """Change what an entry says. Who saves it says that all of it is right today.

    Raises
    ------
    Conflict
        When somebody else changed it since.
    FairpracticeError
        When its words are of a service whose whereabouts are kept from the public.
    """
    refuse_private(*entry.columns.values(), entry.area)
    now = timezone.now()
    said = entry.columns.items()
    changed = sorted(name for name, value in said if getattr(service, name) != value)
    locking.change(
        service, seen, **entry.columns, assured_date=timezone.localdate(now), last_modified=now
    )
    Schedule.objects.filter(service=service).delete()
    Schedule.objects.filter(service_at_location__service=service).delete()
    Schedule.objects.bulk_create(
        Schedule(
            id=uuid5(service.id, f"schedule {each.day} {each.opens}"),
            service=service,
            freq="WEEKLY",
            byday=BYDAY[each.day],
            opens_at=each.opens,
            closes_at=each.closes,
        )
        for each in dict.fromkeys(entry.hours)
    )
    for held in ("service", "service_at_location__service", "contact__service"):
        Phone.objects.filter(**{held: service}).delete()
    if entry.phone:
        Phone.objects.create(id=uuid5(service.id, "phone"), service=service, number=entry.phone)
    service.languages.all().delete()
    Language.objects.bulk_create(
        Language(id=uuid5(service.id, f"language {name}"), service=service, name=name)
        for name in dict.fromkeys(entry.languages)
    )
    service.service_areas.all().delete()
    ServiceArea.objects.filter(service_at_location__service=service).delete()
    if entry.area:
        ServiceArea.objects.create(
            id=uuid5(service.id, "area"), service=service, name=entry.area, extent_type="text"
        )
    _say_places(service, entry.places, now)
    indexing.index([service.id])
    audit.entry(viewer, KEEP, detail={"service": str(service.id), "changed": changed})


def _say_places(service: Service, places: int | None, now: dt.datetime) -> None:
    service.capacities.all().delete()
    if places is not None:
        ServiceCapacity.objects.create(
            id=uuid5(service.id, "places"),
            service=service,
            unit="places",
            available=places,
            updated=now,
        )


def refuse_private(*texts: object) -> None:
    """Refuse words of a service whose whereabouts are kept from the public.

    Raises
    ------
    FairpracticeError
        When they are.
    """
    if private.tells(*texts):
        raise FairpracticeError(
            "This directory has no services whose whereabouts must stay hidden",
            fix="Leave out what names such a service, such as a refuge, or leave the entry out.",
        )


@transaction.atomic
def assure(viewer: Viewer, service: Service, seen: int) -> None:
    """Say that all that an entry says is right today.

    Raises
    ------
    Conflict
        When somebody else changed it since: it is what it said then that was found right.
    """
    locking.change(service, seen, assured_date=timezone.localdate())
    audit.entry(viewer, KEEP, detail={"service": str(service.id), "assured": True})


@transaction.atomic
def say_places(viewer: Viewer, service: Service, seen: int, places: int | None) -> None:
    """Say how many places are free, or that it is not known.

    Raises
    ------
    Conflict
        When somebody else changed the entry since.
    """
    now = timezone.now()
    locking.change(service, seen, last_modified=now)
    _say_places(service, places, now)
    indexing.index([service.id])
    audit.entry(viewer, KEEP, detail={"service": str(service.id), "places": places})


@transaction.atomic
def give(viewer: Viewer, service: Service, seen: int, partner: Organisation | None) -> None:
    """Let a partner keep an entry from now on, or nobody.

    Raises
    ------
    Conflict
        When somebody else changed it since.
    """
    locking.change(service, seen, organisation=partner)
    indexing.index([service.id])
    to = str(partner.id) if partner else None
    audit.entry(viewer, CURATE, detail={"service": str(service.id), "kept by": to})


@transaction.atomic
def take_out(viewer: Viewer, service: Service) -> None:
    """Take out an entry whose whereabouts must stay hidden, for good: no feed brings it back.

    Nothing stays of it, of its places, or of who offers nothing else. Where somebody was referred
    to it, an empty entry stays, which is found no more, so that their referral still stands.
    """
    key, provider = service.id, service.provider
    joined = ServiceAtLocation.objects.filter(service=service)
    locations = list(joined.values_list("location_id", flat=True))
    phones = Phone.objects.filter(
        Q(service=service) | Q(contact__service=service) | Q(location__in=locations)
    )
    held = [*service.contacts.all(), *service.languages.all(), *service.schedules.all(), *phones]
    gone = [key, *locations, *joined.values_list("id", flat=True), *(each.id for each in held)]
    for row in held:
        row.delete()
    Attribute.objects.filter(link_id__in=gone).delete()
    for rows in (service.service_areas, service.cost_options, service.capacities, joined):
        rows.all().delete()
    Location.objects.filter(id__in=locations).delete()
    try:
        with transaction.atomic():
            service.delete()
    except ProtectedError:
        kept = {"id": key, "organisation": service.organisation, "same_as": service.same_as}
        bare = Service(**kept, name=TAKEN_OUT, status=Service.Status.DEFUNCT)
        bare.version = service.version + 1
        bare.save(force_update=True)
        indexing.index([key])
    if provider and not provider.services.exists():
        Attribute.objects.filter(link_id=provider.id).delete()
        provider.delete()
    keep_out(viewer, key)


def let_in(viewer: Viewer | None, service: UUID) -> None:
    """Say that a service may be known, although its words look otherwise: a feed may bring it."""
    _say(viewer, service, kept_out=False)


def keep_out(viewer: Viewer | None, service: UUID) -> None:
    """Say that a service must not be known: no feed brings it in."""
    _say(viewer, service, kept_out=True)


def _say(viewer: Viewer | None, service: UUID, *, kept_out: bool) -> None:
    said_by = viewer.user_id if viewer else None
    Private.objects.update_or_create(
        service_id=service,
        defaults={"kept_out": kept_out, "said_by_id": said_by, "said_at": timezone.now()},
    )
    audit.entry(viewer, CURATE, detail={"service": str(service), "kept out": kept_out})


@transaction.atomic
def add(viewer: Viewer, entry: Entry, token: UUID, organisation: Organisation | None) -> Service:
    """Add an entry; one that is sent twice is added once.

    Parameters
    ----------
    viewer
        Who adds it.
    entry
        What it says.
    token
        The id that it gets.
    organisation
        The partner whose it is.
    """
    made, new = Service.objects.get_or_create(id=token, defaults={"organisation": organisation})
    if new:
        change(viewer, made, made.version, entry)
    return made


@transaction.atomic
def settle(viewer: Viewer, first: Service, second: Service, *, same: bool) -> None:
    """Say of two entries that they are one, of which the first stays; or that they are two.

    The second is then found no more, and still is what was referred to. It is said once: what
    somebody else said meanwhile stands.
    """
    low, high = sorted((first, second), key=lambda each: each.id)
    open_ones = Service.objects.select_for_update().filter(id__in=(low.id, high.id), same_as=None)
    _, made = Pair.objects.get_or_create(
        first=low, second=high, defaults={"same": same, "settled_by_id": viewer.user_id}
    )
    if same and made and len(open_ones.order_by("id")) == 2:  # nobody was quicker
        Service.objects.filter(same_as=second).update(same_as=first)
        Service.objects.filter(id=second.id).update(same_as=first)
    ids = {"first": str(first.id), "second": str(second.id), "same": same}
    audit.entry(viewer, CURATE, detail=ids)
