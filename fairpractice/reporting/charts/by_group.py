"""Pictures with a line for each group."""

import functools
import math
from typing import Any

import altair as alt

from fairpractice.errors import FairpracticeError
from fairpractice.reporting.charts.canvas import (
    BLUE,
    DARK,
    GREY,
    LABEL,
    LEAST,
    MOST,
    MOST_SHADES,
    PALE,
    PINK,
    TEXT,
    TITLE,
    WIDE,
    WIDTH,
    Axis,
    Chart,
    Rows,
    across,
    axis,
    broken,
    data,
    pixels,
    shaded,
    titled,
)


DOT = 18  # pixels across


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
    y = _groups(rows)
    x = functools.partial(across, along, titled(title, unit, along))
    shown = alt.Chart(data(rows)).transform_filter("datum.value != null")
    texts = alt.Chart(data(rows)).encode(y=y, text=alt.Text("text:N"))
    return alt.layer(
        shown.mark_rule(strokeWidth=3, color=BLUE).encode(y=y, x=x("lower"), x2=alt.X2("upper:Q")),
        shown.mark_point(filled=True, size=110, color=BLUE, opacity=1).encode(y=y, x=x("value")),
        texts.transform_filter("datum.value != null")
        .mark_text(align="left", fontSize=TEXT, color=DARK)
        .encode(x=pixels(WIDTH + 12)),
        texts.transform_filter("datum.value == null")
        .mark_text(align="left", fontSize=TEXT, color=GREY)
        .encode(x=pixels(8)),
    ).properties(width=WIDTH, height=alt.Step(_step(rows)), description=describe)


def completeness(
    rows: Rows, *, describe: str, title: str = "Recorded (%)", along: Axis | None = None
) -> Chart:
    """Draw for how many people each thing is recorded, at the two ends of deprivation.

    Parameters
    ----------
    rows
        ``label``, ``end`` (:data:`MOST` or :data:`LEAST`), ``value`` in per cent, ``lower``,
        ``upper``, ``text``; the two ends of each label one after the other.
    describe
        What the picture shows, in words.
    title
        Of the axis.
    along
        The axis; from 0 to 100, if not given.
    """
    y = _groups(rows)
    along = along or Axis(0, 100, 25)
    x = functools.partial(across, along, title)
    domain = [MOST, LEAST]
    key = alt.Legend(title=None, orient="top", direction="vertical", labelLimit=300)
    colour = alt.Color("end:N", scale=alt.Scale(domain=domain, range=[PINK, BLUE]), legend=key)
    shapes = alt.Scale(domain=domain, range=["square", "circle"])
    shape = alt.Shape("end:N", scale=shapes, legend=key)
    beside = alt.YOffset("end:N", sort=domain, scale=alt.Scale(domain=domain, paddingInner=0.2))
    base = alt.Chart(data(rows)).encode(y=y, yOffset=beside, color=colour)
    shown = base.transform_filter("datum.value != null")
    return alt.layer(
        shown.mark_rule(strokeWidth=2).encode(x=x("lower"), x2=alt.X2("upper:Q")),
        shown.mark_point(filled=True, size=70, opacity=1).encode(x=x("value"), shape=shape),
        base.mark_text(align="left", fontSize=TEXT - 2).encode(
            x=pixels(WIDTH + 12), text=alt.Text("text:N")
        ),
    ).properties(width=WIDTH, height=alt.Step(22), description=describe)


def equiplot(
    rows: Rows, *, title: str, unit: str, describe: str = "", along: Axis | None = None
) -> Chart:
    """Draw, on a line for each label, where each of its groups stands: how far apart are they?

    Parameters
    ----------
    rows
        ``label`` (a year, a measure), ``group``, ``value``; groups in their order, from the most
        to the least deprived, the same for all labels. At most nine groups.
    title, unit
        Of the value's axis.
    describe
        What the picture shows, in words; worked out from the rows when left out.
    along
        The axis, when several pictures share one.

    Raises
    ------
    FairpracticeError
        When there are more groups than shades that can be told apart.
    """
    along = along or axis(rows, at_most=100 if unit == "%" else math.inf)
    order = list(dict.fromkeys(row["group"] for row in rows))
    if len(order) > MOST_SHADES:
        raise FairpracticeError(
            f"{len(order)} groups cannot be told apart in one picture",
            fix=f"Show at most {MOST_SHADES}, such as fifths.",
        )
    numbered = [{**row, "number": str(order.index(row["group"]) + 1)} for row in rows]
    known = [row for row in numbered if row["value"] is not None]
    if not known:
        nothing = {"value": None, "lower": None, "upper": None, "text": "no value"}
        labels = [{"label": label, **nothing} for label in dict.fromkeys(r["label"] for r in rows)]
        describe = describe or f"{title}: no values."
        return gradient(labels, title=title, unit=unit, describe=describe, along=along)
    ranges = [
        {"label": label, "low": min(values), "high": max(values)}
        for label in dict.fromkeys(row["label"] for row in rows)
        if (values := [row["value"] for row in known if row["label"] == label])
    ]
    names = [f"{n} {name}" if str(n) not in name else name for n, name in enumerate(order, 1)]
    shades = shaded(len(order))
    scale = alt.Scale(domain=[str(n + 1) for n in range(len(order))], range=shades)
    said = dict(zip(scale.domain, names, strict=True))
    key = alt.Legend(
        title=None,
        orient="top",
        direction="vertical",
        columns=1 if max(map(len, names), default=0) > 12 else len(names),
        labelExpr=f"{said}[datum.label]",
        labelLimit=400,
        symbolOpacity=1,
    )
    y = _groups(rows)
    x = functools.partial(across, along, titled(title, unit, along), width=WIDE)
    step = max(_step(rows), 3 * DOT)
    placed = _side_by_side(known, along, step / 2)
    beside = alt.YOffset("aside:Q", scale=None)
    dots = alt.Chart(data(placed)).encode(y=y, yOffset=beside, x=x("value"))
    light = [str(n + 1) for n in range(len(order)) if _is_light(shades[n])]
    return alt.layer(
        alt.Chart(data(ranges))
        .mark_rule(strokeWidth=3, color=PALE)
        .encode(y=y, x=x("low"), x2=alt.X2("high:Q")),
        dots.mark_point(filled=True, size=DOT * DOT, opacity=1, stroke=DARK, strokeWidth=1).encode(
            fill=alt.Fill("number:N", scale=scale, legend=key)
        ),
        # A number in each dot: no two differ by shade alone.
        dots.mark_text(fontSize=TEXT - 3, baseline="middle", dy=1).encode(
            text=alt.Text("number:N"),
            color=alt.condition(
                alt.FieldOneOfPredicate("number", light), alt.value(DARK), alt.value("white")
            ),
        ),
    ).properties(
        width=WIDE,
        height=alt.Step(step),
        description=describe or _apart(ranges, unit),
    )


def forest(
    rows: Rows,
    *,
    title: str,
    unit: str = "",
    describe: str = "",
    nothing: float | None = None,
    logarithmic: bool = False,
) -> Chart:
    """Draw an estimate and its limits for each place or study, against no difference at all.

    Parameters
    ----------
    rows
        ``label``, ``value``, ``lower``, ``upper``, ``text`` (the value as written); and, for the
        one that sums up the others, ``whole`` (true), drawn as a diamond.
    title, unit
        Of the value's axis.
    describe
        What the picture shows, in words; worked out from the rows when left out.
    nothing
        Where there is no difference: 1 for ratios, 0 for differences.
    logarithmic
        Whether twice and half should be equally far away: for ratios.

    Raises
    ------
    FairpracticeError
        When a logarithmic axis is to hold zero or less.
    """
    drawn = [*rows, {"value": nothing}] if nothing is not None else list(rows)
    along = axis(drawn, at_most=100 if unit == "%" else math.inf)
    x = functools.partial(across, along, titled(title, unit, along))
    if logarithmic:
        x = functools.partial(_doubling, drawn, title)
    y = _groups(rows)
    shown = alt.Chart(data(rows)).transform_filter("datum.value != null")
    known = shown.transform_filter("datum.lower != null")
    texts = alt.Chart(data(rows)).encode(y=y, text=alt.Text("text:N"))
    marks = [
        known.mark_rule(strokeWidth=2.5, color=BLUE).encode(
            y=y, x=x("lower"), x2=alt.X2("upper:Q")
        ),
        shown.transform_filter("!datum.whole")
        .mark_point(filled=True, size=90, shape="square", color=BLUE, opacity=1)
        .encode(y=y, x=x("value")),
        shown.transform_filter("datum.whole")
        .mark_point(filled=True, size=230, shape="diamond", color=PINK, opacity=1)
        .encode(y=y, x=x("value")),
        texts.mark_text(align="left", fontSize=TEXT, color=DARK).encode(x=pixels(WIDTH + 12)),
    ]
    if nothing is not None:
        line = alt.Chart(data([{"at": nothing}])).mark_rule(color=DARK, strokeWidth=1.5)
        marks.insert(0, line.encode(x=x("at")))
    return alt.layer(*marks).properties(
        width=WIDTH,
        height=alt.Step(_step(rows)),
        description=describe or _clear(rows, title, nothing),
    )


def _side_by_side(rows: Rows, along: Axis, middle: float) -> list[dict[str, Any]]:
    """Return dots with how far down its band to draw each, so that none hides another."""
    placed: list[dict[str, Any]] = []
    near = (along.high - along.low) * DOT / WIDE
    for row in sorted(rows, key=lambda row: float(row["value"])):
        taken = {
            other["aside"]
            for other in placed
            if other["label"] == row["label"] and row["value"] - other["value"] < near
        }
        steps = (middle, middle - DOT, middle + DOT)
        aside = next((step for step in steps if step not in taken), middle)
        placed.append({**row, "aside": aside})
    return placed


def _doubling(rows: Rows, title: str, field: str) -> alt.X:
    ends = [
        row[name]
        for row in rows
        for name in ("lower", "value", "upper")
        if row.get(name) is not None
    ] or [1.0]
    if min(ends) <= 0:
        raise FairpracticeError(
            "A logarithmic axis cannot show zero or less", fix="Use logarithmic=False."
        )
    low, high = math.floor(math.log2(min(ends))), math.ceil(math.log2(max(ends)))
    every = math.ceil((high - low) / 6) or 1
    ticks = [2.0**power for power in range(low, max(high, low + 1) + 1, every)]
    return alt.X(
        f"{field}:Q",
        title=broken(title, TITLE),
        scale=alt.Scale(type="log", base=2, domain=[ticks[0], max(ticks[-1], 2.0**high)]),
        axis=alt.Axis(values=ticks, labelExpr="format(datum.value, '~r')"),
    )


def _apart(ranges: Rows, unit: str) -> str:
    said = [f"{row['label']}: {row['low']:g} to {row['high']:g} {unit}".rstrip() for row in ranges]
    return "How far apart groups are. " + "; ".join(said) + "."


def _clear(rows: Rows, title: str, nothing: float | None) -> str:
    known = [row for row in rows if row.get("lower") is not None and row["value"] is not None]
    said = f"{title}: {len(rows)} estimates with their limits."
    if nothing is None:
        return said
    above = sum(row["lower"] > nothing for row in known)
    below = sum(row["upper"] < nothing for row in known)
    return f"{said} Clearly above {nothing:g}: {above}; clearly below it: {below}."


def _is_light(shade: str) -> bool:
    red, green, blue = (int(shade[at : at + 2], 16) for at in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue > 140


def _groups(rows: Rows) -> alt.Y:
    """Return an axis of groups, in the order of the rows, long labels broken into lines."""
    order = list(dict.fromkeys(row["label"] for row in rows))
    long = {label: broken(label, LABEL) for label in order if len(label) > LABEL}
    expression = "datum.label"
    for label, lines in long.items():
        expression = f"datum.label === {label!r} ? {lines!r} : {expression}"
    return alt.Y(
        "label:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelLimit=400, labelExpr=expression, ticks=False, labelPadding=8),
    )


def _step(rows: Rows) -> int:
    return 30 + 16 * (max([len(broken(row["label"], LABEL)) for row in rows], default=1) - 1)
