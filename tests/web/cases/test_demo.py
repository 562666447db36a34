"""The fictional year of help: it could have happened so, and it happens once."""

import datetime as dt

import pytest
from django.utils import timezone

from fairpractice.referral.states import CLOSED_WITH, UNANSWERED, state_after
from fairpractice.web.accounts import personas
from fairpractice.web.cases import demo
from fairpractice.web.cases.models import Attempt, Case, Need, SetAside
from fairpractice.web.directory import demo as directory
from fairpractice.web.organisations.actions import add_partner
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.referrals import received
from fairpractice.web.referrals.models import Referral
from fairpractice.web.sharing.models import Consent
from fairpractice.web.worklists import rules


pytestmark = pytest.mark.django_db
CHILDREN, ADULTS = 20, 220
CHILD = dt.date.today().year - 10
MADE = (Case, Attempt, Need, Consent, SetAside)


@pytest.fixture
def partner(practice: Organisation, other_practice: Organisation) -> Organisation:
    """The partner of a demonstration, its directory, and a network of more people."""
    partner = add_partner("P99001", "Fairport advice centre")
    personas.make(practice, partner)
    directory.make(partner)
    Patient.objects.bulk_create(
        Patient(
            record_id=10_000 + each,
            practice=practice if each % 2 else other_practice,
            identity={"date_of_birth": "1970-05-01" if each >= CHILDREN else f"{CHILD}-05-01"},
        )
        for each in range(CHILDREN + ADULTS)
    )
    return partner


@pytest.mark.parametrize("how_many", [3, 120])
def test_it_could_have_happened_so_and_happens_once(
    practice: Organisation, partner: Organisation, person: Patient, how_many: int
) -> None:
    assert practice.network
    demo.helped(practice.network, partner, person, how_many)
    once = {each: each.objects.count() for each in MADE}
    demo.helped(practice.network, partner, person, how_many)
    assert once == {each: each.objects.count() for each in once}
    assert once[Case] == how_many

    for model in (*MADE, Referral):
        unset = [each.name for each in model._meta.fields if each.null]
        for row in model.objects.all():
            row.clean_fields(exclude=unset)
    for case in Case.objects.select_related("patient"):
        assert case.patient != person
        assert case.patient.born_on
        assert case.patient.born_on.year != CHILD
        moments = [case.opened_at, case.taken_at or case.opened_at]
        moments += [each.at for each in case.attempts.order_by("at")]
        moments += [case.closed_at] if case.closed_at else []
        assert moments == sorted(moments)
        assert moments[-1] < timezone.now()

    waits = 0
    for referral in Referral.objects.select_related("consent", "case"):
        steps = received.steps(referral)
        assert state_after(steps) == referral.state
        times = [each.at for each in steps]
        assert times == sorted(times)
        assert referral.consent.starts_at < times[0]
        assert referral.topic in referral.service.needs
        assert bool(referral.case.closed_at) == (referral.state in CLOSED_WITH)
        assert times[-1] < (referral.case.closed_at or timezone.now())
        waits += referral.state in UNANSWERED
    late = [received.clock(each) for each in Referral.objects.filter(state__in=UNANSWERED)]
    assert waits == len(late) == 3
    assert sum(bool(each and each.escalate_to) for each in late) == 1


def test_of_a_year_most_is_over_and_somebody_has_a_caseload(
    practice: Organisation, partner: Organisation, person: Patient
) -> None:
    assert practice.network
    demo.helped(practice.network, partner, person, 200)
    cases = Case.objects.all()
    assert cases.exclude(closed_at=None).count() > 100
    mine = cases.filter(worker__username="persona-link-worker", closed_at=None)
    assert mine.count() == len(demo.MINE)
    assert cases.filter(worker=None).count() == len(demo.WAITING)
    assert 0.5 < cases.filter(origin="worklist").count() / 200 < 0.8
    assert set(cases.values_list("rule", flat=True)) - {""} <= set(rules.for_link_workers())
    assert cases.values("practice").distinct().count() == 2
    assert Referral.objects.filter(state="waiting_list").count() == 1


def test_a_network_of_hardly_anybody_has_what_it_can(
    practice: Organisation, person: Patient
) -> None:
    assert practice.network
    alone = add_partner("P99002", "A partner without services")
    personas.make(practice, alone)
    demo.helped(practice.network, alone, person)
    assert 0 < Case.objects.count() < 30
    assert not Referral.objects.exists()
