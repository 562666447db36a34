"""A link worker finds a service for somebody; a partner keeps its entry fresh."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from fairpractice.web.core.access import Role
from fairpractice.web.directory import demo
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
PHONE = {"javascript": False, "width": 375}
DESKTOP: dict[str, Any] = {}
SOAK = pytest.mark.soak


@pytest.fixture
def partner(site: str) -> Organisation:
    """The partner of the personas, which keeps some of a fictional directory."""
    found: Organisation = Organisation.objects.get(code="P0001")
    demo.make(found)
    return found


@pytest.mark.parametrize("way", [DESKTOP, pytest.param(PHONE, marks=SOAK)], ids=["desk", "phone"])
def test_somebody_is_found_a_service_with_why_and_what_to_ask(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    partner: Organisation,
    person: Patient,
) -> None:
    page = open_page(**way)
    page.sign_in_as(Role.CARE_NAVIGATOR)
    page.get_by_role("link", name="Find a service").first.click()
    accessible(page)
    page.get_by_label("What are you looking for?").fill("fod bnak")
    page.get_by_role("button", name="Look").click()
    expect(page.get_by_role("heading", name="2 services that may suit")).to_be_visible()
    expect(page.get_by_role("heading", level=3).first).to_have_text("Fairport community food bank")
    accessible(page)
    page.goto(f"/people/{person.id}/services/")
    page.get_by_label("What should it help with?").select_option("Debt")
    page.get_by_text("Where, when and how").click()
    page.get_by_label("Language, if not English").fill("bengali")
    page.get_by_label("Tuesday").check()
    page.get_by_role("button", name="Look").click()
    found = page.get_by_role("listitem").filter(has_text="Debt and money advice").first
    expect(found).to_contain_text("Helps with debt")
    expect(found).to_contain_text("open on Tuesday (all day); offers Bengali")
    expect(found).to_contain_text("has 6 places")
    accessible(page)
    page.get_by_role("link", name="Debt and money advice").click()
    accessible(page)
    expect(page.locator("main")).to_contain_text("Checked 9 days ago")


@pytest.mark.parametrize("way", [PHONE, pytest.param(DESKTOP, marks=SOAK)], ids=["phone", "desk"])
def test_a_partner_keeps_its_entry_fresh(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    partner: Organisation,
) -> None:
    page = open_page(**way)
    page.sign_in_as(Role.COMMUNITY_PARTNER)
    page.get_by_role("link", name="Keep entries of the directory fresh").first.click()
    accessible(page)
    page.get_by_role("button", name=re.compile("still right.*Benefits check evening")).click()
    expect(page.get_by_role("alert")).to_contain_text("checked today")
    page.get_by_label("Places free at Housing rights desk").fill("0")
    page.get_by_role("button", name="Save the places of Housing rights desk").click()
    expect(page.get_by_role("alert")).to_contain_text("places free, 0")
    page.get_by_role("link", name="Change Debt and money advice").click()
    accessible(page)
    page.get_by_label("Monday", exact=True).fill("noonish")
    page.get_by_role("button", name="Save").click()
    accessible(page)
    page.get_by_label("Monday", exact=True).fill("10 to 12")
    page.get_by_role("button", name="Save").click()
    accessible(page)
    expect(page.locator("main")).to_contain_text("Monday, 10:00 to 12:00")


def test_an_administrator_looks_after_the_directory(
    open_page: Callable[..., Any], accessible: Callable[[Any], None], partner: Organisation
) -> None:
    page = open_page()
    page.sign_in_as(Role.ADMINISTRATOR)
    page.get_by_role("link", name="Look after the directory").first.click()
    accessible(page)
    page.get_by_label("Whose directory it is").fill("A council")
    content = b'[{"id": "1", "name": "Walks", "status": "active"}, {"id": "2", "status": "active"}]'
    file = {"name": "services.json", "mimeType": "application/json", "buffer": content}
    page.get_by_label("Files").set_input_files(file)
    page.get_by_role("button", name="Check the files").click()
    expect(page.locator("main")).to_contain_text("rows[1]: it has no name")
    accessible(page)
    page.get_by_role("button", name="Accept it").click()
    expect(page.get_by_role("alert")).to_contain_text("The directory has it now")
    page.goto("/services/entries/")
    page.get_by_role("link", name="Walks", exact=True).click()
    page.get_by_role("link", name="Who keeps it").click()
    accessible(page)
    page.get_by_label("Which partner keeps it?").select_option(partner.name)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text(f"{partner.name} keeps this entry")
