"""Every form, sent what no form should be sent: it answers, plainly, and shows none of it raw.

Forms are found by their addresses; what they ask for is read from their pages. A handful of
requests each go into every run, hundreds into the long tests.
"""

import itertools
import random
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from fairpractice.web.core.access import Role, purpose_of
from fairpractice.web.organisations.models import Organisation
from fairpractice.web.patients.models import Patient
from tests.web import support
from tests.web.core.test_access import GUARDED, OBJECTS, OPEN, VIEWS


pytestmark = pytest.mark.django_db
SCRIPT = "<script>alert(1)</script>"
NASTY = (
    "", " ", "\x00", "\r\n", "a" * 20_000, SCRIPT, "' OR 1=1; --", "\u202e\u200d", "\ud7ff𝔘",
    "-1", "0", "99999999999999999999", "NaN", "1e309", "٣", "2026-02-30", "0000-00-00",
    "9999-12-31", "24:00", "null", "[]", "{}", "true", "../../etc/passwd", "%00%ff", "{{7*7}}",
)  # fmt: skip
FILES = (b"", b"\xff\xfe\x00", b"PK\x03\x04", b"%PDF-1.7", b"a,b\n1", b'{"a":', b"\x00" * 5000)
BLIND = "<input name=token><input name=version>"  # of a form that has no page of its own
FORMS = sorted(name for name, (view, _) in GUARDED.items() if "POST" in view.methods)
APPS = sorted({name.partition(":")[0] for name in FORMS})


class Fields(HTMLParser):
    """What a page's forms ask for: each field's name, and the values that it offers."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.offered: dict[str, list[str]] = {}
        self.files: set[str] = set()
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name = said.get("name") or ""
        if tag == "select":
            self._select = name
        if tag == "option" and self._select:
            self.offered.setdefault(self._select, []).append(said.get("value") or "")
        elif tag in ("input", "textarea", "select", "button") and name:
            self.offered.setdefault(name, []).append(said.get("value") or "")
            if said.get("type") == "file":
                self.files.add(name)


def sent(draw: random.Random, fields: Fields, number: int) -> dict[str, Any]:
    """Return a form with some of its fields wrong, missing, or there twice."""
    found: dict[str, Any] = {name: draw.choice(each) for name, each in fields.offered.items()}
    for name in found:
        if name == "token":
            found[name] = str(uuid4())
        if name in fields.files:
            found[name] = SimpleUploadedFile(f"f{number}.csv", draw.choice(FILES))
    for name in draw.sample(sorted(found), min(len(found), draw.randint(1, 3))):
        what = draw.random()
        if what < 0.7:
            found[name] = draw.choice(NASTY)
        elif what < 0.85:
            del found[name]
        else:
            found[name] = [draw.choice(NASTY), draw.choice(NASTY)]
    if draw.random() < 0.2:
        found[draw.choice(("id", "patient", "role", "__proto__", SCRIPT))] = draw.choice(NASTY)
    return found


def somebody(name: str, sign_in_as: Any, person: Patient, values: dict[str, Any]) -> Iterator[Any]:
    """Yield a client, signed in as somebody who may send the form, if there is one."""
    view, _ = GUARDED[name]
    places = [
        person.practice,
        person.practice.network,
        *Organisation.objects.filter(kind="partner"),
    ]
    for role, place in itertools.product(Role, places):
        client = sign_in_as(role, place)
        if not client.viewer.ever_may(view.act):
            continue
        if role == Role.PATIENT:
            person.accounts.create(user_id=client.viewer.user_id, reads=True)
        if role == Role.LINK_WORKER:
            taken = {"worker_id": client.viewer.user_id, "taken_at": timezone.now()}
            person.cases.update(**taken) or support.has_case(client.viewer, person)
        reached = view.reach(client.viewer, **values) if view.reach else None
        held = reached.relationships if reached else client.viewer.relationships
        if (reached or not view.reach) and purpose_of(role, held, view.act):
            yield client
            return


def fuzz(app: str, times: int, sign_in_as: Any, person: Patient) -> int:
    draw, asked = random.Random(app), 0
    for name in FORMS:
        view, named = GUARDED[name]
        if not name.startswith(f"{app}:"):
            continue
        with transaction.atomic():
            values = OBJECTS[named](person, sign_in_as(Role.CLINICIAN).viewer)
            address = reverse(name, kwargs=values)
            for client in somebody(name, sign_in_as, person, values):
                page = client.get(address).content.decode() if "GET" in view.methods else BLIND
                for number in range(times):
                    form = sent(draw, Fields(page), number)
                    with transaction.atomic():
                        answer = client.post(address, form)
                        assert answer.status_code < 500, (name, form)
                        assert SCRIPT not in answer.content.decode(errors="replace"), (name, form)
                        transaction.set_rollback(True)
                    asked += 1
                with transaction.atomic():
                    kind = "application/x-www-form-urlencoded"
                    assert client.post(address, b"\xff=%ff&&&=", kind).status_code < 500, name
                    transaction.set_rollback(True)
            transaction.set_rollback(True)
    return asked


@pytest.mark.parametrize("app", APPS)
def test_no_form_breaks_on_what_it_is_sent(app: str, sign_in_as: Any, person: Patient) -> None:
    assert fuzz(app, 4, sign_in_as, person) > 0


@pytest.mark.parametrize("name", sorted(name for name in OPEN if not VIEWS[name][1]))
def test_no_open_form_breaks_on_what_anybody_sends(name: str, client: Any, person: Patient) -> None:
    draw, address = random.Random(name), reverse(name)
    page = client.get(address)
    assert page.status_code < 500
    fields = Fields(page.content.decode())
    for number in range(6):
        answer = client.post(address, sent(draw, fields, number))
        assert answer.status_code < 500
        assert SCRIPT not in answer.content.decode(errors="replace")


@pytest.mark.soak
@pytest.mark.parametrize("app", APPS)
def test_no_form_breaks_on_much_that_it_is_sent(app: str, sign_in_as: Any, person: Patient) -> None:
    assert fuzz(app, 200, sign_in_as, person) > 0
