"""Extensions of a questionnaire read into values: scores, and what follows from an answer."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from fairpractice.listening import names
from fairpractice.listening.questionnaire import (
    Band,
    Consequences,
    Score,
    ScoredItem,
    States,
)


class UnusableError(Exception):
    """What cannot be used, before it is known in which file."""

    def __init__(self, what: str, link_id: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what, self.fix = what, fix
        self.place = f", linkId {link_id}" if link_id else ""


def extensions(said: Mapping[str, Any], url: str) -> list[Mapping[str, Any]]:
    """Return the extensions of an element by one address."""
    return [each for each in said.get("extension", ()) if each["url"] == url]


def value(extension: Mapping[str, Any]) -> Any:
    """Return the one value of a simple extension."""
    ((_, found),) = ((key, each) for key, each in extension.items() if key.startswith("value"))
    return found


def values(said: Mapping[str, Any], url: str) -> list[Any]:
    """Return the values of all simple extensions by one address."""
    return [value(each) for each in extensions(said, url)]


def word(said: Mapping[str, Any], url: str) -> str:
    """Return the text of a simple extension, empty when it is not there."""
    found = next(iter(values(said, url)), "")
    if not isinstance(found, str):
        raise TypeError
    return found


def flag(said: Mapping[str, Any], url: str) -> bool:
    """Return whether a simple extension is there and true."""
    return next(iter(values(said, url)), False) is True


def number(said: Mapping[str, Any], url: str) -> Decimal | dt.date | None:
    """Return the number or day of a simple extension, or None when it is not there."""
    found = next(iter(values(said, url)), None)
    if found is None:
        return None
    if isinstance(found, bool):
        raise TypeError
    return dt.date.fromisoformat(found) if isinstance(found, str) else Decimal(str(found))


def consequences(said: Mapping[str, Any], link_id: str, when: bool | None = None) -> Consequences:
    """Return what follows from an answer.

    Parameters
    ----------
    said
        The option or band; for a question of yes or no the item, whose extensions each say with
        ``when`` which of the two they are about.
    link_id
        The question, for what is wrong.
    when
        Yes or no.
    """
    found: dict[str, list[Mapping[str, Any]]] = {
        url: [
            each
            for each in extensions(said, url)
            if when is None or parts(each).get("when") == [when]
        ]
        for url in (names.STATES, names.URGENT, names.HELP)
    }
    for url in found:
        for each in extensions(said, url):
            if when is not None and not isinstance(parts(each).get("when", [None])[0], bool):
                raise UnusableError(
                    "What follows from an answer does not say from which",
                    link_id,
                    'Add {"url": "when", "valueBoolean": true} or false to that extension.',
                )
    return Consequences(
        states=tuple(
            States(*(one(each, key, link_id) for key in ("topic", "status")))
            for each in found[names.STATES]
        ),
        urgent=next((kind(each, link_id) for each in found[names.URGENT]), ""),
        help=next((kind(each, link_id) for each in found[names.HELP]), ""),
    )


def kind(extension: Mapping[str, Any], link_id: str) -> str:
    """Return the ``kind`` that an extension says, as its one value or among its parts."""
    if "extension" in extension:
        return one(extension, "kind", link_id)
    return str(value(extension))


def parts(extension: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the values of a complex extension by name; of one inside it, the extension itself."""
    found: dict[str, list[Any]] = {}
    for each in extension.get("extension", ()):
        found.setdefault(each["url"], []).append(each if "extension" in each else value(each))
    return found


def one(extension: Mapping[str, Any], key: str, link_id: str) -> str:
    """Return the one text that a complex extension must have by a name."""
    found = parts(extension).get(key, [])
    if len(found) != 1 or not isinstance(found[0], str):
        raise UnusableError(
            f"An extension does not say its {key}", link_id, f"Add {key} to it once."
        )
    return found[0]


def scores(said: Mapping[str, Any]) -> tuple[Score, ...]:
    """Return the scores that a questionnaire declares."""
    return tuple(
        Score(
            id=one(each, "id", ""),
            title=one(each, "title", ""),
            items=tuple(_scored(item) for item in parts(each).get("item", ())),
            bands=tuple(_band(band) for band in parts(each).get("band", ())),
        )
        for each in extensions(said, names.SCORE)
    )


def _scored(item: Mapping[str, Any]) -> ScoredItem:
    said = parts(item)
    return ScoredItem(
        link_id=one(item, "linkId", ""),
        reversed=said.get("reversed") == [True],
        at_least=Decimal(str(said["at-least"][0])) if "at-least" in said else None,
    )


def _band(band: Mapping[str, Any]) -> Band:
    said = parts(band)
    return Band(
        start=Decimal(str(said["from"][0])),
        end=Decimal(str(said["to"][0])),
        label=one(band, "label", ""),
        states=tuple(
            States(*(one(each, key, "") for key in ("topic", "status")))
            for each in said.get("states", ())
        ),
    )
