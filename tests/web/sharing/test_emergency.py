"""In an emergency: a reason, twice; an hour; the privacy officer is told and looks into it."""

import datetime as dt
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from fairpractice.errors import FairpracticeError
from fairpractice.web.core import access
from fairpractice.web.core.access import Role
from fairpractice.web.core.models import Entry
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import emergency
from fairpractice.web.sharing.models import EmergencyAccess


pytestmark = pytest.mark.django_db
PAGE = "/emergency/"
WHY = "They are unconscious and alone"


def sent(**more: Any) -> dict[str, Any]:
    return {
        "token": uuid4(),
        "nhs_number": "9990000042",
        "born_on": "27/3/1984",
        "reason": WHY,
        **more,
    }


def portrait(person: Patient) -> str:
    return reverse("patients:portrait", kwargs={"patient": person.id})


def test_it_opens_after_a_second_confirmation_and_tells_the_privacy_officer(
    clinician: Any, privacy_officer: Any, stranger: Patient
) -> None:
    assert clinician.get(portrait(stranger)).status_code == 404
    form = sent()
    first = clinician.post(PAGE, form).content.decode()
    assert "Are you sure?" in first
    assert stranger.name not in first
    assert not EmergencyAccess.objects.exists()
    assert clinician.get(portrait(stranger)).status_code == 404
    for _ in range(2):
        assert clinician.post(PAGE, {**form, "sure": "yes"})["Location"] == portrait(stranger)
    opened = EmergencyAccess.objects.get()
    assert opened.ends_at - opened.opened_at == emergency.BOX
    assert clinician.get(portrait(stranger)).status_code == 200
    read = Entry.objects.filter(act=access.READ, outcome="done").latest("id")
    assert (read.purpose, read.patient_id) == ("emergency", stranger.id)
    told = privacy_officer.get(reverse("core:home")).content.decode()
    assert "1 record was opened in an emergency" in told
    review = reverse("sharing:review", kwargs={"emergency": opened.id})
    assert review in privacy_officer.get(reverse("sharing:emergencies")).content.decode()
    page = privacy_officer.get(review).content.decode()
    assert WHY in page
    assert "Read a portrait" in page
    answer = privacy_officer.post(review, {"found": "justified", "note": "Spoke with them"})
    assert answer.status_code == 302
    assert emergency.waiting(opened.told_id) == 0
    assert privacy_officer.post(review, {"found": "to_ask"}).status_code == 409, "once"
    opened.refresh_from_db()
    assert (opened.found, opened.note) == ("justified", "Spoke with them")


def test_it_closes_after_an_hour(clinician: Any, stranger: Patient) -> None:
    opened = emergency.open_record(clinician.viewer, stranger, WHY, uuid4())
    assert clinician.get(portrait(stranger)).status_code == 200
    EmergencyAccess.objects.filter(id=opened.id).update(ends_at=timezone.now())
    assert clinician.get(portrait(stranger)).status_code == 404


@pytest.mark.parametrize("reason", ["", "   ", "asdf"])
def test_without_a_reason_it_is_refused(reason: str, clinician: Any, stranger: Patient) -> None:
    page = clinician.post(PAGE, sent(reason=reason, sure="yes")).content.decode()
    assert 'href="#reason"' in page
    with pytest.raises(FairpracticeError, match="no reason"):
        emergency.open_record(clinician.viewer, stranger, reason, uuid4())
    assert not EmergencyAccess.objects.exists()


@pytest.mark.parametrize("wrong", [{"born_on": "28/3/1984"}, {"nhs_number": "9990000069"}])
def test_a_number_and_another_birth_find_nobody(
    wrong: dict[str, str], clinician: Any, stranger: Patient
) -> None:
    page = clinician.post(PAGE, sent(sure="yes", **wrong)).content.decode()
    assert "Nobody has this number and date of birth" in page
    assert stranger.name not in page
    assert not EmergencyAccess.objects.exists()


def test_it_opens_nothing_else_to_nobody_else(
    clinician: Any, sign_in_as: Any, stranger: Patient
) -> None:
    other = sign_in_as(Role.CLINICIAN)
    emergency.open_record(clinician.viewer, stranger, WHY, uuid4())
    assert other.get(portrait(stranger)).status_code == 404
    for name in ("patients:record-fact", "sharing:person", "sharing:give"):
        address = reverse(name, kwargs={"patient": stranger.id})
        assert clinician.get(address).status_code == 404, name
    for role in set(Role) - {Role.CLINICIAN}:
        assert sign_in_as(role).get(PAGE).status_code == 403, role


def test_what_is_sensitive_stays_closed(clinician: Any, sign_in_as: Any, stranger: Patient) -> None:
    own = sign_in_as(Role.CLINICIAN, stranger.practice)
    emergency.open_record(clinician.viewer, stranger, WHY, uuid4())
    before = clinician.get(portrait(stranger)).content.partition(b"<main")[2]
    said = Statement("domestic_abuse", "present", "asked", "direct_care")
    actions.record_fact(own.viewer, stranger, said, uuid4())
    assert clinician.get(portrait(stranger)).content.partition(b"<main")[2] == before


def test_tries_are_limited(clinician: Any, stranger: Patient) -> None:
    for _ in range(10):
        clinician.post(PAGE, sent(nhs_number="9990000069", sure="yes"))
    assert clinician.post(PAGE, sent(sure="yes")).status_code == 429


def test_another_network_is_not_told(sign_in_as: Any, clinician: Any, stranger: Patient) -> None:
    from fairpractice.web.organisations.models import Organisation

    elsewhere = Organisation.objects.create(code="U77", kind="network", name="Another network")
    officer = sign_in_as(Role.PRIVACY_OFFICER, elsewhere)
    opened = emergency.open_record(clinician.viewer, stranger, WHY, uuid4())
    review = reverse("sharing:review", kwargs={"emergency": opened.id})
    assert officer.get(review).status_code == 404
    assert "opened in an emergency" not in officer.get(reverse("core:home")).content.decode()
    assert opened.ends_at - timezone.now() <= dt.timedelta(hours=1)
