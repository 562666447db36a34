"""From counts to figures: value, limits, gap and slope of each measure, by group and date."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.criteria.definition import Definition
from fairpractice.measures.measure import Measure
from fairpractice.statistics.inequality import slope_index_of_inequality
from fairpractice.statistics.means import mean, ratio_of_sums
from fairpractice.statistics.rates import proportion


KEYS = ("definition", "on", "grouping", "group")
FIGURES = ("value", "confidence", "lower", "upper", "method", "status", "reason")


def kind_of(definition: Definition) -> str:
    """Return ``proportion``, ``ratio`` or ``mean``; a rule is the proportion that it finds."""
    return definition.kind if isinstance(definition, Measure) else "proportion"


def values(
    counts: pa.Table, definitions: Mapping[str, Definition], *, level: float = 0.95
) -> pa.Table:
    """Return the value of each definition for each group and date, with its limits.

    Parameters
    ----------
    counts
        As :func:`fairpractice.measures.calculate.count` returns them, or as disclosure control
        left them: a count that is null gives no value.
    definitions
        By id; proportions and ratios come out as percentages, means as they are.
    level
        The confidence level.

    Returns
    -------
    pa.Table
        ``definition``, ``on``, ``grouping``, ``group``, ``numerator``, ``denominator`` (people, or
        the sum divided by), ``value``, ``confidence``, ``lower``, ``upper``, ``method``,
        ``status``, ``reason``. Proportions leave out those of whom it cannot be told, whom
        ``counts`` has as ``unknown``.
    """
    parts = []
    for kind, calculate in (("proportion", _proportions), ("ratio", _ratios), ("mean", _means)):
        ids = [name for name, definition in definitions.items() if kind_of(definition) == kind]
        chosen = counts.filter(pc.is_in(counts["definition"], pa.array(ids, pa.string())))
        if chosen.num_rows:
            parts.append(calculate(chosen, (level,)).select(_COLUMNS).cast(_SCHEMA))
    if not parts:
        return _SCHEMA.empty_table()
    return pa.concat_tables(parts).sort_by([(key, "ascending") for key in KEYS])


_COLUMNS = [*KEYS, "numerator", "denominator", *FIGURES]
_SCHEMA = pa.schema(
    [
        ("definition", pa.string()),
        ("on", pa.date32()),
        ("grouping", pa.string()),
        ("group", pa.string()),
        ("numerator", pa.float64()),
        ("denominator", pa.float64()),
        ("value", pa.float64()),
        ("confidence", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("method", pa.string()),
        ("status", pa.string()),
        ("reason", pa.string()),
    ]
)


def _proportions(counts: pa.Table, levels: Sequence[float]) -> pa.Table:
    told = pc.subtract(counts["people"], counts["unknown"])
    table = counts.select(KEYS).append_column("numerator", counts["met"])
    table = table.append_column("denominator", told)
    return proportion(table, "numerator", "denominator", levels=levels, multiplier=100)


def _ratios(counts: pa.Table, levels: Sequence[float]) -> pa.Table:
    names = ("numerator", "denominator", "numerator_squared", "denominator_squared", "product")
    table = counts.select([*KEYS, *names]).append_column("people", counts["met"])
    return ratio_of_sums(table, *names, "people", levels=levels, multiplier=100, scale="logit")


def _means(counts: pa.Table, levels: Sequence[float]) -> pa.Table:
    table = counts.select([*KEYS, "numerator", "numerator_squared"])
    table = table.append_column("denominator", counts["met"])
    return mean(
        table, "numerator", "numerator_squared", "denominator", levels=levels
    ).rename_columns({"count": "denominator", "total": "numerator"})


def slopes(figures: pa.Table, *, level: float = 0.95) -> pa.Table:
    """Return the slope index of inequality of each definition and date.

    Parameters
    ----------
    figures
        Rows of :func:`values` by one ordered grouping whose groups are numbers, 1 the most
        deprived. Rows without a value, and people of no known group, are left out.

    Returns
    -------
    pa.Table
        ``definition``, ``on``, ``value`` and limits in the unit of the measure: above zero where
        the least deprived have more.
    """
    usable = figures.filter(
        pc.and_(pc.equal(figures["status"], "ok"), pc.not_equal(figures["group"], ""))
    )
    ranked = usable.set_column(
        usable.schema.get_field_index("group"), "group", pc.cast(usable["group"], pa.int64())
    ).rename_columns({"value": "group_value", "lower": "group_lower", "upper": "group_upper"})
    return slope_index_of_inequality(
        ranked,
        "group",
        "denominator",
        definition="ohid",
        value="group_value",
        lower="group_lower",
        upper="group_upper",
        by=("definition", "on"),
        levels=(level,),
    )


def rows(table: pa.Table, **where: Any) -> list[dict[str, Any]]:
    """Return the rows of a small table whose columns have given values, as dictionaries."""
    for column, value in where.items():
        table = table.filter(pc.equal(table[column], value))
    return list(table.to_pylist())
