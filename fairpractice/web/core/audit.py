"""Who did what, when and why: entries that can be added and never changed, sealed into a chain.

An entry is written in the transaction of the act that it is about, so that neither is there
without the other. A background step (:func:`seal`) then puts the hash of each entry, with that of
the one sealed before it, into a chain, so that writers do not wait for one another. The database
refuses to change or remove either (a trigger in ``migrations``); that somebody did so past the
trigger shows in :func:`verify`.

That the *last* entries were cut off together with their seals shows only to somebody who noted the
last hash elsewhere; that an entry was changed before it was sealed shows nowhere.

No entry holds a name, an NHS number or what a fact is about.
"""

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from fairpractice.web.core.models import Entry, Seal


if TYPE_CHECKING:
    from fairpractice.web.core.access import Viewer

START = "0" * 64
OUTCOMES = ("done", "refused")
SEALED_AT_ONCE = 5_000
THE_SEALER = 7_211_006  # of advisory locks: one seals at a time
NO_SYSTEM_PURPOSE = "record keeping"


@dataclass(frozen=True)
class Verified:
    """What :func:`verify` found.

    Attributes
    ----------
    entries, last_hash
        How many sealed entries are sound, and the hash of the last.
    unsealed
        How many entries wait to be sealed.
    altered, problem
        The first entry that is not as it was sealed, and how; nothing when all are.
    """

    entries: int
    last_hash: str
    unsealed: int
    altered: int | None = None
    problem: str = ""


def entry(
    viewer: "Viewer | None",
    act: str,
    *,
    patient: UUID | None = None,
    outcome: str = "done",
    detail: Mapping[str, Any] | None = None,
    user: UUID | None = None,
) -> None:
    """Write an entry, in the transaction that is open.

    Parameters
    ----------
    viewer
        Who did it; nobody for the service itself and for somebody who has not signed in.
    act
        What: an act of the table of access, or one of the service's own.
    patient
        Whom it is about, if one person.
    outcome
        ``"done"`` or ``"refused"``.
    detail
        Ids and counts, never words of anybody's record.
    user
        Who did it, where there is no viewer yet: signing in.
    """
    Entry.objects.create(
        at=timezone.now(),
        user_id=viewer.user_id if viewer else user,
        role=viewer.role if viewer else "",
        organisation_id=viewer.organisation_id if viewer else None,
        patient_id=patient,
        purpose=(viewer.purpose if viewer else NO_SYSTEM_PURPOSE),
        act=act,
        outcome=outcome,
        detail=dict(detail or {}),
    )


def seal() -> int:
    """Seal what waits, in the order of its ids, and return how many entries that was.

    An entry whose transaction ended late is sealed after some with higher ids: the chain has an
    order of its own.
    """
    sealed = 0
    while done := _seal_some():
        sealed += done
    return sealed


@transaction.atomic
def _seal_some() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [THE_SEALER])
    last = Seal.objects.order_by("-number").first()
    number, previous = (last.number, last.hash) if last else (0, START)
    seals = []
    for each in Entry.objects.filter(seal=None).order_by("id")[:SEALED_AT_ONCE]:
        number, previous = number + 1, chained(previous, each)
        seals.append(Seal(number=number, entry_id=each.id, hash=previous))
    Seal.objects.bulk_create(seals)
    return len(seals)


def verify() -> Verified:
    """Check every sealed entry against its seal, in order; find the first that differs."""
    previous, count = START, 0
    unsealed = Entry.objects.filter(seal=None).count()
    for seal, found in _sealed():
        problem = ""
        if seal.number != count + 1:
            problem = f"seal {count + 1} was taken out"
        elif found is None:
            problem = "it was taken out"
        elif chained(previous, found) != seal.hash:
            problem = "it is not as it was when it was sealed"
        if problem:
            return Verified(count, previous, unsealed, seal.entry_id, problem)
        previous, count = seal.hash, seal.number
    return Verified(count, previous, unsealed)


def _sealed() -> Iterator[tuple[Seal, Entry | None]]:
    """Yield each seal with its entry, a few thousand at a time."""
    for start in itertools.count(0, SEALED_AT_ONCE):
        seals = list(
            Seal.objects.filter(number__gt=start, number__lte=start + SEALED_AT_ONCE).order_by(
                "number"
            )
        )
        if not seals and not Seal.objects.filter(number__gt=start).exists():
            return
        entries = Entry.objects.in_bulk([each.entry_id for each in seals])
        yield from ((each, entries.get(each.entry_id)) for each in seals)


def chained(previous: str, each: Entry) -> str:
    """Return the SHA-256 of an entry after the hash before it."""
    said = {
        "id": each.id,
        "at": each.at.astimezone(dt.UTC).isoformat(),
        "user": str(each.user_id or ""),
        "role": each.role,
        "organisation": str(each.organisation_id or ""),
        "patient": str(each.patient_id or ""),
        "purpose": each.purpose,
        "act": each.act,
        "outcome": each.outcome,
        "detail": each.detail,
    }
    plain = json.dumps([previous, said], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(plain.encode()).hexdigest()
