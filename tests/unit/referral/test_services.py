"""That a service is left out only for what is known, and each is suggested with why.

Besides examples: what must hold between one search and a slightly different one.
"""

import datetime as dt
import random
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.record.topics import SENSITIVE, TOPICS
from fairpractice.referral import needs
from fairpractice.referral.offered import ACCESS, Opening, Service, Wanted
from fairpractice.referral.services import Found, Suggestion, suggest
from fairpractice.referral.suiting import ago, district


ON = dt.date(2026, 3, 31)
HOME = (51.5, -0.1)
EMPTY = Service("", "")
SAID = {
    name: getattr(EMPTY, name)
    for name in Service.__dataclass_fields__
    if name not in ("id", "name")
}
"""Each thing that may be known of a service, and what it is when nothing is."""


def only(found: Found) -> Suggestion:
    """Return the one service that was suggested."""
    (one,) = found.suited
    assert not found.left_out
    return one


def suggested(wanted: Wanted, **known: Any) -> Suggestion:
    """Return what is said of a service that suits."""
    return only(suggest(wanted, [Service("1", "A", status="active", **known)]))


def left_out(wanted: Wanted, **known: Any) -> tuple[str, ...]:
    """Return why a service is left out."""
    found = suggest(wanted, [replace(Service("1", "A", status="active"), **known)])
    assert not found.suited
    return found.left_out[0].because


def test_each_reason_is_said_in_plain_english() -> None:
    wanted = Wanted(
        ON,
        needs=frozenset({"debt", "food_insecurity"}),
        age=34,
        postcode="FX1 2AB",
        point=HOME,
        languages=frozenset({"bengali"}),
        access=frozenset({"wheelchair"}),
        days=frozenset({1}),
    )
    said = suggested(
        wanted,
        needs=frozenset({"debt"}),
        minimum_age=18,
        areas=("FX1, FX2",),
        points=((51.519, -0.1),),
        languages=("English", "Bengali"),
        access=frozenset({"wheelchair"}),
        openings=(Opening(1, "18:00", "20:00"), Opening(3, "09:00", "12:00")),
        available=3,
        said_on=ON - dt.timedelta(days=2),
        assured_on=ON - dt.timedelta(days=9),
    )
    assert said.reasons == (
        "helps with debt",
        "2.1 km away",
        "serves FX1",
        "for people of 18 and over",
        "open on Tuesday evenings",
        "offers Bengali",
        "has wheelchair access",
        "has 3 places",
        "last checked 9 days ago",
    )
    assert said.asks == ()


@pytest.mark.parametrize(
    ("known", "wanted", "why"),
    [
        ({"minimum_age": 18}, {"age": 17}, "not eligible by age: for people of 18 and over"),
        ({"maximum_age": 25}, {"age": 26}, "not eligible by age: for people up to 25"),
        ({"available": 0, "said_on": ON}, {}, "full"),
        (
            {"areas": ("FX1", "FX2 3")},
            {"postcode": "FX9 1AA"},
            "area not served: it is for FX1; FX2 3",
        ),
        ({"openings": (Opening(0), Opening(2))}, {"days": frozenset({1})}, None),
        ({"status": "temporarily closed"}, {}, "closed for a time"),
        (
            {"points": ((51.6, -0.1),)},
            {"point": HOME, "within": 5.0},
            "11.1 km away, further than 5 km",
        ),
    ],
)
def test_what_is_known_to_be_wrong_leaves_out_and_says_why(
    known: dict[str, Any], wanted: dict[str, Any], why: str | None
) -> None:
    assert left_out(Wanted(ON, **wanted), **known) == (
        why or "open only on Mondays and Wednesdays",
    )


@pytest.mark.parametrize(
    ("known", "wanted", "ask"),
    [
        ({}, {"languages": frozenset({"Urdu"})}, "does not say whether it offers Urdu: ask"),
        (
            {"languages": ("English",)},
            {"languages": frozenset({"Urdu"})},
            "offers English: ask for an interpreter, Urdu",
        ),
        ({}, {"days": frozenset({1})}, "does not say on which days it is open: ask"),
        ({}, {"needs": frozenset({"debt"})}, "does not say what it helps with: ask"),
        ({}, {}, "does not say whether it has places: ask"),
        (
            {"available": 0, "said_on": dt.date(2025, 1, 31)},
            {},
            "had no places, said 14 months ago: ask",
        ),
        ({"minimum_age": 18}, {}, "for people of 18 and over: ask how old they are"),
        ({"status": ""}, {}, "does not say whether it is running: ask"),
        (
            {"areas": ("All of Fairport",)},
            {"postcode": "FX9 1AA"},
            "serves “All of Fairport”: ask whether the person lives there",
        ),
        ({"assured_on": dt.date(2025, 1, 31)}, {}, "last checked 14 months ago: ring first"),
        ({}, {}, "nobody says when it was last checked: ring first"),
        (
            {},
            {"access": frozenset({"parking"})},
            "does not say whether it has parking for disabled people: ask",
        ),
        ({"eligibility": "Anybody\nin need"}, {}, "says whom it is for: “Anybody in need”"),
    ],
)
def test_what_is_not_known_leaves_nobody_out_and_is_to_be_asked(
    known: dict[str, Any], wanted: dict[str, Any], ask: str
) -> None:
    service = replace(Service("1", "A", status="active"), **known)
    assert ask in only(suggest(Wanted(ON, **wanted), [service])).asks


def test_somebody_of_the_maximum_age_still_may_come() -> None:
    assert suggested(Wanted(ON, age=25), maximum_age=25)


def test_what_answers_to_something_else_is_not_what_was_looked_for() -> None:
    found = suggest(
        Wanted(ON, needs=frozenset({"debt"})), [Service("1", "A", needs=frozenset({"carer"}))]
    )
    assert found == Found()


topics = st.frozensets(st.sampled_from(["debt", "carer", "food_insecurity"]), max_size=2)
days = st.dates(dt.date(2024, 1, 1), dt.date(2026, 6, 1))
points = st.tuples(st.floats(51.0, 52.0), st.floats(-1.0, 0.5))
services = st.builds(
    Service,
    id=st.uuids().map(str),
    name=st.sampled_from(["A", "a", "B", "Ä"]),
    status=st.sampled_from(["", "active", "active", "inactive", "temporarily closed"]),
    needs=topics,
    minimum_age=st.none() | st.integers(0, 70).map(float),
    maximum_age=st.none() | st.integers(10, 100).map(float),
    areas=st.lists(st.sampled_from(["FX1", "FX2 3", "Fairport", "FX1 and FX3"]), max_size=2).map(
        tuple
    ),
    points=st.lists(points, max_size=2).map(tuple),
    postcodes=st.lists(st.sampled_from(["FX1 1AA", "FX2 3AB", "nonsense"]), max_size=2).map(tuple),
    languages=st.lists(st.sampled_from(["English", "Bengali", "Urdu"]), max_size=2).map(tuple),
    interpreting=st.sampled_from(["", "On request"]),
    access=st.frozensets(st.sampled_from(sorted(ACCESS)), max_size=2),
    openings=st.lists(
        st.builds(Opening, st.integers(0, 6), st.sampled_from(["", "09:00", "18:00"])), max_size=2
    ).map(tuple),
    available=st.none() | st.integers(0, 3).map(float),
    said_on=st.none() | days,
    assured_on=st.none() | days,
)
searches = st.builds(
    Wanted,
    on=st.just(ON),
    needs=topics,
    age=st.none() | st.integers(0, 100),
    postcode=st.sampled_from(["", "FX1 1AA", "FX9", "fx2 3zz"]),
    point=st.none() | points,
    languages=st.frozensets(st.sampled_from(["bengali", "Urdu"]), max_size=1),
    access=st.frozensets(st.sampled_from(sorted(ACCESS)), max_size=1),
    days=st.frozensets(st.integers(0, 6), max_size=2),
    within=st.none() | st.floats(1, 50),
)
many = st.lists(services, max_size=8, unique_by=lambda each: each.id)


def wrong(wanted: Wanted, each: Service) -> bool:
    """Tell whether a service is known not to suit: a second implementation, of nothing else."""
    places = [part for area in each.areas for part in area.replace("and", " ").split()]
    districts = [part for part in places if part.startswith("FX")]
    plain = all(part.startswith("FX") or part.isdigit() for part in places)
    home = district(wanted.postcode)
    far = (
        suggest(Wanted(ON, point=wanted.point), [Service("1", "A", points=each.points)])
        .suited[0]
        .kilometres
    )
    return any(
        (
            each.status in ("inactive", "defunct", "temporarily closed"),
            wanted.age is not None and wanted.age < (each.minimum_age or 0),
            wanted.age is not None and wanted.age > (each.maximum_age or 999),
            each.available == 0 and each.said_on and each.said_on >= dt.date(2026, 2, 28),
            wanted.days
            and each.openings
            and wanted.days.isdisjoint(opening.day for opening in each.openings),
            home
            and districts
            and home not in districts
            and plain
            and not any("and" in area for area in each.areas),
            wanted.within is not None
            and far is not None
            and far > wanted.within
            and "from_home" not in each.access,
        )
    )


@given(searches, many)
def test_a_service_is_left_out_exactly_when_something_known_is_wrong(
    wanted: Wanted, there: list[Service]
) -> None:
    found = suggest(wanted, there)
    looked_for = {
        each.id
        for each in there
        if not (wanted.needs and each.needs and not wanted.needs & each.needs)
    }
    out = {each.service.id for each in found.left_out}
    suited = {each.service.id for each in found.suited}
    assert out | suited == looked_for
    assert not out & suited
    assert out == {each.id for each in there if each.id in looked_for and wrong(wanted, each)}
    assert all(each.because for each in found.left_out)


@given(searches, many, st.randoms(use_true_random=False))
def test_the_order_is_the_same_whatever_order_they_come_in(
    wanted: Wanted, there: list[Service], chance: random.Random
) -> None:
    found = suggest(wanted, there)
    shuffled = list(there)
    chance.shuffle(shuffled)
    assert suggest(wanted, shuffled) == found
    fewer = [each for each in there if chance.random() < 0.5]
    kept = {each.id for each in fewer}
    assert [each for each in found.suited if each.service.id in kept] == list(
        suggest(wanted, fewer).suited
    ), "nothing changes what is said of another, or its place before it"


@given(searches, services, st.sampled_from(sorted(SAID)))
def test_knowing_less_of_a_service_never_leaves_it_out(
    wanted: Wanted, service: Service, forgotten: str
) -> None:
    if forgotten == "access" and "from_home" in service.access:
        return  # that it comes to them is what makes it near
    before = suggest(wanted, [service])
    after = suggest(wanted, [replace(service, **{forgotten: SAID[forgotten]})])
    assert not (before.suited and after.left_out)
    assert (
        not (after.left_out and not before.left_out and not before.suited) or forgotten == "needs"
    )


@given(searches, services, st.sampled_from(["age", "point", "days", "within", "postcode"]))
def test_knowing_less_of_a_person_never_leaves_a_service_out(
    wanted: Wanted, service: Service, forgotten: str
) -> None:
    nothing = Wanted(ON)
    less = replace(wanted, **{forgotten: getattr(nothing, forgotten)})
    if suggest(wanted, [service]).suited:
        assert suggest(less, [service]).suited


@given(points, points, services)
def test_the_nearer_of_two_alike_comes_first(
    one: tuple[float, float], other: tuple[float, float], service: Service
) -> None:
    alike = replace(service, status="active", available=None)
    there = [replace(alike, id=str(n), points=(at,)) for n, at in enumerate((one, other))]
    found = suggest(Wanted(ON, point=HOME), there).suited
    assert [each.kilometres for each in found] == sorted(each.kilometres or 0 for each in found)


@given(days)
def test_how_long_ago_is_said_in_words_that_hold(then: dt.date) -> None:
    said = ago(then, ON)
    passed = (ON - then).days
    if passed <= 0:
        assert said == "today"
    else:
        number, unit = said.split()[:2]
        length = {"day": 1, "month": 30.44, "year": 365.25}[unit.removesuffix("s")]
        assert 0 <= passed - int(number) * length + 3 <= length + 6


def test_the_district_of_a_postcode_is_found_however_it_is_written() -> None:
    for said in ("FX1 2AB", "fx12ab", " FX1", "FX1 2"):
        assert district(said) == "FX1"
    assert district("FX12 2AB") == district("fx122ab") == "FX12"
    assert district("somewhere") == ""


def test_every_need_has_words_or_a_reason_to_have_none() -> None:
    assert set(TOPICS) - set(needs.WORDS) == {"settled_home", "domestic_abuse"}
    assert not set(needs.ASKED) & set(SENSITIVE)


def test_the_terms_of_open_eligibility_answer_our_needs(
    reference: Callable[..., Path],
) -> None:
    text = reference("openreferral", "openeligibility", "taxonomy.xml").read_text(
        encoding="utf-8-sig"
    )
    tree = ET.fromstring(text.replace('<?xml version="2.0"', '<?xml version="1.0"'))
    titles = [each.get("title", "") for each in tree.iter() if each.get("title")]
    answered = {topic for title in titles for topic in needs.answered_by([title])}
    assert answered == set(needs.WORDS)
    for title, topic in (
        ("Food Pantry", "food_insecurity"),
        ("Help Pay for Utilities", "fuel_poverty"),
        ("Relief for Caregivers", "carer"),
        ("Veterans", "veteran"),
        ("Support Groups", "social_isolation"),
    ):
        assert title in titles
        assert topic in needs.answered_by([title])


@pytest.mark.parametrize(
    ("name", "topics"),
    [
        ("Fairport Food Bank", {"food_insecurity"}),
        ("Men’s shed", {"social_isolation"}),
        ("money_advice", {"debt", "financial_hardship"}),
        ("Career coaching", set()),
        ("Foodie magazine", set()),
    ],
)
def test_words_are_whole_words_in_any_spelling(name: str, topics: set[str]) -> None:
    assert needs.answered_by([name]) == topics
