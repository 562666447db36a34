"""What people see of what is held about them, and who else may see it for them."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4, uuid5

import pytest
from django.test import Client
from django.urls import reverse

from fairpractice.record.topics import SENSITIVE
from fairpractice.web.core.access import Role
from fairpractice.web.patients import actions, suspension
from fairpractice.web.patients.actions import Statement, own_account
from fairpractice.web.patients.models import OwnWords, Patient, PersonAccount, SocialFact
from fairpractice.web.questionnaires import proxies
from tests.web import support


pytestmark = pytest.mark.django_db
CHANGES = re.compile(rb'name="(csrfmiddlewaretoken|token)" value="[^"]*"')


@pytest.fixture
def themselves(person: Patient) -> Client:
    """The person, signed in."""
    client = Client()
    support.sign_in(client, own_account(person))
    return client


def own(name: str, person: Patient, **more: Any) -> str:
    return reverse(f"own:{name}", kwargs={"patient": person.id, **more})


def entry(person: Patient, topic: str) -> str:
    return own("put-right", person, entry=uuid5(person.id, topic))


def state(viewer: Any, person: Patient, topic: str, status: str = "present", **more: Any) -> None:
    said = Statement(topic, status, "asked", "direct_care", **more)
    actions.record_fact(viewer, person, said, uuid4())


def test_it_says_what_is_held_and_from_where(themselves: Client, person: Patient) -> None:
    page = themselves.get(own("held", person)).content.decode()
    said = re.sub(r"<[^>]*>", " ", page)
    said = " ".join(said.split())
    assert "Debt Yes The practice asked you" in said
    assert "Before: No: another organisation told us" in said
    assert "You would rather not say" in said
    assert "does not show everything" in said


def test_what_a_source_sent_is_put_right_by_a_later_statement(
    themselves: Client, person: Patient
) -> None:
    where = entry(person, "debt")
    assert themselves.get(where).status_code == 200
    sent = {"token": uuid4(), "status": "absent", "reason": "It is paid"}
    for _ in range(2):
        assert themselves.post(where, sent)["Location"] == own("held", person)
    fact = SocialFact.objects.get()
    assert (fact.topic, fact.status, fact.route) == ("debt", "absent", "self_reported")
    page = themselves.get(own("held", person)).content.decode()
    assert "you told us" in page.lower()


def test_what_was_entered_here_keeps_its_history(
    themselves: Client, person: Patient, sign_in_as: Any
) -> None:
    staff = sign_in_as(Role.CLINICIAN)
    state(staff.viewer, person, "carer")
    sent = {"token": uuid4(), "status": "absent", "reason": "My neighbour is"}
    themselves.post(entry(person, "carer"), sent)
    before, after = SocialFact.objects.order_by("entered_at")
    assert (after.corrects, after.route, after.reason) == (
        before,
        "self_reported",
        "My neighbour is",
    )
    assert "put right since" in themselves.get(own("held", person)).content.decode()
    history = {"patient": person.id, "fact": after.id}
    page = staff.get(reverse("patients:history", kwargs=history)).content.decode()
    assert "Before: Yes" in page
    assert "told by the person" in page.lower()


@pytest.mark.parametrize("status", ["", "unknown", "retracted", "x"])
def test_a_correction_that_says_nothing_is_asked_for_again(
    status: str, themselves: Client, person: Patient
) -> None:
    page = themselves.post(entry(person, "debt"), {"token": uuid4(), "status": status})
    assert "There is a problem" in page.content.decode()
    assert not SocialFact.objects.exists()


def pages(client: Client, person: Patient) -> list[bytes]:
    addresses = [own("person", person), own("held", person), own("words", person)]
    addresses += [entry(person, "debt"), entry(person, SENSITIVE[0])]
    return [CHANGES.sub(b"", client.get(address).content) for address in addresses]


def test_what_is_sensitive_leaves_no_trace(
    themselves: Client, person: Patient, sign_in_as: Any
) -> None:
    before = pages(themselves, person)
    staff = sign_in_as(Role.CLINICIAN).viewer
    for topic in SENSITIVE:
        state(staff, person, topic)
    state(staff, person, "carer", sensitivity="sensitive")
    assert pages(themselves, person) == before
    assert themselves.get(entry(person, SENSITIVE[0])).status_code == 404


def test_words_are_told_once_shown_to_staff_and_taken_back(
    themselves: Client, person: Patient, sign_in_as: Any
) -> None:
    where = own("words", person)
    sent = {"token": uuid4(), "about": "strengths", "words": "My choir <b>\r\non Mondays"}
    for _ in range(2):
        assert themselves.post(where, sent).status_code == 302
    assert "There is a problem" in themselves.post(where, {"token": uuid4()}).content.decode()
    assert "or fewer" in themselves.post(where, {**sent, "words": "x" * 5000}).content.decode()
    written = OwnWords.objects.get()
    staff = sign_in_as(Role.CLINICIAN)
    portrait = reverse("patients:portrait", kwargs={"patient": person.id})
    assert "My choir &lt;b&gt;" in staff.get(portrait).content.decode()
    themselves.post(own("take-back", person, words=written.id))
    assert "My choir" not in staff.get(portrait).content.decode()
    assert "My choir" not in themselves.get(where).content.decode()
    assert themselves.post(own("take-back", person, words=written.id)).status_code == 404


def test_nobody_reaches_the_pages_of_somebody_else(themselves: Client, stranger: Patient) -> None:
    for name in ("person", "held", "words"):
        assert themselves.get(own(name, stranger)).status_code == 404
    assert themselves.get(entry(stranger, "debt")).status_code == 404


@pytest.fixture
def acts_for(sign_in_as: Any, person: Patient) -> Callable[..., tuple[Client, PersonAccount]]:
    """Let somebody act for the person, and sign them in."""

    def allow(*, reads: bool = True) -> tuple[Client, PersonAccount]:
        staff = sign_in_as(Role.CLINICIAN).viewer
        account = support.acts_for(staff, person, reads=reads)
        client = Client()
        support.sign_in(client, account.user.memberships.get())
        return client, account

    return allow


def home(client: Client) -> Any:
    return client.get(reverse("own:home"), follow=True)


def test_somebody_acts_for_a_person_only_for_what_it_is_given_for(
    acts_for: Callable[..., Any], person: Patient, sign_in_as: Any
) -> None:
    answers_only, _ = acts_for(reads=False)
    assert home(answers_only).request["PATH_INFO"] == own("person", person)
    assert answers_only.get(own("held", person)).status_code == 404
    client, _ = acts_for()
    assert client.get(own("held", person)).status_code == 200
    assert client.get(entry(person, "debt")).status_code == 403
    assert client.get(own("words", person)).status_code == 403
    asked = support.asked(sign_in_as(Role.CLINICIAN).viewer, person)
    where = reverse("own:about", kwargs={"patient": person.id, "ask": asked.id})
    assert client.post(where).status_code == 302
    assert asked.reply.by.name == "A relative"


@pytest.mark.parametrize("topic", [*SENSITIVE, "carer"])
def test_what_is_sensitive_suspends_them_with_the_answer_of_one_whose_time_is_over(
    topic: str, acts_for: Callable[..., Any], person: Patient, sign_in_as: Any
) -> None:
    client, account = acts_for()
    over, ended = acts_for()
    staff = sign_in_as(Role.CLINICIAN).viewer
    proxies.end(staff, ended)
    state(staff, person, topic, "absent", sensitivity="sensitive")
    assert client.get(own("held", person)).status_code == 200, "a no suspends nobody"
    state(staff, person, topic, sensitivity="sensitive")
    for address in (reverse("own:home"), own("person", person), own("held", person)):
        one, other = client.get(address), over.get(address)
        assert one.status_code == other.status_code
        assert CHANGES.sub(b"", one.content) == CHANGES.sub(b"", other.content)
    assert b"nothing for you here" in home(client).content
    fact = SocialFact.objects.filter(status="present").get()
    wrong = Statement(topic, "absent", "asked", "direct_care")
    actions.correct_fact(staff, fact, wrong, "they asked", uuid4())
    assert b"nothing for you here" in home(client).content, "until somebody has looked again"
    seen = (account.ends_on, suspension.sensitive_statements(person))
    proxies.review(staff, account, "asked", support.TODAY + dt.timedelta(days=60), seen)
    assert client.get(own("held", person)).status_code == 200


def test_the_person_is_not_suspended(themselves: Client, person: Patient, sign_in_as: Any) -> None:
    state(sign_in_as(Role.CLINICIAN).viewer, person, SENSITIVE[0])
    assert themselves.get(own("held", person)).status_code == 200
