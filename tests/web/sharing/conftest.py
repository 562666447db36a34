"""What tests of sharing share."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from fairpractice.web.core.access import Role
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient, PersonAccount
from fairpractice.web.sharing import consent
from fairpractice.web.sharing.consent import Agreed
from fairpractice.web.sharing.models import Consent


@pytest.fixture
def charity(practice: Organisation) -> Organisation:
    """A community partner."""
    return Organisation.objects.create(code="P0009", kind="partner", name="Advice charity")


@pytest.fixture
def clinician(sign_in_as: Any) -> Any:
    """Somebody of the practice, signed in."""
    return sign_in_as(Role.CLINICIAN)


@pytest.fixture
def partner(sign_in_as: Any, charity: Organisation) -> Any:
    """Somebody of the charity, signed in."""
    return sign_in_as(Role.COMMUNITY_PARTNER, charity)


@pytest.fixture
def privacy_officer(sign_in_as: Any, practice: Organisation) -> Any:
    """The privacy officer of the network, signed in."""
    return sign_in_as(Role.PRIVACY_OFFICER, practice.network)


@pytest.fixture
def patient(sign_in_as: Any, person: Patient) -> Any:
    """Person 1, signed in."""
    client = sign_in_as(Role.PATIENT)
    PersonAccount.objects.create(user_id=client.viewer.user_id, patient=person)
    return client


@pytest.fixture
def agree(clinician: Any, charity: Organisation, person: Patient) -> Callable[..., Consent]:
    """Record that the person agreed that the charity is told."""

    def agreed(*categories: str, **more: Any) -> Consent:
        told = categories or ("contact", "circumstances")
        said = Agreed(charity, "support", told, 6, "in_person", **more)
        viewer = clinician.viewer
        return consent.give(viewer, person, said, uuid4())

    return agreed
