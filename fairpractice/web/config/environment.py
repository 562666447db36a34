"""What the service is told from outside: environment variables, or one file of them.

The file that ``FAIRPRACTICE_ENV_FILE`` names has a line ``NAME=value`` for each; what the
environment itself says wins. Everything that can be said is in :data:`SETTINGS`.
"""

import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

from fairpractice.errors import FairpracticeError


FILE = "FAIRPRACTICE_ENV_FILE"
DATABASE = "FAIRPRACTICE_DATABASE_URL"
SECRETS = ("FAIRPRACTICE_SECRET_KEY", "FAIRPRACTICE_KEYS", "FAIRPRACTICE_INDEX_KEY")

SETTINGS: dict[str, tuple[str, str]] = {
    DATABASE: (
        "",
        "PostgreSQL, as postgresql://user:password@host:5432/name. Without it `fairpractice "
        "serve` starts one of its own in FAIRPRACTICE_HOME.",
    ),
    "FAIRPRACTICE_SECRET_KEY": ("", "A long random text. It signs sessions."),
    "FAIRPRACTICE_KEYS": (
        "",
        "Keys that identifiers and free text are encrypted with, separated by commas: the first "
        "encrypts, all decrypt. Put a new one first to rotate.",
    ),
    "FAIRPRACTICE_INDEX_KEY": (
        "",
        "A long random text. With it people are found by NHS number, or by name and date of "
        "birth, among encrypted rows. It never changes.",
    ),
    "FAIRPRACTICE_HOSTS": (
        "127.0.0.1,localhost",
        "The names that the service answers to, separated by commas.",
    ),
    "FAIRPRACTICE_RECORD": ("", "The folder of the record that portraits are read from."),
    "FAIRPRACTICE_DEFINITIONS": ("definitions", "The folder of local definitions."),
    "FAIRPRACTICE_EDITION": ("imd2025", "The edition of deprivation that portraits show."),
    "FAIRPRACTICE_HOME": ("service", "Where a database of its own and made keys are kept."),
    "FAIRPRACTICE_HTTPS": ("yes", "`no` only where it answers this one machine, as in the demo."),
    "FAIRPRACTICE_DEMO": (
        "no",
        "`yes` lets anybody in as any of a set of fictional people. Never where a real person is "
        "on record.",
    ),
    "FAIRPRACTICE_LOCAL_ACCOUNTS": (
        "no",
        "`yes` lets colleagues who were invited sign in with a password and a code from an app.",
    ),
    "FAIRPRACTICE_STAFF_ISSUER": (
        "",
        "The OpenID provider at which colleagues sign in: its issuer, as NHS CIS2's.",
    ),
    "FAIRPRACTICE_STAFF_CLIENT": ("", "What that provider calls this service: the client id."),
    "FAIRPRACTICE_STAFF_KEY_FILE": (
        "",
        "The file with this service's own private key at that provider: PEM, or JSON Web Keys, "
        "of which the first signs.",
    ),
    "FAIRPRACTICE_STAFF_ACR": (
        "",
        "How that provider is to make sure, as its `acr_values`: for NHS CIS2, AAL2_OR_AAL3_ANY.",
    ),
    "FAIRPRACTICE_STAFF_ASSURANCE": (
        "",
        "The least `id_assurance_level` and `authentication_assurance_level` to take, 1 to 3. "
        "Without it, whatever that provider is satisfied with.",
    ),
    "FAIRPRACTICE_STAFF_BUTTON": ("Sign in with your work account", "What its button says."),
    "FAIRPRACTICE_PATIENTS_ISSUER": (
        "",
        "The OpenID provider at which people open their own pages: NHS login's issuer, or one that "
        "says the same of them.",
    ),
    "FAIRPRACTICE_PATIENTS_CLIENT": ("", "What that provider calls this service."),
    "FAIRPRACTICE_PATIENTS_KEY_FILE": ("", "The file with this service's private key there."),
    "FAIRPRACTICE_PATIENTS_BUTTON": ("Continue to NHS login", "What its button says."),
    "FAIRPRACTICE_SENDER": (
        "file",
        "How messages go out: `file` writes each into the folder `outbox` of FAIRPRACTICE_HOME, "
        "`notify` hands texts and e-mails to GOV.UK Notify.",
    ),
    "FAIRPRACTICE_NOTIFY_KEY": ("", "The API key of GOV.UK Notify, whole, as it was shown once."),
    "FAIRPRACTICE_NOTIFY_TEXT": (
        "",
        "The id of the template for texts there, which has the one field ((message)).",
    ),
    "FAIRPRACTICE_NOTIFY_EMAIL": (
        "",
        "The id of the template for e-mails, which has ((subject)) and ((message)).",
    ),
    "FAIRPRACTICE_NOTIFY_ADDRESS": (
        "https://api.notifications.service.gov.uk",
        "Where GOV.UK Notify answers.",
    ),
}
"""Each setting's name, what it is when nothing is said, and what it means."""


def read(environ: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return every setting of :data:`SETTINGS`.

    Parameters
    ----------
    environ
        The environment; that of the process when left out.

    Raises
    ------
    FairpracticeError
        When the file is not there, or has a line that is none, or a yes or no is neither.
    """
    given = os.environ if environ is None else environ
    said = {**_file(given[FILE]), **given} if given.get(FILE) else given
    found = {name: said.get(name) or default for name, (default, _) in SETTINGS.items()}
    for name in ("FAIRPRACTICE_HTTPS", "FAIRPRACTICE_DEMO", "FAIRPRACTICE_LOCAL_ACCOUNTS"):
        if found[name] not in ("yes", "no"):
            raise FairpracticeError(
                f"{found[name]!r} is neither yes nor no", where=name, fix="Write yes or no."
            )
    return found


def complete(found: dict[str, str]) -> dict[str, str]:
    """Return settings that have a database and all secrets: an empty key would protect nothing.

    Raises
    ------
    FairpracticeError
        When one is missing.
    """
    missing = [name for name in (DATABASE, *SECRETS) if not found[name]]
    if missing:
        raise FairpracticeError(
            "the service is not told what it must know",
            where=", ".join(missing),
            fix="`fairpractice keys new` makes secrets; docs/how-to/run-the-service.md has all.",
        )
    return found


def _file(name: str) -> dict[str, str]:
    try:
        lines = Path(name).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise FairpracticeError(
            "the file of settings cannot be read",
            where=f"{name}: {error.strerror}",
            fix=f"Check the path in {FILE}.",
        ) from error
    found = {}
    for number, line in enumerate(lines, start=1):
        key, equals, value = line.partition("=")
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not equals or (key.startswith("FAIRPRACTICE_") and key.strip() not in SETTINGS):
            raise FairpracticeError(
                f"there is no setting {key.strip()!r}",
                where=f"{name}, line {number}",
                fix="Write NAME=value, with a name from docs/how-to/run-the-service.md.",
            )
        found[key.strip()] = value.strip()
    return found


def new_secrets() -> dict[str, str]:
    """Return new secrets, by the name of their setting."""
    return {
        "FAIRPRACTICE_SECRET_KEY": secrets.token_urlsafe(50),
        "FAIRPRACTICE_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "FAIRPRACTICE_INDEX_KEY": secrets.token_urlsafe(32),
    }
