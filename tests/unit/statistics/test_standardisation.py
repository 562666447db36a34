import math
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.statistics import directly_standardised_rate, european_standard_population_2013
from tests.unit.statistics import slow
from tests.unit.statistics.asking import ask


BANDS = european_standard_population_2013().column("age_band").to_pylist()
WEIGHTS = european_standard_population_2013().column("population").to_pylist()
COUNT = st.integers(0, 500)


def columns(
    events: list[Any], people: list[Any] | None = None, bands: list[Any] = BANDS
) -> dict[str, list[Any]]:
    return {"band": bands, "x": events, "n": people or [1000] * len(events)}


def standardised(data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    (row,) = ask(directly_standardised_rate, data, "x", "n", **{"age_band": "band", **kwargs})
    return row


def test_the_european_standard_population_is_100_000_people() -> None:
    assert sum(WEIGHTS) == 100_000
    part = european_standard_population_2013(65, 84)
    assert part.column("age_band").to_pylist() == ["65-69", "70-74", "75-79", "80-84"]
    with pytest.raises(FairpracticeError, match="no band that starts at 18"):
        european_standard_population_2013(from_age=18)


@settings(max_examples=15)
@given(
    st.lists(COUNT, min_size=len(BANDS), max_size=len(BANDS)),
    st.lists(st.integers(1, 10**9), min_size=len(BANDS), max_size=len(BANDS)),
    st.randoms(),
)
def test_dobsons_limits_whatever_the_order_of_the_bands(
    events: list[int], people: list[int], random: Any
) -> None:
    order = random.sample(range(len(BANDS)), len(BANDS))
    data = {k: [v[i] for i in order] for k, v in columns(events, people).items()}
    row = standardised(data, levels=[0.9], multiplier=1)
    if sum(events) < 10:
        assert row["status"] == "too_few_events"
        return
    value, limits = slow.dobson(*(np.array(a, float) for a in (events, people, WEIGHTS)), 0.9)
    np.testing.assert_allclose([row["value"], row["lower"], row["upper"]], [value, *limits])


def test_a_rate_that_is_the_same_at_every_age_is_the_crude_rate() -> None:
    row = standardised(columns([20] * len(BANDS)), multiplier=1000)
    assert math.isclose(row["value"], 20)


@pytest.mark.parametrize(
    "bands",
    [
        ["0-4", "5-9"],
        ["00 to 04", "05 to 09"],
        ["Under 5", "5-9 years"],
        ["<5", "Aged 5 to 9"],
    ],
)
@pytest.mark.parametrize("last", ["10+", "10 and over", "10plus", "10 or older"])
def test_bands_are_read_as_people_write_them_and_join_finer_ones(
    bands: list[str], last: str
) -> None:
    plain = standardised(columns([9, 8, 7], bands=["0-4", "5-9", "10+"]))
    assert plain["status"] == "ok"
    assert standardised(columns([9, 8, 7], bands=[*bands, last])) == plain


@pytest.mark.parametrize(
    "bands",
    [
        ["0-4", "10+"],  # a gap
        ["0-9", "5-9", "10+"],  # an overlap
        ["0-4", "5-12", "13+"],  # cuts a band of the reference
        ["0-4", "5-9"],  # nobody older
        ["0-4", "5-9", "10-99"],  # an end where the reference has none
    ],
)
def test_bands_that_do_not_tile_are_said_to(bands: list[str]) -> None:
    row = standardised(columns([9] * len(bands), bands=bands))
    assert row["status"] == "incomplete_bands"


def test_bands_outside_a_part_of_the_reference_are_said_to_be() -> None:
    part = european_standard_population_2013(from_age=65)
    data = columns([9, 9, 9], bands=["60-64", "65-74", "75+"])
    assert standardised(data, standard_population=part)["status"] == "incomplete_bands"
    data = columns([9, 9], bands=["65-74", "75+"])
    assert standardised(data, standard_population=part)["status"] == "ok"


def test_rows_of_a_band_are_added_up_and_each_place_is_judged_by_its_own_bands() -> None:
    data = {
        "place": ["a"] * 3 + ["b"] * 2 + [None] * 2,
        "band": ["0-9", "0-9", "10+", "0-9", "10-19", "0-9", "10+"],
        "x": [4, 5, 8, 9, 9, 9, 8],
        "n": [40, 60, 100, 100, 100, 100, 100],
    }
    rows = ask(directly_standardised_rate, data, "x", "n", age_band="band", by=["place"])
    by_place = {row["place"]: row for row in rows}
    assert by_place["b"]["status"] == "incomplete_bands"
    assert by_place["a"] == {**by_place[None], "place": "a"}


def test_weights_may_come_with_the_rows() -> None:
    data = columns([12, 30], [100, 50], ["young", "old"]) | {"w": [3, 1]}
    row = standardised(data, standard_population="w", multiplier=1, age_band=None)
    assert math.isclose(row["value"], (3 * 0.12 + 0.6) / 4)
    two = {name: values * 2 for name, values in data.items()} | {"place": ["a", "a", "b", "b"]}
    two = {name: values[:3] for name, values in two.items()}
    rows = ask(
        directly_standardised_rate, two, "x", "n",
        standard_population="w", age_band="band", by=["place"],
    )  # fmt: skip
    assert [row["status"] for row in rows] == ["ok", "incomplete_bands"]


def test_people_with_several_events_widen_the_limits_and_leave_the_value() -> None:
    bands = ["0-9", "10+"]
    once = columns([30, 50], [1000, 800], bands)
    often = {
        "band": [band for band in bands for _ in (1, 5)],
        "x": [5, 5, 10, 8],  # 5 + 5·5 = 30 and 10 + 8·5 = 50 events
        "times": [1, 5, 1, 5],
        "n": [1000, 1000, 800, 800],
    }
    one, several = standardised(once), standardised(often, frequency="times")
    assert several["events"] == one["events"] == 80
    assert math.isclose(several["value"], one["value"])
    # Events weighted by how many come together: (5 + 5·25) of 30, (10 + 8·25) of 50.
    x, squares = np.array([30.0, 50.0]), np.array([130.0, 210.0])
    weights = np.array([WEIGHTS[0] + WEIGHTS[1] + WEIGHTS[2], 0]) / 100_000
    weights[1] = 1 - weights[0]
    ratio = np.sqrt(
        np.sum(squares * (weights / [1000, 800]) ** 2) / np.sum(x * (weights / [1000, 800]) ** 2)
    )
    widths = [row["upper"] - row["lower"] for row in (several, one)]
    assert math.isclose(widths[0] / widths[1], ratio, rel_tol=1e-9)
    often["n"][0] = 999
    assert standardised(often, frequency="times")["status"] == "invalid_input"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"x": [9, None]}, "missing_input"),
        ({"n": [9, None]}, "missing_input"),
        ({"band": ["0-9", None]}, "missing_input"),
        ({"band": ["0-9", "unknown"]}, "missing_input"),
        ({"x": [9, -1]}, "invalid_input"),
        ({"n": [9.0, math.inf]}, "invalid_input"),
        ({"n": [9, 0]}, "zero_denominator"),
        ({"x": [9, 0]}, "too_few_events"),
    ],
)
def test_a_bad_row_says_why(change: dict[str, Any], status: str) -> None:
    assert standardised(columns([9, 9], bands=["0-9", "10+"]) | change)["status"] == status


def test_a_missing_count_is_zero_only_where_that_is_said() -> None:
    data = columns([20, None], bands=["0-9", "10+"])
    zero = columns([20, 0], bands=["0-9", "10+"])
    assert standardised(data, missing_events_are_zero=True) == standardised(zero)


def test_a_call_without_bands_is_refused() -> None:
    with pytest.raises(FairpracticeError, match="joined by age band"):
        standardised(columns([1] * 21), age_band=None)
    with pytest.raises(FairpracticeError, match="no column 'age_band'"):
        standardised(columns([1] * 21), standard_population=pa.table({"band": ["0+"]}))
    with pytest.raises(FairpracticeError, match="told apart by age band"):
        standardised(columns([1] * 21), standard_population="n", frequency="x", age_band=None)


def test_bands_may_be_the_ages_at_which_they_start() -> None:
    starts = [int(band.split("-")[0].rstrip("+")) for band in BANDS]
    events = list(range(3, 3 + len(BANDS)))
    assert standardised(columns(events, bands=starts)) == standardised(columns(events))


def test_a_reference_by_single_years_is_covered_by_bands_of_them() -> None:
    years = pa.table({"age_band": [*range(100)], "population": [10] * 100})
    data = columns([30, 20], bands=["0-59", "60 and over"])
    row = standardised(data, standard_population=years, multiplier=1)
    assert row["value"] == pytest.approx((600 * 0.03 + 400 * 0.02) / 1000)
    (left_out,) = ask(
        directly_standardised_rate, columns([30, 20], bands=["0-59", "61+"]), "x", "n",
        age_band="band", standard_population=years,
    )  # fmt: skip
    assert left_out["status"] == "incomplete_bands"
