"""People answer as they like: nothing is lost, nothing is stored twice, and nothing is a need."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairpractice.listening.reading import load
from fairpractice.listening.response import from_resource
from fairpractice.record.topics import TOPICS
from fairpractice.web.core.access import Role
from fairpractice.web.core.models import Entry
from fairpractice.web.patients.models import HelpWish, OwnWords, Patient, SocialFact
from fairpractice.web.questionnaires.models import Reply


pytestmark = pytest.mark.django_db
Begin = Callable[..., Any]


def test_answers_become_facts_wishes_and_words_apart_from_each_other(
    answering: Begin, sign_in_as: Any, person: Patient
) -> None:
    client = answering()
    client.answer("home", "settled")
    client.answer("money", "true")
    client.answer("money-help", "not-wanted")
    client.answer("debt", "asked-declined")
    client.answer("matters", "Seeing my grandchildren")
    assert not SocialFact.objects.exists(), "a draft states nothing"
    assert client.send()["Location"] == client.own("about")
    facts = {fact.topic: fact for fact in SocialFact.objects.all()}
    stated = {topic: fact.status for topic, fact in facts.items()}
    assert stated["debt"] == "declined"
    assert "present" in stated.values()
    assert set(stated) <= set(TOPICS)
    assert {fact.route for fact in facts.values()} == {"self_reported"}
    assert {fact.lawful_basis for fact in facts.values()} == {"direct_care"}
    assert {fact.recorder_role for fact in facts.values()} == {"patient"}
    assert {wish.wish for wish in HelpWish.objects.all()} == {"not_wanted"}
    assert OwnWords.objects.get().words == "Seeing my grandchildren"
    response, problems = from_resource(client.reply().resource, load())
    assert not problems
    assert response.questionnaire.endswith("|1.0.0")
    assert (response.status, response.mode) == ("completed", "text_link")
    staff = sign_in_as(Role.CARE_NAVIGATOR)
    portrait = staff.get(reverse("patients:portrait", kwargs={"patient": person.id}))
    said = portrait.content.decode()
    assert "Seeing my grandchildren" in said
    assert "told by the person" in said


def test_what_was_answered_is_encrypted(answering: Begin) -> None:
    from django.db import connection

    client = answering()
    client.answer("matters", "Seeing my grandchildren")
    client.send()
    with connection.cursor() as cursor:
        for table in ("questionnaires_reply", "patients_ownwords", "core_entry"):
            cursor.execute(f"SELECT t::text FROM {table} t")
            rows = " ".join(row for (row,) in cursor.fetchall())
            assert rows
            assert "grandchildren" not in rows
            assert "your-circumstances" not in rows


def test_sending_twice_stores_once(answering: Begin) -> None:
    client = answering()
    client.answer("money", "true")
    version = {"version": client.reply().version}
    for _ in range(2):
        assert client.post(client.own("check"), version).status_code == 302
    assert SocialFact.objects.count() == 1
    assert client.answer("money", "false")["Location"] == client.own("about")
    assert SocialFact.objects.get().status == "present"
    assert Entry.objects.filter(detail__how="finished").count() == 1


def test_a_second_window_is_told_and_keeps_what_was_typed(answering: Begin) -> None:
    client = answering()
    seen = client.reply().version
    client.answer("money", "true")
    again = client.answer("money", "true", version=seen)
    assert again.status_code == 302, "the same again is no conflict"
    other = client.answer("matters", "My garden", version=seen)
    assert "in another window" in other.content.decode()
    assert "My garden" in other.content.decode()
    assert "matters" not in client.reply().draft
    stale = client.post(client.own("check"), {"version": seen})
    assert "in another window" in stale.content.decode()
    assert not SocialFact.objects.exists()


def test_a_draft_is_gone_on_with_and_can_be_deleted(answering: Begin) -> None:
    client = answering()
    saved = client.answer("home", "settled", later="yes")
    assert saved["Location"] == client.own("later")
    assert client.begin()["Location"] == client.own(
        "question", number=client.number("home-problem")
    )
    page = client.post(client.own("later")).content.decode()
    assert page.count("service-code") == 2
    assert client.get(client.own("delete")).status_code == 200
    client.post(client.own("delete"))
    assert not Reply.objects.exists()
    assert not SocialFact.objects.exists()
    assert client.get(client.own("question", number=1))["Location"] == client.own("about")


def test_what_staff_take_back_is_gone_while_it_is_open(answering: Begin, sign_in_as: Any) -> None:
    client = answering()
    client.answer("money", "true")
    version = client.reply().version
    where = {"patient": client.ask.patient_id, "ask": client.ask.id}
    sign_in_as(Role.CLINICIAN).post(reverse("questionnaires:withdraw", kwargs=where))
    assert client.post(client.own("check"), {"version": version}).status_code == 404
    assert not SocialFact.objects.exists()
    assert not Reply.objects.exists()


def test_only_what_is_asked_is_shown(answering: Begin) -> None:
    client = answering()
    help_number = client.number("money-help")
    page = client.get(client.own("question", number=help_number))
    assert page.status_code == 302, "nobody said that there is too little money"
    client.answer("money", "true")
    assert client.get(client.own("question", number=help_number)).status_code == 200
    client.answer("money-help", "wanted")
    client.answer("money", "false")
    client.send()
    assert not HelpWish.objects.exists()


def test_easy_read_is_shown_and_kept(answering: Begin) -> None:
    client = answering()
    client.begin("easy-read")
    item = load()["your-circumstances"].by_link_id["money"]
    page = client.get(client.own("question", number=client.number("money"))).content.decode()
    assert item.easy
    assert item.easy.replace("’", "") in page.replace("’", "").replace("&#39;", "")
    client.answer("money", "false")
    client.send()
    response, _ = from_resource(client.reply().resource, load())
    assert response.easy_read


@pytest.mark.parametrize("name", [n for n, each in load().items() if "text_link" in each.modes])
def test_every_question_that_is_shipped_can_be_shown_and_declined(
    name: str, answering: Begin
) -> None:
    client = answering(name)
    where = client.begin()["Location"]
    for _ in range(40):
        if where == client.own("check"):
            break
        page = client.get(where).content.decode()
        assert page.count("I would rather not say") == 1
        where = client.post(where, {"answer": "asked-declined", "version": client.reply().version})[
            "Location"
        ]
    assert client.get(where).status_code == 200
    client.send()
    assert {fact.status for fact in SocialFact.objects.all()} <= {"declined"}


TEXTS = st.one_of(
    st.sampled_from(["true", "false", "asked-declined", "settled", "now", "wanted", "5"]),
    st.text(max_size=20),
    st.integers().map(str),
)
SENT = st.dictionaries(
    st.sampled_from(["answer", "other", "day", "month", "year", "later", "words", "after", "x"]),
    st.lists(TEXTS, max_size=3),
    max_size=5,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(st.tuples(st.integers(0, 40), SENT, st.booleans()), min_size=1, max_size=4))
def test_whatever_is_sent_nothing_fails_and_nothing_is_there_twice(
    acts: list[tuple[int, dict[str, list[str]], bool]], fuzzed: Any
) -> None:
    client = fuzzed
    Reply.objects.filter(completed_at=None).delete()
    client.begin()
    for number, sent, stale in acts:
        reply = Reply.objects.filter(ask=client.ask).first()
        version = 1 if stale or reply is None else reply.version
        pages = ["about", "first", "check", "later", "delete"]
        where = client.own("question", number=number) if number > 4 else client.own(pages[number])
        answer = client.post(where, {"version": version, **sent})
        assert answer.status_code in (200, 302, 404), (where, sent)
    topics = [fact.topic for fact in SocialFact.objects.all()]
    assert len(topics) == len(set(topics))


@pytest.fixture
def fuzzed(answering: Begin) -> Any:
    """One person for all that is tried."""
    return answering()


def test_a_form_without_its_version_is_refused(answering: Begin) -> None:
    client = answering()
    for version in ("", "x", "²", "-1", "9" * 30):
        answer = client.answer("money", "true", version=version)
        assert answer.status_code == 400, version
    assert client.reply().draft == {}
