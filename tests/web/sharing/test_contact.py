"""How somebody can be reached safely: whoever writes or calls asks first."""

import datetime as dt
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from fairpractice.record.topics import TOPICS
from fairpractice.web.core.access import Role
from fairpractice.web.core.locking import Conflict
from fairpractice.web.messaging import sending
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import consent, contact
from fairpractice.web.sharing.models import SafeContact
from tests.web import support


pytestmark = pytest.mark.django_db
MONDAY_TEN = dt.datetime(2026, 7, 6, 10, 0, tzinfo=ZoneInfo("Europe/London"))
SAID = {
    "number": "020 7946 0000",
    "weekdays": [0, 2],
    "from_hour": 9,
    "until_hour": 12,
    "text": True,
}


def test_where_nobody_asked_no_message_is_left(person: Patient) -> None:
    allowed = {way for way in contact.WAYS if contact.may(person, way).allowed}
    assert allowed == set(contact.WAYS) - {"voicemail"}
    with pytest.raises(ValueError, match="no way"):
        contact.may(person, "visit")


def test_what_is_not_said_to_be_safe_is_not_done(clinician: Any, person: Patient) -> None:
    contact.say(clinician.viewer, person, 0, **SAID)
    allowed = {way for way in contact.WAYS if contact.may(person, way, MONDAY_TEN).allowed}
    assert allowed == {"call", "text"}
    assert contact.may(person, "call", MONDAY_TEN).number == "020 7946 0000"


@pytest.mark.parametrize(
    ("when", "allowed"),
    [
        (MONDAY_TEN, True),
        (MONDAY_TEN.replace(hour=9), True),
        (MONDAY_TEN.replace(hour=8, minute=59), False),
        (MONDAY_TEN.replace(hour=12), False),
        (MONDAY_TEN + dt.timedelta(days=1), False),
        (MONDAY_TEN + dt.timedelta(days=2), True),
        (dt.datetime(2026, 7, 6, 8, 30, tzinfo=dt.UTC), True),  # half past nine here, in summer
    ],
)
def test_it_is_asked_by_the_day_and_hour_here(
    when: dt.datetime, allowed: bool, clinician: Any, person: Patient
) -> None:
    contact.say(clinician.viewer, person, 0, **SAID)
    assert contact.may(person, "call", when).allowed is allowed
    assert contact.may(person, "text", when).allowed is allowed


def test_who_must_not_be_contacted_is_reached_in_no_way(clinician: Any, person: Patient) -> None:
    contact.say(clinician.viewer, person, 0, **{**SAID, "prohibited": True, "letter": True})
    assert not [way for way in contact.WAYS if contact.may(person, way, MONDAY_TEN).allowed]
    page = clinician.get(reverse("patients:portrait", kwargs={"patient": person.id}))
    assert "Do not contact" in page.content.decode()


def test_a_message_says_nothing_of_why(person: Patient) -> None:
    said = contact.neutral(person).lower()
    assert not [topic.label for topic in TOPICS.values() if topic.label in said]
    assert not {"link worker", "referral", "charity", "appointment", "health"} & set(said.split())
    assert person.name.lower() not in said


def test_it_is_said_on_a_page_and_of_two_the_second_is_told(
    sign_in_as: Any, clinician: Any, person: Patient
) -> None:
    address = reverse("sharing:contact", kwargs={"patient": person.id})
    sent = {"version": 0, "from_hour": 9, "until_hour": 12, "weekdays": ["0"], "leaves": ["text"]}
    assert clinician.post(address, {**sent, "number": "020 7946 0000"}).status_code == 302
    navigator = sign_in_as(Role.CARE_NAVIGATOR)
    page = navigator.get(reverse("patients:portrait", kwargs={"patient": person.id}))
    assert "020 7946 0000" in page.content.decode(), "shown to those who call"
    assert navigator.post(address, sent).status_code == 409
    assert SafeContact.objects.get().number == "020 7946 0000"
    assert navigator.post(address, {**sent, "version": 1}).status_code == 302
    assert navigator.post(address, {**sent, "version": 1}).status_code == 409
    with pytest.raises(Conflict):
        contact.say(clinician.viewer, person, 1, **SAID)
    wrong = navigator.post(address, {**sent, "version": 2, "until_hour": 8}).content.decode()
    assert "Choose an hour after the first" in wrong


def test_the_person_and_a_partner_do_not_see_it(
    clinician: Any, patient: Any, partner: Any, person: Patient
) -> None:
    """Who forces somebody to sign in does not learn that there is a safe number."""
    own = reverse("sharing:person", kwargs={"patient": person.id})
    before = patient.get(own).content.partition(b"<main")[2]
    contact.say(clinician.viewer, person, 0, **SAID)
    address = reverse("sharing:contact", kwargs={"patient": person.id})
    for client in (patient, partner):
        assert client.get(address).status_code in (403, 404)
    after = patient.get(own).content.partition(b"<main")[2]
    assert b"7946" not in after
    assert len(after) == len(before)


def test_a_link_is_sent_to_the_safe_number_or_not_at_all(
    clinician: Any, person: Patient, settings: Any, tmp_path: Path
) -> None:
    settings.OUTBOX = tmp_path / "outbox"
    person.identity = {**person.identity, "telephone": "07700 900001"}
    person.save()
    address = reverse("questionnaires:ask", kwargs={"patient": person.id})

    def ask() -> Any:
        sent = {"token": uuid4(), "questionnaire": "food-security", "way": "text"}
        return clinician.post(address, sent)

    contact.say(clinician.viewer, person, 0, letter=True)
    assert "Not by a text message" in ask().content.decode()
    assert not settings.OUTBOX.exists()
    contact.say(clinician.viewer, person, 1, text=True, number="020 7946 0000", until_hour=24)
    contact.say(clinician.viewer, person, 2, from_hour=0)
    assert ask().status_code == 302
    sending.send_due()
    (file,) = settings.OUTBOX.iterdir()
    assert json.loads(file.read_text("utf-8"))["to"] == "020 7946 0000"
    contact.say(clinician.viewer, person, 3, prohibited=True)
    again = reverse("questionnaires:ask-again", kwargs={"patient": person.id, "ask": asked(person)})
    assert "They must not be contacted" in clinician.post(again).content.decode()
    assert len(list(settings.OUTBOX.iterdir())) == 1


def asked(person: Patient) -> UUID:
    found: UUID = person.asks.get().id
    return found


def test_a_link_on_a_letter_is_made_for_those_alone_whom_a_letter_may_reach(
    clinician: Any, person: Patient
) -> None:
    address = reverse("questionnaires:ask", kwargs={"patient": person.id})

    def ask(way: str) -> str:
        sent = {"token": uuid4(), "questionnaire": "food-security", "way": way}
        page: str = clinician.post(address, sent).content.decode()
        return page

    assert "This is shown once" in ask("letter")
    again = reverse("questionnaires:ask-again", kwargs={"patient": person.id, "ask": asked(person)})
    contact.say(clinician.viewer, person, 0, **SAID)
    assert "Not by a letter" in ask("letter")
    assert "Not by a letter" in clinician.post(again).content.decode()
    assert person.asks.count() == 1, "nothing was asked"
    assert person.asks.get().links.count() == 1, "and the link before is as it was"
    assert "This is shown once" in ask("desk"), "they are here"


def test_a_partner_is_told_how_to_reach_them_and_when_not(
    agree: Any, clinician: Any, partner: Any, person: Patient
) -> None:
    person.identity = {**person.identity, "telephone": "07700 900001"}
    person.save()
    address = reverse("sharing:shared", kwargs={"patient": person.id})
    consent.share(clinician.viewer, agree("circumstances"), uuid4())
    contact.say(clinician.viewer, person, 0, **{**SAID, "weekdays": [], "from_hour": 0})
    contact.say(clinician.viewer, person, 1, until_hour=24)
    assert "7946" not in partner.get(address).content.decode(), "not agreed to"
    consent.share(clinician.viewer, agree("contact"), uuid4())
    page = partner.get(address).content.decode()
    assert "020 7946 0000" in page
    assert "07700" not in page, "the usual number is not the safe one"
    assert "Not by a letter" in page
    assert "no more than that you would like them to call" in page
    contact.say(clinician.viewer, person, 2, prohibited=True)
    page = partner.get(address).content.decode()
    assert page.count("They must not be contacted") == len(contact.WAYS)
    assert "7946" not in page


def test_who_calls_back_about_what_cannot_wait_has_the_safe_number(
    clinician: Any, person: Patient
) -> None:
    made = support.asked(clinician.viewer, person)
    made.urgent_needs.create(kind="food", told_at=timezone.now())
    contact.say(clinician.viewer, person, 0, **{**SAID, "weekdays": [], "from_hour": 0})
    contact.say(clinician.viewer, person, 1, until_hour=24)
    today = reverse("questionnaires:today")
    assert "020 7946 0000" in clinician.get(today).content.decode()
    contact.say(clinician.viewer, person, 2, prohibited=True)
    page = clinician.get(today).content.decode()
    assert "Do not call now" in page
    assert "7946" not in page
