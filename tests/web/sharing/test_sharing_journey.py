"""Consent is given with its words, told, and stopped; a record is opened in an emergency."""

from collections.abc import Callable
from typing import Any

import pytest

from fairpractice.web.core.access import Role
from fairpractice.web.patients.models import Patient


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]


@pytest.mark.parametrize("way", [{}, {"javascript": False, "width": 375}], ids=["desktop", "phone"])
def test_a_clinician_records_consent_and_says_how_to_reach_somebody(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    person: Patient,
) -> None:
    page = open_page(**way)
    page.sign_in_as(Role.CLINICIAN)
    page.goto(f"/people/{person.id}/")
    accessible(page)
    page.get_by_role("link", name="Who is told about them").click()
    accessible(page)
    page.get_by_role("link", name="Record a consent").click()
    page.get_by_role("button", name="Continue").click()
    accessible(page)
    page.get_by_role("link", name="Choose who is told").click()
    page.get_by_label("Who is told?").select_option("A charity")
    for words in ("To arrange help", "6 months", "In person"):
        page.get_by_label(words, exact=True).check()
    page.get_by_label("Name and how to get in touch").check()
    page.get_by_role("button", name="Continue").click()
    accessible(page)
    assert "A charity will be told: name and how to" in page.locator("main").inner_text()
    page.get_by_role("button", name="They agree").click()
    page.get_by_role("button", name="Tell them now").click()
    accessible(page)
    page.get_by_role("button", name="Stop this").click()
    assert "Stopped" in page.locator("section.nhsuk-card").inner_text()
    page.get_by_role("link", name="Back to the person").click()
    page.get_by_role("link", name="How to reach them safely").click()
    page.get_by_label("A number that is safe").fill("020 7946 0000")
    page.get_by_role("button", name="Save").click()
    accessible(page)


def test_a_clinician_opens_a_record_in_an_emergency(
    open_page: Callable[..., Any], accessible: Callable[[Any], None], stranger: Patient
) -> None:
    page = open_page(width=375)
    page.sign_in_as(Role.CLINICIAN)
    page.get_by_role("link", name="Open a record in an emergency").click()
    page.get_by_role("button", name="Continue").click()
    accessible(page)
    page.get_by_label("NHS number").fill("999 000 0042")
    page.get_by_label("Date of birth").fill("27/3/1984")
    page.get_by_label("Why can it not wait?").fill("They are unconscious and alone")
    page.get_by_role("button", name="Continue").click()
    accessible(page)
    page.get_by_role("button", name="Open the record").click()
    accessible(page)
    assert page.url.endswith(f"/people/{stranger.id}/")
    assert "Record a circumstance" not in page.locator("main").inner_text()
