"""A small record, and somebody who watches a browser: what ``conftest.py`` gives to tests."""

import contextlib
import datetime as dt
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import urlsplit
from uuid import uuid4

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone
from django.utils.module_loading import import_module

from fairpractice.population import deprivation
from fairpractice.record import store
from fairpractice.record.contract import unwritten
from fairpractice.record.opened import open_record
from fairpractice.record.tables import TABLES
from fairpractice.web.accounts import signing
from fairpractice.web.cases.models import Case
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.organisations.models import Membership
from fairpractice.web.patients.loading import load_people
from fairpractice.web.patients.models import Patient, PersonAccount
from fairpractice.web.questionnaires import asking, catalogue, proxies
from fairpractice.web.questionnaires.models import Ask


PRACTICE, OTHER_PRACTICE = "Y99001", "Y99002"
TODAY = dt.date.today()
SOURCE = {"source_file": "people.csv", "source_row": 2}


def ago(days: int) -> dt.date:
    """Return a day so many days before today."""
    return TODAY - dt.timedelta(days=days)


def _fact(topic: str, status: str, route: str, days: int, **more: Any) -> dict[str, Any]:
    return {
        "topic": topic,
        "status": status,
        "route": route,
        "recorded_on": ago(days),
        "lawful_basis": "direct_care",
        "sensitivity": "ordinary",
        **more,
    }


def _visit(days: int, clinician: str, status: str = "attended") -> dict[str, Any]:
    return {"start_date": ago(days), "clinician_id": clinician, "status": status}


PEOPLE: tuple[dict[str, Any], ...] = (
    {
        "practice": PRACTICE,
        "nhs_number": "9990000018",
        "family_name": "Testperson",
        "born": dt.date(1984, 3, 27),
        "area": "E01990001",
        "social_fact": [
            _fact("debt", "present", "asked", 30),
            _fact("debt", "absent", "external", 60),
            _fact("food_insecurity", "present", "self_reported", 400),
            _fact("social_isolation", "declined", "asked", 20),
        ],
        "appointment": [
            _visit(20, "A"),
            _visit(50, "A"),
            _visit(90, "B"),
            _visit(120, "B", "did_not_attend"),
        ],
    },
    {"practice": PRACTICE, "nhs_number": "9990000026", "family_name": "Testtwin",
     "born": dt.date(1990, 1, 2), "area": "E01990002"},
    {"practice": PRACTICE, "nhs_number": "9990000034", "family_name": "Test-Twin",
     "born": dt.date(1990, 1, 2), "area": "E01990003"},
    {"practice": OTHER_PRACTICE, "nhs_number": "9990000042", "family_name": "Testperson",
     "born": dt.date(1984, 3, 27), "area": "E01990010"},
)  # fmt: skip
"""The people of the record: Person 1, Person 2 and so on, by what is known of them."""


def make_record(folder: Path) -> Path:
    """Make ``record`` and ``definitions`` in a folder, and return it."""
    with _keyed(folder):
        store.create(folder / "record")
        tables: dict[str, list[dict[str, Any]]] = {}
        for number, person in enumerate(PEOPLE, start=1):
            for name, row in _rows(number, person):
                tables.setdefault(name, []).append({"patient_id": number, **SOURCE, **row})
        staged = {}
        for name, rows in tables.items():
            schema = TABLES[name].schema()
            schema = pa.schema([schema.field(column) for column in unwritten(TABLES[name])])
            staged[name] = folder / f"{name}.parquet"
            pq.write_table(pa.Table.from_pylist(rows, schema), staged[name])
        store.add_batch(
            folder / "record",
            source="gp",
            mode="addition",
            staged=staged,
            fingerprint="1",
            practices=(),
            period=None,
        )
    areas = [f"E019900{n:02},{n},{n},{11 - n}.5,100" for n in range(1, 11)]
    file = folder / "areas.csv"
    file.write_text("\n".join(["area_code,rank,decile,score,population", *areas]), "utf-8")
    deprivation.add("fictional2025", file, folder / "definitions")
    return folder


def _keyed(folder: Path) -> contextlib.AbstractContextManager[object]:
    """Keep the key of the record beside it."""
    return mock.patch.dict(os.environ, {"FAIRPRACTICE_KEY_FILE": str(folder / "record.key")})


def _rows(number: int, person: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    born = person["born"]
    yield (
        "patient",
        {"birth_month": born.replace(day=1), "sex": "female", "contact_details": "both"},
    )
    yield (
        "identity",
        {
            "nhs_number": person["nhs_number"],
            "date_of_birth": born,
            "given_name": f"Person {number}",
            "family_name": person["family_name"],
        },
    )
    yield "registration", {"practice_code": person["practice"], "start_date": dt.date(2015, 1, 1)}
    home = {"area_code": person["area"], "area_vintage": "lsoa_2021"}
    yield "address", {**home, "start_date": dt.date(2015, 1, 1)}
    for table in ("social_fact", "appointment"):
        for row in person.get(table, ()):
            yield table, row


def load(record: Path) -> dict[str, list[Patient]]:
    """Load the record into the service; return its people by practice, in order."""
    with _keyed(record.parent):
        opened = open_record(record, purpose="direct_care")
        load_people(opened, "U99", "Test network", fictional=False)
    found: dict[str, list[Patient]] = {}
    for person in Patient.objects.select_related("practice__network").order_by("record_id"):
        found.setdefault(person.practice.code if person.practice else "", []).append(person)
    return found


def asked(viewer: Viewer, patient: Patient, questionnaire: str = "your-circumstances") -> Ask:
    """Ask somebody, on a letter."""
    chosen = catalogue.everything()[questionnaire]
    made, _ = asking.ask(viewer, patient, chosen, "letter", "direct_care", uuid4(), "/reply/")
    return made


def acts_for(viewer: Viewer, patient: Patient, *, reads: bool = True) -> PersonAccount:
    """Let a relative act for somebody, for a month."""
    ends = TODAY + dt.timedelta(days=30)
    who = proxies.Proxy("A relative", "asked", "papers", ends, reads)
    return proxies.allow(viewer, patient, who, uuid4())


def has_case(viewer: Viewer, patient: Patient) -> Case:
    """Let a link worker help somebody who asked for it."""
    now, of = timezone.now(), {"patient": patient, "practice": patient.practice}
    who = {"worker_id": viewer.user_id, "opened_by_id": viewer.user_id, "opener_role": viewer.role}
    return Case.objects.create(**of, **who, origin="self", opened_at=now, taken_at=now)


def sign_in(client: Client, membership: Membership) -> None:
    """Sign a client in as a member, without a page."""
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore()
    request.user = auth.get_user(request)
    signing.sign_in(request, membership)
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key


@contextlib.contextmanager
def only_one_at_a_time(path: Path) -> Iterator[None]:
    """Let workers start the server one after another."""
    with Path(f"{path}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def watched(page: Any, site: str, *, javascript: bool) -> Any:
    """Watch a page: what it fails to load, asks of others or complains of fails the test."""
    complaints: list[str] = []
    allowed: set[int] = set()
    known = {urlsplit(site).netloc}

    def answered(response: Any) -> None:
        if response.status >= 400 and response.status not in allowed:
            complaints.append(f"{response.status} {response.url}")

    def complained(message: Any) -> None:
        if message.type in ("error", "warning") and not (
            allowed and "Failed to load resource" in message.text
        ):
            complaints.append(message.text)

    def asked(request: Any) -> None:
        if urlsplit(request.url).netloc not in known:
            complaints.append(f"asked {request.url}")

    def failed(request: Any) -> None:
        if request.failure != "net::ERR_ABORTED":  # a download, or the reader went on
            complaints.append(f"failed {request.url}: {request.failure}")

    def once_loaded(asks: Callable[[], str]) -> Callable[[], str]:
        def ask() -> str:
            page.wait_for_load_state()
            return asks()

        return ask

    page.set_default_timeout(30_000)  # milliseconds
    page.on("response", answered)
    page.on("request", asked)
    page.on("requestfailed", failed)
    page.on("console", complained)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints, page.javascript = complaints, javascript
    page.title, page.content = once_loaded(page.title), once_loaded(page.content)
    page.allows = allowed.add
    page.goes_to = lambda address: known.add(urlsplit(address).netloc)
    page.sign_in_as = lambda role: sign_in_by_page(page, role)
    return page


def sign_in_by_page(page: Any, role: Role) -> None:
    """Sign in as the persona of a role, as a visitor of the demonstration does."""
    page.goto("/sign-in/")
    page.get_by_role("button", name=f"Sign in as {role.label.lower()}", exact=True).click()


def accessible(page: Any) -> None:
    """Fail unless the page is styled and complete, axe finds nothing, and it fits its window."""
    from axe_playwright_python.sync_playwright import Axe

    page.wait_for_load_state()
    assert page.complaints == []
    colour = page.evaluate("getComputedStyle(document.querySelector('header')).backgroundColor")
    assert colour == "rgb(0, 94, 184)", "an unstyled page would pass axe"
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, "it scrolls sideways"
    assert page.locator("h1").count() == 1
    if not page.javascript:  # which axe itself is written in
        return
    rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = Axe().run(page, options={"runOnly": rules}).response["violations"]
    assert [f"{each['id']}: {each['nodes'][0]['html'][:200]}" for each in found] == []
