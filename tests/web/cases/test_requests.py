"""Who asks for a link worker themselves: once, taken back, and with no trace of other cases."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.cases import actions, requests, taking
from fairpractice.web.cases.models import Case, Request
from fairpractice.web.core.access import ASK_FOR, ASK_HELP, Role
from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Membership, Organisation
from fairpractice.web.patients.actions import own_account
from fairpractice.web.patients.models import Patient
from fairpractice.web.population import reached
from fairpractice.web.worklists.reach import Listing
from tests.web import support


pytestmark = pytest.mark.django_db
CHANGES = re.compile(rb'(name="(csrfmiddlewaretoken|token)" value|action)="[^"]*"')
WORDS = "I would like to get out more"


def signed_in(account: Any) -> Client:
    client = Client()
    support.sign_in(client, account.user.memberships.get())
    return client


@pytest.fixture
def own(worker: Any, person: Patient) -> Client:
    """Person 1, on their own pages; a link worker works for their practice."""
    return signed_in(own_account(person))


@pytest.fixture
def relative(sign_in_as: Any, person: Patient) -> Client:
    """Somebody who acts for Person 1."""
    return signed_in(support.acts_for(sign_in_as(Role.CLINICIAN).viewer, person))


def page_of(person: Patient) -> str:
    return reverse("cases:own-help", kwargs={"patient": person.id})


def ask(client: Client, person: Patient, words: str = WORDS) -> Any:
    return client.post(page_of(person), {"token": uuid4(), "words": words}, follow=True)


def take_back(client: Client, asked: Request) -> str:
    named = {"patient": asked.case.patient_id, "asked": asked.id}
    answer = client.post(reverse("cases:own-take-back", kwargs=named), follow=True)
    return str(answer.content.decode())


def shown(client: Client, person: Patient) -> str:
    return str(client.get(page_of(person)).content.decode())


def test_somebody_asks_once_and_a_link_worker_reads_it_when_they_take_it_on(
    own: Client, worker: Any, sign_in_as: Any, person: Patient
) -> None:
    home = own.get(reverse("own:person", args=[person.id])).content.decode()
    assert page_of(person) in home
    page = shown(own, person)
    for said in ("Nobody watches", "999", "We cannot say how long", "Samaritans"):
        assert said in page
    sent = {"token": uuid4(), "words": WORDS}
    for _ in range(2):
        page = own.post(page_of(person), sent, follow=True).content.decode()
    assert "It waits for a link worker" in page
    assert WORDS in page
    case = Case.objects.get()
    assert (case.origin, case.worker, case.practice) == ("self", None, person.practice)
    caseload = worker.get(reverse("cases:caseload")).content.decode()
    assert "Asked for by the person" in caseload
    for secret in (person.name, WORDS):
        assert secret not in caseload
    clinician = sign_in_as(Role.CLINICIAN)
    assert WORDS in clinician.get(reverse("patients:portrait", args=[person.id])).content.decode()
    again = ask(own, person, "In other words").content.decode()
    assert "You asked on" in again
    assert "In other words" in again, "what was typed is not lost"
    taken = worker.post(reverse("cases:take-waiting", args=[case.id]), follow=True).content.decode()
    assert WORDS in taken
    assert "A link worker took it on" in shown(own, person)
    assert Request.objects.count() == Case.objects.count() == 1
    assert Entry.objects.filter(act=ASK_FOR, detail__has_key="request").count() == 1


def test_it_is_taken_back_while_it_waits_and_asked_again(
    own: Client, worker: Any, person: Patient, sign_in_as: Any
) -> None:
    ask(own, person)
    asked = Request.objects.get()
    for _ in range(2):
        assert "Taken back" in take_back(own, asked)
    case = Case.objects.get()
    assert (case.outcome, case.told) == ("withdrawn", None)
    assert "Nobody waits" in worker.get(reverse("cases:caseload")).content.decode()
    assert not person.set_aside.exists(), "they can ask again, or be found"
    clinician = sign_in_as(Role.CLINICIAN)
    portrait = clinician.get(reverse("patients:portrait", args=[person.id])).content.decode()
    assert "Taken back" in portrait
    assert WORDS not in portrait
    ask(own, person)
    latest = Request.objects.latest("at")
    taking.take_waiting(worker.viewer, latest.case)
    refused = take_back(own, latest)
    assert "A link worker has taken it on" in refused
    assert "There is a problem" in refused
    assert "banner--success" not in refused
    latest.refresh_from_db()
    assert latest.taken_back_at is None
    case = latest.case
    taking.give_back(worker.viewer, case, "I am leaving", case.version)
    take_back(own, latest)
    case.refresh_from_db()
    assert case.closed_at is None, "a link worker began it, and another ends it"
    latest.refresh_from_db()
    assert latest.taken_back_at
    timeline = worker.post(reverse("cases:take-waiting", args=[case.id]), follow=True)
    assert "They took back what they asked" in timeline.content.decode()


def begun_by_a_list(worker: Any, clinician: Any, listing: Listing, person: Patient) -> None:
    taking.take(worker.viewer, listing, person)


def begun_by_the_practice(worker: Any, clinician: Any, listing: Listing, person: Patient) -> None:
    taking.ask_help(clinician.viewer, person, "debt", "Could you help?", uuid4())


@pytest.mark.parametrize("begun", [begun_by_a_list, begun_by_the_practice])
def test_own_pages_are_the_same_whether_others_had_begun_a_case_or_not(
    begun: Callable[..., None], own: Client, relative: Client, worker: Any, listing: Listing,
    person: Patient, sign_in_as: Any,
) -> None:  # fmt: skip
    """Whoever makes them open their pages, or acts for them, learns nothing of what others do."""

    def pages() -> list[bytes]:
        found = []
        for client in (own, relative):
            before = client.get(page_of(person))
            found += [before, ask(client, person), client.get(page_of(person))]
            take_back(client, Request.objects.latest("at"))
            found.append(client.get(page_of(person)))
        return [CHANGES.sub(b"", each.content) for each in found]

    without = pages()
    begun(worker, sign_in_as(Role.CLINICIAN), listing, person)
    assert pages() == without
    assert Case.objects.filter(closed_at=None).count() == 1


def test_what_is_asked_is_kept_in_the_case_that_others_began(
    own: Client, worker: Any, listing: Listing, person: Patient, sign_in_as: Any
) -> None:
    viewer = sign_in_as(Role.CARE_NAVIGATOR).viewer
    case = taking.ask_help(viewer, person, "debt", "Could you help?", uuid4())
    ask(own, person)
    caseload = worker.get(reverse("cases:caseload")).content.decode()
    assert "They asked themselves, too" in caseload
    case = taking.take_waiting(worker.viewer, case)
    page = worker.get(reverse("cases:case", args=[case.id])).content.decode()
    assert WORDS in page
    actions.close(worker.viewer, case, "resolved", "Settled", {}, case.version)
    assert "Ask for a link worker" in shown(own, person), "they can ask again"


def test_who_acts_for_somebody_asks_and_sees_what_they_asked_and_no_more(
    own: Client, relative: Client, worker: Any, person: Patient
) -> None:
    ask(own, person)
    mine = Request.objects.get()
    page = shown(relative, person)
    assert "asked on" not in page
    assert WORDS not in page
    assert "404" not in page
    assert relative.post(
        reverse("cases:own-take-back", args=[person.id, mine.id])
    ).status_code == 404  # fmt: skip
    ask(relative, person, "She needs company")
    page = shown(own, person)
    assert "A relative, who acts for you, asked on" in page
    assert "She needs company" not in page
    acting = own.get(reverse("own:acting", args=[person.id])).content.decode()
    assert "asked for it" in acting
    take_back(own, mine)
    case = Case.objects.get()
    assert case.closed_at is None, "the relative still asks"
    case = taking.take_waiting(worker.viewer, case)
    page = worker.get(reverse("cases:case", args=[case.id])).content.decode()
    assert "Ask the person first whether they want it" in page


def test_a_case_that_a_proxy_began_says_so(relative: Client, worker: Any, person: Patient) -> None:
    ask(relative, person, "")
    caseload = worker.get(reverse("cases:caseload")).content.decode()
    assert "Asked for by somebody who acts for them" in caseload


def test_who_declined_or_objects_may_still_ask(
    own: Client, worker: Any, listing: Listing, person: Patient
) -> None:
    said = actions.Aside("declined", "not_now")
    actions.set_aside(worker.viewer, listing, person, said, uuid4())
    ask(own, person)
    assert Case.objects.get().origin == "self"


def test_nothing_is_promised_where_no_link_worker_works(own: Client, person: Patient) -> None:
    Membership.objects.filter(role=Role.LINK_WORKER).update(ended_on=support.TODAY)
    page = shown(own, person)
    assert "Ask your practice who can help" in page
    assert "<textarea" not in page
    assert "no link worker works" in ask(own, person).content.decode().lower()
    assert not Case.objects.exists()


def test_how_long_it_takes_is_what_half_of_those_who_asked_waited(
    own: Client, practice: Organisation, worker: Any, person: Patient
) -> None:
    now = timezone.now()
    who = {"practice": practice, "opened_by_id": worker.viewer.user_id, "opener_role": "clinician"}

    def asked(number: int, waited: int | None) -> None:
        patient = Patient.objects.create(record_id=1000 + number, practice=practice, identity={})
        taken = None
        if waited is not None:
            taken = now - timezone.timedelta(days=60 - waited)
        Case.objects.create(
            patient=patient, origin="practice", opened_at=now - timezone.timedelta(days=60),
            taken_at=taken, worker_id=worker.viewer.user_id if taken else None, **who,
        )  # fmt: skip

    for number, waited in enumerate((3, 5, 7, 9)):
        asked(number, waited)
    for number in (4, 5, 6):
        asked(number, None)
    assert requests.usual_days(practice) is None, "seven are too few"
    asked(7, None)
    assert requests.usual_days(practice) == 9, "who waits has waited for longer"
    assert "half were taken on within 9 days" in shown(own, person)
    asked(8, None)
    assert requests.usual_days(practice) is None, "most still wait"


@pytest.mark.django_db(transaction=True)
def test_of_many_who_ask_at_once_there_is_one_case_and_what_each_asked(
    worker: Any, person: Patient, sign_in_as: Any
) -> None:
    """The person presses in several windows, and so do a relative and the practice."""
    clinician = sign_in_as(Role.CLINICIAN).viewer
    accounts = [own_account(person), support.acts_for(clinician, person)]
    viewers = [
        worker.viewer.__class__(
            each.user_id, "", role, person.practice_id, "", frozenset({"self"})
        )
        for each, role in zip(accounts, (Role.PATIENT, Role.PROXY), strict=True)
    ]  # fmt: skip

    def press(number: int) -> bool:
        try:
            if number % 3 == 2:
                taking.ask_help(clinician, person, "debt", "Could you help?", uuid4())
            else:
                requests.ask(viewers[number % 3], person, "", uuid4())
        except FairpracticeError:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(press, range(12)))
    assert Case.objects.count() == 1
    assert {each.by_id for each in Request.objects.all()} == {each.user_id for each in viewers}
    assert Request.objects.count() == 2
    assert 2 <= sum(done) <= 3


def take_back_page(case: Case) -> str:
    return reverse("cases:take-back", kwargs={"case": case.id})


def test_a_practice_takes_back_what_it_asked_by_mistake_and_the_history_keeps_it(
    worker: Any, person: Patient, sign_in_as: Any
) -> None:
    navigator = sign_in_as(Role.CARE_NAVIGATOR)
    portrait = reverse("patients:portrait", args=[person.id])
    case = taking.ask_help(navigator.viewer, person, "debt", "Could you help?", uuid4())
    assert take_back_page(case) in navigator.get(portrait).content.decode()
    sent = {"version": case.version, "why": " "}
    assert "Say in a sentence why" in navigator.post(take_back_page(case), sent).content.decode()
    sent["why"] = "It was about somebody else"
    for _ in range(2):
        assert navigator.post(take_back_page(case), sent).status_code == 302
    page = navigator.get(portrait).content.decode()
    assert re.search("Taken back.*It was about somebody else.*Could you help", page, re.DOTALL)
    assert "Nobody waits" in worker.get(reverse("cases:caseload")).content.decode()
    case.refresh_from_db()
    (note,) = case.notes.all()
    assert (case.outcome, note.about, note.by_id) == (
        "withdrawn", "taken_back", navigator.viewer.user_id,
    )  # fmt: skip
    assert not person.set_aside.exists()
    entries = Entry.objects.filter(act=ASK_HELP, detail__has_key="taken_back")
    assert entries.get().patient_id == person.id
    again = taking.ask_help(navigator.viewer, person, "debt", "Could you help?", uuid4())
    assert again.id != case.id, "who was asked about rightly is asked about again"


def test_it_is_not_taken_back_once_a_link_worker_had_it(
    worker: Any, person: Patient, sign_in_as: Any, other_practice: Organisation
) -> None:
    navigator = sign_in_as(Role.CARE_NAVIGATOR)
    case = taking.ask_help(navigator.viewer, person, "debt", "Could you help?", uuid4())
    elsewhere = sign_in_as(Role.CARE_NAVIGATOR, other_practice)
    assert elsewhere.get(take_back_page(case)).status_code == 404
    sent = {"version": case.version, "why": "A mistake"}
    taken = taking.take_waiting(worker.viewer, case)
    for _ in range(2):
        page = navigator.post(take_back_page(case), sent).content.decode()
        assert "A link worker has taken it on" in page
        portrait = navigator.get(reverse("patients:portrait", args=[person.id])).content.decode()
        assert take_back_page(case) not in portrait
        if taken.worker_id:
            taking.give_back(worker.viewer, taken, "I am leaving", taken.version)
    case.refresh_from_db()
    assert case.closed_at is None


def test_what_the_person_asked_goes_on_when_their_practice_takes_back(
    own: Client, worker: Any, person: Patient, sign_in_as: Any
) -> None:
    viewer = sign_in_as(Role.CARE_NAVIGATOR).viewer
    mistake = taking.ask_help(viewer, person, "debt", "Could you help?", uuid4())
    ask(own, person)
    asked = Request.objects.get()
    before = CHANGES.sub(b"", own.get(page_of(person)).content)
    requests.withdraw(viewer, mistake, "A mistake", mistake.version)
    assert CHANGES.sub(b"", own.get(page_of(person)).content) == before
    goes_on = Case.objects.get(closed_at=None)
    assert (goes_on.origin, goes_on.need, goes_on.opened_at) == ("self", "", asked.at)
    case = taking.take_waiting(worker.viewer, goes_on)
    page = worker.get(reverse("cases:case", args=[case.id])).content.decode()
    assert WORDS in page
    assert "Could you help" not in page


def test_what_was_asked_by_mistake_was_no_occasion_and_giving_up_waiting_was(
    own: Client, worker: Any, practice: Organisation, people: Any, sign_in_as: Any
) -> None:
    person, other = people[support.PRACTICE][:2]
    viewer = sign_in_as(Role.CARE_NAVIGATOR).viewer
    mistake = taking.ask_help(viewer, other, "debt", "Could you help?", uuid4())
    requests.withdraw(viewer, mistake, "A mistake", mistake.version)
    ask(own, person)
    take_back(own, Request.objects.get())
    found = reached.occasions(practice.network, support.ago(365))
    assert [*found["patient_id"]] == [person.record_id]
    assert [*found["arm"]] == ["ad hoc"]
    assert not found["contacted"].any()


@pytest.mark.django_db(transaction=True)
def test_what_is_taken_back_just_as_it_is_taken_on_is_one_or_the_other(
    worker: Any, practice: Organisation, sign_in_as: Any
) -> None:
    navigator, number = sign_in_as(Role.CARE_NAVIGATOR).viewer, 6
    whom = [
        Patient.objects.create(record_id=2000 + each, practice=practice, identity={})
        for each in range(number)
    ]
    cases = [taking.ask_help(navigator, each, "debt", "Please", uuid4()) for each in whom]

    def press(what: tuple[Callable[..., Any], Case]) -> bool:
        act, case = what
        try:
            act(Case.objects.get(id=case.id))
        except FairpracticeError:
            return False
        finally:
            connection.close()
        return True

    def on(case: Case) -> None:
        taking.take_waiting(worker.viewer, case)

    def back(case: Case) -> None:
        requests.withdraw(navigator, case, "A mistake", 1)

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(press, [(act, each) for each in cases for act in (on, back)]))
    taken, taken_back = done[::2], done[1::2]
    assert all(one != other for one, other in zip(taken, taken_back, strict=True))
    for case, was in zip(cases, taken, strict=True):
        case.refresh_from_db()
        assert (case.worker_id is not None, case.outcome) == (was, "" if was else "withdrawn")
