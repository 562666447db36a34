"""What every picture is drawn with: colours, axes, words that fit, and the drawing itself."""

import csv
import datetime as dt
import math
import re
import textwrap
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from fairpractice.errors import FairpracticeError


BLUE = "#005eb8"
PINK = "#ae2573"
ORANGE = "#d5840d"
DARK = "#212b32"
GREY = "#4c6272"
PALE = "#d8dde0"
FONT = "Arial, sans-serif"
TEXT = 15  # pixels, of a picture about 450 wide
WIDTH = 240  # of the plot alone
WIDE = 300  # where little stands beside it
HIGH = 260
LABEL = 20  # characters of a line of a label
TITLE = 42
DIGIT = 8.5  # pixels of a digit
LARGER = 1.2  # on a screen with room for it
TICKS = 5
ENDS_HIGH, GAP_HIGH = 200, 130
MOST, LEAST, GAP = "Most deprived fifth", "Least deprived fifth", "Gap"
COLOURS = {MOST: PINK, LEAST: BLUE, GAP: GREY}
DASHES = {MOST: [1, 0], LEAST: [6, 3], GAP: [1, 0]}

SHADES = ("#ae2573", "#e5a5c9", "#e8edee", "#7fb3e0", "#003087")
MOST_SHADES = 9

LOOK = {
    "background": "white",
    "font": FONT,
    "axis": {
        "labelColor": DARK,
        "titleColor": DARK,
        "labelFontSize": TEXT,
        "titleFontSize": TEXT,
        "titleFontWeight": "normal",
        "gridColor": PALE,
        "domainColor": GREY,
        "tickColor": GREY,
    },
    "legend": {"labelColor": DARK, "labelFontSize": TEXT},
    "view": {"continuousWidth": 300, "continuousHeight": 300, "stroke": None},
}
"""How every picture looks, as Vega-Lite's ``config``."""

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
    if math.isclose(low, high, rel_tol=1e-9, abs_tol=1e-9):  # what rounding left is no width
        low = high = round(high, 9)
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


def unchecked() -> AbstractContextManager[None]:
    """Draw without holding every part of a chart against Altair's schema: half the time."""
    return debug_mode(False)


def svg(chart: Chart) -> str:
    """Draw a chart as SVG for a page: no style attributes, one picture to a screen reader."""
    specification = _specification(chart)
    drawn = vl_convert.vegalite_to_svg(specification)
    return _one_picture(drawn, specification.get("description", ""))


def png(chart: Chart, *, scale: float = 2) -> bytes:
    """Draw a chart as PNG, for slides and letters; ``scale`` is its pixels for each of a page."""
    drawn: bytes = vl_convert.vegalite_to_png(_specification(chart), scale=scale)
    return drawn


def save(chart: Chart, path: str | Path, rows: Rows) -> list[Path]:
    """Write a chart as SVG or PNG, and beside it what it shows in words and as a table.

    Parameters
    ----------
    chart
        What one of the functions of this room drew.
    path
        Where to; its suffix says as what.
    rows
        The rows it was drawn from.

    Returns
    -------
    The files written: the picture, its description (``.txt``) and its table (``.csv``).

    Raises
    ------
    FairpracticeError
        When the suffix is neither ``.svg`` nor ``.png``.
    """
    path = Path(path)
    words, table = path.with_suffix(".txt"), path.with_suffix(".csv")
    if path.suffix == ".svg":
        path.write_text(svg(chart), encoding="utf-8")
    elif path.suffix == ".png":
        path.write_bytes(png(chart))
    else:
        raise FairpracticeError(
            f"A chart cannot be written as {path.suffix or 'nothing'!r}",
            where=str(path),
            fix="Give a name that ends in .svg or .png.",
        )
    words.write_text(f"{_specification(chart).get('description', '')}\n", encoding="utf-8")
    with table.open("w", encoding="utf-8", newline="") as file:
        columns = list(dict.fromkeys(name for row in rows for name in row))
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return [path, words, table]


def _specification(chart: Chart) -> dict[str, Any]:
    drawn: dict[str, Any] = chart.to_dict(validate=False)
    return drawn | {"config": drawn["config"] | LOOK}


def above(title: str, unit: str, along: Axis) -> alt.Title:
    """Return what stands above a picture: what its vertical axis shows."""
    lines = broken(titled(title, unit, along), TITLE)
    return alt.Title(
        lines, anchor="start", frame="group", fontSize=TEXT, fontWeight="normal", color=DARK
    )


def broken(text: str, width: int) -> list[str]:
    """Return a text as lines of so many characters."""
    return textwrap.wrap(text, width) or [""]


def across(
    along: Axis, title: str, field: str, *, width: float = WIDTH, grid: bool = True
) -> alt.X:
    """Return a horizontal axis of numbers whose labels have room beside each other."""
    return alt.X(
        f"{field}:Q",
        title=broken(title, TITLE),
        scale=alt.Scale(domain=[along.low, along.high], nice=False),
        axis=alt.Axis(values=_apart(along, width), tickCount=len(along.ticks), grid=grid),
    )


def upwards(along: Axis, field: str, **options: Any) -> alt.Y:
    """Return a vertical axis of numbers; its title stands above the picture."""
    ticks = alt.Axis(values=along.ticks, tickCount=len(along.ticks), title=None, labelOverlap=False)
    scale = alt.Scale(domain=[along.low, along.high], nice=False)
    return alt.Y(f"{field}:Q", scale=scale, axis=ticks, **options)


def _apart(along: Axis, width: float) -> list[float]:
    digits = max(0, -math.floor(math.log10(along.step)))
    widest = max(len(f"{tick:,.{digits}f}") for tick in along.ticks) + 1
    return along.ticks[:: math.ceil(len(along.ticks) * widest * DIGIT / width)]


def titled(title: str, unit: str, along: Axis) -> str:
    """Return a title with its unit, and with what could mislead about its axis."""
    said = f"{title} ({unit})" if unit else title
    return f"{said}; {along.note}" if along.note else said


def shaded(count: int) -> list[str]:
    """Return so many shades from the most to the least deprived: pink through pale to blue."""
    if count <= 1:
        return [SHADES[-1]] * count
    shades = []
    for n in range(count):
        at = n * (len(SHADES) - 1) / (count - 1)
        low = min(int(at), len(SHADES) - 2)
        ends = [[int(SHADES[k][p : p + 2], 16) for p in (1, 3, 5)] for k in (low, low + 1)]
        mixed = [round(a + (b - a) * (at - low)) for a, b in zip(*ends, strict=True)]
        shades.append("#" + "".join(f"{part:02x}" for part in mixed))
    return shades


def named_ends(names: Rows, along: Axis, *, width: float, high: float) -> alt.Chart:
    """Name lines at their right ends, the names kept apart.

    Parameters
    ----------
    names
        ``name``, ``place`` (on the vertical axis) and ``colour``.
    along, width, high
        The vertical axis and the size of the picture.
    """
    room = (along.high - along.low) * (TEXT + 3) / high
    placed = sorted(names, key=lambda row: float(row["place"]))
    at = [float(name["place"]) for name in placed]
    lowest = along.low
    for n in range(len(at)):
        at[n] = max(at[n], lowest)
        lowest = at[n] + room
    highest = along.high
    for n in reversed(range(len(at))):  # what was pushed over the top comes down again
        at[n] = min(at[n], highest)
        highest = at[n] - room
    placed = [{**name, "place": place} for name, place in zip(placed, at, strict=True)]
    text = alt.Chart(data(placed)).mark_text(align="left", fontSize=TEXT, baseline="middle")
    drawn: alt.Chart = text.encode(
        x=pixels(width + 8),
        y=alt.Y("place:Q", scale=alt.Scale(domain=[along.low, along.high], nice=False)),
        text=alt.Text("name:N"),
        color=alt.Color("colour:N", scale=None, legend=None),
    )
    return drawn


def pixels(across: float) -> alt.XValue:
    """Return a place so many pixels from the left of the plot, whatever its axis."""
    return alt.XValue(across)  # type: ignore[no-untyped-call]  # theirs


def data(rows: Rows) -> alt.Data:
    """Return rows as a chart takes them: a tuple, which Altair need not copy at every step."""
    values = tuple(
        {
            key: value.isoformat() if isinstance(value, dt.date) else value
            for key, value in row.items()
        }
        for row in rows
    )
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
