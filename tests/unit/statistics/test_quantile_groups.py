import math
import random
from fractions import Fraction

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import quantile_groups
from tests.unit.statistics.asking import Rows


VALUES = st.lists(
    st.one_of(st.none(), st.integers(-3, 3).map(float), st.floats(-1e9, 1e9)), max_size=40
)


def asked(data: dict[str, list[object]], **named: object) -> Rows:
    table = pa.table({name: pa.array(values) for name, values in data.items()})
    rows: Rows = quantile_groups(table, "v", **named).to_pylist()
    return rows


@settings(max_examples=60)
@given(VALUES, st.integers(2, 12), st.booleans())
def test_it_is_the_guides_formula_in_exact_fractions(
    values: list[float | None], groups: int, highest_first: bool
) -> None:
    rows = asked({"v": [0.0, *values]}, quantiles=groups, highest_first=highest_first)
    there = sorted(row["v"] for row in rows if row["v"] is not None)
    for row in rows:
        if row["v"] is None:
            assert (row["quantile"], row["status"]) == (None, "missing_input")
        elif len(there) < groups:
            assert (row["quantile"], row["status"]) == (None, "too_few_values")
        else:
            before = sum(v > row["v"] if highest_first else v < row["v"] for v in there)
            of = Fraction(len(there), groups)
            assert row["quantile"] == groups + 1 - math.ceil((len(there) - before) / of)
            assert row["status"] == "ok"


@settings(max_examples=25)
@given(st.lists(st.integers(0, 10**6), min_size=12, max_size=60, unique=True), st.randoms())
def test_groups_of_different_values_differ_by_one_at_most_and_order_does_not_matter(
    values: list[int], shuffled: random.Random
) -> None:
    rows = asked({"v": [*values]}, quantiles=5)
    sizes = [sum(row["quantile"] == group for row in rows) for group in range(1, 6)]
    assert max(sizes) - min(sizes) <= 1
    assert [row["v"] for row in rows] == values
    again = [*values]
    shuffled.shuffle(again)
    group_of = {row["v"]: row["quantile"] for row in rows}
    assert {row["v"]: row["quantile"] for row in asked({"v": again}, quantiles=5)} == group_of


def test_each_group_of_rows_is_divided_by_itself() -> None:
    data: dict[str, list[object]] = {"p": ["a", "a", None, None, "b"], "v": [1, 2, 30, 4, 5]}
    rows = asked(data, quantiles=2, by=["p"], highest_first=False)
    assert [row["quantile"] for row in rows] == [1, 2, 2, 1, None]
    assert rows[-1]["status"] == "too_few_values"


def test_which_end_is_first_may_differ_by_row() -> None:
    data: dict[str, list[object]] = {
        "v": [1, 2, 1, 2, 3],
        "p": ["a", "a", "b", "b", "b"],
        "good": [True, True, False, False, None],
    }
    rows = asked(data, quantiles=2, by=["p"], highest_first="good")
    assert [row["quantile"] for row in rows] == [2, 1, 1, 2, None]
    assert [row["highest_first"] for row in rows] == data["good"]
    assert rows[-1]["status"] == "missing_input"
    (*_, last) = asked({"v": [1, 2, 3], "good": [True, True, False]}, highest_first="good")
    assert (last["status"], last["quantile"]) == ("invalid_input", None)


def test_infinity_is_no_value() -> None:
    rows = asked({"v": [1.0, 2.0, math.inf, math.nan]}, quantiles=2)
    assert [row["quantile"] for row in rows] == [2, 1, None, None]
    assert [row["status"] for row in rows[2:]] == ["invalid_input", "missing_input"]


def test_a_wrong_call_is_refused() -> None:
    with pytest.raises(FairpracticeError, match="1 groups"):
        asked({"v": [1, 2]}, quantiles=1)
    with pytest.raises(FairpracticeError, match="true and false"):
        asked({"v": [1, 2], "w": ["yes", "no"]}, highest_first="w")
    with pytest.raises(FairpracticeError, match="'status'"):
        asked({"v": [1, 2], "status": [1, 1]})
