"""A clinician finds a person, reads what is known, and records what they heard."""

from collections.abc import Callable
from typing import Any

import pytest

from fairpractice.web.core.access import Role
from fairpractice.web.patients.models import Patient, SocialFact
from tests.web import support


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
WAYS = [
    pytest.param({"javascript": True}, id="desktop"),
    pytest.param({"javascript": False}, id="without-javascript"),
    pytest.param({"width": 375}, id="phone"),
    pytest.param({"width": 320}, id="enlarged-four-times"),
]


@pytest.mark.parametrize("way", WAYS)
def test_a_clinician_finds_a_person_and_records_what_they_heard(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    person: Patient,
) -> None:
    page = open_page(**way)
    given_a_clinician_has_signed_in(page)
    accessible(page)
    when_they_look_for_the_person_by_nhs_number(page)
    then_the_portrait_says_what_is_known(page, person)
    accessible(page)
    when_they_record_that_there_is_no_food_insecurity_in_two_clicks(page, accessible)
    then_it_is_on_the_portrait(page)
    accessible(page)
    when_they_correct_it(page, accessible)
    then_its_history_says_what_it_was_before(page, accessible)


def given_a_clinician_has_signed_in(page: Any) -> None:
    page.sign_in_as(Role.CLINICIAN)
    assert page.title() == "Six questions - Fairpractice"


def when_they_look_for_the_person_by_nhs_number(page: Any) -> None:
    page.get_by_role("link", name="Find a person").click()
    page.get_by_label("NHS number").fill("999 000 0018")
    page.get_by_role("button", name="Find by number").click()


def then_the_portrait_says_what_is_known(page: Any, person: Patient) -> None:
    assert page.url.endswith(f"/people/{person.id}/")
    assert page.title() == "Portrait - Fairpractice"
    said = page.locator("main").inner_text()
    for words in (
        "Person 1 Testperson",
        "NHS number 999 000 0018",
        "decile 1 of 10",
        "rank 1 of 10",
        "about the area, not the person",
        "Contradicted by another source: No, from another organisation",
        "Older than 6 months",
        "They would rather not say. Do not press.",
        "2 of 3 with the same clinician",
        "missed 1",
    ):
        assert words in said, words
    debt = page.locator(".nhsuk-summary-list__row", has_text="Debt")
    assert debt.locator(".nhsuk-tag").inner_text() == "Yes"


def when_they_record_that_there_is_no_food_insecurity_in_two_clicks(
    page: Any, accessible: Callable[[Any], None]
) -> None:
    page.get_by_role("link", name="Record a circumstance").click()
    accessible(page)
    page.get_by_role("button", name="No to food insecurity").click()


def then_it_is_on_the_portrait(page: Any) -> None:
    assert "Recorded." in page.get_by_role("alert").inner_text()
    row = page.locator(".nhsuk-summary-list__row", has_text="Food insecurity")
    assert row.locator(".nhsuk-tag").inner_text() == "No"
    assert "No, asked by the team" in row.inner_text()
    fact = SocialFact.objects.get()
    assert (fact.topic, fact.status, fact.lawful_basis) == (
        "food_insecurity",
        "absent",
        "direct_care",
    )


def when_they_correct_it(page: Any, accessible: Callable[[Any], None]) -> None:
    page.get_by_role("link", name="Look into food insecurity").click()
    accessible(page)
    page.get_by_role("link", name="Correct this").click()
    page.get_by_role("button", name="Correct it").click()
    assert page.title() == "Error: Correct an entry - Fairpractice"
    accessible(page)
    page.get_by_role("link", name="Choose what it should say").click()
    assert page.evaluate("document.activeElement.id") == "status"
    page.get_by_label("Yes", exact=True).check()
    page.get_by_label("Why?").fill("I had misheard")
    page.get_by_role("button", name="Correct it").click()


def then_its_history_says_what_it_was_before(page: Any, accessible: Callable[[Any], None]) -> None:
    row = page.locator(".nhsuk-summary-list__row", has_text="Food insecurity")
    assert row.locator(".nhsuk-tag").inner_text() == "Yes"
    page.get_by_role("link", name="Look into food insecurity").click()
    said = page.locator("main").inner_text()
    assert said.index("Now: Yes") < said.index("I had misheard") < said.index("Before: No")
    accessible(page)


def test_it_is_done_by_keyboard_alone(open_page: Callable[..., Any], person: Patient) -> None:
    page = open_page()
    page.goto("/sign-in/")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to main content"
    tab_to(page, "Sign in as clinician")
    enter(page)
    tab_to(page, "Find a person and record what you heard")
    enter(page)
    tab_to(page, "nhs-number")
    page.keyboard.type("9990000018")
    enter(page)
    assert page.url.endswith(f"/people/{person.id}/")
    tab_to(page, "Record a circumstance")
    enter(page)
    tab_to(page, "Yes to fuel poverty")
    enter(page)
    assert SocialFact.objects.get().topic == "fuel_poverty"


def enter(page: Any) -> None:
    """Press Enter, and wait for the page that follows."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def focused(page: Any) -> str:
    words: str = page.evaluate(
        "(document.activeElement.textContent.trim() || document.activeElement.id)"
    )
    return " ".join(words.split())


def tab_to(page: Any, words: str) -> None:
    """Press Tab until something is focused; what is focused on the way can be seen."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if focused(page) == words:
            return
    raise AssertionError(f"{words!r} is not reached by keyboard")


def test_what_was_entered_wrongly_is_said_and_kept(
    open_page: Callable[..., Any], accessible: Callable[[Any], None], person: Patient
) -> None:
    page = open_page()
    page.sign_in_as(Role.CARE_NAVIGATOR)
    page.get_by_role("link", name="Find a person").click()
    page.get_by_label("NHS number").fill("12345")
    page.get_by_role("button", name="Find by number").click()
    assert page.title() == "Error: Find a person - Fairpractice"
    assert page.get_by_label("NHS number").input_value() == "12345"
    accessible(page)
    page.get_by_role("link", name="An NHS number has 10 digits").click()
    assert page.evaluate("document.activeElement.id") == "nhs-number"
    page.get_by_label("Family name").fill("Testtwin")
    for part, value in (("Day", "31"), ("Month", "2"), ("Year", "1990")):
        page.get_by_label(part).fill(value)
    page.get_by_role("button", name="Find by name").click()
    assert "That day is not in the calendar" in page.locator("main").inner_text()
    accessible(page)


def test_of_two_people_of_one_name_and_birth_the_right_one_is_chosen(
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    people: dict[str, list[Patient]],
) -> None:
    page = open_page()
    page.sign_in_as(Role.CARE_NAVIGATOR)
    page.get_by_role("link", name="Find a person").click()
    page.get_by_label("Family name").fill("test twin")
    for part, value in (("Day", "2"), ("Month", "1"), ("Year", "1990")):
        page.get_by_label(part).fill(value)
    page.get_by_role("button", name="Find by name").click()
    accessible(page)
    page.get_by_role("link", name="NHS number 999 000 0034").click()
    assert page.url.endswith(f"/people/{people[support.PRACTICE][2].id}/")


@pytest.mark.parametrize("width", [1280, 375])
def test_a_page_that_is_refused_or_not_there_says_so(
    width: int, open_page: Callable[..., Any], accessible: Callable[[Any], None], person: Patient
) -> None:
    page = open_page(width=width)
    page.allows(403)
    page.allows(404)
    page.sign_in_as(Role.ANALYST)
    page.goto(f"/people/{person.id}/")
    assert page.get_by_role("heading", level=1).inner_text() == "You cannot open this"
    accessible(page)
    page.goto("/nothing/")
    assert page.get_by_role("heading", level=1).inner_text() == "Page not found"
    accessible(page)
