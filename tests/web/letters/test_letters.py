"""Letters: what they are drafted from, kept once, changed by one at a time, and let out."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse

from fairpractice.web.core import access
from fairpractice.web.core.access import Role
from fairpractice.web.core.locking import Conflict
from fairpractice.web.core.models import Entry
from fairpractice.web.letters import actions
from fairpractice.web.letters.models import Leaving, Letter, Wording
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import actions as recording
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.sharing import contact
from tests.web import support


pytestmark = pytest.mark.django_db
HOUSED = Statement("housing_problem", "present", "asked", "direct_care")


@pytest.fixture
def clinician(sign_in_as: Any) -> Any:
    client = sign_in_as(Role.CLINICIAN)
    client.viewer = replace(client.viewer, purpose=access.DIRECT_CARE)
    return client


def add(person: Patient) -> str:
    return reverse("letters:add", kwargs={"patient": person.id})


def kept(clinician: Any, person: Patient, text: str = "As it was.") -> Letter:
    kind = actions.kinds()["housing"]
    return actions.keep(clinician.viewer, person, kind, text, (), uuid4())


def test_a_draft_says_what_holds_with_its_day_and_source(clinician: Any, person: Patient) -> None:
    recording.record_fact(clinician.viewer, person, HOUSED, uuid4())
    page = clinician.post(add(person), {"kind": "housing"}).content.decode()
    day = f"{support.TODAY.day} {support.TODAY:%B %Y}"
    assert f"A housing problem: recorded by our team on {day}." in page
    assert "Re: Person 1 Testperson, born 27 March 1984" in page
    assert "debt" not in page.partition("<main")[2].lower(), "no letter about housing names it"


def test_what_another_source_contradicts_waits_with_a_caution(
    clinician: Any, person: Patient
) -> None:
    drafted = actions.draft(clinician.viewer, person, actions.kinds()["benefits"])
    debt = next(each for each in drafted.offered if each.id == "topic:debt")
    assert debt.id not in drafted.chosen
    assert debt.sentence not in drafted.text
    page = clinician.post(add(person), {"kind": "benefits"}).content.decode()
    assert "settle it before the letter leaves" in page
    chosen = {"kind": "benefits", "do": "again", "fact": "topic:debt", "recipient": "The office"}
    again = clinician.post(add(person), chosen).content.decode().partition("<textarea")[2]
    assert debt.sentence in again.partition("</textarea>")[0]
    assert "The office" in again.partition("</textarea>")[0]


def test_what_is_sensitive_is_offered_and_not_named_unless_chosen(
    clinician: Any, person: Patient
) -> None:
    said = replace(HOUSED, topic="domestic_abuse")
    recording.record_fact(clinician.viewer, person, said, uuid4())
    kind = actions.kinds()["housing"]
    drafted = actions.draft(clinician.viewer, person, kind)
    assert "topic:domestic_abuse" in {each.id for each in drafted.offered}
    assert "abuse" not in drafted.text
    named = actions.draft(clinician.viewer, person, kind, ["topic:domestic_abuse"])
    assert "Domestic abuse" in named.text
    other = replace(clinician.viewer, role=Role.CARE_NAVIGATOR)
    drafted = actions.draft(other, person, kind, ["topic:domestic_abuse"])
    assert not drafted.offered
    assert "abuse" not in drafted.text


def test_another_organisation_is_named_and_ones_own_practice_is_not(
    clinician: Any, person: Patient
) -> None:
    heard = replace(HOUSED, route="external")
    fact = recording.record_fact(clinician.viewer, person, heard, uuid4())
    kind = actions.kinds()["housing"]
    assert (
        "told to us by another organisation" in actions.draft(clinician.viewer, person, kind).text
    )
    council = Organisation.objects.create(kind="partner", code="P1", name="A council")
    SocialFact.objects.filter(id=fact.id).update(source_organisation=council)
    assert "told to us by A council" in actions.draft(clinician.viewer, person, kind).text


def test_what_was_chosen_and_no_longer_holds_is_said(clinician: Any, person: Patient) -> None:
    sent = {"kind": "housing", "do": "again", "fact": "topic:homelessness"}
    assert b"does not hold any more" in clinician.post(add(person), sent).content


def test_without_a_date_of_birth_there_is_no_letter(clinician: Any, person: Patient) -> None:
    identity = {name: said for name, said in person.identity.items() if name != "date_of_birth"}
    Patient.objects.filter(id=person.id).update(identity=identity)
    answer = clinician.post(add(person), {"kind": "housing"})
    assert b"The date of birth is not on record" in answer.content


def test_a_letter_sent_twice_is_kept_once(clinician: Any, person: Patient) -> None:
    sent = {"kind": "housing", "do": "keep", "token": uuid4(), "text": "Dear council\r\n\r\nHelp."}
    answers = [clinician.post(add(person), sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert Wording.objects.get().text == "Dear council\n\nHelp.\n"
    entry = Entry.objects.get(act=access.WRITE_LETTER)
    assert entry.patient_id == person.id
    assert entry.detail == {"letter": str(Letter.objects.get().id), "version": 1}


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"text": "", "token": uuid4()}, b"Write the letter"),
        ({"text": "x" * 20_001, "token": uuid4()}, b"Shorten the letter"),
        ({"text": "Words kept", "token": "none"}, b"not complete"),
    ],
)
def test_what_is_not_a_letter_is_not_kept_and_not_lost(
    clinician: Any, person: Patient, sent: dict[str, Any], said: bytes
) -> None:
    answer = clinician.post(add(person), {"kind": "housing", "do": "keep", **sent})
    assert said in answer.content
    assert str(sent["text"]).encode() in answer.content
    assert not Letter.objects.exists()


def test_what_it_said_before_stays(clinician: Any, person: Patient) -> None:
    letter = kept(clinician, person)
    here = {"patient": person.id, "letter": letter.id}
    address = reverse("letters:reword", kwargs=here)
    token = uuid4()
    for _ in range(2):
        sent = {"token": token, "version": 1, "text": "As it is now."}
        assert clinician.post(address, sent).status_code == 302
    assert [each.number for each in letter.wordings.order_by("number")] == [1, 2]
    page = clinician.get(reverse("letters:letter", kwargs=here)).content
    assert page.index(b"As it is now.") < page.index(b"As it was.")


def test_of_two_who_change_one_letter_the_second_is_told(clinician: Any, person: Patient) -> None:
    letter = kept(clinician, person)
    actions.reword(clinician.viewer, letter, "First.", 1, uuid4())
    with pytest.raises(Conflict):
        actions.reword(clinician.viewer, letter, "Second.", 1, uuid4())
    here = {"patient": person.id, "letter": letter.id}
    sent = {"token": uuid4(), "version": 1, "text": "Second."}
    answer = clinician.post(reverse("letters:reword", kwargs=here), sent)
    assert answer.status_code == 409
    assert letter.latest.text == "First."


@pytest.mark.parametrize(("form", "kind"), [("text", "text/plain"), ("page", "text/html")])
def test_it_is_taken_out_as_a_file_which_is_noted(
    clinician: Any, person: Patient, form: str, kind: str
) -> None:
    letter = kept(clinician, person, "Rent < income & more.\n\nYours")
    here = {"patient": person.id, "letter": letter.id}
    answer = clinician.post(reverse("letters:take", kwargs=here), {"as": form})
    assert answer["Content-Type"] == f"{kind}; charset=utf-8"
    name = answer["Content-Disposition"].partition("filename=")[2]
    assert name in ('"letter.txt"', '"letter.html"'), "a name that tells nothing"
    words = b"Rent &lt; income &amp; more." if form == "page" else b"Rent < income & more."
    assert words in answer.content
    assert Leaving.objects.get().taken_by_id == clinician.viewer.user_id
    entry = Entry.objects.get(act=access.TAKE_LETTER)
    assert entry.detail == {"letter": str(letter.id), "version": 1, "as": form}
    assert b"downloaded by" in clinician.get(reverse("letters:letter", kwargs=here)).content


def test_a_letter_is_found_through_its_own_person_alone(
    clinician: Any, person: Patient, people: dict[str, list[Patient]]
) -> None:
    letter = kept(clinician, person)
    other = people[support.PRACTICE][1]
    here = {"patient": other.id, "letter": letter.id}
    assert clinician.get(reverse("letters:letter", kwargs=here)).status_code == 404


def test_the_database_holds_no_word_of_a_letter(clinician: Any, person: Patient) -> None:
    recording.record_fact(clinician.viewer, person, HOUSED, uuid4())
    kind = actions.kinds()["housing"]
    named = ["topic:housing_problem", "topic:prison"]
    letter = actions.keep(clinician.viewer, person, kind, "An unusual plea", named, uuid4())
    assert letter.latest.facts == ["topic:housing_problem"], "and none that it cannot have named"
    with connection.cursor() as cursor:
        cursor.execute("SELECT w::text FROM letters_wording w")
        held = cursor.fetchone()[0]
    assert "unusual" not in held
    assert "housing_problem" not in held


def test_pages_of_letters_ask_the_database_a_few_things(
    clinician: Any, person: Patient, django_assert_max_num_queries: Any
) -> None:
    letters = [kept(clinician, person) for _ in range(3)]
    for number in range(1, 4):
        actions.reword(clinician.viewer, letters[0], f"Version {number}", number, uuid4())
    here = {"patient": person.id, "letter": letters[0].id}
    with django_assert_max_num_queries(11):
        clinician.post(add(person), {"kind": "housing"})
    with django_assert_max_num_queries(14):
        clinician.get(reverse("letters:letter", kwargs=here))


def test_a_letter_is_printed_to_be_posted_only_where_they_said_that_it_is_safe(
    clinician: Any, person: Patient
) -> None:
    letter = kept(clinician, person)
    named = {"patient": person.id, "letter": letter.id}
    page, take = reverse("letters:letter", kwargs=named), reverse("letters:take", kwargs=named)
    assert "Nobody has asked whether that is safe" in clinician.get(page).content.decode()
    contact.say(clinician.viewer, person, 0, letter=True)
    assert "Do not post it" not in clinician.get(page).content.decode()
    assert "attachment" in clinician.post(take, {"as": "post"})["Content-Disposition"]
    contact.say(clinician.viewer, person, 1, letter=False)  # while somebody has the page open
    refused = clinician.post(take, {"as": "post"})
    assert "Not by a letter. Hand it over instead." in refused.content.decode()
    assert "Content-Disposition" not in refused
    assert clinician.post(take, {"as": "text"})["Content-Disposition"], "for the office it is for"
    assert list(Leaving.objects.values_list("form", flat=True)) == ["post", "text"]
