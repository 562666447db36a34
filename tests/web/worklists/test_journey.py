"""A clinician looks who may be missing out, and goes on to the person."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from fairpractice.web.core.access import Role
from fairpractice.web.patients.models import Patient
from fairpractice.web.worklists import making


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]


@pytest.mark.usefixtures("few_rules")
@pytest.mark.parametrize(
    "way",
    [
        pytest.param({"javascript": True}, id="desktop", marks=pytest.mark.soak),
        pytest.param({"javascript": False, "width": 375}, id="phone-without-javascript"),
    ],
)
def test_a_clinician_sees_who_may_be_missing_out_and_goes_to_the_person(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    person: Patient,
) -> None:
    making.refresh()
    page = open_page(**way)
    page.sign_in_as(Role.CLINICIAN)
    page.locator("main").get_by_role("link", name="See who may be missing out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Who may be missing out")
    accessible(page)
    page.get_by_role("link", name="Social need").click()
    expect(page.get_by_role("heading", name="1 person")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Person 1 Testperson", exact=True).click()
    expect(page.get_by_role("heading", name="May be missing out")).to_be_visible()
    assert page.url.endswith(f"/people/{person.id}/")
    accessible(page)
