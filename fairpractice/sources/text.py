"""Delimited text as clinical systems and publishers really write it.

A file is read once, in blocks, into Parquet: the columns wanted, as text, with the physical line
that each row starts on. What cannot be read as a row is handed back with its line and the reason,
and reading goes on at the next line, so that one stray quotation mark costs one line.
"""

import csv
import statistics
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from fairpractice.errors import FairpracticeError
from fairpractice.sources import opening


Progress = Callable[[int], object]

DELIMITERS = (",", ";", "\t", "|")
LONGEST_ROW = 200  # lines: a quoted note may be long, an unclosed quotation mark never ends
BLOCK = 20_000  # lines
TOO_FEW, TOO_MANY, UNCLOSED, CUT_SHORT = "too_few", "too_many", "unclosed", "cut_short"
NUL, UNDECODABLE = "nul", "undecodable"
BROKEN = {  # why a line is no row, to be read after "line 7"
    TOO_FEW: "has fewer fields than the heading",
    TOO_MANY: "has more fields than the heading",
    UNCLOSED: "has a quotation mark that is not closed, or stands inside a field",
    CUT_SHORT: "is cut short: the file ends in the middle of it",
    NUL: "has a NUL character in it",
    UNDECODABLE: "has a character that is not in the encoding of the file",
}


@dataclass(frozen=True)
class Layout:
    """How a file is written.

    ``heading`` are the names of its columns without line breaks or surrounding spaces, those of
    trailing empty columns left out; ``heading_line`` is the line they start on, 0 when the file
    has none and the columns are known by position alone.
    """

    encoding: str
    delimiter: str
    heading: tuple[str, ...]
    heading_line: int


@dataclass
class Read:
    """What came of reading a file: ``rows`` staged, ``blank`` rows, and what is no row at all."""

    rows: int = 0
    blank: int = 0
    broken: list[tuple[int, str]] = field(default_factory=list)


def layout(
    path: Path, *, header: bool | int = True, delimiter: str = "", encoding: str = ""
) -> Layout:
    """Find out how a file is written.

    Parameters
    ----------
    path
        The file; gzip is opened.
    header
        Whether its first line names the columns, or the number of the line that does.
    delimiter, encoding
        What they are where the finding out goes wrong; found out when empty.

    Raises
    ------
    FairpracticeError
        When the file is empty, is not text, or has no such heading line.
    """
    encoding = encoding or opening.encoding_of(path)
    with opening.open_text(path, encoding) as (file, _):
        if header is not False:
            for _skipped in islice(file, int(header) - 1):
                pass
        start = list(islice(file, 200))
    if not any(line.strip() for line in start):
        what = (
            "The file is empty" if header in (True, False) else "The file ends before its heading"
        )
        raise FairpracticeError(
            what, where=str(path), fix="Ask for it again, or take it out of the folder."
        )
    delimiter = delimiter or _delimiter(start)
    rows = _rows(iter(start), delimiter, width=None, first_line=int(header) or 1)
    if header is False:
        widths = [len(row) for _, row in rows if isinstance(row, list)]
        width = statistics.mode(widths) if widths else 0
        return Layout(encoding, delimiter, tuple(f"column {n + 1}" for n in range(width)), 0)
    for line, row in rows:
        if isinstance(row, str):
            raise FairpracticeError(
                f"The heading {BROKEN[row]}",
                where=f"{path}, line {line}",
                fix="Put the heading right, or give the number of its line as header = N.",
            )
        if any(name.strip() for name in row):
            names = [" ".join(name.split()) for name in row]
            while not names[-1]:
                names.pop()
            return Layout(encoding, delimiter, tuple(names), line)
    raise FairpracticeError(
        "The file has no heading: its first lines hold nothing but separators",
        where=str(path),
        fix="Ask for it again, or give the number of the heading's line as header = N.",
    )


def stage(
    path: Path,
    how: Layout,
    columns: Sequence[int],
    out: Path,
    *,
    progress: Progress = lambda done: None,
) -> Read:
    """Copy columns of a text file to Parquet, as text, each row with its line.

    Parameters
    ----------
    path
        The text file.
    how
        How it is written, from :func:`layout`.
    columns
        Positions of the columns wanted, from 0.
    out
        The Parquet file to write: ``line`` (int64, the physical line the row starts on, from 1),
        then ``c<position>`` (string) for each column, trimmed of nothing.
    progress
        Called with how many bytes of the file (as it lies on disk) have been read.

    Raises
    ------
    FairpracticeError
        When a compressed file is damaged or cut short.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [("line", pa.int64()), *((f"c{position}", pa.string()) for position in columns)]
    )
    done = Read()
    with (
        opening.open_text(path, how.encoding) as (file, raw),
        pq.ParquetWriter(out, schema, compression="snappy") as writer,
    ):
        for rows, lines, broken in _blocks(file, how):
            done.broken += broken
            good, at = _squared(rows, lines, len(how.heading), done)
            if good:
                fields = list(zip(*good, strict=True))
                writer.write_table(
                    pa.Table.from_arrays(
                        [
                            pa.array(at, pa.int64()),
                            *(pa.array(fields[position], pa.string()) for position in columns),
                        ],
                        schema=schema,
                    )
                )
                done.rows += len(good)
            progress(raw.tell())
    return done


def sample(path: Path, how: Layout) -> list[list[str]]:
    """Return the first rows of a file that have a field for each heading."""
    with opening.open_text(path, how.encoding) as (file, _):
        for rows, lines, _broken in _blocks(file, how):
            return _squared(rows, lines, len(how.heading), Read())[0]
    return []


def _squared(
    rows: list[list[str]], lines: Sequence[int], width: int, done: Read
) -> tuple[list[list[str]], Sequence[int]]:
    """Return the rows that have a field for each heading; count the blank and the ragged."""
    if all(len(row) == width and row[0] for row in rows):
        return rows, lines
    good, at = [], []
    for line, row in zip(lines, rows, strict=True):
        if not any(map(str.strip, row)):
            done.blank += 1
        elif len(row) < width:
            done.broken.append((line, TOO_FEW))
        elif any(map(str.strip, row[width:])):
            done.broken.append((line, TOO_MANY))
        else:
            good.append(row[:width])
            at.append(line)
    return good, at


Block = tuple[list[list[str]], Sequence[int], list[tuple[int, str]]]


def _blocks(file: Iterator[str], how: Layout) -> Iterator[Block]:
    """Yield the rows below the heading, block by block, with their lines and what is broken."""
    width = len(how.heading)
    above = how.heading_line
    if above:
        # The heading itself may run over several lines.
        for _ in islice(file, above - 1):
            pass
        source = _Lines(file, above)
        next(_careful(source, how.delimiter, None))
    else:
        source = _Lines(file, 1)
    while True:
        first = source.line
        lines = source.take(BLOCK)
        if not lines:
            return
        rows = _plain(lines, how.delimiter)
        if rows:
            broken = []
            if not lines[-1].endswith(("\n", "\r")) and 0 < len(rows[-1]) < width:
                broken.append((first + len(rows) - 1, CUT_SHORT))
                rows.pop()
            yield rows, range(first, first + len(rows)), broken
            continue
        source.give_back(lines)
        until = first + len(lines)
        rows, at, broken = [], [], []
        for line, row in _careful(source, how.delimiter, width):
            if isinstance(row, str):
                broken.append((line, row))
            else:
                rows.append(row)
                at.append(line)
            if source.line >= until:
                break
        yield rows, at, broken


def _plain(lines: list[str], delimiter: str) -> list[list[str]]:
    """Return the rows of lines that hold one sound row each, or nothing: the usual, fast case."""
    text = "".join(lines)
    if "\0" in text or not _encodable(text):
        return []
    try:
        rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return []
    return rows if len(rows) == len(lines) else []


class _Lines:
    """The lines of a file, which can be given back; ``line`` is the number of the next one."""

    def __init__(self, lines: Iterator[str], line: int) -> None:
        self._lines = lines
        self._back: deque[str] = deque()
        self.line = line

    def take(self, count: int) -> list[str]:
        taken = [self._back.popleft() for _ in range(min(count, len(self._back)))]
        taken += islice(self._lines, count - len(taken))
        self.line += len(taken)
        return taken

    def give_back(self, lines: Sequence[str]) -> None:
        self._back.extendleft(reversed(lines))
        self.line -= len(lines)


def _careful(
    source: _Lines, delimiter: str, width: int | None
) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row, or what is wrong with the line, with its line number.

    A row over several lines that turns out wrong costs its first line only: a quotation mark that
    nobody closed swallows the lines after it, and they are read again on their own.
    """
    taken: list[str] = []

    def supply() -> Iterator[str]:
        while len(taken) < LONGEST_ROW:
            more = source.take(1)
            if not more:
                return
            taken.extend(more)
            yield more[0]

    while True:
        reader = csv.reader(supply(), delimiter=delimiter, strict=True)
        while True:
            taken.clear()
            line = source.line
            found: list[str] | str
            try:
                found = next(reader)
            except StopIteration:
                if not taken:
                    return
                found = UNCLOSED
            except csv.Error:
                found = UNCLOSED
            if isinstance(found, list):
                found = _doubt(found, taken, width) or found
            if isinstance(found, str) and len(taken) > 1:
                source.give_back(taken[1:])
                del taken[1:]
            yield line, found
            if isinstance(found, str):
                break  # the reader may be left inside the quoted field


def _doubt(row: list[str], lines: list[str], width: int | None) -> str:
    """Say what is wrong with the lines of a row, or nothing."""
    text = "".join(lines)
    if "\0" in text:
        return NUL
    if not _encodable(text):
        return UNDECODABLE
    if width is None or not any(row):
        return ""
    if len(lines) > 1 and len(row) != width and (len(row) < width or any(row[width:])):
        return UNCLOSED
    if len(row) < width and not text.endswith(("\n", "\r")):
        return CUT_SHORT
    return ""


def _rows(
    lines: Iterator[str], delimiter: str, *, width: int | None, first_line: int
) -> Iterator[tuple[int, list[str] | str]]:
    return _careful(_Lines(lines, first_line), delimiter, width)


def _encodable(text: str) -> bool:
    """Say whether decoding left no mark of a byte that it could not read."""
    if text.isascii():
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _delimiter(start: Sequence[str]) -> str:
    """Return the delimiter that cuts the first lines most evenly, then most finely."""

    def evenness(delimiter: str) -> tuple[float, int]:
        widths = [
            len(row)
            for _, row in _rows(iter(start), delimiter, width=None, first_line=1)
            if isinstance(row, list) and any(row)
        ]
        usual = statistics.mode(widths) if widths else 0
        return (round(widths.count(usual) / len(widths), 1) if usual > 1 else 0.0), usual

    return max(DELIMITERS, key=evenness)
