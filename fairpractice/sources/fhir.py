"""FHIR R4 into the record: NDJSON, Bundles and single resources, as JSON or XML.

Files are read once, resource by resource, into Parquet a slice at a time: the rows that they make
as text, with the line they start on. What refers to something by another of its names is looked
up when all files have been read. From there on the rows go the way of every other extract.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairpractice.engines.duckdb import DuckDB
from fairpractice.errors import FairpracticeError
from fairpractice.identifiers import SHAPES
from fairpractice.interoperability.fhir import arriving, reading
from fairpractice.interoperability.fhir.elements import Sent
from fairpractice.record import manifest
from fairpractice.record.tables import LAWFUL_BASES, TABLES
from fairpractice.sources import opening
from fairpractice.sources.convert import Areas, Given, literal
from fairpractice.sources.files import Feed, Found, Progress
from fairpractice.sources.importing import Arrival, Outcome, bring_in, fingerprint
from fairpractice.sources.lookups import ASIDE, look_up
from fairpractice.sources.mapping import Mode, Section
from fairpractice.sources.reconciliation import Tally


if TYPE_CHECKING:
    import pyarrow.parquet as pq


SOURCE = "FHIR"
RESOURCE = "resource"
ENDINGS = (".ndjson", ".jsonl", ".json", ".xml")
TOGETHER = 20  # files in a folder: of more, the account has one line for the folder
SLICE = 20_000  # rows of a table held before they are written
MALFORMED = "malformed"
BASIS = arriving.COLUMNS["social_fact"].index("lawful_basis")
NO_BASIS = "main language or need of an interpreter left out: give a --lawful-basis to hold them"
LENIENT = {"identity": ("nhs_number", "date_of_birth", "postcode")}  # a foreign postcode, say
SECTIONS = {
    name: Section(
        table,
        f"FHIR, {name}",
        (),
        {column: (column,) for column in arriving.COLUMNS[name] if column != "drug"},
        may_be_unreadable=LENIENT.get(name, ()),
    )
    for name, table in TABLES.items()
}


def import_fhir(
    paths: Sequence[Path | str],
    record: Path | str,
    *,
    source: str = SOURCE,
    mode: Mode | None = None,
    practice: str = "",
    today: dt.date | None = None,
    areas: Mapping[str, Areas] | None = None,
    lawful_basis: str = "",
    strict: bool = False,
    progress: Progress = lambda step, done, total: None,
) -> Outcome:
    """Import FHIR files, or folders of them, into a record, which is made if there is none.

    Parameters
    ----------
    paths
        Files, and folders whose ``.ndjson``, ``.jsonl``, ``.json`` and ``.xml`` files (also
        gzipped) are read.
    record
        The record's folder.
    source
        Who sent it: what it calls people means something only beside its name.
    mode
        Whether it is full or an addition. It may be left out for the first import of a source.
    practice
        The ODS code of the practice that everybody is registered at of whom nothing else is said.
    lawful_basis
        Why the main language and the need of an interpreter that a Patient states may be held, one
        of :data:`fairpractice.record.tables.LAWFUL_BASES`. Without it they are left out.
    today, areas, strict, progress
        As for :func:`fairpractice.sources.extract.import_extract`.

    Raises
    ------
    FairpracticeError
        When there is nothing to read or to store, it is another version of FHIR, more than half
        of a table's rows or of the resources are wrong, or an objection cannot be read. The
        record is as it was.
    """
    record, day = Path(record), today or dt.date.today()
    code = SHAPES["ods_code"].normalise(practice)
    if practice and (problem := SHAPES["ods_code"].problem(code)):
        raise FairpracticeError(problem, where=f"practice {practice!r}", fix="Give its ODS code.")
    files, unused = found_files(paths)
    if lawful_basis and lawful_basis not in LAWFUL_BASES:
        raise FairpracticeError(
            "There is no such lawful basis",
            where=lawful_basis,
            fix=f"Use one of {', '.join(LAWFUL_BASES)}.",
        )
    told = [code, lawful_basis] if lawful_basis else [code]
    known = {mode: fingerprint([source, mode, *told], [*files.values()]) for mode in MODES}
    chosen = mode or said_mode(record, source, known["full"])

    def gather(engine: DuckDB, work: Path, progress: Progress) -> Found:
        return _gather(
            engine, files, unused, work, code, Sent("", day.isoformat(), lawful_basis), progress
        )

    arrival = Arrival(
        source,
        chosen,
        tuple(SECTIONS.values()),
        gather,
        known[chosen],
        suspect="it may not be FHIR R4",
    )
    return bring_in(record, arrival, today=day, areas=areas, strict=strict, progress=progress)


MODES: tuple[Mode, ...] = ("full", "addition")


def said_mode(record: Path, source: str, fingerprint: str) -> Mode:
    """Return what an import is that does not say: full, where that replaces nothing.

    Raises
    ------
    FairpracticeError
        When the source has sent something else before.
    """
    batches = manifest.load(record).batches if (record / manifest.NAME).exists() else ()
    for batch in batches:
        if batch.source == source and not batch.withdrawn and batch.fingerprint != fingerprint:
            raise FairpracticeError(
                f"{source!r} has sent something before, and it is not said what this is to it",
                where=f"{record}, batch {batch.number}",
                fix="Give --full if it replaces that, --addition if it adds to it, or another "
                "--source if somebody else sent it.",
            )
    return "full"


def found_files(
    paths: Sequence[Path | str], endings: tuple[str, ...] = ENDINGS
) -> tuple[dict[str, Path], list[str]]:
    """Return the files to read by the name that rows will have for them, and those not read.

    Raises
    ------
    FairpracticeError
        When there is no such path, or nothing to read in it.
    """
    found: dict[str, Path] = {}
    unused: list[str] = []
    several = len(paths) > 1
    for path in map(Path, paths):
        if not path.exists():
            raise FairpracticeError(
                "There is no such file or folder", where=str(path), fix="Check the path."
            )
        for file in [path] if path.is_file() else sorted(path.rglob("*")):
            parts = file.relative_to(path).parts if path.is_dir() else (file.name,)
            if not file.is_file() or any(part.startswith(".") for part in parts):
                continue
            name = "/".join((path.name, *parts) if several and path.is_dir() else parts)
            if path.is_file() or file.name.lower().removesuffix(".gz").endswith(endings):
                found[str(file) if name in found else name] = file
            else:
                unused.append(name)
    if not found:
        raise FairpracticeError(
            f"There is no file to read: none ends in {', '.join(endings)}",
            where=", ".join(map(str, paths)),
            fix="Give the folder that the export is in.",
        )
    return dict(sorted(found.items())), unused


@dataclass
class _Group:
    """Files that are counted together (often one): the rows they made and what came of them."""

    file: str
    together: bool
    tally: Tally
    unread: list[tuple[str, int, str]] = field(default_factory=list)


class _Stage:
    """Where rows are gathered and written to Parquet: a file a table and group."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._rows: defaultdict[str, list[tuple[Any, ...]]] = defaultdict(list)
        self._writers: dict[str, pq.ParquetWriter] = {}
        self.written: set[str] = set()

    def add(self, name: str, row: tuple[Any, ...]) -> None:
        rows = self._rows[name]
        rows.append(row)
        if len(rows) >= SLICE:
            self._write(name)

    def close(self) -> None:
        """Write what is left, and end the files."""
        for name, rows in self._rows.items():
            if rows:
                self._write(name)
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def relation(self, name: str) -> str:
        return f"read_parquet({literal(str(self.folder / f'{name}.parquet'))})"

    def _write(self, name: str) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = name.partition("-")[0]
        if table in arriving.COLUMNS or table == "listed":
            columns = ("fp_file", "fp_line", *_columns(table))
        else:
            columns = _columns(table)
        arrays = [
            pa.array(values, pa.int64()) if column == "fp_line" else _texts(values)
            for column, values in zip(columns, zip(*self._rows[name], strict=True), strict=True)
        ]
        slice = pa.table(arrays, names=list(columns))
        if name not in self._writers:
            self._writers[name] = pq.ParquetWriter(
                self.folder / f"{name}.parquet", slice.schema, compression="snappy"
            )
            self.written.add(name)
        self._writers[name].write_table(slice)
        self._rows[name].clear()


def _columns(table: str) -> tuple[str, ...]:
    return arriving.COLUMNS.get(table) or arriving.LOOKED_UP[table]


def _texts(values: Sequence[str | None]) -> Any:
    import pyarrow as pa

    try:
        return pa.array(values, pa.string())
    except UnicodeEncodeError:  # half of a character that takes two
        whole = [v and v.encode("utf-8", "replace").decode() for v in values]
        return pa.array(whole, pa.string())


def _gather(
    engine: DuckDB,
    files: Mapping[str, Path],
    unused: list[str],
    work: Path,
    practice: str,
    sent: Sent,
    progress: Progress,
) -> Found:
    stage = _Stage(work)
    groups = _groups(files)
    size, done = sum(path.stat().st_size for path in files.values()), 0
    for n, group in enumerate(groups):
        for name, path in group[1].items():
            progress(f"reading {group[0].file}", done, size)
            _read(path, name, group[0], n, stage, sent)
            done += path.stat().st_size
    stage.close()
    relations = look_up(
        engine, stage.relation, stage.written, practice, dt.date.fromisoformat(sent.on)
    )
    feeds = [
        _feed(engine, group, name, relations[f"{name}-{n}"])
        for n, (group, _) in enumerate(groups)
        for name in TABLES
        if f"{name}-{n}" in relations
    ]
    tallies = [group.tally for group, _ in groups]
    if not feeds:
        kinds = sum((tally.set_aside for tally in tallies), start=type(tallies[0].set_aside)())
        wrong = sum(len(group.unread) for group, _ in groups)
        raise FairpracticeError(
            "There is nothing in it that the record keeps",
            where=", ".join(files)[:200],
            fix=f"Read: {wrong} that cannot be read"
            + "".join(f", {n} {kind}" for kind, n in sorted(kinds.items()))
            + ".",
        )
    return Found(feeds, {}, unused, tallies, [one for group, _ in groups for one in group.unread])


def _groups(files: Mapping[str, Path]) -> list[tuple[_Group, dict[str, Path]]]:
    folders: defaultdict[str, dict[str, Path]] = defaultdict(dict)
    for name, path in files.items():
        folders[name[: name.rfind("/") + 1] or "./"][name] = path
    groups = []
    for folder, held in folders.items():
        if len(held) > TOGETHER:
            named = {f"{folder}{name.removeprefix(folder)}": path for name, path in held.items()}
            groups.append((_Group(folder, True, Tally(folder, RESOURCE)), named))
        else:
            groups += [
                (_Group(name, False, Tally(name, RESOURCE)), {name: path})
                for name, path in held.items()
            ]
    return groups


def _read(path: Path, name: str, group: _Group, number: int, stage: _Stage, sent: Sent) -> None:
    """Read a file into the stage, and count what is in it."""
    tally = group.tally
    with opening.open_bytes(path) as (file, _):
        for line, item, full_url in reading.resources(file, name):
            tally.read += 1
            if isinstance(item, dict):
                try:
                    aside, rows = arriving.arrive(
                        item, (name, line), sent._replace(full_url=full_url)
                    )
                except arriving.MalformedError:
                    _unread(group, name, line, MALFORMED)
                    continue
                for table, row in rows:
                    if table == "social_fact" and row[BASIS] == "":
                        tally.notes[NO_BASIS] += 1
                    elif table in TABLES or table == "listed":
                        stage.add(f"{table}-{number}", (name, line, *row))
                    else:
                        stage.add(table, row)
                if aside:
                    tally.set_aside[aside] += 1
                else:
                    tally.stored += 1
            elif isinstance(item, reading.Aside):
                tally.set_aside[item.kind] += 1
            else:
                _unread(group, name, line, item.kind)


def _unread(group: _Group, name: str, line: int, kind: str) -> None:
    group.tally.quarantined[f"line:{kind}"] += 1
    group.unread.append((name, line, kind))


def _feed(engine: DuckDB, group: _Group, table: str, relation: str) -> Feed:
    section = SECTIONS[table]
    [(rows,)] = engine.execute(f"SELECT count(*) FROM {relation}")
    return Feed(
        section,
        group.file,
        relation,
        {column: (Given(f"s.{column}"),) for column in section.columns},
        ASIDE if table == "registration" else (),
        rows,
        together=group.together,
    )
