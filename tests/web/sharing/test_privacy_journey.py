"""A privacy officer looks into an emergency, searches the trail, and exports what is held."""

import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from fairpractice.web.accounts.models import User
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.organisations.models import Membership
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing import consent, emergency


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
WAYS = [
    pytest.param({}, id="desktop"),
    pytest.param({"javascript": False}, id="without-javascript"),
    pytest.param({"width": 375}, id="phone"),
]


@pytest.fixture
def an_emergency(site: str, stranger: Patient, person: Patient) -> None:
    """The persona of a clinician opened the record of somebody of another practice."""
    member = Membership.objects.get(role=Role.CLINICIAN)
    at, user = member.organisation, User.objects.get(id=member.user_id)
    viewer = Viewer(user.id, user.name, Role.CLINICIAN, at.id, at.name, frozenset({"practice"}))
    emergency.open_record(viewer, stranger, "They are unconscious and alone", uuid4())
    charity = Membership.objects.get(role=Role.COMMUNITY_PARTNER).organisation
    said = consent.Agreed(charity, "support", ("contact",), 6, "in_person")
    consent.give(viewer, person, said, uuid4())


@pytest.mark.parametrize("way", WAYS)
def test_a_privacy_officer_looks_after_privacy(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    an_emergency: None,
) -> None:
    page = open_page(**way)
    page.sign_in_as(Role.PRIVACY_OFFICER)
    accessible(page)
    page.get_by_role("link", name="1 record was opened in an emergency").click()
    page.get_by_role("link", name="Demo clinician").click()
    accessible(page)
    assert "They are unconscious and alone" in page.locator("main").inner_text()
    page.get_by_label("It was justified").check()
    page.get_by_role("button", name="Save").click()
    accessible(page)
    page.get_by_role("link", name="Back to privacy").click()
    accessible(page)
    page.get_by_role("link", name="Search the audit trail").click()
    page.get_by_label("About whom? NHS number").fill("999 000 0042")
    page.get_by_role("button", name="Search").click()
    accessible(page)
    assert "Open in an emergency" in page.locator("table").inner_text()
    page.get_by_role("link", name="Back to privacy").click()
    page.get_by_role("link", name="Register of consents").click()
    accessible(page)
    page.get_by_role("link", name="Back to privacy").click()
    page.get_by_role("link", name="How long things are kept").click()
    accessible(page)
    page.get_by_role("link", name="Back to privacy").click()
    page.get_by_role("link", name="Export what is held").click()
    page.get_by_label("NHS number").fill("9990000018")
    page.get_by_role("button", name="Look it through").click()
    accessible(page)
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take the export").click()
    with zipfile.ZipFile(taken.value.path()) as archive:
        assert sorted(archive.namelist()) == ["everything.json", "read-me-first.html"]


def test_an_emergency_is_looked_into_by_keyboard_alone(
    open_page: Callable[..., Any], an_emergency: None
) -> None:
    page = open_page()
    page.sign_in_as(Role.PRIVACY_OFFICER)
    for words in ("1 record was opened in an emergency", "Demo clinician"):
        press_on(page, words)
    tab_to(page, "found")
    page.keyboard.press("Space")
    press_on(page, "Save")
    assert emergency.waiting(Membership.objects.get(role=Role.PRIVACY_OFFICER).organisation_id) == 0


def press_on(page: Any, words: str) -> None:
    tab_to(page, words)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def tab_to(page: Any, words: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        focused: str = page.evaluate(
            "document.activeElement.textContent.trim() || document.activeElement.id"
        )
        if focused.startswith(words):
            return
    raise AssertionError(f"{words!r} is not reached by keyboard")
