"""Whoever puts messages in, and whoever sends them, are killed at random: none is lost or doubled.

A cause is an entry of the audit trail, in the transaction that puts its message in.
"""

import contextlib
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from fairpractice.web.core.models import Entry
from fairpractice.web.messaging import sending
from fairpractice.web.messaging.models import Outgoing
from fairpractice.web.organisations.models import Organisation
from tests.web.settings import SAID


pytestmark = pytest.mark.django_db(transaction=True)
EACH = 1_000_000  # messages that no process lives to put in
SCRIPT = Path(__file__).with_name("killed.py")
LONGEST = 0.08  # seconds that a process lives after its first message


class Forks:
    """A process that forks others, and what they are told to do."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin
        assert process.stdout
        self.told, self.says = process.stdin, process.stdout

    def start(self, what: str) -> int:
        self.told.write(f"{what}\n")
        self.told.flush()
        return int(self.says.readline())


@pytest.fixture(params=["folder", "post"])
def sender(request: pytest.FixtureRequest) -> str:
    """The folder, or a post that shows what is handed over twice."""
    return str(request.param)


@pytest.fixture
def forks(outbox: Path, sender: str) -> Iterator[Forks]:
    own = connection.get_connection_params()
    url = f"postgresql://{own['user']}@/{own['dbname']}?host={own['host']}"
    env = {**os.environ, **SAID, "FAIRPRACTICE_DATABASE_URL": url}
    env |= {"FAIRPRACTICE_HOME": str(outbox.parent)}
    env |= {"DJANGO_SETTINGS_MODULE": "fairpractice.web.config.settings"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with contextlib.ExitStack() as running:
        command = [sys.executable, str(SCRIPT)]
        command += [str(outbox.parent / "post")] if sender == "post" else []
        process = subprocess.Popen(command, env=env, encoding="utf-8", **pipes)  # type: ignore[call-overload]
        running.enter_context(process)
        yield Forks(process)
        process.stdin.close()
        process.wait(30)


def put_in() -> int:
    return Outgoing.objects.count()


def sent() -> int:
    return Outgoing.objects.filter(state=Outgoing.State.SENT).count()


def kill_at_random(forks: Forks, what: str, done: Any, chance: random.Random) -> None:
    """Start a process, wait until it has done something, and kill it a moment later."""
    before, process = done(), forks.start(what)
    until = time.monotonic() + 60
    while done() == before and time.monotonic() < until:
        time.sleep(0.005)
    time.sleep(chance.uniform(0, LONGEST))
    os.kill(process, signal.SIGKILL)


def handed_over(outbox: Path, sender: str) -> list[str]:
    """Return the references of what was handed over, as often as it was."""
    if sender == "post":
        return (outbox.parent / "post").read_text("utf-8").split()
    return [each.stem for each in outbox.glob("*.json")]


def kills(forks: Forks, outbox: Path, sender: str, times: int) -> None:
    Organisation.objects.create(kind="practice", code="Y99009", name="Here")
    Organisation.objects.create(kind="partner", code="P0009", name="A charity")
    chance, in_hand = random.Random(7_211), 0
    for number in range(times):
        if number % 2 == 0:
            kill_at_random(forks, f"put {number * EACH}", put_in, chance)
        else:
            kill_at_random(forks, "send", sent, chance)
            in_hand += Outgoing.objects.filter(state=Outgoing.State.SENDING).count()
    last = forks.start("send")
    until = time.monotonic() + 60
    while Outgoing.objects.exclude(state="sent").exists() and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(last, signal.SIGKILL)
    entries = Entry.objects.filter(act="cause").values_list("detail", flat=True)
    causes = {each["cause"] for each in entries}
    rows = Outgoing.objects.values_list("key", "id")
    messages = {int(key.partition(":")[2]): str(reference) for key, reference in rows}
    assert causes == set(messages), "each cause has its message, and each message its cause"
    assert len(causes) >= times // 2
    assert set(Outgoing.objects.values_list("state", flat=True)) == {"sent"}
    assert sorted(handed_over(outbox, sender)) == sorted(messages.values())
    noted = Entry.objects.filter(act=sending.SEND, outcome="done").count()
    assert noted == len(messages), "and each was noted once"
    print(f"{times} kills: {len(messages)} messages, {in_hand} of them in hand")  # noqa: T201


def test_no_kill_loses_or_doubles_a_message(forks: Forks, outbox: Path, sender: str) -> None:
    kills(forks, outbox, sender, 10)


@pytest.mark.soak
def test_five_hundred_kills_lose_and_double_nothing(
    forks: Forks, outbox: Path, sender: str
) -> None:
    kills(forks, outbox, sender, 250)
