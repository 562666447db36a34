"""An agreement is put on file, and a council's file is looked at, accepted, settled and undone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from fairpractice.web.core.access import Role
from fairpractice.web.patients.models import Patient, SocialFact
from tests.web import feed
from tests.web.support import TODAY


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
WAYS = [
    pytest.param({"javascript": True}, id="desktop"),
    pytest.param({"javascript": False, "width": 375}, id="phone-without-javascript"),
]


@pytest.mark.parametrize("way", WAYS)
def test_a_file_comes_from_another_organisation(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    person: Patient,
) -> None:
    page = open_page(**way)
    given_an_administrator_puts_an_agreement_on_file(page, accessible)
    when_a_coder_checks_a_file(page, accessible, person)
    then_what_it_would_do_adds_up(page, accessible)
    when_what_is_held_is_settled(page, accessible)
    then_it_is_accepted(page, accessible, person)
    when_it_is_undone(page, accessible)


def given_an_administrator_puts_an_agreement_on_file(
    page: Any, accessible: Callable[[Any], None]
) -> None:
    page.sign_in_as(Role.ADMINISTRATOR)
    page.get_by_role("link", name="Agreements by which others send facts").click()
    page.get_by_role("button", name="Put it on file").click()
    expect(page).to_have_title("Error: Agreements - Fairpractice")
    accessible(page)
    page.get_by_label("A charity").check()
    page.get_by_label("Where is the agreement kept?").fill("Agreement 12 of 2026")
    page.get_by_label("What are the facts sent for?").fill("Finding who needs help")
    page.get_by_label("a sharing agreement").check()
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_label("The day on which it is over").fill(f"{TODAY.year + 1}-12-31")
    page.get_by_label("a housing problem").check()
    for name, heading in zip(feed.NAMES, feed.HEADINGS, strict=True):
        page.locator(f"#column_{name}").fill(heading)
    page.get_by_role("button", name="Put it on file").click()
    page.get_by_text("The agreement is on file.").wait_for()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("heading", name="Sign in", exact=True).wait_for()
    page.wait_for_load_state()


def when_a_coder_checks_a_file(
    page: Any, accessible: Callable[[Any], None], person: Patient
) -> None:
    page.sign_in_as(Role.CODER)
    page.get_by_role("link", name="Take in what another organisation sends").click()
    page.get_by_role("button", name="Check the file").click()
    expect(page).to_have_title("Error: What others send - Fairpractice")
    page.get_by_role("link", name="Choose a file").wait_for()
    accessible(page)
    sent = [
        feed.line_of(person),
        feed.line_of(person, born="1984-03-28", status="absent"),
        feed.line_of(person, status="perhaps"),
        feed.line_of(person, number="9990000069", family="Nobody"),
    ]
    file = {"name": "facts.csv", "mimeType": "text/csv", "buffer": feed.file_of(sent)}
    page.get_by_label("File from A charity").set_input_files(file)
    page.get_by_role("button", name="Check the file").click()
    expect(page).to_have_title("A file - Fairpractice")


def then_what_it_would_do_adds_up(page: Any, accessible: Callable[[Any], None]) -> None:
    numbers = [each.split("\t") for each in page.locator("tbody tr").all_inner_texts()]
    assert [int(number) for _, number in numbers] == [1, 1, 1, 1, 4]
    assert "Line 4: The status is neither present nor absent." in page.locator("main").inner_text()
    assert not SocialFact.objects.exists()
    accessible(page)


def when_what_is_held_is_settled(page: Any, accessible: Callable[[Any], None]) -> None:
    page.get_by_role("link", name="Settle line 3").click()
    expect(page).to_have_title("Settle a line - Fairpractice")
    accessible(page)
    page.get_by_role("button", name="It is nobody registered here").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_text("Settled.", exact=True).wait_for()


def then_it_is_accepted(page: Any, accessible: Callable[[Any], None], person: Patient) -> None:
    page.get_by_role("button", name="Accept: record 1 fact").click()
    page.get_by_text("Accepted. What it says").wait_for()
    accessible(page)
    page.get_by_role("link", name=person.name).click()
    page.get_by_text("Latest: Yes, from another organisation").wait_for()
    page.go_back()


def when_it_is_undone(page: Any, accessible: Callable[[Any], None]) -> None:
    page.get_by_label("Why?").fill("The wrong month")
    page.get_by_role("button", name="Undo the file").click()
    page.get_by_text("Undone. 1 fact was taken back.").wait_for()
    assert SocialFact.objects.filter(retracted=True).count() == 1
    accessible(page)
