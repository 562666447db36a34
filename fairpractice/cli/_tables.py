"""Tables of numbers in files: CSV and Parquet, read with their kinds of column, and written."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fairpractice.errors import FairpracticeError


if TYPE_CHECKING:
    import pyarrow as pa

# A code such as 0123 stays text: as a number it would lose its zero.
NUMBER = r"^[+-]?((0|[1-9][0-9]*)(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$"
WHOLE = r"^[+-]?(0|[1-9][0-9]{0,17})$"
DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
TRUTH = r"^(?i:true|false)$"
NOTHING = ("", "NA", "N/A", "NaN", "nan", "null", "NULL", "None")


def read(path: Path) -> "pa.Table":
    """Return the table in a CSV or Parquet file.

    In CSV a column is of numbers, days or true and false where everything in it is; empty fields,
    NA and the like are missing.

    Raises
    ------
    FairpracticeError
        When the file is not there or not a table, or a line is no row.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from fairpractice.sources import opening, text

    if opening.is_parquet(path):
        try:
            return pq.read_table(path)
        except (pa.ArrowException, OSError) as error:
            raise FairpracticeError(
                "A Parquet file is damaged", where=str(path), fix="Copy it again."
            ) from error
    how = text.layout(path)
    for name in how.heading:
        if not name or how.heading.count(name) > 1:
            what = f"Two columns are named {name!r}" if name else "A column has no name"
            raise FairpracticeError(
                what, where=f"{path}, line {how.heading_line}", fix="Name each column once."
            )
    with tempfile.TemporaryDirectory(prefix="fairpractice-") as folder:
        staged = Path(folder) / "staged.parquet"
        found = text.stage(path, how, range(len(how.heading)), staged)
        for line, reason in found.broken[:1]:
            more = f" ({len(found.broken):,} lines in all)" if len(found.broken) > 1 else ""
            raise FairpracticeError(
                f"The line {text.BROKEN[reason]}{more}",
                where=f"{path}, line {line}",
                fix="Put it right: a number worked out without it would be wrong.",
            )
        rows = pq.read_table(staged, memory_map=False).drop_columns("line")
    return pa.table(dict(zip(how.heading, map(_typed, rows.columns), strict=True)))


def _typed(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    column = pc.utf8_trim_whitespace(column)
    missing = pc.is_in(column, pa.array(NOTHING))
    column = pc.if_else(missing, pa.scalar(None, pa.string()), column)
    if column.null_count == len(column):
        return column
    kinds = {WHOLE: pa.int64(), NUMBER: pa.float64(), DAY: pa.date32(), TRUTH: pa.bool_()}
    for pattern, kind in kinds.items():
        if pc.all(pc.match_substring_regex(column, pattern), skip_nulls=True).as_py():
            plain = pc.replace_substring_regex(column, r"^\+", "")
            try:
                return plain.cast(kind)
            except pa.ArrowInvalid:  # such as the 31st of June
                return column
    return column


def write(table: "pa.Table", path: Path) -> None:
    """Write a table to a CSV or Parquet file, whole or not at all.

    Raises
    ------
    FairpracticeError
        When the name ends otherwise.
    """
    import pyarrow.csv
    import pyarrow.parquet as pq

    writers = {".csv": pyarrow.csv.write_csv, ".parquet": pq.write_table}
    if path.suffix.lower() not in writers:
        raise FairpracticeError(
            "It is not said how to write the table",
            where=str(path),
            fix="End the name in .csv or .parquet.",
        )
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        writers[path.suffix.lower()](table, beside)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
