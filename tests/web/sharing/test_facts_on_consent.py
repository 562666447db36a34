"""A fact that stands on consent: none without one, and gone everywhere with it, at once."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.record.opened import open_record
from fairpractice.web.core.access import Role
from fairpractice.web.feeds import actions as feeds
from fairpractice.web.feeds import matching
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.sharing import consent, into_record
from fairpractice.web.sharing.consent import Agreed
from fairpractice.web.sharing.models import Consent
from tests.web import feed


pytestmark = pytest.mark.django_db
ON_CONSENT = Statement("fuel_poverty", "present", "external", "consent")
WORDS = "fuel poverty"
Agree = Callable[..., Consent]


@pytest.fixture
def to_the_practice(clinician: Any, person: Patient) -> Agree:
    """Record that the person agreed that their practice is told."""

    def agreed(*categories: str, months: int = 6) -> Consent:
        said = Agreed(
            person.practice, "joint_care", categories or ("circumstances",), months, "in_person"
        )
        return consent.give(clinician.viewer, person, said, uuid4())

    return agreed


def test_none_is_recorded_without_a_consent_to_it(
    to_the_practice: Agree, agree: Agree, clinician: Any, person: Patient
) -> None:
    agree()  # to somebody else
    to_the_practice("contact")
    consent.withdraw(clinician.viewer, to_the_practice())
    with pytest.raises(FairpracticeError, match="no consent to it"):
        actions.record_fact(clinician.viewer, person, ON_CONSENT, uuid4())
    address = reverse("patients:record-fact", kwargs={"patient": person.id})
    sent = {
        "token": uuid4(),
        "said": "fuel_poverty/present",
        "route": "external",
        "lawful_basis": "consent",
    }
    assert "Not recorded: no consent" in clinician.post(address, sent).content.decode()
    assert not SocialFact.objects.exists()
    given = to_the_practice()
    assert clinician.post(address, sent).status_code == 302
    assert SocialFact.objects.get().consent == given
    abuse = Statement("domestic_abuse", "present", "external", "consent")
    with pytest.raises(FairpracticeError, match="sensitive circumstances"):
        actions.record_fact(clinician.viewer, person, abuse, uuid4())


def test_the_database_takes_none_without_its_consent(
    to_the_practice: Agree, clinician: Any, person: Patient
) -> None:
    to_the_practice()
    actions.record_fact(clinician.viewer, person, ON_CONSENT, uuid4())
    for values in ({"consent": None}, {"lawful_basis": "direct_care"}):
        with pytest.raises(IntegrityError, match="names_it"), transaction.atomic():
            SocialFact.objects.update(**values)


def seen(
    clinician: Any, patient: Any, partner: Any, person: Patient, fact: SocialFact
) -> list[bool]:
    """Return where it shows: portrait, letter, own pages, a partner's page, its history."""
    whose = {"patient": person.id}
    letter = {"kind": "benefits"}
    answers = [
        clinician.get(reverse("patients:portrait", kwargs=whose)),
        clinician.post(reverse("letters:add", kwargs=whose), letter),
        patient.get(reverse("own:held", kwargs=whose)),
        partner.get(reverse("sharing:shared", kwargs=whose)),
        clinician.get(reverse("patients:history", kwargs={**whose, "fact": fact.id})),
    ]
    return [
        answer.status_code == 200
        and WORDS in answer.content.decode().partition("Never asked")[0].lower()
        for answer in answers
    ]


@pytest.mark.parametrize("why", ["withdrawn", "ended"])
def test_what_is_withdrawn_is_gone_from_every_page_with_the_next_click(
    why: str,
    to_the_practice: Agree,
    agree: Agree,
    clinician: Any,
    patient: Any,
    partner: Any,
    person: Patient,
) -> None:
    consent.share(clinician.viewer, agree(), uuid4())
    given = to_the_practice()
    fact = actions.record_fact(clinician.viewer, person, ON_CONSENT, uuid4())
    assert seen(clinician, patient, partner, person, fact) == [True] * 5
    assert "may keep what others tell it" in given.words
    stop = reverse("sharing:withdraw", kwargs={"patient": person.id, "consent": given.id})
    if why == "withdrawn":
        stopped = patient.post(stop, follow=True).content.decode()
        assert "What others told the practice is not used from now on." in stopped
    else:
        Consent.objects.filter(id=given.id).update(ends_on=timezone.localdate())
    assert seen(clinician, patient, partner, person, fact) == [False] * 5
    late = reverse("patients:correct-fact", kwargs={"patient": person.id, "fact": fact.id})
    answer = clinician.post(late, {"token": uuid4(), "status": "absent", "reason": "They said"})
    assert answer.status_code == 404, "who had it open finds it gone"
    to_the_practice()
    assert seen(clinician, patient, partner, person, fact) == [False] * 5, "another consent"
    assert SocialFact.objects.count() == 1, "suspended, and not lost"


def test_a_letter_does_not_leave_with_what_was_withdrawn_since(
    to_the_practice: Agree, clinician: Any, person: Patient
) -> None:
    """While the draft is open, and after it was kept: it is looked at again, and nothing lost."""
    given = to_the_practice()
    actions.record_fact(clinician.viewer, person, ON_CONSENT, uuid4())
    add = reverse("letters:add", kwargs={"patient": person.id})
    named = "topic:fuel_poverty"
    sent = {"kind": "benefits", "do": "keep", "token": uuid4(), "text": "Cold.", "fact": named}
    assert clinician.post(add, sent).status_code == 302
    letter = person.letters.get()
    whose = {"patient": person.id, "letter": letter.id}
    page, take = reverse("letters:letter", kwargs=whose), reverse("letters:take", kwargs=whose)
    assert "Content-Disposition" in clinician.post(take, {"as": "text"})
    consent.withdraw(clinician.viewer, given)
    assert clinician.post(add, sent).status_code == 302, "sent twice, it is the one there is"
    late = clinician.post(add, {**sent, "token": uuid4()}).content.decode()
    assert "Take it out of the words" in late
    assert "Cold." in late
    assert person.letters.count() == 1
    assert "Not to be sent" in clinician.get(page).content.decode()
    assert "Content-Disposition" not in clinician.post(take, {"as": "text"})
    reworded = {"token": uuid4(), "text": "Please help.", "version": 1}
    clinician.post(reverse("letters:reword", kwargs=whose), reworded)
    assert "Content-Disposition" in clinician.post(take, {"as": "text"})


def test_a_correction_stands_on_the_same_consent(
    to_the_practice: Agree, clinician: Any, person: Patient
) -> None:
    given = to_the_practice(months=3)
    fact = actions.record_fact(clinician.viewer, person, ON_CONSENT, uuid4())
    to_the_practice(months=12)
    after = actions.correct_fact(clinician.viewer, fact, None, "Said of another", uuid4())
    assert after.consent == given
    own = Statement("fuel_poverty", "absent", "self_reported", "direct_care")
    assert actions.correct_fact(clinician.viewer, after, own, "", uuid4()).consent is None


def test_it_leaves_the_record_with_the_next_refresh(
    to_the_practice: Agree,
    clinician: Any,
    person: Patient,
    record_folder: Path,
    tmp_path: Path,
    settings: Any,
) -> None:
    record = Path(shutil.copytree(record_folder / "record", tmp_path / "record"))
    settings.RECORD = str(record)
    given = to_the_practice()
    actions.record_fact(clinician.viewer, person, ON_CONSENT, uuid4())

    def topics() -> set[str]:
        rows = open_record(record, purpose="direct_care").person(person.record_id)
        return {row["topic"] for row in rows["social_fact"]}

    assert into_record.bring_in(record)["social_fact"] == 1
    assert "fuel_poverty" in topics()
    consent.withdraw(clinician.viewer, given)
    assert into_record.bring_in(record)["social_fact"] == 0
    assert "fuel_poverty" not in topics()


def test_a_file_that_stands_on_consent_brings_what_was_agreed_to_alone(
    to_the_practice: Agree, sign_in_as: Any, person: Patient, people: Any
) -> None:
    coder, manager = sign_in_as(Role.CODER), sign_in_as(Role.ADMINISTRATOR)
    other = people[person.practice.code][1]
    given = to_the_practice()
    source = feed.agreed(manager.viewer, lawful_basis="consent")
    lines = [feed.line_of(person), feed.line_of(other), feed.line_of(person, topic="debt")]
    file = feed.received(coder.viewer, source, lines)
    assert feeds.counts(file) == {"store": 2, "held": 0, "aside": 1, "refused": 0}
    assert file.lines.get(outcome="aside").why == matching.UNAGREED
    assert feeds.accept(coder.viewer, file, file.version) == 2
    assert set(SocialFact.objects.values_list("consent", flat=True)) == {given.id}
    again = feed.received(coder.viewer, source, [*lines, feed.line_of(person, status="absent")])
    assert feeds.counts(again)["store"] == 1
    consent.withdraw(coder.viewer, given)
    assert feeds.accept(coder.viewer, again, again.version) == 0, "stopped before it was accepted"
    to_the_practice()
    assert feeds.counts(feed.received(coder.viewer, source, lines[:1]))["store"] == 1, "anew"
