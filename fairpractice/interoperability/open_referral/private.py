"""What a directory must not hold: services whose whereabouts are kept from the public.

Who finds a refuge finds the people in it. A service is taken for one when any of its own words,
terms or places, or the name of who offers it, says so; or when its place is marked ``redacted``.
That takes out some that might have stayed: a person may say so of one, by its id. It is never the
other way round by itself.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Set
from typing import Any

from fairpractice.interoperability.open_referral.entities import TABLES


Rows = dict[str, dict[str, dict[str, Any]]]
Node = tuple[str, str]  # an entity, and an id

_PRIVATE = re.compile(
    r"""\b(
        refuges? | safe[\s-]?(houses?|housing) | escape\s+violence | immediate\s+safety
        | (abuse|neglect|assault|violence|trafficking)\s+survivors?
        | (domestic|sexual)\W+(\w+\W+){0,2}(abuse|violence|assault|exploitation)
        | (family|intimate[\s-]partner|dating|gender[\s-]based|honou?r[\s-]based)
          [\s-](abuse|violence|assault|exploitation)
        | violence\s+against\s+women | wom[ae]n['’]?s['’]?\s+aid | rape | battered
        | fleeing\s+(\w+\s+){0,3}(violence|abuse|harm|partners?|husbands?)
        | (address|location)\s+(is\s+)?(withheld|confidential|undisclosed)
        | (address|location)\s+(is\s+)?not\s+(disclosed|published)
        | (confidential|undisclosed|secret)\s+(address|location)(es|s)?
        | forced\s+marriages? | female\s+genital\s+mutilation | fgm | coercive\s+control
        | human\s+trafficking | trafficked | modern\s+slavery | idvas? | isvas? | marac
        | abusive\s+(partner|relationship)s?
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_HOLDERS = ("organization", "service", "service_at_location", "location", "contact", "phone")
_NAMED = ("service", "organization", "taxonomy", "taxonomy_term")
"""What goes only with a service that goes, whatever it says itself."""


def tells(*texts: Any) -> bool:
    """Tell whether words are of a service that keeps its whereabouts from the public."""
    return any(_PRIVATE.search(_plain(text)) for text in texts if text)


def _plain(text: Any) -> str:
    """Return all words of a text, or of all texts in lists and objects, keys among them."""
    if isinstance(text, dict):
        return " ; ".join(_plain(each) for pair in text.items() for each in pair)
    if isinstance(text, list | tuple):
        return " ; ".join(map(_plain, text))
    return " ".join(str(text).replace("_", " ").split())


def without(
    rows: Rows, let_in: Set[str] = frozenset(), kept_out: Set[str] = frozenset()
) -> tuple[Rows, int]:
    """Return the rows without those services and all that leads to them, and how many those are.

    With a service go its places (even where another service is at them too), what is said of it,
    and who offers it, unless they offer something else that stays. Of somebody who stays and whose
    own words tell of such a service, only the name does.

    Parameters
    ----------
    rows
        As :func:`~.reading.read` returns them.
    let_in, kept_out
        The ids of services of which a person said that they may be known, or that they must not.

    Returns
    -------
    tuple
        The rows that stay; the number of services that went.
    """
    there: Rows = {**{name: {} for name in TABLES}, **rows}
    hanging = _hanging(there)
    private = {each for each in there["service"] if _is_private(there, hanging, each)} - let_in
    private |= kept_out & there["service"].keys()
    started: set[Node] = {("service", each) for each in private}
    started |= {("organization", each) for each in _silenced(there, private)}
    started |= {
        (name, key)
        for name, table in there.items()
        if name not in _NAMED
        for key, row in table.items()
        if (_hides(row) or tells(_said(row))) and not _is_let_in(row, let_in)
    }
    gone = _closed(started, there, hanging)
    stays = {
        name: {key: row for key, row in table.items() if (name, key) not in gone}
        for name, table in there.items()
    }
    for key, row in stays["organization"].items():
        if tells(_said(row)):
            stays["organization"][key] = {"name": row["name"]}
    return stays, len(private)


def _hanging(there: Rows) -> dict[Node, list[Node]]:
    """Return what belongs to what: by each row, those that name it."""
    found: dict[Node, list[Node]] = defaultdict(list)
    for name, table in there.items():
        for key, row in table.items():
            for holder in _HOLDERS:
                if held_by := row.get(f"{holder}_id"):
                    found[holder, held_by].append((name, key))
            if name == "attribute":
                said = row.get("link_entity")
                for holder in [said] if said in TABLES else TABLES:
                    found[holder, row.get("link_id", "")].append((name, key))
    return found


def _is_private(there: Rows, hanging: dict[Node, list[Node]], service: str) -> bool:
    provider = there["organization"].get(there["service"][service].get("organization_id", ""), {})
    about = _closed({("service", service)}, there, hanging)
    rows = [there[name][key] for name, key in about]
    terms = [there["taxonomy_term"].get(row.get("taxonomy_term_id", ""), {}) for row in rows]
    words = (provider.get("name"), provider.get("alternate_name"))
    return tells(*words, *map(_said, rows), *map(_said, terms)) or any(map(_hides, rows))


def _closed(start: Iterable[Node], there: Rows, hanging: dict[Node, list[Node]]) -> set[Node]:
    """Return rows with all that belongs to them, and the places that services among them are at."""
    found: set[Node] = set()
    waiting = list(start)
    while waiting:
        node = waiting.pop()
        if node in found:
            continue
        found.add(node)
        waiting += hanging.get(node, [])
        name, key = node
        place = there[name][key].get("location_id", "")
        if name == "service_at_location" and place in there["location"]:
            waiting.append(("location", place))
    return found


def _silenced(there: Rows, private: Set[str]) -> set[str]:
    """Return those who offer something, and nothing that stays; and who by their name offer it."""
    services = there["service"].items()
    open_ones = {row.get("organization_id") for key, row in services if key not in private}
    offers = {row.get("organization_id") for key, row in services if key in private}
    return {
        key
        for key, row in there["organization"].items()
        if key not in open_ones and (key in offers or tells(_said(row)))
    }


def _is_let_in(row: dict[str, Any], let_in: Set[str]) -> bool:
    return row.get("service_id") in let_in or row.get("link_id") in let_in


def _said(row: dict[str, Any]) -> list[Any]:
    return [value for key, value in row.items() if not key.endswith("_id")]


def _hides(row: dict[str, Any]) -> bool:
    return row.get("location_type") == "redacted"
