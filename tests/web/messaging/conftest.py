"""What tests of messages share."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from fairpractice.web.core.access import Role
from fairpractice.web.messaging import outbox as messages
from fairpractice.web.messaging.models import Outgoing
from fairpractice.web.patients.models import Patient
from fairpractice.web.sharing.models import SafeContact


@pytest.fixture(autouse=True)
def outbox(settings: Any, tmp_path: Path) -> Path:
    """Send messages into a folder of the test's own."""
    settings.OUTBOX = tmp_path / "outbox"
    return settings.OUTBOX


@pytest.fixture
def written(outbox: Path) -> Callable[[], list[dict[str, str]]]:
    """Read what was sent."""

    def read() -> list[dict[str, str]]:
        return [json.loads(each.read_text("utf-8")) for each in sorted(outbox.glob("*.json"))]

    return read


@pytest.fixture
def reached(person: Patient) -> Patient:
    """Person 1, who has a telephone, an e-mail address and a postcode."""
    known = {"telephone": "07700 900001", "email": "one@example.org", "postcode": "ZZ99 3VZ"}
    person.identity = {**person.identity, **known}
    person.save()
    return person


@pytest.fixture
def clinician(sign_in_as: Any) -> Any:
    """Somebody of the practice, signed in."""
    return sign_in_as(Role.CLINICIAN)


@pytest.fixture
def put(clinician: Any, reached: Patient) -> Callable[..., Outgoing]:
    """Put a message to Person 1 in, from the clinician: an e-mail, which goes at any hour."""

    def put_in(way: str = "email", words: str = "call", key: str = "", **more: Any) -> Outgoing:
        key = key or f"test:{uuid4()}"
        return messages.put(key, way, words, patient=reached, by=clinician.viewer, **more)

    return put_in


@pytest.fixture
def says(clinician: Any, reached: Patient) -> Callable[..., None]:
    """Say how Person 1 can be reached: by everything at any hour, but for what is said."""

    def said(**values: Any) -> None:
        every = dict.fromkeys(("text", "letter", "email", "voicemail"), True)
        hours = {"from_hour": 0, "until_hour": 24, "weekdays": [], "prohibited": False}
        known = {**every, **hours, "said_by_id": clinician.viewer.user_id, **values}
        SafeContact.objects.update_or_create(patient=reached, defaults=known)

    return said
