"""Funnels: against tails added up and roots searched for, and with awkward units."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import funnel, funnel_lines
from fairpractice.statistics.funnel_scales import KINDS, SCALES, whole_numbers
from tests.unit.statistics import slow
from tests.unit.statistics.asking import engine


Rows = list[dict[str, Any]]
LEVELS = (0.95, 0.998)
COUNTS = st.integers(0, 10**6)
PAIRS = st.lists(st.tuples(COUNTS, COUNTS), min_size=1, max_size=25)
ODD = st.one_of(st.none(), st.sampled_from([math.nan, math.inf, -1.0, 0.0, 1e80]), COUNTS)


def drawn(pairs: Sequence[tuple[Any, Any]], **asked: Any) -> Rows:
    x, n = ([None if v is None else float(v) for v in side] for side in zip(*pairs, strict=True))
    table = pa.table(
        {"unit": range(len(pairs)), "x": pa.array(x, pa.float64()), "n": pa.array(n, pa.float64())}
    )
    asked = {"kind": "proportion", "levels": LEVELS, **asked}
    rows: Rows = funnel(table, "x", "n", **asked).to_pylist()
    for row in rows:
        holds(row)
    return rows


def holds(row: dict[str, Any]) -> None:
    """Check what holds of every row of a funnel: a value may well lie outside its limits."""
    for value in row.values():
        assert not isinstance(value, float) or math.isfinite(value)
    assert (row["reason"] is None) == (row["status"] == "ok")
    assert (row["value"] is None) == (row["status"] not in ("ok", "no_limits"))
    if row["status"] != "ok" or row["confidence"] is None:
        assert row["lower"] is row["upper"] is row["position"] is None
        return
    assert row["lower"] <= row["upper"]
    sides = (row["value"] < row["lower"], row["value"] > row["upper"])
    assert row["position"] == {(1, 0): "low", (0, 1): "high"}.get(sides, "within")


@settings(max_examples=60)
@given(st.integers(0, 400), st.floats(0.01, 500), st.sampled_from(LEVELS))
def test_a_ratio_is_outside_when_its_tail_is_too_small(x: int, e: float, level: float) -> None:
    [row] = drawn([(x, e)], kind="ratio", levels=[level])
    tail = (1 - level) / 2
    few, many = stats.poisson.cdf(x, e), stats.poisson.sf(x - 1, e)
    if min(abs(few - tail), abs(many - tail)) > 1e-9:
        expected = "low" if few < tail else "high" if many < tail else "within"
        assert row["position"] == expected
    [same] = drawn([(x, e)], kind="excess", levels=[level], multiplier=100)
    assert same["position"] == row["position"]
    assert same["value"] == pytest.approx(100 * (row["value"] - 1))


@settings(max_examples=20)
@given(st.floats(8, 2000), st.sampled_from(LEVELS))
def test_the_lines_go_through_the_limits_of_each_size(e: float, level: float) -> None:
    [row] = drawn([(1, e)], kind="ratio", levels=[level])
    table = pa.table({"x": [1.0], "n": [e]})
    x = [row["lower"] * e, row["upper"] * e]
    lines = funnel_lines(table, "x", "n", kind="ratio", levels=[level], at=x).to_pylist()
    if row["lower"] > 0:
        assert lines[0]["lower_size"] == pytest.approx(e, rel=1e-6)
        assert lines[0]["lower"] == pytest.approx(row["lower"], rel=1e-6)
    assert lines[1]["upper_size"] == pytest.approx(e, rel=1e-6)


@settings(max_examples=30)
@given(PAIRS)
def test_a_proportion_is_outside_where_its_wilson_interval_leaves_the_baseline_out(
    pairs: list[tuple[int, int]],
) -> None:
    pairs = [(min(pair), max(pair)) for pair in pairs if max(pair) > 0] or [(1, 2)]
    share = sum(x for x, _ in pairs) / sum(n for _, n in pairs)
    for row in drawn(pairs):
        lower, upper = slow.wilson(row["numerator"], row["denominator"], row["confidence"])
        assert row["baseline"] == pytest.approx(share)
        if min(abs(lower - share), abs(upper - share)) > 1e-7:
            position = "low" if upper < share else "high" if lower > share else "within"
            assert row["position"] == position


def plainly_overdispersed(
    z: np.ndarray, error: np.ndarray, method: str, trim: float
) -> tuple[float, float]:
    """Return phi and tau² of one funnel, as the papers write them."""
    if method == "winsorised":
        kept = np.clip(z, *np.quantile(z, [trim, 1 - trim]))
    else:
        share = stats.rankdata(z) / (len(z) + 1)
        inside = (share >= trim) & (share < 1 - trim)
        kept, error = z[inside], error[inside]
    m, w = len(kept), error**-2.0
    phi = float(np.mean(kept**2))
    tau2 = (m * phi - (m - 1)) / (w.sum() - (w**2).sum() / w.sum())
    return phi, max(0.0, float(tau2))


@settings(max_examples=30)
@given(
    st.lists(st.tuples(st.integers(1, 300), st.integers(1, 300)), min_size=12, max_size=30),
    st.sampled_from(["winsorised", "truncated"]),
    st.sampled_from([0.05, 0.1, 0.2]),
)
def test_overdispersion_is_that_of_the_plain_version(
    pairs: list[tuple[int, int]], method: str, trim: float
) -> None:
    rows = drawn(pairs, kind="ratio", overdispersion=method, trim=trim, levels=[0.95])
    x, e = (np.array(side, dtype=float) for side in zip(*pairs, strict=True))
    error = e**-0.5
    phi, tau2 = plainly_overdispersed(np.log(x / e) / error, error, method, trim)
    for row, s in zip(rows, error, strict=True):
        assert row["phi"] == pytest.approx(phi)
        assert row["tau2"] == pytest.approx(tau2, abs=1e-12)
        assert row["upper"] == pytest.approx(math.exp(slow.z(0.95) * math.sqrt(s**2 + tau2)))


def test_two_funnels_are_each_their_own() -> None:
    random = np.random.default_rng(5)
    table = pd.DataFrame(
        {
            "sex": random.permutation(np.repeat([1, 2], 30)),
            "unit": np.arange(60),
            "x": random.poisson(40, 60),
            "n": random.integers(30, 50, 60),
        }
    )
    asked: dict[str, Any] = {"kind": "ratio_of_counts", "overdispersion": "winsorised"}
    together = funnel(table, "x", "n", by=["sex"], **asked)
    assert together["unit"].tolist() == np.repeat(np.arange(60), 2).tolist(), "in their order"
    for sex, rows in table.groupby("sex"):
        alone = funnel(rows, "x", "n", **asked)
        found = together[together["sex"] == sex].reset_index(drop=True)
        pd.testing.assert_frame_equal(found, alone)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(ODD, ODD), min_size=1, max_size=12),
    st.sampled_from([kind for kind in KINDS if kind != "directly_standardised_rate"]),
    st.sampled_from([None, "winsorised", "truncated"]),
)
def test_odd_units_never_raise_and_never_count(
    pairs: list[tuple[Any, Any]], kind: str, overdispersion: str | None
) -> None:
    if overdispersion and kind == "rate":
        overdispersion = None
    rows = drawn(pairs, kind=kind, overdispersion=overdispersion, levels=[0.95])
    stand = [pair for pair, row in zip(pairs, rows, strict=True) if row["value"] is not None]
    if stand:
        alone = drawn(stand, kind=kind, overdispersion=overdispersion, levels=[0.95])
        kept = [row for row in rows if row["value"] is not None]
        for one, other in zip(kept, alone, strict=True):
            assert {**one, "unit": 0} == {**other, "unit": 0}
    x, n = ([None if v is None else float(v) for v in side] for side in zip(*pairs, strict=True))
    table = pa.table({"x": pa.array(x, pa.float64()), "n": pa.array(n, pa.float64())})
    for row in funnel_lines(table, "x", "n", kind=kind, overdispersion=overdispersion).to_pylist():
        for name, value in row.items():
            assert not isinstance(value, float) or math.isfinite(value), name


def test_a_rate_of_few_events_is_not_shown_yet_counts_for_the_whole() -> None:
    table = pa.table({"x": [9, 20, 31], "n": [1, 1, 1], "rate": [90.0, 100.0, 155.0]})
    asked = {"kind": "directly_standardised_rate", "rate": "rate", "multiplier": 1000}
    rows = funnel(table, "x", "n", **asked, levels=[0.95]).to_pylist()
    assert [row["status"] for row in rows] == ["too_few_events", "ok", "ok"]
    assert rows[1]["baseline"] == pytest.approx(1000 * 60 / (100 + 200 + 200))
    assert [row["size"] for row in rows] == [None, 200, 200]
    missing = table.set_column(2, "rate", pa.array([None, 100.0, None], pa.float64()))
    rows = funnel(missing, "x", "n", **asked, levels=[0.95]).to_pylist()
    assert [row["status"] for row in rows] == ["too_few_events", "ok", "invalid_input"]


def test_chance_alone_puts_as_many_units_outside_as_it_should() -> None:
    random = np.random.default_rng(11)
    e = random.uniform(20, 400, 20_000)
    table = pa.table({"x": random.poisson(e), "n": e})
    rows = funnel(table, "x", "n", kind="ratio", levels=[0.95]).column("position").to_numpy()
    # Discrete tails are at most the level; at these sizes close to it.
    assert 0.035 < np.mean(rows != "within") < 0.0525
    between = np.exp(random.normal(0, 0.2, 20_000))
    spread = pa.table({"x": random.poisson(e * between), "n": e})
    wide = {"kind": "ratio", "overdispersion": "winsorised", "levels": [0.95]}
    whole = funnel(spread, "x", "n", **wide, trim=0)
    assert 0.035 < np.mean(whole.column("position").to_numpy() != "within") < 0.065
    # Drawing a tenth in at either end takes some of the variation for outlying.
    drawn_in = funnel(spread, "x", "n", **wide)
    assert 0.08 < np.mean(drawn_in.column("position").to_numpy() != "within") < 0.16
    narrow = funnel(spread, "x", "n", kind="ratio", levels=[0.95])
    assert np.mean(narrow.column("position").to_numpy() != "within") > 0.3


def test_every_scale_has_a_way_back() -> None:
    values = np.array([0.05, 0.2, 0.5, 0.9])
    for scale in SCALES.values():
        np.testing.assert_allclose(scale.back(scale.to(values)), values)
    for kind in KINDS.values():
        assert set(kind.scales) <= set(SCALES)


@given(st.floats(1, 1e4), st.floats(1.01, 1e3), st.integers(2, 200))
def test_places_along_a_funnel_rise_to_its_end(low: float, ratio: float, count: int) -> None:
    places = whole_numbers(low, low * ratio, count)
    assert (np.diff(places) >= 1).all()
    assert len(places) <= count
    assert (places == np.round(places)).all()
    assert places[-1] >= min(math.floor(low * ratio), places[0] + count - 1)


def test_a_line_has_no_more_places_than_its_funnel_needs() -> None:
    table = pa.table({"x": [3, 40], "n": [100, 500]})
    rows = funnel_lines(table, "x", "n", kind="proportion", levels=[0.95]).to_pylist()
    assert rows[0]["at"] == 1
    assert 500 <= rows[-1]["at"] <= 530
    assert len(rows) <= 100
    assert all(0 <= row["lower"] <= row["baseline"] <= row["upper"] <= 1 for row in rows)
    nothing = funnel_lines(table.slice(0, 0), "x", "n", kind="proportion")
    assert nothing.num_rows == 0
    assert nothing.column_names == list(rows[0])


def test_all_kinds_of_table_give_the_same() -> None:
    table = pa.table({"unit": ["a", "b"], "x": [1, 9], "n": [10, 20]})
    arrow = funnel(table, "x", "n", kind="proportion").to_pylist()
    lazy = engine().to_arrow(funnel(engine().table(table), "x", "n", kind="proportion"))
    assert sorted(lazy.to_pylist(), key=str) == sorted(arrow, key=str)
    assert len(funnel(table.to_pandas(), "x", "n", kind="proportion")) == 4
    assert len(funnel(table, "x", "n", kind="proportion", levels=())) == 2


def test_a_wrong_call_is_refused_with_what_to_do() -> None:
    table = pa.table({"x": [1], "n": [2], "value": [1]})
    for message, asked in (
        ("kind='share' is not known", {"kind": "share"}),
        ("scale of a ratio='score'", {"kind": "ratio", "scale": "score"}),
        (
            "Overdispersion cannot be added to a rate",
            {"kind": "rate", "overdispersion": "truncated"},
        ),
        (
            "on the scale 'poisson'",
            {"kind": "ratio", "scale": "poisson", "overdispersion": "truncated"},
        ),
        ("overdispersion='wide' is not known", {"kind": "ratio", "overdispersion": "wide"}),
        ("trim=0.5 leaves no unit", {"kind": "ratio", "trim": 0.5}),
        ("rate= belongs to", {"kind": "directly_standardised_rate"}),
        ("rate= belongs to", {"kind": "rate", "rate": "x"}),
        ("95 is not a confidence level", {"kind": "ratio", "levels": [95]}),
        ("has the name of a column of the result", {"kind": "ratio"}),
    ):
        with pytest.raises(FairpracticeError, match=message):
            funnel(table, "x", "n", **asked)
