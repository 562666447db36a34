"""Questionnaires out of files: what is read, and how what cannot be used is refused."""

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from fairpractice.errors import FairpracticeError
from fairpractice.interoperability.fhir.names import EXTENSION
from fairpractice.listening.questionnaire import Coding
from fairpractice.listening.reading import find, load, offered, parse, read


YES = {"question": "debt", "operator": "=", "answerBoolean": True}
FORM: dict[str, Any] = {
    "resourceType": "Questionnaire",
    "url": "https://example.org/form",
    "version": "2",
    "title": "A form",
    "status": "active",
    "contained": [
        {
            "resourceType": "ValueSet",
            "id": "often",
            "compose": {
                "include": [
                    {
                        "system": "urn:often",
                        "concept": [
                            {"code": "a", "display": "Often"},
                            {"code": "b", "display": "Never"},
                        ],
                    }
                ]
            },
        }
    ],
    "item": [
        {"linkId": "debt", "type": "boolean", "text": "Do you owe money?"},
        {
            "linkId": "more",
            "type": "group",
            "enableWhen": [YES],
            "item": [
                {"linkId": "sum", "type": "decimal", "text": "How much?"},
                {
                    "linkId": "often",
                    "type": "choice",
                    "text": "How often?",
                    "answerValueSet": "#often",
                },
            ],
        },
    ],
}


def form(**changes: Any) -> dict[str, Any]:
    return copy.deepcopy(FORM) | changes


def with_item(**said: Any) -> dict[str, Any]:
    return form(item=[*FORM["item"], {"linkId": "last", "type": "string", "text": "?"} | said])


def test_a_contained_value_set_gives_the_answers() -> None:
    often = parse(form(), "a-form", "form.json").by_link_id["often"]
    assert [option.value for option in often.options] == [
        Coding("a", "urn:often"),
        Coding("b", "urn:often"),
    ]
    assert [(option.key, option.label) for option in often.options] == [
        ("a", "Often"),
        ("b", "Never"),
    ]


def test_hl7s_ways_to_score_an_option_are_all_read() -> None:
    hl7 = "http://hl7.org/fhir/StructureDefinition/"
    on_option = {
        "valueCoding": {"code": "x"},
        "extension": [{"url": hl7 + "ordinalValue", "valueDecimal": 0}],
    }
    on_coding = {
        "valueCoding": {
            "code": "y",
            "extension": [{"url": hl7 + "ordinalValue", "valueDecimal": 2.5}],
        }
    }
    found = parse(with_item(type="choice", answerOption=[on_option, on_coding]), "f", "f.json")
    scores = [option.score for option in found.by_link_id["last"].options]
    assert [float(score) for score in scores if score is not None] == [0, 2.5]


@pytest.mark.parametrize(
    ("said", "what", "place"),
    [
        (form(resourceType="Patient"), "not a Questionnaire", ""),
        ([], "not a Questionnaire", ""),
        (form(version=""), "does not say its version", ""),
        (form(status="unknown"), "no status of a questionnaire “unknown”", ""),
        (form(url="https://example.org|1"), "url or version has a |", ""),
        (form(modifierExtension=[{"url": "urn:x"}]), "modifier extension", ""),
        (form(item=7), "not as FHIR R4 has a Questionnaire", ""),
        (with_item(type="quantity"), "type quantity is not read", "last"),
        (with_item(type="strng"), "no type of item “strng”", "last"),
        (with_item(linkId="debt"), "Two items have one linkId", "debt"),
        (with_item(text=""), "has no text", "last"),
        (with_item(type="group"), "has nothing in it", "last"),
        (with_item(type="choice"), "no answers to choose from", "last"),
        (with_item(type="choice", answerValueSet="http://x"), "not in the file", "last"),
        (with_item(answerOption=[{"valueString": "x"}]), "lists answers", "last"),
        (
            with_item(type="choice", answerOption=[{"valueString": "x"}] * 2),
            "Two of its answers have one code",
            "last",
        ),
        (
            with_item(type="choice", answerOption=[{"valueCoding": {"code": "asked-declined"}}]),
            "would rather not say",
            "last",
        ),
        (
            with_item(type="group", repeats=True, item=[{**FORM["item"][0], "linkId": "in"}]),
            "group that repeats is not read",
            "last",
        ),
        (
            with_item(repeats=True, item=[{**FORM["item"][0], "linkId": "in"}]),
            "inside a question that repeats",
            "last",
        ),
        (with_item(required="yes"), "not as FHIR R4", "last"),
        (with_item(maxLength="long"), "maxLength is not a number", "last"),
        (with_item(initial=[{"valueBoolean": True}]), "initial value is none", "last"),
        (with_item(enableWhen=[YES | {"question": "dept"}]), "“dept”, which is no", "last"),
        (with_item(enableWhen=[YES | {"question": "more"}]), "“more”, which is no", "last"),
        (with_item(enableWhen=[YES | {"operator": "is"}]), "no operator “is”", "last"),
        (with_item(enableWhen=[YES | {"operator": ">"}]), "has no order", "last"),
        (with_item(enableWhen=[YES | {"answerString": "x"}]), "no answer, or with several", "last"),
        (
            with_item(enableWhen=[{"question": "debt", "operator": "=", "answerInteger": 1}]),
            "answer “1” to “debt”, which cannot be given",
            "last",
        ),
        (
            with_item(
                enableWhen=[{"question": "often", "operator": "=", "answerCoding": {"code": "a"}}]
            ),
            "“a” to “often”, which cannot be given",
            "last",
        ),
        (
            with_item(enableWhen=[{"question": "sum", "operator": "exists", "answerDecimal": 1}]),
            "something else than true or false",
            "last",
        ),
        (with_item(enableWhen=[YES, YES]), "whether all are meant", "last"),
        (
            with_item(
                enableWhen=[{"question": "last", "operator": "exists", "answerBoolean": True}]
            ),
            "wait for each other",
            "last",
        ),
        (
            with_item(extension=[{"url": EXTENSION + "help-with", "valueCode": "dept"}]),
            "no social topic “dept”",
            "last",
        ),
        (
            with_item(
                type="boolean",
                extension=[
                    {
                        "url": EXTENSION + "states",
                        "extension": [
                            {"url": "topic", "valueCode": "debt"},
                            {"url": "status", "valueCode": "present"},
                        ],
                    }
                ],
            ),
            "does not say from which",
            "last",
        ),
        (
            with_item(
                type="boolean",
                extension=[
                    {
                        "url": EXTENSION + "urgent",
                        "extension": [
                            {"url": "when", "valueBoolean": True},
                            {"url": "kind", "valueCode": "hunger"},
                        ],
                    }
                ],
            ),
            "no kind of urgent need “hunger”",
            "last",
        ),
        (
            form(
                extension=[
                    {
                        "url": EXTENSION + "questionnaire-score",
                        "extension": [
                            {"url": "id", "valueCode": "s"},
                            {"url": "title", "valueString": "S"},
                            {
                                "url": "item",
                                "extension": [{"url": "linkId", "valueString": "often"}],
                            },
                        ],
                    }
                ]
            ),
            "“often” is in a score, and an answer to it has none",
            "of score s",
        ),
    ],
)
def test_what_cannot_be_used_is_refused_with_place_and_fix(
    said: Any, what: str, place: str, tmp_path: Path
) -> None:
    file = tmp_path / "a_form.json"
    file.write_text(json.dumps(said), encoding="utf-8")
    with pytest.raises(FairpracticeError) as refused:
        read(file)
    assert what in refused.value.what
    assert refused.value.fix.endswith((".", "?"))
    assert str(file) in refused.value.where
    assert place in refused.value.where


def banded(*bands: tuple[float, float]) -> dict[str, Any]:
    """A form that scores its number in bands."""
    parts: list[dict[str, Any]] = [
        {"url": "id", "valueCode": "s"},
        {"url": "title", "valueString": "S"},
        {"url": "item", "extension": [{"url": "linkId", "valueString": "sum"}]},
    ]
    for start, end in bands:
        band = [
            {"url": "from", "valueDecimal": start},
            {"url": "to", "valueDecimal": end},
            {"url": "label", "valueString": "a band"},
        ]
        parts.append({"url": "band", "extension": band})
    return form(extension=[{"url": EXTENSION + "questionnaire-score", "extension": parts}])


@pytest.mark.parametrize("bands", [((0, 2), (2, 4)), ((0, 2), (1, 4)), ((2, 0),)])
def test_bands_do_not_overlap(bands: tuple[tuple[float, float], ...]) -> None:
    parse(banded((3, 4), (0, 2)), "f", "f.json")
    with pytest.raises(FairpracticeError, match="bands of a score overlap"):
        parse(banded(*bands), "f", "f.json")


@pytest.mark.parametrize(
    "content", [b"{", b"\xff\xfe", b"[" * 100_000], ids=["cut", "bytes", "deep"]
)
def test_a_file_that_is_no_json_is_refused(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "f.json").write_bytes(content)
    with pytest.raises(FairpracticeError, match="not JSON"):
        read(tmp_path / "f.json")


def test_a_local_file_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    (tmp_path / "questionnaires").mkdir()
    (tmp_path / "questionnaires" / "carer.json").write_text(json.dumps(FORM), encoding="utf-8")
    assert load(tmp_path)["carer"].title == "A form"
    assert load()["carer"].title != "A form"


def test_answers_find_the_version_they_were_given_to(tmp_path: Path) -> None:
    folder = tmp_path / "questionnaires"
    folder.mkdir()
    for name, changes in (("form_1", {"version": "1", "status": "retired"}), ("form", {})):
        (folder / f"{name}.json").write_text(json.dumps(form(**changes)), encoding="utf-8")
    questionnaires = load(tmp_path)
    assert find("https://example.org/form|1", questionnaires).id == "form-1"
    assert "form-1" not in offered(questionnaires, "paper")
    assert "form" in offered(questionnaires, "paper")
    with pytest.raises(FairpracticeError, match="what is here is") as refused:
        find("https://example.org/form|3", questionnaires)
    assert "https://example.org/form|2" in refused.value.fix


def test_two_files_cannot_be_the_same_version(tmp_path: Path) -> None:
    folder = tmp_path / "questionnaires"
    folder.mkdir()
    for name in ("one.json", "two.json"):
        (folder / name).write_text(json.dumps(FORM), encoding="utf-8")
    with pytest.raises(FairpracticeError, match="Two questionnaires are"):
        load(tmp_path)
