"""What is to be coded or put right: found for whom may see it, settled once, and undone."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from fairpractice.web.coding import actions, queues, views
from fairpractice.web.coding.finding import KEEP_SENT, Finding, Kind, findings
from fairpractice.web.coding.models import Decision
from fairpractice.web.core import access
from fairpractice.web.core.access import Role
from fairpractice.web.core.locking import Conflict
from fairpractice.web.core.models import Entry
from fairpractice.web.letters import actions as letters
from fairpractice.web.letters.models import Letter
from fairpractice.web.patients import actions as recording
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient, SocialFact
from tests.web import support


pytestmark = pytest.mark.django_db
CHANGES = re.compile(rb'name="(csrfmiddlewaretoken|token)" value="[^"]*"')
QUEUES = ("queues", "words", "twice", "against", "nothing")


@pytest.fixture
def coder(sign_in_as: Any) -> Any:
    client = sign_in_as(Role.CODER)
    client.viewer = replace(client.viewer, purpose=access.DIRECT_CARE)
    return client


@pytest.fixture
def clinician(sign_in_as: Any) -> Any:
    client = sign_in_as(Role.CLINICIAN)
    client.viewer = replace(client.viewer, purpose=access.DIRECT_CARE)
    return client


@pytest.fixture
def twin(people: dict[str, list[Patient]]) -> Patient:
    """Somebody of the practice of whom nothing is recorded."""
    return people[support.PRACTICE][1]


def wrote(patient: Patient, viewer: Any, words: str) -> None:
    patient.own_words.create(about="matters", words=words, told_by_id=viewer.user_id)


def letter(patient: Patient, viewer: Any, text: str) -> Letter:
    return letters.keep(viewer, patient, letters.kinds()["housing"], text, (), uuid4())


def say(
    viewer: Any, patient: Patient, topic: str, status: str = "present", route: str = "asked"
) -> SocialFact:
    return recording.record_fact(
        viewer, patient, Statement(topic, status, route, "direct_care"), uuid4()
    )


def only(viewer: Any, patient: Patient, kind: Kind) -> Finding:
    [found] = findings(viewer, [patient], kind)
    return found


def settle(viewer: Any, found: Finding, choice: str, token: Any = None) -> Decision:
    return actions.settle(viewer, found.patient, found.kind, found.key, choice, token or uuid4())


def standing(patient: Patient) -> list[tuple[str, str, str]]:
    found = patient.facts.filter(corrected_by=None, retracted=False)
    return sorted(found.values_list("topic", "status", "route"))


def test_what_somebody_wrote_is_suggested_and_recorded_by_a_press(
    coder: Any, twin: Patient
) -> None:
    wrote(twin, coder.viewer, "I like music. I am lonely since I moved.")
    found = only(coder.viewer, twin, Kind.WORDS)
    assert "".join(found.quoted or ()) == "I am lonely since I moved."
    assert standing(twin) == [], "nothing is coded before somebody presses"
    settle(coder.viewer, found, "record")
    assert standing(twin) == [("social_isolation", "present", "self_reported")]
    assert findings(coder.viewer, [twin], Kind.WORDS) == []
    last = Entry.objects.latest("id")
    assert (last.act, last.patient_id) == (access.CODE, twin.id)
    assert "isolation" not in str(last.detail)


def test_what_is_known_is_not_suggested(coder: Any, twin: Patient) -> None:
    wrote(twin, coder.viewer, "I am lonely. My brother is homeless.")
    say(coder.viewer, twin, "social_isolation")
    assert findings(coder.viewer, [twin], Kind.WORDS) == []


def test_what_was_set_aside_stays_aside_until_it_is_undone(coder: Any, twin: Patient) -> None:
    wrote(twin, coder.viewer, "I am lonely")
    decision = settle(coder.viewer, only(coder.viewer, twin, Kind.WORDS), "not-so")
    assert findings(coder.viewer, [twin], Kind.WORDS) == []
    assert [each.id for each in queues.lately(coder.viewer, Kind.WORDS)] == [decision.id]
    for _ in range(2):  # pressed twice
        actions.undo(coder.viewer, decision)
    assert only(coder.viewer, twin, Kind.WORDS)
    assert queues.lately(coder.viewer, Kind.WORDS) == []
    settle(coder.viewer, only(coder.viewer, twin, Kind.WORDS), "record")


def test_a_form_sent_twice_settles_once(coder: Any, twin: Patient) -> None:
    wrote(twin, coder.viewer, "I am lonely")
    found, token = only(coder.viewer, twin, Kind.WORDS), uuid4()
    first, second = (settle(coder.viewer, found, "record", token) for _ in range(2))
    assert first == second
    assert twin.facts.count() == 1


def test_of_two_who_settle_one_the_second_is_told(
    coder: Any, clinician: Any, twin: Patient
) -> None:
    wrote(twin, coder.viewer, "I am lonely")
    found = only(coder.viewer, twin, Kind.WORDS)
    settle(clinician.viewer, found, "record")
    with pytest.raises(Conflict):
        settle(coder.viewer, found, "not-so")
    sent = {"kind": "words", "key": found.key, "choice": "record", "token": str(uuid4())}
    address = reverse("coding:settle", kwargs={"patient": twin.id})
    assert "somebody else changed this" in coder.post(address, sent).content.decode().lower()
    assert twin.facts.count() == 1


@pytest.mark.parametrize(
    "sent", [{}, {"kind": "other"}, {"key": "x" * 65}, {"choice": "keep-nobody"}, {"token": "1"}]
)
def test_what_is_not_offered_is_not_done(coder: Any, twin: Patient, sent: dict[str, str]) -> None:
    wrote(twin, coder.viewer, "I am lonely")
    found = only(coder.viewer, twin, Kind.WORDS)
    whole = {"kind": "words", "key": found.key, "choice": "record", "token": str(uuid4())}
    answer = coder.post(
        reverse("coding:settle", kwargs={"patient": twin.id}), {**whole, **sent} if sent else {}
    )
    assert answer.status_code in (302, 409)
    assert not Decision.objects.exists()
    assert not twin.facts.exists()


def test_a_letter_is_for_those_who_may_read_it_until_it_is_cleared(
    coder: Any, clinician: Any, twin: Patient
) -> None:
    kept = letter(twin, clinician.viewer, "Dear council\n\nShe is sleeping rough.")
    assert only(clinician.viewer, twin, Kind.WORDS).topic == "homelessness"
    before = coder.get(reverse("coding:words")).content
    assert findings(coder.viewer, [twin], Kind.WORDS) == []

    named = {"patient": twin.id, "letter": kept.id}
    page = clinician.get(reverse("letters:letter", kwargs=named)).content.decode()
    assert "let coders work from it" in page
    clinician.post(reverse("coding:clear", kwargs=named), {"version": 1, "cleared": "yes"})
    found = only(coder.viewer, twin, Kind.WORDS)
    assert "".join(found.quoted or ()) == "She is sleeping rough."
    assert coder.post(reverse("coding:clear", kwargs=named), {"version": 1}).status_code == 403

    letters.reword(clinician.viewer, kept, "She is homeless after violence.", 1, uuid4())
    assert findings(coder.viewer, [twin], Kind.WORDS) == [], "another wording is not cleared"
    with pytest.raises(Conflict):
        actions.clear(clinician.viewer, kept, 1, cleared=True)
    clinician.post(reverse("coding:clear", kwargs=named), {"version": 2, "cleared": "yes"})
    assert findings(coder.viewer, [twin], Kind.WORDS)
    clinician.post(reverse("coding:clear", kwargs=named), {"version": 2})
    assert CHANGES.sub(b"", coder.get(reverse("coding:words")).content) == CHANGES.sub(b"", before)


def test_a_letter_that_names_what_became_sensitive_is_not_coded_from(
    coder: Any, clinician: Any, twin: Patient
) -> None:
    fact = say(clinician.viewer, twin, "debt")
    kept = letters.keep(
        clinician.viewer, twin, letters.kinds()["benefits"], "She is homeless and owes much.",
        {"topic:debt"}, uuid4(),
    )  # fmt: skip
    assert kept.latest.facts == ["topic:debt"]
    actions.clear(clinician.viewer, kept, 1, cleared=True)
    assert only(coder.viewer, twin, Kind.WORDS).topic == "homelessness"
    hidden = Statement("debt", "present", "asked", "direct_care", sensitivity="sensitive")
    recording.correct_fact(clinician.viewer, fact, hidden, "She asked for it", uuid4())
    assert findings(coder.viewer, [twin], Kind.WORDS) == []


def test_one_of_two_alike_is_kept_and_undoing_brings_the_other_back_as_it_was(
    coder: Any, twin: Patient
) -> None:
    first = say(coder.viewer, twin, "debt")
    second = say(coder.viewer, twin, "debt", route="self_reported")
    SocialFact.objects.update(recorded_on=support.ago(3))
    found = only(coder.viewer, twin, Kind.TWICE)
    assert len(found.choices) == 2
    decision = settle(coder.viewer, found, f"keep-{first.id}")
    assert standing(twin) == [("debt", "present", "asked")]
    assert findings(coder.viewer, [twin], Kind.TWICE) == []
    actions.undo(coder.viewer, decision)
    back = twin.facts.get(corrected_by=None, route="self_reported")
    assert (back.thread, back.recorded_on, back.retracted) == (second.id, support.ago(3), False)
    assert only(coder.viewer, twin, Kind.TWICE)


def test_what_was_sent_already_need_not_be_entered_too(coder: Any, person: Patient) -> None:
    fact = say(coder.viewer, person, "debt")
    SocialFact.objects.filter(id=fact.id).update(recorded_on=support.ago(30))
    settle(coder.viewer, only(coder.viewer, person, Kind.TWICE), KEEP_SENT)
    assert standing(person) == []


def test_a_contradiction_is_settled_by_taking_back_what_was_entered_in_error(
    coder: Any, person: Patient
) -> None:
    sent = only(coder.viewer, person, Kind.AGAINST)
    assert (sent.topic, dict(sent.choices)) == ("debt", {}), "none of it was entered here"
    fact = say(coder.viewer, person, "debt", "absent", "self_reported")
    found = only(coder.viewer, person, Kind.AGAINST)
    assert list(found.choices) == [f"take-{fact.id}"]
    with pytest.raises(Conflict):
        settle(coder.viewer, sent, "ask")  # what it rests on has changed
    decision = settle(coder.viewer, found, f"take-{fact.id}")
    assert standing(person) == []
    assert only(coder.viewer, person, Kind.AGAINST).key == sent.key
    actions.undo(coder.viewer, decision)
    assert standing(person) == [("debt", "absent", "self_reported")]


def test_what_somebody_corrected_since_is_not_undone(
    coder: Any, clinician: Any, twin: Patient
) -> None:
    wrote(twin, coder.viewer, "I am lonely")
    decision = settle(coder.viewer, only(coder.viewer, twin, Kind.WORDS), "record")
    fact = twin.facts.get()
    said = Statement(fact.topic, "absent", fact.route, "direct_care")
    recording.correct_fact(clinician.viewer, fact, said, "They said so", uuid4())
    with pytest.raises(Conflict):
        actions.undo(coder.viewer, decision)
    assert standing(twin) == [("social_isolation", "absent", "self_reported")]


def test_people_of_whom_nothing_is_recorded_are_counted_and_listed_in_one_order(
    coder: Any, people: dict[str, list[Patient]]
) -> None:
    page = queues.page(coder.viewer, Kind.NOTHING)
    expected = sorted(each.id for each in people[support.PRACTICE][1:])
    assert [each.patient.id for each in page.findings] == expected
    assert page.people == 2
    settle(coder.viewer, page.findings[0], "not-now")
    say(coder.viewer, page.findings[1].patient, "debt")
    after = queues.page(coder.viewer, Kind.NOTHING)
    assert (after.findings, after.people) == ([], 1)


def test_a_page_ends_and_the_next_goes_on(
    coder: Any, people: dict[str, list[Patient]], monkeypatch: pytest.MonkeyPatch
) -> None:
    here = people[support.PRACTICE]
    for each in here:
        wrote(each, coder.viewer, "I am lonely")
    for name, value in (("SHOWN", 1), ("AT_ONCE", 1), ("EXAMINED", {Kind.WORDS: 2})):
        monkeypatch.setattr(queues, name, value)
    seen, after = [], None
    for _ in here:
        page = queues.page(coder.viewer, Kind.WORDS, after)
        seen += [found.patient.id for found in page.findings]
        after = page.further
    assert seen == sorted(each.id for each in here)
    assert after is None


def hide_facts(viewer: Any, person: Patient, twin: Patient) -> None:
    for who in (person, twin):
        say(viewer, who, "prison")
        say(viewer, who, "prison")
        say(viewer, who, "domestic_abuse")
        say(viewer, who, "domestic_abuse", "absent", "self_reported")


def hide_a_statement(viewer: Any, person: Patient, twin: Patient) -> None:
    for who in (person, twin):
        for route in ("asked", "self_reported"):
            said = Statement("carer", "present", route, "direct_care", sensitivity="sensitive")
            recording.record_fact(viewer, who, said, uuid4())


def hide_a_letter(viewer: Any, person: Patient, twin: Patient) -> None:
    letter(twin, viewer, "She is homeless, after domestic abuse.")


def hide_what_was_settled(viewer: Any, person: Patient, twin: Patient) -> None:
    hide_a_letter(viewer, person, twin)
    for found in findings(viewer, [twin], Kind.WORDS):
        if found.topic == "domestic_abuse":
            settle(viewer, found, "record")


@pytest.mark.parametrize(
    "hide", [hide_facts, hide_a_statement, hide_a_letter, hide_what_was_settled]
)
def test_what_is_sensitive_leaves_no_trace_in_any_queue(
    hide: Callable[..., None], coder: Any, clinician: Any, person: Patient, twin: Patient
) -> None:
    def pages(client: Any) -> list[bytes]:
        return [CHANGES.sub(b"", client.get(reverse(f"coding:{name}")).content) for name in QUEUES]

    wrote(twin, coder.viewer, "I am lonely. I was in prison and got out: I was in prison.")
    before, full = pages(coder), pages(clinician)
    assert [b"contact with prison" in b"".join(each) for each in (before, full)] == [False, True]
    hide(clinician.viewer, person, twin)
    assert pages(coder) == before
    assert pages(clinician) != full


def test_nobody_settles_what_they_may_not_see(coder: Any, clinician: Any, twin: Patient) -> None:
    letter(twin, clinician.viewer, "There was domestic abuse.")
    say(clinician.viewer, twin, "prison")
    say(clinician.viewer, twin, "prison", route="self_reported")
    for kind, choice in ((Kind.WORDS, "record"), (Kind.TWICE, "both")):
        found = only(clinician.viewer, twin, kind)
        with pytest.raises(Conflict):
            settle(coder.viewer, found, choice)
        settle(clinician.viewer, found, choice)


def test_a_decision_about_what_is_sensitive_is_not_there_for_others(
    coder: Any, clinician: Any, twin: Patient
) -> None:
    hide_what_was_settled(clinician.viewer, twin, twin)
    decision = Decision.objects.get()
    address = reverse("coding:undo", kwargs={"patient": twin.id, "decision": decision.id})
    assert coder.post(address).status_code == 404
    assert clinician.post(address).status_code == 302
    decision.refresh_from_db()
    assert decision.undone_at


def test_a_queue_asks_the_database_a_bounded_number_of_times(
    coder: Any, people: dict[str, list[Patient]], django_assert_max_num_queries: Any
) -> None:
    for each in people[support.PRACTICE]:
        wrote(each, coder.viewer, "I am lonely")
    assert connection.vendor == "postgresql"
    with django_assert_max_num_queries(30):
        coder.get(reverse("coding:words"))


def test_the_page_about_it_has_the_queues_and_their_size() -> None:
    page = Path(__file__).parents[3] / "docs" / "how-to" / "code-and-put-right.md"
    text = page.read_text(encoding="utf-8")
    listed = re.findall(r"^\| ([A-Z][^|]+?) \|", text, re.MULTILINE)[1:]
    assert listed == [title for title, _ in views.QUEUES.values()]
    for kind in Kind:
        assert str(queues.EXAMINED[kind]) in text
