"""Somebody changes their own password and app: shown who they are, and alone from then on."""

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from fairpractice.web.accounts import invitations
from fairpractice.web.accounts.models import User
from fairpractice.web.core.access import Role
from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Organisation
from tests.web import support
from tests.web.accounts.conftest import SITE
from tests.web.accounts.test_local import (
    NAME,
    PASSWORD,
    App,
    set_up,
    signed_in,
    text,
    with_code,
    with_password,
)
from tests.web.test_fuzz_forms import NASTY


pytestmark = pytest.mark.django_db
NEW = "four plain saucepans"


@pytest.fixture(autouse=True)
def _production(ways_in: Callable[..., None]) -> None:
    ways_in()


class Person:
    """Somebody with a password and an app, who is signed in twice; their clock goes on."""

    def __init__(self, place: Organisation, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = time.time()
        monkeypatch.setattr(time, "time", lambda: self._now)
        link = invitations.invite(NAME, "First Admin", "administrator", place.code)
        self.app, self.codes = set_up(Client(), link)
        self.here, self.elsewhere = self.comes_in(), self.comes_in()

    def code(self) -> str:
        """Show the next code, half a minute later."""
        self._now += 30
        self.app._steps = 0
        return self.app.code()

    def comes_in(self, password: str = PASSWORD) -> Client:
        client = Client()
        with_password(client, password)
        with_code(client, self.code())
        return client

    def sends(self, page: str, **said: str) -> Any:
        given = {"present": PASSWORD, "code": said.pop("code", "") or self.code()}
        return self.here.post(f"/account/{page}/", {**given, **said})


@pytest.fixture
def somebody(place: Organisation, monkeypatch: pytest.MonkeyPatch) -> Person:
    return Person(place, monkeypatch)


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_a_password_is_changed_and_every_other_session_is_over(somebody: Person) -> None:
    key = somebody.here.session.session_key
    answer = somebody.sends("password", password=NEW)
    assert answer["Location"] == "/account/"
    page = text(somebody.here.get("/account/"))
    assert "Your password is changed. Wherever else you were signed in" in page
    assert somebody.here.session.session_key != key
    assert not is_in(somebody.elsewhere)
    assert not signed_in(somebody.comes_in(PASSWORD))
    assert signed_in(somebody.comes_in(NEW))
    entry = Entry.objects.get(act="look after how one signs in", detail={"how": "password"})
    user = User.objects.get(username=NAME)
    assert (entry.user_id, entry.outcome, entry.role) == (user.id, "done", "administrator")


def test_who_was_half_way_in_with_what_was_changed_comes_no_further(
    somebody: Person, other_place: Organisation
) -> None:
    half, choosing = Client(), Client()
    user = User.objects.get(username=NAME)
    user.memberships.create(organisation=other_place, role="coder")
    with_password(choosing)
    assert with_code(choosing, somebody.code())["Location"] == "/sign-in/where/"
    with_password(half)
    somebody.sends("password", password=NEW)
    assert with_code(half, somebody.code())["Location"] == "/sign-in/"
    assert choosing.get("/sign-in/where/")["Location"] == "/sign-in/"


@pytest.mark.parametrize(
    ("wrong", "field", "said"),
    [
        ({"present": "guess"}, "present", "That is not your password"),
        ({"code": "000000"}, "code", "That is not the code"),
        ({"password": "short"}, "password", "at least 12"),
        ({"password": PASSWORD}, "password", "another password than the one"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_changes_nothing(
    wrong: dict[str, str], field: str, said: str, somebody: Person
) -> None:
    before = User.objects.get(username=NAME).password
    page = text(somebody.sends("password", **{"password": NEW, **wrong}))
    assert said in page
    assert f'<a href="#{field}">' in page
    assert f'id="{field}"' in page
    assert NEW not in page
    assert User.objects.get(username=NAME).password == before
    assert is_in(somebody.elsewhere)
    refused = Entry.objects.filter(outcome="refused").count()
    assert refused == (field != "password"), "only what may be a guess is noted"


def test_a_wrong_password_takes_no_code(somebody: Person) -> None:
    code = somebody.code()
    somebody.sends("password", present="guess", code=code, password=NEW)
    assert somebody.sends("password", code=code, password=NEW).status_code == 302


def test_tries_are_counted_with_those_of_signing_in(somebody: Person) -> None:
    tries = [
        somebody.sends("password", present="guess", code="1", password=NEW).status_code
        for _ in range(11)
    ]
    assert (tries[0], tries[-1]) == (200, 429)
    assert somebody.sends("password", password=NEW).status_code == 429, "even the right one"
    assert with_password(Client()).status_code == 429, "nor can they go on at the front door"


def test_an_app_is_set_up_again_once_it_is_shown_who_it_is(
    somebody: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, old = somebody.here, somebody.app
    asked = text(here.get("/account/app/"))
    assert "Show that it is you" in asked
    assert "service-code" not in asked, "nothing to photograph on an unlocked screen"
    assert text(here.post("/account/app/", {"new": "123456"})).count("That is not your password")
    assert somebody.sends("app")["Location"] == "/account/app/"
    new = App(text(here.get("/account/app/")))
    assert new.secret != old.secret
    assert "Enter the 6 digits" in text(here.post("/account/app/", {"new": "12"}))
    assert App(text(here.get("/account/app/"))).secret == new.secret
    assert is_in(somebody.elsewhere), "until it is finished, all is as it was"
    done = text(here.post("/account/app/", {"new": new.code()}, follow=True))
    codes = re.findall(r"<li>([A-Z2-9]{5}-[A-Z2-9]{5})</li>", done)
    assert len(set(codes)) == 8
    assert not set(codes) & set(somebody.codes)
    assert "Wherever else you were signed in" in done
    assert not is_in(somebody.elsewhere)
    assert is_in(here)
    assert not signed_in(somebody.comes_in()), "the app before is over"
    somebody.app = new
    assert signed_in(somebody.comes_in())
    assert Entry.objects.filter(act="look after how one signs in", detail={"how": "app"}).exists()
    assert "Show that it is you" in text(here.get("/account/app/")), "asked again the next time"


def test_without_the_app_a_recovery_code_will_do_once(somebody: Person) -> None:
    somebody.sends("password", code=somebody.codes[0], password=NEW)
    assert "Recovery codes left: 7." in text(somebody.here.get("/account/"))
    again = {"present": NEW, "password": PASSWORD}
    assert "That is not the code" in text(
        somebody.sends("password", code=somebody.codes[0], **again)
    )
    assert User.objects.get(username=NAME).recovery_codes.count() == 7


def test_that_it_was_shown_holds_for_ten_minutes(
    somebody: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody.sends("app")
    later = time.time() + 601
    monkeypatch.setattr(time, "time", lambda: later)
    answer = somebody.here.post("/account/app/", {"new": "123456"})
    assert "That is not your password" in text(answer)


def test_the_forms_answer_whatever_they_are_sent(somebody: Person) -> None:
    for number, each in enumerate(NASTY[::3]):
        for page, field in (("password", "password"), ("password", "present"), ("app", "code")):
            answer = somebody.here.post(f"/account/{page}/", {"present": PASSWORD, field: each})
            assert answer.status_code in (200, 429), (number, page, field)


def test_where_it_is_not_ours_to_change_it_is_said_where_it_is(
    place: Organisation, colleague: Any, settings: Any
) -> None:
    user = colleague(Role.CODER, place)
    user.subjects.create(issuer="https://provider.example", subject="1")
    provider = type("Provider", (), {"name": "staff", "button": "Sign in with your smartcard"})
    settings.OPENID = {"staff": provider}
    client = Client()
    support.sign_in(client, user.memberships.get())
    page = text(client.get("/account/", headers={"host": SITE.removeprefix("http://")}))
    assert "Sign in with your smartcard" in page
    assert "is changed there, not here" in page
    assert "/account/password/" not in page
    for each in ("password", "app"):
        assert client.get(f"/account/{each}/")["Location"] == "/account/"
        assert client.post(f"/account/{each}/", {"present": ""})["Location"] == "/account/"


def test_it_is_reached_from_every_page_of_staff_and_is_not_peoples_own(
    sign_in_as: Any,
) -> None:
    assert 'href="/account/"' in text(sign_in_as(Role.CODER).get("/"))
    patient = sign_in_as(Role.PATIENT)
    assert patient.get("/account/").status_code == 403
    assert "/account/" not in text(patient.get("/my/"))
