"""Whose message it is, and their colleagues, are told when it was not sent."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from fairpractice.web.core.access import UNSENT, Role
from fairpractice.web.core.models import Entry
from fairpractice.web.messaging import outbox, sending
from fairpractice.web.messaging.models import Outgoing
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient


pytestmark = pytest.mark.django_db
PAGE = "messaging:unsent"


def shown(client: Any) -> str:
    return str(client.get(reverse(PAGE)).content.decode().partition("<main")[2])


def test_somebody_is_told_and_sees_to_it(
    put: Callable[..., Outgoing], says: Callable[..., None], clinician: Any, sign_in_as: Any
) -> None:
    home = reverse("core:home")
    assert "was not sent" not in clinician.get(home).content.decode()
    message = put()
    says(email=False)
    sending.send_due()
    colleague = sign_in_as(Role.CARE_NAVIGATOR)
    for client in (clinician, colleague):
        assert "1 message was not sent" in client.get(home).content.decode()
        assert "Person 1 Testperson" in shown(client)
        assert "Not by an e-mail" in shown(client)
    at = reverse("messaging:settle", kwargs={"message": message.id})
    assert colleague.post(at).status_code == 302
    assert "There are none" in shown(clinician)
    assert clinician.post(at).status_code == 302, "somebody was first, which is no harm"
    message.refresh_from_db()
    assert message.settled_by_id == colleague.viewer.user_id
    entry = Entry.objects.filter(act=UNSENT, patient_id=message.patient_id).latest("id")
    assert entry.user_id == colleague.viewer.user_id
    assert sending.send_due() == 0


def test_who_left_the_practice_is_not_named(
    put: Callable[..., Outgoing], reached: Patient, clinician: Any
) -> None:
    put()
    reached.practice = None
    reached.save()
    sending.send_due()
    assert "not in your care any more" in shown(clinician)
    assert "Testperson" not in shown(clinician)


def test_a_link_worker_is_told_of_their_own(
    put: Callable[..., Outgoing], says: Callable[..., None], reached: Patient, sign_in_as: Any,
    practice: Organisation,
) -> None:  # fmt: skip
    worker = sign_in_as(Role.LINK_WORKER, practice.network)
    put(key="theirs")
    outbox.put("own", "email", "tried", patient=reached, by=worker.viewer)
    charity = Organisation.objects.create(kind="partner", code="P0001", name="A charity")
    at = {"to": "charity@example.org", "by": worker.viewer, "link": "https://example.org/"}
    outbox.put(f"inbox:{uuid4()}", "email", "inbox", organisation=charity, **at)
    Outgoing.objects.update(state="failed", over_at=timezone.now())
    page = shown(worker)
    assert page.count("Seen to<") == 2
    assert "A charity" in page
    assert "Testperson" not in page, "they have no open case of theirs"
    theirs = Outgoing.objects.get(key="theirs")
    at_theirs = reverse("messaging:settle", kwargs={"message": theirs.id})
    assert worker.post(at_theirs).status_code == 404
    administrator = sign_in_as(Role.ADMINISTRATOR, practice.network)
    page = shown(administrator)
    assert "A charity" in page, "whoever put it in may have left"
    assert page.count("Seen to<") == 1
