"""How long things are kept, by the clock: not a day less, and not a day more."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pyarrow as pa
import pytest
from django.urls import reverse
from django.utils import timezone

from fairpractice.record.dates import months_after
from fairpractice.web.cases import actions as cases
from fairpractice.web.cases.actions import Tried
from fairpractice.web.core.models import Entry
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.sharing import consent, emergency, held, retention
from fairpractice.web.sharing.models import AccessExport, Consent, EmergencyAccess, Share
from tests.web import support


pytestmark = pytest.mark.django_db
KINDS = {kind.id: kind for kind in retention.SCHEDULE}


@pytest.fixture
def everything(clinician: Any, agree: Callable[..., Consent], person: Patient) -> dt.date:
    """One of each kind that ended today."""
    viewer = clinician.viewer
    given = agree()
    consent.share(viewer, given, uuid4())
    consent.withdraw(viewer, given)
    consent.objects_to(viewer, person, "research")
    consent.objects_no_longer(viewer, person, "research")
    opened = emergency.open_record(viewer, person, "They are unconscious", uuid4())
    emergency.review(viewer, opened, "justified", "")
    AccessExport.objects.create(
        patient=person, made_by_id=viewer.user_id, made_at=timezone.now(), left_out=[]
    )
    case = support.has_case(viewer, person)
    case.closed_at, case.outcome = timezone.now(), "resolved"
    case.save()
    person.messages.create(
        key="1", way="text", words="call", place=person.practice, over_at=timezone.now()
    )
    since = {"practice": person.practice, "by_id": viewer.user_id, "at": timezone.now()}
    person.set_aside.create(kind="unsuitable", reason="not_so", evidence=["debt"], **since)
    return timezone.localdate()


@pytest.mark.parametrize("kind", [each for each in KINDS if each not in ("people", "consents")])
def test_each_kind_is_kept_to_the_day(kind: str, everything: dt.date) -> None:
    end = months_after(everything, KINDS[kind].months)
    assert retention.plan(end - dt.timedelta(days=1))[kind] == 0
    assert retention.plan(end)[kind] == 1
    assert retention.plan(end)[kind] == 1, "a plan erases nothing"
    retention.run(None, end - dt.timedelta(days=1))
    assert retention.run(None, end)[kind] == 1
    assert retention.run(None, end)[kind] == 0, "again erases nothing"


def test_a_consent_outlasts_what_was_shared_by_it(everything: dt.date) -> None:
    retention.run(None, months_after(everything, 1))
    assert not Share.objects.exists()
    assert Consent.objects.exists()
    retention.run(None, months_after(everything, 96))
    assert not Consent.objects.exists()
    assert not EmergencyAccess.objects.exists()


def test_the_audit_trail_keeps_that_it_was_there_and_not_what_it_said(
    everything: dt.date, person: Patient
) -> None:
    given = Consent.objects.get()
    retention.run(None, months_after(everything, 1))
    retention.run(None, months_after(everything, 96))
    kept = Entry.objects.get(act=retention.ERASED, detail__erased="consents")
    assert kept.patient_id == person.id
    assert kept.detail == {"erased": "consents", "id": str(given.id)}


def test_a_legal_hold_keeps_everything_until_it_is_lifted(
    everything: dt.date, privacy_officer: Any, person: Patient
) -> None:
    address = reverse("sharing:hold")
    assert b"Error" in privacy_officer.post(address, {"nhs_number": "9990000018"}).content
    sent = {"nhs_number": "9990000018", "reason": "A claim"}
    assert privacy_officer.post(address, sent).status_code == 302
    assert "A claim" in privacy_officer.get(reverse("sharing:retention")).content.decode()
    late = months_after(everything, 200)
    assert set(retention.run(None, late).values()) == {0}
    placed = person.holds.get()
    privacy_officer.post(address, {"lift": placed.id})
    assert retention.run(None, late)["shares"] == 1


def test_ten_years_after_a_death_nothing_is_left_that_was_entered(
    clinician: Any, agree: Callable[..., Consent], person: Patient, stranger: Patient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    said = Statement("debt", "present", "asked", "direct_care")
    fact = actions.record_fact(clinician.viewer, person, said, uuid4())
    actions.correct_fact(clinician.viewer, fact, None, "I had misheard", uuid4())
    consent.share(clinician.viewer, agree(), uuid4())
    case = support.has_case(clinician.viewer, person)
    cases.tried(clinician.viewer, case, Tried("met", "reached", timezone.now()), uuid4())
    cases.need(clinician.viewer, case, "debt", None, "wanted", uuid4())
    cases.measured(clinician.viewer, case, support.asked(clinician.viewer, person), "before")
    cases.close(clinician.viewer, case, "resolved", "They have a plan", {}, case.version)
    other = actions.record_fact(clinician.viewer, stranger, said, uuid4())
    monkeypatch.setattr(retention, "record", lambda: died(person, dt.date(2016, 3, 1)))
    assert retention.run(None, dt.date(2026, 2, 28))["people"] == 0
    assert retention.run(None, dt.date(2026, 3, 1))["people"] == 1
    assert retention.run(None, dt.date(2026, 3, 1))["people"] == 0
    assert held.rows(person) == []
    assert SocialFact.objects.get() == other
    person.refresh_from_db()
    assert (person.name, person.nhs_number, person.by_nhs_number) == ("Name not known", "", None)


def died(person: Patient, month: dt.date) -> Any:
    """A record, as ``retention`` reads one: of one person, and the month of their death."""
    import ibis

    rows = {"patient_id": [person.record_id], "death_month": [month]}

    class Engine:
        @staticmethod
        def to_arrow(table: Any) -> pa.Table:
            return table.to_pyarrow()

    class Record:
        engine = Engine

        @staticmethod
        def table(name: str) -> Any:
            return ibis.memtable(pa.table(rows))

    return Record


def test_nothing_is_erased_before_somebody_is_sure(
    everything: dt.date, privacy_officer: Any
) -> None:
    Share.objects.update(sent_at=timezone.now())
    Consent.objects.update(withdrawn_at=timezone.now() - dt.timedelta(days=60))
    address = reverse("sharing:retention")
    assert b'href="#sure"' in privacy_officer.post(address).content
    assert Share.objects.exists()
    assert privacy_officer.post(address, {"sure": "yes"}).status_code == 302
    assert not Share.objects.exists()
