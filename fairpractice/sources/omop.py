"""OMOP CDM 5.4 into the record: CSV, Parquet, or a DuckDB file.

Each table of theirs is brought within the engine's reach, and made into rows of ours by one
query; from there on the rows go the way of every other extract. What is not kept is counted by
its table. A row keeps its source concept and type concept beside it, with the file and line that
it is from; how many rows are of which is in the account.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fairpractice.engines.duckdb import DuckDB
from fairpractice.errors import FairpracticeError
from fairpractice.identifiers import SHAPES
from fairpractice.interoperability.omop import cdm
from fairpractice.record.tables import TABLES
from fairpractice.sources import opening, text
from fairpractice.sources.concepts import concepts, feeds_of
from fairpractice.sources.convert import Areas, literal, name
from fairpractice.sources.fhir import MODES, found_files, said_mode
from fairpractice.sources.files import Found, Progress
from fairpractice.sources.importing import Arrival, Outcome, bring_in, fingerprint
from fairpractice.sources.mapping import Mode, Section
from fairpractice.sources.reconciliation import Tally
from fairpractice.sources.rows import BLANK


SOURCE = "OMOP"
ROW = "omop row"
ENDINGS = (".csv", ".tsv", ".txt", ".parquet")
DATABASES = (".duckdb", ".ddb", ".db")
MAGIC = b"DUCK"  # from the ninth byte of a DuckDB file
PART = re.compile(r"[-_.]?(part)?[-_.]?\d*$")  # of a table that is in several files


@dataclass
class Sheet:
    """A file of a table, or a table of a database: its rows within reach.

    ``relation`` has the columns of :data:`fairpractice.interoperability.omop.cdm.COLUMNS` as
    text, null where the file lacks one, and ``fp_line``.
    """

    table: str
    file: str
    relation: str = ""
    rows: int = 0
    blank: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list)

    @property
    def read(self) -> int:
        """How many rows the file has, whatever they are."""
        return self.rows + self.blank + len(self.broken)


def import_omop(
    paths: Sequence[Path | str],
    record: Path | str,
    *,
    source: str = SOURCE,
    mode: Mode | None = None,
    practice: str = "",
    today: dt.date | None = None,
    areas: Mapping[str, Areas] | None = None,
    strict: bool = False,
    progress: Progress = lambda step, done, total: None,
) -> Outcome:
    """Import OMOP tables into a record, which is made if there is none.

    Parameters
    ----------
    paths
        Folders and files of tables, called by the table (``person.csv``, ``PERSON.parquet``,
        ``person/part-0.parquet``), or DuckDB files.
    record
        The record's folder.
    source
        Who sent it: a ``person_id`` means something only beside its name.
    mode
        Whether it is full or an addition. It may be left out for the first import of a source.
    practice
        The ODS code of the practice where everybody is registered of whom nothing else is said.
    today, areas, strict, progress
        As for :func:`fairpractice.sources.extract.import_extract`.

    Raises
    ------
    FairpracticeError
        When there is nothing to read, a table lacks a column, it is another version, more than
        half of a table's rows are wrong. The record is as it was.
    """
    record, day = Path(record), today or dt.date.today()
    code = SHAPES["ods_code"].normalise(practice)
    if practice and (problem := SHAPES["ods_code"].problem(code)):
        raise FairpracticeError(problem, where=f"practice {practice!r}", fix="Give its ODS code.")
    files, unused = found_files(paths, (*ENDINGS, *DATABASES))
    known = {chosen: fingerprint([source, chosen, code], [*files.values()]) for chosen in MODES}
    chosen = mode or said_mode(record, source, known["full"])
    sections = [
        Section(table, f"OMOP, {table.name}", (), {}) for table in TABLES.values()
    ]  # those that are fed say their columns themselves

    def gather(engine: DuckDB, work: Path, progress: Progress) -> Found:
        return _gather(engine, files, unused, work, code, progress)

    arrival = Arrival(
        source, chosen, sections, gather, known[chosen], suspect="it may not be OMOP CDM 5.4"
    )
    return bring_in(record, arrival, today=day, areas=areas, strict=strict, progress=progress)


def table_of(file: str) -> str:
    """Return the table that a file is of, by its name or its folder's; nothing if of none."""
    parts = file.lower().split("/")
    stem = parts[-1].removesuffix(".gz").rpartition(".")[0]
    for called in (stem, PART.sub("", stem), *parts[-2:-1]):
        if called in cdm.KNOWN:
            return called
    return ""


def _gather(
    engine: DuckDB,
    files: Mapping[str, Path],
    unused: list[str],
    work: Path,
    practice: str,
    progress: Progress,
) -> Found:
    sheets: list[Sheet] = []
    unused = list(unused)
    for n, (file, path) in enumerate(files.items()):
        progress(f"reading {file}", n, len(files))
        if file.lower().endswith(DATABASES):
            sheets += _database(engine, path, file, work, n)
        elif (table := table_of(file)) in cdm.COLUMNS:
            sheets.append(_sheet(engine, path, file, table, work, n))
        elif table in cdm.NOT_KEPT:
            sheets.append(_counted(engine, path, file, table, work, n))
        else:
            unused.append(file)
    if not any(sheet.table == "person" for sheet in sheets):
        raise FairpracticeError(
            "There is no table person",
            where=", ".join(files)[:200],
            fix="Give the folder or the DuckDB file of a whole OMOP CDM; its files are called by "
            "their tables, such as person.csv.",
        )
    _check_version(engine, sheets)
    progress("looking up concepts", 0, 1)
    concepts(engine, sheets)
    feeds = feeds_of(engine, sheets, practice)
    fed = {feed.file for feed in feeds}
    before, unread = [], []
    for sheet in sheets:
        if sheet.file in fed or sheet.table in cdm.ABOUT_DATA:
            continue
        tally = Tally(sheet.file, ROW, sheet.read)
        tally.set_aside = Counter({sheet.table: sheet.rows, BLANK: sheet.blank})
        for line, why in sheet.broken:
            if sheet.table in cdm.COLUMNS:
                tally.quarantined[f"line:{why}"] += 1
                unread.append((sheet.file, line, why))
            else:
                tally.set_aside[sheet.table] += 1
        tally.set_aside += Counter()  # without what is zero
        before.append(tally)
    return Found(feeds, {}, unused, before, unread)


def _sheet(engine: DuckDB, path: Path, file: str, table: str, work: Path, n: int) -> Sheet:
    """Bring the columns wanted of a file within reach."""
    required, optional = cdm.COLUMNS[table]
    if opening.is_parquet(path):
        source = f"read_parquet({literal(str(path))}, file_row_number = true)"
        has = _columns(engine, source, file)
        sheet = Sheet(table, file, _selected(source, has, table, file, "file_row_number + 1"))
        [(sheet.rows,)] = engine.execute(f"SELECT count(*) FROM {source}")
        return sheet
    how = text.layout(path)
    if table == "concept" and how.delimiter == "\t":
        return _vocabulary(engine, path, file, how)
    lowered = [heading.lower() for heading in how.heading]
    has = {heading: heading for heading in lowered}
    wanted = [c for c in (*required, *optional) if c in has]
    _refuse_missing(required, has, file)
    positions = sorted({lowered.index(column) for column in wanted})
    staged = work / f"omop-{n}.parquet"
    read = text.stage(path, how, positions, staged)
    source = f"read_parquet({literal(str(staged))})"
    named = {column: f"c{lowered.index(column)}" for column in wanted}
    relation = _selected(source, named, table, file, "line")
    return Sheet(table, file, relation, read.rows, read.blank, read.broken)


def _vocabulary(engine: DuckDB, path: Path, file: str, how: text.Layout) -> Sheet:
    """Bring a vocabulary within reach as it is given out: tabs, and quotation marks as they are."""
    columns = ", ".join(f"{literal(heading.lower())}: 'VARCHAR'" for heading in how.heading)
    source = (
        f"read_csv({literal(str(path))}, delim = '\\t', quote = '', escape = '', header = true, "
        f"ignore_errors = true, auto_detect = false, columns = {{{columns}}})"
    )
    has = {heading.lower(): heading.lower() for heading in how.heading}
    return Sheet("concept", file, _selected(source, has, "concept", file, "0"))


def _counted(engine: DuckDB, path: Path, file: str, table: str, work: Path, n: int) -> Sheet:
    """Count the rows of a file that is not kept; its identifiers may be looked at."""
    if table in cdm.COLUMNS:
        return _sheet(engine, path, file, table, work, n)
    if opening.is_parquet(path):
        source = f"read_parquet({literal(str(path))})"
        _columns(engine, source, file)
        [(rows,)] = engine.execute(f"SELECT count(*) FROM {source}")
        return Sheet(table, file, rows=rows)
    read = text.stage(path, text.layout(path), [0], work / f"omop-{n}.parquet")
    return Sheet(table, file, "", read.rows, read.blank, read.broken)


def _database(engine: DuckDB, path: Path, file: str, work: Path, n: int) -> list[Sheet]:
    """Copy the tables wanted of a DuckDB file to where their rows keep their places."""
    with path.open("rb") as opened:
        start = opened.read(12)
    problem = "" if start[8:] == MAGIC else "it does not begin as one does"
    database = f"omop_{n}"
    if not problem:
        try:
            engine.execute(f"ATTACH {literal(str(path))} AS {database} (READ_ONLY)")
        except Exception as error:  # an engine's own, which only its room knows
            problem = str(error).splitlines()[0][:200]
    if problem:
        raise FairpracticeError(
            f"This cannot be opened as a DuckDB file: {problem}",
            where=str(path),
            fix="Give a DuckDB file that no other program has open, or the tables as Parquet.",
        )
    sheets: list[Sheet] = []
    for schema, table, view in engine.execute(
        "SELECT table_schema, table_name, table_type = 'VIEW' FROM information_schema.tables "
        f"WHERE table_catalog = {literal(database)} ORDER BY ALL"
    ):
        called = table.lower()
        if called not in cdm.COLUMNS and called not in cdm.NOT_KEPT:
            continue
        source = f"{database}.{name(schema)}.{name(table)}"
        place = f"{file}/{schema}.{table}"
        [(rows,)] = engine.execute(f"SELECT count(*) FROM {source}")
        sheet = Sheet(called, place, rows=rows)
        if called in cdm.COLUMNS:
            has = _columns(engine, source, place)
            staged = work / f"omop-{n}-{len(sheets)}.parquet"
            line = "row_number() OVER ()" if view else "rowid + 1"
            engine.copy_to_parquet(
                f"FROM {_selected(source, has, called, place, line)}", staged, passing=True
            )
            sheet.relation = f"read_parquet({literal(str(staged))})"
        sheets.append(sheet)
    return sheets


def _columns(engine: DuckDB, source: str, file: str) -> dict[str, str]:
    """Return the columns of a relation by their names in small letters."""
    try:
        described = engine.execute(f"DESCRIBE SELECT * FROM {source}")
    except FairpracticeError:
        raise
    except Exception as error:  # an engine's own, which only its room knows
        raise FairpracticeError(
            "A file is damaged or cut short", where=file, fix="Copy it again, or ask for it again."
        ) from error
    return {column.lower(): name(column) for column, *_ in described}


def _refuse_missing(required: Sequence[str], has: Mapping[str, str], file: str) -> None:
    missing = [column for column in required if column not in has]
    if missing:
        raise FairpracticeError(
            f"The table has no column {missing[0]}",
            where=file,
            fix=f"It should be of OMOP CDM 5.4. It has: {', '.join(list(has)[:40])}.",
        )


def _selected(source: str, has: Mapping[str, str], table: str, file: str, line: str) -> str:
    """Return SQL for the columns wanted as text, null where there is none."""
    required, optional = cdm.COLUMNS[table]
    _refuse_missing(required, has, file)
    columns = ", ".join(
        f"nullif(trim({has[column]}::VARCHAR), '') AS {column}"
        if column in has
        else f"NULL::VARCHAR AS {column}"
        for column in (*required, *optional)
    )
    return f"(SELECT {columns}, {line} AS fp_line FROM {source})"


def _check_version(engine: DuckDB, sheets: Sequence[Sheet]) -> None:
    for sheet in sheets:
        if sheet.table != "cdm_source":
            continue
        for (version,) in engine.execute(f"SELECT DISTINCT cdm_version FROM {sheet.relation}"):
            found = re.search(r"\d+(\.\d+)?", version or "")
            if found and found[0] not in cdm.VERSIONS:
                raise FairpracticeError(
                    f"This is OMOP CDM {found[0]}; {' and '.join(cdm.VERSIONS)} are read",
                    where=f"{sheet.file}, cdm_version",
                    fix="Ask for it as CDM 5.4. Nothing was stored.",
                )
