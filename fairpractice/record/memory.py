"""A record held in memory: for specs, notebooks and small data that have no files."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa

from fairpractice.engines import Engine
from fairpractice.record.reading import only_registered
from fairpractice.record.tables import TABLES


class MemoryRecord:
    """Tables given as rows; the same face as :class:`fairpractice.record.store.Record`.

    Columns that a row leaves out are empty; tables that are left out have no rows.
    """

    purpose = "direct_care"

    def __init__(self, engine: Engine, tables: Mapping[str, Iterable[Mapping[str, Any]]]) -> None:
        self.engine = engine
        self.rows = {name: [dict(row) for row in rows] for name, rows in tables.items()}
        self._tables: dict[str, ir.Table] = {}

    def table(self, name: str, *, of_objectors: bool = False) -> ir.Table:
        """Return the rows of a table, with the columns of its contract; nobody objects."""
        if name not in self._tables:
            data = pa.Table.from_pylist(self.rows.get(name, []), TABLES[name].schema())
            self._tables[name] = self.engine.table(data)
        return self._tables[name]

    def only_registered(self) -> ir.Table:
        """Return those who are registered and not in the patient table."""
        return only_registered(self)

    def person(self, patient_id: int) -> dict[str, list[dict[str, Any]]]:
        """Return the rows of one person, by table, every column filled or ``None``."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for name, rows in self.rows.items():
            columns = TABLES[name].schema().names
            found[name] = [
                {column: row.get(column) for column in columns}
                for row in rows
                if row["patient_id"] == patient_id
            ]
        return dict(found)
