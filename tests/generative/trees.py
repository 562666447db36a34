"""Random trees over every node of the language."""

import dataclasses
import functools
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from fairpractice.criteria import tree
from fairpractice.record.dates import EVER, Window
from fairpractice.record.tables import APPOINTMENT_STATUSES, ROUTES, URGENT_CONTACT_KINDS
from tests.generative.records import MONTHS, TOPICS_ASKED


CODED = ["this", "that", "other", "nothing"]
NODES: dict[str, type[tree.Expression]] = {
    name: value
    for name, value in vars(tree).items()
    if isinstance(value, type)
    and issubclass(value, tree.Expression)
    and dataclasses.is_dataclass(value)
}
"""Every node there is, by name, as the module of the tree declares them."""


def _some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True).map(tuple)


@functools.cache
def windows() -> st.SearchStrategy[Window]:
    """All time, the last so many months, or months that ended some months ago."""
    last = st.builds(Window, st.sampled_from(MONTHS))
    ended = st.builds(Window, st.sampled_from([12, 15]), st.sampled_from([1, 6]))
    return st.just(EVER) | last | ended | st.builds(Window, st.none(), st.sampled_from([1, 6]))


def _coded(*tables: str) -> st.SearchStrategy[tree.Rows]:
    return st.builds(tree.Rows, st.sampled_from(tables), windows(), st.sampled_from(CODED))


@functools.cache
def appointments() -> st.SearchStrategy[tree.Rows]:
    where = st.just(()) | _some(APPOINTMENT_STATUSES).map(lambda s: (("status", s),))
    known = st.sampled_from([(), ("clinician_id",)])
    return st.builds(tree.Rows, st.just("appointment"), windows(), st.just(""), where, known)


@functools.cache
def rows() -> st.SearchStrategy[tree.Rows]:
    """Rows of any table, coded or not."""
    urgent = _some(URGENT_CONTACT_KINDS).map(lambda kinds: (("kind", kinds),))
    return st.one_of(
        _coded("event", "medication"),
        appointments(),
        st.builds(
            tree.Rows, st.just("urgent_contact"), windows(), st.just(""), st.just(()) | urgent
        ),
        st.builds(tree.Rows, st.sampled_from(["event", "medication"]), windows()),
    )


@functools.cache
def leaves() -> dict[str, st.SearchStrategy[tree.Criterion]]:
    """Return a strategy for each kind of criterion that is made of no others."""
    ages = [(0, None), (18, None), (0, 17), (18, 40), (41, 41), (0, 0)]
    topics = st.sampled_from(TOPICS_ASKED)
    lists = st.sampled_from(CODED)
    return {
        "registered": st.builds(tree.Registered, st.sampled_from([0, *MONTHS])),
        "age": st.sampled_from([tree.Age(*limits) for limits in ages]),
        "sex": st.sampled_from([tree.Sex("female"), tree.Sex("male")]),
        "address": st.just(tree.AddressKnown()),
        "contact": st.just(tree.Contactable()),
        "exists": st.builds(tree.Exists, rows()),
        "in force": st.builds(tree.InForce, lists, lists),
        "circumstance": st.builds(tree.Circumstance, topics),
        "recorded": st.builds(
            tree.CircumstanceRecorded, topics, windows(), st.sampled_from(["", *ROUTES])
        ),
    }


@functools.cache
def plain_numbers() -> dict[str, st.SearchStrategy[tree.Number]]:
    """Return a strategy for each kind of number that is made of no others."""
    totals = st.one_of(
        st.builds(tree.Total, _coded("event"), st.just("value")),
        st.builds(tree.Total, _coded("medication"), st.just("days_supply")),
        st.builds(tree.Total, appointments(), st.just("minutes")),
    )
    groups = st.one_of(
        st.builds(
            tree.PerGroup,
            appointments(),
            st.just("clinician_id"),
            st.sampled_from(["largest", "groups", "sum_of_squares"]),
        ),
        st.builds(
            tree.PerGroup, _coded("event"), st.just("code"), st.sampled_from(["largest", "groups"])
        ),
    )
    return {
        "constant": st.builds(tree.Constant, st.sampled_from([0.0, 1.0, 2.0, 140.0, -0.5])),
        "count": st.builds(tree.Count, rows()),
        "total": totals,
        "latest": st.builds(tree.Latest, _coded("event")),
        "groups": groups,
    }


def numbers(criteria: st.SearchStrategy[tree.Criterion]) -> st.SearchStrategy[tree.Number]:
    """Return numbers, and what can be made of them."""
    return st.recursive(
        st.one_of(*plain_numbers().values()),
        lambda smaller: st.one_of(
            st.builds(tree.Arithmetic, smaller, st.sampled_from(["+", "-", "/"]), smaller),
            st.builds(tree.Where, smaller, criteria),
        ),
        max_leaves=3,
    )


def comparisons(criteria: st.SearchStrategy[tree.Criterion]) -> st.SearchStrategy[tree.Criterion]:
    """Return a number against another, or a latest value against a limit, which bits answer."""
    signs = st.sampled_from(["<", "<=", ">", ">=", "=="])
    limits = st.builds(tree.Constant, st.sampled_from([0.0, 1.0, 2.5]))
    number = numbers(criteria)
    return st.one_of(
        st.builds(tree.Compare, number, signs, number),
        st.builds(tree.Compare, st.one_of(*plain_numbers().values()), signs, limits),
        st.builds(tree.Compare, plain_numbers()["latest"], signs, limits),
    )


@functools.cache
def criteria() -> st.SearchStrategy[tree.Criterion]:
    """Any criterion."""
    leaf = st.one_of(*leaves().values())
    return st.recursive(
        leaf | comparisons(leaf),
        lambda smaller: st.one_of(
            st.lists(smaller, min_size=2, max_size=3).map(lambda of: tree.And(tuple(of))),
            st.lists(smaller, min_size=2, max_size=3).map(lambda of: tree.Or(tuple(of))),
            st.builds(tree.Not, smaller),
            st.builds(tree.Known, smaller),
            comparisons(smaller),
        ),
        max_leaves=5,
    )


@functools.cache
def asked() -> st.SearchStrategy[Mapping[str, tree.Criterion | tree.Number]]:
    """Return one of each node, some random trees, and every expression these are made of, named.

    Three criteria that may be unknown are joined in each way, so that each way is seen whole.
    """
    one_of_each = st.fixed_dictionaries({**leaves(), **plain_numbers()})
    may_be_unknown = st.permutations(["age", "sex", "contact", "circumstance"])
    trees = st.lists(criteria() | numbers(criteria()), max_size=3)

    def named(
        each: Mapping[str, Any], joined: list[str], roots: list[tree.Criterion | tree.Number]
    ) -> Mapping[str, tree.Criterion | tree.Number]:
        one, two, three, _ = (each[name] for name in joined)
        ways = {
            "and": tree.And((one, two)),
            "or": tree.Or((one, two)),
            "not": tree.Not(tree.And((one, three))),
            "known": tree.Known(tree.Or((two, three))),
        }
        parts = dict.fromkeys(part for root in roots for part in root.walk())
        return {**each, **ways, **{f"part {number}": part for number, part in enumerate(parts)}}

    return st.builds(named, one_of_each, may_be_unknown, trees)
