"""The two ends of deprivation over time, and the gap between them."""

import datetime as dt
import math
from collections.abc import Sequence

import altair as alt

from fairpractice.reporting.charts.canvas import (
    COLOURS,
    DARK,
    DASHES,
    ENDS_HIGH,
    GAP,
    GAP_HIGH,
    TEXT,
    WIDTH,
    Axis,
    Chart,
    Rows,
    above,
    axis,
    data,
    pixels,
)


def over_time(rows: Rows, gap: Rows, *, title: str, unit: str, describe: str) -> Chart:
    """Draw the two ends over time, and below them the gap between them, each with its limits.

    Parameters
    ----------
    rows
        ``label`` (:data:`MOST` or :data:`LEAST`), ``on`` (a day), ``value``, ``lower``, ``upper``.
    gap
        ``on``, ``value``, ``lower``, ``upper``.
    title, unit
        Of the values; the gap is in their unit, percentage points for %.
    describe
        What the picture shows, in words.
    """
    gap = [{**row, "label": GAP} for row in gap]  # where a value is hidden, a line is broken
    days = sorted({row["on"] for row in (*rows, *gap)})
    points = "percentage points" if unit == "%" else unit
    ends = axis(rows, at_most=100 if unit == "%" else math.inf)
    between = axis([*gap, {"value": 0.0}])
    zero = alt.Chart(data([{}])).mark_rule(color=DARK, strokeWidth=1.5)
    upper = [*_lines(rows, days, ends, labelled=False), _names(rows, ends)]
    lower = [zero.encode(y=alt.datum(0)), *_lines(gap, days, between)]
    panels = [
        alt.layer(*marks).properties(width=WIDTH, height=height, title=above(said, unit, along))
        for marks, height, said, unit, along in (
            (upper, ENDS_HIGH, title, unit, ends),
            (lower, GAP_HIGH, "Gap, least less most deprived", points, between),
        )
    ]
    return alt.vconcat(*panels, spacing=18).properties(description=describe)


def _lines(
    rows: Rows, days: Sequence[dt.date], along: Axis, *, labelled: bool = True
) -> list[alt.Chart]:
    """Return a band and a line for each label, over time."""
    scale = alt.Scale(domain=[along.low, along.high], nice=False)
    colour = alt.Scale(domain=[*COLOURS], range=[*COLOURS.values()])
    dash = alt.Scale(domain=[*DASHES], range=[*DASHES.values()])
    every_six_months = [day.isoformat() for day in days[::-1][::6]]
    x = alt.X(
        "on:T",
        title=None,
        scale=alt.Scale(type="utc", domain=[day.isoformat() for day in (days[0], days[-1])]),
        axis=alt.Axis(
            values=every_six_months,
            labelExpr="[utcFormat(datum.value, '%b'), utcFormat(datum.value, '%Y')]",
            labels=labelled,
            grid=False,
        ),
    )
    y = alt.Axis(values=along.ticks, tickCount=len(along.ticks), title=None, labelOverlap=False)
    base = alt.Chart(data(rows)).encode(x=x)
    return [
        base.mark_area(opacity=0.18).encode(
            y=alt.Y("lower:Q", scale=scale, axis=y),
            y2=alt.Y2("upper:Q"),
            fill=alt.Fill("label:N", scale=colour, legend=None),
        ),
        base.mark_line(strokeWidth=3).encode(
            y=alt.Y("value:Q", scale=scale, axis=y),
            color=alt.Color("label:N", scale=colour, legend=None),
            strokeDash=alt.StrokeDash("label:N", scale=dash, legend=None),
        ),
    ]


def _names(rows: Rows, along: Axis) -> alt.Chart:
    """Name each line at its right end, the two names kept apart."""
    ends = {row["label"]: row["value"] for row in rows if row["value"] is not None}  # the last
    names = [
        {"name": label.replace(" ", "\n", 1), "label": label, "place": value}
        for label, value in sorted(ends.items(), key=lambda end: end[1])
    ]
    room = (along.high - along.low) * 42 / ENDS_HIGH
    if len(names) == 2 and (short := room - (names[1]["place"] - names[0]["place"])) > 0:
        names[0]["place"] -= short / 2
        names[1]["place"] += short / 2
    colour = alt.Scale(domain=[*COLOURS], range=[*COLOURS.values()])
    text = alt.Chart(data(names)).mark_text(
        align="left", fontSize=TEXT, lineBreak="\n", baseline="middle", dy=-9
    )
    placed: alt.Chart = text.encode(
        x=pixels(WIDTH + 8),
        y=alt.Y("place:Q"),
        text=alt.Text("name:N"),
        color=alt.Color("label:N", scale=colour, legend=None),
    )
    return placed
