"""What tests of cases share: a link worker of the network, and lists that find somebody."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from fairpractice.web.cases import taking
from fairpractice.web.cases.models import Case
from fairpractice.web.core.access import Role
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients import actions
from fairpractice.web.patients.actions import Statement
from fairpractice.web.patients.models import Patient
from fairpractice.web.worklists import live, making, rules
from fairpractice.web.worklists.models import Run
from fairpractice.web.worklists.reach import Listing
from tests.web.worklists.conftest import few_rules, of_prison, record


__all__ = ["few_rules", "of_prison", "record"]
NEED = "social-need-no-referral"


@pytest.fixture
def worker(sign_in_as: Any, practice: Organisation) -> Any:
    """A link worker of the network."""
    return sign_in_as(Role.LINK_WORKER, practice.network)


@pytest.fixture
def listing(few_rules: Any, practice: Organisation, people: Any) -> Listing:
    """A list of link workers, as a run makes it: Person 1 is on it, for debt."""
    now = timezone.now()
    begun = {"on": timezone.localdate(now), "began_at": now, "reads_since": now - making.LATE}
    run = Run.objects.create(state=Run.State.CURRENT, definitions=rules.version(), **begun)
    for each in people[practice.code]:
        live._look(run, each, 0)
    return Listing(practice, NEED)


@pytest.fixture
def case(worker: Any, listing: Listing, person: Patient) -> Case:
    """Person 1, taken on from the list."""
    return taking.take(worker.viewer, listing, person)


@pytest.fixture
def debt(sign_in_as: Any) -> Callable[[Patient], Any]:
    """Let somebody be on the list, too, since a clinician recorded debt."""
    viewer = sign_in_as(Role.CLINICIAN).viewer

    def has_debt(patient: Patient, topic: str = "debt") -> Any:
        said = Statement(topic, "present", "asked", "direct_care")
        return actions.record_fact(viewer, patient, said, uuid4())

    return has_debt
