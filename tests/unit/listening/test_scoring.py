"""Scores: sums, bands, and what is known when something is missing."""

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from fairpractice.listening.questionnaire import (
    DECLINED,
    Answer,
    Answers,
    Coding,
    Item,
    Option,
    Questionnaire,
    Score,
    ScoredItem,
)
from fairpractice.listening.scoring import Scored, scored
from tests.support.answers import QUESTIONNAIRES, answers, values


def choose(name: str, **chosen: str) -> dict[str, Answer]:
    """Answer questions of choice by the codes."""
    found: dict[str, Answer] = {}
    for link_id, code in chosen.items():
        question = QUESTIONNAIRES[name].by_link_id[link_id.replace("_", "-")]
        found[question.link_id] = next(
            (option.value,) for option in question.options if option.key == code
        )
    return found


def only(name: str, said: Answers) -> Scored:
    (found,) = scored(QUESTIONNAIRES[name], said)
    return found


@pytest.mark.parametrize(
    ("codes", "value", "band"),
    [
        (("hardly-ever", "hardly-ever", "hardly-ever"), 3, "lonely least often"),
        (("hardly-ever", "some-of-the-time", "hardly-ever"), 4, "lonely least often"),
        (("hardly-ever", "some-of-the-time", "some-of-the-time"), 5, "lonely some of the time"),
        (("often", "some-of-the-time", "some-of-the-time"), 7, "lonely some of the time"),
        (("often", "often", "some-of-the-time"), 8, "lonely most often"),
        (("often", "often", "often"), 9, "lonely most often"),
    ],
)
def test_loneliness_is_3_to_9_in_the_bands_of_the_community_life_survey(
    codes: tuple[str, str, str], value: int, band: str
) -> None:
    names = ("companionship", "left_out", "isolated")
    found = only("loneliness", choose("loneliness", **dict(zip(names, codes, strict=True))))
    assert (found.value, found.band, found.status) == (value, band, "ok")


@pytest.mark.parametrize(
    ("value", "others", "anxiety"),
    [
        (0, "low", "very low"),
        (1, "low", "very low"),
        (2, "low", "low"),
        (4, "low", "medium"),
        (5, "medium", "medium"),
        (6, "medium", "high"),
        (7, "high", "high"),
        (8, "high", "high"),
        (9, "very high", "high"),
        (10, "very high", "high"),
    ],
)
def test_ons4_is_banded_as_the_office_for_national_statistics_does(
    value: int, others: str, anxiety: str
) -> None:
    names = ("satisfied", "worthwhile", "happy", "anxious")
    found = scored(QUESTIONNAIRES["ons4"], dict.fromkeys(names, (value,)))
    assert [(each.id, each.band) for each in found] == [
        *((name, others) for name in names[:3]),
        ("anxious", anxiety),
    ]


FOOD = {"worried": "often", "did_not_last": "sometimes", "balanced_meals": "never"}


@pytest.mark.parametrize(
    ("more", "value", "band"),
    [
        ({"cut-meals": (False,)}, 2, "marginal food security"),
        ({"cut-meals": (True,), "cut-meals-days": (2,)}, 3, "low food security"),
        ({"cut-meals": (True,), "cut-meals-days": (3,)}, 4, "low food security"),
    ],
)
def test_food_security_counts_what_was_not_asked_as_no(
    more: Mapping[str, Answer], value: int, band: str
) -> None:
    no = dict.fromkeys(("ate-less", "hungry", "lost-weight"), (False,))
    third = {"whole-day": (False,)} if more["cut-meals"] == (True,) else {}
    found = only("food-security", choose("food-security", **FOOD) | no | more | third)
    assert (found.value, found.band) == (value, band)


def test_three_times_never_is_a_score_of_nought() -> None:
    never = choose("food-security", **dict.fromkeys(FOOD, "never"))
    assert only("food-security", never).value == 0


def test_who_declines_has_no_score() -> None:
    found = only("food-security", dict.fromkeys(["worried", "did-not-last"], DECLINED))
    assert (found.value, found.band, found.declined) == (None, "", True)
    assert found.status == "not_answered"
    assert "worried" in found.reason


def test_a_band_is_known_when_no_answer_could_change_it() -> None:
    found = only("hark", {"humiliated": (True,), "afraid": DECLINED})
    assert (found.value, found.band, found.status) == (None, "positive", "incomplete")
    unknown = only("hark", {"humiliated": (False,), "afraid": DECLINED})
    assert (unknown.value, unknown.band) == (None, "")


@drawn(st.data())
def test_a_band_that_is_known_stays_whatever_else_is_answered(data: st.DataObject) -> None:
    questionnaire = QUESTIONNAIRES[
        data.draw(st.sampled_from(["hark", "food-security", "loneliness", "ons4"]))
    ]
    first = data.draw(answers(questionnaire))
    more: dict[str, Answer] = {
        question.link_id: (data.draw(values(question)),) for question in questionnaire.questions
    }
    whole = more | {name: answer for name, answer in first.items() if answer is not DECLINED}
    for partly, complete in zip(
        scored(questionnaire, first), scored(questionnaire, whole), strict=True
    ):
        assert complete.status == "ok"
        assert (partly.band or complete.band) == complete.band
        if partly.value is not None:
            assert partly.value == complete.value


def test_an_item_can_be_counted_from_the_other_end() -> None:
    number = Item("n", "integer", "?", minimum=Decimal(0), maximum=Decimal(10))
    choice = Item(
        "c",
        "choice",
        "?",
        options=tuple(
            Option(Coding(code), code, code, score=Decimal(score))
            for code, score in (("low", 1), ("mid", 2), ("high", 5))
        ),
    )
    both = tuple(ScoredItem(name, reversed=True) for name in ("n", "c"))
    asked = Questionnaire(
        *("form", "urn:form", "1", "active", "", "", "", "", "", "", "", (), ""),
        scores=(Score("s", "S", both),),
        items=(number, choice),
    )
    (found,) = scored(asked, {"n": (3,), "c": (Coding("low"),)})
    assert found.value == (10 - 3) + (1 + 5 - 1)
