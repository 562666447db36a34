"""Signing in and out: whose session it is, for how long, and that personas are the demo's alone."""

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from fairpractice.web.accounts import personas
from fairpractice.web.accounts.models import User
from fairpractice.web.core.access import Role
from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Membership, Organisation
from tests.web import support


pytestmark = pytest.mark.django_db
PERSONA = {"persona": "persona-clinician"}


@pytest.fixture
def partner(practice: Organisation) -> Organisation:
    partner: Organisation = Organisation.objects.create(kind="partner", code="P1", name="A charity")
    personas.make(practice, partner)
    return partner


def test_there_is_a_persona_for_each_role_however_often_they_are_made(
    client: Client, practice: Organisation, partner: Organisation
) -> None:
    personas.make(practice, partner)
    assert [each.role for each in personas.everyone()] == list(Role)
    page = client.get(reverse("accounts:sign-in")).content.decode()
    assert page.count('name="persona"') == len(Role)


def test_signing_in_as_a_persona_leads_where_one_was_going(
    client: Client, partner: Organisation
) -> None:
    sent = {**PERSONA, "next": "/people/"}
    assert client.post(reverse("accounts:sign-in-as"), sent)["Location"] == "/people/"
    assert Entry.objects.get(act="sign in").role == Role.CLINICIAN


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:x"])
def test_but_never_to_another_site(client: Client, partner: Organisation, elsewhere: str) -> None:
    answer = client.post(reverse("accounts:sign-in-as"), {**PERSONA, "next": elsewhere})
    assert answer["Location"] == "/"


def test_outside_a_demonstration_nobody_signs_in_as_a_persona(
    client: Client, partner: Organisation, settings: Any
) -> None:
    settings.IN_DEMO = False
    assert client.post(reverse("accounts:sign-in-as"), PERSONA).status_code == 404
    assert "persona" not in client.get(reverse("accounts:sign-in")).content.decode()
    assert client.get("/").status_code == 302


def test_nobody_else_can_be_signed_in_as(client: Client, partner: Organisation) -> None:
    User.objects.create_user("somebody", "Somebody")
    answer = client.post(reverse("accounts:sign-in-as"), {"persona": "somebody"})
    assert answer.status_code == 404


def test_a_session_gets_a_new_key_when_somebody_signs_in(
    client: Client, partner: Organisation
) -> None:
    client.post(reverse("accounts:sign-in-as"), PERSONA)
    first = client.cookies["session"].value
    client.post(reverse("accounts:sign-in-as"), {"persona": "persona-coder"})
    second = client.cookies["session"].value
    assert first != second
    assert not Session.objects.filter(session_key=first).exists()


def test_signing_out_ends_the_session(client: Client, partner: Organisation) -> None:
    client.post(reverse("accounts:sign-in-as"), PERSONA)
    key = client.cookies["session"].value
    assert client.get(reverse("accounts:sign-out")).status_code == 405, "a link cannot do it"
    client.post(reverse("accounts:sign-out"))
    assert not Session.objects.filter(session_key=key).exists()
    assert client.get("/").status_code == 302
    assert Entry.objects.filter(act="sign out").count() == 1


@pytest.mark.parametrize(("minutes", "still_in"), [(10, True), (17, False)])
def test_who_is_away_is_signed_out(
    sign_in_as: Any, monkeypatch: pytest.MonkeyPatch, minutes: int, still_in: bool
) -> None:
    client = sign_in_as(Role.CLINICIAN)
    later = time.time() + minutes * 60
    monkeypatch.setattr(time, "time", lambda: later)
    assert (client.get("/").status_code == 200) is still_in


@pytest.mark.parametrize(("hours", "still_in"), [(11, True), (13, False)])
def test_nobody_stays_signed_in_for_a_day_however_busy(
    sign_in_as: Any, monkeypatch: pytest.MonkeyPatch, hours: int, still_in: bool
) -> None:
    client = sign_in_as(Role.CLINICIAN)
    began = time.time()
    for minutes in range(0, hours * 60 + 1, 14):
        monkeypatch.setattr(time, "time", lambda now=began + minutes * 60: now)
        last = client.get("/")
    assert (last.status_code == 200) is still_in


def test_who_is_no_longer_a_member_sees_nothing_at_once(sign_in_as: Any, person: Any) -> None:
    client = sign_in_as(Role.CLINICIAN)
    address = reverse("patients:portrait", kwargs={"patient": person.id})
    assert client.get(address).status_code == 200
    Membership.objects.filter(user_id=client.viewer.user_id).update(ended_on=support.TODAY)
    assert client.get(address).status_code == 403
