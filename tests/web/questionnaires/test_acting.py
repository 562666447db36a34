"""Who acts for somebody: why they may, until when, who looked again; the person sees it."""

import datetime as dt
import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from fairpractice.record.dates import months_after
from fairpractice.web.core.access import Role
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement, own_account
from fairpractice.web.patients.models import Patient, PersonAccount
from fairpractice.web.questionnaires import links, proxies
from tests.web import support


pytestmark = pytest.mark.django_db
TODAY = support.TODAY
ABUSE = Statement("domestic_abuse", "present", "asked", "direct_care")


@pytest.fixture
def clinician(sign_in_as: Any) -> Any:
    """Somebody of the practice, signed in."""
    return sign_in_as(Role.CLINICIAN)


def of(name: str, person: Patient, **more: Any) -> str:
    return reverse(f"questionnaires:{name}", kwargs={"patient": person.id, **more})


def asked_for(ends_on: dt.date, **said: Any) -> dict[str, Any]:
    """Return a form that lets a relative act, but for what is said otherwise."""
    day = {"day": ends_on.day, "month": ends_on.month, "year": ends_on.year}
    known = {"token": uuid4(), "name": "A relative", "verified": "papers", "scope": "reads"}
    return {**known, "ground": "asked", **day, **said}


def signed_in(account: PersonAccount) -> Client:
    client = Client()
    support.sign_in(client, account.user.memberships.get())
    return client


def born(person: Patient, years: int, days: int = 0) -> None:
    day = months_after(TODAY, -12 * years) - dt.timedelta(days=days)
    person.identity = {**person.identity, "date_of_birth": day.isoformat()}
    person.save()


def test_staff_say_who_why_how_it_was_checked_what_they_may_and_until_when(
    clinician: Any, person: Patient
) -> None:
    sent = asked_for(TODAY + dt.timedelta(days=30))
    for _ in range(2):
        assert clinician.post(of("acting", person), sent).status_code == 302
    account = proxies.acting(person).get()
    assert (account.ground, account.verified, account.reads) == ("asked", "papers", True)
    page = clinician.get(of("acting", person)).content.decode()
    assert "A relative" in page
    assert proxies.VERIFIED["papers"] in page
    held = reverse("own:held", kwargs={"patient": person.id})
    assert signed_in(account).get(held).status_code == 200


@pytest.mark.parametrize("left_out", ["name", "ground", "verified", "scope", "year"])
def test_nothing_of_it_is_assumed(left_out: str, clinician: Any, person: Patient) -> None:
    sent = asked_for(TODAY + dt.timedelta(days=30))
    del sent[left_out]
    page = clinician.post(of("acting", person), sent).content.decode()
    at = "ends_on-day" if left_out == "year" else left_out
    assert f'<a href="#{at}">' in page
    assert f'id="{at}"' in page
    assert not proxies.acting(person).exists()


@pytest.mark.parametrize("days", [-1, 0, 367])
def test_it_ends_after_today_and_within_a_year(days: int, clinician: Any, person: Patient) -> None:
    page = clinician.post(of("acting", person), asked_for(TODAY + dt.timedelta(days=days)))
    assert "It ends after today" in page.content.decode()
    assert not PersonAccount.objects.exists()


@pytest.mark.parametrize(
    ("years", "days", "allowed"),
    [
        (0, 0, {"parent"}),
        (10, 360, {"parent"}),
        (11, 0, {"asked", "not_able"}),
        (15, 360, {"asked", "not_able"}),
        (16, 0, {"asked", "attorney"}),
        (80, 0, {"asked", "attorney"}),
    ],
)
def test_why_somebody_may_follows_from_the_age_and_ends_with_it(
    years: int, days: int, allowed: set[str], clinician: Any, person: Patient
) -> None:
    born(person, years, days)
    assert set(proxies.grounds(person, TODAY)) == allowed
    last = proxies.latest(person, TODAY)
    if days:
        assert dt.timedelta() < last - TODAY < dt.timedelta(days=8), "the birthday"
    for ground in proxies.GROUNDS:
        clinician.post(of("acting", person), asked_for(last, ground=ground))
    assert {each.ground for each in proxies.acting(person)} == allowed
    late = asked_for(last + dt.timedelta(days=1), ground=min(allowed))
    assert "at the latest" in clinician.post(of("acting", person), late).content.decode()


def test_nobody_acts_for_somebody_whose_age_is_not_known(clinician: Any, person: Patient) -> None:
    person.identity = {**person.identity, "date_of_birth": None}
    person.save()
    sent = asked_for(TODAY + dt.timedelta(days=30))
    assert "not known here" in clinician.post(of("acting", person), sent).content.decode()
    assert not PersonAccount.objects.exists()


def test_it_is_ended_at_once(clinician: Any, person: Patient) -> None:
    account = support.acts_for(clinician.viewer, person)
    theirs, address = signed_in(account), reverse("own:held", kwargs={"patient": person.id})
    assert theirs.get(address).status_code == 200
    for _ in range(2):
        assert clinician.post(of("end", person, account=account.id)).status_code == 302
    assert theirs.get(address).status_code == 404
    assert "Over" in clinician.get(of("acting", person)).content.decode()


def test_they_come_in_by_a_link_of_their_own_while_they_act(
    clinician: Any, person: Patient
) -> None:
    account = support.acts_for(clinician.viewer, person)
    make = of("link", person, account=account.id)

    def code() -> str:
        page = clinician.post(make).content.decode()
        _, found = re.findall(r'class="service-code">([^<]+)<', page)
        return str(found)

    first, second = code(), code()
    assert links.use(first, person.born_on) is None, "another took its place"
    assert links.use(second, TODAY) is None
    born = person.born_on
    sent = {"code": second, "day": born.day, "month": born.month, "year": born.year}
    theirs = Client()
    answer = theirs.post(reverse("own:enter"), sent)
    assert answer["Location"] == reverse("own:person", kwargs={"patient": person.id})
    assert theirs.get(answer["Location"]).wsgi_request.viewer.role == Role.PROXY
    assert links.use(second, born) is None, "it opens once"
    third = code()
    actions.record_fact(clinician.viewer, person, ABUSE, uuid4())
    assert links.use(third, born) is None, "suspended, and answered like any other"
    PersonAccount.objects.update(sensitive_seen=1)
    proxies.end(clinician.viewer, account)
    assert links.use(third, born) is None, "over"


def test_who_looks_again_sees_what_they_let_go_on(clinician: Any, person: Patient) -> None:
    """What is recorded while the page is open suspends still; of two the second is told."""
    account = support.acts_for(clinician.viewer, person)
    theirs, held = signed_in(account), reverse("own:held", kwargs={"patient": person.id})
    actions.record_fact(clinician.viewer, person, ABUSE, uuid4())
    assert "Stopped" in clinician.get(of("acting", person)).content.decode()
    address = of("review", person, account=account.id)
    assert 'name="statements" value="1"' in clinician.get(address).content.decode()
    sent = asked_for(TODAY + dt.timedelta(days=60), until=account.ends_on, statements=1)
    wrong = clinician.post(address, {**sent, "ground": "parent"})
    assert "Nobody may act for a person of that age" in wrong.content.decode()
    actions.record_fact(clinician.viewer, person, ABUSE, uuid4())
    assert clinician.post(address, sent).status_code == 302
    assert theirs.get(held).status_code == 404
    assert clinician.post(address, {**sent, "statements": 2}).status_code == 409
    sent |= {"statements": 2, "until": TODAY + dt.timedelta(days=60), "day": TODAY.day}
    assert clinician.post(address, sent).status_code in (200, 302)
    account.refresh_from_db()
    proxies.review(clinician.viewer, account, "asked", account.ends_on, (account.ends_on, 2))
    assert theirs.get(held).status_code == 200
    clinician.post(of("end", person, account=account.id))
    assert clinician.post(address, sent).status_code == 409, "ended while it was open"


def test_the_person_sees_who_acts_and_what_they_did_and_not_that_it_stopped(
    clinician: Any, person: Patient
) -> None:
    account = support.acts_for(clinician.viewer, person)
    theirs, me = signed_in(account), Client()
    support.sign_in(me, own_account(person))
    address = reverse("own:acting", kwargs={"patient": person.id})
    assert "Nothing yet" in me.get(address).content.decode()
    theirs.get(reverse("own:held", kwargs={"patient": person.id}))
    page = me.get(address).content.decode()
    assert "A relative saw what is held" in page
    actions.record_fact(clinician.viewer, person, ABUSE, uuid4())
    assert me.get(address).content.partition(b"<main")[2] == page.encode().partition(b"<main")[2]
    assert theirs.get(address).status_code == 403, "it is theirs alone"
    clinician.post(of("end", person, account=account.id))
    assert "no longer acts for you" in me.get(address).content.decode()
