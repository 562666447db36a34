"""That a feed arrives whole, leaves what is kept here, and leaves nothing of a refuge."""

import json
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.web.directory import keeping, taking_in
from fairpractice.web.directory.models import Provider, Reading, Service
from fairpractice.web.organisations.actions import add_partner
from tests.web.directory.conftest import everything, number, received, service, taken_in, term


pytestmark = pytest.mark.django_db
SERVICE = "ac148810-d857-441c-9679-408f346de14b"


@pytest.mark.parametrize(
    "folder",
    [("oruk-3.0", "mocks", "default"), ("hsds-3.0", "examples"), ("hsds-3.1-dev", "examples")],
    ids="/".join,
)
def test_a_feed_of_the_standard_arrives_and_again_changes_nothing(
    reference: Callable[..., Path], folder: tuple[str, ...]
) -> None:
    found = reference("openreferral", *folder)
    files = [(path.name, path.read_bytes()) for path in sorted(found.glob("*.json"))]
    taking_in.accept(None, taking_in.receive(None, "A feed", files, uuid4()))
    one = Service.objects.get(id=SERVICE)
    assert one.provider
    assert (one.name, one.minimum_age) == ("Community Counselling", 12)
    assert one.assured_date.isoformat() == "2005-01-01"  # type: ignore[union-attr]
    (at,) = one.service_at_locations.filter(location__addresses__isnull=False)
    assert at.location.addresses.get().address_1
    assert at.location.accessibility.exists()
    assert one.schedules.get().byday
    counted = {model: model.objects.count() for model in taking_in.MODELS.values()}  # type: ignore[attr-defined]
    taking_in.accept(None, taking_in.receive(None, "A feed", files, uuid4()))
    assert {model: model.objects.count() for model in taking_in.MODELS.values()} == counted  # type: ignore[attr-defined]


def test_an_imported_refuge_leaves_no_address_phone_or_name() -> None:
    hidden = service(
        2,
        "Rose House",
        description="A refuge for women",
        organization={"id": number(3), "name": "The Rose trust"},
        phones=[{"id": number(4), "number": "01632 960001"}],
        contacts=[{"id": number(5), "name": "Colleague 1", "email": "one@rose.example"}],
        service_at_locations=[
            {
                "id": number(6),
                "location": {
                    "id": number(7),
                    "location_type": "physical",
                    "name": "The red door",
                    "addresses": [{"id": number(8), "address_1": "1 Hidden Lane"}],
                },
            }
        ],
    )
    read = received(hidden, service(9, "Lunch club"))
    assert (read.counts["private"], read.counts["services"]) == (1, 1)
    taking_in.accept(None, read)
    held = everything()
    assert "Lunch club" in held
    for word in ("Rose", "Hidden", "01632", "Colleague", "rose.example", "red door", number(2)):
        assert word not in held


def test_what_is_read_waits_until_it_is_accepted_and_is_accepted_once() -> None:
    read = received(service(1, "Lunch club"))
    assert not Service.objects.exists()
    again = taking_in.receive(None, "Another", [], read.id)
    assert again == read
    taking_in.accept(None, read)
    Service.objects.update(name="Changed since")
    accepted = taking_in.accept(None, read)
    assert Service.objects.get().name == "Changed since"
    assert (accepted.rows, Reading.objects.count()) == ({}, 1)


def test_what_a_partner_keeps_is_left_as_it_is() -> None:
    (one,) = taken_in(
        service(1, "Lunch club", phones=[{"id": number(2), "number": "01632 960002"}])
    )
    Service.objects.update(organisation=add_partner("P1", "A charity"))
    read = received(
        service(1, "Another name", phones=[{"id": number(3), "number": "01632 960003"}])
    )
    assert read.counts["kept_here"] == 1
    taking_in.accept(None, read)
    one.refresh_from_db()
    assert one.name == "Lunch club"
    assert [each.number for each in one.phones.all()] == ["01632 960002"]


def test_what_a_feed_says_again_replaces_what_it_said_and_what_it_leaves_out_stays() -> None:
    taken_in(
        service(
            1,
            "Lunch club",
            description="Soup",
            languages=[{"id": number(2), "name": "Urdu"}],
            phones=[{"id": number(3), "number": "01632 960002"}],
        )
    )
    (one,) = taken_in(service(1, "Lunch club 2", languages=[{"id": number(4), "name": "Polish"}]))
    assert (one.name, one.description, one.version) == ("Lunch club 2", "Soup", 2)
    assert [each.name for each in one.languages.all()] == ["Polish"]
    assert one.phones.count() == 1


def test_new_services_of_a_provider_are_kept_by_the_partner_that_keeps_its_others() -> None:
    theirs = {"id": number(9), "name": "A charity"}
    partner = add_partner("P1", "A charity")
    taken_in(service(1, "Lunch club", organization=theirs))
    Service.objects.update(organisation=partner)
    (new,) = taken_in(service(2, "Walks", organization=theirs))
    assert new.organisation == partner
    assert Provider.objects.count() == 1


def test_a_key_that_leads_nowhere_costs_the_key_alone() -> None:
    (one,) = taken_in(service(1, "Lunch club", organization_id=number(77)))
    assert one.provider is None


def test_a_file_without_a_service_is_refused_with_what_to_do() -> None:
    with pytest.raises(FairpracticeError, match="no service in it"):
        taking_in.receive(None, "A feed", [("x.json", b"{}")], uuid4())
    assert not Reading.objects.exists()


def test_a_person_may_let_one_in_and_one_that_was_taken_out_never_comes_back() -> None:
    wild = service(1, "The wildlife refuge", attributes=term("Animal Welfare"))
    assert received(wild).counts["private"] == 1
    keeping.let_in(None, Service(id=wild["id"]).id)
    (one,) = taken_in(wild)
    waiting = received(wild)
    keeping.take_out(None, one)  # type: ignore[arg-type]
    assert received(wild, service(2, "Walks")).counts["private"] == 1
    taking_in.accept(None, waiting)
    assert not Service.objects.exists()
    assert "wildlife" not in everything()


def test_what_no_column_has_is_kept_beside() -> None:
    (one,) = taken_in(service(1, "Lunch club", licenses="One", mood={"good": ["very"]}))
    assert one.extra == {"licenses": "One", "mood": {"good": ["very"]}}
    assert json.dumps(one.extra)
