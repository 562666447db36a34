"""The record on disk: make it, add to it, take back, erase.

A record is a directory::

    manifest.json                        what is in force: the only file that is ever replaced
    secret                               what pseudonyms are made with
    audit.jsonl                          who did what, when and why
    batches/<n>/<table>.parquet          what import n brought
    batches/<n>/<table>.<v>-<m>.parquet  what of that is left since import m was taken in
    staging/                             files on their way in

Every write goes beside what is there; then one rename of the manifest makes it so. A reader keeps
the version it opened: files that no longer count stay for a day (:func:`vacuum`), except those
that held somebody who was erased, which go at once.
"""

import dataclasses
import datetime as dt
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from fairpractice.errors import FairpracticeError
from fairpractice.record import identity, manifest, pseudonyms, writing
from fairpractice.record.changing import AT_ONCE, changing, plainly, save, staging, sweep
from fairpractice.record.contract import Table, breaks_sql, shape_problem
from fairpractice.record.files import IDENTITY, Files, quoted
from fairpractice.record.in_force import State, take_in
from fairpractice.record.manifest import Batch, Mode
from fairpractice.record.opened import Record, open_record
from fairpractice.record.tables import TABLES


__all__ = [
    "Batch",
    "Record",
    "add_batch",
    "create",
    "erase",
    "erased_predicate",
    "open_record",
    "secret",
    "staging",
    "vacuum",
    "withdraw",
]

SECRET = "secret"
EMPTY_RECORD_HOLDS = {SECRET, writing.LOCK, manifest.NAME + ".new"}
NO_COUNTS: Mapping[str, Any] = MappingProxyType({})


def create(path: Path | str) -> None:
    """Make an empty record, or leave the one that is there as it is.

    Raises
    ------
    FairpracticeError
        When the folder has other things in it, or cannot be written.
    """
    folder = Path(path)
    if (folder / manifest.NAME).exists():
        return
    with plainly(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with writing.lock(folder):
            if (folder / manifest.NAME).exists():
                return
            if {found.name for found in folder.iterdir()} - EMPTY_RECORD_HOLDS:
                raise FairpracticeError(
                    "the folder is not empty and is not a record",
                    where=str(folder),
                    fix="Name a new folder; if this was a record, restore its manifest.json.",
                )
            writing.write_private(folder / SECRET, secrets.token_hex(32) + "\n")
            manifest.save(folder, manifest.new())


def secret(path: Path | str) -> str:
    """Return the secret that the record's pseudonyms are made with.

    Raises
    ------
    FairpracticeError
        When it is not there or cannot be read.
    """
    file = Path(path) / SECRET
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise FairpracticeError(
            "the record's secret cannot be read, so nobody can be recognised in it",
            where=str(file),
            fix="Restore it from a backup, or ask for access to it.",
        ) from error


def erased_predicate(path: Path | str, column: str = "patient_id") -> str:
    """Return a DuckDB predicate that is true for rows of people erased from this record."""
    return pseudonyms.erased_sql(column, secret(path), manifest.load(Path(path)).erased)


def add_batch(
    path: Path | str,
    *,
    source: str,
    mode: Mode,
    staged: Mapping[str, Path],
    fingerprint: str,
    practices: Sequence[str] = (),
    period: tuple[dt.date, dt.date] | None = None,
    counts: Mapping[str, Any] = NO_COUNTS,
) -> Batch:
    """Add one import to the record, whole or not at all.

    Parameters
    ----------
    path
        The record.
    source
        Who sent it. A source only ever replaces what it sent itself.
    mode
        ``"full"`` replaces what the source sent before for these practices and this period, in
        the tables it brings; ``"addition"`` adds to it. See :mod:`fairpractice.record.in_force`.
    staged
        Per table, a Parquet file with its columns, ``source_file`` and ``source_row``.
    fingerprint
        What tells this import from any other of the source. If a batch that was not withdrawn
        has it, nothing changes.
    practices, period
        What a full import is about; none mean all. Both days of the period are included.
    counts
        What the import counted, kept with the batch.

    Returns
    -------
    Batch
        The batch, or the one that has this fingerprint already. ``stored``, ``duplicates`` and
        ``erased`` (rows of erased people) are among its counts, each per table; they add up to
        the rows staged.

    Raises
    ------
    FairpracticeError
        When a file breaks its contract, the disk is full or somebody else is writing. The record
        is as it was.
    """
    unknown = sorted(set(staged) - set(TABLES))
    if unknown:
        raise FairpracticeError(
            f"the record has no table {unknown[0]!r}",
            where=f"import from {source}",
            fix=f"Use one of {', '.join(TABLES)}.",
        )
    folder = Path(path)
    needed = sum(Path(file).stat().st_size for file in staged.values())
    with changing(folder, needed=needed) as (now, files):
        for batch in now.batches:
            if (batch.source, batch.fingerprint) == (source, fingerprint) and not batch.withdrawn:
                return batch
        number = max((batch.number for batch in now.batches), default=0) + 1
        if IDENTITY in staged and not any(IDENTITY in b.files for b in now.batches):
            identity.make_key(now.record)
        gone = pseudonyms.erased_sql("patient_id", secret(folder), now.erased)
        brought, staged_rows, erased, kept = {}, {}, {}, {}
        for name, file in staged.items():
            table, rows = TABLES[name], f"read_parquet({quoted(file)}, file_row_number = true)"
            once = _checked(files, table, rows, str(file))
            brought[name] = f"batches/{number}/{name}.parquet"
            own = ", ".join(c.name for c in (*table.columns, *table.origin))
            files.write(
                table,
                f"SELECT {own}, {quoted(source)} AS source, "
                f"{number}::INTEGER AS batch, source_file, source_row FROM {rows} "
                f"WHERE NOT {gone} AND {once}",
                brought[name],
            )
            staged_rows[name] = files.count(f"FROM {rows}")
            erased[name] = files.count(f"FROM {rows} WHERE {gone}") if now.erased else 0
            kept[name] = files.count(f"FROM {files.relation(table, brought[name])}")
        batch = Batch(
            number,
            source,
            mode,
            tuple(practices),
            period,
            fingerprint,
            manifest.now(),
            files=brought,
        )
        state = _state(b for b in now.batches if b.source == source)
        state, again = take_in(files, state, batch, now.version + 1)
        batch = dataclasses.replace(
            batch,
            counts={
                **counts,
                "stored": {name: kept[name] - again[name] for name in staged},
                "duplicates": {
                    name: staged_rows[name] - erased[name] - kept[name] + again[name]
                    for name in staged
                },
                "erased": erased,
            },
        )
        new = now.following(_in_force((*now.batches, batch), source, state))
        save(files, new, "import", f"batch {number} of {source}", _people(files, batch))
        return new.batch(number)


def withdraw(path: Path | str, batch: int) -> None:
    """Make the record as if a batch had never been imported.

    What it replaced comes back into force. Its own files go when no reader needs them any more.

    Raises
    ------
    FairpracticeError
        When there is no such batch, or it was withdrawn before.
    """
    with changing(Path(path)) as (now, files):
        withdrawn = now.batch(batch)
        if withdrawn.withdrawn:
            raise FairpracticeError(
                f"batch {batch} was withdrawn on {withdrawn.withdrawn:%Y-%m-%d}",
                where=str(path),
                fix="`fairpractice record batches` lists those in force.",
            )
        people = _people(files, withdrawn)
        empty = dataclasses.replace(withdrawn, files={}, in_force={}, withdrawn=manifest.now())
        batches = tuple(empty if b.number == batch else b for b in now.batches)
        state: State = {}
        for other in batches:
            if other.source == withdrawn.source and not other.withdrawn:
                state, _ = take_in(files, state, other, now.version + 1)
        new = now.following(_in_force(batches, withdrawn.source, state))
        save(files, new, "withdraw", f"batch {batch} of {withdrawn.source}", people)


def erase(path: Path | str, patient_ids: Sequence[int]) -> int:
    """Remove people from every file, in force or not, and destroy what held them.

    They are set aside if they are sent again. Readers of older versions lose their files.

    Returns
    -------
    int
        How many of the people were in the record.
    """
    folder = Path(path)
    ids = sorted(set(patient_ids))
    with changing(folder) as (now, files):
        listed = ", ".join(str(int(patient)) for patient in ids) or "NULL"
        found: set[int] = set()
        renamed = {}
        for file in sorted(now.wanted()):
            table = TABLES[Path(file).name.split(".")[0]]
            rows = files.relation(table, file)
            here = files.engine.execute(
                f"SELECT DISTINCT patient_id FROM {rows} WHERE patient_id IN ({listed})"
            )
            if here:
                found.update(patient for (patient,) in here)
                renamed[file] = f"{Path(file).parent}/{Path(file).name.split('.')[0]}"
                renamed[file] += f".{now.version + 1}-erased-{len(renamed)}.parquet"
                files.write(table, f"FROM {rows} WHERE patient_id NOT IN ({listed})", renamed[file])
        batches = tuple(
            dataclasses.replace(
                b,
                files={name: renamed.get(file, file) for name, file in b.files.items()},
                in_force={name: renamed.get(file, file) for name, file in b.in_force.items()},
            )
            for b in now.batches
        )
        marks = {pseudonyms.erased_mark(secret(folder), patient) for patient in ids}
        new = now.following(batches, erased=tuple(sorted(marks | set(now.erased))))
        new = new.with_retired(dict.fromkeys(new.retired, AT_ONCE))
        save(files, new, "erase", f"{len(ids)} people, {len(found)} found", len(found))
        sweep(folder, new)
        return len(found)


def vacuum(path: Path | str) -> None:
    """Remove the files that stopped counting more than a day ago. Every write does so first."""
    with changing(Path(path)):
        pass


def _state(batches: Iterable[Batch]) -> State:
    return {(b.number, name): file for b in batches for name, file in b.in_force.items()}


def _in_force(batches: Sequence[Batch], source: str, state: State) -> tuple[Batch, ...]:
    """Return the batches with what is in force of those of one source."""
    return tuple(
        dataclasses.replace(
            b, in_force={name: file for (number, name), file in state.items() if number == b.number}
        )
        if b.source == source
        else b
        for b in batches
    )


def _people(files: Files, batch: Batch) -> int:
    """Return how many people a batch has rows about."""
    rows = [
        f"SELECT patient_id FROM {files.relation(TABLES[name], file)}"
        for name, file in batch.files.items()
        if name != IDENTITY
    ]
    return files.count(" UNION ".join(rows)) if rows else 0


def _checked(files: Files, table: Table, rows: str, where: str) -> str:
    """Refuse staged rows that break the contract; return SQL that is true of each row once.

    Rows are there twice seldom and many at a time, so those that may be are found by the hash of
    their key, and only they are compared.
    """
    described = files.engine.execute(f"DESCRIBE SELECT * EXCLUDE file_row_number FROM {rows}")
    problem = shape_problem(table, {name: kind for name, kind, *_ in described})
    if problem:
        raise FairpracticeError(problem, where=where, fix="Write the file anew to the contract.")
    files.engine.execute(
        f"CREATE OR REPLACE TEMP TABLE twice AS SELECT hash({', '.join(table.key)}) AS key "
        f"FROM {rows} GROUP BY key HAVING count(*) > 1"
    )
    alike = f"(SELECT * FROM {rows} WHERE hash({', '.join(table.key)}) IN (FROM twice))"
    for relation, keys in ((rows, False), (alike, True)):
        broken = files.engine.execute(f"FROM ({breaks_sql(table, relation, keys=keys)}) LIMIT 1")
        for source_file, source_row, field, _, reason in broken:
            raise FairpracticeError(
                f"{table.name}.{field} {reason}",
                where=f"{where}, read from {source_file} line {source_row}",
                fix="Set such rows aside before importing.",
            )
    files.engine.execute(
        f"CREATE OR REPLACE TEMP TABLE again AS SELECT file_row_number FROM {alike} EXCEPT "
        f"SELECT min(file_row_number) FROM {alike} GROUP BY {', '.join(table.column_names)}"
    )
    return "file_row_number NOT IN (FROM again)"
