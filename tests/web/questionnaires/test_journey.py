"""Somebody opens a link, answers at their own pace, is told whom to call, and leaves at once."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.organisations.models import Membership
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.questionnaires import asking, catalogue, links, own
from fairpractice.web.questionnaires.models import Ask


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
TOPICS = ("health", "home", "money", "debt", "food", "life", "suicide", "circumstance", "abuse")


def given_somebody_was_asked(person: Patient) -> tuple[Ask, str]:
    member = Membership.objects.get(role=Role.CLINICIAN)
    viewer = Viewer(
        member.user_id, "", Role.CLINICIAN, member.organisation_id, "", frozenset({"practice"})
    )
    chosen = catalogue.everything()["your-circumstances"]
    ask, code = asking.ask(viewer, person, chosen, "letter", "direct_care", uuid4(), "")
    return ask, links.written(code)


def when_they_open_the_link(page: Any, code: str) -> None:
    page.goto(f"/reply/{code}/")
    for part, value in (("Day", "27"), ("Month", "3"), ("Year", "1984")):
        page.get_by_label(part).fill(value)
    go(page, "Continue")


def go(page: Any, words: str) -> None:
    """Press a button; the page that follows has no word of the topic around it."""
    page.get_by_role("button", name=words).click()
    around = f"{page.url.partition('//')[2]} {page.title()}".lower()
    assert not [word for word in TOPICS if word in around]


def number(ask: Ask, link_id: str) -> str:
    found = catalogue.find(ask.questionnaire)
    assert found
    at = [item.link_id for item in found.questions].index(link_id) + 1
    return f"/my/{ask.patient_id}/{ask.id}/{at}/"


@pytest.mark.parametrize(
    "way",
    [
        pytest.param({"width": 375}, id="phone"),
        pytest.param({"javascript": False}, id="without-javascript"),
    ],
)
def test_somebody_answers_and_is_stopped_at_what_cannot_wait(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    person: Patient,
) -> None:
    page = open_page(**way)
    ask, code = given_somebody_was_asked(person)
    when_they_open_the_link(page, code)
    page.get_by_role("link", name="Read about it and begin").click()
    assert "Why we ask, and who sees it" in page.locator("main").inner_text()
    accessible(page)
    go(page, "Begin")
    page.get_by_label("I would rather not say").check()
    go(page, "Save and continue")
    page.goto(number(ask, "life"))
    page.locator("input[name=answer]").nth(2).check()
    go(page, "Save and continue")
    said = page.locator("main").inner_text()
    assert said.index("999") < said.index("116 123")
    assert "Nobody is watching" in said
    accessible(page)
    go(page, "I have read this")
    page.get_by_label("What matters most").fill("x" * 4001)
    go(page, "Save and continue")
    assert page.title() == f"Error: Question {number(ask, 'matters').split('/')[-2]} - Fairpractice"
    accessible(page)
    assert not SocialFact.objects.exists(), "nothing is stated before it is sent"


def test_somebody_leaves_at_once_by_keyboard_and_going_back_shows_nothing(
    open_page: Callable[..., Any], person: Patient, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own, "LEAVE_TO", f"{site}/sign-in/")  # no test asks another host
    page = open_page()
    _, code = given_somebody_was_asked(person)
    when_they_open_the_link(page, code)
    page.get_by_role("link", name="Leave this page now").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/")
    page.go_back()
    assert "Your pages" not in page.content()
    assert not [each for each in page.context.cookies() if each["name"] == "session"]
