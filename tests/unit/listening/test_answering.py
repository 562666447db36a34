"""Which questions are asked, and what is said of an answer."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from fairpractice.listening.answering import (
    asked,
    at_first,
    from_form,
    given,
    never_asked,
    problems,
    to_form,
)
from fairpractice.listening.questionnaire import DECLINED, Answers, Coding, Questionnaire
from fairpractice.listening.reading import parse
from tests.support.answers import QUESTIONNAIRES, answers, questionnaires


def form(*items: dict[str, Any]) -> Questionnaire:
    said = {
        "resourceType": "Questionnaire",
        "url": "https://example.org/form",
        "version": "1",
        "title": "A form",
        "status": "active",
        "item": [{"text": "?", **item} for item in items],
    }
    return parse(said, "form", "form.json")


def when(question: str, operator: str, **answer: Any) -> dict[str, Any]:
    return {"question": question, "operator": operator, **answer}


def gated(condition: dict[str, Any]) -> Questionnaire:
    """A number, and a question that depends on it."""
    return form(
        {"linkId": "days", "type": "integer", "repeats": True},
        {"linkId": "why", "type": "string", "enableWhen": [condition]},
    )


@pytest.mark.parametrize(
    ("operator", "answer", "asked_with"),
    [
        ("exists", True, {3: True, 5: True, 9: True, None: False}),
        ("exists", False, {3: False, 5: False, 9: False, None: True}),
        ("=", 5, {3: False, 5: True, 9: False, None: False}),
        ("!=", 5, {3: True, 5: False, 9: True, None: True}),
        (">", 5, {3: False, 5: False, 9: True, None: False}),
        ("<", 5, {3: True, 5: False, 9: False, None: False}),
        (">=", 5, {3: False, 5: True, 9: True, None: False}),
        ("<=", 5, {3: True, 5: True, 9: False, None: False}),
    ],
)
def test_every_operator_means_what_fhir_says(
    operator: str, answer: bool | int, asked_with: dict[int | None, bool]
) -> None:
    kind = "answerBoolean" if operator == "exists" else "answerInteger"
    found = gated(when("days", operator, **{kind: answer}))
    for days, expected in asked_with.items():
        said: Answers = {} if days is None else {"days": (days,)}
        assert ("why" in asked(found, said)) is expected, days


def test_one_of_several_answers_is_enough_and_none_may_be_equal() -> None:
    said: Answers = {"days": (3, 9)}
    assert "why" in asked(gated(when("days", ">", answerInteger=5)), said)
    assert "why" in asked(gated(when("days", "=", answerInteger=3)), said)
    assert "why" not in asked(gated(when("days", "!=", answerInteger=3)), said)


def test_declining_is_no_answer_to_a_condition() -> None:
    assert "why" not in asked(gated(when("days", "exists", answerBoolean=True)), {"days": DECLINED})


@pytest.mark.parametrize(("behaviour", "expected"), [("all", False), ("any", True)])
def test_all_conditions_or_any(behaviour: str, expected: bool) -> None:
    found = form(
        {"linkId": "a", "type": "boolean"},
        {"linkId": "b", "type": "boolean"},
        {
            "linkId": "c",
            "type": "string",
            "enableBehavior": behaviour,
            "enableWhen": [when(name, "=", answerBoolean=True) for name in "ab"],
        },
    )
    assert ("c" in asked(found, {"a": (True,), "b": (False,)})) is expected
    assert "c" in asked(found, {"a": (True,), "b": (True,)})


def test_what_is_inside_a_group_that_is_not_asked_is_not_either() -> None:
    found = form(
        {"linkId": "a", "type": "boolean"},
        {
            "linkId": "group",
            "type": "group",
            "enableWhen": [when("a", "=", answerBoolean=True)],
            "item": [{"linkId": "in", "type": "boolean", "text": "?"}],
        },
        {
            "linkId": "after",
            "type": "string",
            "enableWhen": [when("in", "=", answerBoolean=True)],
        },
    )
    said: Answers = {"a": (True,), "in": (True,), "after": ("x",)}
    assert set(given(found, said)) == {"a", "in", "after"}
    assert set(given(found, said | {"a": (False,)})) == {"a"}


def test_what_may_still_be_asked_is_told_from_what_never_will() -> None:
    found = gated(when("days", ">", answerInteger=5))
    assert never_asked(found, {}) == frozenset()
    assert never_asked(found, {"days": DECLINED}) == frozenset()
    assert never_asked(found, {"days": (3,)}) == {"why"}
    assert never_asked(found, {"days": (9,)}) == frozenset()


def test_one_condition_that_does_not_hold_is_enough_never_to_be_asked() -> None:
    both = [when(name, "=", answerBoolean=True) for name in "ab"]
    found = form(
        {"linkId": "a", "type": "boolean"},
        {"linkId": "b", "type": "boolean"},
        {"linkId": "all", "type": "string", "enableBehavior": "all", "enableWhen": both},
        {"linkId": "any", "type": "string", "enableBehavior": "any", "enableWhen": both},
    )
    assert never_asked(found, {"b": (False,)}) == {"all"}
    assert never_asked(found, {"a": (False,), "b": (False,)}) == {"all", "any"}


def test_yes_is_not_the_number_1() -> None:
    found = form(
        {
            "linkId": "n",
            "type": "choice",
            "answerOption": [{"valueInteger": 1}, {"valueInteger": 2}],
        }
    )
    assert problems(found, {"n": (1,)}) == []
    assert [each.what for each in problems(found, {"n": (True,)})] == ["Choose one of the answers"]


@drawn(st.data())
def test_more_answers_never_ask_what_never_was_to_be(data: st.DataObject) -> None:
    """What cannot be asked is not, whatever is answered to the open questions."""
    questionnaire = data.draw(questionnaires)
    first = data.draw(answers(questionnaire))
    closed = {name: answer for name, answer in first.items() if answer is not DECLINED}
    more = data.draw(answers(questionnaire)) | closed
    assert not never_asked(questionnaire, closed) & asked(questionnaire, more)
    assert asked(questionnaire, first) | never_asked(questionnaire, first) <= set(
        questionnaire.by_link_id
    )


EVERY_KIND = form(
    {"linkId": "yes", "type": "boolean", "required": True},
    {"linkId": "whole", "type": "integer"},
    {"linkId": "number", "type": "decimal"},
    {"linkId": "day", "type": "date"},
    {"linkId": "words", "type": "string", "maxLength": 5},
    {
        "linkId": "one",
        "type": "open-choice",
        "answerOption": [{"valueCoding": {"code": "a", "display": "A"}}],
    },
    {
        "linkId": "many",
        "type": "choice",
        "repeats": True,
        "answerOption": [
            {"valueCoding": {"code": "a"}},
            {"valueCoding": {"code": "b"}},
            {
                "valueCoding": {"code": "none", "display": "None of them"},
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/StructureDefinition/questionnaire-optionExclusive",
                        "valueBoolean": True,
                    }
                ],
            },
        ],
    },
)


@pytest.mark.parametrize(
    ("link_id", "sent", "answer", "problem"),
    [
        ("yes", ["true"], (True,), ""),
        ("yes", ["asked-declined"], DECLINED, ""),
        ("yes", ["true", "asked-declined"], DECLINED, ""),
        ("yes", ["perhaps"], None, "Choose yes or no"),
        ("yes", ["  "], None, "Answer this question"),
        ("whole", ["-12"], (-12,), ""),
        ("whole", ["1.0"], None, "Enter a whole number"),
        ("whole", ["2147483647"], (2147483647,), ""),
        ("whole", ["2147483648"], None, "Enter a whole number"),
        ("whole", ["99999999999"], None, "Enter a whole number"),
        ("whole", ["٣"], None, "Enter a whole number"),
        ("number", ["12.50"], (Decimal("12.5"),), ""),
        ("number", ["1,250"], None, "Enter a number, such as 12 or 12.5"),
        ("number", ["NaN"], None, "Enter a number, such as 12 or 12.5"),
        ("day", ["2028-02-29"], (dt.date(2028, 2, 29),), ""),
        ("day", ["2026-02-29"], None, "Enter a real date, such as 2026-03-31"),
        ("words", [" Zoë "], ("Zoë",), ""),
        ("words", ["longer"], ("longer",), "Use 5 characters or fewer"),
        ("words", ["a\x00b"], None, "Remove the characters that cannot be shown"),
        ("words", ["\ud800"], None, "Remove the characters that cannot be shown"),
        ("words", ["a", "b"], ("a", "b"), "Give one answer"),
        ("one", ["a"], (Coding("a"),), ""),
        ("one", ["other"], ("other",), ""),
        ("many", ["a", "b"], (Coding("a"), Coding("b")), ""),
        ("many", ["a", "a"], (Coding("a"), Coding("a")), "Give each answer once"),
        ("many", ["c"], None, "Choose one of the answers"),
        (
            "many",
            ["a", "none"],
            (Coding("a"), Coding("none")),
            "“None of them” cannot be chosen together with another answer",
        ),
    ],
)
def test_what_a_form_sends_is_read_or_answered_in_words(
    link_id: str, sent: list[str], answer: Any, problem: str
) -> None:
    found, unread = from_form(EVERY_KIND, {"yes": ["true"]} | {link_id: sent})
    said = [*unread, *(each for each in problems(EVERY_KIND, found) if not unread)]
    assert [(each.link_id, each.what) for each in said] == ([(link_id, problem)] if problem else [])
    assert found.get(link_id) == answer


def test_what_is_filled_in_at_first() -> None:
    found = form(
        {"linkId": "a", "type": "integer", "initial": [{"valueInteger": 3}]},
        {
            "linkId": "b",
            "type": "choice",
            "answerOption": [
                {"valueString": "x"},
                {"valueString": "y", "initialSelected": True},
            ],
        },
        {"linkId": "c", "type": "string"},
    )
    assert at_first(found) == {"a": (3,), "b": ("y",)}
    assert problems(found, at_first(found)) == []


def test_least_and_greatest() -> None:
    ons4 = QUESTIONNAIRES["ons4"]
    for value, what in ((-1, "Enter 0 or more"), (0, ""), (10, ""), (11, "Enter 10 or less")):
        found = [each.what for each in problems(ons4, {"happy": (value,)})]
        assert found == ([what] if what else [])


def test_a_draft_requires_nothing_and_declining_is_an_answer() -> None:
    assert problems(EVERY_KIND, {}, draft=True) == []
    assert [each.link_id for each in problems(EVERY_KIND, {})] == ["yes"]
    assert problems(EVERY_KIND, {"yes": DECLINED}) == []


ODD = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates()


@drawn(st.dictionaries(st.sampled_from([*EVERY_KIND.by_link_id, "no"]), st.lists(ODD).map(tuple)))
def test_odd_answers_are_spoken_of_and_never_raise(said: dict[str, Any]) -> None:
    found = problems(EVERY_KIND, said)
    known = {each.link_id for each in found}
    assert known <= {*said, "yes"}
    wrong = {
        name
        for name, answer in said.items()
        if any(isinstance(value, bytes | float | None) for value in answer)
    }
    assert wrong <= known


@drawn(
    st.dictionaries(st.sampled_from(list(EVERY_KIND.by_link_id)), st.lists(st.text(), max_size=3))
)
def test_any_form_can_be_sent(sent: dict[str, list[str]]) -> None:
    found, unread = from_form(EVERY_KIND, sent)
    for link_id, texts in sent.items():
        written = [text.strip() for text in texts if text.strip()]
        spoken_of = link_id in found or any(each.link_id == link_id for each in unread)
        assert spoken_of is bool(written)


@drawn(st.data())
def test_a_form_shows_what_was_answered(data: st.DataObject) -> None:
    questionnaire = data.draw(questionnaires)
    said = {
        name: answer
        for name, answer in data.draw(answers(questionnaire)).items()
        if answer is DECLINED or all(not isinstance(v, str) or v == v.strip() for v in answer)
    }
    sent = {
        name: to_form(questionnaire.by_link_id[name], answer)
        for name, answer in said.items()
        if answer is DECLINED or all(v != "" for v in answer)
    }
    found, unread = from_form(questionnaire, sent)
    assert unread == []
    assert found == {name: said[name] for name in sent}
