"""Texts and e-mails by GOV.UK Notify: a server of the test's own answers as its API does."""

import datetime as dt
import json
import re
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from joserfc import jwk, jwt

from fairpractice.errors import FairpracticeError
from fairpractice.web.config import environment
from fairpractice.web.config.notify import account
from fairpractice.web.core.models import Entry
from fairpractice.web.messaging import arriving, outbox, sending
from fairpractice.web.messaging.models import Outgoing
from fairpractice.web.messaging.senders import notify


pytestmark = [pytest.mark.django_db, pytest.mark.allow_hosts(["127.0.0.1"])]
Put = Callable[..., Outgoing]
SERVICE, SECRET = str(uuid4()), str(uuid4())
TEXT, EMAIL = str(uuid4()), str(uuid4())
NUMBER = "07700 900001"


class Notify(ThreadingHTTPServer):
    """What Notify has taken, and how it is to answer the next requests."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.took: list[dict[str, Any]] = []
        self.faults: list[int] = []
        self.hangs_up_after_taking = False
        self.status = "sending"
        self.asked: list[str] = []


class _Answers(BaseHTTPRequestHandler):
    server: Notify

    def log_message(self, *args: Any) -> None:
        """Say nothing."""

    def _says(self, status: int, said: Any) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def _refuses(self, status: int) -> None:
        error = {"error": "BadRequestError", "message": f"phone_number {NUMBER} is not valid"}
        self._says(status, {"status_code": status, "errors": [error]})

    def _proved(self) -> bool:
        kind, _, token = (self.headers["Authorization"] or "").partition(" ")
        found = jwt.decode(token, jwk.OctKey.import_key(SECRET), algorithms=["HS256"])
        fresh = abs(time.time() - found.claims["iat"]) < 30
        return kind == "Bearer" and fresh and found.claims["iss"] == SERVICE

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._proved():
            return self._refuses(403)
        if self.server.faults:
            return self._refuses(self.server.faults.pop(0))
        sent = {"id": str(uuid4()), "type": urlsplit(self.path).path.rpartition("/")[2], **said}
        self.server.took.append(sent)
        if self.server.hangs_up_after_taking:
            return self.connection.close()
        return self._says(201, {"id": sent["id"], "reference": said["reference"]})

    def do_GET(self) -> None:
        asked = urlsplit(self.path)
        if not self._proved() or not asked.path.startswith("/v2/notifications"):
            return self._refuses(403)
        if one := asked.path.removeprefix("/v2/notifications").strip("/"):
            return self._fate(one)
        (reference,) = parse_qs(asked.query)["reference"]
        found = [each for each in self.server.took if each["reference"] == reference]
        return self._says(200, {"notifications": found, "links": {}})

    def _fate(self, one: str) -> None:
        self.server.asked.append(one)
        if self.server.faults:
            return self._refuses(self.server.faults.pop(0))
        if one not in {each["id"] for each in self.server.took}:
            return self._refuses(404)
        return self._says(200, {"id": one, "status": self.server.status, "body": NUMBER})


def said(address: str, **more: str) -> dict[str, str]:
    given = {
        "FAIRPRACTICE_SENDER": "notify",
        "FAIRPRACTICE_NOTIFY_KEY": f"our-key-2-{SERVICE}-{SECRET}",
        "FAIRPRACTICE_NOTIFY_TEXT": TEXT,
        "FAIRPRACTICE_NOTIFY_EMAIL": EMAIL,
        "FAIRPRACTICE_NOTIFY_ADDRESS": address,
        **more,
    }
    return environment.read(given)


@pytest.fixture
def server(settings: Any, says: Callable[..., None]) -> Iterator[Notify]:
    says()
    with Notify() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.NOTIFY = account(said(f"http://127.0.0.1:{server.server_port}/"))
        settings.SENDER = "notify"
        yield server
        server.shutdown()
        thread.join()


def again(message: Outgoing) -> Outgoing:
    """Let the time pass until a message is tried again, and try."""
    Outgoing.objects.filter(id=message.id).update(not_before=timezone.now())
    sending.send_due()
    message.refresh_from_db()
    return message


def test_texts_and_emails_go_there_and_letters_into_the_folder(
    put: Put, server: Notify, written: Any
) -> None:
    text, email, _ = put(way="text"), put(way="email"), put(way="letter")
    assert sending.send_due() == 3
    taken = {each["type"]: each for each in server.took}
    words = "Please call Practice Y99001 when you can. If this is not you, no need to do anything."
    assert taken["sms"] == {
        "id": taken["sms"]["id"],
        "type": "sms",
        "phone_number": NUMBER,
        "template_id": TEXT,
        "personalisation": {"message": words},
        "reference": str(text.id),
    }
    assert taken["email"]["email_address"] == "one@example.org"
    assert taken["email"]["template_id"] == EMAIL
    subject = "A message from Practice Y99001"
    assert taken["email"]["personalisation"] == {"message": words, "subject": subject}
    text.refresh_from_db()
    email.refresh_from_db()
    assert text.theirs == taken["sms"]["id"]
    assert {text.sender, email.sender} == {"notify"}
    assert [each["way"] for each in written()] == ["letter"]


def test_what_it_took_before_it_hung_up_is_not_sent_twice(put: Put, server: Notify) -> None:
    message = put(way="text")
    server.hangs_up_after_taking = True
    assert again(message).state == "waiting"
    server.hangs_up_after_taking = False
    assert again(message).state == "sent"
    assert [each["id"] for each in server.took] == [message.theirs]


@pytest.mark.parametrize("status", [403, 429, 500, 503])
def test_what_may_pass_is_tried_again(put: Put, server: Notify, status: int) -> None:
    message = put(way="text")
    server.faults = [status]
    assert again(message).state == "waiting"
    assert str(status) in message.why
    assert again(message).state == "sent"
    assert len(server.took) == 1


def test_a_number_that_is_none_is_given_up_and_quoted_nowhere(put: Put, server: Notify) -> None:
    message = put(way="text")
    server.faults = [400]
    assert again(message).state == "failed"
    assert "is the number or address right? (400, BadRequestError)" in message.why
    assert NUMBER not in message.why
    assert server.took == []


def passes(message: Outgoing, **time: float) -> Outgoing:
    """Let time pass since a message was sent, and do what the loop in the background does."""
    message.refresh_from_db()
    for name in ("over_at", "ask_at"):
        if at := getattr(message, name):
            Outgoing.objects.filter(id=message.id).update(**{name: at - dt.timedelta(**time)})
    sending.send_due()
    arriving.ask_due()
    message.refresh_from_db()
    return message


@pytest.fixture
def gone_out(put: Put, server: Notify) -> Outgoing:
    """A text that Notify took, and will deliver or not."""
    return again(put(way="text"))


@pytest.mark.parametrize(
    ("status", "why"),
    [
        ("permanent-failure", "not in use"),
        ("temporary-failure", "was off"),
        ("technical-failure", "could not hand it over"),
    ],
)
def test_what_it_could_not_deliver_is_told_and_never_sent_again(
    gone_out: Outgoing, server: Notify, clinician: Any, status: str, why: str
) -> None:
    assert server.asked == [], "it has had no time yet"
    assert passes(gone_out, minutes=9).state == "sent"
    assert server.asked == []
    assert passes(gone_out, minutes=2).state == "sent"
    assert server.asked == [gone_out.theirs]
    assert "There are none" in clinician.get(reverse("messaging:unsent")).content.decode()
    server.status = status
    assert passes(gone_out, hours=1).state == "bounced"
    page = clinician.get(reverse("messaging:unsent")).content.decode()
    assert re.search(f"A text was sent, and could not be delivered.*{why}", page, re.DOTALL)
    assert NUMBER not in gone_out.why
    (refused,) = Entry.objects.filter(act=arriving.ARRIVE)
    assert (refused.outcome, refused.patient_id) == ("refused", gone_out.patient_id)
    for _ in range(3):
        passes(gone_out, days=1)
    outbox.put(gone_out.key, "text", "call", patient=gone_out.patient, by=clinician.viewer)
    passes(gone_out)
    assert len(server.took) == 1
    assert len(server.asked) == 2
    clinician.post(reverse("messaging:settle", kwargs={"message": gone_out.id}))
    assert "There are none" in clinician.get(reverse("messaging:unsent")).content.decode()


@pytest.mark.parametrize("ends", ["delivered", "sending", "forgotten"])
def test_what_arrived_or_is_never_known_is_asked_about_a_few_times(
    gone_out: Outgoing, server: Notify, ends: str
) -> None:
    server.status = "delivered" if ends == "delivered" else "sending"
    if ends == "forgotten":
        server.took[0]["id"] = "another"
    passes(gone_out, minutes=11)
    for _ in range(130):
        passes(gone_out, hours=1)
    assert (gone_out.state, gone_out.ask_at) == ("sent", None)
    assert len(server.asked) == (len(arriving.ASKED_AFTER) if ends == "sending" else 1)


def test_who_does_not_answer_is_asked_again_and_not_about_the_rest(
    put: Put, server: Notify
) -> None:
    first, second = again(put(way="text")), again(put(way="email"))
    server.faults = [503]
    for each in (first, second):
        Outgoing.objects.filter(id=each.id).update(ask_at=timezone.now())
    assert arriving.ask_due() == 1
    assert len(server.asked) == 1
    server.status = "permanent-failure"
    assert passes(second).state == "bounced"
    first.refresh_from_db()
    assert passes(first, minutes=16).state == "bounced"
    third = again(put(way="email"))
    server.faults = [500] * 20
    for _ in range(16):
        passes(third, hours=12)
    assert third.ask_at is None, "after a week it is let be"


STATUSES = ("created", "sending", "sent", "delivered", *notify.FAILURES, "what is new")


@settings(max_examples=20, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.lists(st.sampled_from(STATUSES), max_size=6), st.booleans())
def test_whatever_it_says_it_is_sent_once_and_the_first_end_holds(
    put: Put, server: Notify, says_so: list[str], silent: bool
) -> None:
    server.took, server.faults = [], []
    message = again(put(way="text"))
    ends = [each for each in says_so if each == "delivered" or each in notify.FAILURES]
    for status in says_so:
        server.status, server.faults = status, [503] if silent else []
        for _ in range(2):
            due = Outgoing.objects.filter(id=message.id, ask_at__isnull=False)
            due.update(ask_at=timezone.now())
            passes(message)
    bounced = bool(ends) and ends[0] != "delivered"
    assert message.state == ("bounced" if bounced else "sent")
    assert len(server.took) == 1


def test_nobody_there_is_no_answer(put: Put, settings: Any, says: Callable[..., None]) -> None:
    says()
    settings.NOTIFY, settings.SENDER = account(said("http://127.0.0.1:1")), "notify"
    message = put(way="text")
    assert again(message).state == "waiting"
    assert message.why == "GOV.UK Notify did not answer"


def test_a_token_is_as_documented() -> None:
    header, claims, _ = notify.token("service", SECRET, 1568818578.9).split(".")
    assert _read(header) == {"typ": "JWT", "alg": "HS256"}
    assert _read(claims) == {"iss": "service", "iat": 1568818578}


def _read(part: str) -> Any:
    return json.loads(urlsafe_b64decode(part + "=="))


@pytest.mark.parametrize(
    ("wrong", "value"),
    [
        ("SENDER", "pigeon"),
        ("NOTIFY_KEY", ""),
        pytest.param("NOTIFY_KEY", SECRET, id="a secret alone"),
        ("NOTIFY_TEXT", ""),
        ("NOTIFY_EMAIL", "the second one"),
        ("NOTIFY_ADDRESS", "http://notify.example"),
    ],
)
def test_what_is_missing_or_wrong_is_named(wrong: str, value: str) -> None:
    name = f"FAIRPRACTICE_{wrong}"
    with pytest.raises(FairpracticeError) as error:
        account({**said("https://notify.example"), name: value})
    assert error.value.where == name


def test_without_a_key_there_is_no_account_and_a_key_is_not_shown() -> None:
    assert account(environment.read({})) is None
    assert SECRET not in repr(account(said("https://notify.example")))
