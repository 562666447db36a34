"""A link opens once, for whoever has the code and the date of birth, and says why to nobody."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fairpractice.web.core.access import Role
from fairpractice.web.core.models import Attempts, Entry
from fairpractice.web.messaging import sending
from fairpractice.web.patients.models import Patient
from fairpractice.web.questionnaires import links
from fairpractice.web.questionnaires.models import Ask, Link
from fairpractice.web.sharing import contact


pytestmark = pytest.mark.django_db
CHANGES = re.compile(rb'name="(csrfmiddlewaretoken|token|code)"[^>]*value="[^"]*"')
BORN = {"day": "27", "month": "3", "year": "1984"}
CODE = re.compile(r"[BCDFGHJKMNPQRSTVWXYZ2-9]{4}(?:-[BCDFGHJKMNPQRSTVWXYZ2-9]{4}){2}")


def asked(client: Any, person: Patient, **changed: Any) -> Any:
    """Let staff ask somebody, as the form does; return the page that hands the link over."""
    sent = {"token": uuid4(), "questionnaire": "your-circumstances", "way": "letter", **changed}
    return client.post(reverse("questionnaires:ask", kwargs={"patient": person.id}), sent)


def code_of(page: Any) -> str:
    return CODE.findall(page.content.decode())[-1]


def opened(code: str, client: Client | None = None, **changed: str) -> Any:
    """Open a link as its address does: looked at first, then sent with a date of birth."""
    client = client or Client()
    page = client.get(reverse("own:open", kwargs={"code": code}))
    assert page.status_code == 200
    return client.post(reverse("own:enter"), {"code": code, **BORN, **changed})


def test_it_opens_ones_own_pages_once(sign_in_as: Any, person: Patient) -> None:
    code = code_of(asked(sign_in_as(Role.CARE_NAVIGATOR), person))
    client = Client()
    answer = opened(code, client)
    assert answer["Location"] == reverse("own:person", kwargs={"patient": person.id})
    assert client.get(answer["Location"]).status_code == 200
    assert opened(code).status_code == 200, "a page that asks again"


def test_whatever_is_wrong_is_answered_in_one_way(sign_in_as: Any, person: Patient) -> None:
    staff = sign_in_as(Role.CLINICIAN)
    codes = [code_of(asked(staff, person)) for _ in range(5)]
    opened(codes[0])
    Link.objects.filter(ask=Ask.objects.order_by("asked_at")[1]).update(expires_at=timezone.now())
    taken_back = Ask.objects.order_by("asked_at")[2]
    withdraw = {"patient": person.id, "ask": taken_back.id}
    staff.post(reverse("questionnaires:withdraw", kwargs=withdraw))
    Attempts.objects.all().delete()
    answers = [
        opened(codes[0]),  # used
        opened(codes[1]),  # too old
        opened(codes[2]),  # taken back
        opened(codes[3], year="1985"),
        opened(codes[3], day="31", month="2"),
        opened(codes[3], day="²", year=""),
        opened("BBBB-BBBB-BBBB"),
    ]
    assert {answer.status_code for answer in answers} == {200}
    assert len({CHANGES.sub(b"", answer.content) for answer in answers}) == 1
    assert opened(codes[3]).status_code == 302, "a mistake does not use it up"
    assert {each.outcome for each in Entry.objects.filter(act="open a link")} == {"done", "refused"}


def test_a_date_of_birth_cannot_be_guessed(sign_in_as: Any, person: Patient) -> None:
    code = code_of(asked(sign_in_as(Role.CLINICIAN), person))
    for year in range(1950, 1955):
        wrong = opened(code, year=str(year))
    right = opened(code)
    assert CHANGES.sub(b"", right.content) == CHANGES.sub(b"", wrong.content)


def test_codes_cannot_be_guessed(person: Patient) -> None:
    answers = [opened(f"BCDF-{number:04}-BCDF").status_code for number in range(31)]
    assert answers == [200] * 30 + [429]


def test_the_database_does_not_hold_the_code(sign_in_as: Any, person: Patient) -> None:
    from django.db import connection

    code = code_of(asked(sign_in_as(Role.CLINICIAN), person))
    opened(code)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows = " ".join(row for (row,) in cursor.fetchall())
            assert code not in rows
            assert code.replace("-", "") not in rows


def test_a_new_link_takes_the_place_of_the_one_before(sign_in_as: Any, person: Patient) -> None:
    staff = sign_in_as(Role.CLINICIAN)
    first = code_of(asked(staff, person))
    again = {"patient": person.id, "ask": Ask.objects.get().id}
    second = code_of(staff.post(reverse("questionnaires:ask-again", kwargs=again)))
    assert opened(first).status_code == 200
    assert opened(second).status_code == 302


def test_a_text_says_nothing_of_what_is_asked(
    sign_in_as: Any, person: Patient, outbox: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact, "WAKING", range(24))
    staff = sign_in_as(Role.CLINICIAN)
    refused = asked(staff, person, way="text").content.decode()
    assert "No telephone number is known here" in refused
    person.identity = {**person.identity, "telephone": "07700 900001"}
    person.save()
    token = uuid4()
    for _ in range(2):
        assert asked(staff, person, way="text", token=token).status_code == 302
    sending.send_due()
    (file,) = outbox.iterdir()
    assert file.stat().st_mode & 0o077 == 0
    first = json.loads(file.read_text("utf-8"))
    asked(staff, person, way="text", questionnaire="food-security")
    sending.send_due()
    second = json.loads(max(outbox.iterdir(), key=lambda each: each != file).read_text("utf-8"))
    assert CODE.sub("", first["text"]) == CODE.sub("", second["text"])
    assert first["to"] == "07700 900001"
    words = first["text"].lower()
    told = ("health", "food", "money", "circumstance", "question", person.name.lower())
    assert not [each for each in told if each in words]
    assert opened(CODE.findall(first["text"])[0]).status_code == 302


def test_what_is_not_offered_by_a_link_is_not_sent(sign_in_as: Any, person: Patient) -> None:
    staff = sign_in_as(Role.CLINICIAN)
    page = staff.get(reverse("questionnaires:ask", kwargs={"patient": person.id}))
    assert 'value="hark"' not in page.content.decode()
    asked(staff, person, questionnaire="hark")
    asked(staff, person, questionnaire="nothing", way="pigeon", token="1")
    assert not Ask.objects.exists()


def test_a_link_does_not_reach_anybody_else(
    sign_in_as: Any, person: Patient, stranger: Patient
) -> None:
    client = Client()
    opened(code_of(asked(sign_in_as(Role.CLINICIAN), person)), client)
    assert client.get(reverse("own:person", kwargs={"patient": stranger.id})).status_code == 404
    for name in ("patients:portrait", "patients:record-fact", "questionnaires:ask"):
        address = reverse(name, kwargs={"patient": person.id})
        assert client.get(address).status_code == 403, name
    assert client.get(reverse("core:home"))["Location"] == reverse("own:home")


def test_a_session_by_a_link_ends_on_the_way_out(sign_in_as: Any, person: Patient) -> None:
    client = Client()
    page = opened(code_of(asked(sign_in_as(Role.CLINICIAN), person)), client)["Location"]
    answer = client.get(reverse("own:leave"))
    assert answer["Location"] == "https://www.bbc.co.uk/weather"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert answer["Cache-Control"] == "no-store"
    assert client.get(page).status_code == 302, "to sign in again"
    assert Client().get(reverse("own:leave")).status_code == 302


def test_somebody_born_on_a_day_not_known_has_no_link_that_opens(
    sign_in_as: Any, person: Patient
) -> None:
    code = code_of(asked(sign_in_as(Role.CLINICIAN), person))
    person.identity = {key: each for key, each in person.identity.items() if key != "date_of_birth"}
    person.save()
    assert opened(code).status_code == 200
    assert opened(code, day="", month="", year="").status_code == 200


def test_a_link_lives_for_days_not_weeks(sign_in_as: Any, person: Patient) -> None:
    asked(sign_in_as(Role.CLINICIAN), person)
    asked(sign_in_as(Role.CLINICIAN), person, way="desk")
    letter, desk = Link.objects.order_by("-expires_at")
    assert letter.expires_at < timezone.now() + dt.timedelta(days=15)
    assert desk.expires_at < timezone.now() + dt.timedelta(hours=2)


@pytest.mark.parametrize("days", [-30, 30])
def test_a_clock_that_is_wrong_opens_no_old_link_and_closes_no_new_one(
    days: int, sign_in_as: Any, person: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How old a link is, the database says: one server may be ahead of another."""
    staff, real = sign_in_as(Role.CLINICIAN), timezone.now
    codes = [code_of(asked(staff, person)) for _ in range(2)]
    Link.objects.filter(ask=Ask.objects.latest("asked_at")).update(expires_at=real())
    with monkeypatch.context() as patched:
        patched.setattr(links.timezone, "now", lambda: real() + dt.timedelta(days=days))
        newer, _ = links.make(Ask.objects.earliest("asked_at"), "letter")
        assert links.use(codes[1], person.born_on) is None, "too old"
        assert links.use(codes[0], person.born_on) is None, "another took its place"
    assert links.use(newer, person.born_on)
