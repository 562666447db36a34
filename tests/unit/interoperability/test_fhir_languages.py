"""What a Patient says of language and interpreter, as statements about circumstances."""

from typing import Any

import pytest

from fairpractice.interoperability.fhir import names
from fairpractice.interoperability.fhir.arriving import COLUMNS, arrive
from fairpractice.interoperability.fhir.elements import Sent


TODAY = "2026-10-31"


def communication(code: str, system: str = names.BCP_47, **more: Any) -> dict[str, Any]:
    return {"language": {"coding": [{"system": system, "code": code}]}, **more}


def nhs_communication(code: str, interpreter: bool) -> dict[str, Any]:
    """What the Personal Demographics Service sends."""
    language = {"coding": [{"system": names.LANGUAGES[1], "code": code}]}
    parts = [
        {"url": "language", "valueCodeableConcept": language},
        {"url": "interpreterRequired", "valueBoolean": interpreter},
    ]
    return {"url": names.NHS_COMMUNICATION, "extension": parts}


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ([communication("pl-PL")], ["language_main pl present"]),
        ([communication("en-GB")], ["language_main en absent"]),
        ([communication("eng")], ["language_main en absent"]),
        ([communication("zh-yue")], ["language_main yue present"]),
        (
            [communication("en"), communication("so", preferred=True)],
            ["language_main so present"],
        ),
        ([communication("en"), communication("so")], []),
        ([communication("en", preferred=True), communication("so", preferred="true")], []),
        ([communication("so", preferred=False)], []),
        ([communication("pl", system="https://a.system")], []),
        ([{"language": {"text": "Polish"}}], []),
        *(([communication(code)], []) for code in ("und", "mul", "qaa", "q1", "x-own", "")),
        (
            [nhs_communication("q4", True)],
            ["language_main bfi present", "interpreter_need  present"],
        ),
        (
            [nhs_communication("en", False)],
            ["language_main en absent", "interpreter_need  absent"],
        ),
        ([{"url": names.INTERPRETER, "valueBoolean": True}], ["interpreter_need  present"]),
        ([{"url": names.INTERPRETER, "valueBoolean": "false"}], ["interpreter_need  absent"]),
        ([{"url": names.INTERPRETER}], []),
    ],
)
def test_main_language_and_interpreter_are_facts_on_the_basis_that_was_given(
    said: list[dict[str, Any]], facts: list[str]
) -> None:
    person = {
        "resourceType": "Patient",
        "id": "p1",
        "communication": [way for way in said if "url" not in way],
        "extension": [way for way in said if "url" in way],
        "meta": {"lastUpdated": "2026-05-06T07:08:09Z"},
    }
    _, rows = arrive(person, ("f", 1), Sent("", TODAY, "consent"))
    held = [dict(zip(COLUMNS[t], row, strict=True)) for t, row in rows if t == "social_fact"]
    assert [f"{f['topic']} {f['code'] or ''} {f['status']}" for f in held] == facts
    for fact in held:
        assert (fact["route"], fact["lawful_basis"]) == ("asked", "consent")
        assert (fact["recorded_on"], fact["sensitivity"]) == ("2026-05-06", "ordinary")
    assert "event" not in {table for table, _ in rows}, "nobody is heard of by it"
