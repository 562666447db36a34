"""Measures and their gaps month by month, from one run, as rows that a control chart takes."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from fairpractice.errors import FairpracticeError
from fairpractice.measures.calculate import Run, count
from fairpractice.measures.measure import Measure
from fairpractice.measures.results import COUNTED, FIGURES, gaps, publishable, values
from fairpractice.record.dates import month_ends
from fairpractice.record.reading import Readable
from fairpractice.statistics.spc import xmr
from fairpractice.statistics.spc.xmr_chart import Improvement


MOST_MONTHS = 60
"""Five years: as many month-ends as one run sees."""

EVERYBODY, GAP, NOT_RECORDED = "all", "gap", "not recorded"
FIFTHS = "imd_quintile"
SERIES = ("definition", "series")

IMPROVEMENT: dict[str, Improvement] = {
    "higher": "increase",
    "lower": "decrease",
    "neither": "neutral",
}
NOBODY = {"status": "zero_denominator", "reason": "nobody whom it is about"}

_SCHEMA = pa.schema(
    [
        ("definition", pa.string()),
        ("series", pa.string()),
        ("on", pa.date32()),
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


def trend(
    measures: Mapping[str, Measure],
    on: dt.date,
    record: Readable,
    run: Run,
    *,
    months: int = MOST_MONTHS,
    by: str = FIFTHS,
) -> pa.Table:
    """Return each measure and its gap at the end of each month, as they may be published.

    All months are asked in one run. Small numbers are hidden and others rounded before the gap is
    worked out, so that nothing in the table says more than what is shown.

    Parameters
    ----------
    measures
        By id. Those that name an empty list are to be left out first: ask
        :meth:`~fairpractice.criteria.definition.Definition.empty_lists`.
    on
        The last month-end is the latest one that is not after this day.
    record
        The record, open for planning or research.
    run
        Codelists and the deprivation edition.
    months
        How many month-ends, at most 60.
    by
        The fifths that the gap is between: ``imd_quintile`` or ``local_quintile``.

    Returns
    -------
    pa.Table
        One row a measure, series and month-end, in that order, and none missing between the
        first and the last: ``definition``; ``series`` (``all``; ``1``, the most deprived fifth, to
        ``5``; ``not recorded``; ``gap``, least less most deprived, in percentage points or the unit
        of the mean); ``on``; ``people``, ``numerator``, ``denominator`` (empty for the gap);
        ``value``, ``confidence``, ``lower``, ``upper``, ``multiplier``, ``method``, ``status``,
        ``reason``. A month with no value keeps its row, whose status says why: a control chart
        must not join the months on either side of it.

    Raises
    ------
    FairpracticeError
        For fewer than two or more than 60 months, and for a measure that is about a sensitive
        topic, which is for direct care alone.
    """
    if not 2 <= months <= MOST_MONTHS:
        raise FairpracticeError(
            f"A trend of {months} {'month' if months == 1 else 'months'} cannot be asked",
            fix=f"Ask for 2 to {MOST_MONTHS}.",
        )
    if secret := [name for name, measure in measures.items() if measure.sensitive]:
        raise FairpracticeError(
            f"There is no trend of {', '.join(secret)}: it is about a sensitive topic, which is "
            "for direct care alone",
            fix="Leave it out.",
        )
    dates = _month_ends(on, months)
    counts = count(measures, dates, record, run, by=(EVERYBODY, by))
    figures = publishable(values(counts, measures))
    fifths = figures.filter(pc.equal(figures["grouping"], by))
    named = [
        {**row, "series": row["group"] or NOT_RECORDED}
        for row in figures.select(["grouping", "group", "definition", "on", *COUNTED, *FIGURES])
        .to_pylist()
    ]  # fmt: skip
    named += [{**row, "series": GAP} for row in gaps(fifths, measures).to_pylist()]
    return _whole(named, list(measures), dates)


def trend_signals(table: pa.Table, measures: Mapping[str, Measure]) -> pa.Table:
    """Return the XmR chart of each series of a trend: its limits, and what is more than chance.

    Parameters
    ----------
    table
        As :func:`trend` returns it.
    measures
        By id: which way is better is theirs. For the gap it is neither: a gap may close and then
        open on the other side.

    Returns
    -------
    pa.Table
        ``definition``, ``series``, and the columns of :func:`fairpractice.statistics.xmr`, with
        ``on`` as the order.

    Notes
    -----
    Points of a measure that looks back twelve months share eleven of them with the next point.
    Their moving ranges are small, limits narrow and runs long, so that the chart finds more than
    chance does; see docs/how-to/trends.md.
    """
    better = {name: IMPROVEMENT[measure.better] for name, measure in measures.items()}
    charts = []
    for improvement in dict.fromkeys(IMPROVEMENT.values()):
        ids = [name for name, way in better.items() if way == improvement]
        chosen = pc.is_in(table["definition"], pa.array(ids, pa.string()))
        between = pc.equal(table["series"], GAP)
        wanted = pc.and_not(chosen, between)
        if improvement == "neutral":
            wanted = pc.or_(wanted, between)
        if (rows := table.filter(wanted)).num_rows:
            charts.append(xmr(rows, "value", "on", by=SERIES, improvement=improvement))
    if not charts:
        return xmr(_SCHEMA.empty_table(), "value", "on", by=SERIES)
    order = [(name, "ascending") for name in (*SERIES, "on")]
    return pa.concat_tables(charts, promote_options="permissive").sort_by(order)


def _month_ends(on: dt.date, months: int) -> list[dt.date]:
    """Return the latest month-ends that are not after a day."""
    ends = month_ends(on, months + 1)
    return ends[1:] if ends[-1] == on else ends[:-1]


def _whole(
    found: Sequence[Mapping[str, Any]], measures: Sequence[str], dates: Sequence[dt.date]
) -> pa.Table:
    """Return rows in order, with one for each month of each series that is there at all."""
    there = {(row["definition"], row["series"], row["on"]): row for row in found}
    known = {(name, series) for name, series, _ in there}
    order = (EVERYBODY, *"12345", NOT_RECORDED, GAP)
    rows = [
        {
            **NOBODY,
            **there.get((name, series, on), {}),
            "definition": name,
            "series": series,
            "on": on,
        }
        for name in measures
        for series in order
        if (name, series) in known
        for on in dates
    ]
    return pa.Table.from_pylist(
        [{column: row.get(column) for column in _SCHEMA.names} for row in rows], _SCHEMA
    )
