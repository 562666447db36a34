"""Filling a list: the first possible one in the order of points, found by trying all lists."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.case_finding.choosing import Candidates, Chosen, Minimum, choose, shares


MINIMA = ("one", "other")


def candidates(
    people: list[tuple[tuple[bool, ...], int, tuple[bool, ...]]], ties: list[int]
) -> Candidates:
    """Lay people (reasons, practice, what they count towards) out in blocks; ids are positions."""
    alike: dict[tuple[object, ...], list[int]] = {}
    for person, what in enumerate(people):
        alike.setdefault(what, []).append(person)
    blocks = [(what, sorted(alike[what], key=lambda n: ties[n])) for what in sorted(alike)]
    rows = [person for _, block in blocks for person in block]
    return Candidates(
        np.array(rows, np.int64),
        np.array([ties[person] for person in rows], np.int64),
        np.cumsum([0, *(len(block) for _, block in blocks)]),
        np.array([what[0] for what, _ in blocks], bool).reshape(len(blocks), -1),
        np.array([what[1] for what, _ in blocks], np.int64),
        np.array([what[2] for what, _ in blocks], bool).reshape(len(blocks), len(MINIMA)),
        np.array([len(block) for _, block in blocks], np.int64),
    )


def listed(of: Candidates, chosen: Chosen) -> list[int]:
    return of.person[chosen.rows].tolist()


person = st.tuples(
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
    st.integers(0, 2),
    st.tuples(st.booleans(), st.booleans()),
)
crowds = st.lists(person, min_size=1, max_size=9)
some_weights = st.tuples(*[st.integers(-1, 4)] * 3)
some_minima = st.tuples(st.integers(0, 4), st.integers(0, 4))


def first_by_trying_all(
    people: list[tuple[tuple[bool, ...], int, tuple[bool, ...]]],
    ties: list[int],
    weights: tuple[int, ...],
    capacity: int,
    minima: tuple[int, ...],
    by_practice: bool,
) -> list[int]:
    """Return the first list in order among those that keep the most of the limits."""
    points = [float(np.dot(reasons, weights)) for reasons, _, _ in people]
    order = sorted(
        (n for n in range(len(people)) if points[n] >= 1), key=lambda n: (-points[n], ties[n])
    )
    places = min(capacity, len(order))
    found = np.bincount([people[n][1] for n in order], minlength=3)
    most = shares(found, places) if by_practice else np.full(3, places)
    possible = [
        chosen
        for chosen in combinations(order, places)
        if (np.bincount([people[n][1] for n in chosen], minlength=3) <= most).all()
    ]

    def kept(chosen: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(
            min(wanted, sum(people[n][2][m] for n in chosen)) for m, wanted in enumerate(minima)
        )

    best = max(kept(chosen) for chosen in possible)  # the earlier minimum first
    return list(next(chosen for chosen in possible if kept(chosen) == best))


@settings(max_examples=150)
@given(
    people=crowds,
    weights=some_weights,
    capacity=st.integers(0, 6),
    minima=some_minima,
    by_practice=st.booleans(),
    data=st.data(),
)
def test_it_is_the_first_possible_list_in_the_order_of_points(
    people, weights, capacity, minima, by_practice, data
):
    ties = data.draw(st.permutations(range(len(people))))
    crowd = candidates(people, ties)
    wanted = [Minimum(name, places) for name, places in zip(MINIMA, minima, strict=True)]
    chosen = choose(crowd, weights, capacity, minima=wanted, by_practice=by_practice)
    expected = first_by_trying_all(people, ties, weights, capacity, minima, by_practice)
    assert listed(crowd, chosen) == expected
    for m, minimum in enumerate(wanted):
        got = sum(people[n][2][m] for n in expected)
        told = [each for each in chosen.unmet if each.name == minimum.name]
        assert bool(told) is (got < minimum.places)
        assert all((t.wanted, t.listed) == (minimum.places, got) and t.why for t in told)
    short = [each for each in chosen.unmet if each.name == "places"]
    assert bool(short) is (len(expected) < capacity)


@settings(max_examples=60)
@given(
    people=crowds,
    weights=some_weights,
    capacity=st.integers(1, 6),
    minima=some_minima,
    by_practice=st.booleans(),
    data=st.data(),
)
def test_more_points_never_take_somebody_off(people, weights, capacity, minima, by_practice, data):
    ties = list(range(len(people)))
    wanted = [Minimum(name, places) for name, places in zip(MINIMA, minima, strict=True)]
    given_ = {"minima": wanted, "by_practice": by_practice}
    crowd = candidates([((*r, False), p, c) for r, p, c in people], ties)
    before = listed(crowd, choose(crowd, (*weights, 3), capacity, **given_))
    if not before:
        return
    lucky = data.draw(st.sampled_from(before))
    crowd = candidates([((*r, n == lucky), p, c) for n, (r, p, c) in enumerate(people)], ties)
    assert lucky in listed(crowd, choose(crowd, (*weights, 3), capacity, **given_))


@settings(max_examples=60)
@given(
    people=st.lists(person, min_size=2, max_size=40),
    weights=some_weights,
    capacity=st.integers(1, 30),
    minima=some_minima,
    data=st.data(),
)
def test_those_moved_on_are_there_and_places_are_never_exceeded(
    people, weights, capacity, minima, data
):
    crowd = candidates(people, list(range(len(people))))
    most = min(capacity, len(people))
    moved = data.draw(
        st.lists(st.integers(0, len(people) - 1), unique=True, min_size=1, max_size=most)
    )
    wanted = [Minimum(name, places) for name, places in zip(MINIMA, minima, strict=True)]
    for by_practice in (False, True):
        chosen = choose(
            crowd, weights, capacity, minima=wanted, by_practice=by_practice, moved_on=moved
        )
        assert chosen.rows[: len(moved)].tolist() == moved
        assert len(set(chosen.rows.tolist())) == len(chosen.rows) <= capacity
        assert (chosen.points[len(moved) :] >= 1).all()
        for m, minimum in enumerate(wanted):
            got = sum(people[n][2][m] for n in listed(crowd, chosen))
            assert got >= minimum.places or minimum.name in [u.name for u in chosen.unmet]


@pytest.mark.parametrize(
    ("minima", "by_practice", "why"),
    [
        ((3, 0), False, "only 2 such people could be listed"),
        ((2, 3), False, "the minima before it leave no room for more"),
        ((2, 0), True, "the practices' shares leave no room for more"),
        ((0, 9), False, "there are only 4 places"),
    ],
)
def test_what_cannot_be_kept_is_named_with_its_reason(minima, by_practice, why):
    one, other, neither = (True, False), (False, True), (False, False)
    people = [((True,), 0, one)] * 2 + [((True,), 1, other)] * 9 + [((True,), 1, neither)] * 7
    crowd = candidates(people, list(range(len(people))))
    wanted = [Minimum(name, places) for name, places in zip(MINIMA, minima, strict=True)]
    chosen = choose(crowd, [1], 4, minima=wanted, by_practice=by_practice)
    assert [each.why for each in chosen.unmet] == [why]
    assert len(chosen.rows) == 4


@given(people=st.lists(st.integers(0, 30), min_size=1, max_size=8), places=st.integers(0, 60))
def test_shares_are_in_proportion_and_all_given(people, places):
    crowd = np.array(people)
    given_ = shares(crowd, places)
    assert given_.sum() == min(places, crowd.sum())
    assert (given_ <= crowd).all()
    if places <= crowd.sum() and crowd.sum():
        assert (given_ >= np.floor(places * crowd / crowd.sum())).all()
    assert shares(crowd[::-1], places).sum() == given_.sum()
