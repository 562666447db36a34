"""A run chart as SVG: the points, their median, and the day on which the project began.

It is drawn while a page is made, so it is plain text; pictures of releases are drawn with Altair.
"""

import datetime as dt

from markupsafe import Markup, escape

from fairpractice.web.improvement.models import Point
from fairpractice.web.improvement.score import Series


WIDTH, HEIGHT = 420, 230
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 28, 36
BLUE, BLACK, GREY = "#005eb8", "#212b32", "#4c6272"


def run_chart(series: Series, began_on: dt.date) -> Markup:
    """Return a run chart; nothing with fewer than two points that are known.

    Parameters
    ----------
    series
        Its points, in order. What is hidden leaves a break in the line.
    began_on
        When the project began: an upright line, if it lies between the first point and the last.
    """
    known = series.known
    if len(known) < 2:
        return Markup("")
    values = [each.value for each in known]
    values += [series.centre] if series.centre is not None else []
    low, high = min(values), max(values)
    room = (high - low) * 0.1 or abs(high) * 0.1 or 1
    low, high = low - room, high + room
    first, last = series.points[0].on, series.points[-1].on

    def x(day: dt.date) -> float:
        share = (day - first).days / ((last - first).days or 1)
        return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)

    def y(value: float) -> float:
        return round(TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM), 1)

    drawn = [
        _text(LEFT - 8, y(value) + 5, _figure(value), "end") for value in (max(values), min(values))
    ]
    drawn += [_text(x(first), HEIGHT - 10, f"{first:%b %Y}", "start")]
    drawn += [_text(x(last), HEIGHT - 10, f"{last:%b %Y}", "end")]
    drawn += [
        f'<path d="M{LEFT} {TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="{GREY}"/>'
    ]
    if first <= began_on <= last:
        at = x(began_on)
        drawn += [
            f'<path d="M{at} {TOP - 6}V{HEIGHT - BOTTOM}" stroke="{BLACK}" stroke-dasharray="2 4"/>'
        ]
        anchor = "end" if at > WIDTH / 2 else "start"
        drawn += [_text(at, TOP - 12, "began", anchor)]
    if series.centre is not None:
        level = f"M{LEFT} {y(series.centre)}H{WIDTH - RIGHT}"
        dashed = 'stroke-width="2" stroke-dasharray="8 4"'
        drawn += [f'<path d="{level}" stroke="{GREY}" {dashed}/>']
    for piece in _pieces(series.points):
        line = " ".join(f"{x(each.on)},{y(each.value)}" for each in piece)
        drawn += [f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="2"/>']
    drawn += [
        f'<circle cx="{x(each.on)}" cy="{y(each.value)}" r="4" fill="{BLUE}"/>' for each in known
    ]
    says = escape(f"Run chart of {series.title}. {series.says} The table below has every point.")
    return Markup(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="560" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'role="img" aria-label="{says}">{"".join(drawn)}</svg>'
    )


def _pieces(points: list[Point]) -> list[list[Point]]:
    """Return the runs of points between which none is hidden."""
    pieces: list[list[Point]] = [[]]
    for each in points:
        if each.value is None:
            pieces.append([])
        else:
            pieces[-1].append(each)
    return [piece for piece in pieces if len(piece) > 1]


def _text(x: float, y: float, words: str, anchor: str) -> str:
    look = f'font-family="Arial, sans-serif" font-size="15" fill="{BLACK}"'
    return f'<text x="{x}" y="{y}" {look} text-anchor="{anchor}">{escape(words)}</text>'


def _figure(value: float) -> str:
    return f"{value:,.1f}".replace("-", "\N{MINUS SIGN}")
