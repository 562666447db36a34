"""What waits is sent once, if it is still safe; else somebody is told."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import UUID

import psycopg
import pytest
from click.testing import CliRunner
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fairpractice.cli import _service
from fairpractice.cli import service as verb
from fairpractice.web.core.models import Entry
from fairpractice.web.messaging import outbox as outbox_of
from fairpractice.web.messaging import senders, sending
from fairpractice.web.messaging.models import Outgoing, Way
from fairpractice.web.messaging.senders import Message, NotSentError, Sender
from fairpractice.web.patients.actions import own_account
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import contact
from tests.web import support


pytestmark = pytest.mark.django_db
Put = Callable[..., Outgoing]
Says = Callable[..., None]
HOUR = dt.timedelta(hours=1)


class Flaky:
    """A sender that fails as it is told, and keeps what it took."""

    def __init__(self) -> None:
        self.took: dict[UUID, Message] = {}
        self.fails: Iterator[Exception | None] = iter(())
        self.takes_it_first = False
        self.asked = 0

    def send(self, message: Message) -> str:
        error = next(self.fails, None)
        if error is None or self.takes_it_first:
            assert message.reference not in self.took, "it has it already"
            self.took[message.reference] = message
        if error:
            raise error
        return "theirs"

    def has(self, reference: UUID) -> str | None:
        self.asked += 1
        return "theirs" if reference in self.took else None


@pytest.fixture
def flaky(monkeypatch: pytest.MonkeyPatch) -> Flaky:
    made = Flaky()
    sender = Sender(made.send, made.has, senders.EVERY, dt.timedelta(0))
    monkeypatch.setattr(sending, "senders", lambda: {"file": sender})
    return made


def again(message: Outgoing) -> Outgoing:
    """Let the time pass until a message is tried again, and try."""
    Outgoing.objects.filter(id=message.id).update(not_before=timezone.now() - HOUR)
    sending.send_due()
    message.refresh_from_db()
    return message


@pytest.mark.parametrize(
    ("way", "to"),
    [
        ("text", "07700 900001"),
        ("email", "one@example.org"),
        ("letter", "Person 1 Testperson, ZZ99 3VZ"),
    ],
)
def test_it_is_written_whole_for_its_owner_alone(
    put: Put, says: Says, outbox: Path, written: Any, way: str, to: str
) -> None:
    says()
    message = put(way=way)
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    (file,) = outbox.iterdir()
    assert file.name == f"{message.id}.json"
    assert file.stat().st_mode & 0o077 == 0
    assert written() == [
        {
            "way": way,
            "to": to,
            "subject": "A message from Practice Y99001",
            "text": contact.NEUTRAL.format(practice="Practice Y99001"),
        }
    ]
    message.refresh_from_db()
    assert (message.state, message.theirs, message.sender) == ("sent", file.name, "file")
    entry = Entry.objects.filter(act=sending.SEND).get()
    assert entry.patient_id == message.patient_id
    assert entry.detail == {"message": str(message.id), "way": way, "state": "sent"}


def test_it_goes_where_they_are_reached_when_it_goes(put: Put, says: Says, written: Any) -> None:
    says()
    put(way="text")
    says(number="020 7946 0000")
    sending.send_due()
    assert [each["to"] for each in written()] == ["020 7946 0000"]


def moved_away(person: Patient) -> None:
    person.practice = None
    person.save()


def unknown(person: Patient) -> None:
    person.identity = {}
    person.save()


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        ({"email": False}, "Not by an e-mail."),
        ({"prohibited": True}, "They must not be contacted."),
        (moved_away, "They are not registered here any more."),
        (unknown, "No e-mail address is known any more."),
    ],
)
def test_what_is_not_safe_any_more_is_not_sent(
    put: Put, says: Says, reached: Patient, written: Any, meanwhile: Any, why: str
) -> None:
    message = put()
    meanwhile(reached) if callable(meanwhile) else says(**meanwhile)
    sending.send_due()
    message.refresh_from_db()
    assert (message.state, message.why) == ("unsafe", why)
    assert written() == []
    assert Entry.objects.get(act=sending.SEND).outcome == "refused"
    says()
    assert sending.send_due() == 0, "it stays so: somebody decides"


def test_a_text_waits_for_a_safe_hour(put: Put, says: Says, written: Any) -> None:
    here = timezone.localtime()
    tomorrow = (here + dt.timedelta(days=1)).weekday()
    says(weekdays=[tomorrow], from_hour=9, until_hour=10)
    message = put(way="text")
    assert sending.send_due() == 1
    message.refresh_from_db()
    assert message.state == "waiting"
    due = timezone.localtime(message.not_before)
    assert (due.weekday(), due.hour, due.minute) == (tomorrow, 9, 0)
    assert sending.send_due() == 0
    says()
    assert again(message).state == "sent"
    assert len(written()) == 1


def test_what_would_come_too_late_is_not_sent(put: Put, says: Says, written: Any) -> None:
    yesterday = (timezone.localtime().weekday() - 1) % 7
    says(weekdays=[yesterday])
    message = put(way="text", not_after=timezone.now() + dt.timedelta(days=3))
    sending.send_due()
    message.refresh_from_db()
    assert message.state == "late"
    assert written() == []


@pytest.mark.parametrize(("hour", "same_day"), [(7, True), (8, True), (19, True), (20, False)])
def test_who_said_nothing_is_not_woken(reached: Patient, hour: int, same_day: bool) -> None:
    at = timezone.make_aware(dt.datetime(2026, 7, 6, hour, 30))
    when, permission = contact.soonest(reached, "text", at)
    local = timezone.localtime(when)
    assert permission.allowed
    assert local.hour in contact.WAKING
    assert (local.date() == at.date()) is same_day
    assert (when == at) is (hour in contact.WAKING)
    assert contact.soonest(reached, "email", at)[0] == at


def test_a_night_when_clocks_change_has_its_safe_hour(reached: Patient, says: Says) -> None:
    says(from_hour=9, until_hour=10)
    for day in (dt.datetime(2026, 3, 28, 12), dt.datetime(2026, 10, 24, 12)):
        when, _ = contact.soonest(reached, "text", timezone.make_aware(day))
        local = timezone.localtime(when)
        assert (local.date(), local.hour) == ((day + dt.timedelta(days=1)).date(), 9)


def test_what_fails_is_tried_again_and_in_the_end_given_up(put: Put, flaky: Flaky) -> None:
    message = put()
    flaky.fails = iter([NotSentError("Nobody answered")] * 99)
    waits = []
    for _ in sending.AGAIN:
        again(message)
        assert (message.state, message.why) == ("waiting", "Nobody answered")
        waits.append(message.not_before - message.tried_at)
    minutes = [wait.total_seconds() / 60 for wait in waits]
    assert minutes == pytest.approx(sending.AGAIN, abs=1)
    assert min(minutes) * 60 > max(
        each.settles.total_seconds() for each in senders.senders().values()
    )
    assert again(message).state == "failed"
    assert flaky.took == {}


def test_what_is_refused_for_good_is_not_tried_again(put: Put, flaky: Flaky) -> None:
    first, second = put(), put()
    flaky.fails = iter([NotSentError("Not a number", for_good=True)])
    sending.send_due()
    states = sorted(Outgoing.objects.values_list("state", flat=True))
    assert states == ["failed", "sent"]
    assert set(flaky.took) < {first.id, second.id}


def test_when_nobody_answers_the_rest_waits(put: Put, flaky: Flaky) -> None:
    for _ in range(3):
        put()
    flaky.fails = iter([NotSentError("Nobody answered")] * 99)
    assert sending.send_due() == 1
    assert Outgoing.objects.filter(tries=0).count() == 2


def test_one_that_breaks_does_not_hold_up_the_rest(
    put: Put, flaky: Flaky, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        put()
    flaky.fails = iter([RuntimeError("07700 900001")])
    assert sending.send_due() == 3
    assert len(flaky.took) == 2
    assert "900001" not in caplog.text


def test_what_was_taken_though_it_failed_is_not_sent_twice(put: Put, flaky: Flaky) -> None:
    message = put()
    flaky.fails, flaky.takes_it_first = iter([NotSentError("No answer in time")]), True
    assert again(message).state == "waiting"
    assert again(message).state == "sent"
    assert (message.theirs, len(flaky.took)) == ("theirs", 1)


@pytest.mark.parametrize("was_written", [True, False])
def test_who_takes_over_from_the_killed_asks_first(
    put: Put, flaky: Flaky, was_written: bool
) -> None:
    message = put()
    claimed = sending._claim()
    assert claimed == message.id
    if was_written:
        flaky.took[message.id] = Message(message.id, "email", "", "", "")
    sending.send_due()
    message.refresh_from_db()
    assert (message.state, flaky.asked) == ("sent", 1)


def test_a_first_try_asks_nobody(put: Put, flaky: Flaky) -> None:
    put()
    sending.send_due()
    assert flaky.asked == 0


def test_what_is_being_sent_is_left_alone_until_its_sender_knows(
    put: Put, flaky: Flaky, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = dataclasses.replace(sending.senders()["file"], settles=HOUR)
    monkeypatch.setattr(sending, "senders", lambda: {"file": slow})
    message = put()
    sending._claim()
    assert sending.send_due() == 0
    Outgoing.objects.update(tried_at=timezone.now() - 2 * HOUR)
    assert again(message).state == "sent"


def test_it_stays_with_the_sender_that_it_was_claimed_for(
    put: Put, settings: Any, outbox: Path, written: Any
) -> None:
    put()
    sending._claim()
    settings.SENDER = "notify"
    sending.send_due()
    assert len(written()) == 1


@pytest.mark.django_db(transaction=True)
def test_what_another_has_in_hand_is_left_to_them(put: Put, written: Any) -> None:
    message = put()
    own = connection.get_connection_params()
    with psycopg.connect(**{name: own[name] for name in ("host", "user", "dbname")}) as other:
        other.execute("SELECT 1 FROM messaging_outgoing WHERE id = %s FOR UPDATE", [message.id])
        assert sending.send_due() == 0
        other.rollback()
    assert sending.send_due() == 1
    assert len(written()) == 1


def test_what_was_taken_from_the_folder_counts_as_sent(put: Put, outbox: Path) -> None:
    message = put()
    sending.send_due()
    (outbox / "taken").mkdir()
    file = outbox / f"{message.id}.json"
    file.rename(outbox / "taken" / file.name)
    Outgoing.objects.update(state="sending")
    sending.send_due()
    assert list(outbox.glob("*.json")) == []
    message.refresh_from_db()
    assert message.state == "sent"


def test_a_folder_that_cannot_be_written_to_is_tried_again(put: Put, outbox: Path) -> None:
    outbox.write_text("in the way", "utf-8")
    message = put()
    sending.send_due()
    message.refresh_from_db()
    assert (message.state, message.failures) == ("waiting", 1)
    assert message.why.startswith("The folder of messages")
    outbox.unlink()
    assert again(message).state == "sent"


@pytest.mark.django_db(transaction=True)  # it begins with a connection of its own
def test_the_command_sends_what_waits_and_says_how_many(put: Put, written: Any) -> None:
    put()
    put()
    with mock.patch.object(_service, "prepare"):
        said = [CliRunner().invoke(verb.command, ["send"]).output for _ in range(2)]
    assert said == ["Messages seen to: 2\n", "Messages seen to: 0\n"]
    assert len(written()) == 2


def test_their_own_pages_show_it_to_them_alone(
    put: Put, written: Any, says: Says, reached: Patient, clinician: Any
) -> None:
    says(prohibited=True)
    message = put(way=Way.PAGES)
    address = reverse("own:person", kwargs={"patient": reached.id})
    themselves, proxy = Client(), Client()
    support.sign_in(themselves, own_account(reached))
    acts = support.acts_for(clinician.viewer, reached)
    support.sign_in(proxy, acts.user.memberships.get())
    assert "Please call" not in themselves.get(address).content.decode(), "it waits"
    sending.send_due()
    message.refresh_from_db()
    assert message.state == "sent"
    assert written() == []
    assert "Please call Practice Y99001" in themselves.get(address).content.decode()
    assert "Please call" not in proxy.get(address).content.decode()
    Outgoing.objects.update(over_at=timezone.now() - outbox_of.SHOWN)
    assert "Please call" not in themselves.get(address).content.decode()
