"""An answer that cannot wait stops the form, shows whom to call, and promises nobody."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from fairpractice.web.core.access import Role
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.questionnaires import watching
from fairpractice.web.questionnaires.models import UrgentNeed, WatchedHours


pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def always(practice: Organisation) -> None:
    """Let a practice watch at every hour of every day."""
    hours = [[day, "00:00", "24:00"] for day in range(7)]
    WatchedHours.objects.update_or_create(practice=practice, defaults={"hours": hours})


@pytest.mark.parametrize("watched", [True, False])
@pytest.mark.parametrize(
    ("kind", "answers", "words"),
    [
        ("suicide", {"life": "now"}, "Samaritans on 116 123"),
        ("shelter", {"home": "sofa", "tonight": "false"}, "Shelter on 0808 800 4444"),
        ("food", {"food": "true", "food-today": "false"}, "food bank"),
    ],
)
def test_it_stops_the_form_and_shows_whom_to_call(
    kind: str, answers: dict[str, str], words: str, watched: bool,
    answering: Callable[..., Any], practice: Organisation,
) -> None:  # fmt: skip
    if watched:
        always(practice)
    client = answering()
    for link_id, text in answers.items():
        where = client.answer(link_id, text)["Location"]
    assert where.startswith(client.own("first"))
    page = client.get(where).content.decode()
    assert page.index("Call 999") < page.index(words)
    assert "Nobody is watching" in page
    for address in (client.own("check"), client.own("question", number=client.number("money"))):
        assert client.get(address)["Location"].startswith(client.own("first")), (
            "it goes on stopping"
        )
    assert client.send()["Location"].startswith(client.own("first"))
    assert client.reply().draft is not None
    need = UrgentNeed.objects.get()
    assert need.kind == kind
    assert need.due_on == (timezone.localdate() if watched else None)
    assert not client.post(where)["Location"].startswith(client.own("first"))
    assert client.get(client.own("check")).status_code == 200
    assert client.send()["Location"] == client.own("about")


def test_the_page_is_the_same_whether_anybody_watches_or_not(
    answering: Callable[..., Any], practice: Organisation
) -> None:
    pages = []
    for watch in (False, True):
        if watch:
            always(practice)
        client = answering()
        where = client.answer("life", "now")["Location"]
        page = client.get(where).content.decode()
        pages.append(page.replace(str(client.ask.id), "").partition("<h1")[2].partition("<form")[0])
    assert pages[0] == pages[1]


def test_staff_see_it_and_settle_it_once(
    answering: Callable[..., Any], practice: Organisation, other_practice: Organisation,
    sign_in_as: Any, person: Patient,
) -> None:  # fmt: skip
    always(practice)
    answering().answer("life", "now")
    staff = sign_in_as(Role.CARE_NAVIGATOR)
    page = staff.get(reverse("questionnaires:today")).content.decode()
    assert person.name in page
    assert "Thoughts of ending their life" in page
    elsewhere = sign_in_as(Role.CARE_NAVIGATOR, other_practice)
    assert person.name not in elsewhere.get(reverse("questionnaires:today")).content.decode()
    need = UrgentNeed.objects.get()
    address = reverse("questionnaires:settle", kwargs={"need": need.id})
    assert elsewhere.post(address).status_code == 404
    assert staff.post(address).status_code == 302
    assert staff.post(address).status_code == 404, "it is settled"
    need.refresh_from_db()
    assert need.settled_by_id == staff.viewer.user_id
    assert person.name not in staff.get(reverse("questionnaires:today")).content.decode()


def test_what_was_deleted_or_changed_was_still_told(answering: Callable[..., Any]) -> None:
    client = answering()
    client.answer("life", "now")
    client.post(client.own("first"))
    client.answer("life", "no")
    need = UrgentNeed.objects.get()
    assert need.taken_back_at
    where = client.answer("life", "sometimes")["Location"]
    assert where.startswith(client.own("first")), "told again, it stops again"
    client.post(client.own("delete"))
    assert UrgentNeed.objects.get().taken_back_at is None


def test_that_somebody_is_not_safe_is_there_only_for_who_may_see_it(
    answering: Callable[..., Any], sign_in_as: Any
) -> None:
    need = answering().ask.urgent_needs.create(kind="safety", told_at=timezone.now())
    navigator, clinician = sign_in_as(Role.CARE_NAVIGATOR), sign_in_as(Role.CLINICIAN)
    today = reverse("questionnaires:today")
    assert "Not safe" not in navigator.get(today).content.decode()
    assert "Not safe" in clinician.get(today).content.decode()
    address = reverse("questionnaires:settle", kwargs={"need": need.id})
    assert navigator.post(address).status_code == 404


@pytest.mark.parametrize(
    ("at", "watched"),
    [
        (dt.datetime(2026, 11, 23, 8, 59, tzinfo=LONDON), False),  # a Monday
        (dt.datetime(2026, 11, 23, 9, 0, tzinfo=LONDON), True),
        (dt.datetime(2026, 11, 23, 16, 59, tzinfo=LONDON), True),
        (dt.datetime(2026, 11, 23, 17, 0, tzinfo=LONDON), False),
        (dt.datetime(2026, 11, 24, 9, 0, tzinfo=LONDON), False),
        (dt.datetime(2026, 7, 6, 8, 30, tzinfo=dt.UTC), True),  # 9:30 in summer
        (dt.datetime(2026, 12, 28, 10, 0, tzinfo=LONDON), False),  # declared a holiday
    ],
)
def test_hours_are_those_declared_in_the_time_of_the_place(
    at: dt.datetime, watched: bool, practice: Organisation
) -> None:
    assert not watching.is_watched(practice, at), "none is declared"
    WatchedHours.objects.create(
        practice=practice, hours=[[0, "09:00", "17:00"]], never_on=["2026-12-28"]
    )
    assert watching.is_watched(practice, at) is watched
    assert not watching.is_watched(None, at)


def test_hours_are_declared_by_who_may_and_the_second_of_two_is_told(
    practice: Organisation, sign_in_as: Any
) -> None:
    client = sign_in_as(Role.ADMINISTRATOR)
    address = reverse("questionnaires:watch", kwargs={"practice": practice.id})
    sent = {"version": 0, "from-0": "09:00", "until-0": "17:00", "never_on": "28 12 2026\n"}
    assert client.post(address, {**sent, "until-0": "08:00"}).status_code == 200
    assert client.post(address, {**sent, "never_on": "Christmas"}).status_code == 200
    assert not WatchedHours.objects.exists()
    assert client.post(address, sent).status_code == 302
    declared = WatchedHours.objects.get()
    assert (declared.hours, declared.never_on) == ([[0, "09:00", "17:00"]], ["2026-12-28"])
    assert client.post(address, sent).status_code == 409
    assert client.get(address).status_code == 200
    assert "Monday 09:00 to 17:00" in client.get(reverse("questionnaires:watches")).content.decode()
