import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import (
    decomposed_change_in_concentration_index,
    decomposed_change_in_mean,
    decomposed_concentration_index,
    relative_concentration_index,
)
from tests.unit.statistics.asking import ask
from tests.unit.statistics.influence import linearised, ranks


DEFINITIONS: list[dict[str, Any]] = [
    {"definition": "relative"},
    {"definition": "absolute"},
    {"definition": "erreygers", "lowest": 0, "highest": 40},
    {"definition": "wagstaff", "lowest": 0, "highest": 40},
]


def sample(seed: int, size: int = 60, more: float = 0.0) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    rank = random.integers(0, 12, size).astype(float)
    smokes = (random.random(size) < 0.5 - rank / 40).astype(float)
    age = random.normal(50 + rank, 8)
    return {
        "y": 8 + (2 + more) * smokes + 0.1 * age + random.normal(0, 1, size),
        "rank": rank,
        "smokes": smokes,
        "age": age,
        "w": random.uniform(0.5, 2, size),
        "stratum": np.repeat(["a", "b"], size // 2),
        "cluster": np.arange(size) // 3 % 10,
    }


def pieces(data: dict[str, Any], w: np.ndarray, definition: str = "relative") -> dict[str, Any]:
    """Return contributions, elasticities and indices by textbook formulas."""
    y, mean = data["y"], np.sum(w * data["y"]) / w.sum()
    x = np.column_stack([np.ones_like(y), data["smokes"], data["age"]])
    beta = np.linalg.solve(x.T @ (x * w[:, None]), x.T @ (w * y))[1:]
    at = ranks(data["rank"], w)

    def area(of: np.ndarray) -> float:
        return float(2 * np.sum(w * (at - 0.5) * of) / w.sum())

    factor = {
        "relative": 1 / mean,
        "absolute": 1.0,
        "erreygers": 4 / 40,
        "wagstaff": 40 / ((40 - mean) * mean),
    }[definition]
    areas = np.array([area(data["smokes"]), area(data["age"])])
    means = np.array([np.sum(w * data[name]) / w.sum() for name in ("smokes", "age")])
    each, total = factor * beta * areas, factor * area(y)
    return {
        "parts": [*each, total - each.sum(), total],
        "elasticity": beta * means / mean,
        "index": areas / means,
    }


@pytest.mark.parametrize("named", DEFINITIONS, ids=lambda named: named["definition"])
@pytest.mark.parametrize("design", [(), ("stratum", "cluster")])
def test_contributions_and_their_errors_are_the_textbooks(
    named: dict[str, Any], design: tuple[str, ...]
) -> None:
    data = sample(3)
    survey = {name: data[name] for name in design}
    expected = pieces(data, data["w"], named["definition"])
    rows = ask(
        decomposed_concentration_index, data, "y", "rank", ["smokes", "age"],
        weight="w", **named, **{name: name for name in design},
    )  # fmt: skip
    assert [row["factor"] for row in rows] == ["smokes", "age", "unexplained", "total"]
    np.testing.assert_allclose([row["value"] for row in rows], expected["parts"], rtol=1e-8)
    np.testing.assert_allclose([row["elasticity"] for row in rows[:2]], expected["elasticity"])
    np.testing.assert_allclose([row["factor_index"] for row in rows[:2]], expected["index"])
    assert math.isclose(sum(row["share"] for row in rows[:3]), 1)
    for n, row in enumerate(rows):
        error = linearised(
            lambda w, n=n: pieces(data, w, named["definition"])["parts"][n], data["w"], **survey
        )
        assert math.isclose(row["standard_error"], error, rel_tol=1e-4)


def test_turning_the_ranking_round_turns_every_sign() -> None:
    data = sample(4)
    named = {"definition": "relative", "weight": "w"}
    rows = ask(decomposed_concentration_index, data, "y", "rank", ["smokes", "age"], **named)
    turned = ask(
        decomposed_concentration_index, data, "y", "rank", ["smokes", "age"],
        direction="towards_most_deprived", **named,
    )  # fmt: skip
    for row, other in zip(rows, turned, strict=True):
        assert math.isclose(row["value"], -other["value"], abs_tol=1e-12)
        assert math.isclose(row["standard_error"], other["standard_error"], rel_tol=1e-9)
        assert row["elasticity"] == other["elasticity"]


def test_a_change_of_the_index_is_the_sum_of_its_effects() -> None:
    early, late = sample(5), sample(6, more=3)
    data = {
        "year": np.repeat([2024, 2025], 60),
        **{name: np.concatenate([early[name], late[name]]) for name in early},
    }
    rows = ask(
        decomposed_change_in_concentration_index, data, "y", "rank", ["smokes", "age"],
        date="year", weight="w",
    )  # fmt: skip
    one, two = (pieces(of, of["w"]) for of in (early, late))
    inequality = two["elasticity"] * (two["index"] - one["index"])
    elasticity = one["index"] * (two["elasticity"] - one["elasticity"])
    change = [b - a for a, b in zip(one["parts"], two["parts"], strict=True)]
    expected = [inequality[0], elasticity[0], inequality[1], elasticity[1], *change[2:]]
    np.testing.assert_allclose([row["value"] for row in rows], expected, rtol=1e-8)
    assert math.isclose(sum(expected[:-1]), expected[-1])
    # Each date is a sample of its own: a change of weights at one leaves the other alone.
    weights = [early["w"], late["w"]]
    for n, effect in [(0, "inequality"), (1, "elasticity")]:

        def effects(w: np.ndarray, at: int, effect: str = effect) -> float:
            both = [w if at == k else weights[k] for k in (0, 1)]
            a, b = pieces(early, both[0]), pieces(late, both[1])
            if effect == "inequality":
                return float(b["elasticity"][0] * (b["index"][0] - a["index"][0]))
            return float(a["index"][0] * (b["elasticity"][0] - a["elasticity"][0]))

        errors = [linearised(lambda w, at=at: effects(w, at), weights[at]) for at in (0, 1)]
        assert math.isclose(rows[n]["standard_error"], math.hypot(*errors), rel_tol=1e-4)
    total = ask(
        relative_concentration_index, data, "y", "rank",
        definition="standard", weight="w", by=["year"],
    )  # fmt: skip
    assert math.isclose(rows[-1]["value"], total[1]["value"] - total[0]["value"])
    error = math.hypot(*(row["standard_error"] for row in total))
    assert math.isclose(rows[-1]["standard_error"], error, rel_tol=1e-9)


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"y": None}, "missing_input"),
        ({"smokes": None}, "missing_input"),
        ({"y": math.inf}, "invalid_input"),
        ({"w": -1.0}, "invalid_input"),
        ({"y": -1.0}, "outside_scale"),
    ],
)
def test_one_bad_place_says_why_and_stops_no_other(change: dict[str, Any], status: str) -> None:
    data = pd.DataFrame({**sample(7), "place": ["bad"] * 20 + ["good"] * 40})
    for name, given in change.items():
        data[name] = data[name].astype(object)
        data.loc[3, name] = given
        data[name] = data[name].astype(float)
    rows = decomposed_concentration_index(
        data, "y", "rank", ["smokes", "age"], definition="relative", weight="w", by=["place"]
    )
    assert set(rows["status"][rows["place"] == "bad"]) == {status}
    assert set(rows["status"][rows["place"] == "good"]) == {"ok"}


def test_factors_that_determine_one_another_have_no_contributions() -> None:
    data = {**sample(8), "twice": 2 * sample(8)["age"], "same": np.ones(60)}
    for factors in (["age", "twice"], ["same"]):
        rows = ask(
            decomposed_concentration_index, data, "y", "rank", factors, definition="relative"
        )
        assert {row["status"] for row in rows} == {"invalid_input"}
    rows = ask(decomposed_change_in_concentration_index, data, "y", "rank", ["age"], date="same")
    assert {row["status"] for row in rows} == {"incomplete_groups"}


YEARS = {
    "group": ["young", "old", "young", "old"],
    "year": [2024, 2024, 2025, 2025],
    "n": [100, 300, 200, 200],
    "x": [10, 90, 30, 60],
}


def test_a_change_of_a_mean_is_of_people_and_of_rates() -> None:
    rows = ask(decomposed_change_in_mean, YEARS, "group", "n", date="year", events="x")
    assert [row["effect"] for row in rows] == ["composition", "rates", "total"]
    # Shares move by a quarter towards the young; their rate rises by 0.05, the other stays.
    composition = 0.25 * (0.1 + 0.15) / 2 - 0.25 * 0.3
    rates = 0.05 * (0.25 + 0.5) / 2
    np.testing.assert_allclose(
        [row["value"] for row in rows], [composition, rates, composition + rates]
    )
    variance = sum(
        share**2 * p * (1 - p) / n
        for share, p, n in [(0.25, 0.1, 100), (0.75, 0.3, 300), (0.5, 0.15, 200), (0.5, 0.3, 200)]
    )
    assert math.isclose(rows[2]["standard_error"], math.sqrt(variance))
    assert math.isclose(rows[2]["later"] - rows[2]["earlier"], rows[2]["value"])
    assert rows[0]["smallest_cell"] == 10


def test_rows_of_one_group_are_added_up_and_the_turned_dates_turn_the_sign() -> None:
    split = {
        "group": ["young", "young", "old", "young", "old"],
        "year": [2024, 2024, 2024, 2025, 2025],
        "n": [40, 60, 300, 200, 200],
        "x": [4, 6, 90, 30, 60],
    }
    turned = {**YEARS, "year": [2 * 2024 + 1 - year for year in YEARS["year"]]}
    asked = {"date": "year", "events": "x"}
    rows = ask(decomposed_change_in_mean, YEARS, "group", "n", **asked)
    assert ask(decomposed_change_in_mean, split, "group", "n", **asked) == rows
    for row, other in zip(
        rows, ask(decomposed_change_in_mean, turned, "group", "n", **asked), strict=True
    ):
        assert math.isclose(row["value"], -other["value"])
        assert math.isclose(row["standard_error"], other["standard_error"])


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"x": [10, None, 30, 60]}, "missing_input"),
        ({"n": [100, None, 200, 200]}, "missing_input"),
        ({"x": [101, 90, 30, 60]}, "invalid_input"),
        ({"n": [0, 0, 0, 0], "x": [0, 0, 0, 0]}, "zero_denominator"),
        ({"n": [0, 300, 200, 200], "x": [0, 90, 30, 60]}, "incomplete_groups"),
        ({"year": [2024] * 4, "group": ["a", "b", "c", "d"]}, "incomplete_groups"),
        ({"group": ["young", "old", "young", "middle"]}, "incomplete_groups"),
        ({"group": [None, "old", None, "old"]}, "ok"),
    ],
)
def test_a_bad_change_says_why(change: dict[str, list[Any]], status: str) -> None:
    bad = {**YEARS, **change}
    data = {"place": ["bad"] * 4 + ["good"] * 4, **{n: bad[n] + YEARS[n] for n in bad}}
    rows = ask(decomposed_change_in_mean, data, "group", "n", date="year", events="x", by=["place"])
    assert [row["status"] for row in rows] == [status] * 3 + ["ok"] * 3


def test_a_call_that_cannot_be_meant_is_refused() -> None:
    data = sample(9)
    for wrong, message in [
        ({"factors": []}, "Factors"),
        ({"factors": ["age", "age"]}, "Factors"),
        ({"factors": ["total"]}, "Factors"),
        ({"definition": "gini"}, "definition"),
        ({"definition": "erreygers"}, "both bounds"),
        ({"multiplier": 0}, "multiplier"),
    ]:
        named = {"factors": ["age"], "definition": "relative", **wrong}
        with pytest.raises(FairpracticeError, match=message):
            ask(decomposed_concentration_index, data, "y", "rank", **named)
    for named, message in [
        ({}, "counts or from values"),
        ({"value": "x"}, "uncertainty"),
        ({"events": "x", "multiplier": -1}, "multiplier"),
    ]:
        with pytest.raises(FairpracticeError, match=message):
            ask(decomposed_change_in_mean, YEARS, "group", "n", date="year", **named)
