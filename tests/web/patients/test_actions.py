"""Recording, correcting and finding: what is written, once, and by whom."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import access
from fairpractice.web.core.access import Role
from fairpractice.web.core.locking import Conflict
from fairpractice.web.core.models import Entry
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient, SocialFact
from tests.web import support


pytestmark = pytest.mark.django_db
DEBT = Statement("debt", "present", "asked", "direct_care")


@pytest.fixture
def clinician(sign_in_as: Any) -> Any:
    return sign_in_as(Role.CLINICIAN)


def test_a_fact_says_who_recorded_it_where_and_when(clinician: Any, person: Patient) -> None:
    fact = actions.record_fact(clinician.viewer, person, DEBT, uuid4())
    fact.refresh_from_db()
    assert fact.recorded_by_id == clinician.viewer.user_id
    assert fact.recorder_role == Role.CLINICIAN
    assert fact.source_organisation_id == clinician.viewer.organisation_id
    assert fact.recorded_on == support.TODAY
    entry = Entry.objects.get(act=access.RECORD)
    assert entry.patient_id == person.id
    assert entry.detail == {"fact": str(fact.id)}, "and not what it is about"


def test_a_form_sent_twice_records_once(clinician: Any, person: Patient) -> None:
    address = reverse("patients:record-fact", kwargs={"patient": person.id})
    sent = {"token": uuid4(), "said": "debt/present", "route": "asked"}
    for _ in range(2):
        assert clinician.post(address, {**sent, "lawful_basis": "direct_care"}).status_code == 302
    assert SocialFact.objects.count() == 1
    assert Entry.objects.filter(act=access.RECORD).count() == 1


@pytest.mark.parametrize("left_out", ["token", "said", "route", "lawful_basis"])
def test_nothing_is_assumed(clinician: Any, person: Patient, left_out: str) -> None:
    sent = {
        "token": uuid4(),
        "said": "debt/present",
        "route": "asked",
        "lawful_basis": "direct_care",
    }
    del sent[left_out]
    answer = clinician.post(reverse("patients:record-fact", kwargs={"patient": person.id}), sent)
    assert b"There is a problem" in answer.content
    assert not SocialFact.objects.exists()


def test_a_sensitive_topic_makes_its_fact_sensitive(clinician: Any, person: Patient) -> None:
    fact = actions.record_fact(clinician.viewer, person, replace(DEBT, topic="prison"), uuid4())
    assert fact.sensitivity == "sensitive"


def test_of_two_who_correct_one_fact_the_second_is_told(clinician: Any, person: Patient) -> None:
    fact = actions.record_fact(clinician.viewer, person, DEBT, uuid4())
    absent = replace(DEBT, status="absent")
    after = actions.correct_fact(clinician.viewer, fact, absent, "misheard", uuid4())
    with pytest.raises(Conflict):
        actions.correct_fact(clinician.viewer, fact, None, "another person", uuid4())
    assert SocialFact.objects.get(id=fact.id).corrected_by == after
    address = reverse("patients:correct-fact", kwargs={"patient": person.id, "fact": fact.id})
    sent = {"token": uuid4(), "status": "declined", "reason": "late"}
    answer = clinician.post(address, sent)
    assert answer.status_code == 409
    assert b"Somebody else changed this" in answer.content
    assert SocialFact.objects.count() == 2


def test_a_correction_sent_twice_corrects_once(clinician: Any, person: Patient) -> None:
    fact = actions.record_fact(clinician.viewer, person, DEBT, uuid4())
    token = uuid4()
    once, twice = (
        actions.correct_fact(clinician.viewer, fact, None, "wrong person", token) for _ in range(2)
    )
    assert once == twice
    assert Entry.objects.filter(act=access.CORRECT).count() == 1


def test_a_fact_taken_back_is_no_longer_known(clinician: Any, person: Patient) -> None:
    said = replace(DEBT, topic="fuel_poverty")
    fact = actions.record_fact(clinician.viewer, person, said, uuid4())
    address = reverse("patients:portrait", kwargs={"patient": person.id})
    assert b"Fuel poverty" in clinician.get(address).content
    actions.correct_fact(clinician.viewer, fact, None, "wrong person", uuid4())
    assert b"Fuel poverty" not in clinician.get(address).content


def test_a_reason_without_a_correction_is_refused_by_the_database(
    clinician: Any, person: Patient
) -> None:
    fact = actions.record_fact(clinician.viewer, person, DEBT, uuid4())
    with pytest.raises(IntegrityError), transaction.atomic():
        SocialFact.objects.filter(id=fact.id).update(reason="why")


def test_people_are_found_at_ones_own_practice_alone(
    clinician: Any, person: Patient, stranger: Patient
) -> None:
    found = actions.find_by_number(clinician.viewer, person.nhs_number)
    assert found == [person]
    assert actions.find_by_number(clinician.viewer, stranger.nhs_number) == []
    assert stranger.born_on
    by_name = actions.find_by_name(clinician.viewer, "TESTPERSON", stranger.born_on)
    assert by_name == [person], "a namesake elsewhere is not told of"


def test_a_search_leaves_an_entry_without_what_was_looked_for(
    clinician: Any, person: Patient
) -> None:
    clinician.post(reverse("patients:find"), {"nhs_number": person.nhs_number})
    entry = Entry.objects.filter(act=access.FIND).latest("id")
    assert entry.detail == {"how": "by number", "found": 1}


def test_what_is_not_an_nhs_number_is_refused(clinician: Any) -> None:
    with pytest.raises(FairpracticeError, match="10 digits"):
        actions.find_by_number(clinician.viewer, "999")


def test_searches_are_limited(clinician: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from fairpractice.web.patients import views

    monkeypatch.setattr(views, "SEARCHES", 2)
    sent = {"nhs_number": "9990000050"}
    codes = [clinician.post(reverse("patients:find"), sent).status_code for _ in range(3)]
    assert codes == [200, 200, 429]


def test_the_database_holds_no_name_number_or_reason(clinician: Any, person: Patient) -> None:
    fact = actions.record_fact(clinician.viewer, person, DEBT, uuid4())
    actions.correct_fact(clinician.viewer, fact, None, "an unusual reason", uuid4())
    with connection.cursor() as cursor:
        cursor.execute("SELECT p::text FROM patients_patient p")
        held = "".join(row[0] for row in cursor.fetchall())
        cursor.execute("SELECT f::text FROM patients_socialfact f")
        held += "".join(row[0] for row in cursor.fetchall())
    for words in ("Testperson", "Person 1", "9990000018", "1984", "unusual"):
        assert words not in held


def test_loading_again_adds_nobody_and_moves_who_moved(people: Any, record_folder: Any) -> None:
    before = list(Patient.objects.order_by("record_id").values())
    support.load(record_folder / "record")
    assert list(Patient.objects.order_by("record_id").values()) == before
    Patient.objects.filter(record_id=1).update(practice=None)
    assert support.load(record_folder / "record")[support.PRACTICE][0].record_id == 1
