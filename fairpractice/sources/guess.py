"""A starter mapping, guessed from headings and values, for a person to finish.

What can be seen is filled in; what only a person can know (who sent it, why it may be held, the
vintage of areas, whether 3/4 is in March or April) is left as a line to fill in, and the import
refuses until it is.
"""

import datetime as dt
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fairpractice.engines.duckdb import connect
from fairpractice.errors import FairpracticeError
from fairpractice.record.contract import Column, Table
from fairpractice.record.tables import AREA_VINTAGES, PATIENT_ID, TABLES
from fairpractice.sources import opening, text
from fairpractice.sources.convert import literal
from fairpractice.sources.dates import ISO, DateFormat
from fairpractice.sources.files import contents
from fairpractice.sources.mapping import plain
from fairpractice.sources.mapping_file import FILE, LINKAGE
from fairpractice.sources.quarantine import SHARED_BY


# What a table's rows may all have in common, so that no column need say it.
FILLED_IN = ("practice_code", "area_vintage", "lawful_basis", "sensitivity", "route")
# A file without any of these is not about the table, however many other headings fit.
TELLING = {
    "patient": ("birth_month", "sex", "death_month"),
    "identity": ("nhs_number", "family_name", "date_of_birth"),
}
DATE_FORMATS = (
    ISO,
    *map(
        DateFormat,
        ("dd/mm/yyyy", "mm/dd/yyyy", "dd-mm-yyyy", "mm-dd-yyyy", "dd.mm.yyyy", "dd-mon-yyyy",
         "dd mon yyyy", "yyyymmdd", "yyyy/mm/dd", "mm/yyyy", "yyyy-mm"),
    ),
)  # fmt: skip
# A format is taken when it reads this share of the dates seen, and no other reads more than that.
FITS, MAY_FIT = 0.9, 0.6
STANDS_FOR_NOTHING = ("9999-12-31", "2999-12-31", "31/12/9999", "31/12/2999", "1900-01-01",
                      "01/01/1900", "NULL", "\\N")  # fmt: skip
# Words for our values. Sex as a digit is the NHS's PERSON GENDER CODE (1 male, 2 female,
# 9 indeterminate, 0 and X not known).
WORDS: Mapping[str, Mapping[str, str]] = {
    "sex": {
        "m": "male", "1": "male", "f": "female", "2": "female", "i": "indeterminate",
        "9": "indeterminate", "0": "", "x": "", "u": "", "unknown": "", "not known": "",
    },
    "appointment.status": {
        "dna": "did_not_attend", "no show": "did_not_attend", "failed to attend": "did_not_attend",
        "fta": "did_not_attend", "arrived": "attended", "seen": "attended",
        "finished": "attended", "patient seen": "attended", "completed": "attended",
        "canceled": "cancelled", "cancelled by patient": "cancelled",
        "cancelled by practice": "cancelled", "cancelled by unit": "cancelled",
    },
    "kind": {
        "a&e": "emergency_department", "ae": "emergency_department", "ed": "emergency_department",
        "999": "ambulance", "111": "nhs_111", "nhs111": "nhs_111", "walk-in": "walk_in_centre",
        "wic": "walk_in_centre", "ooh": "out_of_hours",
    },
    "social_fact.status": {
        "yes": "present", "y": "present", "no": "absent", "n": "absent",
        "not asked": "unknown", "refused": "declined",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Starter:
    """A mapping as written, and what a person has yet to do about it."""

    path: Path
    toml: str
    tables: tuple[str, ...]
    unplaced: Mapping[str, tuple[str, ...]]

    def __str__(self) -> str:
        lines = [f"Wrote {self.path}, for {', '.join(self.tables)}."]
        for file, headings in self.unplaced.items():
            lines.append(f"Not placed in {file}: {', '.join(headings)}.")
        lines.append("Look it through, fill in the lines marked FILL IN, then import.")
        return "\n".join(lines)


@dataclass(frozen=True)
class _Seen:
    """Files with the same headings, and the first rows of one of them."""

    files: tuple[str, ...]
    headings: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    def values(self, position: int) -> Counter[str]:
        return Counter(value.strip() for row in self.rows if (value := row[position].strip()))


def write_starter(folder: Path, path: Path | None = None) -> Starter:
    """Guess the mapping of the files in a folder and write it down.

    Parameters
    ----------
    folder
        Where the extract's files are.
    path
        Where to write; ``mapping.toml`` in the folder when left out.

    Raises
    ------
    FairpracticeError
        When there is a mapping already, the folder is empty, or nothing in it looks like a record.
    """
    path = path or folder / FILE
    if path.exists():
        raise FairpracticeError(
            "There is a mapping already",
            where=str(path),
            fix="Rename it, or name another file with --mapping.",
        )
    seen = _look(folder, path)
    sections, unplaced, tables = [], {}, []
    for one in seen:
        used: set[str] = set()
        for table in TABLES.values():
            columns = _fitting(table, one.headings)
            if columns:
                sections.append(_section(table, one, columns))
                tables.append(table.name)
                used.update(columns.values())
        rest = tuple(heading for heading in one.headings if heading not in used)
        if rest:
            unplaced[", ".join(one.files)] = rest
    if not tables:
        raise FairpracticeError(
            "No file has headings that look like a table of the record",
            where=str(folder),
            fix="Write the mapping by hand: see the page on importing your extract.",
        )
    several = {name for name in tables if tables.count(name) > 1}
    toml = _TOP + "".join(
        section if table in several else section.replace(f"[[{table}]]", f"[{table}]")
        for table, section in zip(tables, sections, strict=True)
    )
    for file, headings in unplaced.items():
        toml += f"\n# Not placed in {_comment(file)}: {_comment(', '.join(headings))}\n"
    path.write_text(toml, encoding="utf-8")
    return Starter(path, toml, tuple(dict.fromkeys(tables)), unplaced)


_TOP = """\
# A starter: look it through, and fill in the lines marked FILL IN.

source = ""  # FILL IN: a name for who sent it, the same every time
mode = ""  # FILL IN: "full" (it replaces what they sent before) or "addition"
"""


def _look(folder: Path, mapping: Path) -> list[_Seen]:
    found: dict[tuple[str, ...], tuple[list[str], Sequence[Sequence[str]]]] = {}
    for path in contents(folder, mapping):
        try:
            headings, rows = _read(path)
        except FairpracticeError:
            continue  # not a table: a covering letter, a workbook
        files, _ = found.setdefault(headings, ([], rows))
        files.append(path.relative_to(folder).as_posix())
    return [_Seen(tuple(files), headings, rows) for headings, (files, rows) in found.items()]


def _read(path: Path) -> tuple[tuple[str, ...], Sequence[Sequence[str]]]:
    if not opening.is_parquet(path):
        how = text.layout(path)
        return how.heading, text.sample(path, how)
    engine = connect(memory_limit="500MB")
    cursor = engine.connection.execute(
        f"SELECT COLUMNS(*)::VARCHAR FROM read_parquet({literal(str(path))}) LIMIT {text.BLOCK}"
    )
    headings = tuple(str(column[0]) for column in cursor.description)
    return headings, [["" if v is None else str(v) for v in row] for row in cursor.fetchall()]


def _names(column: Column) -> list[str]:
    """Return what a column may be headed, the likeliest first, to be compared by."""
    if column.name == "patient_id":
        return []
    return [plain(name) for name in (column.name, *column.also_called)]


def _fitting(table: Table, headings: Sequence[str]) -> dict[str, str]:
    """Return the headings for the columns of a table, or nothing when a file is not about it."""
    by_plain: dict[str, str] = {}
    for heading in headings:
        by_plain.setdefault(plain(heading), heading)
    nhs = _names(TABLES["identity"].column("nhs_number"))
    own = [plain(name) for name in ("source_patient_id", *PATIENT_ID.also_called)]
    wanted = {
        "nhs_number": nhs,
        "source_patient_id": [name for name in own if name not in nhs],
        **{c.name: _names(c) for c in table.columns if c.name not in LINKAGE},
    }
    if table.name == "patient":
        wanted |= {way: _names(TABLES["identity"].column(way)) for way in ("telephone", "email")}
    columns = {
        ours: by_plain[found]
        for ours, names in wanted.items()
        if (found := next((name for name in names if name in by_plain), None))
    }
    missing = [
        column.name
        for column in table.columns
        if column.required
        and column.name not in (*columns, *FILLED_IN, "patient_id", "code_system")
    ]
    telling = TELLING.get(table.name, tuple(c for c in columns if c not in LINKAGE))
    if missing or not set(LINKAGE) & set(columns) or not set(telling) & set(columns):
        return {}
    return columns


def _section(table: Table, seen: _Seen, columns: Mapping[str, str]) -> str:
    lines = [f"files = {_toml(seen.files[0] if len(seen.files) == 1 else list(seen.files))}"]
    values = {ours: seen.values(seen.headings.index(theirs)) for ours, theirs in columns.items()}
    dates = {c.name: values[c.name] for c in table.columns if c.kind == "date" and c.name in values}
    lines += _dates(dates)
    nothing = sorted({v for found in values.values() for v in found} & set(STANDS_FOR_NOTHING))
    if nothing:
        lines.append(f"empty = {_toml(nothing)}")
    lines += ["", f"[{table.name}.columns]"]
    for ours, theirs in columns.items():
        twice = seen.headings.count(theirs) > 1
        place = seen.headings.index(theirs) + 1
        note = f"  # FILL IN: several columns are headed {_comment(theirs)}" if twice else ""
        lines.append(f"{ours} = {place if twice else _toml(theirs)}{note}")
    missing = [c for c in table.columns if c.required and c.name in FILLED_IN]
    missing = [column for column in missing if column.name not in columns]
    if missing:
        lines += ["", f"[{table.name}.constants]"]
        for column in missing:
            choice = AREA_VINTAGES if column.name == "area_vintage" else column.allowed
            of = f", one of {', '.join(choice)}" if choice else ""
            lines.append(f'{column.name} = ""  # FILL IN: {column.meaning}{of}')
    for column in table.columns:
        if column.allowed and column.name in values:
            lines += _words(table, column, values[column.name])
    return f"\n[[{table.name}]]\n" + "\n".join(lines) + "\n"


def _dates(found: Mapping[str, Counter[str]]) -> list[str]:
    """Return the line with the formats that all dates seen fit, or what to ask."""
    chosen: list[str] = []
    remarks = []
    for name, values in found.items():
        told = [value for value in values if value not in STANDS_FOR_NOTHING]
        share = {
            fmt.written: sum(_is(fmt, value) for value in told) / max(len(told), 1)
            for fmt in DATE_FORMATS
        }
        fit = [written for written, of_all in share.items() if of_all > MAY_FIT]
        if len(fit) == 1 and share[fit[0]] >= FITS:
            chosen += [fit[0]] if fit[0] not in chosen else []
        elif fit:
            remarks.append(
                f"# FILL IN: {name} fits {' and '.join(fit)}; add the right one to dates"
            )
        elif told:
            remarks.append(f"# FILL IN: how {name} is written is not clear; add it to dates")
    usual = chosen in ([], [ISO.written])
    return [*remarks, *([] if usual and not remarks else [f"dates = {_toml(chosen)}"])]


def _is(fmt: DateFormat, value: str) -> bool:
    matched = re.fullmatch(fmt.pattern, value)
    if not matched:
        return False
    try:
        return bool(dt.datetime.strptime(matched[1], fmt.strptime))
    except ValueError:
        return False


def _words(table: Table, column: Column, values: Counter[str]) -> list[str]:
    """Return a translation of the values seen, and the words that nobody knows.

    A word is repeated only if several rows share it: a column may hold something else altogether.
    """
    known = WORDS.get(f"{table.name}.{column.name}") or WORDS.get(column.name, {})
    lines, strange = [], []
    for value, n in sorted(values.items()):
        if re.sub(r"[^a-z0-9]+", "_", value.lower()).strip("_") in column.allowed:
            continue
        if value.lower() in known:
            lines.append(f"{_toml(value)} = {_toml(known[value.lower()])}")
        elif n >= SHARED_BY:
            strange.append(value)
    asked = [
        f'# FILL IN: {_toml(value)} = "" is one of {", ".join(column.allowed)}, or to set aside'
        for value in strange[:20]
    ]
    if not lines and not asked:
        return []
    return ["", f"[{table.name}.values.{column.name}]", *lines, *asked]


def _toml(value: str | list[str]) -> str:
    """Return a value as TOML; its basic strings are JSON's."""
    return json.dumps(value, ensure_ascii=False)


def _comment(words: str) -> str:
    return " ".join(words.split())
