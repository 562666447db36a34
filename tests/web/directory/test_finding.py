"""That a service is found however it is typed, by what somebody needs, and with why."""

import datetime as dt
import random

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairpractice.referral.offered import Opening, Wanted
from fairpractice.web.directory import finding, indexing, plain
from fairpractice.web.directory.models import Postcode, Service
from fairpractice.web.patients.models import Patient
from tests.web.directory.conftest import number, service, taken_in, term


pytestmark = pytest.mark.django_db
NAMES = [
    "Fairport food bank",
    "Debt advice centre",
    "Befriending at home",
    "Men’s shed",
    "Walking group",
    "Warm homes scheme",
    "Community café",
    "Citizens advice",
]


def named(text: str) -> list[str]:
    """Return the names of what is found."""
    return [each.name for each in finding.search(text)]


def test_what_is_typed_wrongly_is_found() -> None:
    taken_in(*(service(n, name) for n, name in enumerate(NAMES, 1)))
    for typed, name in (
        ("fod bnak", "Fairport food bank"),
        ("dept advise", "Debt advice centre"),
        ("befrending", "Befriending at home"),
        ("mens shed", "Men’s shed"),
        ("comunity cafe", "Community café"),
        ("citizen advise", "Citizens advice"),
        ("WALKING", "Walking group"),
    ):
        assert named(typed)[0] == name, typed
    assert named("zebra crossing") == []
    assert named("  ") == []


def test_a_service_is_found_by_its_terms_who_offers_it_and_what_it_says() -> None:
    taken_in(
        service(1, "One", attributes=term("Community transport")),
        service(2, "Two", organization={"id": number(9), "name": "The Harbour trust"}),
        service(3, "Three", description="We teach swimming"),
    )
    assert named("comunity trasport") == ["One"]
    assert named("harbor trust") == ["Two"]
    assert named("swiming") == ["Three"]


LETTERS = "abcdefghijklmnopqrstuvwxyz"


def mistyped(word: str, chance: random.Random) -> str:
    """Return a word with a letter left out, put in, taken for another, or changed with the next."""
    at = chance.randrange(1, len(word) - 1)
    letter = chance.choice(LETTERS)
    return chance.choice(
        [
            word[:at] + word[at + 1 :],
            word[:at] + letter + word[at:],
            word[:at] + letter + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
    )


@given(
    st.lists(st.text(LETTERS, min_size=7, max_size=12), min_size=1, max_size=12, unique=True),
    st.randoms(use_true_random=False),
)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_one_mistake_in_a_long_word_never_hides_it(words: list[str], chance: random.Random) -> None:
    Service.objects.all().delete()  # each example begins by emptying what the one before left
    rows = [Service(name=word) for word in words]
    Service.objects.bulk_create(rows)
    indexing.index([each.id for each in rows])
    wanted = chance.choice(words)
    typed = mistyped(wanted, chance)
    found = named(typed)
    assert wanted in found
    everything = [word for word in words if indexing.alike(typed, word) >= finding.ALIKE]
    assert set(found) == set(everything), "the index finds what looking at each word finds"


def at(of: int, latitude: float, longitude: float, **also: object) -> list[dict[str, object]]:
    """Return where a service is, as a feed writes it."""
    place = {
        "id": number(of),
        "location_type": "physical",
        "latitude": latitude,
        "longitude": longitude,
    }
    return [{"id": number(of + 100), "location": {**place, **also}}]


def test_rows_become_plain_data() -> None:
    today = dt.date(2026, 3, 31)
    weekly = {"freq": "WEEKLY", "opens_at": "12:00:00", "closes_at": "14:00"}
    steps = "Wheelchair access. There is no hearing loop."
    address = {"id": number(31), "address_1": "1 High Street", "postal_code": "FX1 2AB"}
    taken_in(
        service(
            1,
            "Meals",
            attributes=term("Free Meals"),
            minimum_age=60,
            schedules=[
                {"id": number(2), "byday": "TU,FR", **weekly},
                {"id": number(3), "byday": "MO", "valid_to": "2020-01-01"},
            ],
            languages=[{"id": number(4), "code": "bn"}, {"id": number(5), "name": "English"}],
            service_areas=[{"id": number(6), "name": "FX1"}],
            capacities=[
                {"id": number(7), "available": 3, "updated": "2026-03-30T09:00:00Z"},
                {"id": number(8), "available": 9, "updated": "2026-01-30T09:00:00Z"},
            ],
            service_at_locations=at(
                20,
                51.5,
                -0.1,
                accessibility=[{"id": number(30), "description": steps}],
                addresses=[address],
            ),
        )
    )
    row = plain.with_all(Service.objects.all()).get()
    known = plain.plain(row, today)
    assert known.needs == {"food_insecurity"}
    assert known.openings == (Opening(1, "12:00", "14:00"), Opening(4, "12:00", "14:00"))
    assert known.languages == ("Bengali", "English")
    assert (known.areas, known.postcodes) == (("FX1",), ("FX1 2AB",))
    assert (known.available, known.said_on) == (3, dt.date(2026, 3, 30))
    assert known.points == ((51.5, -0.1),)
    assert known.access == {"wheelchair", "step_free"}
    assert known.no_access == {"hearing_loop"}


@pytest.mark.parametrize(
    ("said", "there", "missing"),
    [
        ("Wheelchair access on all floors", {"wheelchair", "step_free"}, set()),
        ("The building is not wheelchair accessible", set(), {"wheelchair", "step_free"}),
        ("There is a ramp. No accessible toilet.", {"step_free"}, {"toilet"}),
        ("Wheelchair access is not possible", set(), {"wheelchair", "step_free"}),
        ("Advice by telephone or online", {"from_home"}, set()),
        ("Quiet rooms", set(), set()),
    ],
)
def test_access_is_read_from_words_and_a_no_is_a_no(
    said: str, there: set[str], missing: set[str]
) -> None:
    assert plain.access(Service(name="A", description=said), []) == (there, missing)


def test_a_person_is_suggested_what_suits_by_what_is_held_of_them(person: Patient) -> None:
    postcode = "FX1 2AB"
    person.identity = {**person.identity, "postcode": postcode, "date_of_birth": "1990-01-01"}
    Postcode.objects.create(postcode="FX12AB", latitude=51.5, longitude=-0.1)
    today = timezone.localdate().isoformat()
    taken_in(
        service(1, "Far food bank", service_at_locations=at(20, 51.6, -0.1), assured_date=today),
        service(2, "Near food bank", service_at_locations=at(21, 51.51, -0.1), assured_date=today),
        service(3, "Food for the young", maximum_age=18),
        service(4, "Debt advice"),
        service(5, "A hall"),
    )
    found = finding.suggest(finding.wanted_for(person, {"food_insecurity"}))
    assert [row.name for row, _ in found.suited] == ["Near food bank", "Far food bank", "A hall"]
    assert found.suited[0][1].reasons[:2] == ("helps with food insecurity", "1.1 km away")
    assert [(row.name, out.because) for row, out in found.left_out] == [
        ("Food for the young", ("not eligible by age: for people up to 18",))
    ]
    typed = finding.suggest(Wanted(timezone.localdate()), "ner fod bank")
    assert "Near food bank" in {row.name for row, _ in typed.suited}


def test_one_that_is_recorded_twice_is_found_once() -> None:
    first, second = taken_in(service(1, "Lunch club"), service(2, "Lunch club"))
    Service.objects.filter(id=second.id).update(same_as=first)
    assert finding.search("lunch club") == [first]
