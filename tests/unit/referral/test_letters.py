"""Letters: what they may say of somebody, and what they never do unless it is chosen."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.codelists import load as load_codelists
from fairpractice.errors import FairpracticeError
from fairpractice.record.social_facts import SENSITIVE, TOPICS
from fairpractice.record.tables import FACT_STATUSES, ROUTES, SENSITIVITIES
from fairpractice.referral.letters import (
    Fact,
    Particulars,
    Template,
    draft,
    in_words,
    load,
    offered,
)
from tests.reading import reads_well


LISTS = load_codelists()
LETTERS = load(LISTS)
HOUSING = LETTERS["housing"]
TODAY = dt.date(2026, 11, 23)
PARTICULARS = Particulars(
    patient="Person 1",
    born=dt.date(1970, 5, 1),
    practice="Practice 1",
    author="Clinician 1",
    role="general practitioner",
    today=TODAY,
)


def row(topic: str, **said: Any) -> dict[str, Any]:
    return {
        "topic": topic,
        "status": "present",
        "route": "asked",
        "recorded_on": dt.date(2026, 9, 3),
        "true_from": None,
        "true_until": None,
        "sensitivity": "ordinary",
        "source_organisation": None,
        **said,
    }


def facts(*rows: dict[str, Any], events: Any = (), **how: Any) -> list[Fact]:
    return offered(HOUSING, {"social_fact": rows, "event": events}, TODAY, LISTS, **how)


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "A housing problem: recorded by our team on 3 September 2026."),
        (
            {"route": "self_reported"},
            "A housing problem: told to us by the patient on 3 September 2026.",
        ),
        (
            {"route": "external", "source_organisation": "Council 1"},
            "A housing problem: told to us by Council 1 on 3 September 2026.",
        ),
        (
            {"route": "external"},
            "A housing problem: told to us by another organisation on 3 September 2026.",
        ),
        (
            {"true_from": dt.date(2026, 1, 31)},
            "A housing problem: recorded by our team on 3 September 2026. "
            "It has been so since 31 January 2026.",
        ),
    ],
)
def test_a_fact_names_its_day_and_where_it_is_from(said: dict[str, Any], sentence: str) -> None:
    (fact,) = facts(row("housing_problem", **said))
    assert fact.sentence == sentence
    assert fact.chosen
    assert not fact.caution


@pytest.mark.parametrize(
    "said",
    [
        {"status": "absent"},
        {"status": "unknown"},
        {"status": "declined"},
        {"true_until": dt.date(2026, 10, 1)},
        {"recorded_on": dt.date(2025, 1, 1)},
        {"recorded_on": dt.date(2026, 12, 1)},
    ],
)
def test_what_does_not_hold_today_is_not_offered(said: dict[str, Any]) -> None:
    assert facts(row("housing_problem", **said)) == []


def test_a_letter_of_an_earlier_day_names_what_was_known_then() -> None:
    since = dt.date(2026, 1, 31)
    rows = [
        row("housing_problem", true_from=since),
        row("housing_problem", true_from=since, recorded_on=dt.date(2026, 12, 1)),
    ]
    (fact,) = facts(*rows)
    assert fact.on == dt.date(2026, 9, 3)


def test_what_the_letter_is_not_about_is_not_offered() -> None:
    assert facts(row("debt"), row("veteran")) == []


def test_what_is_sensitive_is_offered_only_when_asked_for_and_never_chosen_first() -> None:
    rows = (row("domestic_abuse"), row("housing_problem", sensitivity="sensitive"))
    assert facts(*rows) == []
    found = facts(*rows, sensitive=True)
    assert [each.id for each in found] == ["topic:housing_problem", "topic:domestic_abuse"]
    assert not any(each.chosen for each in found)
    assert draft(HOUSING, found, PARTICULARS).facts == ()
    letter = draft(HOUSING, found, PARTICULARS, ["topic:domestic_abuse"])
    assert letter.facts == ("topic:domestic_abuse",)
    assert "Domestic abuse: recorded" in letter.text


def test_a_contradiction_is_for_the_writer_to_settle() -> None:
    (fact,) = facts(
        row("housing_problem"),
        row("housing_problem", status="absent", route="external", recorded_on=dt.date(2026, 8, 1)),
    )
    assert not fact.chosen
    assert "told to us by another organisation on 1 August 2026" in fact.caution
    assert fact.caution not in draft(HOUSING, [fact], PARTICULARS, [fact.id]).text


def test_a_coded_entry_states_a_topic_and_a_condition_waits_to_be_chosen() -> None:
    def event(name: str, day: dt.date) -> dict[str, Any]:
        code = LISTS[name].codes[0]
        return {"code": code.code, "code_system": code.system, "date": day}

    found = facts(
        events=[
            event("homeless", dt.date(2026, 10, 1)),
            event("asthma", dt.date(2020, 2, 3)),
            event("asthma", dt.date(2019, 2, 3)),
            event("copd", dt.date(2026, 12, 1)),
        ]
    )
    assert [(each.id, each.chosen) for each in found] == [
        ("topic:homelessness", True),
        ("condition:asthma", False),
    ]
    assert found[0].sentence == "Homelessness: recorded by our team on 1 October 2026."
    assert found[1].sentence == "Asthma: in our record since 3 February 2019."
    assert "check it" in found[1].caution


def test_a_letter_leaves_out_what_was_not_given() -> None:
    letter = draft(HOUSING, [], PARTICULARS)
    assert HOUSING.facts not in letter.text
    assert "Re: Person 1, born 1 May 1970" in letter.text
    assert all(paragraph.text for paragraph in letter.paragraphs)
    assert len(letter.paragraphs) == len(HOUSING.opening) + len(HOUSING.closing) - 2


def test_a_name_is_not_taken_for_a_place_to_fill() -> None:
    odd = Particulars(**{**vars(PARTICULARS), "patient": "{born} {0}"})
    assert "Re: {born} {0}, born 1 May 1970" in draft(HOUSING, [], odd).text


def test_a_fact_that_is_not_offered_cannot_be_said() -> None:
    with pytest.raises(FairpracticeError, match="topic:debt"):
        draft(HOUSING, facts(row("housing_problem")), PARTICULARS, ["topic:debt"])


ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from(list(TOPICS)),
        status=st.sampled_from(FACT_STATUSES),
        route=st.sampled_from(ROUTES),
        recorded_on=st.dates(dt.date(2025, 1, 1), dt.date(2027, 1, 1)),
        true_from=st.none() | st.dates(dt.date(2024, 1, 1), dt.date(2027, 1, 1)),
        true_until=st.none() | st.dates(dt.date(2026, 1, 1), dt.date(2028, 1, 1)),
        sensitivity=st.sampled_from(SENSITIVITIES),
    ),
    max_size=8,
)


@given(st.sampled_from(list(LETTERS.values())), ROWS)
def test_unless_chosen_a_letter_says_nothing_sensitive(
    template: Template, rows: list[dict[str, Any]]
) -> None:
    for asked in (False, True):
        found = offered(template, {"social_fact": rows}, TODAY, LISTS, sensitive=asked)
        letter = draft(template, found, PARTICULARS)
        said = {name.removeprefix("topic:") for name in letter.facts}
        assert not said & set(SENSITIVE)
        assert said <= {row["topic"] for row in rows if row["status"] == "present"}
        for fact in found:
            assert fact.sensitive <= asked
            assert (fact.sentence in letter.text) is fact.chosen
            assert in_words(fact.on) in fact.sentence


@given(ROWS)
def test_an_ordinary_letter_is_the_same_with_and_without_what_is_sensitive(
    rows: list[dict[str, Any]],
) -> None:
    """Rows of topics that are always sensitive leave no trace in it."""
    without = [row for row in rows if row["topic"] not in SENSITIVE]
    letters = [
        draft(
            HOUSING, offered(HOUSING, {"social_fact": each}, TODAY, LISTS), PARTICULARS
        ).paragraphs
        for each in (rows, without)
    ]
    assert letters[0] == letters[1]


@pytest.mark.parametrize("template", LETTERS.values(), ids=list(LETTERS))
def test_a_shipped_letter_reads_as_english(template: Template) -> None:
    for text in (template.about, template.facts, *template.opening, *template.closing):
        assert reads_well(text.replace("{", "").replace("}", "").replace("_", "")), text
    assert "asked me" not in " ".join(template.opening), "nobody is made to say what may not be so"


WHOLE = """
title = "Ours"
about = "When it is of use."
topics = ["debt"]
conditions = ["asthma"]
opening = ["Re: {patient}"]
facts = "What we know:"
closing = ["{author}"]
"""


@pytest.mark.parametrize(
    ("changed", "to", "what"),
    [
        ("title", "titel", "does not say its title"),
        ('facts = "What we know:"', "facts = 'x'\nnote = 'x'", "A letter has no note"),
        ('"debt"', '"dept"', "no social topic dept"),
        ('["debt"]', '"debt"', "no list of texts"),
        ('"asthma"', '"asthmaa"', "There is no codelist"),
        ('"asthma"', '"domestic-abuse"', "about something sensitive"),
        ("{patient}", "{name}", "names what a letter does not know"),
        ("{patient}", "{patient.__class__}", "names what a letter does not know"),
        ("{patient}", "{patient:>900}", "names what a letter does not know"),
        ("{patient}", "{patient", "a brace by itself"),
        ("title =", "title", "cannot be read"),
    ],
)
def test_a_letter_of_ones_own_that_does_not_hold_is_refused(
    changed: str, to: str, what: str, tmp_path: Path
) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    file = folder / "our_letter.toml"
    file.write_text(WHOLE, encoding="utf-8")
    assert load(LISTS, tmp_path)["our-letter"].title == "Ours"
    file.write_text(WHOLE.replace(changed, to), encoding="utf-8")
    with pytest.raises(FairpracticeError, match=what) as refused:
        load(LISTS, tmp_path)
    assert refused.value.fix
