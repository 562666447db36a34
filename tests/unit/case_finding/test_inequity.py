"""The horizontal inequity index: by its definition, on known cases, its limits by simulation."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.case_finding.inequity import horizontal_inequity


def by_definition(rank: list[int], need: list[int], reached: list[bool]) -> float:
    """C of reached less C of what is expected, each 2 cov(y, R) / mean, person by person."""
    y, ranks = np.array(reached, float), np.array(rank)
    order = np.array([((ranks < r).sum() + (ranks == r).sum() / 2) / len(ranks) for r in ranks])
    expected = np.array([y[np.array(need) == n].mean() for n in need])

    def concentration(of: np.ndarray) -> float:
        return float(2 * np.cov(of, order, bias=True)[0, 1] / of.mean())

    return concentration(y) - concentration(expected)


people = st.lists(
    st.tuples(st.integers(1, 5), st.integers(0, 3), st.booleans()), min_size=25, max_size=120
)


@settings(max_examples=60)
@given(people)
def test_it_is_what_the_definition_says(drawn):
    rank, need, reached = (list(column) for column in zip(*drawn, strict=True))
    found = horizontal_inequity(rank, need, reached)
    if len(set(rank)) < 2:
        assert (found.value, found.status) == (None, "incomplete_groups")
    elif sum(reached) < 10:
        assert (found.value, found.status) == (None, "too_few_events")
    else:
        assert found.value == pytest.approx(by_definition(rank, need, reached), abs=1e-12)
        assert found.lower <= found.value <= found.upper
        turned = horizontal_inequity([-r for r in rank], need, reached)
        assert turned.value == pytest.approx(-found.value, abs=1e-12)


@given(people)
def test_rows_that_stand_for_many_are_those_many(drawn):
    rank, need, reached = (list(column) for column in zip(*drawn, strict=True))
    alike = [n % 4 + 1 for n in range(len(rank))]
    each = [[value for value, n in zip(c, alike, strict=True) for _ in range(n)]
            for c in (rank, need, reached)]  # fmt: skip
    one, other = horizontal_inequity(rank, need, reached, alike), horizontal_inequity(*each)
    assert one == other


def test_reached_by_need_alone_is_no_inequity_however_need_is_spread():
    need = np.repeat([1, 1, 0, 0, 0, 1, 0, 0, 0, 0], 40)
    rank = np.repeat([1, 2], 200)
    reached = (np.arange(400) % 2 == 0) & (need == 1)
    found = horizontal_inequity(rank, need, reached)
    assert found.value == pytest.approx(0, abs=1e-12)
    assert found.lower < 0 < found.upper


def test_the_sign_says_who_is_reached_more_in_equal_need():
    rank, need = np.repeat([1, 2], 100), np.ones(200)
    poor = np.arange(200) < 60
    assert horizontal_inequity(rank, need, poor).value == pytest.approx(-0.5)
    assert horizontal_inequity(rank, need, poor[::-1]).value == pytest.approx(0.5)


@pytest.mark.parametrize("slope", [0.0, 0.4])
def test_its_limits_hold_the_true_index_as_often_as_they_say(slope):
    random = np.random.default_rng(5)
    size, tries = 4_000, 400

    def drawn(n):
        rank = random.integers(1, 6, n)
        need = random.binomial(2, 0.35 - 0.04 * rank)
        chance = np.clip((0.02 + 0.06 * need) * np.exp(-slope * (rank - 3)), 0, 1)
        return rank, need, random.random(n) < chance

    true = horizontal_inequity(*drawn(4_000_000)).value
    held = [
        f.lower <= true <= f.upper
        for f in (horizontal_inequity(*drawn(size)) for _ in range(tries))
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / tries))
