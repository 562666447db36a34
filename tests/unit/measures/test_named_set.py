"""Named sets: what is shipped, what a network declares, and what is refused."""

import re
from pathlib import Path

import pytest

from fairpractice.codelists import load
from fairpractice.criteria import ever, on_register
from fairpractice.errors import FairpracticeError
from fairpractice.measures.measure import MEASURES
from fairpractice.measures.named_set import NamedSet, load_sets


LISTS = load()
KNOWN = MEASURES.load(LISTS)
SETS = load_sets(KNOWN, LISTS)

WHOLE = """
title = "Ours"
about = "What we look at together."
source = "Our network, 2026"
review_by = 2027-11-23

[[area]]
title = "Cancer"
asks = "Screen those who are screened least."
measures = ["cervical-screening"]
"""


def read(folder: Path, text: str) -> NamedSet:
    (folder / "named_sets").mkdir()
    (folder / "named_sets" / "our_set.toml").write_text(text, encoding="utf-8")
    return load_sets(KNOWN, LISTS, folder)["our-set"]


def test_core20plus5_is_shipped_for_adults_and_children() -> None:
    assert {"core20plus5-adults", "core20plus5-children"} <= set(SETS)
    adults = [area.title for area in SETS["core20plus5-adults"].areas]
    assert adults[:5] == [
        "Maternity",
        "Severe mental illness",
        "Chronic respiratory disease",
        "Early cancer diagnosis",
        "Hypertension case-finding and optimal management, and lipid management",
    ]
    children = [area.title for area in SETS["core20plus5-children"].areas]
    assert children == ["Asthma", "Diabetes", "Epilepsy", "Oral health", "Mental health"]


@pytest.mark.parametrize("named", SETS.values(), ids=list(SETS))
def test_what_is_not_shown_says_where_it_is_published(named: NamedSet) -> None:
    assert re.search(r"NHS England \d{4}", named.source)
    for area in named.areas:
        assert area.asks
        assert area.measures or "publishe" in area.elsewhere, area.title


def test_measures_of_core20plus5_bear_its_tag() -> None:
    """But for vaccination by age, which stands for a part of an area."""
    named = {name for found in SETS.values() for name in found.measures}
    assert {name for name in named if "Core20PLUS5" not in KNOWN[name].tags} == {
        "covid-vaccination"
    }


def test_a_network_declares_its_own_groups(tmp_path: Path) -> None:
    groups = """
[[plus]]
title = "Carers"
on_register = "carer"
ended_by = "no-longer-carer"

[[plus]]
title = "Learning disability"
ever = "learning-disability"

[[plus]]
title = "Roma, and Gypsies and Travellers"
grouping = "ethnic_group_detailed"
groups = ["roma", "gypsy_or_irish_traveller"]
"""
    found = read(tmp_path, WHOLE + groups)
    assert [plus.criterion for plus in found.plus] == [
        on_register("carer", ended_by="no-longer-carer"),
        ever("learning-disability"),
        None,
    ]
    assert found.plus[2].groups == ("roma", "gypsy_or_irish_traveller")
    assert found.measures == ("cervical-screening",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            WHOLE.replace("cervical-screening", "cervical-screning"),
            "no measure “cervical-screning”",
        ),
        (WHOLE.replace('title = "Ours"', ""), "does not say its title"),
        (WHOLE.replace('title = "Ours"', 'name = "Ours"\ntitle = "Ours"'), "says name"),
        (WHOLE + "measure = 3", "“Cancer” cannot be read"),
        (WHOLE + "[[plus]\n", "cannot be read"),
        (WHOLE + '[[plus]]\ntitle = "X"\never = "carrer"', "no codelist “carrer”"),
        (WHOLE + '[[plus]]\ntitle = "X"\ncircumstance = "debts"', "no social topic “debts”"),
        (WHOLE + '[[plus]]\ntitle = "X"\ngrouping = "sex"\ngroups = ["men"]', "no group “men”"),
        (WHOLE + '[[plus]]\ntitle = "X"\never = "carer"\nnow = true', "“X” is not declared"),
        (WHOLE + '[[plus]]\ntitle = "X"\ncircumstance = "prison"', "sensitive topic"),
        (WHOLE + '[[plus]]\ntitle = "X"\never = "domestic-abuse"', "sensitive topic"),
    ],
)
def test_what_is_wrong_is_said_with_its_file(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(FairpracticeError, match=re.escape(says)) as refused:
        read(tmp_path, text)
    assert "our_set.toml" in refused.value.where
    assert refused.value.fix
