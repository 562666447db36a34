"""Pictures: axes that do not mislead, and drawings that a strict page can hold."""

import datetime as dt
import itertools
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice import statistics
from fairpractice.errors import FairpracticeError
from fairpractice.reporting import charts
from fairpractice.reporting.charts import LEAST, MOST, canvas
from fairpractice.reporting.charts.concentration import cumulative


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


COUNTS = pa.table(
    {
        "label": [f"Practice {n}" for n in range(8)],
        "x": [20, 40, 5, 70, 30, 0, 90, 41],
        "n": [40, 80, 50, 90, 60, 0, 200, 80],
    }
)
ASKED: dict[str, Any] = {"kind": "proportion", "multiplier": 100}
UNITS = statistics.funnel(COUNTS, "x", "n", **ASKED).to_pylist()
LINES = statistics.funnel_lines(COUNTS, "x", "n", **ASKED).to_pylist()
MONTHS = [dt.date(2024 + n // 12, n % 12 + 1, 1) for n in range(24)]
VALUES = [
    50.0,
    51,
    49,
    None,
    52,
    50,
    80,
    50,
    51,
    49,
    50,
    52,
    50,
    51,
    20,
    50,
    51,
    49,
    50,
    52,
    51,
    49,
    50,
    51,
]
SERIES = statistics.xmr(pa.table({"on": MONTHS, "y": VALUES}), "y", "on", target=60).to_pylist()

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
    "equiplot": charts.equiplot(
        [
            {"label": year, "group": label, "value": value}
            for year in ("2025", "2026")
            for label, value in zip(LABELS, (58.0, 58.5, 59.0, None, 74.0), strict=True)
        ],
        title="Screened",
        unit="%",
    ),
    "forest": charts.forest(
        [
            {**points(1.5)[0], "lower": 0.4},
            {**points(0.9)[0], "label": "All", "whole": True, "lower": 0.5},
        ],
        title="Ratio",
        nothing=1,
        logarithmic=True,
    ),
    "funnel": charts.funnel(
        UNITS, LINES, title="Reviewed", unit="%", size="Patients due", mine="Practice 2"
    ),
    "control_chart": charts.control_chart(SERIES, order="on", title="Seen", unit="%"),
    "concentration_curve": charts.concentration_curve(
        [{"population": 40, "amount": 10}, {"population": 60, "amount": 90}],
        people="people",
        of="reviews",
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


def test_a_funnel_names_none_but_ones_own() -> None:
    said = texts(charts.svg(DRAWN["funnel"]))
    assert [text for text in said if text.startswith("Practice")] == ["Practice 2"]
    assert "below 99.8 % limits" in said
    description = DRAWN["funnel"].to_dict()["description"]
    assert "7 units around 49.3 %" in description, "one has nobody in it"
    assert "below 99.8 % limits: 1" in description


def test_special_causes_are_told_by_shape_and_colour_and_in_words() -> None:
    svg = charts.svg(DRAWN["control_chart"])
    said = texts(svg)
    assert "special cause: improvement" in said
    assert "special cause: concern" in said
    assert "target 60" in said
    words = DRAWN["control_chart"].to_dict()["description"]
    assert "23 values from 2024-01-01 to 2025-12-01" in words
    assert "1 special cause: improvement, 1 special cause: concern" in words
    assert set(re.findall(r'fill="(#[0-9a-f]{6})"', svg)) >= {"#005eb8", "#d5840d", "#4c6272"}


def test_a_chart_of_numbered_places_names_a_few_of_them() -> None:
    rows = statistics.control_chart(
        pa.table({"week": [f"Week {n}" for n in range(60)], "x": range(60)}),
        "x", "week", chart="run",
    ).to_pylist()  # fmt: skip
    drawn = charts.control_chart(rows, order="week", title="Seen", unit="")
    weeks = [text for text in texts(charts.svg(drawn)) if text.startswith("Week")]
    assert 2 <= len(weeks) <= 5


def test_a_curve_runs_from_nothing_to_all() -> None:
    points = cumulative([{"population": 40, "amount": 10}, {"population": 60, "amount": 90}])
    assert points == [
        {"people": 0, "amount": 0}, {"people": 40, "amount": 10}, {"people": 100, "amount": 100}
    ]  # fmt: skip
    words = DRAWN["concentration_curve"].to_dict()["description"]
    assert "the first 40 % have 10 %" in words


def test_dots_of_an_equiplot_hide_no_other() -> None:
    values = DRAWN["equiplot"].to_dict()["layer"][1]["data"]["values"]
    of_2025 = [(dot["value"], dot["aside"]) for dot in values if dot["label"] == "2025"]
    assert len({aside for value, aside in of_2025 if value < 60}) == 3
    numbers = [text for text in texts(charts.svg(DRAWN["equiplot"])) if text in "12345"]
    assert numbers.count("5") >= 2


def test_shades_go_from_pink_to_blue_and_no_two_are_alike() -> None:
    for count in range(1, canvas.MOST_SHADES + 1):
        shades = canvas.shaded(count)
        assert len(set(shades)) == count
    assert canvas.shaded(5)[0] == canvas.PINK


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6))
def test_names_at_the_ends_of_lines_keep_apart_and_inside(places: list[float]) -> None:
    along = charts.Axis(0, 100, 20)
    names = [{"name": str(n), "place": p, "colour": "#000000"} for n, p in enumerate(places)]
    drawn = canvas.named_ends(names, along, width=100, high=260).to_dict()
    at = sorted(value["place"] for value in drawn["data"]["values"])
    room = 100 * (canvas.TEXT + 3) / 260
    assert all(b - a > room * 0.999 for a, b in itertools.pairwise(at))
    assert at[0] > -0.001
    assert at[-1] < 100.001


def test_a_chart_is_saved_with_its_words_and_its_table(tmp_path: Path) -> None:
    rows = points(61.2, None)
    for suffix, begins in ((".svg", b"<svg"), (".png", b"\x89PNG")):
        written = charts.save(DRAWN["gradient"], tmp_path / f"chart{suffix}", rows)
        assert written[0].read_bytes().startswith(begins)
        assert written[1].read_text(encoding="utf-8") == 'A "chart" <1> & 2\n'
        table = written[2].read_text(encoding="utf-8").splitlines()
        assert table[0] == "label,value,lower,upper,text"
        assert table[2] == "2,,,,hidden"
    with pytest.raises(FairpracticeError, match=r"written as '\.pdf'"):
        charts.save(DRAWN["gradient"], tmp_path / "chart.pdf", rows)


def test_what_cannot_be_shown_is_refused_with_what_to_do() -> None:
    with pytest.raises(FairpracticeError, match="cannot show zero or less"):
        charts.forest(points(0.0), title="Ratio", logarithmic=True)
    rows = [{"label": "2026", "group": str(n), "value": float(n)} for n in range(12)]
    with pytest.raises(FairpracticeError, match="12 groups cannot be told apart"):
        charts.equiplot(rows, title="Seen", unit="%")


def test_nothing_at_all_is_still_a_picture() -> None:
    for chart in (
        charts.funnel([], [], title="Seen", unit="%", size="Due"),
        charts.control_chart([], order="on", title="Seen", unit="%"),
        charts.equiplot([], title="Seen", unit="%"),
        charts.forest([], title="Seen"),
        charts.concentration_curve([], people="people", of="reviews"),
    ):
        assert charts.svg(chart).startswith("<svg")


def test_an_axis_of_values_that_only_rounding_tells_apart_is_still_one() -> None:
    along = charts.axis(
        [{"value": -5.000000000000001}, {"value": -5.0}, {"value": -4.999999999999999}]
    )
    assert along.low <= -5 <= along.high
    assert len(along.ticks) > 1
