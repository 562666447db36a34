"""The questionnaires that are shipped: whose words, on what terms, and what they may state."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from fairpractice.codelists.ethnic_groups import GROUPS, group_of
from fairpractice.errors import FairpracticeError
from fairpractice.listening.questionnaire import Coding, Questionnaire
from fairpractice.listening.reading import SHIPPED, offered
from fairpractice.listening.urgent import FIRST, KINDS, urgent_help
from tests.reading import reads_well
from tests.support.answers import QUESTIONNAIRES


every = pytest.mark.parametrize("found", QUESTIONNAIRES.values(), ids=list(QUESTIONNAIRES))
LICENCES = ("MIT", "Open Government Licence v3.0", "Creative Commons Attribution", "Public domain")
NOT_OURS_TO_SHIP = (
    *("PRAPARE", "WEMWBS", "Patient Activation Measure", "MYCaW", "WE CARE", "Outcomes Star"),
    *("SPARK", "EQ-5D", "ReQoL", "Hunger Vital Sign", "HITS", "Health Leads"),
)


@every
def test_says_whose_words_they_are_and_on_what_terms(found: Questionnaire) -> None:
    assert found.licence.startswith(LICENCES)
    assert found.source
    assert len(found.copyright.split()) > 5
    assert not any(name in found.title + found.source for name in NOT_OURS_TO_SHIP)
    if found.licence.startswith("Open"):
        assert "Open Government Licence v3.0" in found.copyright, "what the licence asks to say"


@every
def test_says_why_we_ask_and_who_sees_it(found: Questionnaire) -> None:
    assert len(found.why.split()) > 15
    assert reads_well(found.why)
    assert re.fullmatch(r"\d+\.\d+\.\d+", found.version)


@every
def test_requires_no_answer(found: Questionnaire) -> None:
    assert not any(item.required for item in found.questions)


@every
def test_help_is_asked_apart_from_the_need(found: Questionnaire) -> None:
    stating = {topic for item in found.questions for topic in item.topics()}
    stating |= {s.topic for score in found.scores for band in score.bands for s in band.states}
    for item in found.questions:
        if item.help_with:
            assert item.help_with in stating
            assert item.topics() == ()
            assert {option.follows.help for option in item.options} == {
                "wanted",
                "not_wanted",
                "has_help",
            }


def test_standard_questions_are_word_for_word() -> None:
    """As their owners publish them."""
    words = {
        ("ons4", "satisfied"): "Overall, how satisfied are you with your life nowadays?",
        ("ons4", "worthwhile"): "Overall, to what extent do you feel that the things you do in "
        "your life are worthwhile?",
        ("ons4", "happy"): "Overall, how happy did you feel yesterday?",
        ("loneliness", "companionship"): "How often do you feel that you lack companionship?",
        ("loneliness", "left-out"): "How often do you feel left out?",
        ("loneliness", "isolated"): "How often do you feel isolated from others?",
        ("loneliness", "lonely"): "How often do you feel lonely?",
        ("hark", "afraid"): "Within the last year, have you been afraid of your partner or "
        "ex-partner?",
        ("making-ends-meet", "making-ends-meet"): "Do you ever have difficulty making ends meet "
        "at the end of the month?",
    }
    for (name, link_id), text in words.items():
        assert QUESTIONNAIRES[name].by_link_id[link_id].text == text


@pytest.mark.parametrize(
    ("name", "count"), [("ethnic-category", 16), ("ethnic-group-census-2021", 19)]
)
def test_every_ethnic_group_is_the_one_that_its_code_stands_for(name: str, count: int) -> None:
    options = QUESTIONNAIRES[name].by_link_id["ethnic-group"].options
    assert len(options) == count
    for option in options:
        assert isinstance(option.value, Coding)
        group = group_of(option.value.system, option.value.code)
        assert group is not None
        words = set(re.findall(r"\w+", group.label.lower())) - {"white", "any", "background"}
        shown = set(re.findall(r"\w+", option.label.lower()))
        assert words <= shown, option.label
    named = {option.value for option in options}
    asked_more = QUESTIONNAIRES[name].by_link_id["ethnic-group-described"].conditions
    assert {condition.answer for condition in asked_more} <= named
    others = {option.value for option in options if "other" in option.label.split(" - ")[1]}
    assert others <= {condition.answer for condition in asked_more}
    assert len({group.id for group in GROUPS.values()}) > count


def test_abuse_is_asked_face_to_face_and_only_with_a_safe_pathway() -> None:
    for mode in ("paper", "text_link", "telephone", "desk"):
        assert "hark" not in offered(QUESTIONNAIRES, mode, ["safe-pathway"])
    assert "hark" not in offered(QUESTIONNAIRES, "in_person")
    assert "hark" in offered(QUESTIONNAIRES, "in_person", ["safe-pathway"])
    sensitive = [
        name
        for name, found in QUESTIONNAIRES.items()
        if any(s.topic == "domestic_abuse" for score in found.scores for b in score.bands
               for s in b.states)
    ]  # fmt: skip
    assert sensitive == ["hark"]


def test_the_first_thing_said_is_that_nobody_is_watching() -> None:
    first = QUESTIONNAIRES["your-circumstances"].items[0]
    assert first.kind == "display"
    assert "Nobody reads your answers at once" in first.text
    assert "999" in first.text


def test_every_kind_of_urgent_need_has_its_help() -> None:
    found = urgent_help()
    assert set(found) == {FIRST, *KINDS}
    assert "999" in " ".join(found[FIRST].lines)
    told = {
        follows.urgent
        for each in QUESTIONNAIRES.values()
        for item in each.questions
        for follows in [*(o.follows for o in item.options), *item.follows.values()]
        if follows.urgent
    }
    assert told == set(KINDS)


def test_a_network_puts_its_own_lines_first(tmp_path) -> None:
    folder = tmp_path / "questionnaires"
    folder.mkdir()
    file = folder / "urgent.toml"
    file.write_text('[food]\nheading = "No food?"\nlines = ["Ring the Hub."]', encoding="utf-8")
    found = urgent_help(tmp_path)
    assert found["food"].lines[0] == "Ring the Hub."
    assert found["food"].lines[1:] == urgent_help()["food"].lines
    file.write_text('[fuel]\nheading = "Cold?"\nlines = []', encoding="utf-8")
    with pytest.raises(FairpracticeError, match="no kind of urgent need fuel"):
        urgent_help(tmp_path)


def test_every_file_is_a_questionnaire() -> None:
    assert {file.stem.replace("_", "-") for file in SHIPPED.iterdir()} == set(QUESTIONNAIRES)


# The elements of FHIR R4 (4.0.1), of those that may be in these files.
ELEMENTS = {
    "Questionnaire": "resourceType id language contained extension url version name title status "
    "subjectType date publisher description purpose copyright item",
    "ValueSet": "resourceType id status compose",
    "item": "extension linkId prefix text type enableWhen enableBehavior required repeats "
    "maxLength answerValueSet answerOption item",
    "enableWhen": "question operator answerBoolean answerInteger answerCoding",
    "answerOption": "extension valueCoding",
    "include": "system concept",
    "concept": "extension code display",
    "extension": "url extension valueString valueCode valueBoolean valueInteger valueDecimal",
    "compose": "include",
    "valueCoding": "system code display",
    "answerCoding": "system code display",
}


def elements(said: Any, name: str) -> Iterator[tuple[str, str]]:
    """Yield what an element is, and what is in it."""
    for each in said if isinstance(said, list) else [said]:
        if isinstance(each, dict):
            kind = each.get("resourceType", name)
            for key, inner in each.items():
                yield kind, key
                yield from elements(inner, key)


@every
def test_has_the_elements_of_fhir_r4_and_no_other(found: Questionnaire) -> None:
    said = json.loads((SHIPPED / f"{found.id.replace('-', '_')}.json").read_text(encoding="utf-8"))
    for kind, key in elements(said, ""):
        assert key in ELEMENTS[kind].split(), (kind, key)
    assert re.fullmatch("[A-Z][A-Za-z0-9_]{0,254}", said["name"])
    assert said["id"] == found.id
