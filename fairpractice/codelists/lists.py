"""One list in one CSV file: what it must say about itself, and which codes are refused.

::

    # title: Diabetes mellitus
    # system: snomed
    # release: 2024-12-05                     (may be left out)
    # source: NHS England primary care domain refset DM_COD
    # licence: Open Government Licence v3.0
    # status: starter                         (starter, full or empty)
    # note: Anything more to know             (may be left out or repeated)
    code,term,category                        (category may be left out)
    73211009,Diabetes mellitus,
"""

import csv
import functools
import hashlib
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, cast, get_args

from fairpractice.errors import FairpracticeError
from fairpractice.identifiers import snomed_ct
from fairpractice.identifiers.shape import BLANKS


Status = Literal["starter", "full", "empty"]
NEEDED = ("title", "source", "licence")
KEYS = (*NEEDED, "system", "release", "status", "note")
DEFAULTS = {"system": "snomed", "release": "", "status": "full", "note": ""}
ID = re.compile("[a-z0-9]+(-[a-z0-9]+)*")

# Headings in use, with everything but letters and digits left out: OpenCodelists, NHS England
# refsets, the exports of the two large suppliers.
CODE_HEADINGS = (
    "code",
    "snomedcode",
    "snomedctcode",
    "snomedconceptid",
    "snomedctconceptid",
    "snomedctid",
    "snomed",
    "conceptid",
    "conceptcode",
    "sctid",
    "dmdid",
    "dmdcode",
    "ctv3id",
    "ctv3code",
    "id",
)
TERM_HEADINGS = (
    "term",
    "name",
    "description",
    "snomedterm",
    "preferredterm",
    "fullyspecifiedname",
    "fsn",
    "codedescription",
    "display",
    "nm",
    "ctv3preferredtermdesc",
)
CATEGORY_HEADINGS = ("category", "cat", "group", "grouping")


def _checked(pattern: str, problem: str) -> Callable[[str], str | None]:
    return lambda code: None if re.fullmatch(pattern, code) else problem


SYSTEMS: dict[str, Callable[[str], str | None]] = {
    "snomed": snomed_ct.problem,
    "dmd": snomed_ct.problem,
    "ctv3": _checked(
        r"(?=.{5}$)[0-9A-Za-z]+\.*", "a CTV3 code has five letters and digits, or dots to make five"
    ),
    "cvx": _checked("[0-9]{1,3}", "a CVX code has one to three digits"),
    "local": _checked(r"\S(.*\S)?", "the code is blank"),
}


@dataclass(frozen=True, slots=True)
class Code:
    """One code of a list: the concept, its term, its category in the list, its code system."""

    code: str
    term: str
    category: str = ""
    system: str = "snomed"


@dataclass(frozen=True)
class Codelist:
    """A list of codes that mean one thing.

    ``release`` is that of the source, empty when it is not known; ``sha256`` is that of the file
    with its lines ended by a line feed; ``note`` says what is missing or to be wary of.
    """

    id: str
    title: str
    system: str
    release: str
    source: str
    licence: str
    status: Status
    sha256: str
    codes: tuple[Code, ...]
    note: str = ""

    def __hash__(self) -> int:
        """Return a hash that does not go over the codes: that of the file does."""
        return hash((self.id, self.sha256))

    @functools.cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Its codes, each with its system, to ask whether one is among them."""
        return frozenset((code.system, code.code) for code in self.codes)


@dataclass(frozen=True)
class Header:
    """What a file says about itself, and its lines still to be read."""

    id: str
    file: Path
    said: dict[str, str]
    lines: tuple[str, ...]
    sha256: str


def header(file: Path) -> Header:
    """Read what a list says about itself, without looking at its codes.

    Raises
    ------
    FairpracticeError
        When the title, source or licence is missing, or the system or status is none that is known.
    """
    found = opened(file, file.read_bytes())
    return complete(replace(found, said=DEFAULTS | found.said))


def opened(file: Path, content: bytes) -> Header:
    """Split the content of a file into what it says about itself and its rows."""
    lines = _decoded(file, content).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    said: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.startswith("#"):
            break
        key, colon, value = line.lstrip("# ").partition(":")
        key, value = key.strip().lower(), value.strip(BLANKS + ",")
        if not colon or key not in KEYS:
            raise FairpracticeError(
                "A line that begins with # says nothing that a list can say",
                where=f"{file}, line {number}",
                fix=f"Write '# key: value', the key being one of {', '.join(KEYS)}.",
            )
        said[key] = f"{said.get('note', '')} {value}".strip() if key == "note" else value
        lines[number - 1] = ""
    sha256 = hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()
    return Header(file.stem, file, said, tuple(lines), sha256)


def _decoded(file: Path, content: bytes) -> str:
    utf_16 = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FairpracticeError(
        "The file is not text", where=str(file), fix="Give a CSV file, saved as UTF-8."
    )


def complete(found: Header) -> Header:
    """Refuse a header that lacks what a list must say; else return it."""
    said = found.said
    if not ID.fullmatch(found.id):
        raise FairpracticeError(
            f"{found.id!r} cannot be the id of a codelist",
            where=str(found.file),
            fix="Use small letters, digits and single hyphens, as in 'food-bank'.",
        )
    for key in NEEDED:
        if not said.get(key):
            raise FairpracticeError(
                f"The list does not say its {key}",
                where=str(found.file),
                fix=f"Begin the file with a line '# {key}: ...', or give --{key}.",
            )
    for key, allowed in (("system", tuple(SYSTEMS)), ("status", get_args(Status))):
        if said[key] not in allowed:
            raise FairpracticeError(
                f"{said[key]!r} is no {key} of a codelist",
                where=str(found.file),
                fix=f"Use one of {', '.join(allowed)}.",
            )
    return found


def read(found: Header, *, category: str = "") -> Codelist:
    """Return the list that a file holds.

    Parameters
    ----------
    found
        The file, with what it says about itself.
    category
        The heading of the column of categories, where it is not one that is known.

    Raises
    ------
    FairpracticeError
        With the file and line, when there is no column of codes, a code is spoilt or there twice,
        or the list is empty and does not say so, or says so and is not.
    """
    said = found.said
    status = cast(Status, said["status"])
    codes: dict[str, Code] = {}
    lines: dict[str, int] = {}
    for line, cell, term, group in _rows(found, category):
        where = f"{found.file}, line {line}"
        is_snomed = SYSTEMS[said["system"]] is snomed_ct.problem
        code = snomed_ct.normalise(cell) if is_snomed else cell
        if problem := SYSTEMS[said["system"]](code):
            reason, _, fix = problem.partition("; ")
            raise FairpracticeError(
                f"{code!r} is refused: {reason}",
                where=where,
                fix=f"{fix[0].upper()}{fix[1:]}." if fix else "Correct it or leave the line out.",
            )
        if code in codes:
            raise FairpracticeError(
                f"{code} is there twice, first on line {lines[code]}",
                where=where,
                fix="Leave one of the two lines out.",
            )
        codes[code] = Code(code, term, group, said["system"])
        lines[code] = line
    if not codes and status != "empty":
        raise FairpracticeError(
            "The list has no codes",
            where=str(found.file),
            fix="If none is known, say so with a line '# status: empty'; if some are, find them.",
        )
    if codes and status == "empty":
        raise FairpracticeError(
            f"The list is declared empty and has a code, {next(iter(codes))}",
            where=f"{found.file}, line {next(iter(lines.values()))}",
            fix="Change its status to starter or full, or leave the codes out.",
        )
    return Codelist(
        id=found.id,
        title=said["title"],
        system=said["system"],
        release=said["release"],
        source=said["source"],
        licence=said["licence"],
        status=status,
        sha256=found.sha256,
        codes=tuple(codes.values()),
        note=said["note"],
    )


def _rows(found: Header, category: str) -> Iterator[tuple[int, str, str, str]]:
    """Yield line number, code, term and category of every row that is not blank."""
    heading = next((line for line in found.lines if line.strip(BLANKS + ",;\t")), "")
    reader = csv.reader(
        (f"{line}\n" for line in found.lines),
        delimiter=max(",\t;", key=heading.count),
        strict=True,  # or a quotation mark that is never closed would swallow the codes after it
    )
    at: tuple[int | None, ...] = ()
    while True:
        start = reader.line_num + 1
        try:
            cells = [cell.strip(BLANKS) for cell in next(reader)]
        except StopIteration:
            return
        except csv.Error as error:
            raise FairpracticeError(
                f"The row cannot be read: {error}",
                where=f"{found.file}, line {start}",
                fix="Look for a quotation mark that is not closed.",
            ) from error
        if not any(cells):
            continue
        if not at:
            at = _columns(cells, category, f"{found.file}, line {start}")
            continue
        code, term, group = (cells[n] if n is not None and n < len(cells) else "" for n in at)
        yield start, code, " ".join(term.split()), " ".join(group.split())


def _columns(cells: list[str], category: str, where: str) -> tuple[int | None, ...]:
    names = [_bare(cell) for cell in cells]
    if not set(names) & set(CODE_HEADINGS):
        raise FairpracticeError(
            "No column is headed as codes are",
            where=where,
            fix="Head the column of codes 'code' and that of terms 'term'.",
        )
    if category and _bare(category) not in names:
        raise FairpracticeError(
            f"There is no column {category!r}",
            where=where,
            fix=f"The columns are {', '.join(cells)}.",
        )
    groups = (_bare(category),) if category else CATEGORY_HEADINGS
    return tuple(
        next((names.index(name) for name in known if name in names), None)
        for known in (CODE_HEADINGS, TERM_HEADINGS, groups)
    )


def _bare(heading: str) -> str:
    return re.sub("[^a-z0-9]", "", heading.lower())


def text(codelist: Codelist) -> str:
    """Return a list as the text of its file."""
    said = ((key, getattr(codelist, key)) for key in KEYS)
    out = io.StringIO()
    out.writelines(f"# {key}: {value}\n" for key, value in said if value)
    width = 3 if any(code.category for code in codelist.codes) else 2
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "term", "category")[:width])
    writer.writerows((each.code, each.term, each.category)[:width] for each in codelist.codes)
    return out.getvalue()
