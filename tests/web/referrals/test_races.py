"""What happens at the very same time, on connections of their own: one wins, one is told."""

import threading
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from fairpractice.errors import FairpracticeError
from fairpractice.referral import states
from fairpractice.web.cases.models import Case
from fairpractice.web.core.locking import Conflict
from fairpractice.web.directory.models import Service
from fairpractice.web.referrals import actions, entries, received
from fairpractice.web.referrals.models import Batch, CodedEntry, Referral
from fairpractice.web.sharing import consent as consents
from tests.web import referring


pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do things at the same time; return what each returned or raised."""
    together, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def one(number: int, act: Callable[[], Any]) -> None:
        try:
            together.wait(60)
            outcomes[number] = act()
        except FairpracticeError as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return outcomes


def test_whoever_is_first_wins_and_nothing_is_doubled(
    link_worker: Any, partner: Any, case: Case, service: Service
) -> None:
    us, them = link_worker.viewer, partner.viewer
    token = uuid4()
    sent = at_once(
        *[lambda: actions.send(us, case, referring.wanted(service), token) for _ in range(4)]
    )
    assert {each.id for each in sent} == {token}
    made = Referral.objects.get()
    said = {"why": "They said no", "outcome": "declined"}
    went = at_once(
        lambda: actions.move(them, made, 2, "accepted", uuid4()),
        lambda: actions.move(us, made, 2, "cancelled", uuid4(), **said),
        lambda: actions.move(them, made, 2, "rejected", uuid4(), why="We are full"),
    )
    assert sum(isinstance(each, Conflict) for each in went) == 2
    made.refresh_from_db()
    assert states.state_after(received.steps(made)) == made.state
    assert made.steps.count() == 2

    second = referring.referred(us, case, service)
    step = uuid4()
    at_once(*[lambda: actions.move(them, second, 2, "accepted", step) for _ in range(4)])
    assert second.steps.count() == 2

    third = referring.referred(us, case, service)
    gone, answered = at_once(
        lambda: consents.withdraw(us, third.consent),
        lambda: actions.move(them, third, 2, "accepted", uuid4()),
    )
    third.refresh_from_db()
    assert gone is None
    assert (third.state == "accepted") != isinstance(answered, FairpracticeError)
    with pytest.raises(FairpracticeError, match="has ended"):
        actions.move(them, third, third.version, "in_progress", uuid4())

    made_at_once = at_once(*[lambda: entries.make(us, case.practice, uuid4()) for _ in range(4)])
    assert sum(isinstance(each, Batch) for each in made_at_once) == 1
    assert CodedEntry.objects.filter(kind="referred").count() == 1
