"""The files of a record in DuckDB: every table as plain Parquet, identity decrypted and encrypted.

Writing the record is DuckDB's alone, so this speaks SQL; analysis reads through
:mod:`fairpractice.record.reader`.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from fairpractice.engines.duckdb import DuckDB
from fairpractice.record import identity, writing
from fairpractice.record.contract import Table


IDENTITY = "identity"

# Large row groups scan well, small ones give one person's rows soon: one group of each table must
# be read for that. Tables with many rows a person are the ones that scans take long over.
MANY_ROWS_A_PERSON = ("event", "medication", "appointment")
LARGE_GROUP, SMALL_GROUP = 32_768, 8_192


@dataclass(frozen=True)
class Files:
    """Where the files of a record are read and written: an engine, its folder and its id."""

    engine: DuckDB
    folder: Path
    record: str
    _decrypted: dict[str, str] = field(default_factory=dict)

    def relation(self, table: Table, file: str) -> str:
        """Return SQL that names the rows of a file of the record."""
        if table.name != IDENTITY:
            return self._with_origin(table, self.folder / file)
        if file not in self._decrypted:
            rows = identity.read(self.folder, file, self.record)
            self._decrypted[file] = self.engine.table(rows).get_name()
        return self._decrypted[file]

    def _with_origin(self, table: Table, path: Path) -> str:
        if not lacks_origin(table, path):
            return quoted(path)
        origin = {column.name for column in table.origin}
        columns = ", ".join(
            f"NULL::VARCHAR AS {name}" if name in origin else name for name in table.schema().names
        )
        return f"(SELECT {columns} FROM {quoted(path)})"

    def write(self, table: Table, sql: str, file: str) -> None:
        """Write the rows of a query to a new file of the record, in the table's order."""
        writing.checkpoint(f"before {file}")
        path = self.folder / file
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o700)
            writing.sync_folder(path.parent.parent)
        order = ", ".join((*table.sorted_by, "source_row"))
        if table.name == IDENTITY:
            ordered = f"SELECT * FROM ({sql}) ORDER BY {order}"
            rows = self.engine.connection.execute(ordered).to_arrow_table()
            identity.write(rows.cast(table.schema()), self.folder, file, self.record)
        else:
            many = table.name in MANY_ROWS_A_PERSON
            group = LARGE_GROUP if many else SMALL_GROUP
            ordered = f"SELECT * FROM ({self.engine.worded(sql)}) ORDER BY {order}"
            self.engine.copy_to_parquet(ordered, path, row_group_size=group)
        writing.sync_folder(path.parent)
        writing.checkpoint(f"after {file}")

    def count(self, sql: str) -> int:
        """Return how many rows a query has."""
        [(rows,)] = self.engine.execute(f"SELECT count(*) FROM ({sql})")
        return int(rows)


def lacks_origin(table: Table, path: Path) -> bool:
    """Return whether a file was written before its table had columns of origin."""
    if not table.origin:
        return False
    import pyarrow.parquet as pq

    return table.origin[0].name not in pq.read_schema(path).names


def quoted(value: str | os.PathLike[str]) -> str:
    """Return a text as an SQL literal."""
    return "'" + str(value).replace("'", "''") + "'"
