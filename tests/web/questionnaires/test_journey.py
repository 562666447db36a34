"""Somebody opens a link, answers at their own pace, looks after what is held, and leaves."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from fairpractice.web.cases.models import Case
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.organisations.models import Membership, Organisation
from fairpractice.web.patients.models import OwnWords, Patient, SocialFact
from fairpractice.web.questionnaires import asking, catalogue, links, own
from fairpractice.web.questionnaires.models import Ask, Reply
from fairpractice.web.sharing import consent
from fairpractice.web.sharing.models import Consent
from tests.web.support import TODAY


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
TOPICS = ("health", "home", "money", "debt", "food", "life", "suicide", "circumstance", "abuse")
Check = Callable[[Any], None]


def given_somebody_was_asked(person: Patient) -> tuple[Ask, str]:
    member = Membership.objects.get(role=Role.CLINICIAN)
    viewer = Viewer(
        member.user_id, "", Role.CLINICIAN, member.organisation_id, "", frozenset({"practice"})
    )
    chosen = catalogue.everything()["your-circumstances"]
    ask, code = asking.ask(viewer, person, chosen, "letter", "direct_care", uuid4(), "")
    return ask, links.written(code)


def go(page: Any, words: str, kind: str = "button") -> None:
    """Press something; what is around the page that follows has no word of the topic."""
    page.get_by_role(kind, name=words).first.click()
    around = f"{page.title()} {page.url.partition('//')[2]}".lower()
    assert not [word for word in TOPICS if word in around]


def main(page: Any) -> Any:
    return expect(page.locator("main"))


def number(ask: Ask, link_id: str) -> str:
    found = catalogue.find(ask.questionnaire)
    assert found
    at = [item.link_id for item in found.questions].index(link_id) + 1
    return f"/my/{ask.patient_id}/{ask.id}/{at}/"


def when_they_open_the_link_with_a_date_of_birth(page: Any, year: str) -> None:
    for part, value in (("Day", "27"), ("Month", "3"), ("Year", year)):
        page.get_by_label(part).fill(value)
    go(page, "Continue")


def then_they_read_why_it_is_asked_and_begin(page: Any, accessible: Check) -> None:
    go(page, "Read about it and begin", "link")
    main(page).to_contain_text("Why we ask, and who sees it")
    accessible(page)
    go(page, "Begin")


def when_they_answer_some_and_would_rather_not_say(page: Any, ask: Ask) -> None:
    page.get_by_label("I would rather not say").check()
    go(page, "Save and continue")
    page.goto(number(ask, "life"))
    page.locator("input[name=answer]").nth(2).check()
    go(page, "Save and continue")


def then_they_are_told_whom_to_call_first(page: Any, accessible: Check) -> None:
    main(page).to_contain_text(re.compile("Nobody is watching.*999.*116 123", re.DOTALL))
    accessible(page)
    go(page, "I have read this")


def when_they_save_it_and_come_back_with_a_code(page: Any, accessible: Check) -> None:
    page.get_by_label("What matters most").fill("x" * 4001)
    go(page, "Save and continue")
    expect(page).to_have_title(re.compile("^Error: Question"))
    accessible(page)
    page.locator(".nhsuk-error-summary a").click()
    expect(page.locator("#answer")).to_be_focused()
    page.get_by_label("What matters most").fill("My garden")
    go(page, "Save and go on later")
    go(page, "Show me a code")
    code = page.locator(".service-code").nth(1).inner_text()
    go(page, "Sign out")
    page.goto("/reply/")
    page.get_by_label("The code in your letter").fill(code)
    when_they_open_the_link_with_a_date_of_birth(page, "1984")
    go(page, "Go on", "link")
    go(page, "Go on")


def then_what_they_send_is_there_as_they_said_it(page: Any, ask: Ask, accessible: Check) -> None:
    page.goto(f"/my/{ask.patient_id}/{ask.id}/check/")
    main(page).to_contain_text("My garden")
    accessible(page)
    assert not SocialFact.objects.exists(), "nothing is stated before it is sent"
    go(page, "Send to your practice")
    main(page).to_contain_text("They do not look at once")
    assert Reply.objects.get().draft is None
    assert {fact.status for fact in SocialFact.objects.all()} == {"declined"}
    go(page, "Go to your pages", "link")
    accessible(page)


def when_they_put_right_what_is_held_and_add_to_it(page: Any, accessible: Check) -> None:
    go(page, "What is held about you", "link")
    main(page).to_contain_text(re.compile("Debt.*Yes.*The practice asked you", re.DOTALL))
    accessible(page)
    page.get_by_role("link", name="Put right debt").click()
    page.get_by_label("No", exact=True).check()
    go(page, "Save")
    main(page).to_contain_text(re.compile("Debt.*No.*You told us.*Before: Yes", re.DOTALL))
    go(page, "Your pages", "link")
    go(page, "What matters to you", "link")
    page.get_by_label("What goes well, and what helps me").check()
    page.get_by_label("Your words").fill("My choir")
    go(page, "Save")
    main(page).to_contain_text("My choir")
    assert {each.words for each in OwnWords.objects.all()} == {"My garden", "My choir"}
    go(page, "Your pages", "link")


def then_they_choose_who_is_told_and_stop_it(page: Any, person: Patient, accessible: Check) -> None:
    go(page, "Who is told about you", "link")
    go(page, "Choose somebody to tell", "link")
    page.get_by_label("Who is told?").select_option("A charity")
    for words in ("To arrange help", "6 months", "Name and how to get in touch"):
        page.get_by_label(words, exact=True).check()
    accessible(page)
    go(page, "Continue")
    go(page, "I agree")
    main(page).to_contain_text("Agreed")
    accessible(page)
    told = (person, Organisation.objects.get(name="A charity"), "support", "contact")
    assert consent.allowed(*told)
    go(page, "Stop this")
    main(page).to_contain_text("Stopped")
    assert not consent.allowed(*told)
    assert Consent.objects.get().recorder_role == Role.PATIENT


def then_they_ask_for_a_link_worker_and_take_it_back(page: Any, accessible: Check) -> None:
    go(page, "Your pages", "link")
    go(page, "Help with everyday life", "link")
    main(page).to_contain_text(re.compile("Nobody watches.*999", re.DOTALL))
    accessible(page)
    page.get_by_label("What matters to you").fill("Company")
    go(page, "Ask for a link worker")
    main(page).to_contain_text(re.compile("Company.*It waits for a link worker", re.DOTALL))
    accessible(page)
    go(page, "Take it back")
    main(page).to_contain_text("Taken back")
    assert Case.objects.get().outcome == "withdrawn"


def when_they_leave_by_keyboard_going_back_shows_nothing(page: Any) -> None:
    page.get_by_role("link", name="Leave this page now").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/")
    page.go_back()
    assert "Who is told" not in page.content()
    assert not [each for each in page.context.cookies() if each["name"] == "session"]


@pytest.mark.parametrize(
    "way",
    [
        pytest.param({"width": 375}, id="phone"),
        pytest.param({"javascript": False}, id="without-javascript"),
    ],
)
def test_somebody_answers_at_their_own_pace_and_looks_after_what_is_held(
    way: dict[str, Any],
    open_page: Callable[..., Any],
    accessible: Check,
    person: Patient,
    site: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(own, "LEAVE_TO", f"{site}/sign-in/")  # no test asks another host
    page = open_page(**way)
    ask, code = given_somebody_was_asked(person)
    page.goto(f"/reply/{code}/")
    when_they_open_the_link_with_a_date_of_birth(page, "1985")
    main(page).to_contain_text("We could not open it")
    accessible(page)
    when_they_open_the_link_with_a_date_of_birth(page, "1984")
    then_they_read_why_it_is_asked_and_begin(page, accessible)
    when_they_answer_some_and_would_rather_not_say(page, ask)
    then_they_are_told_whom_to_call_first(page, accessible)
    when_they_save_it_and_come_back_with_a_code(page, accessible)
    then_what_they_send_is_there_as_they_said_it(page, ask, accessible)
    when_they_put_right_what_is_held_and_add_to_it(page, accessible)
    then_they_choose_who_is_told_and_stop_it(page, person, accessible)
    then_they_ask_for_a_link_worker_and_take_it_back(page, accessible)
    when_they_leave_by_keyboard_going_back_shows_nothing(page)


def when_a_clinician_asks_in_the_room_and_types_a_mistake(page: Any, accessible: Check) -> None:
    page.get_by_role("link", name="Ask them by a link").click()
    page.get_by_role("link", name="Ask them in the room").click()
    page.get_by_label("Food in the last 30 days").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Often true").first.check()
    page.get_by_label("Their answer").first.fill("many")
    page.get_by_role("button", name="Write it down").click()
    page.locator(".nhsuk-error-summary a").click()
    expect(page.get_by_label("Their answer").first).to_be_focused()
    accessible(page)


def then_it_is_put_right_written_down_and_read(page: Any, accessible: Check) -> None:
    expect(page.get_by_label("Often true").first).to_be_checked()
    page.get_by_label("Their answer").first.fill("4")
    page.get_by_role("button", name="Write it down").click()
    main(page).to_contain_text(re.compile("Asked in the room on.*Often true", re.DOTALL))
    accessible(page)
    page.get_by_role("link", name="Back to the person").click()


def when_they_let_somebody_act_and_end_it(page: Any, accessible: Check) -> None:
    page.get_by_role("link", name="Who acts for them").click()
    page.get_by_role("button", name="Let them act").click()
    accessible(page)
    page.get_by_role("link", name="Enter who they are").click()
    expect(page.get_by_label("Who are they?")).to_be_focused()
    page.get_by_label("Who are they?").fill("A relative")
    for words in ("The person asked for it", "A photo identity", "Answer what is asked"):
        page.get_by_label(words).check()
    ends = TODAY + dt.timedelta(days=30)
    for part, value in (("Day", ends.day), ("Month", ends.month), ("Year", ends.year)):
        page.get_by_label(part).fill(str(value))
    page.get_by_role("button", name="Let them act").click()
    main(page).to_contain_text("They may act from now on")
    accessible(page)
    page.goto("/")
    page.get_by_role("link", name="1 person who acts for another may soon do so no longer").click()
    main(page).to_contain_text("A relative acts for them")
    accessible(page)
    page.get_by_role("link", name="Person 1 Testperson").click()
    page.get_by_role("button", name="End it now").click()
    main(page).to_contain_text(re.compile("A relative.*Over", re.DOTALL))


def test_a_clinician_asks_in_the_room_and_lets_somebody_act(
    open_page: Callable[..., Any], accessible: Check, person: Patient
) -> None:
    page = open_page(width=375)
    page.sign_in_as(Role.CLINICIAN)
    page.goto(f"/people/{person.id}/")
    when_a_clinician_asks_in_the_room_and_types_a_mistake(page, accessible)
    then_it_is_put_right_written_down_and_read(page, accessible)
    when_they_let_somebody_act_and_end_it(page, accessible)
