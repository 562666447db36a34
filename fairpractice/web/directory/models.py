"""The directory: the entities of the Human Services Data Specification (HSDS 3), by its names.

Columns are called as there. Two entities are not: ``organization`` is :class:`Provider`, since an
organisation here is one whose people sign in; and what is no column of ours stays in ``extra``.
Nothing here is about a person who is helped, and nothing about a service whose whereabouts are
kept from the public (:mod:`fairpractice.interoperability.open_referral.private`).
"""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now

from fairpractice.web.core.locking import Versioned
from fairpractice.web.organisations.models import Organisation


def _text() -> "models.TextField[str, str]":
    return models.TextField(blank=True, default="")


def _of(
    model: "type[models.Model] | str", name: str = "+"
) -> "models.ForeignKey[models.Model | None, models.Model | None]":
    """Return the key to what an entity belongs to, with which it goes."""
    return models.ForeignKey(
        model, null=True, blank=True, on_delete=models.CASCADE, related_name=name
    )


class Entity(models.Model):
    """A row of the standard: its id is that of whoever publishes it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    extra = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


class Provider(Entity):
    """HSDS ``organization``: who offers services, whether or not anybody of theirs signs in."""

    name = models.TextField()
    alternate_name = _text()
    description = _text()
    email = _text()
    website = _text()
    uri = _text()
    legal_status = _text()

    def __str__(self) -> str:
        return self.name


class OrganizationIdentifier(Entity):
    """The number under which a provider is registered, such as that of a charity."""

    provider = _of(Provider, "organization_identifiers")
    identifier_scheme = _text()
    identifier_type = _text()
    identifier = models.TextField()


class Service(Entity, Versioned):
    """What is offered to people.

    ``organisation`` is the partner that keeps the entry and to which it can be referred; where
    there is none, ``provider`` says who offers it. ``needs``, ``trigrams`` and ``known`` are worked
    out (:mod:`fairpractice.web.directory.indexing`) whenever it changes. One that turned out to be
    recorded twice names the one that took its place.
    """

    class Status(models.TextChoices):
        """Whether it is there to be used."""

        ACTIVE = "active", "Running"
        INACTIVE = "inactive", "Not running"
        DEFUNCT = "defunct", "Ended"
        TEMPORARILY_CLOSED = "temporarily closed", "Closed for a time"

    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.PROTECT, related_name="services"
    )
    provider = models.ForeignKey(
        Provider, null=True, blank=True, on_delete=models.PROTECT, related_name="services"
    )
    name = models.TextField()
    alternate_name = _text()
    description = _text()
    url = _text()
    email = _text()
    status = models.CharField(max_length=20, choices=Status.choices, blank=True)
    interpretation_services = _text()
    application_process = _text()
    fees_description = _text()
    fees = _text()
    wait_time = _text()
    accreditations = _text()
    eligibility_description = _text()
    minimum_age = models.FloatField(null=True, blank=True, help_text="years")
    maximum_age = models.FloatField(null=True, blank=True, help_text="years; they still may come")
    assured_date = models.DateField(null=True, blank=True, help_text="when it was last found right")
    alert = _text()
    last_modified = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=200, blank=True, help_text="whose feed it came from")
    same_as = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="also_as"
    )
    needs = ArrayField(models.CharField(max_length=40), default=list, editable=False)
    trigrams = ArrayField(models.CharField(max_length=3), default=list, editable=False)
    known = models.JSONField(default=dict, editable=False)

    class Meta:
        indexes = [
            GinIndex(fields=["needs"], name="directory_needs"),
            GinIndex(fields=["trigrams"], name="directory_trigrams"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def offered_by(self) -> str:
        """Who offers it; empty where nobody said."""
        named = self.organisation or self.provider
        return named.name if named else ""


class Location(Entity):
    """A place, or something that is reached without one."""

    location_type = models.CharField(max_length=20, blank=True)
    provider = _of(Provider, "locations")
    url = _text()
    name = _text()
    alternate_name = _text()
    description = _text()
    transportation = _text()
    latitude = models.FloatField(null=True, blank=True, help_text="degrees north, WGS 84")
    longitude = models.FloatField(null=True, blank=True, help_text="degrees east, WGS 84")
    external_identifier = _text()
    external_identifier_type = _text()


class Address(Entity):
    """Where a location is, or where letters to it go."""

    location = _of(Location, "addresses")
    attention = _text()
    address_1 = _text()
    address_2 = _text()
    city = _text()
    region = _text()
    state_province = _text()
    postal_code = _text()
    country = _text()
    address_type = _text()


class ServiceAtLocation(Entity):
    """A service is offered at a location."""

    service = _of(Service, "service_at_locations")
    location = _of(Location, "service_at_locations")
    description = _text()


class Schedule(Entity):
    """When a service is open: the words of an iCalendar recurrence."""

    service = _of(Service, "schedules")
    location = _of(Location, "schedules")
    service_at_location = _of(ServiceAtLocation, "schedules")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    dtstart = _text()
    until = _text()
    freq = models.CharField(max_length=20, blank=True)
    interval = models.FloatField(null=True, blank=True)
    byday = _text()
    bymonthday = _text()
    description = _text()
    opens_at = _text()
    closes_at = _text()
    schedule_link = _text()
    attending_type = _text()
    notes = _text()


class Taxonomy(Entity):
    """A list of terms by which services are described."""

    name = models.TextField()
    description = _text()
    uri = _text()
    version = _text()

    class Meta:
        verbose_name_plural = "taxonomies"


class TaxonomyTerm(Entity):
    """A term of one. ``parent_id`` need not be among what was read."""

    code = _text()
    name = models.TextField()
    description = _text()
    parent_id = models.UUIDField(null=True, blank=True)
    taxonomy = _text()
    taxonomy_id = models.UUIDField(null=True, blank=True)
    language = _text()
    term_uri = _text()


class Attribute(Entity):
    """A term said of any row: ``link_entity`` says of which table, ``link_id`` of which row."""

    link_id = models.UUIDField()
    link_entity = models.CharField(max_length=40)
    link_type = _text()
    taxonomy_term = _of(TaxonomyTerm, "attributes")
    value = _text()
    label = _text()

    class Meta:
        indexes = [models.Index(fields=["link_id"])]


class ServiceArea(Entity):
    """Where people must live to use a service."""

    service = _of(Service, "service_areas")
    service_at_location = _of(ServiceAtLocation, "service_areas")
    name = _text()
    description = _text()
    extent = _text()
    extent_type = _text()
    uri = _text()


class Language(Entity):
    """A language in which it is offered."""

    service = _of(Service, "languages")
    location = _of(Location, "languages")
    name = _text()
    code = models.CharField(max_length=20, blank=True)
    note = _text()


class Accessibility(Entity):
    """How a location is made for people with disabilities."""

    location = _of(Location, "accessibility")
    description = _text()
    details = _text()
    url = _text()

    class Meta:
        verbose_name_plural = "accessibility"


class Contact(Entity):
    """Whom to ask for."""

    provider = _of(Provider, "contacts")
    service = _of(Service, "contacts")
    service_at_location = _of(ServiceAtLocation, "contacts")
    location = _of(Location, "contacts")
    name = _text()
    title = _text()
    department = _text()
    email = _text()


class Phone(Entity):
    """A telephone number."""

    provider = _of(Provider, "phones")
    service = _of(Service, "phones")
    service_at_location = _of(ServiceAtLocation, "phones")
    location = _of(Location, "phones")
    contact = _of(Contact, "phones")
    number = models.TextField()
    extension = _text()
    type = _text()
    description = _text()


class CostOption(Entity):
    """What it costs."""

    service = _of(Service, "cost_options")
    valid_from = models.DateField(null=True, blank=True)
    valid_to = models.DateField(null=True, blank=True)
    option = _text()
    currency = _text()
    amount = models.FloatField(null=True, blank=True)
    amount_description = _text()


class ServiceCapacity(Entity):
    """How many of a unit, such as places, are free."""

    service = _of(Service, "capacities")
    unit = _text()
    available = models.FloatField(null=True, blank=True)
    maximum = models.FloatField(null=True, blank=True)
    description = _text()
    updated = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "service capacities"


class Reading(models.Model):
    """A feed that was read: what of it waits to be accepted, what was kept, and what was not.

    ``rows`` is empty once it was accepted. What belongs to a service whose whereabouts are kept
    from the public was taken out before anything was stored, and is counted alone.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.CharField(max_length=200)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    read_at = models.DateTimeField(db_default=Now())
    counts = models.JSONField()
    faults = models.JSONField()
    rows = models.JSONField()
    accepted_at = models.DateTimeField(null=True, blank=True)


class Postcode(models.Model):
    """Where a postcode is: the middle of its addresses, as whoever publishes postcodes says."""

    postcode = models.CharField(max_length=7, primary_key=True, help_text="without its space")
    latitude = models.FloatField(help_text="degrees north, WGS 84")
    longitude = models.FloatField(help_text="degrees east, WGS 84")


class Pair(models.Model):
    """Two services that look like one, and what somebody found: they are one, or they are two."""

    first = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="+")
    same = models.BooleanField()
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    settled_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="a_pair_is_settled_once")
        ]


class Private(models.Model):
    """Somebody said whether a service is among those that the public table never has."""

    service_id = models.UUIDField(primary_key=True)
    kept_out = models.BooleanField()
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    said_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "private"
