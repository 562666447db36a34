"""What answers state, and what they do not."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.listening import names
from fairpractice.listening.questionnaire import DECLINED, Answer, Answers
from fairpractice.listening.reading import parse
from fairpractice.listening.response import Response
from fairpractice.listening.stated import facts, help_wanted, urgent_needs
from fairpractice.record.tables import TABLES
from tests.support.answers import QUESTIONNAIRES, answers, questionnaires, responses


OURS = QUESTIONNAIRES["your-circumstances"]


def choice(link_id: str, code: str, of: str = "your-circumstances") -> dict[str, Answer]:
    options = QUESTIONNAIRES[of].by_link_id[link_id].options
    return {link_id: next((option.value,) for option in options if option.key == code)}


def stated(said: Answers, of: str = "your-circumstances", **changes: Any) -> dict[str, str]:
    questionnaire = QUESTIONNAIRES[of]
    response = Response(
        **{
            "questionnaire": questionnaire.canonical,
            "status": "completed",
            "authored": dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.UTC),
            "mode": questionnaire.modes[0],
            "answers": said,
            **changes,
        }
    )
    rows = facts(questionnaire, response, lawful_basis="direct_care")
    return {row["topic"]: row["status"] for row in rows}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({}, {}),
        ({"debt": (True,)}, {"debt": "present"}),
        ({"debt": (False,)}, {"debt": "absent"}),
        ({"debt": DECLINED}, {"debt": "declined"}),
        ({"people": (False,)}, {"social_isolation": "present"}),
        ({"people": (True,)}, {"social_isolation": "absent"}),
        (choice("home", "sofa"), {"homelessness": "present"}),
        (choice("home", "settled"), {"settled_home": "present"}),
        (
            {"home": DECLINED},
            dict.fromkeys(("settled_home", "temporary_housing", "homelessness"), "declined"),
        ),
        ({"matters": ("My family",)}, {}),
        (choice("life", "now"), {}),
    ],
)
def test_an_answer_states_what_its_file_declares(said: Answers, expected: dict[str, str]) -> None:
    assert stated(said) == expected


def test_wanting_no_help_says_nothing_of_the_need() -> None:
    need: Answers = {"debt": (True,)}
    no_help = choice("debt-help", "not-wanted")
    assert stated({**need, **no_help}) == stated(need) == {"debt": "present"}
    assert help_wanted(OURS, {**need, **no_help}) == {"debt": "not_wanted"}
    assert help_wanted(OURS, {**need, **choice("debt-help", "wanted")}) == {"debt": "wanted"}
    assert help_wanted(OURS, {**need, "debt-help": DECLINED}) == {"debt": "declined"}
    assert help_wanted(OURS, need) == {}


def test_an_answer_that_is_not_asked_for_any_more_states_nothing() -> None:
    said = {"debt": (False,), **choice("debt-help", "wanted")}
    assert help_wanted(OURS, said) == {}


@pytest.mark.parametrize("status", ["in-progress", "stopped", "entered-in-error"])
def test_what_is_not_finished_states_nothing(status: str) -> None:
    assert stated({"debt": (True,)}, status=status) == {}


@pytest.mark.parametrize(
    ("mode", "route"),
    [
        ("paper", "self_reported"),
        ("text_link", "self_reported"),
        ("desk", "self_reported"),
        ("telephone", "asked"),
        ("in_person", "asked"),
    ],
)
def test_the_route_follows_from_who_wrote_it_down(mode: str, route: str) -> None:
    said = Response(
        OURS.canonical,
        "completed",
        dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-1))),
        mode,
        {"debt": (True,)},
    )
    (row,) = facts(OURS, said, lawful_basis="consent", recorder_role="link worker")
    assert row["route"] == route
    assert row["recorded_on"] == dt.date(2026, 3, 31)
    assert row["lawful_basis"] == "consent"
    assert row["recorder_role"] == "link worker"


def test_a_lawful_basis_is_never_made_up() -> None:
    said = Response(OURS.canonical, "completed", dt.datetime.now(dt.UTC), "paper")
    with pytest.raises(FairpracticeError, match="no lawful basis"):
        facts(OURS, said, lawful_basis="implied")


def test_a_score_states_what_its_band_does() -> None:
    assert stated({"kicked": (True,)}, "hark") == {"domestic_abuse": "present"}
    all_no: Answers = dict.fromkeys(("humiliated", "afraid", "raped", "kicked"), (False,))
    assert stated(all_no, "hark") == {"domestic_abuse": "absent"}
    assert stated({**all_no, "afraid": DECLINED}, "hark") == {"domestic_abuse": "declined"}
    assert stated({"afraid": (False,)}, "hark") == {}


def test_abuse_is_sensitive() -> None:
    hark = QUESTIONNAIRES["hark"]
    said = Response(
        hark.canonical, "completed", dt.datetime.now(dt.UTC), "in_person", {"afraid": (True,)}
    )
    assert [row["sensitivity"] for row in facts(hark, said, lawful_basis="direct_care")] == [
        "sensitive"
    ]


@drawn(st.data())
def test_facts_are_rows_of_the_record(data: st.DataObject) -> None:
    questionnaire = data.draw(questionnaires)
    response = data.draw(responses(questionnaire))
    rows = facts(questionnaire, response, lawful_basis="sharing_agreement")
    table = TABLES["social_fact"]
    for row in rows:
        assert [*row] == [column.name for column in table.columns if column.name != "patient_id"]
        for column in table.columns:
            if column.name in row and column.required:
                assert row[column.name] is not None
            if column.name in row and column.allowed:
                assert row[column.name] in column.allowed
    assert len({row["topic"] for row in rows}) == len(rows)


@drawn(st.data())
def test_whoever_declines_everything_is_in_no_need(data: st.DataObject) -> None:
    questionnaire = data.draw(questionnaires)
    said: Answers = {question.link_id: DECLINED for question in questionnaire.questions}
    assert set(stated(said, questionnaire.id).values()) <= {"declined"}
    assert urgent_needs(questionnaire, said) == []


def test_of_several_answers_on_one_topic_a_need_comes_first() -> None:
    def states(topic: str, status: str, when: bool) -> dict[str, Any]:
        parts = [
            {"url": "when", "valueBoolean": when},
            {"url": "topic", "valueCode": topic},
            {"url": "status", "valueCode": status},
        ]
        return {"url": names.STATES, "extension": parts}

    both = [states("debt", "present", True), states("debt", "absent", False)]
    said = {
        "resourceType": "Questionnaire",
        "url": "urn:two",
        "version": "1",
        "title": "Two",
        "status": "active",
        "item": [
            {"linkId": name, "type": "boolean", "text": "?", "extension": both} for name in "ab"
        ],
    }
    two = parse(said, "two", "two.json")
    for first, second, expected in (
        ((True,), (False,), "present"),
        ((False,), DECLINED, "absent"),
        (DECLINED, (True,), "present"),
        (DECLINED, DECLINED, "declined"),
    ):
        for one, other in ((first, second), (second, first)):
            response = Response(
                two.canonical,
                "completed",
                dt.datetime(2026, 3, 31, tzinfo=dt.UTC),
                "paper",
                {"a": one, "b": other},
            )
            (row,) = facts(two, response, lawful_basis="direct_care")
            assert row["status"] == expected


@drawn(st.data())
def test_declining_more_never_states_a_need(data: st.DataObject) -> None:
    """To replace an answer by declining takes needs away and adds none."""
    questionnaire = data.draw(questionnaires)
    said = data.draw(answers(questionnaire))
    fewer = {name: data.draw(st.sampled_from([answer, DECLINED])) for name, answer in said.items()}
    before = {t for t, status in stated(said, questionnaire.id).items() if status == "present"}
    after = {t for t, status in stated(fewer, questionnaire.id).items() if status == "present"}
    assert after <= before


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        (choice("life", "now"), ["suicide"]),
        (choice("life", "sometimes"), ["suicide"]),
        (choice("life", "no"), []),
        ({**choice("home", "rough"), "tonight": (False,)}, ["shelter"]),
        ({**choice("home", "rough"), "tonight": (True,)}, []),
        ({"food": (True,), "food-today": (False,)}, ["food"]),
        ({"food": (False,), "food-today": (False,)}, []),
        (
            {
                "food": (True,),
                "food-today": (False,),
                **choice("home", "sofa"),
                "tonight": (False,),
                **choice("life", "now"),
            },
            ["suicide", "shelter", "food"],
        ),
    ],
)
def test_urgent_needs_are_told_at_once_the_gravest_first(said: Answers, kinds: list[str]) -> None:
    assert [need.kind for need in urgent_needs(OURS, said)] == kinds
