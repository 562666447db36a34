"""The page around every page: its headers, the six questions, and what is said of failures."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from fairpractice.web.core import rate_limit
from fairpractice.web.core.access import Role
from fairpractice.web.core.page import QUESTIONS, questions
from fairpractice.web.patients import views


pytestmark = pytest.mark.django_db


def test_no_page_is_kept_framed_or_made_of_anything_from_elsewhere(client: Client) -> None:
    headers = client.get(reverse("accounts:sign-in")).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_the_six_questions_are_asked_and_lead_where_the_role_may_go(sign_in_as: Any) -> None:
    for role, leads in ((Role.CLINICIAN, True), (Role.ANALYST, False)):
        client = sign_in_as(role)
        page = client.get("/").content.decode()
        assert all(each.words in page for each in QUESTIONS)
        assert (f'href="{reverse("patients:find")}"' in page) is leads
        unanswered = [each for each in questions(client.viewer) if not each.ways]
        assert unanswered
        assert page.count("Others see to this.") == len(unanswered)


def test_a_failure_is_said_without_what_it_was_about(
    sign_in_as: Any, person: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError(person.name)

    monkeypatch.setattr(views, "portrait_of", fail)
    client = sign_in_as(Role.CLINICIAN)
    client.raise_request_exception = False
    answer = client.get(reverse("patients:portrait", kwargs={"patient": person.id}))
    assert answer.status_code == 500
    assert b"Sorry, there is a problem" in answer.content
    assert person.name.encode() not in answer.content


def test_a_form_from_elsewhere_is_refused(sign_in_as: Any) -> None:
    signed_in = sign_in_as(Role.CLINICIAN)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in.cookies
    answer = strict.post(reverse("patients:find"), {"nhs_number": "9990000018"})
    assert answer.status_code == 403
    assert b"open for too long" in answer.content


def test_attempts_are_counted_apart_and_anew_after_the_window() -> None:
    def attempt(who: str, seconds: int = 60) -> bool:
        return rate_limit.within_limit("try", who, limit=2, seconds=seconds)

    assert [attempt("one") for _ in range(3)] == [True, True, False]
    assert attempt("two")
    assert [attempt("one", seconds=0) for _ in range(2)]
