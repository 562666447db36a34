"""The files of an extract: which feed what, and their rows within the engine's reach."""

import fnmatch
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fairpractice.engines.duckdb import DuckDB
from fairpractice.errors import FairpracticeError
from fairpractice.sources import opening, text
from fairpractice.sources.convert import Given, literal, name
from fairpractice.sources.mapping import Extract, Heading, Section, meant, plain
from fairpractice.sources.reconciliation import Tally


Progress = Callable[[str, int, int], object]
Key = tuple[Path, bool | int, str, str]  # a file, and how its section says it is to be read

READABLE = ("VARCHAR", "DATE", "TIME", "BOOLEAN", "FLOAT", "DOUBLE", "ENUM")
LISTED = 40  # headings named in a message


@dataclass
class Feed:
    """One file for one section: its rows, and theirs for each of our columns.

    ``relation`` names the rows, with their line or row number as ``fp_line``; ``read`` counts
    them with the ``blank`` ones and the ``broken`` (line, why) ones that are not in it.
    Where many files are taken ``together``, ``file`` is their folder, and each row of the relation
    names its own as ``fp_file``. ``notes`` count what is worth knowing of the rows' origin.
    """

    section: Section
    file: str
    relation: str
    given: Mapping[str, tuple[Given, ...]]
    aside: Sequence[tuple[Given, str, tuple[str, ...]]]
    read: int = 0
    blank: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list)
    together: bool = False
    notes: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Found:
    """The files of a folder: what feeds what, how each text file is written, what is not used.

    Where what is read is not yet the rows of a table, ``before`` accounts for it, and ``unread``
    lists (file, line, why) what could not be read.
    """

    feeds: list[Feed]
    layouts: dict[str, text.Layout]
    unused: list[str]
    before: Sequence[Tally] = ()
    unread: Sequence[tuple[str, int, str]] = ()


def gather(engine: DuckDB, folder: Path, extract: Extract, work: Path, progress: Progress) -> Found:
    """Find the files of an extract and bring their rows within reach.

    Every heading is looked for in every file before any row is read.

    Raises
    ------
    FairpracticeError
        When the folder is empty, a file is missing or cannot be read, or has not the columns
        that the mapping names.
    """
    present = contents(folder, extract.path)
    matched = [(section, _matching(section, present, folder)) for section in extract.sections]
    columns: dict[Key, list[str]] = {}
    types: dict[Key, list[str]] = {}
    layouts: dict[Key, text.Layout] = {}
    for section, paths in matched:
        for path in paths:
            key = _key(section, path)
            if key in columns:
                continue
            if opening.is_parquet(path):
                columns[key], types[key] = _parquet(engine, path)
            else:
                layouts[key] = text.layout(
                    path,
                    header=section.header,
                    delimiter=section.delimiter,
                    encoding=section.encoding,
                )
                columns[key] = list(layouts[key].heading)
    wanted: dict[Key, set[int]] = {key: set() for key in columns}
    for section, paths in matched:
        for path in paths:
            key = _key(section, path)
            wanted[key] |= {
                position(heading, columns[key], section, path) for _, heading in section.headings()
            }
    relations, counts = {}, {}
    size = sum(key[0].stat().st_size for key in layouts)
    done = 0
    for n, (key, layout) in enumerate(layouts.items()):
        staged = work / f"text-{n}.parquet"
        shown = key[0].relative_to(folder).as_posix()
        before = done
        counts[key] = text.stage(
            key[0],
            layout,
            sorted(wanted[key]),
            staged,
            progress=lambda bytes_read, b=before, s=shown: progress(  # type: ignore[misc]
                f"reading {s}", b + bytes_read, size
            ),
        )
        done += key[0].stat().st_size
        relations[key] = (
            f"(SELECT * RENAME (line AS fp_line) FROM read_parquet({literal(str(staged))}))"
        )
    feeds = []
    for section, paths in matched:
        for path in paths:
            key = _key(section, path)
            if key in types:
                given = [
                    Given(f"s.{name(column)}", kind)
                    for column, kind in zip(columns[key], types[key], strict=True)
                ]
                relation = (
                    "(SELECT *, file_row_number + 1 AS fp_line FROM "
                    f"read_parquet({literal(str(path))}, file_row_number = true))"
                )
                [(rows,)] = engine.execute(
                    f"SELECT count(*) FROM read_parquet({literal(str(path))})"
                )
                read = text.Read(rows=rows)
            else:
                given = [Given(f"s.c{n}") for n in range(len(columns[key]))]
                relation, read = relations[key], counts[key]
            feeds.append(_feed(section, path, folder, columns[key], given, relation, read))
    used = {path for _, paths in matched for path in paths}
    return Found(
        feeds,
        {key[0].relative_to(folder).as_posix(): layout for key, layout in layouts.items()},
        [path.relative_to(folder).as_posix() for path in present if path not in used],
    )


def contents(folder: Path, mapping: Path) -> list[Path]:
    """Return the files of a folder that may be part of an extract, by name.

    Raises
    ------
    FairpracticeError
        When there is no such folder, or it is empty.
    """
    if not folder.is_dir():
        raise FairpracticeError(
            "There is no such folder" if not folder.exists() else "This is not a folder",
            where=str(folder),
            fix="Give the folder that the extract's files are in.",
        )
    present = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file()
        and path.resolve() != mapping.resolve()
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    )
    if not present:
        raise FairpracticeError(
            "The folder is empty",
            where=str(folder),
            fix="Give the folder that the extract's files are in.",
        )
    return present


def position(heading: Heading, columns: Sequence[str], section: Section, path: Path) -> int:
    """Return where a file has the column that a mapping names, from 0.

    Its heading is compared as it stands, then without case, punctuation and spaces.

    Raises
    ------
    FairpracticeError
        When the file has no such column, or several.
    """
    if isinstance(heading, int):
        found = [heading - 1] if heading <= len(columns) else []
    else:
        wanted = " ".join(heading.split())
        found = [n for n, column in enumerate(columns) if column == wanted] or [
            n for n, column in enumerate(columns) if plain(column) == plain(wanted)
        ]
    if len(found) == 1:
        return found[0]
    if found:
        raise FairpracticeError(
            f"The file has {len(found)} columns {heading!r}",
            where=f"{path}; {section.where}",
            fix=f"Give the position of the one that is meant: "
            f"{' or '.join(str(n + 1) for n in found)}.",
        )
    names = ", ".join(columns[:LISTED]) + (", …" if len(columns) > LISTED else "")
    raise FairpracticeError(
        f"The file has no column {heading!r}",
        where=f"{path}; {section.where}",
        fix=f"{meant(str(heading), columns)}It has: {names}.",
    )


def _key(section: Section, path: Path) -> Key:
    return path, section.header, section.delimiter, section.encoding


def _matching(section: Section, present: Sequence[Path], folder: Path) -> list[Path]:
    found = [
        path
        for path in present
        if any(
            fnmatch.fnmatch(path.relative_to(folder).as_posix().casefold(), pattern.casefold())
            for pattern in section.files
        )
    ]
    if not found and not section.optional:
        names = [path.relative_to(folder).as_posix() for path in present]
        wanted = " or ".join(map(repr, section.files))
        raise FairpracticeError(
            f"There is no file {wanted} for the table {section.table.name}",
            where=f"{folder}; {section.where}",
            fix=f"{meant(section.files[0], names)}The folder has: {', '.join(names[:LISTED])}. "
            "If it may be missing, add optional = true.",
        )
    return found


def _parquet(engine: DuckDB, path: Path) -> tuple[list[str], list[str]]:
    """Return the columns of a Parquet file and the engine's names for their types."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.read_metadata(path)
    except (pa.ArrowException, OSError):
        raise FairpracticeError(
            "A Parquet file is damaged or cut short",
            where=str(path),
            fix="Copy it again, or ask for it again.",
        ) from None
    described = engine.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(path))})")
    return [str(row[0]) for row in described], [str(row[1]) for row in described]


def _feed(
    section: Section,
    path: Path,
    folder: Path,
    columns: Sequence[str],
    given: Sequence[Given],
    relation: str,
    read: text.Read,
) -> Feed:
    def theirs(heading: Heading) -> Given:
        found = given[position(heading, columns, section, path)]
        if found.type.endswith(("]", ")")) and not found.type.startswith(("DECIMAL", "ENUM")):
            raise FairpracticeError(
                f"The column {heading!r} is of a kind that is no value: {found.type}",
                where=f"{path}; {section.where}",
                fix="Have it written as text, numbers or dates.",
            )
        return found

    total = read.rows + read.blank + len(read.broken)
    if not read.rows and not read.broken and not section.optional:
        raise FairpracticeError(
            "The file has a heading and no rows",
            where=str(path),
            fix="Ask for it again. If there may be nothing to send, add optional = true.",
        )
    return Feed(
        section,
        path.relative_to(folder).as_posix(),
        relation,
        {
            ours: tuple(theirs(heading) for heading in headings)
            for ours, headings in section.columns.items()
        },
        [(theirs(heading), heading, kinds) for heading, kinds in section.set_aside.items()],
        total,
        read.blank,
        read.broken,
    )
