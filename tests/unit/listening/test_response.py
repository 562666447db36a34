"""Answers as a QuestionnaireResponse, there and back; and responses that others wrote."""

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.listening import names
from fairpractice.listening.answering import given
from fairpractice.listening.questionnaire import DECLINED
from fairpractice.listening.reading import parse
from fairpractice.listening.response import Response, from_resource, to_resource
from tests.support.answers import QUESTIONNAIRES, questionnaires, responses


NOON = dt.datetime(2026, 3, 31, 12, tzinfo=dt.UTC)
CARER = QUESTIONNAIRES["carer"]


def response(**changes: Any) -> Response:
    return Response(
        **{
            "questionnaire": CARER.canonical,
            "status": "completed",
            "authored": NOON,
            "mode": "text_link",
            "answers": {"carer": (True,)},
            **changes,
        }
    )


@drawn(st.data())
def test_there_and_back_through_json_nothing_is_lost(data: st.DataObject) -> None:
    questionnaire = data.draw(questionnaires)
    before = data.draw(responses(questionnaire))
    resource = json.loads(json.dumps(to_resource(before, questionnaire)))
    after, problems = from_resource(resource, QUESTIONNAIRES)
    assert problems == []
    assert after.answers == given(questionnaire, before.answers)
    for name in ("questionnaire", "status", "authored", "mode", "subject", "language", "easy_read"):
        assert getattr(after, name) == getattr(before, name)


def test_it_keeps_version_words_and_way_of_answering() -> None:
    resource = to_resource(response(easy_read=True), CARER)
    assert resource["questionnaire"].endswith("/carer|1.0.0")
    assert resource["item"][0]["text"] == CARER.by_link_id["carer"].easy
    coding = resource["extension"][0]["valueCodeableConcept"]["coding"]
    assert [each["code"] for each in coding] == ["ELECTRONIC", "text_link"]


def test_declining_is_hl7s_asked_declined_and_no_answer() -> None:
    resource = to_resource(response(answers={"carer": DECLINED}), CARER)
    assert resource["item"] == [
        {
            "linkId": "carer",
            "text": CARER.by_link_id["carer"].text,
            "extension": [{"url": names.ABSENT, "valueCode": "asked-declined"}],
        }
    ]


def test_a_question_inside_a_question_is_inside_its_answer() -> None:
    said = {
        "resourceType": "Questionnaire",
        "url": "urn:nested",
        "version": "1",
        "title": "Nested",
        "status": "active",
        "item": [
            {
                "linkId": "outer",
                "type": "boolean",
                "text": "?",
                "item": [{"linkId": "inner", "type": "decimal", "text": "?"}],
            }
        ],
    }
    nested = parse(said, "nested", "nested.json")
    both = {"outer": (True,), "inner": (Decimal("2.5"),)}
    before = response(questionnaire=nested.canonical, answers=both)
    (item,) = to_resource(before, nested)["item"]
    assert item["answer"][0]["item"][0]["answer"] == [{"valueDecimal": 2.5}]
    assert from_resource(to_resource(before, nested), {"nested": nested})[0].answers == both
    alone = response(questionnaire=nested.canonical, answers={"inner": (Decimal(2),)})
    (item,) = to_resource(alone, nested)["item"]
    assert item["item"][0]["answer"] == [{"valueDecimal": 2}]


def test_a_response_without_answers_has_no_items() -> None:
    assert "item" not in to_resource(response(answers={}), CARER)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"questionnaire": "https://example.org|1"}, "not https://fairpractice.example"),
        ({"authored": NOON.replace(tzinfo=None)}, "time zone"),
        ({"status": "finished"}, "no status of answers “finished”"),
        ({"mode": "post"}, "no way of answering “post”"),
    ],
)
def test_what_cannot_be_written_is_refused(changes: dict[str, Any], what: str) -> None:
    with pytest.raises(FairpracticeError, match=what):
        to_resource(response(**changes), CARER)


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"resourceType": "Questionnaire"}, "not a QuestionnaireResponse"),
        ({"questionnaire": None}, "does not say its questionnaire"),
        ({"questionnaire": CARER.url + "|9"}, "a version of one, that is not here"),
        ({"status": "finished"}, "no status “finished”"),
        ({"authored": "yesterday"}, "not said when"),
        ({"authored": "2026-03-31"}, "time zone"),
        ({"extension": []}, "how it was answered"),
        ({"extension": [7, {"url": names.COMPLETION}]}, "how it was answered"),
    ],
)
def test_a_response_that_lacks_what_it_must_say_is_refused(
    changes: dict[str, Any], what: str
) -> None:
    with pytest.raises(FairpracticeError, match=what) as refused:
        from_resource(to_resource(response(), CARER) | changes, QUESTIONNAIRES)
    assert refused.value.fix


@pytest.mark.parametrize(
    ("item", "problem"),
    [
        ({"linkId": "none", "answer": [{"valueBoolean": True}]}, "This is no question here"),
        ({"linkId": "carer", "answer": [{"valueString": "yes"}]}, "not the kind of answer"),
        ({"linkId": "carer", "answer": [{"valueBoolean": 1}]}, "Choose yes or no"),
        ({"linkId": "carer", "answer": [{"valueQuantity": {}}]}, "cannot be read"),
        ({"linkId": "carer", "answer": [{}]}, "cannot be read"),
        ({"linkId": "carer", "answer": "yes"}, "cannot be read"),
    ],
)
def test_an_answer_that_cannot_be_read_is_a_problem_and_the_others_are_kept(
    item: dict[str, Any], problem: str
) -> None:
    help_ = {"linkId": "carer-hours", "answer": [{"valueCoding": {"code": "50"}}]}
    resource = to_resource(response(), CARER) | {"item": [item, help_]}
    found, problems = from_resource(resource, QUESTIONNAIRES)
    assert [(each.link_id, problem in each.what) for each in problems] == [(item["linkId"], True)]
    assert list(found.answers) == ["carer-hours"]


def test_a_question_that_is_answered_twice_keeps_the_first_and_says_so() -> None:
    resource = to_resource(response(), CARER)
    resource["item"].append({"linkId": "carer", "answer": [{"valueBoolean": False}]})
    found, problems = from_resource(resource, QUESTIONNAIRES)
    assert found.answers == {"carer": (True,)}
    assert [(each.link_id, each.what) for each in problems] == [("carer", "This is answered twice")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["linkId", "item", "answer", "valueBoolean", "valueCoding", "code", "extension"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@drawn(st.sampled_from(["item", "extension", "subject", "authored", "status", "language"]), JSON)
def test_odd_json_is_refused_or_spoken_of(key: str, odd: Any) -> None:
    resource = to_resource(response(), CARER) | {key: odd}
    try:
        found, _ = from_resource(resource, QUESTIONNAIRES)
    except FairpracticeError as refused:
        assert refused.fix  # noqa: PT017  it may be read too
    else:
        assert set(found.answers) <= set(CARER.by_link_id)
