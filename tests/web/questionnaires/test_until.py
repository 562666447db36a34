"""Until when somebody acts for a child: over with the birthday, at each look, and said before."""

import datetime as dt
import importlib
import re
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.record.dates import birthday, completed_years
from fairpractice.web.accounts.models import User
from fairpractice.web.core.access import Role
from fairpractice.web.core.models import Entry
from fairpractice.web.patients import actions, until
from fairpractice.web.patients.actions import own_account, show_pages_of
from fairpractice.web.patients.models import Patient, PersonAccount
from fairpractice.web.questionnaires import links, proxies
from tests.web import support
from tests.web.questionnaires.test_acting import ABUSE, of, signed_in


TODAY = support.TODAY
BORN = st.dates(dt.date(1990, 1, 1), dt.date(2030, 12, 31)) | st.sampled_from(
    [dt.date(year, 2, 29) for year in range(1992, 2031, 4)]
)
DAYS = st.integers(0, 20 * 366)


def aged(born: dt.date, day: dt.date) -> set[int]:
    """Return which of the birthdays at which it is looked at again have been."""
    return {age for age in (11, 13, 16) if completed_years(born, day) >= age}


def looked_for(born: dt.date, day: dt.date) -> set[int]:
    """Return for which of them it has been looked at: for thirteen, also shortly before."""
    soon = aged(born, day + dt.timedelta(days=90))
    return aged(born, day) | (soon & {13})


@given(
    born=BORN,
    age_in_days=DAYS,
    days=st.integers(1, 366),
    ground=st.sampled_from([*proxies.GROUNDS]),
)
@settings(max_examples=100)
def test_nobody_acts_past_a_birthday_at_which_it_is_looked_at_again(
    born: dt.date, age_in_days: int, days: int, ground: str
) -> None:
    looked_on = born + dt.timedelta(days=age_in_days)
    given_to = looked_on + dt.timedelta(days=days)
    account: Any = SimpleNamespace(
        ground=ground, ends_on=given_to, looked_on=looked_on, patient=SimpleNamespace(born_on=born)
    )
    allowed = ground in until.grounds(born, looked_on)
    acts = [not until.is_over(account, looked_on + dt.timedelta(days=n)) for n in range(days + 2)]
    assert acts == sorted(acts, reverse=True), "what is over begins no more"
    for number, still in enumerate(acts):
        day = looked_on + dt.timedelta(days=number)
        looked = aged(born, day) <= looked_for(born, looked_on)
        assert still == (allowed and looked and day < given_to), day


@given(born=BORN, age=st.integers(0, 120))
def test_a_birthday_is_the_first_day_of_an_age(born: dt.date, age: int) -> None:
    day = birthday(born, age)
    assert completed_years(born, day) == age
    assert completed_years(born, day - dt.timedelta(days=1)) == age - 1


@pytest.mark.parametrize(
    ("age", "day"), [(11, (2023, 3, 1)), (13, (2025, 3, 1)), (16, (2028, 2, 29))]
)
def test_who_was_born_on_a_leap_day_is_older_on_the_first_of_march(
    age: int, day: tuple[int, int, int]
) -> None:
    assert birthday(dt.date(2012, 2, 29), age) == dt.date(*day)


def test_what_ends_is_said_with_the_age_where_a_birthday_ends_it() -> None:
    born = dt.date(2012, 2, 29)
    child: Any = SimpleNamespace(born_on=born)
    account: Any = SimpleNamespace(
        ground="asked", ends_on=dt.date(2025, 3, 1), looked_on=dt.date(2024, 6, 1), patient=child
    )
    assert until.end(account) == until.End(dt.date(2025, 3, 1), 13)
    account.ends_on = dt.date(2025, 2, 1)
    assert until.end(account) == until.End(dt.date(2025, 2, 1), None)
    assert until.ends_soon(account, dt.date(2024, 6, 2)) is None
    assert until.ends_soon(account, dt.date(2025, 1, 31)) == until.end(account)
    assert until.ends_soon(account, dt.date(2025, 2, 1)) is None, "over"


def turns(person: Patient, age: int, days: int) -> dt.date:
    """Let a person turn so old in so many days; return that day, which no 29 February is."""
    day = TODAY + dt.timedelta(days=days)
    day = dt.date(day.year, 3, 1) if (day.month, day.day) == (2, 29) else day
    put_right(person, day.replace(year=day.year - age))
    return day


def put_right(person: Patient, born: dt.date | None) -> None:
    person.identity = {**person.identity, "date_of_birth": born and born.isoformat()}
    person.save()


def allowed(clinician: Any, person: Patient, ground: str, ends_on: dt.date) -> PersonAccount:
    who = proxies.Proxy("A relative", ground, "papers", ends_on, True)
    return proxies.allow(clinician.viewer, person, who, uuid4())


def held(person: Patient) -> str:
    return reverse("own:held", kwargs={"patient": person.id})


def own(person: Patient) -> str:
    return reverse("own:person", kwargs={"patient": person.id})


def text(answer: Any) -> str:
    page = answer.content.decode()
    return re.sub(r'name="(csrfmiddlewaretoken|token)" value="[^"]*"', "", page)


@pytest.fixture
def clinician(sign_in_as: Any) -> Any:
    return sign_in_as(Role.CLINICIAN)


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "ground"), [(11, "parent"), (13, "asked"), (16, "not_able")])
def test_it_ends_when_it_is_read_though_what_is_written_says_otherwise(
    age: int, ground: str, clinician: Any, person: Patient
) -> None:
    """A date of birth is put right: the person is older than it was taken to be."""
    ends_on = turns(person, age, 60)
    account = allowed(clinician, person, ground, ends_on)
    theirs = signed_in(account)
    assert theirs.get(held(person)).status_code == 200
    code, _ = proxies.linked(clinician.viewer, account)
    PersonAccount.objects.update(looked_on=TODAY - dt.timedelta(days=100))
    turns(person, age, 0)
    assert theirs.get(held(person)).status_code == 404
    assert text(theirs.get("/my/")).count("nothing for you here")
    assert links.use(code, person.born_on) is None
    account.refresh_from_db()
    assert account.ends_on == ends_on, "nothing was written"
    assert ">Over<" in text(clinician.get(of("acting", person)))


@pytest.mark.django_db
@pytest.mark.parametrize("born", [None, TODAY + dt.timedelta(days=1)])
def test_where_the_age_is_not_known_any_more_nobody_acts(
    born: dt.date | None, clinician: Any, person: Patient
) -> None:
    account = support.acts_for(clinician.viewer, person)
    theirs = signed_in(account)
    put_right(person, born)
    assert theirs.get(held(person)).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("age", [11, 13, 16])
def test_who_looks_again_on_the_birthday_lets_them_go_on(
    age: int, clinician: Any, person: Patient
) -> None:
    before = {11: "parent", 13: "asked", 16: "asked"}[age]
    ends_on = turns(person, age, 5)
    account = allowed(clinician, person, before, ends_on)
    turns(person, age, 0)
    PersonAccount.objects.update(looked_on=TODAY - dt.timedelta(days=100))
    theirs = signed_in(account)
    assert theirs.get(held(person)).status_code == 404, "over"
    goes_on = TODAY + dt.timedelta(days=40)
    day = {"day": goes_on.day, "month": goes_on.month, "year": goes_on.year}
    sent = {"ground": "asked", **day, "until": ends_on, "statements": 0}
    assert clinician.post(of("review", person, account=account.id), sent).status_code == 302
    assert theirs.get(held(person)).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "goes_on"), [(11, False), (13, True), (16, False)])
def test_shortly_before_it_is_looked_at_for_thirteen_alone(
    age: int, goes_on: bool, clinician: Any, person: Patient
) -> None:
    on = turns(person, age, 60)
    assert (proxies.latest(person, TODAY) > on) is goes_on
    account = allowed(clinician, person, "parent" if age == 11 else "asked", on)
    PersonAccount.objects.update(looked_on=TODAY - dt.timedelta(days=100))
    assert f"They turn {age} on that day" in text(clinician.get(of("acting", person)))
    later = on + dt.timedelta(days=40)
    day = {"day": later.day, "month": later.month, "year": later.year}
    sent = {"ground": account.ground, **day, "until": on, "statements": 0}
    answer = clinician.post(of("review", person, account=account.id), sent)
    assert (answer.status_code == 302) is goes_on
    assert ("Ends soon" in text(clinician.get(of("acting", person)))) is not goes_on


@pytest.mark.django_db
def test_clinicians_of_the_practice_see_it_before_and_in_order(
    clinician: Any, person: Patient, people: Any, stranger: Patient, sign_in_as: Any
) -> None:
    twin = people[support.PRACTICE][1]
    assert "may soon do so no longer" not in text(clinician.get("/"))
    on = turns(person, 16, 60)
    allowed(clinician, person, "asked", on)
    allowed(clinician, twin, "asked", TODAY + dt.timedelta(days=20))
    later = allowed(clinician, twin, "asked", TODAY + dt.timedelta(days=200))
    elsewhere = sign_in_as(Role.CLINICIAN, stranger.practice)
    allowed(elsewhere, stranger, "asked", TODAY + dt.timedelta(days=10))
    assert "2 people who act for others may soon do so no longer" in text(clinician.get("/"))
    page = text(clinician.get(reverse("questionnaires:ending")))
    first, second = page.index(f">{twin.name}<"), page.index(f">{person.name}<")
    assert first < second
    assert f"turns 16 on {on.day} {on:%B %Y}" in page
    assert page.count("acts for them") == 2
    assert stranger.name not in page or stranger.name == person.name
    assert "They turn 16 on that day" in text(clinician.get(of("acting", person)))
    proxies.end(clinician.viewer, later)
    assert text(clinician.get(of("acting", twin))).count("Ends soon") == 1
    assert "may soon do so no longer" not in text(sign_in_as(Role.CARE_NAVIGATOR).get("/"))


@pytest.mark.django_db
def test_who_acts_and_the_person_are_told_of_the_day_and_of_nothing_else(
    clinician: Any, person: Patient
) -> None:
    on = turns(person, 16, 60)
    account = allowed(clinician, person, "not_able", on)
    day, me = f"{on.day} {on:%B %Y}", Client()
    assert f"You may act here until {day}" in text(signed_in(account).get(own(person)))
    support.sign_in(me, own_account(person))
    page = text(me.get(own(person)))
    assert f"A relative may act for you until {day}" in page
    assert "16" not in page.partition("<main")[2].replace(day, "").partition("</p>")[0]
    assert f"until {day}" in text(me.get(reverse("own:acting", kwargs={"patient": person.id})))
    actions.record_fact(clinician.viewer, person, ABUSE, uuid4())
    assert signed_in(account).get(own(person)).status_code == 404
    assert text(me.get(own(person))) == page, "that it is suspended is not told"
    count = text(clinician.get("/"))
    assert "1 person who acts for another may soon do so no longer" in count


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "ground"), [(5, "parent"), (12, "asked"), (40, "asked")])
def test_in_a_demonstration_somebody_acts_whatever_the_age(
    age: int, ground: str, person: Patient, sign_in_as: Any
) -> None:
    turns(person, age, -30)
    client = sign_in_as(Role.PROXY)
    name = User.objects.get(id=client.viewer.user_id).username
    person.accounts.create(user_id=client.viewer.user_id)
    for _ in range(2):
        show_pages_of(person, name, TODAY + dt.timedelta(days=182))
    assert person.accounts.get().ground == ground
    assert client.get(held(person)).status_code == 200


@pytest.mark.django_db
def test_for_many_the_first_page_asks_once(
    clinician: Any, people: Any, django_assert_max_num_queries: Any
) -> None:
    clinician.get("/")
    with django_assert_max_num_queries(12) as few:
        clinician.get("/")
    for each in people[support.PRACTICE]:
        for _ in range(3):
            allowed(clinician, each, "asked", TODAY + dt.timedelta(days=20))
    with django_assert_max_num_queries(len(few)):
        clinician.get("/")


@pytest.mark.django_db
def test_of_accounts_that_there_were_the_day_of_looking_is_read_from_the_trail(
    clinician: Any, person: Patient
) -> None:
    """What the migration does: a day of the trail, else the earliest that it can have been."""
    noted = support.acts_for(clinician.viewer, person)
    unnoted = support.acts_for(clinician.viewer, person)
    Entry.objects.filter(detail__account=noted.id).get()
    PersonAccount.objects.filter(id=unnoted.id).update(id=unnoted.id + 1000)
    PersonAccount.objects.update(looked_on=TODAY + dt.timedelta(days=9))
    migration = importlib.import_module("fairpractice.web.patients.migrations.0008_looked_on")
    with connection.cursor() as cursor:
        cursor.execute(migration.LOOKED)
    days = dict(PersonAccount.objects.values_list("id", "looked_on"))
    assert days == {noted.id: TODAY, unnoted.id + 1000: unnoted.ends_on - dt.timedelta(days=366)}
