"""A message is put in with what causes it, once, and says nothing of what it is about."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from fairpractice.errors import FairpracticeError
from fairpractice.record.topics import TOPICS
from fairpractice.web.core.locking import Conflict
from fairpractice.web.messaging import outbox, sending
from fairpractice.web.messaging.models import Outgoing
from fairpractice.web.messaging.words import ORGANISATION, WORDS
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import held
from tests.web import support


pytestmark = pytest.mark.django_db
Put = Callable[..., Outgoing]


def test_of_one_cause_there_is_one_message(put: Put, stranger: Patient) -> None:
    first = put(key="cause:1")
    assert put(key="cause:1", way="letter") == first
    assert Outgoing.objects.count() == 1
    with pytest.raises(Conflict):
        outbox.put("cause:1", "pages", "call", patient=stranger)


def test_without_its_cause_there_is_no_message(put: Put) -> None:
    def something_fails() -> None:
        with transaction.atomic():
            put()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        something_fails()
    assert not Outgoing.objects.exists()


def test_no_words_say_what_it_is_about() -> None:
    topics = {word for each in TOPICS.values() for word in each.label.lower().split()}
    told = {word for word in topics if len(word) > 3} - {"with", "from", "your", "been"}
    told |= {"health", "benefit", "service", "referral", "questionnaire", "need", "doctor", "nhs"}
    for name, words in WORDS.items():
        said = set(f"{words.text} {words.subject}".lower().replace(".", " ").split())
        said -= {"need"} if "no need to do anything" in words.text else set()
        assert not said & told, name


def test_nothing_but_an_address_and_a_day_is_filled_in(put: Put) -> None:
    link = {"link": "https://example.org/", "day": "4 July"}
    assert "4 July" in outbox.text(put(words="link", **link))
    for more in ({}, {"link": "x"}, {**link, "practice": "debt"}, {**link, "note": "debt"}):
        with pytest.raises(ValueError, match="filled in with"):
            put(words="link", **more)


def test_the_words_are_for_whom_they_are_for(put: Put, practice: Organisation) -> None:
    charity = Organisation.objects.create(kind="partner", code="P0001", name="A charity")
    with pytest.raises(ValueError, match="for one organisation"):
        put(words="inbox", link="https://example.org/")
    at = {"organisation": charity, "place": practice, "link": "https://example.org/"}
    with pytest.raises(ValueError, match="e-mail or letter"):
        outbox.put("1", "text", "inbox", to="07700 900001", **at)
    with pytest.raises(FairpracticeError, match="no address is known"):
        outbox.put("1", "email", "inbox", **at)
    made = outbox.put("1", "email", "inbox", to="charity@example.org", **at)
    assert made.patient is None
    assert {name for name, each in WORDS.items() if each.to == ORGANISATION} == {
        "inbox",
        "reminder",
    }


@pytest.mark.parametrize("way", ["text", "email", "letter"])
def test_who_is_not_to_be_reached_so_is_not(
    put: Put, says: Callable[..., None], reached: Patient, way: str
) -> None:
    says(**{way: False})
    with pytest.raises(FairpracticeError, match="Not by"):
        put(way=way)
    says(prohibited=True)
    with pytest.raises(FairpracticeError, match="must not be contacted"):
        put(way=way)
    says(number=None)
    reached.identity = {}
    reached.save()
    with pytest.raises(FairpracticeError, match="is known here"):
        put(way=way)
    reached.practice = None
    with pytest.raises(FairpracticeError, match="not registered here any more"):
        put(way="pages")
    assert not Outgoing.objects.exists()


def test_where_and_what_is_not_in_the_database_in_clear_nor_once_it_is_sent(
    put: Put, practice: Organisation
) -> None:
    put(words="link", link="https://example.org/secret", day="4 July")
    charity = Organisation.objects.create(kind="partner", code="P0001", name="A charity")
    at = {"to": "secret@example.org", "place": practice, "link": "https://example.org/secret"}
    outbox.put("1", "email", "inbox", organisation=charity, **at)

    def stored() -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM messaging_outgoing")
            return str(cursor.fetchall())

    assert "secret" not in stored()
    assert "900001" not in stored()
    sending.send_due()
    found = Outgoing.objects.filter(state="sent").values_list("to", "filled_in")
    assert set(found) == {(None, None)}


def test_what_is_taken_back_is_not_sent(put: Put, written: Any) -> None:
    put(key="cause:1:a")
    put(key="cause:2:a")
    assert outbox.take_back("cause:1:") == 1
    assert outbox.take_back("cause:1:") == 0
    sending.send_due()
    assert len(written()) == 1
    assert outbox.take_back("cause:2:") == 0
    assert Outgoing.objects.get(key="cause:1:a").state == "taken_back"


def test_it_goes_with_all_that_is_held_about_somebody(put: Put, reached: Patient) -> None:
    message = put(words="link", link="https://example.org/secret", day="4 July")
    assert message in held.rows(reached)
    said = next(each for each in held.items(reached) if each.kind == "Entered here: message")
    assert said.says["state"] == "waiting"


def test_a_message_keeps_no_time_but_its_own(put: Put) -> None:
    tomorrow = dt.datetime.combine(support.ago(-1), dt.time(12), dt.UTC)
    put(not_before=tomorrow)
    assert sending.send_due() == 0
