"""Identifiers and free text, encrypted before they reach the database.

Encryption is Fernet's (AES-128-CBC with HMAC-SHA256), by the ``cryptography`` package. The keys
are settings, outside the database: the first encrypts, all decrypt. To rotate, put a new key first
and run ``fairpractice keys rotate``; then the old one can go.

What is encrypted cannot be searched. A *blind index* stands beside it: an HMAC of the value under a
key of its own, so that equal values can be found by those who can compute it, and by nobody else.
"""

import functools
import hashlib
import hmac
import json
import unicodedata
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from fairpractice.errors import FairpracticeError


ROTATED_AT_ONCE = 1_000


@functools.lru_cache(maxsize=4)
def _keys(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise FairpracticeError(
            "there is no key to encrypt with, or one of them is none",
            where="FAIRPRACTICE_KEYS",
            fix="Make one with `fairpractice keys new`.",
        ) from error


def _fernet() -> MultiFernet:
    return _keys(tuple(settings.ENCRYPTION_KEYS))


def encrypt(value: Any) -> str:
    """Return a value that JSON can hold, encrypted."""
    return _fernet().encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()


def decrypt(token: str) -> Any:
    """Return what was encrypted.

    Raises
    ------
    FairpracticeError
        When none of the keys is the one that it was encrypted with, or it was changed.
    """
    try:
        return json.loads(_fernet().decrypt(token))
    except InvalidToken:
        raise FairpracticeError(
            "a value in the database cannot be decrypted with any of the keys",
            where="FAIRPRACTICE_KEYS",
            fix="Put back the key that it was encrypted with, after the others.",
        ) from None


class Encrypted(models.TextField):
    """A column whose values (anything JSON can hold) are encrypted in the database."""

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> Any:
        """Decrypt on the way out."""
        return None if value is None else decrypt(value)

    def get_prep_value(self, value: Any) -> str | None:
        """Encrypt on the way in."""
        return None if value is None else encrypt(value)


def blind_index(kind: str, *values: object) -> bytes:
    """Return what equal values of a kind have in common, and nothing else tells.

    Parameters
    ----------
    kind
        What the values are, so that equal values of two kinds do not look alike.
    values
        Texts are compared without regard to case, accents, blanks and hyphens.
    """
    plain = json.dumps([kind, *(_plain(str(value)) for value in values)])
    return hmac.digest(settings.INDEX_KEY.encode(), plain.encode(), hashlib.sha256)[:16]


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in apart if each.isalnum())


def rotate() -> int:
    """Encrypt everything that is encrypted again, with the first key; return how many rows."""
    return sum(
        _rotate(model, [field.attname for field in fields])
        for model in apps.get_models()
        if (fields := [each for each in model._meta.concrete_fields if isinstance(each, Encrypted)])
    )


def _rotate(model: type[models.Model], names: list[str]) -> int:
    """Rows are locked as they are rewritten, a thousand at a time; what was done stays done."""
    count, last = 0, None
    while True:
        with transaction.atomic():
            rows = model.objects.select_for_update().order_by("pk")
            rows = rows.filter(pk__gt=last) if last is not None else rows
            found = list(rows[:ROTATED_AT_ONCE])
            if not found:
                return count
            model.objects.bulk_update(found, names)
        count, last = count + len(found), found[-1].pk
