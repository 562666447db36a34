"""Processes that the test of kills starts: it forks when told, and what it forks is killed.

Told ``put FIRST`` it forks one that puts messages in, each with its cause in one transaction; told
``send``, one that sends them. It says the process id, and how many it reaped when its input ends.
"""

import os
import sys
import time


def main() -> None:
    import django

    django.setup()
    from django.db import connection

    children = 0
    for line in sys.stdin:
        what, *more = line.split()
        connection.close()  # nothing of it is shared with what is forked
        child = os.fork()
        if not child:
            {"put": put_in, "send": send}[what](*map(int, more))
        children += 1
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)
    sys.stdout.write(f"{children} reaped\n")


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
            time.sleep(0.001)


if __name__ == "__main__":
    main()
