"""Numbers as pictures: colours that colour-blind people can tell apart, limits always drawn.

Each function takes rows and returns an Altair chart; :func:`svg` draws one without a browser. A
picture never stands alone: whoever shows it puts its table and a sentence beside it. Pictures are
narrow, so that on a telephone their words stay readable, and no two things in one differ by colour
alone.
"""

import datetime as dt
import functools
import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode


BLUE = "#005eb8"
PINK = "#ae2573"
DARK = "#212b32"
GREY = "#4c6272"
PALE = "#d8dde0"
FONT = "Arial, sans-serif"
TEXT = 15  # pixels, of a picture about 450 wide
WIDTH = 240  # of the plot alone
LABEL = 20  # characters of a line of a label
TITLE = 42
DIGIT = 8.5  # pixels of a digit
LARGER = 1.2  # on a screen with room for it
TICKS = 5
ENDS_HIGH, GAP_HIGH = 200, 130
MOST, LEAST, GAP = "Most deprived fifth", "Least deprived fifth", "Gap"
COLOURS = {MOST: PINK, LEAST: BLUE, GAP: GREY}
DASHES = {MOST: [1, 0], LEAST: [6, 3], GAP: [1, 0]}

Rows = Sequence[Mapping[str, Any]]
Chart = alt.LayerChart | alt.FacetChart | alt.VConcatChart


@dataclass(frozen=True)
class Axis:
    """An axis of round numbers: from ``low`` to ``high`` in steps."""

    low: float
    high: float
    step: float

    @property
    def ticks(self) -> list[float]:
        """The numbers on it."""
        count = round((self.high - self.low) / self.step)
        return [round(self.low + n * self.step, 10) for n in range(count + 1)]

    @property
    def note(self) -> str:
        """What to say when it could mislead: that it does not begin at zero."""
        return "" if self.low <= 0 else f"axis begins at {self.low:g}, not 0"


def axis(rows: Rows, *, at_most: float = math.inf, zero: bool = False) -> Axis:
    """Return an axis with room for all values and limits.

    It begins at zero when ``zero``, or when the lowest of them is less than half the highest.
    """
    ends = [
        row[name]
        for row in rows
        for name in ("lower", "value", "upper")
        if row.get(name) is not None
    ]
    if not ends:
        return Axis(0, 1, 0.5)
    low, high = min(ends), max(ends)
    if zero or 0 < low < high / 2:
        low, high = min(low, 0), max(high, 0)
    width = (high - low) or abs(high) or 1.0
    rough = width / TICKS
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    if low == high:
        low, high = (low, low + step) if low + step <= at_most else (low - step, low)
    if high > at_most > low:
        high = at_most if (at_most - low) / step == round((at_most - low) / step) else high
    return Axis(round(low, 10), round(high, 10), round(step, 10))


def gradient(
    rows: Rows, *, title: str, unit: str, describe: str, along: Axis | None = None
) -> Chart:
    """Draw a point and its limits for each group, one below the other, with its value beside it.

    Parameters
    ----------
    rows
        ``label``, ``value``, ``lower``, ``upper`` and ``text`` (the value as written), in the
        order to be shown; a row whose value is null keeps its place, and its text says why.
    title, unit
        Of the value's axis.
    describe
        What the picture shows, in words, for those who cannot see it.
    along
        The axis, when several pictures share one.
    """
    along = along or axis(rows, at_most=100 if unit == "%" else math.inf)
    data = _data(rows)
    y = _groups(rows)
    x = functools.partial(_x, along, _title(title, unit, along))
    shown = alt.Chart(data).transform_filter("datum.value != null")
    texts = alt.Chart(data).encode(y=y, text="text:N")
    return alt.layer(
        shown.mark_rule(strokeWidth=3, color=BLUE).encode(y=y, x=x("lower"), x2="upper:Q"),
        shown.mark_point(filled=True, size=110, color=BLUE, opacity=1).encode(y=y, x=x("value")),
        texts.transform_filter("datum.value != null")
        .mark_text(align="left", fontSize=TEXT, color=DARK)
        .encode(x=alt.value(WIDTH + 12)),
        texts.transform_filter("datum.value == null")
        .mark_text(align="left", fontSize=TEXT, color=GREY)
        .encode(x=alt.value(8)),
    ).properties(width=WIDTH, height=alt.Step(_step(rows)), description=describe)


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
    zero = alt.Chart(_data([{}])).mark_rule(color=DARK, strokeWidth=1.5)
    upper = [*_lines(rows, days, ends, labelled=False), _names(rows, ends)]
    lower = [zero.encode(y=alt.datum(0)), *_lines(gap, days, between)]
    panels = [
        alt.layer(*marks).properties(width=WIDTH, height=height, title=_above(said, unit, along))
        for marks, height, said, unit, along in (
            (upper, ENDS_HIGH, title, unit, ends),
            (lower, GAP_HIGH, "Gap, least less most deprived", points, between),
        )
    ]
    return alt.vconcat(*panels, spacing=18).properties(description=describe)


def completeness(rows: Rows, *, describe: str) -> Chart:
    """Draw for how many people each thing is recorded, at the two ends of deprivation.

    Parameters
    ----------
    rows
        ``label``, ``end`` (:data:`MOST` or :data:`LEAST`), ``value`` in per cent, ``lower``,
        ``upper``, ``text``; the two ends of each label one after the other.
    describe
        What the picture shows, in words.
    """
    y = _groups(rows)
    along = Axis(0, 100, 25)
    x = functools.partial(_x, along, "Recorded (%)")
    domain = [MOST, LEAST]
    key = alt.Legend(title=None, orient="top", direction="vertical", labelLimit=300)
    colour = alt.Color("end:N", scale=alt.Scale(domain=domain, range=[PINK, BLUE]), legend=key)
    shapes = alt.Scale(domain=domain, range=["square", "circle"])
    shape = alt.Shape("end:N", scale=shapes, legend=key)
    beside = alt.YOffset("end:N", sort=domain, scale=alt.Scale(domain=domain, paddingInner=0.2))
    base = alt.Chart(_data(rows)).encode(y=y, yOffset=beside, color=colour)
    shown = base.transform_filter("datum.value != null")
    return alt.layer(
        shown.mark_rule(strokeWidth=2).encode(x=x("lower"), x2="upper:Q"),
        shown.mark_point(filled=True, size=70, opacity=1).encode(x=x("value"), shape=shape),
        base.mark_text(align="left", fontSize=TEXT - 2).encode(
            x=alt.value(WIDTH + 12), text="text:N"
        ),
    ).properties(width=WIDTH, height=alt.Step(22), description=describe)


def unchecked() -> AbstractContextManager[None]:
    """Draw without holding every part of a chart against Altair's schema: half the time."""
    return debug_mode(False)


def svg(chart: Chart) -> str:
    """Draw a chart as SVG for a page: no style attributes, one picture to a screen reader."""
    specification = (
        chart.configure(background="white", font=FONT)
        .configure_axis(
            labelColor=DARK,
            titleColor=DARK,
            labelFontSize=TEXT,
            titleFontSize=TEXT,
            titleFontWeight="normal",
            gridColor=PALE,
            domainColor=GREY,
            tickColor=GREY,
        )
        .configure_legend(labelColor=DARK, labelFontSize=TEXT)
        .configure_view(stroke=None)
        .to_dict(validate=False)
    )
    drawn = vl_convert.vegalite_to_svg(specification)
    return _one_picture(drawn, specification.get("description", ""))


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
    base = alt.Chart(_data(rows)).encode(x=x)
    return [
        base.mark_area(opacity=0.18).encode(
            y=alt.Y("lower:Q", scale=scale, axis=y),
            y2="upper:Q",
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
    text = alt.Chart(_data(names)).mark_text(
        align="left", fontSize=TEXT, lineBreak="\n", baseline="middle", dy=-9
    )
    placed: alt.Chart = text.encode(
        x=alt.value(WIDTH + 8),
        y=alt.Y("place:Q"),
        text="name:N",
        color=alt.Color("label:N", scale=colour, legend=None),
    )
    return placed


def _above(title: str, unit: str, along: Axis) -> alt.Title:
    lines = _broken(_title(title, unit, along), TITLE)
    return alt.Title(
        lines, anchor="start", frame="group", fontSize=TEXT, fontWeight="normal", color=DARK
    )


def _groups(rows: Rows) -> alt.Y:
    """Return an axis of groups, in the order of the rows, long labels broken into lines."""
    order = list(dict.fromkeys(row["label"] for row in rows))
    broken = {label: _broken(label, LABEL) for label in order if len(label) > LABEL}
    expression = "datum.label"
    for label, lines in broken.items():
        expression = f"datum.label === {label!r} ? {lines!r} : {expression}"
    return alt.Y(
        "label:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelLimit=400, labelExpr=expression, ticks=False, labelPadding=8),
    )


def _step(rows: Rows) -> int:
    return 30 + 16 * (max([len(_broken(row["label"], LABEL)) for row in rows], default=1) - 1)


def _broken(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width) or [""]


def _x(along: Axis, title: str, field: str) -> alt.X:
    return alt.X(
        f"{field}:Q",
        title=_broken(title, TITLE),
        scale=alt.Scale(domain=[along.low, along.high], nice=False),
        axis=alt.Axis(values=_apart(along), tickCount=len(along.ticks)),
    )


def _apart(along: Axis) -> list[float]:
    """Return the ticks of a horizontal axis whose labels have room beside each other."""
    digits = max(0, -math.floor(math.log10(along.step)))
    widest = max(len(f"{tick:,.{digits}f}") for tick in along.ticks) + 1
    return along.ticks[:: math.ceil(len(along.ticks) * widest * DIGIT / WIDTH)]


def _title(title: str, unit: str, along: Axis) -> str:
    said = f"{title} ({unit})" if unit else title
    return f"{said}; {along.note}" if along.note else said


def _data(rows: Rows) -> alt.Data:
    values = [
        {
            key: value.isoformat() if isinstance(value, dt.date) else value
            for key, value in row.items()
        }
        for row in rows
    ]
    return alt.Data(values=values)  # type: ignore[no-untyped-call]  # theirs


def _one_picture(drawn: str, described: str) -> str:
    """Make a drawing as wide as its place, and one picture to a screen reader."""
    head, rest = drawn.split(">", 1)
    width, height = (re.search(rf'\b{side}="([\d.]+)"', head)[1] for side in ("width", "height"))  # type: ignore[index]
    label = described.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{label}" class="chart" width="{float(width) * LARGER:.0f}">'
    )
    # The parts of a chart are one picture: their own roles would only make it long to listen to.
    return opening + re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", rest)
