"""Staff ask somebody in the room and write down what they say; and read what people answered."""

import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from fairpractice.errors import FairpracticeError
from fairpractice.listening.questionnaire import Condition, Consequences, Item, States
from fairpractice.web.core.access import Role
from fairpractice.web.patients.actions import own_account
from fairpractice.web.patients.models import HelpWish, Patient, SocialFact
from fairpractice.web.questionnaires import asking, catalogue, watching
from fairpractice.web.questionnaires.models import Ask, Reply, Way
from tests.web import support
from tests.web.questionnaires.conftest import Answering


pytestmark = pytest.mark.django_db
CHANGES = re.compile(rb'name="(csrfmiddlewaretoken|token)" value="[^"]*"')
FOOD, ABUSE = "food-security", "hark"


@pytest.fixture
def clinician(sign_in_as: Any) -> Any:
    """Somebody of the practice, signed in."""
    return sign_in_as(Role.CLINICIAN)


def of(name: str, person: Patient, **more: Any) -> str:
    return reverse(f"questionnaires:{name}", kwargs={"patient": person.id, **more})


def told(questionnaire: str, **said: Any) -> dict[str, Any]:
    """Return what the page sends when something is said to some of its questions."""
    numbers = [item.link_id for item in catalogue.everything()[questionnaire].questions]
    answers = {
        f"question-{numbers.index(name.replace('_', '-')) + 1}-answer": text
        for name, text in said.items()
    }
    return {"token": uuid4(), "questionnaire": questionnaire, "write": "yes", **answers}


def declared(sign_in_as: Any, person: Patient) -> None:
    """Declare a safe pathway, as an administrator does."""
    where = reverse("questionnaires:watch", kwargs={"practice": person.practice_id})
    sent = {"version": 0, "safe_pathway": "yes"}
    assert sign_in_as(Role.ADMINISTRATOR).post(where, sent).status_code == 302


def test_what_is_said_is_kept_once_and_stated_as_asked(clinician: Any, person: Patient) -> None:
    address = of("room", person)
    assert 'value="food-security"' in clinician.get(address).content.decode()
    asked = clinician.post(address, {"questionnaire": FOOD}).content.decode()
    assert asked.count("I would rather not say") == 12
    sent = told(FOOD, worried="often", did_not_last="asked-declined", food_help="wanted")
    for _ in range(2):
        answer = clinician.post(address, sent)
    ask = Ask.objects.get()
    assert (ask.way, ask.asked_by_id) == (Way.ROOM, clinician.viewer.user_id)
    assert {fact.route for fact in SocialFact.objects.all()} <= {"asked"}
    assert HelpWish.objects.get().wish == "wanted"
    page = clinician.get(answer["Location"]).content.decode()
    said = " ".join(re.sub(r"<[^>]*>", " ", page).split())
    assert "Asked in the room on" in said
    assert "in en-GB. Version" in said
    assert re.search(r"worried.*Often", said)
    assert "I would rather not say" in said
    assert "Left out" in said


def test_a_mistake_loses_nothing_that_was_typed(clinician: Any, person: Patient) -> None:
    sent = told(FOOD, worried="often", cut_meals="true", cut_meals_days="many")
    page = clinician.post(of("room", person), sent).content.decode()
    assert '<a href="#question-5">' in page
    assert 'id="question-5"' in page
    assert 'value="many"' in page
    assert re.search(r'value="often"[^>]* checked', page)
    assert str(sent["token"]) in page
    assert not Ask.objects.exists()
    for wrong in ({"token": "1"}, {"questionnaire": "nothing"}):
        assert clinician.post(of("room", person), {**told(FOOD), **wrong}).status_code == 200
    assert not Ask.objects.exists()


def test_the_id_of_what_is_about_somebody_else_is_refused(
    clinician: Any, person: Patient, people: dict[str, list[Patient]]
) -> None:
    sent = told(FOOD, worried="often")
    assert clinician.post(of("room", person), sent).status_code == 302
    other = people[support.PRACTICE][1]
    assert clinician.post(of("room", other), sent).status_code == 409
    link = {"token": sent["token"], "questionnaire": FOOD, "way": "letter"}
    assert clinician.post(of("ask", other), link).status_code == 409
    assert Reply.objects.count() == 1


def test_no_reply_stands_on_a_consent_that_could_be_withdrawn(
    clinician: Any, person: Patient
) -> None:
    chosen = catalogue.everything()[FOOD]
    with pytest.raises(FairpracticeError, match="stand on consent"):
        asking.ask(clinician.viewer, person, chosen, "letter", "consent", uuid4(), "")
    assert not Ask.objects.exists()


def test_what_cannot_wait_is_said_to_who_asked(clinician: Any, person: Patient) -> None:
    answer = clinician.post(of("room", person), told("your-circumstances", life="now"))
    page = clinician.get(answer["Location"]).content.decode()
    assert page.index("Call 999") < page.index("116 123")
    today = clinician.get(reverse("questionnaires:today")).content.decode()
    assert "Thoughts of ending their life" in today


def test_questions_about_abuse_are_off_until_a_safe_pathway_is_declared(
    clinician: Any, sign_in_as: Any, person: Patient
) -> None:
    sent = told(ABUSE, afraid="true")
    clinician.post(of("room", person), sent)
    assert 'value="hark"' not in clinician.get(of("room", person)).content.decode()
    assert not Ask.objects.exists()
    declared(sign_in_as, person)
    assert 'value="hark"' in clinician.get(of("room", person)).content.decode()
    navigator = sign_in_as(Role.CARE_NAVIGATOR)
    assert 'value="hark"' not in navigator.get(of("room", person)).content.decode()
    navigator.post(of("room", person), sent)
    assert not Ask.objects.exists()
    assert clinician.post(of("room", person), sent).status_code == 302
    assert SocialFact.objects.get().topic == "domestic_abuse"
    where = reverse("questionnaires:watch", kwargs={"practice": person.practice_id})
    sign_in_as(Role.ADMINISTRATOR).post(where, {"version": 2})
    assert watching.declared(person.practice) == [], "and it can be taken back"


def test_what_was_asked_about_abuse_leaves_no_trace(
    clinician: Any, sign_in_as: Any, person: Patient
) -> None:
    declared(sign_in_as, person)
    navigator, themselves = sign_in_as(Role.CARE_NAVIGATOR), Client()
    support.sign_in(themselves, own_account(person))
    own = {"patient": person.id}
    looks = [
        (navigator, of("ask", person)),
        (navigator, of("room", person)),
        (navigator, reverse("patients:portrait", kwargs=own)),
        (navigator, reverse("questionnaires:today")),
        (themselves, reverse("own:person", kwargs=own)),
        (themselves, reverse("own:held", kwargs=own)),
    ]

    def pages() -> list[bytes]:
        return [CHANGES.sub(b"", client.get(address).content) for client, address in looks]

    before = pages()
    sent = told(ABUSE, afraid="true", humiliated="true", safe_now="false")
    reply = clinician.post(of("room", person), sent)["Location"]
    assert pages() == before
    assert "Humiliation" not in clinician.get(of("ask", person)).content.decode()
    assert "Read it" in clinician.get(of("ask", person)).content.decode()
    assert clinician.get(reply).status_code == 200
    assert navigator.get(reply).status_code == 404
    assert themselves.get(reply).status_code == 403
    ask = {"patient": person.id, "ask": Ask.objects.get().id}
    assert themselves.get(reverse("own:about", kwargs=ask)).status_code == 404


def test_nothing_that_follows_from_a_sensitive_answer_is_open_to_everybody() -> None:
    told_of = {True: Consequences(states=(States("prison", "present"),))}
    items = (
        Item("asked", "boolean", follows=told_of),
        Item("after", "boolean", conditions=(Condition("asked", "=", True),)),
        Item("inside", "group", items=(Item("deeper", "boolean"),), conditions=(
            Condition("after", "=", True),
        )),
        Item("help", "boolean", help_with="prison"),
        Item("unsafe", "boolean", follows={False: Consequences(urgent="safety")}),
        Item("other", "boolean"),
    )  # fmt: skip
    made = replace(catalogue.everything()["ons4"], items=items, scores=())
    assert [each.link_id for each in catalogue.open_to(made, sensitive=False)] == ["other"]
    assert len(catalogue.open_to(made, sensitive=True)) == 6
    assert catalogue.open_to(catalogue.everything()[ABUSE], sensitive=False) == ()


def test_what_somebody_sent_by_a_link_is_read_whole(answering: Any, sign_in_as: Any) -> None:
    theirs: Answering = answering()
    theirs.answer("home", "temporary")
    person, ask = theirs.ask.patient, theirs.ask
    address = of("reply", person, ask=ask.id)
    staff = sign_in_as(Role.CARE_NAVIGATOR)
    assert staff.get(address).status_code == 404, "a draft is theirs"
    theirs.send()
    page = staff.get(address).content.decode()
    assert "Answered by themselves" in page
    assert "This cannot wait" not in page
    assert staff.get(of("ask", person)).content.decode().count("Read it") == 1
