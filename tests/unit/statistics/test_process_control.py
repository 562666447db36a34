"""Process control: against a plain version, and with awkward series."""

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import control_chart, xmr, xmr_summary
from fairpractice.statistics.spc import CHARTS, RULES
from tests.unit.statistics.asking import engine


Rows = list[dict[str, Any]]
SERIES = st.lists(
    st.one_of(st.integers(0, 12).map(float), st.floats(-100, 100).map(lambda x: round(x, 3))),
    min_size=1,
    max_size=40,
)
GAPPY = st.lists(st.one_of(st.none(), st.integers(0, 9).map(float)), min_size=1, max_size=40)


def charted(statistic: Any, values: Sequence[float | None], **asked: Any) -> Rows:
    table = {"at": list(range(len(values))), "y": pa.array(list(values), pa.float64())}
    rows: Rows = statistic(pa.table(table), "y", "at", **asked).to_pylist()
    for row in rows:
        check(row)
    return rows


def check(row: dict[str, Any]) -> None:
    """Check what holds of every row of every chart."""
    for value in row.values():
        assert not isinstance(value, float) or math.isfinite(value)
    assert (row["reason"] is None) == (row["status"] == "ok")
    assert (row["value"] is None) == (row["status"] not in ("ok", "no_limits"))
    if row["lower"] is not None and row["centre"] is not None:
        trifle = 1e-9 * max(1.0, abs(row["upper"]))
        assert row["lower"] - trifle <= row["centre"] <= row["upper"] + trifle


def plain(values: Sequence[float], screen: bool = True) -> list[dict[str, int]]:
    """Say of each point which rules it breaks, a rule and a point at a time."""
    mean = sum(values) / len(values)
    ranges = [abs(a - b) for a, b in zip(values[1:], values, strict=False)]
    if not ranges:
        return [dict.fromkeys(RULES, 0) for _ in values]
    average = sum(ranges) / len(ranges)
    if screen:
        kept = [r for r in ranges if r <= 3.267 * average]
        average = sum(kept) / len(kept)
    half = 2.66 * average
    trifle = 1e-12 * max(map(abs, values))

    def which(away: float, over: float = 0.0) -> int:
        return int(away > over + trifle) - int(away < -over - trifle)

    sides = [which(v - mean) for v in values]
    outside = [which(v - mean, half) for v in values]
    near = [which(v - mean, half * 2 / 3) * (o == 0) for v, o in zip(values, outside, strict=True)]
    found = [{**dict.fromkeys(RULES, 0), "outside_limits": o} for o in outside]
    for first in range(len(values)):
        seven = range(first, first + 7)
        three = range(first, first + 3)
        if seven[-1] < len(values):
            if len({sides[i] for i in seven}) == 1:
                for i in seven:
                    found[i]["shift"] = sides[i]
            for way in (1, -1):
                if all(way * (values[i + 1] - values[i]) > 0 for i in seven[:-1]):
                    for i in seven:
                        found[i]["trend"] = found[i]["trend"] or way
        if three[-1] < len(values) and len({sides[i] for i in three}) == 1:
            at = [i for i in three if near[i]]
            for i in at if len(at) > 1 else []:
                found[i]["two_in_three"] = sides[i]
    return found


@settings(max_examples=150)
@given(SERIES, st.booleans())
def test_the_rules_are_those_of_the_plain_version(values: list[float], screen: bool) -> None:
    rows = charted(xmr, values, screen=screen)
    for row, expected in zip(rows, plain(values, screen), strict=True):
        assert {name: row[name] for name in RULES} == expected
        assert row["rule"] == next((name for name in RULES if expected[name]), None)
        assert (row["variation"] == "common_cause") == (row["rule"] is None)


@settings(max_examples=60)
@given(SERIES, st.randoms(), st.floats(0.001, 1000), st.booleans())
def test_neither_order_nor_unit_nor_direction_of_a_series_changes_what_is_found(
    values: list[float], random: Any, unit: float, down: bool
) -> None:
    rows = charted(xmr, values)
    pairs = list(enumerate(values))
    random.shuffle(pairs)
    table = {"at": [at for at, _ in pairs], "y": [unit * y * (-1 if down else 1) for _, y in pairs]}
    again = xmr(pa.table(table), "y", "at").to_pylist()
    for one, other in zip(rows, again, strict=True):
        assert one["at"] == other["at"]
        assert one["rule"] == other["rule"]
        for name in RULES:
            assert one[name] == (-other[name] if down else other[name])


def test_each_series_is_its_own() -> None:
    random = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            "place": np.repeat(["b", None, "a"], 20),
            "sex": np.tile(np.repeat([1, 2], 10), 3),
            "at": np.tile(np.arange(10), 6),
            "y": random.normal(size=60).round(1),
        }
    )
    together = xmr(table.sample(frac=1, random_state=1), "y", "at", by=["place", "sex"])
    assert len(together) == 60
    assert together["place"].isna().tolist() == [False] * 40 + [True] * 20, "missing keys last"
    for (place, sex), rows in table.groupby(["place", "sex"], dropna=False):
        alone = xmr(rows, "y", "at")
        same = together["place"].isna() if pd.isna(place) else together["place"] == place
        found = together[same & (together["sex"] == sex)]
        pd.testing.assert_frame_equal(
            found.drop(columns=["place", "sex"]).reset_index(drop=True), alone
        )


def test_new_limits_begin_where_told_and_rules_do_not_look_over_it() -> None:
    low, high = [10.0, 11, 10, 12, 11, 10], [20.0, 21, 20, 22, 21, 20, 21, 20]
    rows = charted(xmr, low + high, rebase=6, baseline=4)
    assert [row["part"] for row in rows] == [1] * 6 + [2] * 8
    assert rows == charted(xmr, low + high, rebase_after=[6], baseline=4)
    alone = charted(xmr, high, baseline=4)
    for row, other in zip(rows[6:], alone, strict=True):
        assert {**row, "at": 0, "part": 0} == {**other, "at": 0, "part": 0}
    assert {row["rule"] for row in rows} == {None}


def test_each_series_may_have_its_own_limits_and_target() -> None:
    days = [dt.date(2026, month, 1) for month in range(1, 11)]
    table = pa.table(
        {
            "place": ["a"] * 10 + ["b"] * 10,
            "on": days * 2,
            "y": [float(n % 3) for n in range(20)],
        }
    )
    asked = {"by": ["place"], "rebase": {"b": [days[4], days[7]]}, "target": {"a": 9, "b": -9}}
    rows = xmr(table, "y", "on", **asked).to_pylist()
    assert [row["part"] for row in rows] == [1] * 10 + [1] * 4 + [2] * 3 + [3] * 3
    summary = xmr_summary(table, "y", "on", **asked).to_pylist()
    assert [row["points"] for row in summary] == [10, 4, 3, 3]
    assert [row["assurance"] for row in summary] == ["fail"] + ["pass"] * 3
    fewer = xmr_summary(table, "y", "on", **asked, improvement="decrease").to_pylist()
    assert [row["assurance"] for row in fewer] == ["pass"] + ["fail"] * 3
    neither = xmr_summary(table, "y", "on", **asked, improvement="neutral").to_pylist()
    assert {row["assurance"] for row in neither} == {None}


def test_a_target_may_change_over_time_and_the_last_one_counts() -> None:
    table = pa.table({"at": [1, 2, 3], "y": [5.0, 6.0, 5.0], "goal": [0.0, 0.0, 99.0]})
    rows = xmr(table, "y", "at", target="goal").to_pylist()
    assert [row["target"] for row in rows] == [0, 0, 99]
    assert xmr_summary(table, "y", "at", target="goal").to_pylist()[0]["assurance"] == "fail"


def test_a_gap_is_no_evidence() -> None:
    rising = [1.0, 2, 3, 4, None, 5, 6, 7, 8]
    rows = charted(xmr, rising)
    assert {row["trend"] for row in rows if row["value"] is not None} == {0}
    assert rows[4]["status"] == "missing_input"
    assert rows[4]["lower"] == rows[3]["lower"], "the process has limits where a value is missing"
    assert rows[4]["rule"] is None
    # Ranges of 1 on either side; none reaches over the gap.
    far = charted(xmr, [1.0, 2, 1, 2, None, 100, 101, 100, 101])
    assert far[0]["upper"] - far[0]["centre"] == pytest.approx(2.66)


@given(GAPPY)
def test_gaps_never_stop_a_chart(values: list[float | None]) -> None:
    for row, value in zip(charted(xmr, values), values, strict=True):
        assert row["value"] == value
        if value is None:
            assert [row[name] for name in RULES] == [None] * 4
    charted(xmr, values, rebase_after=[3, 4, 20], baseline=2, exclude=[1, 2])


@pytest.mark.parametrize("constant", [50.0, 0.1, 0.0, 1e9 + 0.1, -3e-7])
def test_a_series_that_never_changes_has_its_mean_as_limits_and_no_signal(constant: float) -> None:
    rows = charted(xmr, [constant] * 26)
    assert {row["rule"] for row in rows} == {None}
    for row in rows:
        assert row["lower"] == row["upper"] == row["centre"] == pytest.approx(constant)


def test_one_point_has_no_limits_and_none_has_no_value() -> None:
    [row] = charted(xmr, [5.0])
    assert (row["status"], row["value"], row["lower"]) == ("no_limits", 5.0, None)
    assert row["provisional"]
    nothing = pa.table({"at": pa.array([], pa.int64()), "y": pa.array([], pa.float64())})
    assert xmr(nothing, "y", "at").num_rows == 0
    assert xmr_summary(nothing, "y", "at").num_rows == 0
    assert control_chart(nothing, "y", "at", chart="i").num_rows == 0
    [row] = xmr_summary(pa.table({"at": [1], "y": [None]}), "y", "at").to_pylist()
    assert (row["status"], row["points"]) == ("missing_input", 0)


def test_two_rows_in_one_place_are_said_and_left_out() -> None:
    table = pa.table({"at": [1, 2, 2, 3, 4, None], "y": [1.0, 2.0, 9.0, 2.0, math.inf, 1.0]})
    rows = xmr(table, "y", "at").to_pylist()
    assert [row["status"] for row in rows] == [
        "no_limits", "invalid_input", "invalid_input", "no_limits", "invalid_input",
        "missing_input",
    ]  # fmt: skip


def test_a_summary_counts_what_the_points_say() -> None:
    values = [50, 51, 49, 50, 52, 51, 50, 80, 50, 51, 20, 50, 51, 50]
    for improvement, counted in (("increase", (1, 1)), ("decrease", (1, 1))):
        points = charted(xmr, values, improvement=improvement)
        [row] = xmr_summary(
            pa.table({"at": range(14), "y": values}), "y", "at", improvement=improvement
        ).to_pylist()
        assert (row["improvement"], row["concern"]) == counted
        assert row["points"] == 14
        assert not row["provisional"]
        assert row["value"] == points[0]["centre"]
        assert points[7]["variation"] == ("improvement" if improvement == "increase" else "concern")


COUNTED = st.lists(
    st.one_of(st.none(), st.tuples(st.integers(0, 30), st.integers(0, 40))), min_size=1, max_size=30
)


@settings(max_examples=25)
@given(COUNTED, st.sampled_from(list(CHARTS)), st.sampled_from([None, 2, 5]))
def test_every_chart_takes_any_counts(
    pairs: list[tuple[int, int] | None], chart: str, baseline: int | None
) -> None:
    table = pa.table(
        {
            "at": [n // (3 if chart in ("xbar", "s") else 1) for n in range(len(pairs))],
            "x": pa.array([None if pair is None else pair[0] for pair in pairs], pa.int64()),
            "n": pa.array([None if pair is None else pair[1] for pair in pairs], pa.int64()),
        }
    )
    of = "n" if chart in ("p", "p'", "u", "u'") else None
    rows = control_chart(
        table, "x", "at", chart=chart, denominator=of, baseline=baseline, rebase_after=[7]
    ).to_pylist()
    for row in rows:
        check(row)
        assert row["longest_run"] <= row["useful"] <= row["points"]
        assert row["crossings"] < max(row["useful"], 1)
        if chart in ("p", "p'") and row["upper"] is not None:
            assert 0 <= row["lower"] <= row["upper"] <= 1
        if chart == "run":
            assert row["upper"] is None


def test_centres_are_medians_means_and_pooled_shares() -> None:
    values = [3.0, 1, 4, 1, 5, 9, 2, 6]
    for chart, centre in (("run", 3.5), ("i", 3.875), ("c", 3.875), ("g", 3.5)):
        assert {row["centre"] for row in charted(control_chart, values, chart=chart)} == {centre}
    table = pa.table({"at": [1, 1, 2, 3], "x": [1, 2, 3, 4], "n": [10, 20, 30, 40]})
    rows = control_chart(table, "x", "at", chart="p", denominator="n", multiplier=100).to_pylist()
    assert [(row["at"], row["size"], row["value"]) for row in rows] == [
        (1, 30, 10), (2, 30, 10), (3, 40, 10)
    ]  # fmt: skip
    upper = 10 + 300 * math.sqrt(0.1 * 0.9 / 40)
    assert rows[2]["upper"] == pytest.approx(upper)


def test_points_left_out_give_the_limits_of_the_rest() -> None:
    values = [3.0, 1, 400, 1, 5, 9, 2, 6, 4, 8]
    for chart in ("run", "i", "mr", "c", "g", "t"):
        rows = charted(control_chart, values, chart=chart, exclude=[3])
        rest = charted(control_chart, values[:2] + values[3:], chart=chart)
        assert rows[0]["upper"] == rest[0]["upper"]
        assert rows[0]["longest_run"] == rest[0]["longest_run"]


def test_anhoejs_limits_are_those_of_the_published_table() -> None:
    # Anhøj and Olesen 2014, table 1: useful observations, longest run, fewest crossings.
    for useful, longest, fewest in ((10, 6, 2), (12, 7, 3), (20, 7, 6), (24, 8, 8), (60, 9, 23)):
        row = charted(control_chart, [1.0, 2.0] * (useful // 2), chart="run")[0]
        assert row["useful"] == useful
        assert (row["longest_run_max"], row["crossings_min"]) == (longest, fewest)
        assert row["crossings"] == useful - 1
    assert charted(control_chart, [1.0] * 9 + [2.0] * 9, chart="run")[0]["runs_signal"]


def test_all_kinds_of_table_give_the_same() -> None:
    table = pa.table({"place": ["a", "a", "b", "b"], "at": [2, 1, 1, 2], "y": [1, 2, 3, 5]})
    arrow = xmr(table, "y", "at", by=["place"])
    frame = xmr(table.to_pandas(), "y", "at", by=["place"])
    lazy = xmr(engine().table(table), "y", "at", by=["place"])
    assert engine().to_arrow(lazy).to_pylist() == arrow.to_pylist()
    assert list(frame["value"]) == arrow["value"].to_pylist() == [2, 1, 3, 5]


def test_a_wrong_call_is_refused_with_what_to_do() -> None:
    table = pa.table(
        {"at": [1, 2], "y": [1.0, 2.0], "on": [dt.date(2026, 1, 1)] * 2, "s": ["a"] * 2}
    )
    for message, asked in (
        (r"no column 'when'.*at, y, on, s", {"order": "when"}),
        ("holds string", {"value": "s"}),
        ("improvement='up' is not known", {"improvement": "up"}),
        ("cannot be compared with the column 'at'", {"rebase": "soon"}),
        ("does not name a series", {"rebase": {"a": 1}}),
        ("leaves no two points", {"baseline": 1}),
    ):
        with pytest.raises(FairpracticeError, match=message):
            xmr(table, **{"value": "y", "order": "at", **asked})
    with pytest.raises(FairpracticeError, match="has the name of a column of the result"):
        xmr(table.rename_columns(["value", "y", "on", "s"]), "y", "value")
    with pytest.raises(FairpracticeError, match="needs a denominator"):
        control_chart(table, "y", "at", chart="p")
    with pytest.raises(FairpracticeError, match="chart='x' is not known"):
        control_chart(table, "y", "at", chart="x")
