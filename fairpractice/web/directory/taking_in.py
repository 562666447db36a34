"""Taking a feed in: read and looked at first, and then accepted.

What whoever keeps an entry here says stands above what a feed says of it: their services are left
as they are. Whatever else is met again is changed to what the feed says; what it says nothing of
stays, and grows old. Of services whose whereabouts are kept from the public, nothing is stored
(:mod:`fairpractice.interoperability.open_referral.private`) but how many they were.
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

from django.db import models, transaction
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.interoperability.open_referral import private, reading
from fairpractice.web.core import audit
from fairpractice.web.core.access import CURATE, Viewer
from fairpractice.web.directory import indexing
from fairpractice.web.directory.models import (
    Accessibility,
    Address,
    Attribute,
    Contact,
    CostOption,
    Entity,
    Language,
    Location,
    OrganizationIdentifier,
    Phone,
    Private,
    Provider,
    Reading,
    Schedule,
    Service,
    ServiceArea,
    ServiceAtLocation,
    ServiceCapacity,
    Taxonomy,
    TaxonomyTerm,
)


MODELS: dict[str, type[Entity]] = {
    "organization": Provider,
    "organization_identifier": OrganizationIdentifier,
    "taxonomy": Taxonomy,
    "taxonomy_term": TaxonomyTerm,
    "service": Service,
    "location": Location,
    "address": Address,
    "service_at_location": ServiceAtLocation,
    "schedule": Schedule,
    "attribute": Attribute,
    "service_area": ServiceArea,
    "language": Language,
    "accessibility": Accessibility,
    "contact": Contact,
    "phone": Phone,
    "cost_option": CostOption,
    "service_capacity": ServiceCapacity,
}
"""The tables of the standard, in the order in which they are written: what is named comes first."""

AGAIN = ("schedule", "language", "service_area", "cost_option", "service_capacity", "phone")
"""Of these, what a feed says of a service replaces what it said before."""
WORKED_OUT = ("needs", "trigrams", "known")
FAULTS = 500  # that are kept
AT_ONCE = 500


@transaction.atomic
def receive(
    viewer: Viewer | None, source: str, files: Iterable[tuple[str, bytes]], token: UUID
) -> Reading:
    """Read a feed, and keep what is to be accepted of it.

    Parameters
    ----------
    viewer
        Who brings it; nobody for the command line.
    source
        Whose it is.
    files
        Their names, and what is in them.
    token
        The id that the reading gets: one that is sent twice is read once.

    Raises
    ------
    FairpracticeError
        When there is no service in it that could be taken in.
    """
    if found := Reading.objects.filter(id=token).first():
        return found
    feed = reading.read(files)
    said = dict(Private.objects.values_list("service_id", "kept_out"))
    rows, count = private.without(
        feed.rows,
        let_in={str(each) for each, out in said.items() if not out},
        kept_out={str(each) for each, out in said.items() if out},
    )
    if not rows["service"] and not count:
        first = feed.faults[0] if feed.faults else None
        raise FairpracticeError(
            "There is no service in it that can be read",
            where=f"{first.file} {first.place}: {first.reason}".strip() if first else "",
            fix="Is it a list of services as HSDS 3 or Open Referral UK 3 writes it, in JSON?",
        )
    counts = {
        **_compared(rows),
        "private": count,
        "lost": sum(each.cost in ("row", "file") for each in feed.faults),
        "faults": len(feed.faults),
        "unknown": sum(feed.unknown.values()),
    }
    made: Reading = Reading.objects.create(
        id=token,
        source=source[:200],
        read_by_id=viewer.user_id if viewer else None,
        counts=counts,
        faults=[asdict(each) for each in feed.faults[:FAULTS]],
        rows=rows,
    )
    audit.entry(viewer, CURATE, detail={"reading": str(made.id), "services": len(rows["service"])})
    return made


@transaction.atomic
def looked_at(source: str, files: Iterable[tuple[str, bytes]]) -> Reading:
    """Return what a feed would do, and keep nothing of it.

    Raises
    ------
    FairpracticeError
        As :func:`receive` does.
    """
    read = receive(None, source, files, uuid4())
    transaction.set_rollback(True)
    return read


def _compared(rows: private.Rows) -> dict[str, int]:
    there = Service.objects.filter(id__in=rows["service"])
    kept = there.exclude(organisation=None).count()
    known = there.count()
    return {
        "services": len(rows["service"]),
        "new": len(rows["service"]) - known,
        "known": known - kept,
        "kept_here": kept,
    }


@transaction.atomic
def accept(viewer: Viewer | None, read: Reading) -> Reading:
    """Write what was read into the directory, all or nothing; again does nothing more."""
    read = Reading.objects.select_for_update().get(id=read.id)
    if read.accepted_at:
        return read
    rows: private.Rows = read.rows
    out = {str(each.service_id) for each in Private.objects.filter(kept_out=True)}
    rows, _ = private.without(rows, let_in=set(rows["service"]) - out, kept_out=out)
    locked = Service.objects.select_for_update().filter(id__in=rows["service"])
    kept = {str(each.id) for each in locked if each.organisation_id}
    rows = _not_of(rows, kept)
    _clear_what_is_said_again(rows)
    for name, model in MODELS.items():
        _write(model, rows.get(name, {}), read.source)
    _give_to_who_keeps_others(rows["service"])
    indexing.index([UUID(each) for each in rows["service"]])
    read.accepted_at, read.rows = timezone.now(), {}
    read.save()
    detail = {"reading": str(read.id), "services": len(rows["service"]), "kept": len(kept)}
    audit.entry(viewer, CURATE, detail=detail)
    return read


def _not_of(rows: private.Rows, kept: set[str]) -> private.Rows:
    """Return the rows without those of services that somebody keeps here."""
    joined = {
        key for key, row in rows["service_at_location"].items() if row.get("service_id") in kept
    }
    theirs = kept | joined
    named = ("service_id", "service_at_location_id", "link_id")
    return {
        name: {
            key: row
            for key, row in table.items()
            if key not in (kept if name == "service" else joined if "_at_" in name else ())
            and not theirs & {row.get(each) for each in named}
        }
        for name, table in rows.items()
    }


def _clear_what_is_said_again(rows: private.Rows) -> None:
    for name in AGAIN:
        for key in ("service_id", "service_at_location_id"):
            if not hasattr(MODELS[name], key):
                continue
            said = {row[key] for row in rows[name].values() if row.get(key)}
            old = MODELS[name].objects.filter(**{f"{key}__in": said})
            old.exclude(id__in=rows[name]).delete()


def _write(model: type[Entity], rows: dict[str, dict[str, Any]], source: str) -> None:
    """Write rows into a table: new ones, and those that are there already."""
    manager = model.objects
    there = {str(key): row for key, row in manager.in_bulk([UUID(key) for key in rows]).items()}
    fields = {field.attname: field for field in model._meta.concrete_fields}
    known = {name: _known(name, field, rows) for name, field in fields.items() if field.is_relation}
    new: list[Entity] = []
    changed: list[Entity] = []
    for key, row in rows.items():
        entity = there.get(key) or model(id=UUID(key))
        extra = {**entity.extra, **row.get("extra", {})}
        for column, value in row.items():
            name = _ours(column)
            if name not in fields:
                extra[name] = value
            elif name != "extra" and (name not in known or str(value) in known[name]):
                setattr(entity, name, _fitted(fields[name], value))
        entity.extra = extra
        if isinstance(entity, Service):
            entity.source = source
            entity.version += key in there
        if isinstance(entity, Attribute) and not entity.link_id:
            continue
        (changed if key in there else new).append(entity)
    manager.bulk_create(new, batch_size=AT_ONCE)
    written = [field.name for field in fields.values() if field.name not in ("id", *WORKED_OUT)]
    manager.bulk_update(changed, written, batch_size=AT_ONCE)


def _ours(column: str) -> str:
    return "provider_id" if column == "organization_id" else column


def _known(name: str, field: Any, rows: dict[str, dict[str, Any]]) -> set[str]:
    """Return which of the rows that are named by a key are there."""
    named = {value for row in rows.values() for key, value in row.items() if _ours(key) == name}
    found = field.related_model.objects.filter(pk__in=named)
    return {str(each) for each in found.values_list("pk", flat=True)}


def _fitted(field: Any, value: Any) -> Any:
    """Return a value as a column takes it."""
    if isinstance(field, models.CharField):
        return str(value)[: field.max_length]
    return field.to_python(value)


def _give_to_who_keeps_others(services: Iterable[str]) -> None:
    """Give new services to the partner that keeps the others of whoever offers them."""
    offered = Service.objects.filter(id__in=list(services), organisation=None)
    for each in offered.exclude(provider=None).select_related("provider"):
        keeper = each.provider.services.exclude(organisation=None).order_by("id").first()
        if keeper:
            each.organisation_id = keeper.organisation_id
            each.save(update_fields=["organisation"])
