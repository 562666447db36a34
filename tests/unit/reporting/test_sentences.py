"""Numbers in plain English: every kind of answer, word for word."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairpractice.criteria import registered
from fairpractice.measures.measure import Measure
from fairpractice.reporting import sentences


NBSP = "\N{NO-BREAK SPACE}"
DAY = dt.date(2026, 10, 31)


def asked(better: Any = "higher", unit: str = "%", **more: Any) -> Measure:
    return Measure(
        id="m",
        title="Screening",
        why="",
        source="",
        author="",
        checked_by="",
        review_by=DAY,
        population=registered(),
        numerator=more.pop("numerator", registered()),
        better=better,
        unit=unit,
        spec="",
        **more,
    )


def figure(
    value: float | None, lower: float | None = None, upper: float | None = None, **more: Any
) -> dict[str, Any]:
    status = "hidden" if value is None else "ok"
    row = {"value": value, "lower": lower, "upper": upper, "status": status, "on": DAY}
    return {**row, "group": "", "numerator": None, "denominator": None, **more}


MOST, LEAST = figure(61.2, 59.8, 62.6), figure(74.0, 72.1, 75.8)
GAP = figure(12.8, 10.4, 15.2)
ALL_TOLD = figure(100.0, 99.0, 100.0)


def said(*args: Any, **more: Any) -> str:
    return sentences.gap(*args, **more).replace(NBSP, " ")


def test_a_gap_says_its_size_its_uncertainty_and_what_it_does_not_show() -> None:
    assert said(asked(), MOST, LEAST, GAP, ALL_TOLD) == (
        "In the most deprived fifth it is 61.2 % (59.8 % to 62.6 %), against 74.0 % (72.1 % to "
        "75.8 %) in the least deprived: a gap of 12.8 percentage points (10.4 to 15.2). Higher is "
        "better: the most deprived are worse off. Age and illness are not taken into account."
    )


@pytest.mark.parametrize(
    ("better", "value", "worse"),
    [
        ("higher", 12.8, "the most deprived are worse off"),
        ("higher", -12.8, "the least deprived are worse off"),
        ("lower", 12.8, "the least deprived are worse off"),
        ("lower", -12.8, "the most deprived are worse off"),
        ("neither", 12.8, ""),
    ],
)
def test_who_is_worse_off(better: str, value: float, worse: str) -> None:
    gap = figure(value, value - 2, value + 2)
    words = said(asked(better), MOST, LEAST, gap, ALL_TOLD)
    assert "a gap of 12.8 percentage points (10.8 to 14.8)" in words
    assert worse in words
    assert ("worse" in words) == bool(worse)


def test_a_gap_that_cannot_be_told_from_none_is_not_called_one() -> None:
    words = said(asked(), MOST, LEAST, figure(9.2, -4.7, 20.6), ALL_TOLD)
    assert (
        "a difference of 9.2 percentage points (from 4.7 the other way to 20.6), which the data "
        "cannot tell from none."
    ) in words
    assert "worse off" not in words
    assert "gap" not in words


def test_limits_are_turned_round_with_the_gap() -> None:
    words = said(asked(), MOST, LEAST, figure(-9.2, -20.6, 4.7), ALL_TOLD)
    assert "9.2 percentage points (from 4.7 the other way to 20.6)" in words


def test_limits_that_leave_out_zero_do_not_look_like_it() -> None:
    words = said(asked(), MOST, LEAST, figure(5.5, 0.04, 10.6), ALL_TOLD)
    assert "a gap of 5.5 percentage points (0.04 to 10.6)" in words


def test_those_of_whom_it_cannot_be_told_are_said() -> None:
    words = said(asked(), MOST, LEAST, GAP, figure(86.5, 84.9, 88.0))
    assert "For 13.5 % of those it is about it cannot be told, and they are left out." in words
    assert "For a few people" in said(asked(), MOST, LEAST, GAP, figure(None))
    assert "less than 0.1 %" in said(asked(), MOST, LEAST, GAP, figure(99.98, 99, 100))
    assert "told" not in said(asked(), MOST, LEAST, GAP, ALL_TOLD)
    assert said(asked(), None, None, None, figure(0.0, 0, 1)) == "It cannot be told for anybody."


def test_a_mean_has_its_own_unit_and_as_many_places_as_it_needs() -> None:
    from fairpractice.criteria import usual_provider_of_care

    mean = asked(unit="share of visits", numerator=usual_provider_of_care(months=24, at_least=3))
    words = said(
        mean,
        figure(0.4230, 0.4175, 0.4284),
        figure(0.4479, 0.4371, 0.4588),
        figure(0.0250, 0.0126, 0.0373),
        ALL_TOLD,
    )
    assert words.startswith(
        "In the most deprived fifth the mean is 0.423 (0.417 to 0.428), against 0.448 (0.437 to "
        "0.459) in the least deprived: a gap of 0.025 (0.013 to 0.037)."
    )
    assert "Unit: share of visits." in words
    assert "%" not in words


def test_hidden_and_empty_fifths_give_no_gap() -> None:
    none = figure(None, status="missing_input")
    hidden = said(asked(), figure(None), LEAST, none, ALL_TOLD)
    assert "The most deprived fifth is too small to be shown" in hidden
    both = said(asked(), figure(None), figure(None), none, ALL_TOLD)
    assert "The two end fifths are too small to be shown" in both
    nobody = said(asked(), MOST, figure(None, status="zero_denominator"), none, ALL_TOLD)
    assert "There is nobody to tell of in the least deprived fifth" in nobody
    absent = said(asked(), MOST, None, None, ALL_TOLD)
    assert "There is nobody to tell of in the least deprived fifth" in absent
    for words in (hidden, both, nobody, absent):
        assert "percentage points" not in words
        assert words.endswith(sentences.NOT_ADJUSTED)


def fifths(*counts: int | None) -> list[dict[str, Any]]:
    return [
        figure(
            None if count is None else count / 10,
            None if count is None else count / 10 - 1,
            None if count is None else count / 10 + 1,
            group=str(number),
            numerator=count,
            denominator=1000,
        )
        for number, count in enumerate(counts, 1)
    ]


def test_a_rule_says_how_many_where_and_how_sure() -> None:
    total = figure(4.12, 3.7, 4.6, numerator=412, denominator=10_000)
    gap = figure(-8.0, -9.9, -6.1)
    told = figure(90.0, 89, 91)
    words = sentences.found(total, fifths(120, 100, 80, 60, 40), gap, told).replace(NBSP, " ")
    assert words == (
        "412 people, 4.1 % of those it is about (3.7 % to 4.6 %). More common in the most deprived "
        "fifth, 12.0 % (11.0 % to 13.0 %), than in the least deprived, 4.0 % (3.0 % to 5.0 %): a "
        "gap of 8.0 percentage points (6.1 to 9.9). For 10.0 % of those it is about it cannot be "
        "told whether they are missing out too, so there may be more. Age and illness are not "
        "taken into account."
    )
    other_way = sentences.found(total, fifths(40, 60, 80, 100, 120), figure(8, 6, 10), ALL_TOLD)
    assert "Less common in the most deprived fifth" in other_way
    no_telling = sentences.found(total, fifths(80, 80, 80, 80, 90), figure(1, -1, 3), ALL_TOLD)
    assert "common" not in no_telling
    assert sentences.CANNOT_TELL in no_telling


def test_a_hidden_total_is_at_least_what_is_shown() -> None:
    withheld = figure(None, status="hidden")
    words = sentences.found(withheld, fifths(120, None, 80, 60, 40), figure(-8, -10, -6), ALL_TOLD)
    assert words.startswith("At least 300 people, in the fifths that are shown")
    nothing = sentences.found(withheld, fifths(None, None, None, None, None), None, ALL_TOLD)
    assert nothing.startswith("How many are found is hidden")


def test_nobody_found_is_not_nobody_missed() -> None:
    total = figure(0.0, 0.0, 0.4, numerator=0, denominator=1000)
    words = sentences.found(total, fifths(0, 0, 0, 0, 0), figure(0, -1, 1), figure(20.0, 19, 21))
    assert words.replace(NBSP, " ") == (
        "Nobody is found, of 1,000 people it is about. For 80.0 % of those it is about it cannot "
        "be told whether they are missing out, so there may be some."
    )


def test_small_percentages_keep_two_places() -> None:
    assert sentences.value(figure(0.89, 0.67, 1.19), "%").replace(NBSP, " ") == (
        "0.89 % (0.67 % to 1.19 %)"
    )
    assert sentences.signed(figure(-0.007, -2.7, 2.9), 1) == "0.0 (−2.7 to +2.9)"


def test_what_is_recorded() -> None:
    none = figure(0.0, 0.0, 0.1, numerator=0, denominator=5000)
    some = figure(4.2, 3.9, 4.6, numerator=210, denominator=5000)
    words = sentences.topics([("Debt", some), ("Being a carer", none), ("A home", figure(None))])
    assert words.replace(NBSP, " ") == (
        "Of 3 social topics, the one recorded most is debt, for 4.2 % (3.9 % to 4.6 %) of people. "
        "Recorded for nobody: being a carer. What is not recorded is not known: it does not mean "
        "that there is no need."
    )
    assert sentences.recorded("Debt", none) == "Debt is recorded for nobody."
    assert "hidden" in sentences.recorded("Debt", figure(None))


def test_dates_do_not_depend_on_the_locale() -> None:
    assert sentences.date(DAY) == "31 October 2026"


def in_order(three: list[float]) -> dict[str, Any]:
    lower, value, upper = sorted(three)
    return figure(value, lower, upper)


rows = st.just(figure(None)) | st.lists(st.floats(0, 100), min_size=3, max_size=3).map(in_order)
gaps = st.none() | st.lists(st.floats(-100, 100), min_size=3, max_size=3).map(in_order)


@given(
    most=st.none() | rows,
    least=st.none() | rows,
    gap=gaps,
    told=st.none() | rows,
    better=st.sampled_from(["higher", "lower", "neither"]),
    unit=st.sampled_from(["%", "visits"]),
)
def test_whatever_the_numbers_the_sentences_are_sound(
    most: Any, least: Any, gap: Any, told: Any, better: str, unit: str
) -> None:
    if most is None or least is None or None in (most["value"], least["value"]):
        gap = figure(None, status="missing_input")
    words = sentences.gap(asked(better, unit), most, least, gap, told)
    total = figure(10.0, 9.0, 11.0, numerator=100, denominator=1000)
    ends = [dict(row, group=end) for row, end in ((most, "1"), (least, "5")) if row]
    words += sentences.found(total, ends, gap, told)
    assert "significant" not in words.lower()
    assert "caus" not in words.lower()
    for wrong in ("None", "nan", "inf", "  ", "..", "-", " ."):
        assert wrong not in words
    if sentences.told_from_none(gap) and unit == "%" and gap["value"] is not None:
        assert f"{abs(gap['value']):.1f}" in words
