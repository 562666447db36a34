"""Whoever refers or answers is killed at any moment: nothing is lost, doubled or left half done."""

import os
import random
import signal
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection

from fairpractice.referral import states
from fairpractice.web.cases.models import Case
from fairpractice.web.core.access import Viewer
from fairpractice.web.core.models import Entry
from fairpractice.web.directory.models import Service
from fairpractice.web.messaging.models import Outgoing
from fairpractice.web.referrals import actions, received
from fairpractice.web.referrals.models import Message, Referral, Step
from fairpractice.web.sharing.models import Consent
from tests.web import referring


pytestmark = [
    pytest.mark.django_db(transaction=True),
    # The process that is made here asks the database and nothing else.
    pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning"),
]
AT_ONCE = 2
SAID = {"why": "A plan is agreed", "outcome": "resolved"}
Act = tuple[UUID, Callable[[], Any]]


def acts(us: Viewer, them: Viewer, case: Case, service: Service) -> list[Act]:
    """Return what is to be done, in order, each with the id of the form by which it is sent."""
    done: list[Act] = []
    for _ in range(AT_ONCE):
        one, tokens = Referral(id=uuid4()), [uuid4() for _ in range(4)]
        asked = referring.wanted(service)
        ways: list[Callable[[], Any]] = [
            lambda one=one, asked=asked: actions.send(us, case, asked, one.id, inbox="https://a/"),
            lambda one=one, token=tokens[0]: actions.move(them, one, 2, "accepted", token),
            lambda one=one, token=tokens[1]: actions.write(them, one, "Tuesday at ten", token),
            lambda one=one, token=tokens[2]: actions.move(them, one, 3, "in_progress", token),
            lambda one=one, token=tokens[3]: actions.move(them, one, 4, "completed", token, **SAID),
        ]
        done += zip([one.id, *tokens], ways, strict=True)
    return done


def killed_on_the_way(todo: list[Act], chance: random.Random) -> int:
    """Do it in a process that is killed at some moment; return how many it said were done."""
    connection.close()  # the other process opens its own
    told, tells = os.pipe()
    child = os.fork()
    if not child:
        for _, act in todo:
            os.write(tells, b"?")
            act()
            os.write(tells, b"!")
        os._exit(0)
    os.close(tells)
    said = b""
    for _ in range(chance.randrange(2 * len(todo))):
        said += os.read(told, 1)
    for _ in range(chance.randrange(100_000)):
        pass  # a moment, within what it does just then
    os.kill(child, signal.SIGKILL)
    while more := os.read(told, 64):
        said += more
    os.close(told)
    assert os.waitpid(child, 0)[0] == child
    return said.count(b"!")


def is_there(token: UUID) -> bool:
    return any(table.objects.filter(id=token).exists() for table in (Referral, Step, Message))


def kill(rounds: int, us: Viewer, them: Viewer, case: Case, service: Service, seed: int) -> None:
    """Kill so many times; each time what was done is there, and all is once it is sent again."""
    Service.objects.update(email="inbox@advice.example")
    service.refresh_from_db()
    chance, done_in_all = random.Random(seed), 0
    for _ in range(rounds):
        todo = acts(us, them, case, service)
        done = killed_on_the_way(todo, chance)
        done_in_all += done
        assert all(is_there(token) for token, _ in todo[:done]), "lost"
        assert not any(is_there(token) for token, _ in todo[done + 1 :])
        for _, act in todo:
            act()  # as somebody does who saw no answer
    made = AT_ONCE * rounds
    assert 0 < done_in_all < 5 * made, "some were killed on the way"
    assert Referral.objects.filter(state="completed").count() == Referral.objects.count() == made
    assert (Step.objects.count(), Message.objects.count()) == (4 * made, made), "doubled"
    assert Consent.objects.count() == Outgoing.objects.count() == made
    assert Entry.objects.filter(detail__has_key="referral").count() == 6 * made
    for each in Referral.objects.prefetch_related("steps"):
        assert states.state_after(received.steps(each)) == each.state


def test_of_twenty_who_are_killed_nothing_is_lost_or_doubled(
    link_worker: Any, partner: Any, case: Case, service: Service
) -> None:
    kill(20, link_worker.viewer, partner.viewer, case, service, seed=1)


@pytest.mark.soak
def test_nor_of_five_hundred(link_worker: Any, partner: Any, case: Case, service: Service) -> None:
    kill(500, link_worker.viewer, partner.viewer, case, service, seed=2)
