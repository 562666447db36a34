"""Every number says where it is from, on the page too."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from fairpractice.population.synthetic.chance import weighted
from fairpractice.population.synthetic.parameters import Parameters, table


PAGE = Path(__file__).parents[3] / "docs" / "explanation" / "synthetic-population.md"


def test_every_parameter_has_a_basis_and_a_source() -> None:
    named = {name.split(":")[0] for name, *_ in table(Parameters())}
    assert named == {field.name for field in dataclasses.fields(Parameters)}
    for name, value, basis, source in table(Parameters()):
        assert basis in ("published", "assumed"), name
        assert len(source) > 10, name
        assert value, name


def test_the_page_lists_every_parameter_as_it_is() -> None:
    page = PAGE.read_text(encoding="utf-8").splitlines()
    rows = [f"| {' | '.join(row)} |" for row in table(Parameters())]
    assert [line for line in page if line in rows] == rows
    listed = page[page.index("| Parameter | Value | Basis | Source |") + 2 :]
    assert listed == rows, "nothing that is no parameter any more"


def test_fifths_and_ages_and_delays_are_whole() -> None:
    given = Parameters()
    assert sum(given.area_fifths) == pytest.approx(1)
    assert sum(given.delays) == pytest.approx(1)
    assert sum(group.share for group in given.ethnic_groups) == pytest.approx(1, abs=0.002)
    assert len(given.ages) == 19


def test_main_language_is_as_common_as_in_the_census() -> None:
    other = sum(group.share * group.not_english for group in Parameters().ethnic_groups)
    assert other == pytest.approx(0.089, abs=0.012)


def test_a_slope_for_no_trait_is_refused() -> None:
    assert weighted((("a", 2.0), ("b", -1.0)), a=np.array([3]), b=np.array([1])) == [5.0]
    with pytest.raises(KeyError, match="slopes"):
        weighted((("a", 2.0),), b=np.array([1]))
    with pytest.raises(KeyError):
        weighted((("a", 2.0),), a=np.array([1]), b=np.array([1]))
