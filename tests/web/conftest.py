"""What every test of the service may use.

A test of the service runs on a real PostgreSQL: ask for ``db`` (or mark it ``django_db``), and
everything it did is undone after it. All workers share one server, which is started on first use
and stops with the last of them; each has a database of its own.

``practice``, ``other_practice``
    Two practices of one network (``practice.network``), with fictional people on a record.
``person``, ``stranger``
    A person of each. ``people`` are all, by practice. Their rows in the record are in
    :data:`tests.web.support.PEOPLE`.
``sign_in_as``
    ``client = sign_in_as(Role.CLINICIAN)`` is Django's test client, signed in as a new user with
    that role at ``practice`` (or ``organisation=...``); ``client.viewer`` is who that is.
``site``
    The address of the running service, for a browser. Mark the module
    ``pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("web")]``.
``open_page``
    ``page = open_page()`` is a page in Chromium; ``open_page(javascript=False)``,
    ``open_page(width=375)``. Whatever it fails to load, asks of another host, or complains of on
    the console fails the test. ``page.sign_in_as(Role.CLINICIAN)`` signs in by the personas' page.
``accessible``
    ``accessible(page)`` fails unless the page is styled, axe finds nothing (where there is
    JavaScript, which it needs), and nothing scrolls sideways.
"""

import os

import pytest


pytest.importorskip("django", reason="The service is not installed. Install it: make install")
pytest.importorskip("pytest_django", reason="pytest-django is missing. Install it: make test")
import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import django


pytest.register_assert_rewrite("tests.web.support")
# Playwright keeps an event loop in this thread, in which Django fears for its connections.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
# Named for a moment only: what tests start in a process of its own is not theirs to configure.
with mock.patch.dict(os.environ, {"DJANGO_SETTINGS_MODULE": "tests.web.settings"}):
    django.setup()

from django.conf import settings
from django.test import Client

from fairpractice.web.accounts import personas, signing
from fairpractice.web.accounts.models import User
from fairpractice.web.config import postgres
from fairpractice.web.core.access import Role, Viewer
from fairpractice.web.organisations.models import Membership, Organisation
from fairpractice.web.patients.models import Patient
from tests.web import support


SERVER = Path(tempfile.gettempdir()) / f"fairpractice-tests-{os.getuid()}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Start the server, and name a database of this run and worker."""
    with support.only_one_at_a_time(SERVER):
        url = postgres.start(SERVER)
    from fairpractice.web.config.settings import database

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", str(os.getpid()))[:12]
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw")
    default = settings.DATABASES["default"]
    default.update(HOST=database(url)["HOST"], USER="postgres", CONN_MAX_AGE=0)
    default.setdefault("TEST", {})["NAME"] = f"test_{run}_{worker}"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let tests that commit empty the audit trail after them, which nobody else can."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for table in ("core_entry", "core_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_never_emptied")
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        # What a browser asked for last may still be on its way when the database is to go.
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(scope="session")
def record_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record of the people of :data:`tests.web.support.PEOPLE`, and the areas they live in."""
    return support.make_record(tmp_path_factory.mktemp("web"))


@pytest.fixture(autouse=True)
def _reads_the_record(request: pytest.FixtureRequest) -> None:
    """Point the service at the record, for tests that have people."""
    if "people" in request.fixturenames:
        folder = request.getfixturevalue("record_folder")
        own = request.getfixturevalue("settings")
        own.RECORD = str(folder / "record")
        own.DEFINITIONS = str(folder / "definitions")


@pytest.fixture
def people(request: pytest.FixtureRequest, record_folder: Path) -> dict[str, list[Patient]]:
    """Everybody on the record, loaded as ``fairpractice serve`` loads them, by practice code."""
    _database(request)
    return support.load(record_folder / "record")


def _database(request: pytest.FixtureRequest) -> None:
    live = "site" in request.fixturenames
    request.getfixturevalue("transactional_db" if live else "db")


@pytest.fixture
def practice(people: dict[str, list[Patient]]) -> Organisation:
    """The practice that most tests are about."""
    return Organisation.objects.select_related("network").get(code=support.PRACTICE)


@pytest.fixture
def other_practice(people: dict[str, list[Patient]]) -> Organisation:
    """Another practice of the same network."""
    return Organisation.objects.select_related("network").get(code=support.OTHER_PRACTICE)


@pytest.fixture
def person(people: dict[str, list[Patient]]) -> Patient:
    """A person of ``practice``: Person 1 of :data:`tests.web.support.PEOPLE`."""
    return people[support.PRACTICE][0]


@pytest.fixture
def stranger(people: dict[str, list[Patient]]) -> Patient:
    """A person of ``other_practice``."""
    return people[support.OTHER_PRACTICE][0]


class SignedIn(Client):
    """Django's test client, signed in."""

    viewer: Viewer


@pytest.fixture
def sign_in_as(practice: Organisation, client: Client) -> Callable[..., SignedIn]:
    """Sign in a new user with a role; see the docstring of this module."""

    def sign_in(role: Role, organisation: Organisation | None = None) -> SignedIn:
        number = User.objects.count() + 1
        user = User.objects.create_user(f"user-{number}", f"Colleague {number}")
        place = organisation or practice
        member = Membership.objects.create(user=user, organisation=place, role=role)
        signed_in = SignedIn()
        support.sign_in(signed_in, member)
        signed_in.viewer = Viewer(
            user.id, user.name, role, place.id, place.name, signing._relationships(member)
        )
        return signed_in

    return sign_in


@pytest.fixture
def site(live_server: Any, practice: Organisation) -> str:
    """The address of the running service, with its people and personas."""
    partner, _ = Organisation.objects.get_or_create(
        code="P0001", defaults={"kind": "partner", "name": "A charity"}
    )
    personas.make(practice, partner)
    return str(live_server.url)


@pytest.fixture(scope="session")
def chromium_running(chromium: str) -> Iterator[Any]:
    """The browser of this worker."""
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # milliseconds: the machine may be busy
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def open_page(chromium_running: Any, site: str) -> Iterator[Callable[..., Any]]:
    """Open pages in a browser; see the docstring of this module."""
    with contextlib.ExitStack() as opened:

        def open_one(*, javascript: bool = True, width: int = 1280, height: int = 900) -> Any:
            context = opened.enter_context(
                contextlib.closing(
                    chromium_running.new_context(
                        base_url=site,
                        java_script_enabled=javascript,
                        viewport={"width": width, "height": height},
                    )
                )
            )
            return support.watched(context.new_page(), site, javascript=javascript)

        yield open_one


@pytest.fixture
def accessible() -> Callable[[Any], None]:
    """Fail unless everybody can use the page that is open."""
    return support.accessible
