"""Processes that the test of kills starts: it forks when told, and what it forks is killed.

Told ``put FIRST`` it forks one that puts messages in, each with its cause in one transaction; told
``send``, one that sends them. It says the process id.

With an argument, messages do not go into the folder but to a *post*, which is that file: a line for
each that was handed over, so that what is handed over twice is there twice.
"""

import datetime as dt
import os
import sys
import time
from pathlib import Path
from uuid import UUID


def main() -> None:
    import django

    django.setup()
    from django.db import connection

    if len(sys.argv) > 1:
        hand_to(Path(sys.argv[1]))
    for line in sys.stdin:
        what, *more = line.split()
        connection.close()  # nothing of it is shared with what is forked
        child = os.fork()
        if not child:
            {"put": put_in, "send": send}[what](*map(int, more))
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)


def hand_to(post: Path) -> None:
    from fairpractice.web.messaging import sending
    from fairpractice.web.messaging.senders import EVERY, Message, Sender

    post.touch()

    def hand_over(message: Message) -> str:
        with post.open("ab", buffering=0) as line:
            line.write(f"{message.reference}\n".encode())
        time.sleep(0.005)  # the answer takes a moment: most kills come then
        return "taken"

    def has(reference: UUID) -> str | None:
        return "taken" if str(reference) in post.read_text("utf-8") else None

    sender = Sender(hand_over, has, EVERY, dt.timedelta(0))
    sending.senders = lambda: {"file": sender}


def put_in(first: int) -> None:
    from django.db import transaction

    from fairpractice.web.core import audit
    from fairpractice.web.messaging import outbox
    from fairpractice.web.organisations.models import Organisation

    practice = Organisation.objects.get(code="Y99009")
    charity = Organisation.objects.get(code="P0009")
    for number in range(first, first + 1_000_000):
        with transaction.atomic():
            audit.entry(None, "cause", detail={"cause": number})
            to = {"organisation": charity, "to": "charity@example.org", "place": practice}
            outbox.put(f"cause:{number}", "email", "inbox", **to, link="https://example.org/")


def send() -> None:
    from fairpractice.web.messaging import sending

    while True:
        if not sending.send_due():
            time.sleep(0.01)


if __name__ == "__main__":
    main()
