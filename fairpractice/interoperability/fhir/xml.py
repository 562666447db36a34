"""FHIR's XML as the JSON it stands for.

Every value stays text. What repeats in the resources looked at here is a list even when it is
there once. Narrative is left out. There is no DOCTYPE in FHIR, so one is refused, and with it
every entity that a document could declare.
"""

from typing import IO, Any
from xml.parsers import expat


FHIR = "http://hl7.org/fhir"
NOT_XML, NOT_FHIR_XML, DOCTYPE = "not_xml", "not_fhir_xml", "doctype"
BLOCK = 1 << 16

# Elements that are lists in JSON, wherever the resources that rows are made of have them. Those
# that are lists in some places only (type) are read either way by whoever reads them.
_REPEATING = """
address category coding component contained entry extension generalPractitioner given
modifierExtension name participant profile security tag telecom
"""
REPEATING = frozenset(_REPEATING.split())


class NotReadError(Exception):
    """A document that cannot be read: on which line, and why."""

    def __init__(self, line: int, kind: str) -> None:
        super().__init__(kind)
        self.line = line
        self.kind = kind


class _Builder:
    """Builds the tree as the parser goes, with the lines that a bundle's entries start on."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.root: dict[str, Any] | None = None
        self.entry_lines: list[int] = []
        self._open: list[tuple[str, dict[str, Any], str | None]] = []
        self._skipping = 0

    def doctype(self, *_: object) -> None:
        raise NotReadError(self.parser.CurrentLineNumber, DOCTYPE)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        namespace, _, name = tag.rpartition(" ")
        if self._skipping or (namespace != FHIR and self._open):
            self._skipping += 1
            return
        if not self._open and (namespace != FHIR or not name[0].isupper()):
            raise NotReadError(self.parser.CurrentLineNumber, NOT_FHIR_XML)
        if name == "entry" and len(self._open) == 1:
            self.entry_lines.append(self.parser.CurrentLineNumber)
        node: dict[str, Any] = {"resourceType": name} if name[0].isupper() else {}
        node |= {key: attributes[key] for key in ("url", "id") if key in attributes}
        self._open.append((name, node, attributes.get("value")))

    def end(self, _tag: str) -> None:
        if self._skipping:
            self._skipping -= 1
            return
        name, node, value = self._open.pop()
        if not self._open:
            self.root = node
            return
        holder, parent, parents_value = self._open[-1]
        if name[0].isupper():  # a resource inside an element stands in its place
            if holder[0].isupper():
                raise NotReadError(self.parser.CurrentLineNumber, NOT_FHIR_XML)
            self._open[-1] = (holder, node, parents_value)
        elif value is None:
            self._add(parent, name, node)
        else:
            self._add(parent, name, value)
            if node:
                parent[f"_{name}"] = node

    @staticmethod
    def _add(parent: dict[str, Any], name: str, value: Any) -> None:
        if name in REPEATING:
            parent.setdefault(name, []).append(value)
        elif name not in parent:
            parent[name] = value
        elif isinstance(parent[name], list):
            parent[name].append(value)
        else:
            parent[name] = [parent[name], value]


def read(start: bytes, file: IO[bytes]) -> tuple[dict[str, Any], list[int]]:
    """Read an XML document.

    Parameters
    ----------
    start, file
        The bytes read already, and the rest.

    Returns
    -------
    tuple
        The resource; if it is a bundle, the line that each of its entries starts on.

    Raises
    ------
    NotReadError
        When it is not XML, not FHIR, or has a DOCTYPE.
    """
    builder = _Builder()
    try:
        while start:
            builder.parser.Parse(start, False)
            start = file.read(BLOCK)
        builder.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise NotReadError(error.lineno, NOT_XML) from None
    except (LookupError, ValueError):  # an encoding that there is not
        raise NotReadError(1, NOT_XML) from None
    finally:
        # The handlers hold the builder and it the parser: without this, until the next collection.
        builder.parser.StartElementHandler = builder.parser.EndElementHandler = None
    if builder.root is None:
        raise NotReadError(1, NOT_XML)
    return builder.root, builder.entry_lines
