"""What a privacy officer looks after: the audit trail, the registers, exports."""

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from fairpractice.web.core import access, audit
from fairpractice.web.core.access import Role
from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import consent, held, search
from fairpractice.web.sharing.models import AccessExport, Consent
from fairpractice.web.sharing.search import Asked


pytestmark = pytest.mark.django_db
ABUSE = Statement("domestic_abuse", "present", "asked", "direct_care")
DEBT = Statement("debt", "present", "asked", "direct_care")


def of_acts(viewer: Any, **asked: Any) -> list[str]:
    return [line.entry.act for line in search.search(viewer, Asked(**asked)).lines]


def test_the_trail_is_searched_by_person_colleague_act_end_and_day(
    clinician: Any, privacy_officer: Any, person: Patient
) -> None:
    fact = actions.record_fact(clinician.viewer, person, DEBT, uuid4())
    actions.correct_fact(clinician.viewer, fact, None, "a mistake", uuid4())
    officer, today = privacy_officer.viewer, Entry.objects.latest("id").at.date()
    assert of_acts(officer, person=person) == [access.CORRECT, access.RECORD]
    assert of_acts(officer, act=access.RECORD) == [access.RECORD]
    assert access.RECORD in of_acts(officer, name=clinician.viewer.name)
    assert access.RECORD not in of_acts(officer, name=privacy_officer.viewer.name)
    assert access.RECORD not in of_acts(officer, outcome="refused")
    assert access.RECORD in of_acts(officer, since=today, until=today)
    assert of_acts(officer, until=today.replace(year=2000)) == []
    looked = Entry.objects.filter(act=access.AUDIT)
    assert looked.count() == 7, "each search is in the trail itself"
    assert looked.order_by("id")[0].detail == {"asked": ["person"], "found": 2}


def test_pages_of_the_trail_have_each_entry_once(
    privacy_officer: Any, clinician: Any, person: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "PAGE", 3)
    for _ in range(8):
        audit.entry(clinician.viewer, access.READ, patient=person.id)
    seen, before, pages = [], None, 0
    while True:
        found = search.search(
            privacy_officer.viewer, Asked(person=person, act=access.READ, before=before)
        )
        seen += [line.entry.id for line in found.lines]
        before, pages = found.next, pages + 1
        if before is None:
            break
    assert (len(seen), len(set(seen)), pages) == (8, 8, 3)
    assert seen == sorted(seen, reverse=True)


def test_another_networks_trail_is_not_searched(
    clinician: Any, sign_in_as: Any, person: Patient
) -> None:
    actions.record_fact(clinician.viewer, person, DEBT, uuid4())
    elsewhere = Organisation.objects.create(code="U77", kind="network", name="Another network")
    officer = sign_in_as(Role.PRIVACY_OFFICER, elsewhere)
    assert access.RECORD not in of_acts(officer.viewer)
    page = officer.post(reverse("sharing:audit"), {"nhs_number": "9990000018"}).content.decode()
    assert "Nobody here has this NHS number" in page
    assert officer.post(reverse("sharing:find-for-export"), {"nhs_number": "9990000018"}).content
    address = reverse("sharing:export", kwargs={"patient": person.id})
    assert officer.get(address).status_code == 404


def test_what_is_searched_wrongly_is_said(privacy_officer: Any) -> None:
    address = reverse("sharing:audit")
    page = privacy_officer.post(address, {"since": "yesterday", "before": "x"})
    assert 'href="#since"' in page.content.decode()
    for name in ("nhs_number", "name", "act", "outcome", "since", "until", "before"):
        for value in ("\0", "’; --", "9" * 40, "%" * 200):
            assert privacy_officer.post(address, {name: value}).status_code == 200


def test_the_registers_have_what_was_agreed_and_objected_to(
    agree: Callable[..., Consent], clinician: Any, privacy_officer: Any, person: Patient
) -> None:
    for name in ("consents", "objections"):
        assert "There are none" in privacy_officer.get(reverse(f"sharing:{name}")).content.decode()
    given = agree()
    consent.withdraw(clinician.viewer, given)
    consent.objects_to(clinician.viewer, person, "research")
    page = privacy_officer.get(reverse("sharing:consents")).content.decode()
    assert person.name in page
    assert "Stopped on" in page
    page = privacy_officer.get(reverse("sharing:objections")).content.decode()
    assert f"{person.name}: research" in page


def opened(answer: Any) -> tuple[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        page = archive.read("read-me-first.html").decode()
        return page, json.loads(archive.read("everything.json"))["held"]


@pytest.fixture
def fully_known(clinician: Any, agree: Callable[..., Consent], person: Patient) -> Patient:
    """A person with something in every part of the service."""
    fact = actions.record_fact(clinician.viewer, person, DEBT, uuid4())
    actions.correct_fact(clinician.viewer, fact, None, "I had misheard", uuid4())
    actions.record_fact(clinician.viewer, person, ABUSE, uuid4())
    consent.share(clinician.viewer, agree(), uuid4())
    consent.objects_to(clinician.viewer, person, "planning")
    return person


def test_an_export_has_everything_with_its_history(
    fully_known: Patient, privacy_officer: Any, record_folder: Any
) -> None:
    there = reverse("sharing:export", kwargs={"patient": fully_known.id})
    found = privacy_officer.post(reverse("sharing:find-for-export"), {"nhs_number": "999 000 0018"})
    assert found["Location"] == there
    page, data = opened(privacy_officer.post(there))
    for said in (
        fully_known.identity["family_name"],
        "9990000018",
        "I had misheard",
        "domestic_abuse",
        "Advice charity",
        "planning",
        "Who looked, and who wrote",
        "In the record: appointment",
    ):
        assert said in page, said
    kinds = {each["kind"] for each in data}
    for row in held.rows(fully_known):
        assert f"Entered here: {row._meta.verbose_name}" in kinds
    assert sum(each["kind"] == "In the record: social fact" for each in data) == 4
    assert sum(each["kind"] == "Entered here: social fact" for each in data) == 3
    assert Entry.objects.filter(act=access.EXPORT, patient_id=fully_known.id).exists()


def test_what_is_left_out_leaves_no_gap_and_its_reason_is_kept(
    fully_known: Patient, privacy_officer: Any
) -> None:
    there = reverse("sharing:export", kwargs={"patient": fully_known.id})
    fact = fully_known.facts.get(topic="domestic_abuse")
    out = f"socialfact-{fact.id}"
    assert f'id="{out}"' in privacy_officer.get(there).content.decode()
    asked = privacy_officer.post(there, {"left_out": [out]})
    assert 'href="#why"' in asked.content.decode(), "a reason is asked for"
    assert asked["Content-Type"].startswith("text/html")
    page, data = opened(privacy_officer.post(there, {"left_out": [out], "why": "About another"}))
    everything = page + json.dumps(data)
    for word in ("domestic_abuse", "left out", "left_out", "About another", str(fact.id)):
        assert word not in everything, word
    kept = AccessExport.objects.latest("id")
    assert (kept.left_out, kept.why) == ([out], "About another")


def test_nobody_else_looks_after_privacy(sign_in_as: Any, practice: Organisation) -> None:
    names = ("privacy", "audit", "emergencies", "consents", "objections", "retention")
    for role in (Role.CLINICIAN, Role.ADMINISTRATOR, Role.NETWORK_LEAD):
        client = sign_in_as(role, practice.network if role != Role.CLINICIAN else None)
        assert {client.get(reverse(f"sharing:{name}")).status_code for name in names} == {403}
