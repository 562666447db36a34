"""What a portrait says is to be asked, and what is not."""

from typing import Any
from uuid import uuid4

import pytest

from fairpractice.web.core.access import Role
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient
from fairpractice.web.patients.portrait import portrait
from tests.web import support


pytestmark = pytest.mark.django_db


def test_what_is_known_or_declined_is_not_asked_again(sign_in_as: Any, person: Patient) -> None:
    viewer = sign_in_as(Role.CLINICIAN).viewer
    said = Statement("carer", "absent", "asked", "direct_care")
    actions.record_fact(viewer, person, said, uuid4())
    shown = portrait(person, support.TODAY, sensitive=True)
    assert shown.asked == ("being a carer",)
    assert shown.declined == ("social isolation",)
    notes = {line.label: line.notes[0] for line in shown.lines}
    assert notes == {
        "Debt": "Not certain: ask if it matters.",
        "Being a carer": "Known: no need to ask again.",
        "Food insecurity": "Older than 6 months, so no longer relied on. Ask again if it matters.",
        "Social isolation": "They would rather not say. Do not press.",
    }
    assert "being a carer" not in shown.never


def test_what_is_sensitive_is_not_among_what_was_asked(sign_in_as: Any, person: Patient) -> None:
    viewer = sign_in_as(Role.CLINICIAN).viewer
    before = portrait(person, support.TODAY, sensitive=False)
    for status, topic in (("absent", "domestic_abuse"), ("declined", "prison")):
        said = Statement(topic, status, "asked", "direct_care")
        actions.record_fact(viewer, person, said, uuid4())
    assert portrait(person, support.TODAY, sensitive=False) == before
    assert "domestic abuse" in portrait(person, support.TODAY, sensitive=True).asked


def test_the_fuller_history_is_prompted_with_its_reason_and_what_to_leave(
    sign_in_as: Any, person: Patient
) -> None:
    client = sign_in_as(Role.CLINICIAN)
    page = client.get(f"/people/{person.id}/").content.decode()
    prompt = page.partition("Ask for a fuller social history")[2].partition("</div>")[0]
    assert "need known from the person" in prompt
    assert "do not press: social isolation" in prompt


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        ({}, ()),
        ({"interpreter_need": "present"}, ("Interpreter needed",)),
        ({"interpreter_need": "absent", "language_main": "present"}, ()),
        (
            {"language_main": "present"},
            ("Main language is not English: ask whether an interpreter is needed",),
        ),
    ],
)
def test_an_interpreter_is_flagged_before_anybody_speaks(
    sign_in_as: Any, person: Patient, said: dict[str, str], flags: tuple[str, ...]
) -> None:
    client = sign_in_as(Role.CLINICIAN)
    for topic, status in said.items():
        stated = Statement(topic, status, "asked", "direct_care")
        actions.record_fact(client.viewer, person, stated, uuid4())
    assert portrait(person, support.TODAY, sensitive=False).flags == flags
    page = client.get(f"/people/{person.id}/").content.decode()
    assert [flag for flag in flags if f"{flag}</strong>" not in page] == []
    assert ("Interpreter needed" in page) == (flags == ("Interpreter needed",))
