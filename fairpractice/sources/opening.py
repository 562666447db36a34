"""Opening a file for its lines: whatever it is compressed with and encoded in."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fairpractice.errors import FairpracticeError


CP1252_LACKS = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
NOT_TEXT = {
    b"PK\x03\x04": ("an Excel workbook or a zip file", "Save the sheet as CSV, or unzip it."),
    b"\xd0\xcf\x11\xe0": ("an old Excel workbook", "Save the sheet as CSV."),
    b"%PDF": ("a PDF", "Ask for the data as CSV or Parquet."),
}


def is_parquet(path: Path) -> bool:
    """Say whether a file is Parquet, whatever it is called."""
    with path.open("rb") as file:
        return file.read(4) == b"PAR1"


@contextmanager
def open_bytes(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """Open a file for its bytes, unzipped, beside the file as it lies on disk."""
    with path.open("rb") as raw:
        try:
            yield _unzipped(raw), raw
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _damaged(path) from error


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[tuple[IO[str], IO[bytes]]]:
    """Open a file for its lines, beside the file as it lies on disk."""
    with path.open("rb") as raw:
        opened = _unzipped(raw)
        errors = "surrogateescape" if encoding == "utf-8-sig" else "strict"
        text = io.TextIOWrapper(opened, encoding=encoding, errors=errors, newline="")
        try:
            yield text, raw
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _damaged(path) from error
        except UnicodeDecodeError as error:
            raise FairpracticeError(
                f"The file is not written in {encoding}",
                where=str(path),
                fix="Leave encoding out of the mapping to have it found out.",
            ) from error


def _unzipped(raw: IO[bytes]) -> IO[bytes]:
    magic = raw.read(2)
    raw.seek(0)
    # GzipFile is a binary file in all but its declared type.
    return gzip.GzipFile(fileobj=raw) if magic == b"\x1f\x8b" else raw  # type: ignore[return-value]


def _damaged(path: Path) -> FairpracticeError:
    return FairpracticeError(
        "The compressed file is damaged or cut short",
        where=str(path),
        fix="Copy it again, or ask for it again: nothing of it was taken.",
    )


def encoding_of(path: Path) -> str:
    """Return the encoding: UTF-8 if all of it is, else cp1252, else Latin-1.

    With a mark of UTF-8 at the start it is UTF-8 whatever follows; with one of UTF-16, that.
    """
    with path.open("rb") as raw:
        opened = _unzipped(raw)
        try:
            block = opened.read(1 << 20)
            for magic, (what, fix) in NOT_TEXT.items():
                if block.startswith(magic):
                    raise FairpracticeError(f"The file is {what}", where=str(path), fix=fix)
            if block.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                return "utf-16"
            if block.startswith(codecs.BOM_UTF8):
                return "utf-8-sig"
            if block[:4096].count(0) > len(block[:4096]) / 10:
                raise FairpracticeError(
                    "The file is not text",
                    where=str(path),
                    fix="Give a CSV or Parquet file, or take it out of the folder.",
                )
            utf8, cp1252 = True, True
            decoder = codecs.getincrementaldecoder("utf-8")()
            while block:
                cp1252 = cp1252 and len(block.translate(None, CP1252_LACKS)) == len(block)
                try:
                    utf8 = utf8 and decoder.decode(block) is not None
                except UnicodeDecodeError:
                    utf8 = False
                block = opened.read(1 << 20)
            if utf8:
                # A last character cut in two is a fault of the last line, not of the file.
                return "utf-8-sig" if decoder.getstate()[0] else "utf-8"
            return "cp1252" if cp1252 else "latin-1"
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise _damaged(path) from error
