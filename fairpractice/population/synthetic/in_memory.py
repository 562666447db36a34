"""A synthetic population read as a record, without files: what was recorded, and never the truth.

For trying many populations one after another. Pseudonyms are as evenly spread as real ones, so
that their order says nothing about people; :func:`pseudonyms` gives those of the truth's people.
"""

from collections.abc import Mapping
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from fairpractice.engines import Engine
from fairpractice.population.synthetic.extract import CONSTANTS
from fairpractice.population.synthetic.population import Population
from fairpractice.record.tables import TABLES


SPREAD = 0x9E3779B97F4A7C15  # odd, so that no two numbers come to the same one
BITS = 60
TRUTH, SOURCE_ID = "truth", "source_patient_id"


def pseudonyms(source_patient_id: Any) -> pa.Array:
    """Return the pseudonyms that a source's own numbers of people have here."""
    numbers = np.asarray(source_patient_id).astype(np.uint64)
    with np.errstate(over="ignore"):
        spread = numbers * np.uint64(SPREAD) & np.uint64((1 << BITS) - 1)
    return pa.array(spread.astype(np.int64))


def made_at_once(made: Population) -> dict[str, pa.Table]:
    """Return all tables of a population with the truth, as the contracts name their columns."""
    made.prepare()
    chunks = list(made)
    tables = {name: pa.concat_tables([chunk[name] for chunk in chunks]) for name in chunks[0]}
    truth = tables.pop(TRUTH)
    kept = {name: _kept(name, rows) for name, rows in tables.items()}
    return {**kept, TRUTH: truth.append_column("patient_id", pseudonyms(truth[SOURCE_ID]))}


class InMemory:
    """The extract of a population, read for direct care; nobody of it objects to that.

    Parameters
    ----------
    tables
        As :func:`made_at_once` returns them; the truth is not among those that can be read.
    engine
        Where they are read.

    Attributes
    ----------
    truth
        The truth, with ``patient_id``: for whoever judges, not for whoever looks.
    """

    purpose = "direct_care"

    def __init__(self, tables: Mapping[str, pa.Table], engine: Engine) -> None:
        self.engine = engine
        self.truth = tables[TRUTH]
        self._tables = {name: engine.table(rows) for name, rows in tables.items() if name != TRUTH}

    def table(self, name: str, *, of_objectors: bool = False) -> ir.Table:
        """Return the rows of a table, with the columns of its contract."""
        if name not in self._tables:
            self._tables[name] = self.engine.table(TABLES[name].schema().empty_table())
        return self._tables[name]

    def only_registered(self) -> ir.Table:
        """Return those who are registered and of whom nothing else is known: nobody."""
        return self.table("patient").filter(False).select("patient_id")

    def release(self) -> None:
        """Give the tables back to the engine."""
        for table in self._tables.values():
            self.engine.release(table)
        self._tables.clear()


def _kept(name: str, rows: pa.Table) -> pa.Table:
    """Return rows with the columns and types of a table's contract."""
    given: Mapping[str, str] = CONSTANTS.get(name, {})
    columns = []
    for field in TABLES[name].schema():
        if field.name == "patient_id":
            column: Any = pseudonyms(rows[SOURCE_ID])
        elif field.name in given:
            column = pa.array([given[field.name]]).take(pa.array(np.zeros(len(rows), np.int8)))
        elif field.name in rows.column_names:
            column = rows[field.name].cast(field.type)
        else:
            column = pa.nulls(len(rows), field.type)
        columns.append(column)
    return pa.table(columns, schema=TABLES[name].schema())
