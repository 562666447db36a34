"""The providers at which people sign in, as the environment says them."""

import json
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwk

from fairpractice.errors import FairpracticeError
from fairpractice.web.config import environment, openid


def said(file: Path, **more: str) -> dict[str, str]:
    given = {"ISSUER": "https://provider.example", "CLIENT": "us", "KEY_FILE": str(file)}
    return environment.read({f"FAIRPRACTICE_STAFF_{k}": v for k, v in {**given, **more}.items()})


@pytest.fixture(scope="module")
def rsa() -> jwk.RSAKey:
    return jwk.RSAKey.generate_key(2048)


def written(tmp_path: Path, what: Any) -> Path:
    file = tmp_path / "key"
    file.write_text(what if isinstance(what, str) else json.dumps(what), encoding="utf-8")
    return file


def test_without_settings_there_is_no_provider() -> None:
    assert openid.clients(environment.read({})) == {}


def test_a_key_is_read_as_pem_or_as_json_and_the_first_signs(
    tmp_path: Path, rsa: jwk.RSAKey
) -> None:
    pem = rsa.as_pem(private=True).decode()
    curve = jwk.ECKey.generate_key("P-384")
    both = {"keys": [curve.as_dict(private=True), rsa.as_dict(private=True)]}
    for what, signs in (
        (pem, "RS512"),
        (curve.as_pem(private=True).decode(), "ES384"),
        (rsa.as_dict(private=True), "RS512"),
        (both, "ES384"),
    ):
        client = openid.clients(said(written(tmp_path, what)))["staff"]
        assert openid.algorithm(client.keys[0]) == signs
        assert not {"d", "p", "q"} & {name for each in openid.public(client) for name in each}
    assert len(openid.public(client)) == 2


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"CLIENT": ""}, "STAFF_CLIENT"),
        ({"KEY_FILE": ""}, "STAFF_KEY_FILE"),
        ({"KEY_FILE": "/nowhere"}, "STAFF_KEY_FILE"),
        ({"ISSUER": "http://provider.example"}, "https"),
        ({"ASSURANCE": "high"}, "no level"),
    ],
)
def test_what_is_half_said_or_unsafe_is_named(
    more: dict[str, str], where: str, tmp_path: Path, rsa: jwk.RSAKey
) -> None:
    file = written(tmp_path, rsa.as_pem(private=True).decode())
    with pytest.raises(FairpracticeError, match=where):
        openid.clients(said(file, **more))


def test_a_public_key_or_none_is_refused(tmp_path: Path, rsa: jwk.RSAKey) -> None:
    public = rsa.as_pem(private=False).decode()
    for what in (public, rsa.as_dict(private=False), {"keys": []}, {"kty": "oct"}, "{", "", "x"):
        with pytest.raises(FairpracticeError, match="private key"):
            openid.clients(said(written(tmp_path, what)))
