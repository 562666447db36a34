"""Intersections: against a chain of draws, against simulated truth, and with awkward strata."""

import itertools
import math
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import intersections, intersections_summary
from fairpractice.statistics.mixed_binomial import fit
from tests.unit.statistics.asking import check, engine


ASKED: dict[str, Any] = {"strata": ["fifth", "ethnicity", "sex"]}


def simulated(
    seed: int, spread: float, size: float, categories: tuple[int, ...] = (5, 6, 2)
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return strata, their true shares, and what their dimensions truly add up to."""
    random = np.random.default_rng(seed)
    codes = np.array(list(itertools.product(*map(range, categories))))
    line = -1 + sum(random.normal(0, 0.4, count)[codes[:, k]] for k, count in enumerate(categories))
    eta = line + random.normal(0, spread, len(codes))
    due = random.geometric(1 / size, len(codes))
    table = pd.DataFrame(codes, columns=ASKED["strata"][: len(categories)])
    table["had"], table["due"] = random.binomial(due, special.expit(eta)), due
    return table, special.expit(eta), special.expit(line)


def chains(y: np.ndarray, n: np.ndarray, x: np.ndarray, sd: np.ndarray) -> dict[str, np.ndarray]:
    """Draw from the same model by Metropolis' algorithm, a parameter at a time, 300 chains."""
    random = np.random.default_rng(1)
    walkers, kept = 300, []
    state = random.normal(0, 0.3, (walkers, x.shape[1] + len(y) + 1))  # β, u, log σ

    def density(at: np.ndarray) -> np.ndarray:
        beta, u, log_sigma = at[:, : x.shape[1]], at[:, x.shape[1] : -1], at[:, -1]
        eta = beta @ x.T + u
        likelihood = (y * eta - n * np.logaddexp(0, eta)).sum(axis=1)
        sigma = np.exp(log_sigma)
        prior = -0.5 * ((beta / sd) ** 2).sum(axis=1) - 0.5 * sigma**2 + log_sigma
        effects = -0.5 * (u / sigma[:, None]) ** 2 - log_sigma[:, None]
        return np.asarray(likelihood + prior + effects.sum(axis=1))

    at = density(state)
    steps = np.r_[np.full(x.shape[1], 0.6), np.full(len(y), 0.7), 0.9]
    for sweep in range(900):
        for place, step in enumerate(steps):
            moved = state.copy()
            moved[:, place] += random.normal(0, step, walkers)
            there = density(moved)
            taken = np.log(random.random(walkers)) < there - at
            state[taken], at[taken] = moved[taken], there[taken]
        if sweep >= 300 and sweep % 5 == 0:
            kept.append(state.copy())
    drawn = np.concatenate(kept)
    line = drawn[:, : x.shape[1]] @ x.T
    return {
        "line": special.expit(line),
        "share": special.expit(line + drawn[:, x.shape[1] : -1]),
        "sigma": np.exp(drawn[:, -1]),
    }


def test_agrees_with_a_long_chain_of_draws_from_the_same_model() -> None:
    y, n = np.array([0.0, 5, 2, 9, 14, 6]), np.array([4.0, 12, 3, 40, 20, 25])
    codes = np.array(list(itertools.product(range(3), range(2))))
    x = np.column_stack(
        [np.ones(6), *[codes[:, 0] == k for k in range(3)], *[codes[:, 1] == k for k in range(2)]]
    ).astype(float)
    sd = np.array([5.0, 2, 2, 2, 2, 2])
    drawn = chains(y, n, x, sd)
    fitted = fit(y, n, x, sd)
    line, eta = (special.expit(v) for v in fitted.drawn())
    assert fitted.mean(lambda s: s) == pytest.approx(drawn["sigma"].mean(), abs=0.03)
    for ours, theirs in ((line, drawn["line"]), (eta, drawn["share"])):
        np.testing.assert_allclose(ours.mean(axis=0), theirs.mean(axis=0), atol=0.01)
        for share in (0.025, 0.975):
            np.testing.assert_allclose(
                np.quantile(ours, share, axis=0), np.quantile(theirs, share, axis=0), atol=0.025
            )
    difference = np.quantile(eta - line, [0.025, 0.975], axis=0)
    theirs = np.quantile(drawn["share"] - drawn["line"], [0.025, 0.975], axis=0)
    np.testing.assert_allclose(difference, theirs, atol=0.025)


@pytest.mark.parametrize(("spread", "size"), [(0.3, 5), (0.3, 100), (0.7, 30)])
def test_limits_cover_the_truth_and_shrinking_comes_nearer_to_it(
    spread: float, size: float
) -> None:
    covered, differing, shrunken, crude, shares = [], [], [], [], []
    for seed in range(6):
        table, truth, line = simulated(seed, spread, size)
        rows = intersections(table, "had", "due", **ASKED)
        covered.append(((rows.lower <= truth) & (truth <= rows.upper)).mean())
        difference = truth - line
        inside = (rows.difference_lower <= difference) & (difference <= rows.difference_upper)
        differing.append(inside.mean())
        shrunken.append(np.mean((rows.value - truth) ** 2))
        crude.append(np.mean((rows.crude - truth) ** 2))
        found = intersections_summary(table, "had", "due", **ASKED).iloc[0]
        shares.append(found.remaining_value)
    assert 0.91 < np.mean(covered) < 0.995
    assert 0.9 < np.mean(differing) < 0.995
    assert np.mean(shrunken) < 0.7 * np.mean(crude)
    if size > 5:
        true_share = spread**2 / (spread**2 + math.pi**2 / 3)
        assert np.mean(shares) == pytest.approx(true_share, rel=0.4)


def test_a_large_stratum_speaks_for_itself_and_a_small_one_hardly() -> None:
    table, _, _ = simulated(4, 0.3, 200)
    table["had"], table["due"] = (table["due"] * 0.3).round(), table["due"]
    table.loc[0, ["had", "due"]] = [900_000, 1_000_000]
    table.loc[1, ["had", "due"]] = [3, 3]
    rows = intersections(table, "had", "due", **ASKED)
    assert rows.loc[0, "value"] == pytest.approx(0.9, abs=1e-3)
    assert rows.loc[0, "difference"] > 0.2
    assert rows.loc[1, "crude"] == 1
    assert rows.loc[1, "value"] < 0.75
    assert rows.loc[1, "upper"] > rows.loc[2, "upper"]


@settings(max_examples=8)
@given(st.integers(0, 1000), st.randoms())
def test_neither_order_nor_splitting_matters_and_not_having_mirrors_having(
    seed: int, random: Any
) -> None:
    table, _, _ = simulated(seed, 0.4, 20, (3, 2, 2))
    rows = intersections(table, "had", "due", **ASKED)
    split = pd.concat([table.assign(had=0, due=table.due - table.had), table.assign(due=table.had)])
    split = split.sample(frac=1, random_state=random.randint(0, 9))
    pd.testing.assert_frame_equal(intersections(split, "had", "due", **ASKED), rows)
    lacking = intersections(table.assign(had=table.due - table.had), "had", "due", **ASKED)
    np.testing.assert_allclose(lacking["value"], 1 - rows["value"], atol=1e-4)
    np.testing.assert_allclose(lacking["lower"], 1 - rows["upper"], atol=1e-3)


def test_each_model_is_its_own_and_unknown_is_a_category() -> None:
    one, _, _ = simulated(1, 0.3, 40, (3, 3, 2))
    two, _, _ = simulated(2, 0.6, 40, (3, 3, 2))
    one["fifth"] = one["fifth"].where(one["fifth"] > 0)
    both = pd.concat([one.assign(measure="a"), two.assign(measure="b")])
    together = intersections(both, "had", "due", by=["measure"], **ASKED)
    for name, table in (("a", one), ("b", two)):
        alone = intersections(table, "had", "due", **ASKED)
        found = together[together["measure"] == name].drop(columns="measure")
        pd.testing.assert_frame_equal(found.reset_index(drop=True), alone, check_dtype=False)
    assert together["fifth"].isna().sum() == 6
    summary = intersections_summary(both, "had", "due", by=["measure"], **ASKED)
    assert summary["strata"].tolist() == [18, 18]
    assert (summary["variance"] > summary["remaining_variance"]).all()
    assert summary["change"].between(0, 1).all()
    assert (summary["lower"] < summary["value"]).all()
    assert (summary["value"] < summary["upper"]).all()


ODD = st.one_of(st.none(), st.sampled_from([-1.0, math.inf, 0.0, 1e9]), st.integers(0, 20))


@settings(max_examples=15)
@given(st.lists(st.tuples(ODD, ODD), min_size=1, max_size=12))
def test_odd_strata_never_raise_and_stop_no_other(pairs: list[tuple[Any, Any]]) -> None:
    x, n = ([None if v is None else float(v) for v in side] for side in zip(*pairs, strict=True))
    table = pa.table(
        {
            "fifth": [k // 4 for k in range(len(pairs))],
            "ethnicity": [k % 4 for k in range(len(pairs))],
            "had": pa.array(x, pa.float64()),
            "due": pa.array(n, pa.float64()),
        }
    )
    asked = {"strata": ["fifth", "ethnicity"], "levels": (0.8, 0.95)}
    rows = intersections(table, "had", "due", **asked).to_pylist()
    assert len(rows) == 2 * len(pairs)
    for row in rows:
        check(row)
        if row["status"] == "ok":
            assert 0 <= row["lower"] <= row["value"] <= row["upper"] <= 1
    for row in intersections_summary(table, "had", "due", **asked).to_pylist():
        check(row)
    enough = sum(row["status"] == "ok" for row in rows) // 2
    assert enough == 0 or enough >= 3


def test_all_or_none_having_it_still_gives_a_share() -> None:
    table, _, _ = simulated(1, 0.3, 40, (3, 3, 2))
    for had in (0, table["due"]):
        rows = intersections(table.assign(had=had), "had", "due", **ASKED)
        assert set(rows["status"]) == {"ok"}
        assert rows["value"].between(0, 1).all()


def test_all_kinds_of_table_give_the_same() -> None:
    frame, _, _ = simulated(1, 0.3, 40, (3, 2))
    asked = {"strata": ["fifth", "ethnicity"], "multiplier": 100, "levels": ()}
    table = pa.Table.from_pandas(frame)
    arrow = intersections(table, "had", "due", **asked)
    lazy = engine().to_arrow(intersections(engine().table(table), "had", "due", **asked))
    assert sorted(lazy.to_pylist(), key=str) == sorted(arrow.to_pylist(), key=str)
    assert arrow["value"].to_pylist() == list(intersections(frame, "had", "due", **asked)["value"])
    nothing = intersections(table.slice(0, 0), "had", "due", **asked)
    assert nothing.num_rows == 0
    assert nothing.column_names == arrow.column_names
    empty = intersections_summary(table.slice(0, 0), "had", "due", strata=asked["strata"])
    assert empty.num_rows == 0


def test_a_wrong_call_is_refused_with_what_to_do() -> None:
    table = pa.table({"fifth": [1], "sex": [1], "had": [1], "due": [2]})
    with pytest.raises(FairpracticeError, match="needs two dimensions"):
        intersections(table, "had", "due", strata=["fifth"])
    with pytest.raises(FairpracticeError, match="no column 'age'"):
        intersections(table, "had", "due", strata=["fifth", "age"])
    with pytest.raises(FairpracticeError, match="95 is not a confidence level"):
        intersections(table, "had", "due", strata=["fifth", "sex"], levels=[95])
