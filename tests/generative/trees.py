"""Random trees over every node of the language."""

import dataclasses
import functools
from collections.abc import Mapping

from hypothesis import strategies as st

from fairpractice.criteria import tree
from fairpractice.record.dates import EVER, Window
from fairpractice.record.tables import APPOINTMENT_STATUSES, URGENT_CONTACT_KINDS
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
def leaves() -> st.SearchStrategy[tree.Criterion]:
    """Criteria that are made of no others."""
    ages = st.sampled_from([(0, None), (18, None), (0, 17), (18, 40), (41, 41), (0, 0)])
    topics = st.sampled_from(TOPICS_ASKED)
    lists = st.sampled_from(CODED)
    return st.one_of(
        st.builds(tree.Registered, st.sampled_from([0, *MONTHS])),
        ages.map(lambda limits: tree.Age(*limits)),
        st.builds(tree.Sex, st.sampled_from(["female", "male"])),
        st.just(tree.AddressKnown()),
        st.just(tree.Contactable()),
        st.builds(tree.Exists, rows()),
        st.builds(tree.InForce, lists, lists),
        st.builds(tree.Circumstance, topics),
        st.builds(tree.CircumstanceRecorded, topics, windows()),
    )


@functools.cache
def plain_numbers() -> st.SearchStrategy[tree.Number]:
    """Numbers that are made of no others."""
    return st.one_of(
        st.builds(tree.Constant, st.sampled_from([0.0, 1.0, 2.0, 140.0, -0.5])),
        st.builds(tree.Count, rows()),
        st.builds(tree.Total, _coded("event"), st.just("value")),
        st.builds(tree.Total, _coded("medication"), st.just("days_supply")),
        st.builds(tree.Total, appointments(), st.just("minutes")),
        st.builds(tree.Latest, _coded("event")),
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


def numbers(criteria: st.SearchStrategy[tree.Criterion]) -> st.SearchStrategy[tree.Number]:
    """Numbers, and what can be made of them."""
    return st.recursive(
        plain_numbers(),
        lambda smaller: st.one_of(
            st.builds(tree.Arithmetic, smaller, st.sampled_from(["+", "-", "/"]), smaller),
            st.builds(tree.Where, smaller, criteria),
        ),
        max_leaves=3,
    )


def comparisons(criteria: st.SearchStrategy[tree.Criterion]) -> st.SearchStrategy[tree.Criterion]:
    """A number against another, or a latest value against a limit, which bits answer."""
    signs = st.sampled_from(["<", "<=", ">", ">=", "=="])
    limits = st.builds(tree.Constant, st.sampled_from([0.0, 1.0, 2.5]))
    number = numbers(criteria)
    return st.one_of(
        st.builds(tree.Compare, number, signs, number),
        st.builds(tree.Compare, plain_numbers(), signs, limits),
        st.builds(tree.Compare, st.builds(tree.Latest, _coded("event")), signs, limits),
    )


@functools.cache
def criteria() -> st.SearchStrategy[tree.Criterion]:
    """Any criterion."""
    return st.recursive(
        leaves() | comparisons(leaves()),
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
    """A few expressions by name, and every expression that they are made of."""

    def with_parts(
        roots: list[tree.Criterion | tree.Number],
    ) -> Mapping[str, tree.Criterion | tree.Number]:
        parts = dict.fromkeys(part for root in roots for part in root.walk())
        return {f"part {number}": part for number, part in enumerate(parts)}

    roots = criteria() | numbers(criteria())
    return st.lists(roots, min_size=1, max_size=3).map(with_parts)
