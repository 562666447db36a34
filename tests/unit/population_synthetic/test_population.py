"""What holds of every population: seeds, chunks, identifiers, dates."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairpractice.errors import FairpracticeError
from fairpractice.identifiers import SHAPES, nhs_number
from fairpractice.population.synthetic import population
from fairpractice.population.synthetic.chance import draw, generator, intercept
from fairpractice.population.synthetic.kinds import NEEDS
from fairpractice.population.synthetic.places import FIRST_AREA
from fairpractice.population.synthetic.population import CHUNK, nhs_numbers
from fairpractice.record.tables import TABLES
from fairpractice.record.topics import TOPICS


def test_the_same_seed_gives_the_same_people_and_another_does_not() -> None:
    first, again, other = (population(800, seed=seed).chunk(0) for seed in (5, 5, 6))
    for name, table in first.items():
        assert table.equals(again[name]), name
        assert not table.equals(other[name]), name


def test_a_chunk_does_not_depend_on_the_chunks_made_before_it() -> None:
    in_order = list(population(CHUNK + 500, seed=2))
    alone = population(CHUNK + 500, seed=2).chunk(1)
    assert len(in_order) == 2
    for name, table in alone.items():
        assert table.equals(in_order[1][name]), name
    assert alone["patient"].num_rows == 500


def test_a_chunk_that_is_not_there() -> None:
    with pytest.raises(IndexError):
        population(800).chunk(1)


def test_people_are_numbered_once(made) -> None:
    patients = made["patient"]
    assert patients.source_patient_id.is_unique
    assert len(patients) == made.of.count
    numbers = patients.nhs_number.dropna()
    assert numbers.is_unique
    assert 0.99 < len(numbers) / len(patients) < 0.999


def test_all_nhs_numbers_are_valid_and_of_the_test_range() -> None:
    numbers = nhs_numbers(3)
    assert len(np.unique(numbers)) == len(numbers)
    assert numbers.min() >= 9_990_000_000
    assert numbers.max() <= 9_999_999_999
    digits = numbers[:, None] // 10 ** np.arange(9, -1, -1) % 10
    assert not ((digits * np.arange(10, 0, -1)).sum(axis=1) % 11).any()
    for number in numbers[:2_000]:
        assert nhs_number.problem(str(number)) is None


def test_no_valid_number_of_a_stretch_of_the_range_is_left_out() -> None:
    stretch = range(9_994_560_000, 9_994_561_000)
    valid = {number for number in stretch if nhs_number.problem(str(number)) is None}
    numbers = nhs_numbers(3)
    assert set(numbers[(numbers >= stretch[0]) & (numbers <= stretch[-1])].tolist()) == valid


def test_nothing_is_written_before_birth_after_death_or_in_the_future(made) -> None:
    patients = made["patient"].set_index("source_patient_id")
    for name, date in (
        ("event", "date"),
        ("appointment", "start_date"),
        ("urgent_contact", "date"),
        ("medication", "issued_on"),
        ("social_fact", "recorded_on"),
    ):
        rows = made[name]
        day = rows[date]
        assert day.max() <= pd.Timestamp("2026-10-31"), name
        assert (day >= rows.source_patient_id.map(patients.birth_month)).all(), name
        died = rows.source_patient_id.map(patients.death_month)
        assert not (day > died).any(), name


def test_contacts_are_within_a_registration_at_that_practice(made) -> None:
    spells = made["registration"].astype({"practice_code": str})
    rows = made["appointment"].astype({"practice_code": str}).iloc[::25]
    joined = rows.merge(spells, on=["source_patient_id", "practice_code"], suffixes=("", "_spell"))
    inside = (joined.start_date >= joined.start_date_spell) & (
        joined.end_date.isna() | (joined.start_date < joined.end_date)
    )
    assert inside.sum() == len(rows)


def test_spells_follow_one_another(made) -> None:
    for name in ("registration", "address"):
        rows = made[name]
        before = rows.groupby("source_patient_id").end_date.shift()
        second = before.notna()
        assert second.any(), name
        assert (rows.start_date[second] == before[second]).all(), name
        assert (rows.end_date.isna() | (rows.end_date > rows.start_date)).all(), name


def test_all_fifths_and_practices_are_there_and_differ(made) -> None:
    places = made.of.places
    assert set(places.fifth.tolist()) == {1, 2, 3, 4, 5}
    current = made["registration"][made["registration"].end_date.isna()].astype(str)
    sizes = current.practice_code.value_counts()
    assert set(sizes.index) == set(places.practices)
    assert sizes.min() > 2_000
    homes = made["address"].groupby("source_patient_id").area_code.last().astype(str)
    fifth = dict(zip(np.array(places.area_codes())[places.area], places.fifth, strict=True))
    practice = current.set_index(current.source_patient_id.astype(int)).practice_code
    mean = homes.loc[practice.index].map(fifth).groupby(practice).mean()
    assert mean.max() - mean.min() > 0.8


def test_codes_of_places_are_no_real_ones(made) -> None:
    codes = made.of.places.area_codes()
    assert min(codes) == f"E01{FIRST_AREA}" > "E01035762", "the last LSOA of 2021"
    for code in codes[:50]:
        assert SHAPES["small_area"].problem(code) is None
    for code in made.of.places.practices:
        assert code.startswith("Y990")
        assert SHAPES["ods_code"].problem(code) is None


def test_topics_and_codelists_named_are_those_of_the_record(made) -> None:
    for need in NEEDS:
        topic = TOPICS[need.topic]
        assert need.sensitive == topic.sensitive
        if need.codelist:
            assert need.codelist == topic.codelist
            assert made.of.codelists[need.codelist].codes
        if need.ended_by:
            assert made.of.codelists[need.ended_by].codes


def test_words_are_those_of_the_contracts(made) -> None:
    for name, contract in TABLES.items():
        for column in contract.columns:
            if column.allowed and name in made.tables and column.name in made[name]:
                found = set(made[name][column.name].dropna().unique())
                assert found <= set(column.allowed), (name, column.name)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"people": 0}, "There cannot be 0 people"),
        ({"people": 10**9}, "There cannot be 1,000,000,000 people"),
        ({"practices": 0}, "There cannot be 0 practices"),
        ({"years": 0}, "There cannot be 0 years"),
        ({"seed": -1}, "The seed cannot be -1"),
    ],
)
def test_numbers_that_cannot_be_are_refused(wrong: dict[str, int], says: str) -> None:
    with pytest.raises(FairpracticeError, match=says) as refused:
        population(**wrong)
    assert refused.value.fix


def test_one_person_at_one_practice_can_be_made() -> None:
    tables = population(1, practices=1, years=1, seed=9).chunk(0)
    assert tables["patient"].num_rows == 1
    assert tables["registration"].num_rows == 1


@settings(max_examples=30)
@given(
    st.lists(st.floats(-4, 4), min_size=2, max_size=40),
    st.floats(0.02, 0.98),
)
def test_the_constant_makes_the_mean_chance(slopes: list[float], target: float) -> None:
    slope = np.array(slopes)
    chance = 1 / (1 + np.exp(-(slope + intercept(slope, target))))
    assert chance.mean() == pytest.approx(target, abs=1e-6)


def test_draws_follow_the_distribution_of_their_group() -> None:
    shares = np.array([[0.1, 0.9, 0.0], [0.5, 0.25, 0.25]])
    groups = np.repeat([0, 1], 40_000)
    found = draw(generator(1, 1, "test"), np.cumsum(shares, axis=1), groups)
    for group, share in enumerate(shares):
        counts = np.bincount(found[groups == group], minlength=3) / 40_000
        assert counts == pytest.approx(share, abs=0.012)
