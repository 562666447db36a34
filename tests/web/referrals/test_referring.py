"""Referring: what is shown is what is sent, to whom; what is withdrawn is gone at once."""

import datetime as dt
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.referral import states
from fairpractice.web.cases.models import Case
from fairpractice.web.core import access
from fairpractice.web.core.access import Role
from fairpractice.web.core.models import Entry
from fairpractice.web.directory.models import Service
from fairpractice.web.messaging import outbox
from fairpractice.web.messaging.models import Outgoing
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import actions as people
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient
from fairpractice.web.referrals import actions, following, received
from fairpractice.web.referrals.models import Referral, Signpost, Step
from fairpractice.web.sharing import consent as consents
from fairpractice.web.sharing.consent import Agreed
from fairpractice.web.sharing.models import Consent
from tests.web import referring


pytestmark = pytest.mark.django_db
Refer = Callable[..., Referral]


def of(name: str, referral: Referral, **more: Any) -> str:
    return reverse(f"referrals:{name}", kwargs={"referral": referral.id, **more})


def page(client: Any, address: str, sent: Any = None) -> str:
    answer = client.get(address) if sent is None else client.post(address, sent, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def shown(text: str) -> str:
    """Return the part of a page that is what a service sees."""
    found = re.search(r"<div[^>]*data-seen>.*?\n</div>", text, re.DOTALL)
    assert found
    return found.group()


def filled_in(service: Service, **more: Any) -> dict[str, Any]:
    return {
        "token": str(uuid4()),
        "topic": "debt",
        "service": str(service.id),
        "categories": ["contact", "circumstances"],
        "asked": "Help with letters",
        "consent": "now",
        "months": "6",
        "method": "in_person",
        "given_by": "person",
        "page": "details",
    } | more


def test_what_is_previewed_is_what_the_service_sees(
    link_worker: Any, partner: Any, case: Case, service: Service, person: Patient
) -> None:
    refer = reverse("referrals:refer", kwargs={"case": case.id})
    sent = filled_in(service)
    preview = page(link_worker, refer, sent)
    assert "Advice charity will be told: name and how to" in preview
    assert not Referral.objects.exists()
    assert not Consent.objects.exists()
    for _ in range(2):
        page(link_worker, refer, sent | {"page": "preview", "send": "yes"})
    made = Referral.objects.get()
    assert str(made.id) == sent["token"]
    seen = page(partner, of("received", made))
    assert shown(seen) == shown(preview)
    for said in (person.name, "Help with letters", "Debt"):
        assert said in shown(preview)
    assert person.nhs_number not in seen
    assert made.consent.words in preview
    inbox = page(partner, reverse("referrals:inbox"))
    assert person.name in inbox
    told = page(link_worker, reverse("sharing:person", kwargs={"patient": person.id}))
    assert "It was asked to help on" in told
    assert "Tell them now" not in told
    assert (
        Entry.objects.filter(act=access.REFER, outcome="done", detail__has_key="recipient").count()
        == 1
    )


def test_a_service_that_was_found_in_the_directory_is_asked_from_there(
    link_worker: Any, case: Case, service: Service, person: Patient
) -> None:
    """What was looked for is offered as the need; the service is chosen already."""
    refer = reverse("referrals:refer", kwargs={"case": case.id})
    find = reverse("directory:find-for", kwargs={"patient": person.id})
    assert f'formaction="{refer}"' in page(link_worker, find, {"words": "money advice"})
    began = page(link_worker, refer, {"service": service.id, "need": "debt", "words": "money"})
    assert f'name="service" value="{service.id}"' in began
    assert re.search(r'value="debt"[^>]*checked', began)
    sent = {"service": service.id, "topic": "debt", "page": "need"}
    assert "What do they agree to?" in page(link_worker, refer, sent)


@pytest.mark.parametrize("told", [("contact",), ("access",), ("circumstances",)])
def test_the_service_sees_what_was_agreed_to_and_no_more(
    told: tuple[str, ...], refer: Refer, partner: Any, link_worker: Any, person: Patient
) -> None:
    said = Statement("interpreter_need", "present", "asked", "direct_care")
    people.record_fact(link_worker.viewer, person, said, uuid4())
    seen = page(partner, of("received", refer(*told)))
    marks = {"contact": person.name, "circumstances": "Debt", "access": "interpreter"}
    assert {kind for kind, mark in marks.items() if mark in seen} == set(told)
    assert (person.name in page(partner, reverse("referrals:inbox"))) == ("contact" in told)


def test_of_a_consent_less_can_be_told(
    link_worker: Any, partner: Any, case: Case, service: Service, person: Patient
) -> None:
    assert service.organisation
    agreed = Agreed(service.organisation, "support", ("contact", "circumstances"), 6, "in_person")
    held = consents.give(link_worker.viewer, person, agreed, uuid4())
    less = referring.wanted(service, "contact", consent=held)
    made = actions.send(link_worker.viewer, case, less, uuid4())
    seen = page(partner, of("received", made))
    assert person.name in seen
    assert "Debt" not in seen
    more = referring.wanted(service, "contact", "access", consent=held)
    with pytest.raises(FairpracticeError, match="More would be told"):
        actions.send(link_worker.viewer, case, more, uuid4())
    words = referring.wanted(service, "contact", consent=held, asked="He owes money")
    with pytest.raises(FairpracticeError, match="Words tell"):
        actions.send(link_worker.viewer, case, words, uuid4())


def test_withdrawn_between_the_preview_and_the_press_nothing_is_sent(
    link_worker: Any, case: Case, service: Service, person: Patient
) -> None:
    assert service.organisation
    agreed = Agreed(service.organisation, "support", ("contact",), 6, "in_person")
    held = consents.give(link_worker.viewer, person, agreed, uuid4())
    refer = reverse("referrals:refer", kwargs={"case": case.id})
    sent = filled_in(service, consent=str(held.id), categories=["contact"], asked="")
    assert person.name in shown(page(link_worker, refer, sent))
    consents.withdraw(link_worker.viewer, held)
    after = page(link_worker, refer, sent | {"page": "preview", "send": "yes"})
    assert "That does not hold any more, so nothing was sent" in after
    late = referring.wanted(service, "contact", consent=held)
    with pytest.raises(FairpracticeError, match="nothing was sent"):
        actions.send(link_worker.viewer, case, late, uuid4())
    assert not Referral.objects.exists()


@pytest.mark.parametrize("why", ["withdrawn", "ended"])
def test_what_is_withdrawn_is_gone_at_once_and_the_link_worker_is_told(
    why: str, refer: Refer, partner: Any, link_worker: Any, person: Patient
) -> None:
    made = refer()
    actions.write(partner.viewer, made, "They owe rent", uuid4())
    assert person.name in page(partner, of("received", made))
    if why == "withdrawn":
        consents.withdraw(link_worker.viewer, made.consent)
    else:
        Consent.objects.update(ends_on=timezone.localdate())
    for address in (of("received", made), reverse("referrals:inbox")):
        seen = page(partner, address)
        assert "has ended" in seen
        for personal in (person.name, "Debt", "Help with letters", "They owe rent"):
            assert personal not in seen
    for address, sent in (
        (of("answer", made, to="accepted"), {"version": made.version}),
        (of("reply", made), {"words": "Hello"}),
    ):
        assert "has ended" in page(partner, address, {"token": uuid4(), **sent})
    assert made.steps.count() == made.messages.count() == 1
    told = page(link_worker, reverse("referrals:followed"))
    assert "They no longer share with the service" in told
    with pytest.raises(FairpracticeError, match="has ended"):
        actions.write(link_worker.viewer, made, "Hello", uuid4())


def test_with_a_new_consent_it_goes_on_as_far_as_that_goes(
    refer: Refer, partner: Any, link_worker: Any, person: Patient, service: Service
) -> None:
    made = refer()
    consents.withdraw(link_worker.viewer, made.consent)
    assert service.organisation
    again = Agreed(service.organisation, "support", ("contact", "access"), 3, "by_telephone")
    given = consents.give(link_worker.viewer, person, again, uuid4())
    sent = {"version": made.version, "consent": given.id}
    page(link_worker, of("renew", made), sent)
    seen = page(partner, of("received", made))
    assert person.name in seen
    assert "Debt" not in seen, "they were told of it before, and no longer agree to that"
    assert "Help with letters" not in seen


def test_another_organisation_and_another_link_worker_find_nothing(
    refer: Refer, sign_in_as: Any, practice: Organisation, service: Service
) -> None:
    made = refer()
    other = referring.of_charity("P0010", "Another charity").organisation
    stranger = sign_in_as(Role.COMMUNITY_PARTNER, other)
    colleague = sign_in_as(Role.LINK_WORKER, practice.network)
    for client, names in (
        (stranger, ("received", "answer", "reply")),
        (colleague, ("referral", "move", "write", "elsewhere", "renew")),
    ):
        for name in names:
            more = {"to": "accepted"} if name in ("answer", "move") else {}
            assert client.post(of(name, made, **more)).status_code in (404, 405)
            assert client.get(of(name, made, **more)).status_code in (404, 405)
    assert made.patient.name not in page(stranger, reverse("referrals:inbox"))


def test_every_look_leaves_an_entry_without_a_word_of_the_need(
    refer: Refer, partner: Any, link_worker: Any, person: Patient
) -> None:
    made = refer()
    for client, address, act, whom in (
        (partner, of("received", made), access.RECEIVED, person.id),
        (partner, reverse("referrals:inbox"), access.RECEIVED, None),
        (link_worker, of("referral", made), access.FOLLOW, person.id),
        (link_worker, reverse("referrals:followed"), access.FOLLOWING, None),
    ):
        page(client, address)
        last = Entry.objects.latest("id")
        assert (last.act, last.patient_id) == (act, whom)
        assert last.user_id == client.viewer.user_id
    everything = str(list(Entry.objects.values_list("act", "detail")))
    for words in ("debt", "Help with letters", person.name):
        assert words not in everything


def test_in_error_and_elsewhere_it_is_gone_where_it_was_sent(
    refer: Refer, partner: Any, link_worker: Any, person: Patient
) -> None:
    for to, said in (("entered_in_error", {}), ("cancelled", {"outcome": "declined"})):
        made = refer()
        sent = {"token": uuid4(), "version": made.version, "why": "Somebody else was meant"}
        page(link_worker, of("move", made, to=to), sent | said)
        made.refresh_from_db()
        assert made.state == to
        assert person.name not in page(partner, of("received", made))
        assert person.name not in page(partner, reverse("referrals:inbox"))


def test_four_weeks_after_it_was_finished_the_service_knows_nothing_of_it(
    refer: Refer, partner: Any, link_worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = refer()
    actions.move(partner.viewer, made, made.version, "accepted", uuid4())
    sent = {"token": uuid4(), "version": 3, "why": "A plan is agreed", "outcome": "resolved"}
    page(partner, of("answer", made, to="completed"), sent)
    assert made.patient.name in page(partner, of("received", made))
    now = timezone.now() + dt.timedelta(days=29)
    later = SimpleNamespace(now=lambda: now, localdate=timezone.localdate)
    monkeypatch.setattr(received, "timezone", later)
    assert partner.get(of("received", made)).status_code == 404


def test_nothing_closes_without_an_outcome_and_words(
    refer: Refer, partner: Any, link_worker: Any
) -> None:
    made = refer()
    page(partner, of("answer", made, to="accepted"), {"token": uuid4(), "version": 2})
    ways = (("completed", "resolved"), ("failed", "could_not_contact"))
    for to, outcome in ways:
        for lacks in ({"outcome": outcome}, {"why": "We met"}, {}):
            sent = {"token": uuid4(), "version": 3, **lacks}
            assert "There is a problem" in page(partner, of("answer", made, to=to), sent)
    made.refresh_from_db()
    assert made.state == "accepted"
    assert made.steps.count() == 2


def test_after_fourteen_days_the_link_worker_is_called_and_nothing_is_declined(
    refer: Refer, link_worker: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = refer()
    today = timezone.localdate()
    due = today + dt.timedelta(days=states.RESPONSE_DAYS)
    for day, called in (
        (due - dt.timedelta(days=1), False),
        (due, True),
        (due.replace(year=due.year + 1), True),
    ):
        (one,) = following.of(Referral.objects.all(), day)
        assert bool(one.needs) == called
        assert one.referral.state == "requested"
    monkeypatch.setattr("fairpractice.web.referrals.following.timezone.localdate", lambda *_: due)
    assert "No answer in 14 days" in page(link_worker, reverse("referrals:followed"))
    assert made.steps.count() == 1


def test_of_two_who_have_it_open_the_second_is_told(
    refer: Refer, partner: Any, link_worker: Any
) -> None:
    made = refer()
    sent = {"version": made.version, "token": uuid4()}
    first = partner.post(of("answer", made, to="accepted"), sent)
    second = link_worker.post(
        of("move", made, to="cancelled"),
        {"version": made.version, "token": uuid4(), "why": "They said no", "outcome": "declined"},
    )
    assert (first.status_code, second.status_code) == (302, 409)
    made.refresh_from_db()
    assert made.state == "accepted"


def test_they_write_to_one_another_and_nothing_of_it_is_readable_in_the_database(
    refer: Refer, partner: Any, link_worker: Any
) -> None:
    made = refer()
    page(partner, of("reply", made), {"token": uuid4(), "words": "Which day suits?"})
    assert "The service wrote to you" in page(link_worker, reverse("referrals:followed"))
    page(link_worker, of("write", made), {"token": uuid4(), "words": "Any Tuesday"})
    assert "The service wrote to you" not in page(link_worker, reverse("referrals:followed"))
    assert "Any Tuesday" in page(partner, of("received", made))
    actions.move(partner.viewer, made, made.version, "rejected", uuid4(), why="We are full")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.asked, m.words, s.why FROM referrals_referral r"
            " JOIN referrals_message m ON m.referral_id = r.id"
            " JOIN referrals_step s ON s.referral_id = r.id"
        )
        stored = str(cursor.fetchall())
    for words in ("Help with letters", "Tuesday", "We are full"):
        assert words not in stored


def test_what_is_sensitive_leaves_no_trace(
    link_worker: Any, sign_in_as: Any, case: Case, refer: Refer, service: Service, person: Patient
) -> None:
    """A clinician's sensitive referral is not there for those who may not see it."""
    refer()
    clinician, navigator = sign_in_as(Role.CLINICIAN), sign_in_as(Role.CARE_NAVIGATOR)
    addresses = [
        (link_worker, reverse("referrals:followed")),
        (sign_in_as(Role.CODER), reverse("referrals:entries")),
    ]
    before = [plain(page(*each)) for each in addresses]
    events, holding = following.timeline(case, sensitive=False), following.holds_open(case)
    refuge = referring.of_charity("P0011", "A refuge")
    secret = referring.wanted(refuge, "contact", "sensitive", topic="domestic_abuse", asked="")
    made = actions.send(clinician.viewer, case, secret, uuid4())
    assert made.sensitive
    assert [plain(page(*each)) for each in addresses] == before
    assert following.timeline(case, sensitive=False) == events
    assert following.holds_open(case) == holding
    assert len(following.timeline(case, sensitive=True)) == len(events) + 1
    nothing = reverse("referrals:referral", kwargs={"referral": uuid4()})
    for client in (link_worker, navigator):
        one, other = client.get(of("referral", made)), client.get(nothing)
        assert one.status_code == other.status_code == 404
        assert plain(one.content.decode()) == plain(other.content.decode())
    assert clinician.get(of("referral", made)).status_code == 200
    open_said = referring.wanted(refuge, "contact", topic="domestic_abuse", asked="")
    with pytest.raises(FairpracticeError, match="sensitive"):
        actions.send(clinician.viewer, case, open_said, uuid4())


def test_what_is_sensitive_of_a_person_leaves_no_trace_with_a_service(
    refer: Refer, partner: Any, sign_in_as: Any, person: Patient
) -> None:
    made = refer("contact", "circumstances", "access")
    addresses = (of("received", made), reverse("referrals:inbox"))
    before = [plain(page(partner, each)) for each in addresses]
    clinician = sign_in_as(Role.CLINICIAN).viewer
    for topic in ("domestic_abuse", "carer", "interpreter_need"):
        said = Statement(topic, "present", "asked", "direct_care", "sensitive")
        people.record_fact(clinician, person, said, uuid4())
    assert [plain(page(partner, each)) for each in addresses] == before


def plain(text: str) -> str:
    return re.sub(r'name="(csrfmiddlewaretoken|token)" value="[^"]*"', "", text)


def test_the_practice_reads_what_came_back(
    refer: Refer, partner: Any, sign_in_as: Any, case: Case
) -> None:
    made = refer()
    actions.move(partner.viewer, made, made.version, "accepted", uuid4())
    said = {"why": "They have a plan", "outcome": "partly_resolved"}
    actions.move(partner.viewer, made, 3, "completed", uuid4(), **said)
    seen = page(sign_in_as(Role.CARE_NAVIGATOR), of("referral", made))
    assert "They have a plan" in seen
    assert "the need was met in part" in seen
    assert "Withdraw it" not in seen
    latest = following.timeline(case, sensitive=False)[0]
    assert latest.by_service
    assert latest.what == f"{made.service.name}: completed: the need was met in part"
    assert latest.note == "They have a plan"
    portrait = reverse("patients:portrait", kwargs={"patient": made.patient_id})
    assert f"{made.service.name}</a>: completed" in page(sign_in_as(Role.CLINICIAN), portrait)


def test_a_signpost_is_counted_and_names_nobody(
    link_worker: Any, case: Case, service: Service, practice: Organisation, person: Patient
) -> None:
    address = reverse("referrals:tell", kwargs={"service": service.id})
    sheet = page(link_worker, address)
    assert service.name in sheet
    token = uuid4()
    sent = {"token": token, "topic": "debt", "practice": practice.id}
    began = Entry.objects.latest("id").id
    for _ in range(2):
        assert "Counted" in page(link_worker, address, sent)
    told = Signpost.objects.get()
    assert told.month.day == 1
    assert following.counted([practice], timezone.localdate()) == (0, 1)
    counts = page(link_worker, reverse("referrals:followed"))
    assert "0 referrals sent, and 1 told of a service" in counts
    assert not Referral.objects.exists()
    assert not Step.objects.exists()
    keys = {field.related_model for field in Signpost._meta.get_fields() if field.is_relation}
    assert keys == {Service, Organisation}, "no key to a person, a case or a user"
    written = Entry.objects.filter(id__gt=began, act=access.SIGNPOST)
    assert all(each.patient_id is None and each.detail == {} for each in written)
    from fairpractice.web.sharing import held

    assert told not in held.rows(person)


def test_a_sheet_says_what_may_not_hold_any_more(link_worker: Any, service: Service) -> None:
    address = reverse("referrals:tell", kwargs={"service": service.id})
    assert "ask before anybody travels" not in page(link_worker, address)
    Service.objects.update(assured_date=timezone.localdate() - dt.timedelta(days=93))
    assert "ask before anybody travels" in page(link_worker, address)
    Service.objects.update(assured_date=None)
    assert "Nobody has checked this entry" in page(link_worker, address)


def test_a_service_is_told_that_something_waits_once_and_not_what(
    link_worker: Any, case: Case, service: Service, person: Patient
) -> None:
    Service.objects.update(email="inbox@advice.example")
    refer = reverse("referrals:refer", kwargs={"case": case.id})
    sent = filled_in(service) | {"page": "preview", "send": "yes"}
    for _ in range(2):
        page(link_worker, refer, sent)
    told = Outgoing.objects.get()
    assert (told.to, told.words, told.organisation) == (
        "inbox@advice.example",
        "inbox",
        service.organisation,
    )
    text = outbox.text(told) + outbox.text(told, "subject")
    assert reverse("referrals:inbox") in text
    for said in (person.name, "Money", "Debt", "letters", str(Referral.objects.get().id)):
        assert said not in text
    made = Referral.objects.get()
    again = {"token": uuid4(), "version": made.version}
    page(link_worker, of("move", made, to="awaiting_response"), again)
    assert Outgoing.objects.filter(words="reminder").count() == 1


def test_of_who_moved_away_a_referral_can_be_closed_and_nobody_is_shown(
    refer: Refer, link_worker: Any, person: Patient
) -> None:
    made = refer()
    Patient.objects.filter(id=person.id).update(practice=None)
    seen = page(link_worker, of("referral", made))
    assert "no longer registered here" in seen
    assert "Help with letters" not in seen
    assert link_worker.get(of("elsewhere", made)).status_code == 404
    sent = {"token": uuid4(), "version": made.version, "why": "They moved", "outcome": "moved"}
    page(link_worker, of("move", made, to="cancelled"), sent)
    made.refresh_from_db()
    assert made.state == "cancelled"


def test_a_case_waits_for_its_referrals(case: Case, refer: Refer, link_worker: Any) -> None:
    assert following.holds_open(case) == ""
    made = refer()
    assert following.holds_open(case) == "1 referral is open: close each first"
    said = {"why": "They said no", "outcome": "declined"}
    actions.move(link_worker.viewer, made, made.version, "cancelled", uuid4(), **said)
    assert following.holds_open(case) == ""


def test_the_first_page_of_a_service_says_what_waits_and_what_is_new(
    link_worker: Any, partner: Any, refer: Refer, sign_in_as: Any
) -> None:
    home = reverse("core:home")
    assert "nhsuk-inset-text" not in page(partner, home)
    first, second = refer(), refer()
    assert "2 referrals wait for your answer" in page(partner, home)
    assert "wait for your answer" not in page(link_worker, home)
    elsewhere = referring.of_charity("P0010", "Another charity")
    others = sign_in_as(Role.COMMUNITY_PARTNER, elsewhere.organisation)
    assert "wait for your answer" not in page(others, home)
    actions.move(partner.viewer, first, 2, "accepted", uuid4())
    actions.write(partner.viewer, first, "Which day suits?", uuid4())
    assert "1 referral waits for your answer</a>" in page(partner, home), "one's own is not new"
    for words in ("Any Tuesday", "In the morning"):
        actions.write(link_worker.viewer, first, words, uuid4())
    assert "1 referral waits for your answer, and 2 messages are new" in page(partner, home)
    assert "2 new messages" in page(partner, reverse("referrals:inbox"))
    assert page(partner, of("received", first)).count(">New<") == 2
    assert "new" not in page(partner, home).partition("wait for your answer")[2][:40]
    assert ">New<" not in page(partner, of("received", first))
    actions.write(link_worker.viewer, first, "Or Wednesday", uuid4())
    consents.withdraw(link_worker.viewer, first.consent)
    assert "1 message" not in page(partner, home), "who stopped it is in no count"
    page(partner, of("received", first))
    first.refresh_from_db()
    unread = first.messages.filter(at__gt=first.read_at)
    assert unread.get().words == "Or Wednesday", "what nobody could see is not read"
    assert second.state == "requested"
