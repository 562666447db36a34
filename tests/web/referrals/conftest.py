"""What tests of referrals share."""

from collections.abc import Callable
from typing import Any

import pytest

from fairpractice.web.cases.models import Case
from fairpractice.web.core.access import Role
from fairpractice.web.directory.models import Service
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from fairpractice.web.referrals.models import Referral
from tests.web import referring, support


@pytest.fixture
def service(practice: Organisation) -> Service:
    """A service of a charity."""
    return referring.of_charity()


@pytest.fixture
def link_worker(sign_in_as: Any, practice: Organisation) -> Any:
    """A link worker of the network, signed in."""
    return sign_in_as(Role.LINK_WORKER, practice.network)


@pytest.fixture
def partner(sign_in_as: Any, service: Service) -> Any:
    """Somebody of the charity, signed in."""
    return sign_in_as(Role.COMMUNITY_PARTNER, service.organisation)


@pytest.fixture
def case(link_worker: Any, person: Patient) -> Case:
    """The open case of Person 1, which the link worker has taken."""
    return support.has_case(link_worker.viewer, person)


@pytest.fixture
def refer(link_worker: Any, case: Case, service: Service) -> Callable[..., Referral]:
    """Ask the charity to help Person 1."""

    def ask(*told: str, **more: Any) -> Referral:
        return referring.referred(link_worker.viewer, case, service, *told, **more)

    return ask
