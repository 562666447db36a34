"""Answers drawn at random, to any questionnaire."""

import datetime as dt
from decimal import Decimal

from hypothesis import strategies as st

from fairpractice.listening.questionnaire import DECLINED, Answer, Item, Questionnaire, Value
from fairpractice.listening.reading import load
from fairpractice.listening.response import STATUSES, Response


QUESTIONNAIRES = load()
questionnaires = st.sampled_from(list(QUESTIONNAIRES.values()))

TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\x7f"), min_size=1
)
TIMES = st.datetimes(
    min_value=dt.datetime(2020, 1, 2),
    max_value=dt.datetime(2030, 1, 1),
    timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=1))]),
)


def values(question: Item) -> st.SearchStrategy[Value]:
    """One value that answers a question."""
    if question.options:
        chosen = st.sampled_from([option.value for option in question.options])
        return chosen | TEXTS if question.kind == "open-choice" else chosen
    low = int(question.minimum) if isinstance(question.minimum, Decimal) else -(2**31) + 1
    high = int(question.maximum) if isinstance(question.maximum, Decimal) else 2**31 - 1
    longest = question.max_length or 200
    return {
        "boolean": st.booleans(),
        "integer": st.integers(low, high),
        "decimal": st.decimals(low, high, places=4),
        "date": st.dates(),
        "string": TEXTS.map(lambda text: text[:longest]),
        "text": TEXTS.map(lambda text: text[:longest]),
    }[question.kind]


def answers_to(question: Item) -> st.SearchStrategy[Answer]:
    """An answer to a question, which may be that somebody would rather not say."""
    several = st.lists(values(question), min_size=1, max_size=3, unique=True)
    one = values(question).map(lambda value: (value,))
    return st.just(DECLINED) | (several.map(tuple) if question.repeats else one)


def answers(questionnaire: Questionnaire) -> st.SearchStrategy[dict[str, Answer]]:
    """Answers to some of the questions of a questionnaire, asked or not."""
    return st.fixed_dictionaries(
        {}, optional={each.link_id: answers_to(each) for each in questionnaire.questions}
    )


def responses(questionnaire: Questionnaire) -> st.SearchStrategy[Response]:
    """Whole responses to a questionnaire."""
    return st.builds(
        Response,
        questionnaire=st.just(questionnaire.canonical),
        status=st.sampled_from(STATUSES),
        authored=TIMES,
        mode=st.sampled_from(questionnaire.modes),
        answers=answers(questionnaire),
        subject=st.sampled_from(["", "Patient/1"]),
        language=st.sampled_from(["en-GB", "pl"]),
        easy_read=st.booleans(),
    )
