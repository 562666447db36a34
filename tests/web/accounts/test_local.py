"""Accounts with a password and an app: how they come about, and how one signs in with them."""

import datetime as dt
import re
import time
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from click.testing import CliRunner
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from fairpractice.cli import _service, service
from fairpractice.errors import FairpracticeError
from fairpractice.web.accounts import invitations, local
from fairpractice.web.accounts.models import Invitation, SecondFactor, User
from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Organisation


pytestmark = pytest.mark.django_db
PASSWORD = "three odd kettles"
NAME = "first.admin"


@pytest.fixture(autouse=True)
def _production(ways_in: Callable[..., None]) -> None:
    ways_in()


@pytest.fixture
def link(place: Organisation) -> str:
    return invitations.invite(NAME, "First Admin", "administrator", place.code)


class App:
    """The app on somebody's device: it knows the secret, and shows a code each half minute."""

    def __init__(self, page: str) -> None:
        letters = re.search(r'class="service-code">([A-Z2-7 ]+)<', page)
        assert letters
        self.secret = letters[1].replace(" ", "")
        self._steps = 0

    def code(self) -> str:
        """Show the code; each time that of the next half minute, as if one had waited for it."""
        code = pyotp.TOTP(self.secret).at(time.time() + 30 * self._steps)
        self._steps = (self._steps + 1) % 2
        return code


def text(answer: Any) -> str:
    """A page, without the token of its forms, which is another each time."""
    page = answer.content.decode()
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", page)


def set_up(client: Client, link: str) -> tuple[App, list[str]]:
    app = App(text(client.get(f"/invitation/{link}/")))
    sent = {"password": PASSWORD, "code": app.code()}
    done = text(client.post(f"/invitation/{link}/", sent, follow=True))
    codes = re.findall(r"<li>([A-Z2-9]{5}-[A-Z2-9]{5})</li>", done)
    assert len(set(codes)) == 8
    return app, codes


def with_password(client: Client, password: str = PASSWORD, name: str = NAME, **more: str) -> Any:
    return client.post("/sign-in/password/", {"username": name, "password": password, **more})


def with_code(client: Client, code: str) -> Any:
    return client.post("/sign-in/code/", {"code": code})


def signed_in(client: Client) -> bool:
    return "membership" in client.session


def test_somebody_who_was_invited_sets_it_up_and_signs_in(client: Client, link: str) -> None:
    app, _ = set_up(client, link)
    assert not signed_in(client), "they have yet to show that it works"
    key = client.session.session_key
    assert with_password(client, next="/people/")["Location"] == "/sign-in/code/"
    assert not signed_in(client), "a password alone is not enough"
    assert client.get("/people/").status_code == 302
    assert with_code(client, app.code())["Location"] == "/people/"
    assert signed_in(client)
    assert client.session.session_key != key
    entry = Entry.objects.get(act="sign in")
    assert (entry.role, entry.detail) == ("administrator", {"by": "app"})
    assert not Entry.objects.filter(outcome="refused").exists()


def test_the_page_asks_nobody_for_the_picture(client: Client, link: str) -> None:
    page = text(client.get(f"/invitation/{link}/"))
    assert '<svg width="' in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "style=" not in page, "the policy forbids it"
    app = App(page)
    assert f"otpauth://totp/Fairpractice:{NAME}?secret={app.secret}" in page.replace("%40", "@")


def test_what_is_wrong_is_said_and_the_app_need_not_be_set_up_again(
    client: Client, link: str
) -> None:
    app = App(text(client.get(f"/invitation/{link}/")))
    for password, code, said in (
        ("short", app.code(), "at least 12"),
        ("first.admin!!", app.code(), "too similar"),
        (PASSWORD, "000 00x", "Enter the 6 digits"),
        (PASSWORD, "²²²²²²", "Enter the 6 digits"),
    ):
        page = text(client.post(f"/invitation/{link}/", {"password": password, "code": code}))
        assert said in page
        assert App(page).secret == app.secret
    assert not User.objects.get(username=NAME).has_usable_password()
    assert App(text(Client().get(f"/invitation/{link}/"))).secret != app.secret, "not another's"


def test_a_form_that_is_sent_twice_still_shows_the_codes(client: Client, link: str) -> None:
    app = App(text(client.get(f"/invitation/{link}/")))
    sent = {"password": PASSWORD, "code": app.code()}
    first, second = (client.post(f"/invitation/{link}/", sent, follow=True) for _ in range(2))
    assert "Keep these codes" in text(first)
    assert text(first) == text(second)
    assert client.get(f"/invitation/{'0' * 32}/codes/")["Location"] == "/sign-in/"
    assert Client().get(f"/invitation/{link}/codes/")["Location"] == "/sign-in/"
    with_password(client)
    with_code(client, app.code())
    assert client.get(f"/invitation/{link}/codes/")["Location"] == "/sign-in/", "then no more"


def test_what_is_kept_cannot_be_read(client: Client, link: str) -> None:
    app, codes = set_up(client, link)
    kept = str([each.get_decoded() for each in Session.objects.all()])
    with connection.cursor() as cursor:
        for table in ("secondfactor", "recoverycode", "invitation", "user"):
            cursor.execute(f"SELECT * FROM accounts_{table}")
            rows = [value for row in cursor for value in row]
            kept += str([bytes(each) if isinstance(each, memoryview) else each for each in rows])
    assert NAME in kept
    plain = [each.replace("-", "") for each in codes]
    assert not [each for each in (app.secret, PASSWORD, link, *plain) if each in kept]


def test_a_code_is_taken_once(client: Client, link: str) -> None:
    app, _ = set_up(client, link)
    code = app.code()
    with_password(client)
    with_code(client, code)
    client.post("/sign-out/")
    with_password(client)
    answer = with_code(client, code)
    assert "That is not the code" in text(answer)
    assert not signed_in(client)
    assert Entry.objects.latest("id").act == "sign in with a code"


def test_a_recovery_code_lets_in_once(client: Client, link: str) -> None:
    _, codes = set_up(client, link)
    for _attempt, enters in ((1, True), (2, False)):
        with_password(client)
        with_code(client, codes[0].lower())
        assert signed_in(client) is enters
        client.post("/sign-out/")
    assert Entry.objects.get(act="sign in").detail == {"by": "recovery"}
    assert User.objects.get(username=NAME).recovery_codes.count() == 7


def test_nobody_learns_who_has_an_account(client: Client, link: str) -> None:
    pages = [text(with_password(client, name="nobody"))]
    pages.append(text(with_password(client, name=NAME)))  # has not set it up yet
    set_up(client, link)
    pages.append(text(with_password(client, "another password", name=NAME)))
    User.objects.filter(username=NAME).update(is_active=False)
    pages.append(text(with_password(client, name=NAME)))
    shown = {page.replace(f'value="{NAME}"', 'value="nobody"') for page in pages}
    assert len(shown) == 1
    assert "user name or the password is wrong" in shown.pop()
    refused = Entry.objects.filter(act="sign in with a password", outcome="refused")
    assert refused.count() == 4


@pytest.mark.parametrize("name", [NAME, "nobody"])
def test_after_ten_tries_one_waits(client: Client, link: str, name: str) -> None:
    set_up(client, link)
    tries = [with_password(client, "guess", name).status_code for _ in range(11)]
    assert tries == [200] * 10 + [429]
    assert with_password(client, name=name).status_code == 429, "even the right one"


def test_codes_cannot_be_guessed_by_starting_again(client: Client, link: str) -> None:
    app, _ = set_up(client, link)
    for _ in range(10):
        visitor = Client()
        with_password(visitor)
        assert with_code(visitor, "000000").status_code == 200
    local.OF_ONE_ACCOUNT, kept = 100, local.OF_ONE_ACCOUNT
    try:
        with_password(client)
    finally:
        local.OF_ONE_ACCOUNT = kept
    assert with_code(client, app.code()).status_code == 429
    assert not signed_in(client)


def test_a_password_is_remembered_for_ten_minutes(
    client: Client, link: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, _ = set_up(client, link)
    with_password(client)
    later = time.time() + 601
    monkeypatch.setattr(time, "time", lambda: later)
    assert with_code(client, app.code())["Location"] == "/sign-in/"
    assert not signed_in(client)


def test_a_link_opens_once_and_to_look_at_it_uses_nothing_up(client: Client, link: str) -> None:
    for _ in range(3):
        assert Client().get(f"/invitation/{link}/").status_code == 200
    set_up(client, link)
    before = User.objects.get(username=NAME).password
    sent = {"password": "another long one", "code": "1"}
    again = Client().post(f"/invitation/{link}/", sent)
    assert again.status_code == 404
    assert "This link opens no more" in text(again)
    assert User.objects.get(username=NAME).password == before
    assert Entry.objects.filter(act="set up how one signs in", outcome="refused").count() == 1


@pytest.mark.parametrize("what", ["too old", "another since", "dismissed", "nobody's"])
def test_other_links_open_nothing(
    what: str, client: Client, link: str, place: Organisation
) -> None:
    if what == "too old":
        Invitation.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    elif what == "another since":
        invitations.invite(NAME, "First Admin", "administrator", place.code)
    elif what == "dismissed":
        invitations.end(NAME)
    else:
        link = "0" * 32
    assert client.get(f"/invitation/{link}/").status_code == 404


def test_a_new_link_replaces_what_there_was_once_it_is_used(
    client: Client, link: str, place: Organisation
) -> None:
    app, _ = set_up(client, link)
    another = invitations.invite(NAME, "First Admin", "administrator", place.code)
    with_password(client)
    with_code(client, app.code())
    assert signed_in(client), "until it is used, all is as before"
    newer, _ = set_up(Client(), another)
    assert client.get("/people/").status_code == 302, "whoever has the old one is out"
    assert SecondFactor.objects.get().secret == newer.secret


def test_who_is_dismissed_is_out_at_once(client: Client, link: str) -> None:
    app, _ = set_up(client, link)
    with_password(client)
    code = app.code()
    with_code(client, code)
    assert invitations.end(NAME.upper()) == 1
    assert client.get("/people/").status_code == 403
    SecondFactor.objects.update(last_step=0)
    returning = Client()
    with_password(returning)
    answer = with_code(returning, code)
    assert (answer.status_code, signed_in(returning)) == (403, False)
    assert Entry.objects.latest("id").detail == {"by": "app", "why": "no_membership"}
    assert "You do not work here at the moment" in text(answer)


@pytest.mark.parametrize(
    ("name", "role", "code", "said"),
    [
        ("a.person", "patient", "Y99008", "nobody is invited as 'patient'"),
        ("a.person", "chief", "Y99008", "Choose one of administrator"),
        ("a.person", "coder", "Y00000", "known are Y99008"),
        ("persona-coder", "coder", "Y99008", "cannot be the name"),
        ("person-1", "coder", "Y99008", "cannot be the name"),
        ("a b", "coder", "Y99008", "cannot be the name"),
    ],
)
def test_who_cannot_be_invited(
    place: Organisation, name: str, role: str, code: str, said: str
) -> None:
    with pytest.raises(FairpracticeError) as raised:
        invitations.invite(name, "Somebody", role, code)
    assert said in str(raised.value)
    assert not User.objects.exists()


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Any:
    monkeypatch.setattr(_service, "prepare", lambda **said: None)
    return CliRunner().invoke(service.command, arguments)


def test_the_first_administrator_is_invited_by_a_command(
    client: Client, place: Organisation, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    who = [NAME, "--name", "First Admin", "--role", "administrator", "--organisation", place.code]
    done = run(monkeypatch, "invite", *who, "--address", "https://here.example/")
    assert done.exit_code == 0, done.output
    link = re.search(r"^https://here\.example/invitation/([0-9a-f]{32})/$", done.output, re.M)
    assert link
    set_up(client, link[1])
    assert "Memberships ended: 1" in run(monkeypatch, "dismiss", NAME).output
    settings.LOCAL_ACCOUNTS = False
    refused = run(monkeypatch, "invite", *who)
    assert "no way to sign in has been set up" in str(refused.exception)


def test_where_passwords_are_not_allowed_there_are_none(
    client: Client, link: str, ways_in: Callable[..., None]
) -> None:
    set_up(client, link)
    ways_in(local="no")
    assert with_password(client).status_code == 404
    assert client.get("/sign-in/code/").status_code == 404
    page = text(client.get("/sign-in/"))
    assert "No way to sign in has been set up" in page
    assert "docs/how-to/sign-in.md" in page


def test_in_a_demonstration_there_are_personas_alone(client: Client, settings: Any) -> None:
    settings.IN_DEMO, settings.LOCAL_ACCOUNTS = True, False
    page = text(client.get("/sign-in/"))
    assert "This is a demonstration" in page
    assert "Password" not in page
    assert "set up" not in page
