"""GOV.UK Notify, by its HTTP API (docs.notifications.service.gov.uk/rest-api.html).

A token is HS256 over the service's id and the time, with the secret of the key. Each way has one
template, of which ``((message))`` is all that changes; an e-mail's has ``((subject))`` too.

Letters do not go this way: it wants a whole address, and the record has a postcode alone.

It takes a message before it delivers it, and tries for up to three days. What became of one it says
by its own id of it, for as long as it keeps it: seven days, unless the account says otherwise.
"""

import datetime as dt
import json
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote, urlencode
from uuid import UUID

from django.conf import settings
from joserfc import jwk, jwt

from fairpractice.web.messaging.models import Way
from fairpractice.web.messaging.senders import Fate, Message, NotSentError, Sender


PATIENCE = 10  # seconds to wait for an answer
LARGEST = 1024 * 1024  # bytes of one
NOT_FOUND = 404
FAILURES = {
    "permanent-failure": "The number or address is not in use, or refuses it.",
    "temporary-failure": "It could not be delivered: the telephone was off, or the inbox was full.",
    "technical-failure": "GOV.UK Notify could not hand it over.",
}
KINDS = {Way.TEXT: ("sms", "phone_number"), Way.EMAIL: ("email", "email_address")}


def send(message: Message) -> str:
    """Hand a message over, and return what Notify calls it."""
    kind, to = KINDS[Way(message.way)]
    filled_in = {"message": message.text}
    filled_in |= {"subject": message.subject} if kind == "email" else {}
    said = {
        to: message.to,
        "template_id": settings.NOTIFY.templates[message.way],
        "personalisation": filled_in,
        "reference": str(message.reference),
    }
    return str(_asked("POST", f"/v2/notifications/{kind}", said)["id"])


def has(reference: UUID) -> str | None:
    """Return what Notify calls the message with a reference, if it has it."""
    found = _asked("GET", "/v2/notifications?" + urlencode({"reference": str(reference)}))
    return next((str(each["id"]) for each in found["notifications"]), None)


def fate(theirs: str) -> Fate:
    """Return what became of a message, by what Notify calls it."""
    try:
        status = str(_asked("GET", f"/v2/notifications/{quote(theirs, safe='')}")["status"])
    except NotSentError as error:
        if error.status == NOT_FOUND:  # it keeps them for some days
            return Fate(known=True)
        raise
    return Fate(status == "delivered" or status in FAILURES, FAILURES.get(status, ""))


def token(service: str, secret: str, at: float) -> str:
    """Return what proves this service at a moment: it is good for half a minute."""
    claims = {"iss": service, "iat": int(at)}
    return jwt.encode({"typ": "JWT", "alg": "HS256"}, claims, jwk.OctKey.import_key(secret))


def _asked(method: str, path: str, said: dict[str, Any] | None = None) -> dict[str, Any]:
    to = settings.NOTIFY
    request = urllib.request.Request(to.address + path, method=method)
    request.add_header("Authorization", f"Bearer {token(to.service, to.secret, time.time())}")
    request.add_header("Content-Type", "application/json")
    request.data = json.dumps(said).encode() if said else None
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            found: dict[str, Any] = json.loads(answer.read(LARGEST))
            return found
    except urllib.error.HTTPError as error:
        with error:
            raise _refused(error) from error
    except (OSError, ValueError) as error:
        raise NotSentError("GOV.UK Notify did not answer") from error


def _refused(error: urllib.error.HTTPError) -> NotSentError:
    """Say what was refused. Notify's own words may quote a number: only the kind is kept."""
    try:
        kinds = [str(each["error"])[:40] for each in json.loads(error.read(LARGEST))["errors"]]
    except (OSError, ValueError, LookupError, TypeError):
        kinds = []
    for_good = error.code == 400
    asks = ": is the number or address right?" if for_good else ""
    said = ", ".join([str(error.code), *kinds[:2]])
    why = f"GOV.UK Notify did not take it{asks} ({said})"
    return NotSentError(why, for_good=for_good, status=error.code)


SENDER = Sender(send, has, frozenset(KINDS), dt.timedelta(minutes=2), fate)
