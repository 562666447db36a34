"""A lead starts a project, notes who takes part and what was seen, and closes it with a lesson."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from fairpractice.web.core.access import Role
from fairpractice.web.improvement.models import Project


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
SOAK = [pytest.mark.soak]


@pytest.mark.parametrize(
    "way",
    [
        pytest.param({"javascript": False, "width": 375}, id="phone-without-javascript"),
        pytest.param({"javascript": True}, id="desktop", marks=SOAK),
    ],
)
def test_a_project_is_started_followed_and_closed_with_what_was_learned(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    released: Callable[..., Any],
) -> None:
    released([50.0, 51.0, 49.0, None, 52.0, 50.0, 53.0, 54.0], [9.0, 9.5, 8.0, None, 7.5, 8, 7, 6])
    page = open_page(**way)
    page.sign_in_as(Role.NETWORK_LEAD)
    page.locator("main").get_by_role("link", name="See improvement projects").click()
    accessible(page)
    page.get_by_role("link", name="Start a project").click()
    accessible(page)
    page.get_by_label("What is it called?").fill("Sooner by telephone")
    page.get_by_role("button", name="Start it").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    accessible(page)
    page.get_by_label("What is to be better?").fill("Half the gap by next summer")
    page.get_by_label("Which group is it for?").fill("the most deprived fifth")
    page.get_by_label("What change will you try?").fill("A call at a time that suits")
    page.get_by_label("Which measure will tell?").select_option("cervical-screening")
    page.get_by_label("Whom does the score follow?").select_option("imd_quintile:1")
    page.get_by_label("Who leads it?").select_option(label="Demo network lead")
    page.get_by_label("When does it begin?").fill("2026-06-15")
    page.get_by_label("When do you look at it again?").fill("2099-03-31")
    page.get_by_role("button", name="Start it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sooner by telephone")
    expect(page.locator("svg[role=img]")).to_have_count(2)
    accessible(page)
    page.get_by_text("Say who takes part").click()
    page.get_by_label("Which group or organisation?").fill("The women’s group")
    page.get_by_label("Co-design").check()
    page.get_by_label("What shows it?").fill("They wrote the words of the call")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("They wrote the words of the call")).to_be_visible()
    page.get_by_text("Note progress").click()
    page.get_by_label("Study").check()
    page.get_by_label("What do you want to note?").fill("Nobody answers by day")
    page.get_by_role("button", name="Note it").click()
    expect(page.get_by_text("Nobody answers by day")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Change it").click()
    accessible(page)
    page.get_by_role("link", name="Sooner by telephone").click()
    page.get_by_role("link", name="Close it").click()
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    accessible(page)
    page.get_by_label("It did not work").check()
    page.get_by_label("What did you learn?").fill("Nobody answers by day")
    page.get_by_label("What should others know").fill("Call in the evening")
    page.get_by_role("button", name="Close it").click()
    expect(page.get_by_role("heading", name="What was learned")).to_be_visible()
    accessible(page)
    page.get_by_role("link", name="Improvement projects").first.click()
    expect(page.get_by_text("It did not work.")).to_be_visible()
    accessible(page)
    assert Project.objects.get().result == "did_not"
