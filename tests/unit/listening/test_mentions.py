"""What a letter may tell of: found in its sentence, and passed over where it is not so."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.codelists import load
from fairpractice.listening.mentions import PHRASES, mentions, passed_over, phrases
from fairpractice.record.topics import TOPICS


LOOKED_FOR = phrases(load())


def told(text: str) -> list[tuple[str, str]]:
    return [(each.topic, each.status) for each in mentions(text, LOOKED_FOR)]


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("She has been sleeping rough since May.", "homelessness"),
        ("He is of No  Fixed Abode", "homelessness"),
        ("Lives in squat", "homelessness"),  # a codelist's term
        ("She is no longer homeless.", "settled_home"),
        ("The flat is damp and there is mould.", "housing_problem"),
        ("They can’t make ends meet.", "financial_hardship"),
        ("He is in debt; the bailiffs came.", "debt"),
        ("She uses a food bank.", "food_insecurity"),
        ("Her mother is well, she is unemployed.", "unemployment"),
        ("She cares for her mother.", "carer"),
        ("I look after my husband", "carer"),
        ("He did not come, but he is lonely.", "social_isolation"),
        ("Seen through an interpreter.", "interpreter_need"),
        ("There was domestic violence.", "domestic_abuse"),
        ("Reviewed at 3.30 p.m. and is homeless", "homelessness"),
    ],
)
def test_what_is_told_is_found(text: str, topic: str) -> None:
    assert told(text)[0] == (topic, "present")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("He is not homeless.", "not so"),
        ("She denies any debts.", "not so"),
        ("There is no overcrowding.", "not so"),
        ("He isn’t lonely.", "not so"),
        ("Her mother is homeless.", "somebody else"),
        ("The landlord is in debt.", "somebody else"),
        ("People who are homeless can register.", "somebody else"),
        ("Family history: nothing. Family history of prison, her brother was in prison", "else"),
        ("Previously homeless.", "another time"),
        ("He used to be a carer for somebody.", "another time"),
        ("She is at risk of becoming homeless.", "another time"),
        ("If you are in debt, ask us.", "another time"),
        ("He may become unemployed.", "another time"),
        ("I asked about domestic abuse.", "another time"),
    ],
)
def test_what_is_not_so_or_of_others_or_another_time_is_passed_over(text: str, why: str) -> None:
    assert told(text) == []
    reasons = {passed_over(text, found.start()) for found in LOOKED_FOR.pattern.finditer(text)} - {
        ""
    }
    assert any(why in reason for reason in reasons)


def test_that_something_ended_is_said_by_words_that_say_it() -> None:
    assert told("He is no longer a carer.") == [("carer", "absent")]
    assert told("She is not a carer for anybody.") == [("carer", "absent")]  # a codelist's term
    assert told("She is not in debt.") == []


def test_each_topic_once_with_the_sentence_it_was_first_in() -> None:
    text = "Seen today. He is homeless! Homeless since May.\n\nHe is also unemployed"
    found = mentions(text, LOOKED_FOR)
    assert [each.topic for each in found] == ["homelessness", "unemployment"]
    assert [each.sentence for each in found] == ["He is homeless!", "He is also unemployed"]
    for each in found:
        assert each.sentence[each.start :].startswith(each.phrase)


@pytest.mark.parametrize("text", ["homelessness", "dampen", "indebted", "non-veteran", "veterans"])
def test_parts_of_words_are_other_words(text: str) -> None:
    assert told(f"a word: {text}") == []


def test_the_phrases_are_of_topics_and_statuses_there_are() -> None:
    said = tomllib.loads(PHRASES.read_text(encoding="utf-8"))
    assert set(said) <= set(TOPICS)
    assert {status for each in said.values() for status in each} == {"present", "absent"}
    listed = [phrase for each in said.values() for found in each.values() for phrase in found]
    assert len(listed) == len(set(listed))
    assert all(phrase == phrase.lower() for phrase in listed)


@given(
    st.lists(st.sampled_from([*LOOKED_FOR.tells, "not", "her mother", ".", "\n", "’", "é", ","]))
)
def test_whatever_is_written_each_mention_is_where_it_says(parts: list[str]) -> None:
    text = " ".join(parts)
    for each in mentions(text, LOOKED_FOR):
        assert each.sentence in text
        assert each.sentence[each.start : each.start + len(each.phrase)] == each.phrase
        assert (each.topic, each.status) == LOOKED_FOR.tells[
            " ".join(each.phrase.lower().replace("’", "'").split())
        ]
