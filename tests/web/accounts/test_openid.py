"""Signing in at an OpenID provider: as a colleague, as oneself, and what is not let through."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from fairpractice.web.accounts import invitations
from fairpractice.web.accounts.models import Subject, User
from fairpractice.web.core.access import Role
from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Membership, Organisation
from fairpractice.web.patients.models import Patient
from tests.web import support
from tests.web.accounts.conftest import SITE, Provider, Visitor


pytestmark = [
    pytest.mark.openid,
    pytest.mark.django_db,
    pytest.mark.xdist_group("openid"),
]
WHO = "555000000001"
SELF = {
    "nhs_number": support.PEOPLE[0]["nhs_number"],
    "birthdate": "1984-03-27",
    "identity_proofing_level": "P9",
    "vot": "P9.Cp.Cd",
}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def signed_in(client: Client) -> bool:
    return "membership" in client.session


def refusal() -> dict[str, str]:
    found = Entry.objects.latest("id")
    assert (found.act, found.outcome) == ("sign in", "refused")
    return dict(found.detail)


@pytest.fixture(autouse=True)
def _production(ways_in: Callable[..., None]) -> None:
    ways_in()


def test_a_colleague_comes_back_signed_in_where_they_were_going(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    user = colleague(Role.CODER, place, subject=WHO)
    before = client.session.session_key
    answer = provider.signs_in(client, "staff", WHO, next="/people/")
    assert answer["Location"] == "/people/"
    assert client.get("/people/").status_code == 200
    assert client.session.session_key != before
    entry = Entry.objects.filter(act="sign in").get()
    assert (entry.user_id, entry.role, entry.detail) == (user.id, "coder", {"by": "staff"})


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/"])
def test_but_to_no_other_site(
    elsewhere: str, client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    colleague(Role.CODER, place, subject=WHO)
    assert provider.signs_in(client, "staff", WHO, next=elsewhere)["Location"] == "/"


def test_what_is_asked_is_what_the_nhs_asks_for(client: Client, provider: Provider) -> None:
    left = client.get("/sign-in/with/patients/")["Location"]
    asked = {name: value[0] for name, value in parse_qs(urlsplit(left).query).items()}
    assert asked["vtr"] == '["P9.Cp.Cd","P9.Cp.Ck","P9.Cm"]'
    assert asked["scope"] == "openid profile"
    assert asked["code_challenge_method"] == "S256"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3
    again = client.get("/sign-in/with/patients/")["Location"]
    assert not set(parse_qs(urlsplit(again).query)["state"]) & {asked["state"]}


def test_of_several_places_one_is_chosen(
    client: Client,
    provider: Provider,
    colleague: Any,
    place: Organisation,
    other_place: Organisation,
) -> None:
    user = colleague(Role.CLINICIAN, place, other_place, subject=WHO)
    elsewhere = Membership.objects.create(
        user=colleague(Role.ADMINISTRATOR, place), organisation=place, role=Role.CODER
    )
    assert provider.signs_in(client, "staff", WHO, next="/people/")["Location"] == "/sign-in/where/"
    assert not signed_in(client), "not before they chose"
    assert "Where do you work now?" in text(client.get("/sign-in/where/"))
    client.post("/sign-in/where/", {"membership": str(elsewhere.id)})
    assert not signed_in(client), "not as somebody else"
    chosen = user.memberships.get(organisation=other_place)
    answer = client.post("/sign-in/where/", {"membership": str(chosen.id)})
    assert answer["Location"] == "/people/"
    assert client.session["membership"] == str(chosen.id)


def test_who_is_not_known_is_told_what_to_do_and_nothing_is_made(
    client: Client, provider: Provider, place: Organisation
) -> None:
    counts = [each.objects.count() for each in (User, Membership, Subject)]
    answer = provider.signs_in(client, "staff", WHO)
    assert answer.status_code == 403
    assert "You are not a colleague here yet" in text(answer)
    assert WHO in text(answer), "so that they can tell their administrator"
    assert not signed_in(client)
    assert [each.objects.count() for each in (User, Membership, Subject)] == counts
    assert refusal() == {"by": "staff", "why": "unknown"}


def test_a_subject_of_another_issuer_is_nobody(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    colleague(Role.CODER, place).subjects.create(issuer="https://x.example", subject=WHO)
    assert provider.signs_in(client, "staff", WHO).status_code == 403


def test_who_follows_a_link_to_the_provider_is_known_from_then_on(
    client: Client, provider: Provider, place: Organisation
) -> None:
    link = invitations.invite("a.coder", "A Coder", "coder", place.code)
    assert f"/sign-in/with/staff/?invitation={link}" in text(client.get(f"/invitation/{link}/"))
    provider.signs_in(client, "staff", WHO, invitation=link)
    assert signed_in(client)
    client.post("/sign-out/")
    provider.signs_in(client, "staff", WHO)
    assert signed_in(client)
    client.post("/sign-out/")
    answer = provider.signs_in(client, "staff", "555000000002", invitation=link)
    assert "This link opens no more" in text(answer)
    another = invitations.invite("b.coder", "B Coder", "coder", place.code)
    answer = provider.signs_in(client, "staff", WHO, invitation=another)
    assert "You are a colleague here already" in text(answer)
    assert "a.coder" not in text(answer)
    assert invitations.opened(another), "it is not used up"


def test_where_it_is_known_what_they_are_called_no_link_is_needed(
    client: Client, provider: Provider, place: Organisation
) -> None:
    said = ("a.coder", "A Coder", "coder", place.code, WHO, None)
    assert invitations.made_for(*said) == ""
    provider.signs_in(client, "staff", WHO)
    assert signed_in(client)


def test_who_left_is_told_so(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    user = colleague(Role.CODER, place, subject=WHO)
    user.memberships.update(ended_on=support.TODAY)
    answer = provider.signs_in(client, "staff", WHO)
    assert "You do not work here at the moment" in text(answer)
    assert refusal()["why"] == "no_membership"


def test_no_role_is_taken_from_a_token(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    colleague(Role.CARE_NAVIGATOR, place, subject=WHO)
    provider.told(faults={"role": "clinician", "roles": ["clinician"], "groups": ["clinician"]})
    provider.signs_in(client, "staff", WHO)
    assert Entry.objects.filter(act="sign in").get().role == "care_navigator"


@pytest.mark.parametrize(("level", "enters"), [("3", True), ("1", False), ("", False)])
def test_a_level_that_is_asked_for_must_be_said(
    level: str,
    enters: bool,
    client: Client,
    provider: Provider,
    ways_in: Callable[..., None],
    colleague: Any,
    place: Organisation,
) -> None:
    ways_in(FAIRPRACTICE_STAFF_ASSURANCE="2", FAIRPRACTICE_STAFF_ACR="AAL2_OR_AAL3_ANY")
    colleague(Role.CODER, place, subject=WHO)
    said = {"id_assurance_level": "3", "authentication_assurance_level": level}
    provider.told(accounts={WHO: said})
    provider.signs_in(client, "staff", WHO)
    assert signed_in(client) is enters


FAULTS = {
    "for another nonce": {"nonce": "another"},
    "for another service": {"aud": "fairpractice-patients"},
    "for another beside us": {"aud": ["fairpractice-staff", "another"]},
    "from another issuer": {"iss": "https://provider.example"},
    "too old": {"later": -2 * 3600},
    "from the future": {"later": 3600},
    "with another's key": {"key": "of another"},
    "with no signature": {"header": {"alg": "none"}},
    "about nobody": {"sub": None},
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_token_that_is_not_right_lets_nobody_in(
    fault: str, client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    colleague(Role.CODER, place, subject=WHO)
    provider.told(faults=FAULTS[fault])
    answer = provider.signs_in(client, "staff", WHO, next="/people/")
    assert answer.status_code == 400
    assert "did not prove who you are" in text(answer)
    assert "next=/people/" in text(answer), "they can try again, and lose nothing"
    assert not signed_in(client)
    assert refusal() == {"by": "staff", "why": "answer"}


@pytest.mark.parametrize(
    ("seconds", "enters"), [(20, True), (-3600 - 20, True), (300, False), (-3600 - 300, False)]
)
def test_clocks_may_differ_by_a_minute(
    seconds: int,
    enters: bool,
    client: Client,
    provider: Provider,
    colleague: Any,
    place: Organisation,
) -> None:
    """A token lasts an hour. Far from the minute itself, since a machine may be slow."""
    colleague(Role.CODER, place, subject=WHO)
    provider.told(faults={"later": seconds})
    provider.signs_in(client, "staff", WHO)
    assert signed_in(client) is enters


def test_a_way_back_is_used_once(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    colleague(Role.CODER, place, subject=WHO)
    back = Visitor().proves(client.get("/sign-in/with/staff/")["Location"], WHO)
    assert client.get(back).status_code == 302
    client.post("/sign-out/")
    answer = client.get(back)
    assert (answer.status_code, signed_in(client)) == (400, False)
    assert "Sign in again" in text(answer)
    assert refusal()["why"] == "stale"


def test_and_by_the_browser_that_left_alone(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    colleague(Role.CODER, place, subject=WHO)
    back = Visitor().proves(client.get("/sign-in/with/staff/")["Location"], WHO)
    somebody_else = Client()
    assert somebody_else.get(back).status_code == 400
    assert not signed_in(somebody_else)
    assert client.get(back.replace("/staff/", "/patients/")).status_code == 400
    assert client.get(back).status_code == 400, "a wrong turn uses it up"


def test_and_within_ten_minutes(
    client: Client,
    provider: Provider,
    colleague: Any,
    place: Organisation,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    colleague(Role.CODER, place, subject=WHO)
    back = Visitor().proves(client.get("/sign-in/with/staff/")["Location"], WHO)
    later = time.time() + 601
    monkeypatch.setattr(time, "time", lambda: later)
    assert client.get(back).status_code == 400


def test_a_code_of_somebody_else_is_of_no_use(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    """With a state of one's own and another's code: the nonce and the verifier are not its own."""
    colleague(Role.CODER, place, subject=WHO)
    theirs = Visitor().proves(Client().get("/sign-in/with/staff/")["Location"], WHO)
    mine = parse_qs(urlsplit(client.get("/sign-in/with/staff/")["Location"]).query)
    sent = {"code": parse_qs(urlsplit(theirs).query)["code"][0], "state": mine["state"][0]}
    assert client.get(f"{SITE}/sign-in/back/staff/?{urlencode(sent)}").status_code == 400
    assert not signed_in(client)


def test_an_answer_in_the_name_of_another_provider_is_refused(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    colleague(Role.CODER, place, subject=WHO)
    back = Visitor().proves(client.get("/sign-in/with/staff/")["Location"], WHO)
    other = urlencode({"iss": provider.issuer})
    assert other in back
    assert client.get(back.replace(other, "iss=https://x.example")).status_code == 400
    assert not signed_in(client)


def test_who_cancels_is_told_kindly(client: Client, provider: Provider) -> None:
    answer = provider.signs_in(client, "staff", None, next="/people/")
    assert "You stopped before you had signed in" in text(answer)
    assert refusal() == {"by": "staff", "why": "cancelled"}


def test_keys_that_the_provider_changed_are_fetched_again(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    colleague(Role.CODER, place, subject=WHO)
    provider.signs_in(client, "staff", WHO)
    client.post("/sign-out/")
    provider.told(rotate=True)
    provider.signs_in(client, "staff", WHO)
    assert signed_in(client)


def test_what_a_provider_says_of_itself_is_asked_once_an_hour(
    client: Client, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/sign-in/with/staff/").status_code == 302
    provider.told(down=True)
    assert client.get("/sign-in/with/staff/").status_code == 302
    later = time.monotonic() + 3601
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert client.get("/sign-in/with/staff/").status_code == 503


def test_a_provider_that_is_down_loses_nothing(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    colleague(Role.CODER, place, subject=WHO)
    provider.told(down=True)
    answer = client.get("/sign-in/with/staff/", {"next": "/people/"})
    assert answer.status_code == 503
    assert "does not answer. It is not one of ours" in text(answer)
    assert "next=/people/" in text(answer)
    assert refusal() == {"by": "staff", "why": "down"}
    provider.told(down=False)
    back = Visitor().proves(client.get("/sign-in/with/staff/?next=/people/")["Location"], WHO)
    provider.told(down=True)
    answer = client.get(back)
    assert answer.status_code == 503
    assert "next=/people/" in text(answer)
    provider.told(down=False)
    assert provider.signs_in(client, "staff", WHO, next="/people/")["Location"] == "/people/"


def test_a_provider_that_is_another_is_not_asked(
    client: Client, provider: Provider, ways_in: Callable[..., None]
) -> None:
    ways_in(FAIRPRACTICE_STAFF_ISSUER=provider.issuer.replace("127.0.0.1", "localhost"))
    assert client.get("/sign-in/with/staff/").status_code == 503


def test_somebody_opens_their_own_pages(
    client: Client, provider: Provider, person: Patient
) -> None:
    provider.told(accounts={"a-person": SELF})
    provider.signs_in(client, "patients", "a-person")
    answer = client.get("/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/my/{person.id}/"
    entry = Entry.objects.filter(act="sign in").get()
    assert (entry.role, entry.detail) == ("patient", {"by": "patients"})


def test_what_the_token_does_not_say_is_asked_for(
    client: Client, provider: Provider, person: Patient
) -> None:
    provider.told(accounts={"a-person": SELF}, inToken=False)
    provider.signs_in(client, "patients", "a-person")
    assert signed_in(client)


@pytest.mark.parametrize(
    "less", [{"identity_proofing_level": "P5"}, {"identity_proofing_level": None}, {"vot": "P5.Cp"}]
)
def test_who_has_not_proved_who_they_are_opens_nothing(
    less: dict[str, str | None], client: Client, provider: Provider, person: Patient
) -> None:
    provider.told(accounts={"a-person": {**SELF, **less}})
    known = provider.signs_in(client, "patients", "a-person")
    assert "You need to prove who you are first" in text(known)
    assert refusal() == {"by": "patients", "why": "not_proved_there"}
    provider.told(accounts={"a-person": {**SELF, **less, "nhs_number": "9990000050"}})
    unknown = provider.signs_in(client, "patients", "a-person")
    assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
    assert not signed_in(client)


def test_nothing_is_said_of_who_is_here(
    client: Client, provider: Provider, people: Any, person: Patient
) -> None:
    """Another date of birth, a number that nobody has, somebody of no practice: one answer."""
    left = people[support.PRACTICE][1]
    Patient.objects.filter(id=left.id).update(practice=None)
    said = [
        {"birthdate": "1984-03-28"},
        {"nhs_number": "9990000050"},
        {"nhs_number": left.identity["nhs_number"], "birthdate": str(left.born_on)},
        {"birthdate": "not a date"},
        {"nhs_number": None},
    ]
    pages = set()
    for each in said:
        provider.told(accounts={"a-person": {**SELF, **each}})
        answer = provider.signs_in(client, "patients", "a-person")
        pages.add((answer.status_code, answer.content))
        assert refusal() == {"by": "patients", "why": "nobody"}
    assert len(pages) == 1
    assert "We could not open your pages" in pages.pop()[1].decode()
    assert not signed_in(client)


def test_our_public_keys_are_there_to_register(
    client: Client, provider: Provider, public_key: dict[str, str]
) -> None:
    (shown,) = client.get("/sign-in/keys/staff/").json()["keys"]
    assert shown == public_key
    assert not {"d", "p", "q"} & set(shown)
    assert client.get("/sign-in/keys/nobody/").status_code == 404


def test_who_signs_out_can_sign_out_there_too(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    colleague(Role.CODER, place, subject=WHO)
    provider.signs_in(client, "staff", WHO)
    left = client.post("/sign-out/")["Location"]
    assert "/sign-out/staff/" in text(client.get(left))
    there = client.get("/sign-out/staff/")["Location"]
    assert there.startswith(f"{provider.issuer}/session/end?")
    assert parse_qs(urlsplit(there).query)["post_logout_redirect_uri"] == [f"{SITE}/sign-in/"]


def idle(client: Client) -> None:
    """Let somebody be away for longer than the service waits."""
    session = client.session
    session["seen"] -= 17 * 60
    session.save()
    assert client.get("/people/")["Location"] == "/sign-in/?next=/people/"


def query(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query)


def out_by(way: str, client: Client, user: User) -> None:
    if way == "idle":
        idle(client)
    elif way == "signed out":
        client.post("/sign-out/")
    elif way == "long away":
        client.session.flush()
    else:
        User.objects.filter(id=user.id).update(sessions_ended=1)
    assert client.get("/people/").status_code == 302


@pytest.mark.parametrize("way", ["idle", "signed out", "long away", "ended elsewhere"])
def test_who_was_signed_out_shows_again_who_they_are(
    way: str, client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    """Though the provider knows them still, and lets them in unasked in another browser of ours."""
    user, visitor = colleague(Role.CODER, place, subject=WHO), Visitor()
    first = client.get("/sign-in/with/staff/")["Location"]
    assert not {"prompt", "max_age"} & set(query(first))
    client.get(visitor.proves(first, WHO))
    assert (signed_in(client), visitor.asked) == (True, 1)
    provider.signs_in(Client(), "staff", WHO, visitor)
    assert visitor.asked == 1
    out_by(way, client, user)
    again = client.get("/sign-in/with/staff/")["Location"]
    assert (query(again)["prompt"], query(again)["max_age"]) == (["login"], ["600"])
    client.get(visitor.proves(again, WHO))
    assert (signed_in(client), visitor.asked) == (True, 2)


@pytest.mark.parametrize("auth_time", [1_700_000_000, None, "now", True])
def test_when_they_were_asked_must_be_said_where_it_was_wanted(
    auth_time: object, client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    colleague(Role.CODER, place, subject=WHO)
    provider.signs_in(client, "staff", WHO)
    client.post("/sign-out/")
    provider.told(faults={"auth_time": auth_time})
    answer = provider.signs_in(client, "staff", WHO, next="/people/")
    assert answer.status_code == (400 if auth_time == "now" else 403)
    assert "next=/people/" in text(answer)
    assert not signed_in(client)
    assert refusal()["why"] in ("not_anew", "answer")
    provider.told(faults={})
    assert provider.signs_in(client, "staff", WHO)["Location"] == "/"


def test_who_takes_the_question_out_on_the_way_is_not_let_in(
    client: Client, provider: Provider, colleague: Any, place: Organisation
) -> None:
    """Whoever sits down at a browser that the provider knows still, and changes the address."""
    colleague(Role.CODER, place, subject=WHO)
    visitor = Visitor()
    provider.signs_in(client, "staff", WHO, visitor)
    idle(client)
    left = client.get("/sign-in/with/staff/")["Location"]
    changed = left.replace("prompt=login", "ui_locales=en").replace(
        "max_age=600", "claims_locales=en"
    )
    answer = client.get(visitor.proves(changed, WHO))
    assert visitor.asked == 1, "the provider asked nothing"
    assert "let you through without asking" in text(answer)
    assert (signed_in(client), refusal()["why"]) == (False, "not_anew")


def test_a_browser_is_marked_by_a_provider_alone_and_says_nothing_of_whom(
    client: Client, provider: Provider, sign_in_as: Any, person: Patient
) -> None:
    by_hand = sign_in_as(Role.CODER)
    by_hand.get("/")
    assert "signed-in-before" not in by_hand.cookies
    provider.told(accounts={"a-person": SELF})
    provider.signs_in(client, "patients", "a-person")
    mark = client.cookies["signed-in-before"]
    assert (mark.value, mark["httponly"], mark["max-age"]) == ("yes", True, "")
    client.get("/leave/")
    assert "prompt=login" in client.get("/sign-in/with/patients/")["Location"]
