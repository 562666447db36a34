"""Publishers' tables as they come: CSV, gzipped CSV and workbooks, read as text.

Real files have headings with line breaks and trailing spaces, notes above the table, blank rows
below it, sheets of notes before it, and are in UTF-8, with or without a mark, or in cp1252.
"""

import csv
import gzip
import hashlib
import io
import re
import sys
import warnings
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from fairpractice.errors import FairpracticeError


ROWS_ABOVE = 30
LARGEST = {pa.int32(): 2**31 - 1, pa.int64(): 2**53}  # what a cell can be read as exactly


@dataclass(frozen=True)
class Published:
    """A table as text: headings simplified, blank rows left out, and where it came from.

    ``sha256`` is of the file as it was given. ``headings`` maps the simplified headings to the
    publisher's own.
    """

    table: pa.Table
    headings: dict[str, str]
    file: Path
    sha256: str

    def heading(self, called: Iterable[str]) -> str | None:
        """Return the first of some simplified headings that the table has."""
        return next((name for name in called if name in self.headings), None)


def simplify(heading: object) -> str:
    """Return a heading in lower case, spaces single, without a closing "(where ...)"."""
    text = re.sub(r"[\s_]+", " ", str(heading or "").replace("\ufeff", "")).strip().lower()
    return re.sub(r"\s*\(where [^)]*\)$", "", text)


def read(
    file: Path, needed: Sequence[Collection[str]], *, names: Sequence[str] | None = None
) -> Published:
    """Read a publisher's table as text.

    Parameters
    ----------
    file
        ``.csv``, ``.csv.gz`` or ``.xlsx``.
    needed
        Groups of simplified headings: the heading row is the first one (of the first sheet) that
        has one of every group.
    names
        The columns' names, for a file that has no heading row.

    Raises
    ------
    FairpracticeError
        When the file is not there, is not what its name says, has a row of another width, or has
        no heading row with the headings needed.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise FairpracticeError(
            f"the file cannot be read: {error.strerror}",
            where=str(file),
            fix="Check the path and who may read it.",
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    workbook = content[:2] == b"PK"
    headings, table = (
        _read_workbook(content, file, needed)
        if workbook
        else _read_csv(content, file, needed, names)
    )
    return Published(_without_blank_rows(table), headings, file, digest)


def numbers(published: Published, heading: str, kind: pa.DataType) -> pa.Array:
    """Return a column as numbers; blank cells come out empty.

    Raises
    ------
    FairpracticeError
        When a cell is not such a number, or is too large; the message shows the first.
    """
    text = published.table[heading].combine_chunks()
    text = pc.if_else(pc.equal(text, ""), None, text)
    whole = pa.types.is_integer(kind)
    shape = r"^-?[0-9]+(\.0+)?$" if whole else r"^-?[0-9]*\.?[0-9]+([eE][-+]?[0-9]+)?$"
    wrong = pc.index(pc.fill_null(pc.match_substring_regex(text, shape), True), False).as_py()
    if wrong >= 0:
        raise FairpracticeError(
            f"{text[wrong].as_py()!r} is not a {'whole ' if whole else ''}number",
            where=f"{published.file}, column {published.headings[heading]!r}, "
            f"row {wrong + 1} below the headings",
            fix="Use the file as the publisher gives it.",
        )
    found = pc.cast(text, pa.float64())
    most = pc.less_equal(pc.abs(found), LARGEST.get(kind, sys.float_info.max))
    large = pc.index(pc.fill_null(most, True), False).as_py()
    if large >= 0:
        raise FairpracticeError(
            f"{text[large].as_py()[:40]!r} is too large a number",
            where=f"{published.file}, column {published.headings[heading]!r}, "
            f"row {large + 1} below the headings",
            fix="Use the file as the publisher gives it.",
        )
    return pc.cast(found, kind)


def _is_heading_row(cells: Sequence[str], needed: Sequence[Collection[str]]) -> bool:
    return all(any(cell in group for cell in cells) for group in needed)


def _named(row: Sequence[object]) -> dict[str, str]:
    """Map simplified headings to the publisher's; a blank or second one is numbered."""
    named: dict[str, str] = {}
    for position, heading in enumerate(row):
        short = simplify(heading)
        if not short or short in named:
            short = f"{short} #{position + 1}".strip()
        named[short] = str(heading or "").strip("\ufeff")
    return named


def _no_headings(file: Path, needed: Sequence[Collection[str]]) -> FairpracticeError:
    wanted = "; ".join(" or ".join(repr(name) for name in sorted(group)) for group in needed)
    return FairpracticeError(
        f"no row has the headings looked for: {wanted}",
        where=str(file),
        fix="Check that it is the file meant, as the publisher gives it.",
    )


def _text(content: bytes, file: Path) -> str:
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (OSError, EOFError) as error:
            raise FairpracticeError(
                "the gzip file is broken off or damaged", where=str(file), fix="Fetch it again."
            ) from error
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return content.decode("latin-1")


def _read_csv(
    content: bytes, file: Path, needed: Sequence[Collection[str]], names: Sequence[str] | None
) -> tuple[dict[str, str], pa.Table]:
    text = _text(content, file)
    if names is None:
        headings, start = _find_headings(text, file, needed)
    else:
        headings, start = {name: name for name in names}, 0
    lines = io.StringIO(text, newline="")
    for _ in range(start):
        lines.readline()
    body = lines.read().encode()
    columns = list(headings)
    if not body.strip():
        return headings, pa.table({name: pa.array([], pa.string()) for name in columns})
    try:
        table = pacsv.read_csv(
            pa.BufferReader(body),
            read_options=pacsv.ReadOptions(column_names=columns),
            parse_options=pacsv.ParseOptions(newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(
                column_types=dict.fromkeys(columns, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        raise FairpracticeError(
            f"the rows do not all have {len(columns)} columns: {error}",
            where=str(file),
            fix="Use the file as the publisher gives it, not one saved from a spreadsheet.",
        ) from error
    return headings, table


def _find_headings(
    text: str, file: Path, needed: Sequence[Collection[str]]
) -> tuple[dict[str, str], int]:
    """Return the headings and the number of lines down to where the rows begin."""
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        for _, row in zip(range(ROWS_ABOVE), reader, strict=False):
            named = _named(row)
            if _is_heading_row(list(named), needed):
                return named, reader.line_num
    except csv.Error as error:
        raise FairpracticeError(
            f"the file is not a CSV file: {error}",
            where=str(file),
            fix="Give the publisher's .csv, .csv.gz or .xlsx file.",
        ) from error
    raise _no_headings(file, needed)


def _read_workbook(
    content: bytes, file: Path, needed: Sequence[Collection[str]]
) -> tuple[dict[str, str], pa.Table]:
    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and validation, which are not read
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
            for sheet in book.worksheets:
                rows = sheet.iter_rows(values_only=True)
                for _, row in zip(range(ROWS_ABOVE), rows, strict=False):
                    named = _named(row)
                    if _is_heading_row(list(named), needed):
                        return named, _columns(named, rows)
    except Exception as error:  # a damaged workbook raises whatever openpyxl stumbles over
        raise FairpracticeError(
            "the workbook cannot be read",
            where=str(file),
            fix="Give the .xlsx file as published (an .ods or .xls has to be saved as .xlsx).",
        ) from error
    raise _no_headings(file, needed)


def _columns(named: dict[str, str], rows: Iterable[Sequence[object]]) -> pa.Table:
    columns = list(zip_longest(*rows)) or [()] * len(named)  # a row may end at its last cell
    return pa.table(
        {
            name: pa.array(["" if cell is None else str(cell) for cell in cells], pa.string())
            for name, cells in zip(named, columns, strict=False)
        }
    )


def _without_blank_rows(table: pa.Table) -> pa.Table:
    trimmed = pa.table({name: pc.utf8_trim_whitespace(table[name]) for name in table.column_names})
    filled: pa.ChunkedArray | None = None
    for column in trimmed.columns:
        has = pc.not_equal(column, "")
        filled = has if filled is None else pc.or_(filled, has)
    return trimmed.filter(filled) if filled is not None else trimmed
