"""Who takes somebody on, and who is offered: one worker each, and nobody before their time."""

import datetime as dt
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairpractice.record.dates import months_after
from fairpractice.web.cases import actions, offering, taking
from fairpractice.web.cases.actions import Aside
from fairpractice.web.cases.models import Case, SetAside
from fairpractice.web.core.access import TAKE, Role, Viewer
from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Membership, Organisation
from fairpractice.web.patients import actions as people_actions
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import consent
from fairpractice.web.worklists import live, making, rules
from fairpractice.web.worklists.models import Place, Run
from fairpractice.web.worklists.reach import Listing
from tests.web import support
from tests.web.cases.conftest import NEED


pytestmark = pytest.mark.django_db
CHANGES = re.compile(rb'name="(csrfmiddlewaretoken|token)" value="[^"]*"')


def offered(listing: Listing, on: dt.date | None = None) -> set[Any]:
    run = live.current()
    assert run
    found = offering.offered(run, [listing.practice.id], [listing.rule], on)
    return set(found.values_list("patient_id", flat=True))


def listed(client: Any, listing: Listing) -> str:
    named = {"listing": listing.address}
    return str(client.get(reverse("worklists:listing", kwargs=named)).content.decode())


def take(client: Any, listing: Listing, patient: Patient) -> Any:
    named = {"listing": listing.address, "patient": patient.id}
    return client.post(reverse("cases:take", kwargs=named), follow=True)


def test_the_list_says_why_and_not_who_and_taking_opens_the_portrait(
    worker: Any, listing: Listing, person: Patient
) -> None:
    page = listed(worker, listing)
    assert "Debt, since" in page
    for secret in (person.name, "Testperson", person.nhs_number, "1984"):
        assert secret not in page
    portrait = reverse("patients:portrait", kwargs={"patient": person.id})
    assert worker.get(portrait).status_code == 404
    page = take(worker, listing, person).content.decode()
    assert person.name in page
    assert "debt, since" in page
    assert worker.get(portrait).status_code == 200
    case = Case.objects.get()
    run = live.current()
    assert run
    assert (case.rule, case.run_id, case.definitions) == (NEED, run.id, run.definitions)
    assert case.place["because"] == Place.objects.get(rule=NEED).because
    entry = Entry.objects.get(act=TAKE)
    assert entry.patient_id == person.id
    assert entry.detail == {"case": str(case.id), "rule": NEED, "run": str(run.id)}
    assert "Nobody is offered" in listed(worker, listing)
    assert take(worker, listing, person).redirect_chain, "a second press leads to the same case"
    assert Case.objects.count() == 1


def test_the_second_is_told_kindly_and_no_more_than_role_and_time(
    worker: Any, case: Case, listing: Listing, person: Patient, sign_in_as: Any
) -> None:
    second = sign_in_as(Role.LINK_WORKER, listing.practice)
    page = take(second, listing, person).content.decode()
    assert "Another social prescribing link worker took them on at" in page
    assert f"{support.TODAY.day} {support.TODAY:%B %Y}" in page
    for secret in (person.name, worker.viewer.name):
        assert secret not in page
    assert reverse("cases:case", kwargs={"case": case.id}) not in page
    assert second.get(reverse("cases:case", kwargs={"case": case.id})).status_code == 404


def test_a_link_worker_sees_the_lists_of_their_practices_that_are_for_them(
    worker: Any, sign_in_as: Any, listing: Listing, practice: Organisation, other_practice: Any
) -> None:
    page = worker.get(reverse("worklists:lists")).content.decode()
    assert practice.name in page
    assert other_practice.name in page
    assert "Social need present" in page
    assert "cervical" not in page
    elsewhere = sign_in_as(Role.LINK_WORKER, other_practice)
    named = {"listing": listing.address}
    assert elsewhere.get(reverse("worklists:listing", kwargs=named)).status_code == 404


def objects(viewer: Viewer, patient: Patient) -> None:
    consent.objects_to(viewer, patient, "direct_care")


def moves(viewer: Viewer, patient: Patient) -> None:
    elsewhere = Organisation.objects.get(code=support.OTHER_PRACTICE)
    Patient.objects.filter(id=patient.id).update(practice=elsewhere)


def waits(viewer: Viewer, patient: Patient) -> None:
    taking.ask_help(viewer, patient, "debt", "Could you help?", uuid4())


@pytest.mark.parametrize("what", [objects, moves, waits])
def test_who_is_not_to_be_offered_is_not(
    what: Callable[[Viewer, Patient], None], worker: Any, listing: Listing, person: Patient
) -> None:
    assert offered(listing) == {person.id}
    what(worker.viewer, person)
    assert offered(listing) == set()
    answer = take(worker, listing, person)
    assert answer.status_code == (404 if what is moves else 200)
    assert not Case.objects.exclude(worker=None).exists()


def test_when_the_reason_is_gone_nobody_is_taken_and_the_case_says_so(
    worker: Any, listing: Listing, people: Any, debt: Callable[..., Any], sign_in_as: Any
) -> None:
    twin, third = people[support.PRACTICE][1:3]
    recorded = [debt(twin), debt(third)]
    case = taking.take(worker.viewer, listing, twin)
    address = reverse("cases:case", kwargs={"case": case.id})
    assert "names them no more" not in worker.get(address).content.decode()
    for fact in recorded:
        viewer = sign_in_as(Role.CLINICIAN).viewer
        people_actions.correct_fact(viewer, fact, None, "a mistake", uuid4())
    page = worker.get(address).content.decode()
    assert "names them no more" in page
    assert "debt, since" in page, "what it said then is kept"
    assert "not on this list any more" in take(worker, listing, third).content.decode()
    assert Case.objects.count() == 1


def test_somebody_who_waits_is_taken_by_one(
    worker: Any, person: Patient, sign_in_as: Any, practice: Organisation
) -> None:
    navigator = sign_in_as(Role.CARE_NAVIGATOR)
    address = reverse("cases:ask-help", kwargs={"patient": person.id})
    sent = {"token": uuid4(), "need": "debt", "asked": "A letter came from the bailiffs"}
    page = navigator.post(address, sent).content.decode()
    assert "Ask the person first" in page
    assert not Case.objects.exists()
    for _ in range(2):
        assert navigator.post(address, sent | {"agreed": "yes"}).status_code == 302
    case = Case.objects.get()
    assert (
        "Waiting" in navigator.get(reverse("patients:portrait", args=[person.id])).content.decode()
    )
    caseload = worker.get(reverse("cases:caseload")).content.decode()
    assert "Debt" in caseload
    assert "Waits since today" in caseload
    assert person.name not in caseload
    assert "bailiffs" not in caseload
    take_it = reverse("cases:take-waiting", kwargs={"case": case.id})
    page = worker.post(take_it, follow=True).content.decode()
    assert "bailiffs" in page
    second = sign_in_as(Role.LINK_WORKER, practice)
    assert "Another social" in second.post(take_it).content.decode()
    case.refresh_from_db()
    assert case.worker_id == worker.viewer.user_id
    taking.give_back(worker.viewer, case, "I am leaving", case.version)
    assert worker.get(reverse("cases:case", args=[case.id])).status_code == 404
    page = second.post(take_it, follow=True).content.decode()
    assert "I am leaving" in page


def test_who_is_left_behind_by_a_link_worker_waits_again(
    worker: Any, case: Case, listing: Listing, sign_in_as: Any
) -> None:
    second = sign_in_as(Role.LINK_WORKER, listing.practice)
    address, take_it = reverse("cases:caseload"), reverse("cases:take-waiting", args=[case.id])
    assert "Nobody waits" in second.get(address).content.decode()
    assert "Another social" in second.post(take_it).content.decode()
    Membership.objects.filter(user_id=worker.viewer.user_id).update(ended_on=support.TODAY)
    assert "Waits since today" in second.get(address).content.decode()
    assert "debt, since" in second.post(take_it, follow=True).content.decode()
    case.refresh_from_db()
    assert case.worker_id == second.viewer.user_id


def test_a_practice_says_whom_not_to_offer(
    sign_in_as: Any, listing: Listing, person: Patient
) -> None:
    navigator = sign_in_as(Role.CARE_NAVIGATOR)
    assert "Do not offer to link workers" in listed(navigator, listing)
    named = {"listing": listing.address, "patient": person.id}
    sent = {"token": uuid4(), "kind": "unsuitable", "reason_unsuitable": "unsafe"}
    navigator.post(reverse("cases:set-aside", kwargs=named), sent)
    assert offered(listing) == set()
    page = listed(navigator, listing)
    assert "To offer it is not safe" in page
    assert person.name in page, "they stay on the list"
    taking.ask_help(navigator.viewer, person, "debt", "Could you help?", uuid4())
    assert "They wait for a link worker since" in listed(navigator, listing)
    never = {"listing": rules.address_of(listing.practice.id, "never-screened")}
    address = reverse("cases:set-aside", kwargs={**never, "patient": person.id})
    assert navigator.get(address).status_code == 404, "link workers are offered nobody from it"


def test_a_practice_cannot_ask_about_what_link_workers_may_not_see(
    person: Patient, sign_in_as: Any
) -> None:
    client = sign_in_as(Role.CLINICIAN)
    address = reverse("cases:ask-help", kwargs={"patient": person.id})
    assert "abuse" not in client.get(address).content.decode()
    sent = {"token": uuid4(), "need": "domestic_abuse", "asked": "Please", "agreed": "yes"}
    assert client.post(address, sent).status_code == 200
    assert not Case.objects.exists()


def test_what_is_sensitive_changes_no_page_of_a_link_worker(
    worker: Any, listing: Listing, person: Patient, debt: Callable[..., Any], people: Any
) -> None:
    case = taking.take(worker.viewer, listing, person)
    debt(people[support.PRACTICE][1])
    named = {"case": case.id}
    addresses = [reverse("worklists:lists"), reverse("cases:caseload")]
    addresses += [reverse(f"cases:{name}", kwargs=named) for name in ("case", "needs", "close")]
    addresses += [reverse("worklists:listing", kwargs={"listing": listing.address})]

    def pages() -> list[bytes]:
        answers = [worker.get(each) for each in addresses]
        return [CHANGES.sub(b"", each.content) for each in answers]

    without = pages()
    for patient in (person, people[support.PRACTICE][1]):
        for topic in ("domestic_abuse", "prison"):
            debt(patient, topic)
    assert pages() == without
    making.refresh()
    assert pages() == without


NOT_NOW = st.builds(
    Aside,
    st.sampled_from(["snoozed", "declined", "unsuitable"]),
    st.just("other"),
    back_on=st.integers(1, 500).map(lambda days: support.TODAY + dt.timedelta(days=days)),
)


def _holds(said: Aside, on: dt.date, other_reason: bool) -> bool:
    """Whether somebody set aside today is still, on a day: said again, in other words."""
    if said.kind == "unsuitable":
        return not other_reason
    back = said.back_on if said.kind == "snoozed" else months_after(support.TODAY, 12)
    return back is not None and on < back


def check(
    asides: list[tuple[Aside, bool]], on: dt.date, other: bool, listing: Listing, viewer: Viewer
) -> None:
    patient = Place.objects.get(rule=NEED, run__state=Run.State.CURRENT).patient
    SetAside.objects.all().delete()
    for said, taken_back in asides:
        made = actions.set_aside(viewer, listing, patient, said, uuid4())
        if taken_back:
            actions.offer_again(viewer, made)
    place = Place.objects.get(rule=NEED)
    words = place.because
    if other:
        Place.objects.update(because=[*words, "food insecurity, since yesterday"])
    held = any(not back and _holds(said, on, other) for said, back in asides)
    assert offered(listing, on) == (set() if held else {patient.id})
    Place.objects.update(because=words)


ASIDES = st.lists(st.tuples(NOT_NOW, st.booleans()), max_size=3)
DAYS = st.integers(0, 600).map(lambda days: support.TODAY + dt.timedelta(days=days))
LENIENT = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@settings(max_examples=20, deadline=None, suppress_health_check=LENIENT)
@given(ASIDES, DAYS, st.booleans())
def test_who_is_set_aside_comes_back_on_the_day_or_with_another_reason(
    listing: Listing, worker: Any, asides: Any, on: dt.date, other: bool
) -> None:
    check(asides, on, other, listing, worker.viewer)


@pytest.mark.soak
@settings(max_examples=1500, deadline=None, suppress_health_check=LENIENT)
@given(ASIDES, DAYS, st.booleans())
def test_who_is_set_aside_comes_back_for_long(
    listing: Listing, worker: Any, asides: Any, on: dt.date, other: bool
) -> None:
    check(asides, on, other, listing, worker.viewer)


def test_a_reason_is_recorded_on_a_page_and_taken_back(
    worker: Any, listing: Listing, person: Patient
) -> None:
    named = {"listing": listing.address, "patient": person.id}
    address = reverse("cases:set-aside", kwargs=named)
    page = worker.get(address).content.decode()
    assert "after 12 months" in page
    assert person.name not in page
    sent = {"token": uuid4(), "kind": "snoozed", "reason_snoozed": "away"}
    late = sent | {"back_on": f"{support.TODAY:%d/%m/%Y}"}
    for wrong in (sent, late, sent | {"kind": ""}):
        assert "There is a problem" in worker.post(address, wrong).content.decode()
    tomorrow = support.TODAY + dt.timedelta(days=1)
    for _ in range(2):
        worker.post(address, sent | {"back_on": f"{tomorrow:%d/%m/%Y}", "note": "In hospital"})
    aside = SetAside.objects.get()
    assert (aside.kind, aside.reason, aside.back_on) == ("snoozed", "away", tomorrow)
    page = listed(worker, listing)
    assert "Nobody is offered" in page
    assert "In hospital or away" in page
    worker.post(reverse("cases:offer-again", kwargs={"aside": aside.id}))
    assert offered(listing) == {person.id}


TAKERS, PEOPLE, WAITING = 20, 12, 4


@pytest.mark.django_db(transaction=True)
def test_of_twenty_who_take_from_one_list_at_once_each_person_has_one(
    listing: Listing, practice: Organisation, sign_in_as: Any
) -> None:
    """Everybody tries everybody, in an order of their own: none is lost, and none has two.

    The last of them wait on the caseload page, and are on no list.
    """
    run = live.current()
    whom = [
        Patient.objects.create(record_id=1000 + number, practice=practice, identity={})
        for number in range(PEOPLE)
    ]
    words = {"because": ["debt"], "outcomes": [], "comes_off_when": []}
    of = {"run": run, "practice": practice, "rule": NEED, "sensitive": False, "reasons": 1}
    Place.objects.bulk_create(Place(patient=each, **of, **words) for each in whom[:-WAITING])
    navigator = sign_in_as(Role.CARE_NAVIGATOR).viewer
    waiting = {
        each.id: taking.ask_help(navigator, each, "debt", "Could you help?", uuid4())
        for each in whom[-WAITING:]
    }
    viewers = [sign_in_as(Role.LINK_WORKER, practice.network).viewer for _ in range(TAKERS)]
    together = threading.Barrier(TAKERS)

    def takes(number: int) -> tuple[int, int]:
        taken = told = 0
        try:
            together.wait(timeout=120)
            for each in [*whom[number % PEOPLE :], *whom[: number % PEOPLE]]:
                try:
                    if each.id in waiting:
                        taking.take_waiting(viewers[number], Case.objects.get(patient=each))
                    else:
                        taking.take(viewers[number], listing, each)
                    taken += 1
                except taking.Taken:
                    told += 1
        finally:
            connection.close()
        return taken, told

    with ThreadPoolExecutor(TAKERS) as pool:
        counted = list(pool.map(takes, range(TAKERS)))
    assert sum(taken for taken, _ in counted) == PEOPLE == Case.objects.count()
    assert sum(told for _, told in counted) == PEOPLE * (TAKERS - 1)
    assert {each.patient_id for each in Case.objects.all()} == {each.id for each in whom}
    assert Entry.objects.filter(act=TAKE).count() == PEOPLE
    assert not Case.objects.filter(worker=None).exists()
