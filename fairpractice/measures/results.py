"""From counts to figures: value, limits, gap and slope of each measure, by group and date."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.criteria.definition import Definition
from fairpractice.measures.measure import Measure
from fairpractice.statistics.disclosure import protect
from fairpractice.statistics.gaps import absolute_gap
from fairpractice.statistics.inequality import slope_index_of_inequality
from fairpractice.statistics.means import mean, ratio_of_sums
from fairpractice.statistics.quantiles import normal_quantile
from fairpractice.statistics.rates import proportion


KEYS = ("definition", "on", "grouping", "group")
COUNTED = ("people", "numerator", "denominator")
FIGURES = ("value", "confidence", "lower", "upper", "multiplier", "method", "status", "reason")


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
        As :func:`fairpractice.measures.calculate.count` returns them.
    definitions
        By id; proportions and ratios come out as percentages, means as they are.
    level
        The confidence level.

    Returns
    -------
    pa.Table
        ``definition``, ``on``, ``grouping``, ``group``, ``people`` (for whom it is known),
        ``numerator`` and ``denominator`` (people; for a ratio what is counted; for a mean empty and
        people), ``value``, ``confidence``, ``lower``, ``upper``, ``multiplier``, ``method``,
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


_COLUMNS = [*KEYS, "people", "numerator", "denominator", *FIGURES]
_SCHEMA = pa.schema(
    [
        ("definition", pa.string()),
        ("on", pa.date32()),
        ("grouping", pa.string()),
        ("group", pa.string()),
        ("people", pa.int64()),
        ("numerator", pa.int64()),
        ("denominator", pa.int64()),
        ("value", pa.float64()),
        ("confidence", pa.float64()),
        ("lower", pa.float64()),
        ("upper", pa.float64()),
        ("multiplier", pa.float64()),
        ("method", pa.string()),
        ("status", pa.string()),
        ("reason", pa.string()),
    ]
)


def _proportions(counts: pa.Table, levels: Sequence[float]) -> pa.Table:
    told = pc.subtract(counts["people"], counts["unknown"])
    table = counts.select(KEYS).append_column("numerator", counts["met"])
    table = table.append_column("denominator", told)
    found = proportion(table, "numerator", "denominator", levels=levels, multiplier=100)
    return found.append_column("people", found["denominator"])


def _ratios(counts: pa.Table, levels: Sequence[float]) -> pa.Table:
    names = ("numerator", "denominator", "numerator_squared", "denominator_squared", "product")
    table = counts.select([*KEYS, *names]).append_column("people", counts["met"])
    return ratio_of_sums(table, *names, "people", levels=levels, multiplier=100, scale="logit")


def _means(counts: pa.Table, levels: Sequence[float]) -> pa.Table:
    table = counts.select([*KEYS, "numerator", "numerator_squared", "met"])
    found = mean(table, "numerator", "numerator_squared", "met", levels=levels)
    found = found.append_column("people", found["count"])
    found = found.append_column("numerator", pa.nulls(found.num_rows))
    found = found.append_column("multiplier", pa.nulls(found.num_rows))
    return found.append_column("denominator", found["count"])


def publishable(figures: pa.Table) -> pa.Table:
    """Return figures as they may leave the team: small counts hidden, others rounded.

    Hidden too is what a small count could be worked out from. What else is published of the same
    people has to be protected together with them, see :mod:`fairpractice.statistics.disclosure`.
    What is worked out from the result (:func:`gaps`, :func:`slopes`) says no more than it does.
    """
    return protect(
        figures,
        by=(),
        counts={name: f"{{definition}}: {name}" for name in COUNTED},
        derived=("value", "lower", "upper"),
        parts={"numerator": "denominator"},
        across=("on",),
        breakdown=("grouping", "group"),
    )


def gaps(
    figures: pa.Table, definitions: Mapping[str, Definition], *, level: float = 0.95
) -> pa.Table:
    """Return the difference between the least and the most deprived group, with limits.

    Parameters
    ----------
    figures
        Rows by one ordered grouping whose groups are the numbers 1, the most deprived, to 5.
    definitions
        By id.

    Returns
    -------
    pa.Table
        ``definition``, ``on``, ``most_deprived_value``, ``least_deprived_value``, ``value`` (in
        percentage points or the unit of the mean; above zero where the least deprived have more),
        ``lower``, ``upper``, ``method``, ``status``, ``reason``. Newcombe's method for
        proportions; for others ± z √(se₁² + se₂²) with standard errors from the widths of the
        groups' limits.
    """
    ranked = _ranked(figures)
    names = ["definition", "on", "most_deprived_value", "least_deprived_value", *FIGURES]
    if not ranked.num_rows:  # nobody's deprivation is known
        return pa.table({name: pa.array([], pa.string()) for name in names})
    ends: dict[str, Any] = {"most": 1, "least": 5, "by": ("definition", "on"), "levels": (level,)}
    parts = []
    counted = [d for d in definitions if kind_of(definitions[d]) == "proportion"]
    chosen = pc.is_in(ranked["definition"], pa.array(counted, pa.string()))
    if (proportions := ranked.filter(chosen)).num_rows:
        parts.append(
            absolute_gap(proportions, "rank", "numerator", "denominator", multiplier=100, **ends)
        )
    if (others := ranked.filter(pc.invert(chosen))).num_rows:
        width = pc.subtract(others["upper"], others["lower"])
        error = pc.divide(width, 2 * normal_quantile(level))
        others = others.append_column("standard_error", error)
        others = others.rename_columns({"value": "figure"}).select(
            ["definition", "on", "rank", "figure", "standard_error"]
        )
        parts.append(
            absolute_gap(others, "rank", value="figure", standard_error="standard_error", **ends)
        )
    return pa.concat_tables([part.select(names) for part in parts], promote_options="permissive")


def slopes(figures: pa.Table, *, level: float = 0.95) -> pa.Table:
    """Return the slope index of inequality of each definition and date.

    Parameters
    ----------
    figures
        As :func:`gaps` takes them. Where a group has no value, there is no index.

    Returns
    -------
    pa.Table
        ``definition``, ``on``, ``index`` (which definition of the index), ``value`` and limits in
        the unit of the measure: above zero where the least deprived have more.
    """
    ranked = _ranked(figures).rename_columns(
        {"definition": "of", "value": "figure", "lower": "figure_lower", "upper": "figure_upper"}
    )
    found = slope_index_of_inequality(
        ranked.select(["of", "on", "rank", "people", "figure", "figure_lower", "figure_upper"]),
        "rank",
        "people",
        definition="ohid",
        value="figure",
        lower="figure_lower",
        upper="figure_upper",
        limits_level=level,
        by=("of", "on"),
        levels=(level,),
    )
    return found.rename_columns({"definition": "index", "of": "definition"})


def _ranked(figures: pa.Table) -> pa.Table:
    """Return the rows of known groups, with the group as a number."""
    known = figures.filter(pc.not_equal(figures["group"], ""))
    rank = pc.cast(known["group"], pa.int64())
    return known.append_column("rank", rank)


def rows(table: pa.Table, **where: Any) -> list[dict[str, Any]]:
    """Return the rows of a small table whose columns have given values, as dictionaries."""
    for column, value in where.items():
        table = table.filter(pc.equal(table[column], value))
    return list(table.to_pylist())
