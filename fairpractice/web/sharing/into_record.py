"""What was entered in the service, into the record: facts and objections, as one source of its own.

The whole of it replaces what was brought in before, in one batch, or nothing does. When nothing
was entered or corrected since, nothing is written. The record's own rules then say who may be
read for which purpose.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.db.models import Exists, OuterRef
from django.utils.timezone import localdate

from fairpractice.record import manifest, store
from fairpractice.record.changing import staging
from fairpractice.record.contract import unwritten
from fairpractice.record.tables import TABLES
from fairpractice.web.core import audit
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import facts
from fairpractice.web.patients.models import SocialFact
from fairpractice.web.sharing.models import Objection


SOURCE = "service"
AT_ONCE = 10_000
BROUGHT = "bring what was entered into the record"
Progress = Callable[[str, int, int], None]


def bring_in(record: Path, progress: Progress = lambda step, done, total: None) -> dict[str, int]:
    """Bring what was entered into the record; again, and after being stopped, is the same.

    Parameters
    ----------
    record
        The record's folder.
    progress
        Called with what is being done, how much of it is done, and how much there is.

    Returns
    -------
    dict
        How many rows of each table were brought in; nothing when the record has them already.

    Raises
    ------
    FairpracticeError
        When the disk is full or somebody else is writing. The record is as it was.
    """
    with staging(record) as work:
        staged, counts, digest = {}, {}, hashlib.sha256()
        for name, rows in (("social_fact", _facts(progress)), ("objection", _objections())):
            staged[name] = work / f"{name}.parquet"
            counts[name] = _write(staged[name], name, rows, digest)
        content = digest.hexdigest()
        known = [batch for batch in manifest.load(record).batches if batch.source == SOURCE]
        latest = next((batch for batch in reversed(known) if not batch.withdrawn), None)
        if latest and latest.fingerprint.startswith(content):
            return {}
        if not latest and not any(counts.values()):
            return {}
        progress("storing", 0, 1)
        store.add_batch(
            record,
            source=SOURCE,
            mode="full",
            staged=staged,
            fingerprint=f"{content}-{len(known)}",  # what was so before may be so again
        )
        progress("storing", 1, 1)
    audit.entry(None, BROUGHT, detail=counts)
    return counts


def _write(file: Path, name: str, rows: Iterator[dict[str, Any]], digest: Any) -> int:
    whole = TABLES[name].schema()
    schema = pa.schema([whole.field(column) for column in unwritten(TABLES[name])])
    count, some = 0, []
    with pq.ParquetWriter(file, schema) as writer:
        for row in rows:
            digest.update(repr(sorted(row.items())).encode())
            count += 1
            some.append({**row, "source_file": "the service", "source_row": count})
            if len(some) == AT_ONCE:
                writer.write_table(pa.Table.from_pylist(some, schema))
                some = []
        writer.write_table(pa.Table.from_pylist(some, schema))
    digest.update(name.encode())
    return count


def _facts(progress: Progress) -> Iterator[dict[str, Any]]:
    """Yield the statements that nothing corrects, and whose consent holds if they need one.

    One that ever was sensitive, in any of its corrections, is: nobody else sees it in the service.
    """
    found = SocialFact.objects.filter(facts.standing(), corrected_by=None, retracted=False)
    total = found.count()
    thread = SocialFact.objects.filter(thread=OuterRef("thread"))
    found = found.annotate(hidden=Exists(thread.filter(facts.SECRET)))
    found = found.select_related("patient", "source_organisation").order_by("id")
    for number, fact in enumerate(found.iterator(AT_ONCE), start=1):
        if number % AT_ONCE == 0:
            progress("reading what was entered", number, total)
        place = fact.source_organisation
        yield {
            "patient_id": fact.patient.record_id,
            "topic": fact.topic,
            "status": fact.status,
            "route": fact.route,
            "source_organisation": place.name if _is_partner(place) else place.code,
            "recorder_role": fact.recorder_role,
            "recorded_on": fact.recorded_on,
            "true_from": fact.true_from,
            "true_until": fact.true_until,
            "lawful_basis": fact.lawful_basis,
            "sensitivity": "sensitive" if fact.hidden else fact.sensitivity,
        }


def _is_partner(place: Organisation) -> bool:
    return bool(place.kind == Organisation.Kind.PARTNER)


def _objections() -> Iterator[dict[str, Any]]:
    for each in Objection.objects.select_related("patient").order_by("id").iterator(AT_ONCE):
        yield {
            "patient_id": each.patient.record_id,
            "kind": "objection",
            "purpose": each.purpose,
            "recorded_on": _day(each.recorded_at),
            "withdrawn_on": _day(each.withdrawn_at) if each.withdrawn_at else None,
        }


def _day(moment: dt.datetime) -> dt.date:
    return localdate(moment)
