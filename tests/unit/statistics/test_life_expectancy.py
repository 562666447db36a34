import itertools
import math
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import healthy_life_expectancy, life_expectancy
from tests.unit.statistics import slow
from tests.unit.statistics.asking import Rows, ask


ENGLISH = [(0, 0), (1, 4), *((a, a + 4) for a in range(5, 90, 5)), (90, None)]


def written(band: tuple[int, int | None]) -> str:
    first, last = band
    return f"{first}+" if last is None else str(first) if first == last else f"{first}-{last}"


def population(bands: slow.Bands, seed: int = 1) -> dict[str, list[Any]]:
    """Return deaths that rise with age as they do, among some people."""
    draw = random.Random(seed)
    people = [draw.randint(800, 6000) for _ in bands]
    risk = [0.00005 * math.exp(0.09 * (first + (last or first + 4)) / 2) for first, last in bands]
    deaths = [max(1, min(n - 1, round(n * r))) for n, r in zip(people, risk, strict=True)]
    return {"band": [written(band) for band in bands], "d": deaths, "n": people}


def asked(data: dict[str, Any], **named: Any) -> Rows:
    return ask(life_expectancy, data, "d", "n", age_band="band", **named)


@st.composite
def layouts(draw: st.DrawFn) -> slow.Bands:
    """Draw bands of any widths, closed at any age."""
    widths = draw(st.lists(st.integers(1, 15), min_size=6, max_size=12))
    # Wide bands of old ages would lose everybody in them.
    starts = [0, *(age for age in itertools.accumulate(widths) if age <= 75)]
    return [(a, b - 1) for a, b in itertools.pairwise(starts)] + [(starts[-1], None)]


@settings(max_examples=40)
@given(layouts(), st.integers(0, 10**6))
def test_it_is_the_life_table_made_a_band_at_a_time(bands: slow.Bands, seed: int) -> None:
    data = population(bands, seed)
    rows = asked(data, people_over=0, widest=None)
    assert [row["age"] for row in rows] == [first for first, _ in bands]
    for place, row in enumerate(rows):
        rest = (data["d"][place:], data["n"][place:], bands[place:])
        known = [1.0] * len(rest[0])
        value, error = slow.life_table(*rest, known, [0.0] * len(known))
        assert row["value"] == pytest.approx(value, rel=1e-10)
        assert row["upper"] - row["value"] == pytest.approx(slow.z(0.95) * error, rel=1e-5)
        assert (row["deaths"], row["population"]) == (sum(rest[0]), sum(rest[1]))


@settings(max_examples=25)
@given(st.integers(0, 10**6), st.booleans())
def test_healthy_years_are_sullivans_and_never_more_than_all(seed: int, counted: bool) -> None:
    data = population(ENGLISH, seed)
    draw = random.Random(seed)
    of = [draw.randint(20, 400) for _ in ENGLISH]
    well = [draw.randint(1, n - 1) for n in of]
    share = [x / n for x, n in zip(well, of, strict=True)]
    variance = [p * (1 - p) / n for p, n in zip(share, of, strict=True)]
    if counted:
        data |= {"well": well, "of": of}
        named = {"healthy": "well", "asked": "of"}
    else:
        data |= {"share": share, "se": [v**0.5 for v in variance]}
        named = {"healthy": "share", "standard_error": "se"}
    (row,) = ask(healthy_life_expectancy, data, "d", "n", age_band="band", ages=[0], **named)
    value, error = slow.life_table(data["d"], data["n"], ENGLISH, share, variance)
    assert row["value"] == pytest.approx(value, rel=1e-10)
    assert row["upper"] - row["value"] == pytest.approx(slow.z(0.95) * error, rel=1e-5)
    (whole,) = asked(data, ages=[0])
    assert row["life_expectancy"] == pytest.approx(whole["value"], rel=1e-12)
    assert row["value"] <= whole["value"]


def test_where_everybody_is_well_all_years_are_healthy_and_where_nobody_none() -> None:
    data = {**population(ENGLISH), "all": [1.0] * 20, "none": [0.0] * 20}
    all_years = asked(data)
    for column, times in (("all", 1), ("none", 0)):
        rows = ask(healthy_life_expectancy, data, "d", "n", age_band="band", healthy=column)
        for row, other in zip(rows, all_years, strict=True):
            for name in ("value", "lower", "upper"):
                assert row[name] == pytest.approx(times * other[name], rel=1e-12, abs=1e-12)


def test_the_limits_cover_the_truth_as_often_as_they_say() -> None:
    import numpy as np

    draw = np.random.default_rng(5)
    data = population(ENGLISH)
    n, risk = np.array(data["n"]), np.array(data["d"]) / np.array(data["n"])
    (truth,) = asked(data, ages=[0])
    trials = 1000
    deaths = draw.poisson(np.tile(n * risk, trials))
    rows = asked(
        {
            "trial": [trial for trial in range(trials) for _ in ENGLISH],
            "band": data["band"] * trials,
            "d": deaths.tolist(),
            "n": data["n"] * trials,
        },
        by=["trial"],
        ages=[0],
        levels=(0.8, 0.95),
    )
    for level in (0.8, 0.95):
        at = [row for row in rows if row["confidence"] == level]
        covered = sum(row["lower"] <= truth["value"] <= row["upper"] for row in at) / trials
        assert covered == pytest.approx(level, abs=3.5 * (level * (1 - level) / trials) ** 0.5)


@settings(max_examples=15)
@given(st.randoms(), st.integers(1, 4))
def test_neither_order_nor_splitting_matters(shuffled: random.Random, parts: int) -> None:
    data = population(ENGLISH)
    rows = [
        {"band": band, "d": d // parts + (part < d % parts), "n": n // parts + (part < n % parts)}
        for band, d, n in zip(*data.values(), strict=True)
        for part in range(parts)
    ]
    shuffled.shuffle(rows)
    again = asked({name: [row[name] for row in rows] for name in data})
    assert again == asked(data)


def test_bands_may_be_written_in_any_way_or_as_the_ages_at_which_they_start() -> None:
    data = population(ENGLISH)
    plain = asked(data)
    words = ["Under 1", "01 to 04", *data["band"][2:-1], "90 and over"]
    starts = [first for first, _ in ENGLISH]
    assert asked({**data, "band": words}) == plain
    assert asked({**data, "band": starts}) == plain
    assert asked({**data, "band": [float(age) for age in starts]}) == plain


AWKWARD: list[tuple[str, dict[str, Any], str]] = [
    ("deaths under zero", {"d": {4: -1}}, "invalid_input"),
    ("nobody in a band", {"n": {4: 0}}, "zero_denominator"),
    ("more deaths than people", {"n": {4: 1}, "d": {4: 2}}, "invalid_input"),
    ("missing deaths", {"d": {4: None}}, "missing_input"),
    ("missing people", {"n": {4: None}}, "missing_input"),
    ("a band that says nothing", {"band": {4: "unknown"}}, "missing_input"),
    ("no last band", {"band": {19: "90-94"}}, "incomplete_bands"),
    ("bands that overlap", {"band": {4: "9-14"}}, "incomplete_bands"),
    ("a band twice", {"band": {4: "5-9"}}, "incomplete_bands"),
    ("bands with a gap", {"band": {4: "11-14"}}, "incomplete_bands"),
    ("not from birth", {"band": {0: "1"}}, "incomplete_bands"),
    ("no deaths in the last band", {"d": {19: 0}}, "too_few_events"),
    ("infinitely many", {"n": {4: math.inf}}, "invalid_input"),
]


@pytest.mark.parametrize(
    ("changes", "status"), [a[1:] for a in AWKWARD], ids=[a[0] for a in AWKWARD]
)
def test_one_bad_area_says_why_and_stops_no_other(changes: dict[str, Any], status: str) -> None:
    good = population(ENGLISH)
    bad: dict[str, list[Any]] = {
        name: [changes.get(name, {}).get(place, value) for place, value in enumerate(column)]
        for name, column in good.items()
    }
    both = {
        "area": ["good"] * 20 + ["bad"] * 20,
        "band": good["band"] + bad["band"],
        "d": good["d"] + bad["d"],
        "n": [*map(float, good["n"]), *(None if n is None else float(n) for n in bad["n"])],
    }
    rows = asked(both, by=["area"])
    assert {row["status"] for row in rows if row["area"] == "good"} == {"ok"}
    assert {row["status"] for row in rows if row["area"] == "bad"} == {status}


def test_small_areas_and_wide_intervals_are_not_told_unless_asked_for() -> None:
    few = {"band": ["0-64", "65+"], "d": [40, 60], "n": [4000, 1000]}
    assert {row["status"] for row in asked(few)} == {"too_few_people"}
    assert {row["status"] for row in asked(few, people_over=4999)} == {"ok"}
    rare = {"band": ["0-64", "65+"], "d": [1, 1], "n": [9000, 9000]}
    assert {row["status"] for row in asked(rare)} == {"too_uncertain"}
    assert {row["status"] for row in asked(rare, widest=None)} == {"ok"}


def test_a_band_that_nobody_survives_ends_the_table() -> None:
    data = population(ENGLISH)
    data["d"][-2] = data["n"][-2] - 1
    rows = asked(data)
    assert rows[-2]["value"] == 2.5
    assert (rows[-1]["value"], rows[-1]["status"]) == (0, "no_limits")
    assert {row["status"] for row in rows[:-1]} == {"ok"}


def test_shares_that_cannot_be_are_said() -> None:
    data = {**population(ENGLISH), "share": [0.5] * 19 + [1.5], "of": [10] * 19 + [0]}
    ask_: dict[str, Any] = {"age_band": "band", "ages": [0]}
    (row,) = ask(healthy_life_expectancy, data, "d", "n", healthy="share", **ask_)
    assert row["status"] == "invalid_input"
    (row,) = ask(healthy_life_expectancy, data, "d", "n", healthy="of", asked="of", **ask_)
    assert row["status"] == "missing_input"
    twice = {name: [*column, column[3]] for name, column in data.items()}
    (row,) = ask(healthy_life_expectancy, twice, "d", "n", healthy="share", **ask_)
    assert (row["status"], row["reason"]) == (
        "invalid_input",
        "an age band has several shares in good health",
    )
    with pytest.raises(FairpracticeError, match="not both"):
        healthy_life_expectancy(
            data, "d", "n", age_band="band", healthy="d", asked="n", standard_error="n"
        )


def test_any_levels_none_and_no_rows() -> None:
    data = population(ENGLISH)
    rows = asked(data, ages=[0, 65], levels=(0.9, 0.95, 0.998))
    assert [(row["age"], row["confidence"]) for row in rows] == [
        (age, level) for age in (0, 65) for level in (0.9, 0.95, 0.998)
    ]
    assert [row["confidence"] for row in asked(data, ages=[0], levels=())] == [None]
    assert asked({name: column[:0] for name, column in {**data, "n": [1.5]}.items()}) == []
    assert asked({name: column[:0] for name, column in data.items()}, by=["band"]) == []
