"""Lists are made in one run, and what a page shows of them is as it is now."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from fairpractice.case_finding.rule import Rule
from fairpractice.errors import FairpracticeError
from fairpractice.web.core.access import WORKLISTS, Role
from fairpractice.web.core.models import Entry
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient, SocialFact
from fairpractice.web.sharing import consent
from fairpractice.web.sharing.consent import Agreed
from fairpractice.web.worklists import live, making, rules, views
from fairpractice.web.worklists.models import LookedAgain, Place, Run
from tests.web import support


pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("few_rules")]
NEED, NEVER = "social-need-no-referral", "never-screened"
CHANGES = re.compile(rb'name="(csrfmiddlewaretoken|token)" value="[^"]*"')
DEBT = Statement("debt", "present", "asked", "direct_care")


@pytest.fixture
def clinician(sign_in_as: Any) -> Any:
    return sign_in_as(Role.CLINICIAN)


@pytest.fixture
def navigator(sign_in_as: Any) -> Any:
    """Somebody who sees the lists, and nothing that is sensitive."""
    return sign_in_as(Role.CARE_NAVIGATOR)


@pytest.fixture
def twin(people: dict[str, list[Patient]]) -> Patient:
    """Person 2, of whom nothing is known but who they are."""
    return people[support.PRACTICE][1]


def address(practice: Any, rule: str) -> str:
    named = rules.address_of(getattr(practice, "id", practice), rule)
    return str(reverse("worklists:listing", kwargs={"listing": named}))


def pages(client: Any, person: Patient) -> list[bytes]:
    """Every page that shows a list, or how many are on it."""
    named = [reverse("worklists:lists")]
    named += [address(client.viewer.organisation_id, rule) for rule in rules.rules()]
    named += [reverse("patients:portrait", kwargs={"patient": person.id}), reverse("core:home")]
    answers = [client.get(each) for each in named]
    headers = [repr(sorted(answer.headers.items())).encode() for answer in answers]
    return [CHANGES.sub(b"", answer.content) for answer in answers] + headers


def listed(client: Any, rule: str = NEED) -> set[str]:
    """The people whom a list's page shows; that the other pages agree is checked."""
    practice = client.viewer.organisation_id
    page = client.get(address(practice, rule)).content.decode()
    found = set(re.findall(r'/people/([0-9a-f-]{36})/"', page))
    index = client.get(reverse("worklists:lists")).content.decode()
    counted = re.search(
        rf"{re.escape(rules.rules()[rule].title)}(?:</a>)?</td>\s*<td[^>]*>(\w+)", index
    )
    assert counted
    assert counted[1] == (str(len(found)) if found else "nobody")
    for person in Patient.objects.filter(practice_id=practice):
        portrait = client.get(reverse("patients:portrait", kwargs={"patient": person.id}))
        assert (rules.rules()[rule].title in portrait.content.decode()) is (str(person.id) in found)
    return found


def places() -> list[tuple[Any, ...]]:
    shown = Place.objects.filter(run__state=Run.State.CURRENT).order_by("rule", "patient_id")
    return list(shown.values_list("rule", "patient_id", "practice_id", "because", "comes_off_when"))


def test_a_list_says_who_and_why_and_of_when(
    clinician: Any, person: Patient, practice: Organisation
) -> None:
    assert "have not been made yet" in clinician.get(reverse("worklists:lists")).content.decode()
    done = making.refresh()
    assert done.places == Place.objects.count() == 5
    assert done.not_here == 0
    assert listed(clinician) == {str(person.id)}
    page = clinician.get(address(practice, NEED)).content.decode()
    for words in ("Person 1 Testperson", "999 000 0018", "debt", "1 person", "Comes off the list"):
        assert words in page
    assert f"As of {support.TODAY.day} {support.TODAY:%B %Y}" in page
    entry = Entry.objects.filter(act=WORKLISTS).latest("id")
    assert (entry.patient_id, entry.detail) == (
        None,
        {"rule": NEED, "practice": str(practice.id)},
    )
    assert "days old" not in page
    Run.objects.update(on=support.ago(3))
    assert "3 days old" in clinician.get(address(practice, NEED)).content.decode()


def test_a_practice_sees_its_own_people_and_a_network_no_numbers(
    sign_in_as: Any, clinician: Any, person: Patient, practice: Organisation, other_practice: Any
) -> None:
    making.refresh()
    others = sign_in_as(Role.CLINICIAN, other_practice)
    assert listed(others) == set()
    assert len(listed(others, NEVER)) == 1
    assert others.get(address(practice, NEED)).status_code == 404
    for role in (Role.NETWORK_LEAD, Role.ANALYST, Role.PRIVACY_OFFICER):
        network = sign_in_as(role, practice.network)
        assert network.get(reverse("worklists:lists")).status_code == 403
        assert network.get(address(practice, NEED)).status_code == 403


def test_what_is_entered_counts_at_once_and_the_next_run_says_the_same(
    clinician: Any, twin: Patient, person: Patient
) -> None:
    making.refresh()
    assert str(twin.id) not in listed(clinician)
    actions.record_fact(clinician.viewer, twin, DEBT, uuid4())
    assert listed(clinician) == {str(person.id), str(twin.id)}
    before, seen = places(), pages(clinician, twin)
    making.refresh()
    LookedAgain.objects.all().delete()
    Place.objects.filter(run__state=Run.State.FORMER).delete()
    assert places() == before
    assert pages(clinician, twin) == seen


def taken_back(viewer: Any, person: Patient) -> None:
    actions.correct_fact(viewer, person.facts.get(), None, "a mistake", uuid4())


def said_not_to_be_so(viewer: Any, person: Patient) -> None:
    said = Statement("debt", "absent", "asked", "direct_care")
    actions.correct_fact(viewer, person.facts.get(), said, "they said so", uuid4())


def consent_withdrawn(viewer: Any, person: Patient) -> None:
    consent.withdraw(viewer, person.consents.get())


def objected(viewer: Any, person: Patient) -> None:
    person.objections.create(
        purpose="direct_care",
        recorded_by_id=viewer.user_id,
        recorder_role=viewer.role,
        recorded_at=timezone.now(),
    )


def moved(viewer: Any, person: Patient) -> None:
    Patient.objects.filter(id=person.id).update(
        practice=Organisation.objects.get(code=support.OTHER_PRACTICE)
    )


@pytest.mark.parametrize(
    "change", [taken_back, said_not_to_be_so, consent_withdrawn, objected, moved]
)
@pytest.mark.parametrize("seen_before", [True, False])
def test_what_is_withdrawn_at_ten_is_gone_from_every_page_at_ten(
    change: Callable[[Any, Patient], None],
    seen_before: bool,
    clinician: Any,
    navigator: Any,
    twin: Patient,
    practice: Organisation,
) -> None:
    agreed = Agreed(practice, "joint_care", ("circumstances",), 6, "in_person")
    consent.give(clinician.viewer, twin, agreed, uuid4())
    said = Statement("debt", "present", "asked", "consent")
    actions.record_fact(clinician.viewer, twin, said, uuid4())
    making.refresh()
    if seen_before:
        assert str(twin.id) in listed(clinician)
    change(clinician.viewer, twin)
    for client in (clinician, navigator):
        assert str(twin.id) not in listed(client)


def test_what_becomes_sensitive_leaves_no_trace(
    clinician: Any, navigator: Any, twin: Patient
) -> None:
    making.refresh()
    without = pages(navigator, twin)
    fact = actions.record_fact(clinician.viewer, twin, DEBT, uuid4())
    making.refresh()
    assert pages(navigator, twin) != without
    hidden = Statement("debt", "present", "asked", "direct_care", sensitivity="sensitive")
    fact = actions.correct_fact(clinician.viewer, fact, hidden, "they asked for it", uuid4())
    assert pages(navigator, twin) == without
    actions.correct_fact(clinician.viewer, fact, DEBT, "a mistake", uuid4())
    assert pages(navigator, twin) == without, "what was ever sensitive stays hidden"
    making.refresh()
    LookedAgain.objects.all().delete()
    assert pages(navigator, twin) == without, "the run itself does not see it"
    SocialFact.objects.update(entered_at=timezone.now() - 2 * making.LATE)
    assert pages(navigator, twin) == without


def test_a_flag_of_abuse_changes_no_page_of_those_who_may_not_see_it(
    clinician: Any, navigator: Any, person: Patient
) -> None:
    making.refresh()
    without = pages(navigator, person)
    said = Statement("domestic_abuse", "present", "asked", "direct_care")
    actions.record_fact(clinician.viewer, person, said, uuid4())
    assert pages(navigator, person) == without
    making.refresh()
    assert pages(navigator, person) == without


def test_a_list_about_something_sensitive_is_there_for_those_who_may_see_it(
    of_prison: Rule,
    few_rules: dict[str, Rule],
    clinician: Any,
    navigator: Any,
    person: Patient,
    practice: Organisation,
) -> None:
    del few_rules["custody"]
    making.refresh()
    without = pages(navigator, person)
    few_rules["custody"] = of_prison
    said = Statement("prison", "present", "asked", "direct_care")
    actions.record_fact(clinician.viewer, person, said, uuid4())
    for _ in range(2):
        assert listed(clinician, "custody") == {str(person.id)}
        hidden = navigator.get(address(practice, "custody"))
        nothing = navigator.get(reverse("worklists:listing", kwargs={"listing": uuid4()}))
        assert hidden.status_code == nothing.status_code == 404
        assert CHANGES.sub(b"", hidden.content) == CHANGES.sub(b"", nothing.content)
        few_rules.pop("custody")
        assert pages(navigator, person) == without
        few_rules["custody"] = of_prison
        assert of_prison.title not in b"".join(pages(navigator, person)).decode()
        making.refresh()
        LookedAgain.objects.all().delete()


def test_while_too_many_wait_to_be_looked_at_again_no_page_shows_them(
    clinician: Any, twin: Patient, person: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    actions.record_fact(clinician.viewer, twin, DEBT, uuid4())
    making.refresh()
    practice = twin.practice_id
    monkeypatch.setattr(live, "AT_ONCE", 0)
    waiting = clinician.get(address(practice, NEED)).content.decode()
    assert str(person.id) in waiting
    assert str(twin.id) not in waiting


def test_a_long_list_is_paged(
    clinician: Any, practice: Organisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.refresh()
    monkeypatch.setattr(views, "AT_ONCE", 2)
    shown = []
    for number in (1, 2):
        page = clinician.get(address(practice, NEVER), {"page": number}).content.decode()
        shown += re.findall(r'/people/([0-9a-f-]{36})/"', page)
        assert f"?page={3 - number}" in page
    assert len(shown) == len(set(shown)) == 3
    assert clinician.get(address(practice, NEVER), {"page": "x"}).status_code == 200


def test_one_makes_lists_at_a_time_and_a_second_is_told_who(clinician: Any) -> None:
    making.refresh()
    before = places()
    Run.objects.create(
        on=support.TODAY,
        reads_since=timezone.now(),
        began_at=timezone.now(),
        process="process 12 on somewhere",
    )
    own = connection.get_connection_params()
    named = {name: own[name] for name in ("host", "port", "user", "dbname") if own.get(name)}
    with psycopg.connect(**named, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [making.THE_MAKER])
        with pytest.raises(FairpracticeError, match="made already") as told:
            making.refresh()
    assert "process 12 on somewhere, since" in (told.value.where or "")
    assert places() == before
    making.refresh()
    assert Run.objects.filter(state=Run.State.STOPPED).count() == 1


def test_stopped_on_the_way_what_is_shown_is_as_it_was(
    clinician: Any, twin: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.refresh()
    run, before = live.current(), places()

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(making, "_show", stop)
        with pytest.raises(KeyboardInterrupt):
            making.refresh()
    assert (live.current(), places()) == (run, before)
    assert Place.objects.count() == 2 * len(before)
    making.refresh()
    assert places() == before
    assert Place.objects.count() == 2 * len(before), "what was left is gone; the one before stays"


def test_people_whom_the_service_does_not_know_are_counted(
    clinician: Any, stranger: Patient, record: Path
) -> None:
    Patient.objects.filter(id=stranger.id).delete()
    done = making.refresh()
    assert (done.places, done.not_here) == (4, 1)
