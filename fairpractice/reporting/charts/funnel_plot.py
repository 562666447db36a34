"""Funnels: places by their size, and how far chance alone would let them differ."""

import itertools
import math
from collections import Counter
from typing import Any

import altair as alt

from fairpractice.reporting.charts.canvas import (
    BLUE,
    DARK,
    DIGIT,
    GREY,
    HIGH,
    PINK,
    TEXT,
    WIDE,
    Axis,
    Chart,
    Rows,
    above,
    across,
    axis,
    data,
    named_ends,
    upwards,
)


MARKS = {
    # Which limits a unit is within, outside, above or below; shape and fill tell what colour does.
    "within": (0, GREY, "circle", GREY),
    "outside": (0, "white", "circle", DARK),
    "above": (-1, PINK, "triangle-up", PINK),
    "below": (-1, BLUE, "triangle-down", BLUE),
}
NAME_ASIDE = 20
DASHES = ([6, 3], [1, 0])


def funnel(
    units: Rows,
    lines: Rows,
    *,
    title: str,
    unit: str,
    size: str,
    describe: str = "",
    mine: str | None = None,
) -> Chart:
    """Draw units by their size under the limits of a funnel. None is named but one's own.

    Parameters
    ----------
    units
        Rows of :func:`fairpractice.statistics.funnel`, with ``label`` when one is to be named.
    lines
        Rows of :func:`fairpractice.statistics.funnel_lines`, of the same levels.
    title, unit
        Of the value.
    size
        What the size is, such as "Patients due".
    describe
        What the picture shows, in words; worked out from the rows when left out.
    mine
        The ``label`` of the unit to be named.
    """
    levels = sorted({row["confidence"] for row in units if row["confidence"] is not None})
    marked = _marked(units, levels)
    centre = next((row["baseline"] for row in lines), None)
    up = axis(
        [{"value": row["value"]} for row in marked] + [{"value": centre}],
        at_most=100 if unit == "%" else math.inf,
    )
    along = axis([{"value": row["size"]} for row in marked], zero=True)
    x, y = across(along, size, "size", width=WIDE, grid=False), upwards(up, "value")
    dots = alt.Chart(data(marked)).encode(x=x, y=y)
    points = _points(lines, along, up)
    layers = [
        alt.Chart(data(points))
        .mark_line(color=GREY, strokeWidth=1.8)
        .encode(
            x=x,
            y=y,
            detail=alt.Detail("side:N"),
            order=alt.Order("size:Q"),
            strokeDash=_dashes(levels),
        ),
        dots.mark_point(size=70, opacity=1, filled=True, strokeWidth=1.5).encode(
            **_marks(marked, levels)
        ),
        named_ends(_ends(points, levels, centre), up, width=WIDE, high=HIGH),
    ]
    if centre is not None:
        middle = alt.Chart(data([{"value": centre}])).mark_rule(color=DARK, strokeWidth=1.5)
        layers.insert(0, middle.encode(y=y))
    if mine is not None:
        own = dots.transform_filter(alt.FieldEqualPredicate(mine, "label"))
        layers.append(own.mark_point(size=260, color=DARK, strokeWidth=2))
        name = own.mark_text(dy=_free(marked, mine, along, up), fontSize=TEXT, color=DARK)
        layers.append(name.encode(text=alt.Text("label:N")))
    return alt.layer(*layers).properties(
        width=WIDE,
        height=HIGH,
        title=above(title, unit, up),
        description=describe or _said(marked, levels, centre, title, unit),
    )


def _marked(units: Rows, levels: list[float]) -> list[dict[str, Any]]:
    """Return each unit that has a value, once, with what is said of where it stands."""
    if not levels:
        levels = [math.nan]
        units = [{**row, "confidence": None, "position": "within"} for row in units]
    inner, outer = (
        [row for row in units if row["confidence"] == (None if math.isnan(level) else level)]
        for level in (levels[0], levels[-1])
    )
    marked = []
    for near, far in zip(inner, outer, strict=True):
        if far["value"] is None or far["size"] is None:
            continue
        mark = {"high": "above", "low": "below"}.get(far["position"], "within")
        if mark == "within" and near["position"] in ("high", "low"):
            mark = "outside"
        marked.append(
            {name: far[name] for name in ("size", "value", "label") if name in far}
            | {"mark": mark, "said": _in_words(mark, levels)}
        )
    return marked


def _in_words(mark: str, levels: list[float]) -> str:
    level = levels[MARKS[mark][0]]
    return mark if math.isnan(level) else f"{mark} {100 * level:g} % limits"


def _marks(marked: list[dict[str, Any]], levels: list[float]) -> dict[str, Any]:
    there = [mark for mark in MARKS if any(row["mark"] == mark for row in marked)]
    said = [_in_words(mark, levels or [math.nan]) for mark in there]
    key = alt.Legend(title=None, orient="top", direction="vertical", labelLimit=400, symbolSize=110)
    fills, shapes, strokes = ([MARKS[mark][part] for mark in there] for part in (1, 2, 3))
    return {
        "fill": alt.Fill("said:N", scale=alt.Scale(domain=said, range=fills), legend=key),
        "stroke": alt.Stroke("said:N", scale=alt.Scale(domain=said, range=strokes), legend=key),
        "shape": alt.Shape("said:N", scale=alt.Scale(domain=said, range=shapes), legend=key),
    }


def _free(marked: list[dict[str, Any]], mine: str, along: Axis, up: Axis) -> int:
    """Return how far above or below its unit a name hides the fewest others, in pixels."""
    at = [
        (
            (row["size"] - along.low) / (along.high - along.low) * WIDE,
            (up.high - row["value"]) / (up.high - up.low) * HIGH,
            row.get("label") == mine,
        )
        for row in marked
    ]
    own = next(((x, y) for x, y, is_mine in at if is_mine), (0.0, 0.0))
    half = len(mine) * DIGIT / 2

    def hidden(down: int) -> int:
        return sum(abs(x - own[0]) < half and abs(y - own[1] - down) < TEXT for x, y, is_mine in at)

    return min((-NAME_ASIDE, NAME_ASIDE), key=hidden)


def _points(lines: Rows, along: Axis, up: Axis) -> list[dict[str, Any]]:
    """Return the points of each line that lie within the picture, up to its edges."""
    drawn: dict[tuple[float, str], list[tuple[float, float]]] = {}
    for row in lines:
        for side in ("lower", "upper"):
            if row[side] is not None:
                line = drawn.setdefault((row["confidence"], side), [])
                line.append((row[f"{side}_size"], row[side]))
    return [
        {"level": level, "side": side, "size": x, "value": y}
        for (level, side), line in drawn.items()
        for x, y in _within(sorted(line), along, up)
    ]


def _within(line: list[tuple[float, float]], along: Axis, up: Axis) -> list[tuple[float, float]]:
    """Return a line cut where it leaves the picture."""
    found: list[tuple[float, float]] = []
    for (x1, y1), (x2, y2) in itertools.pairwise(line):
        begin, end = 0.0, 1.0  # how much of this piece lies within
        for change, low, high in (
            (x2 - x1, along.low - x1, along.high - x1),
            (y2 - y1, up.low - y1, up.high - y1),
        ):
            if change:
                first, last = sorted((low / change, high / change))
                begin, end = max(begin, first), min(end, last)
            elif low > 0 or high < 0:
                begin, end = 1.0, 0.0
        if begin < end:
            ends = [(x1 + at * (x2 - x1), y1 + at * (y2 - y1)) for at in (begin, end)]
            found += ends if not found or found[-1] != ends[0] else ends[1:]
    return found


def _dashes(levels: list[float]) -> alt.StrokeDash:
    dashes = [DASHES[min(n, len(DASHES) - 1)] for n in range(len(levels))]
    return alt.StrokeDash("level:N", scale=alt.Scale(domain=levels, range=dashes), legend=None)


def _ends(
    points: list[dict[str, Any]], levels: list[float], centre: float | None
) -> list[dict[str, Any]]:
    """Return what is written beside the right ends of the lines."""
    names: list[dict[str, Any]] = []
    if centre is not None:
        names.append({"name": f"all {centre:,.3g}", "place": centre, "colour": DARK})
    for level in levels:
        for side in ("lower", "upper"):
            line = [p for p in points if p["level"] == level and p["side"] == side]
            if line:
                last = max(line, key=lambda point: float(point["size"]))["value"]
                names.append({"name": f"{100 * level:g} %", "place": last, "colour": GREY})
    return names


def _said(
    marked: list[dict[str, Any]], levels: list[float], centre: float | None, title: str, unit: str
) -> str:
    said = f"{title}: a funnel of {len(marked)} units"
    if centre is not None:
        said += f" around {centre:,.3g} {unit}".rstrip()
    counts = Counter(row["said"] for row in marked)
    return f"{said}. " + "; ".join(f"{name}: {count}" for name, count in counts.items()) + "."
