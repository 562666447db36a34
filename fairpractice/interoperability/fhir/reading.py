"""The resources in a file: NDJSON, a Bundle or a single resource, as JSON or XML.

A file is told by what is in it, not by its name: one that starts with ``<`` is XML; one whose
first line is a whole JSON object has one on each line; any other is one JSON document. Bundles are
opened wherever they are found. What cannot be read costs its line, or in a document the document.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from fairpractice.interoperability.fhir import xml


Resource = dict[str, Any]

LINES = (".ndjson", ".jsonl")  # of which each line is a document, whatever the first looks like
BLANK = "blank line"
NOT_JSON, NOT_UTF8, TOO_DEEP, NO_OBJECT = "not_json", "not_utf8", "too_deep", "no_object"
UNHANDLED = ("DELETE", "GET", "HEAD", "PATCH")  # what an entry of a bundle may ask to be done


@dataclass(frozen=True)
class Aside:
    """What is there and is no resource to look at: its kind."""

    kind: str


@dataclass(frozen=True)
class Fault:
    """What cannot be read: why."""

    kind: str


Item = tuple[int, Resource | Aside | Fault, str]
"""A line (from 1), what was found on it, and the full URL that a bundle gives it, if any."""


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)
_SPACE = re.compile(r"[ \t\r\n]*")
_BOM = b"\xef\xbb\xbf"


def resources(file: IO[bytes], name: str) -> Iterator[Item]:
    """Yield what is in a file, in its order.

    Parameters
    ----------
    file
        The file, opened for its bytes; compression is undone by whoever opens it.
    name
        What it is called, which tells NDJSON from a document where the first line is broken.
    """
    above, first = [], b""
    for line in file:
        if line.strip(b" \t\r\n" + _BOM):
            first = line.removeprefix(_BOM)
            break
        above.append(line)
    for number, _ in enumerate(above, 1):
        yield number, Aside(BLANK), ""
    start = len(above) + 1
    if first.lstrip().startswith(b"<"):
        yield from _xml(b"\n" * len(above) + first, file)
        return
    if not first:
        return
    stem = name.lower().removesuffix(".gz")
    whole = _object(first)
    if stem.endswith(LINES) or not isinstance(whole, Fault):
        yield from _opened(start, whole)
        for number, line in enumerate(file, start + 1):
            if line.isspace():
                yield number, Aside(BLANK), ""
            else:
                yield from _opened(number, _object(line))
        return
    yield from _document(first + file.read(), start)


def _object(line: bytes) -> Resource | Fault:
    try:
        found = _DECODER.decode(line.decode())
    except UnicodeDecodeError:
        return Fault(NOT_UTF8)
    except ValueError:
        return Fault(NOT_JSON)
    except RecursionError:
        return Fault(TOO_DEEP)
    return found if isinstance(found, dict) else Fault(NO_OBJECT)


def _opened(line: int, found: Resource | Fault) -> Iterator[Item]:
    """Yield a resource, or the entries of a bundle, which share its line."""
    if isinstance(found, dict) and found.get("resourceType") == "Bundle":
        entries = found.get("entry", [])
        entries = entries if isinstance(entries, list) else (entries,)
        yield from _entries(found, [(line, entry) for entry in entries], line)
    else:
        yield line, found, ""


def _document(data: bytes, line: int) -> Iterator[Item]:
    try:
        text = data.decode()
        found, at = _members(text)
    except UnicodeDecodeError as error:
        yield line + data.count(b"\n", 0, error.start), Fault(NOT_UTF8), ""
    except json.JSONDecodeError as error:
        yield line + error.lineno - 1, Fault(NOT_JSON), ""
    except ValueError:  # a constant that is not JSON
        yield line, Fault(NOT_JSON), ""
    except RecursionError:
        yield line, Fault(TOO_DEEP), ""
    else:
        if found is None:
            yield line, Fault(NO_OBJECT), ""
        elif found.get("resourceType") != "Bundle":
            yield line, found, ""
        else:
            entries, last, seen = [], 0, line
            for entry, position in zip(found.get("entry", ()), at, strict=True):
                seen += text.count("\n", last, position)
                last = position
                entries.append((seen, entry))
            yield from _entries(found, entries, line)


def _members(text: str) -> tuple[Resource | None, list[int]]:
    """Return the object that a text is, and where each element of its member ``entry`` starts."""
    found: Resource = {}
    starts: list[int] = []

    def skip(at: int) -> int:
        matched = _SPACE.match(text, at)
        return matched.end() if matched else at

    def expect(at: int, among: str) -> str:
        if at < len(text) and text[at] in among:
            return text[at]
        raise json.JSONDecodeError(f"{among} expected", text, min(at, len(text)))

    at = skip(0)
    if at < len(text) and text[at] != "{":
        _DECODER.decode(text)
        return None, []
    expect(at, "{")
    at = skip(at + 1)
    more = expect(at, '"}') == '"'
    while more:
        key, at = _DECODER.raw_decode(text, at)
        expect(at := skip(at), ":")
        at = skip(at + 1)
        if key == "entry" and text[at : at + 1] == "[":
            found[key], starts = [], []
            at = skip(at + 1)
            element = text[at : at + 1] != "]"
            while element:
                starts.append(at)
                value, at = _DECODER.raw_decode(text, at)
                found[key].append(value)
                element = expect(at := skip(at), ",]") == ","
                at = skip(at + 1) if element else at
            at += 1
        else:
            found[key], at = _DECODER.raw_decode(text, at)
            if key == "entry":
                found[key], starts = [found[key]], [at]
        more = expect(at := skip(at), ",}") == ","
        if more:
            expect(at := skip(at + 1), '"')
    if (at := skip(at + 1)) < len(text):
        raise json.JSONDecodeError("nothing more expected", text, at)
    return found, starts


def _entries(bundle: Resource, entries: list[tuple[int, Any]], line: int) -> Iterator[Item]:
    kind = bundle.get("type")
    if not entries:
        yield line, Aside("Bundle that is empty"), ""
    for number, entry in entries:
        found = entry.get("resource") if isinstance(entry, dict) else None
        asked = entry.get("request") if isinstance(entry, dict) else None
        method = asked.get("method") if isinstance(asked, dict) else None
        if not isinstance(entry, dict) or not isinstance(found, dict | None):
            yield number, Fault(NO_OBJECT), ""
        elif kind == "history":
            yield number, Aside("Bundle entry: history"), ""
        elif method in UNHANDLED:
            yield number, Aside(f"Bundle entry: {method}"), ""
        elif found is None:
            yield number, Aside("Bundle entry without a resource"), ""
        elif found.get("resourceType") == "Bundle":
            yield from _opened(number, found)
        else:
            url = entry.get("fullUrl")
            yield number, found, url if isinstance(url, str) else ""


def _xml(start: bytes, file: IO[bytes]) -> Iterator[Item]:
    try:
        found, lines = xml.read(start, file)
    except xml.NotReadError as problem:
        yield problem.line, Fault(problem.kind), ""
        return
    if found["resourceType"] == "Bundle":
        entries = zip(lines, found.get("entry", ()), strict=True)
        yield from _entries(found, list(entries), 1)
    else:
        yield 1, found, ""
