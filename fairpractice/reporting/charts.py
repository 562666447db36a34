"""Numbers as pictures: NHS colours that colour-blind people can tell apart, limits always drawn.

Each function takes rows and returns an Altair chart; :func:`svg` draws one without a browser. A
picture never stands alone: whoever shows it puts its table and a sentence beside it.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import vl_convert


BLUE = "#005eb8"
DARK = "#212b32"
GREY = "#768692"
PINK = "#ae2573"
PALE = "#d8dde0"
FONT = "Arial, sans-serif"
WIDTH = 520

Rows = Sequence[Mapping[str, Any]]
Chart = alt.LayerChart | alt.FacetChart


def gradient(rows: Rows, *, title: str, unit: str, describe: str) -> Chart:
    """Draw a point and its limits for each group, one below the other.

    Parameters
    ----------
    rows
        ``label``, ``value``, ``lower``, ``upper``, in the order to be shown; a row whose value is
        null keeps its place and says "hidden".
    title, unit
        Of the value's axis.
    describe
        What the picture shows, in words, for those who cannot see it.
    """
    order = [row["label"] for row in rows]
    data = _data(rows)
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=260))
    span = _span([row for row in rows if row["value"] is not None])
    axis, scale = _axis(title, unit), alt.Scale(domain=span, nice=True, zero=False)
    x = alt.X("value:Q", title=axis, scale=scale)
    shown = alt.Chart(data).transform_filter("datum.value != null")
    return alt.layer(
        shown.mark_rule(strokeWidth=3, color=BLUE, opacity=0.45).encode(
            y=y, x=alt.X("lower:Q", scale=scale, title=axis), x2="upper:Q"
        ),
        shown.mark_point(filled=True, size=90, color=BLUE, opacity=1).encode(y=y, x=x),
        alt.Chart(data)
        .transform_filter("datum.value == null")
        .mark_text(text="hidden: too few people", align="left", color=GREY, dx=4, fontSize=12)
        .encode(y=y, x=alt.datum(span[0])),
    ).properties(width=WIDTH, height=alt.Step(30), description=describe)


def over_time(rows: Rows, *, title: str, unit: str, describe: str) -> Chart:
    """Draw a line and its band of limits for each of two groups over time.

    Parameters
    ----------
    rows
        ``label``, ``on`` (a date as text), ``value``, ``lower``, ``upper``.
    """
    labels = list(dict.fromkeys(row["label"] for row in rows))
    data = _data([row for row in rows if row["value"] is not None])
    colour = alt.Color(
        "label:N",
        sort=labels,
        scale=alt.Scale(domain=labels, range=[PINK, BLUE][: len(labels)]),
        legend=alt.Legend(title=None, orient="top", labelLimit=300, symbolStrokeWidth=3),
    )
    x = alt.X("on:T", title=None, axis=alt.Axis(format="%b %Y", labelAngle=0, tickCount=6))
    span = _span([row for row in rows if row["value"] is not None])
    axis, scale = _axis(title, unit), alt.Scale(domain=span, nice=True, zero=False)
    y = alt.Y("value:Q", title=axis, scale=scale)
    base = alt.Chart(data)
    return alt.layer(
        base.mark_area(opacity=0.18).encode(
            x=x, y=alt.Y("lower:Q", scale=scale, title=axis), y2="upper:Q", color=colour
        ),
        base.mark_line(strokeWidth=2.5).encode(
            x=x,
            y=y,
            color=colour,
            strokeDash=alt.StrokeDash(
                "label:N",
                sort=labels,
                scale=alt.Scale(domain=labels, range=[[1, 0], [6, 3]][: len(labels)]),
                legend=None,
            ),
        ),
    ).properties(width=WIDTH, height=220, description=describe)


def svg(chart: Chart) -> str:
    """Draw a chart as SVG for a page: no style attributes, a title for screen readers."""
    specification = (
        chart.configure(background="white", font=FONT)
        .configure_axis(
            labelColor=DARK,
            titleColor=DARK,
            labelFontSize=13,
            titleFontSize=13,
            titleFontWeight="normal",
            gridColor=PALE,
            domainColor=GREY,
            tickColor=GREY,
        )
        .configure_legend(labelColor=DARK, labelFontSize=13)
        .configure_view(stroke=None)
        .to_dict()
    )
    drawn = vl_convert.vegalite_to_svg(specification)
    described = specification.get("description", "")
    return _scalable(drawn, described)


def _scalable(drawn: str, described: str) -> str:
    """Make a drawing as wide as its place, and one picture to a screen reader."""
    head, rest = drawn.split(">", 1)
    width, height = (re.search(rf'\b{side}="([\d.]+)"', head)[1] for side in ("width", "height"))  # type: ignore[index]
    label = described.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'role="img" aria-label="{label}" class="chart" width="{width}">'
    )
    # The parts of a chart are one picture: their own roles would only make it long to listen to.
    inside = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", rest)
    return opening + inside


def _data(rows: Rows) -> alt.Data:
    return alt.Data(values=[dict(row) for row in rows])  # type: ignore[no-untyped-call]  # theirs


def _axis(title: str, unit: str) -> str:
    return f"{title} ({unit})" if unit else title


def _span(rows: Rows) -> list[float]:
    """Return the ends of an axis that has room for all limits."""
    ends = [
        end for row in rows for end in (row["lower"], row["upper"], row["value"]) if end is not None
    ]
    if not ends:
        return [0.0, 1.0]
    low, high = min(ends), max(ends)
    room = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    return [max(0.0, low - room) if low >= 0 else low - room, high + room]
