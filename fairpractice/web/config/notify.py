"""This service as GOV.UK Notify knows it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from fairpractice.errors import FairpracticeError


SENDERS = ("file", "notify")
THIS_MACHINE = ("127.0.0.1", "localhost", "::1")
ID = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
KEY = re.compile(f".+-({ID})-({ID})")


@dataclass(frozen=True)
class Account:
    """An account: where it answers, the service's id and secret, and the template of each way."""

    address: str
    service: str
    secret: str = field(repr=False)
    templates: Mapping[str, str]


def account(said: Mapping[str, str]) -> Account | None:
    """Return the account that the settings of the environment name; nothing without a key.

    Raises
    ------
    FairpracticeError
        When the sender is none, or is Notify and what it needs is missing or not what it must be.
    """
    chosen, key = said["FAIRPRACTICE_SENDER"], said["FAIRPRACTICE_NOTIFY_KEY"]
    if chosen not in SENDERS:
        raise FairpracticeError(
            f"there is no sender {chosen!r}",
            where="FAIRPRACTICE_SENDER",
            fix=f"Write one of {', '.join(SENDERS)}.",
        )
    if not key and chosen != "notify":
        return None
    templates = {way: said[f"FAIRPRACTICE_NOTIFY_{way.upper()}"] for way in ("text", "email")}
    address = said["FAIRPRACTICE_NOTIFY_ADDRESS"].rstrip("/")
    parts, found = urlsplit(address), KEY.fullmatch(key)
    wrong = {
        "FAIRPRACTICE_NOTIFY_KEY": found is None,
        "FAIRPRACTICE_NOTIFY_ADDRESS": parts.scheme != "https"
        and (parts.scheme != "http" or parts.hostname not in THIS_MACHINE),
        **{
            f"FAIRPRACTICE_NOTIFY_{way.upper()}": not re.fullmatch(ID, template)
            for way, template in templates.items()
        },
    }
    if found is None or any(wrong.values()):
        raise FairpracticeError(
            "what GOV.UK Notify needs is missing, or is not what it must be",
            where=", ".join(name for name, is_wrong in wrong.items() if is_wrong),
            fix="docs/how-to/messages.md says what each is.",
        )
    return Account(address, found[1], found[2], templates)
