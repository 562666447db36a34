"""What is found in files: each shape that FHIR comes in, and each way that it is broken."""

import io
import json
from typing import Any

import pytest

from fairpractice.interoperability.fhir import reading
from fairpractice.interoperability.fhir.reading import Aside, Fault


ONE = {"resourceType": "Patient", "id": "1"}
TWO = {"resourceType": "Patient", "id": "2"}
BUNDLE = {
    "resourceType": "Bundle",
    "type": "collection",
    "entry": [{"fullUrl": "urn:uuid:a", "resource": ONE}, {"resource": TWO}],
}
NESTED = "[" * 100_000


def found(data: str | bytes, name: str = "x.json") -> list[Any]:
    raw = data if isinstance(data, bytes) else data.encode()
    return list(reading.resources(io.BytesIO(raw), name))


def test_each_line_of_ndjson_is_a_resource_and_blank_lines_are_counted() -> None:
    lines = f"\n{json.dumps(ONE)}\n  \n\r\n{json.dumps(TWO)}"
    assert found(lines, "x.ndjson") == [
        (1, Aside(reading.BLANK), ""),
        (2, ONE, ""),
        (3, Aside(reading.BLANK), ""),
        (4, Aside(reading.BLANK), ""),
        (5, TWO, ""),
    ]


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_document_is_a_resource_on_one_line_or_on_many(bom: bytes, indent: int | None) -> None:
    assert found(bom + json.dumps(ONE, indent=indent).encode()) == [(1, ONE, "")]


def test_a_bundle_on_many_lines_gives_each_entry_with_its_line() -> None:
    text = "\n" + json.dumps(BUNDLE, indent=1)
    lines = text.split("\n")
    starts = [n for n, line in enumerate(lines, 1) if line == "  {"]
    assert found(text) == [
        (1, Aside(reading.BLANK), ""),
        (starts[0], ONE, "urn:uuid:a"),
        (starts[1], TWO, ""),
    ]


def test_a_bundle_on_one_line_shares_it_and_may_hold_a_bundle() -> None:
    outer = {"resourceType": "Bundle", "type": "batch", "entry": [{"resource": BUNDLE}]}
    assert found(json.dumps(outer)) == [(1, ONE, "urn:uuid:a"), (1, TWO, "")]


@pytest.mark.parametrize(
    ("bundle", "item"),
    [
        ({"type": "collection"}, Aside("Bundle that is empty")),
        ({"type": "transaction", "entry": [{}]}, Aside("Bundle entry without a resource")),
        (
            {"type": "transaction", "entry": [{"request": {"method": "DELETE"}}]},
            Aside("Bundle entry: DELETE"),
        ),
        ({"type": "history", "entry": [{"resource": ONE}]}, Aside("Bundle entry: history")),
        ({"type": "collection", "entry": [7]}, Fault(reading.NO_OBJECT)),
        ({"type": "collection", "entry": 7}, Fault(reading.NO_OBJECT)),
        ({"type": "collection", "entry": [{"resource": []}]}, Fault(reading.NO_OBJECT)),
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_what_in_a_bundle_is_no_resource_to_keep(
    bundle: dict[str, Any], item: object, indent: int | None
) -> None:
    text = json.dumps({"resourceType": "Bundle", **bundle}, indent=indent)
    assert [what for _, what, _ in found(text)] == [item]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b'{"resourceType": "Patient"', reading.NOT_JSON),
        (b'{"resourceType": NaN}', reading.NOT_JSON),
        (b'{"a": 1} {"b": 2}', reading.NOT_JSON),
        (b'{"a": "\xff"}', reading.NOT_UTF8),
        (b"[1]", reading.NO_OBJECT),
        (b'"Patient"', reading.NO_OBJECT),
        (NESTED.encode(), reading.TOO_DEEP),
        (b"1" * 10_000, reading.NOT_JSON),
    ],
)
def test_a_broken_line_costs_that_line(line: bytes, kind: str) -> None:
    good = json.dumps(ONE).encode()
    assert found(line + b"\n" + good, "x.ndjson.gz") == [(1, Fault(kind), ""), (2, ONE, "")]


@pytest.mark.parametrize(
    ("document", "line", "kind"),
    [
        (json.dumps(BUNDLE, indent=1)[:-20], 15, reading.NOT_JSON),
        ('{\n"entry": [\n{"resource": {}},\n]}', 4, reading.NOT_JSON),
        ('{\n"a": 1\n"b": 2}', 3, reading.NOT_JSON),
        ('{\n"a": NaN}', 1, reading.NOT_JSON),
        ("{\n}\n{\n}", 3, reading.NOT_JSON),
        ("[\n]", 1, reading.NO_OBJECT),
        ("{\n" + '"a":' + NESTED, 1, reading.TOO_DEEP),
    ],
)
def test_a_broken_document_is_one_fault_with_its_line(document: str, line: int, kind: str) -> None:
    assert found(document) == [(line, Fault(kind), "")]


def test_undecodable_text_in_a_document_has_its_line() -> None:
    assert found(b'{\n"a":\n"\xff"}') == [(3, Fault(reading.NOT_UTF8), "")]


def test_nothing_is_nothing() -> None:
    assert found("") == []


XML = """<?xml version="1.0"?>
<Bundle xmlns="http://hl7.org/fhir">
  <type value="collection"/>
  <entry>
    <fullUrl value="urn:uuid:a"/>
    <resource>
      <Patient>
        <id value="1"/>
        <text><div xmlns="http://www.w3.org/1999/xhtml"><p>Not read</p></div></text>
        <extension url="http://e"><valueCode value="c"/></extension>
        <identifier><system value="s"/><value value="v"/></identifier>
        <birthDate value="1970"><extension url="http://f"/></birthDate>
        <deceasedBoolean value="false"/>
      </Patient>
    </resource>
  </entry>
  <entry><resource><Observation><component><code/></component><component/></Observation></resource>
  </entry>
</Bundle>"""


def test_xml_is_the_json_that_it_stands_for() -> None:
    assert found(XML, "x.xml") == [
        (
            4,
            {
                "resourceType": "Patient",
                "id": "1",
                "text": {},
                "extension": [{"url": "http://e", "valueCode": "c"}],
                "identifier": {"system": "s", "value": "v"},
                "birthDate": "1970",
                "_birthDate": {"extension": [{"url": "http://f"}]},
                "deceasedBoolean": "false",
            },
            "urn:uuid:a",
        ),
        (17, {"resourceType": "Observation", "component": [{"code": {}}, {}]}, ""),
    ]


@pytest.mark.parametrize(
    ("document", "line", "kind"),
    [
        (XML[:-3], 19, "not_xml"),
        ("<html><body/></html>", 1, "not_fhir_xml"),
        ('<Bundle xmlns="http://hl7.org/fhir">\n<Patient/></Bundle>', 2, "not_fhir_xml"),
        ('<Patient xmlns="http://hl7.org/fhir"><id value="&x;"/></Patient>', 1, "not_xml"),
        ('<?xml version="1.0" encoding="klingon"?><Patient/>', 1, "not_xml"),
        (
            '<!DOCTYPE p [<!ENTITY a "b"><!ENTITY c "&a;&a;&a;">]>\n'
            '<Patient xmlns="http://hl7.org/fhir"><id value="&c;"/></Patient>',
            1,
            "doctype",
        ),
        ('<!DOCTYPE p SYSTEM "file:///etc/passwd">\n<p/>', 1, "doctype"),
    ],
)
def test_xml_that_cannot_be_read_or_trusted(document: str, line: int, kind: str) -> None:
    assert found(document, "x.xml") == [(line, Fault(kind), "")]
