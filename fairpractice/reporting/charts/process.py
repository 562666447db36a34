"""Process control charts: a series, its limits, and what is more than chance."""

import datetime as dt
from typing import Any

import altair as alt

from fairpractice.reporting.charts.canvas import (
    BLUE,
    DARK,
    DIGIT,
    GREY,
    HIGH,
    ORANGE,
    WIDE,
    Chart,
    Rows,
    above,
    axis,
    data,
    named_ends,
    upwards,
)


PURPLE = "#330072"
KINDS = {
    "common_cause": ("common cause", GREY, "circle"),
    "improvement": ("special cause: improvement", BLUE, "square"),
    "concern": ("special cause: concern", ORANGE, "triangle-up"),
    "neutral_high": ("special cause: higher", PURPLE, "triangle-up"),
    "neutral_low": ("special cause: lower", PURPLE, "triangle-down"),
    "signal": ("beyond a limit", ORANGE, "triangle-up"),
}
MOST_TICKS = 6


def control_chart(rows: Rows, *, order: str, title: str, unit: str, describe: str = "") -> Chart:
    """Draw one series with its centre, its limits and its special causes.

    Parameters
    ----------
    rows
        Rows of :func:`fairpractice.statistics.xmr` or
        :func:`fairpractice.statistics.control_chart`, of one series. Where a value is missing
        the line is broken.
    order
        The column of the order: days, numbers or words.
    title, unit
        Of the value.
    describe
        What the picture shows, in words; worked out from the rows when left out.
    """
    points = [_point(row, order) for row in rows if row[order] is not None]
    up = axis(
        [
            *points,
            *[{"value": row[name]} for row in points for name in ("target", "centre")],
        ],
        at_most=100 if unit == "%" else float("inf"),
    )
    x = _order(points)
    base = alt.Chart(data(points))
    lines = [
        base.mark_line(interpolate="step", strokeWidth=width, strokeDash=dash, color=colour).encode(
            x=x, y=upwards(up, name), detail=alt.Detail("part:N")
        )
        for name, width, dash, colour in (
            ("lower", 1.8, [6, 3], GREY),
            ("upper", 1.8, [6, 3], GREY),
            ("centre", 1.5, [1, 0], GREY),
            ("target", 1.8, [2, 3], DARK),
        )
        if any(row[name] is not None for row in points)
    ]
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in points)]
    said, colours, shapes = ([KINDS[kind][part] for kind in kinds] for part in range(3))
    key = None
    if set(kinds) - {"common_cause"}:
        key = alt.Legend(
            title=None, orient="top", direction="vertical", labelLimit=400, symbolSize=110
        )
    shown = base.transform_filter("datum.value != null")
    return alt.layer(
        *lines,
        base.mark_line(strokeWidth=1.5, color=GREY).encode(x=x, y=upwards(up, "value")),
        shown.mark_point(size=70, filled=True, opacity=1).encode(
            x=x,
            y=upwards(up, "value"),
            color=alt.Color("said:N", scale=alt.Scale(domain=said, range=colours), legend=key),
            shape=alt.Shape("said:N", scale=alt.Scale(domain=said, range=shapes), legend=key),
        ),
        named_ends(_ends(points), up, width=WIDE, high=HIGH),
    ).properties(
        width=WIDE,
        height=HIGH,
        title=above(title, unit, up),
        description=describe or _said(points, kinds, title, unit),
    )


def _point(row: Any, order: str) -> dict[str, Any]:
    kind = row.get("variation") or ("signal" if row.get("outside_limits") else "common_cause")
    return {
        **{name: row.get(name) for name in ("value", "centre", "lower", "upper", "target", "part")},
        "on": row[order],
        "kind": kind,
        "said": KINDS[kind][0],
    }


def _order(points: list[dict[str, Any]]) -> alt.X:
    """Return the axis of the order, with a few of its places named."""
    places = list(dict.fromkeys(row["on"] for row in points))
    if not places:
        return alt.X("on:Q", axis=None)
    days = bool(places) and all(isinstance(place, dt.date) for place in places)
    widest = max([0 if days else len(str(place)) for place in places], default=0)
    most = min(MOST_TICKS, int(WIDE // ((widest + 1) * DIGIT)) or 1)
    every = -(-len(places) // most) or 1
    ticks = places[::-1][::every][::-1]
    if days:
        labels = "[utcFormat(datum.value, '%b'), utcFormat(datum.value, '%Y')]"
        ends = [place.isoformat() for place in (places[0], places[-1])]
        values = [place.isoformat() for place in ticks]
        scale = alt.Scale(type="utc", domain=ends)
        axis_of_days = alt.Axis(values=values, labelExpr=labels, labelFlush=False, grid=False)
        return alt.X("on:T", title=None, scale=scale, axis=axis_of_days)
    words = alt.Axis(values=ticks, grid=False, labelAngle=0)
    return alt.X("on:O", title=None, sort=places, scale=alt.Scale(padding=0.5), axis=words)


def _ends(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = []
    for name, said, colour in (
        ("upper", "upper limit", GREY),
        ("centre", "centre", GREY),
        ("lower", "lower limit", GREY),
        ("target", "target", DARK),
    ):
        known = [row[name] for row in points if row[name] is not None]
        if known:
            names.append({"name": f"{said} {known[-1]:,.3g}", "place": known[-1], "colour": colour})
    return names


def _said(points: list[dict[str, Any]], kinds: list[str], title: str, unit: str) -> str:
    known = [row for row in points if row["value"] is not None]
    if not known:
        return f"{title}: no values."
    last = known[-1]
    said = f"{title}: {len(known)} values from {known[0]['on']} to {last['on']}"
    if last["centre"] is not None:
        said += f", lately around {last['centre']:,.3g} {unit}".rstrip()
    if last["lower"] is not None:
        said += f", within {last['lower']:,.3g} to {last['upper']:,.3g} by chance"
    counts = [
        f"{sum(row['kind'] == kind for row in known)} {KINDS[kind][0]}"
        for kind in kinds
        if kind != "common_cause"
    ]
    return f"{said}. {', '.join(counts) or 'No special cause'}."
