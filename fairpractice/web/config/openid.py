"""This service as OpenID providers know it: one for colleagues, one for people themselves."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from joserfc import jwk
from joserfc.errors import JoseError

from fairpractice.errors import FairpracticeError


STAFF, PATIENTS = "staff", "patients"
THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
PROVED = "P9"
"""The level of proof of identity, in the words of NHS login, at which a person's own pages open."""
TRUSTED = (f"{PROVED}.Cp.Cd", f"{PROVED}.Cp.Ck", f"{PROVED}.Cm")
"""The vectors of trust that are asked for: proved, and signed in with two factors."""
CURVES = {"P-256": "ES256", "P-384": "ES384", "P-521": "ES512"}

Key = jwk.RSAKey | jwk.ECKey


@dataclass(frozen=True)
class Client:
    """This service at one provider.

    Attributes
    ----------
    name
        ``"staff"`` or ``"patients"``: whom the provider knows.
    issuer, client_id
        The provider, and what it calls this service.
    keys
        Private keys of this service: the first signs, the public parts of all are published.
    scope, asked
        What is asked for, beside that somebody signs in.
    assurance
        The least level that a token must say; nothing where the provider's word is enough.
    button
        What the way in is called.
    """

    name: str
    issuer: str
    client_id: str
    keys: tuple[Key, ...] = field(repr=False)
    scope: str
    asked: Mapping[str, str]
    assurance: int
    button: str


def clients(said: Mapping[str, str]) -> dict[str, Client]:
    """Return the clients that are set up, by name, from the settings of the environment.

    Raises
    ------
    FairpracticeError
        When one is half set up, is not reached safely, or its keys cannot be read.
    """
    found = {name: _client(name, said) for name in (STAFF, PATIENTS)}
    return {name: client for name, client in found.items() if client}


def _client(name: str, said: Mapping[str, str]) -> Client | None:
    prefix = f"FAIRPRACTICE_{name.upper()}_"
    needed = [f"{prefix}{each}" for each in ("ISSUER", "CLIENT", "KEY_FILE")]
    missing = [each for each in needed if not said[each]]
    if len(missing) == len(needed):
        return None
    if missing:
        raise FairpracticeError(
            "a way to sign in is half set up",
            where=", ".join(missing),
            fix="Say these too, or none; docs/how-to/sign-in.md has all.",
        )
    issuer, client_id, file = (said[each] for each in needed)
    if not is_safe(issuer):
        raise FairpracticeError(
            "a provider must be asked over https", where=needed[0], fix="Write https://..."
        )
    level = said.get(f"{prefix}ASSURANCE") or "0"
    if level not in ("0", "1", "2", "3"):
        raise FairpracticeError(
            f"there is no level {level!r}", where=f"{prefix}ASSURANCE", fix="Write 1, 2 or 3."
        )
    acr = said.get(f"{prefix}ACR")
    vectors = {"vtr": json.dumps(TRUSTED, separators=(",", ":"))}
    return Client(
        name=name,
        issuer=issuer,
        client_id=client_id,
        keys=_keys(Path(file), needed[2]),
        scope="openid profile" if name == PATIENTS else "openid",
        asked=vectors if name == PATIENTS else {"acr_values": acr} if acr else {},
        assurance=int(level),
        button=said[f"{prefix}BUTTON"],
    )


def is_safe(address: str) -> bool:
    """Tell whether what is sent to an address is read by nobody else on the way."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (
        parts.scheme == "http" and (parts.hostname or "") in THIS_MACHINE
    )


def algorithm(key: Key) -> str:
    """Return how a key signs: RS512, as the NHS's providers ask, or by its curve."""
    return CURVES[str(key.curve_name)] if isinstance(key, jwk.ECKey) else "RS512"


def public(client: Client) -> list[dict[str, object]]:
    """Return the public parts of a client's keys, as JSON Web Keys."""
    return [
        {**key.as_dict(private=False), "use": "sig", "alg": algorithm(key)} for key in client.keys
    ]


def _keys(file: Path, setting: str) -> tuple[Key, ...]:
    try:
        text = file.read_text(encoding="utf-8").strip()
        found = _parsed(text)
    except (OSError, ValueError, JoseError) as error:
        raise FairpracticeError(
            "the private key cannot be read",
            where=f"{setting}, {file}: {type(error).__name__}",
            fix="Name a file with a private key, as PEM or as JSON Web Keys.",
        ) from None
    if not found or not all(key.is_private for key in found):
        raise FairpracticeError(
            "there is no private key, or a public one",
            where=f"{setting}, {file}",
            fix="Name the file with the private key; the provider has the public one.",
        )
    for key in found:
        key.ensure_kid()
    return found


def _parsed(text: str) -> tuple[Key, ...]:
    if text.startswith("{"):
        said = json.loads(text)
        return tuple(_one(each, str(each.get("kty"))) for each in said.get("keys", [said]))
    kind = "EC" if "BEGIN EC PRIVATE KEY" in text else "RSA"
    try:
        return (_one(text, kind),)
    except (ValueError, JoseError):
        return (_one(text, "EC"),)


def _one(said: object, kind: str) -> Key:
    kinds: dict[str, type[jwk.RSAKey] | type[jwk.ECKey]] = {"RSA": jwk.RSAKey, "EC": jwk.ECKey}
    if kind not in kinds:
        raise ValueError(kind)
    return kinds[kind].import_key(said)  # type: ignore[arg-type]  # text or a dict: it takes both
