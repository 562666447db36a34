"""Concentration curves: how much of something do the most deprived people have?"""

import itertools

import altair as alt

from fairpractice.reporting.charts.canvas import (
    BLUE,
    DARK,
    HIGH,
    TEXT,
    Axis,
    Chart,
    Rows,
    above,
    across,
    data,
    upwards,
)


ALONG = Axis(0, 100, 25)


def concentration_curve(
    rows: Rows,
    *,
    people: str,
    of: str,
    describe: str = "",
    ordered: str = "from the most to the least deprived",
) -> Chart:
    """Draw the share of something that the first so many people have, against an equal share.

    Ordered by deprivation it is the concentration curve; by the thing itself, Lorenz's curve.

    Parameters
    ----------
    rows
        ``population`` and ``amount`` of each group, in the order of the curve.
    people
        Who, such as "people".
    of
        What is shared out, such as "reviews".
    describe
        What the picture shows, in words; worked out from the rows when left out.
    ordered
        In which order people stand.
    """
    points = cumulative(rows)
    x = across(ALONG, f"{people}, {ordered} (%)".capitalize(), "people", width=HIGH)
    curve = alt.Chart(data(points))
    equal = alt.Chart(data([{"people": 0, "amount": 0}, {"people": 100, "amount": 100}]))
    y = upwards(ALONG, "amount")
    return alt.layer(
        curve.mark_area(opacity=0.18, color=BLUE).encode(x=x, y=y, y2=alt.Y2("people:Q")),
        equal.mark_line(strokeWidth=1.5, strokeDash=[6, 3], color=DARK).encode(x=x, y=y),
        curve.mark_line(strokeWidth=3, color=BLUE).encode(x=x, y=y),
        curve.mark_point(filled=True, size=60, color=BLUE, opacity=1).encode(x=x, y=y),
        alt.Chart(data([{"people": 50, "amount": 50, "name": "equal shares"}]))
        .mark_text(fontSize=TEXT, color=DARK, angle=315, dy=-12)
        .encode(x=x, y=y, text=alt.Text("name:N")),
    ).properties(
        width=HIGH,
        height=HIGH,
        title=above(f"Share of {of}", "%", ALONG),
        description=describe or _said(points, people, of, ordered),
    )


def cumulative(rows: Rows) -> list[dict[str, float]]:
    """Return the running shares of people and of the amount, in per cent, from nothing to all."""
    known = [row for row in rows if row["population"] is not None and row["amount"] is not None]
    running = {
        name: list(itertools.accumulate((float(row[name]) for row in known), initial=0.0))
        for name in ("population", "amount")
    }
    totals = {name: sums[-1] or 1.0 for name, sums in running.items()}
    return [
        {"people": 100 * p / totals["population"], "amount": 100 * a / totals["amount"]}
        for p, a in zip(running["population"], running["amount"], strict=True)
    ]


def _said(points: list[dict[str, float]], people: str, of: str, ordered: str) -> str:
    steps = [
        f"the first {point['people']:.0f} % have {point['amount']:.0f} %" for point in points[1:-1]
    ]
    return f"Of {of}, with {people} {ordered}: {'; '.join(steps) or 'one group has all'}."
