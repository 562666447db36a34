"""What was entered reaches the record: once, whole, replaced, and never shown twice."""

import re
import shutil
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.urls import reverse

from fairpractice.cli import _service, cli
from fairpractice.record import manifest
from fairpractice.record.opened import open_record
from fairpractice.record.social_facts import current
from fairpractice.record.topics import TOPICS
from fairpractice.web.config import settings
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient
from fairpractice.web.patients.record import codelists
from fairpractice.web.sharing import consent, into_record
from fairpractice.web.worklists import rules
from tests.web import support


pytestmark = pytest.mark.django_db
CARER = Statement("carer", "present", "asked", "direct_care")
CARER_LINE = f'__key">{TOPICS["carer"].label[0].upper()}{TOPICS["carer"].label[1:]}</dt>'


@pytest.fixture
def record(record_folder: Path, tmp_path: Path, settings: Any, person: Patient) -> Path:
    """A record of this test's own."""
    copied = shutil.copytree(record_folder / "record", tmp_path / "record")
    settings.RECORD = str(copied)
    return Path(copied)


def carer(record: Path, person: Patient, purpose: str = "direct_care") -> str:
    rows = open_record(record, purpose=purpose).person(person.record_id)
    return current(rows, "carer", support.TODAY, codelists()).status


def batches(record: Path) -> list[str]:
    return [each.source for each in manifest.load(record).batches]


def test_what_is_entered_corrected_and_entered_again_is_so_in_the_record(
    record: Path, clinician: Any, person: Patient
) -> None:
    before = batches(record)
    assert into_record.bring_in(record) == {}
    assert batches(record) == before, "nothing was entered"
    fact = actions.record_fact(clinician.viewer, person, CARER, uuid4())
    assert into_record.bring_in(record) == {"social_fact": 1, "objection": 0}
    assert carer(record, person) == "present"
    assert into_record.bring_in(record) == {}, "again is nothing"
    taken_back = actions.correct_fact(clinician.viewer, fact, None, "a mistake", uuid4())
    assert into_record.bring_in(record) == {"social_fact": 0, "objection": 0}
    assert carer(record, person) == "unknown"
    assert taken_back.retracted
    actions.record_fact(clinician.viewer, person, CARER, uuid4())
    assert into_record.bring_in(record) == {"social_fact": 1, "objection": 0}
    assert carer(record, person) == "present", "as it was before, and so again"
    assert batches(record) == [*before, *["service"] * 3]


def test_what_others_sent_stays(record: Path, clinician: Any, person: Patient) -> None:
    theirs = open_record(record, purpose="direct_care").person(person.record_id)["social_fact"]
    actions.record_fact(clinician.viewer, person, CARER, uuid4())
    into_record.bring_in(record)
    after = open_record(record, purpose="direct_care").person(person.record_id)["social_fact"]
    assert [row for row in after if row["source"] != "service"] == theirs


def test_an_objection_takes_the_person_out_of_that_purpose_and_no_other(
    record: Path, clinician: Any, person: Patient
) -> None:
    actions.record_fact(clinician.viewer, person, CARER, uuid4())
    consent.objects_to(clinician.viewer, person, "planning")
    into_record.bring_in(record)
    assert carer(record, person, "planning") == "unknown"
    assert open_record(record, purpose="planning").person(person.record_id)["appointment"] == []
    assert carer(record, person) == "present"
    consent.objects_no_longer(clinician.viewer, person, "planning")
    into_record.bring_in(record)
    assert open_record(record, purpose="planning").person(person.record_id)["appointment"]


def test_what_is_sensitive_is_there_for_direct_care_alone(
    record: Path, clinician: Any, person: Patient
) -> None:
    said = Statement("prison", "present", "asked", "direct_care")
    actions.record_fact(clinician.viewer, person, said, uuid4())
    into_record.bring_in(record)
    for purpose, there in (("direct_care", True), ("planning", False)):
        rows = open_record(record, purpose=purpose).person(person.record_id)["social_fact"]
        assert ("prison" in {row["topic"] for row in rows}) is there


def test_what_was_ever_sensitive_is_so_in_the_record(
    record: Path, clinician: Any, person: Patient
) -> None:
    fact = actions.record_fact(clinician.viewer, person, CARER, uuid4())
    secret = Statement("carer", "present", "asked", "direct_care", sensitivity="sensitive")
    for said in (secret, CARER):
        fact = actions.correct_fact(clinician.viewer, fact, said, "they asked for it", uuid4())
    into_record.bring_in(record)
    assert carer(record, person, "planning") == "unknown"
    assert carer(record, person) == "present"


def test_a_portrait_is_the_same_before_and_after(
    record: Path, clinician: Any, person: Patient
) -> None:
    """What was entered is shown once, and what was taken back since is not shown at all."""
    fact = actions.record_fact(clinician.viewer, person, CARER, uuid4())
    before = portrait(clinician, person)
    assert CARER_LINE in before
    into_record.bring_in(record)
    assert portrait(clinician, person) == before
    actions.correct_fact(clinician.viewer, fact, None, "a mistake", uuid4())
    assert CARER_LINE not in portrait(clinician, person)


def portrait(client: Any, person: Patient) -> str:
    answer = client.get(reverse("patients:portrait", kwargs={"patient": person.id}))
    return re.sub(r'name="(csrfmiddlewaretoken|token)" value="[^"]*"', "", answer.content.decode())


def test_stopped_on_the_way_the_record_is_as_it_was(
    record: Path, clinician: Any, person: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.record_fact(clinician.viewer, person, CARER, uuid4())
    before = batches(record)

    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(into_record.store, "add_batch", stop)
        with pytest.raises(KeyboardInterrupt):
            into_record.bring_in(record)
    assert batches(record) == before
    assert into_record.bring_in(record)["social_fact"] == 1


def test_the_command_says_what_it_did(
    record: Path, clinician: Any, person: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_service, "prepare", lambda **_: None)  # the tests did that
    monkeypatch.setattr(settings, "RECORD", str(record))
    actions.record_fact(clinician.viewer, person, CARER, uuid4())
    monkeypatch.setattr(rules, "rules", dict)  # what lists it makes is tested with them
    said = CliRunner().invoke(cli, ["refresh"])
    assert "1 facts and 0 objections are in the record." in said.output
    assert "Nothing has changed" in CliRunner().invoke(cli, ["refresh"]).output
