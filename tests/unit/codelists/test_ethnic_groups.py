"""Ethnic groups: a code means nothing without its system."""

import re

import pytest

from fairpractice.codelists import ethnic_groups
from fairpractice.codelists.ethnic_groups import (
    BROAD,
    CENSUS_2021,
    ENGLAND,
    GROUPS,
    SCOTLAND,
    SYSTEMS,
    UK_2019,
    WALES,
    group_of,
)
from fairpractice.errors import FairpracticeError


def id_of(system: str, code: str) -> str | None:
    group = group_of(system, code)
    return group.id if group else None


def test_the_same_letter_is_another_group_in_another_country() -> None:
    assert id_of(ENGLAND, "B") == "white_irish"
    assert id_of(WALES, "B") == "gypsy_or_irish_traveller"


def test_white_in_wales_is_not_white_british() -> None:
    assert id_of(WALES, "A") == "white_not_specified"


def test_not_stated_is_an_answer_and_not_known_is_none() -> None:
    assert id_of(ENGLAND, "Z") == "not_stated"
    assert id_of(SCOTLAND, "98") == "not_stated"
    assert group_of(ENGLAND, "99") is None
    assert group_of(SCOTLAND, "99") is None


@pytest.mark.parametrize(
    ("system", "code"), [(SCOTLAND, "1K"), (UK_2019, "CL"), (UK_2019, "CN"), (CENSUS_2021, "15")]
)
def test_gypsies_and_travellers_are_kept(system: str, code: str) -> None:
    assert id_of(system, code) == "gypsy_or_irish_traveller"


def test_roma_are_kept() -> None:
    assert id_of(CENSUS_2021, "16") == "roma"


def test_the_census_has_nineteen_groups_and_five_broad_ones() -> None:
    census = [group for group in GROUPS.values() if group.census_2021]
    assert sorted(group.census_2021 or 0 for group in census) == list(range(1, 20))
    assert {group.broad for group in census} == set(BROAD) - {"not_stated"}
    assert GROUPS["chinese"].broad == "asian"


def test_every_letter_of_the_data_dictionary_is_a_group_of_that_letter() -> None:
    """Sixteen and one: the letters I, O and Q and those after S but Z are not used."""
    letters = set(SYSTEMS[ENGLAND]) - {"99"}
    assert letters == set("ABCDEFGHJKLMNPRSZ")
    for letter in letters:
        group = group_of(ENGLAND, letter)
        assert group is not None
        assert group.letter == letter


@pytest.mark.parametrize("code", ["A1", "", "a"])
def test_an_unknown_code_is_refused_with_those_there_are(code: str) -> None:
    with pytest.raises(FairpracticeError, match="Its codes are A, B, C"):
        group_of(ENGLAND, code)


def test_a_letter_without_its_system_is_refused() -> None:
    with pytest.raises(FairpracticeError, match="means nothing without its system"):
        group_of("ethnicity", "A")


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("roma", "roma"),
        ("R", "chinese"),
        ("White - Irish", "white_irish"),
        ("ASIAN OR ASIAN BRITISH - INDIAN", "indian"),
        ("Martian", "Martian"),
    ],
)
def test_a_category_is_understood_as_it_is_written(text: str, group: str) -> None:
    assert ethnic_groups.refined(text) == group


@pytest.mark.parametrize(
    ("text", "before", "group"),
    [
        ("White - Any other White background", "roma", "roma"),
        ("C", "gypsy_or_irish_traveller", "gypsy_or_irish_traveller"),
        ("S", "arab", "arab"),
        ("A", "roma", "white_british"),
        ("other_white", "roma", "other_white"),
        ("Z", "white_not_specified", "not_stated"),
    ],
)
def test_a_coarser_category_does_not_undo_a_finer_one(text: str, before: str, group: str) -> None:
    assert ethnic_groups.refined(text, before) == group


@pytest.mark.reference
@pytest.mark.parametrize("system", [ENGLAND, WALES, SCOTLAND, UK_2019])
def test_the_codes_are_those_that_hl7_uk_publishes(reference, system: str) -> None:
    name = system.rsplit("/", 1)[1]
    file = reference("fhir", "uk-core-r4", "terminology", f"CodeSystem-{name}.xml")
    text = file.read_text(encoding="utf-8")
    assert re.search(r'<url value="([^"]*)"', text)[1] == system
    assert set(re.findall(r'<code value="([^"]*)"', text)) == set(SYSTEMS[system])


@pytest.mark.reference
def test_the_labels_of_england_are_those_that_hl7_uk_publishes(reference) -> None:
    file = reference(
        "fhir", "uk-core-r4", "terminology", "CodeSystem-UKCore-EthnicCategoryEngland.xml"
    )
    found = re.findall(
        r'<code value="(\w+)" />\s*<display value="([^"]*)"', file.read_text(encoding="utf-8")
    )
    for code, label in found:
        if code != "99":
            assert ethnic_groups.refined(label) == id_of(ENGLAND, code)
