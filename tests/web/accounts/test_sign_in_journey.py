"""Somebody signs in, in a browser: at a provider, and with a password and an app on a phone."""

import re
import time
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from playwright.sync_api import expect

from fairpractice.web.accounts import invitations
from fairpractice.web.core.access import Role
from fairpractice.web.organisations.models import Organisation
from tests.web.accounts.conftest import Provider


pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]
WHO = "555000000001"
PASSWORD = "three odd kettles"


def go(page: Any, words: str, role: str = "button") -> None:
    page.get_by_role(role, name=words).click()


def heading(page: Any, words: str | re.Pattern[str]) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words)


def by_keyboard(page: Any, first: str, *said: str) -> None:
    """Fill in fields one after another, from one on, and send them, without a mouse."""
    page.get_by_label(first).focus()
    for each in said:
        page.keyboard.press("ControlOrMeta+A")
        page.keyboard.type(each)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")


@pytest.mark.openid
def test_a_colleague_signs_in_at_the_provider_and_chooses_where_they_work(
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    provider: Provider,
    public_key: dict[str, str],
    ways_in: Callable[..., None],
    colleague: Any,
    practice: Organisation,
    other_practice: Organisation,
    site: str,
) -> None:
    ways_in()
    provider.answers_to(site, public_key)
    page = open_page()
    page.goes_to(provider.issuer)
    # Given somebody whom nobody invited, then they are told what to do.
    page.allows(403)
    page.goto("/people/")
    accessible(page)
    go(page, "Sign in with your work account")
    page.get_by_label("Who are you?").fill(WHO)
    go(page, "Prove it")
    heading(page, "You are not a colleague here yet")
    accessible(page)
    # When they are a colleague in two places, and try again, then they choose one, and are there.
    colleague(Role.CLINICIAN, practice, other_practice, subject=WHO)
    go(page, "Try again")
    heading(page, "Where do you work now?")
    accessible(page)
    go(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("Choose where you work now")
    accessible(page)
    page.get_by_label(other_practice.name).check()
    go(page, "Continue")
    expect(page).to_have_url(re.compile("/people/$"))
    expect(page.get_by_role("navigation", name="Account")).to_contain_text(other_practice.name)
    # When they look at their account, then it says where their password is changed.
    go(page, "Your account", "link")
    expect(page.locator("main")).to_contain_text("is changed there, not here")
    accessible(page)
    # When they sign out, then they can sign out of the provider too.
    go(page, "Sign out")
    expect(page.get_by_role("link", name="sign out where you signed in")).to_be_visible()
    accessible(page)


def test_somebody_sets_up_a_password_and_an_app_on_a_phone_without_javascript(
    open_page: Callable[..., Any],
    accessible: Callable[[Any], None],
    ways_in: Callable[..., None],
    practice: Organisation,
    site: str,
) -> None:
    ways_in()
    link = invitations.invite("first.admin", "First Admin", "administrator", practice.code)
    page = open_page(width=375, javascript=False)
    # Given a link, when they choose a password and mistype the code, then they are told.
    page.goto(f"/invitation/{link}/")
    heading(page, "Set up how you sign in")
    accessible(page)
    secret = page.locator(".service-code").inner_text().replace(" ", "")
    app = pyotp.TOTP(secret)
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The code that the app shows now").fill("12")
    go(page, "Save")
    expect(page.get_by_role("alert")).to_contain_text("Enter the 6 digits")
    accessible(page)
    # When all is right, then they are shown recovery codes, and sign in with the next code.
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("The code that the app shows now").fill(app.at(time.time() + 30))
    go(page, "Save")
    heading(page, "Keep these codes")
    expect(page.locator("main li")).to_have_count(8)
    recovery, *page_codes = page.locator("main li").all_inner_texts()
    accessible(page)
    go(page, "Go on to sign in")
    page.get_by_label("User name").fill("first.admin")
    page.get_by_label("Password").fill("another")
    go(page, "Continue")
    expect(page.get_by_role("alert")).to_contain_text("The user name or the password is wrong")
    accessible(page)
    page.get_by_label("Password").fill(PASSWORD)
    go(page, "Continue")
    heading(page, "Enter the code from your app")
    accessible(page)
    page.get_by_label("Code").fill(recovery)
    go(page, "Sign in")
    expect(page.get_by_role("navigation", name="Account")).to_contain_text("First Admin")
    expect(page.locator("main")).to_contain_text("Recovery codes left: 7")
    # When they change their password elsewhere, by keyboard alone, then they are signed out here.
    codes = iter(page_codes)
    elsewhere = open_page()
    elsewhere.goto("/sign-in/")
    elsewhere.get_by_label("User name").fill("first.admin")
    elsewhere.get_by_label("Password").fill(PASSWORD)
    go(elsewhere, "Continue")
    elsewhere.get_by_label("Code").fill(next(codes))
    go(elsewhere, "Sign in")
    elsewhere.get_by_role("link", name="Your account").focus()
    elsewhere.keyboard.press("Enter")
    heading(elsewhere, "Your account")
    accessible(elsewhere)
    elsewhere.get_by_role("link", name="Change your password").focus()
    elsewhere.keyboard.press("Enter")
    heading(elsewhere, "Change your password")
    by_keyboard(elsewhere, "Your present password", "guess", next(codes), "short")
    expect(elsewhere.get_by_role("alert")).to_contain_text("at least 12")
    accessible(elsewhere)
    by_keyboard(elsewhere, "Your present password", PASSWORD, next(codes), "four plain saucepans")
    expect(elsewhere.get_by_role("alert")).to_contain_text("Your password is changed")
    page.goto("/account/")
    heading(page, "Sign in")
    # When they set up their app again, then they show who they are first, and get new codes.
    go(elsewhere, "Set up your app again", "link")
    heading(elsewhere, "Show that it is you")
    accessible(elsewhere)
    by_keyboard(elsewhere, "Your present password", "four plain saucepans", next(codes))
    heading(elsewhere, "Set up your app again")
    accessible(elsewhere)
    secret = elsewhere.locator(".service-code").inner_text().replace(" ", "")
    by_keyboard(elsewhere, "The code that the app shows", pyotp.TOTP(secret).now())
    heading(elsewhere, "Keep these codes")
    expect(elsewhere.locator("main li")).to_have_count(8)
    accessible(elsewhere)
    # When they invite a colleague, change the role and end it, then the page says so each time.
    elsewhere.goto("/")
    go(elsewhere, "See who works here, and invite colleagues", "link")
    heading(elsewhere, re.compile("Who works here$"))
    accessible(elsewhere)
    go(elsewhere, "Invite a colleague")
    elsewhere.get_by_label("What are they called?").fill("A Coder")
    elsewhere.get_by_label("User name").fill("a coder")
    elsewhere.get_by_label("Clinical coder").check()
    go(elsewhere, "Make a link")
    expect(elsewhere.get_by_role("alert")).to_contain_text("cannot be the name of a user")
    accessible(elsewhere)
    elsewhere.get_by_label("User name").fill("a.coder")
    go(elsewhere, "Make a link")
    heading(elsewhere, "A link for A Coder")
    accessible(elsewhere)
    go(elsewhere, "Back to who works here", "link")
    go(elsewhere, "A Coder as clinical coder", "link")
    accessible(elsewhere)
    elsewhere.get_by_label("Care navigator").check()
    go(elsewhere, "Change the role")
    expect(elsewhere.get_by_role("alert")).to_contain_text("A Coder is care navigator now")
    accessible(elsewhere)
    go(elsewhere, "A Coder as care navigator", "link")
    go(elsewhere, "Take the invitation back")
    expect(elsewhere.get_by_role("alert")).to_contain_text("The link of A Coder opens no more")
    go(elsewhere, "First Admin as administrator", "link")
    go(elsewhere, "End their work here as administrator", "link")
    elsewhere.get_by_label("They left").check()
    go(elsewhere, "End it now")
    expect(elsewhere.get_by_role("alert")).to_contain_text("Nobody else who has signed in")
    accessible(elsewhere)
