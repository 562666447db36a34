"""Who finds, keeps and looks after what in the directory; by two people at once; and by mistake."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fairpractice.web.accounts.models import User
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.core.models import Entry
from fairpractice.web.directory import duplicates, keeping
from fairpractice.web.directory.models import Reading, Service
from fairpractice.web.organisations.actions import add_partner
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from tests.web import referring, support
from tests.web.directory.conftest import everything, number, service, taken_in, term


pytestmark = pytest.mark.django_db
SignIn = Callable[..., Any]


@pytest.fixture
def partner() -> Organisation:
    """A charity whose people sign in."""
    return add_partner("P1", "A charity")


def theirs(partner: Organisation, *services: dict[str, Any]) -> list[Service]:
    """Take services in, which a partner keeps."""
    found = taken_in(*services)
    Service.objects.filter(id__in=[each.id for each in found]).update(organisation=partner)
    return list(Service.objects.filter(id__in=[each.id for each in found]).order_by("id"))


def test_what_is_looked_for_stands_in_no_address_and_in_no_trail(sign_in_as: SignIn) -> None:
    taken_in(service(1, "Debt advice", attributes=term("Debt")), service(2, "Walks"))
    client = sign_in_as(Role.CARE_NAVIGATOR)
    answer = client.post("/services/", {"words": "dept advise", "need": "", "age": "34"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Debt advice" in page
    with_need = client.post("/services/", {"words": "dept advise", "need": "debt"})
    assert "Helps with debt" in with_need.content.decode()
    assert "Ask first:" in page
    entry = Entry.objects.latest("id")
    assert (entry.act, entry.detail) == ("look for a service", {"found": 1})
    assert "Enter their age" in client.post("/services/", {"age": "old"}).content.decode()


def test_pages_ask_no_row_at_a_time(sign_in_as: SignIn, partner: Organisation) -> None:
    navigator = sign_in_as(Role.CARE_NAVIGATOR)
    keeper = sign_in_as(Role.COMMUNITY_PARTNER, partner)
    counted = []
    for many in (2, 12):
        rows = [service(n, f"Lunch club {n}", attributes=term("Debt")) for n in range(1, many + 1)]
        theirs(partner, *rows)
        for client, asked in (
            (navigator, lambda client: client.post("/services/", {"words": "lunch"})),
            (navigator, lambda client: client.post("/services/", {"need": "debt"})),
            (keeper, lambda client: client.get("/services/entries/")),
        ):
            asked(client)
            with CaptureQueriesContext(connection) as queries:
                assert f"Lunch club {many}" in asked(client).content.decode()
            counted.append(len(queries))
    assert counted[:3] == counted[3:]
    assert max(counted) < 30


def test_for_somebody_their_age_is_known_and_whoever_may_not_see_them_finds_nothing(
    sign_in_as: SignIn, person: Patient, stranger: Patient
) -> None:
    person.identity = {**person.identity, "date_of_birth": "1980-01-01"}
    person.save()
    taken_in(service(1, "Youth club", maximum_age=18), service(2, "Lunch club"))
    client = sign_in_as(Role.CLINICIAN)
    page = client.post(f"/people/{person.id}/services/", {}).content.decode()
    assert "not eligible by age: for people up to 18" in page
    assert Entry.objects.latest("id").patient_id == person.id
    assert client.post(f"/people/{stranger.id}/services/", {}).status_code == 404


def test_a_partner_keeps_its_own_entries_and_reaches_no_other(
    sign_in_as: SignIn, partner: Organisation
) -> None:
    mine = theirs(partner, service(1, "Lunch club"))[0]
    other = theirs(add_partner("P2", "Another charity"), service(2, "Walks"))[0]
    client = sign_in_as(Role.COMMUNITY_PARTNER, partner)
    page = client.get("/services/entries/").content.decode()
    assert "Lunch club" in page
    assert "Walks" not in page
    assert client.get(f"/services/{other.id}/").status_code == 200
    for address in ("change", "checked", "places"):
        answer = client.post(f"/services/{other.id}/{address}/", {"version": "1"})
        assert answer.status_code == 404, address
    assert client.get(f"/services/{mine.id}/look-after/").status_code == 403
    assert client.post(f"/services/{mine.id}/checked/", {"version": "1"}).status_code == 302
    client.post(f"/services/{mine.id}/places/", {"version": "2", "places": "3"})
    mine.refresh_from_db()
    assert mine.assured_date == timezone.localdate()
    assert mine.capacities.get().available == 3
    assert Entry.objects.latest("id").detail == {"service": str(mine.id), "places": 3}
    assert "3, said on" in client.get(f"/services/{mine.id}/").content.decode()
    client.post(f"/services/{mine.id}/places/", {"version": "3", "places": ""})
    assert not mine.capacities.exists(), "not known"


def said(version: int, **also: str) -> dict[str, str]:
    """Return an entry as its page sends it."""
    return {
        "version": str(version),
        "name": "Lunch club",
        "status": "active",
        "day-1": "12 to 14:30",
        "day-4": "9.30-11, 17:00 to 20:00",
        "languages": "English, Bengali",
        "area": "FX1, FX2",
        "places": "0",
        "phone": "01632 960001",
        "minimum_age": "60",
        **also,
    }


def test_an_entry_is_changed_shown_again_as_it_was_sent_and_counts_as_checked(
    sign_in_as: SignIn, partner: Organisation
) -> None:
    mine = theirs(partner, service(1, "Old name"))[0]
    client = sign_in_as(Role.COMMUNITY_PARTNER, partner)
    address = f"/services/{mine.id}/change/"
    assert client.post(address, said(1)).status_code == 302
    shown = client.get(address).content.decode()
    for kept in (
        "12:00 to 14:30",
        "09:30 to 11:00, 17:00 to 20:00",
        "Bengali, English",
        "FX1, FX2",
    ):
        assert f'value="{kept}"' in shown
    page = client.get(f"/services/{mine.id}/").content.decode()
    for kept in (
        "Checked today",
        "0, said on",
        "01632 960001",
        "from 60",
        "Tuesday, 12:00 to 14:30",
    ):
        assert kept in page
    entry = Entry.objects.filter(act="keep an entry of the directory", detail__has_key="changed")
    assert entry.get().detail["changed"] == ["minimum_age", "name"]


def test_of_two_who_change_an_entry_the_second_is_told(
    sign_in_as: SignIn, partner: Organisation
) -> None:
    mine = theirs(partner, service(1, "Lunch club"))[0]
    first = sign_in_as(Role.COMMUNITY_PARTNER, partner)
    second = sign_in_as(Role.LINK_WORKER)
    assert first.post(f"/services/{mine.id}/change/", said(1, alert="Shut")).status_code == 302
    for address, sent in (
        ("change", said(1, alert="Open")),
        ("checked", {"version": "1"}),
        ("places", {"version": "1", "places": "2"}),
        ("look-after", {"version": "1", "partner": "nobody"}),
    ):
        assert second.post(f"/services/{mine.id}/{address}/", sent).status_code == 409
    mine.refresh_from_db()
    assert (mine.alert, mine.organisation) == ("Shut", partner)
    assert mine.capacities.get().available == 0


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"name": ""}, "Say what it is called"),
        ({"day-1": "noonish"}, "Write it like this"),
        ({"day-1": "25 to 26"}, "It closes after it opens"),
        ({"day-1": "14 to 12"}, "It closes after it opens"),
        ({"maximum_age": "5"}, "The oldest must be older"),
        ({"url": "javascript:alert(1)"}, "Enter a web address"),
        ({"email": "none"}, "Enter an e-mail address"),
        ({"places": "-1"}, "Enter 0 if it is full"),
        ({"description": "A refuge for women"}, "whereabouts must stay hidden"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_lost(
    sign_in_as: SignIn, partner: Organisation, wrong: dict[str, str], told: str
) -> None:
    mine = theirs(partner, service(1, "Lunch club"))[0]
    client = sign_in_as(Role.COMMUNITY_PARTNER, partner)
    page = client.post(f"/services/{mine.id}/change/", said(1, **wrong)).content.decode()
    assert told in page
    assert "English, Bengali" in page
    mine.refresh_from_db()
    assert mine.version == 1


def test_an_entry_that_is_added_twice_is_there_once(
    sign_in_as: SignIn, partner: Organisation
) -> None:
    client = sign_in_as(Role.COMMUNITY_PARTNER, partner)
    sent = {**said(1), "token": str(uuid4())}
    assert client.post("/services/entries/add/", sent).status_code == 302
    assert client.post("/services/entries/add/", sent).status_code == 302
    assert Service.objects.get().organisation == partner


def upload(*services: dict[str, Any]) -> SimpleUploadedFile:
    """Return a file with services."""
    content = json.dumps({"contents": list(services)}).encode()
    return SimpleUploadedFile("services.json", content, "application/json")


def test_a_directory_is_looked_at_and_then_accepted(sign_in_as: SignIn) -> None:
    client = sign_in_as(Role.ADMINISTRATOR)
    sent = {"token": str(uuid4()), "source": "Fairport council"}
    hidden = service(2, "Rose House refuge")
    files = upload(service(1, "Lunch club", url="no address"), hidden)
    answer = client.post("/services/desk/send/", {**sent, "files": files}, follow=True)
    page = answer.content.decode()
    assert "Lunch club" in page
    assert "Rose House" not in page
    assert "contents[0].url" in page
    assert not Service.objects.exists()
    accepted = client.post(f"/services/desk/{sent['token']}/accept/", follow=True).content.decode()
    assert "The directory has it now" in accepted
    assert Service.objects.get().source == "Fairport council"
    other = sign_in_as(Role.ADMINISTRATOR)
    assert other.get(f"/services/desk/{sent['token']}/").status_code == 404


@pytest.mark.parametrize(
    ("files", "source", "told"),
    [
        ([], "A council", "Choose a file"),
        ([SimpleUploadedFile("a.json", b"{")], "A council", "There is no service in it"),
        ([SimpleUploadedFile("a.json", b"{}")], "", "Say whose directory it is"),
    ],
)
def test_a_file_that_cannot_be_taken_is_told(
    sign_in_as: SignIn, files: list[SimpleUploadedFile], source: str, told: str
) -> None:
    client = sign_in_as(Role.LINK_WORKER)
    sent = {"token": str(uuid4()), "source": source, "files": files}
    assert told in client.post("/services/desk/send/", sent).content.decode()
    assert not Reading.objects.exists()


def test_what_looks_like_one_is_suggested_and_a_person_settles_it(sign_in_as: SignIn) -> None:
    def place(of: int, postcode: str) -> list[dict[str, Any]]:
        address = {"id": number(of), "postal_code": postcode, "address_1": "1 High Street"}
        return [{"id": number(of), "location": {"id": number(of), "addresses": [address]}}]

    taken_in(
        service(1, "Fairport food bank", service_at_locations=place(11, "FX1 2AB")),
        service(2, "The Fairport foodbank", service_at_locations=place(12, "fx12ab")),
        service(3, "Fairport food bank (east)", service_at_locations=place(13, "FX9 9ZZ")),
        service(4, "Walks", service_at_locations=place(14, "FX1 2AB")),
        service(5, "Talks"),
    )
    (pair,) = duplicates.suggested()
    assert [each.name for each in pair] == ["Fairport food bank", "The Fairport foodbank"]
    client = sign_in_as(Role.LINK_WORKER)
    assert "The Fairport foodbank" in client.get("/services/desk/").content.decode()
    sent = {"first": str(pair[0].id), "second": str(pair[1].id)}
    client.post("/services/desk/settle/", {**sent, "same": "no"})
    assert duplicates.suggested() == []
    assert Service.objects.filter(same_as=None).count() == 5
    client.post("/services/desk/settle/", {"first": number(1), "second": number(3), "same": "yes"})
    assert Service.objects.get(id=number(3)).same_as_id == pair[0].id
    page = client.get(f"/services/{number(3)}/").content.decode()
    assert "It is the same as" in page


def test_two_who_settle_a_pair_the_other_way_round_leave_one_entry() -> None:
    one, other = taken_in(service(1, "Lunch club"), service(2, "Lunch club"))
    viewer = Viewer(
        User.objects.create_user("one", "One").id, "One", Role.LINK_WORKER, uuid4(), "", frozenset()
    )
    keeping.settle(viewer, one, other, same=True)
    keeping.settle(viewer, other, one, same=True)
    assert [each.id for each in Service.objects.filter(same_as=None)] == [one.id]


def test_one_whose_whereabouts_must_stay_hidden_is_taken_out_for_good(sign_in_as: SignIn) -> None:
    said = [{"id": number(20), "taxonomy_term_id": number(21), "value": "At 1 Hidden Lane"}]
    place = {"id": number(12), "name": "The red door", "attributes": said}
    who = {"id": number(5), "name": "Colleague 1", "phones": [{"number": "01632 960001"}]}
    (one,) = taken_in(
        service(
            1,
            "Rose House",
            organization={"id": number(3), "name": "The Rose trust"},
            contacts=[who],
            service_at_locations=[{"id": number(11), "location": place}],
        )
    )
    client = sign_in_as(Role.LINK_WORKER)
    client.post(f"/services/{one.id}/look-after/", {"take-out": "yes"})
    assert client.get(f"/services/{one.id}/").status_code == 404
    taken_in(service(1, "Rose House"), service(3, "Walks"))
    assert [each.name for each in Service.objects.all()] == ["Walks"]
    assert not [word for word in ("Rose", "Hidden", "01632", "red door") if word in everything()]


def test_where_somebody_was_referred_to_it_an_empty_entry_stays(
    sign_in_as: SignIn, person: Patient, partner: Organisation
) -> None:
    one = theirs(partner, service(1, "Rose House", description="For women"))[0]
    client = sign_in_as(Role.LINK_WORKER)
    case = support.has_case(client.viewer, person)
    referring.referred(client.viewer, case, one)
    client.post(f"/services/{one.id}/look-after/", {"take-out": "yes"})
    one.refresh_from_db()
    assert (one.name, one.description) == ("A service that is no longer listed", "")
    assert "Rose" not in everything()
