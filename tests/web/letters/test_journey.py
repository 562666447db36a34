"""A clinician writes a letter that supports somebody, from what is known of them."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from fairpractice.web.core.access import Role
from fairpractice.web.letters.models import Letter
from fairpractice.web.patients.models import Patient
from tests.web import support


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
WAYS = [
    pytest.param({"javascript": True}, id="desktop"),
    pytest.param({"javascript": False, "width": 375}, id="phone-without-javascript"),
]


@pytest.mark.parametrize("way", WAYS)
def test_a_clinician_writes_a_letter(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    person: Patient,
) -> None:
    page = open_page(**way)
    given_a_clinician_reads_the_portrait(page)
    when_they_draft_a_letter(page, accessible)
    then_what_is_contradicted_waits(page)
    when_they_choose_it_and_edit_the_words(page)
    then_the_letter_is_kept(page, accessible)
    when_they_change_it(page, accessible)
    then_it_can_leave(page, accessible)


def given_a_clinician_reads_the_portrait(page: Any) -> None:
    page.sign_in_as(Role.CLINICIAN)
    page.get_by_role("link", name="Find a person").click()
    page.get_by_label("NHS number").fill("999 000 0018")
    page.get_by_role("button", name="Find by number").click()


def when_they_draft_a_letter(page: Any, accessible: Callable[[Any], None]) -> None:
    page.get_by_role("button", name="benefits").click()
    expect(page).to_have_title("Write a letter - Fairpractice")
    accessible(page)


def then_what_is_contradicted_waits(page: Any) -> None:
    debt = page.get_by_role("checkbox", name="Debt: recorded by our team")
    assert not debt.is_checked()
    said = page.locator("main").inner_text()
    assert "settle it before the letter leaves" in said
    assert "Debt" not in page.get_by_label("The letter").input_value()


def when_they_choose_it_and_edit_the_words(page: Any) -> None:
    page.get_by_role("checkbox", name="Debt: recorded by our team").check()
    page.get_by_label("To whom it goes").fill("The advice office")
    page.get_by_role("button", name="Draft again").click()
    letter = page.get_by_label("The letter")
    expect(letter).to_have_value(re.compile("The advice office"))
    drafted = letter.input_value()
    assert "Debt: recorded by our team" in drafted
    letter.fill(drafted.replace("To whom it may concern", "Dear colleague"))
    page.get_by_role("button", name="Keep this letter").click()


def then_the_letter_is_kept(page: Any, accessible: Callable[[Any], None]) -> None:
    page.get_by_text("The letter is kept").wait_for()
    assert "Dear colleague" in page.locator("main").inner_text()
    assert Letter.objects.get().latest.facts == ["topic:debt"]
    accessible(page)


def when_they_change_it(page: Any, accessible: Callable[[Any], None]) -> None:
    page.get_by_role("link", name="Change the letter").click()
    accessible(page)
    page.get_by_label("The letter").fill("")
    page.get_by_role("button", name="Keep this letter").click()
    expect(page).to_have_title("Error: Change a letter - Fairpractice")
    page.get_by_role("link", name="Write the letter").click()
    assert page.evaluate("document.activeElement.id") == "text"
    page.get_by_label("The letter").fill("Dear colleague\n\nPlease help.")
    page.get_by_role("button", name="Keep this letter").click()


def then_it_can_leave(page: Any, accessible: Callable[[Any], None]) -> None:
    with page.expect_download() as download:
        page.get_by_role("button", name="Download as text").click()
    assert download.value.suggested_filename == "letter.txt"
    page.emulate_media(media="print")
    printed = page.locator("body").inner_text().split()
    assert printed == ["Dear", "colleague", "Please", "help."], "and nothing around it"
    page.emulate_media(media="screen")
    page.reload()
    assert "downloaded by Demo clinician" in page.locator("main").inner_text()
    assert page.get_by_text("Version 1").is_visible()
    assert page.get_by_role("button", name="Print").count() == (1 if page.javascript else 0)
    accessible(page)


PORTRAIT, FACT, LETTER = 2, 4, 4
"""How many pages load from the first one after signing in."""


@pytest.mark.parametrize(
    ("do", "most"),
    [
        pytest.param(lambda page: None, PORTRAIT, id="portrait"),
        pytest.param(lambda page: record_a_fact(page), FACT, id="fact"),
        pytest.param(lambda page: keep_a_letter(page), LETTER, id="letter"),
    ],
)
def test_it_takes_four_pages_at_most(
    do: Callable[[Any], None], most: int, open_page: Callable[..., Any], person: Patient
) -> None:
    assert most <= 4
    page = open_page()
    page.sign_in_as(Role.CLINICIAN)
    page.wait_for_load_state()
    loaded: list[str] = []
    page.on("domcontentloaded", lambda page: loaded.append(page.url))
    page.get_by_role("link", name="Find a person").click()
    page.get_by_label("NHS number").fill("999 000 0018")
    page.get_by_role("button", name="Find by number").click()
    page.get_by_role("heading", name=f"Person 1 {support.PEOPLE[0]['family_name']}").wait_for()
    do(page)
    assert len(loaded) == most


def record_a_fact(page: Any) -> None:
    page.get_by_role("link", name="Record a circumstance").click()
    page.get_by_role("button", name="Yes to fuel poverty").click()
    page.get_by_text("Recorded.", exact=True).wait_for()


def keep_a_letter(page: Any) -> None:
    page.get_by_role("button", name="housing").click()
    page.get_by_role("button", name="Keep this letter").click()
    page.get_by_text("The letter is kept").wait_for()


def test_it_is_done_by_keyboard_alone(open_page: Callable[..., Any], person: Patient) -> None:
    page = open_page()
    given_a_clinician_reads_the_portrait(page)
    for words in ("Supporting letter about housing", "Keep this letter"):
        page.get_by_role("button", name=words).focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert Letter.objects.get().kind == "housing"
