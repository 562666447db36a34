"""One person's rows by key: the row groups that may hold them, found in memory, read alone."""

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np


if TYPE_CHECKING:
    import pyarrow as pa


class SortedFile:
    """A Parquet file sorted by ``patient_id``, kept open, with the people of each row group."""

    def __init__(self, path: Path, schema: "pa.Schema") -> None:
        """Open a file; the columns of the schema will be read, empty where the file lacks one."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        there = set(pq.read_schema(path).names)
        self._columns = [name for name in schema.names if name in there]
        self._lacking = [name for name in schema.names if name not in there]
        self._reading = threading.Lock()
        texts = [f.name for f in schema if f.type == pa.string() and f.name in there]
        # As a dictionary a text is decoded once, not for every row of the group.
        self._file = pq.ParquetFile(path, read_dictionary=texts, memory_map=True)
        groups = map(self._file.metadata.row_group, range(self._file.num_row_groups))
        people = [group.column(0).statistics for group in groups if group.num_rows]
        self._first = np.array([group.min for group in people], dtype=np.int64)
        self._last = np.array([group.max for group in people], dtype=np.int64)

    def rows(self, patient_id: int) -> list[dict[str, Any]]:
        """Return the rows of one person, in the order of the file."""
        start = int(np.searchsorted(self._last, patient_id, "left"))
        end = int(np.searchsorted(self._first, patient_id, "right"))
        if start >= end:
            return []
        groups = range(start, end)
        with self._reading:
            rows = self._file.read_row_groups(groups, self._columns, use_threads=False)
        ids = rows.column(0).to_numpy()
        first, last = np.searchsorted(ids, [patient_id, patient_id + 1])
        found: list[dict[str, Any]] = rows.slice(first, last - first).to_pylist()
        return [row | dict.fromkeys(self._lacking) for row in found] if self._lacking else found
