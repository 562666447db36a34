"""A care navigator settles what is to be coded or put right, and undoes what was a mistake."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from fairpractice.web.accounts.models import User
from fairpractice.web.core.access import Role
from fairpractice.web.patients.models import Patient, SocialFact
from tests.web import support


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
WAYS = [
    pytest.param({"javascript": True}, id="desktop"),
    pytest.param({"javascript": False, "width": 375}, id="phone-without-javascript"),
]


@pytest.mark.parametrize("way", WAYS)
def test_a_care_navigator_settles_what_is_found(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    person: Patient,
) -> None:
    page = open_page(**way)
    given_somebody_wrote_and_two_colleagues_recorded_one_thing(person)
    when_a_care_navigator_opens_the_queues(page, accessible)
    then_a_sentence_is_recorded_by_one_press(page, accessible)
    then_it_can_be_undone(page)
    then_it_can_be_set_aside(page)
    then_one_of_two_alike_is_taken_back(page, accessible)
    then_a_contradiction_is_left_until_they_are_asked(page, accessible)
    then_those_of_whom_nothing_is_recorded_are_listed(page, accessible)


def given_somebody_wrote_and_two_colleagues_recorded_one_thing(person: Patient) -> None:
    colleague = User.objects.get(name="Demo clinician")
    person.own_words.create(
        about="matters", words="My allotment. We skip meals since May.", told_by=colleague
    )
    for route in ("asked", "self_reported"):
        id = uuid4()
        SocialFact.objects.create(
            id=id, thread=id, patient=person, topic="transport", status="present", route=route,
            source_organisation=person.practice, recorded_by=colleague, recorded_on=support.TODAY,
            recorder_role=Role.CLINICIAN, lawful_basis="direct_care", sensitivity="ordinary",
        )  # fmt: skip


def when_a_care_navigator_opens_the_queues(page: Any, accessible: Callable[[Any], None]) -> None:
    page.sign_in_as(Role.CARE_NAVIGATOR)
    page.get_by_role("link", name="See what to code and put right").click()
    expect(page).to_have_title("What to code and put right - Fairpractice")
    accessible(page)


def then_a_sentence_is_recorded_by_one_press(page: Any, accessible: Callable[[Any], None]) -> None:
    page.get_by_role("link", name="In letters and their own words").click()
    expect(page.get_by_text("We skip meals since May.")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Record food insecurity: yes").click()
    expect(page.get_by_text("Nothing to settle.")).to_be_visible()
    assert SocialFact.objects.filter(topic="food_insecurity", route="self_reported").exists()
    accessible(page)


def then_it_can_be_undone(page: Any) -> None:
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone.")).to_be_visible()


def then_it_can_be_set_aside(page: Any) -> None:
    page.get_by_role("button", name="It is no longer so").click()
    expect(page.get_by_text("set aside: it is no longer so")).to_be_visible()
    page.get_by_role("link", name="All queues").click()


def then_one_of_two_alike_is_taken_back(page: Any, accessible: Callable[[Any], None]) -> None:
    page.get_by_role("link", name="Recorded more than once").click()
    accessible(page)
    page.get_by_role("button", name="Keep number 1").click()
    expect(page.get_by_text("Nothing to settle.")).to_be_visible()
    page.get_by_role("link", name="All queues").click()


def then_a_contradiction_is_left_until_they_are_asked(
    page: Any, accessible: Callable[[Any], None]
) -> None:
    page.get_by_role("link", name="Contradicted by another source").click()
    expect(page.get_by_role("heading", name="Debt: sources contradict each other")).to_be_visible()
    accessible(page)
    page.get_by_role("button", name="Both stay until they are asked").click()
    expect(page.get_by_text("set aside: both stay until they are asked")).to_be_visible()
    page.get_by_role("link", name="All queues").click()


def then_those_of_whom_nothing_is_recorded_are_listed(
    page: Any, accessible: Callable[[Any], None]
) -> None:
    page.get_by_role("link", name="Nothing recorded").click()
    expect(page.get_by_role("link", name="by a link")).to_have_count(2)
    accessible(page)
    page.get_by_role("button", name="Not a good time to ask").first.click()
    expect(page.get_by_role("link", name="by a link")).to_have_count(1)
