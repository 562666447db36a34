"""Counts made ready for a report: of everybody a rule is about, of whom it can be told, of whom
what else is known.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.codelists import Codelists
from fairpractice.criteria.definition import Definition
from fairpractice.measures.completeness import completeness
from fairpractice.measures.results import KEYS, values
from fairpractice.measures.trend import FIFTHS


IN, OTHERS = "in", "others"
Row = dict[str, Any]


def part(
    row: Mapping[str, Any], name: str, grouping: str, group: str, met: int, whole: int
) -> dict[str, Any]:
    """Return a row of counts that says how many of a whole are met, all of them known."""
    return {
        **row,
        "definition": name,
        "grouping": grouping,
        "group": group,
        "people": whole,
        "met": met,
        "unknown": 0,
    }


def _with(counts: pa.Table, **columns: Any) -> pa.Table:
    for name, column in columns.items():
        counts = counts.set_column(counts.schema.get_field_index(name), name, column)
    return counts


def of_everybody(counts: pa.Table, rules: Sequence[str]) -> pa.Table:
    """Return counts in which a rule's people are everybody it is about, told of or not."""
    of_rules = pc.is_in(counts["definition"], pa.array(rules, pa.string()))
    return _with(counts, unknown=pc.if_else(of_rules, 0, counts["unknown"]))


def told(counts: pa.Table) -> pa.Table:
    """Return the share of people for whom each definition can be told, of everybody meant."""
    chosen = counts.filter(pc.is_in(counts["grouping"], pa.array(["all", FIFTHS])))
    known = pc.subtract(chosen["people"], chosen["unknown"])
    found = _with(chosen, met=known, unknown=pa.array([0] * chosen.num_rows, pa.int64()))
    return values(found, as_proportions(found))


def as_proportions(counts: pa.Table) -> dict[str, Definition]:
    """Return a proportion for each definition, whatever it is, to work out shares of people."""
    return dict.fromkeys(counts["definition"].to_pylist(), next(iter(completeness().values())))


def summed(total: Row, here: Sequence[Row], grouping: str, groups: Sequence[str]) -> Row:
    """Return the sum of some groups of a grouping."""
    chosen = [row for row in here if row["grouping"] == grouping and row["group"] in groups]
    return {
        name: value if name in KEYS else sum((row[name] for row in chosen), type(value)(0))
        for name, value in total.items()
    }


def less(total: Row, part: Row) -> Row:
    """Return the counts of everybody else."""
    return {name: value if name in KEYS else value - part[name] for name, value in total.items()}


def unavailable(definition: Definition, codelists: Codelists) -> str:
    """Return why a definition cannot be asked of for a report; nothing where it can."""
    if empty := definition.empty_lists(codelists):
        return f"not available: list {', '.join(empty)} is empty"
    if definition.sensitive:
        return "not in reports: it is about a sensitive topic"
    return ""
