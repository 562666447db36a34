"""What is let out points at nobody: shown by finding another truth that lets out the same."""

import itertools
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import (
    absolute_gap,
    mean,
    proportion,
    protect,
    rate,
    ratio_of_sums,
    relative_gap,
    slope_index_of_inequality,
)
from fairpractice.statistics.disclosure import HIDDEN_UP_TO, ROUNDED_TO
from tests.unit.statistics import slow
from tests.unit.statistics.asking import Rows, ask, check


# Those with the property of how many, in each quintile of each of two practices.
CELL = st.integers(0, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
CELLS = st.lists(CELL, min_size=4, max_size=4)
PLACES = list(itertools.product(["A", "B"], ["1", "2"]))


def with_totals(cells: list[tuple[int, int]]) -> dict[str, list[Any]]:
    """Return a two-way table of counts with both margins and the grand total."""
    rows = [
        (
            practice,
            quintile,
            *[
                sum(
                    cell[part]
                    for cell, (p, q) in zip(cells, PLACES, strict=True)
                    if practice in (p, "all") and quintile in (q, "all")
                )
                for part in (0, 1)
            ],
        )
        for practice in ("A", "B", "all")
        for quintile in ("1", "2", "all")
    ]
    return dict(
        zip(("practice", "quintile", "x", "n"), map(list, zip(*rows, strict=True)), strict=True)
    )


def released(cells: list[tuple[int, int]], statistic: Any) -> Rows:
    table = ask_table(statistic, with_totals(cells))
    rows: Rows = protect(table, by=["practice", "quintile"]).to_pylist()
    return rows


def ask_table(statistic: Any, data: dict[str, Any], *columns: str, **named: Any) -> pa.Table:
    columns = columns or ("x", "n")
    return pa.Table.from_pylist(ask(statistic, data, *columns, **named))


def near(cell: tuple[int, int]) -> list[tuple[int, int]]:
    """Return other cells that might have been there instead."""
    x, n = cell
    others = [(a, b) for a in range(12) for b in range(a, a + 12)]
    others += [(other, n) for other in range(n + 1)]
    others += [(n - other, n) for other in range(min(8, n + 1))]
    return [other for other in others if other != (x, n)]


@settings(max_examples=6)
@given(CELLS)
def test_every_hidden_cell_could_have_been_another_for_all_that_is_let_out(
    cells: list[tuple[int, int]],
) -> None:
    rows = released(cells, proportion)
    by_key = {(row["practice"], row["quintile"]): row for row in rows}
    for place, cell in zip(PLACES, cells, strict=True):
        if by_key[place]["status"] != "hidden":
            continue
        for other in near(cell):
            changed = [other if p == place else c for p, c in zip(PLACES, cells, strict=True)]
            if other[0] != cell[0] and looks_the_same(changed, cells):
                assert released(changed, proportion) == rows
                break
        else:
            pytest.fail(f"{place} can be told: {cell}")


def looks_the_same(changed: list[tuple[int, int]], cells: list[tuple[int, int]]) -> bool:
    """Return whether protecting the counts alone lets out the same, which is quick to ask."""
    both = [
        protect(
            pa.table(with_totals(some)), by=["practice", "quintile"], counts=["x", "n"],
            parts={"x": "n"},
        )
        for some in (changed, cells)
    ]  # fmt: skip
    return bool(both[0].equals(both[1]))


@settings(max_examples=10)
@given(CELLS)
def test_counts_let_out_are_never_small_nor_exact(cells: list[tuple[int, int]]) -> None:
    data = with_totals(cells)
    for row, x, n in zip(released(cells, proportion), data["x"], data["n"], strict=True):
        small = any(0 < count <= HIDDEN_UP_TO for count in (x, n, n - x))
        if row["status"] in ("hidden", "withheld_total"):
            assert {row[k] for k in ("numerator", "denominator", "value", "lower", "upper")} == {
                None
            }
        else:
            assert not small
            for count, shown in ((x, row["numerator"]), (n, row["denominator"])):
                assert shown % ROUNDED_TO == 0
                assert abs(shown - count) <= ROUNDED_TO / 2
            if row["denominator"]:
                lower, upper = slow.wilson(row["numerator"], row["denominator"], 0.95)
                assert row["value"] == row["numerator"] / row["denominator"]
                assert abs(row["lower"] - lower) < 1e-6
                assert abs(row["upper"] - upper) < 1e-6
        if small:
            assert row["status"] == "hidden"


@settings(max_examples=10)
@given(CELLS)
def test_no_total_stands_beside_a_cell_that_is_hidden(cells: list[tuple[int, int]]) -> None:
    rows = released(cells, rate)
    for total in rows:
        keys = (total["practice"], total["quintile"])
        added = [
            row
            for row in rows
            if all(
                key in ("all", row[k])
                for key, k in zip(keys, ("practice", "quintile"), strict=True)
            )
        ]
        if "all" in keys and any(row["status"] == "hidden" for row in added):
            assert total["status"] in ("hidden", "withheld_total")
        elif "all" in keys:
            assert total["status"] not in ("hidden", "withheld_total")


def test_zero_and_everybody_are_shown_and_eight_is_rounded() -> None:
    rows = ask_table(proportion, {"q": list("abcde"), "x": [0, 60, 8, 9, 53], "n": [60] * 5})
    shown = protect(rows, by=["q"]).to_pylist()
    assert [row["numerator"] for row in shown] == [0, 60, 10, 10, None]
    assert shown[4]["reason"] == "a count, or what is left of one, is from 1 to 7"


def test_rates_and_their_method_are_made_again_from_rounded_counts() -> None:
    data = {"q": ["a", "b"], "x": [8, 33], "n": [1001, 998]}
    exact = ask_table(rate, data, levels=(0.9, 0.95))
    assert exact.column("method").to_pylist()[:2] == ["exact Poisson"] * 2
    rounded = ask(rate, {"q": ["a", "b"], "x": [10, 35], "n": [1000, 1000]}, "x", "n",
                  levels=(0.9, 0.95))  # fmt: skip
    shown = protect(exact, by=["q"]).to_pylist()
    assert shown == [{**row, "events": row["events"]} for row in rounded]


def test_gaps_are_made_again_from_rounded_counts() -> None:
    data = {"p": ["a", "a", "b", "b"], "q": [1, 2] * 2, "x": [33, 21, 9, 3], "n": [61, 88, 90, 80]}
    near = {**data, "x": [35, 20, 10, 5], "n": [60, 90, 90, 80]}
    for statistic, direction in (
        (absolute_gap, "least_minus_most"),
        (relative_gap, "most_over_least"),
    ):
        named = {"by": ["p"], "direction": direction}
        shown = protect(ask_table(statistic, data, "q", "x", "n", **named), by=["p"]).to_pylist()
        expected = ask(statistic, near, "q", "x", "n", **named)
        assert shown[0] == expected[0]
        assert shown[1]["status"] == "hidden"


def test_a_ratio_keeps_the_relative_width_of_its_limits() -> None:
    data = {"y": [1, 0, 2, 5] * 5, "x": [3, 4, 5, 6] * 5}
    exact = ask(ratio_of_sums, data, "y", "x")[0]
    shown = protect(pa.Table.from_pylist([exact]), by=[]).to_pylist()[0]
    assert (shown["numerator"], shown["denominator"], shown["people"]) == (40, 90, 20)
    assert shown["value"] == 40 / 90
    for limit in ("lower", "upper"):
        assert shown[limit] / shown["value"] == pytest.approx(exact[limit] / exact["value"])


def test_an_index_that_rests_on_a_small_cell_is_hidden() -> None:
    data = {"p": ["a"] * 3 + ["b"] * 3, "q": [1, 2, 3] * 2, "x": [9, 20, 30, 9, 20, 93],
            "n": [100] * 6}  # fmt: skip
    table = ask_table(
        slope_index_of_inequality, data, "q", "n", events="x", definition="ohid", by=["p"]
    )
    shown = protect(table, by=["p"]).to_pylist()
    assert [row["status"] for row in shown] == ["ok", "hidden"]
    assert shown[1]["value"] is None


def test_a_mean_of_few_is_hidden_and_of_more_is_as_it_was() -> None:
    data = {"p": ["few"] * 7 + ["more"] * 8, "v": [1.0, 2.0, 4.0] * 5}
    few, more = ask(mean, data, value="v", by=["p"])
    shown = protect(pa.Table.from_pylist([few, more]), by=["p"]).to_pylist()
    assert (shown[0]["status"], shown[0]["standard_deviation"]) == ("hidden", None)
    assert (shown[1]["value"], shown[1]["count"]) == (more["value"], 10)


def test_rows_that_were_not_ok_stay_so_and_counts_of_other_names_may_be_named() -> None:
    data = {"q": ["a", "b"], "x": [None, 20], "n": [50, 0]}
    shown = protect(ask_table(proportion, data), by=["q"]).to_pylist()
    assert [row["status"] for row in shown] == ["missing_input", "zero_denominator"]
    for row in shown:
        check(row)
    found = pa.table({"q": ["a", "b", "c"], "invited": [20, 20, 5], "came": [12, 14, 5]})
    shown = protect(found, by=["q"], counts=["invited", "came"]).to_pylist()
    # Every pair is taken as a whole and its part: 20 less 14 is 6.
    assert [row["status"] for row in shown] == ["ok", "hidden", "hidden"]
    shown = protect(found, by=["q"], counts=["invited", "came"], parts={}).to_pylist()
    assert [row["status"] for row in shown] == ["ok", "ok", "hidden"]


def test_a_number_that_nobody_vouches_for_is_refused() -> None:
    table = pa.table({"q": ["a"], "numerator": [10], "denominator": [40], "exact": [0.25]})
    with pytest.raises(FairpracticeError, match="'exact' of the release"):
        protect(table, by=["q"])
    assert protect(table, by=["q"], derived=["exact"]).column("exact").to_pylist() == [0.25]
    with pytest.raises(FairpracticeError, match="no column 'r'"):
        protect(table, by=["r"])


def test_what_goes_in_comes_out_in_kind_and_order() -> None:
    frame = pd.DataFrame({"q": ["c", "a", "b"], "x": [20, 3, 40], "n": [100, 100, 100]})
    shown = protect(proportion(frame, "x", "n"), by=["q"])
    assert isinstance(shown, pd.DataFrame)
    assert shown["q"].tolist() == ["c", "a", "b"]
    assert shown["status"].tolist() == ["ok", "hidden", "ok"]
