"""What tests of signing in may use.

``provider``
    A real OpenID provider, in a process of its own: :class:`Provider`. Mark the module
    ``pytestmark = [pytest.mark.openid, pytest.mark.xdist_group("openid")]``.
``ways_in``
    The settings of a deployment: ``ways_in()`` lets colleagues and people in at the provider, and
    colleagues by a password; ``ways_in(local="no")``.
``place``, ``other_place``
    Two practices, without people, which takes no time.
``colleague``
    ``user = colleague(Role.CODER, place)`` is a user with that membership.
"""

import http.cookiejar
import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.test import Client

from fairpractice.web.accounts import openid
from fairpractice.web.accounts.models import User
from fairpractice.web.config import environment
from fairpractice.web.config import openid as clients
from fairpractice.web.core.access import Role
from fairpractice.web.organisations.models import Membership, Organisation


FOLDER = Path(__file__).parent / "openid_provider"
SITE = "http://testserver"


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


class Visitor:
    """Somebody's browser at the provider, which goes from page to page and keeps its cookies.

    ``asked`` says how often it was asked who they are.
    """

    def __init__(self) -> None:
        self.asked = 0
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(_Stays, cookies)

    def proves(self, address: str, subject: str | None) -> str:
        """Go to the provider, prove who one is (or cancel), and return where it sends one back."""
        there = urlsplit(address).netloc
        sent = None
        while urlsplit(address).netloc == there:
            try:
                with self._opener.open(address, sent, timeout=30) as page:
                    assert "/interaction/" in address, page.read()
                    self.asked += 1
                form = {"done": "no"} if subject is None else {"subject": subject, "done": "yes"}
                address, sent = f"{address}/login", urlencode(form).encode()
            except urllib.error.HTTPError as moved:  # what is no redirect has no Location
                with moved:
                    address, sent = urljoin(address, moved.headers["Location"]), None
        return address


class Provider:
    """The provider: ``issuer`` is its address; ``told`` says what it is to be from now on."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    def told(self, **said: Any) -> None:
        request = urllib.request.Request(f"{self.issuer}/told", json.dumps(said).encode())
        urllib.request.urlopen(request, timeout=30).close()

    def answers_to(self, site: str, key: dict[str, str]) -> None:
        """Know this service at an address, by its public key."""
        client = {
            "response_types": ["code"],
            "grant_types": ["authorization_code"],
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "RS512",
            "jwks": {"keys": [key]},
            "post_logout_redirect_uris": [f"{site}/sign-in/"],
        }
        signs = {"staff": "RS256", "patients": "RS512"}
        self.told(
            clients=[
                {
                    **client,
                    "client_id": f"fairpractice-{name}",
                    "redirect_uris": [f"{site}/sign-in/back/{name}/"],
                    "id_token_signed_response_alg": algorithm,
                }
                for name, algorithm in signs.items()
            ]
        )

    def signs_in(
        self,
        client: Client,
        name: str,
        subject: str | None,
        visitor: Visitor | None = None,
        **asked: str,
    ) -> Any:
        """Go to the provider from one of our pages, prove who one is there, and come back."""
        left = client.get(f"/sign-in/with/{name}/", asked)
        assert left.status_code == 302, left.content
        return client.get((visitor or Visitor()).proves(left["Location"], subject))


@pytest.fixture(scope="session")
def provider_running() -> Iterator[Provider]:
    with subprocess.Popen(
        ["node", "provider.mjs"],
        cwd=FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as process:
        assert process.stdout
        assert process.stdin
        yield Provider(process.stdout.readline().strip())
        process.stdin.close()


@pytest.fixture
def provider(provider_running: Provider, public_key: dict[str, str]) -> Provider:
    provider_running.told(accounts={}, faults={}, down=False, inToken=True)
    provider_running.answers_to(SITE, public_key)
    openid._kept.clear()
    return provider_running


@pytest.fixture(scope="session")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The private key of this service."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = tmp_path_factory.mktemp("key") / "key.pem"
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file.write_bytes(key.private_bytes(*pem, serialization.NoEncryption()))
    return file


def said(key_file: Path, issuer: str, **more: str) -> dict[str, str]:
    """The settings of a deployment with a provider."""
    given = {
        f"FAIRPRACTICE_{name.upper()}_{key}": value
        for name in ("staff", "patients")
        for key, value in (
            ("ISSUER", issuer),
            ("CLIENT", f"fairpractice-{name}"),
            ("KEY_FILE", str(key_file)),
        )
    }
    return environment.read({**given, **more})


@pytest.fixture(scope="session")
def public_key(key_file: Path) -> dict[str, str]:
    made = clients.clients(said(key_file, "https://provider.example"))
    return clients.public(made["staff"])[0]  # type: ignore[return-value]


@pytest.fixture
def ways_in(settings: Any, key_file: Path, request: pytest.FixtureRequest) -> Callable[..., None]:
    """Set up how people sign in; see the docstring of this module."""

    def set_up(local: str = "yes", **more: str) -> None:
        settings.IN_DEMO = False
        settings.LOCAL_ACCOUNTS = local == "yes"
        if "provider" in request.fixturenames:
            issuer = request.getfixturevalue("provider").issuer
            settings.OPENID = clients.clients(said(key_file, issuer, **more))

    return set_up


@pytest.fixture
def place(db: None) -> Organisation:
    made: Organisation = Organisation.objects.create(kind="practice", code="Y99008", name="Here")
    return made


@pytest.fixture
def other_place(db: None) -> Organisation:
    made: Organisation = Organisation.objects.create(kind="practice", code="Y99009", name="There")
    return made


@pytest.fixture
def colleague(request: pytest.FixtureRequest) -> Callable[..., User]:
    """Make a user; with ``subject``, one whom the provider knows as that."""

    def make(role: Role, *organisations: Organisation, subject: str = "") -> User:
        number = User.objects.count() + 1
        user: User = User.objects.create_user(f"colleague-{number}", f"Colleague {number}")
        for each in organisations:
            Membership.objects.create(user=user, organisation=each, role=role)
        if subject:
            issuer = request.getfixturevalue("provider").issuer
            user.subjects.create(issuer=issuer, subject=subject)
        return user

    return make
