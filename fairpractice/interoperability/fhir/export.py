"""A record as FHIR R4: bulk NDJSON, a file a kind of resource, or one Bundle.

People are their pseudonyms unless identity is asked for, which direct care alone may. Whoever
objects to the purpose is not in it; outside direct care neither are sensitive social facts, nor
entries whose code states one.
"""

import contextlib
import datetime as dt
import json
import os
import shutil
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal

from fairpractice import codelists
from fairpractice.errors import FairpracticeError
from fairpractice.interoperability.fhir import languages, leaving, names
from fairpractice.interoperability.fhir.elements import Resource
from fairpractice.record import audit
from fairpractice.record.reading import Readable, SomePeople, slices
from fairpractice.record.store import open_record
from fairpractice.record.tables import TABLES
from fairpractice.record.topics import SENSITIVE, TOPICS


if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

Form = Literal["ndjson", "bundle"]
Row = dict[str, Any]

PEOPLE_AT_A_TIME = 10_000
ROWS_AT_A_TIME = 10_000
BUNDLE = "Bundle.json"
BEFORE = '{"resourceType": "Bundle", "type": "collection", "entry": [\n'
AFTER = "\n]}\n"


def export_fhir(
    path: Path | str,
    out: Path | str,
    *,
    purpose: str = "research",
    form: Form = "ndjson",
    identity: bool = False,
    definitions: Path | None = None,
    today: dt.date | None = None,
    progress: Callable[[str, int, int], object] = lambda step, done, total: None,
) -> Counter[str]:
    """Write a record as FHIR R4; the audit trail says so first.

    Parameters
    ----------
    path
        The record.
    out
        The folder to write, which must not be there yet: ``Patient.ndjson`` and so on, or
        ``Bundle.json``. It is there when all of it is written, and its owner's alone.
    purpose
        Why: whoever objects to it is left out.
    form
        ``"ndjson"`` or ``"bundle"``.
    identity
        Whether NHS numbers, names, dates of birth and contact details are told.
    definitions
        The folder of local codelists, which say what codes are sensitive.
    today
        The day on which it is asked who needs an interpreter; today, if not given.
    progress
        Called with what is being done, how many rows of it are done, and how many there are.

    Returns
    -------
    Counter
        How many resources of each kind were written.

    Raises
    ------
    FairpracticeError
        When there is no record, the folder is there already, or identity is asked for outside
        direct care. Nothing is written then.
    """
    out, record = Path(out), open_record(path, purpose=purpose)
    if out.exists():
        raise FairpracticeError(
            "There is something there already", where=str(out), fix="Name a folder that is not."
        )
    people = _count(record, record.table("patient"))
    named = record.identity() if identity else None
    told = "with identity" if identity else "pseudonymised"
    audit.entry(
        path, action="export FHIR", purpose=purpose, detail=f"{form}, {told}", people=people
    )
    out.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))  # its owner's alone
    try:
        with _Sink(beside, form) as sink:
            some, lists = SomePeople(record), codelists.load(definitions)
            for first, end in slices(record, PEOPLE_AT_A_TIME):
                some.turn(first, end)
                for resource in _resources(some, named, lists, today or dt.date.today()):
                    sink.write(resource)
                progress("writing", sink.written["Patient"], people)
        beside.rename(out)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        raise
    return sink.written


class _Sink:
    """The files that resources are written to."""

    def __init__(self, folder: Path, form: Form) -> None:
        self.written: Counter[str] = Counter()
        self._folder = folder
        self._bundle = form == "bundle"
        self._files = contextlib.ExitStack()
        self._open: dict[str, IO[str]] = {}

    def __enter__(self) -> "_Sink":
        if self._bundle:
            self._file(BUNDLE).write(BEFORE)
        return self

    def __exit__(self, *_: object) -> None:
        if self._bundle:
            self._file(BUNDLE).write(AFTER)
        self._files.close()

    def write(self, resource: Resource) -> None:
        """Write a resource, and give it an id if it has none."""
        kind = resource["resourceType"]
        self.written[kind] += 1
        resource = {"id": str(self.written[kind]), **resource}
        if self._bundle:
            url = f"{names.HOME}/{kind}/{resource['id']}"
            between = ",\n" if self.written.total() > 1 else ""
            entry = {"fullUrl": url, "resource": resource}
            self._file(BUNDLE).write(between + json.dumps(entry, ensure_ascii=False))
        else:
            line = json.dumps(resource, ensure_ascii=False) + "\n"
            self._file(f"{kind}.ndjson").write(line)

    def _file(self, name: str) -> IO[str]:
        if name not in self._open:
            path = self._folder / name
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            self._open[name] = self._files.enter_context(
                os.fdopen(descriptor, "w", encoding="utf-8")
            )
        return self._open[name]


def _resources(
    record: Readable, named: "pa.Table | None", lists: Mapping[str, codelists.Codelist], on: dt.date
) -> Iterator[Resource]:
    yield from _people(record, named, languages.spoken(record, lists, on))
    for table, resource in leaving.MAKERS.items():
        rows = record.table(table)
        if table == "event" and record.purpose != "direct_care":
            rows = rows.anti_join(_sensitive(record, lists), ["code", "code_system"])
        for row in _rows(record, rows):
            yield resource(row)


def _people(
    record: Readable, named: "pa.Table | None", spoken: Mapping[int, languages.Speaks]
) -> Iterator[Resource]:
    """Yield a resource for each person who is in the patient or the address table.

    Where several sources tell of a person, what the latest import says of a column counts.
    """
    people = _latest(_rows(record, record.table("patient")))
    homes: defaultdict[int, list[Row]] = defaultdict(list)
    for row in _rows(record, record.table("address")):
        homes[row["patient_id"]].append(row)
    known = people.keys() | homes.keys()
    identities = _latest(_identities(named, known))
    for patient_id in sorted(known):
        yield leaving.patient(
            people.get(patient_id, {"patient_id": patient_id}),
            homes.get(patient_id, ()),
            identities.get(patient_id),
            known=patient_id in people,
            speaks=spoken.get(patient_id, (None, None)),
        )


def _identities(named: "pa.Table | None", known: "set[int]") -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.compute as pc

    if named is not None:
        these = pc.is_in(named["patient_id"], pa.array(sorted(known), pa.int64()))
        yield from named.filter(these).to_pylist()


def _latest(rows: Iterator[Row]) -> dict[int, Row]:
    merged: dict[int, Row] = {}
    for row in sorted(rows, key=lambda row: (row["batch"], row["source"], row["source_row"] or 0)):
        kept = merged.setdefault(row["patient_id"], row)
        kept.update({name: value for name, value in row.items() if value is not None})
    return merged


def _rows(record: Readable, rows: "ir.Table") -> Iterator[Row]:
    for batch in record.engine.to_arrow(rows).to_batches(max_chunksize=ROWS_AT_A_TIME):
        yield from batch.to_pylist()


def _count(record: Readable, rows: "ir.Table") -> int:
    counted = record.engine.to_arrow(rows.aggregate(n=lambda t: t.count()))
    return int(counted["n"][0].as_py())


def _sensitive(record: Readable, lists: Mapping[str, codelists.Codelist]) -> "ir.Table":
    """Return the codes that state, or end, what is sensitive."""
    import pyarrow as pa

    stated = [
        (code.code, code.system)
        for topic in SENSITIVE
        for name in (TOPICS[topic].codelist, TOPICS[topic].ended_by)
        if name
        for code in lists[name].codes
    ]
    columns = {
        name: pa.array([code[n] for code in stated], pa.string())
        for n, name in enumerate(("code", "code_system"))
    }
    return record.engine.table(pa.table(columns))


assert set(leaving.MAKERS) | {"patient", "identity", "address"} == set(TABLES)
