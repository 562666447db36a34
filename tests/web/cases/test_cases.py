"""What is done in a case, from the first contact to what the practice is told."""

import datetime as dt
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.listening.scoring import Scored
from fairpractice.record.dates import months_after
from fairpractice.web.cases import actions, taking, timeline, well_being
from fairpractice.web.cases.actions import Tried
from fairpractice.web.cases.models import Attempt, Case, Measurement, Need, SetAside
from fairpractice.web.core.access import Role
from fairpractice.web.core.locking import Conflict
from fairpractice.web.patients.models import HelpWish, OwnWords, Patient
from fairpractice.web.sharing import contact, held
from fairpractice.web.worklists import live
from tests.web import referring, support
from tests.web.cases.test_taking import offered


pytestmark = pytest.mark.django_db
MOST_QUERIES = 32  # of a page of a case: it is eleven small tables


def at(case: Case, name: str) -> str:
    return str(reverse(f"cases:{name}", kwargs={"case": case.id}))


def page(client: Any, case: Case, name: str = "case", **sent: Any) -> str:
    """A page of a case; what is sent to it, if anything is."""
    address = at(case, name)
    answer = client.post(address, sent, follow=True) if sent else client.get(address)
    return str(answer.content.decode())


def contacted(**other: Any) -> dict[str, Any]:
    now = timezone.localtime()
    sent = {"token": uuid4(), "channel": "call", "result": "no_answer"}
    return sent | {"day": f"{now:%d/%m/%Y}", "time": f"{now:%H:%M}"} | other


@pytest.mark.usefixtures("listing")
def test_a_contact_says_how_what_came_of_it_and_what_is_next(worker: Any, case: Case) -> None:
    assert "Contact them by" in page(worker, case)
    assert "There is a problem" in page(worker, case, "contacted", token=uuid4())
    soon = support.TODAY + dt.timedelta(days=3)
    sent = contacted(next_on=f"{soon:%d/%m/%Y}", note="A neighbour answered")
    for _ in range(2):
        shown = page(worker, case, "contacted", **sent)
    assert "A call: no answer" in shown
    assert "A neighbour answered" in shown
    assert f"Next step on {soon.day} {soon:%B %Y}" in shown.replace("</strong>", "")
    assert case.attempts.count() == 1
    ahead = contacted(day=f"{soon:%d/%m/%Y}")
    assert "lies ahead" in page(worker, case, "contacted", **ahead)
    assert case.attempts.count() == 1


@pytest.mark.parametrize("channel", ["text", "voicemail", "call", "visit"])
def test_a_way_that_is_not_safe_is_refused_with_the_reason(
    channel: str, worker: Any, case: Case, person: Patient
) -> None:
    contact.say(worker.viewer, person, 0, prohibited=channel in ("call", "visit"))
    why = actions.unsafe(person, channel)
    assert why
    sent = contacted(channel=channel)
    shown = page(worker, case, "contacted", **sent)
    assert why in shown
    assert "Has it been done already?" in shown
    assert not Attempt.objects.exists()
    shown = page(worker, case, "contacted", **sent, happened="yes")
    assert "It was not safe" in shown
    assert Attempt.objects.get().against == why


def test_the_time_of_the_contact_decides_and_not_that_of_the_entry(
    worker: Any, case: Case, person: Patient
) -> None:
    contact.say(worker.viewer, person, 0, from_hour=9, until_hour=10)
    yesterday = timezone.localtime() - dt.timedelta(days=1)
    for hour, safe in ((8, False), (9, True), (10, False)):
        said = Tried("call", "reached", yesterday.replace(hour=hour, minute=30))
        if safe:
            actions.tried(worker.viewer, case, said, uuid4())
            continue
        with pytest.raises(FairpracticeError, match="Not at this hour"):
            actions.tried(worker.viewer, case, said, uuid4())


def test_goals_come_from_what_matters_in_their_own_words(
    worker: Any, case: Case, person: Patient
) -> None:
    said = person.own_words.create(
        about=OwnWords.About.MATTERS, words="My garden", told_by_id=worker.viewer.user_id
    )
    assert "My garden" in page(worker, case)
    shown = page(worker, case, "goals", token=uuid4(), goal="An allotment", own_words=said.id)
    assert "An allotment" in shown
    goal = case.goals.get()
    assert goal.own_words == said
    address = reverse("cases:settle-goal", kwargs={"case": case.id, "goal": goal.id})
    worker.post(address, {"version": goal.version, "state": "reached"})
    assert "Goal: reached" in page(worker, case)
    assert worker.post(address, {"version": goal.version, "state": "left"}).status_code == 409
    goal.refresh_from_db()
    assert goal.state == "reached"


def test_a_need_and_a_wish_for_help_are_two_things(
    worker: Any, case: Case, person: Patient
) -> None:
    shown = page(worker, case, "needs")
    assert "debt/wanted" in shown, "what is recorded is not asked again"
    assert "abuse" not in shown
    page(worker, case, "needs", token=uuid4(), wished="debt/not_wanted")
    assert not person.facts.exists(), "a wish says nothing of the need"
    assert HelpWish.objects.get().wish == "not_wanted"
    assert Need.objects.get().wish == "not_wanted"
    page(worker, case, "needs", token=uuid4(), topic="transport", status="absent", wish="")
    assert person.facts.get().status == "absent"
    assert not Need.objects.filter(topic="transport").exists()
    sent = {"token": uuid4(), "topic": "food_insecurity", "status": "present", "wish": "wanted"}
    for _ in range(2):
        shown = page(worker, case, "needs", **sent)
    assert "They would like help" in shown
    assert Need.objects.get(topic="food_insecurity").wish == "wanted"
    assert (person.facts.count(), HelpWish.objects.count()) == (2, 2)
    hidden = {"token": uuid4(), "topic": "domestic_abuse", "status": "present"}
    assert "There is a problem" in page(worker, case, "needs", **hidden)
    assert person.facts.count() == 2


def ons4(number: int) -> dict[str, Any]:
    sent: dict[str, Any] = {"questionnaire": "ons4", "way": "room", "write": "yes"}
    sent |= {f"question-{each}-answer": str(number) for each in range(1, 5)}
    return sent | {"token": uuid4()}


def test_how_they_are_is_asked_before_and_after_and_the_change_is_said(
    worker: Any, case: Case
) -> None:
    ask = {"questionnaire": "ons4", "way": "room", "moment": "before"}
    assert "satisfied" in page(worker, case, "measure", **ask)
    assert not Measurement.objects.exists()
    shown = page(worker, case, "measure", **ons4(7), moment="after")
    assert "Life satisfaction, 0 to 10: not asked before, 7 (high) after." in shown
    assert "The change is not known" in shown
    shown = page(worker, case, "measure", **ons4(4), moment="before")
    assert "Life satisfaction, 0 to 10: 4 (low) before, 7 (high) after: 3 more." in shown
    assert "3 more (less is better)" in shown
    assert Measurement.objects.count() == 2


def test_it_is_asked_by_a_link_too(worker: Any, case: Case) -> None:
    sent = {"questionnaire": "loneliness", "way": "letter", "moment": "before"}
    shown = page(worker, case, "measure", **sent, token=uuid4())
    assert "This is shown once" in shown
    assert "No answer yet" in page(worker, case)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (Scored("a", "Joy, 0 to 10", Decimal(5)), None, "5 before, not asked after. The change"),
        (None, Scored("a", "Joy, 0 to 10", Decimal(5)), "not asked before, 5 after. The change"),
        (
            Scored("a", "Joy", status="incomplete"),
            Scored("a", "Joy", Decimal(5)),
            "not answered in full before, 5 after. The change is not known.",
        ),
        (Scored("a", "Joy", Decimal(5)), Scored("a", "Joy", Decimal(5)), "no change."),
    ],
)
def test_without_both_the_change_is_not_known(
    before: Scored | None, after: Scored | None, says: str
) -> None:
    assert says in well_being.change(before, after)


def closing(case: Case, **other: Any) -> dict[str, Any]:
    sent = {"version": case.version, "outcome": "resolved", "told": "They have a plan for the debt"}
    return sent | {f"need-{each.id}": "resolved" for each in case.needs.all()} | other


def test_a_case_closes_with_an_outcome_and_the_practice_is_told(
    worker: Any, case: Case, person: Patient, sign_in_as: Any, listing: Any,
    debt: Callable[..., Any],
) -> None:  # fmt: skip
    need = actions.need(worker.viewer, case, "debt", None, "wanted", uuid4())
    assert need
    for missing in ("outcome", "told", f"need-{need.id}"):
        assert "There is a problem" in page(worker, case, "close", **closing(case, **{missing: ""}))
    page(worker, case, "close", **closing(case))
    case.refresh_from_db()
    assert (case.outcome, case.needs.get().result) == ("resolved", "resolved")
    portrait = reverse("patients:portrait", kwargs={"patient": person.id})
    assert worker.get(portrait).status_code == 404
    assert worker.get(at(case, "case")).status_code == 404
    back = sign_in_as(Role.CLINICIAN).get(portrait).content.decode()
    assert "They have a plan for the debt" in back
    assert "Resolved" in back
    assert offered(listing) == set(), "the list names them still"
    assert live.places(case.run, [listing.practice.id], [listing.rule]).exists()
    debt(person, "transport")
    assert offered(listing) == {person.id}, "with another reason they come back"


def test_nothing_closes_while_something_holds_it_open(
    worker: Any, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "HOLDS_OPEN", [lambda _: "A referral is open"])
    assert "A referral is open" in page(worker, case, "close")
    assert "A referral is open" in page(worker, case, "close", **closing(case))
    case.refresh_from_db()
    assert case.closed_at is None


@pytest.mark.django_db(transaction=True)
def test_a_referral_that_is_being_sent_holds_its_case_open(
    worker: Any, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = referring.of_charity()
    sent, asked = threading.Event(), threading.Event()

    def sends() -> None:
        try:
            with transaction.atomic():
                referring.referred(worker.viewer, case, service)
                sent.set()
                asked.wait(timeout=1)  # second: whoever waits for the case has asked nothing yet
        finally:
            connection.close()

    def noted(_: Case) -> str:
        asked.set()
        return ""

    monkeypatch.setattr(actions, "HOLDS_OPEN", [*actions.HOLDS_OPEN, noted])
    thread = threading.Thread(target=sends)
    thread.start()
    assert sent.wait(timeout=60)
    with pytest.raises(FairpracticeError, match="referral is open"):
        actions.close(worker.viewer, case, "resolved", "They have help", {}, case.version)
    thread.join()
    assert "It cannot be closed yet" in page(worker, case, "close")
    case.refresh_from_db()
    assert case.closed_at is None


def test_of_two_windows_the_second_is_told(worker: Any, case: Case) -> None:
    seen = case.version
    actions.close(worker.viewer, case, "declined", "They declined", {}, seen)
    with pytest.raises(Conflict):
        actions.close(worker.viewer, case, "resolved", "They have help", {}, seen)
    case.refresh_from_db()
    assert case.outcome == "declined"


@pytest.mark.parametrize(
    ("outcome", "kind", "months"),
    [("declined", "declined", 12), ("not_reached", "helped", 3), ("partly", "helped", 12),
     ("moved", None, None), ("died", None, None)],
)  # fmt: skip
def test_who_was_helped_rests_before_they_are_offered_again(
    outcome: str, kind: str | None, months: int, worker: Any, case: Case
) -> None:
    actions.close(worker.viewer, case, outcome, "What came of it", {}, case.version)
    aside = SetAside.objects.first()
    assert (aside.kind if aside else None) == kind
    if aside:
        assert aside.back_on == months_after(support.TODAY, months)


def test_who_has_moved_is_closed_and_not_read(
    worker: Any, case: Case, person: Patient, other_practice: Any
) -> None:
    person.practice = None
    person.save()
    shown = page(worker, case)
    assert "no longer registered" in shown
    assert worker.get(reverse("patients:portrait", args=[person.id])).status_code == 404
    page(worker, case, "close", **closing(case, outcome="moved"))
    case.refresh_from_db()
    assert case.outcome == "moved"


def test_the_caseload_says_what_is_due_and_how_much_there_is(
    worker: Any, case: Case, person: Patient, people: Any, debt: Callable[..., Any]
) -> None:
    now = timezone.now()
    Case.objects.update(taken_at=now - dt.timedelta(days=10))
    shown = page(worker, case)
    assert "Overdue" in shown
    caseload = worker.get(reverse("cases:caseload")).content.decode()
    assert "Overdue" in caseload
    assert person.name in caseload
    said = Tried("met", "reached", now - dt.timedelta(days=6))
    actions.tried(worker.viewer, case, said, uuid4())
    assert timeline.workload(worker.viewer.user_id) == timeline.Workload(
        1, int((now - dt.timedelta(days=10)).month == now.month), 0, 4
    )


def test_pages_cost_as_much_however_many_there_are(
    worker: Any, case: Case, listing: Any, people: Any, debt: Callable[..., Any]
) -> None:
    addresses = [reverse("cases:caseload"), at(case, "case")]
    addresses += [reverse("worklists:listing", kwargs={"listing": listing.address})]

    def queries(address: str) -> int:
        worker.get(address)  # what was entered is looked at once
        with CaptureQueriesContext(connection) as asked:
            assert worker.get(address).status_code == 200
        return len(asked)

    second, third = people[support.PRACTICE][1:]
    debt(third)
    few = [queries(each) for each in addresses]
    debt(second)
    taking.take(worker.viewer, listing, second)
    for number in range(3):
        said = Tried("met", "reached", timezone.now(), f"Note {number}")
        actions.tried(worker.viewer, case, said, uuid4())
        actions.agree(worker.viewer, case, f"Goal {number}", None, uuid4())
        actions.note(worker.viewer, case, f"Note {number}", uuid4())
    assert [queries(each) for each in addresses] == few
    assert max(few) <= MOST_QUERIES


def test_a_note_is_kept_once(worker: Any, case: Case) -> None:
    token = uuid4()
    for _ in range(2):
        shown = page(worker, case, "note", token=token, note="They like the garden")
    assert shown.count("They like the garden") == 1


def test_all_of_a_case_is_exported_to_the_person(worker: Any, case: Case, person: Patient) -> None:
    actions.tried(worker.viewer, case, Tried("met", "reached", timezone.now()), uuid4())
    actions.agree(worker.viewer, case, "An allotment", None, uuid4())
    actions.need(worker.viewer, case, "transport", "present", "wanted", uuid4())
    taking.give_back(worker.viewer, case, "I am leaving", case.version)
    with connection.cursor() as cursor:
        cursor.execute("SELECT goal FROM cases_goal")
        assert "allotment" not in cursor.fetchone()[0]
    said = " ".join(f"{each.kind} {each.says}" for each in held.items(person))
    for words in (
        "case",
        "attempt to reach them",
        "An allotment",
        "need",
        "I am leaving",
        "debt, ",
    ):
        assert words in said
