"""Signing in at an OpenID provider: there with a question, back with an answer that is checked.

The authorization code flow of OpenID Connect Core 1.0 (section 3.1), with PKCE (RFC 7636), a state
and a nonce that are used once, and this service proving itself with its private key (RFC 7523).
The steps are Authlib's and joserfc's; what is here asks over HTTP, and lets nothing pass unchecked.
"""

import json
import logging
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from authlib.oauth2.rfc7523.client import ASSERTION_TYPE
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from django.http import HttpRequest
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from fairpractice.web.config import openid
from fairpractice.web.config.openid import Client


BEGUN = "openid"
LASTS = 10 * 60  # seconds, from leaving for the provider until one is back
AT_ONCE = 5  # windows in which somebody may have left for a provider
LEEWAY = 60  # seconds by which two clocks may differ
PATIENCE = 10  # seconds to wait for a provider
KEPT_FOR = 60 * 60  # seconds
LARGEST = 1024 * 1024  # bytes of an answer
SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
"""What a provider may sign with: nothing that this service could sign with too."""
FROM_PROVIDER = {"access_denied": "cancelled", "temporarily_unavailable": "down"}

logger = logging.getLogger(__name__)
_kept: dict[str, tuple[float, dict[str, Any]]] = {}


class NotProved(Exception):  # noqa: N818 (as Django's Http404 is none)
    """Nobody was proved to be anybody; ``why`` is one of the words for it."""

    def __init__(self, why: str, going_to: str = "") -> None:
        super().__init__(why)
        self.why, self.going_to = why, going_to


@dataclass(frozen=True)
class Answer:
    """What a provider says of somebody, and what they were about when they left for it."""

    claims: Mapping[str, Any]
    going_to: str
    invitation: str


def begin(
    request: HttpRequest,
    client: Client,
    back: str,
    going_to: str,
    invitation: str = "",
    *,
    anew: bool = False,
) -> str:
    """Return the address to leave for, and keep in the session what the answer must fit.

    Parameters
    ----------
    client, back
        The provider, and the address of ours to which it sends people back.
    going_to, invitation
        Where somebody wanted to go; the invitation that they follow, if any.
    anew
        Whether they are to show again who they are, though the provider may know them still.

    Raises
    ------
    NotProved
        When the provider does not answer.
    """
    about = _metadata(client)
    state, nonce, verifier = generate_token(43), generate_token(43), generate_token(64)
    others = dict(list(request.session.get(BEGUN, {}).items())[1 - AT_ONCE :])
    request.session[BEGUN] = {
        **others,
        state: {
            "client": client.name,
            "nonce": nonce,
            "verifier": verifier,
            "back": back,
            "at": time.time(),
            "going_to": going_to,
            "invitation": invitation,
            "anew": anew,
        },
    }
    more = {"prompt": "login", "max_age": str(LASTS)} if anew else {}
    return str(
        prepare_grant_uri(
            about["authorization_endpoint"],
            client.client_id,
            "code",
            redirect_uri=back,
            scope=client.scope,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
            **client.asked,
            **more,
        )
    )


def finish(request: HttpRequest, client: Client) -> Answer:
    """Return what the provider says of whoever comes back, once it has all been checked.

    Raises
    ------
    NotProved
        When the provider does not answer, or what came back is not what it must be.
    """
    every = request.session.get(BEGUN, {})
    begun = every.pop(request.GET.get("state", ""), None)  # gone, whatever comes of it
    request.session[BEGUN] = every
    if begun is None or begun["client"] != client.name or time.time() - begun["at"] > LASTS:
        raise NotProved("stale")
    try:
        claims = _claims(request, client, begun)
        _must_be_as_new_as_asked(claims, begun)
        return Answer(claims, begun["going_to"], begun["invitation"])
    except NotProved as error:
        raise NotProved(error.why, begun["going_to"]) from error


def _must_be_as_new_as_asked(claims: Mapping[str, Any], begun: Mapping[str, Any]) -> None:
    """Refuse who was not asked anew who they are, where that was wanted (section 3.1.2.1).

    What was wanted stands in an address that passes through the browser, and could be left out on
    the way: what the provider says of when it asked decides.
    """
    if not begun.get("anew"):
        return
    at = claims.get("auth_time")
    if type(at) not in (int, float) or at < begun["at"] - LEEWAY:
        raise NotProved("not_anew")


def farewell(client: Client, back: str) -> str | None:
    """Return the address at which somebody signs out of the provider too, if it has one."""
    address = _metadata(client).get("end_session_endpoint")
    said = urlencode({"client_id": client.client_id, "post_logout_redirect_uri": back})
    return f"{address}?{said}" if address else None


def _claims(request: HttpRequest, client: Client, begun: Mapping[str, Any]) -> Mapping[str, Any]:
    if error := request.GET.get("error"):
        raise NotProved(FROM_PROVIDER.get(error, "provider"))
    if request.GET.get("iss", client.issuer) != client.issuer:  # RFC 9207
        raise NotProved("answer")
    about = _metadata(client)
    tokens = _tokens(client, about, request.GET.get("code", ""), begun)
    claims = _identity(client, about, tokens, begun["nonce"])
    if client.name == openid.PATIENTS and not {"nhs_number", "birthdate"} <= set(claims):
        more = _more(about, tokens)
        if more.get("sub") != claims["sub"]:
            raise NotProved("answer")
        return {**more, **claims}
    return claims


def _tokens(
    client: Client, about: Mapping[str, Any], code: str, begun: Mapping[str, Any]
) -> dict[str, Any]:
    """Exchange the code, as the holder of this service's private key."""
    key, endpoint = client.keys[0], about["token_endpoint"]
    assertion = private_key_jwt_sign(
        key,
        client.client_id,
        endpoint,
        alg=openid.algorithm(key),
        header={"kid": key.kid},
        expires_in=300,
    )
    sent = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": begun["back"],
        "client_id": client.client_id,
        "code_verifier": begun["verifier"],
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
    }
    return _ask(endpoint, urlencode(sent).encode())


def _identity(
    client: Client, about: Mapping[str, Any], tokens: Mapping[str, Any], nonce: str
) -> dict[str, Any]:
    """Check a token by OpenID Connect Core 1.0, section 3.1.3.7."""
    try:
        signed = _decoded(about, tokens.get("id_token", ""))
        claims = CodeIDToken(
            signed.claims,
            signed.header,
            options={
                "iss": {"essential": True, "value": client.issuer},
                "aud": {"essential": True, "value": client.client_id},
            },
            params={
                "nonce": nonce,
                "client_id": client.client_id,
                "access_token": tokens.get("access_token"),
            },
        )
        claims.validate(leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        logger.error("a token of %s was refused: %s", client.name, type(error).__name__)
        raise NotProved("answer") from error
    return dict(claims)


def _decoded(about: Mapping[str, Any], token: str) -> jwt.Token:
    """Check a signature; a provider that has changed its keys is asked for them again."""
    try:
        return jwt.decode(token, _keys(about), algorithms=SIGNED)
    except (JoseError, ValueError, KeyError):
        return jwt.decode(token, _keys(about, again=True), algorithms=SIGNED)


def _keys(about: Mapping[str, Any], *, again: bool = False) -> jwk.KeySet:
    said = _keeping(about["jwks_uri"], again=again)
    known = [each for each in said.get("keys", ()) if each.get("kty") in ("RSA", "EC")]
    return jwk.KeySet.import_key_set({"keys": known})


def _more(about: Mapping[str, Any], tokens: Mapping[str, Any]) -> dict[str, Any]:
    """Ask for what the token does not say."""
    return _ask(about.get("userinfo_endpoint", ""), bearer=str(tokens.get("access_token", "")))


def _metadata(client: Client) -> dict[str, Any]:
    """Return what a provider says of itself (OpenID Connect Discovery 1.0)."""
    address = f"{client.issuer.rstrip('/')}/.well-known/openid-configuration"
    about = _keeping(address)
    needed = {"authorization_endpoint", "token_endpoint", "jwks_uri"}
    if about.get("issuer") != client.issuer or not needed <= set(about):
        del _kept[address]
        logger.error("%s is not the issuer that %s answers as", client.issuer, client.name)
        raise NotProved("down")
    return about


def _keeping(address: str, *, again: bool = False) -> dict[str, Any]:
    at, found = _kept.get(address, (0.0, {}))
    if again or time.monotonic() - at > KEPT_FOR or not found:
        found = _ask(address)
        _kept[address] = (time.monotonic(), found)
    return found


class _StaysThere(urllib.request.HTTPRedirectHandler):
    """Follow nobody elsewhere with a secret."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        """Go nowhere."""


def _ask(address: str, sent: bytes | None = None, bearer: str = "") -> dict[str, Any]:
    if not openid.is_safe(address):
        raise NotProved("down")
    headers = {"Accept": "application/json"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    opener = urllib.request.build_opener(_StaysThere)
    try:
        asked = urllib.request.Request(address, data=sent, headers=headers)
        with opener.open(asked, timeout=PATIENCE) as answer:
            found = json.loads(answer.read(LARGEST))
    except urllib.error.HTTPError as error:
        with error:
            logger.error("a provider answered %s", error.code)
        raise NotProved("answer" if 400 <= error.code < 500 else "down") from error
    except (OSError, ValueError) as error:
        logger.error("a provider did not answer: %s", type(error).__name__)
        raise NotProved("down") from error
    if not isinstance(found, dict):
        raise NotProved("down")
    return found
