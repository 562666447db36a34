"""A link worker goes from signing in to a closed case, without help."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from fairpractice.web.cases.models import Case
from fairpractice.web.core.access import Role
from fairpractice.web.patients.models import Patient


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
PAGES = 13  # loads, from the sign-in page on: each costs some of somebody's day


@pytest.mark.usefixtures("listing")
@pytest.mark.parametrize(
    "way",
    [
        pytest.param({"javascript": False, "width": 375}, id="phone-without-javascript"),
        pytest.param({"javascript": True}, id="desktop", marks=pytest.mark.soak),
    ],
)
def test_a_link_worker_takes_somebody_on_helps_them_and_closes_the_case(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    person: Patient,
) -> None:
    page, loaded = open_page(**way), []
    page.on("load", lambda _: loaded.append(page.url))
    main = page.locator("main")

    def press(name: str, heading: str) -> None:
        found = main.get_by_role("link", name=name).or_(main.get_by_role("button", name=name))
        found.first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        accessible(page)

    page.sign_in_as(Role.LINK_WORKER)
    press("See who may be missing out", "Who may be missing out")
    press("Social need", "Social need present")
    expect(main).not_to_contain_text("Testperson")
    press("Take on", "Person 1 Testperson")
    press("Record a contact", "Record a contact")
    page.get_by_label("A call", exact=True).check()
    page.get_by_label("Spoke with them").check()
    press("Record", "Person 1 Testperson")
    press("Add a need", "Add a need")
    press("Wants help for debt", "Person 1 Testperson")
    press("Agree a goal", "Agree a goal")
    page.get_by_label("What do they want to come to?").fill("To open letters again")
    press("Write it down", "Person 1 Testperson")
    press("Close the case", "Close the case")
    page.get_by_role("group", name="What came of it?").get_by_label("Resolved", exact=True).check()
    became = page.get_by_role("group", name="What became of: debt?")
    became.get_by_label("Partly resolved").check()
    press("Close the case", "Your caseload")
    case = Case.objects.get(patient=person)
    assert (case.outcome, case.needs.get().result) == ("resolved", "partly")
    assert "Wanted help with: debt." in case.told
    assert len(loaded) <= PAGES
