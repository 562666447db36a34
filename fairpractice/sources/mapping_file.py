"""The mapping file, read and checked.

A TOML file. A section is named for a table of the record; ``[[event]]`` twice maps two kinds of
file to one table, and two sections may read one file. The how-to page has the whole language.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, cast

from fairpractice.errors import FairpracticeError
from fairpractice.identifiers import SHAPES
from fairpractice.record.contract import Table
from fairpractice.record.tables import TABLES
from fairpractice.sources.dates import DateFormat
from fairpractice.sources.mapping import Extract, Heading, Mode, Section, meant


FILE = "mapping.toml"
ALL = "all"
LINKAGE = ("nhs_number", "source_patient_id")
# What a section may map beyond its table's own columns: what says who the person is and, for
# patient, the details whose presence (never themselves) contact_details keeps.
BESIDE = {"patient": ("telephone", "email")}
NEVER_ASSUMED = ("lawful_basis", "sensitivity", "area_vintage")
TOP = ("source", "mode", "practices", "period", "dates", "empty")
OPTIONS = (
    "files", "columns", "constants", "dates", "values", "empty", "set_aside",
    "header", "delimiter", "encoding", "optional", "may_be_unreadable",
)  # fmt: skip


def load(path: Path, *, source: str | None = None, mode: Mode | None = None) -> Extract:
    """Read and check a mapping file.

    Parameters
    ----------
    path
        The TOML file.
    source, mode
        What the command line said, which overrides the file.

    Raises
    ------
    FairpracticeError
        When the file is missing, is not TOML, or has a name or value that cannot be meant; the
        message has the line and what was probably meant.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise FairpracticeError(
            "There is no mapping file",
            where=str(path),
            fix="Give one with --mapping FILE, or have a starter written with --guess.",
        ) from None
    except UnicodeDecodeError:
        raise FairpracticeError(
            "The mapping file is not UTF-8 text", where=str(path), fix="Save it as UTF-8."
        ) from None
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise FairpracticeError(
            f"The mapping file is not TOML: {error}",
            where=str(path),
            fix='Text stands in quotes: sex = "Gender".',
        ) from None
    return _Reader(path, text).mapping(given, source, mode)


class _Reader:
    """A mapping file being read, which knows where each name stands."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = text.splitlines()

    def line(self, word: str, after: int = 0) -> int:
        """Return the first line from ``after`` (from 0) on that uses a word as a name."""
        used = re.compile(rf"""(^|[\s{{,.\[])["']?{re.escape(word)}["']?\s*[.=\]]""")
        for number, line in enumerate(self.lines[after:], start=after + 1):
            if used.search(line):
                return number
        return after or 1

    def refuse(self, what: str, word: str, fix: str, after: int = 0) -> NoReturn:
        raise FairpracticeError(what, where=f"{self.path}, line {self.line(word, after)}", fix=fix)

    def mapping(self, given: dict[str, Any], source: str | None, mode: Mode | None) -> Extract:
        for name in given:
            if name not in TOP and name not in TABLES:
                self.refuse(
                    f"There is no table or setting {name!r}",
                    name,
                    f"{meant(name, (*TABLES, *TOP))}Tables: {', '.join(TABLES)}. "
                    f"Settings: {', '.join(TOP)}.",
                )
        source = source or self.text(given, "source")
        if not source:
            self.refuse(
                "The mapping does not say who sent the extract",
                "source",
                'Add source = "NAME" at the top, or give --source NAME.',
            )
        chosen = mode or self.text(given, "mode")
        if chosen not in ("full", "addition"):
            self.refuse(
                f"mode is {chosen!r}" if chosen else "The mapping does not say what the extract is",
                "mode",
                'Add mode = "full" (it replaces what this source sent before) or '
                'mode = "addition", or give --full or --addition.',
            )
        sections = tuple(
            self.section(table, section, given, after)
            for table in TABLES.values()
            for section, after in self.sections(table.name, given.get(table.name))
        )
        if not sections:
            self.refuse(
                "The mapping maps no table",
                "source",
                f"Add a section for one of: {', '.join(TABLES)}.",
            )
        return Extract(
            self.path,
            source,
            cast("Mode", chosen),
            sections,
            self.practices(given),
            self.period(given.get("period")),
        )

    def sections(self, table: str, found: Any) -> Iterator[tuple[dict[str, Any], int]]:
        """Yield each section of a table with the line (from 0) that it starts on."""
        starts = [
            number
            for number, line in enumerate(self.lines)
            if re.match(rf"\s*\[\[?\s*{table}\s*\]", line)
        ]
        several = found if isinstance(found, list) else [] if found is None else [found]
        for n, section in enumerate(several):
            after = starts[n] if n < len(starts) else 0
            if not isinstance(section, dict):
                self.refuse(
                    f"{table} is not a section", table, f"Write [{table}] on a line of its own."
                )
            yield section, after

    def section(
        self, table: Table, given: dict[str, Any], top: dict[str, Any], after: int
    ) -> Section:
        def refuse(what: str, word: str, fix: str) -> NoReturn:
            self.refuse(what, word, fix, after)

        for name in given:
            if name not in OPTIONS:
                refuse(
                    f"[{table.name}] has no option {name!r}",
                    name,
                    f"{meant(name, OPTIONS)}Options: {', '.join(OPTIONS)}.",
                )
        files = self.texts(given, "files", after)
        if not files:
            refuse(
                f"[{table.name}] does not say which files it is about",
                table.name,
                'Add files = "NAME.csv"; a star stands for any characters.',
            )
        columns = {
            ours: self.theirs(table, ours, theirs, after)
            for ours, theirs in self.dictionary(given, "columns", after).items()
        }
        constants = {
            ours: value.isoformat() if isinstance(value, dt.date) else str(value)
            for ours, value in self.dictionary(given, "constants", after).items()
        }
        values = self.dictionary(given, "values", after)
        own = [column.name for column in table.columns if column.name != "patient_id"]
        mappable = [*dict.fromkeys((*LINKAGE, *own, *BESIDE.get(table.name, ())))]
        may_be_unreadable = self.texts(given, "may_be_unreadable", after)
        for names, kind, allowed in (
            (columns, "columns", mappable),
            (constants, "constants", own),
            (values, "values", own),
            (may_be_unreadable, "may_be_unreadable", own),
        ):
            for name in names:
                if name not in allowed:
                    refuse(
                        f"The table {table.name} has no column {name!r} for {kind}",
                        name,
                        f"{meant(name, allowed)}Columns: {', '.join(allowed)}.",
                    )
        if twice := sorted(set(columns) & set(constants)):
            refuse(
                f"{twice[0]} is given both as a column and as a constant",
                twice[0],
                "Keep the one that is meant.",
            )
        if not set(LINKAGE) & set(columns):
            refuse(
                f"[{table.name}] does not say which column tells who the person is",
                table.name,
                "Map nhs_number, or source_patient_id (the source's own identifier), or both.",
            )
        for column in table.columns:
            assumed = column.name in ("patient_id", "code_system")
            if column.required and not assumed and not {column.name} & {*columns, *constants}:
                refuse(
                    f"[{table.name}] does not say where {column.name} comes from",
                    table.name,
                    f"Map it to a column, or give it for all rows: "
                    f'constants = {{ {column.name} = "…" }}'
                    + (f" (one of {', '.join(column.allowed)})." if column.allowed else ".")
                    + (" It is never assumed." if column.name in NEVER_ASSUMED else ""),
                )
            if column.required and column.name in may_be_unreadable:
                refuse(
                    f"{column.name} is required, so it may not be unreadable",
                    "may_be_unreadable",
                    "Take it out of may_be_unreadable.",
                )
        for name, value in constants.items():
            self.constant(table, name, value, after)
        for name, words in values.items():
            if not isinstance(words, dict):
                refuse(
                    f"values.{name} is not a table of words",
                    name,
                    f'Write values.{name} = {{ "THEIRS" = "ours" }}.',
                )
            for ours in words.values():
                if ours != "" or table.column(name).required:  # "" is for a word for "not known"
                    self.constant(table, name, str(ours), after)
        header = given.get("header", True)
        if not isinstance(header, int) or (header is not False and header < 1):
            refuse(
                f"header is {header!r}",
                "header",
                "Write header = false where there is none, or the number of its line.",
            )
        set_aside = self.dictionary(given, "set_aside", after)
        delimiter = self.text(given, "delimiter", after)
        if len(delimiter) > 1:
            refuse(f"delimiter is {delimiter!r}", "delimiter", "Give one character.")
        encoding = self.text(given, "encoding", after)
        try:
            "".encode(encoding or "utf-8")
        except (LookupError, ValueError):
            refuse(
                f"There is no encoding {encoding!r}", "encoding", "Leave it out to have it found."
            )
        return Section(
            table=table,
            where=f"{self.path}, line {after + 1}",
            files=files,
            columns=columns,
            constants=constants,
            dates=self.dates(given, after) if "dates" in given else self.dates(top, 0),
            values={
                name: {str(theirs).strip().lower(): str(ours) for theirs, ours in words.items()}
                for name, words in values.items()
            },
            empty=(*self.texts(top, "empty"), *self.texts(given, "empty", after)),
            set_aside={
                heading: tuple(
                    str(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
                )
                for heading, kinds in set_aside.items()
            },
            header=header,
            delimiter=delimiter,
            encoding=encoding,
            optional=bool(given.get("optional", False)),
            may_be_unreadable=may_be_unreadable,
        )

    def theirs(self, table: Table, ours: str, given: Any, after: int) -> tuple[Heading, ...]:
        several = tuple(given) if isinstance(given, list) else (given,)
        sound = all(
            (isinstance(one, str) and one.strip())
            or (isinstance(one, int) and not isinstance(one, bool) and one > 0)
            for one in several
        )
        if not several or not sound or (len(several) > 1 and ours != "source_patient_id"):
            self.refuse(
                f"{ours} is mapped to {given!r}",
                ours,
                f'Give a heading ({ours} = "Their heading") or a position from 1 ({ours} = 3). '
                "Only source_patient_id may take several.",
                after,
            )
        return several

    def constant(self, table: Table, name: str, value: str, after: int) -> None:
        """Refuse a value that the column could not hold."""
        column = table.column(name)
        reason = ""
        if column.allowed and value not in column.allowed:
            close = meant(value, column.allowed)
            reason = f"{close}It is one of: {', '.join(column.allowed)}."
        elif column.shape and (problem := SHAPES[column.shape].problem(value)):
            reason = _sentence(problem)
        elif column.kind == "date" and not _is_day(value):
            reason = "Write the day as 2026-03-31."
        if reason:
            self.refuse(f"{name} cannot be {value!r}", name, reason, after)

    def dates(self, given: dict[str, Any], after: int) -> tuple[DateFormat, ...]:
        formats = []
        for written in self.texts(given, "dates", after):
            try:
                formats.append(DateFormat(written))
            except ValueError as error:
                self.refuse(
                    f"dates has {written!r}: {error}",
                    "dates",
                    'Write the format with yyyy, mm or mon, and dd: "dd/mm/yyyy", "dd-mon-yyyy".',
                    after,
                )
        return tuple(formats)

    def practices(self, given: dict[str, Any]) -> tuple[str, ...] | None:
        if "practices" not in given:
            return None
        if given["practices"] == ALL:
            return ()
        codes = [SHAPES["ods_code"].normalise(code) for code in self.texts(given, "practices")]
        for code in codes:
            if problem := SHAPES["ods_code"].problem(code):
                self.refuse(f"practices has {code!r}", "practices", _sentence(problem))
        return tuple(sorted(codes))

    def period(self, given: Any) -> tuple[dt.date, dt.date] | None:
        if given is None:
            return None
        try:
            first, last = (
                day if isinstance(day, dt.date) else dt.date.fromisoformat(day) for day in given
            )
        except (TypeError, ValueError):
            first, last = dt.date.max, dt.date.min
        if first > last:
            self.refuse(
                f"period is {given!r}",
                "period",
                "Give its first and last day: period = [2021-04-01, 2026-03-31].",
            )
        return first, last

    def text(self, given: dict[str, Any], name: str, after: int = 0) -> str:
        found = given.get(name, "")
        if not isinstance(found, str):
            self.refuse(f"{name} is {found!r}", name, f'Write it in quotes: {name} = "…".', after)
        return found

    def texts(self, given: dict[str, Any], name: str, after: int = 0) -> tuple[str, ...]:
        found = given.get(name, [])
        several = found if isinstance(found, list) else [found]
        if not all(isinstance(one, str) for one in several):
            self.refuse(f"{name} is {found!r}", name, f'Write {name} = ["…", "…"].', after)
        return tuple(several)

    def dictionary(self, given: dict[str, Any], name: str, after: int) -> dict[str, Any]:
        found = given.get(name, {})
        if not isinstance(found, dict):
            self.refuse(f"{name} is {found!r}", name, f'Write {name} = {{ ours = "…" }}.', after)
        return found


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + "."


def _is_day(value: str) -> bool:
    try:
        return bool(dt.date.fromisoformat(value)) and len(value) == len("2026-03-31")
    except ValueError:
        return False
