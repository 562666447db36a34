"""What is let out points at nobody: shown by every other truth that would look the same."""

import itertools
from typing import Any

import numpy as np
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
from fairpractice.statistics.disclosure import (
    HIDDEN_UP_TO,
    ROUNDED_TO,
    RULE,
    Rule,
    Table,
    audit,
    choose,
    protect_together,
    refuse,
)
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


# Every two by two table of numbers up to 30, with its totals: one table a row, one cell a column.
EVERY = np.stack(np.meshgrid(*[np.arange(31)] * 4), -1).reshape(-1, 4).astype(np.int16)
ADDED = [(0,), (1,), (0, 1), (2,), (3,), (2, 3), (0, 2), (1, 3), (0, 1, 2, 3)]
TABLES = np.stack([EVERY[:, parts].sum(axis=1) for parts in ADDED], axis=1)


def would_look_like(shown: list[int | None], rule: Rule) -> Any:
    """Return which of all tables would show these numbers where they show any."""
    alike = np.ones(len(TABLES), bool)
    for cell, number in enumerate(shown):
        if number is not None:
            base = rule.rounded_to
            alike &= base * ((2 * TABLES[:, cell] + base) // (2 * base)) == number
            alike &= (TABLES[:, cell] == 0) | (TABLES[:, cell] > rule.hidden_up_to)
    return alike


def how_many(among: Any, small: list[bool], rule: Rule) -> list[int]:
    """Return how many numbers each small cell could be, for one who knows which are small."""
    for cell, is_small in enumerate(small):
        if is_small:
            among = among & (TABLES[:, cell] >= 1) & (TABLES[:, cell] <= rule.hidden_up_to)
    return [len(np.unique(TABLES[among, cell])) for cell in range(9)]


@settings(max_examples=25)
@given(st.lists(st.integers(0, 14), min_size=4, max_size=4), st.sampled_from([1, 3, 5]))
def test_for_who_knows_which_are_small_each_of_them_could_be_one_of_many(
    counts: list[int], base: int
) -> None:
    rule = Rule(rounded_to=base)
    truth = [sum(counts[part] for part in parts) for parts in ADDED]
    places = itertools.product(["A", "B", "all"], ["1", "2", "all"])
    table = pa.table(dict(zip("pq", zip(*places, strict=True), strict=True)) | {"x": truth})
    shown = protect(table, by=["p", "q"], counts=["x"], rule=rule).column("x").to_pylist()
    small = [0 < number <= rule.hidden_up_to for number in truth]
    possible = how_many(would_look_like(shown, rule), small, rule)
    if_all_were_hidden = how_many(np.ones(len(TABLES), bool), small, rule)
    for cell, is_small in enumerate(small):
        if is_small:
            assert possible[cell] >= min(rule.possible, if_all_were_hidden[cell])


@settings(max_examples=10)
@given(CELLS)
def test_counts_let_out_are_never_small_nor_exact(cells: list[tuple[int, int]]) -> None:
    data = with_totals(cells)
    for row, x, n in zip(released(cells, proportion), data["x"], data["n"], strict=True):
        small = any(0 < count <= HIDDEN_UP_TO for count in (x, n, n - x))
        if row["status"] == "hidden":
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


def test_a_total_stands_beside_a_cell_that_is_hidden_when_rounding_is_enough() -> None:
    rows = ask_table(proportion, {"q": ["a", "b", "all"], "x": [31, 4, 35], "n": [61, 40, 101]})
    shown = {row["q"]: row["numerator"] for row in protect(rows, by=["q"]).to_pylist()}
    assert shown == {"a": 30, "b": None, "all": 35}


def test_of_exact_counts_another_is_hidden_beside_it() -> None:
    table = pa.table({"q": ["a", "b", "c", "all"], "x": [31, 4, 22, 57]})
    shown = protect(table, by=["q"], counts=["x"], rule=Rule(rounded_to=1))
    assert shown["x"].to_pylist() == [31, None, None, 57], "the one that is worth least"


def test_a_total_that_is_worth_more_stays_where_two_of_its_parts_can_go() -> None:
    asked = {"breakdown": ("by", "group"), "counts": ["x"]}
    counts = {"sex": [31, 4], "language": [30, 5]}
    rows = [{"by": "all", "group": "all", "x": 35}]
    rows += [{"by": by, "group": str(n), "x": x} for by in counts for n, x in enumerate(counts[by])]
    total, exact = {}, Rule(rounded_to=1)
    for worth in (1.0, 4.0):
        table = Table(pa.Table.from_pylist(rows), **asked, worth_of_total=worth)
        [shown] = protect_together([table], rule=exact)
        refuse(audit(Table(shown, **asked), rule=exact))
        total[worth] = shown["x"][0].as_py()
    assert total == {1.0: None, 4.0: 35}


def test_where_the_rest_are_nobody_the_total_goes_too() -> None:
    table = pa.table({"q": ["a", "b", "c", "all"], "x": [0, 9, 3, 12]})
    shown = protect(table, by=["q"], counts=["x"])["x"].to_pylist()
    # 12 is shown as 10, and 9 too: the third would be at most 4.
    assert shown[2] is None
    assert None in (shown[1], shown[3])


@pytest.mark.parametrize("hidden", ["no programme", "one that ends"])
def test_what_no_programme_can_solve_is_hidden_with_what_is_beside_it(
    hidden: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.table(with_totals([(4, 40), (20, 41), (33, 52), (25, 60)]))
    asked = {"by": ["practice", "quintile"], "counts": ["x", "n"], "parts": {"x": "n"}}
    exact = Rule(rounded_to=1)
    if hidden == "no programme":
        monkeypatch.setattr(choose, "GAP", -1.0)  # whatever it finds is not good enough
    shown = protect(table, **asked, rule=exact)
    refuse(audit(Table(shown, **asked), rule=exact))
    assert shown["x"].null_count >= 4, "one row of two by two is worked out from its totals"


def test_a_column_over_which_nothing_is_added_up() -> None:
    table = pa.table({"on": ["Jan", "Feb"] * 3, "q": ["a", "a", "b", "b", "all", "all"],
                      "x": [4, 9, 30, 30, 34, 39]})  # fmt: skip
    shown = protect(table, by=["on", "q"], across=["on"], counts=["x"])
    assert shown["x"].to_pylist() == [None, 10, 30, 30, 35, 40]


def test_the_rule_is_one_thing() -> None:
    table = pa.table({"q": ["a", "b", "c"], "x": [0, 4, 9]})
    strict = Rule(hidden_up_to=9, rounded_to=10, zeros="hidden")
    assert protect(table, by=["q"], counts=["x"], rule=strict)["x"].to_pylist() == [None] * 3
    loose = Rule(hidden_up_to=3, rounded_to=1)
    assert protect(table, by=["q"], counts=["x"], rule=loose)["x"].to_pylist() == [0, 4, 9]


def test_zero_and_everybody_are_shown_and_eight_is_rounded() -> None:
    rows = ask_table(proportion, {"q": list("abcde"), "x": [0, 60, 8, 9, 53], "n": [60] * 5})
    shown = protect(rows, by=["q"]).to_pylist()
    assert [row["numerator"] for row in shown] == [0, 60, 10, 10, None]
    assert "too few people" in shown[4]["reason"]


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


def test_a_ratio_keeps_about_the_width_of_its_limits() -> None:
    data = {"y": [1, 0, 2, 5] * 5, "x": [3, 4, 5, 6] * 5}
    exact = ask(ratio_of_sums, data, "y", "x")[0]
    shown = protect(pa.Table.from_pylist([exact]), by=[]).to_pylist()[0]
    assert (shown["numerator"], shown["denominator"], shown["people"]) == (40, 90, 20)
    assert shown["value"] == 40 / 90
    for limit in ("lower", "upper"):
        apart = abs(shown[limit] - shown["value"])
        exactly = abs(exact[limit] / exact["value"] - 1) * shown["value"]
        assert exactly <= apart < exactly + 5 / 90
        assert apart * 90 / 5 == pytest.approx(round(apart * 90 / 5)), "limits give counts away"


@settings(max_examples=10)
@given(st.lists(st.integers(0, 10), min_size=8, max_size=40))
def test_a_mean_does_not_say_of_how_many(values: list[int]) -> None:
    row = ask(mean, {"v": values}, value="v")[0]
    shown = protect(pa.Table.from_pylist([row]), by=[]).to_pylist()[0]
    low, high = RULE.known(shown["count"])
    for count in range(int(low), int(high) + 1):
        near = [
            s for s in range(11 * count) if abs(s / count - shown["value"]) <= 2.5 / count + 1e-9
        ]
        assert near, "as many would have a whole sum that gives this mean"
    if shown["lower"] is not None and row["lower"] is not None:
        assert shown["upper"] - shown["lower"] >= (row["upper"] - row["lower"]) - 1e-9


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
    assert shown[1]["count"] == 10
    assert abs(shown[1]["value"] - more["value"]) <= 5 / 10 / 2


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
