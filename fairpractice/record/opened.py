"""A record as analysis reads it: one version, for one purpose, without those who object to it."""

import datetime as dt
import difflib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairpractice.errors import FairpracticeError
from fairpractice.record import audit, changing, identity, manifest
from fairpractice.record.by_key import SortedFile
from fairpractice.record.contract import Table
from fairpractice.record.files import IDENTITY, lacks_origin
from fairpractice.record.manifest import Batch
from fairpractice.record.tables import PURPOSES, TABLES
from fairpractice.record.topics import SENSITIVE


if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from fairpractice.engines import Engine

MEMORY_OF_A_THREAD = 350
"""How many MB an engine may take for each thread before it spills to disk, two threads at least."""

OPT_OUTS = ("national_data_opt_out", "type_1_opt_out")


def open_record(
    path: Path | str,
    *,
    purpose: str = "research",
    engine: "Engine | None" = None,
    today: dt.date | None = None,
) -> "Record":
    """Open the version of a record that is in force now.

    Parameters
    ----------
    path
        The record.
    purpose
        Why it is read: ``"direct_care"``, ``"planning"`` or ``"research"``. It decides whose
        objections apply.
    engine
        Where its tables are read; when left out DuckDB, with 350 MB a thread before it spills to
        disk. For another bound give ``fairpractice.engines.duckdb.connect(memory_limit="8GB")``.
    today
        The day on which objections must hold to apply: that of the use, whatever the analysis
        is about. Today when left out.

    Raises
    ------
    FairpracticeError
        When there is no record, it cannot be read, or there is no such purpose.
    """
    if purpose not in PURPOSES:
        raise FairpracticeError(
            f"there is no purpose {purpose!r}", fix=f"Use one of {', '.join(PURPOSES)}."
        )
    folder = Path(path)
    now = manifest.load(folder)
    changing.finish_erasing(folder, now)
    return Record(folder, purpose, engine, now, today or dt.date.today())


class Record:
    """One version of a record, read for one purpose.

    Rows of people who object to the purpose are not in it, whichever way it is read:

    - the national data opt-out and the type 1 opt-out apply to planning and research;
    - an objection applies to the purpose it names, and to planning and research if it names none;
    - one that was withdrawn applies no longer. Where sources disagree, the objection stands.

    Outside direct care it has no sensitive social facts either.
    """

    def __init__(
        self,
        path: Path,
        purpose: str,
        engine: "Engine | None",
        now: manifest.Manifest,
        today: dt.date,
    ) -> None:
        self.path = path
        self.purpose = purpose
        self.version = now.version
        self.batches: tuple[Batch, ...] = now.batches
        self._id = now.record
        self._engine = engine
        self._today = today
        self._tables: dict[tuple[str, bool], ir.Table] = {}
        self._sorted_files: dict[str, list[SortedFile]] = {}

    @property
    def engine(self) -> "Engine":
        """Where the tables are read."""
        if self._engine is None:
            from fairpractice.engines.duckdb import connect

            threads = len(os.sched_getaffinity(0))
            self._engine = connect(memory_limit=f"{max(2, threads) * MEMORY_OF_A_THREAD} MB")
        return self._engine

    def files(self, name: str) -> list[str]:
        """Return the files in force of a table, as paths inside the record."""
        return [b.in_force[name] for b in self.batches if name in b.in_force]

    def table(self, name: str, *, of_objectors: bool = False) -> "ir.Table":
        """Return the rows of a table that are in force and may be used for the purpose.

        With those ``of_objectors`` it must be joined to people who do not object.

        Raises
        ------
        FairpracticeError
            When there is no such table; when it is ``identity`` and the purpose is not direct
            care, or its key is lost. Opening ``identity`` leaves an entry in the audit trail.
        """
        screened = bool(self.objectors) and not of_objectors and name != IDENTITY
        if (name, screened) not in self._tables or name == IDENTITY:
            rows = self._permitted(name, self._stored(_table(name)))
            if screened:
                rows = rows.anti_join(self._objectors_table, "patient_id")
            self._tables[name, screened] = rows
        return self._tables[name, screened]

    def only_registered(self) -> "ir.Table":
        """Return ``patient_id`` of those who are registered, and of whom nothing else is known."""
        return self._only_registered

    @cached_property
    def _only_registered(self) -> "ir.Table":
        from fairpractice.record.reading import only_registered

        return self.engine.cache(only_registered(self))

    def identity(self, patient_ids: Sequence[int] | None = None) -> "pa.Table":
        """Return the identifiers of some people, or of all; the opening leaves an audit entry.

        Raises
        ------
        FairpracticeError
            When the purpose is not direct care, or the key is lost.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.purpose != "direct_care":
            raise FairpracticeError(
                f"identity is not opened for {self.purpose.replace('_', ' ')}",
                where=str(self.path),
                fix="Open the record for direct care, if that is what this is.",
            )
        schema = TABLES[IDENTITY].schema()
        rows = pa.concat_tables(
            [schema.empty_table()]
            + [identity.read(self.path, file, self._id) for file in self.files(IDENTITY)]
        )
        hidden = pc.is_in(rows["patient_id"], pa.array(self.objectors, pa.int64()))
        rows = rows.filter(pc.invert(hidden))
        if patient_ids is not None:
            rows = rows.filter(pc.is_in(rows["patient_id"], pa.array(patient_ids, pa.int64())))
        audit.entry(
            self.path,
            action="open identity",
            purpose=self.purpose,
            detail=f"version {self.version}",
            people=len(rows["patient_id"].unique()),
        )
        return rows

    def person(self, patient_id: int) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of one person, by table, each with the columns of its contract.

        Identity is not among them, nor where in a file a row was read; its source and origin are.
        Somebody who objects to the purpose has no rows.
        """
        names = [name for name in TABLES if name != IDENTITY]
        if patient_id in self._objecting:
            return {name: [] for name in names}
        # Reading a row group leaves Python free, so the tables are read side by side.
        rows = self._readers.map(lambda name: self._rows(name, patient_id), names)
        found = dict(zip(names, rows, strict=True))
        if self.purpose != "direct_care":
            found["social_fact"] = [
                row
                for row in found["social_fact"]
                if row["topic"] not in SENSITIVE and row["sensitivity"] != "sensitive"
            ]
        return found

    @cached_property
    def _readers(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(min(len(os.sched_getaffinity(0)), 4))

    def last_date(self) -> dt.date | None:
        """Return the day of the latest event, or nothing when there is none."""
        latest = self.engine.to_arrow(self.table("event").aggregate(last=lambda t: t.date.max()))
        last: dt.date | None = latest["last"][0].as_py()
        return last

    @cached_property
    def objectors(self) -> list[int]:
        """The people who object to the purpose."""
        import pyarrow as pa
        import pyarrow.compute as pc
        import pyarrow.parquet as pq

        read = [pq.ParquetFile(self.path / file).read() for file in self.files("objection")]
        rows = pa.concat_tables([TABLES["objection"].schema().empty_table(), *read])
        ended = pc.fill_null(pc.less_equal(rows["withdrawn_on"], pa.scalar(self._today)), False)
        named = pc.fill_null(pc.equal(rows["purpose"], self.purpose), False)
        if self.purpose != "direct_care":
            opt_out = pc.is_in(rows["kind"], pa.array(OPT_OUTS))
            named = pc.or_(named, pc.or_(opt_out, pc.is_null(rows["purpose"])))
        rows = rows.filter(pc.and_(named, pc.invert(ended)))
        return sorted(rows["patient_id"].unique().to_pylist())

    @cached_property
    def _objecting(self) -> frozenset[int]:
        return frozenset(self.objectors)

    def _stored(self, table: Table) -> "ir.Table":
        if table.name == IDENTITY:
            return self.engine.table(self.identity())
        files = [self.path / file for file in self.files(table.name)]
        if not files:
            return self.engine.table(table.schema().empty_table())
        older = [file for file in files if lacks_origin(table, file)]
        if not older:
            return self.engine.read_parquet(files)
        import ibis

        empty = {column.name: ibis.null("string") for column in table.origin}
        rows = self.engine.read_parquet(older).mutate(**empty)
        newer = [file for file in files if file not in older]
        parts = [rows, self.engine.read_parquet(newer)] if newer else [rows]
        return ibis.union(*(part.select(*table.schema().names) for part in parts))

    def _permitted(self, name: str, rows: "ir.Table") -> "ir.Table":
        if name == "social_fact" and self.purpose != "direct_care":
            rows = rows.filter(
                rows.topic.notin(list(SENSITIVE)) & (rows.sensitivity != "sensitive")
            )
        return rows

    @cached_property
    def _objectors_table(self) -> "ir.Table":
        import pyarrow as pa

        return self.engine.table(pa.table({"patient_id": pa.array(self.objectors, pa.int64())}))

    def _rows(self, name: str, patient_id: int) -> list[dict[str, Any]]:
        import pyarrow as pa

        if name not in self._sorted_files:
            schema, wanted = TABLES[name].schema(), [*TABLES[name].column_names, "source"]
            wanted += [column.name for column in TABLES[name].origin]
            schema = pa.schema([schema.field(column) for column in wanted])
            self._sorted_files[name] = [
                SortedFile(self.path / file, schema) for file in self.files(name)
            ]
        return [row for file in self._sorted_files[name] for row in file.rows(patient_id)]


def _table(name: str) -> Table:
    if name in TABLES:
        return TABLES[name]
    meant = difflib.get_close_matches(name, TABLES, n=1)
    raise FairpracticeError(
        f"the record has no table {name!r}",
        fix=f"Did you mean {meant[0]}?" if meant else f"Use one of {', '.join(TABLES)}.",
    )
