"""Single values: out of FHIR and of forms, and back into FHIR. What is odd is answered in words."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from fairpractice.listening.questionnaire import DECLINED, Coding, Value


WHOLE = re.compile(r"[+-]?[0-9]{1,10}", re.ASCII)
NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{1,6})?", re.ASCII)  # JSON keeps fifteen digits
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
LARGEST = 2**31 - 1  # FHIR's integers have 32 bits
LONGEST = 4000
"""The most characters of a text, where its question does not say."""

NOT_KEPT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


DECLINED_KEY = DECLINED.value
"""What a form sends for "I would rather not say"."""

TYPES: dict[str, type | tuple[type, ...]] = {
    "boolean": bool,
    "integer": int,
    "decimal": (Decimal, int),
    "date": dt.date,
    "string": str,
    "text": str,
}


def is_a(value: Value, kind: str) -> bool:
    """Say whether a value answers a question of a kind; one of yes or no answers no number."""
    return isinstance(value, TYPES[kind]) and isinstance(value, bool) == (kind == "boolean")


def alike(one: Value, other: Value) -> bool:
    """Say whether two values are the same; yes is not 1."""
    return one == other and isinstance(one, bool) == isinstance(other, bool)


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a value, said to whoever gave it."""

    what: str


def whole(said: str) -> int | Wrong:
    """Read a whole number."""
    found = int(said) if WHOLE.fullmatch(said) else None
    return Wrong("Enter a whole number") if found is None or abs(found) > LARGEST else found


def decimal(said: str) -> Decimal | Wrong:
    """Read a number; a comma is not taken for a point, since it may stand for thousands."""
    if not NUMBER.fullmatch(said):
        return Wrong("Enter a number, such as 12 or 12.5")
    return Decimal(said)


def day(said: str) -> dt.date | Wrong:
    """Read a day written year-month-day."""
    try:
        if DAY.fullmatch(said):
            return dt.date.fromisoformat(said)
    except ValueError:
        pass
    return Wrong("Enter a real date, such as 2026-03-31")


def words(said: str) -> str | Wrong:
    """Read a text."""
    if NOT_KEPT.search(said):
        return Wrong("Remove the characters that cannot be shown")
    return said


def yes_or_no(said: str) -> bool | Wrong:
    """Read yes or no."""
    return {"true": True, "false": False}.get(said, Wrong("Choose yes or no"))


READERS: dict[str, Callable[[str], Value | Wrong]] = {
    "boolean": yes_or_no,
    "integer": whole,
    "decimal": decimal,
    "date": day,
    "string": words,
    "text": words,
}
"""How the text that a form sends is read, by the kind of question. Choices are read by key."""

ANSWER_TYPES = ("Boolean", "Integer", "Decimal", "Date", "String", "Coding")
FHIR_TYPES = {
    "boolean": "Boolean",
    "integer": "Integer",
    "decimal": "Decimal",
    "date": "Date",
    "string": "String",
    "text": "String",
}
"""The type of ``value[x]`` that answers a kind of question; choices take their options'."""


def from_fhir(kind: str, said: Any) -> Value | Wrong:
    """Return a FHIR value of one of :data:`ANSWER_TYPES` as ours, or what is wrong with it."""
    if kind == "Coding":
        return _coding(said)
    if kind == "Boolean":
        return said if isinstance(said, bool) else Wrong("Choose yes or no")
    if kind in ("Integer", "Decimal"):
        if isinstance(said, bool) or not isinstance(said, int | float | Decimal):
            return Wrong("Enter a number")
        return whole(str(said)) if kind == "Integer" else decimal(f"{Decimal(str(said)):f}")
    if not isinstance(said, str):
        return Wrong("Enter text")
    return day(said) if kind == "Date" else words(said)


def _coding(said: Any) -> Coding | Wrong:
    if not isinstance(said, dict):
        return Wrong("Choose one of the answers")
    parts = [said.get(key, "") for key in ("code", "system", "display")]
    if not all(isinstance(part, str) for part in parts) or not parts[0]:
        return Wrong("Choose one of the answers")
    return Coding(*parts)


def to_fhir(value: Value) -> dict[str, Any]:
    """Return a value as FHIR's ``value[x]``."""
    if isinstance(value, bool):
        return {"valueBoolean": value}
    if isinstance(value, int):
        return {"valueInteger": value}
    if isinstance(value, Decimal):
        return {"valueDecimal": int(value) if value == value.to_integral_value() else float(value)}
    if isinstance(value, dt.date):
        return {"valueDate": value.isoformat()}
    if isinstance(value, str):
        return {"valueString": value}
    said = {"system": value.system, "code": value.code, "display": value.display}
    return {"valueCoding": {key: part for key, part in said.items() if part}}
