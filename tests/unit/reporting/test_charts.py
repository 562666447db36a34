"""Pictures: axes that do not mislead, and drawings that a strict page can hold."""

import datetime as dt
import itertools
import re
import xml.etree.ElementTree as ET
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.reporting import charts
from fairpractice.reporting.charts import LEAST, MOST


LABELS = ["1 (most deprived)", "2", "3", "4", "5 (least deprived)"]


def points(*values: float | None) -> list[dict[str, Any]]:
    return [
        {
            "label": label,
            "value": value,
            "lower": None if value is None else value - 3,
            "upper": None if value is None else value + 3,
            "text": "hidden" if value is None else f"{value} %",
        }
        for label, value in zip(LABELS, values, strict=False)
    ]


def texts(svg: str) -> list[str]:
    return [
        "".join(node.itertext()) for node in ET.fromstring(svg).iter() if node.tag.endswith("text")
    ]


DRAWN = {
    "gradient": charts.gradient(
        points(61.2, 63.0, None, 70.1, 74.0),
        title="Screened",
        unit="%",
        describe='A "chart" <1> & 2',
    ),
    "over_time": charts.over_time(
        [
            {**row, "label": label, "on": dt.date(2026, month, 28)}
            for label, row in zip((MOST, LEAST), points(60.0, 75.0), strict=True)
            for month in range(1, 11)
        ],
        [{**points(15.0)[0], "on": dt.date(2026, month, 28)} for month in range(1, 11)],
        title="Screened",
        unit="%",
        describe="Over time",
    ),
    "completeness": charts.completeness(
        [
            {**row, "label": "Language", "end": end}
            for end, row in zip((MOST, LEAST), points(40, 50), strict=True)
        ],
        describe="Recorded",
    ),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_needs_no_style_and_is_one_picture(name: str) -> None:
    svg = charts.svg(DRAWN[name])
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label")
    inside = [node for node in root.iter() if node is not root]
    for node in inside:
        assert not {"style", "id", "role", "aria-label", "href", "onclick"} & set(node.attrib)
        assert not node.tag.endswith(("style", "script", "image", "foreignObject"))
    assert float(root.get("width", "0")) <= 620, "wider than a column of text"


def test_a_chart_keeps_to_altairs_schema() -> None:
    for chart in DRAWN.values():
        chart.to_dict(validate=True)


def test_values_are_written_beside_the_points_and_hidden_ones_keep_their_place() -> None:
    svg = charts.svg(DRAWN["gradient"])
    said = texts(svg)
    assert [label for label in said if label in LABELS] == LABELS
    assert "hidden" in said
    assert "61.2 %" in said
    assert ET.fromstring(svg).get("aria-label") == 'A "chart" <1> & 2'


def test_an_axis_that_does_not_begin_at_zero_says_so() -> None:
    assert "axis begins at 55, not 0" in " ".join(texts(charts.svg(DRAWN["gradient"])))
    low = charts.gradient(points(3.5, 9.0), title="Found", unit="%", describe="")
    assert "begins" not in " ".join(texts(charts.svg(low)))


def test_the_lines_are_named_where_they_end_and_the_names_keep_apart() -> None:
    rows = [
        {**row, "label": label, "on": dt.date(2026, month, 28)}
        for label, row in zip((MOST, LEAST), points(60.0, 60.1), strict=True)
        for month in (1, 2, 3)
    ]
    chart = charts.over_time(rows, [], title="Screened", unit="%", describe="")
    places = sorted(
        float(place) for place in re.findall(r"'place': ([\d.]+)", str(chart.to_dict()))
    )
    assert len(places) == 2
    axis = charts.axis(rows, at_most=100)
    apart = (places[1] - places[0]) / (axis.high - axis.low) * charts.ENDS_HIGH
    assert apart >= 2 * charts.TEXT, "each name has two lines"


ends = st.lists(
    st.floats(-1e4, 1e4).filter(lambda x: x == 0 or abs(x) > 1e-3), min_size=1, max_size=8
)


@given(ends)
def test_an_axis_has_room_for_everything_and_round_ticks(values: list[float]) -> None:
    axis = charts.axis([{"value": value} for value in values])
    room = axis.step * 1e-6
    assert axis.low - room <= min(values)
    assert max(values) <= axis.high + room
    ticks = axis.ticks
    assert 2 <= len(ticks) <= 9
    assert all(a < b for a, b in itertools.pairwise(ticks))
    assert re.match(r"^[125]0*$", f"{axis.step:.10f}".replace(".", "").strip("0") + "0"), axis.step


@given(st.floats(0.01, 100), st.floats(0.01, 100))
def test_an_axis_begins_at_zero_unless_the_values_are_close_together(
    one: float, two: float
) -> None:
    low, high = sorted((one, two))
    axis = charts.axis([{"value": low}, {"value": high}], at_most=100)
    assert axis.high <= 100
    if low < high / 2:
        assert axis.low == 0
        assert not axis.note
    if axis.low > 0:
        assert axis.note


def test_an_axis_of_nothing_is_still_one() -> None:
    assert charts.axis([{"value": None}]).ticks == [0, 0.5, 1]
    assert charts.axis([{"value": 0.0}]).high > 0
