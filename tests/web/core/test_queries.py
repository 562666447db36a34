"""How many queries a page costs, whoever and however much is on it: none asks a row at a time."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from fairpractice.web.core.access import Role
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient
from fairpractice.web.worklists import making, rules


pytestmark = pytest.mark.django_db
SAID = ("debt", "carer", "transport")


@pytest.fixture
def clinician(sign_in_as: Any) -> Any:
    """A clinician, after the first page of a session."""
    client = sign_in_as(Role.CLINICIAN)
    client.get(reverse("core:home"))
    return client


@pytest.fixture
def record(record_folder: Path, tmp_path: Path, settings: Any, person: Patient) -> Path:
    """A record of this test's own, which a refresh writes to."""
    settings.RECORD = str(shutil.copytree(record_folder / "record", tmp_path / "record"))
    return Path(settings.RECORD)


def much_is_known(viewer: Any, patient: Patient) -> None:
    for topic in SAID:
        said = Statement(topic, "present", "asked", "direct_care")
        actions.record_fact(viewer, patient, said, uuid4())


def test_each_page_costs_as_many_queries_as_is_said_here(
    clinician: Any,
    person: Patient,
    record: Path,
    monkeypatch: pytest.MonkeyPatch,
    django_assert_num_queries: Any,
) -> None:
    few = {name: rules.rules()[name] for name in ("never-screened", "social-need-no-referral")}
    monkeypatch.setattr(rules, "rules", lambda: few)
    here = {"patient": person.id}
    number = {"nhs_number": person.nhs_number}
    said = {"said": "debt/present", "route": "asked", "lawful_basis": "direct_care"}
    listing = rules.address_of(clinician.viewer.organisation_id, "never-screened")
    find, add = reverse("patients:find"), reverse("patients:record-fact", kwargs=here)
    pages: dict[str, tuple[int, Callable[[], Any]]] = {
        "search": (8, lambda: clinician.post(find, number)),
        "portrait": (14, lambda: clinician.get(reverse("patients:portrait", kwargs=here))),
        "form": (8, lambda: clinician.get(add)),
        "lists": (10, lambda: clinician.get(reverse("worklists:lists"))),
        "list": (11, lambda: clinician.get(reverse("worklists:listing", args=[listing]))),
        "record": (15, lambda: clinician.post(add, {**said, "token": uuid4()})),
    }
    making.refresh()
    for much in (False, True):
        if much:
            much_is_known(clinician.viewer, person)
        for _, page in reversed(pages.values()):  # what was entered is looked at once
            page()
        for queries, page in pages.values():
            with django_assert_num_queries(queries):
                assert page().status_code in (200, 302)
