"""The rows of a feed: pages of a list, single objects, or several lists in one document.

What is wrong costs as little as it can: a value costs itself, a row that is of no use costs that
row and what hangs on it alone, a file that is no JSON costs that file. Each is said, with its
place. What the standard does not know is kept with its row, and counted.
"""

import datetime as dt
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from fairpractice.interoperability.open_referral.entities import (
    DATE,
    EMAIL,
    ID,
    LINK,
    MOMENT,
    NAMES,
    NUMBER,
    ONE_OF,
    TABLES,
)


Row = dict[str, Any]

_LINK = re.compile(r"https?://[^\s/?#]+\S*", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_CONTROL = re.compile(r"[\x00\ud800-\udfff]")  # what no database keeps
_Pages = dict[str, tuple[int, int]]  # by entity: how many its lists promise, and how many they have
_ROOT = {"version", "profile", "openapi_url"}  # what an interface says of itself: no rows


@dataclass(frozen=True)
class Fault:
    """What is not as the standard says: where, what, and what it cost.

    Attributes
    ----------
    file, place
        The file, and the way to it within, such as ``contents[2].phones[0].number``.
    reason
        What is wrong. It never quotes what was said there.
    cost
        ``"file"``, ``"row"`` or ``"value"`` for what was not kept; ``"nothing"``.
    """

    file: str
    place: str
    reason: str
    cost: str


@dataclass
class Feed:
    """What was read.

    Attributes
    ----------
    rows
        By entity and id: the columns that were said, dates and ids as text; under ``extra``, what
        the standard does not know.
    faults
        What was wrong.
    unknown
        How often a key was met that the standard does not know, by entity and key.
    read
        How many objects of each entity were met, the faulty among them.
    """

    rows: dict[str, dict[str, Row]] = field(default_factory=lambda: {name: {} for name in TABLES})
    faults: list[Fault] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    read: Counter[str] = field(default_factory=Counter)


def read(files: Iterable[tuple[str, bytes]]) -> Feed:
    """Return the rows of a feed.

    One that is met again, as in a list and then by itself, adds what it says to what was said.

    Parameters
    ----------
    files
        Their names, and what is in them.
    """
    feed = Feed()
    pages: _Pages = {}
    for name, content in files:
        try:
            document = _clean(json.loads(content.decode("utf-8-sig"), parse_constant=_refused))
        except UnicodeDecodeError:
            feed.faults.append(Fault(name, "", "it is not text in UTF-8", "file"))
        except ValueError:
            feed.faults.append(Fault(name, "", "it is not JSON", "file"))
        except RecursionError:
            feed.faults.append(Fault(name, "", "it is nested too deeply", "file"))
        else:
            _document(feed, name, document, pages)
    for entity, (total, listed) in pages.items():
        if listed < total:
            said = f"the lists say that there are {total}, and have {listed}: was every page given?"
            feed.faults.append(Fault("", TABLES[entity].plural, said, "nothing"))
    return feed


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is not JSON")


def _clean(value: Any) -> Any:
    """Return what was parsed without what no database keeps."""
    if isinstance(value, dict):
        return {_CONTROL.sub("", key): _clean(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_clean(each) for each in value]
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _document(feed: Feed, file: str, document: Any, pages: _Pages) -> None:
    lists = _lists(file, document)
    if lists is None:
        feed.faults.append(Fault(file, "", "it has no list or object of the standard", "file"))
        return
    for place, said, items in lists:
        entity = said or _shape(items)
        if entity is None:
            if items:
                feed.faults.append(Fault(file, place, "nothing says what is in it", "file"))
            continue
        for number, item in enumerate(items):
            here = f"{place}[{number}]" if place else ""
            _Reader(feed, file).row(entity, item, here)
        total = document.get("total_items") if isinstance(document, dict) else None
        if place == "contents" and isinstance(total, int):
            before, listed = pages.get(entity, (0, 0))
            pages[entity] = max(total, before), listed + len(items)


def _lists(file: str, document: Any) -> list[tuple[str, str | None, list[Any]]] | None:
    """Return the lists in a document: their place, their entity if that is said, their items."""
    said = _said(file)
    if isinstance(document, list):
        return [("rows", said, document)]
    if not isinstance(document, dict):
        return None
    if document and _ROOT.issuperset(document):
        return []
    if isinstance(document.get("contents"), list):
        return [("contents", said, document["contents"])]
    named = {
        key: NAMES[stem]
        for key, value in document.items()
        if isinstance(value, list) and (stem := key.removesuffix(".csv")) in NAMES
    }
    if named and "id" not in document:
        return [(key, entity, document[key]) for key, entity in named.items()]
    return [("", said, [document])] if said or _shape([document]) else None


def _said(file: str) -> str | None:
    """Return the entity after which a file is called."""
    stem = re.split(r"[/\\]", file.lower())[-1]
    found = [name for name in NAMES if re.match(rf"{name}(?![a-z])", stem)]
    return NAMES[max(found, key=len)] if found else None


def _shape(items: list[Any]) -> str | None:
    """Return the entity of which a list has the most keys, beyond those that all have."""
    common = {"id", "name", "description", "alternate_name", "attributes", "metadata"}
    keys = Counter(
        key
        for item in items
        if isinstance(item, dict) and "id" in item
        for key, value in item.items()
        if value not in (None, "", []) and key not in common
    )
    score = {
        name: sum(keys[key] for key in {*table.columns, *table.one, *table.many})
        for name, table in TABLES.items()
        if table.own_name
    }
    best = max(score, key=lambda name: score[name])
    return best if score[best] and list(score.values()).count(score[best]) == 1 else None


@dataclass
class _Reader:
    """Reads the objects of one file into a feed."""

    feed: Feed
    file: str

    def fault(self, place: str, reason: str, cost: str) -> None:
        self.feed.faults.append(Fault(self.file, place, reason, cost))

    def row(
        self, entity: str, item: Any, place: str, held_by: Mapping[str, str] | None = None
    ) -> str | None:
        """Read an object and all that is nested in it; return its id, or nothing if it is lost."""
        table = TABLES[entity]
        self.feed.read[entity] += 1
        if not isinstance(item, dict):
            self.fault(place, "it is not an object", "row")
            return None
        row: Row = {**(held_by or {})}
        extra = {}
        nested = {**table.one, **table.many}
        for key, value in item.items():
            at = f"{place}.{key}".lstrip(".")
            if key == "id" or key in nested or value in (None, "", [], {}):
                continue
            if key not in table.columns:
                extra[key] = value
                self.feed.unknown[f"{entity}.{key}"] += 1
                continue
            kept, wrong = value_of(entity, key, value)
            if wrong:
                self.fault(at, wrong, "value")
            elif kept is not None:
                row.setdefault(key, kept)
        found = self._id(entity, item, place, row)
        missing = [key for key in table.needed if key not in row]
        if missing:
            self.fault(place, f"it has no {' and no '.join(missing)}", "row")
        lost = found is None or bool(missing)
        for key, within in table.one.items():
            if item.get(key):
                inner = self.row(within, item[key], f"{place}.{key}".lstrip("."))
                if inner:
                    row[f"{_key(within, key)}_id"] = inner
        if lost or found is None:
            return None
        for key in table.expected:
            if key not in row:
                self.fault(place, f"the standard asks for its {key}", "nothing")
        if extra:
            row["extra"] = extra
        known = self.feed.rows[entity].setdefault(found, {})
        for key, value in row.items():
            known[key] = {**known.get(key, {}), **value} if key == "extra" else value
        for key, within in table.many.items():
            self._many(entity, found, within, item.get(key), f"{place}.{key}".lstrip("."))
        return found

    def _many(self, entity: str, holder: str, within: str, items: Any, place: str) -> None:
        if not items:
            return
        if not isinstance(items, list):
            self.fault(place, "it is not a list", "row")
            return
        held = {f"{entity}_id": holder}
        if within == "attribute":
            held = {"link_entity": entity, "link_id": holder}
        for number, item in enumerate(items):
            self.row(within, item, f"{place}[{number}]", held)

    def _id(self, entity: str, item: Row, place: str, row: Row) -> str | None:
        said = item.get("id")
        if isinstance(said, str | int) and not isinstance(said, bool) and str(said).strip():
            return _uuid(entity, str(said).strip())
        if TABLES[entity].own_name:
            self.fault(place, "it has no id", "row")
            return None
        self.fault(place, "it has no id", "nothing")
        content = json.dumps([row, item], sort_keys=True)
        return str(uuid5(NAMESPACE_URL, f"{entity}:{content}"))


def _key(entity: str, key: str) -> str:
    return "taxonomy" if key == "taxonomy_detail" else entity


def _uuid(entity: str, said: str) -> str:
    """Return an id as a UUID: itself, or one that is always the same for what is not one."""
    try:
        return str(UUID(said))
    except ValueError:
        return str(uuid5(NAMESPACE_URL, f"{entity}:{said}"))


def value_of(entity: str, key: str, value: Any) -> tuple[Any, str]:
    """Return a value as its column has it, and what is wrong with it if it cannot be kept.

    Parameters
    ----------
    entity, key
        The table and the column, of :data:`~.entities.TABLES`.
    value
        What was said.

    Returns
    -------
    tuple
        Text, or a number in a column of numbers; and empty, or the reason.
    """
    kind = TABLES[entity].columns[key]
    if isinstance(value, dict) and isinstance(value.get("name"), str):
        value = value["name"]  # a unit, which HSDS 3.1 nests
    if isinstance(value, bool | dict | list):
        return None, f"it is not {kind}"
    if kind == NUMBER:
        return _number(value)
    text = str(value).strip()
    if not text:
        return None, ""
    if kind == ID:
        return _uuid(key.removesuffix("_id").removeprefix("parent_"), text), ""
    if (entity, key) in ONE_OF and text not in ONE_OF[entity, key]:
        return None, f"it is none of: {', '.join(ONE_OF[entity, key])}"
    return _CHECKED[kind](text) if kind in _CHECKED else (text, "")


def _number(value: Any) -> tuple[float | None, str]:
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None, f"it is not {NUMBER}"
    return (number, "") if math.isfinite(number) else (None, f"it is not {NUMBER}")


def _date(text: str) -> tuple[str | None, str]:
    try:
        return dt.date.fromisoformat(text[:10]).isoformat(), ""
    except ValueError:
        return None, f"it is not {DATE} such as 2025-03-31"


def _moment(text: str) -> tuple[str | None, str]:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None, f"it is not {MOMENT} such as 2025-03-31T09:00:00Z"
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).isoformat(), ""


def _link(text: str) -> tuple[str | None, str]:
    said = f"http://{text}" if text.lower().startswith("www.") else text
    return (said, "") if _LINK.fullmatch(said) else (None, f"it is not {LINK}")


def _email(text: str) -> tuple[str | None, str]:
    return (text, "") if _EMAIL.fullmatch(text) else (None, f"it is not {EMAIL}")


_CHECKED: dict[str, Callable[[str], tuple[str | None, str]]] = {
    DATE: _date,
    MOMENT: _moment,
    LINK: _link,
    EMAIL: _email,
}
