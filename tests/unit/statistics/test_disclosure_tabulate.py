"""Tables from single rows: what each cell fails, and what is hidden so that totals can stay."""

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from scipy.optimize import linprog

from fairpractice.errors import FairpracticeError
from fairpractice.statistics.disclosure import Rule, tabulate


def rows(**cells: list[float]) -> pa.Table:
    """Return a row for each value, of practice and sex as the cell is named."""
    found = [
        {"practice": cell[0], "sex": cell[1], "cost": value}
        for cell, values in cells.items()
        for value in values
    ]
    return pa.Table.from_pylist(found)


def failed(table: pa.Table, **named: Any) -> dict[str, str]:
    found = tabulate(table, ["practice", "sex"], value="cost", **named).to_pylist()
    return {row["practice"] + row["sex"]: row["failed"] for row in found}


EVEN = [10.0] * 12


def test_a_cell_is_dominated_by_one_or_by_two() -> None:
    table = rows(
        Af=[1000.0, *EVEN],  # 1,120 less 1,000 less 10 is more than a tenth of 1,000
        Am=[1300.0, *EVEN],  # 1,420: 110 is less than a tenth of 1,300, 1,310 more than nine tenths
        Bf=[600.0, 600.0, *EVEN],  # 1,200 of 1,320
        Bm=EVEN,
    )
    assert failed(table, statistic="sum") == {
        "Af": "n_k" if 1010 > 0.9 * 1120 else "", "Am": "n_k;p_percent", "Bf": "n_k", "Bm": "",
    }  # fmt: skip
    assert failed(table, statistic="sum", rule=Rule(share=0.95, p=0.5)) == {
        "Af": "p_percent", "Am": "p_percent", "Bf": "p_percent", "Bm": "",
    }  # fmt: skip


def test_a_negative_value_fails_its_cell_and_hides_no_other_failure() -> None:
    table = rows(Af=[-5.0, *EVEN], Am=[9000.0, *EVEN], Bf=EVEN, Bm=EVEN)
    ours = failed(table, statistic="mean")
    assert ours == {"Af": "n_k;p_percent", "Am": "n_k;p_percent", "Bf": "", "Bm": ""}
    theirs = failed(table, statistic="mean", negatives="table")
    assert theirs == {"Af": "n_k;p_percent", "Am": "", "Bf": "", "Bm": ""}


def test_few_and_nobody() -> None:
    table = rows(Af=EVEN, Am=[1.0] * 7, Bf=[1.0] * 8)
    assert failed(table) == {"Af": "", "Am": "threshold", "Bf": "", "Bm": ""}
    hidden = failed(table, rule=Rule(zeros="hidden"))
    assert hidden["Bm"] == "nobody;threshold"
    assert failed(table, statistic="sum")["Bm"] == "threshold"
    spread = failed(table, statistic="standard_deviation")
    assert spread == {name: "" if name == "Af" else "degrees_of_freedom" for name in spread}


def test_a_mean_and_a_spread_are_those_of_numpy() -> None:
    values = [float(n * n % 17) for n in range(30)]
    for statistic, expected in (
        ("mean", np.mean(values)),
        ("standard_deviation", np.std(values, ddof=1)),
    ):
        frame = pd.DataFrame({"q": "a", "v": values})
        found = tabulate(frame, ["q"], value="v", statistic=statistic)
        assert found["value"].tolist() == pytest.approx([expected])


@pytest.mark.parametrize("seed", range(3))
def test_nobody_can_work_a_dominated_sum_out_of_the_totals(seed: int) -> None:
    random = np.random.default_rng(seed)
    places = [*itertools.product("ABCD", "xyz")]
    found = {place: [*random.uniform(50, 150, 30)] for place in places}
    found["B", "y"][0] = 60_000.0
    rows = [{"p": p, "q": q, "v": v} for (p, q), values in found.items() for v in values]
    asked = tabulate(pa.Table.from_pylist(rows), ["p", "q"], value="v", statistic="sum",
                     totals="protected").to_pylist()  # fmt: skip
    true = sum(found["B", "y"])
    # Every cell within its bounds, every shown sum as it is: how small and large can this one be?
    equal = [
        (
            [float(row["p"] in (p, "all") and row["q"] in (q, "all")) for p, q in places],
            row["value"],
        )
        for row in asked
        if row["value"] is not None
    ]
    assert len(equal) > 10
    aim = [float(place == ("B", "y")) for place in places]
    least, most = (
        linprog(sign * np.array(aim), A_eq=[e for e, _ in equal], b_eq=[v for _, v in equal])
        for sign in (1, -1)
    )
    assert most.status == 3 or -most.fun - least.fun >= 0.2 * true - 1e-6


def test_protected_counts_are_rounded_with_their_totals() -> None:
    table = rows(Af=[1.0] * 31, Am=[1.0] * 4, Bf=[1.0] * 22, Bm=[1.0] * 18)
    found = tabulate(table, ["practice", "sex"], totals="protected").to_pylist()
    shown = {(row["practice"], row["sex"]): row["value"] for row in found}
    assert shown["A", "m"] is None
    assert shown["all", "all"] == 75
    assert tabulate(table, ["practice"], totals="of_shown").to_pylist()[-1]["value"] == 75


def test_what_cannot_be_asked_is_refused() -> None:
    table = rows(Af=EVEN)
    with pytest.raises(FairpracticeError, match="statistic='sum' is not known"):
        tabulate(table, ["practice"], statistic="sum")
    with pytest.raises(FairpracticeError, match="totals of a standard deviation"):
        tabulate(table, ["sex"], value="cost", statistic="standard_deviation", totals="protected")
