"""What was sent into the record: the way in for a practice's real data, whatever its shape.

Files are brought within the engine's reach, people get their pseudonyms, each table's rows are
converted and checked one by one, then against one another; what is sound is staged and handed to
the record in one batch. Every row read is stored, set aside or quarantined, and the counts add up
or nothing is stored. How files of some shape become rows is for a module of their own to
say, as an :class:`Arrival`.
"""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fairpractice.engines.duckdb import DuckDB, connect
from fairpractice.errors import FairpracticeError
from fairpractice.record import manifest, store
from fairpractice.record.contract import Table
from fairpractice.record.files import Files
from fairpractice.record.manifest import Batch
from fairpractice.record.tables import TABLES
from fairpractice.sources import agreement, people, quarantine, reconciliation, rows
from fairpractice.sources.convert import Areas, Setting, literal
from fairpractice.sources.files import Feed, Found, Progress
from fairpractice.sources.mapping import Mode, Section
from fairpractice.sources.quarantine import Cause
from fairpractice.sources.reconciliation import Tally, account, counted_in, totals


MEMORY = "900MB"
MOST_WRONG = 0.5  # of a table's rows: with more than that wrong, it is the mapping or the file
REJECTED = "rejected"
UNKNOWN_PEOPLE = "stored about people who are in no patient table yet"


@dataclass(frozen=True)
class Outcome:
    """What came of an import.

    ``batch`` is what the record has of it; ``new`` says that it was not there before. ``tallies``
    account for every row, ``causes`` say why some were quarantined, and ``quarantined_in`` is
    where they are listed. ``encodings`` are those of the text files.
    """

    batch: Batch
    new: bool
    tallies: Sequence[Tally]
    causes: Sequence[Cause]
    quarantined_in: Path | None
    encodings: Mapping[str, str]
    unused: Sequence[str]

    def __str__(self) -> str:
        return account(self.tallies, self.causes)


@dataclass(frozen=True)
class Arrival:
    """What is to be imported, before any of it is read.

    ``gather`` brings it within the engine's reach; it may write into the folder it is given.
    ``sections`` say how its rows feed tables. ``practices`` and ``period`` are those of a full
    import (see :class:`fairpractice.sources.mapping.Extract`); ``suspect`` is what is probably at
    fault when most rows are wrong.
    """

    source: str
    mode: Mode
    sections: Sequence[Section]
    gather: Callable[[DuckDB, Path, Progress], Found]
    fingerprint: str
    practices: tuple[str, ...] | None = None
    period: tuple[dt.date, dt.date] | None = None
    suspect: str = "the mapping may be"


def bring_in(
    record: Path | str,
    arrival: Arrival,
    *,
    today: dt.date | None = None,
    areas: Mapping[str, Areas] | None = None,
    strict: bool = False,
    progress: Progress = lambda step, done, total: None,
) -> Outcome:
    """Import what was sent into a record, which is made if there is none.

    Parameters
    ----------
    record
        The record's folder.
    arrival
        What is imported.
    today
        The day after which every date is in the future; the machine's when left out.
    areas
        Per vintage of small areas, the codes it can hold; not looked at when left out.
    strict
        Store nothing if a single row is wrong.
    progress
        Called with what is being done, how much of it is done, and how much there is.

    Raises
    ------
    FairpracticeError
        When it cannot be read, when more than half of a table's rows are wrong, or an objection
        cannot be read. The record is as it was.
    """
    record = Path(record)
    found_before = record.exists()
    store.create(record)
    try:
        again = _imported(record, arrival.source, arrival.fingerprint)
        if again:
            return Outcome(again, False, (), (), None, {}, ())
        with store.staging(record) as work:
            return _import(
                record,
                arrival,
                work,
                today=today or dt.date.today(),
                areas=areas or {},
                strict=strict,
                progress=progress,
            )
    except BaseException:
        if not found_before and not any((record / "batches").glob("*")):
            shutil.rmtree(record, ignore_errors=True)
        raise


def _import(
    record: Path,
    arrival: Arrival,
    work: Path,
    *,
    today: dt.date,
    areas: Mapping[str, Areas],
    strict: bool,
    progress: Progress,
) -> Outcome:
    engine = connect(memory_limit=MEMORY)
    found = arrival.gather(engine, work, progress)
    keys = _keys(engine, record, arrival.source, found.feeds, progress)
    setting = Setting(
        today, arrival.source, store.secret(record), areas, _known_areas(engine, areas)
    )
    engine.execute(f"CREATE TEMP TABLE {REJECTED} ({quarantine.COLUMNS})")
    engine.execute("CREATE TEMP TABLE persons (patient_id BIGINT, born DATE)")
    staged: dict[str, Path] = {}
    tallies: list[Tally] = []
    tables = list(dict.fromkeys(section.table.name for section in arrival.sections))
    tables = [name for name in tables if any(f.section.table.name == name for f in found.feeds)]
    if "patient" not in tables:
        _persons(engine, record, None)
    for n, name in enumerate(tables):  # patient is the first: the others ask when they were born
        progress(f"checking {name}", n, len(tables))
        table = TABLES[name]
        fed = [(f, k) for f, k in zip(found.feeds, keys, strict=True) if f.section.table is table]
        tallies += _table(engine, table, fed, setting, work, staged)
        if name == "patient":
            _persons(engine, record, staged.get(name))
    _note_unread(engine, found)
    tallies = [*found.before, *tallies]
    for tally in tallies:
        tally.check()
    causes = quarantine.causes(engine, REJECTED)
    _refuse(tallies, causes, strict, arrival.suspect)
    practices = _practices(engine, staged) if arrival.practices is None else arrival.practices
    lists = work / "quarantine"
    quarantine.write(engine, REJECTED, lists)
    engine.connection.close()
    progress("storing", 0, 1)
    before = {batch.number for batch in manifest.load(record).batches}
    batch = store.add_batch(
        record,
        source=arrival.source,
        mode=arrival.mode,
        staged=staged,
        fingerprint=arrival.fingerprint,
        practices=practices,
        period=arrival.period,
        counts={total.table: total.to_json() for total in totals(tallies)},
    )
    new = batch.number not in before
    kept_lists = None
    if new:
        reconciliation.settle(record, batch, tallies)
        reconciliation.write(record / "reconciliation" / f"{batch.number}.json", tallies)
    if new and lists.is_dir():
        kept_lists = record / "quarantine" / str(batch.number)
        kept_lists.parent.mkdir(mode=0o700, exist_ok=True)
        lists.rename(kept_lists)
    progress("storing", 1, 1)
    return Outcome(
        batch,
        new,
        tallies,
        causes,
        kept_lists,
        {file: layout.encoding for file, layout in found.layouts.items()},
        found.unused,
    )


def _keys(
    engine: DuckDB, record: Path, source: str, feeds: Sequence[Feed], progress: Progress
) -> list[str]:
    progress("telling people apart", 0, 1)
    linkages = [rows.linkage(feed) for feed in feeds]
    return people.keys(
        engine,
        linkages,
        source=source,
        secret=store.secret(record),
        erased=store.erased_predicate(record),
        earlier=_in_force(
            engine,
            record,
            "identity",
            "SELECT DISTINCT source_patient_id AS own, nhs_number AS nhs FROM {} "
            f"WHERE source = {literal(source)} "
            "AND source_patient_id IS NOT NULL AND nhs_number IS NOT NULL",
        )
        if any(linkage.own for linkage in linkages)
        else "",
    )


def _note_unread(engine: DuckDB, found: Found) -> None:
    """List what could not be read as rows of any table."""
    import pyarrow as pa

    if not found.unread:
        return
    [table] = {tally.table for tally in found.before}
    files, lines, why = zip(*found.unread, strict=True)
    unread = engine.table(pa.table({"f": files, "n": pa.array(lines, pa.int64()), "why": why}))
    engine.execute(
        f"INSERT INTO {REJECTED} SELECT {literal(table)}, f, n, 'line', why, NULL "
        f"FROM {unread.get_name()}"
    )


def _known_areas(engine: DuckDB, areas: Mapping[str, Areas]) -> dict[str, str]:
    import pyarrow as pa

    return {
        vintage: engine.table(pa.table({"code": held.codes})).get_name()
        for vintage, held in areas.items()
        if held.codes is not None
    }


def _in_force(engine: DuckDB, record: Path, table: str, select: str) -> str:
    """Return SQL for what the record already has of a table, or nothing when it has none."""
    known = manifest.load(record)
    held = Files(engine, record, known.record)
    return " UNION ALL ".join(
        select.format(held.relation(TABLES[table], batch.in_force[table]))
        for batch in known.batches
        if table in batch.in_force
    )


def _persons(engine: DuckDB, record: Path, staged: Path | None) -> None:
    """Note when people were born: those of this import, then those whom the record has."""
    if staged:
        engine.execute(
            f"INSERT INTO persons SELECT patient_id, birth_month "
            f"FROM read_parquet({literal(str(staged))})"
        )
    earlier = _in_force(engine, record, "patient", "SELECT patient_id, birth_month AS born FROM {}")
    if earlier:
        engine.execute(
            f"INSERT INTO persons SELECT patient_id, max(born) FROM ({earlier}) "
            "WHERE patient_id NOT IN (SELECT patient_id FROM persons) GROUP BY 1"
        )


def _table(
    engine: DuckDB,
    table: Table,
    fed: Sequence[tuple[Feed, str]],
    setting: Setting,
    work: Path,
    staged: dict[str, Path],
) -> list[Tally]:
    """Convert, check and stage the rows of one table, and account for them file by file."""
    tallies = {feed.file: Tally(feed.file, table.name) for feed, _ in fed}

    def of(file: str) -> Tally:
        return tallies[counted_in(file, tallies)]

    sound = work / f"{table.name}.parquet"
    strangers = rows.convert(
        engine, [(feed, keys, tallies[feed.file]) for feed, keys in fed], setting, sound, REJECTED
    )
    staged[table.name], out = agreement.agreed(engine, table, sound)
    engine.execute(
        f"INSERT INTO {REJECTED} SELECT {literal(table.name)}, source_file, source_row, "
        "split_part(fault, ':', 1), split_part(fault, ':', 2), NULL "
        f"FROM {out} WHERE fault IS NOT NULL"
    )
    for file, aside, n in engine.execute(
        f"SELECT source_file, aside, count(*) FROM {out} WHERE aside IS NOT NULL GROUP BY ALL"
    ):
        of(file).set_aside[aside] += n
    stored = f"read_parquet({literal(str(staged[table.name]))})"
    for file, n in engine.execute(f"SELECT source_file, count(*) FROM {stored} GROUP BY ALL"):
        of(file).stored += n
    if strangers and table.name != "patient":
        for file, n in engine.execute(
            f"SELECT source_file, count(*) FROM {stored} "
            "WHERE patient_id NOT IN (SELECT patient_id FROM persons) GROUP BY ALL"
        ):
            of(file).notes[UNKNOWN_PEOPLE] += n
    for file, field, kind, n in engine.execute(
        f"SELECT file, field, kind, count(*) FROM {REJECTED} WHERE tbl = {literal(table.name)} "
        "GROUP BY ALL ORDER BY ALL"
    ):
        of(file).quarantined[f"{field}:{kind}"] += n
    return list(tallies.values())


def _refuse(tallies: Sequence[Tally], causes: Sequence[Cause], strict: bool, suspect: str) -> None:
    """Stop an import that is more wrong than right, or would lose an objection."""
    for total in totals(tallies):
        wrong = total.quarantined.total()
        kept = total.table in TABLES
        of = wrong + total.stored if kept else total.read
        things = f"rows of {total.table}" if kept else f"{total.table}s"
        if not wrong:
            continue
        if strict:
            what = f"{wrong:,} of {of:,} {things} are wrong"
        elif total.table == "objection":
            what = f"{wrong:,} of {of:,} objections cannot be read, and none may be overlooked"
        elif wrong > MOST_WRONG * of:
            what = f"{wrong:,} of {of:,} {things} are wrong: {suspect}"
        else:
            continue
        why = [cause for cause in causes if cause.table == total.table]
        raise FairpracticeError(
            f"{what}. Nothing was stored",
            where=f"{why[0].file}, line {why[0].line}, {why[0].field}",
            fix="\n" + "\n".join(f"  {cause}" for cause in why),
        )


def _practices(engine: DuckDB, staged: Mapping[str, Path]) -> tuple[str, ...]:
    """Return the practices that an extract has rows of."""
    asked = " UNION ALL ".join(
        f"SELECT {TABLES[name].practice} AS code FROM read_parquet({literal(str(path))})"
        for name, path in staged.items()
        if TABLES[name].practice
    )
    if not asked:
        return ()
    found = engine.execute(f"SELECT DISTINCT code FROM ({asked}) WHERE code IS NOT NULL ORDER BY 1")
    return tuple(code for (code,) in found)


def fingerprint(how: Sequence[str | None], present: Sequence[Path]) -> str:
    """Return what tells an import from any other: how it was read, and from which files."""
    known = hashlib.sha256()
    known.update(json.dumps(how).encode())
    for path in present:
        known.update(path.name.encode())
        with path.open("rb") as file:
            known.update(hashlib.file_digest(file, "sha256").digest())
    return known.hexdigest()


def _imported(record: Path, source: str, fingerprint: str) -> Batch | None:
    """Return the last batch of a source if it is this very import."""
    of_source = [
        batch
        for batch in manifest.load(record).batches
        if batch.source == source and not batch.withdrawn
    ]
    return of_source[-1] if of_source and of_source[-1].fingerprint == fingerprint else None
