import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import (
    absolute_concentration_index,
    difference_between_groups,
    gini_coefficient,
    relative_concentration_index,
)
from tests.unit.statistics.asking import ask
from tests.unit.statistics.influence import linearised, ranks


NEAR = {"rel_tol": 1e-9, "abs_tol": 1e-9}
KINDS: list[tuple[Any, dict[str, Any]]] = [
    (relative_concentration_index, {"definition": "standard"}),
    (relative_concentration_index, {"definition": "modified", "lowest": -1}),
    (relative_concentration_index, {"definition": "conindex_modified", "lowest": -1}),
    (relative_concentration_index, {"definition": "wagstaff", "lowest": 0, "highest": 21}),
    (relative_concentration_index, {"definition": "extended", "aversion": 3.5}),
    (relative_concentration_index, {"definition": "symmetric", "aversion": 3.5}),
    (absolute_concentration_index, {"definition": "standard"}),
    (absolute_concentration_index, {"definition": "erreygers", "lowest": 0, "highest": 21}),
    (absolute_concentration_index, {"definition": "extended", "aversion": 3}),
    (absolute_concentration_index, {"definition": "symmetric", "aversion": 3}),
]
NAMES = [f"{s.__name__.partition('_')[0]}-{named['definition']}" for s, named in KINDS]
PEOPLE = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 6), st.integers(1, 9)), min_size=3, max_size=25
).filter(lambda rows: len({rank for _, rank, _ in rows}) > 1 and any(y for y, _, _ in rows))


def people(rows: list[tuple[int, int, int]]) -> dict[str, list[Any]]:
    y, rank, weight = map(list, zip(*rows, strict=True))
    return {"y": y, "rank": rank, "weight": [w / 2 for w in weight]}


def index(statistic: Any, data: dict[str, Any], **named: Any) -> dict[str, Any]:
    columns = ("y",) if statistic is gini_coefficient else ("y", "rank")
    (row,) = ask(statistic, data, *columns, **({"weight": "weight"} | named))
    return row


def written_out(statistic: Any, named: dict[str, Any]) -> Callable[..., float]:
    """Return an index as its paper defines it: h integrated over the ranks of each value of x."""
    definition, v = named["definition"], named.get("aversion", 2)
    a, b = named.get("lowest", 0), named.get("highest", math.inf)
    h = {
        "extended": lambda p: 1 - v * (1 - p) ** (v - 1),
        "symmetric": lambda p: v * 2 ** (v - 2) * abs(p - 0.5) ** (v - 2) * (p - 0.5),
    }.get(definition, lambda p: 2 * p - 1)
    generalised = {"extended": v ** (v / (v - 1)) / (v - 1), "symmetric": 4}.get(definition, 1)

    def calculate(y: np.ndarray, x: np.ndarray, w: np.ndarray) -> float:
        mean, area, reached = np.sum(w * y) / w.sum(), 0.0, 0.0
        for place in np.unique(x):
            at = x == place
            upto = reached + w[at].sum() / w.sum()
            points = [0.5] if reached < 0.5 < upto else None
            kernel = integrate.quad(h, reached, upto, points=points)[0]
            area += kernel * np.sum(w[at] * y[at]) / w[at].sum()
            reached = upto
        if statistic is absolute_concentration_index:
            return area * (4 / (b - a) if definition == "erreygers" else generalised)
        return area * {
            "modified": 1 / (mean - a),
            "conindex_modified": mean / (mean - a) ** 2,
            "wagstaff": (b - a) / ((b - mean) * (mean - a)) if b < math.inf else None,
        }.get(definition, 1 / mean)

    return calculate


@pytest.mark.parametrize(("statistic", "named"), KINDS, ids=NAMES)
@settings(max_examples=6)
@given(rows=PEOPLE)
def test_an_index_is_as_its_paper_defines_it(
    statistic: Any, named: dict[str, Any], rows: list[tuple[int, int, int]]
) -> None:
    data = people(rows)
    y, x, w = (np.array(data[name], float) for name in data)
    row = index(statistic, data, **named)
    expected = written_out(statistic, named)(y, x, w)
    assert math.isclose(row["value"], expected, rel_tol=1e-8, abs_tol=1e-8)
    assert math.isclose(row["population"], w.sum())
    assert math.isclose(row["mean"], np.sum(w * y) / w.sum(), abs_tol=1e-12)


@pytest.mark.parametrize(("statistic", "named"), KINDS, ids=NAMES)
@pytest.mark.parametrize("design", [(), ("stratum",), ("cluster",), ("stratum", "cluster")])
def test_the_standard_error_is_that_of_the_influence_of_each_row(
    statistic: Any, named: dict[str, Any], design: tuple[str, ...]
) -> None:
    random = np.random.default_rng(5)
    size = 40
    data: dict[str, Any] = {
        "y": random.integers(0, 20, size).astype(float),
        "rank": random.integers(1, 9, size),
        "weight": random.uniform(0.5, 3, size),
        "stratum": np.repeat(["north", "south"], size // 2),
        "cluster": [f"practice {n // 4 % 5}" for n in range(size)],
    }
    calculate = written_out(statistic, named)
    y, x = data["y"], data["rank"].astype(float)
    survey = {name: data[name] for name in design}
    expected = linearised(lambda w: calculate(y, x, w), data["weight"], **survey)
    row = index(statistic, data, **named, **{name: name for name in design})
    assert math.isclose(row["standard_error"], expected, rel_tol=1e-5)
    assert math.isclose(row["upper"] - row["value"], 1.959964 * expected, rel_tol=1e-5)


@settings(max_examples=4)
@given(PEOPLE, st.randoms(), st.integers(2, 9))
def test_order_and_splitting_change_nothing_and_turning_round_turns_the_sign(
    rows: list[tuple[int, int, int]], random: Any, times: int
) -> None:
    data = people(rows)
    shuffled = people(random.sample(rows, len(rows)))
    split = {
        "y": data["y"] * 2,
        "rank": data["rank"] * 2,
        "weight": [w * part for part in (0.25, 0.75) for w in data["weight"]],
    }
    turned = {**data, "rank": [-rank for rank in data["rank"]]}
    scaled = {**data, "y": [y * times for y in data["y"]]}
    moved = {**data, "y": [y + times for y in data["y"]]}
    for statistic, named in (KINDS[0], KINDS[6]):
        row = index(statistic, data, **named)
        same = index(statistic, shuffled, **named)
        assert math.isclose(row["value"], same["value"], **NEAR)
        assert math.isclose(row["standard_error"], same["standard_error"], **NEAR)
        assert math.isclose(row["value"], index(statistic, split, **named)["value"], **NEAR)
        for other in (
            index(statistic, turned, **named),
            index(statistic, data, **named, direction="towards_most_deprived"),
            index(statistic, data, **named, lowest_rank="least_deprived"),
        ):
            assert math.isclose(row["value"], -other["value"], **NEAR)
            assert math.isclose(row["standard_error"], other["standard_error"], **NEAR)
    relative, absolute = (index(statistic, data, **named) for statistic, named in KINDS[:7:6])
    assert abs(relative["value"]) <= 1
    assert math.isclose(
        index(KINDS[0][0], scaled, **KINDS[0][1])["value"], relative["value"], **NEAR
    )
    scaled_absolute = index(KINDS[6][0], scaled, **KINDS[6][1])
    assert math.isclose(scaled_absolute["value"], times * absolute["value"], **NEAR)
    assert math.isclose(
        index(KINDS[6][0], moved, **KINDS[6][1])["value"], absolute["value"], **NEAR
    )


@settings(max_examples=6)
@given(PEOPLE)
def test_those_with_and_those_without_mirror_each_other(rows: list[tuple[int, int, int]]) -> None:
    data = people(rows)
    without = {**data, "y": [20 - y for y in data["y"]]}
    for statistic, definition in (
        (absolute_concentration_index, "erreygers"),
        (relative_concentration_index, "wagstaff"),
    ):
        both = [
            index(statistic, of, definition=definition, lowest=0, highest=20)
            for of in (data, without)
        ]
        if both[0]["status"] != "zero_denominator":
            assert math.isclose(both[0]["value"], -both[1]["value"], **NEAR)
            assert math.isclose(both[0]["standard_error"], both[1]["standard_error"], **NEAR)


@settings(max_examples=6)
@given(PEOPLE)
def test_gini_is_half_the_mean_difference_over_the_mean(rows: list[tuple[int, int, int]]) -> None:
    data = people(rows)
    y, w = (np.array(data[name], float) for name in ("y", "weight"))
    pairs = w[:, None] * w[None, :] * np.abs(y[:, None] - y[None, :])
    expected = pairs.sum() / (2 * w.sum() * np.sum(w * y))
    row = index(gini_coefficient, data)
    assert math.isclose(row["value"], expected, **NEAR)
    assert 0 <= row["value"] < 1


def test_errors_of_groups_are_carried_over_in_closed_form() -> None:
    random = np.random.default_rng(8)
    data = {"y": [30.0, 34, 41, 40, 52], "rank": [1, 2, 3, 4, 5], "weight": [90, 120, 100, 80, 110]}
    se = np.array([2.0, 1.5, 2.5, 1.0, 2.0])
    drawn = np.array(data["y"]) + se * random.standard_normal((200_000, 5))
    w = np.array(data["weight"], float)
    at = ranks(np.arange(5), w)
    area = (drawn * w * (2 * at - 1)).sum(axis=1) / w.sum()
    for statistic, many in (
        (absolute_concentration_index, area),
        (relative_concentration_index, area / ((drawn * w).sum(axis=1) / w.sum())),
    ):
        row = index(statistic, {**data, "se": se}, definition="standard", standard_error="se")
        assert math.isclose(row["standard_error"], many.std(), rel_tol=0.02)


@pytest.mark.parametrize(
    ("errors", "draw"),
    [
        ("linearised", lambda random, x: random.gamma(2, 1 + x)),
        ("linearised", lambda random, x: (random.random(len(x)) < 0.2 + 0.3 * x).astype(float)),
    ],
)
def test_limits_cover_the_truth_as_often_as_they_say(errors: Any, draw: Any) -> None:
    random = np.random.default_rng(21)
    samples, size = 400, 250
    x = random.random(samples * size)
    data = {"sample": np.repeat(np.arange(samples), size), "rank": x, "y": draw(random, x)}
    many = random.random(2_000_000)
    y = draw(random, many)
    truth = 2 * np.mean(y * (many - 0.5)) / y.mean()
    rows = ask(
        relative_concentration_index, data, "y", "rank",
        definition="standard", errors=errors, by=["sample"],
    )  # fmt: skip
    covered = np.mean([row["lower"] <= truth <= row["upper"] for row in rows])
    assert abs(covered - 0.95) < 3.5 * math.sqrt(0.95 * 0.05 / samples)


def test_millions_are_added_up_before_they_are_looked_at() -> None:
    count = np.arange(1_000_000)
    data = {"rank": count % 100, "y": count * 7919 % 1000, "place": count % 3}
    rows = ask(relative_concentration_index, data, "y", "rank", definition="standard", by=["place"])
    assert [row["rows"] for row in rows] == [333_334, 333_333, 333_333]
    one = {name: column[data["place"] == 0] for name, column in data.items()}
    expected = 2 * np.cov(one["y"], ranks_of_many(one["rank"]), ddof=0)[0, 1] / one["y"].mean()
    assert math.isclose(rows[0]["value"], expected, rel_tol=1e-9)


def ranks_of_many(x: np.ndarray) -> np.ndarray:
    _, at, count = np.unique(x, return_inverse=True, return_counts=True)
    return ((np.cumsum(count) - count / 2) / len(x))[at]


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"y": [1, None, 3, 4]}, "missing_input"),
        ({"rank": [1, None, 3, 4]}, "missing_input"),
        ({"weight": [1, None, 3, 4]}, "missing_input"),
        ({"weight": [1, -1, 3, 4]}, "invalid_input"),
        ({"y": [1.0, math.inf, 3.0, 4.0]}, "invalid_input"),
        ({"weight": [0, 0, 0, 0]}, "zero_denominator"),
        ({"y": [0, 0, 0, 0]}, "zero_denominator"),
        ({"y": [-1, 2, 3, 4]}, "outside_scale"),
        ({"rank": [2, 2, 2, 2]}, "incomplete_groups"),
        ({"y": [7, 7, 7, 7]}, "no_limits"),
        ({"y": [1e9, 2e9, 3e9, 5e9], "weight": [1e9, 1e9, 1e9, 1e9]}, "ok"),
        ({"rank": [1, 1, 2, 2]}, "ok"),
    ],
)
def test_one_bad_place_says_why_and_stops_no_other(
    change: dict[str, list[Any]], status: str
) -> None:
    good: dict[str, list[Any]] = {"y": [1, 2, 2, 4], "rank": [1, 2, 3, 4], "weight": [1, 2, 1, 2]}
    bad = {**good, **change}
    data = {"place": ["bad"] * 4 + ["good"] * 4, **{name: bad[name] + good[name] for name in bad}}
    for statistic in (relative_concentration_index, absolute_concentration_index):
        rows = ask(
            statistic, data, "y", "rank", definition="standard", weight="weight", by=["place"]
        )
        assert rows[1]["status"] == "ok"
        absolute = statistic is absolute_concentration_index
        if not (absolute and status in ("zero_denominator", "outside_scale")):
            assert rows[0]["status"] == status


def test_no_rows_and_one_row() -> None:
    nothing: dict[str, list[float]] = {"y": [], "rank": []}
    (row,) = ask(relative_concentration_index, {"y": [1.0], "rank": [1]}, "y", "rank",
                 definition="standard")  # fmt: skip
    assert row["status"] == "incomplete_groups"
    (row,) = ask(gini_coefficient, {"y": [3.0]}, "y")
    assert (row["value"], row["status"]) == (0.0, "no_limits")
    table = pa.table(nothing, schema=pa.schema([("y", pa.float64()), ("rank", pa.float64())]))
    (row,) = relative_concentration_index(table, "y", "rank", definition="standard").to_pylist()
    assert row["status"] == "zero_denominator"
    by_place = table.append_column("place", pa.array([], pa.string()))
    empty = relative_concentration_index(by_place, "y", "rank", definition="standard", by=["place"])
    assert empty.num_rows == 0


def test_a_stratum_of_one_cluster_has_no_limits() -> None:
    data = {"y": [1, 2, 3, 4], "rank": [1, 2, 3, 4], "s": [1, 1, 2, 2], "c": [1, 1, 2, 3]}
    (row,) = ask(relative_concentration_index, data, "y", "rank",
                 definition="standard", stratum="s", cluster="c")  # fmt: skip
    assert row["status"] == "no_limits"


def test_groups_are_compared_with_one_of_them() -> None:
    data = {
        "sex": ["F", "M", "X"], "value": [0.1, 0.25, None], "standard_error": [0.03, 0.04, 0.1]
    }  # fmt: skip
    rows = ask(difference_between_groups, {k: v[:2] for k, v in data.items()}, "sex", "F")
    assert [row["status"] for row in rows] == ["no_limits", "ok"]
    assert math.isclose(rows[1]["value"], 0.15)
    assert math.isclose(rows[1]["standard_error"], 0.05)
    assert math.isclose(rows[1]["p_value"], 0.0026997960632601866)
    # Two groups: the test of all of them is the test of the two.
    assert math.isclose(rows[1]["all_equal_p_value"], rows[1]["p_value"])
    statuses = [row["status"] for row in ask(difference_between_groups, data, "sex", "F")]
    assert statuses == ["no_limits", "ok", "missing_input"]
    alone = ask(difference_between_groups, data, "sex", "nobody")
    assert {row["status"] for row in alone} == {"incomplete_groups"}
    twice = {name: [*values, values[0]] for name, values in data.items()}
    again = ask(difference_between_groups, twice, "sex", "F")
    assert {row["status"] for row in again} == {"invalid_input"}


def test_a_call_that_cannot_be_meant_is_refused() -> None:
    data = {"y": [1, 2], "rank": [1, 2]}
    for wrong, message in [
        ({"definition": "best"}, "definition"),
        ({"definition": "wagstaff"}, "both bounds"),
        ({"definition": "modified"}, "lower bound"),
        ({"definition": "wagstaff", "lowest": 1, "highest": 0}, "not in order"),
        ({"definition": "extended", "aversion": 1}, "aversion"),
        ({"definition": "extended", "errors": "regression"}, "extended"),
        ({"errors": "group_errors"}, "standard_error="),
        ({"errors": "clustered"}, "clusters"),
        ({"errors": "none"}, "errors"),
        ({"direction": "up"}, "direction"),
        ({"weight": "nobody"}, "no column 'nobody'"),
        ({"by": ["value"]}, "no column"),
    ]:
        with pytest.raises(FairpracticeError, match=message):
            ask(relative_concentration_index, data, "y", "rank",
                **{"definition": "standard", **wrong})  # fmt: skip
