"""Estimates from two and three lists: published figures, known truth, and refusal where few."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from fairpractice.case_finding.capture_recapture import FEWEST_BOTH, chapman, three_lists


Patterns = dict[tuple[bool, bool, bool], int]
ALL = [(bool(n & 1), bool(n & 2), bool(n & 4)) for n in range(1, 8)]


def drawn(
    random: np.random.Generator, people: int, shares: tuple[float, ...], tied: float
) -> Patterns:
    """Draw who is on which list, the lists tied by a common normal score."""
    common = random.standard_normal(people)
    on = [
        np.sqrt(tied) * common + np.sqrt(1 - tied) * random.standard_normal(people) < ndtri(share)
        for share in shares
    ]
    number = on[0] + 2 * on[1] + 4 * on[2]
    counts = np.bincount(number, minlength=8)
    return {pattern: int(counts[n]) for n, pattern in enumerate(ALL, start=1)}


def test_chapman_by_hand() -> None:
    # 200 marked, 150 seen, 30 of them marked: 201 * 151 / 31 - 1.
    found = chapman(170, 120, 30)
    assert found.total == pytest.approx(978.06, abs=0.01)
    variance = 201 * 151 * 170 * 120 / (31**2 * 32)
    unseen = found.total - 320
    wider = np.exp(1.959964 * np.sqrt(np.log(1 + variance / unseen**2)))
    assert found.lower == pytest.approx(320 + unseen / wider, rel=1e-6)
    assert found.upper == pytest.approx(320 + unseen * wider, rel=1e-6)
    assert found.hidden == pytest.approx((unseen, unseen / wider, unseen * wider))


def test_two_lists_of_the_same_people_leave_nobody_hidden() -> None:
    assert chapman(0, 0, 40).hidden == (0, 0, 0)


@given(a=st.integers(0, 500), b=st.integers(0, 500), both=st.integers(0, 200))
def test_chapman_refuses_where_few_are_on_both(a: int, b: int, both: int) -> None:
    found = chapman(a, b, both)
    assert found.known == a + b + both
    if both < FEWEST_BOTH:
        assert (found.total, found.lower, found.upper) == (None, None, None)
        assert found.status == "too_few_events"
        assert found.reason
    else:
        assert found.known <= found.lower <= found.total <= found.upper


def test_chapman_holds_the_truth_as_often_as_it_says_when_lists_are_independent() -> None:
    random, held, tries = np.random.default_rng(3), 0, 600
    for _ in range(tries):
        one, other = random.random(1_500) < 0.2, random.random(1_500) < 0.15
        found = chapman((one & ~other).sum(), (other & ~one).sum(), (one & other).sum())
        held += found.lower <= 1_500 <= found.upper
    assert held / tries == pytest.approx(0.95, abs=3 * np.sqrt(0.95 * 0.05 / tries))


def test_the_model_with_all_pairs_has_a_closed_form() -> None:
    # Fienberg 1972: the unseen are n111 n100 n010 n001 / (n110 n101 n011).
    counts = (120, 90, 60, 70, 40, 30, 35)
    cells = dict(zip(ALL, counts, strict=True))
    found = three_lists(cells)
    unseen = 35 * 120 * 90 * 70 / (60 * 40 * 30)
    assert found.lower <= found.known + unseen <= found.upper


def test_independent_lists_are_estimated_as_two_are() -> None:
    exact = {
        pattern: round(
            8_000
            * np.prod([s if on else 1 - s for on, s in zip(pattern, (0.3, 0.25, 0.2), strict=True)])
        )
        for pattern in ALL
    }
    found = three_lists(exact, ("team", "person", "council"))
    assert found.total == pytest.approx(8_000, rel=0.01)
    assert found.method == "log-linear, independent"
    for ratio, lower, upper in found.together.values():
        assert lower < 1 < upper
        assert ratio == pytest.approx(1, abs=0.02)


def test_lists_that_know_the_same_people_are_said_to() -> None:
    found = three_lists(drawn(np.random.default_rng(2), 20_000, (0.3, 0.3, 0.3), 0.5))
    assert all(lower > 1 for _, lower, _ in found.together.values())


@pytest.mark.parametrize(("tied", "least"), [(0.0, 0.93), (0.2, 0.85)])
def test_three_lists_hold_the_truth(tied: float, least: float) -> None:
    """Under no dependence and mild; what strong dependence does is in the docs."""
    random, tries = np.random.default_rng(4), 60
    found = [three_lists(drawn(random, 1_200, (0.25, 0.2, 0.2), tied)) for _ in range(tries)]
    told = [each for each in found if each.status == "ok"]
    assert len(told) > tries / 2
    held = [each.lower <= 1_200 <= each.upper for each in told]
    assert np.mean(held) >= least - 2 * np.sqrt(least * (1 - least) / len(held))


@pytest.mark.parametrize("tied", [0.3, 0.5])
def test_the_allowance_holds_the_truth_where_the_limits_alone_do_not(tied: float) -> None:
    """Another world than the synthetic population: lists of other lengths, tied by one score."""
    random, tries = np.random.default_rng(5), 40
    found = [three_lists(drawn(random, 6_000, (0.3, 0.15, 0.2), tied)) for _ in range(tries)]
    told = [each for each in found if each.status == "ok"]
    assert len(told) > tries / 2
    alone = np.mean([each.lower <= 6_000 <= each.upper for each in told])
    allowed = np.mean([each.lower <= 6_000 <= each.upper_if_tied for each in told])
    assert allowed >= 0.93 - 2 * np.sqrt(0.93 * 0.07 / len(told))
    assert alone < allowed


def test_the_allowance_is_a_factor_of_those_on_no_list() -> None:
    cells = drawn(np.random.default_rng(6), 3_000, (0.3, 0.2, 0.25), 0.2)
    none, usual, more = (three_lists(cells, allowance=a) for a in (1.0, 2.0, 5.0))
    assert none.upper_if_tied == pytest.approx(none.upper)
    assert usual.hidden_if_tied == pytest.approx(2 * usual.hidden[2])
    assert more.hidden_if_tied == pytest.approx(5 * more.hidden[2])
    assert {each.total for each in (none, usual, more)} == {usual.total}
    assert three_lists({}).hidden_if_tied is None


def test_the_allowance_is_the_ratio_of_odds_ratios() -> None:
    """Counts made with such a ratio are just within a model of all pairs with the allowance."""
    unseen, ratio = 400, 2.0
    odds_missed, odds_known = 3.0 * ratio, 3.0
    # Those the third list misses: 000, 100, 010, 110; those it knows: 001, 101, 011, 111.
    missed = (unseen, 200, 150, odds_missed * 200 * 150 / unseen)
    known = (300, 100, 80, odds_known * 100 * 80 / 300)
    cells = dict(
        zip(ALL, (missed[1], missed[2], missed[3], known[0], known[1], known[2], known[3]),
            strict=True)
    )  # fmt: skip
    closed = known[3] * missed[1] * missed[2] * known[0] / (missed[3] * known[1] * known[2])
    assert closed * ratio == pytest.approx(unseen)
    found = three_lists(cells, allowance=ratio)
    assert found.hidden_if_tied >= unseen


@settings(max_examples=40)
@given(st.lists(st.integers(0, 60), min_size=7, max_size=7))
def test_no_counts_make_three_lists_fail(counts: list[int]) -> None:
    found = three_lists(dict(zip(ALL, counts, strict=True)))
    assert found.known == sum(counts)
    overlaps = [
        sum(n for pattern, n in zip(ALL, counts, strict=True) if pattern[a] and pattern[b])
        for a, b in ((0, 1), (0, 2), (1, 2))
    ]
    if min(overlaps) < FEWEST_BOTH:
        assert found.status == "too_few_events"
    if found.status == "ok":
        assert found.known <= found.lower <= found.total * (1 + 1e-6) <= found.upper * (1 + 1e-5)
        assert found.upper <= found.upper_if_tied
    else:
        assert found.total is None
        assert found.reason


def test_the_order_of_lists_does_not_matter() -> None:
    cells = drawn(np.random.default_rng(8), 3_000, (0.3, 0.2, 0.25), 0.2)
    turned = {(c, a, b): n for (a, b, c), n in cells.items()}
    one, other = three_lists(cells), three_lists(turned)
    for name in ("total", "lower", "upper"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-5)
