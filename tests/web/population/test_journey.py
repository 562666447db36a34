"""A network lead goes from the questions to a gap, its figures and their download, and to reach."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from fairpractice.web.core.access import Role
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.population import reached, telling
from fairpractice.web.population.models import Reached, Release
from tests.web import support
from tests.web.population.test_reached import needs, world


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]


@pytest.fixture
def how_far(practice: Organisation) -> Reached:
    """How far help got in a small world."""
    rows = reached.released(world(), needs())
    shown = telling.page(rows, reached.GROUPS) | {
        "load": reached.load(practice.network, support.TODAY)
    }
    now = timezone.now()
    return Reached.objects.create(
        network=practice.network, on=support.TODAY, made_at=now, rows=rows, shown=shown
    )


@pytest.mark.usefixtures("how_far")
@pytest.mark.parametrize(
    "way",
    [
        pytest.param({"javascript": True}, id="desktop"),
        pytest.param(
            {"javascript": False, "width": 375},
            id="phone-without-javascript",
            marks=pytest.mark.soak,
        ),
    ],
)
def test_a_network_lead_sees_where_care_is_unequal_and_whom_help_reached(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    release: Release,
) -> None:
    page = open_page(**way)
    page.sign_in_as(Role.NETWORK_LEAD)
    page.locator("main").get_by_role("link", name="See where care is unequal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Where care is unequal")
    accessible(page)
    page.get_by_role("link", name="Cervical screening coverage").first.click()
    expect(page.get_by_role("heading", name="By practice")).to_be_visible()
    expect(
        page.get_by_role("img", name="Chart of Cervical screening coverage by deprivation")
    ).to_be_visible()
    table = page.get_by_role("table", name="Cervical screening coverage by practice")
    expect(table).to_be_hidden()
    page.get_by_text("Table: Cervical screening coverage by practice").click()
    expect(table.get_by_role("rowheader", name="Practice A")).to_be_visible()
    accessible(page)
    with page.expect_download() as kept:
        page.get_by_role("link", name="Download the figures").click()
    assert kept.value.suggested_filename == f"figures-{release.on.isoformat()}.csv"
    page.emulate_media(media="print")
    expect(
        page.get_by_role("table", name="Cervical screening coverage by deprivation")
    ).to_be_visible()
    page.emulate_media(media="screen")
    page.get_by_role("link", name="Where care is unequal").first.click()
    page.get_by_role("link", name="Core20PLUS5").click()
    expect(page.get_by_role("heading", name="Early cancer diagnosis")).to_be_visible()
    accessible(page)
    page.goto("/figures/")
    page.get_by_role("link", name="Did help reach the people").click()
    expect(page.get_by_text("Of 60 who were found by a list")).to_be_visible()
    steps = page.get_by_role("table", name="How far help got")
    expect(steps.get_by_role("row", name="Accepted")).to_contain_text("30 (75\N{NO-BREAK SPACE}%)")
    accessible(page)
