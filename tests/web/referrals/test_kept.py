"""What is kept of referrals: exported, erased in its time, encrypted anew; and what it costs."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from cryptography.fernet import Fernet
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from fairpractice.record.dates import months_after
from fairpractice.web.cases.models import Case
from fairpractice.web.core import encryption
from fairpractice.web.patients.models import Patient
from fairpractice.web.referrals import actions, entries
from fairpractice.web.referrals.models import CodedEntry, Message, Referral, Step
from fairpractice.web.sharing import consent as consents
from fairpractice.web.sharing import held, retention
from fairpractice.web.sharing.models import Consent


pytestmark = pytest.mark.django_db
Refer = Callable[..., Referral]
TABLES = {Referral, Step, Message, CodedEntry}


@pytest.fixture
def finished(refer: Refer, case: Case, link_worker: Any, partner: Any) -> Referral:
    """A referral that was written about and finished, in a case that is closed."""
    made = refer()
    actions.write(partner.viewer, made, "Tuesday at ten", uuid4())
    said = {"why": "They found help elsewhere", "outcome": "declined"}
    actions.move(link_worker.viewer, made, 2, "cancelled", uuid4(), **said)
    entries.make(link_worker.viewer, case.practice, uuid4())
    consents.withdraw(link_worker.viewer, made.consent)
    case.closed_at, case.outcome = timezone.now(), Case.Outcome.RESOLVED
    case.save()
    return made


def test_everything_is_exported_and_goes_with_its_case(finished: Referral, person: Patient) -> None:
    assert not TABLES - {type(row) for row in held.rows(person)}
    said = " ".join(value for item in held.items(person) for value in item.says.values())
    for words in ("Help with letters", "Tuesday at ten", "They found help elsewhere"):
        assert words in said
    end = months_after(timezone.localdate(), 96)
    retention.run(None, months_after(timezone.localdate(), 95))
    assert Referral.objects.exists()
    assert Consent.objects.exists(), "it says on what the referral stood"
    retention.run(None, end)
    assert not any(table.objects.exists() for table in TABLES)
    assert not Consent.objects.exists()


def test_it_is_encrypted_anew_though_it_is_never_changed(finished: Referral, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.ENCRYPTION_KEYS]
    encryption.rotate()
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert finished.steps.get(number=2).why == "They found help elsewhere"
    assert finished.messages.get().words == "Tuesday at ten"


def test_a_page_costs_as_much_however_many_there_are(
    refer: Refer, link_worker: Any, partner: Any, case: Case
) -> None:
    pages = [
        (partner, reverse("referrals:inbox")),
        (link_worker, reverse("referrals:followed")),
        (link_worker, reverse("cases:case", kwargs={"case": case.id})),
    ]
    costs = []
    for many in (1, 4):
        for _ in range(many):
            refer()
        for client, address in pages:
            client.get(address)  # the first page of a session costs more
        costs.append([_queries(*page) for page in pages])
    assert costs[0] == costs[1]


def _queries(client: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)
