"""A link worker refers somebody; the charity answers and says what became of it; both follow it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from fairpractice.web.accounts.models import User
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from tests.web import referring, support


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
PHONE = {"javascript": False, "width": 375}


def link_worker(network: Organisation) -> Viewer:
    """Return the link worker of the demonstration."""
    user = User.objects.get(username="persona-link-worker")
    role, place = Role.LINK_WORKER, network
    return Viewer(user.id, user.name, role, place.id, place.name, frozenset({"network"}))


@pytest.mark.parametrize(
    "way", [pytest.param({}, id="desktop"), pytest.param(PHONE, id="phone", marks=pytest.mark.soak)]
)
def test_a_link_worker_refers_and_the_charity_says_what_became_of_it(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    practice: Organisation,
    person: Patient,
) -> None:
    ours, theirs = open_page(**way), open_page(**way)
    assert practice.network
    case = support.has_case(link_worker(practice.network), person)
    asked = referring.of_charity("P0001", "A charity")

    ours.sign_in_as(Role.LINK_WORKER)
    ours.get_by_role("link", name="See your caseload").click()
    ours.get_by_role("link", name=person.name).click()
    ours.get_by_role("link", name="Refer to a service").click()
    accessible(ours)
    ours.get_by_label("Debt", exact=True).check()
    ours.get_by_role("button", name="Continue").click()
    accessible(ours)
    ours.get_by_label(asked.name).check()
    ours.get_by_role("button", name="Continue").click()
    ours.get_by_role("button", name="Continue").click()
    accessible(ours)
    ours.get_by_label("Name and how to get in touch").check()
    ours.get_by_label("What is known of their circumstances").check()
    ours.get_by_label("What do you ask of the service?").fill("Help with letters")
    for words in ("6 months", "In person"):
        ours.get_by_label(words, exact=True).check()
    ours.get_by_role("button", name="Continue").click()
    accessible(ours)
    ours.get_by_role("button", name="They agree: send it").click()
    accessible(ours)

    theirs.sign_in_as(Role.COMMUNITY_PARTNER)
    theirs.get_by_role("link", name="See referrals sent to us").click()
    accessible(theirs)
    theirs.goto("/")
    theirs.get_by_role("link", name="1 referral waits for your answer").click()
    theirs.get_by_role("link", name=person.name).click()
    accessible(theirs)
    theirs.get_by_role("button", name="Accept", exact=True).click()
    theirs.get_by_label("Write a message").fill("Which day suits?")
    theirs.get_by_role("button", name="Send the message").click()
    expect(theirs.locator("main")).to_contain_text("Which day suits?")

    ours.goto("/cases/")
    accessible(ours)
    ours.get_by_role("link", name="All the referrals that you follow").click()
    accessible(ours)
    ours.get_by_role("link", name=person.name).click()
    ours.get_by_label("Write a message").fill("Any Tuesday")
    ours.get_by_role("button", name="Send the message").click()
    expect(ours.locator("main")).to_contain_text("Any Tuesday")

    theirs.goto("/")
    accessible(theirs)
    theirs.get_by_role("link", name="1 message is new").click()
    expect(theirs.locator("main")).to_contain_text("1 new message")
    accessible(theirs)
    theirs.get_by_role("link", name=person.name).click()
    expect(theirs.locator("main")).to_contain_text(re.compile("New.*Any Tuesday", re.DOTALL))
    accessible(theirs)
    theirs.get_by_role("button", name="Start", exact=True).click()
    theirs.get_by_role("link", name="Record the outcome").click()
    theirs.get_by_role("button", name="Record the outcome").click()
    accessible(theirs)
    theirs.get_by_label("The need was met in part").check()
    theirs.get_by_label("What was done?").fill("A plan is agreed")
    theirs.get_by_role("button", name="Record the outcome").click()
    expect(theirs.locator("main")).to_contain_text("Completed")
    accessible(theirs)

    ours.reload()
    expect(ours.locator("main")).to_contain_text("A plan is agreed")
    accessible(ours)
    ours.goto(f"/cases/{case.id}/")
    accessible(ours)
    ours.goto(f"/services/{asked.id}/tell/")
    accessible(ours)
    theirs.close()

    coder = open_page(**way)
    coder.sign_in_as(Role.CODER)
    coder.goto("/entries/")
    accessible(coder)
    coder.get_by_role("button", name="Write 1 entry into a file").click()
    with coder.expect_download() as file:
        coder.locator("main").get_by_role("link").first.click()
    assert "871731000000106" in file.value.path().read_text("utf-8")
    accessible(coder)
