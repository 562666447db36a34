"""Consent: what it says, and that what is withdrawn at ten is gone at ten, on every page."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import access
from fairpractice.web.core.access import Role
from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import consent, words
from fairpractice.web.sharing.models import Consent, Share


pytestmark = pytest.mark.django_db
Agree = Callable[..., Consent]


def of(name: str, person: Patient, **more: Any) -> str:
    return reverse(f"sharing:{name}", kwargs={"patient": person.id, **more})


def test_it_says_who_is_told_what_for_what_until_when_how_and_in_which_words(
    agree: Agree, clinician: Any, charity: Organisation
) -> None:
    given = agree("contact")
    given.refresh_from_db()
    assert (given.recipient, given.purpose, given.categories) == (charity, "support", ["contact"])
    assert (given.method, given.given_by, given.words_version) == (
        "in_person",
        "person",
        words.VERSION,
    )
    for said in ("Advice charity", "to arrange help", words.CATEGORIES["contact"], "change your"):
        assert said in given.words
    assert words.CATEGORIES["circumstances"] not in given.words
    assert dt.timedelta(days=180) < given.ends_on - timezone.localdate() < dt.timedelta(days=186)
    assert given.recorded_by_id == clinician.viewer.user_id
    entry = Entry.objects.get(act=access.CONSENT)
    assert entry.detail == {"consent": str(given.id), "recipient": str(charity.id)}


def test_it_is_allowed_to_whom_for_what_and_while_it_was_agreed(
    agree: Agree, clinician: Any, person: Patient, stranger: Patient, charity: Organisation
) -> None:
    other = Organisation.objects.create(code="P0010", kind="partner", name="Another charity")
    before = timezone.now()
    given = agree("contact")
    now = timezone.now()
    asked = (person, charity, "support", "contact")
    assert consent.allowed(*asked)
    assert not consent.allowed(*asked, at=before)
    assert not consent.allowed(stranger, charity, "support", "contact")
    assert not consent.allowed(person, other, "support", "contact")
    assert not consent.allowed(person, charity, "joint_care", "contact")
    assert not consent.allowed(person, charity, "support", "circumstances")
    noon = dt.datetime.combine(given.ends_on, dt.time(12), tzinfo=timezone.get_current_timezone())
    assert consent.allowed(*asked, at=noon - dt.timedelta(days=1))
    assert not consent.allowed(*asked, at=noon), "it ended by itself"
    consent.withdraw(clinician.viewer, given)
    assert not consent.allowed(*asked)
    assert consent.allowed(*asked, at=now), "as it was then"


def test_what_was_withdrawn_is_gone_where_the_clock_is_behind(
    agree: Agree, clinician: Any, person: Patient, charity: Organisation
) -> None:
    given = agree("contact")
    consent.withdraw(clinician.viewer, given)
    Consent.objects.update(withdrawn_at=timezone.now() + dt.timedelta(minutes=5))
    assert not consent.allowed(person, charity, "support", "contact")


def test_nothing_chosen_is_no_consent(
    clinician: Any, person: Patient, charity: Organisation
) -> None:
    with pytest.raises(FairpracticeError, match="nothing is chosen"):
        consent.give(
            clinician.viewer,
            person,
            consent.Agreed(charity, "support", (), 6, "in_person"),
            uuid4(),
        )


def test_a_withdrawal_is_gone_at_once_on_every_page(
    agree: Agree, clinician: Any, partner: Any, patient: Any, person: Patient
) -> None:
    """The partner has it open; the person stops it on their page; the next click finds nothing."""
    given = agree()
    consent.share(clinician.viewer, given, uuid4())
    theirs, everybody = of("shared", person), reverse("sharing:shared-with-us")
    assert person.name in partner.get(theirs).content.decode()
    assert b"Debt" in partner.get(theirs).content
    assert person.name in partner.get(everybody).content.decode()
    assert patient.post(of("withdraw", person, consent=given.id)).status_code == 302
    assert partner.get(theirs).status_code == 404
    assert person.name not in partner.get(everybody).content.decode()
    for client in (clinician, patient):
        page = client.get(of("person", person)).content.decode()
        assert "Stopped" in page
        assert "Stop this" not in page
        assert "Tell them now" not in page
    answer = clinician.post(of("share", person, consent=given.id), {"token": uuid4()})
    assert b"so nothing was sent" in answer.content
    assert Share.objects.count() == 1


@pytest.mark.parametrize("why", ["withdrawn", "ended"])
def test_what_no_longer_holds_is_not_sent(
    why: str, agree: Agree, clinician: Any, person: Patient
) -> None:
    given = agree()
    if why == "withdrawn":
        consent.withdraw(clinician.viewer, given)
    else:
        Consent.objects.update(ends_on=timezone.localdate())
    with pytest.raises(FairpracticeError, match="nothing was sent"):
        consent.share(clinician.viewer, given, uuid4())
    assert not Share.objects.exists()


def test_the_recipient_sees_what_was_agreed_and_no_more(
    agree: Agree, clinician: Any, partner: Any, person: Patient
) -> None:
    actions.record_fact(
        clinician.viewer,
        person,
        Statement("domestic_abuse", "present", "asked", "direct_care"),
        uuid4(),
    )
    page = of("shared", person)
    assert partner.get(page).status_code == 404, "agreed to nothing"
    given = agree("contact")
    assert partner.get(page).status_code == 404, "agreed to, and not told yet"
    consent.share(clinician.viewer, given, uuid4())
    said = partner.get(page).content.decode()
    assert person.name in said
    assert "Debt" not in said
    consent.share(clinician.viewer, agree("circumstances"), uuid4())
    said = partner.get(page).content.decode()
    assert "Debt" in said
    assert "abuse" not in said.lower()
    assert person.nhs_number not in said
    consent.share(clinician.viewer, agree("sensitive"), uuid4())
    assert "abuse" in partner.get(page).content.decode().lower()


def test_nobody_else_sees_what_was_shared(
    agree: Agree, clinician: Any, sign_in_as: Any, person: Patient
) -> None:
    consent.share(clinician.viewer, agree(), uuid4())
    other = Organisation.objects.create(code="P0010", kind="partner", name="Another charity")
    client = sign_in_as(Role.COMMUNITY_PARTNER, other)
    assert client.get(of("shared", person)).status_code == 404
    assert person.name not in client.get(reverse("sharing:shared-with-us")).content.decode()


def test_sent_twice_it_is_told_and_withdrawn_once(
    agree: Agree, clinician: Any, person: Patient
) -> None:
    given, token = agree(), uuid4()
    for _ in range(2):
        clinician.post(of("share", person, consent=given.id), {"token": token})
    for _ in range(2):
        clinician.post(of("withdraw", person, consent=given.id))
    for act in (access.SHARE, access.WITHDRAW):
        assert Entry.objects.filter(act=act, outcome="done").count() == 1


def test_somebody_chooses_on_their_own_page_and_is_shown_the_words_first(
    patient: Any, charity: Organisation, person: Patient
) -> None:
    first = patient.get(reverse("own:person", kwargs={"patient": person.id})).content.decode()
    assert f'href="{of("person", person)}"' in first
    page = patient.get(of("person", person)).content.decode()
    assert "Leave this page now" in page
    assert person.name not in page
    sent = {
        "token": uuid4(),
        "recipient": charity.id,
        "purpose": "support",
        "categories": ["contact", "circumstances"],
        "months": 3,
    }
    shown = patient.post(of("give", person), sent).content.decode()
    assert "Advice charity will be told" in shown
    assert not Consent.objects.exists()
    for _ in range(2):
        patient.post(of("give", person), {**sent, "agreed": "yes"})
    given = Consent.objects.get()
    assert (given.method, given.given_by, given.recorder_role) == ("own_page", "person", "patient")
    assert given.words in shown


@pytest.mark.parametrize("left_out", ["recipient", "purpose", "categories", "months", "method"])
def test_nothing_is_assumed(
    left_out: str, clinician: Any, charity: Organisation, person: Patient
) -> None:
    sent = {
        "token": uuid4(),
        "recipient": charity.id,
        "purpose": "support",
        "categories": "contact",
        "months": 3,
        "method": "in_person",
        "agreed": "yes",
    }
    del sent[left_out]
    page = clinician.post(of("give", person), sent).content.decode()
    assert f'<a href="#{left_out}">' in page
    assert f'id="{left_out}"' in page
    assert not Consent.objects.exists()


@pytest.mark.parametrize("hidden", [{"categories": ("sensitive",)}, {"sensitive": True}])
def test_a_consent_that_says_too_much_is_not_there_for_those_who_may_not_see_it(
    hidden: dict[str, Any], agree: Agree, sign_in_as: Any, patient: Any, person: Patient
) -> None:
    navigator = sign_in_as(Role.CARE_NAVIGATOR)
    agree("contact")
    before = [plain(client.get(of("person", person))) for client in (navigator, patient)]
    given = agree(*hidden.pop("categories", ("contact",)), **hidden)
    after = [plain(client.get(of("person", person))) for client in (navigator, patient)]
    assert after == before
    for client in (navigator, patient):
        assert client.post(of("withdraw", person, consent=given.id)).status_code == 404
        offered = client.get(of("give", person)).content.decode()
        assert words.CATEGORIES["sensitive"] not in offered.lower()


def plain(answer: Any) -> str:
    return re.sub(r'name="(csrfmiddlewaretoken|token)" value="[^"]*"', "", answer.content.decode())


def test_an_objection_is_noted_once_and_taken_back(
    patient: Any, clinician: Any, person: Patient
) -> None:
    for _ in range(2):
        patient.post(of("objection", person), {"purpose": "planning", "holds": "yes"})
    assert consent.objections(person) == {"planning"}
    assert b"Left out" in clinician.get(of("person", person)).content
    patient.post(of("objection", person), {"purpose": "planning", "holds": "no"})
    assert consent.objections(person) == set()
    assert person.objections.count() == 1
    assert Entry.objects.filter(act=access.OBJECT, outcome="done").count() == 2


def test_somebody_elses_sharing_is_not_theirs(patient: Any, stranger: Patient) -> None:
    assert patient.get(of("person", stranger)).status_code == 404
    assert patient.get(of("give", stranger)).status_code == 404


def test_the_words_of_a_version_are_kept_when_others_follow(
    agree: Agree, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = agree()
    monkeypatch.setitem(words.SHOWN, "new", "Other words for {organisation}.")
    monkeypatch.setattr(words, "VERSION", "new")
    after = agree()
    assert "will be told" in Consent.objects.get(id=before.id).words
    assert Consent.objects.get(id=after.id).words == "Other words for Advice charity."
