"""Measure pages under load, and a refresh: ``python -m benchmarks.pages [--people N]``.

People are put straight into the tables of a PostgreSQL of its own, as many to a practice as
``PRACTICE``, over the record that ``python -m benchmarks`` made; so are facts, a run and its places.
The service is started as in production, and asked at a steady rate whatever it answers: a page's
time runs from the moment at which it should have been asked, so that one that waits is not left out.
"""

import argparse
import datetime as dt
import http.client
import json
import os
import random
import statistics
import subprocess
import sys
import time
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.__main__ import EDITION, made, timed


PRACTICE = 10_000
PRACTICES = 5  # of a network
USERS = 40  # in each role
CASES = 20  # of a link worker
PORT = 8765
MEDIAN, LATE = 100, 300  # milliseconds
COOKIE = "c" * 32
FACTS = """
    INSERT INTO patients_socialfact (
        id, patient_id, topic, status, route, source_organisation_id, recorded_by_id,
        recorder_role, recorded_on, lawful_basis, sensitivity, entered_at, thread, retracted
    )
    SELECT id, patient, topic, 'present', 'asked', practice_id, %s, 'clinician',
        current_date - 30, 'direct_care', 'ordinary', now() - interval '30 days', id, false
    FROM (
        SELECT gen_random_uuid() AS id, patients_patient.id AS patient, practice_id,
            (ARRAY['debt', 'carer', 'transport'])[1 + n] AS topic
        FROM patients_patient, generate_series(0, 2) AS n
    ) AS each
"""
PLACES = """
    INSERT INTO worklists_place (
        run_id, practice_id, rule, sensitive, patient_id, reasons, because, outcomes, comes_off_when
    )
    SELECT %s, practice_id, rule, false, id, 1, '["a reason"]', '[]', '["it ends"]'
    FROM patients_patient, unnest(%s::text[]) AS rule WHERE record_id %% 10 = length(rule) %% 10
"""


KINDS = {
    "clinician": (
        "portrait",
        "search",
        "portrait",
        "record a fact",
        "portrait",
        "search",
        "worklists",
        "record a fact",
    ),
    "link worker": ("caseload", "a case", "a list", "a case", "worklists", "a case", "a list"),
}
"""What each role asks for, in turn."""


@dataclass(frozen=True)
class Reader:
    """Somebody signed in, with the people of their practice, its lists and their cases."""

    session: str
    people: list[tuple[str, str]]
    lists: list[str]
    cases: list[str]


def fill(people: int) -> dict[str, list[Reader]]:
    """Fill the tables; return who is signed in, by role."""
    from django.db import connection, transaction
    from django.utils import timezone

    from fairpractice.web.cases.models import Case
    from fairpractice.web.core.access import Role
    from fairpractice.web.core.encryption import encrypt
    from fairpractice.web.organisations.models import Organisation
    from fairpractice.web.patients.actions import index_of_name, index_of_number
    from fairpractice.web.patients.loading import COPY, fictional_name
    from fairpractice.web.patients.models import Patient
    from fairpractice.web.patients.record import record
    from fairpractice.web.worklists import rules
    from fairpractice.web.worklists.models import Run

    places = []
    for n in range(max(people // PRACTICE, 1)):
        named = {"kind": "network", "name": f"Network {n // PRACTICES}"}
        network, _ = Organisation.objects.get_or_create(
            code=f"U98{n // PRACTICES:03}", defaults=named
        )
        values = {"kind": "practice", "name": f"Practice {n}", "network": network}
        places.append(Organisation.objects.update_or_create(code=f"Y{n:05}", defaults=values)[0])
    networks = list({place.network_id: place.network for place in places}.values())
    clinicians = _signed_in(Role.CLINICIAN, places)
    link_workers = _signed_in(Role.LINK_WORKER, networks)
    if not Patient.objects.exists():
        opened = record()
        ids = opened.engine.to_arrow(opened.table("patient").select("patient_id").limit(people))
        born = dt.date(1980, 1, 1)
        with transaction.atomic(), connection.cursor() as cursor:
            with cursor.copy(COPY) as copy:
                for n, person in enumerate(sorted(ids["patient_id"].to_pylist())):
                    given, family = fictional_name(n)
                    number, day = f"999{n:07}", born + dt.timedelta(days=n % 10_000)
                    who = {"nhs_number": number, "date_of_birth": str(day)}
                    who |= {"given_name": given, "family_name": family}
                    copy.write_row(
                        (
                            uuid.uuid4(),
                            person,
                            places[n % len(places)].id,
                            encrypt(who),
                            index_of_number(number),
                            index_of_name(family, day),
                        )
                    )
            cursor.execute(FACTS, [clinicians[0][1].user_id])
            now = timezone.now()
            run = Run.objects.create(
                state="current",
                on=timezone.localdate(now),
                reads_since=now,
                began_at=now,
                finished_at=now,
            )
            cursor.execute(PLACES, [run.id, list(rules.rules())])
            cursor.execute("ANALYZE")
    of_practice = {}
    for place in places:
        some = Patient.objects.filter(practice=place)[:200]
        of_practice[place.id] = [(str(each.id), each.identity["nhs_number"]) for each in some]
    for _, member in link_workers:
        own = [place for place in places if place.network_id == member.organisation_id]
        _take_on(member, own[0])
    return {
        "clinician": [
            Reader(session, of_practice[member.organisation_id], [], [])
            for session, member in clinicians
        ],
        "link worker": [
            Reader(
                session,
                [],
                [
                    str(rules.address_of(place.id, rule))
                    for place in places
                    if place.network_id == member.organisation_id
                    for rule in rules.for_link_workers()
                ],
                [str(case.id) for case in Case.objects.filter(worker=member.user, closed_at=None)],
            )
            for session, member in link_workers
        ],
    }


def _take_on(member: Any, place: Any) -> None:
    """Let a link worker have so many cases, of people whom nobody else has."""
    from django.utils import timezone

    from fairpractice.web.cases.models import Case
    from fairpractice.web.worklists import rules
    from fairpractice.web.worklists.models import Place

    had = Case.objects.filter(worker=member.user, closed_at=None).count()
    free = Place.objects.filter(practice=place, patient__cases=None)
    free = free.filter(rule__in=rules.for_link_workers()).order_by("patient_id", "rule")
    found = list(free.distinct("patient_id")[: CASES - had])
    now = timezone.now()
    Case.objects.bulk_create(
        Case(
            patient_id=each.patient_id,
            practice=place,
            worker=member.user,
            origin="worklist",
            rule=each.rule,
            run_id=each.run_id,
            definitions="as when it was filled",
            place={"because": each.because, "outcomes": [], "comes_off_when": []},
            opened_at=now,
            taken_at=now,
            opened_by=member.user,
            opener_role=member.role,
        )
        for each in found
    )


def _signed_in(role: str, places: Sequence[Any]) -> list[tuple[str, Any]]:
    """Return people who are signed in in a role: their sessions and memberships."""
    from importlib import import_module

    from django.conf import settings
    from django.contrib import auth
    from django.http import HttpRequest

    from fairpractice.web.accounts import signing
    from fairpractice.web.accounts.models import User
    from fairpractice.web.organisations.models import Membership

    signed_in = []
    for n in range(USERS):
        user, _ = User.objects.get_or_create(
            username=f"bench-{role}-{n}", defaults={"name": f"Reader {n}"}
        )
        member, _ = Membership.objects.get_or_create(
            user=user, organisation=places[n % len(places)], role=role, ended_on=None
        )
        request = HttpRequest()
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        request.user = auth.get_user(request)
        signing.sign_in(request, member)
        request.session.save()
        signed_in.append((request.session.session_key, member))
    return signed_in


Answer = tuple[str, float, int]


def ask(kind: str, reader: Reader, chosen: random.Random, due: float) -> list[Answer]:
    """Ask for a page when it is due, and for the one that it leads to, as a browser does.

    Returns
    -------
    list of tuple
        What each was, its milliseconds and its status.
    """
    time.sleep(max(due - time.perf_counter(), 0))
    patient, number = chosen.choice(reader.people) if reader.people else ("", "")
    method, path, sent = {
        "search": ("POST", "/people/", {"nhs_number": number}),
        "portrait": ("GET", f"/people/{patient}/", {}),
        "caseload": ("GET", "/cases/", {}),
        "a case": ("GET", f"/cases/{chosen.choice(reader.cases or [''])}/", {}),
        "a list": ("GET", f"/worklists/{chosen.choice(reader.lists or [''])}/", {}),
        "record a fact": (
            "POST",
            f"/people/{patient}/add/",
            {
                "said": "food_insecurity/absent",
                "route": "asked",
                "lawful_basis": "direct_care",
                "token": uuid.uuid4(),
            },
        ),
        "worklists": ("GET", "/worklists/", {}),
    }[kind]
    headers = {"Cookie": f"session={reader.session}; csrftoken={COOKIE}", "X-CSRFToken": COOKIE}
    headers |= {"Content-Type": "application/x-www-form-urlencoded"}
    answers = []
    while path:
        there = http.client.HTTPConnection("127.0.0.1", PORT, timeout=120)
        there.request(method, path, urlencode(sent), headers)
        answer = there.getresponse()
        answer.read()
        there.close()
        answers.append((kind, (time.perf_counter() - due) * 1000, answer.status))
        method, path, sent = "GET", answer.getheader("Location") or "", {}
        kind, due = f"after: {kind}", time.perf_counter()
    return answers


def drive(
    kinds: Sequence[str], readers: Sequence[Reader], rate: float, seconds: float
) -> list[Answer]:
    """Ask at a steady rate, whatever is answered."""
    chosen = random.Random(1)
    start = time.perf_counter() + 0.5
    with ThreadPoolExecutor(64) as pool:
        waiting = [
            pool.submit(
                ask,
                kinds[n % len(kinds)],
                chosen.choice(readers),
                random.Random(n),
                start + n / rate,
            )
            for n in range(int(rate * seconds))
        ]
        return [answer for each in waiting for answer in each.result()]


def processor(server: int) -> float:
    """Return the seconds of processor that a server's workers have used."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            said = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        if int(said[1]) == server:
            ticks += int(said[11]) + int(said[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the tables if they are empty, start the service, drive it, and tell."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--people", type=int, default=500_000)
    parser.add_argument(
        "--of-record", type=int, default=1_000_000, help="which record, by its people"
    )
    parser.add_argument("--rate", type=float, default=20, help="requests a second")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--refresh", action="store_true", help="measure a refresh instead of pages")
    given: Any = parser.parse_args(arguments)
    folder = Path("build/benchmarks") / str(given.of_record)
    made(folder, given.of_record)
    said = {
        "FAIRPRACTICE_HOME": str((folder / "service").resolve()),
        "FAIRPRACTICE_RECORD": str((folder / "record").resolve()),
        "FAIRPRACTICE_DEFINITIONS": str((folder / "definitions").resolve()),
        "FAIRPRACTICE_EDITION": EDITION,
        "FAIRPRACTICE_HTTPS": "no",
    }
    from fairpractice.web.config import launch

    launch.prepare(**said)
    from fairpractice.web.config.schema import migrate

    migrate()
    if given.refresh:
        _refresh()
        return
    took, readers = timed(lambda: fill(given.people))
    print(f"{given.people:,} people filled in, or there already: {took:.0f} s")
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--bind",
            f"127.0.0.1:{PORT}",
            "--workers",
            "4",
            "--threads",
            "4",
            "fairpractice.web.config.wsgi",
        ]
    )
    try:
        _wait()
        for role, kinds in KINDS.items():
            drive(kinds, readers[role], given.rate, 5)  # what each worker reads once
            before = processor(server.pid)
            answers = drive(kinds, readers[role], given.rate, given.seconds)
            used = 1000 * (processor(server.pid) - before) / len(answers)
            print(f"{role}: {used:.0f} ms of processor a page, over {len(answers):,} pages")
            _tell(answers)
    finally:
        server.terminate()
        server.wait()


def _tell(answers: list[Answer]) -> None:
    for kind in sorted({kind for kind, _, _ in answers}):
        times = sorted(time for each, time, _ in answers if each == kind)
        failed = sum(status >= 400 for each, _, status in answers if each == kind)
        late = times[int(0.95 * len(times))]
        print(
            f"{kind:20} {len(times):5} pages: median {statistics.median(times):5.0f} ms (goal {MEDIAN}),"
            f" 95th percentile {late:5.0f} ms (goal {LATE}), {failed} failed"
        )


def _wait() -> None:
    for _ in range(600):
        try:
            there = http.client.HTTPConnection("127.0.0.1", PORT, timeout=10)
            there.request("GET", "/sign-in/")
            there.getresponse().read()
        except OSError:
            time.sleep(0.2)
        else:
            return
    raise SystemExit("the service does not answer")


def _refresh() -> None:
    """Measure a refresh against asking the rules alone, as ``fairpractice worklist`` does.

    A night makes the lists, and counts how far help got; the first of a month also makes figures.
    """
    from fairpractice.case_finding.worklist import worklists
    from fairpractice.web.patients.loading import load_people
    from fairpractice.web.patients.record import codelists, record
    from fairpractice.web.population import making, reached
    from fairpractice.web.worklists import rules
    from fairpractice.web.worklists.making import refresh

    load_people(record(), "U99000", "Network", fictional=True)
    rules.rules()
    today = dt.date.today()

    def reference() -> int:
        lists = worklists(rules.rules(), record(), today, codelists())
        return sum(found.people.num_rows for _, found in lists)

    asked = {
        "the rules alone": reference,
        "lists": refresh,
        "figures": lambda: making.make(again=True),
        "how far help got": reached.make,
    }
    figures = {}
    for name, run in asked.items():
        began = time.process_time()
        took, _ = timed(run)
        figures[name] = time.process_time() - began
        print(f"{name:16} {took:6.1f} s, {figures[name]:6.1f} s of processor")
    night = figures["lists"] + figures["how far help got"]
    ratios = {"a night": night, "the first of a month": night + figures["figures"]}
    alone = figures["the rules alone"]
    print(
        json.dumps(
            {
                f"{name} against the rules alone": round(took / alone, 2)
                for name, took in ratios.items()
            }
        )
    )


if __name__ == "__main__":
    main()
