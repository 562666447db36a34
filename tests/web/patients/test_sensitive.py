"""What is sensitive leaves no trace for somebody who may not see it: not a byte differs."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.urls import reverse

from fairpractice.record.topics import SENSITIVE, TOPICS
from fairpractice.web.core.access import Role
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient, SocialFact
from tests.web import support


pytestmark = pytest.mark.django_db
CHANGES = re.compile(rb'name="(csrfmiddlewaretoken|token)" value="[^"]*"')
"""What differs between any two times that one page is loaded."""


def pages(client: Any, person: Patient, known: UUID) -> list[bytes]:
    """Every page about a person, as it comes."""
    here = {"patient": person.id}
    addresses = [
        reverse("patients:portrait", kwargs=here),
        reverse("patients:record-fact", kwargs=here),
        reverse("patients:history", kwargs={**here, "fact": known}),
        reverse("patients:find"),
        reverse("core:home"),
    ]
    answers = [client.get(address) for address in addresses]
    number = {"nhs_number": person.nhs_number}
    answers.append(client.post(reverse("patients:find"), number))
    headers = [repr(sorted(answer.headers.items())).encode() for answer in answers]
    return [CHANGES.sub(b"", answer.content) for answer in answers] + headers


def hide_a_topic(viewer: Any, person: Patient) -> None:
    for topic in SENSITIVE:
        actions.record_fact(
            viewer, person, Statement(topic, "present", "asked", "direct_care"), uuid4()
        )


def hide_a_statement(viewer: Any, person: Patient) -> None:
    said = Statement("debt", "absent", "asked", "direct_care", sensitivity="sensitive")
    actions.record_fact(viewer, person, said, uuid4())


def hide_by_correcting(viewer: Any, person: Patient) -> None:
    """It was ordinary, and so never seen before it was made sensitive: none is left of it."""
    said = Statement("unemployment", "present", "asked", "direct_care")
    fact = actions.record_fact(viewer, person, said, uuid4())
    hidden = Statement("unemployment", "present", "asked", "direct_care", sensitivity="sensitive")
    fact = actions.correct_fact(viewer, fact, hidden, "they asked for it", uuid4())
    ordinary = Statement("unemployment", "absent", "asked", "direct_care", sensitivity="ordinary")
    actions.correct_fact(viewer, fact, ordinary, "a mistake", uuid4())


@pytest.mark.parametrize("hide", [hide_a_topic, hide_a_statement, hide_by_correcting])
@pytest.mark.parametrize("role", [Role.CARE_NAVIGATOR, Role.CODER])
def test_pages_are_the_same_with_and_without_it(
    hide: Callable[[Any, Patient], None],
    role: Role,
    sign_in_as: Any,
    person: Patient,
) -> None:
    clinician, other = sign_in_as(Role.CLINICIAN), sign_in_as(role)
    known = actions.record_fact(
        clinician.viewer, person, Statement("carer", "present", "asked", "direct_care"), uuid4()
    ).id
    before, full_before = pages(other, person, known), pages(clinician, person, known)
    hide(clinician.viewer, person)
    assert pages(other, person, known) == before
    assert pages(clinician, person, known) != full_before, "who may see it sees it"


def test_its_own_address_is_that_of_nothing(sign_in_as: Any, person: Patient) -> None:
    clinician, other = sign_in_as(Role.CLINICIAN), sign_in_as(Role.CODER)
    hide_a_topic(clinician.viewer, person)
    fact = SocialFact.objects.first()
    for name in ("patients:history", "patients:correct-fact"):
        there = reverse(name, kwargs={"patient": person.id, "fact": fact.id})
        nowhere = reverse(name, kwargs={"patient": person.id, "fact": uuid4()})
        assert clinician.get(there).status_code == 200
        answers = [other.get(address) for address in (there, nowhere)]
        assert [answer.status_code for answer in answers] == [404, 404]
        assert len({CHANGES.sub(b"", answer.content) for answer in answers}) == 1


def test_somebody_who_may_not_see_a_topic_cannot_record_it_and_does_not_learn_of_it(
    sign_in_as: Any, person: Patient
) -> None:
    other = sign_in_as(Role.CARE_NAVIGATOR)
    address = reverse("patients:record-fact", kwargs={"patient": person.id})
    page = other.get(address).content.decode()
    assert not [topic for topic in SENSITIVE if TOPICS[topic].label in page or topic in page]
    sent = {"token": uuid4(), "route": "asked", "lawful_basis": "direct_care"}
    unknown = other.post(address, {**sent, "said": "nothing/present"})
    hidden = other.post(address, {**sent, "said": f"{SENSITIVE[0]}/present"})
    assert CHANGES.sub(b"", unknown.content) == CHANGES.sub(b"", hidden.content)
    assert not SocialFact.objects.exists()


def test_what_sources_sent_is_taken_out_too() -> None:
    from fairpractice.codelists import load
    from fairpractice.web.patients import facts

    lists = load()
    code = next(iter(lists[TOPICS["domestic_abuse"].codelist or ""].codes))
    ordinary = support._fact("debt", "present", "asked", 1)
    person = {
        "event": [{"code_system": code.system, "code": code.code, "date": support.TODAY}],
        "social_fact": [
            ordinary,
            support._fact("prison", "absent", "external", 1, sensitivity="sensitive"),
            support._fact("carer", "present", "asked", 1, sensitivity="sensitive"),
        ],
    }
    rows = facts.overlaid(person, [], lists, sensitive=False)
    assert rows == {"event": [], "social_fact": [ordinary]}
    seen = facts.overlaid(person, [], lists, sensitive=True)
    known = {each.topic.id for each in facts.known(seen, support.TODAY, lists, sensitive=True)}
    assert known == {"debt", "prison", "carer", "domestic_abuse"}
